//! Cluster names that a person understands, made from what sets each cluster apart.

use std::collections::BTreeMap;

use ndarray::{ArrayView1, ArrayView2};

mod genres;
mod overrides;

pub use genres::typical;
pub use overrides::{Error, Format, parse, read};

/// The longest name made here, in characters.
pub const MAX_NAME_CHARS: usize = 48;

/// A feature whose cluster mean is nearer to the overall mean than this, in deviations, says nothing about the cluster.
const MIN_Z_SCORE: f64 = 0.35;

/// The second feature of a name is at least this share of the first, in deviations: next to a cluster's one great
/// oddity, the rest is noise.
const MIN_SECOND_SHARE: f64 = 0.35;

/// How a high or a low mean of a feature is said: as an adjective, and where it can be the subject, as a noun.
struct Adjectives {
    feature: &'static str,
    high: (&'static str, Option<&'static str>),
    low: (&'static str, Option<&'static str>),
}

const WORDS: [Adjectives; 12] = [
    Adjectives { feature: "danceability", high: ("danceable", Some("dance")), low: ("drifting", None) },
    Adjectives { feature: "energy", high: ("energetic", None), low: ("calm", None) },
    Adjectives { feature: "variance", high: ("varied", None), low: ("even", None) },
    Adjectives { feature: "tempo", high: ("fast", None), low: ("slow", None) },
    Adjectives { feature: "loudness", high: ("loud", None), low: ("quiet", None) },
    Adjectives { feature: "acousticness", high: ("acoustic", Some("acoustic")), low: ("electric", Some("electric")) },
    Adjectives {
        feature: "instrumentalness",
        high: ("instrumental", Some("instrumental")),
        low: ("vocal", Some("vocal")),
    },
    Adjectives { feature: "speechiness", high: ("spoken", Some("spoken word")), low: ("sung", None) },
    Adjectives { feature: "valence", high: ("happy", None), low: ("dark", None) },
    Adjectives { feature: "popularity", high: ("popular", Some("hits")), low: ("little-known", Some("deep cuts")) },
    Adjectives { feature: "liveness", high: ("live", Some("live")), low: ("studio", Some("studio")) },
    Adjectives { feature: "duration_ms", high: ("long", None), low: ("short", None) },
];

/// Pairs that people have a better word for, or that say one thing twice: the pair, and what is said.
const PAIRS: [(&str, &str, &str); 8] = [
    ("acoustic", "calm", "quiet acoustic"),
    ("acoustic", "quiet", "quiet acoustic"),
    ("calm", "quiet", "calm and quiet"),
    ("energetic", "loud", "loud and energetic"),
    ("danceable", "happy", "happy dance"),
    ("electric", "energetic", "high energy"),
    ("dark", "energetic", "dark and driving"),
    ("danceable", "spoken", "rhythmic spoken word"),
];

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
    genres: &[Vec<String>],
    overrides: &BTreeMap<u32, String>,
) -> Vec<String> {
    assert_eq!(features.len(), centroids.ncols(), "one name for each feature");
    let k = centroids.nrows();
    let mut taken: Vec<String> = overrides.values().map(|name| name.to_lowercase()).collect();
    (0..k)
        .map(|cluster| {
            if let Some(name) = overrides.get(&(cluster as u32)) {
                return name.clone();
            }
            let words = adjectives(features, centroids.row(cluster));
            let base = unique(phrases(&words, k == 1), &taken);
            let name = capitalised(&with_genres(&base, genres.get(cluster).map_or(&[], Vec::as_slice), &taken));
            taken.extend([base, name.to_lowercase()]);
            name
        })
        .collect()
}

/// What tells the cluster from the rest, most telling first: the adjective and the distance in deviations.
fn adjectives(features: &[&str], centroid: ArrayView1<f64>) -> Vec<(String, f64)> {
    let mut order: Vec<usize> = (0..features.len()).filter(|&f| centroid[f].abs() >= MIN_Z_SCORE).collect();
    order.sort_by(|&a, &b| centroid[b].abs().total_cmp(&centroid[a].abs()).then(a.cmp(&b)));
    let say = |f: usize| {
        let high = centroid[f] > 0.0;
        let known = WORDS.iter().find(|words| words.feature == features[f]);
        let other = || format!("{}-{}", if high { "high" } else { "low" }, features[f].replace('_', "-"));
        let word = known.map_or_else(other, |words| (if high { words.high.0 } else { words.low.0 }).to_owned());
        (word, centroid[f].abs())
    };
    order.into_iter().map(say).collect()
}

/// Names for the words, best first, each with one word more than the one before it.
fn phrases(words: &[(String, f64)], only: bool) -> Vec<String> {
    let Some((first, distance)) = words.first() else {
        return vec![if only { "all tracks" } else { "middle of the road" }.to_owned()];
    };
    let mut rest: Vec<&str> = words[1..].iter().map(|(word, _)| word.as_str()).collect();
    let mut phrases = Vec::new();
    if words.get(1).is_some_and(|(_, second)| *second >= MIN_SECOND_SHARE * distance) {
        phrases.push(pair(first, rest.remove(0)));
    } else {
        phrases.push(noun(first).unwrap_or(first).to_owned());
    }
    for word in rest {
        let last = &phrases[phrases.len() - 1];
        if !last.split(' ').any(|said| said == word) {
            phrases.push(format!("{word} {last}"));
        }
    }
    phrases
}

fn pair(first: &str, second: &str) -> String {
    let same = |(a, b, _): &&(&str, &str, &str)| (*a, *b) == (first, second) || (*a, *b) == (second, first);
    if let Some((_, _, phrase)) = PAIRS.iter().find(same) {
        return (*phrase).to_owned();
    }
    match (noun(first), noun(second)) {
        (Some(noun), _) => format!("{second} {noun}"),
        (None, Some(noun)) => format!("{first} {noun}"),
        (None, None) => format!("{first} and {second}"),
    }
}

fn noun(adjective: &str) -> Option<&'static str> {
    WORDS.iter().flat_map(|words| [words.high, words.low]).find(|(word, _)| *word == adjective)?.1
}

/// The first phrase that is free and short enough; the first with a number where none is.
fn unique(phrases: Vec<String>, taken: &[String]) -> String {
    let free = |phrase: &String| phrase.chars().count() <= MAX_NAME_CHARS && !taken.contains(phrase);
    if let Some(phrase) = phrases.iter().find(|phrase| free(phrase)) {
        return phrase.clone();
    }
    let base: String = phrases[0].chars().take(MAX_NAME_CHARS - 4).collect();
    (2..).map(|number| format!("{base} {number}")).find(|name| free(name)).unwrap_or(base)
}

/// Adds as many of the two most typical genres as fit, without those that the name says already.
fn with_genres(base: &str, genres: &[String], taken: &[String]) -> String {
    let new: Vec<&str> = genres
        .iter()
        .map(String::as_str)
        .filter(|genre| !base.split(' ').any(|word| word.eq_ignore_ascii_case(genre)))
        .take(2)
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
