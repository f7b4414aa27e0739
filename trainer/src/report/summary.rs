//! What came of a training, for a person: one screen, the next command last.

use std::path::Path;

use shlex::Quoter;

use crate::{
    report::{
        ReportData,
        terminal::count,
        text_table::{Column, text_table},
    },
    training::Trained,
};

/// How many clusters are shown; more than these would push the rest off the screen.
const MAX_CLUSTERS_SHOWN: usize = 8;

/// How many stages are named, the longest first.
const MAX_STAGES_SHOWN: usize = 3;

/// The summary: lines of at most 80 columns where names and paths are not longer, and at most 24 of them. `seconds` are
/// the stages and how long each took; `artifact` and `report` where the model and the report lie.
pub fn summary(
    trained: &Trained,
    report_data: &ReportData,
    knee: Option<u32>,
    seconds: &[(String, f64)],
    artifact: &Path,
    report: &Path,
) -> String {
    let card = &trained.card;
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let rows = card.clusters.iter().take(MAX_CLUSTERS_SHOWN).map(|cluster| {
        let share = percent(cluster.size as f64 / card.tracks.max(1) as f64);
        vec![cluster.id.to_string(), count(cluster.size), share, cluster.name.clone()]
    });
    let smaller = card.clusters.len().saturating_sub(MAX_CLUSTERS_SHOWN);
    let rest = (smaller > 0).then(|| {
        let nothing = String::new;
        vec![nothing(), nothing(), nothing(), format!("and {smaller} smaller ones")]
    });
    let columns = [Column::Right("id"), Column::Right("tracks"), Column::Right("share"), Column::Left("cluster")];
    let mut text = text_table(&columns, rows.chain(rest));
    text.push('\n');
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push(vec![name.to_owned(), value]);
    line(
        "tracks",
        format!(
            "{} of {} rows, {} songs, {} features",
            count(card.tracks),
            count(trained.rows),
            count(report_data.songs.into()),
            card.features.len()
        ),
    );
    let knee = knee.map_or_else(String::new, |knee| format!(", the elbow's knee is at {knee}"));
    let silhouette = trained.silhouettes.get(&card.k);
    let silhouette = silhouette.map_or_else(String::new, |found| format!(", mean silhouette {:.3}", found.mean));
    line("clusters", format!("k = {}{knee}{silhouette}", card.k));
    let classifier = &card.classifier;
    line(
        "classifier",
        format!("accuracy {:.4} on {} held-out tracks", classifier.accuracy, count(classifier.held_out)),
    );
    let index = &card.index;
    line("index", format!("recall@10 {:.4}, recall@50 {:.4}", index.recall_at_10, report_data.recall_at_50));
    let same = &report_data.quality.same_cluster;
    if let Some(genre) = same.genre {
        let (agreement, chance) = (percent(genre.agreement), percent(genre.chance));
        line("genres", format!("{agreement} of recommended tracks agree, {chance} by chance"));
    }
    let own = report_data
        .playlists
        .as_ref()
        .and_then(|playlists| Some((playlists.methods.first()?, playlists.methods.last()?)));
    if let Some((own, random)) = own {
        let (found, random) = (own.recall_at_100 * 100.0, random.recall_at_100 * 100.0);
        line("playlists", format!("{found:.2} % of hidden songs among 100, {random:.2} % at random"));
    }
    if let Some(best) = trained.affinities.as_ref().and_then(|found| found.methods.last()) {
        let found = best.five_seeds[0].mean * 100.0;
        line("affinities", format!("{found:.2} % with {}", card.balanced));
    }
    let all: f64 = seconds.iter().map(|(_, seconds)| seconds).sum();
    let mut longest: Vec<&(String, f64)> = seconds.iter().collect();
    longest.sort_by(|a, b| b.1.total_cmp(&a.1));
    let longest: Vec<String> =
        longest.iter().take(MAX_STAGES_SHOWN).map(|(stage, seconds)| format!("{stage} {seconds:.1}")).collect();
    line("seconds", format!("{all:.1} ({})", longest.join(", ")));
    line(
        "model",
        format!(
            "{} ({} bytes, {:.1} a track)",
            artifact.display(),
            count(trained.file.len() as u64),
            trained.file.len() as f64 / card.tracks.max(1) as f64
        ),
    );
    line("version", trained.version.to_string());
    line("report", report.join("index.html").display().to_string());
    line("next", next_command(trained, artifact));
    text + &text_table(&[Column::Left(""), Column::Left("")], lines)
}

/// A command that answers: a song of the catalogue, as a shell takes it.
pub fn next_command(trained: &Trained, artifact: &Path) -> String {
    format!("trainer recommend {} --song {}", quoted(&artifact.display().to_string()), quoted(&trained.example))
}

/// A word as a POSIX shell takes it: quoted where it has to be.
fn quoted(word: &str) -> String {
    // Nothing but a null character is refused, and that is allowed.
    Quoter::new().allow_nul(true).quote(word).map_or_else(|_| word.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_any_title_for_one_word() {
        for title in ["Dance", "It's $HOME `now`", "-n", "", "a\nb", "\"x\" \\ '", "déjà vu", "*"] {
            let output = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(title))])
                .output()
                .expect("a shell");
            assert_eq!(String::from_utf8_lossy(&output.stdout), title, "{}", quoted(title));
        }
        assert_eq!(quoted("model/model.segue"), "model/model.segue");
    }
}
