//! Bytes that may be a track table.

use std::sync::Once;

use trainer::table::{self, Decimal, Dialect, Options, Table};

use crate::reached::reach;

/// A header with every column that the reader knows.
const HEADER: &[u8] = b"id,song,artist,album,genre,year,explicit,playlist,energy,tempo,loudness (db),duration\n";
/// How many tracks are taken at most: the bound is met too.
const MAX_TRACKS: usize = 64;

/// A track table of any kind that is read, and a table of playlists: as it is, with options that say how it is written,
/// and as rows below a good header.
pub fn table(data: &[u8]) {
    read(data, "fuzz.csv");
    read(&[HEADER, data].concat(), "fuzz.csv");
}

/// A Parquet file.
pub fn parquet(data: &[u8]) {
    // The crate that decodes it may panic, which its caller turns into an error: a fuzzer's hook would end the process
    // before. A panic that is not caught ends it all the same.
    static NO_HOOK: Once = Once::new();
    NO_HOOK.call_once(|| drop(std::panic::take_hook()));
    if data.starts_with(b"PAR1") {
        read(data, "fuzz.parquet");
    }
}

fn read(csv: &[u8], name: &str) {
    let named = Dialect {
        delimiter: csv.get(1).filter(|byte| byte.is_ascii_punctuation() && **byte != b'"').copied(),
        decimal: Some(Decimal::Comma),
        encoding: Dialect::parse_encoding(["utf-8", "utf-16be", "gb18030", "windows-1252"][csv.len() % 4]).ok(),
    };
    for (max_tracks, dialect) in
        [(MAX_TRACKS, Dialect::default()), (table::MAX_TRACKS, Dialect::default()), (MAX_TRACKS, named)]
    {
        let options = Options { max_tracks, dialect, ..Options::default() };
        let mut taken = 0;
        match table::read(csv, name, &options, &mut |bytes| taken = bytes) {
            Ok(table) => {
                assert!(table.n_tracks() <= max_tracks);
                // Of an archive or a Parquet file not all that is in it need be looked at, and some of it is twice.
                let is_text = !csv.starts_with(b"PK") && !csv.starts_with(b"PAR1");
                assert!(!is_text || taken == csv.len() as u64, "not all was read");
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
