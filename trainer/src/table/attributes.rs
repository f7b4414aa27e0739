//! Key, mode and time signature: attributes that are kept beside the features.

/// What a cell says of a track's key: pitch class and mode, each where it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Key {
    /// Pitch class, 0 (C) to 11 (B).
    pub(crate) pitch: Option<u8>,
    /// 0 minor, 1 major.
    pub(crate) mode: Option<u8>,
}

/// Spotify's number of a pitch class (`0`, `11.0`), a name of a key (`C#`, `Db`, `A minor`, `F Maj`, `Am`, `C♯/D♭`, `Fis-Moll`), or
/// its place on the Camelot wheel (`8A`). Nothing where it is none, such as Spotify's -1.
pub(crate) fn key(cell: &str) -> Key {
    if let Some(number) = digits(cell) {
        return Key { pitch: Some(number).filter(|&pitch| pitch < 12), mode: None };
    }
    // Where a cell has two names, both are of one key.
    let name = cell.split('/').next().unwrap_or_default().trim();
    if let Some(number) = whole(name) {
        return Key { pitch: u8::try_from(number).ok().filter(|&pitch| pitch < 12), mode: None };
    }
    camelot(name).or_else(|| named(name)).unwrap_or_default()
}

/// `8B` is C major, and each step clockwise is a fifth up; `8A` is A minor.
fn camelot(name: &str) -> Option<Key> {
    let (number, letter) = name.split_at_checked(name.len().checked_sub(1)?)?;
    let (tonic, mode) = match letter {
        "A" | "a" => (9, 0),
        "B" | "b" => (0, 1),
        _ => return None,
    };
    let number: u8 = number.parse().ok().filter(|number| (1..=12).contains(number))?;
    // Four more than the steps from 8 on, less a whole turn: never negative.
    Some(Key { pitch: Some((tonic + (number + 4) * 7) % 12), mode: Some(mode) })
}

fn named(name: &str) -> Option<Key> {
    let mut rest = name.chars();
    let natural = match rest.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' | 'H' => 11,
        _ => return None,
    };
    let rest = rest.as_str().trim_start_matches([' ', '_', '-']);
    // The German H is B, `is` raises a note, and `es` or `s` lowers one.
    let signs =
        [("#", 1), ("♯", 1), ("sharp", 1), ("b", 11), ("♭", 11), ("flat", 11), ("is", 1), ("es", 11), ("s", 11)];
    let (steps, rest) =
        signs.iter().find_map(|(sign, steps)| Some((*steps, rest.strip_prefix(*sign)?))).unwrap_or((0, rest));
    let rest = rest.trim_start_matches([' ', '_', '-', ':']);
    let mode = match rest {
        "" => None,
        // Case tells these two apart.
        "m" => Some(0),
        "M" => Some(1),
        rest => Some(mode(rest)?),
    };
    // And the German B is B flat.
    let is_german = ["dur", "moll"].iter().any(|word| word.eq_ignore_ascii_case(rest));
    let steps = if is_german && steps == 0 && name.starts_with(['B', 'b']) { 11 } else { steps };
    Some(Key { pitch: Some((natural + steps) % 12), mode })
}

/// 0 minor, 1 major: Spotify's numbers, or their names.
pub(crate) fn mode(cell: &str) -> Option<u8> {
    if let [digit @ (b'0' | b'1')] = cell.as_bytes() {
        return Some(digit - b'0');
    }
    const MAJOR: [&str; 7] = ["1", "1.0", "major", "maj", "dur", "mayor", "majeur"];
    const MINOR: [&str; 7] = ["0", "0.0", "minor", "min", "moll", "menor", "mineur"];
    let is_one_of = |names: [&str; 7]| names.iter().any(|name| name.eq_ignore_ascii_case(cell));
    if is_one_of(MAJOR) {
        Some(1)
    } else if is_one_of(MINOR) {
        Some(0)
    } else {
        None
    }
}

/// Beats in a bar: Spotify's number (`4`), or the upper one of `6/8`. 1 to 7.
pub(crate) fn time_signature(cell: &str) -> Option<u8> {
    if let Some(beats) = digits(cell) {
        return Some(beats).filter(|beats| (1..=7).contains(beats));
    }
    let beats = cell.split('/').next().unwrap_or_default().trim();
    whole(beats).and_then(|beats| u8::try_from(beats).ok()).filter(|beats| (1..=7).contains(beats))
}

/// A number of one or two digits: what most cells are.
#[inline]
fn digits(cell: &str) -> Option<u8> {
    match cell.as_bytes() {
        [ones @ b'0'..=b'9'] => Some(ones - b'0'),
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + ones - b'0'),
        _ => None,
    }
}

/// A whole number, as `4` or `4.0`.
fn whole(cell: &str) -> Option<i32> {
    cell.strip_suffix(".0").unwrap_or(cell).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cell: &str) -> (Option<u8>, Option<u8>) {
        let key = key(cell);
        (key.pitch, key.mode)
    }

    #[test]
    fn key_is_a_number_a_name_or_a_place_on_the_camelot_wheel() {
        for (cell, pitch, mode) in [
            ("0", 0, None),
            ("11.0", 11, None),
            ("C#", 1, None),
            ("Db", 1, None),
            ("C♯/D♭", 1, None),
            ("Cb", 11, None),
            ("b", 11, None),
            ("Bb", 10, None),
            ("B#", 0, None),
            ("A minor", 9, Some(0)),
            ("Am", 9, Some(0)),
            ("F Maj", 5, Some(1)),
            ("F#m", 6, Some(0)),
            ("AM", 9, Some(1)),
            ("C# Major", 1, Some(1)),
            ("e-moll", 4, Some(0)),
            ("H-Moll", 11, Some(0)),
            ("h", 11, None),
            ("B-Dur", 10, Some(1)),
            ("b-moll", 10, Some(0)),
            ("Bb-Dur", 10, Some(1)),
            ("B major", 11, Some(1)),
            ("Fis-Dur", 6, Some(1)),
            ("cis-Moll", 1, Some(0)),
            ("Es-Dur", 3, Some(1)),
            ("As", 8, None),
            ("Des-Dur", 1, Some(1)),
            ("Ges", 6, None),
            ("G sharp min", 8, Some(0)),
            ("8B", 0, Some(1)),
            ("8A", 9, Some(0)),
            ("1B", 11, Some(1)),
            ("1A", 8, Some(0)),
            ("12A", 1, Some(0)),
            ("12b", 4, Some(1)),
        ] {
            assert_eq!(of(cell), (Some(pitch), mode), "{cell}");
        }
        for cell in ["", "-1", "12", "1.5", "H2", "13A", "0B", "A lot", "major", "é", "C##"] {
            assert_eq!(of(cell), (None, None), "{cell}");
        }
    }

    #[test]
    fn mode_is_minor_or_major() {
        assert!(["1", "1.0", "Major", "maj", "Dur"].iter().all(|cell| mode(cell) == Some(1)));
        assert!(["0", "0.0", "Minor", "MIN", "moll"].iter().all(|cell| mode(cell) == Some(0)));
        assert!(["", "2", "dorian"].iter().all(|cell| mode(cell).is_none()));
    }

    #[test]
    fn time_signature_is_the_beats_of_a_bar() {
        for (cell, beats) in [("4", Some(4)), ("3.0", Some(3)), ("6/8", Some(6)), ("4/4", Some(4))] {
            assert_eq!(time_signature(cell), beats, "{cell}");
        }
        for cell in ["", "0", "8", "12/8", "-4", "four", "4.5", "/4"] {
            assert_eq!(time_signature(cell), None, "{cell}");
        }
    }
}
