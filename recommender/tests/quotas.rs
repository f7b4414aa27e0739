//! Answers with quotas of artists and albums, held against their definition.

#![allow(missing_docs)]

mod common;

use std::collections::{HashMap, HashSet};

use common::Invented;
use recommender::{
    Model, Version,
    artifact::encode,
    recommend::{Request, Seed},
    search::Search,
};

fn model_of(tracks: &[Invented], k: usize) -> Model {
    let file = encode(&common::artifact(tracks, k, 2)).expect("encodes");
    Model::from_bytes(&file, Version::of(&file)).expect("reads back")
}

#[test]
fn a_quota_of_artists_and_diversity_take_what_the_definition_takes() {
    // Fewer songs than candidates: each answer is chosen from all of them.
    let model = model_of(&common::tracks(90, 6), 2);
    let vectors = model.neighbors().nodes();
    for seed in [0, 17, 44] {
        let base = Request { same_cluster: false, search: Search::Exact, limit: 100, ..Request::new(Seed::Row(seed)) };
        let all = model.recommend(&base).expect("answers").tracks;
        for (max, diversity, limit) in [(1, 0.3, 100), (1, 0.9, 20), (2, 0.5, 100), (3, 0.7, 7), (100, 0.5, 60)] {
            let request = Request { max_per_artist: Some(max), diversity, limit, ..base.clone() };
            let answer = model.recommend(&request).expect("answers").tracks;

            // Maximal marginal relevance, as it is defined.
            let mut taken: Vec<u32> = Vec::new();
            while taken.len() < limit {
                let artist = |row: u32| model.catalog().track(row).artist;
                let alike = |row: u32| {
                    let likeness = |other: &u32| {
                        let distance = vectors.squared_distance(row, &vectors.vector(*other));
                        f64::from(recommender::vector::similarity(distance))
                    };
                    taken.iter().map(likeness).fold(-1.0, f64::max)
                };
                let free = all.iter().filter(|track| {
                    let full = taken.iter().filter(|other| artist(**other) == artist(track.row)).count() >= max;
                    !full && !taken.contains(&track.row)
                });
                let value = |track: &recommender::recommend::Recommendation| {
                    (1.0 - diversity) * f64::from(track.similarity) - diversity * alike(track.row)
                };
                // The earlier of two equals.
                let best = free.map(|track| (value(track), track.row)).reduce(|a, b| if b.0 > a.0 { b } else { a });
                let Some((_, row)) = best else { break };
                taken.push(row);
            }
            let rows: Vec<u32> = answer.iter().map(|track| track.row).collect();
            assert_eq!(rows, taken, "seed {seed}, {max} of each artist, diversity {diversity}, limit {limit}");
        }
    }
}

#[test]
fn few_artists_with_many_songs_have_one_song_each() {
    let mut tracks = common::tracks(20_000, 6);
    for (at, track) in tracks.iter_mut().enumerate() {
        track.artist = format!("Artist {}", at % 6);
    }
    let model = model_of(&tracks, 3);
    let seed = Seed::Track(tracks[0].id.clone());
    let request =
        Request { limit: 100, max_per_artist: Some(1), diversity: 0.5, same_cluster: false, ..Request::new(seed) };
    let answer = model.recommend(&request).expect("answers");
    let artists: HashSet<&str> = answer.tracks.iter().map(|track| model.catalog().track(track.row).artist).collect();
    assert_eq!((answer.tracks.len(), artists.len()), (6, 6));
}

/// Songs that are alike are of few artists and albums, so that the first candidates are.
fn by_few_artists() -> Model {
    let mut tracks = common::tracks(6_000, 6);
    for track in &mut tracks {
        track.artist = format!("Artist {}", (track.features[0] / 8.0) as u32);
        track.album = format!("Album {}", (track.features[1] / 3.0) as u32);
    }
    model_of(&tracks, 3)
}

