//! What a segue artifact holds, and how it answers: "which songs should follow this one?"
//!
//! The flow of a request is the order of the modules: [`features`] scales, [`catalog::titles`] finds the seed, [`clusters`] says
//! where it belongs, [`search`] searches, [`recommend`] answers. [`model`] holds them together and [`artifact`] is
//! the file they come from. [`companions`] says what people put on the same playlists. [`text_search`] is the other way in: what a user types, letter by letter, to the songs it may
//! mean. [`projection`] places tracks on a map.
//!
//! Nothing here knows of networks, of training or of async.

pub mod affinity;
pub mod artifact;
pub mod base62;
mod bit_set;
pub mod card;
pub mod catalog;
pub mod clusters;
pub mod column;
pub mod companions;
pub mod features;
pub mod invalid;
pub mod model;
mod owned;
mod partition_point;
pub mod projection;
pub mod recommend;
pub mod search;
pub mod text;
mod text_order;
pub mod text_search;
pub mod vector;

pub use artifact::Version;
pub use model::Model;
