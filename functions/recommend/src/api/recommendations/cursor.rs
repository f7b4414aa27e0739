//! Where an answer goes on: the songs that were answered with, bound to one model and one request.
//!
//! base64 (RFC 4648, the alphabet of URLs) of eight bytes that model and request hash to, and the rows in ascending order, each as its
//! distance to the one before in LEB128: about three characters a song.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use recommender::{
    Model,
    recommend::{Answer, Request},
};

use crate::{parameters::Text, problem::Problem};

/// The most songs that an answer and those that it continues may have.
const MAX_SONGS: usize = 2_000;
/// The longest cursor, in characters: of so many songs in the largest catalogue.
pub(super) const CURSOR: Text = Text::at_most(8_192);
const NAME: &str = "cursor";
const NOT_A_CURSOR: &str = "cursor is not one that an answer had: expected the value of next";
const ALLOWED: &str = "next of an answer to the same request";

/// What a cursor is bound to: the request but for its limit and what it excludes as a continuation, and the model.
fn fingerprint(model: &Model, request: &Request) -> [u8; 8] {
    let request = Request { limit: 1, exclude_rows: Vec::new(), ..request.clone() };
    let mut hasher = DefaultHasher::new();
    (model.version().to_string(), format!("{request:?}")).hash(&mut hasher);
    hasher.finish().to_le_bytes()
}

/// Makes a request continue the answer that `cursor` is of.
///
/// # Errors
///
/// 400 where it is none, or one of another request or model.
pub(super) fn resume(model: &Model, request: Request, cursor: Option<&str>) -> Result<Request, Problem> {
    let Some(cursor) = cursor else { return Ok(request) };
    let refused = |detail: &str| Problem::parameter(NAME, ALLOWED, detail);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused(NOT_A_CURSOR))?;
    let Some((bound_to, rows)) = bytes.split_first_chunk::<8>() else {
        return Err(refused(NOT_A_CURSOR));
    };
    if *bound_to != fingerprint(model, &request) {
        let detail =
            "cursor is of another request, or of a model that has been replaced: ask for the first songs again";
        return Err(refused(detail));
    }
    match rows_of(rows, model.catalog().len() as u64) {
        Some(exclude_rows) => Ok(Request { exclude_rows, ..request }),
        None => Err(refused("cursor is damaged: ask for the first songs again")),
    }
}

/// The cursor behind an answer; nothing where it was the last one. With a quota, a short answer need not be: the next one counts anew.
pub(super) fn next(model: &Model, request: &Request, answer: &Answer) -> Option<String> {
    let mut rows: Vec<u32> = answer.tracks.iter().map(|track| track.row).chain(request.exclude_rows.clone()).collect();
    let has_quota = request.max_per_artist.is_some() || request.max_per_album.is_some();
    let at_least = if has_quota { 1 } else { request.limit };
    if answer.tracks.len() < at_least || rows.len() >= MAX_SONGS {
        return None;
    }
    rows.sort_unstable();
    let mut bytes = fingerprint(model, request).to_vec();
    let mut before = 0;
    for row in rows {
        let mut distance = row - before;
        before = row;
        while distance >= 0x80 {
            bytes.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        bytes.push(distance as u8);
    }
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// The rows of a cursor, each of which must be below `count`.
fn rows_of(bytes: &[u8], count: u64) -> Option<Vec<u32>> {
    let mut rows = Vec::new();
    let (mut row, mut distance, mut shift) = (0_u64, 0_u64, 0);
    for byte in bytes {
        distance |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            row += distance;
            if row >= count || rows.len() >= MAX_SONGS {
                return None;
            }
            // Rows fit 32 bits.
            rows.push(row as u32);
            (distance, shift) = (0, 0);
        } else if shift > 28 {
            return None;
        }
    }
    (shift == 0).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_rows_are_refused() {
        assert_eq!(rows_of(&[5, 0x80, 1, 0], 200), Some(vec![5, 133, 133]));
        for damaged in [&[0x80][..], &[200, 1], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[0; MAX_SONGS + 1]] {
            assert_eq!(rows_of(damaged, 200), None);
        }
    }
}
