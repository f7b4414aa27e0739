//! The rules of reading a table, each held by a test that is named after it.

use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use recommender::{column::IntColumn, features::Feature};

use super::*;

fn read_bytes(bytes: &[u8], options: &Options) -> Result<Table, Error> {
    read(bytes, "t.csv", options, &mut |_| {})
}

fn table(csv: &str) -> Table {
    read_bytes(csv.as_bytes(), &Options::default()).expect("a table")
}

fn error(bytes: impl AsRef<[u8]>) -> Error {
    read_bytes(bytes.as_ref(), &Options::default()).expect_err("no table")
}

fn with_features(csv: &str, features: &[Feature]) -> Result<Table, Error> {
    read_bytes(csv.as_bytes(), &Options { features: Some(features.to_vec()), ..Options::default() })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

const SMALL: &str = "song,artist,energy,tempo\nDance,Rick,88,120\n\"Hey, You\",Björk,1.5e-3,-0.25\n";

#[test]
fn table_holds_the_cells_in_the_files_own_units() {
    let table = table(SMALL);
    assert_eq!(table.features, [Feature::Energy, Feature::Tempo]);
    assert_eq!(table.values, ndarray::array![[88.0, 120.0], [0.0015, -0.25]]);
    assert_eq!(table.songs, ["Dance", "Hey, You"]);
    assert_eq!(table.artists.iter().collect::<Vec<_>>(), ["Rick", "Björk"]);
    assert_eq!((table.rows, table.n_tracks(), table.dropped.total), (2, 2, 0));
    assert_eq!(table.dropped, Dropped::default());
}

#[test]
fn gzip_data_that_unpacks_for_ever_is_stopped() {
    // So many blank lines (64 MiB in tests) are not a table; a smaller one may be as dull as it likes.
    struct Lines(u64);
    impl Read for Lines {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = self.0.min(out.len() as u64) as usize;
            out[..n].fill(b'\n');
            self.0 -= n as u64;
            Ok(n)
        }
    }
    let packed = |lines: u64| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(SMALL.as_bytes()).expect("memory takes it");
        io::copy(&mut Lines(lines), &mut encoder).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    };
    let found = error(packed((64 << 20) + 1));
    assert!(matches!(found, Error::DecompressionBomb { .. }), "{found:?}");
    assert_eq!(read_bytes(&packed(1 << 20), &Options::default()).expect("a table").n_tracks(), 2);
}

#[test]
fn playlists_are_kept_where_the_file_has_them() {
    let table = table("song,artist,energy,tempo,playlist_name,playlist_id\ns,a,1,2,Calm,p1\nt,a,1,3,,\n");
    let playlists = table.playlists.expect("playlists");
    assert_eq!((playlists.get(0), playlists.get(1)), ("p1", ""));
    assert!(table.warnings.is_empty(), "{:?}", table.warnings);
}

#[test]
fn features_stand_in_canonical_order_and_absent_ones_are_named() {
    let table = table("liveness,tempo,artist,song,danceability\n0.1,90,a,s,0.5\n");
    assert_eq!(table.features, [Feature::Danceability, Feature::Tempo, Feature::Liveness]);
    assert_eq!(table.values, ndarray::array![[0.5, 90.0, 0.1]]);
    assert_eq!(table.absent.len(), 8);
    assert!(table.absent.contains(&Feature::Variance) && !table.absent.contains(&Feature::DurationMs));
}

#[test]
fn asked_for_features_stand_in_the_order_asked_for() {
    let features = [Feature::Tempo, Feature::DurationMs, Feature::Energy];
    let table = with_features("song,artist,energy,tempo,Length\ns,a,1,2,03:47\n", &features).expect("a table");
    assert_eq!(table.features, features);
    assert_eq!(table.values, ndarray::array![[2.0, 227_000.0, 1.0]]);
    assert!(table.absent.is_empty());
}

#[test]
fn asked_for_features_are_2_to_16_and_different() {
    for features in [&[][..], &[Feature::Tempo], &[Feature::Tempo, Feature::Tempo]] {
        assert!(matches!(with_features(SMALL, features), Err(Error::FeatureList { .. })), "{features:?}");
    }
    assert!(matches!(
        with_features(SMALL, &[Feature::Tempo, Feature::Valence]),
        Err(Error::MissingColumn { column: "valence", asked_for: true, .. })
    ));
}

