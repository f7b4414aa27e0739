//! The tracks as an Apache Parquet file, for databases and vector engines.
//!
//! Each column is defined once, with its type and its values. A row group is written column by column: in memory are the
//! values of one column of one row group, whatever the number of tracks.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    ops::Range,
    sync::Arc,
};

use parquet::{
    basic::{Compression, LogicalType, Repetition, ZstdLevel},
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type},
    errors::{ParquetError, Result},
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{ColumnPath, Type, TypePtr},
};
use recommender::Model;

/// The largest column of a row group, the vectors, has 4 MB of values.
const ROW_GROUP_TRACKS: u32 = 1 << 16;
/// The key of the file's metadata whose value is the SHA-256 of the artifact.
const MODEL_VERSION: &str = "model_version";

/// Writes the tracks of a model in the order of its rows: by cluster.
///
/// # Errors
///
/// Where the file cannot be written, or a feature has the name of another column.
pub(super) fn write(model: &Model, file: &mut (dyn Write + Send)) -> io::Result<()> {
    write_row_groups(model, file, ROW_GROUP_TRACKS).map_err(|error| match error {
        // Without "External: ": what the file system says.
        ParquetError::External(source) => io::Error::other(source),
        error => io::Error::other(error),
    })
}

/// As [`write`], in row groups of `max_tracks`.
fn write_row_groups(model: &Model, file: &mut (dyn Write + Send), max_tracks: u32) -> Result<()> {
    let columns = columns(model)?;
    let schema = Type::group_type_builder("tracks")
        .with_fields(columns.iter().map(|column| column.field.clone()).collect())
        .build()?;
    let vectors = ColumnPath::new(["vector", "list", "element"].map(str::to_owned).to_vec());
    let version = KeyValue::new(MODEL_VERSION.to_owned(), model.version().to_string());
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        // Hardly any component occurs twice, and none is searched for by its size.
        .set_column_dictionary_enabled(vectors.clone(), false)
        .set_column_statistics_enabled(vectors, EnabledStatistics::None)
        .set_key_value_metadata(Some(vec![version]))
        .build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    let tracks = model.catalog().len() as u32;
    for start in (0..tracks).step_by(max_tracks as usize) {
        let rows = start..tracks.min(start.saturating_add(max_tracks));
        let mut group = writer.next_row_group()?;
        for column in &columns {
            let Some(mut to) = group.next_column()? else {
                return Err(ParquetError::General(format!("the schema ends before {}", column.field.name())));
            };
            (column.write)(rows.clone(), &mut to)?;
            to.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

type WriteRows<'a> = Box<dyn Fn(Range<u32>, &mut SerializedColumnWriter<'_>) -> Result<()> + 'a>;

/// A column: its type, and what writes the values of some rows.
struct Column<'a> {
    field: TypePtr,
    write: WriteRows<'a>,
}

/// The columns of a model's tracks.
fn columns(model: &Model) -> Result<Vec<Column<'_>>> {
    let catalog = model.catalog();
    let text = || Some(LogicalType::String);
    let mut columns = vec![
        required::<ByteArrayType>("id", text(), move |row| (*catalog.track(row).id).into())?,
        required::<ByteArrayType>("song", text(), move |row| catalog.track(row).song.into())?,
        required::<ByteArrayType>("artist", text(), move |row| catalog.track(row).artist.into())?,
    ];
    if catalog.albums.is_some() {
        columns.push(optional::<ByteArrayType>("album", text(), move |row| catalog.track(row).album.map(Into::into))?);
    }
    if catalog.genres.is_some() {
        columns.push(optional::<ByteArrayType>("genre", text(), move |row| catalog.track(row).genre.map(Into::into))?);
    }
    if catalog.years.is_some() {
        // A year that does not fit is none.
        let year = move |row| catalog.track(row).year.and_then(|year| i32::try_from(year).ok());
        columns.push(optional::<Int32Type>("year", None, year)?);
    }
    if catalog.explicit.is_some() {
        columns.push(optional::<BoolType>("explicit", None, move |row| catalog.track(row).explicit)?);
    }
    for (attribute, _) in catalog.attributes.columns() {
        // Fits: their largest value is that of an i32.
        let value = move |row| catalog.attributes.get(attribute, row).map(|value| value as i32);
        columns.push(optional::<Int32Type>(attribute.name(), None, value)?);
    }
    columns.push(required::<Int32Type>("cluster", None, move |row| model.cluster_of(row) as i32)?);
    let names: Vec<ByteArray> = model.clusters().iter().map(|cluster| cluster.name.as_str().into()).collect();
    columns.push(required::<ByteArrayType>("cluster_name", text(), move |row| names[model.cluster_of(row)].clone())?);
    for (name, values) in model.scaler().features.iter().zip(&catalog.features) {
        columns.push(required::<DoubleType>(name, None, move |row| values.get(row as usize))?);
    }
    columns.push(list("vector", move |row| vector(model, row))?);

    let mut names = BTreeSet::new();
    match columns.iter().find(|column| !names.insert(column.field.name())) {
        Some(column) => Err(ParquetError::General(format!("two columns are called {}", column.field.name()))),
        None => Ok(columns),
    }
}

