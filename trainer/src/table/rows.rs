//! Bytes into rows of cells: CSV as RFC 4180 has it, with the leniency of the `csv` crate, whose parser this drives.
//!
//! The parser is driven directly because a catalogue comes from outside, and the crate's own reader grows its record
//! for as long as a quote stays open, takes the end of the file for the end of a quoted cell, and does not count the
//! line on which a row begins when blank lines precede it.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::source::{
    dialect::{self, Decimal, Dialect},
    encoding::{Decoded, MIN_ROOM_BYTES, TextStats},
};

/// No cell may be larger.
pub(crate) const MAX_CELL_BYTES: usize = 1 << 20;
/// No row may have more text than this in all its cells.
pub(crate) const MAX_ROW_BYTES: usize = 16 << 20;
/// No row may have more cells.
pub(crate) const MAX_CELLS: usize = 1 << 16;

const BUFFER_BYTES: usize = 64 << 10;

/// One row: UTF-8, within the limits, not blank.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    /// The physical line on which it begins, from 1.
    pub(crate) line: u64,
    text: &'a str,
    ends: &'a [usize],
    /// How many bytes there are from the end of a cell to the next one.
    gap: usize,
}

impl<'a> Row<'a> {
    /// Of cells one after the other, and where each of them ends.
    #[cfg(feature = "parquet")]
    pub(super) fn new(line: u64, text: &'a str, ends: &'a [usize]) -> Self {
        Self { line, text, ends, gap: 0 }
    }

    /// Number of cells, at least 1.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it is a line of the text, without a quote.
    pub(super) fn is_plain(&self) -> bool {
        self.gap > 0
    }

    /// The cell of a column, without surrounding white space; empty where the row has no such cell.
    pub(crate) fn cell(&self, column: usize) -> &'a str {
        let Some(&end) = self.ends.get(column) else { return "" };
        let start = if column == 0 { 0 } else { self.ends[column - 1] + self.gap };
        let cell = self.text.get(start..end).unwrap_or_default();
        // Most cells begin and end with a letter or digit: quickly seen.
        let is_plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
        let bytes = cell.as_bytes();
        if is_plain(bytes.first()) && is_plain(bytes.last()) { cell } else { cell.trim() }
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &'a str> {
        let row = *self;
        (0..self.len()).map(move |column| row.cell(column))
    }
}

/// What stops the rows.
#[derive(Debug)]
pub(crate) enum RowError {
    Read(io::Error),
    TooLarge { line: u64, what: &'static str },
    UnclosedQuote { line: u64 },
}

/// The rows of a file, one at a time. Memory is bounded by the limits above, whatever the bytes.
pub(crate) struct Rows<R> {
    input: Decoded<R>,
    buffer: Box<[u8]>,
    /// The part of the buffer that the parser has not had.
    unread: std::ops::Range<usize>,
    /// How much text came before the buffer's.
    before: u64,
    dialect: dialect::Found,
    /// Columns whose numbers may have a decimal comma.
    decimal_commas: Vec<usize>,
    parser: Reader,
    /// Whether the parser has had a row: it knows what may stand before the first.
    has_begun: bool,
    cells: Vec<u8>,
    ends: Vec<usize>,
    /// The same of a row that the parser has not had.
    plain_ends: Vec<usize>,
    /// The line on which the next unread byte stands.
    line: u64,
    /// The line of the first suspicious character.
    suspicious_line: Option<u64>,
}

impl<R: Read> Rows<R> {
    /// Finds out how the text is written, from as much of it as the buffer holds.
    pub(crate) fn new(input: R, dialect: &Dialect) -> Result<Self, RowError> {
        let mut input = Decoded::new(input, dialect.encoding);
        let mut buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        let (mut end, mut at_end) = (0, false);
        while !at_end && buffer.len() - end >= MIN_ROOM_BYTES {
            let n = input.fill(&mut buffer[end..]).map_err(RowError::Read)?;
            end += n;
            at_end = n == 0;
        }
        let found = dialect::Found::of(&buffer[..end], at_end, dialect);
        Ok(Rows {
            input,
            buffer,
            unread: found.skip..end,
            before: 0,
            dialect: found,
            decimal_commas: Vec::new(),
            parser: ReaderBuilder::new().delimiter(found.delimiter).build(),
            has_begun: false,
            cells: vec![0; 1 << 10],
            ends: vec![0; 64],
            plain_ends: Vec::new(),
            line: 1 + u64::from(found.skip > 0),
            suspicious_line: None,
        })
    }

