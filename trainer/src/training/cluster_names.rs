//! Cluster names that a person understands, made from what sets each cluster's sound apart.

use std::collections::BTreeMap;

use ndarray::{ArrayView1, ArrayView2};

mod genres;
mod overrides;
mod phrases;

pub use genres::{TypicalGenre, typical};
pub use overrides::{Error, Format, parse, read};
use phrases::Phrases;

/// The longest name made here, in characters.
pub const MAX_NAME_CHARS: usize = 48;

/// A feature whose cluster mean is nearer to the overall mean than this, in deviations, says nothing about the cluster.
const MIN_Z_SCORE: f64 = 0.35;

/// The second feature of a name is at least this share of the first, in deviations: next to a cluster's one great
/// oddity, the rest is noise.
const MIN_SECOND_SHARE: f64 = 0.35;

/// A genre stands in a name from this share of the cluster's tracks: a name with a genre is understood as that of most of them.
const MIN_GENRE_SHARE: f64 = 0.25;

/// The features that are not of a song's sound: they tell clusters apart that sound alike.
const NO_SOUND: [&str; 1] = ["popularity"];

/// A mean above or below the overall one, as the table of phrases has it: `+energy`, `-tempo`; and how far, in deviations.
struct Mark {
    says: String,
    deviations: f64,
}

/// Names the clusters. `features` are Spotify's names; `centroids` has shape `(k, n_features)` in scaled units, which
/// are deviations from the overall mean; `genres` holds each cluster's [`typical`] genres, most typical first, and is
/// empty where the table has none; `overrides` are the user's own names (see [`read`]), which nothing else is called.
///
/// Names are unique, at most [`MAX_NAME_CHARS`] characters (the user's own excepted), and the same for the same input.
///
/// # Panics
///
/// Where `features` or a non-empty `genres` has another length than `centroids`.
pub fn name(
    features: &[&str],
    centroids: ArrayView2<f64>,
    genres: &[Vec<TypicalGenre>],
    overrides: &BTreeMap<u32, String>,
) -> Vec<String> {
    assert_eq!(features.len(), centroids.ncols(), "one name for each feature");
    let k = centroids.nrows();
    let phrases = Phrases::english();
    let mut taken: Vec<String> = overrides.values().map(|name| name.to_lowercase()).collect();
    (0..k)
        .map(|cluster| {
            if let Some(name) = overrides.get(&(cluster as u32)) {
                return name.clone();
            }
            let base = unique(candidates(&phrases, features, centroids.row(cluster), k == 1), &taken);
            let name = capitalised(&with_genres(&base, genres.get(cluster).map_or(&[], Vec::as_slice), &taken));
            taken.extend([base, name.to_lowercase()]);
            name
        })
        .collect()
}

/// What tells the cluster from the rest, most telling first: its sound, and what else there is.
fn marks(features: &[&str], centroid: ArrayView1<f64>) -> (Vec<Mark>, Vec<Mark>) {
    let mut order: Vec<usize> = (0..features.len()).filter(|&f| centroid[f].abs() >= MIN_Z_SCORE).collect();
    order.sort_by(|&a, &b| centroid[b].abs().total_cmp(&centroid[a].abs()).then(a.cmp(&b)));
    let (other, sound): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|&f| NO_SOUND.contains(&features[f]));
    let mark = |f: usize| {
        let sign = if centroid[f] > 0.0 { '+' } else { '-' };
        Mark { says: format!("{sign}{}", features[f]), deviations: centroid[f].abs() }
    };
    (sound.into_iter().map(mark).collect(), other.into_iter().map(mark).collect())
}

/// Names for a cluster, best first, each with one word more than the one before it.
fn candidates(phrases: &Phrases, features: &[&str], centroid: ArrayView1<f64>, only: bool) -> Vec<String> {
    let (sound, other) = marks(features, centroid);
    let mut names = Vec::new();
    let mut rest = &sound[..];
    match &sound[..] {
        [] => names.push(phrases.say(if only { "*" } else { "" })),
        [first, second, others @ ..] if second.deviations >= MIN_SECOND_SHARE * first.deviations => {
            names.push(phrases.pair(&first.says, &second.says));
            rest = others;
        }
        [first, others @ ..] => {
            names.push(phrases.say(&first.says));
            rest = others;
        }
    }
    for mark in rest.iter().chain(&other) {
        let name = match (&sound[..], &names[..]) {
            ([], [_]) => phrases.say(&mark.says),
            _ => format!("{}, {}", names[names.len() - 1], phrases.say(&mark.says)),
        };
        names.push(name);
    }
    names
}

/// The first name that is free and short enough; the first with a number where none is.
fn unique(names: Vec<String>, taken: &[String]) -> String {
    let free = |name: &String| name.chars().count() <= MAX_NAME_CHARS && !taken.contains(name);
    if let Some(name) = names.iter().find(|name| free(name)) {
        return name.clone();
    }
    let base: String = names[0].chars().take(MAX_NAME_CHARS - 4).collect();
    (2..).map(|number| format!("{base} {number}")).find(|name| free(name)).unwrap_or(base)
}

/// Adds as many of the genres that a fair share of the cluster has as fit, without those that the name says already.
fn with_genres(base: &str, genres: &[TypicalGenre], taken: &[String]) -> String {
    let new: Vec<&str> = genres
        .iter()
        .filter(|genre| genre.share >= MIN_GENRE_SHARE)
        .map(|genre| genre.name.as_str())
        .filter(|genre| !base.split([' ', ',']).any(|word| word.eq_ignore_ascii_case(genre)))
        .collect();
    (1..=new.len())
        .rev()
        .map(|some| format!("{base} ({})", new[..some].join(", ")))
        .find(|name| name.chars().count() <= MAX_NAME_CHARS && !taken.contains(&name.to_lowercase()))
        .unwrap_or_else(|| base.to_owned())
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
