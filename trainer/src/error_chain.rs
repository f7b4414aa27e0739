//! An error for people: with what is behind it, in one line.

/// An error and its causes, each said once: many say their own cause already.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !said.contains(&more) {
            said += &format!(": {more}");
        }
        cause = error.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_said_once() {
        let error = anyhow::anyhow!("Is a directory").context("cannot read /tmp: Is a directory").context("no model");
        assert_eq!(error_chain(error.as_ref()), "no model: cannot read /tmp: Is a directory");
    }
}
