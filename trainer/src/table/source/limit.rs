//! How much may come out of what is packed, and a meter of what has been read.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

/// What unpacks to more than this may not be...
const FREE_UNPACKED_BYTES: u64 = if cfg!(test) { 64 << 20 } else { 1 << 30 };
/// ...so many times as long as what it unpacks from: CSV packs to a third or a tenth, and gzip could do 1,032 times.
const MAX_COMPRESSION_RATIO: u64 = 200;

/// What is said of data that is made to unpack for ever.
#[derive(Debug, thiserror::Error)]
#[error("it unpacks to more than {MAX_COMPRESSION_RATIO} times its size")]
pub(crate) struct DecompressionBomb;

/// Counts what has been unpacked, and stops what is made to unpack for ever.
#[derive(Debug, Default)]
pub(crate) struct UnpackLimit {
    unpacked: Cell<u64>,
}

impl UnpackLimit {
    /// Adds unpacked bytes; `packed` is the size of all that they can have come from.
    pub(crate) fn add(&self, bytes: u64, packed: u64) -> io::Result<()> {
        let unpacked = self.unpacked.get().saturating_add(bytes);
        self.unpacked.set(unpacked);
        if unpacked > FREE_UNPACKED_BYTES.max(packed.saturating_mul(MAX_COMPRESSION_RATIO)) {
            return Err(io::Error::other(DecompressionBomb));
        }
        Ok(())
    }
}

/// Is told of bytes of the input that have been read, as they are there: packed where they are packed.
pub(crate) type Meter<'a> = &'a dyn Fn(u64);

/// A reader whose bytes are counted.
pub(crate) struct Metered<'a, R> {
    pub(crate) input: R,
    pub(crate) meter: Meter<'a>,
    /// How many bytes it has read.
    pub(crate) read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(out)?;
        self.read.set(self.read.get().saturating_add(n as u64));
        (self.meter)(n as u64);
        Ok(n)
    }
}
