//! Artists and genres as seeds: many tracks that stand for one.
//!
//! A seed of this kind points where its tracks do, on average: the mean of their unit vectors, as a direction (the centroid of
//! Rocchio's method), where a track weighs its popularity over that of the most popular one, plus [`MIN_WEIGHT`]; without
//! popularities all weigh the same. Of more than [`MAX_TRACKS`] tracks (of fewer with many such seeds) the most popular count, without popularities as many spread
//! evenly through the catalogue. All seeds of a request together take one pass through a column.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

use super::{
    error::Error,
    seed::{ResolvedSeed, Seed, SeedGroup},
};
use crate::{
    bit_set::BitSet,
    column::DictColumn,
    model::Model,
    text::{Compared, allowed_typos, normalize},
    text_search::Effort,
    vector::{LANES, Vector},
};

/// The most tracks that stand for an artist or a genre, and for all of a request together, of which each gets as many.
const MAX_TRACKS: usize = 1_000;
const MAX_TRACKS_OF_ALL: usize = 16_000;
/// What a track weighs that nobody plays, where the most popular one weighs 1 more.
const MIN_WEIGHT: f64 = 0.1;
/// How many names an error suggests.
const MAX_SUGGESTIONS: usize = 5;

/// The rows of each seed that is an artist or a genre, in the order of the seeds: none where the catalogue has no such artist or genre.
/// Nothing for other seeds.
pub(super) fn members(model: &Model, seeds: &[Seed]) -> Vec<Option<Vec<u32>>> {
    let catalog = model.catalog();
    let mut cells: [HashMap<u32, Vec<usize>>; 2] = Default::default();
    // Each cell of an artist names it: which cells do is found for all artists at once.
    let mut artists: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, seed) in seeds.iter().enumerate() {
        match seed {
            Seed::Artist(name) => {
                let named = model.artists().find(name);
                named.into_iter().for_each(|artist| artists.entry(artist).or_default().push(at));
            }
            Seed::Genre(name) => {
                let Some(column) = &catalog.genres else { continue };
                let named = model.genres().of(column, &normalize(name));
                named.iter().for_each(|cell| cells[1].entry(*cell).or_default().push(at));
            }
            _ => {}
        }
    }
    if !artists.is_empty() {
        for cell in 0..catalog.artists.dictionary().len() as u32 {
            for at in model.artists().of(cell).iter().filter_map(|artist| artists.get(artist)).flatten() {
                let seeds = cells[0].entry(cell).or_default();
                if !seeds.contains(at) {
                    seeds.push(*at);
                }
            }
        }
    }
    let is_group = |seed: &Seed| matches!(seed, Seed::Artist(_) | Seed::Genre(_));
    let mut members: Vec<Option<Vec<u32>>> = seeds.iter().map(|seed| is_group(seed).then(Vec::new)).collect();
    for (cells, column) in cells.iter().zip([Some(&catalog.artists), catalog.genres.as_ref()]) {
        if let (false, Some(column)) = (cells.is_empty(), column) {
            add_rows(cells, column, &mut members);
        }
    }
    members
}

/// What to say where no track is of an artist or a genre, and names that are near while `effort` is left.
pub(super) fn unknown(model: &Model, seed: &Seed, effort: &mut Effort) -> Error {
    match seed {
        Seed::Genre(_) if model.catalog().genres.is_none() => {
            Error::NoColumn { column: "genres", parameter: "seed_genres" }
        }
        Seed::Genre(name) => {
            let is_left = effort.take_names(model.genres().names().count());
            let suggestions = if is_left { near_genres(model, &normalize(name)) } else { Vec::new() };
            Error::UnknownGenre { genre: name.clone(), suggestions }
        }
        seed => {
            let name = if let Seed::Artist(name) = seed { name.as_str() } else { "" };
            let names = model.artists().names();
            let is_left = effort.take_names(names.len());
            let near = if is_left { near(&normalize(name), names.iter()) } else { Vec::new() };
            let suggestions = as_spelled(model, near);
            Error::UnknownSeedArtist { artist: name.to_owned(), suggestions }
        }
    }
}

/// Genres that are near an unknown one, which is normalised.
pub(super) fn near_genres(model: &Model, genre: &str) -> Vec<String> {
    near(genre, model.genres().names())
}

/// Adds the rows whose cell belongs to a seed to the rows of that seed.
fn add_rows(cells: &HashMap<u32, Vec<usize>>, column: &DictColumn, members: &mut [Option<Vec<u32>>]) {
    let mut wanted = BitSet::new(column.dictionary().len());
    cells.keys().for_each(|cell| _ = wanted.insert(*cell));
    column.codes().each(0..column.len(), |row, cell| {
        if wanted.contains(cell) {
            for at in cells.get(&cell).into_iter().flatten() {
                if let Some(rows) = members.get_mut(*at).and_then(Option::as_mut) {
                    rows.push(row as u32);
                }
            }
        }
    });
}

