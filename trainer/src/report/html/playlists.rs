//! How well playlists are continued, as part of the page.

use maud::{Markup, html};
use recommender::card::Card;

use super::table;
use crate::{
    affinity::Affinities,
    evaluation::{Continuation, Method},
    numbers::count,
    report::evaluation::{affinity_cells, affinity_name},
};

/// What each affinity brings to the continuation of playlists.
pub(super) fn affinities(found: &Affinities, card: &Card) -> Markup {
    html! {
        h3 { "Affinities" }
        p {
            "Half of each of " (count(found.playlists as u64)) " playlists is hidden, and looked for in all clusters from five of "
            "the songs that are shown, and from all of them. Each line adds an affinity to those before it. Weights and "
            "companions are learned from the playlists of " (found.folds - 1) " folds of " (found.folds) " and measured on the "
            "other: recall among 100 and R-precision, with standard errors."
        }
        (table("Affinities", html! {
            thead { tr {
                th scope="col" { "Ranked by" } th.number scope="col" { "recall@100, 5 seeds" }
                th.number scope="col" { "R-precision" } th.number scope="col" { "recall@100, half" }
                th.number scope="col" { "R-precision" }
            } }
            tbody {
                @for method in &found.methods {
                    tr { th scope="row" { (affinity_name(method)) } @for cell in affinity_cells(method) { td.number { (cell) } } }
                }
            }
        }))
        p {
            "Learned from all playlists, " code { "affinity=balanced" } " is " code { (card.balanced) } ". The folds found "
            @for (place, fold) in found.weights.iter().enumerate() {
                @if place > 0 { ", " } code { (fold) }
            } "."
        }
    }
}

/// How the table's playlists are continued, and what other ways there are.
pub(super) fn continuation(playlists: &Continuation) -> Markup {
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let cells = |method: &Method| {
        html! {
            @let errors = method.standard_errors;
            @for (share, error) in [
                (method.recall_at_10, errors.recall_at_10),
                (method.recall_at_50, errors.recall_at_50),
                (method.recall_at_100, errors.recall_at_100),
                (method.r_precision, errors.r_precision),
            ] {
                td.number { (percent(share)) small { (format!(" ± {:.2}", error * 100.0)) } }
            }
        }
    };
    html! {
        h3 { "Playlists" }
        p {
            "Half of each of " (count(playlists.playlists as u64)) " playlists of the table is hidden, and looked for by what "
            "is shown: " (format!("{:.0}", playlists.shown)) " songs shown and " (format!("{:.0}", playlists.hidden))
            " hidden, on average. The share of the hidden songs among the first 10, 50 and 100, and among as many as are "
            "hidden, with the standard error of each mean."
            @if playlists.too_short > 0 { " " (count(playlists.too_short as u64)) " playlists of too few songs are left out." }
        }
        (table("Playlist continuation", html! {
            thead { tr {
                th scope="col" { "Continued by" } th.number scope="col" { "recall@10" } th.number scope="col" { "recall@50" }
                th.number scope="col" { "recall@100" } th.number scope="col" { "R-precision" }
            } }
            tbody {
                @for method in &playlists.methods { tr { th scope="row" { (method.name) } (cells(method)) } }
            }
        }))
    }
}
