//! Rows out of an Apache Parquet file: row groups one after the other, a batch of rows of all columns at a time.

mod cells;
mod guard;
mod thrift;

use std::{
    fmt::Write,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use bytes::Bytes;
use parquet::{
    basic::Type,
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{
        BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
        Int96Type,
    },
    errors::{ParquetError, Result as ParquetResult},
    file::reader::{ChunkReader, FileReader, Length, SerializedFileReader},
    schema::types::ColumnDescriptor,
};

use self::{cells::Format, guard::Refusal};
use super::{
    limit::UnpackLimit,
    stored::{Cursor, Stored},
};
use crate::table::rows::{MAX_CELL_BYTES, MAX_CELLS, MAX_ROW_BYTES, Row};

/// How many rows of each column are in memory at once.
const BATCH_ROWS: usize = 1024;
/// Between the elements of a list that becomes one cell.
const LIST_SEPARATOR: char = ';';

/// What stops the rows of a file.
#[derive(Debug)]
pub(crate) enum ParquetFault {
    /// Why it is not read.
    Refused(Refusal),
    /// A row beyond the limits.
    TooLarge { line: u64, what: &'static str },
    /// It unpacks to far more than any table does.
    Bomb(io::Error),
}

impl From<Refusal> for ParquetFault {
    fn from(reason: Refusal) -> Self {
        Self::Refused(reason)
    }
}

/// The rows of a file.
pub(crate) struct ParquetRows {
    stored: Stored,
    reader: SerializedFileReader<Stored>,
    columns: Vec<Column>,
    row_group: usize,
    /// Rows that are still to come of the row group.
    group_rows: u64,
    /// Rows that are still to come of the batch.
    batch_rows: usize,
    /// The row's place, as a CSV would have it: its header is line 1.
    line: u64,
    limit: UnpackLimit,
    text: String,
    ends: Vec<usize>,
}

impl ParquetRows {
    /// Reads the footer.
    pub(crate) fn open(stored: Stored) -> Result<Self, ParquetFault> {
        guard::footer(&stored)?;
        let reader = caught(|| SerializedFileReader::new(stored.clone()))?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let mut columns = Vec::new();
        for (leaf, column) in schema.columns().iter().enumerate() {
            columns.extend(Column::new(leaf, column));
        }
        if columns.len() > MAX_CELLS {
            return Err(Refusal::from("it has more than 65536 columns").into());
        }
        Ok(Self {
            stored,
            reader,
            columns,
            row_group: 0,
            group_rows: 0,
            batch_rows: 0,
            line: 1,
            limit: UnpackLimit::default(),
            text: String::new(),
            ends: Vec::new(),
        })
    }

    /// The columns' names.
    pub(crate) fn header(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// How many bytes have been read since this was asked for the last time.
    pub(crate) fn take_read(&self) -> u64 {
        self.stored.take_read()
    }

    /// The next row.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, ParquetFault> {
        if self.batch_rows == 0 && !self.next_batch()? {
            return Ok(None);
        }
        self.batch_rows -= 1;
        self.line += 1;
        let Self { columns, text, ends, line, .. } = self;
        text.clear();
        ends.clear();
        let outcome = caught(|| {
            for column in columns.iter_mut() {
                let start = text.len();
                column.push_record(text);
                if text.len() - start > MAX_CELL_BYTES {
                    return Ok(Some("a cell of more than 1 MiB"));
                }
                if text.len() > MAX_ROW_BYTES {
                    return Ok(Some("more than 16 MiB of text"));
                }
                ends.push(text.len());
            }
            Ok(None)
        })?;
        if let Some(what) = outcome {
            return Err(ParquetFault::TooLarge { line: *line, what });
        }
        // As much as a CSV would have.
        let bytes = (text.len() + ends.len()) as u64;
        self.limit.add(bytes, self.stored.size()).map_err(ParquetFault::Bomb)?;
        Ok(Some(Row::new(self.line, &self.text, &self.ends)))
    }

    /// Reads the next rows of every column; false at the end of the file.
    fn next_batch(&mut self) -> Result<bool, ParquetFault> {
        while self.group_rows == 0 {
            let metadata = self.reader.metadata();
            if self.row_group == metadata.num_row_groups() {
                return Ok(false);
            }
            let group = metadata.row_group(self.row_group);
            let names = self.columns.iter().map(|column| (column.leaf, column.name.as_str()));
            guard::row_group(&self.stored, group, names)?;
            // Looking at headers is no progress.
            self.stored.take_read();
            self.group_rows = u64::try_from(group.num_rows()).unwrap_or(0);
            let (reader, row_group) = (&self.reader, self.row_group);
            let columns = &mut self.columns;
            caught(|| {
                let group = reader.get_row_group(row_group)?;
                columns.iter_mut().try_for_each(|column| column.begin(group.get_column_reader(column.leaf)?))
            })?;
            self.row_group += 1;
        }
        let rows = usize::try_from(self.group_rows).map_or(BATCH_ROWS, |rows| rows.min(BATCH_ROWS));
        for column in &mut self.columns {
            let read = caught(|| column.fill(rows))?;
            if read != rows {
                let name = &column.name;
                return Err(
                    Refusal::from(format!("column {name:?} ends before the rows that its row group claims")).into()
                );
            }
        }
        self.batch_rows = rows;
        self.group_rows -= rows as u64;
        Ok(true)
    }
}

/// What the crate says, its panics on damaged bytes among it.
fn caught<T>(read: impl FnOnce() -> ParquetResult<T>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(ParquetError::External(error))) => Err(format!("it cannot be read: {error}")),
        Ok(Err(error)) => Err(format!("it is damaged, or uses what is not supported here ({error})")),
        Err(_) => Err("it is damaged".to_owned()),
    }
}

