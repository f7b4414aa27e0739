//! What segue's Lambda functions read from their environment: [`settings`], and how to [`log`].

pub mod log;
pub mod settings;
