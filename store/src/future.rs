//! The type of future that every public operation returns.

use std::{future::Future, pin::Pin};

/// What every public operation returns. Boxed, so that its code, the S3 client's with it, is compiled in this crate once
/// and not in each crate that awaits it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
