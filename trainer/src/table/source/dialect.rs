//! How a table is written down: encoding, separator, decimal sign. Each is found, or named by an option.

use encoding_rs::Encoding;

/// Separators that are looked for, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How many rows are looked at.
const SAMPLE_ROWS: usize = 50;

/// The sign between the units and the tenths of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decimal {
    /// `0.55`
    #[default]
    Point,
    /// `0,55`; a point between groups of three digits separates thousands.
    Comma,
}

/// What options say of how a table is written down. What they do not say is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// The separator of cells, one byte of ASCII. Found: `,`, `;`, tab or `|`.
    pub delimiter: Option<u8>,
    /// The decimal sign of numbers.
    pub decimal: Option<Decimal>,
    /// The encoding, by a name that the Encoding Standard (WHATWG) has for it. Found: UTF-8, UTF-16, and what bytes that
    /// are neither look like.
    pub encoding: Option<&'static Encoding>,
}

impl Dialect {
    /// A separator as people write it on a command line: the character itself, `tab` or `\t`.
    ///
    /// # Errors
    ///
    /// What is allowed.
    pub fn parse_delimiter(text: &str) -> Result<u8, String> {
        match text {
            "tab" | "\\t" | "\t" => Ok(b'\t'),
            _ => match text.as_bytes() {
                [byte] if (byte.is_ascii_punctuation() && *byte != b'"') || *byte == b' ' => Ok(*byte),
                _ => Err("expected one character such as , or ; or |, or tab".to_owned()),
            },
        }
    }

    /// `.` or `,`, or their names.
    ///
    /// # Errors
    ///
    /// What is allowed.
    pub fn parse_decimal(text: &str) -> Result<Decimal, String> {
        match text {
            "." | "point" => Ok(Decimal::Point),
            "," | "comma" => Ok(Decimal::Comma),
            _ => Err("expected . or ,".to_owned()),
        }
    }

    /// An encoding by any of its names.
    ///
    /// # Errors
    ///
    /// What is allowed.
    pub fn parse_encoding(text: &str) -> Result<&'static Encoding, String> {
        Encoding::for_label_no_replacement(text.as_bytes()).ok_or_else(|| {
            "expected an encoding such as utf-8, utf-16le, windows-1252, iso-8859-2, shift_jis, gb18030, big5 or euc-kr"
                .to_owned()
        })
    }
}

/// What the first rows of a text show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) delimiter: u8,
    pub(crate) decimal: Decimal,
    /// Bytes before the header: Excel's `sep=;`.
    pub(crate) skip: usize,
}

impl Found {
    /// Of the beginning of a text in UTF-8, which may end within a row unless it `is_whole`.
    pub(crate) fn of(text: &[u8], is_whole: bool, dialect: &Dialect) -> Self {
        let (skip, declared) = separator_line(text);
        let text = &text[skip..];
        let delimiter = dialect.delimiter.or(declared).unwrap_or_else(|| delimiter(text, is_whole));
        let decimal = dialect.decimal.unwrap_or_else(|| decimal(&rows(text, is_whole, delimiter), delimiter));
        Self { delimiter, decimal, skip }
    }
}

/// The line that Excel reads a separator from, and writes in some of its languages.
fn separator_line(text: &[u8]) -> (usize, Option<u8>) {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match line.strip_suffix(b"\r").unwrap_or(line) {
        [b's', b'e', b'p', b'=', delimiter] if delimiter.is_ascii() => {
            (line.len() + usize::from(line.len() < text.len()), Some(*delimiter))
        }
        _ => (0, None),
    }
}

/// The first rows, the header among them.
fn rows(text: &[u8], is_whole: bool, delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text);
    let mut records = reader.byte_records();
    let mut rows = Vec::new();
    while rows.len() < SAMPLE_ROWS
        && let Some(Ok(record)) = records.next()
    {
        rows.push(record.iter().map(<[u8]>::to_vec).collect());
    }
    // The last one may be half a row.
    if !is_whole && rows.len() > 1 && records.next().is_none() {
        rows.pop();
    }
    rows
}

