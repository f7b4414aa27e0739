//! Affinities: who is found together on playlists, what each affinity counts for, and what that brings.
//!
//! [`companions`] counts artists and tracks, [`learn()`] finds the weights, [`measure()`] holds both against playlists that they have not
//! seen.

pub mod companions;
mod learn;
mod measure;

pub use learn::{FOLDS, MAX_PLAYLISTS, MIN_PLAYLISTS, folds, initial, learn, set_companions};
pub use measure::{Affinities, AffinityMethod, Estimate, measure};
