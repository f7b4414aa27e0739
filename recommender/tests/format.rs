//! What goes into an artifact comes out of it.

#![allow(missing_docs)]

mod common;

use common::Invented;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use recommender::{
    Model, Version,
    artifact::{Section, decode, encode},
    recommend::{Request, Seed},
    search::Search,
};

/// A file of the current format. A program that cannot read it any more must have another format version; then it goes
/// to the older ones, which are refused.
const GOLDEN: &[u8] = include_bytes!("golden/format-7.segue");

#[test]
fn the_golden_file_opens_answers_and_is_written_the_same() {
    let model = Model::from_bytes(GOLDEN, Version::of(GOLDEN)).expect("opens");
    model.verify().expect("holds");
    assert_eq!(model.catalog().len(), 200);
    assert!(
        model.companions().is_some_and(|companions| companions.artists.pairs() > 0 && companions.tracks.pairs() > 0)
    );
    let answer = model.recommend(&Request::new(Seed::Track("7m8YBdi0qW5XkdKKpGSKUg".into()))).expect("answers");
    assert_eq!(answer.tracks.len(), 10);
    let written = encode(&decode(GOLDEN).expect("decodes")).expect("encodes");
    assert!(written == GOLDEN, "{} bytes are written, not the {} of the golden file", written.len(), GOLDEN.len());
}

fn track(features: usize, constant: bool) -> impl Strategy<Value = Invented> {
    let text = || prop_oneof![4 => "\\PC{0,12}", 2 => "[ab]{0,2}", 1 => Just(String::new())];
    let value = if constant {
        Just(3.25).boxed()
    } else {
        prop_oneof![Just(-0.0), Just(0.0), Just(1e-300), -100.0..100.0, (-3i8..4).prop_map(f64::from)].boxed()
    };
    (text(), text(), text(), text(), prop::collection::vec(value, features))
        .prop_map(|(id, song, artist, album, features)| Invented { id, song, artist, album, features })
}

/// A catalogue and a number of clusters: sometimes one track, sometimes every feature constant, sometimes 32 clusters.
fn catalogue() -> impl Strategy<Value = (Vec<Invented>, usize)> {
    (2..=15_usize, any::<bool>(), 1..=32_usize, prop_oneof![Just(1..=1_usize), Just(1..=80)]).prop_flat_map(
        |(features, constant, k, count)| (prop::collection::vec(track(features, constant), count), Just(k)),
    )
}

fn held(tracks: &[Invented], k: usize) {
    let artifact = common::artifact(tracks, k, 1);
    let file = encode(&artifact).expect("encodes");
    let read = decode(&file).expect("decodes");
    for (before, after) in artifact.catalog.features.iter().zip(&read.catalog.features) {
        let bits = |column: &recommender::column::NumericColumn| -> Vec<u64> {
            (0..tracks.len()).map(|row| column.get(row).to_bits()).collect()
        };
        assert_eq!(bits(before), bits(after));
    }
    // Piece by piece, and not `assert_eq`: what it would print fills screens.
    assert!(read.clusters == artifact.clusters && read.bayes == artifact.bayes && read.scaler == artifact.scaler);
    assert!(read.catalog == artifact.catalog);
    assert!(read.titles == artifact.titles);
    assert!(read.graphs == artifact.graphs);
    assert!(read == artifact);
    assert!(encode(&read).expect("encodes") == file);

    let version = Version::of(&file);
    let before = Model::assemble(artifact, version).expect("assembles");
    let after = Model::from_bytes(&file, version).expect("reads back");
    before.verify().expect("holds");
    after.verify().expect("holds");
    for track in tracks {
        for (same_cluster, search) in [(true, Search::Auto), (false, Search::Hnsw), (false, Search::Exact)] {
            let seed = Seed::Track(track.id.clone());
            let request = Request { same_cluster, search, limit: 5, ..Request::new(seed) };
            assert_eq!(before.recommend(&request), after.recommend(&request));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/format.regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_catalogue_comes_back_and_answers_the_same((tracks, k) in catalogue()) {
        held(&tracks, k.min(tracks.len()));
    }
}

#[test]
fn titles_in_another_order_than_the_format_keeps_are_not_written() {
    let mut tracks = common::tracks(40, 3);
    (tracks[0].song, tracks[1].song) = ("B".into(), "a".into());
    let mut artifact = common::artifact(&tracks, 2, 1);
    assert!(encode(&artifact).is_ok());
    // In the order of their bytes, where capitals come first.
    artifact.catalog.songs = artifact.catalog.songs.iter().collect::<Vec<_>>().into_iter().collect();
    match encode(&artifact) {
        Err(recommender::artifact::Error::Invalid { section, .. }) => assert_eq!(section, Section::Titles),
        other => panic!("{:?}", other.map(|file| file.len())),
    }
}

#[test]
fn long_titles_and_repeated_ids_come_back() {
    let mut tracks = common::tracks(40, 3);
    tracks[3].song = "é".repeat(32 * 1024);
    tracks[4].song = "\u{1d11e}\0".repeat(16 * 1024);
    tracks[5].song.clear();
    for track in &mut tracks[10..20] {
        track.id = "the same".into();
    }
    held(&tracks, 4);
}