/// What segue compares of a track: its scaled features, normalised to length 1, shape `(n_features,)`.
fn vector(model: &Model, row: u32) -> Vec<f32> {
    model.neighbors().nodes().vector(row).lanes()[..model.scaler().len()].to_vec()
}

/// A column with a value in every row.
fn required<'a, T: DataType>(
    name: &str,
    logical: Option<LogicalType>,
    value: impl Fn(u32) -> T::T + 'a,
) -> Result<Column<'a>> {
    let field = primitive::<T>(name, logical, Repetition::REQUIRED)?;
    let write: WriteRows<'a> = Box::new(move |rows, to| {
        let values: Vec<T::T> = rows.map(&value).collect();
        to.typed::<T>().write_batch(&values, None, None).map(drop)
    });
    Ok(Column { field, write })
}

/// A column with a null where the value is unknown.
fn optional<'a, T: DataType>(
    name: &str,
    logical: Option<LogicalType>,
    value: impl Fn(u32) -> Option<T::T> + 'a,
) -> Result<Column<'a>> {
    let field = primitive::<T>(name, logical, Repetition::OPTIONAL)?;
    let write: WriteRows<'a> = Box::new(move |rows, to| {
        let mut values = Vec::with_capacity(rows.len());
        let mut definition_levels = Vec::with_capacity(rows.len());
        for value in rows.map(&value) {
            definition_levels.push(i16::from(value.is_some()));
            values.extend(value);
        }
        to.typed::<T>().write_batch(&values, Some(&definition_levels), None).map(drop)
    });
    Ok(Column { field, write })
}

/// A column of lists of `float`, none of them null or empty: the three levels of the specification's `LIST`.
fn list<'a>(name: &str, value: impl Fn(u32) -> Vec<f32> + 'a) -> Result<Column<'a>> {
    let element = primitive::<FloatType>("element", None, Repetition::REQUIRED)?;
    let elements =
        Type::group_type_builder("list").with_repetition(Repetition::REPEATED).with_fields(vec![element]).build()?;
    let field = Type::group_type_builder(name)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::List))
        .with_fields(vec![Arc::new(elements)])
        .build()?;
    let write: WriteRows<'a> = Box::new(move |rows, to| {
        let mut values = Vec::new();
        let mut repetition_levels = Vec::new();
        for value in rows.map(&value) {
            values.extend_from_slice(&value);
            // 0 begins a list, 1 continues it.
            repetition_levels.extend((0..value.len()).map(|at| i16::from(at > 0)));
        }
        let definition_levels = vec![1; values.len()];
        to.typed::<FloatType>().write_batch(&values, Some(&definition_levels), Some(&repetition_levels)).map(drop)
    });
    Ok(Column { field: Arc::new(field), write })
}

