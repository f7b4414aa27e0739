//! What a whole column says of its connectors: who stands alone, and what joins artists.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    hash::{DefaultHasher, Hash, Hasher},
};

use recommender::{column::StringColumn, text::normalize};

use super::{
    FAMOUS, MAX_ARTISTS,
    connectors::{self, Connector, Kind},
};
use crate::table::list_cell;

/// A list separator in this share of the different cells separates all artists.
const LIST_SHARE: f64 = 0.25;
/// Lists as programs print them, and `;`, in this share of the different cells are the column's way to name several.
const EXPLICIT_SHARE: f64 = 0.05;
/// A connector whose sides are both known in this share of the cells that have it joins artists.
const JOINING_SHARE: f64 = 0.25;
/// The same, of words that names often have.
const JOINING_WORD_SHARE: f64 = 0.5;
/// The rarer of two kinds of comma separates where it is this share of the other at least.
const RARER_COMMA_SHARE: f64 = 1.0 / 3.0;
/// Cells with more connectors say nothing of others: memory is bounded by what people write.
const MAX_EVIDENCE_CONNECTORS: usize = 16;
/// So many pieces beside others are told apart.
const MAX_NEIGHBORS: usize = 1 << 21;

/// What a connector of a kind does in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It is part of names.
    Name,
    /// It separates artists if one side is known.
    OneKnown,
    /// It separates artists.
    Always,
}

/// What a column says of its connectors.
pub(super) struct Evidence {
    /// Who stands alone, in a list or beside `feat.`.
    alone: HashSet<u64>,
    /// Who stands beside different others.
    beside: HashSet<u64>,
    /// Names with connectors in them that are one.
    units: HashSet<u64>,
    /// The first pieces of these.
    unit_starts: HashSet<u64>,
    uses: [Use; Kind::COUNT],
}

/// What is compared of a name.
pub(super) fn key(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    normalize(name).hash(&mut hasher);
    hasher.finish()
}

/// The pieces between connectors, of which there is one more.
pub(super) fn pieces<'a>(text: &'a str, connectors: &'a [Connector]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(connectors.iter().map(|connector| connector.at.end));
    let ends = connectors.iter().map(|connector| connector.at.start).chain([text.len()]);
    starts.zip(ends).map(|(start, end)| &text[start..end])
}

impl Evidence {
    /// What the different cells of a column say.
    pub(super) fn of(cells: &StringColumn) -> Self {
        let mut evidence = Self {
            alone: HashSet::new(),
            beside: HashSet::new(),
            units: HashSet::new(),
            unit_starts: HashSet::new(),
            uses: [Use::Name; Kind::COUNT],
        };
        FAMOUS.iter().for_each(|name| evidence.add_unit(name));
        let mut unclear: Vec<u32> = Vec::new();
        let mut explicit = 0_usize;
        let mut neighbors: HashMap<u64, u64> = HashMap::new();
        let mut found = Vec::new();
        for (code, cell) in (0..).zip(cells.iter()) {
            if let Some(members) = list_cell::members(cell) {
                explicit += usize::from(members.len() > 1);
                members.iter().take(MAX_ARTISTS).for_each(|member| evidence.add_sure(member));
                continue;
            }
            if !connectors::find(cell, MAX_EVIDENCE_CONNECTORS, &mut found) {
                unclear.push(code);
                continue;
            }
            if found.is_empty() {
                evidence.alone.insert(key(cell));
            } else if found.iter().any(|connector| connector.kind == Kind::Semicolon) {
                explicit += 1;
                cell.split(';').map(str::trim).filter(|name| !name.is_empty()).for_each(|name| evidence.add_sure(name));
            } else {
                evidence.add_unclear(cell, &found, &mut neighbors);
                unclear.push(code);
            }
        }
        drop(neighbors);
        evidence.decide(cells, &unclear, explicit);
        evidence
    }

    fn add_unit(&mut self, name: &str) {
        let mut found = Vec::new();
        if connectors::find(name, MAX_ARTISTS, &mut found) && !found.is_empty() {
            self.units.insert(key(name));
            self.unit_starts.extend(pieces(name, &found).next().map(key));
        }
    }

    /// A name that is one artist's, whatever is in it.
    fn add_sure(&mut self, name: &str) {
        self.alone.insert(key(name));
        self.add_unit(name);
    }

