//! Who is on which playlist: the rows of a table that has a playlist column.

use std::{cell::RefCell, io::Read, path::Path};

use super::{
    artists, cell,
    columns::PlaylistColumns,
    error::Error,
    source::{Source, TableRows, dialect::Dialect},
    sources::{FileSource, StreamSource, each_table},
};

/// One row: a track on a playlist. What the row does not have is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaylistEntry<'a> {
    /// The playlist's id or name, never empty.
    pub playlist: &'a str,
    /// The track's id.
    pub id: &'a str,
    /// Its title.
    pub song: &'a str,
    /// Its artist cell, as the catalogue can be asked for it: a list has `; ` between its members.
    pub artist: &'a str,
}

/// Hands out the members of the playlists of a file, as [`read_playlists_of`] does.
///
/// # Errors
///
/// As [`open`](super::open).
pub fn open_playlists(
    path: &Path,
    progress: &mut dyn FnMut(u64),
    visit: &mut dyn FnMut(PlaylistEntry<'_>),
) -> Result<u64, Error> {
    read_playlists_of(
        &[&FileSource { path: path.to_path_buf(), is_found: false }],
        &Dialect::default(),
        progress,
        visit,
    )
}

/// Whether a file is one of playlists: what is wrong with it can be said before anybody waits for a training.
///
/// # Errors
///
/// As [`open_playlists`].
pub fn check_playlists(path: &Path) -> Result<(), Error> {
    open_playlists(path, &mut |_| {}, &mut |_| {}).map(drop)
}

/// Hands out the members of the playlists of a stream, as [`read_playlists_of`] does.
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
    read_playlists_of(&[&StreamSource::new(input, name)], &Dialect::default(), progress, visit)
}

/// Hands out the members of the playlists of tables of every kind that [`read_sources`](super::read_sources) takes, row by
/// row; gives the number of rows that are on a playlist. Nothing is kept in memory, and no features are needed: a column
/// of playlists (of several tables, one without it is the playlist that its file is named after), and one of ids or those
/// of titles and artists. Rows with too few or too many cells are left out.
///
/// # Errors
///
/// Where a source as a whole cannot be used: see [`Error`].
pub fn read_playlists_of(
    sources: &[&dyn Source],
    dialect: &Dialect,
    progress: &mut dyn FnMut(u64),
    visit: &mut dyn FnMut(PlaylistEntry<'_>),
) -> Result<u64, Error> {
    let name = sources.first().map(|source| source.name()).unwrap_or_default();
    let n_tables = RefCell::new(0);
    let mut entries = 0;
    each_table(
        sources,
        dialect,
        progress,
        &mut |_, _| {
            *n_tables.borrow_mut() += 1;
            Ok(())
        },
        &mut |_, mut table| {
            if table.header.is_empty() {
                return Err(Error::Empty { name: table.name });
            }
            let stem = table.stem.take().filter(|_| *n_tables.borrow() > 1);
            let columns = PlaylistColumns::find(&table.name, &table.header, stem.is_none())?;
            let header = table.header.clone();
            while let Some(row) = table.next_row()? {
                if !TableRows::is_whole(&header, row) {
                    continue;
                }
                let at = |column: Option<usize>| column.map_or("", |column| row.cell(column));
                let playlist = columns.playlist.map_or(stem.as_deref().unwrap_or(""), |column| row.cell(column));
                if !playlist.is_empty() {
                    entries += 1;
                    let artist = artists::asked(at(columns.artist));
                    let (id, song) = (cell::id(at(columns.id)), at(columns.song));
                    visit(PlaylistEntry { playlist, id, song, artist: &artist });
                }
            }
            Ok(())
        },
    )?;
    if entries == 0 { Err(Error::HeaderOnly { name }) } else { Ok(entries) }
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
