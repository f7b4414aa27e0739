//! Bytes that may be a track table.

use trainer::table::{self, Options, Table};

use crate::reached::reach;

/// A header with every column that the reader knows.
const HEADER: &[u8] = b"id,song,artist,album,genre,year,explicit,playlist,energy,tempo,loudness (db),duration\n";
/// How many tracks are taken at most: the bound is met too.
const MAX_TRACKS: usize = 64;

/// A track table, plain or compressed with gzip, and a table of playlists: as it is, and as rows below a good header.
pub fn table(data: &[u8]) {
    read(data, "fuzz.csv");
    read(&[HEADER, data].concat(), "fuzz.csv");
}

fn read(csv: &[u8], name: &str) {
    for max_tracks in [MAX_TRACKS, table::MAX_TRACKS] {
        let options = Options { max_tracks, ..Options::default() };
        let mut taken = 0;
        match table::read(csv, name, &options, &mut |bytes| taken = bytes) {
            Ok(table) => {
                assert!(table.n_tracks() <= max_tracks);
                assert_eq!(taken, csv.len() as u64, "not all was read");
                check(&table);
                reach();
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let mut members = 0;
    let read = table::read_playlists(csv, name, &mut |_| {}, &mut |member| {
        assert!(!member.playlist.is_empty());
        members += 1;
    });
    if let Ok(read) = read {
        assert_eq!(read, members);
    }
}

fn check(table: &Table) {
    let tracks = table.n_tracks();
    assert!(tracks > 0);
    assert_eq!(table.rows, tracks as u64 + table.dropped.by_reason.values().sum::<u64>());
    assert_eq!(table.values.dim(), (tracks, table.features.len()));
    assert!(table.values.iter().all(|value| value.is_finite()), "a value is not finite");
    assert!((2..=16).contains(&table.features.len()));
    assert_eq!(table.ids.len(), tracks);
    assert!(table.ids.iter().chain(table.songs.iter()).all(|text| !text.is_empty()));
    assert_eq!(table.artists.len(), tracks);
    assert!(table.artists.iter().all(|artist| !artist.is_empty()));
    for column in [&table.albums, &table.genres, &table.playlists].into_iter().flatten() {
        assert_eq!(column.len(), tracks);
    }
    assert!(table.years.as_ref().is_none_or(|years| years.len() == tracks));
    assert!(table.explicit.as_ref().is_none_or(|marks| marks.len() == tracks));
}
