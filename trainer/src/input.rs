//! Where track tables come from: files, folders, standard input, objects in S3. Each is streamed.

use std::{
    cell::RefCell,
    convert::Infallible,
    fmt,
    io::{self, Read},
    path::{Path, PathBuf},
    rc::Rc,
    str::FromStr,
};

use store::{ObjectAddress, ObjectPattern, ObjectReader};

use crate::{
    progress::Progress,
    table::{self, Content, Dialect, FileSource, MAX_TABLES, PlaylistEntry, Source, TABLE_ENDINGS, Table},
};

/// Where a track table, or several, come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file, or a folder with tables.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// An object in S3, or several: [`ObjectPattern`]. What is wrong with its address, where something is, is told when it
    /// is opened.
    S3(String),
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table cannot be used.
    #[error(transparent)]
    Table(#[from] table::Error),
    /// S3 does not give it.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// No connection can be driven.
    #[error("cannot connect to S3: {0}")]
    Runtime(io::Error),
    /// A folder that cannot be listed.
    #[error("cannot list the folder {path}: {source}", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Standard input beside others: it can be read once, and of several tables the headers are read first.
    #[error("standard input cannot be one of several tables: save it to a file, or name it alone")]
    StdinAmongOthers,
}

impl FromStr for Input {
    type Err = Infallible;

    /// `-` is standard input, `s3://…` an object, anything else a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "-" => Self::Stdin,
            text if text.starts_with("s3://") => Self::S3(text.to_owned()),
            text => Self::File(text.into()),
        })
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdin => f.write_str("standard input"),
            Self::S3(address) => f.write_str(address),
        }
    }
}

impl Input {
    /// Reads the table, as [`read_tables`] does.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or is not a table.
    pub fn table(&self, options: &table::Options, progress: &dyn Progress) -> Result<Table, Error> {
        read_tables(std::slice::from_ref(self), options, progress)
    }
}

