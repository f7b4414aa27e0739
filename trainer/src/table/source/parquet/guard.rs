//! Declared sizes of a Parquet file, checked before anybody allocates for them: they are numbers that a stranger wrote.
//!
//! The reader of the `parquet` crate takes as much memory as a page's header says that it unpacks to, as many values as
//! that of a dictionary says, and goes as deep as the schema. So footer and page headers are walked first.

use std::io;

use parquet::{
    basic::{Compression, Type},
    file::metadata::{ColumnChunkMetaData, RowGroupMetaData},
};

use super::{
    super::stored::Stored,
    thrift::{Kind, Reader, ThriftError},
};

/// The magic at the end, and the length of the footer before it.
const TAIL_BYTES: u64 = 8;
/// The most that a footer may have.
const MAX_FOOTER_BYTES: u64 = 32 << 20;
/// Groups within groups of a schema.
const MAX_SCHEMA_DEPTH: usize = 32;
/// The most that a page's header may have: it holds the page's least and greatest value.
const MAX_PAGE_HEADER_BYTES: usize = 1 << 20;
/// The most that a page may unpack to.
const MAX_PAGE_BYTES: u64 = 256 << 20;
/// What a page may unpack to in any case...
const FREE_PAGE_BYTES: u64 = 8 << 20;
/// ...and otherwise so many times of what it is.
const MAX_COMPRESSION_RATIO: u64 = 200;
/// What the largest pages of all columns of a row group may have in any case; otherwise as many times of the file.
const FREE_ROW_GROUP_BYTES: u64 = 256 << 20;
/// The most that they may have.
const MAX_ROW_GROUP_BYTES: u64 = 2 << 30;
/// Elements of the lists of a column of a row group, in any case; otherwise so many a byte.
const FREE_ELEMENTS: u64 = 1 << 22;
const MAX_ELEMENTS_PER_BYTE: u64 = 64;

/// `DELTA_LENGTH_BYTE_ARRAY` and `DELTA_BYTE_ARRAY`, as the format numbers them.
const DELTA_STRINGS: [i32; 2] = [6, 7];

/// Why a file is not read: a sentence without its name.
pub(super) type Refusal = String;

fn damaged(what: &str) -> Refusal {
    format!("its {what} is damaged")
}

fn unreadable(error: &io::Error) -> Refusal {
    format!("it cannot be read: {error}")
}

fn read_exact(stored: &Stored, start: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let mut read = 0;
    while read < length {
        match stored.read_at(start + read as u64, &mut bytes[read..])? {
            0 => break,
            n => read += n,
        }
    }
    bytes.truncate(read);
    Ok(bytes)
}

/// Checks that the footer is one, and what its schema declares.
pub(super) fn footer(stored: &Stored) -> Result<(), Refusal> {
    let size = stored.size();
    let tail = match size.checked_sub(TAIL_BYTES) {
        Some(start) => read_exact(stored, start, TAIL_BYTES as usize).map_err(|error| unreadable(&error))?,
        None => Vec::new(),
    };
    let [a, b, c, d, magic @ ..] = &tail[..] else { return Err("it ends before its footer".to_owned()) };
    if magic != b"PAR1" {
        return Err(match magic {
            b"PARE" => "it is encrypted: write it without encryption".to_owned(),
            _ => "it ends before its footer: copy or download it again".to_owned(),
        });
    }
    let length = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
    if length > MAX_FOOTER_BYTES || length + TAIL_BYTES + 4 > size {
        return Err(format!("its footer claims {length} bytes, of a file of {size}"));
    }
    let bytes = read_exact(stored, size - TAIL_BYTES - length, length as usize).map_err(|error| unreadable(&error))?;
    let mut schema = Ok(());
    Reader::new(&bytes)
        .fields(&mut |reader, id, kind| {
            let is_schema = id == 2 && kind == Kind::LIST;
            if is_schema {
                schema = schema_elements(reader)?;
            }
            Ok(is_schema)
        })
        .map_err(|_| damaged("footer"))?;
    schema
}

