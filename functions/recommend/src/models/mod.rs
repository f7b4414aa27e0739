//! The model that requests are answered with: fetched once, shared by all, and replaced when another is published.
//!
//! A request begins on the model that is current, and keeps it to its end. Looking for a new one begins with a request,
//! goes on beside it and may end in a later one: a Lambda environment is frozen between requests. The new model takes
//! the old one's place when it is there as a whole, and only then.

mod error;
mod loaded;
mod loading;
pub(crate) mod made_ids;
mod manager;
mod memory;
mod refresh;
mod schedule;

pub use self::{
    error::Error,
    loaded::LoadedModel,
    manager::{ModelManager, Source},
    refresh::Failure,
};