    /// How the text is written.
    pub(crate) fn dialect(&self) -> dialect::Found {
        self.dialect
    }

    /// Of what the text is made, as far as it has been read, and the line of the first suspicious character.
    pub(crate) fn text_stats(&self) -> (&TextStats, Option<u64>) {
        (self.input.stats(), self.suspicious_line)
    }

    /// Where numbers have a decimal comma, writes those of these columns with a point.
    pub(crate) fn set_numeric_columns(&mut self, columns: &[usize]) {
        if self.dialect.decimal == Decimal::Comma {
            self.decimal_commas = columns.to_vec();
        }
    }

    /// False at the end of the input.
    fn fill(&mut self) -> Result<bool, RowError> {
        if !self.unread.is_empty() {
            return Ok(true);
        }
        self.before += self.unread.end as u64;
        self.unread = 0..self.input.fill(&mut self.buffer).map_err(RowError::Read)?;
        Ok(!self.unread.is_empty())
    }

    /// Passes blank lines and what is left of the last row's line end; false at the end of the input.
    fn pass_blank_lines(&mut self) -> Result<bool, RowError> {
        while self.fill()? {
            match self.buffer[self.unread.start] {
                b'\n' => self.line += 1,
                b'\r' => {}
                _ => return Ok(true),
            }
            self.unread.start += 1;
        }
        Ok(false)
    }

    /// The next row that is not blank.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, RowError> {
        if !self.pass_blank_lines()? {
            return Ok(None);
        }
        let line = self.line;
        if let Some(length) = self.plain_row() {
            return self.take_plain_row(line, length).map(Some);
        }
        self.has_begun = true;
        let (mut written, mut n_cells) = (0, 0);
        loop {
            let at_end = !self.fill()?;
            // At the end of the input a line end is put in: it closes any row but one that is within quotes.
            let input = if at_end { b"\n" } else { &self.buffer[self.unread.clone()] };
            let lines_before = self.parser.line();
            let (result, n_read, n_written, n_ends) =
                self.parser.read_record(input, &mut self.cells[written..], &mut self.ends[n_cells..]);
            written += n_written;
            n_cells += n_ends;
            if !at_end {
                self.line += self.parser.line() - lines_before;
                self.unread.start += n_read;
            }
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::InputEmpty if at_end => return Err(RowError::UnclosedQuote { line }),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    check_cell(line, written - n_cells.checked_sub(1).map_or(0, |last| self.ends[last]))?;
                    if self.cells.len() >= MAX_ROW_BYTES {
                        return Err(RowError::TooLarge { line, what: "more than 16 MiB of text" });
                    }
                    self.cells.resize(self.cells.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() >= MAX_CELLS {
                        return Err(RowError::TooLarge { line, what: "more than 65536 cells" });
                    }
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                // The parser says so only when it is given no input at all.
                ReadRecordResult::End => return Ok(None),
            }
        }
        let ends = &self.ends[..n_cells];
        if written > MAX_CELL_BYTES {
            let mut start = 0;
            for &end in ends {
                check_cell(line, end - start)?;
                start = end;
            }
        }
        self.look_for_suspicious(line);
        let ends = &self.ends[..n_cells];
        row(line, &mut self.cells[..written], ends, 0, &self.decimal_commas).map(Some)
    }

    /// How long the row is that begins here, where all of it is in the buffer and no cell is quoted: nothing then needs the parser.
    fn plain_row(&self) -> Option<usize> {
        if !self.has_begun {
            return None;
        }
        let unread = &self.buffer[self.unread.clone()];
        memchr::memchr3(b'\n', b'\r', b'"', unread).filter(|end| unread[*end] != b'"')
    }

    /// The row of this length, which is taken as it lies in the buffer.
    fn take_plain_row(&mut self, line: u64, length: usize) -> Result<Row<'_>, RowError> {
        let (start, end) = (self.unread.start, self.unread.start + length);
        self.line += u64::from(self.buffer[end] == b'\n');
        self.unread.start = end + 1;
        self.look_for_suspicious(line);
        self.plain_ends.clear();
        self.plain_ends.extend(memchr::memchr_iter(self.dialect.delimiter, &self.buffer[start..end]));
        self.plain_ends.push(length);
        row(line, &mut self.buffer[start..end], &self.plain_ends, 1, &self.decimal_commas)
    }

    fn look_for_suspicious(&mut self, line: u64) {
        if self.suspicious_line.is_none()
            && let Some(at) = self.input.stats().first_suspicious
            && at <= self.before + self.unread.start as u64
        {
            self.suspicious_line = Some(line);
        }
    }
}