    /// The pieces of a cell that is no list: those between what is certain, and what each stands beside.
    fn add_unclear(&mut self, cell: &str, found: &[Connector], neighbors: &mut HashMap<u64, u64>) {
        let keys: Vec<u64> = pieces(cell, found).map(|piece| if piece.is_empty() { 0 } else { key(piece) }).collect();
        let certain = |at: usize| found.get(at).is_none_or(|connector| connector.kind.is_certain());
        for (at, piece) in keys.iter().enumerate().filter(|(_, piece)| **piece != 0) {
            let (left, right) = (at == 0 || certain(at - 1), certain(at));
            if left && right {
                self.alone.insert(*piece);
            }
            // One of each cell: in `A, B & C`, B is beside two others and may still be no artist.
            let other = match (left, right) {
                (false, _) => keys[at - 1],
                (true, false) => keys[at + 1],
                (true, true) => continue,
            };
            if keys[..at].contains(piece) {
                continue;
            }
            let full = neighbors.len() >= MAX_NEIGHBORS;
            match neighbors.entry(*piece) {
                Entry::Occupied(known) if *known.get() != other => _ = self.beside.insert(*piece),
                Entry::Vacant(place) if !full => _ = place.insert(other),
                _ => {}
            }
        }
    }

    /// Counts what each kind joins, and decides.
    fn decide(&mut self, cells: &StringColumn, unclear: &[u32], explicit: usize) {
        let (mut has, mut joins) = ([0_usize; Kind::COUNT], [0_usize; Kind::COUNT]);
        let mut found = Vec::new();
        for code in unclear {
            let cell = cells.get(*code as usize);
            let in_bounds = connectors::find(cell, MAX_EVIDENCE_CONNECTORS, &mut found);
            let (mut seen, mut joined) = ([false; Kind::COUNT], [false; Kind::COUNT]);
            let is_unit = self.is_unit(cell);
            let known: Vec<bool> =
                if in_bounds { pieces(cell, &found).map(|piece| self.is_known(piece)).collect() } else { Vec::new() };
            for (at, connector) in found.iter().enumerate().filter(|_| !is_unit) {
                let kind = connector.kind as usize;
                let right = cell[connector.at.end..].split(',').next().unwrap_or_default();
                if connector.kind == Kind::Comma && is_suffix(right) {
                    continue;
                }
                seen[kind] = true;
                joined[kind] |= in_bounds && known[at] && known[at + 1];
            }
            for kind in 0..Kind::COUNT {
                has[kind] += usize::from(seen[kind]);
                joins[kind] += usize::from(joined[kind]);
            }
        }
        let all = cells.len().max(1) as f64;
        let share = |kind: Kind| has[kind as usize] as f64 / all;
        let is_list = |kind: Kind| kind.is_list() && share(kind) >= LIST_SHARE;
        let has_lists = Kind::ALL.into_iter().any(is_list);
        let has_explicit = explicit as f64 / all >= EXPLICIT_SHARE;
        for kind in Kind::ALL {
            let joining = match kind {
                Kind::And | Kind::Con | Kind::With => JOINING_WORD_SHARE,
                _ => JOINING_SHARE,
            };
            let joins = has[kind as usize] > 0 && joins[kind as usize] as f64 >= joining * has[kind as usize] as f64;
            self.uses[kind as usize] = match kind {
                _ if kind.is_certain() || is_list(kind) => Use::Always,
                _ if !joins || has_lists => Use::Name,
                _ if has_explicit && !kind.is_list() => Use::Name,
                _ => Use::OneKnown,
            };
        }
        let commas = [share(Kind::TightComma), share(Kind::Comma)];
        for (kind, own, other) in [(Kind::TightComma, commas[0], commas[1]), (Kind::Comma, commas[1], commas[0])] {
            if own < other * RARER_COMMA_SHARE {
                self.uses[kind as usize] = Use::Name;
            }
        }
    }

    pub(super) fn use_of(&self, kind: Kind) -> Use {
        self.uses[kind as usize]
    }

    /// Whether a name is known to be an artist's.
    pub(super) fn is_known(&self, name: &str) -> bool {
        let key = key(name);
        self.alone.contains(&key) || self.beside.contains(&key)
    }

    /// Whether a text with connectors in it is one artist's name.
    pub(super) fn is_unit(&self, text: &str) -> bool {
        self.units.contains(&key(text))
    }

    /// Whether a unit may begin with this piece.
    pub(super) fn begins_unit(&self, piece: &str) -> bool {
        self.unit_starts.contains(&key(piece))
    }
}

/// What follows a comma and is part of the name before it.
pub(super) fn is_suffix(text: &str) -> bool {
    const SUFFIXES: [&str; 14] =
        ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "inc", "inc.", "ltd", "ltd.", "llc", "ph.d.", "m.d."];
    SUFFIXES.iter().any(|suffix| text.trim().eq_ignore_ascii_case(suffix))
}
