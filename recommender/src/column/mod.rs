//! Columns of the track table, as small in memory as they are in the artifact.

mod dict;
mod int;
mod numeric;
mod string;

pub use dict::{DictBuilder, DictColumn};
pub(crate) use int::Bytes;
pub use int::IntColumn;
pub use numeric::NumericColumn;
pub use string::StringColumn;
