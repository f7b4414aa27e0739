//! Artifacts with right checksums and whatever content, written from the format's description: a fuzzer would not guess
//! a checksum.

use recommender::artifact::{self, Compression, FORMAT_VERSION, MAGIC};

/// Name, offset, length, unpacked length, checksum, packing.
const ENTRY: usize = 16 + 8 + 8 + 8 + 4 + 4;
/// Magic, format version, number of sections, length of the file.
const FIXED: usize = 8 + 4 + 4 + 8;

/// One section of a file that is being forged.
#[derive(Clone, Debug)]
pub(crate) struct RawSection {
    pub(crate) name: String,
    /// As it is in the file.
    pub(crate) bytes: Vec<u8>,
    /// The length that the table says it has unpacked.
    pub(crate) uncompressed: u64,
    pub(crate) zstd: bool,
}

impl RawSection {
    /// A section that is not packed.
    pub(crate) fn plain(name: &str, content: &[u8]) -> Self {
        Self { name: name.into(), bytes: content.to_vec(), uncompressed: content.len() as u64, zstd: false }
    }
}

/// The sections of a good file, unpacked.
pub(crate) fn open(file: &[u8]) -> Vec<RawSection> {
    let sections = artifact::sections(file).expect("the model is an artifact of this format");
    let of = |section: artifact::Entry<artifact::Section>| {
        let name = section.section.to_string();
        let bytes = artifact::section(file, &section);
        match section.compression {
            Compression::Plain => RawSection::plain(&name, bytes),
            Compression::Zstd => {
                let content =
                    zstd::bulk::decompress(bytes, section.uncompressed as usize).expect("a good file unpacks");
                RawSection::plain(&name, &content)
            }
        }
    };
    sections.into_iter().map(of).collect()
}

/// A file of these sections, all checksums right.
pub(crate) fn close(sections: &[RawSection]) -> Vec<u8> {
    let mut table = Vec::new();
    let mut offset = FIXED + ENTRY * sections.len() + 8;
    for section in sections {
        let mut name = section.name.clone().into_bytes();
        name.resize(16, 0);
        table.extend(name);
        table.extend((offset as u64).to_le_bytes());
        table.extend((section.bytes.len() as u64).to_le_bytes());
        table.extend(section.uncompressed.to_le_bytes());
        table.extend(crc32fast::hash(&section.bytes).to_le_bytes());
        table.extend(u32::from(section.zstd).to_le_bytes());
        offset += section.bytes.len();
    }
    let bodies: Vec<u8> = sections.iter().flat_map(|section| section.bytes.iter().copied()).collect();
    with_table(&table, &bodies)
}

/// A file of this section table, as many entries of it as are whole, and these sections: magic, version, length and
/// checksum of the header are right.
pub(crate) fn with_table(table: &[u8], bodies: &[u8]) -> Vec<u8> {
    let table = &table[..table.len() - table.len() % ENTRY];
    let mut file = MAGIC.to_vec();
    file.extend(FORMAT_VERSION.to_le_bytes());
    file.extend(((table.len() / ENTRY) as u32).to_le_bytes());
    file.extend(((FIXED + table.len() + 8 + bodies.len()) as u64).to_le_bytes());
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
    let end = FIXED + ENTRY * (count as usize).min(64);
    if file.len() < end + 8 {
        return;
    }
    let length = file.len() as u64;
    file[16..24].copy_from_slice(&length.to_le_bytes());
    for entry in (FIXED..end).step_by(ENTRY) {
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
