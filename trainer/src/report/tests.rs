use std::path::Path;

use recommender::Model;

use super::*;
use crate::{table, training};

const HOSTILE: &str = "</style><script>alert(1)</script><img src=x onerror=alert(2)>\u{202e}\" '&amp;";

/// A model whose every song, artist and genre is hostile, and the report of it.
fn reported(folder: &Path) -> Trained {
    let mut csv = String::from("song,artist,genre,energy,tempo\n");
    let hostile = HOSTILE.replace('"', "\"\"");
    for track in 0..60 {
        let (a, b) = (track % 3 * 10 + track % 7, track % 3 * 5 + track % 11);
        csv += &format!("\"{track}{hostile}\",\"{hostile}\",\"{hostile}\",{a},{b}\n");
    }
    let table = table::read(csv.as_bytes(), "hostile", &table::Options::default(), &mut |_| {}).expect("a table");
    let names = BTreeMap::from([(1, HOSTILE.to_owned())]);
    let options = training::Options { k: 3, k_range: 2..=4, names, ..Default::default() };
    let trained = training::train(table, &options, &()).expect("a model");
    let model = Model::from_bytes(&trained.file, trained.version).expect("opens");
    let report_data = ReportData::gather(&model, &trained, &|_| ()).expect("facts");
    files::write(&files::make(&trained, &report_data, &[]).expect("a report"), folder).expect("written");
    trained
}

#[test]
fn hostile_names_stay_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let trained = reported(folder.path());
    let page = std::fs::read_to_string(folder.path().join("index.html")).expect("a page");
    assert!(page.contains("&lt;script&gt;alert(1)"), "the names are shown");
    assert!(!page.contains("<script") && !page.contains("<img"), "the names are markup");
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(page.contains(&trained.version.to_string()));
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    reported(folder.path());
    let page = std::fs::read_to_string(folder.path().join("index.html")).expect("a page");
    assert!(page.contains("default-src 'none'"));
    // The only address in it names the language of the charts.
    for (at, _) in page.match_indices("http") {
        let rest = &page[at..];
        assert!(rest.starts_with("http://www.w3.org/2000/svg\"") || rest.starts_with("http-equiv"), "{:.60}", rest);
    }
    assert!(!page.contains("url(") && !page.contains("@import"));
    for id in ["answers", "data", "k", "clusters", "map", "classifier", "search", "recommendations", "timings"] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id} is not there");
    }
    let metrics: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("metrics.json")).expect("metrics")).expect("JSON");
    assert!(metrics["silhouette"]["3"].is_number() && metrics["recommendations"]["songs"] == 60, "{metrics}");
}

#[test]
fn playlists_of_the_table_are_continued() {
    let mut csv = String::from("song,artist,energy,tempo,playlist_name,playlist_id\n");
    for track in 0..90 {
        let list = track % 3;
        csv += &format!("s{track},a{},0.{},{},List {list},p{list}\n", track % 7, track % 13 + 10, list * 30 + track);
    }
    let table = table::read(csv.as_bytes(), "lists", &table::Options::default(), &mut |_| {}).expect("a table");
    let weights = "tempo=2".parse().expect("weights");
    let options = training::Options { k: 2, k_range: 2..=3, weights, ..Default::default() };
    let (mut trained, model) = training::train_and_open(table, &options, &()).expect("a model");
    let mut report_data = ReportData::gather(&model, &trained, &|_| ()).expect("facts");
    let playlists = trained.playlists.take().expect("playlists");
    report_data.add_playlists(&model, playlists, "lists").expect("playlists");
    let folder = tempfile::tempdir().expect("a folder");
    files::write(&files::make(&trained, &report_data, &[]).expect("a report"), folder.path()).expect("written");
    let metrics = metrics(&trained, &report_data, &[]);
    assert_eq!(metrics["playlists"]["playlists"], 3, "{metrics}");
    let methods = metrics["playlists"]["methods"].as_array().expect("methods");
    let names: Vec<&str> = methods.iter().filter_map(|method| method["name"].as_str()).collect();
    assert!(names[0].starts_with("segue") && names.contains(&"at random"), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("nearest")), "{names:?}");
    let page = std::fs::read_to_string(folder.path().join("index.html")).expect("a page");
    assert!(page.contains("<h3>Playlists</h3>") && page.contains("their clusters"));
}

#[test]
fn playlists_too_short_to_hide_half_of_are_left_out_and_said_so() {
    let csv: String = (0..30).map(|track| format!("s{track},a,0.{track:02},{track},p{}\n", track % 15)).collect();
    let csv = format!("song,artist,energy,tempo,playlist\n{csv}");
    let table = table::read(csv.as_bytes(), "lists", &table::Options::default(), &mut |_| {}).expect("a table");
    let options = training::Options { k: 2, k_range: 2..=2, ..Default::default() };
    let (mut trained, model) = training::train_and_open(table, &options, &()).expect("a model");
    let mut report_data = ReportData::gather(&model, &trained, &|_| ()).expect("facts");
    let playlists = trained.playlists.take().expect("playlists");
    report_data.add_playlists(&model, playlists, "lists").expect("no defect");
    assert!(report_data.playlists.is_none());
    assert!(
        report_data.quality.left_out.iter().any(|reason| reason.contains("none of the table's 15")),
        "{:?}",
        report_data.quality
    );
}