/// A row of cells that end at `ends`, with `gap` bytes between them; numbers of the columns `decimal_commas` get a point.
fn row<'a>(
    line: u64,
    text: &'a mut [u8],
    ends: &'a [usize],
    gap: usize,
    decimal_commas: &[usize],
) -> Result<Row<'a>, RowError> {
    for &column in decimal_commas {
        if let Some(&end) = ends.get(column) {
            let start = if column == 0 { 0 } else { ends[column - 1] + gap };
            dialect::with_decimal_point(&mut text[start..end]);
        }
    }
    // It was decoded, and a separator is no part of a character.
    let text = std::str::from_utf8(text).map_err(|error| RowError::Read(io::Error::other(error)))?;
    Ok(Row { line, text, ends, gap })
}

fn check_cell(line: u64, size: usize) -> Result<(), RowError> {
    if size > MAX_CELL_BYTES { Err(RowError::TooLarge { line, what: "a cell of more than 1 MiB" }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands out a few bytes at a time, so that every state of the parser meets the end of a buffer.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(out.len()).min(self.0.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn rows_by(bytes: &[u8], step: usize) -> Result<Vec<(u64, Vec<String>)>, RowError> {
        let mut rows = Rows::new(Trickle(bytes, step), &Dialect::default())?;
        let mut all = Vec::new();
        while let Some(row) = rows.next_row()? {
            all.push((row.line, row.cells().map(str::to_owned).collect()));
        }
        Ok(all)
    }

    fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let all = rows_by(bytes, usize::MAX).expect("readable");
        for step in [1, 2, 3, 7] {
            assert_eq!(rows_by(bytes, step).expect("readable"), all, "in steps of {step}");
        }
        all
    }

    fn stop(bytes: &[u8]) -> RowError {
        rows_by(bytes, usize::MAX).expect_err("should not be readable")
    }

    fn lines(bytes: &[u8]) -> Vec<u64> {
        rows(bytes).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn quotes_hold_commas_quotes_and_line_ends() {
        let expected = vec!["a,b".to_owned(), "say \"x\"".to_owned(), "one\ntwo\r\nthree".to_owned()];
        assert_eq!(rows(b"\"a,b\",\"say \"\"x\"\"\",\"one\ntwo\r\nthree\"\n"), [(1, expected)]);
    }

    #[test]
    fn line_is_where_the_row_begins() {
        assert_eq!(lines(b"a\nb\nc"), [1, 2, 3]);
        assert_eq!(lines(b"a\r\nb\r\nc\r\n"), [1, 2, 3]);
        assert_eq!(lines(b"\n\na\n\n\nb\n\n"), [3, 6]);
        assert_eq!(lines(b"\r\n\r\na\r\n\r\n\r\nb\r\n"), [3, 6]);
        assert_eq!(lines(b"\"a\nb\nc\",1\nd,2\n\"e\n\",3\nf,4"), [1, 4, 5, 7]);
        assert_eq!(lines(b"\"a\r\nb\",1\r\nd,2\r\n"), [1, 3]);
    }

    #[test]
    fn byte_order_mark_is_no_part_of_the_first_cell() {
        assert_eq!(rows(b"\xEF\xBB\xBFa,b\n"), rows(b"a,b\n"));
        assert_eq!(rows(b"\xEF\xBB\xBF"), []);
    }

    #[test]
    fn last_line_may_lack_its_end() {
        for text in [&b"a,b"[..], b"a,b\n", b"a,b\r\n", b"a,b\r", b"a,\"b\""] {
            assert_eq!(rows(text), [(1, vec!["a".to_owned(), "b".to_owned()])]);
        }
        assert_eq!(rows(b"a,"), [(1, vec!["a".to_owned(), String::new()])]);
        assert_eq!(rows(b"\"\""), [(1, vec![String::new()])]);
    }

    #[test]
    fn quote_that_never_closes_is_told_with_its_line() {
        for text in [&b"a,b\nc,\"d"[..], b"a,b\nc,\"d\ne,f\n", b"a,b\nc,\"", b"a,b\nc,\"d\"\"\n"] {
            assert!(matches!(stop(text), RowError::UnclosedQuote { line: 2 }), "{text:?}");
        }
    }

    #[test]
    fn first_suspicious_character_is_told_with_its_line() {
        let line = |bytes: &[u8], step| {
            let mut rows = Rows::new(Trickle(bytes, step), &Dialect::default()).expect("readable");
            while rows.next_row().expect("readable").is_some() {}
            rows.text_stats().1
        };
        let far = [&"a,b\n".repeat(50_000).into_bytes()[..], "é,é\né,\u{FFFD}\nc,d\n".as_bytes()].concat();
        for step in [7, usize::MAX] {
            assert_eq!(line("a,b\nc,\u{FFFD}\nd,e\n".as_bytes(), step), Some(2));
            assert_eq!(line("é,b\nc,d".as_bytes(), step), None);
            assert_eq!(line(&far, step), Some(50_002));
            assert_eq!(line(&[&far[..], b"\xFF"].concat(), step), Some(50_002));
        }
    }

    #[test]
    fn numbers_of_numeric_columns_have_a_point() {
        let mut rows = Rows::new(&b"song;energy\n1,5;0,5\n"[..], &Dialect::default()).expect("readable");
        rows.next_row().expect("readable");
        rows.set_numeric_columns(&[1, 7]);
        let row = rows.next_row().expect("readable").expect("a row");
        assert_eq!(row.cells().collect::<Vec<_>>(), ["1,5", "0.5"]);
    }

    #[test]
    fn cell_of_the_limit_is_taken_and_one_byte_more_is_not() {
        let mut text = vec![b'x'; MAX_CELL_BYTES];
        assert_eq!(rows_by(&text, usize::MAX).expect("at the limit")[0].1[0].len(), MAX_CELL_BYTES);
        text.push(b'x');
        assert!(matches!(stop(&text), RowError::TooLarge { line: 1, .. }));
        let mut later = b"a,b\nc,".to_vec();
        later.extend(&text);
        assert!(matches!(stop(&later), RowError::TooLarge { line: 2, .. }));
        later.extend(b",d\n");
        assert!(matches!(stop(&later), RowError::TooLarge { line: 2, .. }));
    }

    #[test]
    fn row_with_endless_text_or_cells_is_stopped() {
        assert!(matches!(rows_by(&vec![b','; MAX_CELLS - 1], usize::MAX), Ok(rows) if rows[0].1.len() == MAX_CELLS));
        assert!(matches!(stop(&vec![b','; MAX_CELLS]), RowError::TooLarge { line: 1, .. }));
        let cell = [&[b'x'; MAX_CELL_BYTES][..], b","].concat();
        assert!(matches!(stop(&cell.repeat(17)), RowError::TooLarge { line: 1, .. }));
        struct UnboundedReader;
        impl Read for UnboundedReader {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                out.fill(b'"');
                out[0] = b'x';
                Ok(out.len())
            }
        }
        let input = io::Cursor::new(b"a\n\"").chain(UnboundedReader);
        let mut rows = Rows::new(input, &Dialect::default()).expect("readable");
        while let Ok(Some(_)) = rows.next_row() {}
        assert!(rows.cells.len() <= MAX_ROW_BYTES);
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            table in prop::collection::vec(prop::collection::vec("[a-zé,\"\r\n ]{0,6}", 2..4), 1..6),
            step in 1_usize..9,
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).expect("memory takes it");
            }
            let bytes = writer.into_inner().expect("memory takes it");
            let read: Vec<Vec<String>> =
                rows_by(&bytes, step).expect("readable").into_iter().map(|(_, cells)| cells).collect();
            let trimmed: Vec<Vec<String>> =
                table.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect();
            prop_assert_eq!(read, trimmed);
        }

        #[test]
        fn any_bytes_are_read_as_the_csv_crate_reads_them(
            bytes in prop::collection::vec(prop::sample::select(b"aab1,,\"\r\n\xC3\xA9 ".to_vec()), 0..60),
        ) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.expect("it is UTF-8").iter().map(|cell| cell.trim().to_owned()).collect())
                .collect();
            // A quote that never closes is an error here.
            if let Ok(rows) = rows_by(text.as_bytes(), usize::MAX) {
                prop_assert_eq!(rows.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), expected);
            }
        }

        #[test]
        fn any_bytes_are_read_alike_whatever_the_steps(
            bytes in prop::collection::vec(prop::sample::select(b"a1,\"\r\n\xC3\xA9 ".to_vec()), 0..40),
            step in 1_usize..9,
        ) {
            let whole = rows_by(&bytes, usize::MAX).map_err(|error| format!("{error:?}"));
            prop_assert_eq!(rows_by(&bytes, step).map_err(|error| format!("{error:?}")), whole);
        }
    }
}