#[test]
fn byte_order_mark_windows_line_ends_and_index_column_are_fine() {
    let csv = "\u{feff},song,artist,energy,tempo\r\n0,Dance,Rick,88,120\r\n1,\"two\r\nlines\",Rick,1,2\r\n";
    let table = table(csv);
    assert_eq!(table.songs, ["Dance", "two\r\nlines"]);
    assert_eq!(table.values.column(0).to_vec(), [88.0, 1.0]);
}

#[test]
fn newlines_within_quotes_are_of_the_cell_and_count_as_lines() {
    let csv = "song,artist,text,energy,tempo\ns,a,\"one\ntwo\nthree\",1,2\n\nt,a,x,,2\nu,a,\"y\n\",1,x\n";
    let table = table(csv);
    assert_eq!(table.songs, ["s"]);
    assert_eq!(table.dropped.first, [(6, "energy is empty".to_owned()), (7, "tempo is not a number".to_owned())]);
}

#[test]
fn what_a_quote_without_its_partner_swallows_is_named() {
    let row = |at: usize| format!("s{at},a,note,1,{}\n", 100 + at);
    let rows = |from: usize, to: usize| (from..to).map(row).collect::<String>();
    let header = "song,artist,text,energy,tempo\n";
    let csv = format!("{header}{}s,a,\"x,1,2\n{}t,a,y\",1,3\n{}", rows(0, 5), rows(5, 40), rows(40, 50));
    let table = table(&csv);
    assert_eq!(table.n_tracks(), 16);
    let warning = table.warnings.iter().find(|warning| warning.contains("a quote without its partner"));
    assert!(warning.is_some_and(|warning| warning.contains("a row spans more than 20 lines, the first from line 7 to line 43")), "{:?}", table.warnings);
}

#[test]
fn names_that_no_answer_should_carry_are_left_out() {
    let long = "é".repeat(1_025);
    let csv = format!(
        "song,artist,album,energy,tempo\ngood,a,b,1,2\n{long},a,b,1,2\ns,{long},b,1,2\ns,a,{long},1,2\n\"s\nt\nu\nv\",a,b,1,2\n{},a,b,2,1\n",
        "é".repeat(1_024)
    );
    let table = table(&csv);
    let reasons: Vec<&str> = table.dropped.by_reason.keys().map(String::as_str).collect();
    let expected = [
        "album is longer than 1024 characters",
        "artist is longer than 1024 characters",
        "song is longer than 1024 characters",
        "song spans 4 lines: a quote may lack its partner",
    ];
    assert_eq!((table.n_tracks(), &reasons[..]), (2, &expected[..]));
}

