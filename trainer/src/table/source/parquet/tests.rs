//! Files as others write them, and damaged ones.

use std::sync::Arc;

use parquet::{
    basic::{Compression, Encoding, GzipLevel, ZstdLevel},
    data_type::{ByteArray, Int96},
    file::{
        properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use proptest::prelude::*;

use super::*;

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

fn write(schema: &str, properties: WriterPropertiesBuilder, groups: &[&dyn Fn(&mut Group<'_>)]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = Arc::new(properties.build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).expect("a writer");
    for write in groups {
        let mut group = writer.next_row_group().expect("a group");
        write(&mut group);
        group.close().expect("closed");
    }
    writer.into_inner().expect("written")
}

/// Writes the next column: values, definition levels and repetition levels where there are any.
fn put<T: DataType>(group: &mut Group<'_>, values: &[T::T], definition: &[i16], repetition: &[i16]) {
    let mut column = group.next_column().expect("a column").expect("one more");
    let definition = (!definition.is_empty()).then_some(definition);
    let repetition = (!repetition.is_empty()).then_some(repetition);
    column.typed::<T>().write_batch(values, definition, repetition).expect("written");
    column.close().expect("closed");
}

fn text(values: &[&str]) -> Vec<ByteArray> {
    values.iter().map(|text| ByteArray::from(*text)).collect()
}

fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
}

type Cells = (Vec<String>, Vec<Vec<String>>);

fn read(bytes: &[u8]) -> Result<Cells, ParquetFault> {
    let mut rows = ParquetRows::open(Stored::stream(bytes).expect("memory"))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next_row()? {
        assert_eq!(row.line, all.len() as u64 + 2);
        all.push(row.cells().map(str::to_owned).collect());
    }
    Ok((rows.header(), all))
}

fn refusal(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(ParquetFault::Refused(reason)) => reason,
        other => panic!("it is read: {other:?}"),
    }
}

const SCHEMA: &str = "message t { required binary song (STRING); optional double energy; required int32 tempo; }";

fn songs(group: &mut Group<'_>) {
    put::<ByteArrayType>(group, &text(&["A", "B", "C"]), &[], &[]);
    put::<DoubleType>(group, &[0.5, -0.25], &[1, 0, 1], &[]);
    put::<Int32Type>(group, &[120, 99, -3], &[], &[]);
}

const SONGS: [[&str; 3]; 3] = [["A", "0.5", "120"], ["B", "", "99"], ["C", "-0.25", "-3"]];

#[test]
fn row_groups_follow_one_another_whatever_their_compression_and_version() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let properties = properties()
                .set_compression(compression)
                .set_writer_version(version)
                .set_column_encoding("song".into(), Encoding::PLAIN)
                .set_data_page_row_count_limit(2)
                .set_write_batch_size(1);
            let bytes = write(SCHEMA, properties, &[&songs, &songs]);
            let (header, rows) = read(&bytes).expect("reads");
            assert_eq!(header, ["song", "energy", "tempo"]);
            assert_eq!(rows, [SONGS, SONGS].concat(), "{compression:?} {version:?}");
        }
    }
}

#[test]
fn values_of_every_type_are_cells() {
    let schema = "message t {
        required boolean a; required int32 b (DATE); required int64 c (TIMESTAMP(MILLIS,true)); required int96 d;
        required float e; required int32 f (DECIMAL(9,2)); required fixed_len_byte_array(2) g (DECIMAL(4,1));
        required int64 h (INTEGER(64,false)); required binary i (JSON); required binary j; required binary k (BSON);
    }";
    let bytes = write(
        schema,
        properties(),
        &[&|group: &mut Group<'_>| {
            let mut time = Int96::new();
            time.set_data(0, 0, 2_440_588);
            put::<BoolType>(group, &[true], &[], &[]);
            put::<Int32Type>(group, &[17_897], &[], &[]);
            put::<Int64Type>(group, &[0], &[], &[]);
            put::<Int96Type>(group, &[time], &[], &[]);
            put::<FloatType>(group, &[0.324], &[], &[]);
            put::<Int32Type>(group, &[-1877], &[], &[]);
            put::<FixedLenByteArrayType>(group, &[ByteArray::from(vec![0, 25]).into()], &[], &[]);
            put::<Int64Type>(group, &[-1], &[], &[]);
            put::<ByteArrayType>(group, &text(&["{}"]), &[], &[]);
            put::<ByteArrayType>(group, &[ByteArray::from(vec![0xFF])], &[], &[]);
            put::<ByteArrayType>(group, &text(&["x"]), &[], &[]);
        }],
    );
    let (header, rows) = read(&bytes).expect("reads");
    assert_eq!(header, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
    let expected = [
        "true",
        "2019-01-01",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "0.324",
        "-18.77",
        "2.5",
        "18446744073709551615",
        "{}",
        "",
    ];
    assert_eq!(rows, [expected]);
}

