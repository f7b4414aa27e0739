//! How many songs a request leaves to answer with, held against a count row by row.

#![allow(missing_docs)]

mod common;

use std::collections::HashSet;

use recommender::{
    Model, Version,
    artifact::encode,
    recommend::{FeatureRange, Request, Seed},
};

fn model(tracks: &[common::Invented], k: usize) -> Model {
    let file = encode(&common::artifact(tracks, k, 2)).expect("encodes");
    Model::from_bytes(&file, Version::of(&file)).expect("reads back")
}

fn request(id: &str) -> Request {
    Request::new(Seed::Track(id.into()))
}

/// The songs of these clusters that meet a request's bounds, without those of its seeds and of excluded tracks.
fn by_rows(model: &Model, request: &Request, clusters: &HashSet<usize>) -> usize {
    let ids = if request.versions { model.versions() } else { model.songs() };
    let excluded = request.exclude_tracks.iter().map(|id| model.find_id(id).expect("a track"));
    let seeds = request.seeds.iter().map(|seed| match seed {
        Seed::Row(row) => *row,
        _ => unreachable!("seeds are rows here"),
    });
    let left_out: HashSet<u32> = seeds.chain(excluded).map(|row| ids.of(row)).collect();
    let is_within = |row: &u32| {
        request.ranges.iter().all(|range| {
            let feature = model.scaler().features.iter().position(|name| *name == range.feature).expect("a feature");
            model.catalog().features[feature].get(*row as usize) >= range.min.expect("a bound")
        })
    };
    let rows = (0..model.catalog().len() as u32).filter(|row| clusters.contains(&model.cluster_of(*row)));
    let songs: HashSet<u32> = rows.filter(is_within).map(|row| ids.of(row)).collect();
    songs.difference(&left_out).count()
}

#[test]
fn songs_are_counted_whatever_is_left_out() {
    let mut tracks = common::tracks(2_000, 5);
    // Versions of a song, and songs of several tracks in several clusters.
    for at in (0..2_000).step_by(7) {
        let song = format!("Song {}", at % 300);
        tracks[at].song = if at % 2 == 0 { song } else { format!("{song} - Live") };
        tracks[at].artist = format!("Artist {}", at % 3);
    }
    let model = model(&tracks, 5);
    let mean = model.scaler().mean[1];
    for seeds in [1, 2, 5, 20, 100] {
        for first in (0..2_000).step_by(331) {
            let rows: Vec<u32> = (0..seeds).map(|at| (first + at * 61) % 2_000).collect();
            for (versions, same_cluster, excluded, bounded) in
                (0..16).map(|bits| (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0, bits & 8 > 0))
            {
                let exclude = (0..40).filter(|_| excluded).map(|at| model.catalog().track(at * 49).id.into());
                let range = FeatureRange { feature: model.scaler().features[1].clone(), min: Some(mean), max: None };
                let request = Request {
                    seeds: rows.iter().map(|row| Seed::Row(*row)).collect(),
                    exclude_tracks: exclude.collect(),
                    ranges: if bounded { vec![range] } else { Vec::new() },
                    versions,
                    same_cluster,
                    ..request("")
                };
                let answer = model.recommend(&request).expect("answers");
                let all: HashSet<usize> = (0..5).collect();
                for seed in &answer.seeds {
                    let of = if same_cluster { HashSet::from([seed.seed.cluster]) } else { all.clone() };
                    let expected = by_rows(&model, &request, &of);
                    assert_eq!(seed.after_filtering_size as usize, expected, "{seeds} seeds from {first}: {request:?}");
                }
                let own = answer.seeds.iter().map(|seed| seed.seed.cluster).collect();
                let songs = by_rows(&model, &request, if same_cluster { &own } else { &all });
                assert_eq!(answer.tracks.len(), songs.min(10));
            }
        }
    }
}

#[test]
fn an_artist_that_a_cell_names_twice_counts_once() {
    let mut tracks = common::tracks(60, 3);
    for (at, track) in tracks.iter_mut().enumerate() {
        track.artist = if at % 2 == 0 { "Ann; Ann".into() } else { "Bob".into() };
    }
    let file = encode(&common::artifact(&tracks, 1, 1)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    let request = Request { max_per_artist: Some(2), limit: 20, same_cluster: false, ..request(&tracks[0].id) };
    let answer = model.recommend(&request).expect("answers");
    let by =
        |artist: &str| answer.tracks.iter().filter(|track| model.catalog().track(track.row).artist == artist).count();
    assert_eq!((by("Ann; Ann"), by("Bob")), (2, 2));
}
