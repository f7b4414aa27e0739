//! The track table: a catalogue's CSV read into columns.
//!
//! The way through it: [`open`] or [`read`] streams the file, `rows` splits it into rows of cells, `columns` finds
//! the ones that matter by their names, `cell` parses them one by one, and a row that lacks something needed is
//! counted in [`Dropped`]. What is left is a [`Table`], kept as columns: a million tracks take about 170 MB.
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

mod cell;
mod columns;
mod decompress;
mod dropped;
mod error;
pub(crate) mod id;
mod playlists;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod track_table;

pub use self::{
    dropped::Dropped,
    error::Error,
    playlists::{PlaylistEntry, check_playlists, open_playlists, read_playlists},
    read::{MAX_TRACKS, Options, open, read},
    track_table::Table,
};
