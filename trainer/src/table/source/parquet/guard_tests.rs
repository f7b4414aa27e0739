//! An attack for each number that a file declares.

use std::sync::Arc;

use parquet::{
    file::metadata::{ColumnChunkMetaDataBuilder, RowGroupMetaData},
    schema::{parser::parse_message_type, types::SchemaDescriptor},
};

use super::*;

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A field of 32 bits.
fn i32_field(delta: u8, value: i64, out: &mut Vec<u8>) {
    out.push(delta << 4 | 5);
    varint(((value << 1) ^ (value >> 63)) as u64, out);
}

/// The header of a data page (`of` 5 or 8) or of a dictionary (7).
fn header(of: u8, unpacked: i64, packed: i64, values: i64, encoding: i64) -> Vec<u8> {
    let mut out = Vec::new();
    i32_field(1, 0, &mut out);
    i32_field(1, unpacked, &mut out);
    i32_field(1, packed, &mut out);
    out.push((of - 3) << 4 | 12);
    i32_field(1, values, &mut out);
    if of == 8 {
        i32_field(1, 0, &mut out);
        i32_field(1, values, &mut out);
    }
    i32_field(1, encoding, &mut out);
    out.extend([0, 0]);
    out
}

/// A row group of one column, whose chunk is these bytes; `edit` forges what the footer says of it.
fn check(
    bytes: &[u8],
    schema: &str,
    edit: impl Fn(ColumnChunkMetaDataBuilder) -> ColumnChunkMetaDataBuilder,
) -> Result<(), Refusal> {
    let schema = parse_message_type(&format!("message t {{ {schema} }}")).expect("a schema");
    let schema = Arc::new(SchemaDescriptor::new(Arc::new(schema)));
    let chunk = ColumnChunkMetaData::builder(schema.column(0)).set_data_page_offset(0);
    let chunk = edit(chunk.set_total_compressed_size(bytes.len() as i64)).build().expect("a chunk");
    let group =
        RowGroupMetaData::builder(schema).set_num_rows(1).set_column_metadata(vec![chunk]).build().expect("one");
    row_group(&Stored::stream(bytes).expect("memory"), &group, [(0, "song")].into_iter())
}

fn refused(bytes: &[u8], expected: &str) {
    let reason = check(bytes, "required binary song (STRING);", |chunk| chunk).expect_err("refused");
    assert!(reason.contains(expected) && reason.contains("song"), "{reason}");
}

#[test]
fn honest_pages_are_taken() {
    let pages =
        [header(7, 8, 8, 2, 0), vec![0; 8], header(5, 4, 4, 3, 8), vec![0; 4], header(8, 4, 4, 3, 8), vec![0; 4]];
    check(&pages.concat(), "required binary song (STRING);", |chunk| chunk).expect("taken");
}

#[test]
fn small_page_that_claims_to_be_huge_is_refused() {
    refused(&[header(5, i64::from(i32::MAX), 4, 1, 0), vec![0; 4]].concat(), "claims to unpack to 2147483647");
    refused(&[header(5, 9 << 20, 4, 1, 0), vec![0; 4]].concat(), "claims to unpack to");
    refused(&header(5, 4, i64::from(i32::MAX), 1, 0), "more than there are");
    refused(&header(5, -1, 0, 1, 0), "page header is damaged");
    refused(&header(5, 0, -1, 1, 0), "page header is damaged");
    refused(&[0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], "page header is damaged");
}

#[test]
fn dictionary_that_claims_more_values_than_fit_is_refused() {
    for values in [i64::from(i32::MAX), 3, -1] {
        refused(&[header(7, 8, 8, values, 0), vec![0; 8]].concat(), "a dictionary of 8 bytes claims");
    }
}

#[test]
fn many_columns_of_free_pages_are_bounded_together() {
    let page = [header(5, 8 << 20, 4, 1, 0), vec![0; 4]].concat();
    let names: Vec<String> = (0..40).map(|n| format!("required binary c{n};")).collect();
    let schema = parse_message_type(&format!("message t {{ {} }}", names.concat())).expect("a schema");
    let schema = Arc::new(SchemaDescriptor::new(Arc::new(schema)));
    let chunks = (0..40).map(|at| {
        let chunk = ColumnChunkMetaData::builder(schema.column(at)).set_data_page_offset(0);
        chunk.set_total_compressed_size(page.len() as i64).build().expect("a chunk")
    });
    let group = RowGroupMetaData::builder(Arc::clone(&schema)).set_num_rows(1).set_column_metadata(chunks.collect());
    let group = group.build().expect("a group");
    let reason = row_group(&Stored::stream(&page[..]).expect("memory"), &group, (0..40).map(|at| (at, "c")));
    assert!(reason.expect_err("refused").contains("at once"));
}

#[test]
fn list_that_claims_elements_without_bytes_is_refused() {
    let page = header(5, 0, 0, 1 << 30, 0);
    let reason = check(&page, "repeated binary song (STRING);", |chunk| chunk).expect_err("refused");
    assert!(reason.contains("elements"), "{reason}");
    check(&page, "required binary song (STRING);", |chunk| chunk).expect("no list: its values are read in batches");
}

#[test]
fn place_outside_the_file_is_refused() {
    let schema = "required binary song (STRING);";
    let page = header(5, 0, 0, 0, 0);
    for (start, length) in [(-1, 4), (0, -1), (i64::MAX, 4), (0, i64::MAX), (100, 4), (0, 100)] {
        let forged =
            |chunk: ColumnChunkMetaDataBuilder| chunk.set_data_page_offset(start).set_total_compressed_size(length);
        assert!(check(&page, schema, forged).expect_err("refused").contains("claims"), "{start} {length}");
    }
    let forged = |chunk: ColumnChunkMetaDataBuilder| chunk.set_dictionary_page_offset(Some(-1));
    assert!(check(&page, schema, forged).is_err());
    let brotli = |chunk: ColumnChunkMetaDataBuilder| chunk.set_compression(Compression::BROTLI(Default::default()));
    assert!(check(&page, schema, brotli).expect_err("refused").contains("snappy"));
}

/// A file of a footer alone, whose schema has these numbers of children.
fn footer_of(children: &[i64]) -> Result<(), Refusal> {
    let mut footer = vec![0x15, 4, 0x19];
    footer.push(0xF0 | 12);
    varint(children.len() as u64, &mut footer);
    for count in children {
        // Name and number of children.
        footer.extend([0x48, 1, b'a']);
        i32_field(1, *count, &mut footer);
        footer.push(0);
    }
    footer.push(0);
    let length = (footer.len() as u32).to_le_bytes();
    let file = [b"PAR1", &footer[..], &length, b"PAR1"].concat();
    super::footer(&Stored::stream(&file[..]).expect("memory"))
}

#[test]
fn schema_that_is_deep_or_claims_children_is_refused() {
    footer_of(&[2, 0, 1, 0]).expect("a schema");
    assert!(footer_of(&[1; 1000]).expect_err("refused").contains("within one another"));
    assert!(footer_of(&[i64::from(i32::MAX), 0]).expect_err("refused").contains("claims 2147483647 columns"));
    assert!(footer_of(&[-1]).expect_err("refused").contains("damaged"));
}
