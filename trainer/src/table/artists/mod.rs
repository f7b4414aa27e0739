//! Which artists an artist cell names, by the evidence of the whole column.
//!
//! Tables write several artists in one cell in many ways, and all of these stand within names too: `Tyler, The Creator`, `Earth, Wind &
//! Fire`, `AC/DC`, `Florence + The Machine`. The rule, in its order:
//!
//! 1. **A list as a program prints it** ([`list_cell`](super::list_cell)) and `;` always separate artists. What stands in such a list is
//!    the name of one artist, whatever is in it: other cells of the same text are not taken apart.
//! 2. **`feat.`, `ft.`, `featuring` and `(with …)`** always separate artists.
//! 3. **`,`, `|` and ` / `** separate all artists of a column in which they are in a quarter of the different cells: that many names do
//!    not have one. A comma with and one without white space after it are two separators, of which the rarer one is taken for part
//!    of names (`Tyler, The Creator,Guest 2`) unless it is a third as frequent as the other.
//! 4. **Otherwise, and for `&`, `and`, `x`, `+`, `vs`, `con`, `with`**, the column must show that they join artists: in a quarter of the
//!    different cells that have one (half, for the words), both sides are known. Known is who stands alone in a cell, in a list, beside
//!    `feat.`, or beside two different others. If they do, they separate artists wherever one side is known; but not before `The` or
//!    `his` (`Prince & The Revolution`). Where the column has lists of its own (1 and 3), `&` and the words are part of
//!    names.
//! 5. **A unit stays whole**: a name of 1, and the [famous names](FAMOUS) that have separators in them. `A, B & C` of which nobody is
//!    known is one name, and so is what ends in `Jr.`.
//!
//! What is shown is the cell as a person would write it: `Justine Skye, Tyga` for `Justine Skye;Tyga`, `['Justine Skye', 'Tyga']` and
//! `Justine Skye|Tyga`; `Lead feat. Guest` stays. Each pass takes time in proportion to the text of the different cells, and no cell names
//! more than [`MAX_ARTISTS`]: a longer one is one name.

mod column;
mod connectors;
mod credit;
#[cfg(test)]
mod tests;

use std::ops::Range;

use recommender::{
    catalog::credits::Credits,
    column::{DictColumn, StringColumn},
};

use self::{
    column::Evidence,
    credit::{Credit, credit},
};

/// The most artists of one cell.
const MAX_ARTISTS: usize = 255;

/// Names that have a separator in them, of artists whom tables often have.
const FAMOUS: [&str; 30] = [
    "Tyler, The Creator",
    "Earth, Wind & Fire",
    "Earth, Wind and Fire",
    "Crosby, Stills & Nash",
    "Crosby, Stills, Nash & Young",
    "Emerson, Lake & Palmer",
    "Blood, Sweat & Tears",
    "Peter, Paul & Mary",
    "Peter, Paul and Mary",
    "Kool & The Gang",
    "Simon & Garfunkel",
    "Hall & Oates",
    "Daryl Hall & John Oates",
    "Sonny & Cher",
    "Ike & Tina Turner",
    "Brooks & Dunn",
    "Macklemore & Ryan Lewis",
    "Mumford & Sons",
    "Above & Beyond",
    "Angus & Julia Stone",
    "Chase & Status",
    "Years & Years",
    "Iron & Wine",
    "Dimitri Vegas & Like Mike",
    "Zion & Lennox",
    "Wisin & Yandel",
    "Dan + Shay",
    "Florence + The Machine",
    "nothing,nowhere.",
    "MC 900 Ft. Jesus",
];

/// Whether a cell names nobody: a list without a member, or separators alone.
pub(super) fn is_nobody(cell: &str) -> bool {
    cell.bytes().all(|byte| matches!(byte, b';' | b' '))
        || super::list_cell::members(cell).is_some_and(|members| members.is_empty())
}

/// The cells of a column as a person would write them, and the artists that each names.
///
/// Nothing where the cells, so written, are 4 GiB or longer.
pub(super) fn credited(cells: DictColumn) -> Option<(DictColumn, Credits)> {
    let evidence = Evidence::of(cells.dictionary());
    let mut shown = StringColumn::default();
    let mut ranges: Vec<Vec<Range<u32>>> = Vec::with_capacity(cells.dictionary().len());
    for cell in cells.dictionary().iter() {
        let Credit { text, artists } = credit(cell, &evidence);
        if !shown.push(&text) {
            return None;
        }
        ranges.push(artists);
    }
    drop(evidence);
    if shown == *cells.dictionary() {
        let credits = Credits::new(ranges.iter().map(Vec::as_slice));
        return Some((cells, credits));
    }
    let shown = DictColumn::from(shown);
    // Cells that are shown alike are one: of several readings the one that tells most artists apart.
    let mut merged: Vec<&[Range<u32>]> = vec![&[]; shown.dictionary().len()];
    for (cell, ranges) in ranges.iter().enumerate() {
        let merged = &mut merged[shown.code(cell) as usize];
        if ranges.len() > merged.len() {
            *merged = ranges;
        }
    }
    let credits = Credits::new(merged);
    Some((cells.with_words(shown), credits))
}

/// An artist cell outside of a column, for look-ups in a catalogue: the names of a list with `; ` between them, and otherwise the text as
/// it is shown where a comma without white space separates.
pub(super) fn asked(cell: &str) -> String {
    match super::list_cell::members(cell) {
        Some(members) => members.join("; "),
        None if cell.contains(',') => cell.split(',').map(str::trim).collect::<Vec<_>>().join(", "),
        None => cell.to_owned(),
    }
}
