//! Header and section table, then the sections end to end. `docs/artifact-format.md` specifies them.

use super::{
    codec::MAX_SECTION_BYTES,
    compression::Compression,
    error::{Error, HeaderError},
};

/// The first bytes of every artifact. The line end and the control character show a file that was changed by a
/// transfer in text mode.
pub const MAGIC: [u8; 8] = *b"SEGUE\r\n\x1a";
/// The format that this program writes and reads.
pub const FORMAT_VERSION: u32 = 7;
/// The most sections that an artifact may have.
pub(super) const MAX_SECTIONS: usize = 64;

/// The sections of an artifact may have so many bytes unpacked, all together, or [`MAX_UNPACKED_RATIO`] times the file's
/// length if that is more: a file of kilobytes is not to take gigabytes.
const MIN_UNPACKED_LIMIT: u64 = 1 << 30;
/// Zstandard makes a catalogue a half to a tenth of its length.
const MAX_UNPACKED_RATIO: u64 = 64;

const NAME_BYTES: usize = 16;
/// Magic, format version, number of sections, length of the file.
const PREFIX_BYTES: usize = 8 + 4 + 4 + 8;
/// Name, offset, length, unpacked length, checksum, packing.
const ENTRY_BYTES: usize = NAME_BYTES + 8 + 8 + 8 + 4 + 4;
/// Checksum of the header, zero.
const TAIL_BYTES: usize = 4 + 4;

/// How many bytes at the start of a file tell how long its header is: see [`header_length`].
pub const HEADER_PREFIX_BYTES: usize = PREFIX_BYTES;

/// One section's place in the file. `S` is what names it: text in the file, a section of the registry above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<S> {
    /// Which section it is.
    pub section: S,
    /// Where it begins.
    pub offset: u64,
    /// Its length in the file, in bytes.
    pub length: u64,
    /// Its length unpacked, in bytes: at most [`MAX_SECTION_BYTES`]. Sections that do not grow with the catalogue may have less, which is
    /// compared when one is read.
    pub uncompressed: u64,
    /// CRC-32 (IEEE) of its bytes in the file.
    pub crc32: u32,
    /// How it is packed.
    pub compression: Compression,
}

impl<S> Entry<S> {
    /// Its place in the file.
    pub fn range(&self) -> std::ops::Range<u64> {
        self.offset..self.offset + self.length
    }

    /// The same place under another name.
    pub(in crate::artifact) fn named<T>(self, section: T) -> Entry<T> {
        let Self { section: _, offset, length, uncompressed, crc32, compression } = self;
        Entry { section, offset, length, uncompressed, crc32, compression }
    }
}

/// A section on its way into a file.
pub(in crate::artifact) struct CompressedSection {
    /// At most 16 printable ASCII characters.
    pub(in crate::artifact) name: String,
    pub(in crate::artifact) compression: Compression,
    pub(in crate::artifact) uncompressed: usize,
    pub(in crate::artifact) bytes: Vec<u8>,
}

impl CompressedSection {
    fn entry(&self) -> Entry<&str> {
        Entry {
            section: &self.name,
            offset: 0,
            length: self.bytes.len() as u64,
            uncompressed: self.uncompressed as u64,
            crc32: crc32fast::hash(&self.bytes),
            compression: self.compression,
        }
    }
}

fn header_bytes(sections: usize) -> usize {
    PREFIX_BYTES + sections * ENTRY_BYTES + TAIL_BYTES
}

/// Puts sections behind a header.
///
/// # Panics
///
/// If there are more than [`MAX_SECTIONS`], or a name is longer than 16 bytes: the names are the program's own.
pub(in crate::artifact) fn write(sections: &[CompressedSection]) -> Vec<u8> {
    assert!(sections.len() <= MAX_SECTIONS, "{} sections, at most {MAX_SECTIONS} fit", sections.len());
    let entries: Vec<Entry<&str>> = sections.iter().map(CompressedSection::entry).collect();
    let mut file = Vec::with_capacity(length(&entries) + SPARE_BYTES);
    file.extend(header(&entries));
    for section in sections {
        file.extend(&section.bytes);
    }
    file
}

/// The same file with other first sections.
///
/// # Panics
///
/// As [`write`], and if there is none or the file does not have as many.
pub(in crate::artifact) fn with_first(
    mut file: Vec<u8>,
    entries: Vec<Entry<String>>,
    first: &[&CompressedSection],
) -> Vec<u8> {
    let replaced = entries[first.len() - 1].range().end as usize;
    let others = entries.iter().skip(first.len()).map(|entry| entry.clone().named(entry.section.as_str()));
    let entries: Vec<Entry<&str>> = first.iter().map(|section| section.entry()).chain(others).collect();
    let mut start = header(&entries);
    first.iter().for_each(|section| start.extend(&section.bytes));
    // In place: two files may not fit into memory.
    drop(file.splice(..replaced, start));
    file
}

/// Room for longer first sections.
const SPARE_BYTES: usize = 1 << 12;

/// How long a file of these sections is. Their offsets do not matter, here and in [`header`].
fn length(entries: &[Entry<&str>]) -> usize {
    header_bytes(entries.len()) + entries.iter().map(|entry| entry.length as usize).sum::<usize>()
}

