//! The track table: what a user knows of a track, in columns.
//!
//! Rows are ordered by cluster and, within one, by the node of the cluster's graph: a cluster is a range of rows, and
//! tracks that share a vector lie side by side.

pub(crate) mod artists;
pub mod attributes;
pub mod credits;
mod error;
pub(crate) mod genres;
pub mod ids;
pub(crate) mod repeated;
pub(crate) mod row_lists;
pub mod songs;
pub mod titles;
mod versions;

use rayon::prelude::*;
use serde::Serialize;

pub use self::artists::MAX_ARTISTS_OF_ROW;
pub(crate) use self::error::{Column, Error};
use self::{
    attributes::{Attribute, Attributes},
    credits::Credits,
    ids::{Ids, TrackId},
};
use crate::{
    column::{DictColumn, IntColumn, NumericColumn},
    invalid::Invalid,
};

/// The codes of explicit lyrics: 0 unknown, 1 no, 2 yes.
const EXPLICIT_CODES: usize = 3;

/// The tracks, one a row. Columns that the user's file did not have are `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// The file's id of each track, or a stable one made from artist and title.
    pub ids: Ids,
    /// Titles. The distinct ones are in the order in which [`Titles`](crate::catalog::titles::Titles) first uses them.
    pub songs: DictColumn,
    /// Artist cells, as a person would write them: several artists stay in one cell.
    pub artists: DictColumn,
    /// Which artists each distinct artist cell names.
    pub credits: Credits,
    /// Album names; empty where unknown.
    pub albums: Option<DictColumn>,
    /// Genres; empty where unknown.
    pub genres: Option<DictColumn>,
    /// Years of release; 0 where unknown.
    pub years: Option<IntColumn>,
    /// Explicit lyrics: 0 unknown, 1 no, 2 yes.
    pub explicit: Option<IntColumn>,
    /// Key, mode, time signature and length; none that is a feature of the model.
    pub attributes: Attributes,
    /// The model's features, in its order, in the file's own units.
    pub features: Vec<NumericColumn>,
}

impl Catalog {
    /// The same tracks in another order: `rows` names each row once.
    ///
    /// # Panics
    ///
    /// If one is not below [`Catalog::len`].
    #[must_use]
    pub fn reordered(self, rows: &[u32]) -> Self {
        let Self { ids, songs, artists, credits, albums, genres, years, explicit, attributes, features } = self;
        let texts = || {
            let reordered = |column: Option<DictColumn>| column.map(|column| column.reordered(rows));
            (songs.reordered(rows), artists.reordered(rows), reordered(albums), reordered(genres))
        };
        let numbers = || {
            let ids_in_order = ids.of_rows(rows);
            drop(ids);
            let reordered = |column: Option<IntColumn>| column.map(|column| column.of_rows(rows));
            (ids_in_order, reordered(years), reordered(explicit), attributes.of_rows(rows))
        };
        let features = || features.into_par_iter().map(|feature| feature.reordered(rows)).collect();
        let ((songs, artists, albums, genres), ((ids, years, explicit, attributes), features)) =
            rayon::join(texts, || rayon::join(numbers, features));
        Self { ids, songs, artists, credits, albums, genres, years, explicit, attributes, features }
    }

