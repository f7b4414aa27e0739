//! The outer form of an artifact: header, section table, sections end to end. `docs/artifact-format.md` specifies it.

use super::{codec, compression::Compression, error::Error};

/// The first bytes of every artifact. The line end and the control character show a file that was changed by a
/// transfer in text mode.
pub const MAGIC: [u8; 8] = *b"SEGUE\r\n\x1a";
/// The format that this program writes and reads.
pub const FORMAT_VERSION: u32 = 3;
/// The most sections that an artifact may have.
pub(super) const MAX_SECTIONS: usize = 64;

const NAME_BYTES: usize = 16;
/// Magic, format version, number of sections, length of the file.
const PREFIX_BYTES: usize = 8 + 4 + 4 + 8;
/// Name, offset, length, unpacked length, checksum, packing.
const ENTRY_BYTES: usize = NAME_BYTES + 8 + 8 + 8 + 4 + 4;
/// Checksum of the header, zero.
const TAIL_BYTES: usize = 4 + 4;

/// How many bytes at the start of a file tell how long its header is: see [`header_length`].
pub const HEADER_PREFIX_BYTES: usize = PREFIX_BYTES;

/// One section's place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name, at most 16 ASCII characters.
    pub name: String,
    /// Where it begins.
    pub offset: u64,
    /// Its length in the file, in bytes.
    pub length: u64,
    /// Its length unpacked, in bytes.
    pub uncompressed: u64,
    /// CRC-32 (IEEE) of its bytes in the file.
    pub crc32: u32,
    /// How it is packed.
    pub compression: Compression,
}

impl Section {
    /// Whether it holds a graph: a model answers without it, by comparing with every track.
    pub fn is_graph(&self) -> bool {
        super::section_data::graph_number(&self.name).is_some()
    }

    /// Its place in the file.
    pub fn range(&self) -> std::ops::Range<u64> {
        self.offset..self.offset + self.length
    }
}

/// A section on its way into a file.
pub(super) struct CompressedSection {
    pub(super) name: String,
    pub(super) compression: Compression,
    pub(super) uncompressed: usize,
    pub(super) bytes: Vec<u8>,
}

fn header_bytes(sections: usize) -> usize {
    PREFIX_BYTES + sections * ENTRY_BYTES + TAIL_BYTES
}

/// Puts sections behind a header.
///
/// # Panics
///
/// If there are more than [`MAX_SECTIONS`], or a name is longer than 16 bytes: the names are the program's own.
pub(super) fn write(sections: &[CompressedSection]) -> Vec<u8> {
    assert!(sections.len() <= MAX_SECTIONS, "{} sections, at most {MAX_SECTIONS} fit", sections.len());
    let header = header_bytes(sections.len());
    let length = header + sections.iter().map(|section| section.bytes.len()).sum::<usize>();
    let mut file = Vec::with_capacity(length);
    file.extend(MAGIC);
    file.extend(FORMAT_VERSION.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    file.extend((length as u64).to_le_bytes());
    let mut offset = header;
    for section in sections {
        let mut padded = [0; NAME_BYTES];
        padded[..section.name.len()].copy_from_slice(section.name.as_bytes());
        file.extend(padded);
        file.extend((offset as u64).to_le_bytes());
        file.extend((section.bytes.len() as u64).to_le_bytes());
        file.extend((section.uncompressed as u64).to_le_bytes());
        file.extend(crc32fast::hash(&section.bytes).to_le_bytes());
        file.extend(section.compression.number().to_le_bytes());
        offset += section.bytes.len();
    }
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file.extend([0; 4]);
    for section in sections {
        file.extend(&section.bytes);
    }
    file
}

/// Reads numbers from the header; its length was checked before.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4));
        u32::from_le_bytes(bytes)
    }

    fn u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8));
        u64::from_le_bytes(bytes)
    }
}

