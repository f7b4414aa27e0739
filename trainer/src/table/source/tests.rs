//! Tables of every kind that people have, and of the kinds that attackers make.

use std::{
    fs,
    io::{Cursor, Write},
};

use ::zip::{ZipWriter, write::SimpleFileOptions};
use encoding_rs::WINDOWS_1252;
use flate2::{Compression, write::GzEncoder};
use recommender::features::Feature;

use super::*;
use crate::table::{FileSource, Options, Table, read, read_playlists_of, read_sources};

const HEADER: &str = "song,artist,energy,tempo\n";

fn try_read(bytes: &[u8], name: &str, options: &Options) -> Result<Table, Error> {
    read(bytes, name, options, &mut |_| {})
}

fn table(bytes: impl AsRef<[u8]>) -> Table {
    try_read(bytes.as_ref(), "t.csv", &Options::default()).expect("a table")
}

fn message(bytes: impl AsRef<[u8]>) -> String {
    try_read(bytes.as_ref(), "t.csv", &Options::default()).expect_err("no table").to_string()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).expect("memory takes it");
        writer.write_all(content).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

fn songs(table: &Table) -> Vec<&str> {
    table.songs.iter().collect()
}

#[test]
fn semicolons_and_decimal_commas_are_read_and_said() {
    let read = table("track_name;artist;energy;tempo\r\nSong 0;Band, The;0,324;141,6\r\n3,5;Band;0,058;1.125,8\r\n");
    assert_eq!(read.values, ndarray::array![[0.324, 141.6], [0.058, 1125.8]]);
    assert_eq!(songs(&read), ["Song 0", "3,5"]);
    let [warning] = &read.warnings[..] else { panic!("{:?}", read.warnings) };
    assert!(warning.contains("--delimiter ';'") && warning.contains("--decimal ,"), "{warning}");
}

#[test]
fn options_name_what_would_be_found_otherwise() {
    let dialect = Dialect { delimiter: Some(b'~'), decimal: Some(Decimal::Comma), encoding: Some(WINDOWS_1252) };
    let options = Options { dialect, ..Options::default() };
    let table = try_read(b"song~artist~energy~tempo\nCanci\xF3n~a~0,5~1,25\n", "t", &options).expect("a table");
    assert_eq!((songs(&table), &table.values), (vec!["Canción"], &ndarray::array![[0.5, 1.25]]));
    assert!(table.warnings.is_empty(), "{:?}", table.warnings);
    // Named, and wrong: said with the share.
    let table = try_read(format!("{}Canción~a~0,5~1\n", HEADER.replace(',', "~")).as_bytes(), "t", &options);
    let warnings = table.expect("a table").warnings;
    assert!(
        warnings[0].contains("1 of 2 characters beyond ASCII (50.0 %)") && warnings[0].contains("line 2"),
        "{warnings:?}"
    );
}

#[test]
fn latin1_is_read_and_said() {
    let text = format!("{HEADER}{}", (0..30).map(|n| format!("Canción {n},Björk,0.5,{n}\n")).collect::<String>());
    let (bytes, ..) = WINDOWS_1252.encode(&text);
    let read = table(&bytes);
    assert_eq!((read.songs.get(7), read.artists.get(7)), ("Canción 7", "Björk"));
    let [warning] = &read.warnings[..] else { panic!("{:?}", read.warnings) };
    for part in ["windows-1252", "0 of 60", "0.0 %", "--encoding"] {
        assert!(warning.contains(part), "{part}: {warning}");
    }
    // Lost characters in a file that is clean otherwise.
    let read = table(format!("{HEADER}é,a,1,2\nCaf\u{FFFD},a,1,2\n"));
    assert!(read.warnings[0].contains("1 of 2 characters beyond ASCII (50.0 %)"), "{:?}", read.warnings);
    assert!(read.warnings[0].contains("line 3"), "{:?}", read.warnings);
}