    /// Number of tracks.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are no tracks (which no model has).
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// One track. It borrows the catalogue's strings.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`Catalog::len`].
    pub fn track(&self, row: u32) -> Track<'_> {
        let attribute = |attribute| self.attributes.get(attribute, row);
        let row = row as usize;
        let known = |text: &'_ str| !text.is_empty();
        Track {
            id: self.ids.get(row),
            song: self.songs.get(row),
            artist: self.artists.get(row),
            album: self.albums.as_ref().map(|albums| albums.get(row)).filter(|album| known(album)),
            genre: self.genres.as_ref().map(|genres| genres.get(row)).filter(|genre| known(genre)),
            year: self.years.as_ref().map(|years| years.get(row)).filter(|year| *year != 0),
            explicit: match self.explicit.as_ref().map(|explicit| explicit.get(row)) {
                Some(1) => Some(false),
                Some(2) => Some(true),
                _ => None,
            },
            key: attribute(Attribute::Key),
            mode: attribute(Attribute::Mode),
            time_signature: attribute(Attribute::TimeSignature),
            duration_ms: attribute(Attribute::DurationMs),
        }
    }

    /// The single artists of an artist cell, by its code, as they stand in it.
    ///
    /// # Panics
    ///
    /// If there is no such cell.
    pub fn credited(&self, code: u32) -> impl Iterator<Item = &str> {
        self.credits.of(self.artists.dictionary(), code)
    }

    /// One track's features in the file's own units, shape `(n_features,)`.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`Catalog::len`].
    pub fn raw(&self, row: u32) -> Vec<f64> {
        self.features.iter().map(|feature| feature.get(row as usize)).collect()
    }

    /// Whether this can be the catalogue of a model with these features.
    pub(crate) fn check(&self, features: &[String]) -> Result<(), Error> {
        let tracks = self.songs.len();
        // Rows are numbered with 32 bits.
        Invalid::count_range("tracks", 1..=u32::MAX as usize, tracks).map_err(Error::of(Column::Songs))?;
        let rows = |column: Column, name: &str, rows: usize| {
            Invalid::count(format!("rows of column {name}"), tracks, rows).map_err(Error::of(column))
        };
        rows(Column::Ids, "id", self.ids.len())?;
        for (column, name, texts) in self.texts() {
            rows(column, name, texts.len())?;
            texts.check(name).map_err(Error::of(column))?;
        }
        self.credits.check(self.artists.dictionary()).map_err(Error::of(Column::Artists))?;
        for (column, name, numbers) in
            [(Column::Years, "year", &self.years), (Column::Explicit, "explicit", &self.explicit)]
        {
            numbers.as_ref().map_or(Ok(()), |numbers| rows(column, name, numbers.len()))?;
        }
        let code = self.explicit.as_ref().and_then(IntColumn::max);
        Invalid::index("explicit lyrics have code", EXPLICIT_CODES, code).map_err(Error::of(Column::Explicit))?;
        self.attributes.check(tracks, features).map_err(Error::of(Column::Attributes))?;
        for (number, (name, feature)) in features.iter().zip(&self.features).enumerate() {
            rows(Column::Feature(number), name, feature.len())?;
            feature.check(name).map_err(Error::of(Column::Feature(number)))?;
        }
        Ok(())
    }

    /// What filters rely on and loading does not check: the dictionaries of the columns.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        for (column, name, texts) in self.texts() {
            texts.verify(name).map_err(Error::of(column))?;
        }
        for (number, feature) in self.features.iter().enumerate() {
            feature.verify().map_err(Error::of(Column::Feature(number)))?;
        }
        Ok(())
    }

    /// The columns of text that are there, but for the ids, and what one of their strings is.
    fn texts(&self) -> impl Iterator<Item = (Column, &'static str, &DictColumn)> {
        let columns = [
            (Column::Songs, "song", Some(&self.songs)),
            (Column::Artists, "artist", Some(&self.artists)),
            (Column::Albums, "album", self.albums.as_ref()),
            (Column::Genres, "genre", self.genres.as_ref()),
        ];
        columns.into_iter().filter_map(|(column, name, texts)| Some((column, name, texts?)))
    }
}

/// What a user knows of one track.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Track<'a> {
    /// The file's id, or a stable one made from artist and title.
    #[schema(value_type = String)]
    pub id: TrackId<'a>,
    /// Title.
    pub song: &'a str,
    /// The artist, or several as a person would write them: `Lead, Guest`, `Lead feat. Guest`.
    pub artist: &'a str,
    /// Album, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<&'a str>,
    /// Genre, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<&'a str>,
    /// Year of release, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u32>,
    /// Explicit lyrics, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// Pitch class, where known: 0 is C, 11 is B.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 11)]
    pub key: Option<u32>,
    /// Where known: 1 major, 0 minor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1)]
    pub mode: Option<u32>,
    /// Beats of a bar, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 7)]
    pub time_signature: Option<u32>,
    /// Length in milliseconds, where known, unless it is a feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
}
