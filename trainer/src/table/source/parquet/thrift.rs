//! As much of Thrift's compact protocol as it takes to look at declared sizes before anybody allocates for them.
//!
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// Structures within structures: Parquet has fewer than ten.
const MAX_DEPTH: usize = 24;

/// Why bytes are no structure of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThriftError {
    /// They end within it.
    Cut,
    /// A length, a type or a depth that nobody writes.
    Wrong,
}

type Result<T> = std::result::Result<T, ThriftError>;

/// Type of a field's value, as the protocol numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(u8);

impl Kind {
    pub(super) const I32: Self = Self(5);
    pub(super) const LIST: Self = Self(9);
    pub(super) const STRUCT: Self = Self(12);
}

/// Bytes being read.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).ok_or(ThriftError::Cut)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ThriftError::Wrong)
    }

    fn skip_bytes(&mut self, n: u64) -> Result<()> {
        let n = usize::try_from(n).map_err(|_| ThriftError::Wrong)?;
        // More than an `i32` is not a length of the protocol.
        if n > i32::MAX as usize {
            return Err(ThriftError::Wrong);
        }
        let end = self.at + n;
        if end > self.bytes.len() {
            return Err(ThriftError::Cut);
        }
        self.at = end;
        Ok(())
    }

    /// A number, in zigzag.
    pub(super) fn i32(&mut self) -> Result<i32> {
        let value = self.varint()?;
        let value = (value >> 1) as i64 ^ -((value & 1) as i64);
        i32::try_from(value).map_err(|_| ThriftError::Wrong)
    }

    /// Kind and number of a list's elements, of which each takes a byte at least.
    pub(super) fn list(&mut self) -> Result<(Kind, usize)> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => self.varint()?,
            size => u64::from(size),
        };
        if size > i32::MAX as u64 {
            return Err(ThriftError::Wrong);
        }
        if size > (self.bytes.len() - self.at) as u64 {
            return Err(ThriftError::Cut);
        }
        Ok((Kind(head & 0x0F), size as usize))
    }

    /// Hands out the fields of a structure by number and kind. `visit` reads the value and says so, or leaves it to be
    /// skipped.
    pub(super) fn fields(&mut self, visit: &mut dyn FnMut(&mut Self, i16, Kind) -> Result<bool>) -> Result<()> {
        let mut id = 0_i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            id = match head >> 4 {
                0 => i16::try_from(self.i32()?).map_err(|_| ThriftError::Wrong)?,
                delta => id.checked_add(i16::from(delta)).ok_or(ThriftError::Wrong)?,
            };
            let kind = Kind(head & 0x0F);
            if !visit(self, id, kind)? {
                self.skip(kind, false, MAX_DEPTH)?;
            }
        }
    }

    /// A boolean is in the head of a field, but a byte of its own in a list.
    fn skip(&mut self, kind: Kind, in_list: bool, depth: usize) -> Result<()> {
        let depth = depth.checked_sub(1).ok_or(ThriftError::Wrong)?;
        match kind.0 {
            1 | 2 if !in_list => Ok(()),
            1..=3 => self.skip_bytes(1),
            4..=6 => self.varint().map(drop),
            7 => self.skip_bytes(8),
            8 => {
                let length = self.varint()?;
                self.skip_bytes(length)
            }
            9 | 10 => {
                let (kind, size) = self.list()?;
                (0..size).try_for_each(|_| self.skip(kind, true, depth))
            }
            11 => {
                let size = self.varint()?;
                if size == 0 {
                    return Ok(());
                }
                if size > (self.bytes.len() - self.at) as u64 {
                    return Err(ThriftError::Cut);
                }
                let kinds = self.byte()?;
                (0..size).try_for_each(|_| {
                    self.skip(Kind(kinds >> 4), true, depth)?;
                    self.skip(Kind(kinds & 0x0F), true, depth)
                })
            }
            12 => loop {
                let head = self.byte()?;
                if head == 0 {
                    return Ok(());
                }
                if head >> 4 == 0 {
                    self.varint()?;
                }
                self.skip(Kind(head & 0x0F), false, depth)?;
            },
            _ => Err(ThriftError::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_found_behind_others_of_every_kind() {
        // 1: true, 2: i32 -3, 3: "ab", 4: [1, 2], 5: {1: 7}, 21: i32 300
        let bytes =
            [0x11, 0x15, 5, 0x18, 2, b'a', b'b', 0x19, 0x25, 2, 4, 0x1C, 0x15, 14, 0, 0x05, 42, 0xD8, 0x04, 0, 0xFF];
        let mut reader = Reader::new(&bytes);
        let mut found = Vec::new();
        reader
            .fields(&mut |reader, id, kind| {
                if kind == Kind::I32 {
                    found.push((id, reader.i32()?));
                }
                Ok(kind == Kind::I32)
            })
            .expect("a structure");
        assert_eq!(found, [(2, -3), (21, 300)]);
        assert_eq!(reader.position(), bytes.len() - 1);
    }

    #[test]
    fn lengths_and_depths_that_cannot_be_are_refused() {
        let skip = |bytes: &[u8]| Reader::new(bytes).fields(&mut |_, _, _| Ok(false));
        assert_eq!(skip(&[0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), Err(ThriftError::Wrong));
        assert_eq!(skip(&[0x18, 0x80, 0x01]), Err(ThriftError::Cut));
        assert_eq!(skip(&[0x19, 0xF5, 0xFF, 0xFF, 0x03]), Err(ThriftError::Cut));
        assert_eq!(skip(&[0x1C; 1000]), Err(ThriftError::Wrong));
        assert_eq!(skip(&[0x19; 1000]), Err(ThriftError::Wrong));
        assert_eq!(skip(&[0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), Err(ThriftError::Wrong));
        assert_eq!(skip(&[0x1F]), Err(ThriftError::Wrong));
        assert_eq!(skip(&[]), Err(ThriftError::Cut));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&bytes);
            let _ = reader.fields(&mut |_, _, _| Ok(false));
            prop_assert!(reader.position() <= bytes.len());
        }
    }
}
