//! Features and the scaler: from a file's own units to vectors that can be compared.

mod feature;
pub(crate) mod scaler;

pub use feature::{Feature, UnknownFeature};
pub use scaler::{MAX_FEATURES, MAX_WEIGHT, MIN_FEATURES, Scaler};
