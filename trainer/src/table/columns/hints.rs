//! What a column that nothing is taken from looks like: by a part of its name, or by the range of its values.

use recommender::features::Feature;

use super::{
    Meaning,
    aliases::{meaning_of, meaning_within},
    profile::Profile,
    quoted,
};
use crate::{printable::printable, shell, table::schema::UnusedColumn};

/// Names of other things than tracks: their ids are no track's.
const OTHER_THINGS: [&str; 6] = ["artist", "album", "playlist", "user", "label", "image"];

/// The meaning that a column's name or values suggest, of those that no column is taken for yet. `texts`: whether titles or
/// artists are still looked for.
pub(super) fn looks_like(
    key: &str,
    profile: &Profile,
    is_free: &dyn Fn(Meaning) -> bool,
    texts: bool,
) -> Option<Meaning> {
    let numeric = profile.is_numeric();
    // It has a name of the meaning, and its values did not speak for it.
    if meaning_of(key).is_some() {
        return None;
    }
    if numeric && let Some(meaning) = meaning_within(key).find(|meaning| is_free(*meaning)) {
        return Some(meaning);
    }
    by_values(key, profile, texts).filter(|meaning| is_free(*meaning))
}

fn by_values(key: &str, profile: &Profile, texts: bool) -> Option<Meaning> {
    let of_tracks = !OTHER_THINGS.iter().any(|thing| key.contains(thing));
    if profile.is_ids() && of_tracks {
        return Some(Meaning::Id);
    }
    if !profile.is_numeric() {
        // A title for nearly every row, or an artist for some.
        let names = texts && profile.mostly(profile.texts) && profile.distinct > 1 && !profile.is_ids();
        return names.then(|| if profile.mostly(profile.distinct) { Meaning::Title } else { Meaning::Artist });
    }
    let within = |low: f64, high: f64| profile.low >= low && profile.high <= high;
    let spread = profile.high - profile.low;
    let whole = profile.whole == profile.numbers;
    if profile.max <= 5.0 && profile.min < 0.0 && profile.median <= -2.0 && within(-80.0, 5.0) && spread > 1.0 {
        Some(Meaning::Feature(Feature::Loudness))
    } else if within(45.0, 220.0) && (80.0..=160.0).contains(&profile.median) && spread > 20.0 {
        Some(Meaning::Feature(Feature::Tempo))
    } else if whole && within(20_000.0, 1_800_000.0) && (90_000.0..=600_000.0).contains(&profile.median) {
        Some(Meaning::Feature(Feature::DurationMs))
    } else if whole && within(1900.0, 2100.0) {
        Some(Meaning::Year)
    } else {
        None
    }
}

/// The option that takes a column for a meaning, as a shell takes it.
pub(crate) fn option(meaning: Meaning, column: &str) -> String {
    format!("--column {meaning}={}", printable(&shell::quoted(column)))
}

/// What the unused columns look like, as the end of a message; empty where they look like nothing.
pub(super) fn sentence(unused: &[UnusedColumn]) -> String {
    const MAX_HINTS: usize = 5;
    let hints = unused.iter().filter_map(|column| {
        let meaning = column.looks_like?;
        Some(format!("; {} looks like {meaning}: {}", quoted(&column.column), option(meaning, &column.column)))
    });
    hints.take(MAX_HINTS).collect()
}
