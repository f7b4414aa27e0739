//! Bytes that may be an artifact.

use std::sync::LazyLock;

use recommender::{
    Model, Version,
    artifact::{self, ArtifactReader, SectionData},
};

use crate::{
    MODEL,
    artifact_builder::{self, Encoding, RawSection},
    exercise::exercise,
    reached::reach,
};

/// None compressed: that would be done again for each input.
static SECTIONS: LazyLock<Vec<RawSection>> = LazyLock::new(|| {
    let sections = artifact_builder::open(MODEL).into_iter();
    sections.map(|section| RawSection { encoding: Encoding::Plain, ..section }).collect()
});

/// A header: as it is, and as a section table whose checksum is right, over a file of another length too.
pub fn artifact_header(data: &[u8]) {
    header(data, data.len() as u64);
    // Of 48 bytes each; what is left over is the content of the sections.
    let (table, bodies) = data.split_at(data.len().min(data.len() / 48 * 48));
    let file = artifact_builder::with_table(table, bodies);
    header(&file, file.len() as u64);
    header(&file, u64::MAX);
    if let [count, rest @ ..] = data {
        let (table, bodies) = rest.split_at(rest.len().min(usize::from(*count) * 48));
        let file = artifact_builder::with_table(table, bodies);
        header(&file, file.len() as u64);
    }
}

fn header(file: &[u8], length: u64) {
    let header = artifact::header_length(file);
    let sections = artifact::sections(file);
    match ArtifactReader::new(file, length) {
        Ok(reader) => {
            assert!(header.is_ok_and(|header| header <= file.len()));
            let mut end = 0;
            for section in reader.sections() {
                assert!(end == 0 || section.offset == end, "a hole before {}", section.section);
                end = section.range().end;
                assert!(end <= length, "{} ends behind the file", section.section);
                if let Some(bytes) = file.get(section.offset as usize..end as usize) {
                    let _ = SectionData::read(section, bytes);
                }
            }
            assert_eq!(end, length);
            reach();
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    for section in sections.unwrap_or_default() {
        assert_eq!(artifact::section(file, &section).len() as u64, section.length);
    }
}

/// One section of an artifact whose others are good, with right checksums. The first byte says which one, and the
/// second whether the rest is its content, or what should unpack to it.
pub fn artifact_section(data: &[u8]) {
    let [which, form, content @ ..] = data else { return };
    let mut sections = SECTIONS.clone();
    let at = usize::from(*which) % sections.len();
    let section = &mut sections[at];
    (section.content, section.encoding) = match (form % 4, content) {
        (0 | 1, _) => (content.to_vec(), Encoding::Plain),
        // Compressed by the fuzzer, with a length that it says too.
        (2, [a, b, c, compressed @ ..]) => {
            (compressed.to_vec(), Encoding::Claimed(u32::from_le_bytes([*a, *b, *c, 0]).into()))
        }
        // Well compressed.
        _ => (content.to_vec(), Encoding::Zstd),
    };
    file(&artifact_builder::close(&sections));
}

/// A whole file: as it is, and with all checksums made right.
pub fn artifact_file(data: &[u8]) {
    file(data);
    let mut healed = data.to_vec();
    artifact_builder::fix_checksums(&mut healed);
    file(&healed);
}

fn file(file: &[u8]) {
    // As the program does that has the whole file. What the function does, section by section, is the same code.
    match Model::from_bytes(file, Version::of(file)) {
        Ok(model) => exercise(&model),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
