//! Words in their order, and which of them a word or a prefix means.

use std::ops::Range;

use crate::{column::StringColumn, invalid::Invalid, partition_point::partition_point};

/// How many bytes each word begins with that the word before it begins with, 255 if there are more.
///
/// # Errors
///
/// Where a word does not come after the one before.
pub(super) fn shared(words: &StringColumn) -> Result<Vec<u8>, Invalid> {
    let shared = |place: usize| {
        let before = place.checked_sub(1).map_or("", |before| words.get(before)).as_bytes();
        let word = words.get(place).as_bytes();
        let shared = before.iter().zip(word).take_while(|(a, b)| a == b).count();
        if place > 0 && before.get(shared) >= word.get(shared) {
            return Err(Invalid::Order { what: format!("word {:?}", words.get(place)).into() });
        }
        Ok(shared.min(u8::MAX.into()) as u8)
    };
    (0..words.len()).map(shared).collect()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_found_by_themselves_and_by_their_prefixes(
            words in prop::collection::btree_set("[abé]{1,6}", 1..60),
            typed in "[abé]{0,6}",
        ) {
            let words: StringColumn = words.into_iter().collect();
            let shared = shared(&words).expect("in order");
            for (place, shared) in shared.iter().enumerate().skip(1) {
                let (before, word) = (words.get(place - 1), words.get(place));
                let length = usize::from(*shared);
                prop_assert_eq!(&before.as_bytes()[..length], &word.as_bytes()[..length]);
                prop_assert_ne!(before.as_bytes().get(length), word.as_bytes().get(length));
            }
            let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<u32> {
                (0..words.len() as u32).filter(|word| wanted(words.get(*word as usize))).collect()
            };
            prop_assert_eq!(find(&words, &typed).into_iter().collect::<Vec<_>>(), of(&|word| word == typed));
            prop_assert_eq!(prefix_range(&words, &typed).collect::<Vec<_>>(), of(&|word| word.starts_with(&typed)));
        }
    }

    #[test]
    fn words_out_of_order_are_refused() {
        for words in [["b", "a"], ["a", "a"]] {
            assert!(shared(&words.into_iter().collect()).is_err());
        }
    }
}
