//! Which column holds what: by `--column` where that names one, else by its name, whatever its case, accents, spaces and
//! punctuation ([`aliases`]), and by its values where several columns have a name of one meaning ([`find`]). What looks like
//! something and is not taken is told ([`hints`]).

mod aliases;
mod find;
mod hints;
mod meaning;
mod profile;
mod sample;

use recommender::features::Feature;

pub use self::meaning::{ColumnOverride, ColumnOverrideError, Meaning};
pub(crate) use self::{
    find::{label, numeric},
    hints::option,
    sample::Sample,
};
use super::{
    cell::{self, CellError},
    schema::UnusedColumn,
};

/// How the cells of a feature's column are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Number,
    /// Minutes and seconds, into milliseconds.
    Length,
    /// A number of seconds, into milliseconds.
    Seconds,
    /// A number of minutes, into milliseconds.
    Minutes,
}

impl Encoding {
    /// What the cells of a length are in.
    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Encoding::Number => "ms",
            Encoding::Length => "minutes and seconds",
            Encoding::Seconds => "seconds",
            Encoding::Minutes => "minutes",
        }
    }

    /// The value of a cell of a feature's column.
    pub(crate) fn parse(self, text: &str, feature: Feature) -> Result<f64, CellError> {
        match self {
            Encoding::Number => cell::number(text, feature),
            Encoding::Length => cell::length(text),
            Encoding::Seconds => cell::seconds(text, 1_000.0),
            Encoding::Minutes => cell::seconds(text, 60_000.0),
        }
    }
}

/// Where everything stands in a row of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) title: usize,
    pub(crate) artist: usize,
    pub(crate) id: Option<usize>,
    pub(crate) album: Option<usize>,
    pub(crate) genre: Option<usize>,
    pub(crate) playlist: Option<usize>,
    pub(crate) year: Option<usize>,
    pub(crate) explicit: Option<usize>,
    pub(crate) key: Option<usize>,
    pub(crate) mode: Option<usize>,
    pub(crate) time_signature: Option<usize>,
    pub(crate) duration: Option<(usize, Encoding)>,
    pub(crate) features: Vec<(Feature, usize, Encoding)>,
    /// Danceability, tempo and valence, where all three are there, whether they are asked for or not: a track that was never
    /// analysed has 0 in each.
    pub(crate) analysis: Option<[usize; 3]>,
    /// The columns that nothing is taken from.
    pub(crate) unused: Vec<UnusedColumn>,
    pub(crate) warnings: Vec<String>,
}

impl Columns {
    /// The column of a meaning.
    pub(crate) fn of(&self, meaning: Meaning) -> Option<usize> {
        match meaning {
            Meaning::Title => Some(self.title),
            Meaning::Artist => Some(self.artist),
            Meaning::Id => self.id,
            Meaning::Album => self.album,
            Meaning::Genre => self.genre,
            Meaning::Year => self.year,
            Meaning::Explicit => self.explicit,
            Meaning::Playlist => self.playlist,
            Meaning::Key => self.key,
            Meaning::Mode => self.mode,
            Meaning::TimeSignature => self.time_signature,
            Meaning::Feature(feature) => {
                let found = self.features.iter().find(|(other, ..)| *other == feature).map(|(_, column, _)| *column);
                found.or(self.duration.filter(|_| feature == Feature::DurationMs).map(|(column, _)| column))
            }
        }
    }
}

/// Where the members of playlists stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlaylistColumns {
    pub(crate) playlist: Option<usize>,
    pub(crate) id: Option<usize>,
    pub(crate) song: Option<usize>,
    pub(crate) artist: Option<usize>,
}

/// The columns of a header for a message: quoted, and not without end.
pub(crate) fn list(header: &[String]) -> String {
    const MAX_LISTED: usize = 50;
    let mut list: Vec<String> = header.iter().take(MAX_LISTED).map(|name| quoted(name)).collect();
    if header.len() > MAX_LISTED {
        list.push(format!("and {} more", header.len() - MAX_LISTED));
    }
    list.join(", ")
}

/// A name or a cell for a message: within quotes, without control characters, and cut where it is long.
pub(crate) fn quoted(name: &str) -> String {
    const MAX_QUOTED_CHARS: usize = 60;
    match name.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("\"{}…\"", name[..end].escape_debug()),
        None => format!("\"{}\"", name.escape_debug()),
    }
}

#[cfg(test)]
mod tests;
