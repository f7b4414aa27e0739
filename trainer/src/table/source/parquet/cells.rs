//! Values of Parquet's types as a CSV would have them.

use std::fmt::Write;

use jiff::{Span, Timestamp, civil::Date};
use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit},
    data_type::Int96,
    schema::types::ColumnDescriptor,
};

/// How the values of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// As their physical type has them: numbers in the shortest way that reads back, bytes as UTF-8.
    Plain,
    /// Integers without a sign.
    Unsigned,
    /// Days from 1970-01-01.
    Date,
    /// Units of so many nanoseconds from 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// Units of so many nanoseconds from midnight.
    Time(i64),
    /// A whole number with so many decimals.
    Decimal(u32),
    /// A number of 16 bits.
    Float16,
    /// 16 bytes.
    Uuid,
    /// Nothing that a cell could hold.
    None,
}

impl Format {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let nanoseconds = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000_000,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1,
        };
        match column.logical_type_ref() {
            Some(LogicalType::Date) => Self::Date,
            Some(LogicalType::Timestamp(time)) => Self::Timestamp(nanoseconds(&time.unit)),
            Some(LogicalType::Time(time)) => Self::Time(nanoseconds(&time.unit)),
            Some(LogicalType::Decimal(decimal)) => Self::decimal(decimal.scale),
            Some(LogicalType::Integer(integer)) if !integer.is_signed => Self::Unsigned,
            Some(LogicalType::Uuid) => Self::Uuid,
            Some(LogicalType::Float16) => Self::Float16,
            Some(
                LogicalType::Bson | LogicalType::Variant(_) | LogicalType::Geometry(_) | LogicalType::Geography(_),
            ) => Self::None,
            Some(_) => Self::Plain,
            None => match column.converted_type() {
                ConvertedType::DATE => Self::Date,
                ConvertedType::TIMESTAMP_MILLIS => Self::Timestamp(1_000_000),
                ConvertedType::TIMESTAMP_MICROS => Self::Timestamp(1_000),
                ConvertedType::TIME_MILLIS => Self::Time(1_000_000),
                ConvertedType::TIME_MICROS => Self::Time(1_000),
                ConvertedType::DECIMAL => Self::decimal(column.type_scale()),
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                    Self::Unsigned
                }
                ConvertedType::BSON | ConvertedType::INTERVAL => Self::None,
                _ => Self::Plain,
            },
        }
    }

    /// Decimals beyond 38 digits are none.
    fn decimal(scale: i32) -> Self {
        u32::try_from(scale).ok().filter(|scale| *scale <= 38).map_or(Self::None, Self::Decimal)
    }

    /// A whole number of 32 or 64 bits.
    pub(super) fn integer(self, value: i64, bits: u32, text: &mut String) {
        // Writing to a string succeeds.
        let _ = match self {
            Self::Unsigned if bits == 32 => write!(text, "{}", value as u32),
            Self::Unsigned => write!(text, "{}", value as u64),
            Self::Date => match i32::try_from(value).ok().and_then(date) {
                Some(date) => write!(text, "{date}"),
                None => Ok(()),
            },
            Self::Timestamp(unit) => match Timestamp::from_nanosecond(i128::from(value) * i128::from(unit)) {
                Ok(time) => write!(text, "{time}"),
                Err(_) => Ok(()),
            },
            Self::Time(unit) => {
                let seconds = i128::from(value) * i128::from(unit) / 1_000_000_000;
                let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
                if seconds < 0 { Ok(()) } else { write!(text, "{hours:02}:{minutes:02}:{seconds:02}") }
            }
            Self::Decimal(scale) => {
                decimal(i128::from(value), scale, text);
                Ok(())
            }
            Self::None => Ok(()),
            _ => write!(text, "{value}"),
        };
    }

    /// The timestamps of Impala and of Spark before version 3.
    pub(super) fn int96(value: &Int96, text: &mut String) {
        // Days may be any number: what is no date stays empty.
        let days = i64::from(value.data()[2]);
        let nanoseconds = i64::from(value.data()[0]) | i64::from(value.data()[1]) << 32;
        let seconds = (days - 2_440_588) * 86_400;
        let time = Timestamp::from_nanosecond(i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds));
        if let Ok(time) = time {
            let _ = write!(text, "{time}");
        }
    }

    /// Bytes; nothing where they are no text of their kind.
    pub(super) fn bytes(self, bytes: &[u8], text: &mut String) -> Option<()> {
        match self {
            Self::Decimal(scale) => {
                decimal(big_endian(bytes)?, scale, text);
            }
            Self::Float16 => {
                let [low, high] = bytes else { return None };
                let _ = write!(text, "{}", half(u16::from_le_bytes([*low, *high])));
            }
            Self::Uuid => {
                for (at, byte) in bytes.iter().enumerate() {
                    let _ = write!(text, "{}{byte:02x}", if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" });
                }
            }
            Self::None => return None,
            _ => text.push_str(std::str::from_utf8(bytes).ok()?),
        }
        Some(())
    }
}