/// The separator: a comma wherever it makes columns, as it is by far the most frequent; otherwise the one that cuts most
/// rows into as many cells as the header.
fn delimiter(text: &[u8], is_whole: bool) -> u8 {
    /// Cells of the header, and the share of rows that have as many.
    fn columns(rows: &[Vec<Vec<u8>>]) -> (usize, f64) {
        let Some((header, rows)) = rows.split_first() else { return (0, 0.0) };
        let alike = rows.iter().filter(|row| row.len() == header.len()).count();
        (header.len(), if rows.is_empty() { 1.0 } else { alike as f64 / rows.len() as f64 })
    }
    let mut best = (b',', columns(&rows(text, is_whole, b',')));
    for delimiter in &DELIMITERS[1..] {
        // Most tables have none of it in their header: nothing to compare.
        if !text.split(|byte| *byte == b'\n').next().unwrap_or_default().contains(delimiter) {
            continue;
        }
        let (cells, share) = columns(&rows(text, is_whole, *delimiter));
        let (best_cells, best_share) = best.1;
        if cells > best_cells && (best_cells < 2 || share > best_share) {
            best = (*delimiter, (cells, share));
        }
    }
    best.0
}

/// The decimal sign: a comma where cells show it and none shows a point. A comma or a point before three digits may as
/// well separate thousands, and shows nothing.
fn decimal(rows: &[Vec<Vec<u8>>], delimiter: u8) -> Decimal {
    let (mut commas, mut points) = (0, 0);
    for cell in rows.iter().skip(1).flatten() {
        commas += usize::from(shows_decimal(cell, b','));
        points += usize::from(shows_decimal(cell, b'.'));
    }
    // In a table that is separated by commas a list of numbers in quotes looks alike: every row must have such a cell.
    let needed = if delimiter == b',' { rows.len().saturating_sub(1).max(1) } else { 1 };
    if points == 0 && commas >= needed { Decimal::Comma } else { Decimal::Point }
}

/// Whether a cell is a number with this decimal sign, beyond doubt.
pub(crate) fn shows_decimal(cell: &[u8], sign: u8) -> bool {
    let cell = cell.trim_ascii();
    let cell = cell.strip_prefix(b"-").or_else(|| cell.strip_prefix(b"+")).unwrap_or(cell);
    let Some(at) = cell.iter().position(|byte| *byte == sign) else { return false };
    let (units, rest) = (&cell[..at], &cell[at + 1..]);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let exponent = &rest[digits..];
    units.iter().all(u8::is_ascii_digit)
        && digits > 0
        && (exponent.is_empty() || matches!(exponent, [b'e' | b'E', ..]))
        && (digits != 3 || units == b"0" || units.is_empty())
}

/// Writes a number that has a decimal comma with a point, in place; points between thousands are taken out, with spaces
/// at the end instead. What is no such number is left as it is.
pub(crate) fn with_decimal_point(cell: &mut [u8]) {
    let Some(comma) = cell.iter().position(|byte| *byte == b',') else {
        // 201.000 has no decimals, and 0.123 is no number with a decimal comma.
        if is_grouped(cell.trim_ascii()) {
            remove_points(cell);
        }
        return;
    };
    let units = cell[..comma].trim_ascii_start();
    let units = units.strip_prefix(b"-").or_else(|| units.strip_prefix(b"+")).unwrap_or(units);
    let is_number = units.iter().all(u8::is_ascii_digit) || is_grouped(units);
    if is_number && cell.get(comma + 1).is_some_and(u8::is_ascii_digit) {
        let grouped = units.contains(&b'.');
        if grouped {
            // The points go, and the comma is the only sign left.
            remove_points(cell);
        }
        if let Some(comma) = cell.iter().position(|byte| *byte == b',') {
            cell[comma] = b'.';
        }
    }
}

/// `1.234` or `12.345.678`, not `0.123`.
fn is_grouped(number: &[u8]) -> bool {
    let number = number.strip_prefix(b"-").unwrap_or(number);
    let mut groups = number.split(|byte| *byte == b'.');
    let first = groups.next().unwrap_or_default();
    let all_digits = |group: &[u8]| group.iter().all(u8::is_ascii_digit);
    number.contains(&b'.')
        && (1..=3).contains(&first.len())
        && first[0] != b'0'
        && all_digits(first)
        && groups.all(|group| group.len() == 3 && all_digits(group))
}

