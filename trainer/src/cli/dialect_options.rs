//! The options that say how a table is written, where that is not to be found out.

use encoding_rs::Encoding;

use crate::table::{Decimal, Dialect};

/// How a table is written, where that is not to be found out.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DialectOptions {
    /// The separator of columns: one character, or tab [default: found from the first rows, one of , ; tab |]
    #[arg(long, value_name = "CHAR", value_parser = Dialect::parse_delimiter)]
    pub delimiter: Option<u8>,
    /// The decimal sign of numbers, . or , [default: found from the first rows]
    #[arg(long, value_name = "CHAR", value_parser = Dialect::parse_decimal)]
    pub decimal: Option<Decimal>,
    /// The encoding, such as utf-8, utf-16le or windows-1252 [default: found]
    #[arg(long, value_name = "NAME", value_parser = Dialect::parse_encoding)]
    pub encoding: Option<&'static Encoding>,
}

impl DialectOptions {
    /// As the reader of tables takes it.
    pub fn dialect(&self) -> Dialect {
        Dialect { delimiter: self.delimiter, decimal: self.decimal, encoding: self.encoding }
    }
}