/// So many days from 1970-01-01; nothing beyond the year 9999.
fn date(days: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Two's complement of up to 16 bytes.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let (first, length) = (bytes.first()?, bytes.len());
    let mut all = [if *first < 0x80 { 0 } else { 0xFF }; 16];
    all[16_usize.checked_sub(length)?..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(all))
}

fn decimal(value: i128, scale: u32, text: &mut String) {
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (units, decimals) = digits.split_at(digits.len() - scale as usize);
    let _ = write!(text, "{}{units}{}{decimals}", if value < 0 { "-" } else { "" }, if scale > 0 { "." } else { "" });
}

/// A number of IEEE 754's binary16.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF));
    let value = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { value } else { -value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(format: Format, value: i64, bits: u32) -> String {
        let mut text = String::new();
        format.integer(value, bits, &mut text);
        text
    }

    fn bytes(format: Format, bytes: &[u8]) -> Option<String> {
        let mut text = String::new();
        format.bytes(bytes, &mut text).map(|()| text)
    }

    #[test]
    fn values_are_written_as_a_csv_has_them() {
        for (format, value, bits, expected) in [
            (Format::Plain, -7, 64, "-7"),
            (Format::Unsigned, -1, 32, "4294967295"),
            (Format::Unsigned, -1, 64, "18446744073709551615"),
            (Format::Date, 17_897, 32, "2019-01-01"),
            (Format::Date, -1, 32, "1969-12-31"),
            (Format::Date, i64::from(i32::MAX), 32, ""),
            (Format::Timestamp(1_000_000), 1_546_300_800_000, 64, "2019-01-01T00:00:00Z"),
            (Format::Timestamp(1), i64::MIN, 64, "1677-09-21T00:12:43.145224192Z"),
            (Format::Timestamp(1_000_000), i64::MAX, 64, ""),
            (Format::Time(1_000_000), 227_000, 32, "00:03:47"),
            (Format::Decimal(2), -1877, 32, "-18.77"),
            (Format::Decimal(3), 5, 64, "0.005"),
            (Format::Decimal(0), 5, 64, "5"),
            (Format::None, 5, 64, ""),
        ] {
            assert_eq!(integer(format, value, bits), expected, "{format:?} {value}");
        }
        let mut text = String::new();
        let mut time = Int96::new();
        time.set_data(0, 0, 2_440_588 + 365);
        Format::int96(&time, &mut text);
        assert_eq!(text, "1971-01-01T00:00:00Z");
        time.set_data(u32::MAX, u32::MAX, u32::MAX);
        Format::int96(&time, &mut text);
    }

    #[test]
    fn bytes_are_text_where_they_are_text() {
        assert_eq!(bytes(Format::Plain, "Björk".as_bytes()).as_deref(), Some("Björk"));
        assert_eq!(bytes(Format::Plain, b"\xFF"), None);
        assert_eq!(bytes(Format::Decimal(2), &[0xFF, 0x38]).as_deref(), Some("-2.00"));
        assert_eq!(bytes(Format::Decimal(2), &[1; 17]), None);
        assert_eq!(bytes(Format::Decimal(2), &[]), None);
        assert_eq!(bytes(Format::Float16, &[0x00, 0x3C]).as_deref(), Some("1"));
        assert_eq!(bytes(Format::Float16, &[0x00, 0xB8]).as_deref(), Some("-0.5"));
        assert_eq!(bytes(Format::Uuid, &[0; 16]).as_deref(), Some("00000000-0000-0000-0000-000000000000"));
        assert_eq!(bytes(Format::None, b"a"), None);
    }
}
