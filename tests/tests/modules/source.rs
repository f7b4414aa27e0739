//! What a module's source defines, uses and names.

use std::collections::BTreeSet;

/// What a `use` names.
#[derive(Debug)]
pub(super) struct Use<'a> {
    pub(super) path: Vec<&'a str>,
    /// What it is called here; `*` for everything.
    pub(super) name: &'a str,
    /// Whether it can be handed on.
    pub(super) public: bool,
}

#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    pub(super) definitions: BTreeSet<&'a str>,
    pub(super) uses: Vec<Use<'a>>,
    pub(super) paths: Vec<Vec<&'a str>>,
    /// Every word outside of `use` and `mod`.
    pub(super) words: BTreeSet<&'a str>,
    /// Modules in files of their own that are compiled for tests alone.
    pub(super) tests: Vec<&'a str>,
}

impl<'a> Module<'a> {
    pub(super) fn read(tokens: &[&'a str]) -> Self {
        let mut module = Self::default();
        let at = |index: usize| tokens.get(index).copied().unwrap_or_default();
        let (mut index, mut depth, mut public) = (0, 0_usize, false);
        while index < tokens.len() {
            let token = tokens[index];
            let was_public = std::mem::take(&mut public);
            if tokens[index..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
                if at(index + 7) == "mod" && at(index + 9) == ";" {
                    module.tests.push(at(index + 8));
                }
                index = end_of_item(tokens, index + 7);
                continue;
            }
            match token {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "pub" => {
                    public = true;
                    if at(index + 1) == "(" {
                        index += tokens[index..].iter().position(|token| *token == ")").unwrap_or_default();
                    }
                }
                "mod" => index += 1,
                "use" if at(index + 1) != "<" => {
                    index += 1;
                    use_tree(tokens, &mut index, &[], was_public, &mut module.uses);
                    continue;
                }
                "struct" | "enum" | "union" | "fn" | "const" | "static" | "type" | "trait" if depth == 0 => {
                    module.definitions.insert(at(index + 1));
                }
                word if is_word(word) => {
                    module.words.insert(word);
                    if at(index + 1) == "::" {
                        let mut path = vec![word];
                        while at(index + 1) == "::" && is_word(at(index + 2)) {
                            path.push(at(index + 2));
                            index += 2;
                        }
                        if path.len() > 1 {
                            module.paths.push(path);
                        }
                    }
                }
                // Of a path that begins with the name of a crate or behind a type.
                "::" if is_word(at(index + 1)) => index += 1,
                _ => {}
            }
            index += 1;
        }
        module
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Behind the item that begins here: its `;`, or the `}` of its body.
fn end_of_item(tokens: &[&str], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match *token {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Reads what stands behind `use`, up to a `;`, a `,` or a `}`.
fn use_tree<'a>(tokens: &[&'a str], index: &mut usize, above: &[&'a str], public: bool, uses: &mut Vec<Use<'a>>) {
    let mut path = above.to_vec();
    while let Some(token) = tokens.get(*index).copied() {
        *index += 1;
        match token {
            "::" => {}
            "{" => {
                while tokens.get(*index).is_some_and(|token| *token != "}") {
                    use_tree(tokens, index, &path, public, uses);
                    if tokens.get(*index) == Some(&",") {
                        *index += 1;
                    }
                }
                *index += 1;
                return;
            }
            "*" => {
                uses.push(Use { path, name: "*", public });
                return;
            }
            "as" => {
                let name = tokens.get(*index).copied().unwrap_or_default();
                *index += 1;
                uses.push(Use { path, name, public });
                return;
            }
            word if is_word(word) => {
                if word != "self" || path.is_empty() {
                    path.push(word);
                }
                if !matches!(tokens.get(*index).copied(), Some("::" | "as")) {
                    let name = path.last().copied().unwrap_or_default();
                    uses.push(Use { path, name, public });
                    return;
                }
            }
            _ => return,
        }
    }
}