#[test]
fn row_is_dropped_for_the_first_thing_it_lacks() {
    let csv = "song,artist,energy,tempo\n\
        good,a,1,2\n\
        ,a,1,2\n\
        s, ,1,2\n\
        s,a,,2\n\
        s,a,1,fast\n\
        s,a,nan,2\n\
        s,a,\\N,2\n\
        s,a,1,1e999\n\
        s,a,-inf,2\n\
        NA,NA,1,2\n\
        NA,HWASA,1,2\n\
        s,NA,1,2\n\
        ,,,\n";
    let table = table(csv);
    assert_eq!(table.songs, ["good", "NA", "s"]);
    assert_eq!((table.rows, table.dropped.total), (13, 10));
    let by_reason: Vec<(&str, u64)> = table.dropped.by_reason.iter().map(|(reason, &n)| (reason.as_str(), n)).collect();
    assert_eq!(
        by_reason,
        [
            ("artist is missing", 1),
            ("energy is empty", 3),
            ("energy is infinite", 1),
            ("song is missing", 3),
            ("tempo is infinite", 1),
            ("tempo is not a number", 1),
        ]
    );
    assert_eq!(table.dropped.first.iter().map(|&(line, _)| line).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    assert!(table.dropped.warning(table.rows).is_some());
    assert_eq!(table.values.nrows(), 3);
}

#[test]
fn column_that_is_not_needed_may_hold_anything() {
    let table = table("song,artist,energy,tempo,duration_ms,year,explicit\ns,a,1,2,,soon,perhaps\n");
    assert_eq!(table.n_tracks(), 1);
    assert!(table.years.is_none() && table.explicit.is_none(), "columns of which no cell can be read");
}

#[test]
fn optional_columns_are_there_only_where_the_file_has_them() {
    let without = table(SMALL);
    assert!(without.albums.is_none() && without.genres.is_none());
    assert!(without.years.is_none() && without.explicit.is_none());

    let with = table(
        "song,artist,energy,tempo,Album,Genre,Release Date,Explicit,uri\n\
         s,a,1,2,First,pop,29th April 2013,Yes,spotify:track:abc\n\
         t,a,1,2,,pop,,No,def\n",
    );
    let albums = with.albums.expect("albums");
    assert_eq!((albums.get(0), albums.get(1)), ("First", ""));
    let genres = with.genres.expect("genres");
    assert_eq!((genres.dictionary().len(), genres.get(0), genres.get(1)), (1, "pop", "pop"));
    assert_eq!(with.years, Some(IntColumn::new(&[2013, 0])));
    assert_eq!(with.explicit, Some(IntColumn::new(&[2, 1])));
    assert_eq!(with.ids, ["abc", "def"]);
}

#[test]
fn key_mode_time_signature_and_length_are_kept_with_0_for_unknown() {
    let of = |csv: &str| {
        let table = table(csv);
        [table.key, table.mode, table.time_signature, table.duration_ms]
    };
    let known = |values: &[u32]| Some(IntColumn::new(values));
    assert_eq!(
        of("song,artist,energy,tempo,key,mode,time_signature,duration_ms\ns,a,1,2,0,1,4,1000\nt,a,1,2,-1,,0,\n"),
        [known(&[1, 0]), known(&[2, 0]), known(&[5, 0]), known(&[1001, 0])]
    );
    assert_eq!(
        of("song,artist,energy,tempo,Key,Length\ns,a,1,2,A minor,03:47\nt,a,1,2,C#,soon\n"),
        [known(&[10, 2]), known(&[1, 0]), None, known(&[227_001, 0])]
    );
    assert_eq!(of("song,artist,energy,tempo,key,mode\ns,a,1,2,,\n"), [None, None, None, None]);
    assert_eq!(of(SMALL), [None, None, None, None]);
}

#[test]
fn track_without_an_id_gets_the_same_one_every_time() {
    let csv = "track_id,song,artist,energy,tempo\n,s,a,1,2\nX,s,a,1,2\n,s,a,1,2\n,t,a,1,2\n";
    let ids = table(csv).ids;
    assert_eq!(table(csv).ids, ids);
    assert_eq!(ids.get(1), "X");
    assert!(ids.get(0).starts_with("segue-") && ids.get(0) != ids.get(2) && ids.get(0) != ids.get(3));
    assert_eq!(table("song,artist,energy,tempo\nS,A,1,2\n").ids.get(0), ids.get(0));
}

#[test]
fn gzip_shows_from_its_bytes_and_may_have_several_members() {
    let (head, tail) = SMALL.split_at(40);
    let members = [gzip(head.as_bytes()), gzip(tail.as_bytes())].concat();
    for name in ["t.csv", "t.csv.gz"] {
        let table = read(&members[..], name, &Options::default(), &mut |_| {}).expect("a table");
        assert_eq!(table.songs.len(), 2);
    }
}

#[test]
fn progress_tells_the_bytes_of_the_input() {
    for bytes in [SMALL.as_bytes().to_vec(), gzip(SMALL.as_bytes())] {
        let mut told = Vec::new();
        read(&bytes[..], "t", &Options::default(), &mut |n| told.push(n)).expect("a table");
        assert!(told.is_sorted());
        assert_eq!(told.last(), Some(&(bytes.len() as u64)));
    }
}

#[test]
fn missing_file_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = Options::default();
    let open_it = |path: &Path| open(path, &options, &mut |_| {});
    let missing = open_it(&dir.path().join("none.csv")).expect_err("no file");
    assert!(matches!(missing, Error::NotFound { .. }));
    assert!(missing.to_string().contains("none.csv"), "{missing}");
    let path = dir.path().join("t.csv");
    fs::write(&path, SMALL).expect("written");
    assert_eq!(open_it(&path).expect("a table").n_tracks(), 2);
}

