//! `index.html`: the whole report in one file that needs nothing else, for people.
//!
//! Text comes from the user's table, so all of it goes through the templates, which escape it; what goes past them is
//! charts (plotters escapes there) and the style sheet. There is no script, and a policy that allows none.

mod playlists;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use recommender::{
    card::{Card, ClassScores},
    features::Feature,
};

use super::{ReportData, columns, is_weighted};
use crate::{
    evaluation::silhouette::separation,
    numbers::{count, number},
    report::charts,
    report::evaluation::figures,
    report::terminal::notes_on_accuracy,
    training::Trained,
    training::elbow::knee,
};

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
        ("data", "What went in", data(trained, report_data)?),
        ("k", "How many clusters", choice(trained)?),
        ("clusters", "Clusters", clusters(trained, report_data)?),
        ("map", "Map", map(trained, report_data)?),
        ("classifier", "Classifier", classifier(trained)?),
        ("search", "Search", search(card, report_data)),
        ("recommendations", "Recommendations", recommendations(trained, report_data)),
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
                    (tiles(trained, report_data))
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

/// What to know before anything else.
fn tiles(trained: &Trained, report_data: &ReportData) -> Markup {
    let card = &trained.card;
    let silhouette = trained.silhouettes.get(&card.k);
    let silhouette =
        silhouette.map(|found| format!("separation: {} (silhouette {:.3})", separation(found.mean), found.mean));
    let times = report_data.quality.same_cluster.genre.filter(|genre| genre.chance > 0.0);
    let songs = format!("{} songs, {} features", count(report_data.songs.into()), card.features.len());
    let agreement = match (card.classifier.accuracy, trained.hold_out.standard_error, trained.hold_out.largest_cluster)
    {
        (Some(accuracy), Some(error), Some(largest)) => (
            "agreement of naive Bayes and k-means",
            format!("{:.1} % ± {:.1}", accuracy * 100.0, error * 100.0),
            format!(
                "on {} held-out tracks, of which {:.1} % are of the largest cluster",
                count(card.classifier.held_out),
                largest * 100.0
            ),
        ),
        _ => ("accuracy", "not measured".to_owned(), "too few tracks to hold any out".to_owned()),
    };
    let mut tiles = vec![
        ("tracks", count(card.tracks), songs),
        ("clusters", card.k.to_string(), silhouette.unwrap_or_default()),
        agreement,
        ("recall@10", format!("{:.4}", card.index.recall_at_10), "of the graphs against exact search".to_owned()),
    ];
    if let Some(genre) = times {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let note = format!("{} against {} of the cluster's at random", percent(genre.agreement), percent(genre.chance));
        tiles.push((
            "as many of the genre as in the cluster",
            format!("{:.1} times", genre.agreement / genre.chance),
            note,
        ));
    }
    html! {
        ul.tiles {
            @for (name, value, note) in tiles {
                li { strong { (value) } span { (name) } small { (note) } }
            }
        }
    }
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

fn choice(trained: &Trained) -> Result<Markup, charts::Error> {
    let card = &trained.card;
    let elbow = trained.elbow();
    let silhouettes: Vec<(u32, f64)> = trained.silhouettes.iter().map(|(k, found)| (*k, found.mean)).collect();
    let elbow = charts::elbow(&elbow, card.k, knee(&elbow))?;
    Ok(html! {
        p {
            "k-means was run for each k with many starts. The knee is the k that lies farthest below the straight line "
            "from the first to the last; the curve of tracks without any clusters has one too, and it moves with the range. The "
            "silhouette of a track is (b - a) / max(a, b), with a its mean distance to its "
            "own cluster and b to the nearest other one; the mean is over " (count(crate::evaluation::silhouette::SAMPLE as u64))
            " tracks at most, exact among them."
        }
        @if let Some(found) = trained.silhouettes.get(&card.k) {
            p {
                "Separation of the model's clusters: " strong { (separation(found.mean)) }
                (format!(" (mean silhouette {:.3} ± {:.3}). ", found.mean, found.standard_error))
                "Below 0.25 it is weak: the clusters are parts of a cloud of tracks rather than groups with gaps between them. "
                "Below 0.1 there is none: tracks without any clusters have about 0.05."
            }
        }
        div.pair {
            (figure(&elbow, "Total inertia for each k", READABLE))
            @if !silhouettes.is_empty() { (figure(&charts::silhouette(&silhouettes, card.k)?, "Mean silhouette for each k", READABLE)) }
        }
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
                                    (feature) " " (format!("{deviations:+.1}"))
                                }
                            }
                        }
                    }
                    @if !about.genres.is_empty() {
                        p { span.quiet { "Typical: " } bdi { (about.genres.join(", ")) } }
                    }
                    p.quiet { "In the middle of it:" }
                    ul.songs {
                        @for (song, artist) in &about.central { li { bdi { (song) } " " span.quiet { bdi { (artist) } } } }
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
            "Gaussian naive Bayes places songs that are not in the catalogue. Fitted on four fifths of the tracks, it "
            (trained.hold_out.agreement(classifier)) ", the other fifth. (The model's own is fitted on all tracks. Of those of the catalogue it "
            "gives about as many another cluster than k-means gave them.)"
            @for note in notes_on_accuracy(classifier, &trained.hold_out) { " " (note) "." }
        }
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

fn recommendations(trained: &Trained, report_data: &ReportData) -> Markup {
    let quality = &report_data.quality;
    html! {
        p {
            (quality.limit) " songs that follow each of " (count(quality.songs as u64))
            " songs drawn at random, from the song's own cluster (as by default) and from all clusters."
        }
        (table("Recommendations", html! {
            thead { tr {
                th scope="col" { "" span.away { "Measure" } } th.number scope="col" { "Same cluster" }
                th.number scope="col" { "Any cluster" }
            } }
            tbody {
                @for figure in figures(quality) {
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

/// A table in a box of its own, which scrolls where the screen is narrow.
pub(super) fn table(name: &str, content: Markup) -> Markup {
    html! {
        div.scroll role="group" aria-label=(name) tabindex="0" {
            table { caption.away { (name) } (content) }
        }
    }
}

/// A chart in a box of its own, which it fills: enlarged never, and down to `least` of its size, beyond which the box
/// scrolls.
fn figure(svg: &str, name: &str, least: f64) -> Markup {
    let width = svg.split('"').nth(1).and_then(|width| width.parse::<f64>().ok()).unwrap_or(0.0);
    html! {
        figure.scroll role="group" aria-label=(name) tabindex="0" {
            div style=(format!("min-width:{:.0}px;max-width:{width:.0}px", width * least)) { (labelled(svg, name)) }
        }
    }
}

/// A chart as one picture with a name.
fn labelled(svg: &str, name: &str) -> Markup {
    let rest = svg.strip_prefix("<svg ").unwrap_or_default();
    html! { (PreEscaped("<svg role=\"img\" aria-label=\"")) (name) (PreEscaped("\" ")) (PreEscaped(rest)) }
}
