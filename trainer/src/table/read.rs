//! The streaming reader: rows in, columns out.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use recommender::features::Feature;

use super::{
    builder::Builder, columns::ColumnOverride, decompress::unpacked, error::Error, rows::Rows, track_table::Table,
};

/// The most tracks that a table may have. Room enough for any catalogue, and an end for a file that unpacks for ever.
pub const MAX_TRACKS: usize = 1 << 25;

/// How a table is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// 2 to 16 features, each of them required, in this order. Without it: those of [`Feature::DEFAULT`] that the file
    /// has, in the canonical order.
    pub features: Option<Vec<Feature>>,
    /// More tracks than this are an error. [`MAX_TRACKS`] at most and by default.
    pub max_tracks: usize,
    /// Columns named for a meaning, whatever their names and values say: at most one for each.
    pub columns: Vec<ColumnOverride>,
    /// Keeps tracks whose danceability, tempo and valence are all 0: those that Spotify never analysed.
    pub keep_unanalysed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { features: None, max_tracks: MAX_TRACKS, columns: Vec::new(), keep_unanalysed: false }
    }
}

/// Reads the track table in a file. As [`read`], which see.
///
/// # Errors
///
/// Where there is no such file, it is a directory, or cannot be opened; otherwise those of [`read`].
pub fn open(path: &Path, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Table, Error> {
    read(open_file(path)?, &path.display().to_string(), options, progress)
}

pub(super) fn open_file(path: &Path) -> Result<File, Error> {
    let path = path.to_path_buf();
    let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.is_dir(), file)));
    match opened {
        Ok((true, _)) => Err(Error::Directory { path }),
        Ok((false, file)) => Ok(file),
        // Systems that do not open directories at all say so here.
        Err(_) if path.is_dir() => Err(Error::Directory { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NotFound { path }),
        Err(source) => Err(Error::Open { path, source }),
    }
}

/// Reads a track table: CSV in UTF-8, as it is or compressed with gzip, which shows from its first bytes.
///
/// `name` stands for the file in messages. `progress` is told how many bytes of the input (compressed, where it is
/// compressed) have been read so far. Rows that lack something needed are left out and counted in
/// [`Table::dropped`]; memory in use stays near what the table itself takes.
///
/// # Errors
///
/// Where the input as a whole cannot be used: see [`Error`].
pub fn read(input: impl Read, name: &str, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Table, Error> {
    if let Some(features) = &options.features {
        let repeats = (1..features.len()).any(|i| features[..i].contains(&features[i]));
        if repeats || !(2..=16).contains(&features.len()) {
            return Err(Error::FeatureList { got: features.clone() });
        }
    }
    let (mut input, gzip) = unpacked(input, name, progress)?;
    read_rows(&mut input, name, gzip, options)
}

fn read_rows(input: &mut dyn Read, name: &str, gzip: bool, options: &Options) -> Result<Table, Error> {
    let mut rows = Rows::new(input).map_err(|error| error.into_error(name, gzip, &[]))?;
    let header: Vec<String> = match rows.next_row().map_err(|error| error.into_error(name, gzip, &[]))? {
        Some(row) => row.cells().map(str::to_owned).collect(),
        None => return Err(Error::Empty { name: name.to_owned() }),
    };
    if let [only] = &header[..]
        && let Some(separator) = only.chars().find(|c| [';', '\t', '|'].contains(c))
    {
        return Err(Error::NotCommas { name: name.to_owned(), separator });
    }
    let width = header.len();
    let mut builder = Builder::new(options);
    builder.begin(name, header.clone());
    while let Some(row) = rows.next_row().map_err(|error| error.into_error(name, gzip, &header))? {
        if row.len() != width {
            return Err(Error::RowWidth { name: name.to_owned(), line: row.line, expected: width, got: row.len() });
        }
        builder.push(&row)?;
    }
    builder.end()?;
    builder.finish()
}
