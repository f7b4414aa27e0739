//! The user's own cluster names: a TOML or JSON file, id to name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::printable::is_printable;

/// How the file of names is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `0 = "Night drive"`, a line for each cluster.
    Toml,
    /// `{ "0": "Night drive" }`.
    Json,
}

/// The longest name taken, in characters: it has to fit charts and answers.
const MAX_NAME_CHARS: usize = 80;

/// What is wrong with a file of names.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("the cluster names in {path} cannot be read; check the path and that the file is UTF-8 text")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the cluster names are not TOML; write a line like 0 = \"Night drive\" for each: {0}")]
    Toml(#[from] Box<toml::de::Error>),
    /// The file is not a JSON object.
    #[error("the cluster names are not a JSON object; write it like {{ \"0\": \"Night drive\" }}: {0}")]
    Json(#[from] serde_json::Error),
    /// A key is not a cluster's id.
    #[error("the cluster names speak of cluster {id:?}, which does not exist; the ids are 0 to {last}")]
    UnknownId {
        /// The key.
        id: String,
        /// The largest id.
        last: u32,
    },
    /// Two keys mean one cluster.
    #[error("the cluster names name cluster {id} twice; leave one out")]
    RepeatedId {
        /// The cluster's id.
        id: u32,
    },
    /// A value is not text.
    #[error("the name of cluster {id} is not a string; put it in quotes")]
    NotAString {
        /// The cluster's id.
        id: u32,
    },
    /// A name is empty, or too long, or has line breaks, escapes, bidirectional controls or the like in it.
    #[error("the name of cluster {id} must have 1 to 80 printable characters; change it, or leave the cluster out")]
    Unprintable {
        /// The cluster's id.
        id: u32,
    },
    /// Two clusters would be told apart by nobody.
    #[error("clusters {first} and {second} are both named {name:?}; names must differ by more than case")]
    RepeatedName {
        /// The smaller id.
        first: u32,
        /// The larger id.
        second: u32,
        /// The name.
        name: String,
    },
}

/// Reads the names for some or all of `k` clusters from a file: JSON where its name ends in `.json` or its text starts
/// with a brace, else TOML.
///
/// # Errors
///
/// Where the file cannot be read, and those of [`parse`].
pub fn read(path: &Path, k: usize) -> Result<BTreeMap<u32, String>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let text = text.trim_start_matches('\u{feff}');
    let ends = |extension: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension));
    let json = ends("json") || !ends("toml") && text.trim_start().starts_with('{');
    parse(text, if json { Format::Json } else { Format::Toml }, k)
}

/// The names for some or all of `k` clusters in `text`, trimmed.
///
/// # Errors
///
/// Where the text is of another format, an id is not one of 0 to `k` - 1, or a name is not a string, empty, longer than
/// 80 characters, not printable, or given twice.
pub fn parse(text: &str, format: Format, k: usize) -> Result<BTreeMap<u32, String>, Error> {
    let entries: Vec<(String, Option<String>)> = match format {
        Format::Toml => {
            let table: toml::Table = toml::from_str(text).map_err(Box::new)?;
            table.into_iter().map(|(id, name)| (id, name.as_str().map(str::to_owned))).collect()
        }
        Format::Json => {
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
            object.into_iter().map(|(id, name)| (id, name.as_str().map(str::to_owned))).collect()
        }
    };
    let mut names: BTreeMap<u32, String> = BTreeMap::new();
    for (key, name) in entries {
        let id = key.trim().parse::<u32>().ok().filter(|&id| (id as usize) < k);
        let last = (k as u32).saturating_sub(1);
        let id = id.ok_or(Error::UnknownId { id: key, last })?;
        let name = name.ok_or(Error::NotAString { id })?.trim().to_owned();
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || !is_printable(&name) {
            return Err(Error::Unprintable { id });
        }
        if names.insert(id, name).is_some() {
            return Err(Error::RepeatedId { id });
        }
    }
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for (&second, name) in &names {
        if let Some(first) = seen.insert(name.to_lowercase(), second) {
            return Err(Error::RepeatedName { first, second, name: name.clone() });
        }
    }
    Ok(names)
}
