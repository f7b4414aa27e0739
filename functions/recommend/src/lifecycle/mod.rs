//! The life of a Lambda environment: it is initialised, frozen between invocations, and let go.
//!
//! [`init`] loads the model before the first event is asked for. [`extension`] keeps the environment from being frozen while work
//! is under way that an answer did not wait for: a check for a new model, its download, its preparation.

pub mod extension;
mod extensions_api;
pub mod init;