/// A leaf of the schema, and what is in memory of it.
struct Column {
    /// Its place among the leaves.
    leaf: usize,
    name: String,
    format: Format,
    max_definition: i16,
    is_repeated: bool,
    values: Values,
    definition_levels: Vec<i16>,
    repetition_levels: Vec<i16>,
    /// How many values and levels have been taken.
    taken_values: usize,
    taken_levels: usize,
}

impl Column {
    /// Nothing for what a cell cannot hold, such as lists of numbers: vectors, not features.
    fn new(leaf: usize, column: &ColumnDescriptor) -> Option<Self> {
        let format = Format::of(column);
        let is_repeated = column.max_rep_level() > 0;
        if format == Format::None || (is_repeated && column.physical_type() != Type::BYTE_ARRAY) {
            return None;
        }
        Some(Self {
            leaf,
            name: name(column),
            format,
            max_definition: column.max_def_level(),
            is_repeated,
            values: Values::new(column.physical_type()),
            definition_levels: Vec::new(),
            repetition_levels: Vec::new(),
            taken_values: 0,
            taken_levels: 0,
        })
    }

    fn begin(&mut self, reader: ColumnReader) -> ParquetResult<()> {
        self.values.begin(reader)
    }

    /// Reads so many records, if there are; says how many there were.
    fn fill(&mut self, records: usize) -> ParquetResult<usize> {
        (self.taken_values, self.taken_levels) = (0, 0);
        self.definition_levels.clear();
        self.repetition_levels.clear();
        self.values.fill(records, &mut self.definition_levels, &mut self.repetition_levels)
    }

    /// Writes the next record: nothing for null, the elements of a list one after the other.
    fn push_record(&mut self, text: &mut String) {
        let mut is_first = true;
        loop {
            let is_value = match self.definition_levels.get(self.taken_levels) {
                Some(level) => *level == self.max_definition,
                None => self.max_definition == 0,
            };
            self.taken_levels += 1;
            if is_value {
                if !is_first {
                    text.push(LIST_SEPARATOR);
                }
                // What cannot be written is an empty cell.
                let _ = self.values.push(self.taken_values, self.format, text);
                self.taken_values += 1;
                is_first = false;
            }
            let goes_on = self.is_repeated
                && text.len() <= MAX_ROW_BYTES
                && self.repetition_levels.get(self.taken_levels).is_some_and(|level| *level > 0);
            if !goes_on {
                return;
            }
        }
    }
}

/// What a column is called: as its field, and where that has several leaves, with their names behind it.
fn name(column: &ColumnDescriptor) -> String {
    // The levels that lists are made of, by the specification and by those who wrote before it.
    const OF_LISTS: [&str; 6] = ["list", "element", "item", "bag", "array", "array_element"];
    let parts = column.path().parts();
    let Some((first, rest)) = parts.split_first() else { return String::new() };
    let mut name = first.clone();
    for part in rest {
        if column.max_rep_level() == 0 || !OF_LISTS.contains(&part.as_str()) {
            let _ = write!(name, ".{part}");
        }
    }
    name
}

/// The reader and the values of a column of one physical type.
struct Typed<T: DataType> {
    reader: Option<ColumnReaderImpl<T>>,
    values: Vec<T::T>,
}

enum Values {
    Bool(Typed<BoolType>),
    Int32(Typed<Int32Type>),
    Int64(Typed<Int64Type>),
    Int96(Typed<Int96Type>),
    Float(Typed<FloatType>),
    Double(Typed<DoubleType>),
    Bytes(Typed<ByteArrayType>),
    Fixed(Typed<FixedLenByteArrayType>),
}

