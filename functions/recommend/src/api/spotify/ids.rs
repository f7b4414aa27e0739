//! Ids as Spotify's clients take them: letters and digits alone.
//!
//! A client takes an id apart before it sends it, and refuses one with a hyphen. So an id of the catalogue that has other characters is written
//! otherwise here, and read back: `segue-49Do…` without its prefix, any other one as the hexadecimal digits of its bytes behind `0x`.

use std::{borrow::Cow, fmt::Write};

use recommender::{Model, base62, catalog::ids::MADE_PREFIX, text::normalize};

/// What ids begin with here that are written in hexadecimal digits.
const HEX_PREFIX: &str = "0x";

fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether an id of the catalogue can be Spotify's: 22 letters and digits.
pub(super) fn is_spotifys(id: &str) -> bool {
    id.len() == base62::LENGTH && is_plain(id)
}

/// An id of the catalogue as a client takes it.
pub(super) fn written(id: &str) -> Cow<'_, str> {
    match id.strip_prefix(MADE_PREFIX) {
        _ if is_plain(id) => Cow::Borrowed(id),
        Some(made) if is_plain(made) => Cow::Borrowed(made),
        _ => {
            let mut hex = HEX_PREFIX.to_owned();
            // Writing to a `String` cannot fail.
            id.bytes().for_each(|byte| _ = write!(hex, "{byte:02x}"));
            Cow::Owned(hex)
        }
    }
}

/// The id in an id, a URI (`spotify:track:ID`) or an address (`https://open.spotify.com/intl-de/track/ID?si=…`) of something of this kind.
pub(super) fn bare<'a>(kind: &str, text: &'a str) -> &'a str {
    let text = text.trim();
    if let Some(uri) = text.strip_prefix("spotify:") {
        return uri.strip_prefix(kind).and_then(|id| id.strip_prefix(':')).unwrap_or(text);
    }
    let Some((_, path)) = text.split_once("open.spotify.com/") else { return text };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.trim_end_matches('/').rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(id), Some(of)) if of == kind => id,
        _ => text,
    }
}

/// The track that a client names.
pub(super) fn find_track(model: &Model, text: &str) -> Option<u32> {
    let id = bare("track", text);
    model.find_id(id).or_else(|| model.find_id(&[MADE_PREFIX, id].concat())).or_else(|| model.find_id(&unhex(id)?))
}

/// A genre as a client may name it, as catalogues may: Spotify's names had hyphens for spaces. [`normalize`]d.
pub(super) fn genre_spellings(genre: &str) -> [String; 3] {
    [normalize(genre), normalize(&genre.replace('-', " ")), normalize(&genre.replace(' ', "-"))]
}

fn unhex(id: &str) -> Option<String> {
    let digits = id.strip_prefix(HEX_PREFIX)?.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    String::from_utf8(digits.map(byte).collect::<Option<_>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_uris_and_addresses_name_the_same() {
        let id = "0c6xIDDpzE81m2q797ordA";
        let (uri, page) = (format!("spotify:artist:{id}"), format!("https://open.spotify.com/artist/{id}"));
        for text in [
            id,
            &format!(" {id} "),
            &uri,
            &page,
            &format!("{page}/?si=1#top"),
            &format!("open.spotify.com/intl-de/artist/{id}"),
        ] {
            assert_eq!(bare("artist", text), id, "{text}");
        }
        for text in ["spotify:track:1", "https://open.spotify.com/track/1", "spotify:artist", "open.spotify.com/1", ""]
        {
            assert_eq!(bare("artist", text), text, "of another kind");
        }
    }

    #[test]
    fn any_id_is_written_in_letters_and_digits_and_read_back() {
        assert_eq!(written("0c6xIDDpzE81m2q797ordA"), "0c6xIDDpzE81m2q797ordA");
        assert_eq!(written("segue-49DoX7aVL78Hk13LB8Ao3I"), "49DoX7aVL78Hk13LB8Ao3I");
        for id in ["track-7", "7/é", "segue-a-b", "segue-", " "] {
            let written = written(id);
            assert!(is_plain(&written), "{written}");
            assert_eq!(unhex(&written).as_deref(), Some(id));
        }
        for text in ["0x", "0x1", "0xzz", "0xff", "12"] {
            assert!(unhex(text).is_none_or(|id| id.is_empty() || id == "\u{1}"), "{text}");
        }
    }

    #[test]
    fn spotifys_ids_have_22_letters_and_digits() {
        assert!(is_spotifys("0c6xIDDpzE81m2q797ordA"));
        assert!(
            !is_spotifys("segue-49DoX7aVL78Hk13LB8Ao3I") && !is_spotifys("7") && !is_spotifys("0c6xIDDpzE81m2q797ord-")
        );
    }
}
