//! A model to measure.

use std::{env, path::Path};

use recommender::{Model, Version};
use tests::test_data;
use trainer::{synth, table, training};

/// Tracks made up where there are no real ones.
const SYNTHETIC_TRACKS: u64 = 100_000;

/// The artifact that `SEGUE_MODEL` names; or one trained on real tracks, or on made-up ones.
///
/// # Errors
///
/// Where it cannot be read or trained.
pub fn model() -> anyhow::Result<Model> {
    if let Some(artifact) = env::var_os("SEGUE_MODEL") {
        return Ok(Model::open(Path::new(&artifact))?);
    }
    let table = match test_data::find_real_table("union_265k.csv") {
        Ok(csv) => table::open(&csv, &table::Options::default(), &mut |_| {})?,
        Err(missing) => {
            println!("{missing}; measured on {SYNTHETIC_TRACKS} made-up tracks");
            let mut made_up = Vec::new();
            synth::write(SYNTHETIC_TRACKS, 1, &mut made_up, &mut |_| {})?;
            table::read(&made_up[..], "made up", &table::Options::default(), &mut |_| {})?
        }
    };
    let options = training::Options { k_range: 6..=6, ..Default::default() };
    let trained = training::train(&table, &options, &())?;
    Ok(Model::from_bytes(&trained.file, Version::of(&trained.file))?)
}
