//! The genres that are typical of a cluster.

use std::collections::HashMap;

use recommender::text::normalize;

/// A genre is typical from this many times its share of the whole table.
const MIN_LIFT: f64 = 1.25;

/// A typical genre has at least this share of the cluster's tracks whose genre is known.
const MIN_SHARE: f64 = 0.01;

/// A typical genre has at least this many tracks in the cluster.
const MIN_TRACKS: u64 = 3;

/// A longer text is no name of a genre, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// How many genres are named for a cluster.
const MAX_GENRES: usize = 3;

/// A genre as it is counted: its spelling in the first cell that names it, and its tracks in each cluster.
struct Counted<'a> {
    spelling: &'a str,
    tracks: Vec<u64>,
}

/// A genre that is more typical of a cluster than of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct TypicalGenre {
    /// The genre, spelled as in the first cell that names it.
    pub name: String,
    /// Share of the cluster's tracks that have it, 0 to 1; tracks without a known genre count among them.
    pub share: f64,
}

/// The genres typical of each cluster, at most three, most typical first. `genres` is each track's genre cell, which names several
/// with commas between them, and is empty where none is known; `labels` each track's cluster, 0 to `k` - 1.
///
/// A genre counts by its part in the Kullback-Leibler divergence of the cluster from the table, p ln(p / q) for its
/// shares p and q of the tracks: over-represented, and with weight in the cluster too.
///
/// # Panics
///
/// Where a label is not below `k`.
pub fn typical<'a>(genres: impl IntoIterator<Item = &'a str>, labels: &[u32], k: usize) -> Vec<Vec<TypicalGenre>> {
    let mut counted: Vec<Counted<'a>> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    // The genres of each different cell: most cells are there many times.
    let mut cells: HashMap<&'a str, Vec<usize>> = HashMap::new();
    let mut with_genre = vec![0_u64; k];
    let mut sizes = vec![0_u64; k];
    for (cell, &label) in genres.into_iter().zip(labels) {
        let named = cells.entry(cell).or_insert_with(|| {
            let mut named = Vec::new();
            for spelling in cell.split([',', ';']).map(str::trim).filter(|spelling| !spelling.is_empty()) {
                let number = *numbers.entry(normalize(spelling)).or_insert_with(|| {
                    counted.push(Counted { spelling, tracks: vec![0; k] });
                    counted.len() - 1
                });
                if !named.contains(&number) {
                    named.push(number);
                }
            }
            named
        });
        sizes[label as usize] += 1;
        with_genre[label as usize] += u64::from(!named.is_empty());
        named.iter().for_each(|genre| counted[*genre].tracks[label as usize] += 1);
    }
    let all = with_genre.iter().sum::<u64>() as f64;
    let typical = |cluster: usize| {
        let mut scored: Vec<(f64, &str, u64)> = counted
            .iter()
            .filter(|genre| genre.spelling.len() <= MAX_NAME_BYTES)
            .filter_map(|Counted { spelling, tracks }| {
                let share = tracks[cluster] as f64 / with_genre[cluster] as f64;
                let lift = share / (tracks.iter().sum::<u64>() as f64 / all);
                let counted = tracks[cluster] >= MIN_TRACKS && share >= MIN_SHARE && lift >= MIN_LIFT;
                counted.then(|| (share * lift.ln(), *spelling, tracks[cluster]))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let genre = |(_, name, tracks): (f64, &str, u64)| TypicalGenre {
            name: name.to_owned(),
            share: tracks as f64 / sizes[cluster] as f64,
        };
        scored.into_iter().take(MAX_GENRES).map(genre).collect()
    };
    (0..k).map(typical).collect()
}
