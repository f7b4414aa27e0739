//! Where a track table comes from: a file, standard input, or an object in S3. Each is streamed.

use std::{
    convert::Infallible,
    fmt,
    io::{self, Read},
    path::PathBuf,
    str::FromStr,
};

use store::{ObjectAddress, ObjectReader};

use crate::{
    progress::Progress,
    table::{self, Table},
};

/// Where a track table comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input: CSV, as it is or compressed with gzip.
    Stdin,
    /// An object in S3. What is wrong with its address, where something is, is told when it is opened.
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
    /// Reads the table, as a stage of its own.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or is not a table.
    pub fn table(&self, options: &table::Options, progress: &dyn Progress) -> Result<Table, Error> {
        let read = |input: &mut dyn Read, size: u64| -> Result<Table, Error> {
            let stage = progress.stage("read", size);
            let table = table::read(input, &self.to_string(), options, &mut |position| stage.set(position))?;
            stage.done(&format!("{} tracks of {} rows", table.n_tracks(), table.rows));
            Ok(table)
        };
        match self {
            Self::Stdin => read(&mut io::stdin().lock(), 0),
            Self::S3(address) => {
                let mut object = Object::open(address.parse()?)?;
                let size = object.reader.size().unwrap_or(0);
                let table = read(&mut object, size);
                // What S3 said is of more help than that reading failed.
                match object.failed.take() {
                    Some(error) => Err(error.into()),
                    None => table,
                }
            }
            Self::File(path) => {
                let stage = progress.stage("read", std::fs::metadata(path).map_or(0, |file| file.len()));
                let table = table::open(path, options, &mut |position| stage.set(position))?;
                stage.done(&format!("{} tracks of {} rows", table.n_tracks(), table.rows));
                Ok(table)
            }
        }
    }
}

/// An object in S3 as a plain reader.
struct Object {
    runtime: tokio::runtime::Runtime,
    reader: ObjectReader,
    piece: io::Cursor<Vec<u8>>,
    failed: Option<store::Error>,
}

impl Object {
    fn open(address: ObjectAddress) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
        let reader = runtime.block_on(ObjectReader::open(address))?;
        Ok(Self { runtime, reader, piece: io::Cursor::default(), failed: None })
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
                    self.failed = Some(error);
                    return Err(io::Error::other(said));
                }
            }
        }
    }
}