impl<T: DataType> Typed<T> {
    fn new() -> Self {
        Self { reader: None, values: Vec::new() }
    }

    fn fill(&mut self, records: usize, definition: &mut Vec<i16>, repetition: &mut Vec<i16>) -> ParquetResult<usize> {
        self.values.clear();
        match &mut self.reader {
            Some(reader) => Ok(reader.read_records(records, Some(definition), Some(repetition), &mut self.values)?.0),
            None => Ok(0),
        }
    }
}

impl Values {
    fn new(of: Type) -> Self {
        match of {
            Type::BOOLEAN => Self::Bool(Typed::new()),
            Type::INT32 => Self::Int32(Typed::new()),
            Type::INT64 => Self::Int64(Typed::new()),
            Type::INT96 => Self::Int96(Typed::new()),
            Type::FLOAT => Self::Float(Typed::new()),
            Type::DOUBLE => Self::Double(Typed::new()),
            Type::BYTE_ARRAY => Self::Bytes(Typed::new()),
            Type::FIXED_LEN_BYTE_ARRAY => Self::Fixed(Typed::new()),
        }
    }

    fn begin(&mut self, reader: ColumnReader) -> ParquetResult<()> {
        match (self, reader) {
            (Self::Bool(typed), ColumnReader::BoolColumnReader(reader)) => typed.reader = Some(reader),
            (Self::Int32(typed), ColumnReader::Int32ColumnReader(reader)) => typed.reader = Some(reader),
            (Self::Int64(typed), ColumnReader::Int64ColumnReader(reader)) => typed.reader = Some(reader),
            (Self::Int96(typed), ColumnReader::Int96ColumnReader(reader)) => typed.reader = Some(reader),
            (Self::Float(typed), ColumnReader::FloatColumnReader(reader)) => typed.reader = Some(reader),
            (Self::Double(typed), ColumnReader::DoubleColumnReader(reader)) => typed.reader = Some(reader),
            (Self::Bytes(typed), ColumnReader::ByteArrayColumnReader(reader)) => typed.reader = Some(reader),
            (Self::Fixed(typed), ColumnReader::FixedLenByteArrayColumnReader(reader)) => typed.reader = Some(reader),
            _ => return Err(ParquetError::General("a column has another type than its schema says".to_owned())),
        }
        Ok(())
    }

    fn fill(&mut self, records: usize, definition: &mut Vec<i16>, repetition: &mut Vec<i16>) -> ParquetResult<usize> {
        match self {
            Self::Bool(typed) => typed.fill(records, definition, repetition),
            Self::Int32(typed) => typed.fill(records, definition, repetition),
            Self::Int64(typed) => typed.fill(records, definition, repetition),
            Self::Int96(typed) => typed.fill(records, definition, repetition),
            Self::Float(typed) => typed.fill(records, definition, repetition),
            Self::Double(typed) => typed.fill(records, definition, repetition),
            Self::Bytes(typed) => typed.fill(records, definition, repetition),
            Self::Fixed(typed) => typed.fill(records, definition, repetition),
        }
    }

    /// Writes a value; nothing where there is none, or it is no text.
    fn push(&self, at: usize, format: Format, text: &mut String) -> Option<()> {
        match self {
            Self::Bool(typed) => text.push_str(if *typed.values.get(at)? { "true" } else { "false" }),
            Self::Int32(typed) => format.integer(i64::from(*typed.values.get(at)?), 32, text),
            Self::Int64(typed) => format.integer(*typed.values.get(at)?, 64, text),
            Self::Int96(typed) => Format::int96(typed.values.get(at)?, text),
            // The shortest number that reads back, which the other width has too: 0.1, not 0.10000000149011612.
            Self::Float(typed) => write!(text, "{}", typed.values.get(at)?).ok()?,
            Self::Double(typed) => write!(text, "{}", typed.values.get(at)?).ok()?,
            Self::Bytes(typed) => format.bytes(typed.values.get(at)?.data(), text)?,
            Self::Fixed(typed) => format.bytes(typed.values.get(at)?.data(), text)?,
        }
        Some(())
    }
}

impl Length for Stored {
    fn len(&self) -> u64 {
        self.size()
    }
}

impl ChunkReader for Stored {
    type T = io::BufReader<Cursor>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(io::BufReader::new(self.cursor(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let end = u64::try_from(length).ok().and_then(|length| start.checked_add(length));
        if end.is_none_or(|end| end > self.size()) {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} are beyond the end")));
        }
        let mut bytes = vec![0; length];
        let mut cursor = self.cursor(start);
        io::Read::read_exact(&mut cursor, &mut bytes)?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests;
