//! Bearer tokens (RFC 6750), known by their SHA-256 alone.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The most tokens that are taken: each request is compared with all of them.
const MAX_TOKENS: usize = 100;
/// The longest token that is hashed, in bytes.
const MAX_TOKEN_BYTES: usize = 1_024;

type Hash = [u8; 32];

/// The tokens of which a request must bear one.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens(Vec<Hash>);

impl Tokens {
    /// What [`FromStr`] takes, for people.
    pub const EXPECTED: &str = "the SHA-256 of each token, 64 hexadecimal digits, separated by commas, at most 100; \
                                printf %s \"$TOKEN\" | sha256sum makes one";

    /// Accepts this token too.
    pub fn add(&mut self, token: &[u8]) {
        self.0.push(Sha256::digest(token).into());
    }

    /// Whether this is one of them. How long it takes tells nothing but the length of what was given.
    pub fn accept(&self, token: &[u8]) -> bool {
        if token.len() > MAX_TOKEN_BYTES {
            return false;
        }
        let given: Hash = Sha256::digest(token).into();
        let found = self.0.iter().fold(Choice::from(0), |found, hash| found | hash.ct_eq(&given));
        found.into()
    }
}

impl FromStr for Tokens {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hashes: Vec<Hash> = text.split(',').map(|hash| self::hash(hash.trim())).collect::<Result<_, _>>()?;
        if hashes.len() > MAX_TOKENS {
            return Err(format!("there are {} of them", hashes.len()));
        }
        Ok(Self(hashes))
    }
}

/// Says nothing of what was given: it may be a token.
fn hash(text: &str) -> Result<Hash, String> {
    let refused = || format!("one of them has {} characters or other than hexadecimal digits", text.len());
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refused());
    }
    let mut hash = [0; 32];
    for (byte, at) in hash.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| refused())?;
    }
    Ok(hash)
}

/// Without the hashes: a weak token can be guessed from them.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `secret` and of `other`, as sha256sum prints them.
    const SECRET: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    const OTHER: &str = "D9298A10D1B0735837DC4BD85DAC641B0F3CEF27A47E5D53A54F2F3F5B2FCFFA";

    #[test]
    fn a_token_is_known_by_its_hash() {
        let tokens: Tokens = format!("{SECRET}, {OTHER}").parse().unwrap();
        assert!(tokens.accept(b"secret") && tokens.accept(b"other"));
        for wrong in ["", "Secret", "secret ", SECRET, &"x".repeat(2_000)] {
            assert!(!tokens.accept(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn a_token_that_is_added_is_accepted_beside_the_others() {
        let mut tokens: Tokens = SECRET.parse().unwrap();
        tokens.add(b"of this run");
        assert!(tokens.accept(b"secret") && tokens.accept(b"of this run") && !tokens.accept(b"other"));
    }

    #[test]
    fn what_is_no_hash_is_refused_and_not_repeated() {
        for wrong in ["", ",", "secret", &SECRET[1..], &format!("{SECRET},"), &SECRET.replace('b', "é")] {
            let error = wrong.parse::<Tokens>().expect_err("refused");
            assert!(wrong.len() < 5 || !error.contains(wrong), "{error}");
        }
        let many = vec![SECRET; 101].join(",");
        assert!(many.parse::<Tokens>().expect_err("refused").contains("101"));
    }

    #[test]
    fn no_hash_is_printed() {
        let tokens: Tokens = SECRET.parse().unwrap();
        assert_eq!(format!("{tokens:?}"), "Tokens(1)");
    }
}