/// What the definition takes: the nearest song that the quotas have room for, one by one.
fn nearest_with_room(model: &Model, seed: u32, request: &Request) -> Vec<u32> {
    let nodes = model.neighbors().nodes();
    let vector = nodes.vector(seed);
    let cluster = model.clusters()[model.cluster_of(seed)].rows.clone();
    let mut rows: Vec<u32> = if request.same_cluster { cluster.collect() } else { (0..nodes.rows()).collect() };
    rows.sort_by(|a, b| {
        let distance = |row: &u32| nodes.squared_distance(*row, &vector);
        distance(a).total_cmp(&distance(b)).then(a.cmp(b))
    });
    let mut songs = HashSet::from([model.songs().of(seed)]);
    let (mut artists, mut albums) = (HashMap::new(), HashMap::new());
    let mut taken = Vec::new();
    for row in rows.into_iter().filter(|row| songs.insert(model.songs().of(*row))) {
        let track = model.catalog().track(row);
        let album = (track.album, track.artist);
        let (of_artist, of_album) = (artists.entry(track.artist).or_insert(0), albums.entry(album).or_insert(0));
        let has_room = request.max_per_artist.is_none_or(|most| *of_artist < most)
            && request.max_per_album.is_none_or(|most| *of_album < most);
        if has_room && taken.len() < request.limit {
            *of_artist += 1;
            *of_album += 1;
            taken.push(row);
        }
    }
    taken
}

#[test]
fn quotas_take_the_nearest_songs_that_they_have_room_for_however_far() {
    let model = by_few_artists();
    let mut short = 0;
    for (seed, same_cluster, limit) in [(0, true, 100), (2_500, false, 100), (5_000, false, 20), (4_000, true, 10)] {
        for (max_per_artist, max_per_album) in
            [(Some(1), None), (Some(5), None), (None, Some(1)), (Some(7), Some(1)), (Some(20), Some(2))]
        {
            for search in [Search::Exact, Search::Auto] {
                let plain = Request::new(Seed::Row(seed));
                let request = Request { same_cluster, limit, max_per_artist, max_per_album, search, ..plain };
                let expected = nearest_with_room(&model, seed, &request);
                let answer = model.recommend(&request).expect("answers").tracks;
                let rows: Vec<u32> = answer.iter().map(|track| track.row).collect();
                match search {
                    Search::Exact => assert_eq!(rows, expected, "{request:?}"),
                    _ => assert_eq!(rows.len(), expected.len(), "{request:?}"),
                }
                short += u32::from(rows.len() < limit);

                // As many of other songs, where they are drawn, or more different ones.
                let vary = Request { vary: Some(3), ..request.clone() };
                let diverse = Request { diversity: 0.4, ..request.clone() };
                let both = Request { diversity: 0.4, vary: Some(3), ..request };
                for request in [vary, diverse, both] {
                    let answer = model.recommend(&request).expect("answers").tracks;
                    let (mut songs, mut artists, mut albums) = (HashSet::new(), HashMap::new(), HashMap::new());
                    for found in &answer {
                        let track = model.catalog().track(found.row);
                        assert!(songs.insert(model.songs().of(found.row)), "{request:?}");
                        *artists.entry(track.artist).or_insert(0) += 1;
                        *albums.entry((track.album, track.artist)).or_insert(0) += 1;
                    }
                    assert!(artists.values().all(|count| max_per_artist.is_none_or(|most| *count <= most)));
                    assert!(albums.values().all(|count| max_per_album.is_none_or(|most| *count <= most)));
                    // Where it is short, no other song has room.
                    let has_room = |row: u32| {
                        let track = model.catalog().track(row);
                        let count = |counts: usize, most: Option<usize>| most.is_none_or(|most| counts < most);
                        let of_artist = artists.get(track.artist).copied().unwrap_or_default();
                        let of_album = albums.get(&(track.album, track.artist)).copied().unwrap_or_default();
                        count(of_artist, max_per_artist) && count(of_album, max_per_album)
                    };
                    let left = nearest_with_room(
                        &model,
                        seed,
                        &Request { limit: usize::MAX, max_per_artist: None, max_per_album: None, ..request.clone() },
                    );
                    let others = left.into_iter().filter(|row| !songs.contains(&model.songs().of(*row)));
                    assert!(answer.len() == limit || others.into_iter().all(|row| !has_room(row)), "{request:?}");
                }
            }
        }
    }
    assert!((1..40).contains(&short), "{short} answers are short");
}
