//! Everything that segue needs, in one process and without an account.

pub mod demo;
pub mod s3;
