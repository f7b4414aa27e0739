//! What each fuzz target does with its input: one function for each.
//!
//! The fuzzers (`fuzz/fuzz_targets`) call them with whatever they think of; a test (`tests/corpus.rs`) calls them with
//! what is kept in `fuzz/corpus` and `fuzz/regressions`. They return where all is well, and panic where it is not.

mod api;
mod artifact;
#[path = "../../../recommender/tests/common/artifact_builder.rs"]
mod artifact_builder;
mod exercise;
mod reached;
mod seeds;
mod table;

pub use api::{api_body, api_event, api_query};
pub use artifact::{artifact_file, artifact_header, artifact_section};
pub use reached::reached;
pub use seeds::{Seed, seeds};
pub use table::table;

/// A small model of 64 tracks, with every column that a catalogue may have. Made by:
///
/// ```text
/// cargo run -p tests --example catalog | head -65 > tracks.csv
/// (echo playlist,song,artist; awk -F, 'NR > 1 { print NR % 4 "," $1 "," $2; print "p" NR % 5 "," $1 "," $2 }' tracks.csv) > lists.csv
/// cargo run -p trainer -- train --k 3 --data tracks.csv --playlists lists.csv --out model && cp model/model.segue fuzz/targets/
/// ```
pub const MODEL: &[u8] = include_bytes!("../model.segue");
