//! What a segue artifact holds, and how it answers: "which songs should follow this one?"

pub mod card;
