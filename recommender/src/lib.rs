//! What a segue artifact holds, and how it answers: "which songs should follow this one?"
//!
//! The flow of a request is the order of the modules: [`feature`] scales, [`title`] finds the seed, [`cluster`] says
//! where it belongs, [`neighbor`] searches, [`recommend`] answers. [`model`] holds them together and [`artifact`] is
//! the file they come from. [`words`] is the other way in: what a user types, letter by letter, to the songs it may
//! mean. [`projection`] places tracks on a map.
//!
//! Nothing here knows of networks, of training or of async.

pub mod artifact;
pub mod build;
pub mod card;
pub mod catalog;
pub mod cluster;
pub mod column;
pub mod feature;
pub mod model;
pub mod neighbor;
pub mod projection;
pub mod recommend;
pub mod title;
pub mod vector;
pub mod words;

pub use artifact::Version;
pub use model::Model;
