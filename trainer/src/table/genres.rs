//! Which genres a genre cell names: what is shown is a list with `, ` between them.
//!
//! A list as a program prints it, `;`, `,`, `|` and ` / ` always separate genres. `/`, `&` and `and` stand within genres too (`r&b`,
//! `drum and bass`): each of them separates those that stand alone in other cells, if half of the different cells that have it are of
//! such. What says that there is no genre, such as `[]`, `nan` and `-`, is nothing.

use std::collections::HashSet;

use recommender::{
    column::{DictColumn, StringColumn},
    text::normalize,
};

use super::list_cell;

/// What tables write where they know no genre, [`normalize`]d.
const NOTHING: [&str; 13] =
    ["unknown", "na", "n/a", "nan", "none", "null", "-", "--", "?", "\\n", "<na>", "undefined", "no genre"];
/// What may join two genres or be part of one.
const JOINING: [&str; 3] = ["/", "&", " and "];
/// It joins genres if so many of the different cells that have it are of known ones.
const JOINING_SHARE: f64 = 0.5;
/// The most genres of one cell; a longer one has no more.
const MAX_GENRES: usize = 255;

/// The cells of a column with `, ` between their genres, each once. Nothing where they are 4 GiB or longer.
pub(super) fn listed(cells: DictColumn) -> Option<DictColumn> {
    let mut known: HashSet<String> = HashSet::new();
    for cell in cells.dictionary().iter() {
        let alone = certain(cell).into_iter().filter(|genre| !JOINING.iter().any(|joining| genre.contains(joining)));
        known.extend(alone.map(|genre| normalize(&genre)));
    }
    let are_known = |genre: &str, joining: &str| genre.split(joining).all(|part| known.contains(&normalize(part)));
    let joins = JOINING.map(|joining| {
        let (mut has, mut joins) = (0_usize, 0_usize);
        for genre in cells.dictionary().iter().flat_map(certain).filter(|genre| genre.contains(joining)) {
            has += 1;
            joins += usize::from(are_known(&genre, joining));
        }
        has > 0 && joins as f64 >= JOINING_SHARE * has as f64
    });
    let mut listed = StringColumn::default();
    for cell in cells.dictionary().iter() {
        let mut genres: Vec<String> = Vec::new();
        for genre in certain(cell) {
            let joining = JOINING
                .iter()
                .zip(joins)
                .find(|(joining, joins)| *joins && genre.contains(*joining) && are_known(&genre, joining));
            match joining {
                Some((joining, _)) => genres.extend(genre.split(joining).map(|part| part.trim().to_owned())),
                None => genres.push(genre),
            }
        }
        let mut named: HashSet<String> = HashSet::new();
        genres.retain(|genre| named.len() < MAX_GENRES && named.insert(normalize(genre)));
        if !listed.push(&genres.join(", ")) {
            return None;
        }
    }
    Some(if listed == *cells.dictionary() { cells } else { cells.with_words(listed.into()) })
}

/// The genres of a cell, taken apart where every table means it so; nothing is none.
fn certain(cell: &str) -> Vec<String> {
    let members = list_cell::members(cell).unwrap_or_else(|| vec![cell.to_owned()]);
    let parts = members.iter().flat_map(|member| member.split([';', ',', '|']));
    let parts = parts.flat_map(|part| part.split(" / ")).map(str::trim);
    parts.filter(|part| !part.is_empty() && !NOTHING.contains(&normalize(part).as_str())).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(cells: &[&str]) -> Vec<String> {
        let column: DictColumn = cells.iter().collect();
        listed(column).expect("room").iter().map(str::to_owned).collect()
    }

    #[test]
    fn lists_are_written_with_commas() {
        let cells = ["['pop', 'dance pop']", "rock;pop", "Rock,Pop", "rock | pop", "rock / pop", "pop, pop", "hip hop"];
        let expected = ["pop, dance pop", "rock, pop", "Rock, Pop", "rock, pop", "rock, pop", "pop", "hip hop"];
        assert_eq!(all(&cells), expected);
    }

    #[test]
    fn what_says_that_there_is_none_is_nothing() {
        for cell in ["[]", "set()", "nan", "None", "-", r"\N", "", "['']", "NA, NA", "Unknown", "{}"] {
            assert_eq!(all(&[cell, "pop"]), ["", "pop"], "{cell}");
        }
    }

    #[test]
    fn what_is_within_genres_separates_where_both_sides_are_genres() {
        assert_eq!(all(&["rock/pop", "rock", "pop", "AC/DC covers"])[0], "rock, pop");
        let whole = ["r&b", "singer-songwriter", "rock/pop", "Drum & Bass", "drum and bass", "bass"];
        assert_eq!(all(&whole), whole);
        assert_eq!(all(&["Rock & Pop", "Rock", "Pop"])[0], "Rock, Pop");
    }
}
