//! Columns of the track table, as small in memory as they are in the artifact.

mod codes;
mod numbers;
mod texts;
mod words;

use codes::Bytes;
pub use codes::Codes;
pub use numbers::Numbers;
pub use texts::Texts;
pub use words::Words;
