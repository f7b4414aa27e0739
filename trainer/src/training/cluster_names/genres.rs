//! The genres that are typical of a cluster.

use std::collections::BTreeMap;

use recommender::text;

/// A genre is typical from this many times its share of the whole table.
const MIN_LIFT: f64 = 1.25;

/// A typical genre has at least this share of the cluster's tracks whose genre is known.
const MIN_SHARE: f64 = 0.01;

/// A typical genre has at least this many tracks in the cluster.
const MIN_TRACKS: u64 = 3;

/// How many genres are named for a cluster.
const MAX_GENRES: usize = 3;

/// What tables write where they know no genre, alone or several times between commas.
const UNKNOWN_GENRES: [&str; 6] = ["unknown", "na", "n/a", "nan", "none", "null"];

fn is_known(genre: &str) -> bool {
    text::genres(genre).any(|part| !UNKNOWN_GENRES.contains(&part.as_str()))
}

/// The genres typical of each cluster, at most three, most typical first. `genres` is each track's genre, empty (or
/// `Unknown`, `NA` and the like) where it is unknown; `labels` each track's cluster, 0 to `k` - 1.
///
/// A genre counts by its part in the Kullback-Leibler divergence of the cluster from the table, p ln(p / q) for its
/// shares p and q: over-represented, and with weight in the cluster too.
///
/// # Panics
///
/// Where a label is not below `k`.
pub fn typical<'a>(genres: impl IntoIterator<Item = &'a str>, labels: &[u32], k: usize) -> Vec<Vec<String>> {
    let mut counts: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (genre, &label) in genres.into_iter().zip(labels) {
        let genre = genre.trim();
        if is_known(genre) {
            counts.entry(genre).or_insert_with(|| vec![0; k])[label as usize] += 1;
        }
    }
    let known = |cluster: usize| counts.values().map(|counts| counts[cluster]).sum::<u64>() as f64;
    let known: Vec<f64> = (0..k).map(known).collect();
    let all: f64 = known.iter().sum();
    let typical = |cluster: usize| {
        let mut scored: Vec<(f64, &str)> = counts
            .iter()
            .filter_map(|(genre, counts)| {
                let share = counts[cluster] as f64 / known[cluster];
                let lift = share / (counts.iter().sum::<u64>() as f64 / all);
                let counted = counts[cluster] >= MIN_TRACKS && share >= MIN_SHARE && lift >= MIN_LIFT;
                counted.then(|| (share * lift.ln(), *genre))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        scored.into_iter().take(MAX_GENRES).map(|(_, genre)| genre.to_owned()).collect()
    };
    (0..k).map(typical).collect()
}
