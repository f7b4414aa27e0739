//! Text from tables in commands for a shell.

use shlex::Quoter;

/// A word as a POSIX shell takes it: quoted where it has to be.
pub(crate) fn quoted(word: &str) -> String {
    // Nothing but a null character is refused, and that is allowed.
    Quoter::new().allow_nul(true).quote(word).map_or_else(|_| word.to_owned(), Into::into)
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
}
