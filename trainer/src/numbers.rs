//! Numbers as people read them.

/// A mean in four significant digits or so: as many decimals as leave the number readable.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        _ if !value.is_finite() => return value.to_string(),
        _ if size >= 10_000.0 => thousands(value),
        _ if size >= 100.0 => format!("{value:.0}"),
        _ if size >= 10.0 => format!("{value:.1}"),
        _ if size >= 1.0 => format!("{value:.2}"),
        _ if size >= 0.001 || size == 0.0 => format!("{value:.3}"),
        _ => format!("{value:.0e}"),
    };
    without_sign_of_zero(text)
}

/// A difference, with its sign where it is not 0 as it is shown.
pub(crate) fn difference(value: f64, decimals: usize) -> String {
    without_sign_of_zero(format!("{value:+.decimals$}"))
}

fn without_sign_of_zero(text: String) -> String {
    let digits = text.trim_start_matches(['-', '+']);
    if digits.chars().all(|c| matches!(c, '0' | '.')) { digits.to_owned() } else { text }
}

/// A whole number with commas between its thousands.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number without decimals, with commas between its thousands.
pub(crate) fn thousands(value: f64) -> String {
    let sign = if value <= -0.5 { "-" } else { "" };
    format!("{sign}{}", count(value.abs().round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_signs_unless_they_are_nothing() {
        assert_eq!(
            [0.031, -0.5, -0.004, 0.0, -0.0].map(|value| difference(value, 2)),
            ["+0.03", "-0.50", "0.00", "0.00", "0.00"]
        );
    }

    #[test]
    fn numbers_keep_about_three_digits() {
        let shown = [0.0, -0.0, 0.117, 2.345, -9.4757, 53.76, 120.14, 234_567.8, 0.00002, -0.0001].map(number);
        assert_eq!(shown, ["0.000", "0.000", "0.117", "2.35", "-9.48", "53.8", "120", "234,568", "2e-5", "-1e-4"]);
    }
}
