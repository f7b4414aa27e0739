//! From the bytes of an input to rows of cells: what it is, what it is packed in, which encoding and dialect it has.
//!
//! An input is opened ([`open`]) by its first bytes: text, perhaps packed with gzip; a zip archive of several texts; a
//! Parquet file. Each is one table or several, and a [`TableRows`] hands out the header and the rows of one.

pub(crate) mod dialect;
pub(crate) mod encoding;
mod gzip;
pub(super) mod kind;
mod limit;
#[cfg(feature = "parquet")]
mod parquet;
mod stored;
mod zip;

use std::{
    cell::Cell,
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom},
    path::Path,
    rc::Rc,
};

use encoding_rs::UTF_8;

use self::{
    dialect::{Decimal, Dialect},
    encoding::{Evidence, TextStats},
    gzip::Gunzip,
    kind::{HEAD_BYTES, Kind},
    limit::{DecompressionBomb, Metered, UnpackLimit},
    stored::Stored,
    zip::Archive,
};
use super::{
    error::Error,
    rows::{Row, RowError, Rows},
};

pub(crate) use limit::Meter;

/// No folder, archive or list of files may have more tables.
pub const MAX_TABLES: usize = 4096;

/// Something that holds a table or several, and can be read from its beginning more than once: where there are several
/// tables, their headers are read before their rows.
pub trait Source {
    /// How messages call it.
    fn name(&self) -> String;

    /// Whether it was found in a folder, and not named: then it may be no track table.
    fn is_found(&self) -> bool {
        false
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// Where it is not there, or cannot be read.
    fn open(&self) -> Result<Content<'_>, Error>;
}

/// The bytes of a [`Source`].
pub enum Content<'a> {
    /// A file, which can be read at any place.
    File(File),
    /// What comes one after the other. What must be read at any place is kept in memory up to 8 MiB, and in a temporary
    /// file beyond.
    Stream(Box<dyn Read + 'a>),
}

/// An input that was opened.
pub(crate) enum Opened<'a> {
    Text {
        input: Box<dyn Read + 'a>,
        packing: Packing,
    },
    Zip(Box<Archive>),
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::ParquetRows>),
}

/// What text came out of: damage is told as that of what it was packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zip,
}

/// Opens an input by its first bytes. `meter` is told of every byte that is read.
pub(crate) fn open<'a>(content: Content<'a>, name: &str, meter: Meter<'a>) -> Result<Opened<'a>, Error> {
    let unreadable = |source| Error::Read { name: name.to_owned(), source };
    let mut head = Vec::new();
    let content = match content {
        Content::File(mut file) => {
            (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(unreadable)?;
            Content::File(file)
        }
        Content::Stream(mut input) => {
            (&mut input).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(unreadable)?;
            Content::Stream(input)
        }
    };
    let kind = kind::of(&head).map_err(|found| Error::no_table(name, found))?;
    let named = |ending: &str| {
        Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending)) && !head.is_empty()
    };
    match kind {
        Kind::Text if named("gz") => return Err(Error::NotGzip { name: name.to_owned() }),
        Kind::Text if named("zip") => return Err(Error::Zip { name: name.to_owned(), reason: NOT_AS_NAMED }),
        Kind::Text if named("parquet") => {
            return Err(Error::Parquet { name: name.to_owned(), reason: NOT_AS_NAMED.to_owned() });
        }
        Kind::Text | Kind::Gzip => {
            let read = Rc::new(Cell::new(0));
            let input = match content {
                // Read to its end in order: the head was read already.
                Content::File(file) => Box::new(file) as Box<dyn Read>,
                Content::Stream(input) => input,
            };
            let input = Metered { input: Cursor::new(head).chain(input), meter, read: Rc::clone(&read) };
            return if kind == Kind::Gzip {
                Ok(Opened::Text { input: Box::new(Gunzip::new(input, read)), packing: Packing::Gzip })
            } else {
                Ok(Opened::Text { input: Box::new(input), packing: Packing::None })
            };
        }
        Kind::Zip | Kind::Parquet => {}
    }
    let stored = match content {
        Content::File(mut file) => match file.seek(SeekFrom::Start(0)) {
            Ok(_) => Stored::file(file).map_err(unreadable)?,
            // A pipe has a name too.
            Err(_) => store(Cursor::new(head).chain(file), name)?,
        },
        Content::Stream(input) => store(Cursor::new(head).chain(input), name)?,
    };
    match kind {
        Kind::Zip => Ok(Opened::Zip(Box::new(Archive::open(stored, name)?))),
        #[cfg(feature = "parquet")]
        _ => match parquet::ParquetRows::open(stored) {
            Ok(rows) => Ok(Opened::Parquet(Box::new(rows))),
            Err(fault) => Err(parquet_error(fault, name)),
        },
        #[cfg(not(feature = "parquet"))]
        _ => Err(Error::ParquetNotBuilt { name: name.to_owned() }),
    }
}

