//! What a similarity is held against, beside brute force.

#![allow(missing_docs)]

mod common;

use recommender::{
    Model, Version,
    artifact::encode,
    recommend::{Request, Seed},
    search::Search,
};

fn model(count: usize, k: usize) -> Model {
    let file = encode(&common::artifact(&common::tracks(count, 6), k, 2)).expect("encodes");
    Model::from_bytes(&file, Version::of(&file)).expect("reads back")
}

/// The similarity of every `step`-th row to the tenth song of its answer.
fn tenth(model: &Model, step: usize) -> Vec<f32> {
    let tenth = |row| {
        let request = Request { limit: 10, search: Search::Exact, versions: true, ..Request::new(Seed::Row(row)) };
        model.recommend(&request).expect("answers").tracks.last().expect("a track").similarity
    };
    let mut all: Vec<f32> = (0..model.catalog().len() as u32).step_by(step).map(tenth).collect();
    all.sort_by(f32::total_cmp);
    all
}

#[test]
fn a_tenth_neighbour_is_in_the_middle_and_better_ones_are_above() {
    // The second is thinned out: one cluster of so many tracks.
    for (count, k, step) in [(4_000, 4, 40), (24_000, 1, 40)] {
        let model = model(count, k);
        let usual = tenth(&model, step);
        for (percent, within) in [(10, 12), (25, 14), (50, 14), (75, 14), (90, 12)] {
            let similarity = usual[usual.len() * percent / 100];
            let found = model.similarity_percentile(similarity).expect("there are neighbours");
            assert!(usize::from(found).abs_diff(percent) <= within, "{percent} % of {count}: {found}");
        }
        assert_eq!(model.similarity_percentile(-1.0), Some(0));
        assert_eq!(model.similarity_percentile(1.1), Some(100));
    }
}

#[test]
fn a_catalogue_of_fewer_tracks_than_are_sampled_counts_each_of_them() {
    let model = model(60, 2);
    let usual = tenth(&model, 1);
    for at in [0, 20, 59] {
        let less = usual.iter().filter(|other| **other < usual[at]).count();
        assert_eq!(model.similarity_percentile(usual[at]), Some((less * 100 / 60) as u8), "track {at}");
    }
}
