//! The function that answers recommendation requests: an axum router over a model that it loads when it starts.
//!
//! [`settings`] is read once; [`models`] fetches the model from S3 and shares it; [`api`] holds the routes, in a file
//! each; [`http`] is what they have in common; [`problem`] is what every error looks like.

pub mod api;
pub mod http;
mod loading;
pub mod models;
pub mod params;
pub mod problem;
pub mod settings;
pub mod view;