/// Three groups in a plane, loose enough that every k has its inertia.
fn groups(tracks: usize, odd: &str) -> table::Table {
    let mut csv = String::from("song,artist,energy,tempo\n");
    for track in 0..tracks {
        let (x, y) = ([10, 60, 90][track % 3], [100, 60, 160][track % 3]);
        csv += &format!("s{track},a{},{},{}\n", track % 7, x + track * 7 % 13, y + track * 5 % 17);
    }
    csv += odd;
    table::read(csv.as_bytes(), "groups", &table::Options::default(), &mut |_| {}).expect("a table")
}

#[test]
fn the_knee_is_that_of_the_range_whatever_k_the_model_has() {
    let knee_of = |k: u32| {
        let options = training::Options { k, k_range: 2..=6, ..Default::default() };
        let (trained, model) = training::train_and_open(groups(200, ""), &options, &()).expect("a model");
        assert_eq!(trained.elbow().iter().map(|(k, _)| *k).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
        let report_data = ReportData::gather(&model, &trained, &|_| ()).expect("facts");
        let metrics = metrics(&trained, &report_data, &[]);
        assert!(metrics["inertia"][k.to_string()].is_number() && metrics["inertia"]["2"].is_number(), "{metrics}");
        assert!(metrics["silhouette_standard_error"][k.to_string()].is_number(), "{metrics}");
        assert!(["none", "weak", "moderate", "clear"].contains(&metrics["separation"].as_str().expect("a word")));
        assert!(
            metrics["map_variance"].as_f64().expect("a share") > 0.999_999,
            "two features lie in a plane: {metrics}"
        );
        assert_eq!(metrics["classifier"]["held_out"], 40);
        assert!(metrics["hold_out"]["standard_error"].is_number() && metrics["hold_out"]["repeated"].is_number());
        metrics["knee"].as_u64()
    };
    assert_eq!(knee_of(3), Some(3));
    for k in [5, 12, 32] {
        assert_eq!(knee_of(k), Some(3), "k = {k}");
    }
}

/// Keeps what is warned of.
#[derive(Default)]
struct Warnings(std::sync::Mutex<Vec<String>>);

impl Progress for Warnings {
    fn stage(&self, name: &'static str, steps: u64) -> Box<dyn crate::progress::Stage + '_> {
        ().stage(name, steps);
        Box::new(())
    }

    fn warn(&self, text: &str) {
        self.0.lock().expect("unpoisoned").push(text.to_owned());
    }
}

#[test]
fn a_training_warns_of_a_wild_cell_by_column_line_and_value() {
    let options = training::Options { k: 2, k_range: 2..=3, ..Default::default() };
    for (tracks, cell, expected) in [
        (600, "128000", "tempo is 128000 in line 602: 24.5 deviations"),
        (40, "1e12", "tempo is 1000000000000 in line 42: beside it all other tracks are the same"),
    ] {
        let warnings = Warnings::default();
        let table = groups(tracks, &format!("odd,a,50,{cell}\n"));
        training::train(table, &options, &warnings).expect("a model");
        let warnings = warnings.0.into_inner().expect("unpoisoned");
        assert!(warnings.iter().any(|warning| warning.starts_with(expected)), "{warnings:?}");
    }
    let warnings = Warnings::default();
    training::train(groups(600, ""), &options, &warnings).expect("a model");
    assert_eq!(warnings.0.into_inner().expect("unpoisoned"), [""; 0]);
}

#[test]
fn a_report_of_too_few_tracks_says_that_nothing_was_measured() {
    let csv = "song,artist,energy,tempo\na,x,0.1,100\nb,x,0.9,60\n";
    let table = table::read(csv.as_bytes(), "two", &table::Options::default(), &mut |_| {}).expect("a table");
    let options = training::Options { k: 2, k_range: 2..=2, ..Default::default() };
    let (trained, model) = training::train_and_open(table, &options, &()).expect("a model");
    let report_data = ReportData::gather(&model, &trained, &|_| ()).expect("facts");
    assert!(metrics(&trained, &report_data, &[])["classifier"]["accuracy"].is_null());
    let summary = summary::summary(&trained, &report_data, None, &[], Path::new("m"), Path::new("r"));
    let page = html::page(&trained, &report_data, &[]).expect("a page");
    for said in [&text(&trained), &summary, &page] {
        assert!(said.contains("not measured") && !said.contains("with k-means"), "{said}");
    }
}
