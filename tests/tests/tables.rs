//! Tables of every kind that the trainer takes, and what is said of them.

use std::{
    io::{Cursor, Write},
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use flate2::{Compression, write::GzEncoder};
use parquet::{
    data_type::{ByteArray, ByteArrayType, DoubleType},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use tests::{TestStore, binaries::binary, catalog};
use zip::{ZipWriter, write::SimpleFileOptions};

fn trainer(arguments: &[&str], folder: &Path) -> Output {
    Command::new(binary("trainer")).args(arguments).current_dir(folder).output().expect("the trainer runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The model that is trained on some files, and what was said.
fn train(data: &[&str], more: &[&str], folder: &Path) -> (Vec<u8>, String) {
    let output = trainer(&[&["train", "--k", "3", "--out", "out", "--data"], data, more].concat(), folder);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{data:?}: {stderr}");
    (std::fs::read(folder.join("out/model.segue")).expect("a model"), stderr)
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).expect("memory takes it");
        writer.write_all(content).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).expect("packs");
    gzip.finish().expect("packs")
}

/// The cells of a table without quotes.
fn cells(csv: &str) -> Vec<Vec<&str>> {
    csv.lines().map(|line| line.split(',').collect()).collect()
}

/// Columns of numbers as DOUBLE, others as strings, in row groups of 64 rows.
fn parquet(csv: &str) -> Vec<u8> {
    let rows = cells(csv);
    let (header, rows) = rows.split_first().expect("a header");
    let numbers: Vec<bool> =
        (0..header.len()).map(|column| rows.iter().all(|row| row[column].parse::<f64>().is_ok())).collect();
    let fields: String = header
        .iter()
        .zip(&numbers)
        .map(|(name, number)| match number {
            true => format!("required double {name}; "),
            false => format!("required binary {name} (STRING); "),
        })
        .collect();
    let schema = Arc::new(parse_message_type(&format!("message tracks {{ {fields} }}")).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).expect("a writer");
    for rows in rows.chunks(64) {
        let mut group = writer.next_row_group().expect("a group");
        for (at, number) in numbers.iter().enumerate() {
            let mut column = group.next_column().expect("a column").expect("one more");
            let cells = rows.iter().map(|row| row[at]);
            if *number {
                let values: Vec<f64> = cells.map(|cell| cell.parse().expect("a number")).collect();
                column.typed::<DoubleType>().write_batch(&values, None, None).expect("written");
            } else {
                let values: Vec<ByteArray> = cells.map(ByteArray::from).collect();
                column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("written");
            }
            column.close().expect("closed");
        }
        group.close().expect("closed");
    }
    writer.into_inner().expect("written")
}

#[test]
fn the_same_table_gives_the_same_bytes_in_every_kind_of_file() {
    // A comma in a cell would have to be a decimal sign nowhere else.
    let csv = catalog::csv();
    let semicolons: String = cells(&csv)
        .iter()
        .map(|row| {
            let cells = row.iter().map(|cell| match cell.parse::<f64>() {
                Ok(_) => cell.replace('.', ","),
                Err(_) if cell.contains(';') => format!("\"{cell}\""),
                Err(_) => (*cell).to_owned(),
            });
            cells.collect::<Vec<_>>().join(";") + "\r\n"
        })
        .collect();
    let utf16: Vec<u8> = "\u{FEFF}".encode_utf16().chain(csv.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("writes");
    write("tracks.csv", csv.as_bytes());
    let (expected, _) = train(&["tracks.csv"], &[], folder.path());
    for (name, bytes) in [
        ("semicolons.csv", semicolons.clone().into_bytes()),
        ("utf16.csv", utf16),
        ("tracks.csv.gz", gzip(&csv)),
        ("tracks.zip", zip(&[("tracks.csv", csv.as_bytes())])),
        ("semicolons.zip", zip(&[("a.csv", semicolons.as_bytes())])),
        ("tracks.parquet", parquet(&csv)),
    ] {
        write(name, &bytes);
        let (model, stderr) = train(&[name], &[], folder.path());
        assert!(model == expected, "{name} gives another model: {stderr}");
    }
    // By the options, where the first rows would say something else or nothing.
    let (model, _) =
        train(&["semicolons.csv"], &["--delimiter", ";", "--decimal", ",", "--encoding", "utf-8"], folder.path());
    assert!(model == expected);
    // In parts, which are one table: rows keep the order of the files.
    let parts = folder.path().join("parts");
    std::fs::create_dir(&parts).expect("makes");
    let (header, rows) = csv.split_once('\n').expect("a header");
    let rows: Vec<&str> = rows.lines().collect();
    for (part, rows) in rows.chunks(70).enumerate() {
        let part_csv = format!("{header}\n{}\n", rows.join("\n"));
        std::fs::write(parts.join(format!("part-{part}.parquet")), parquet(&part_csv)).expect("writes");
    }
    for data in [&["parts"][..], &["parts/part-0.parquet", "parts/part-1.parquet", "parts/part-2.parquet"]] {
        let (model, stderr) = train(data, &[], folder.path());
        assert!(model == expected, "{data:?}: {stderr}");
        assert!(stderr.contains("3 files"), "{stderr}");
    }
    let output = trainer(&["verify", "out/model.segue"], folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn what_was_found_of_a_table_is_said_and_what_is_no_table_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let latin1: Vec<u8> = catalog::csv().replace("Déjà", "D\u{1}j\u{2}").bytes().collect();
    let latin1: Vec<u8> = latin1
        .into_iter()
        .map(|byte| match byte {
            1 => 0xE9,
            2 => 0xE0,
            byte => byte,
        })
        .collect();
    std::fs::write(folder.path().join("latin1.csv"), latin1).expect("writes");
    let (_, stderr) = train(&["latin1.csv"], &[], folder.path());
    for part in ["windows-1252", "0 of 2 characters", "--encoding"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    for (name, bytes, expected) in [
        ("tracks.xlsx", zip(&[("xl/workbook.xml", b"<xml/>")]), "Excel workbook"),
        ("page.csv", b"<!DOCTYPE html><html></html>".to_vec(), "HTML page"),
        ("tracks.json", b"[{\"song\": \"A\"}]".to_vec(), "JSON array"),
        (
            "pointer.csv",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".to_vec(),
            "git lfs pull",
        ),
        ("empty.csv", Vec::new(), "download it again"),
        ("cut.parquet", b"PAR1....".to_vec(), "Parquet"),
    ] {
        std::fs::write(folder.path().join(name), bytes).expect("writes");
        let output = trainer(&["train", "--data", name, "--out", "none"], folder.path());
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains(expected) && stderr.contains(name), "{stderr}");
    }
    assert!(!folder.path().join("none").exists());
    let output = trainer(&["train", "--data", "latin1.csv", "--out", "none", "--encoding", "klingon"], folder.path());
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("windows-1252"));
}

#[test]
fn playlists_of_an_archive_are_called_as_its_files_and_evaluated() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = catalog::csv();
    let (header, rows) = csv.split_once('\n').expect("a header");
    let rows: Vec<&str> = rows.lines().collect();
    let playlist = |from: usize| format!("{header}\n{}\n", rows[from..from + 60].join("\n"));
    let (calm, loud, rest) = (playlist(0), playlist(60), playlist(120));
    let members: [(&str, &[u8]); 3] =
        [("calm.csv", calm.as_bytes()), ("loud.csv", loud.as_bytes()), ("rest.csv", rest.as_bytes())];
    std::fs::write(folder.path().join("playlists.zip"), zip(&members)).expect("writes");
    let output = trainer(&["train", "--k", "3", "--out", "out", "--data", "playlists.zip", "--json"], folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&printed["rows"], &printed["playlists"]["playlists"]), (&180.into(), &3.into()), "{printed}");
    let output = trainer(&["evaluate", "out/model.segue", "--data", "playlists.zip", "--json"], folder.path());
    let evaluated: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(evaluated["playlists"]["playlists"], 3, "{evaluated}: {}", text(&output.stderr));
}

#[tokio::test]
async fn objects_below_a_prefix_are_one_table() {
    let csv = catalog::csv();
    let (header, rows) = csv.split_once('\n').expect("a header");
    let (first, second) = rows.split_at(rows.match_indices('\n').nth(99).expect("200 rows").0 + 1);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("tracks.csv"), &csv).expect("writes");
    let (expected, _) = train(&["tracks.csv"], &[], folder.path());
    let test = TestStore::start().await;
    for (part, rows) in [first, second].iter().enumerate() {
        test.put(&format!("tables/part-{part}.parquet"), parquet(&format!("{header}\n{rows}"))).await;
    }
    test.put("tables/notes.txt", "no table").await;
    test.put("tables/old/part-2.parquet", parquet(&format!("{header}\n{first}"))).await;
    let train = async |data: &str| {
        let mut command = tokio::process::Command::new(binary("trainer"));
        command.args(["train", "--out", "fetched", "--k", "3", "--data", data]).envs(test.s3.env());
        command.current_dir(folder.path()).output().await.expect("the trainer runs")
    };
    for data in ["s3://music/tables/", "s3://music/tables/*.parquet", "s3://music/tables/part-*"] {
        let output = train(data).await;
        assert!(output.status.success(), "{data}: {}", text(&output.stderr));
        assert!(std::fs::read(folder.path().join("fetched/model.segue")).expect("a model") == expected, "{data}");
    }
    for (data, expected) in [
        ("s3://music/tables/*.csv", "holds no table"),
        ("s3://music/tables/*/x*.csv", "one * behind the last slash"),
        ("s3://nowhere/tables/", "no bucket nowhere"),
    ] {
        let output = train(data).await;
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains(expected), "{data}: {stderr}");
    }
}
