//! The track table: a catalogue's CSV read into columns.
//!
//! The way through it: [`open`], [`read`] or [`read_sources`] opens what holds the table or the tables, `source` finds
//! out what it is and which encoding and dialect it has, `rows` splits text into rows of cells, `columns` finds the ones
//! that matter by their names and their first values, `builder` takes row by row, `cell` parses the cells one by one, and a
//! row that lacks something needed is counted in [`Dropped`]. At the end, `artists` and `genres` tell apart the several in a cell. What is left is a [`Table`], kept as columns: a million tracks
//! take about 170 MB. Its [`Schema`] says what was understood.
//!
//! ```
//! use recommender::features::Feature;
//! use trainer::table;
//!
//! let csv = "Song,Artist(s),Positiveness,Loudness (db)\nDance,Rick Astley,66,-6.85db\nNo sound,Nobody,,-7\n";
//! let table = table::read(csv.as_bytes(), "example.csv", &table::Options::default(), &mut |_| {})?;
//! assert_eq!(table.features, [Feature::Loudness, Feature::Valence]);
//! assert_eq!(table.songs, ["Dance"]);
//! assert_eq!(table.values[(0, 0)], -6.85);
//! assert_eq!(table.dropped.by_reason["valence is empty"], 1);
//! # Ok::<(), table::Error>(())
//! ```

mod artists;
mod attributes;
mod builder;
mod cell;
mod cells;
pub(crate) mod columns;
mod dropped;
mod error;
mod extremes;
mod genres;
pub(crate) mod id;
mod list_cell;
mod playlists;
mod read;
mod rows;
mod schema;
mod source;
mod sources;
mod spans;
#[cfg(test)]
mod tests;
mod track_table;

pub use self::{
    columns::{ColumnOverride, ColumnOverrideError, Meaning},
    dropped::Dropped,
    error::Error,
    extremes::{Extreme, Extremes},
    playlists::{PlaylistEntry, check_playlists, open_playlists, read_playlists, read_playlists_of},
    read::{MAX_TRACKS, Options, TABLE_ENDINGS, open, read, read_sources},
    schema::{Schema, UnusedColumn, UsedColumn},
    source::{
        Content, MAX_TABLES, Source,
        dialect::{Decimal, Dialect},
    },
    sources::FileSource,
    track_table::Table,
};
