//! Text out of gzip data (RFC 1952), one member or several.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use flate2::read::MultiGzDecoder;

use super::limit::UnpackLimit;

/// What gzip data unpacks to, within the limit of what that may be.
pub(crate) struct Gunzip<R> {
    text: MultiGzDecoder<R>,
    /// How many packed bytes have been read.
    packed: Rc<Cell<u64>>,
    limit: UnpackLimit,
}

impl<R: Read> Gunzip<R> {
    /// `packed` counts what is read of `input`.
    pub(crate) fn new(input: R, packed: Rc<Cell<u64>>) -> Self {
        Self { text: MultiGzDecoder::new(input), packed, limit: UnpackLimit::default() }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.text.read(out)?;
        self.limit.add(n as u64, self.packed.get())?;
        Ok(n)
    }
}