/// The elements of a schema stand in the order of a walk through its tree, each with its number of children.
fn schema_elements(reader: &mut Reader<'_>) -> Result<Result<(), Refusal>, ThriftError> {
    let (kind, count) = reader.list()?;
    // How many children are still to come, of each group that is open.
    let mut open: Vec<usize> = Vec::new();
    for at in 0..count {
        if kind != Kind::STRUCT {
            return Err(ThriftError::Wrong);
        }
        let mut children = 0;
        reader.fields(&mut |reader, id, kind| {
            let is_children = id == 5 && kind == Kind::I32;
            if is_children {
                children = reader.i32()?;
            }
            Ok(is_children)
        })?;
        let children = usize::try_from(children).map_err(|_| ThriftError::Wrong)?;
        if children > count - at {
            return Ok(Err(format!("a group of its schema claims {children} columns, of {count} in all")));
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        while open.last() == Some(&0) {
            open.pop();
        }
        if open.len() > MAX_SCHEMA_DEPTH {
            return Ok(Err(format!("its schema has more than {MAX_SCHEMA_DEPTH} groups within one another")));
        }
    }
    Ok(Ok(()))
}

/// Checks the pages of some columns of a row group: `columns` are their places in it and their names.
pub(super) fn row_group<'a>(
    stored: &Stored,
    group: &RowGroupMetaData,
    columns: impl Iterator<Item = (usize, &'a str)>,
) -> Result<(), Refusal> {
    if group.num_rows() < 0 {
        return Err("a row group claims fewer than 0 rows".to_owned());
    }
    let mut bytes = 0_u64;
    for (at, name) in columns {
        let Some(chunk) = group.columns().get(at) else { return Err(damaged("footer")) };
        bytes += column_chunk(stored, chunk).map_err(|reason| format!("column {name:?}: {reason}"))?;
        let free = FREE_ROW_GROUP_BYTES.max(stored.size().saturating_mul(MAX_COMPRESSION_RATIO));
        if bytes > MAX_ROW_GROUP_BYTES.min(free) {
            return Err(format!("the pages of a row group claim more than {bytes} bytes at once"));
        }
    }
    Ok(())
}

/// Walks the headers of a column chunk's pages: the bytes of the largest data page and of the dictionary.
fn column_chunk(stored: &Stored, chunk: &ColumnChunkMetaData) -> Result<u64, Refusal> {
    match chunk.compression() {
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_) => {}
        Compression::LZ4 | Compression::LZ4_RAW => {}
        other => return Err(format!("it is compressed with {other}; write it with snappy or zstd")),
    }
    // As the crate has it, which panics where one is below 0.
    let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
    let (Ok(start), Ok(length)) = (u64::try_from(start), u64::try_from(chunk.compressed_size())) else {
        return Err("it claims a place before the file".to_owned());
    };
    let end = start.checked_add(length).filter(|end| *end <= stored.size());
    let end =
        end.ok_or_else(|| format!("it claims bytes {start} to {start} + {length}, of a file of {}", stored.size()))?;
    let (mut at, mut data, mut dictionary, mut elements) = (start, 0, 0, 0);
    while at < end {
        let (header, header_bytes) = page_header(stored, at, end)?;
        let (packed, unpacked) = header.sizes()?;
        at += header_bytes + packed;
        if at > end {
            return Err(format!("a page claims {packed} bytes, more than there are"));
        }
        if unpacked > MAX_PAGE_BYTES.min(FREE_PAGE_BYTES.max(packed * MAX_COMPRESSION_RATIO)) {
            return Err(format!("a page of {packed} bytes claims to unpack to {unpacked}"));
        }
        if let Some(values) = header.dictionary_values {
            // A value of any length has its length before it, in 4 bytes; any other has a byte.
            let value_bytes = if chunk.column_type() == Type::BYTE_ARRAY { 4 } else { 1 };
            let fits = u64::try_from(values).is_ok_and(|values| values.saturating_mul(value_bytes) <= unpacked);
            if !fits {
                return Err(format!("a dictionary of {unpacked} bytes claims {values} values"));
            }
            dictionary = dictionary.max(unpacked);
        } else {
            data = data.max(unpacked);
        }
        if header.encoding.is_some_and(|encoding| DELTA_STRINGS.contains(&encoding)) {
            return Err("it is encoded as DELTA_BYTE_ARRAY or DELTA_LENGTH_BYTE_ARRAY; write it with dictionaries or \
                        PLAIN, as version 1.0 of the format"
                .to_owned());
        }
        elements += u64::try_from(header.values.unwrap_or(0)).map_err(|_| damaged("page header"))?;
    }
    if chunk.column_descr().max_rep_level() > 0 && elements > FREE_ELEMENTS.max(length * MAX_ELEMENTS_PER_BYTE) {
        return Err(format!("its lists claim {elements} elements in {length} bytes"));
    }
    Ok(data + dictionary)
}

/// What a page's header declares.
#[derive(Debug, Default)]
struct PageHeader {
    unpacked: Option<i32>,
    packed: Option<i32>,
    /// Of a data page.
    values: Option<i32>,
    encoding: Option<i32>,
    dictionary_values: Option<i32>,
}

impl PageHeader {
    fn sizes(&self) -> Result<(u64, u64), Refusal> {
        let size = |size: Option<i32>| size.and_then(|size| u64::try_from(size).ok());
        size(self.packed).zip(size(self.unpacked)).ok_or_else(|| damaged("page header"))
    }

    fn parse(bytes: &[u8]) -> Result<(Self, usize), ThriftError> {
        let mut header = Self::default();
        let mut reader = Reader::new(bytes);
        reader.fields(&mut |reader, id, kind| {
            match (id, kind) {
                (2, Kind::I32) => header.unpacked = Some(reader.i32()?),
                (3, Kind::I32) => header.packed = Some(reader.i32()?),
                // Data page, dictionary, data page of version 2: the number of values comes first in each.
                (5 | 7 | 8, Kind::STRUCT) => {
                    let encoding_id = if id == 8 { 4 } else { 2 };
                    let (mut values, mut encoding) = (None, None);
                    reader.fields(&mut |reader, id, kind| {
                        let is_known = kind == Kind::I32 && (id == 1 || id == encoding_id);
                        if is_known {
                            *(if id == 1 { &mut values } else { &mut encoding }) = Some(reader.i32()?);
                        }
                        Ok(is_known)
                    })?;
                    match id {
                        7 => header.dictionary_values = Some(values.unwrap_or(-1)),
                        _ => (header.values, header.encoding) = (values, encoding),
                    }
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok((header, reader.position()))
    }
}

/// The header at a place, and its length.
fn page_header(stored: &Stored, at: u64, end: u64) -> Result<(PageHeader, u64), Refusal> {
    let mut room = 256;
    loop {
        let length = (end - at).min(room as u64) as usize;
        let bytes = read_exact(stored, at, length).map_err(|error| unreadable(&error))?;
        match PageHeader::parse(&bytes) {
            Ok((header, length)) => return Ok((header, length as u64)),
            Err(ThriftError::Cut) if bytes.len() == room && room < MAX_PAGE_HEADER_BYTES => room *= 16,
            Err(_) => return Err(damaged("page header")),
        }
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
