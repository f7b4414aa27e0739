//! Texts in their order.

use rayon::prelude::*;

/// The numbers of so many texts in the order of the texts' bytes; those of equal texts ascend.
pub(crate) fn in_order<'a>(count: usize, text: impl Fn(u32) -> &'a str + Sync) -> Vec<u32> {
    // Most texts differ in their first bytes: these are compared where they lie, and the texts seldom fetched.
    let mut keys: Vec<(u64, u32)> =
        (0..count as u32).into_par_iter().map(|number| (prefix(text(number)), number)).collect();
    keys.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))).then_with(|| a.1.cmp(&b.1)));
    keys.into_iter().map(|(_, number)| number).collect()
}

/// The first eight bytes as a number, zeros where there are fewer: never larger than that of a text that comes later.
fn prefix(text: &str) -> u64 {
    let mut first = [0; 8];
    first.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_in_the_order_of_their_bytes(texts in prop::collection::vec("[ab\\x00é]{0,10}", 0..60)) {
            let mut expected: Vec<u32> = (0..texts.len() as u32).collect();
            expected.sort_by_key(|number| &texts[*number as usize]);
            prop_assert_eq!(in_order(texts.len(), |number| &texts[number as usize]), expected);
        }
    }
}
