//! Finding songs by what a user types: words of title and artist in any order, begun, or with typos.
//!
//! The trainer makes an [`InvertedIndex`]: the distinct words of all titles and artists in their order, so that the words which
//! begin alike are a range of numbers, and for each word the songs and artist cells that have it. It is a section of the
//! artifact, and is walked as it lies there ([`TextSearch`]). Songs are numbered by popularity, the most popular first: wherever
//! the work has to be bounded, what is looked at is what most people mean.
//!
//! A query is tried as strictly as it can be and then, where that finds fewer songs than were asked for, less so:
//!
//! 1. every word is a song's word, and the last one at least begins one;
//! 2. every word at least begins one;
//! 3. words of 4 to 32 characters may have one typo (a character too many, missing, another, or two that have changed places),
//!    unless a query of three words or more has found a song already;
//! 4. words of 8 to 16 may have two, where nothing was found at all.
//!
//! Where a query has words that the index does not know, they are the misspelt ones: typos are looked for in no other.
//! What a later step finds ranks after what an earlier one did, so that a smaller limit gives the beginning of a
//! larger one's answer.

mod build;
mod candidates;
mod effort;
mod index;
mod postings;
mod query;
mod rank;
mod search;
mod term;
mod tokens;
mod typos;
mod words;

pub use build::TooManyWords;
pub(crate) use effort::Effort;
pub use index::{InvertedIndex, TextSearch};
pub use rank::{Hit, Matched};