/// How long the header of a file is, in bytes. `start` is the first [`HEADER_PREFIX_BYTES`] bytes of the file, or more.
///
/// # Errors
///
/// Where the bytes do not begin an artifact, or one of another format.
pub fn header_length(start: &[u8]) -> Result<usize, Error> {
    if !start.starts_with(&MAGIC) {
        return Err(Error::Magic { expected: MAGIC, got: start[..start.len().min(8)].to_vec() });
    }
    if start.len() < PREFIX_BYTES {
        return Err(Error::Length { expected: PREFIX_BYTES as u64, got: start.len() as u64 });
    }
    let mut cursor = Cursor(&start[MAGIC.len()..]);
    let version = cursor.u32();
    if version != FORMAT_VERSION {
        return Err(Error::FormatVersion { expected: FORMAT_VERSION, got: version });
    }
    let count = cursor.u32() as usize;
    if count > MAX_SECTIONS {
        return Err(Error::Header { reason: format!("{count} sections, at most {MAX_SECTIONS} are allowed") });
    }
    Ok(header_bytes(count))
}

/// Reads the section table from the first bytes of a file, which is `length` bytes long. The sections follow one
/// another from the end of the header to the end of the file, without holes and without overlaps.
pub(super) fn read(start: &[u8], length: u64) -> Result<Vec<Section>, Error> {
    let header_error = |reason: String| Error::Header { reason };
    let header = header_length(start)?;
    if start.len() < header {
        return Err(Error::Length { expected: header as u64, got: start.len() as u64 });
    }
    let (table, tail) = (&start[..header - TAIL_BYTES], &start[header - TAIL_BYTES..header]);
    let expected = Cursor(tail).u32();
    let got = crc32fast::hash(table);
    if expected != got {
        return Err(header_error(format!("checksum {expected:08x} expected, got {got:08x}")));
    }
    if tail[4..] != [0; 4] {
        return Err(header_error("bytes that must be zero are not".into()));
    }
    let said = Cursor(&table[PREFIX_BYTES - 8..PREFIX_BYTES]).u64();
    if said != length {
        return Err(Error::Length { expected: said, got: length });
    }
    let mut cursor = Cursor(&table[PREFIX_BYTES..]);
    let mut sections: Vec<Section> = Vec::with_capacity(cursor.0.len() / ENTRY_BYTES);
    let mut offset = header as u64;
    while !cursor.0.is_empty() {
        let name = cursor.take(NAME_BYTES);
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(NAME_BYTES);
        let (name, padding) = name.split_at(end);
        if end == 0 || !name.iter().all(u8::is_ascii_graphic) || padding.iter().any(|byte| *byte != 0) {
            return Err(header_error("a section's name is not 1 to 16 printable characters".into()));
        }
        let name = String::from_utf8_lossy(name).into_owned();
        let (begins, section_length, uncompressed, crc32) = (cursor.u64(), cursor.u64(), cursor.u64(), cursor.u32());
        let Some(compression) = Compression::of(cursor.u32()) else {
            return Err(header_error(format!("section {name} is packed in an unknown way")));
        };
        if begins != offset {
            return Err(header_error(format!("section {name} begins at {begins}, expected {offset}")));
        }
        if uncompressed > codec::MAX_SECTION_BYTES as u64 {
            let limit = codec::MAX_SECTION_BYTES;
            return Err(header_error(format!("section {name} has {uncompressed} bytes, at most {limit} are allowed")));
        }
        offset = match offset.checked_add(section_length) {
            Some(end) if end <= length => end,
            _ => return Err(header_error(format!("section {name} ends behind the file"))),
        };
        if sections.iter().any(|other| other.name == name) {
            return Err(header_error(format!("there are two sections {name}")));
        }
        sections.push(Section { name, offset: begins, length: section_length, uncompressed, crc32, compression });
    }
    if offset != length {
        return Err(header_error(format!("the sections end at {offset}, the file at {length}")));
    }
    Ok(sections)
}

/// Compares a section's bytes with its checksum.
pub(super) fn check(section: &Section, bytes: &[u8]) -> Result<(), Error> {
    if bytes.len() as u64 != section.length {
        let reason = format!("expected {} bytes, got {}", section.length, bytes.len());
        return Err(Error::Invalid { section: section.name.clone(), reason });
    }
    match crc32fast::hash(bytes) {
        crc32 if crc32 == section.crc32 => Ok(()),
        crc32 => Err(Error::Checksum { section: section.name.clone(), expected: section.crc32, got: crc32 }),
    }
}
