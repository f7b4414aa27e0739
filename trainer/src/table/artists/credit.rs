//! One cell into what is shown of it and the artists that it names.

use std::{borrow::Cow, ops::Range};

use super::{
    MAX_ARTISTS,
    column::{Evidence, Use, is_suffix, key, pieces},
    connectors::{self, Connector, Kind},
};
use crate::table::list_cell;

/// What is shown of a cell, and where its artists are; none where all of it is one artist.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credit<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) artists: Vec<Range<u32>>,
}

/// The most pieces of one name.
const MAX_UNIT_PIECES: usize = 6;

/// What a cell shows and names.
pub(super) fn credit<'a>(cell: &'a str, evidence: &Evidence) -> Credit<'a> {
    if let Some(members) = list_cell::members(cell) {
        // Nobody: no cell of a table is that, but a look-up may ask.
        if !members.is_empty() && members.len() <= MAX_ARTISTS {
            return joined(members.iter().map(|member| (member.as_str(), ", ")));
        }
        return Credit { text: cell.into(), artists: Vec::new() };
    }
    let cell = cell.trim_matches(|c: char| c == ';' || c.is_whitespace());
    let mut found = Vec::new();
    if !connectors::find(cell, MAX_ARTISTS - 1, &mut found) || found.is_empty() {
        return Credit { text: cell.into(), artists: Vec::new() };
    }
    if found.iter().any(|connector| connector.kind == Kind::Semicolon) {
        return joined(cell.split(';').map(|name| (name.trim(), ", ")).filter(|(name, _)| !name.is_empty()));
    }
    let mut cuts = vec![false; found.len()];
    if !evidence.is_unit(cell) {
        let mut start = 0;
        for end in 0..=found.len() {
            if found.get(end).is_none_or(|connector| connector.kind.is_certain()) {
                let from = if start == 0 { 0 } else { found[start - 1].at.end };
                let to = found.get(end).map_or(cell.len(), |connector| connector.at.start);
                cut_group(cell, from..to, &found[start..end], &mut cuts[start..end], evidence);
                if let Some(cut) = cuts.get_mut(end) {
                    *cut = true;
                }
                start = end + 1;
            }
        }
    }
    let mut kept: Vec<Connector> = found;
    let mut cut = cuts.iter();
    kept.retain(|_| cut.next().copied().unwrap_or_default());
    if kept.is_empty() {
        return Credit { text: cell.into(), artists: Vec::new() };
    }
    let between = kept.iter().map(
        |connector| {
            if connector.kind.is_shown_as_comma() { ", " } else { &cell[connector.at.clone()] }
        },
    );
    joined(pieces(cell, &kept).zip(between.chain([""])))
}

/// Pieces as one text, each with what follows it. A piece that repeats another's name is shown and not named again.
fn joined<'a, 'b>(pieces: impl Iterator<Item = (&'b str, &'b str)>) -> Credit<'a> {
    let (mut text, mut artists): (String, Vec<Range<u32>>) = (String::new(), Vec::new());
    let mut named: Vec<u64> = Vec::new();
    let mut after = "";
    for (piece, follows) in pieces {
        text.push_str(after);
        after = follows;
        if !piece.is_empty() {
            let key = key(piece);
            if !named.contains(&key) {
                named.push(key);
                // No cell is longer than 1 MiB.
                artists.push(text.len() as u32..(text.len() + piece.len()) as u32);
            }
            text.push_str(piece);
        }
    }
    // A list's own separator ends nothing; a bracket does.
    if after != ", " {
        text.push_str(after);
    }
    if let [all] = &artists[..]
        && (all.start, all.end as usize) == (0, text.len())
    {
        artists.clear();
    }
    Credit { text: text.into(), artists }
}

/// Decides which connectors of a part of a cell, in which none is certain, separate artists.
fn cut_group(cell: &str, part: Range<usize>, found: &[Connector], cuts: &mut [bool], evidence: &Evidence) {
    if found.is_empty() || evidence.is_unit(&cell[part.clone()]) {
        return;
    }
    let start = |piece: usize| if piece == 0 { part.start } else { found[piece - 1].at.end };
    let end = |piece: usize| found.get(piece).map_or(part.end, |connector| connector.at.start);
    let of = |pieces: Range<usize>| &cell[start(pieces.start)..end(pieces.end - 1)];
    let count = found.len() + 1;

    let mut within_unit = vec![false; found.len()];
    let mut piece = 0;
    while piece + 1 < count {
        let longest = count.min(piece + MAX_UNIT_PIECES);
        let unit = evidence
            .begins_unit(of(piece..piece + 1))
            .then(|| (piece + 2..=longest).rev().find(|after| evidence.is_unit(of(piece..*after))))
            .flatten();
        if let Some(after) = unit {
            within_unit[piece..after - 1].fill(true);
        }
        piece = unit.unwrap_or(piece + 1);
    }
    let known: Vec<bool> = (0..count).map(|piece| evidence.is_known(of(piece..piece + 1))).collect();

    // The lists first: what stands between their separators may be several pieces.
    let separates =
        |at: usize| found[at].kind.is_list() && !within_unit[at] && evidence.use_of(found[at].kind) != Use::Name;
    let separators: Vec<usize> = (0..found.len()).filter(|at| separates(*at)).collect();
    let segment = |number: usize| {
        let first = number.checked_sub(1).map_or(0, |before| separators[before] + 1);
        first..separators.get(number).map_or(count, |after| after + 1)
    };
    let is_known = |number: usize| {
        let pieces = segment(number);
        evidence.is_known(of(pieces.clone())) || known[pieces].contains(&true)
    };
    let nobody = !known.contains(&true) && separators.len() < found.len();
    for (number, at) in separators.iter().enumerate() {
        let right = of(segment(number + 1));
        let is_part = is_suffix(right)
            || (["the ", "el ", "and "].iter().any(|word| right.starts_with(word)) && !evidence.is_known(right));
        cuts[*at] = !is_part
            && match evidence.use_of(found[*at].kind) {
                Use::Name => false,
                Use::OneKnown => is_known(number) || is_known(number + 1),
                // `A, B & C` of whom nobody is known is a name.
                Use::Always => !nobody,
            };
    }
    for (at, connector) in
        found.iter().enumerate().filter(|(at, connector)| !connector.kind.is_list() && !within_unit[*at])
    {
        let right = of(at + 1..at + 2);
        if evidence.use_of(connector.kind) != Use::Name && !is_band(right) {
            cuts[at] = known[at] || known[at + 1];
        }
    }
}

/// What stands behind `&` in the name of a singer and a band.
fn is_band(right: &str) -> bool {
    const BEFORE_BANDS: [&str; 6] = ["the", "his", "her", "their", "los", "las"];
    let first = right.split_whitespace().next().unwrap_or_default();
    BEFORE_BANDS.iter().any(|word| first.eq_ignore_ascii_case(word))
}