/// Several inputs for a message: the first, and how many more.
pub fn describe(inputs: &[Input]) -> String {
    match inputs {
        [] => String::new(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// Reads the tables of all inputs into one, as a stage of its own: see [`table::read_sources`].
///
/// # Errors
///
/// Where one cannot be read, or is not a table.
pub fn read_tables(inputs: &[Input], options: &table::Options, progress: &dyn Progress) -> Result<Table, Error> {
    let sources = Sources::of(inputs)?;
    let stage = progress.stage("read", sources.size);
    let table = sources.read(|sources| table::read_sources(sources, options, &mut |position| stage.set(position)))?;
    let files = if sources.list.len() > 1 { format!(" in {} files", sources.list.len()) } else { String::new() };
    stage.done(&format!("{} tracks of {} rows{files}", table.n_tracks(), table.rows));
    Ok(table)
}

/// Hands out the members of the playlists of all inputs, as a stage of its own: see [`table::read_playlists_of`].
///
/// # Errors
///
/// Where one cannot be read, or is not a table of playlists.
pub fn read_playlists(
    inputs: &[Input],
    dialect: &Dialect,
    progress: &dyn Progress,
    visit: &mut dyn FnMut(PlaylistEntry<'_>),
) -> Result<(), Error> {
    let sources = Sources::of(inputs)?;
    let stage = progress.stage("read", sources.size);
    let mut set = |position| stage.set(position);
    let rows = sources.read(|sources| table::read_playlists_of(sources, dialect, &mut set, visit))?;
    stage.done(&format!("{rows} rows"));
    Ok(())
}

/// What inputs stand for, one by one.
struct Sources {
    list: Vec<Box<dyn Source>>,
    /// All bytes, as far as they are known.
    size: u64,
    /// What S3 said, where reading an object failed.
    failed: Rc<RefCell<Option<Error>>>,
}

impl Sources {
    fn of(inputs: &[Input]) -> Result<Self, Error> {
        let mut sources = Self { list: Vec::new(), size: 0, failed: Rc::default() };
        for input in inputs {
            match input {
                Input::Stdin if inputs.len() > 1 => return Err(Error::StdinAmongOthers),
                Input::Stdin => sources.list.push(Box::new(StdinSource)),
                Input::File(path) if path.is_dir() => {
                    for path in tables_in(path)? {
                        sources.add_file(path, true);
                    }
                }
                Input::File(path) => sources.add_file(path.clone(), false),
                Input::S3(address) if ObjectPattern::is_pattern(address) => {
                    let pattern: ObjectPattern = address.parse()?;
                    let mut found = runtime()?.block_on(pattern.list(MAX_TABLES))?;
                    found.retain(|(object, _)| is_table(object.key()));
                    if found.is_empty() {
                        return Err(table::Error::NoTables { name: address.clone() }.into());
                    }
                    for (object, size) in found {
                        sources.add_object(object.to_string(), size, true);
                    }
                }
                Input::S3(address) => sources.add_object(address.clone(), 0, false),
            }
        }
        match sources.list.len() {
            n if n > MAX_TABLES => {
                Err(table::Error::TooManyTables { name: describe(inputs), limit: MAX_TABLES }.into())
            }
            _ => Ok(sources),
        }
    }

    fn add_file(&mut self, path: PathBuf, is_found: bool) {
        self.size += std::fs::metadata(&path).map_or(0, |file| file.len());
        self.list.push(Box::new(FileSource { path, is_found }));
    }

    fn add_object(&mut self, address: String, size: u64, is_found: bool) {
        self.size += size;
        self.list.push(Box::new(ObjectSource { address, is_found, failed: Rc::clone(&self.failed) }));
    }

    fn read<T>(&self, read: impl FnOnce(&[&dyn Source]) -> Result<T, table::Error>) -> Result<T, Error> {
        let sources: Vec<&dyn Source> = self.list.iter().map(|source| &**source).collect();
        let read = read(&sources);
        // What S3 said is of more help than that reading failed.
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(read?),
        }
    }
}

/// Whether a file or an object is named as tables are.
fn is_table(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    !file.starts_with('.') && TABLE_ENDINGS.iter().any(|ending| file.ends_with(ending))
}

/// The tables of a folder in the order of their names, not those of folders in it.
fn tables_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |source| Error::Folder { path: folder.to_path_buf(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.file_name().is_some_and(|name| is_table(&name.to_string_lossy())) && path.is_file() {
            paths.push(path);
        }
        if paths.len() > MAX_TABLES {
            let name = folder.display().to_string();
            return Err(table::Error::TooManyTables { name, limit: MAX_TABLES }.into());
        }
    }
    if paths.is_empty() {
        return Err(table::Error::NoTables { name: folder.display().to_string() }.into());
    }
    paths.sort();
    Ok(paths)
}

struct StdinSource;

impl Source for StdinSource {
    fn name(&self) -> String {
        Input::Stdin.to_string()
    }

    fn open(&self) -> Result<Content<'_>, table::Error> {
        Ok(Content::Stream(Box::new(io::stdin().lock())))
    }
}

/// An object in S3.
struct ObjectSource {
    address: String,
    is_found: bool,
    failed: Rc<RefCell<Option<Error>>>,
}

impl Source for ObjectSource {
    fn name(&self) -> String {
        self.address.clone()
    }

    fn is_found(&self) -> bool {
        self.is_found
    }

    fn open(&self) -> Result<Content<'_>, table::Error> {
        let opened = self.address.parse().map_err(Error::from).and_then(|address| Object::open(address, &self.failed));
        match opened {
            Ok(object) => Ok(Content::Stream(Box::new(object))),
            Err(error) => {
                let source = io::Error::other(error.to_string());
                *self.failed.borrow_mut() = Some(error);
                Err(table::Error::Read { name: self.name(), source })
            }
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)
}

/// An object in S3 as a plain reader.
struct Object {
    runtime: tokio::runtime::Runtime,
    reader: ObjectReader,
    piece: io::Cursor<Vec<u8>>,
    failed: Rc<RefCell<Option<Error>>>,
}

impl Object {
    fn open(address: ObjectAddress, failed: &Rc<RefCell<Option<Error>>>) -> Result<Self, Error> {
        let runtime = runtime()?;
        let reader = runtime.block_on(ObjectReader::open(address))?;
        Ok(Self { runtime, reader, piece: io::Cursor::default(), failed: Rc::clone(failed) })
    }
}

impl Read for Object {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.piece.read(out)?;
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
            match self.runtime.block_on(self.reader.next_chunk()) {
                Ok(Some(piece)) => self.piece = io::Cursor::new(piece.to_vec()),
                Ok(None) => return Ok(0),
                Err(error) => {
                    let said = error.to_string();
                    *self.failed.borrow_mut() = Some(error.into());
                    return Err(io::Error::other(said));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn folder_gives_its_tables_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["b.csv", "a.CSV.gz", "c.parquet", ".hidden.csv", "notes.txt", "d.zip"] {
            fs::write(folder.path().join(name), "").expect("written");
        }
        fs::create_dir(folder.path().join("e.csv")).expect("made");
        let found = tables_in(folder.path()).expect("lists");
        let names: Vec<_> = found.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(names, ["a.CSV.gz", "b.csv", "c.parquet", "d.zip"]);
        let empty = tempfile::tempdir().expect("a folder");
        let error = tables_in(empty.path()).expect_err("no table").to_string();
        assert!(error.contains(".csv.gz") && error.contains(".parquet"), "{error}");
    }

    #[test]
    fn standard_input_stands_alone() {
        let inputs = [Input::Stdin, Input::File("a.csv".into())];
        assert!(matches!(read_tables(&inputs, &table::Options::default(), &()), Err(Error::StdinAmongOthers)));
        assert_eq!(describe(&inputs), "standard input and 1 more");
    }
}
