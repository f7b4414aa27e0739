//! The words that one word is with a typo or two.
//!
//! Words stand in their order, so that those which begin alike are walked like a path of a trie: for each character of the path one row
//! of the table of edits (Wagner and Fischer 1974; two characters that have changed places are one typo, optimal string alignment), of
//! which only the cells count that are within so many typos of its diagonal. A path that has too many typos is left, and with it all
//! words that begin so.

use crate::column::StringColumn;

/// The most typos that are looked for.
pub(super) const MAX_TYPOS: usize = 2;
/// Cells of a row: so many typos to either side of the diagonal.
const CELLS: usize = 2 * MAX_TYPOS + 1;
/// More typos than are ever looked for.
const MANY: u8 = u8::MAX / 2;

/// How many typos make the first characters of a path of the first `at + cell - MAX_TYPOS` characters that were typed.
#[derive(Clone, Copy)]
struct Row([u8; CELLS]);

impl Row {
    /// Of the empty path.
    fn first(typed: &[char]) -> Self {
        Self(std::array::from_fn(|cell| match cell.checked_sub(MAX_TYPOS) {
            Some(typos) if typos <= typed.len() => typos as u8,
            _ => MANY,
        }))
    }

    /// Of a path that is longer by its last character; `before` is the row of the path without two.
    fn next(&self, typed: &[char], path: &[char], before: Option<&Self>) -> Self {
        let at = path.len();
        let mut row = Self([MANY; CELLS]);
        for cell in 0..CELLS {
            let Some(length) = (at + cell).checked_sub(MAX_TYPOS).filter(|length| *length <= typed.len()) else {
                continue;
            };
            let missing = self.0.get(cell + 1).map_or(MANY, |typos| typos + 1);
            let mut least = missing;
            if length > 0 {
                let is_same = typed[length - 1] == path[at - 1];
                let added = if cell > 0 { row.0[cell - 1] + 1 } else { MANY };
                least = least.min(self.0[cell] + u8::from(!is_same)).min(added);
                if let (Some(before), true) = (before, length > 1)
                    && typed[length - 1] == path[at - 2]
                    && typed[length - 2] == path[at - 1]
                {
                    least = least.min(before.0[cell] + 1);
                }
            }
            row.0[cell] = least.min(MANY);
        }
        row
    }

    /// How many typos make a path of so many characters of all that was typed.
    fn whole(&self, at: usize, typed: &[char]) -> u8 {
        (typed.len() + MAX_TYPOS).checked_sub(at).and_then(|cell| self.0.get(cell)).copied().unwrap_or(MANY)
    }

    fn least(&self) -> u8 {
        self.0.into_iter().min().unwrap_or(MANY)
    }
}

/// The words that are `typed` with at most so many typos, ascending; with `begun` those that begin so. `shared` is how many bytes of
/// each word are the beginning of the word before.
pub(super) fn near(words: &StringColumn, shared: &[u8], typed: &[char], typos: u8, begun: bool) -> Vec<u32> {
    let mut near = Vec::new();
    // The path, where each of its characters ends, and the rows before the first and after each of them.
    let (mut path, mut ends): (Vec<char>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut rows = vec![Row::first(typed)];
    let mut place = 0;
    while place < words.len() {
        let kept = ends.partition_point(|end| *end <= usize::from(shared[place]));
        path.truncate(kept);
        ends.truncate(kept);
        rows.truncate(kept + 1);
        // What is decided of all words that begin as the path does.
        let mut decided = None;
        let mut end = ends.last().copied().unwrap_or(0);
        for c in words.get(place)[end..].chars() {
            let at = path.len();
            if begun && rows[at].whole(at, typed) <= typos {
                decided = Some(true);
                break;
            }
            end += c.len_utf8();
            path.push(c);
            ends.push(end);
            let row = rows[at].next(typed, &path, at.checked_sub(1).map(|before| &rows[before]));
            rows.push(row);
            if row.least() > typos {
                decided = Some(false);
                break;
            }
        }
        let next = match decided {
            // A path that is not left has a few characters more than were typed, less than `shared` can count.
            Some(_) => shared[place + 1..].iter().position(|shared| usize::from(*shared) < end),
            None => Some(0),
        };
        let next = next.map_or(words.len(), |skipped| place + 1 + skipped);
        if decided.unwrap_or(rows[path.len()].whole(path.len(), typed) <= typos) {
            near.extend(place as u32..next as u32);
        }
        place = next;
    }
    near
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text_search::words::shared;

    proptest! {
        #[test]
        fn words_are_found_with_typos(
            words in prop::collection::btree_set("[abé]{1,7}", 1..80),
            typed in "[abé]{0,7}",
            typos in 0_u8..=MAX_TYPOS as u8,
        ) {
            let words: StringColumn = words.into_iter().collect();
            let shared = shared(&words).expect("in order");
            let near = |begun| near(&words, &shared, &typed.chars().collect::<Vec<_>>(), typos, begun);
            let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<u32> {
                (0..words.len() as u32).filter(|word| wanted(words.get(*word as usize))).collect()
            };
            let is_near = |word: &str| strsim::osa_distance(word, &typed) <= typos.into();
            prop_assert_eq!(near(false), of(&is_near));
            let begun = |word: &str| {
                word.char_indices().map(|(end, _)| end).chain([word.len()]).any(|end| is_near(&word[..end]))
            };
            prop_assert_eq!(near(true), of(&begun));
        }
    }
}