const NOT_AS_NAMED: &str = "it does not begin as such a file does; if it is a plain CSV, rename it to .csv";

fn store(input: impl Read, name: &str) -> Result<Stored, Error> {
    Stored::stream(input).map_err(|source| Error::Store { name: name.to_owned(), source })
}

#[cfg(feature = "parquet")]
fn parquet_error(fault: parquet::ParquetFault, name: &str) -> Error {
    let name = name.to_owned();
    match fault {
        parquet::ParquetFault::Refused(reason) => Error::Parquet { name, reason },
        parquet::ParquetFault::TooLarge { line, what } => Error::TooLarge { name, line, what },
        parquet::ParquetFault::Bomb(source) => Error::DecompressionBomb { name, source },
    }
}

impl Opened<'_> {
    /// How many tables it holds, at least 1.
    pub(crate) fn n_tables(&self) -> usize {
        match self {
            Self::Zip(archive) => archive.len(),
            _ => 1,
        }
    }

    /// Hands its tables to `visit`, one after the other. Those of an archive can be visited again, others not.
    pub(crate) fn each_table(
        &mut self,
        name: &str,
        dialect: &Dialect,
        meter: Meter<'_>,
        visit: &mut dyn FnMut(TableRows<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Self::Text { input, packing } => {
                visit(TableRows::of_text(input, name.to_owned(), stem(name), *packing, dialect)?)
            }
            Self::Zip(archive) => {
                let limit = UnpackLimit::default();
                for table in 0..archive.len() {
                    let member = archive.member_name(table);
                    let (name, stem) = (format!("{name}: {member}"), stem(&member));
                    let input = archive.table(table, &limit, meter)?;
                    visit(TableRows::of_text(input, name, stem, Packing::Zip, dialect)?)?;
                }
                Ok(())
            }
            #[cfg(feature = "parquet")]
            Self::Parquet(rows) => {
                let header = rows.header();
                visit(TableRows {
                    name: name.to_owned(),
                    stem: None,
                    header,
                    is_member: false,
                    rows: AnyRows::Parquet { rows, meter },
                })
            }
        }
    }
}

/// The name of a table's file without its folder and its ending.
fn stem(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut stem = file;
    for ending in [".gz", ".csv", ".tsv", ".txt"] {
        if let Some(at) = stem.len().checked_sub(ending.len())
            && stem.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        {
            stem = &stem[..at];
        }
    }
    let stem = stem.trim();
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// The header and the rows of one table.
pub(crate) struct TableRows<'a> {
    /// The file, and where it is one of an archive's, that.
    pub(crate) name: String,
    /// What its file is called, where people name files after what is in them: not in Parquet, whose files are parts.
    pub(crate) stem: Option<String>,
    /// The columns' names, without surrounding white space.
    ///
    /// None where there is no text.
    pub(crate) header: Vec<String>,
    /// Whether it is one of several of an archive.
    pub(crate) is_member: bool,
    rows: AnyRows<'a>,
}

enum AnyRows<'a> {
    Text {
        rows: Box<Rows<Box<dyn Read + 'a>>>,
        packing: Packing,
        dialect: Dialect,
    },
    #[cfg(feature = "parquet")]
    Parquet {
        rows: &'a mut parquet::ParquetRows,
        meter: Meter<'a>,
    },
}

impl<'a> TableRows<'a> {
    fn of_text(
        mut input: impl Read + 'a,
        name: String,
        stem: Option<String>,
        packing: Packing,
        dialect: &Dialect,
    ) -> Result<Self, Error> {
        let mut head = Vec::new();
        if let Err(error) = (&mut input).take(HEAD_BYTES as u64).read_to_end(&mut head) {
            return Err(row_error(RowError::Read(error), &name, packing));
        }
        // Once more: what was packed may be anything, and is unpacked once.
        match kind::of(&head) {
            Ok(Kind::Text) => {}
            Ok(_) => return Err(Error::PackedTwice { name }),
            Err(found) => return Err(Error::no_table(&name, found)),
        }
        let input: Box<dyn Read + 'a> = Box::new(Cursor::new(head).chain(input));
        let mut rows = Rows::new(input, dialect).map_err(|error| row_error(error, &name, packing))?;
        let header: Vec<String> = match rows.next_row().map_err(|error| row_error(error, &name, packing))? {
            Some(row) => row.cells().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        let rows = AnyRows::Text { rows: Box::new(rows), packing, dialect: dialect.clone() };
        Ok(Self { name, stem, header, is_member: packing == Packing::Zip, rows })
    }

    /// Says which columns hold numbers, which may have a decimal comma.
    pub(crate) fn set_numeric_columns(&mut self, columns: &[usize]) {
        match &mut self.rows {
            AnyRows::Text { rows, .. } => rows.set_numeric_columns(columns),
            #[cfg(feature = "parquet")]
            AnyRows::Parquet { .. } => {}
        }
    }

    /// The next row.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, Error> {
        match &mut self.rows {
            AnyRows::Text { rows, packing, .. } => {
                rows.next_row().map_err(|error| row_error(error, &self.name, *packing))
            }
            #[cfg(feature = "parquet")]
            AnyRows::Parquet { rows, meter } => {
                (meter)(rows.take_read());
                rows.next_row().map_err(|fault| parquet_error(fault, &self.name))
            }
        }
    }

