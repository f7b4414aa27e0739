//! Text from tables in a terminal, and in commands for one.

use shlex::Quoter;

/// A word as a POSIX shell takes it: quoted where it has to be.
pub(crate) fn quoted(word: &str) -> String {
    // Nothing but a null character is refused, and that is allowed.
    Quoter::new().allow_nul(true).quote(word).map_or_else(|_| word.to_owned(), Into::into)
}

/// A text for a terminal: what would steer it, or turn the direction of writing, is escaped.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        let steers =
            c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if steers { visible.extend(c.escape_default()) } else { visible.push(c) }
    }
    visible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_any_title_for_one_word() {
        for title in ["Dance", "It's $HOME `now`", "-n", "", "a\nb", "\"x\" \\ '", "déjà vu", "*"] {
            let output = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(title))])
                .output()
                .expect("a shell");
            assert_eq!(String::from_utf8_lossy(&output.stdout), title, "{}", quoted(title));
        }
        assert_eq!(quoted("model/model.segue"), "model/model.segue");
    }

    #[test]
    fn nothing_in_a_text_steers_the_terminal() {
        assert_eq!(visible("Déjà \"Vu\"\u{1b}[31m\u{202e}\n"), "Déjà \"Vu\"\\u{1b}[31m\\u{202e}\\n");
    }
}
