//! Names without end, none of them twice: patterns of words, each gone through in a scattered order.

use super::{rng::Rng, words::*};

/// A part of a pattern.
pub(crate) enum Symbol {
    Text(&'static str),
    Word(&'static [&'static str]),
}

use Symbol::{Text, Word};

/// How often a pattern should be used, in a thousand, and what it is made of.
type Pattern = (u64, &'static [Symbol]);

/// Titles of songs. The last is the one with the most room.
pub(crate) const TITLES: &[Pattern] = &[
    (165, &[Word(ADJECTIVES), Text(" "), Word(NOUNS)]),
    (50, &[Word(VERBS), Text(" the "), Word(NOUNS)]),
    (80, &[Word(NOUNS), Text(" of "), Word(PLACES)]),
    (70, &[Word(NOUNS), Text(" in the "), Word(NOUNS)]),
    (50, &[Word(VERBS), Text(" Me in "), Word(PLACES)]),
    (40, &[Word(VERBS), Text(" Me, "), Word(FIRST_NAMES)]),
    (30, &[Word(FIRST_NAMES), Text("'s "), Word(NOUNS)]),
    (10, &[Text("Say \""), Word(NOUNS), Text("\" to "), Word(FIRST_NAMES)]),
    (10, &[Text("\""), Word(ADJECTIVES), Text(" "), Word(NOUNS), Text("\"")]),
    (70, &[Word(FOREIGN), Text(" "), Word(NOUNS)]),
    (65, &[Word(FOREIGN), Text(" ("), Word(ADJECTIVES), Text(" "), Word(NOUNS), Text(")")]),
    (60, &[Text("The "), Word(ADJECTIVES), Text(" "), Word(NOUNS), Text(" of "), Word(PLACES)]),
    (60, &[Word(VERBS), Text(" My "), Word(ADJECTIVES), Text(" "), Word(NOUNS)]),
    (40, &[Word(ADJECTIVES), Text(", "), Word(ADJECTIVES), Text(" "), Word(NOUNS)]),
    (40, &[Text("Don't "), Word(VERBS), Text(" the "), Word(NOUNS), Text(" in "), Word(PLACES)]),
    (40, &[Text("When "), Word(FIRST_NAMES), Text(" Sees the "), Word(ADJECTIVES), Text(" "), Word(NOUNS)]),
    (30, &[Word(NOUNS), Text("/"), Word(NOUNS), Text(" in "), Word(PLACES)]),
    (90, &[Word(ADJECTIVES), Text(" "), Word(NOUNS), Text(" ("), Word(VERBS), Text(" the "), Word(NOUNS), Text(")")]),
];

/// Names of artists, each with a made-up word in it, so that nobody real is among them. The last is the one with the most room.
pub(crate) const ARTISTS: &[Pattern] = &[
    (450, &[Word(FIRST_NAMES), Text(" "), Word(SURNAMES)]),
    (150, &[Text("The "), Word(ADJECTIVES), Text(" "), Word(SURNAMES), Text("s")]),
    (100, &[Word(SURNAMES), Text(" & "), Word(SURNAMES)]),
    (100, &[Word(ADJECTIVES), Text(" "), Word(NOUNS), Text(" "), Word(SURNAMES)]),
    (50, &[Text("DJ "), Word(SYLLABLES), Word(SYLLABLES), Word(SYLLABLES)]),
    (50, &[Word(SYLLABLES), Word(SYLLABLES), Word(SYLLABLES), Word(SYLLABLES)]),
    (80, &[Word(FIRST_NAMES), Text(" "), Word(SURNAMES), Text("-"), Word(SURNAMES)]),
    (20, &[Word(FIRST_NAMES), Text(" "), Word(SURNAMES), Text(" & the "), Word(ADJECTIVES), Text(" "), Word(NOUNS)]),
];

/// Names out of patterns, each given at most once. Memory does not grow with their number.
pub(crate) struct Grammar {
    patterns: Vec<Walk>,
}

/// A walk through all that a pattern can say.
struct Walk {
    /// Used for draws below this one, out of a thousand.
    below: u64,
    symbols: &'static [Symbol],
    room: u64,
    used: u64,
    at: u64,
    step: u64,
}

impl Grammar {
    /// For about `expected` names: patterns with too little room for their share are used less, and the last more.
    pub(crate) fn new(patterns: &[Pattern], expected: u64, rng: &mut Rng) -> Self {
        let mut below = 0;
        let patterns = patterns
            .iter()
            .map(|&(wanted, symbols)| {
                let room: u64 = symbols
                    .iter()
                    .map(|symbol| match symbol {
                        Text(_) => 1,
                        Word(words) => words.len() as u64,
                    })
                    .product();
                below += wanted.min(room * 500 / expected.max(1));
                // The golden section of the room: neighbours in time are far apart in the pattern.
                let step = (room * 618 / 1000..).find(|&step| gcd(step, room) == 1).unwrap_or(1);
                Walk { below, symbols, room, used: 0, at: rng.below(room), step }
            })
            .collect();
        Grammar { patterns }
    }

    pub(crate) fn next(&mut self, rng: &mut Rng) -> String {
        let draw = rng.below(1000);
        let last = self.patterns.len() - 1;
        let chosen = self.patterns.iter().position(|walk| draw < walk.below && walk.used < walk.room).unwrap_or(last);
        let walk = &mut self.patterns[chosen];
        walk.used += 1;
        walk.at = (walk.at + walk.step) % walk.room;
        let mut rest = walk.at;
        let mut name = String::new();
        for symbol in walk.symbols {
            match symbol {
                Text(text) => name.push_str(text),
                Word(words) => {
                    let n = words.len() as u64;
                    // A remainder below the length is an index.
                    name.push_str(words[(rest % n) as usize]);
                    rest /= n;
                }
            }
        }
        capitalised(name)
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// With the first letter in upper case, for names made of syllables.
fn capitalised(mut name: String) -> String {
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_is_given_twice_however_many_are_asked_for() {
        for patterns in [TITLES, ARTISTS] {
            for n in [1_000, 200_000] {
                let mut rng = Rng::new(3);
                let mut grammar = Grammar::new(patterns, n, &mut rng);
                let names: HashSet<String> = (0..n).map(|_| grammar.next(&mut rng)).collect();
                assert_eq!(names.len() as u64, n);
            }
        }
    }

    #[test]
    fn last_pattern_has_room_for_all_that_may_be_asked_for() {
        let mut rng = Rng::new(4);
        let room = |patterns| Grammar::new(patterns, 1, &mut Rng::new(4)).patterns.last().map_or(0, |walk| walk.room);
        assert!(room(TITLES) > super::super::MAX_TRACKS);
        // Artists have five tracks on average.
        assert!(room(ARTISTS) > super::super::MAX_TRACKS / 5);
        assert_eq!(Grammar::new(TITLES, 1, &mut rng).patterns.last().map(|walk| walk.below), Some(1000));
    }
}
