//! Artifacts with right checksums and whatever content, written from the format's description: neither a flipped byte nor a
//! fuzzer gets past a checksum.
//!
//! The fuzz targets compile this file too.

use recommender::artifact::{self, Compression, Entry, FORMAT_VERSION, MAGIC, Section};

/// Bytes of an entry of the section table: name, offset, length, uncompressed length, checksum, compression.
const ENTRY_BYTES: usize = 16 + 8 + 8 + 8 + 4 + 4;
/// Bytes before the section table: magic, format version, number of sections, length of the file.
const FIXED_BYTES: usize = 8 + 4 + 4 + 8;

/// How a section lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As its content is.
    Plain,
    /// Compressed.
    Zstd,
    /// As its content is, which is said to be compressed, and to have this many bytes uncompressed.
    Claimed(u64),
}

/// One section of a file that is being forged.
#[derive(Clone, Debug)]
pub(crate) struct RawSection {
    pub(crate) name: String,
    /// The content, uncompressed where the encoding does not say otherwise.
    pub(crate) content: Vec<u8>,
    pub(crate) encoding: Encoding,
}

/// The sections of a good file.
pub(crate) fn open(file: &[u8]) -> Vec<RawSection> {
    let entries = artifact::sections(file).expect("an artifact of this format");
    let of = |entry: Entry<Section>| {
        let bytes = artifact::section(file, &entry);
        let (content, encoding) = match entry.compression {
            Compression::Plain => (bytes.to_vec(), Encoding::Plain),
            Compression::Zstd => {
                let content = zstd::bulk::decompress(bytes, entry.uncompressed as usize);
                (content.expect("a good section"), Encoding::Zstd)
            }
        };
        RawSection { name: entry.section.to_string(), content, encoding }
    };
    entries.into_iter().map(of).collect()
}

/// A file of these sections, all checksums right.
pub(crate) fn close(sections: &[RawSection]) -> Vec<u8> {
    let (mut table, mut bodies) = (Vec::new(), Vec::new());
    let start = FIXED_BYTES + ENTRY_BYTES * sections.len() + 8;
    for RawSection { name, content, encoding } in sections {
        let (body, uncompressed, zstd) = match encoding {
            Encoding::Plain => (content.clone(), content.len() as u64, 0_u32),
            Encoding::Zstd => (zstd::bulk::compress(content, 3).expect("compresses"), content.len() as u64, 1),
            Encoding::Claimed(uncompressed) => (content.clone(), *uncompressed, 1),
        };
        let mut name = name.clone().into_bytes();
        name.resize(16, 0);
        table.extend(name);
        table.extend(((start + bodies.len()) as u64).to_le_bytes());
        table.extend((body.len() as u64).to_le_bytes());
        table.extend(uncompressed.to_le_bytes());
        table.extend(crc32fast::hash(&body).to_le_bytes());
        table.extend(zstd.to_le_bytes());
        bodies.extend(body);
    }
    with_table(&table, &bodies)
}

/// A file of this section table, as many entries of it as are whole, and these sections: magic, version, length and
/// checksum of the header are right.
pub(crate) fn with_table(table: &[u8], bodies: &[u8]) -> Vec<u8> {
    let table = &table[..table.len() - table.len() % ENTRY_BYTES];
    let mut file = MAGIC.to_vec();
    file.extend(FORMAT_VERSION.to_le_bytes());
    file.extend(((table.len() / ENTRY_BYTES) as u32).to_le_bytes());
    file.extend(((FIXED_BYTES + table.len() + 8 + bodies.len()) as u64).to_le_bytes());
    file.extend(table);
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file.extend([0; 4]);
    file.extend(bodies);
    file
}

/// Makes every checksum of a file right, as far as it has a section table, and its length too.
pub(crate) fn fix_checksums(file: &mut [u8]) {
    let Some(count) = file.get(12..16).map(|count| u32::from_le_bytes([count[0], count[1], count[2], count[3]])) else {
        return;
    };
    let end = FIXED_BYTES + ENTRY_BYTES * (count as usize).min(64);
    if file.len() < end + 8 {
        return;
    }
    let length = file.len() as u64;
    file[16..24].copy_from_slice(&length.to_le_bytes());
    for entry in (FIXED_BYTES..end).step_by(ENTRY_BYTES) {
        let number = |at: usize| {
            let bytes: [u8; 8] = std::array::from_fn(|place| file[entry + at + place]);
            usize::try_from(u64::from_le_bytes(bytes)).unwrap_or(usize::MAX)
        };
        let (offset, bytes) = (number(16), number(24));
        let Some(body) = file.get(offset..offset.saturating_add(bytes)) else { continue };
        let crc32 = crc32fast::hash(body).to_le_bytes();
        file[entry + 40..entry + 44].copy_from_slice(&crc32);
    }
    let crc32 = crc32fast::hash(&file[..end]).to_le_bytes();
    file[end..end + 4].copy_from_slice(&crc32);
    file[end + 4..end + 8].fill(0);
}
