//! The text of a file that may be compressed with gzip, of which there may not be absurdly more than was read.

use std::{
    cell::Cell,
    io::{self, Cursor, Read},
    path::Path,
    rc::Rc,
};

use flate2::read::MultiGzDecoder;

use super::error::Error;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Text that unpacks to more than this may not be...
const FREE_UNPACKED_BYTES: u64 = 1 << 30;
/// ...so many times as long as what it unpacks from: CSV packs to a third or a tenth, and gzip could do 1,032 times.
const MAX_COMPRESSION_RATIO: u64 = 200;

/// What [`Unpacked`] says of data that is made to unpack for ever.
#[derive(Debug, thiserror::Error)]
#[error("it unpacks to more than {MAX_COMPRESSION_RATIO} times its size")]
pub(super) struct DecompressionBomb;

/// Unpacked text, of which there may not be absurdly more than was read.
struct Unpacked<R> {
    text: R,
    read: Rc<Cell<u64>>,
    written: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.text.read(out)?;
        self.written = self.written.saturating_add(n as u64);
        if self.written > FREE_UNPACKED_BYTES.max(self.read.get().saturating_mul(MAX_COMPRESSION_RATIO)) {
            return Err(io::Error::other(DecompressionBomb));
        }
        Ok(n)
    }
}

/// The text of an input that may be compressed, and whether it is. `progress` is told how many bytes went in.
pub(super) fn unpacked<'a>(
    input: impl Read + 'a,
    name: &str,
    progress: &'a mut dyn FnMut(u64),
) -> Result<(Box<dyn Read + 'a>, bool), Error> {
    let total = Rc::new(Cell::new(0));
    let mut input = Counted { input, total: Rc::clone(&total), progress };
    let mut magic = Vec::new();
    let head = (&mut input).take(2).read_to_end(&mut magic);
    head.map_err(|source| Error::Read { name: name.to_owned(), source })?;
    let gzip = magic == GZIP_MAGIC;
    let named_gzip = Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    if named_gzip && !gzip && !magic.is_empty() {
        return Err(Error::NotGzip { name: name.to_owned() });
    }
    let input = Cursor::new(magic).chain(input);
    if !gzip {
        return Ok((Box::new(input), false));
    }
    Ok((Box::new(Unpacked { text: MultiGzDecoder::new(input), read: total, written: 0 }), true))
}

/// A reader that reports how much it has read.
struct Counted<'a, R> {
    input: R,
    total: Rc<Cell<u64>>,
    progress: &'a mut dyn FnMut(u64),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(out)?;
        if n > 0 {
            self.total.set(self.total.get().saturating_add(n as u64));
            (self.progress)(self.total.get());
        }
        Ok(n)
    }
}
