//! Bytes that can be read at any place: what a zip archive or a Parquet file needs, whose directories are at their ends.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// What comes as a stream is kept in memory up to this size, and in a temporary file beyond.
const MAX_MEMORY_BYTES: usize = 8 << 20;

/// Bytes that can be read at any place.
#[derive(Clone, Debug)]
pub(crate) struct Stored(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    place: Place,
    size: u64,
    /// How many bytes have been read.
    read: AtomicU64,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    File(Mutex<File>),
}

impl Stored {
    /// A file as it is.
    pub(crate) fn file(file: File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self::new(Place::File(Mutex::new(file)), size))
    }

    /// All of a stream, in memory where it is small, otherwise in a temporary file that is gone with this.
    pub(crate) fn stream(mut input: impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        (&mut input).take(MAX_MEMORY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() <= MAX_MEMORY_BYTES {
            let size = bytes.len() as u64;
            return Ok(Self::new(Place::Memory(bytes), size));
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(&bytes)?;
        drop(bytes);
        io::copy(&mut input, &mut file)?;
        Self::file(file)
    }

    fn new(place: Place, size: u64) -> Self {
        Self(Arc::new(Inner { place, size, read: AtomicU64::new(0) }))
    }

    /// How many bytes there are.
    pub(crate) fn size(&self) -> u64 {
        self.0.size
    }

    /// How many bytes have been read since this was asked for the last time.
    pub(crate) fn take_read(&self) -> u64 {
        self.0.read.swap(0, Ordering::Relaxed)
    }

    /// Reads at a place; nothing beyond the end.
    pub(crate) fn read_at(&self, start: u64, out: &mut [u8]) -> io::Result<usize> {
        let n = match &self.0.place {
            Place::Memory(bytes) => {
                let start = usize::try_from(start).map_or(bytes.len(), |start| start.min(bytes.len()));
                (&bytes[start..]).read(out)?
            }
            Place::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(start))?;
                file.read(out)?
            }
        };
        self.0.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }

    /// A reader from a place on.
    pub(crate) fn cursor(&self, at: u64) -> Cursor {
        Cursor { stored: self.clone(), at }
    }
}

/// A place in [`Stored`].
#[derive(Debug)]
pub(crate) struct Cursor {
    stored: Stored,
    at: u64,
}

impl Read for Cursor {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.stored.read_at(self.at, out)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.stored.size().checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_streams_and_files_are_read_alike() {
        let bytes: Vec<u8> = (0..MAX_MEMORY_BYTES + 1000).map(|at| (at % 251) as u8).collect();
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&bytes[..1000]).expect("written");
        for (stored, expected) in [
            (Stored::stream(&bytes[..1000]), &bytes[..1000]),
            (Stored::stream(&bytes[..]), &bytes[..]),
            (Stored::file(file), &bytes[..1000]),
        ] {
            let stored = stored.expect("stored");
            assert_eq!(stored.size(), expected.len() as u64);
            let mut cursor = stored.cursor(0);
            assert_eq!(cursor.seek(SeekFrom::End(-10)).expect("a place"), expected.len() as u64 - 10);
            let mut end = Vec::new();
            cursor.read_to_end(&mut end).expect("reads");
            assert_eq!(end, expected[expected.len() - 10..]);
            assert_eq!((stored.take_read(), stored.take_read()), (10, 0));
            assert_eq!(stored.read_at(u64::MAX - 1, &mut [0; 4]).unwrap_or(0), 0);
            assert!(cursor.seek(SeekFrom::Start(0)).is_ok() && cursor.seek(SeekFrom::Current(-1)).is_err());
        }
    }
}