fn header(entries: &[Entry<&str>]) -> Vec<u8> {
    let mut header = Vec::with_capacity(header_bytes(entries.len()));
    header.extend(MAGIC);
    header.extend(FORMAT_VERSION.to_le_bytes());
    header.extend((entries.len() as u32).to_le_bytes());
    header.extend((length(entries) as u64).to_le_bytes());
    let mut offset = header_bytes(entries.len()) as u64;
    for entry in entries {
        let mut padded = [0; NAME_BYTES];
        padded[..entry.section.len()].copy_from_slice(entry.section.as_bytes());
        header.extend(padded);
        header.extend(offset.to_le_bytes());
        header.extend(entry.length.to_le_bytes());
        header.extend(entry.uncompressed.to_le_bytes());
        header.extend(entry.crc32.to_le_bytes());
        header.extend(entry.compression.number().to_le_bytes());
        offset += entry.length;
    }
    header.extend(crc32fast::hash(&header).to_le_bytes());
    header.extend([0; 4]);
    header
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
        return Err(Error::Magic { got: start[..start.len().min(8)].to_vec() });
    }
    if start.len() < PREFIX_BYTES {
        return Err(Error::CutShort { expected: PREFIX_BYTES as u64, got: start.len() as u64 });
    }
    let mut cursor = Cursor(&start[MAGIC.len()..]);
    let version = cursor.u32();
    if version != FORMAT_VERSION {
        return Err(Error::FormatVersion { got: version });
    }
    let count = cursor.u32() as usize;
    if count > MAX_SECTIONS {
        return Err(HeaderError::SectionCount { got: count }.into());
    }
    Ok(header_bytes(count))
}

/// How long a file is, as its header says. `start` is as [`header_length`] takes it.
pub(in crate::artifact) fn file_length(start: &[u8]) -> Result<u64, Error> {
    header_length(start)?;
    Ok(Cursor(&start[PREFIX_BYTES - 8..PREFIX_BYTES]).u64())
}

/// Reads the section table from the first bytes of a file, which is `length` bytes long. The sections follow one
/// another from the end of the header to the end of the file, without holes and without overlaps.
pub(in crate::artifact) fn read(start: &[u8], length: u64) -> Result<Vec<Entry<String>>, Error> {
    let header = header_length(start)?;
    if start.len() < header {
        return Err(Error::CutShort { expected: header as u64, got: start.len() as u64 });
    }
    let (table, tail) = (&start[..header - TAIL_BYTES], &start[header - TAIL_BYTES..header]);
    let expected = Cursor(tail).u32();
    let got = crc32fast::hash(table);
    if expected != got {
        return Err(HeaderError::Checksum { expected, got }.into());
    }
    if tail[4..] != [0; 4] {
        return Err(HeaderError::Padding.into());
    }
    let said = file_length(start)?;
    if said != length {
        return Err(Error::Length { expected: said, got: length });
    }
    let mut cursor = Cursor(&table[PREFIX_BYTES..]);
    let mut sections: Vec<Entry<String>> = Vec::with_capacity(cursor.0.len() / ENTRY_BYTES);
    let mut offset = header as u64;
    while !cursor.0.is_empty() {
        let name = cursor.take(NAME_BYTES);
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(NAME_BYTES);
        let (name, padding) = name.split_at(end);
        if end == 0 || !name.iter().all(u8::is_ascii_graphic) || padding.iter().any(|byte| *byte != 0) {
            return Err(HeaderError::SectionName.into());
        }
        let name = String::from_utf8_lossy(name).into_owned();
        let (begins, section_length, uncompressed, crc32) = (cursor.u64(), cursor.u64(), cursor.u64(), cursor.u32());
        let packing = cursor.u32();
        let section = name;
        let Some(compression) = Compression::of(packing) else {
            return Err(HeaderError::Compression { section, got: packing }.into());
        };
        if begins != offset {
            return Err(HeaderError::Offset { section, expected: offset, got: begins }.into());
        }
        if uncompressed > MAX_SECTION_BYTES as u64 {
            return Err(HeaderError::SectionBytes { section, got: uncompressed }.into());
        }
        offset = match offset.checked_add(section_length) {
            Some(end) if end <= length => end,
            _ => return Err(HeaderError::SectionEnd { section }.into()),
        };
        if sections.iter().any(|other| other.section == section) {
            return Err(HeaderError::RepeatedSection { section }.into());
        }
        sections.push(Entry { section, offset: begins, length: section_length, uncompressed, crc32, compression });
    }
    let limit = length.saturating_mul(MAX_UNPACKED_RATIO).max(MIN_UNPACKED_LIMIT);
    let unpacked = unpacked_bytes(&sections);
    if unpacked > limit {
        return Err(HeaderError::UnpackedBytes { limit, got: unpacked }.into());
    }
    if offset != length {
        return Err(HeaderError::End { expected: length, got: offset }.into());
    }
    Ok(sections)
}

/// How many bytes sections have unpacked, all together: what it takes to hold them, before any is unpacked.
pub fn unpacked_bytes<S>(sections: &[Entry<S>]) -> u64 {
    // Each has at most `MAX_SECTION_BYTES`, and there are few.
    sections.iter().map(|entry| entry.uncompressed).sum()
}

/// Compares a section's bytes with its length and checksum.
pub(in crate::artifact) fn verify_checksum<S: std::fmt::Display>(
    entry: &Entry<S>,
    chunks: &[&[u8]],
) -> Result<(), Error> {
    let section = || entry.section.to_string();
    let got = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    if got != entry.length {
        return Err(Error::SectionLength { section: section(), expected: entry.length, got });
    }
    let mut hasher = crc32fast::Hasher::new();
    chunks.iter().for_each(|chunk| hasher.update(chunk));
    match hasher.finalize() {
        crc32 if crc32 == entry.crc32 => Ok(()),
        crc32 => Err(Error::Checksum { section: section(), expected: entry.crc32, got: crc32 }),
    }
}
