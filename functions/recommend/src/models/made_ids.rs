//! Ids of artists and albums, of which a catalogue knows names alone.

use recommender::{Model, base62, text::normalize};
use sha2::{Digest, Sha256};

/// The first 128 bits of SHA-256 over the name, normalised.
fn number(normalized: &str) -> u128 {
    let hash: [u8; 32] = Sha256::digest(normalized).into();
    hash.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

/// The id of an artist of this name: the same in every catalogue.
pub(crate) fn artist_id(name: &str) -> String {
    base62::base62(number(&normalize(name)))
}

/// The id of an album of this title by these artists: the same in every catalogue.
pub(crate) fn album_id(title: &str, artists: &str) -> String {
    // Normalised text has no line feed.
    base62::base62(number(&[normalize(title), normalize(artists)].join("\n")))
}

/// The artists of a catalogue by their ids.
pub(crate) struct ArtistIds(Vec<(u128, u32)>);

impl ArtistIds {
    /// Hashes every name.
    pub(crate) fn new(model: &Model) -> Self {
        let mut ids: Vec<(u128, u32)> = model.artist_names().map(|(name, artist)| (number(name), artist)).collect();
        ids.sort_unstable();
        Self(ids)
    }

    /// The number of the artist with this id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        let id = base62::parse(id)?;
        let at = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.0.get(at).map(|(_, artist)| *artist)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_of_the_name_alone_and_stays() {
        assert_eq!(artist_id("ABBA"), artist_id(" abba "));
        assert_ne!(artist_id("ABBA"), artist_id("AC/DC"));
        assert_eq!(album_id("Arrival", "ABBA"), album_id("arrival ", "abba"));
        assert_ne!(album_id("Arrival", "ABBA"), album_id("Arrival", "Jo"));
        // Part of the contract: an id, once given, stays. SHA-256 of "abba".
        assert_eq!(artist_id("ABBA"), "6SHnUCwGwouwHrYlkOWF8X");
    }
}
