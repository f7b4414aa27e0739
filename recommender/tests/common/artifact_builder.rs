//! Artifacts with right checksums and wrong content, written from the format's description.

use recommender::artifact::{Compression, Entry, MAGIC, Section, sections};

/// One section of a file that is being forged.
#[derive(Clone)]
pub(crate) struct RawSection {
    pub(crate) name: String,
    /// The content, unpacked.
    pub(crate) content: Vec<u8>,
    pub(crate) zstd: bool,
}

/// The sections of a file, unpacked.
pub(crate) fn open(file: &[u8]) -> Vec<RawSection> {
    let uncompressed = |section: &Entry<Section>| {
        let bytes = recommender::artifact::section(file, section);
        match section.compression {
            Compression::Plain => bytes.to_vec(),
            Compression::Zstd => zstd::bulk::decompress(bytes, section.uncompressed as usize).expect("unpacks"),
        }
    };
    let of = |section: Entry<Section>| RawSection {
        content: uncompressed(&section),
        zstd: section.compression == Compression::Zstd,
        name: section.section.to_string(),
    };
    sections(file).expect("an artifact").into_iter().map(of).collect()
}

/// A file of these sections, all checksums right.
pub(crate) fn close(sections: &[RawSection]) -> Vec<u8> {
    let bodies: Vec<Vec<u8>> = sections
        .iter()
        .map(|section| match section.zstd {
            true => zstd::bulk::compress(&section.content, 3).expect("packs"),
            false => section.content.clone(),
        })
        .collect();
    let mut offset = 24 + 48 * sections.len() + 8;
    let length = offset + bodies.iter().map(Vec::len).sum::<usize>();
    let mut file = MAGIC.to_vec();
    file.extend(3_u32.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    file.extend((length as u64).to_le_bytes());
    for (section, body) in sections.iter().zip(&bodies) {
        let mut name = section.name.clone().into_bytes();
        name.resize(16, 0);
        file.extend(name);
        file.extend((offset as u64).to_le_bytes());
        file.extend((body.len() as u64).to_le_bytes());
        file.extend((section.content.len() as u64).to_le_bytes());
        file.extend(crc32fast::hash(body).to_le_bytes());
        file.extend(u32::from(section.zstd).to_le_bytes());
        offset += body.len();
    }
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file.extend([0; 4]);
    bodies.iter().for_each(|body| file.extend(body));
    file
}
