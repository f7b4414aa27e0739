//! The function that answers recommendation requests: an axum router over a model that it loads when it starts.
//!
//! [`start`] wires it: [`settings`] is read once; [`models`] fetches the model from S3, shares it and replaces it;
//! [`access`] says who may ask; [`api`] holds the routes, in a file each; [`parameters`] is how they describe and read what
//! a request says; [`http`] is what they have in common; [`problem`] is what every error looks like; [`metrics`] go to the
//! log.

pub mod access;
pub mod api;
pub mod http;
pub mod lifecycle;
pub mod metrics;
pub mod models;
pub mod parameters;
pub mod problem;
mod request_info;
pub mod settings;
pub mod start;
pub mod view;
