//! How many clusters there are, and what the figures suggest, as part of the page.

use maud::{Markup, html};

use super::{
    boxes::{figure, table},
    quality::best_silhouette,
};
use crate::{
    evaluation::silhouette::{SAMPLE, separation},
    numbers::count,
    report::charts,
    training::{Trained, elbow::knee},
};

/// The share of its size at which the figures in a chart can still be read.
const READABLE: f64 = 0.6;

/// The k of the model beside those that elbow and silhouette suggest.
///
/// # Errors
///
/// Where a chart cannot be drawn.
pub(super) fn choice(trained: &Trained) -> Result<Markup, charts::Error> {
    let card = &trained.card;
    let elbow = trained.elbow();
    let silhouettes: Vec<(u32, f64)> = trained.silhouettes.iter().map(|(k, found)| (*k, found.mean)).collect();
    let silhouette =
        |k: u32| trained.silhouettes.get(&k).map_or_else(|| "–".to_owned(), |found| format!("{:.3}", found.mean));
    let mut rows = vec![("chosen", card.k, "what --k says: 6 where it says nothing")];
    rows.extend(knee(&elbow).map(|k| {
        (
            "knee of the elbow",
            k,
            "further clusters take less of the inertia away; noise has a knee too, and it moves with the range",
        )
    }));
    rows.extend(
        best_silhouette(trained)
            .map(|(k, _)| ("largest silhouette", k, "the clusters are farthest apart; few are often the farthest")),
    );
    let chart = charts::elbow(&elbow, card.k, knee(&elbow))?;
    Ok(html! {
        (table("The number of clusters, and what is suggested", html! {
            thead { tr {
                th scope="col" { "" span.away { "By" } } th.number scope="col" { "k" } th.number scope="col" { "Silhouette" }
            } }
            tbody {
                @for (name, k, meaning) in rows {
                    tr {
                        th scope="row" { (name) small { " " (meaning) } }
                        td.number { strong { (k) } } td.number { (silhouette(k)) }
                    }
                }
            }
        }))
        @if let Some(found) = trained.silhouettes.get(&card.k) {
            p {
                "Separation of the model's clusters: " strong { (separation(found.mean)) }
                (format!(" (mean silhouette {:.3} ± {:.3}). ", found.mean, found.standard_error))
                "Below 0.25 it is weak: the clusters are parts of a cloud of tracks rather than groups with gaps between them. "
                "Below 0.1 there is none: tracks without any clusters have about 0.05."
            }
        }
        div.pair {
            (figure(&chart, "Total inertia for each k", READABLE))
            @if !silhouettes.is_empty() { (figure(&charts::silhouette(&silhouettes, card.k)?, "Mean silhouette for each k", READABLE)) }
        }
        p.quiet {
            "k-means was run for each k with many starts. The knee is the k that lies farthest below the straight line from the first "
            "to the last. The silhouette of a track is (b - a) / max(a, b), with a its mean distance to its own cluster and b to the "
            "nearest other one; the mean is over " (count(SAMPLE as u64)) " tracks at most, exact among them."
        }
    })
}