#[test]
fn lists_of_text_are_joined_and_fields_of_groups_are_columns() {
    let schema = "message t {
        optional group artists (LIST) { repeated group list { optional binary element (STRING); } }
        repeated binary genres (STRING);
        optional group features { required double energy; required double tempo; }
        optional group vector (LIST) { repeated group list { required float element; } }
    }";
    let bytes = write(
        schema,
        properties(),
        &[&|group: &mut Group<'_>| {
            // ["A", null, "B"], null, [], ["C"]
            put::<ByteArrayType>(group, &text(&["A", "B", "C"]), &[3, 2, 3, 0, 1, 3], &[0, 1, 1, 0, 0, 0]);
            put::<ByteArrayType>(group, &text(&["pop", "rock"]), &[1, 1, 0, 0, 0], &[0, 1, 0, 0, 0]);
            put::<DoubleType>(group, &[0.5, 0.25, 1.0], &[1, 0, 1, 1], &[]);
            put::<DoubleType>(group, &[120.0, 99.0, 1e-7], &[1, 0, 1, 1], &[]);
            put::<FloatType>(group, &[1.0, 2.0], &[2, 2, 1, 1, 1], &[0, 1, 0, 0, 0]);
        }],
    );
    let (header, rows) = read(&bytes).expect("reads");
    assert_eq!(header, ["artists", "genres", "features.energy", "features.tempo"]);
    let expected =
        [["A;B", "pop;rock", "0.5", "120"], ["", "", "", ""], ["", "", "0.25", "99"], ["C", "", "1", "0.0000001"]];
    assert_eq!(rows, expected);
}

#[test]
fn more_rows_than_a_batch_are_read() {
    let songs = |group: &mut Group<'_>| {
        let names: Vec<String> = (0..5000).map(|n| format!("song {n}")).collect();
        put::<ByteArrayType>(group, &text(&names.iter().map(String::as_str).collect::<Vec<_>>()), &[], &[]);
        put::<DoubleType>(group, &vec![0.5; 5000], &[1; 5000], &[]);
        put::<Int32Type>(group, &(0..5000).collect::<Vec<_>>(), &[], &[]);
    };
    let (_, rows) = read(&write(SCHEMA, properties(), &[&songs, &songs])).expect("reads");
    assert_eq!((rows.len(), rows[9999].clone()), (10_000, vec!["song 4999".into(), "0.5".into(), "4999".into()]));
}

#[test]
fn file_that_is_cut_or_empty_is_refused() {
    let bytes = write(SCHEMA, properties(), &[&songs]);
    for cut in [4, 11, bytes.len() / 2, bytes.len() - 1] {
        assert!(refusal(&bytes[..cut]).contains("ends before its footer"), "cut at {cut}");
    }
    let mut long = bytes.clone();
    let at = bytes.len() - 8;
    long[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(refusal(&long).contains("claims 4294967295 bytes"));
    let mut encrypted = bytes;
    encrypted.splice(at + 4.., *b"PARE");
    assert!(refusal(&encrypted).contains("encrypted"));
}

#[test]
fn cells_beyond_the_limit_are_refused_with_their_row() {
    let large = "x".repeat(MAX_CELL_BYTES + 1);
    let bytes = write(
        "message t { required binary a (STRING); }",
        properties(),
        &[&|group: &mut Group<'_>| {
            put::<ByteArrayType>(group, &text(&["a", &large]), &[], &[]);
        }],
    );
    assert!(matches!(read(&bytes), Err(ParquetFault::TooLarge { line: 3, .. })));
}

#[test]
fn one_repeated_row_does_not_become_a_table_without_end() {
    // Some megabytes beyond the limit of tests are enough to see that they are counted.
    let wide = "x".repeat(100_000);
    let bytes = write(
        "message t { required binary a (STRING); }",
        properties(),
        &[&|group: &mut Group<'_>| {
            put::<ByteArrayType>(group, &vec![ByteArray::from(wide.as_str()); 1_000], &[], &[]);
        }],
    );
    assert!(bytes.len() < 300_000, "{} bytes", bytes.len());
    assert!(matches!(read(&bytes), Err(ParquetFault::Bomb(_))));
}

#[test]
fn encodings_that_allocate_what_a_stranger_says_are_refused() {
    let properties = properties()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY);
    let bytes = write(
        "message t { required binary a (STRING); }",
        properties,
        &[&|group: &mut Group<'_>| {
            put::<ByteArrayType>(group, &text(&["a", "ab"]), &[], &[]);
        }],
    );
    assert!(refusal(&bytes).contains("DELTA_BYTE_ARRAY"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_an_error_or_other_cells(at in any::<prop::sample::Index>(), byte in any::<u8>(), snappy in any::<bool>()) {
        let compression = if snappy { Compression::SNAPPY } else { Compression::UNCOMPRESSED };
        let mut bytes = write(SCHEMA, properties().set_compression(compression), &[&songs]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read(&bytes);
    }
}
