//! Cells that are a list as a program prints one: Python's and JSON's lists, tuples, sets and dicts, NumPy's arrays.
//!
//! ```text
//! ['A', "B's"]   ["A","B"]   ('A', 'B')   {'A', 'B'}   ['A' 'B']   [{'name': 'A', 'id': '1'}]   {'0': 'A'}   set()   []
//! ```

/// How deep a list may hold others.
const MAX_DEPTH: usize = 4;

/// The member of a dict that is the name where there is one.
const NAME: &str = "name";

/// The texts in a list, trimmed, none of them empty; nothing where the cell is no list. A list without a text is empty.
pub(super) fn members(cell: &str) -> Option<Vec<String>> {
    let cell = cell.trim();
    if !cell.starts_with(['[', '(', '{']) && cell != "set()" {
        return None;
    }
    if cell == "set()" {
        return Some(Vec::new());
    }
    let mut parser = Parser { rest: cell, members: Vec::new() };
    parser.collection(0)?;
    let Parser { rest, members } = parser;
    rest.trim().is_empty().then_some(members)
}

struct Parser<'a> {
    rest: &'a str,
    members: Vec<String>,
}

impl Parser<'_> {
    fn next_is(&mut self, c: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A list, tuple, set or dict; all texts in it become members, of a dict with a name the name alone.
    fn collection(&mut self, depth: usize) -> Option<()> {
        let close = [('[', ']'), ('(', ')'), ('{', '}')].into_iter().find(|(open, _)| self.next_is(*open))?.1;
        let before = self.members.len();
        let mut name = None;
        loop {
            if self.next_is(close) {
                break;
            }
            let key = self.members.len();
            self.value(depth)?;
            if close == '}' && self.next_is(':') {
                let key = if self.members.len() > key { self.members.split_off(key).pop() } else { None };
                let value = self.members.len();
                self.value(depth)?;
                if key.as_deref() == Some(NAME) && name.is_none() {
                    name = self.members.get(value).cloned();
                }
            }
            // NumPy puts nothing between the members of an array.
            self.next_is(',');
        }
        if let Some(name) = name {
            self.members.truncate(before);
            self.members.push(name);
        }
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        if matches!(first, '[' | '(' | '{') {
            return if depth < MAX_DEPTH { self.collection(depth + 1) } else { None };
        }
        if let Some(rest) = self.rest.strip_prefix(['u', 'b'])
            && rest.starts_with(['\'', '"'])
        {
            self.rest = rest;
            return self.text();
        }
        if matches!(first, '\'' | '"') {
            return self.text();
        }
        // A number, `None`, `nan`, `true`: no name.
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(self.rest.len());
        let (bare, rest) = self.rest.split_at(end);
        self.rest = rest;
        let is_known = ["None", "nan", "NaN", "null", "true", "false", "True", "False"].contains(&bare);
        (is_known || bare.parse::<f64>().is_ok()).then_some(())
    }

    /// A quoted text, with the escapes of Python and JSON.
    fn text(&mut self) -> Option<()> {
        let mut chars = self.rest.chars();
        let quote = chars.next()?;
        let mut text = String::new();
        loop {
            match chars.next()? {
                c if c == quote => break,
                '\\' => match chars.next()? {
                    'n' | 't' | 'r' => text.push(' '),
                    'x' => text.push(char::from_u32(hex(&mut chars, 2)?)?),
                    'U' => text.push(char::from_u32(hex(&mut chars, 8)?)?),
                    'u' => {
                        let unit = hex(&mut chars, 4)?;
                        text.push(match unit {
                            // The first half of a character beyond 16 bits, as JSON has it; the second must follow.
                            0xd800..0xdc00 => {
                                let follows = chars.next() == Some('\\') && chars.next() == Some('u');
                                let low = hex(&mut chars, 4).filter(|low| follows && (0xdc00..0xe000).contains(low))?;
                                char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?
                            }
                            unit => char::from_u32(unit)?,
                        });
                    }
                    c => text.push(c),
                },
                c => text.push(c),
            }
        }
        self.rest = chars.as_str();
        let text = text.trim();
        if !text.is_empty() {
            self.members.push(text.to_owned());
        }
        Some(())
    }
}

fn hex(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<u32> {
    (0..digits).try_fold(0_u32, |number, _| Some(number << 4 | chars.next()?.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_of_a_list_is_read() {
        for cell in [
            "['A', \"B's\"]",
            "[\"A\",\"B's\"]",
            r"['A', 'B\'s']",
            "('A', \"B's\")",
            "{'A', \"B's\"}",
            "['A' \"B's\"]",
            " [ u'A' , u\"B's\" , ] ",
            "[{'name': 'A', 'id': '1'}, {'id': '2', 'name': \"B's\"}]",
            "{'0': 'A', '1': \"B's\"}",
            "{0: 'A', 1: \"B's\"}",
            "[['A'], [\"B's\"]]",
            "['A', None, '', \"B's\"]",
        ] {
            assert_eq!(members(cell), Some(vec!["A".to_owned(), "B's".to_owned()]), "{cell}");
        }
        assert_eq!(members(r#"["Beyonc\u00e9", "\ud834\udd1e", "\xe9\\"]"#).expect("a list"), ["Beyoncé", "𝄞", "é\\"]);
        assert_eq!(members("('A',)").expect("a tuple"), ["A"]);
    }

    #[test]
    fn a_list_of_nothing_is_empty() {
        for cell in ["[]", "()", "{}", "set()", "['']", "[None]", "[nan]", "[[]]"] {
            assert_eq!(members(cell), Some(Vec::new()), "{cell}");
        }
    }

    #[test]
    fn names_with_brackets_are_no_lists() {
        for cell in [
            "(hed) p.e.",
            "[re:jazz]",
            "{undefined}",
            "['A'",
            "['A'] B",
            "A",
            "",
            "[A, B]",
            "['A)",
            "(500) Days",
            "[\"A",
            "[[[[[['A']]]]]]",
            r#"["\ud834"]"#,
            r#"["\u12"]"#,
        ] {
            assert_eq!(members(cell), None, "{cell}");
        }
    }

    proptest! {
        #[test]
        fn no_cell_panics(cell in "[\\[({][\\[\\](){}'\",:\\\\ux0-9a-fé ]{0,40}") {
            prop_assert!(members(&cell).is_none_or(|members| members.iter().all(|member| !member.is_empty())));
        }

        #[test]
        fn what_python_prints_comes_back(names in prop::collection::vec("[A-Za-z'\"é\\\\,;]{1,8}", 0..6)) {
            let quoted: Vec<String> =
                names.iter().map(|name| format!("'{}'", name.replace('\\', r"\\").replace('\'', r"\'"))).collect();
            prop_assert_eq!(members(&format!("[{}]", quoted.join(", "))), Some(names));
        }
    }
}
