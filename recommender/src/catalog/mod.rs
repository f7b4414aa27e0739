//! The track table: what a user knows of a track, in columns.
//!
//! Rows are ordered by cluster and, within one, by the node of the cluster's graph: a cluster is a range of rows, and
//! tracks that share a vector lie side by side.

pub(crate) mod artists;
pub mod titles;

use serde::Serialize;

use crate::artifact;
use crate::column::{DictColumn, IntColumn, NumericColumn, StringColumn};

/// The tracks, one a row. Columns that the user's file did not have are `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// The file's id of each track, or a stable one made from artist and title.
    pub ids: StringColumn,
    /// Titles. The distinct ones are in the order in which [`Titles`](crate::catalog::titles::Titles) first uses them.
    pub songs: DictColumn,
    /// Artist cells, as the file had them: several artists stay in one cell.
    pub artists: DictColumn,
    /// Album names; empty where unknown.
    pub albums: Option<DictColumn>,
    /// Genres; empty where unknown.
    pub genres: Option<DictColumn>,
    /// Years of release; 0 where unknown.
    pub years: Option<IntColumn>,
    /// Explicit lyrics: 0 unknown, 1 no, 2 yes.
    pub explicit: Option<IntColumn>,
    /// The model's features, in its order, in the file's own units.
    pub features: Vec<NumericColumn>,
}

impl Catalog {
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
        }
    }

    /// One track's features in the file's own units, shape `(n_features,)`.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`Catalog::len`].
    pub fn raw(&self, row: u32) -> Vec<f64> {
        self.features.iter().map(|feature| feature.get(row as usize)).collect()
    }

    /// Why this cannot be a model's catalogue, if so, and the section of the artifact that is to blame.
    pub(crate) fn check(&self, features: &[String]) -> Result<(), (String, String)> {
        let tracks = self.songs.len();
        if tracks == 0 {
            return Err(("titles".into(), "no tracks".into()));
        }
        if u32::try_from(tracks).is_err() {
            return Err(("titles".into(), format!("{tracks} tracks, at most {} are supported", u32::MAX)));
        }
        if self.features.len() != features.len() {
            let reason = format!("{} features, and {} columns", features.len(), self.features.len());
            return Err(("scaler".into(), reason));
        }
        let mut columns = vec![("ids", "id", self.ids.len(), Ok(()))];
        let words = [("titles", "song", Some(&self.songs)), ("artists", "artist", Some(&self.artists))];
        let more = [("albums", "album", self.albums.as_ref()), ("genres", "genre", self.genres.as_ref())];
        for (section, name, words) in words.into_iter().chain(more) {
            columns.extend(words.map(|words| (section, name, words.len(), words.check(name))));
        }
        for (name, codes) in [("years", &self.years), ("explicit", &self.explicit)] {
            columns.extend(codes.as_ref().map(|codes| ("facts", name, codes.len(), Ok(()))));
        }
        let mut numbered = Vec::new();
        for (number, (name, column)) in features.iter().zip(&self.features).enumerate() {
            numbered.push((artifact::feature_name(number), name.as_str(), column.len(), column.check(name)));
        }
        let columns =
            columns.into_iter().map(|(section, name, length, checked)| (section.into(), name, length, checked));
        for (section, name, length, checked) in columns.chain(numbered) {
            if let Err(reason) = checked {
                return Err((section, reason));
            }
            if length != tracks {
                return Err((section, format!("column {name} has {length} rows for {tracks} tracks")));
            }
        }
        Ok(())
    }
}

impl Catalog {
    /// What filters rely on and loading does not check: the dictionaries of its columns. Gives the section of the artifact
    /// that is to blame, and why.
    pub(crate) fn verify(&self) -> Result<(), (String, String)> {
        let columns =
            [("artists", Some(&self.artists)), ("albums", self.albums.as_ref()), ("genres", self.genres.as_ref())];
        for (section, column) in columns {
            column.map_or(Ok(()), DictColumn::verify).map_err(|reason| (section.to_owned(), reason))?;
        }
        for (number, column) in self.features.iter().enumerate() {
            column.verify().map_err(|reason| (artifact::feature_name(number), reason))?;
        }
        Ok(())
    }
}

/// What a user knows of one track.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Track<'a> {
    /// The file's id, or a stable one made from artist and title.
    pub id: &'a str,
    /// Title.
    pub song: &'a str,
    /// Artist cell, as the file had it.
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
}
