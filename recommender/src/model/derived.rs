//! What is made of a model's parts when it is first asked for: no cold start waits for what only some requests need.

use super::Model;
use crate::{
    catalog::{
        artists::Artists,
        attributes::{Attribute, Moments},
        genres::Genres,
        repeated::RepeatedSongs,
        row_lists::RowLists,
        songs::SongIds,
    },
    column::IntColumn,
};

impl Model {
    /// Which tracks are the same version of a song: those of the same title and artist.
    ///
    /// They are numbered when first asked for.
    pub fn versions(&self) -> &SongIds {
        self.versions.get_or_init(|| {
            // The songs were numbered by the same rows.
            self.titles.versions(self.catalog.len()).expect("titles that have songs have versions")
        })
    }

    /// The songs, or the versions, that several tracks have; they are gathered when first asked for.
    pub(crate) fn repeated(&self, versions: bool) -> &RepeatedSongs {
        self.repeated[usize::from(versions)].get_or_init(|| {
            let ids = if versions { self.versions() } else { self.songs() };
            let ranges: Vec<_> = self.clusters.iter().map(|cluster| cluster.rows.clone()).collect();
            RepeatedSongs::new(ids, &ranges)
        })
    }

    /// The single artists behind artist cells; they are told apart when first asked for.
    pub(crate) fn artists(&self) -> &Artists {
        self.artists.get_or_init(|| Artists::new(&self.catalog))
    }

    /// The rows of each artist; they are gathered when first asked for.
    pub(crate) fn artist_rows(&self) -> &RowLists {
        self.artist_rows.get_or_init(|| {
            let artists = self.artists();
            let cells = self.catalog.artists.codes();
            RowLists::new(artists.count(), self.catalog.len(), |row| artists.first_of(cells.get(row)))
        })
    }

    /// The single artists of a row, by number: the first [`MAX_ARTISTS_OF_ROW`](crate::catalog::MAX_ARTISTS_OF_ROW) where a cell names more.
    ///
    /// # Panics
    ///
    /// If `row` is not a row of the catalogue.
    pub fn artists_of(&self, row: u32) -> &[u32] {
        self.artists().first_of(self.catalog.artists.code(row as usize))
    }

    /// How many single artists there are.
    pub fn artist_count(&self) -> usize {
        self.artists().count()
    }

    /// The single genres behind genre cells; they are told apart when first asked for.
    pub(crate) fn genres(&self) -> &Genres {
        self.genres.get_or_init(|| Genres::new(self.catalog.genres.as_ref()))
    }

    /// The genres, [`normalize`](crate::text::normalize)d, and how many tracks each has, the most frequent first. None where the catalogue
    /// has none.
    pub fn genre_counts(&self) -> Vec<(&str, u32)> {
        self.catalog.genres.as_ref().map(|column| self.genres().counts(column)).unwrap_or_default()
    }

    /// The rows of each genre, where there are genres; they are gathered when first asked for.
    pub(crate) fn genre_rows(&self) -> Option<&RowLists> {
        let cells = self.catalog.genres.as_ref()?;
        let genres = self.genres();
        let of_row = |row| genres.in_cell(cells.code(row));
        Some(self.genre_rows.get_or_init(|| RowLists::new(genres.count(), self.catalog.len(), of_row)))
    }

    /// An attribute of each track, where the catalogue has it, and its mean and deviation, which are computed when first
    /// asked for.
    pub(crate) fn attribute(&self, attribute: Attribute) -> Option<(&IntColumn, Moments)> {
        let column = self.catalog.attributes.column(attribute)?;
        Some((column, *self.moments[attribute as usize].get_or_init(|| Moments::of(column))))
    }
}
