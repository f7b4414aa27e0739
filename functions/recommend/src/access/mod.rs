//! Who may ask: pages of other origins, and bearers of tokens.

mod cors;
mod tokens;

pub use cors::Cors;
pub use tokens::Tokens;

/// Who may ask. By default everybody, from anywhere but pages of other origins.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The pages that may read the answers.
    pub cors: Cors,
    /// The tokens of which a request must bear one; nothing where the API is open.
    pub tokens: Option<Tokens>,
}
