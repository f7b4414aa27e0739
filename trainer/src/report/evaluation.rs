//! Quality for a terminal: plain text tables of at most 80 columns.

use recommender::affinity::AffinityWeights;

use crate::affinity::{Affinities, AffinityMethod, Estimate};
use crate::evaluation::{Answers, Continuation, Method, Quality, StandardErrors};
use crate::numbers::{count, difference};
use crate::report::text_table::{Column, text_table};

/// How many of the methods are segue's own: the first ones.
const OWN_METHODS: usize = 2;

/// One figure of an answer's quality.
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// How to read it.
    pub meaning: &'static str,
    /// It, for answers of the own cluster and of all clusters.
    pub values: [String; 2],
}

/// The figures that were measured, in an order to read them in.
pub fn figures(quality: &Quality) -> Vec<Figure> {
    let both = [&quality.same_cluster, &quality.any_cluster];
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut figures = Vec::new();
    let mut add = |name, meaning, value: &dyn Fn(&Answers) -> Option<String>| {
        let values = both.map(value);
        if values.iter().any(Option::is_some) {
            let values = values.map(|value| value.unwrap_or_else(|| "-".to_owned()));
            figures.push(Figure { name, meaning, values });
        }
    };
    add("genre agreement", "recommended tracks that have the song's genre", &|answers| {
        answers.genre.map(|genre| percent(genre.agreement))
    });
    add("  by chance", "the same for tracks drawn at random from the song's cluster, or from all", &|answers| {
        answers.genre.map(|genre| percent(genre.chance))
    });
    add("  times chance", "how much better than that", &|answers| {
        answers.genre.filter(|genre| genre.chance > 0.0).map(|genre| format!("{:.1}", genre.agreement / genre.chance))
    });
    add("own artist", "recommended tracks by the song's own artist", &|answers| Some(percent(answers.own_artist)));
    add("coverage", "songs of the catalogue that were recommended at least once", &|answers| {
        Some(percent(answers.coverage))
    });
    add("  at most", "the same if no song had been recommended twice", &|answers| {
        Some(percent(answers.coverage_possible))
    });
    add("diversity", "mean of 1 - cosine within an answer: 0 all alike, 1 unrelated", &|answers| {
        answers.diversity.map(|diversity| format!("{diversity:.3}"))
    });
    add(
        "popularity drift",
        "mean popularity of what follows less that of the song; near 0 where popularity has a weight",
        &|answers| answers.popularity_drift.map(|drift| difference(drift, 2)),
    );
    figures
}

/// What follows songs, as a table; beside it the same of a model without weights, where there is one.
pub fn quality(quality: &Quality, unweighted: Option<&Quality>) -> String {
    let title = format!("{} songs that follow each of {}", quality.limit, count(quality.songs as u64));
    let mut text = match unweighted {
        None => {
            let columns = [Column::Left(&title), Column::Right("same cluster"), Column::Right("any cluster")];
            let rows = figures(quality).into_iter().map(|figure| row(figure.name, figure.values));
            text_table(&columns, rows)
        }
        Some(unweighted) => {
            let headings = ["same cluster", "any cluster", "same, unweighted", "any, unweighted"];
            let columns: Vec<Column<'_>> = [Column::Left("")].into_iter().chain(headings.map(Column::Right)).collect();
            // Both are of the same tracks, and so have the same figures.
            let both = figures(quality).into_iter().zip(figures(unweighted));
            let rows = both.map(|(with, without)| row(with.name, with.values.into_iter().chain(without.values)));
            format!("{title}\n{}", text_table(&columns, rows))
        }
    };
    text += "(by chance: a random song of the song's cluster, or of the catalogue)\n";
    for reason in &quality.left_out {
        text += &format!("({reason})\n");
    }
    text
}

/// Playlist continuation, as a table. Of a model without weights, where there is one, segue's own methods follow each of
/// their lines; the others are the same, or say less.
pub fn continuation(continuation: &Continuation, unweighted: Option<&Continuation>) -> String {
    let mut text = format!(
        "{} playlists, half of each hidden: {:.0} songs shown, {:.0} to be found (means)\n",
        count(continuation.playlists as u64),
        continuation.shown,
        continuation.hidden
    );
    if continuation.too_short > 0 || continuation.unknown_rows > 0 {
        text += &format!(
            "(left out: {} playlists of fewer than 10 songs, {} rows that are no tracks of the model)\n",
            count(continuation.too_short as u64),
            count(continuation.unknown_rows)
        );
    }
    let scores = |name: &str, method: &Method| {
        let shares = [method.recall_at_10, method.recall_at_50, method.recall_at_100, method.r_precision];
        row(name, shares.map(|share| format!("{:.2} %", share * 100.0)))
    };
    let mut rows = Vec::new();
    for (at, method) in continuation.methods.iter().enumerate() {
        rows.push(scores(method.name, method));
        if let Some(unweighted) = unweighted.and_then(|found| found.methods.get(at)).filter(|_| at < OWN_METHODS) {
            rows.push(scores("  unweighted", unweighted));
        }
    }
    let headings = ["recall@10", "recall@50", "recall@100", "R-precision"];
    let columns: Vec<Column<'_>> = [Column::Left("")].into_iter().chain(headings.map(Column::Right)).collect();
    text += &text_table(&columns, rows);
    let of = |error: fn(&StandardErrors) -> f64| {
        let largest = continuation.methods.iter().map(|method| error(&method.standard_errors)).fold(0.0, f64::max);
        format!("{:.2}", largest * 100.0)
    };
    let errors = [of(|e| e.recall_at_10), of(|e| e.recall_at_50), of(|e| e.recall_at_100), of(|e| e.r_precision)];
    text + &format!("(standard errors: at most {} points, by column)\n", errors.join(", "))
}

/// What affinities bring, as a table, and what `affinity=balanced` is.
pub fn affinities(affinities: &Affinities, balanced: &AffinityWeights) -> String {
    let title = format!(
        "{} playlists in {} folds, half of each hidden: recall@100 and R-precision\n",
        count(affinities.playlists as u64),
        affinities.folds
    );
    let rows = affinities.methods.iter().map(|method| row(&affinity_name(method), affinity_cells(method)));
    let columns =
        [Column::Left(""), Column::Right("5 seeds"), Column::Right(""), Column::Right("half"), Column::Right("")];
    format!("{title}{}affinity=balanced is {}\n", text_table(&columns, rows), balanced)
}

/// What a line of the affinities' table is called: the affinity that it adds to the line before it.
pub fn affinity_name(method: &AffinityMethod) -> String {
    method.affinities.last().map_or_else(|| "audio".to_owned(), |affinity| format!("+ {affinity}"))
}

/// Recall and R-precision from five seeds and from half of each playlist, with their standard errors, in per cent.
pub fn affinity_cells(method: &AffinityMethod) -> [String; 4] {
    let cell = |estimate: Estimate| format!("{:.1} ± {:.1} %", estimate.mean * 100.0, estimate.standard_error * 100.0);
    let [[a, b], [c, d]] = [method.five_seeds, method.half];
    [a, b, c, d].map(cell)
}

fn row(name: &str, values: impl IntoIterator<Item = String>) -> Vec<String> {
    [name.to_owned()].into_iter().chain(values).collect()
}