fn primitive<T: DataType>(name: &str, logical: Option<LogicalType>, repetition: Repetition) -> Result<TypePtr> {
    let built = Type::primitive_type_builder(name, T::get_physical_type())
        .with_logical_type(logical)
        .with_repetition(repetition)
        .build()?;
    Ok(Arc::new(built))
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write as _, fs::File};

    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::{Field, Row},
    };

    use super::*;
    use crate::{table, training};

    /// 300 tracks with every column; each optional one has gaps.
    fn model() -> Model {
        let mut csv = String::from("id,song,artist,album,genre,year,explicit,key,duration_ms,energy,tempo,loudness\n");
        for track in 0..300_u32 {
            let or_none = |known: bool, text: String| if known { text } else { String::new() };
            let _ = writeln!(
                csv,
                "id-{track},Sóng {track},Artist {},{},{},{},{},{},{},0.{:03},{}.5,-{}.25",
                track % 40,
                or_none(track % 3 != 0, format!("Album {}", track % 7)),
                or_none(track % 4 != 0, format!("genre {}", track % 5)),
                or_none(track % 5 != 0, (1960 + track % 60).to_string()),
                ["Yes", "No", ""][track as usize % 3],
                or_none(track % 11 != 0, (track % 12).to_string()),
                or_none(track % 2 != 0, (180_000 + track).to_string()),
                track * 7919 % 1000,
                60 + track * 104_729 % 120,
                track * 1_299_709 % 50,
            );
        }
        let table =
            table::read(csv.as_bytes(), "tracks.csv", &table::Options::default(), &mut |_| {}).expect("a table");
        assert_eq!(table.n_tracks(), 300);
        training::unweighted(table, &training::Options { k: 3, ..Default::default() }).expect("a model")
    }

    fn read(file: &[u8]) -> (SerializedFileReader<File>, Vec<Row>) {
        let mut on_disk = tempfile::tempfile().expect("a file");
        on_disk.write_all(file).expect("writes");
        let reader = SerializedFileReader::new(on_disk).expect("Parquet");
        let rows = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
        (reader, rows)
    }

    /// A track as the catalogue has it.
    fn expected(model: &Model, row: u32) -> Vec<(String, Field)> {
        let track = model.catalog().track(row);
        let text = |text: &str| Field::Str(text.to_owned());
        let number = |value: Option<u32>| value.map_or(Field::Null, |value| Field::Int(value as i32));
        let cluster = model.clusters().iter().position(|cluster| cluster.rows.contains(&row)).expect("a cluster");
        let mut fields = vec![
            ("id", text(&track.id)),
            ("song", text(track.song)),
            ("artist", text(track.artist)),
            ("album", track.album.map_or(Field::Null, text)),
            ("genre", track.genre.map_or(Field::Null, text)),
            ("year", number(track.year)),
            ("explicit", track.explicit.map_or(Field::Null, Field::Bool)),
            ("key", number(track.key)),
            ("duration_ms", number(track.duration_ms)),
            ("cluster", Field::Int(cluster as i32)),
            ("cluster_name", text(&model.clusters()[cluster].name)),
        ];
        let features = model.scaler().features.iter().map(String::as_str);
        fields.extend(features.zip(model.catalog().raw(row).into_iter().map(Field::Double)));
        fields.into_iter().map(|(name, field)| (name.to_owned(), field)).collect()
    }

    #[test]
    fn every_value_comes_back_in_row_groups_of_any_size() {
        let model = model();
        for (max_tracks, groups) in [(64, 5), (300, 1), (ROW_GROUP_TRACKS, 1)] {
            let mut file = Vec::new();
            write_row_groups(&model, &mut file, max_tracks).expect("writes");
            let (reader, rows) = read(&file);
            assert_eq!(reader.num_row_groups(), groups);
            assert_eq!(rows.len(), 300);
            for (number, row) in rows.into_iter().enumerate() {
                let mut fields = row.into_columns();
                let Some((name, Field::ListInternal(vector))) = fields.pop() else { panic!("no list: {fields:?}") };
                assert_eq!((name.as_str(), vector.len()), ("vector", 3));
                assert_eq!(fields, expected(&model, number as u32));
                // The definition of the vector, computed here.
                let scaled = model.scaler().scale(&model.catalog().raw(number as u32));
                let norm = scaled.iter().map(|value| value * value).sum::<f64>().sqrt();
                for (value, scaled) in vector.elements().iter().zip(&scaled) {
                    let Field::Float(value) = value else { panic!("{value:?}") };
                    assert!((f64::from(*value) - scaled / norm).abs() < 1e-7, "{value} {scaled} {norm}");
                }
            }
        }
    }

    #[test]
    fn the_file_names_its_model_and_has_the_same_bytes_every_time() {
        let model = model();
        let write = || {
            let mut file = Vec::new();
            super::write(&model, &mut file).expect("writes");
            file
        };
        let file = write();
        assert!(file == write());
        let (reader, _) = read(&file);
        let metadata = reader.metadata().file_metadata().key_value_metadata().expect("metadata");
        let version = metadata.iter().find(|pair| pair.key == MODEL_VERSION).and_then(|pair| pair.value.clone());
        assert_eq!(version, Some(model.version().to_string()));
    }

    #[test]
    fn what_the_file_system_says_is_said() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = write(&model(), &mut Full).expect_err("no room");
        assert_eq!(error.to_string(), io::Error::from(io::ErrorKind::StorageFull).to_string());
    }
}
