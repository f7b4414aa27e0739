//! Tables out of a zip archive: its members are streamed, one after the other.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::{
    MAX_TABLES,
    kind::{self, NoTable},
    limit::{Meter, UnpackLimit},
    stored::{Cursor, Stored},
};
use crate::table::error::Error;

/// What may be read of an archive to know its members: some 200,000 of them.
const MAX_DIRECTORY_BYTES: u64 = 16 << 20;
/// How many names are told of an archive without a table.
const MAX_LISTED: usize = 5;

/// An archive, and which of its members are tables.
pub(crate) struct Archive {
    name: String,
    stored: Stored,
    archive: ZipArchive<Limited>,
    /// Place in the archive and name, in the order of names.
    tables: Vec<(usize, String)>,
}

/// A member being read.
pub(crate) struct Member<'a> {
    file: ZipFile<'a, Limited>,
    stored: &'a Stored,
    limit: &'a UnpackLimit,
    meter: Meter<'a>,
}

impl Archive {
    /// Reads the directory at its end.
    pub(crate) fn open(stored: Stored, name: &str) -> Result<Self, Error> {
        let left = Rc::new(Cell::new(MAX_DIRECTORY_BYTES));
        let limited = Limited { cursor: stored.cursor(0), left: Rc::clone(&left) };
        let mut archive = ZipArchive::new(limited).map_err(|error| into_error(name, error))?;
        let mut tables: Vec<(usize, String)> = archive
            .file_names()
            .enumerate()
            .filter(|(_, name)| is_table(name))
            .map(|(at, name)| (at, name.into()))
            .collect();
        tables.sort_by(|(_, a), (_, b)| a.cmp(b));
        if tables.is_empty() {
            let names: Vec<&str> = archive.file_names().collect();
            return Err(match spreadsheet(&names) {
                Some(found) => Error::no_table(name, found),
                None => Error::NoTableInZip { name: name.to_owned(), found: list(&names) },
            });
        }
        if tables.len() > MAX_TABLES {
            return Err(Error::TooManyTables { name: name.to_owned(), limit: MAX_TABLES });
        }
        if overlap(&mut archive, &tables).map_err(|error| into_error(name, error))? {
            let reason = "its members overlap, as no program writes them: it is made to unpack to more than it holds";
            return Err(Error::Zip { name: name.to_owned(), reason });
        }
        left.set(u64::MAX);
        Ok(Self { name: name.to_owned(), stored, archive, tables })
    }

    /// How many tables there are, at least 1.
    pub(crate) fn len(&self) -> usize {
        self.tables.len()
    }

    /// What a table is called in the archive, as far as a line of text can say it.
    pub(crate) fn member_name(&self, table: usize) -> String {
        const MAX_NAME_CHARS: usize = 200;
        let name = self.tables.get(table).map_or("", |(_, name)| name);
        name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect()
    }

    /// Opens a table. All of an archive's share the limit of what it may unpack to.
    pub(crate) fn table<'a>(
        &'a mut self,
        table: usize,
        limit: &'a UnpackLimit,
        meter: Meter<'a>,
    ) -> Result<Member<'a>, Error> {
        let Self { name, stored, archive, tables } = self;
        let at = tables.get(table).map_or(usize::MAX, |(at, _)| *at);
        let file = archive.by_index(at).map_err(|error| into_error(name, error))?;
        Ok(Member { file, stored, limit, meter })
    }
}

impl Read for Member<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(out)?;
        (self.meter)(self.stored.take_read());
        self.limit.add(n as u64, self.stored.size())?;
        Ok(n)
    }
}

/// The archive's bytes. While its directory is read, `left` says how many of them may be.
struct Limited {
    cursor: Cursor,
    left: Rc<Cell<u64>>,
}

impl Read for Limited {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.cursor.read(out)?;
        let left = self.left.get().checked_sub(n as u64).ok_or_else(|| io::Error::other(DirectoryTooLarge))?;
        // Without end once the directory has been read.
        if self.left.get() != u64::MAX {
            self.left.set(left);
        }
        Ok(n)
    }
}

impl io::Seek for Limited {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.cursor.seek(to)
    }
}

/// Whether a member is named as tables are. macOS adds files of its own, which are none.
fn is_table(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let lower = file.to_ascii_lowercase();
    !name.starts_with("__MACOSX/") && !file.starts_with('.') && [".csv", ".tsv"].iter().any(|end| lower.ends_with(end))
}

/// Whether bytes belong to more than one table.
fn overlap(archive: &mut ZipArchive<Limited>, tables: &[(usize, String)]) -> Result<bool, ZipError> {
    let mut ranges = Vec::new();
    for (at, _) in tables {
        let file = archive.by_index_raw(*at)?;
        let start = file.data_start().unwrap_or(0);
        ranges.push(start..start.saturating_add(file.compressed_size()));
    }
    ranges.sort_by_key(|range| range.start);
    Ok(ranges.windows(2).any(|pair| !pair[0].is_empty() && pair[1].start < pair[0].end))
}

/// What office programs write is a zip archive too.
fn spreadsheet(names: &[&str]) -> Option<NoTable> {
    let has = |name: &str| names.contains(&name);
    if has("xl/workbook.xml") || has("xl/workbook.bin") {
        Some(kind::EXCEL)
    } else if has("mimetype") && has("content.xml") {
        Some(kind::OPEN_DOCUMENT)
    } else {
        None
    }
}

fn list(names: &[&str]) -> String {
    let mut list: Vec<String> = names.iter().take(MAX_LISTED).map(|name| super::quoted(name)).collect();
    match names.len() {
        0 => return "it is empty".to_owned(),
        n if n > MAX_LISTED => list.push(format!("and {} more", n - MAX_LISTED)),
        _ => {}
    }
    format!("it holds {}", list.join(", "))
}

fn into_error(name: &str, error: ZipError) -> Error {
    let reason = match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            "it is encrypted; unpack it"
        }
        ZipError::CompressionMethodNotSupported(_) => {
            "it is compressed in a way that is not read (only deflate is); unpack it"
        }
        ZipError::UnsupportedArchive(_) => "it is an archive of a kind that is not read; unpack it",
        ZipError::Io(source) if source.get_ref().is_some_and(|error| error.is::<DirectoryTooLarge>()) => {
            "its directory is larger than 16 MiB; unpack it"
        }
        _ => "it is damaged or cut short; copy or download it again",
    };
    Error::Zip { name: name.to_owned(), reason }
}

/// What [`Limited`] says.
#[derive(Debug, thiserror::Error)]
#[error("the directory is too large")]
struct DirectoryTooLarge;
