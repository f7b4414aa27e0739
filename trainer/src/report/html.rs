//! `index.html`: the whole report in one file that needs nothing else, for people.
//!
//! Text comes from the user's table, so all of it goes through the templates, which escape it; what goes past them is
//! charts (plotters escapes there) and the style sheet. There is no script, and a policy that allows none.

mod answers;
mod boxes;
mod choice;
mod playlists;
mod quality;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use recommender::{
    card::{Card, ClassScores},
    features::Feature,
};

use super::{ReportData, columns, is_weighted};
use crate::{
    numbers::{count, difference, number},
    report::charts,
    training::Trained,
};
pub(super) use boxes::table;
use boxes::{figure, labelled};

const STYLE: &str = include_str!("style.css");
/// The share of its size at which the figures in a chart can still be read.
const READABLE: f64 = 0.7;
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page. `seconds` are the stages and how long each took, in their order.
///
/// # Errors
///
/// Where a chart cannot be drawn.
pub(super) fn page(
    trained: &Trained,
    report_data: &ReportData,
    seconds: &[(String, f64)],
) -> Result<String, charts::Error> {
    let card = &trained.card;
    let sections = [
        ("answers", "What it answers", answers::answers(&report_data.answers)),
        ("recommendations", "How good the answers are", quality::recommendations(trained, report_data)),
        ("clusters", "Clusters", clusters(trained, report_data)?),
        ("map", "Map", map(trained, report_data)?),
        ("k", "How many clusters", choice::choice(trained)?),
        ("classifier", "Songs outside of the catalogue", classifier(trained)?),
        ("search", "Search", search(card, report_data)),
        ("data", "What went in", data(trained, report_data)?),
        ("timings", "Timings", timings(seconds)),
    ];
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "segue model report" }
                style { (PreEscaped(charts::style_sheet())) (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Model report" }
                    p.quiet { "Version " code { (trained.version) } }
                    nav aria-label="Sections" {
                        @for (id, title, _) in &sections { a href={ "#" (id) } { (title) } }
                    }
                }
                main {
                    (quality::tiles(trained, report_data))
                    @for (id, title, content) in &sections {
                        section id=(id) aria-labelledby={ (id) "-title" } {
                            h2 id={ (id) "-title" } { (title) }
                            (content)
                        }
                    }
                }
            }
        }
    };
    Ok(page.into_string())
}

fn data(trained: &Trained, report_data: &ReportData) -> Result<Markup, charts::Error> {
    let card = &trained.card;
    let dropped: u64 = card.dropped.values().sum();
    let mut reasons: Vec<(&String, &u64)> = card.dropped.iter().collect();
    reasons.sort_by_key(|(_, rows)| std::cmp::Reverse(**rows));
    let mut rows = Vec::new();
    let weighted = is_weighted(card);
    for (feature, spread) in card.features.iter().zip(&report_data.spreads) {
        let width = spread.max - spread.min;
        let mean = if width > 0.0 { (feature.mean - spread.min) / width } else { 0.5 };
        let histogram = charts::histogram(&spread.histogram, mean)?;
        let unit = feature.name.parse::<Feature>().ok().and_then(Feature::unit);
        rows.push((feature, spread, unit, labelled(&histogram, &format!("How {} is spread", feature.name))));
    }
    Ok(html! {
        p {
            (count(trained.rows)) " rows were read, " (count(card.tracks)) " tracks were kept"
            @if dropped == 0 { "; none was left out." } @else { ", " (count(dropped)) " rows were left out:" }
        }
        @if dropped > 0 {
            (table("Rows left out", html! {
                thead { tr { th scope="col" { "Reason" } th.number scope="col" { "Rows" } } }
                tbody { @for (reason, rows) in reasons { tr { td { (reason) } td.number { (count(*rows)) } } } }
            }))
        }
        (columns::markup(&trained.schema))
        p {
            "Every feature is scaled to mean 0 and deviation 1"
            @if weighted { ", then multiplied with its weight," }
            " before tracks are compared. The line marks the mean."
        }
        (table("Features", html! {
            thead { tr {
                th scope="col" { "Feature" } th scope="col" { "Tracks, from least to largest" }
                th.number scope="col" { "Mean" } th.number scope="col" { "Deviation" }
                th.number scope="col" { "Least" } th.number scope="col" { "Largest" }
                @if weighted { th.number scope="col" { "Weight" } }
            } }
            tbody {
                @for (feature, spread, unit, histogram) in rows {
                    tr {
                        th scope="row" { (feature.name) @if let Some(unit) = unit { small { " " (unit) } } }
                        td.spread { (histogram) }
                        td.number { (number(feature.mean)) } td.number { (number(feature.deviation)) }
                        td.number { (number(spread.min)) } td.number { (number(spread.max)) }
                        @if weighted { td.number { (feature.weight) } }
                    }
                }
            }
        }))
    })
}