#[test]
fn empty_file_and_header_only_are_told_apart() {
    for bytes in [&b""[..], b"\n\r\n", b"\xEF\xBB\xBF", &gzip(b"")] {
        assert!(matches!(error(bytes), Error::Empty { .. }), "{bytes:?}");
    }
    assert!(matches!(read(&b""[..], "t.csv.gz", &Options::default(), &mut |_| {}), Err(Error::Empty { .. })));
    for bytes in ["song,artist,energy,tempo", "song,artist,energy,tempo\n\n"] {
        assert!(matches!(error(bytes), Error::HeaderOnly { .. }), "{bytes:?}");
    }
}

#[test]
fn quote_that_never_closes_is_an_error_and_swallows_no_rows() {
    let csv = "artist,energy,tempo,song\na,1,2,\"one\na,1,2,two\na,1,2,three\n";
    assert!(matches!(error(csv), Error::UnclosedQuote { line: 2, .. }));
    let long = format!("{csv}{}", "a,1,2,more\n".repeat(200_000));
    assert!(matches!(error(long), Error::TooLarge { line: 2, .. }));
}

#[test]
fn no_rows_left_is_an_error_with_the_reasons() {
    let text = error("song,artist,energy,tempo\ns,a,,2\nt,a,1,x\nu,a,,2\n").to_string();
    assert!(text.contains("none of the 3 rows"), "{text}");
    assert!(text.contains("energy is empty (2), tempo is not a number (1); first at line 2, 3, 4"), "{text}");
}

#[test]
fn more_tracks_than_the_limit_are_an_error() {
    let options = |max_tracks| Options { max_tracks, ..Options::default() };
    assert!(read_bytes(SMALL.as_bytes(), &options(2)).is_ok());
    assert!(matches!(read_bytes(SMALL.as_bytes(), &options(1)), Err(Error::TooManyTracks { limit: 1, .. })));
}

#[test]
fn gzip_that_is_none_or_damaged_is_an_error() {
    let named = read(SMALL.as_bytes(), "t.csv.GZ", &Options::default(), &mut |_| {});
    assert!(matches!(named, Err(Error::NotGzip { .. })));
    let whole = gzip(SMALL.as_bytes());
    assert!(matches!(error(&whole[..whole.len() - 9]), Error::Gzip { .. }));
    let mut damaged = whole;
    let last = damaged.len() - 6;
    damaged[last] ^= 1;
    assert!(matches!(error(damaged), Error::Gzip { .. }));
}

#[test]
fn input_that_fails_is_an_error_with_its_cause() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let input = SMALL.as_bytes().chain(Failing);
    let error = read(input, "t.csv", &Options::default(), &mut |_| {}).expect_err("no table");
    let source = std::error::Error::source(&error).expect("a cause").to_string();
    assert!(matches!(error, Error::Read { .. }) && source == "the disk is gone", "{error}: {source}");
}

