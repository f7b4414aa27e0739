//! What affinities bring every track: for requests that compare all of them.

use super::values::Affinities;
use crate::affinity::AffinityKind;

/// A year up to this has a place in the table.
const MAX_YEAR: u32 = 1 << 12;

/// [`Affinities::bonus`], by tables: what depends on a track's artists, year and genres is computed once for each artist cell, year and
/// genre cell. Of these there are mostly fewer than tracks.
pub(crate) struct Bonuses<'a> {
    of: &'a Affinities<'a>,
    /// For each artist cell, whether its artists are the seeds', and how strong companions they are; empty where that does not matter.
    artists: Vec<(f32, f32)>,
    /// For each year, from 0.
    years: Vec<f32>,
    /// For each genre cell.
    genres: Vec<f32>,
}

impl<'a> Bonuses<'a> {
    /// Makes the tables.
    pub(crate) fn new(of: &'a Affinities<'a>) -> Self {
        let catalog = of.model.catalog();
        let cells = if of.depend_on_artists() { catalog.artists.dictionary().len() as u32 } else { 0 };
        let by = |cell| of.model.artists().first_of(cell);
        let last_year = of.year_column().and_then(|years| years.max()).map(|year| year.min(MAX_YEAR));
        let genres = of.genre_column().map_or(0, |genres| genres.dictionary().len() as u32);
        Self {
            of,
            artists: (0..cells).map(by).map(|artists| (of.artist(artists), of.by_artists(artists))).collect(),
            years: last_year.map(|last| (0..=last).map(|year| of.year(year)).collect()).unwrap_or_default(),
            genres: (0..genres).map(|cell| of.genre(cell)).collect(),
        }
    }

    /// The most that a track can be brought.
    pub(crate) fn max(&self) -> f32 {
        self.of.max_bonus()
    }

    /// What a track is brought: the same bits as [`Affinities::bonus`].
    ///
    /// # Panics
    ///
    /// If `row` is not a row of the catalogue.
    pub(crate) fn of(&self, row: u32) -> f32 {
        let (artist, by_artists) = match &self.artists[..] {
            [] => (0.0, 0.0),
            artists => artists[self.of.model.catalog().artists.code(row as usize) as usize],
        };
        let year = self.of.year_column().map_or(0.0, |years| {
            let year = years.get(row as usize);
            self.years.get(year as usize).copied().unwrap_or_else(|| self.of.year(year))
        });
        let genre = self.of.genre_column().map_or(0.0, |genres| self.genres[genres.code(row as usize) as usize]);
        let values: [f32; AffinityKind::ALL.len()] = [artist, year, genre, self.of.playlists(by_artists, row)];
        self.of.weighted(values)
    }
}