fn clusters(trained: &Trained, report_data: &ReportData) -> Result<Markup, charts::Error> {
    let card = &trained.card;
    let features: Vec<&str> = card.features.iter().map(|feature| feature.name.as_str()).collect();
    let profile = charts::cluster_profile(&features, &card.clusters, trained.scaled_means.view())?;
    let silhouettes = trained.silhouettes.get(&card.k).map(|silhouette| silhouette.clusters.as_slice());
    let share = |size: u64| size as f64 / card.tracks.max(1) as f64 * 100.0;
    Ok(html! {
        (figure(&profile, "Mean of each feature in each cluster", 0.62))
        ul.cards {
            @for (cluster, about) in card.clusters.iter().zip(&report_data.clusters) {
                li style={ "--own:var(" (charts::cluster_variable(cluster.id)) ")" } {
                    h3 { span.id { (cluster.id) } " " bdi { (cluster.name) } }
                    p.quiet {
                        (count(cluster.size)) " tracks (" (format!("{:.1}", share(cluster.size))) " %), "
                        (count(about.songs.into())) " songs"
                        @if let Some(Some(mean)) = silhouettes.and_then(|all| all.get(cluster.id as usize)) {
                            ", silhouette " (format!("{mean:.3}"))
                        }
                    }
                    @if !about.telling.is_empty() {
                        p.chips {
                            @for (feature, deviations) in &about.telling {
                                span.high[*deviations > 0.0].low[*deviations < 0.0] {
                                    (feature) " " (difference(*deviations, 1))
                                }
                            }
                        }
                    }
                    @if !about.genres.is_empty() {
                        p { span.quiet { "Typical: " } bdi { (about.genres.join(", ")) } }
                    }
                    p.quiet { "Best known:" }
                    ul.songs {
                        @for (song, artist) in &about.examples { li { bdi { (song) } " " span.quiet { bdi { (artist) } } } }
                    }
                }
            }
        }
        p.quiet { "Numbers beside features are deviations from the mean of all tracks." }
    })
}

fn map(trained: &Trained, report_data: &ReportData) -> Result<Markup, charts::Error> {
    let card = &trained.card;
    let map = charts::map(&report_data.points)?;
    Ok(html! {
        p {
            (format!("The plane shows {:.0} % of how the tracks differ", trained.map_variance * 100.0))
            " (of the variance of their scaled features): tracks that lie side by side may differ in what it does not show."
        }
        div.pair {
            (figure(&map, "Tracks on the plane of their first two principal components", 0.45))
            ul.legend {
                @for cluster in &card.clusters {
                    li style={ "--own:var(" (charts::cluster_variable(cluster.id)) ")" } {
                        span.id { (cluster.id) } " " bdi { (cluster.name) }
                    }
                }
            }
        }
    })
}

fn classifier(trained: &Trained) -> Result<Markup, charts::Error> {
    let card = &trained.card;
    let classifier = &card.classifier;
    if classifier.accuracy.is_none() {
        return Ok(
            html! { p { "Gaussian naive Bayes places songs that are not in the catalogue. Its accuracy was not measured: there "
            "are too few tracks to hold any out." } },
        );
    }
    let names: Vec<&str> = card.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let confusion = charts::confusion_matrix(&classifier.confusion_matrix, &names)?;
    let cells = |scores: &ClassScores| {
        html! {
            @for value in [scores.precision, scores.recall, scores.f1] { td.number { (format!("{value:.2}")) } }
            td.number { (count(scores.support)) }
        }
    };
    Ok(html! {
        p {
            "Gaussian naive Bayes places songs that are not in the catalogue, and it is asked for nothing else. How well does it repeat "
            "k-means, which made the clusters? Fitted on four fifths of the tracks, it " (trained.hold_out.agreement(classifier))
            ", the other fifth. That is no measure of the recommendations, and says nothing about whether clusters exist: it is as high "
            "where there are none. (The model's own is fitted on all tracks.)"
        }
        (table("Agreement of naive Bayes and k-means", html! {
            tbody {
                @for (name, share) in quality::agreement(trained) { tr { th scope="row" { (name) } td.number { (share) } } }
            }
        }))
        (figure(&confusion, "Confusion matrix of the held-out tracks", READABLE))
        (table("Classification report", html! {
            thead { tr {
                th scope="col" { "Cluster" } th.number scope="col" { "Precision" } th.number scope="col" { "Recall" }
                th.number scope="col" { "f1" } th.number scope="col" { "Support" }
            } }
            tbody {
                @for (name, scores) in names.iter().zip(&classifier.report.clusters) {
                    tr { th scope="row" { bdi { (name) } } (cells(scores)) }
                }
                tr.sum { th scope="row" { "macro average" } (cells(&classifier.report.macro_average)) }
                tr { th scope="row" { "weighted average" } (cells(&classifier.report.weighted_average)) }
            }
        }))
    })
}

fn search(card: &Card, report_data: &ReportData) -> Markup {
    let index = &card.index;
    html! {
        p { "An HNSW graph for each cluster, held against comparing with every track." }
        (table("Index quality", html! {
            tbody {
                tr { th scope="row" { "recall@10" } td.number { (format!("{:.4}", index.recall_at_10)) } }
                tr { th scope="row" { "recall@50" } td.number { (format!("{:.4}", report_data.recall_at_50)) } }
                tr { th scope="row" { "neighbours of a node, mean" } td.number { (format!("{:.1}", index.average_degree)) } }
                tr { th scope="row" { "nodes listed apart, which no walk finds" } td.number { (count(index.unreachable)) } }
            }
        }))
    }
}

fn timings(seconds: &[(String, f64)]) -> Markup {
    let all: f64 = seconds.iter().map(|(_, seconds)| seconds).sum();
    html! {
        (table("Timings", html! {
            thead { tr { th scope="col" { "Stage" } th scope="col" { "Share" } th.number scope="col" { "Seconds" } } }
            tbody {
                @for (stage, seconds) in seconds {
                    tr {
                        th scope="row" { (stage) }
                        td.bar { span style=(format!("width:{:.1}%", seconds / all.max(1e-9) * 100.0)) {} }
                        td.number { (format!("{seconds:.2}")) }
                    }
                }
                tr.sum { th scope="row" { "together" } td {} td.number { (format!("{all:.2}")) } }
            }
        }))
    }
}
