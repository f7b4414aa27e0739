//! What came of a training, for a person: one screen, the next command last.

use std::path::Path;

use crate::{
    evaluation::silhouette::separation,
    numbers::count,
    report::{
        ReportData,
        text_table::{Column, text_table},
    },
    shell::quoted,
    training::{Example, Trained},
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
    let knee = knee.map_or_else(String::new, |knee| format!(", knee {knee}"));
    let silhouette = trained.silhouettes.get(&card.k);
    let silhouette = silhouette.map_or_else(String::new, |found| {
        let separation = separation(found.mean);
        format!(", separation {separation} (silhouette {:.3} ± {:.3})", found.mean, found.standard_error)
    });
    line("clusters", format!("k = {}{knee}{silhouette}", card.k));
    line("classifier", trained.hold_out.agreement(&card.classifier));
    let index = &card.index;
    line("index", format!("recall@10 {:.4}, recall@50 {:.4}", index.recall_at_10, report_data.recall_at_50));
    let quality = &report_data.quality;
    if let (Some(same), Some(any)) = (quality.same_cluster.genre, quality.any_cluster.genre) {
        let [same, same_chance, any, any_chance] =
            [same.agreement, same.chance, any.agreement, any.chance].map(percent);
        line("genres", format!("same cluster {same} agree (chance {same_chance}), any {any} ({any_chance})"));
    }
    let own = report_data
        .playlists
        .as_ref()
        .and_then(|playlists| Some((playlists.methods.first()?, playlists.methods.last()?)));
    if let Some((own, random)) = own {
        let shares = [own.recall_at_100, own.standard_errors.recall_at_100, random.recall_at_100];
        let [found, error, random] = shares.map(|share| share * 100.0);
        line("playlists", format!("{found:.2} % ± {error:.2} of hidden songs among 100, {random:.2} % at random"));
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
    let Example { song, artist } = &trained.example;
    let artist = artist.as_ref().map_or_else(String::new, |artist| format!(" --artist {}", quoted(artist)));
    format!("trainer recommend {} --song {}{artist}", quoted(&artifact.display().to_string()), quoted(song))
}