fn remove_points(cell: &mut [u8]) {
    let mut to = 0;
    for from in 0..cell.len() {
        if cell[from] != b'.' {
            cell[to] = cell[from];
            to += 1;
        }
    }
    cell[to..].fill(b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (u8, Decimal) {
        let found = Found::of(text.as_bytes(), true, &Dialect::default());
        (found.delimiter, found.decimal)
    }

    #[test]
    fn separator_and_decimal_sign_are_those_of_the_first_rows() {
        use Decimal::{Comma, Point};
        for (text, expected) in [
            ("song,artist,energy\ns,a,0.5\n", (b',', Point)),
            ("song;artist;energy\ns;a;0,55\n", (b';', Comma)),
            ("song;artist;energy\ns;a;0.55\n", (b';', Point)),
            ("song;artist;tempo\ns;a;120\n", (b';', Point)),
            ("song\tartist\tenergy\nHello, you\ta\t0,5\n", (b'\t', Comma)),
            ("song|artist|energy\ns|a|0.5\n", (b'|', Point)),
            // Other separators within the cells of a comma's table.
            ("song,artist,energy\ns,a;b;c;d,0.5\nt,x;y,0.6\n", (b',', Point)),
            ("song,artist;s,energy\ns,a,0.5\nt,x,0.6\n", (b',', Point)),
            ("song,a|b|c|d\ns,a\n", (b',', Point)),
            // A comma within a name of a semicolon's table.
            ("song;artist;\"Loudness, dB\";energy\ns;a;-6,5;0,5\nt;b;-7,5;0,6\n", (b';', Comma)),
            // Thousands show nothing, and a point is one.
            ("song;artist;plays\ns;a;1,021\n", (b';', Point)),
            ("song;artist;energy;x\ns;a;0,5;1.5\n", (b';', Point)),
            // Numbers in quotes, as a sheet in German is saved with commas; and lists of numbers in some rows.
            ("song,artist,energy\ns,a,\"0,5\"\nt,b,\"0,75\"\n", (b',', Comma)),
            ("song,artist,genres\ns,a,\"18,27\"\nt,b,5\n", (b',', Point)),
            ("sep=;\r\nsong;artist;energy\r\ns;a;0,5\r\n", (b';', Comma)),
            ("song", (b',', Point)),
            ("", (b',', Point)),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        assert_eq!(Found::of(b"sep=\t\nsong", true, &Dialect::default()).skip, 6);
    }

    #[test]
    fn options_are_stronger_than_what_is_found() {
        let dialect = Dialect { delimiter: Some(b','), decimal: Some(Decimal::Point), encoding: None };
        let found = Found::of(b"a;b;c\n0,5;0,6;0,7\n", true, &dialect);
        assert_eq!((found.delimiter, found.decimal), (b',', Decimal::Point));
    }

    #[test]
    fn half_a_row_at_the_end_of_the_sample_counts_for_nothing() {
        let found = Found::of(b"a;b;c\n1;2;3\n4;0,", false, &Dialect::default());
        assert_eq!((found.delimiter, found.decimal), (b';', Decimal::Point));
    }

    #[test]
    fn only_numbers_are_written_with_a_point() {
        for (cell, expected) in [
            ("0,55", "0.55"),
            (" -18,77 ", " -18.77 "),
            ("1,5e-3", "1.5e-3"),
            ("-6,85db", "-6.85db"),
            (",5", ".5"),
            ("1.234,5", "1234.5 "),
            ("201.000", "201000 "),
            ("12.345.678", "12345678  "),
            ("0.123", "0.123"),
            ("120.5", "120.5"),
            ("a, b", "a, b"),
            ("7, 8", "7, 8"),
            ("", ""),
            (",", ","),
        ] {
            let mut bytes = cell.as_bytes().to_vec();
            with_decimal_point(&mut bytes);
            assert_eq!(String::from_utf8_lossy(&bytes), expected, "{cell}");
        }
    }

    #[test]
    fn what_options_may_say_is_said_where_they_say_something_else() {
        assert_eq!(Dialect::parse_delimiter("tab"), Ok(b'\t'));
        assert_eq!(Dialect::parse_delimiter(";"), Ok(b';'));
        assert_eq!(Dialect::parse_decimal(","), Ok(Decimal::Comma));
        assert_eq!(Dialect::parse_encoding("latin1").map(Encoding::name), Ok("windows-1252"));
        for wrong in [
            Dialect::parse_delimiter(";;").map(|_| ()),
            Dialect::parse_delimiter("\"").map(|_| ()),
            Dialect::parse_delimiter("a").map(|_| ()),
            Dialect::parse_decimal(";").map(|_| ()),
            Dialect::parse_encoding("klingon").map(|_| ()),
        ] {
            assert!(wrong.is_err_and(|message| message.starts_with("expected ")));
        }
    }
}
