//! Numbers as Spotify writes its ids: 22 digits of base 62, as many as 128 bits need.

/// How many digits a number has.
pub const LENGTH: usize = 22;

const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// 128 bits as [`LENGTH`] digits.
pub fn base62(mut number: u128) -> String {
    let mut digits = [0_u8; LENGTH];
    for digit in digits.iter_mut().rev() {
        // A remainder below 62 fits an index.
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    digits.iter().map(|&digit| char::from(digit)).collect()
}

/// The number of [`LENGTH`] digits; nothing where the text is no such number.
pub fn parse(text: &str) -> Option<u128> {
    let value = |digit: u8| DIGITS.iter().position(|other| *other == digit);
    let add = |number: u128, digit: u8| number.checked_mul(62)?.checked_add(value(digit)? as u128);
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
