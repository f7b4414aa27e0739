//! The outer form of an artifact: header, section table, sections end to end. `docs/artifact-format.md` specifies it.

use super::error::Error;

/// The first bytes of every artifact. The line end and the control character show a file that was changed by a
/// transfer in text mode.
pub const MAGIC: [u8; 8] = *b"SEGUE\r\n\x1a";
/// The format that this program writes and reads.
pub const FORMAT_VERSION: u32 = 2;
/// The most sections that an artifact may have.
pub(super) const MAX_SECTIONS: usize = 64;

const NAME: usize = 16;
/// Magic, format version, number of sections, length of the file.
const FIXED: usize = 8 + 4 + 4 + 8;
/// Name, offset, length, checksum, zero.
const ENTRY: usize = NAME + 8 + 8 + 4 + 4;
/// Checksum of the header, zero.
const TAIL: usize = 4 + 4;

/// One section's place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name, at most 16 ASCII characters.
    pub name: String,
    /// Where it begins.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// CRC-32 (IEEE) of its bytes.
    pub crc32: u32,
}

fn header_length(sections: usize) -> usize {
    FIXED + sections * ENTRY + TAIL
}

/// Puts sections behind a header.
///
/// # Panics
///
/// If there are more than [`MAX_SECTIONS`], or a name is longer than 16 bytes: the names are the program's own.
pub(super) fn write(sections: &[(String, Vec<u8>)]) -> Vec<u8> {
    assert!(sections.len() <= MAX_SECTIONS, "{} sections, at most {MAX_SECTIONS} fit", sections.len());
    let header = header_length(sections.len());
    let length = header + sections.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    let mut file = Vec::with_capacity(length);
    file.extend(MAGIC);
    file.extend(FORMAT_VERSION.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    file.extend((length as u64).to_le_bytes());
    let mut offset = header;
    for (name, bytes) in sections {
        let mut padded = [0; NAME];
        padded[..name.len()].copy_from_slice(name.as_bytes());
        file.extend(padded);
        file.extend((offset as u64).to_le_bytes());
        file.extend((bytes.len() as u64).to_le_bytes());
        file.extend(crc32fast::hash(bytes).to_le_bytes());
        file.extend([0; 4]);
        offset += bytes.len();
    }
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file.extend([0; 4]);
    for (_, bytes) in sections {
        file.extend(bytes);
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

/// Reads the section table. The sections follow one another from the end of the header to the end of the file, without
/// holes and without overlaps.
pub(super) fn read(file: &[u8]) -> Result<Vec<Section>, Error> {
    let header_error = |reason: String| Error::Header { reason };
    if !file.starts_with(&MAGIC) {
        return Err(Error::Magic { expected: MAGIC, got: file[..file.len().min(8)].to_vec() });
    }
    let too_short = |needed: usize| Error::Length { expected: needed as u64, got: file.len() as u64 };
    if file.len() < FIXED {
        return Err(too_short(FIXED));
    }
    let mut cursor = Cursor(&file[MAGIC.len()..]);
    let version = cursor.u32();
    if version != FORMAT_VERSION {
        return Err(Error::FormatVersion { expected: FORMAT_VERSION, got: version });
    }
    let count = cursor.u32() as usize;
    let length = cursor.u64();
    if count > MAX_SECTIONS {
        return Err(header_error(format!("{count} sections, at most {MAX_SECTIONS} are allowed")));
    }
    let header = header_length(count);
    if file.len() < header {
        return Err(too_short(header));
    }
    let (table, tail) = (&file[..header - TAIL], &file[header - TAIL..header]);
    let expected = Cursor(tail).u32();
    let got = crc32fast::hash(table);
    if expected != got {
        return Err(header_error(format!("checksum {expected:08x} expected, got {got:08x}")));
    }
    if tail[4..] != [0; 4] {
        return Err(header_error("bytes that must be zero are not".into()));
    }
    if length != file.len() as u64 {
        return Err(Error::Length { expected: length, got: file.len() as u64 });
    }
    let mut sections: Vec<Section> = Vec::with_capacity(count);
    let mut offset = header as u64;
    for _ in 0..count {
        let name = cursor.take(NAME);
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(NAME);
        let (name, padding) = name.split_at(end);
        if end == 0 || !name.iter().all(u8::is_ascii_graphic) || padding.iter().any(|byte| *byte != 0) {
            return Err(header_error("a section's name is not 1 to 16 printable characters".into()));
        }
        let section = Section {
            name: String::from_utf8_lossy(name).into_owned(),
            offset: cursor.u64(),
            length: cursor.u64(),
            crc32: cursor.u32(),
        };
        if cursor.u32() != 0 {
            return Err(header_error("bytes that must be zero are not".into()));
        }
        if section.offset != offset {
            return Err(header_error(format!(
                "section {} begins at {}, expected {offset}",
                section.name, section.offset
            )));
        }
        offset = match offset.checked_add(section.length) {
            Some(end) if end <= length => end,
            _ => return Err(header_error(format!("section {} ends behind the file", section.name))),
        };
        if sections.iter().any(|other| other.name == section.name) {
            return Err(header_error(format!("there are two sections {}", section.name)));
        }
        sections.push(section);
    }
    if offset != length {
        return Err(header_error(format!("the sections end at {offset}, the file at {length}")));
    }
    Ok(sections)
}

/// The bytes of one section, after their checksum.
pub(super) fn section<'a>(file: &'a [u8], section: &Section) -> Result<&'a [u8], Error> {
    // Inside the file: `read` has checked offsets and lengths against it.
    let bytes = &file[section.offset as usize..(section.offset + section.length) as usize];
    match crc32fast::hash(bytes) {
        crc32 if crc32 == section.crc32 => Ok(bytes),
        crc32 => Err(Error::Checksum { section: section.name.clone(), expected: section.crc32, got: crc32 }),
    }
}
