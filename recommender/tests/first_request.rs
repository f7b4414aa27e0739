//! What only some requests need is not made for the first one: it would be part of every cold start. One test: the allocator counts for
//! the whole process.

#![allow(missing_docs)]

mod common;

use std::alloc::System;

use cap::Cap;
use recommender::{
    Model, Version,
    recommend::{Request, Seed},
};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const TRACKS: usize = 10_000;
/// A walk keeps a mark for each node of a cluster, and little else.
const MAX_BYTES_PER_TRACK: usize = 12;

#[test]
fn a_plain_request_leaves_nothing_behind_that_others_need() {
    let mut tracks = common::tracks(TRACKS, 11);
    // As many artists and songs as tracks: to tell them apart takes much.
    for (number, track) in tracks.iter_mut().enumerate() {
        track.artist = format!("Artist number {number}");
        track.song = format!("Song number {number}");
    }
    let model = Model::assemble(common::artifact(&tracks, 3, 2), Version::of(b"")).expect("a model");
    let kept_by = |request: &Request| {
        let before = ALLOCATOR.allocated();
        assert!(!model.recommend(request).expect("answers").tracks.is_empty());
        ALLOCATOR.allocated().saturating_sub(before)
    };
    let plain = Request::new(Seed::Row(17));
    assert!(kept_by(&plain) < TRACKS * MAX_BYTES_PER_TRACK);
    // A song for each artist: these are told apart now.
    assert!(kept_by(&Request { max_per_artist: Some(1), ..plain }) > TRACKS * MAX_BYTES_PER_TRACK);
}
