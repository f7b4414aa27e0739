//! What the model answers, as part of the page.

use maud::{Markup, html};

use crate::report::{
    answers::{ExampleAnswer, Song},
    charts,
};

/// The answers for a few songs, from their own clusters and from all.
pub(super) fn answers(answers: &[ExampleAnswer]) -> Markup {
    html! {
        p {
            "The best-known song of each of the largest clusters, and the ten songs that follow it: from its own cluster, as by default, "
            "and from all clusters (" code { "same_cluster=false" } "). Numbers in circles are clusters. Whether they are good is for "
            "whoever knows the songs to say; what can be measured follows."
        }
        @for ExampleAnswer { seed, same_cluster, any_cluster } in answers {
            div.answer {
                h3 { (badge(seed)) " " bdi { (seed.title) } " " span.quiet { bdi { (seed.artist) } (genre(seed)) } }
                div.ways {
                    (way("Own cluster", same_cluster))
                    (way("Any cluster", any_cluster))
                }
            }
        }
    }
}

fn way(name: &str, songs: &[Song]) -> Markup {
    html! {
        div {
            p.way { (name) }
            @if songs.is_empty() { p.quiet { "No other song." } }
            ol {
                @for song in songs {
                    li { (badge(song)) " " bdi { (song.title) } " " span.quiet { bdi { (song.artist) } (genre(song)) } }
                }
            }
        }
    }
}

fn genre(song: &Song) -> Markup {
    html! { @if let Some(genre) = &song.genre { " · " bdi { (genre) } } }
}

fn badge(song: &Song) -> Markup {
    let own = charts::cluster_variable(song.cluster);
    html! { span.id style={ "--own:var(" (own) ")" } { span.away { "cluster " } (song.cluster) } }
}
