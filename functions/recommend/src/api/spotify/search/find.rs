//! The tracks and artists that a search finds.

use std::{cmp::Reverse, collections::HashSet};

use recommender::{Model, column::DictColumn, text::fold, text_search::Matched};

use super::{
    super::{artist::popularity, ids::genre_spellings as spellings},
    filters::Filters,
};

/// The most tracks that one search looks at, and that its pages count to, as Spotify's did.
pub(super) const MAX_FOUND: usize = 1_000;

/// The tracks that match, best first, each song once.
pub(super) fn tracks(model: &Model, filters: &Filters) -> Vec<u32> {
    if filters.is_unknown {
        return Vec::new();
    }
    let typed = [&*filters.words, &filters.track, &filters.artist].join(" ");
    rows(model, filters, &typed)
}

/// The artists that match, by number: those of the very name first, then the most popular.
pub(super) fn artists(model: &Model, filters: &Filters) -> Vec<u32> {
    if filters.is_unknown || !(filters.track.is_empty() && filters.album.is_empty()) {
        return Vec::new();
    }
    let typed = [&*filters.words, &filters.artist].join(" ");
    let (wanted, name) = (words(&typed), fold(typed.trim()));
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for row in rows(model, filters, &typed) {
        for artist in model.artists_of(row) {
            if seen.insert(*artist)
                && let Some(spelled) = model.artist_name(*artist)
                && contains(spelled, &wanted)
            {
                found.push((fold(spelled) != name, Reverse(popularity(model, *artist)), *artist));
            }
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(.., artist)| artist).collect()
}

/// The tracks that have what is typed in title and artist, and pass the filters.
fn rows(model: &Model, filters: &Filters, typed: &str) -> Vec<u32> {
    let passes = Passes::new(model, filters);
    if typed.trim().is_empty() {
        return passes.all();
    }
    // Fetched before: there is an index. What filters take away is not to be missing at the end.
    let most = if passes.is_all_rows() { MAX_FOUND } else { model.catalog().len() };
    let hits = model.search(typed, most).unwrap_or_default();
    // What has typos is not in the texts as it is typed.
    let has_texts = |matched, row| matched == Matched::Typos || passes.texts(row);
    let found = hits.into_iter().filter(|hit| has_texts(hit.matched, hit.row) && passes.row(hit.row));
    found.map(|hit| hit.row).take(MAX_FOUND).collect()
}

/// The filters, in terms of a catalogue.
struct Passes<'a> {
    model: &'a Model,
    filters: &'a Filters,
    track: Vec<String>,
    artist: Vec<String>,
    /// The distinct albums that have the words of the filter, ascending; nothing where none is asked for.
    albums: Option<Vec<u32>>,
    /// The distinct genre cells that name the genre, ascending; nothing where none is asked for.
    genres: Option<Vec<u32>>,
}

impl<'a> Passes<'a> {
    fn new(model: &'a Model, filters: &'a Filters) -> Self {
        let of_genre = |genre: &str| {
            let mut cells: Vec<u32> = spellings(genre).iter().flat_map(|genre| model.genre_cells(genre)).collect();
            cells.sort_unstable();
            cells
        };
        let of_album = |album: &str| -> Vec<u32> {
            let wanted = words(album);
            let titles = model.catalog().albums.iter().flat_map(|column| column.dictionary().iter());
            (0..).zip(titles).filter(|(_, title)| contains(title, &wanted)).map(|(code, _)| code).collect()
        };
        Self {
            model,
            filters,
            track: words(&filters.track),
            artist: words(&filters.artist),
            albums: (!filters.album.is_empty()).then(|| of_album(&filters.album)),
            genres: (!filters.genre.is_empty()).then(|| of_genre(&filters.genre)),
        }
    }

    fn texts(&self, row: u32) -> bool {
        let track = self.model.catalog().track(row);
        contains(track.song, &self.track) && contains(track.artist, &self.artist)
    }

    fn row(&self, row: u32) -> bool {
        let catalog = self.model.catalog();
        let at = row as usize;
        let year = || catalog.years.as_ref().map_or(0, |years| years.get(at));
        let is_one_of = |column: &Option<DictColumn>, cells: &Vec<u32>| {
            column.as_ref().is_some_and(|column| cells.binary_search(&column.code(at)).is_ok())
        };
        self.filters.years.as_ref().is_none_or(|years| year() > 0 && years.contains(&year()))
            && self.genres.as_ref().is_none_or(|cells| is_one_of(&catalog.genres, cells))
            && self.albums.as_ref().is_none_or(|cells| is_one_of(&catalog.albums, cells))
    }

    /// Whether every row passes.
    fn is_all_rows(&self) -> bool {
        self.filters.years.is_none() && self.genres.is_none() && self.albums.is_none()
    }

    /// The most popular tracks that pass, each song once.
    fn all(&self) -> Vec<u32> {
        if self.is_all_rows() {
            return Vec::new();
        }
        let mut rows: Vec<u32> = (0..self.model.catalog().len() as u32).filter(|row| self.row(*row)).collect();
        let scaler = self.model.scaler();
        if let Some(feature) = scaler.features.iter().position(|feature| feature == "popularity") {
            let column = &self.model.catalog().features[feature];
            // The codes are in the order of the values.
            rows.sort_by_cached_key(|row| Reverse(column.codes().get(*row as usize)));
        }
        let mut songs = HashSet::new();
        rows.retain(|row| songs.insert(self.model.songs().of(*row)));
        rows.truncate(MAX_FOUND);
        rows
    }
}

/// The words of a text, as they are compared.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether each of the words begins a word of the text, or is in it where signs are left out: `acdc` is in `AC/DC`.
fn contains(text: &str, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let has = words(text);
    let joined = has.concat();
    wanted.iter().all(|word| has.iter().any(|other| other.starts_with(word)) || joined.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_case_accents_and_signs() {
        for (text, wanted) in [("Beyoncé", "beyonce"), ("AC/DC", "acdc"), ("Daft Punk", "daft pun"), ("x", " ")] {
            assert!(contains(text, &words(wanted)), "{text} {wanted}");
        }
        assert!(!contains("Daft Punk", &words("punk rock")));
    }
}
