//! What a column of a track table can hold.

use std::{fmt, str::FromStr};

use recommender::features::Feature;
use serde::{Serialize, Serializer};

/// What a column of a track table can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// The song's title.
    Title,
    /// The song's artist, or several in one cell.
    Artist,
    /// The track's id.
    Id,
    /// The album.
    Album,
    /// The genre, or several in one cell.
    Genre,
    /// The year or the date of the release.
    Year,
    /// Whether the lyrics are explicit.
    Explicit,
    /// The playlist that the track is on: its id or its name.
    Playlist,
    /// The key.
    Key,
    /// Major or minor.
    Mode,
    /// Beats in a bar.
    TimeSignature,
    /// An audio feature, or the track's length.
    Feature(Feature),
}

impl Meaning {
    /// Those that are no feature.
    const PLAIN: [Meaning; 11] = [
        Meaning::Title,
        Meaning::Artist,
        Meaning::Id,
        Meaning::Album,
        Meaning::Genre,
        Meaning::Year,
        Meaning::Explicit,
        Meaning::Playlist,
        Meaning::Key,
        Meaning::Mode,
        Meaning::TimeSignature,
    ];

    /// How many there are.
    pub const COUNT: usize = Self::PLAIN.len() + Feature::ALL.len();

    /// Every meaning, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Meaning> {
        Self::PLAIN.into_iter().chain(Feature::ALL.map(Meaning::Feature))
    }

    /// Its place in [`Meaning::all`].
    pub(crate) fn index(self) -> usize {
        match self {
            Meaning::Title => 0,
            Meaning::Artist => 1,
            Meaning::Id => 2,
            Meaning::Album => 3,
            Meaning::Genre => 4,
            Meaning::Year => 5,
            Meaning::Explicit => 6,
            Meaning::Playlist => 7,
            Meaning::Key => 8,
            Meaning::Mode => 9,
            Meaning::TimeSignature => 10,
            Meaning::Feature(feature) => Self::PLAIN.len() + feature as usize,
        }
    }

    /// Its name, as it stands on the command line, in reports and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Meaning::Title => "title",
            Meaning::Artist => "artist",
            Meaning::Id => "id",
            Meaning::Album => "album",
            Meaning::Genre => "genre",
            Meaning::Year => "year",
            Meaning::Explicit => "explicit",
            Meaning::Playlist => "playlist",
            Meaning::Key => "key",
            Meaning::Mode => "mode",
            Meaning::TimeSignature => "time_signature",
            Meaning::Feature(feature) => feature.name(),
        }
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Meaning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A column that is named for a meaning, whatever the aliases and the values say: `MEANING=NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnOverride {
    /// What the column holds.
    pub meaning: Meaning,
    /// Its name in the header, or its number such as `#3`.
    pub column: String,
}

/// A text that names no column for a meaning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnOverrideError {
    /// There is no `=`, or nothing on one side of it.
    #[error("expected MEANING=NAME, such as tempo='Beats Per Minute', got {got:?}")]
    Form {
        /// What came.
        got: String,
    },
    /// No column can hold that.
    #[error("unknown meaning {got:?}: expected one of {}", Meaning::all().map(Meaning::name).collect::<Vec<_>>().join(", "))]
    Meaning {
        /// What came.
        got: String,
    },
}

impl FromStr for ColumnOverride {
    type Err = ColumnOverrideError;

    fn from_str(text: &str) -> Result<Self, ColumnOverrideError> {
        let parts = text.split_once('=').map(|(meaning, column)| (meaning.trim(), column.trim()));
        let (meaning, column) = parts
            .filter(|(meaning, column)| !meaning.is_empty() && !column.is_empty())
            .ok_or_else(|| ColumnOverrideError::Form { got: text.to_owned() })?;
        // The catalogue calls a title a song.
        let name = if meaning.eq_ignore_ascii_case("song") { "title" } else { meaning };
        let meaning = Meaning::all()
            .find(|meaning| meaning.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| ColumnOverrideError::Meaning { got: meaning.to_owned() })?;
        Ok(Self { meaning, column: column.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_has_its_own_place_and_name() {
        let all: Vec<Meaning> = Meaning::all().collect();
        assert_eq!(all.len(), Meaning::COUNT);
        for (place, meaning) in all.iter().enumerate() {
            assert_eq!(meaning.index(), place, "{meaning}");
            let parsed: ColumnOverride = format!(" {} = A=B ", meaning.name().to_uppercase()).parse().expect("parses");
            assert_eq!((parsed.meaning, parsed.column.as_str()), (*meaning, "A=B"));
        }
        assert_eq!("song=x".parse::<ColumnOverride>().map(|parsed| parsed.meaning), Ok(Meaning::Title));
    }

    #[test]
    fn what_names_no_column_is_answered_with_what_is_allowed() {
        for text in ["", "tempo", "tempo=", "=BPM", " = "] {
            assert!(matches!(text.parse::<ColumnOverride>(), Err(ColumnOverrideError::Form { .. })), "{text}");
        }
        let error = "speed=BPM".parse::<ColumnOverride>().expect_err("unknown").to_string();
        assert!(
            error.contains("\"speed\"") && error.contains("title, artist") && error.contains("duration_ms"),
            "{error}"
        );
    }
}
