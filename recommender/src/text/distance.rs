//! How many typos are between two texts.

/// The longest text that is compared, in characters: nobody types a longer title.
const MAX_CHARS: usize = 256;

/// Whether one text becomes the other by at most so many typos: a character too many, missing, another, or two that have changed
/// places (optimal string alignment, Damerau 1964).
pub fn is_near(a: &str, b: &str, typos: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > typos || a.len().max(b.len()) > MAX_CHARS {
        return false;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        if row.iter().all(|edits| *edits > typos) {
            return false;
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()] <= typos
}

/// How many typos a text of so many characters may have: none below 4, one below 8, two from there on.
pub fn allowed_typos(chars: usize) -> usize {
    match chars {
        ..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_counted() {
        for (a, b, typos) in [
            ("", "", 0),
            ("spirit", "spirt", 1),
            ("spirit", "spirti", 1),
            ("spirit", "sprit", 1),
            ("spirit", "spirot", 1),
            ("preguntó", "pregonto", 2),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
        ] {
            assert!(is_near(a, b, typos) && is_near(b, a, typos), "{a} {b}");
            assert!(typos == 0 || !is_near(a, b, typos - 1), "{a} {b}");
        }
        assert!(!is_near("", "abc", 2) && !is_near(&"a".repeat(300), &"a".repeat(300), 0));
        assert_eq!([3, 4, 7, 8].map(allowed_typos), [0, 1, 1, 2]);
    }
}