/// A row of four cells, most of them awkward.
fn row() -> impl Strategy<Value = String> {
    let text = prop::sample::select(vec!["", " ", "a", "NA", "é", "\"a, \"\"b\"\"\"", "\"two\nlines\""]);
    let number = prop::sample::select(vec!["", " ", "1", "-1.5", "\"1\"", " 2 ", "nan", "inf", "1e999", "x", "1,5"]);
    let number = number.prop_map(|cell| if cell.contains(',') { format!("\"{cell}\"") } else { cell.into() });
    (text.clone(), text, number.clone(), number)
        .prop_map(|(song, artist, energy, tempo)| format!("{song},{artist},{energy},{tempo}"))
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_bytes(&bytes, &Options::default());
    }

    #[test]
    fn no_text_after_a_good_header_panics(text in "([a-c1.\", \r\n-]|NA|é|nan|1e999){0,60}") {
        let _ = read_bytes(format!("song,artist,energy,tempo\n{text}").as_bytes(), &Options::default());
    }

    #[test]
    fn every_row_is_a_track_or_dropped(rows in prop::collection::vec(row(), 0..20), place in 0_usize..20) {
        let mut rows = rows;
        // One that is good, so that there is a table.
        rows.insert(place.min(rows.len()), "a,b,1,-2.5".into());
        let table = table(&format!("song,artist,energy,tempo\n{}\n", rows.join("\n")));
        prop_assert_eq!(table.rows, rows.len() as u64);
        prop_assert_eq!(table.rows, table.n_tracks() as u64 + table.dropped.total);
        prop_assert_eq!(table.values.dim(), (table.n_tracks(), 2));
        prop_assert_eq!(table.artists.len(), table.n_tracks());
        prop_assert_eq!(table.ids.len(), table.n_tracks());
        prop_assert!(table.values.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn no_gzip_damage_panics(at in 0_usize..100, byte in any::<u8>()) {
        let mut bytes = gzip(SMALL.as_bytes());
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read_bytes(&bytes, &Options::default());
    }
}

mod real_tables {
    use std::collections::HashSet;

    use super::*;
    use crate::test_data;

    #[test]
    #[ignore = "needs the real tables"]
    fn table_of_39k_has_all_eleven_features() {
        let table = test_data::real("light_spotify_39k.csv");
        assert_eq!((table.n_tracks(), table.dropped.total), (39_280, 0));
        assert_eq!(table.features, Feature::DEFAULT);
        assert!(table.absent.is_empty() && table.albums.is_none());
        assert_eq!(table.songs.get(1), "Andante, Andante");
        assert_eq!(
            table.values.row(0).to_vec(),
            [56.0, 78.0, 0.4476190476190476, 128.0, -6.0, 7.0, 0.0, 3.0, 60.0, 31.0, 31.0]
        );
        assert_eq!(table.years.map(|years| years.get(0)), Some(2014));
        assert_eq!(table.explicit.map(|explicit| explicit.iter().filter(|&e| e == 2).count()), Some(2_029));
        assert_eq!(table.ids.iter().collect::<HashSet<_>>().len(), 39_280);
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn table_of_114k_lacks_one_song_and_repeats_ids() {
        let table = test_data::real("spotify_tracks_114k.csv");
        assert_eq!((table.rows, table.n_tracks()), (114_000, 113_842));
        let unanalysed = "danceability, tempo and valence are all 0: the track was never analysed";
        assert_eq!(table.dropped.by_reason, [(unanalysed.to_owned(), 157), ("song is missing".to_owned(), 1)].into());
        assert_eq!(table.absent, [Feature::Variance]);
        assert_eq!(table.ids.iter().collect::<HashSet<_>>().len(), 89_583);
        assert_eq!(table.genres.map(|genres| genres.dictionary().len()), Some(114));
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn table_of_33k_has_five_rows_of_na() {
        let table = test_data::real("spotify_songs_33k.csv");
        assert_eq!((table.rows, table.n_tracks()), (32_833, 32_827));
        assert_eq!(table.dropped.by_reason.get("song is missing"), Some(&5));
        assert_eq!(table.years.map(|years| years.iter().filter(|&year| year == 0).count()), Some(0));
        assert!(table.explicit.is_none() && table.albums.is_some());
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn table_of_265k_keeps_the_song_called_na() {
        let table = test_data::real("union_265k.csv");
        // 260 tracks were never analysed. Five titles are NA; four of them have no artist either, and the fifth is a song by HWASA.
        assert_eq!((table.rows, table.n_tracks()), (264_802, 264_538));
        assert_eq!(table.dropped.by_reason.get("song is missing"), Some(&4));
        let na = table.songs.iter().position(|song| song == "NA").expect("the song called NA");
        assert_eq!(table.artists.get(na), "HWASA");
        assert_eq!(table.ids.iter().collect::<HashSet<_>>().len(), 264_538);
        assert_eq!(table.ids.iter().filter(|id| id.starts_with("segue-")).count(), 14_001);
    }
}
