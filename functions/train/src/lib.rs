//! The function that trains on tables as they are uploaded, and publishes the models.
//!
//! [`settings`] is read once; an [`event`] says what was uploaded; [`object`] asks S3 about it, [`options`] are in its
//! metadata, [`limit`] refuses what this function has no room for; [`training`] is the trainer's own; [`handler`] goes
//! from one to the next, and [`retry`] does a step again. [`error`] is what is told of an upload that made no model.

pub mod error;
pub mod event;
pub mod handler;
pub mod limit;
pub mod object;
pub mod options;
pub mod retry;
pub mod settings;
pub mod training;