#[test]
fn rows_of_another_width_are_left_out_and_counted() {
    let ragged = table(format!("{HEADER}A,a,1,2\nB,a,1\nC,a,1,2,3\n\"D\nD\",a\nE,a,1,2\nF\n"));
    assert_eq!((songs(&ragged), ragged.rows), (vec!["A", "E"], 6));
    let expected = [(3, 3), (4, 5), (5, 2), (8, 1)];
    let expected = expected.map(|(line, cells)| (line, format!("row has {cells} cells, expected 4")));
    assert_eq!(ragged.dropped.first, expected);
    assert!(ragged.dropped.warning(ragged.rows).is_some_and(|warning| warning.contains("4 of 6")));
    // The needed ones are all there: what the rest is cut off from is not known.
    let short = table(format!("{},album\nA,a,1,2,x\nB,a,1,2\n", HEADER.trim()));
    assert_eq!((songs(&short), short.dropped.total), (vec!["A"], 1));
    assert!(message(format!("{HEADER}A,a,1\n")).contains("row has 3 cells, expected 4 (1)"));
}

#[test]
fn separator_at_the_end_of_every_line_is_no_column() {
    let rows = "A,a,1,2\nB,a,3,4\n";
    let trailing = rows.replace('\n', ",\n");
    for text in [
        format!("{HEADER}{trailing}"),
        format!("{},\n{trailing}", HEADER.trim()),
        format!("{},\n{rows}", HEADER.trim()),
    ] {
        let read = table(&text);
        assert_eq!((songs(&read), read.dropped.total), (vec!["A", "B"], 0), "{text}");
    }
}

#[test]
fn one_table_is_the_same_in_every_kind_of_file() {
    let text = format!("{HEADER}Canción,Björk,0.5,120\n\"a;b, c\",東京,-1.25,99\n");
    let semicolons = "song;artist;energy;tempo\nCanción;Björk;0,5;120\n\"a;b, c\";東京;-1,25;99\n";
    let utf16: Vec<u8> = "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let tabs = "song\tartist\tenergy\ttempo\nCanción\tBjörk\t0.5\t120\na;b, c\t東京\t-1.25\t99\n";
    let expected = table(&text);
    for bytes in [
        gzip(text.as_bytes()),
        zip_of(&[("t.csv", text.as_bytes())]),
        zip_of(&[("__MACOSX/._t.csv", b"x"), ("read me.txt", b"x"), ("folder/t.tsv", tabs.as_bytes())]),
        semicolons.into(),
        utf16.clone(),
        gzip(&utf16),
        tabs.into(),
        format!("sep=;\n{semicolons}").into(),
    ] {
        let read = table(bytes);
        assert_eq!((songs(&read), &read.values), (songs(&expected), &expected.values));
        assert_eq!(read.artists.iter().collect::<Vec<_>>(), expected.artists.iter().collect::<Vec<_>>());
        assert_eq!((&read.ids, read.playlists.is_none()), (&expected.ids, true));
    }
}

#[test]
fn zip_of_several_tables_names_playlists_after_them() {
    let other = "Track Name;Artist Name;Tempo;Energy;Album\nC;c;90,5;0,25;X\n";
    let members: [(&str, &[u8]); 3] = [
        ("spotify_playlists/workout.csv", other.as_bytes()),
        ("spotify_playlists/calm.csv", b"song,artist,energy,tempo,valence\nA,a,1,2,3\nB,,1,2,3\n"),
        ("spotify_playlists/years.csv", b"year,energy,tempo\n2000,1,2\n"),
    ];
    let read = table(zip_of(&members));
    assert_eq!(read.features, [Feature::Energy, Feature::Tempo]);
    assert!(read.absent.contains(&Feature::Valence), "only one of the tables has it");
    assert_eq!((songs(&read), &read.values), (vec!["A", "C"], &ndarray::array![[1.0, 2.0], [0.25, 90.5]]));
    let playlists = read.playlists.as_ref().expect("playlists");
    assert_eq!((playlists.get(0), playlists.get(1)), ("calm", "workout"));
    assert_eq!(read.albums.as_ref().map(|albums| albums.iter().collect::<Vec<_>>()), Some(vec!["", "X"]));
    assert_eq!((read.rows, read.dropped.total, read.dropped.first.len()), (3, 1, 0));
    for part in ["left out: t.csv: spotify_playlists/years.csv", "calm.csv: 1 of 2 rows left out, the first at line 3"]
    {
        assert!(read.warnings.iter().any(|warning| warning.contains(part)), "{part}: {:?}", read.warnings);
    }
}

