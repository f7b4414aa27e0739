//! Words in their order, and which of them a prefix or an automaton means.

use std::ops::Range;

use fst::Automaton;

use crate::{column::StringColumn, invalid::Invalid, partition_point::partition_point};

/// Whether each word comes after the one before.
pub(super) fn check(words: &StringColumn) -> Result<(), Invalid> {
    match (1..words.len()).find(|word| words.get(*word - 1) >= words.get(*word)) {
        Some(word) => Err(Invalid::Order { what: format!("word {:?}", words.get(word)).into() }),
        None => Ok(()),
    }
}

/// The number of a word.
pub(super) fn find(words: &StringColumn, wanted: &str) -> Option<u32> {
    let place = partition_point(0..words.len(), |word| words.get(word) < wanted);
    (place < words.len() && words.get(place) == wanted).then_some(place as u32)
}

/// The words that begin with `prefix`.
pub(super) fn prefix_range(words: &StringColumn, prefix: &str) -> Range<u32> {
    let start = partition_point(0..words.len(), |word| words.get(word) < prefix);
    start as u32..prefix_end(words, start, prefix.as_bytes()) as u32
}

/// Where the words end that begin with `prefix`, of which `start` is the first.
fn prefix_end(words: &StringColumn, start: usize, prefix: &[u8]) -> usize {
    let begins = |word: usize| words.get(word).as_bytes().starts_with(prefix);
    // The end is mostly near: looked for in steps that double.
    let mut step = 1;
    while start + step < words.len() && begins(start + step) {
        step *= 2;
    }
    partition_point(start + step / 2..words.len().min(start + step), begins)
}

/// The words that an automaton accepts, ascending. Of words that begin alike, what they share is run through it once, and where it
/// can accept nothing any more, the words that begin so are passed over: as if they were the paths of a trie.
pub(super) fn accepted(words: &StringColumn, automaton: impl Automaton) -> Vec<u32> {
    let mut accepted = Vec::new();
    // The bytes that were run through it, and its state before the first and after each of them.
    let mut path: Vec<u8> = Vec::new();
    let mut states = vec![automaton.start()];
    let mut place = 0;
    while place < words.len() {
        let word = words.get(place).as_bytes();
        let shared = path.iter().zip(word).take_while(|(a, b)| a == b).count();
        path.truncate(shared);
        states.truncate(shared + 1);
        let decided = word[shared..].iter().find_map(|byte| {
            let state = automaton.accept(states.last()?, *byte);
            let decided = match () {
                () if !automaton.can_match(&state) => Some(false),
                () if automaton.will_always_match(&state) => Some(true),
                () => None,
            };
            path.push(*byte);
            states.push(state);
            decided
        });
        match decided {
            Some(all) => {
                let end = prefix_end(words, place, &path);
                if all {
                    accepted.extend(place as u32..end as u32);
                }
                place = end;
            }
            None => {
                if states.last().is_some_and(|state| automaton.is_match(state)) {
                    accepted.push(place as u32);
                }
                place += 1;
            }
        }
    }
    accepted
}

#[cfg(test)]
mod tests {
    use fst::automaton::Levenshtein;
    use proptest::prelude::*;

    use super::*;

    fn sorted(words: std::collections::BTreeSet<String>) -> StringColumn {
        words.into_iter().collect()
    }

    /// Edits by characters that make one word of another, by the textbook's table (Wagner and Fischer 1974).
    fn levenshtein(a: &str, b: &str) -> usize {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, a) in a.chars().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for j in 0..b.len() {
                let substituted = diagonal + usize::from(a != b[j]);
                diagonal = row[j + 1];
                row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn words_are_found_by_themselves_their_prefixes_and_with_typos(
            words in prop::collection::btree_set("[abé]{1,6}", 1..60),
            typed in "[abé]{0,6}",
            typos in 0_u32..3,
        ) {
            let words = sorted(words);
            prop_assert!(check(&words).is_ok());
            let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<u32> {
                (0..words.len() as u32).filter(|word| wanted(words.get(*word as usize))).collect()
            };
            prop_assert_eq!(find(&words, &typed).into_iter().collect::<Vec<_>>(), of(&|word| word == typed));
            prop_assert_eq!(prefix_range(&words, &typed).collect::<Vec<_>>(), of(&|word| word.starts_with(&typed)));
            let automaton = Levenshtein::new(&typed, typos).unwrap();
            prop_assert_eq!(
                accepted(&words, &automaton),
                of(&|word| levenshtein(word, &typed) <= typos as usize)
            );
            let begun = |word: &str| {
                word.char_indices().map(|(end, _)| end).chain([word.len()]).any(|end| {
                    levenshtein(&word[..end], &typed) <= typos as usize
                })
            };
            prop_assert_eq!(accepted(&words, (&automaton).starts_with()), of(&begun));
        }
    }

    #[test]
    fn words_out_of_order_are_refused() {
        for words in [["b", "a"], ["a", "a"]] {
            assert!(check(&words.into_iter().collect()).is_err());
        }
    }
}
