//! Who is on which playlist: the rows of a table that has a playlist column.

use std::{
    io::{self, Read},
    path::Path,
};

use super::{cell, columns::PlaylistColumns, decompress::unpacked, error::Error, read::open_file, rows::Rows};

/// One row: a track on a playlist. What the row does not have is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaylistEntry<'a> {
    /// The playlist's id or name, never empty.
    pub playlist: &'a str,
    /// The track's id.
    pub id: &'a str,
    /// Its title.
    pub song: &'a str,
    /// Its artist cell.
    pub artist: &'a str,
}

/// Hands out the members of the playlists of a file. As [`read_playlists`], which see.
///
/// # Errors
///
/// As [`open`](super::open).
pub fn open_playlists(
    path: &Path,
    progress: &mut dyn FnMut(u64),
    visit: &mut dyn FnMut(PlaylistEntry<'_>),
) -> Result<u64, Error> {
    read_playlists(open_file(path)?, &path.display().to_string(), progress, visit)
}

/// Whether a file begins as one of playlists does: what is wrong with its columns can be said before anybody waits.
///
/// # Errors
///
/// As [`open_playlists`].
pub fn check_playlists(path: &Path) -> Result<(), Error> {
    let name = path.display().to_string();
    let mut progress = |_| {};
    let (mut input, gzip) = unpacked(open_file(path)?, &name, &mut progress)?;
    let input: &mut dyn io::Read = &mut input;
    let mut rows = Rows::new(input).map_err(|error| error.into_error(&name, gzip, &[]))?;
    let header: Vec<String> = match rows.next_row().map_err(|error| error.into_error(&name, gzip, &[]))? {
        Some(row) => row.cells().map(str::to_owned).collect(),
        None => return Err(Error::Empty { name }),
    };
    PlaylistColumns::find(&name, &header).map(|_| ())
}

/// Hands out the members of the playlists of a CSV file in UTF-8, as it is or compressed with gzip, row by row; gives
/// the number of rows that are on a playlist. Nothing is kept in memory, and no features are needed: a column of
/// playlists, and one of ids or those of titles and artists.
///
/// # Errors
///
/// Where the input as a whole cannot be used: see [`Error`].
pub fn read_playlists(
    input: impl Read,
    name: &str,
    progress: &mut dyn FnMut(u64),
    visit: &mut dyn FnMut(PlaylistEntry<'_>),
) -> Result<u64, Error> {
    let (mut input, gzip) = unpacked(input, name, progress)?;
    let input: &mut dyn io::Read = &mut input;
    let mut rows = Rows::new(input).map_err(|error| error.into_error(name, gzip, &[]))?;
    let header: Vec<String> = match rows.next_row().map_err(|error| error.into_error(name, gzip, &[]))? {
        Some(row) => row.cells().map(str::to_owned).collect(),
        None => return Err(Error::Empty { name: name.to_owned() }),
    };
    let columns = PlaylistColumns::find(name, &header)?;
    let mut entries = 0;
    while let Some(row) = rows.next_row().map_err(|error| error.into_error(name, gzip, &header))? {
        let at = |column: Option<usize>| column.map_or("", |column| row.cell(column));
        let playlist = row.cell(columns.playlist);
        if !playlist.is_empty() {
            entries += 1;
            visit(PlaylistEntry {
                playlist,
                id: cell::id(at(columns.id)),
                song: at(columns.song),
                artist: at(columns.artist),
            });
        }
    }
    if entries == 0 { Err(Error::HeaderOnly { name: name.to_owned() }) } else { Ok(entries) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(csv: &str) -> Result<Vec<String>, Error> {
        let mut all = Vec::new();
        read_playlists(csv.as_bytes(), "lists.csv", &mut |_| {}, &mut |entry| {
            all.push([entry.playlist, entry.id, entry.song, entry.artist].join("|"));
        })?;
        Ok(all)
    }

    #[test]
    fn members_need_a_playlist_and_an_id_or_a_name() {
        assert_eq!(entries("Playlist ID,track_id\np,a\n,b\n").expect("members"), ["p|a||"]);
        assert_eq!(entries("song,artist,playlist_name\nS,A,p\n").expect("members"), ["p||S|A"]);
        assert!(matches!(entries("track_id,energy\na,1\n"), Err(Error::MissingColumn { column: "playlist", .. })));
        assert!(matches!(entries("playlist_id,energy\na,1\n"), Err(Error::MissingColumn { column: "id", .. })));
        assert!(matches!(entries("playlist_id,id\n,a\n"), Err(Error::HeaderOnly { .. })));
    }
}