#[test]
fn several_files_are_one_table_and_a_named_one_must_be_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = |name: &str, content: &str, is_found| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("written");
        FileSource { path, is_found }
    };
    let first = source("b.csv", "song,artist,energy,tempo,playlist\nA,a,1,2,own\n", false);
    let second = source("a.csv", "tempo,energy,artist,song\n4,3,b,B\n", false);
    let years = source("years.csv", "year,energy\n2000,1\n", false);
    let read = |sources: &[&dyn Source]| read_sources(sources, &Options::default(), &mut |_| {});
    let table = read(&[&first, &second]).expect("a table");
    assert_eq!((songs(&table), &table.values), (vec!["A", "B"], &ndarray::array![[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(table.playlists.as_ref().map(|lists| lists.iter().collect::<Vec<_>>()), Some(vec!["own", "a"]));
    assert!(read(&[&first, &years]).expect_err("named").to_string().contains("years.csv"));
    let found = FileSource { is_found: true, ..years };
    let table = read(&[&first, &found]).expect("left out");
    assert_eq!((table.n_tracks(), table.warnings.len()), (1, 1));
    let disjoint = source("c.csv", "song,artist,valence,liveness\nA,a,1,2\n", false);
    assert!(matches!(read(&[&first, &disjoint]), Err(Error::TooFewFeatures { .. })));

    // Whichever of the files lacks it.
    let more = source("d.csv", "song,artist,energy,tempo,valence\nC,c,5,6,7\n", false);
    for sources in [[&first as &dyn Source, &more], [&more, &first]] {
        let table = read(&sources).expect("a table");
        let valence = table.schema.of(crate::table::Meaning::Feature(Feature::Valence)).expect("it is there");
        assert_eq!(valence.note.as_deref(), Some("not in every file: left out"));
    }

    let mut entries = Vec::new();
    let mut visit = |entry: crate::table::PlaylistEntry<'_>| entries.push(format!("{} {}", entry.playlist, entry.song));
    let sources: [&dyn Source; 2] = [&first, &second];
    assert_eq!(read_playlists_of(&sources, &Dialect::default(), &mut |_| {}, &mut visit).expect("playlists"), 2);
    assert_eq!(entries, ["own A", "a B"]);
}

#[test]
fn progress_counts_the_bytes_of_several_files_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut size = 0;
    let sources: Vec<FileSource> = (0..3)
        .map(|n| {
            let path = folder.path().join(format!("{n}.csv"));
            let text = format!("{HEADER}{}", "A,a,1,2\n".repeat(20_000));
            size += text.len() as u64;
            fs::write(&path, text).expect("written");
            FileSource { path, is_found: false }
        })
        .collect();
    let sources: Vec<&dyn Source> = sources.iter().map(|source| source as &dyn Source).collect();
    let mut told = Vec::new();
    read_sources(&sources, &Options::default(), &mut |bytes| told.push(bytes)).expect("a table");
    assert!(told.is_sorted() && told.last() == Some(&size), "{:?} of {size}", told.last());
}

#[test]
fn what_is_no_table_is_called_by_its_name_wherever_it_is() {
    let workbook = zip_of(&[("[Content_Types].xml", b"<xml/>"), ("xl/workbook.xml", b"<xml/>")]);
    assert!(message(&workbook).contains("Excel workbook"), "{}", message(&workbook));
    let html = b"<!DOCTYPE html>\n<html><body>Sign in</body></html>";
    for bytes in [html.to_vec(), gzip(html), zip_of(&[("tracks.csv", html)])] {
        let said = message(&bytes);
        assert!(said.contains("HTML page") && said.contains("t.csv"), "{said}");
    }
    assert!(message(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n").contains("git lfs pull"));
    assert!(message(b"[{\"song\": 1}]").contains("JSON array"));
    assert!(message(b"").contains("download it again"));
    assert!(message(gzip(&gzip(HEADER.as_bytes()))).contains("packed twice"));
    assert!(message(gzip(&zip_of(&[("t.csv", b"")]))).contains("packed twice"));
    assert!(message(zip_of(&[("t.csv", &zip_of(&[("t.csv", b"")]))])).contains("packed twice"));
    let said = message(zip_of(&[("notes.txt", b"x"), ("t.json", b"{}")]));
    assert!(said.contains("without a table") && said.contains("\"notes.txt\", \"t.json\""), "{said}");
    assert!(message(zip_of(&[])).contains("it is empty"));
    for name in ["t.zip", "t.parquet"] {
        let said = try_read(HEADER.as_bytes(), name, &Options::default()).expect_err("a plain CSV").to_string();
        assert!(said.contains("rename it to .csv"), "{said}");
    }
}

#[test]
fn damaged_zip_archive_is_an_error() {
    let whole = zip_of(&[("t.csv", format!("{HEADER}{}", "A,a,1,2\n".repeat(1000)).as_bytes())]);
    assert_eq!(table(&whole).n_tracks(), 1000);
    assert!(message(&whole[..whole.len() - 30]).contains("damaged or cut short"));
    let mut damaged = whole;
    damaged[50] ^= 0xFF;
    assert!(message(&damaged).contains("damaged or cut short"), "{}", message(&damaged));
    let mut encrypted = zip_of(&[("t.csv", b"x")]);
    let directory = encrypted.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory");
    (encrypted[6], encrypted[directory + 8]) = (1, 1);
    assert!(message(&encrypted).contains("encrypted"), "{}", message(&encrypted));
}

#[test]
fn zip_that_unpacks_for_ever_is_stopped() {
    // Blank lines in three members, of which none is beyond the limit on its own (64 MiB in tests).
    let blank = vec![b'\n'; 1 << 20];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["a.csv", "b.csv", "c.csv"] {
        writer.start_file(name, SimpleFileOptions::default().compression_level(Some(1))).expect("memory takes it");
        writer.write_all(format!("{HEADER}A,a,1,2\n").as_bytes()).expect("memory takes it");
        (0..30).for_each(|_| writer.write_all(&blank).expect("memory takes it"));
    }
    let bytes = writer.finish().expect("memory takes it").into_inner();
    let error = try_read(&bytes, "t.zip", &Options::default()).expect_err("a bomb");
    assert!(matches!(error, Error::DecompressionBomb { .. }), "{error}");
}

/// Length and place of the directory of an archive without a comment.
fn directory(bytes: &[u8]) -> (usize, usize) {
    let end = bytes.len() - 22;
    let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
    (number(end + 12), number(end + 16))
}

#[test]
fn forged_sizes_and_members_that_overlap_are_no_way_round_the_limits() {
    let whole = zip_of(&[("a.csv", format!("{HEADER}A,a,1,2\n").as_bytes())]);
    let (length, place) = directory(&whole);
    // The directory says that the member unpacks to 4 GB.
    let mut forged = whole.clone();
    forged[place + 24..place + 28].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    let _ = try_read(&forged, "t.zip", &Options::default());
    // The same bytes are two members.
    let mut entry = whole[place..place + length].to_vec();
    entry[46] = b'b';
    let mut overlapping = whole[..place + length].to_vec();
    overlapping.extend(entry);
    let mut end = whole[place + length..].to_vec();
    (end[8], end[10]) = (2, 2);
    end[12..16].copy_from_slice(&(2 * length as u32).to_le_bytes());
    overlapping.extend(end);
    let said = message(&overlapping);
    assert!(said.contains("overlap"), "{said}");
}

#[test]
fn archive_with_too_many_tables_is_refused() {
    let names: Vec<String> = (0..=MAX_TABLES).map(|n| format!("{n}.csv")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let said = message(zip_of(&members));
    assert!(said.contains("more than 4096 tables"), "{said}");
}

#[test]
fn stem_of_a_file_is_its_name_without_folder_and_endings() {
    for (name, expected) in [
        ("a/b/Road trip 2.csv", Some("Road trip 2")),
        ("calm.CSV.gz", Some("calm")),
        ("no ending", Some("no ending")),
        (".csv", None),
        ("s3://b/é.csv", Some("é")),
    ] {
        assert_eq!(stem(name).as_deref(), expected, "{name}");
    }
}
