//! A model's version: the SHA-256 of its artifact.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::Error;

/// The SHA-256 of an artifact, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version([u8; 32]);

impl Version {
    /// The version of these bytes.
    pub fn of(artifact: &[u8]) -> Self {
        Self(Sha256::digest(artifact).into())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({self})")
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self, Error> {
        let bad = || Error::BadVersion { given: given.chars().take(80).collect() };
        let digits = given.as_bytes();
        if digits.len() != 64 {
            return Err(bad());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0]).zip(nibble(pair[1])).map(|(high, low)| high << 4 | low).ok_or_else(bad)?;
        }
        Ok(Self(bytes))
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_version_is_the_sha256_in_lower_case_hex() {
        assert_eq!(Version::of(b"").to_string(), EMPTY);
        assert_eq!(EMPTY.parse::<Version>().unwrap(), Version::of(b""));
        assert_eq!(serde_json::to_string(&Version::of(b"")).unwrap(), format!("\"{EMPTY}\""));
    }

    #[test]
    fn anything_but_64_lower_case_digits_is_refused() {
        let upper = EMPTY.to_uppercase();
        let wide = format!("{}é", &EMPTY[..62]);
        for bad in ["", "e3b0", &EMPTY[1..], &upper, &EMPTY.replace('e', "g"), &wide, &format!("{EMPTY}0")] {
            assert!(matches!(bad.parse::<Version>(), Err(Error::BadVersion { .. })), "{bad}");
        }
    }
}