    /// Whether a row has as many cells as the header. A separator at the end of the header, or of every row, makes an
    /// empty cell that counts for nothing.
    pub(crate) fn is_whole(header: &[String], row: Row<'_>) -> bool {
        let (expected, got) = (header.len(), row.len());
        expected == got
            || (expected == got + 1 && header.last().is_some_and(String::is_empty))
            || (got == expected + 1 && row.cell(expected).is_empty())
    }

    /// How it was read, a sentence for each thing that is not as most tables have it.
    pub(crate) fn warnings(&self) -> Vec<String> {
        match &self.rows {
            AnyRows::Text { rows, dialect, .. } => {
                let (stats, line) = rows.text_stats();
                let mut warnings = Vec::new();
                warnings.extend(of_dialect(&self.name, rows.dialect(), dialect));
                warnings.extend(of_encoding(&self.name, stats, line));
                warnings
            }
            #[cfg(feature = "parquet")]
            AnyRows::Parquet { .. } => Vec::new(),
        }
    }
}

/// What was found of separator and decimal sign, where nobody named it and it is not that of most tables.
fn of_dialect(name: &str, found: dialect::Found, options: &Dialect) -> Option<String> {
    let delimiter = (options.delimiter.is_none() && found.delimiter != b',').then(|| match found.delimiter {
        b'\t' => "its columns are separated by tabs (--delimiter tab)".to_owned(),
        other => format!("its columns are separated by {0} (--delimiter '{0}')", char::from(other)),
    });
    let decimal = (options.decimal.is_none() && found.decimal == Decimal::Comma)
        .then(|| "its numbers have a decimal comma (--decimal ,)".to_owned());
    let found: Vec<String> = delimiter.into_iter().chain(decimal).collect();
    (!found.is_empty()).then(|| format!("{name}: {}; the options in brackets name others", found.join(", and ")))
}

/// What was found of the encoding, where it is not UTF-8, or there is something suspicious in it.
fn of_encoding(name: &str, stats: &TextStats, line: Option<u64>) -> Option<String> {
    let share = stats.suspicious as f64 / stats.beyond_ascii.max(1) as f64 * 100.0;
    let line = line.map_or_else(String::new, |line| format!(", the first at line {line}"));
    let suspicious = format!(
        "{} of {} characters beyond ASCII ({share:.1} %) are suspicious{line}",
        stats.suspicious, stats.beyond_ascii
    );
    let encoding = stats.encoding.name();
    match stats.evidence {
        _ if stats.encoding == UTF_8 && stats.suspicious == 0 => None,
        _ if stats.encoding == UTF_8 => Some(format!(
            "{name}: {suspicious}: they are \u{FFFD}, which stands for characters that were lost, or bytes that are not \
             UTF-8; if names look wrong, name another encoding (--encoding windows-1252)"
        )),
        Evidence::Named if stats.suspicious == 0 => None,
        Evidence::Named => Some(format!("{name}: {suspicious}, read as {encoding}, which --encoding names")),
        Evidence::Mark => Some(format!("{name}: its byte-order mark says {encoding}; {suspicious}")),
        Evidence::Guessed => Some(format!(
            "{name}: it is not UTF-8, and looks like {encoding}; {suspicious}; if names look wrong, name another encoding \
             (--encoding iso-8859-2), or save the file as UTF-8"
        )),
    }
}

/// As an error of the file called `name`.
fn row_error(error: RowError, name: &str, packing: Packing) -> Error {
    let name = name.to_owned();
    match error {
        RowError::Read(source) if source.get_ref().is_some_and(|error| error.is::<DecompressionBomb>()) => {
            Error::DecompressionBomb { name, source }
        }
        RowError::Read(source) => match packing {
            Packing::Gzip => Error::Gzip { name, source },
            Packing::Zip => Error::Zip { name, reason: "it is damaged or cut short; copy or download it again" },
            Packing::None => Error::Read { name, source },
        },
        RowError::TooLarge { line, what } => Error::TooLarge { name, line, what },
        RowError::UnclosedQuote { line } => Error::UnclosedQuote { name, line },
    }
}

/// A name out of a file for a message: quoted, and not without end.
fn quoted(name: &str) -> String {
    const MAX_QUOTED_CHARS: usize = 60;
    match name.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("\"{}…\"", name[..end].escape_debug()),
        None => format!("\"{}\"", name.escape_debug()),
    }
}

#[cfg(test)]
mod tests;