/// What some rows, which are at least one, stand for together: one of so many artists and genres of the request.
pub(super) fn resolve(model: &Model, seed: &Seed, mut rows: Vec<u32>, groups: usize) -> ResolvedSeed {
    let tracks = rows.len() as u32;
    let most = MAX_TRACKS.min(MAX_TRACKS_OF_ALL / groups.max(1)).max(1);
    let popularity = model.popularity().map(|feature| &model.catalog().features[feature]);
    if rows.len() > most {
        match popularity {
            Some(popularity) => {
                let key = |row: &u32| (Reverse(popularity.codes().get(*row as usize)), *row);
                rows.select_nth_unstable_by_key(most - 1, key);
                rows.truncate(most);
            }
            None => rows = (0..most).map(|at| rows[at * rows.len() / most]).collect(),
        }
        rows.sort_unstable();
    }
    let popular = |row: &u32| popularity.map_or(0.0, |popularity| popularity.get(*row as usize).max(0.0));
    let best_known = rows.iter().map(popular).fold(0.0, f64::max);
    let mut of_clusters = vec![0.0; model.clusters().len()];
    let (mut sum, mut features, mut weights) = ([0.0; LANES], vec![0.0; model.scaler().len()], 0.0);
    for row in &rows {
        let weight = MIN_WEIGHT + if best_known > 0.0 { popular(row) / best_known } else { 0.0 };
        let vector = model.neighbors().nodes().vector(*row);
        sum.iter_mut().zip(vector.lanes()).for_each(|(sum, lane)| *sum += weight * f64::from(*lane));
        let values = model.catalog().features.iter().map(|column| column.get(*row as usize));
        features.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
        of_clusters[model.cluster_of(*row)] += weight;
        weights += weight;
    }
    features.iter_mut().for_each(|feature| *feature /= weights);
    let mut cluster = 0;
    for other in 1..of_clusters.len() {
        if of_clusters[other] > of_clusters[cluster] {
            cluster = other;
        }
    }
    let group = match seed {
        Seed::Genre(name) => SeedGroup::Genre { name: normalize(name), tracks },
        Seed::Artist(name) => SeedGroup::Artist { name: spelled(model, name, &rows), tracks },
        _ => return ResolvedSeed::of_row(model, rows[0]),
    };
    ResolvedSeed {
        row: None,
        features,
        cluster,
        posteriors: None,
        understood: None,
        group: Some(group),
        weight: 1.0,
        // The lane of tracks without a direction is no feature's.
        vector: Vector::unit(&sum[..model.scaler().len()]),
    }
}

/// An artist as the first of its rows spells it; as it was asked for where that names several artists.
fn spelled(model: &Model, name: &str, rows: &[u32]) -> String {
    let wanted = normalize(name);
    let mut cells = rows.iter().map(|row| model.catalog().artists.code(*row as usize));
    let spelled = cells.find_map(|cell| model.catalog().credited(cell).find(|credited| normalize(credited) == wanted));
    spelled.unwrap_or(name.trim()).to_owned()
}

/// Normalised names of artists as the catalogue first spells them.
fn as_spelled(model: &Model, names: Vec<String>) -> Vec<String> {
    let catalog = model.catalog();
    let numbered = |name: String| (model.artists().number(&name), name);
    let mut names: Vec<(Option<u32>, String)> = names.into_iter().map(numbered).collect();
    for cell in 0..catalog.artists.dictionary().len() as u32 {
        let of_cell = model.artists().of(cell);
        for (number, name) in &mut names {
            if number.is_some_and(|number| of_cell.contains(&number))
                && let Some(credited) = catalog.credited(cell).find(|credited| normalize(credited) == *name)
            {
                credited.clone_into(name);
                *number = None;
            }
        }
        if names.iter().all(|(number, _)| number.is_none()) {
            break;
        }
    }
    names.into_iter().map(|(_, name)| name).collect()
}

/// The names that are near an unknown one: those that it is with the fewest typos, then those that hold it whole, then those that share
/// the most letters with it, from the first on, more than half of them.
fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let shared = |name: &str| name.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
    let (compared, most) = (Compared::new(wanted), allowed_typos(wanted.chars().count()));
    let half = wanted.chars().count() / 2;
    let mut near = BTreeSet::new();
    for name in names {
        let (typos, shared) = (compared.typos(name, most).unwrap_or(most + 1), shared(name));
        let is_within = is_within(wanted, name);
        if shared > half || is_within || typos <= most {
            near.insert((typos, Reverse((is_within, shared)), name.chars().count(), name));
            if near.len() > MAX_SUGGESTIONS {
                near.pop_last();
            }
        }
    }
    near.into_iter().map(|(.., name)| name.to_owned()).collect()
}

/// Whether a name has all words of another, one behind the other.
fn is_within(words: &str, name: &str) -> bool {
    let is_end = |text: &str, last: bool| {
        let next = if last { text.chars().next_back() } else { text.chars().next() };
        next.is_none_or(|next| !next.is_alphanumeric())
    };
    let found =
        |(start, word): (usize, &str)| is_end(&name[..start], true) && is_end(&name[start + word.len()..], false);
    !words.is_empty() && words.len() < name.len() && name.match_indices(words).any(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_near_by_typos_then_by_words_then_by_beginnings() {
        let names = ["the beatles", "beat happening", "beetles", "beatless", "bob dylan", "the beatles revival band"];
        let found = |wanted: &str| near(wanted, names.into_iter());
        assert_eq!(
            found("beatles"),
            ["beatless", "beetles", "the beatles", "the beatles revival band", "beat happening"]
        );
        assert_eq!(found("dylan"), ["bob dylan"]);
        assert!(found("zz top").is_empty());
        assert_eq!(found("bo"), ["bob dylan"]);
    }
}
