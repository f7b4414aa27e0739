//! The tables of one source or of several, in order: their headers first where there are several, so that it is known what
//! all of them have.

use std::{
    cell::{Cell, RefCell},
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use super::{
    error::Error,
    source::{self, Content, MAX_TABLES, Meter, Opened, Source, TableRows, dialect::Dialect},
};

/// A file, to be read as a table.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// The file.
    pub path: PathBuf,
    /// Whether it was found in a folder, and not named.
    pub is_found: bool,
}

impl Source for FileSource {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn is_found(&self) -> bool {
        self.is_found
    }

    fn open(&self) -> Result<Content<'_>, Error> {
        let path = self.path.clone();
        match File::open(&path) {
            Ok(file) => Ok(Content::File(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NotFound { path }),
            Err(source) => Err(Error::Open { path, source }),
        }
    }
}

/// A stream, which can be read once.
pub(super) struct StreamSource<'a> {
    input: RefCell<Option<Box<dyn Read + 'a>>>,
    name: &'a str,
}

impl<'a> StreamSource<'a> {
    pub(super) fn new(input: impl Read + 'a, name: &'a str) -> Self {
        Self { input: RefCell::new(Some(Box::new(input))), name }
    }
}

impl Source for StreamSource<'_> {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn open(&self) -> Result<Content<'_>, Error> {
        let read_before = || Error::Read { name: self.name.to_owned(), source: io::Error::other("it was read before") };
        Ok(Content::Stream(self.input.borrow_mut().take().ok_or_else(read_before)?))
    }
}

/// What is told of a table before its rows are read.
pub(super) struct Heading<'a> {
    /// Its file, and where that is an archive, the member.
    pub(super) name: &'a str,
    /// The columns' names; none where the table is empty.
    pub(super) header: &'a [String],
    /// Whether it was found in a folder or an archive of several, and not named.
    pub(super) is_found: bool,
}

/// Hands out all tables. Where there are several, `plan` is told the heading of each of them first, and `visit` comes
/// after the last; of one table, `plan` is told immediately before. Both are told the table's number.
pub(super) fn each_table(
    sources: &[&dyn Source],
    dialect: &Dialect,
    progress: &mut dyn FnMut(u64),
    plan: &mut dyn FnMut(usize, Heading<'_>) -> Result<(), Error>,
    visit: &mut dyn FnMut(usize, TableRows<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let (total, progress) = (Cell::new(0_u64), RefCell::new(progress));
    let meter = |bytes: u64| {
        if bytes > 0 {
            total.set(total.get().saturating_add(bytes));
            (progress.borrow_mut())(total.get());
        }
    };
    let mut only = match sources {
        [only] => Some(source::open(only.open()?, &only.name(), &meter)?),
        _ => None,
    };
    if let ([source], Some(opened)) = (sources, &mut only)
        && opened.n_tables() == 1
    {
        return opened.each_table(&source.name(), dialect, &meter, &mut |table| {
            plan(0, Heading { name: &table.name, header: &table.header, is_found: false })?;
            visit(0, table)
        });
    }
    let mut headers: Vec<Vec<String>> = Vec::new();
    pass(sources, &mut only, dialect, &|_| {}, &mut |source, table| {
        let at = headers.len();
        if at == MAX_TABLES {
            let name = sources.first().map_or_else(String::new, |source| source.name());
            return Err(Error::TooManyTables { name, limit: MAX_TABLES });
        }
        let is_found = source.is_found() || table.is_member;
        plan(at, Heading { name: &table.name, header: &table.header, is_found })?;
        headers.push(table.header);
        Ok(())
    })?;
    let mut tables = 0;
    pass(sources, &mut only, dialect, &meter, &mut |_, table| {
        if headers.get(tables) != Some(&table.header) {
            let source = io::Error::other("it was changed while it was read");
            return Err(Error::Read { name: table.name, source });
        }
        tables += 1;
        visit(tables - 1, table)
    })
}

/// Opens every source, or `only` once more, and hands out its tables.
fn pass<'a>(
    sources: &[&'a dyn Source],
    only: &mut Option<Opened<'_>>,
    dialect: &Dialect,
    meter: Meter<'_>,
    visit: &mut dyn FnMut(&'a dyn Source, TableRows<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    for &source in sources {
        let name = source.name();
        let visit = &mut |table: TableRows<'_>| visit(source, table);
        match only {
            Some(only) => only.each_table(&name, dialect, meter, visit)?,
            None => source::open(source.open()?, &name, meter)?.each_table(&name, dialect, meter, visit)?,
        }
    }
    Ok(())
}
