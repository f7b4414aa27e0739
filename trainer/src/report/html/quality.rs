//! How good the answers are, each figure beside one that it is to be compared with, as part of the page.

use maud::{Markup, html};

use super::{boxes::table, playlists};
use crate::{
    evaluation::Genre,
    numbers::count,
    report::{ReportData, evaluation::figures},
    training::{Trained, elbow::knee},
};

/// Figures of the general table that [`genres`] shows in one of their own.
const OF_GENRES: [&str; 3] = ["genre agreement", "  by chance", "  times chance"];
const NUMBERS: [&str; 11] = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A share as people say it: the nearest fraction of at most ten.
fn in_words(share: f64) -> String {
    let fractions = (2..NUMBERS.len()).flat_map(|whole| (0..=whole).map(move |part| (part, whole)));
    let off = |(part, whole): &(usize, usize)| (*part as f64 / *whole as f64 - share).abs();
    // Of those as near, the first: one of two, not two of four.
    let best = fractions.min_by(|a, b| off(a).total_cmp(&off(b)));
    match best {
        Some((0, _)) | None => "hardly any".to_owned(),
        Some((part, whole)) if part == whole => "nearly all".to_owned(),
        Some((part, whole)) => format!("{} of {}", NUMBERS[part], NUMBERS[whole]),
    }
}

/// What to know before anything else.
pub(super) fn tiles(trained: &Trained, report_data: &ReportData) -> Markup {
    let card = &trained.card;
    let mut suggested = Vec::new();
    suggested.extend(knee(&trained.elbow()).map(|k| format!("the knee is at {k}")));
    suggested.extend(best_silhouette(trained).map(|(k, _)| format!("the best silhouette at {k}")));
    let songs = format!("{} songs, {} features", count(report_data.songs.into()), card.features.len());
    let agreement = match (card.classifier.accuracy, trained.hold_out.largest_cluster) {
        (Some(accuracy), Some(largest)) => (
            "of songs outside of the catalogue get k-means’ cluster",
            percent(accuracy),
            format!("by naive Bayes; always naming the largest cluster: {}", percent(largest)),
        ),
        _ => ("accuracy", "not measured".to_owned(), "too few tracks to hold any out".to_owned()),
    };
    let mut tiles = vec![("tracks", count(card.tracks), songs), ("clusters", card.k.to_string(), suggested.join(", "))];
    if let Some(genre) = report_data.quality.same_cluster.genre {
        let note = format!(
            "{} are of another; by chance {} would have it",
            in_words(1.0 - genre.agreement),
            percent(genre.chance)
        );
        tiles.push(("of recommended songs have the song’s genre", percent(genre.agreement), note));
    }
    tiles.push(agreement);
    tiles.push((
        "recall@10",
        format!("{:.4}", card.index.recall_at_10),
        "of the graphs; exact search has 1".to_owned(),
    ));
    html! {
        ul.tiles {
            @for (name, value, note) in tiles {
                li { strong { (value) } span { (name) } small { (note) } }
            }
        }
    }
}

/// The k whose clusters are farthest apart, of those that were tried, and their mean silhouette.
pub(super) fn best_silhouette(trained: &Trained) -> Option<(u32, f64)> {
    let tried = trained.silhouettes.iter().map(|(k, found)| (*k, found.mean));
    tried.filter(|(k, _)| *k > 1).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

/// How far naive Bayes repeats k-means, beside what it is to be compared with.
pub(super) fn agreement(trained: &Trained) -> Vec<(&'static str, String)> {
    let hold_out = &trained.hold_out;
    let held_out = trained.card.classifier.held_out.max(1) as f64;
    let mut rows = Vec::new();
    if let (Some(accuracy), Some(error)) = (trained.card.classifier.accuracy, hold_out.standard_error) {
        rows.push(("naive Bayes", format!("{} ± {:.1}", percent(accuracy), error * 100.0)));
    }
    rows.extend(hold_out.largest_cluster.map(|share| ("always the largest cluster", percent(share))));
    if hold_out.repeated > 0 {
        rows.push((
            "held-out tracks with the features of a track that was fitted on",
            percent(hold_out.repeated as f64 / held_out),
        ));
        let others = hold_out.accuracy_without_repeated;
        rows.extend(others.map(|share| ("naive Bayes, on the others", percent(share))));
    }
    rows
}

/// The measures.
pub(super) fn recommendations(trained: &Trained, report_data: &ReportData) -> Markup {
    let quality = &report_data.quality;
    html! {
        p {
            (quality.limit) " songs that follow each of " (count(quality.songs as u64))
            " songs drawn at random, from the song's own cluster (as by default) and from all clusters."
        }
        @if let (Some(same), Some(any)) = (quality.same_cluster.genre, quality.any_cluster.genre) {
            (genres(same, any, report_data.genre_with_artist))
        }
        (table("Recommendations", html! {
            thead { tr {
                th scope="col" { "" span.away { "Measure" } } th.number scope="col" { "Same cluster" }
                th.number scope="col" { "Any cluster" }
            } }
            tbody {
                @for figure in figures(quality).into_iter().filter(|figure| !OF_GENRES.contains(&figure.name)) {
                    tr {
                        th scope="row" { (figure.name.trim()) small { " " (figure.meaning) } }
                        @for value in figure.values { td.number { (value) } }
                    }
                }
            }
        }))
        @for reason in &quality.left_out { p.quiet { (reason) } }
        @if let Some(playlists) = &report_data.playlists { (playlists::continuation(playlists)) }
        @if let Some(found) = &trained.affinities { (playlists::affinities(found, &trained.card)) }
    }
}

/// Genre agreement between chance and the best that was measured.
fn genres(same: Genre, any: Genre, with_artist: Option<Genre>) -> Markup {
    html! {
        h3 { "Genres" }
        p {
            strong { (percent(same.agreement)) } " of the recommended songs have the genre of the song that they follow, and "
            strong { (percent(1.0 - same.agreement)) } ", " (in_words(1.0 - same.agreement)) ", are of another. "
            "That is more than chance, and less than a list by genre would have: the audio features know little of genres."
        }
        (table("Genre agreement", html! {
            thead { tr {
                th scope="col" { "" span.away { "Answers" } } th.number scope="col" { "Same cluster" } th.number scope="col" { "Any cluster" }
            } }
            tbody {
                tr {
                    th scope="row" { "By chance" small { " songs drawn at random from the cluster, or from all" } }
                    td.number { (percent(same.chance)) } td.number { (percent(any.chance)) }
                }
                tr.own {
                    th scope="row" { "By audio" small { " what the model answers by default" } }
                    td.number { strong { (percent(same.agreement)) } } td.number { strong { (percent(any.agreement)) } }
                }
                @if let Some(best) = with_artist {
                    tr {
                        th scope="row" {
                            "With the artist" small { " " code { "affinity=artist:0.5" } ", the best that was measured" }
                        }
                        td.number { "–" } td.number { (percent(best.agreement)) }
                    }
                }
            }
        }))
        h3 { "Everything else" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_said_as_the_nearest_small_fraction() {
        for (share, words) in [
            (0.833, "five of six"),
            (0.5, "one of two"),
            (0.66, "two of three"),
            (0.9, "nine of ten"),
            (0.1, "one of ten"),
            (0.01, "hardly any"),
            (0.99, "nearly all"),
        ] {
            assert_eq!(in_words(share), words);
        }
    }
}
