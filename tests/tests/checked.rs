//! The exact search, graphs rebuilt from an artifact and the index of titles, over a catalogue with the shape of a real
//! one, with arithmetic and assertions checked: what would be a wrong number in a release is a panic here.

use std::{hint::black_box, panic::catch_unwind, process::Command};

use recommender::{
    recommend::{Request, Seed},
    search::{Search, SearchMethod},
};
use tests::{binaries::binary, test_env};

const TRACKS: u32 = 4_000;

#[test]
fn tests_run_with_overflow_and_debug_checks() {
    let asserted = catch_unwind(|| debug_assert!(black_box(false)));
    assert!(asserted.is_err(), "run the tests without --release");
    let largest = black_box(u32::MAX);
    assert!(catch_unwind(|| black_box(largest + 1)).is_err(), "the profile dev must keep overflow-checks");
}

#[test]
fn exact_search_rebuilt_graphs_and_the_title_index_hold_under_checks() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("tracks.csv");
    let synth = Command::new(binary("trainer"))
        .args(["synth", "--seed", "7", "--tracks", &TRACKS.to_string(), "--out"])
        .arg(&table)
        .output()
        .expect("the trainer runs");
    assert!(synth.status.success(), "{}", String::from_utf8_lossy(&synth.stderr));
    let model = test_env::open(&test_env::train(&table, &[]));
    model.verify().expect("holds");
    let rows = model.catalog().len() as u32;
    assert!(rows > TRACKS / 2, "{rows} tracks");

    let (mut found, mut agreed, mut asked) = (0, 0, 0);
    for row in (0..rows).step_by(37).chain([rows - 1]) {
        for same_cluster in [true, false] {
            let answer = |search| {
                let request = Request { search, same_cluster, ..Request::new(Seed::Row(row)) };
                model.recommend(&request).expect("an answer")
            };
            let (exact, hnsw) = (answer(Search::Exact), answer(Search::Hnsw));
            assert_eq!((exact.search, hnsw.search), (SearchMethod::Exact, SearchMethod::Hnsw));
            assert_eq!(exact.tracks.len(), hnsw.tracks.len());
            asked += exact.tracks.len();
            agreed +=
                exact.tracks.iter().filter(|track| hnsw.tracks.iter().any(|other| other.row == track.row)).count();
        }
        let track = model.catalog().track(row);
        let hits = model.search(track.song, 50).expect("the artifact has an index");
        found += usize::from(hits.iter().any(|hit| model.catalog().track(hit.row).song == track.song));
        // With a typo, and as a title that is not there.
        model.search(&format!("{}x", track.song), 10);
        assert!(model.resolve_song(&format!("{} {row}", track.song), None).is_err());
    }
    let seeds = rows.div_ceil(37) as usize;
    assert!(found >= seeds * 9 / 10, "{found} of {seeds} titles were found by themselves");
    assert!(agreed * 100 >= asked * 99, "{agreed} of {asked} are in both answers");
}
