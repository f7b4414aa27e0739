//! Numbers as Spotify writes its ids: 22 digits of base 62, as many as 128 bits need.

/// How many digits a number has.
pub const LENGTH: usize = 22;

const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// 128 bits as [`LENGTH`] digits.
pub fn base62(number: u128) -> String {
    digits(number).map(char::from).iter().collect()
}

/// So many digits fit 64 bits, of which divisions are quick.
const CHUNK: usize = 10;
const CHUNK_BASE: u128 = 62_u128.pow(CHUNK as u32);

/// 128 bits as [`LENGTH`] digits, which are ASCII.
pub(crate) fn digits(mut number: u128) -> [u8; LENGTH] {
    let mut digits = [0_u8; LENGTH];
    for chunk in digits.rchunks_mut(CHUNK) {
        // A remainder below 62^10 fits 64 bits, and one below 62 an index.
        let mut rest = (number % CHUNK_BASE) as u64;
        number /= CHUNK_BASE;
        for digit in chunk.iter_mut().rev() {
            *digit = DIGITS[(rest % 62) as usize];
            rest /= 62;
        }
    }
    digits
}

/// The number of [`LENGTH`] digits; nothing where the text is no such number.
pub fn parse(text: &str) -> Option<u128> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'z' => Some(digit - b'a' + 10),
        b'A'..=b'Z' => Some(digit - b'A' + 36),
        _ => None,
    };
    let add = |number: u128, digit: u8| number.checked_mul(62)?.checked_add(value(digit)?.into());
    (text.len() == LENGTH).then(|| text.bytes().try_fold(0, add)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_22_digits_and_comes_back_from_them() {
        assert_eq!(base62(0), "0".repeat(22));
        assert_eq!(base62(61), "0".repeat(21) + "Z");
        // 2^128 - 1, worked out in another language.
        assert_eq!(base62(u128::MAX), "7N42dgm5tFLK9N8MT7fHC7");
        for number in [0, 61, 62, 1 << 64, u128::MAX] {
            assert_eq!(parse(&base62(number)), Some(number));
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        let longer = "0".repeat(23);
        for text in ["", "0", "7N42dgm5tFLK9N8MT7fHC8", "7N42dgm5tFLK9N8MT7fHC-", "éééééééééée", &longer] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
