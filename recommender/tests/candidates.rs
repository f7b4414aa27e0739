//! How many candidates an answer is chosen from. One test: the allocator counts for the whole process.

#![allow(missing_docs)]

mod common;

use std::alloc::System;

use cap::Cap;
use recommender::{
    Model, Version,
    artifact::encode,
    recommend::{Request, Seed},
};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

#[test]
fn few_artists_with_many_songs_are_not_looked_for_in_the_whole_catalogue() {
    let mut tracks = common::tracks(20_000, 6);
    for (at, track) in tracks.iter_mut().enumerate() {
        track.artist = format!("Artist {}", at % 6);
    }
    let file = encode(&common::artifact(&tracks, 3, 2)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    // Candidates are what a request allocates most for.
    let allocated = |max_per_artist| {
        let seed = Seed::Track(tracks[0].id.clone());
        let request = Request { limit: 100, max_per_artist, diversity: 0.5, same_cluster: false, ..Request::new(seed) };
        let before = ALLOCATOR.total_allocated();
        let answer = model.recommend(&request).expect("answers");
        (answer.tracks.len(), ALLOCATOR.total_allocated() - before)
    };
    let (any_artist, expected) = allocated(None);
    let (one_each, got) = allocated(Some(1));
    assert_eq!((any_artist, one_each), (100, 6));
    assert!(got <= 2 * expected, "{got} bytes for one song of each artist, {expected} for songs of any");
}
