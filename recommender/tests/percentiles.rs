//! What a similarity is held against, as the card has it.

#![allow(missing_docs)]

mod common;

use recommender::{Model, Version, artifact::encode};

fn open(tenth_similarities: Vec<f32>) -> Result<Model, String> {
    let mut artifact = common::artifact(&common::tracks(60, 6), 2, 2);
    artifact.card.tenth_similarities = tenth_similarities;
    let file = encode(&artifact).map_err(|error| error.to_string())?;
    Model::from_bytes(&file, Version::of(&file)).map_err(|error| error.to_string())
}

#[test]
fn a_similarity_has_a_place_among_those_of_tenth_neighbours() {
    let model = open(vec![0.5, 0.7, 0.7, 0.9]).expect("a model");
    let places = [-1.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1].map(|similarity| model.similarity_percentile(similarity));
    assert_eq!(places, [0, 0, 25, 25, 75, 75, 100].map(Some));
    assert_eq!(open(Vec::new()).expect("a model").similarity_percentile(0.5), None);
}

#[test]
fn a_card_whose_similarities_do_not_ascend_is_found_to_be_wrong() {
    let verified = |similarities| open(similarities).expect("a model").verify().map_err(|error| error.to_string());
    let error = verified(vec![0.9, 0.5]).expect_err("refused");
    assert!(error.contains("similarities of tenth neighbours"), "{error}");
    let other = verified(vec![0.5, 0.9]).err().unwrap_or_default();
    assert!(!other.contains("similarities"), "{other}");
}
