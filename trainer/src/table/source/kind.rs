//! What a file is, by its first bytes: a table that can be read, or something else, which is then called by its name.

/// How many of the first bytes are looked at.
pub(crate) const HEAD_BYTES: usize = 4096;

/// Something that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, as far as one can see.
    Text,
    /// Compressed with gzip (RFC 1952).
    Gzip,
    /// A zip archive.
    Zip,
    /// Apache Parquet.
    Parquet,
}

/// Something that is not a table: what it is, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoTable {
    pub(crate) what: &'static str,
    pub(crate) advice: &'static str,
}

pub(crate) const EXCEL: NoTable =
    NoTable { what: "an Excel workbook", advice: "open it and save the sheet as \"CSV UTF-8 (Comma delimited)\"" };
pub(crate) const OPEN_DOCUMENT: NoTable =
    NoTable { what: "an OpenDocument spreadsheet", advice: "open it and save the sheet as Text CSV in UTF-8" };
const UNPACK: &str = "unpack it; gzip and zip are unpacked on the way";
const CONVERT: &str = "load it where it was written, and save it as CSV or Parquet";
const JSON: &str =
    "convert it to CSV, with a line for each track (pandas: `pd.read_json(...).to_csv(..., index=False)`)";

/// First bytes that only one kind of file has.
const MAGIC: &[(&[u8], NoTable)] = &[
    // A .doc begins alike; nobody takes one for a table.
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", NoTable { what: "an Excel workbook (.xls)", advice: EXCEL.advice }),
    (
        b"version https://git-lfs.github.com/spec/",
        NoTable {
            what: "a Git LFS pointer, which stands for the file",
            advice: "get the file with `git lfs pull`, or download it from the repository's page",
        },
    ),
    (
        b"SQLite format 3\0",
        NoTable {
            what: "an SQLite database",
            advice: "export the table: `sqlite3 -header -csv FILE 'SELECT * FROM tracks' > tracks.csv`",
        },
    ),
    (b"%PDF-", NoTable { what: "a PDF document", advice: "get the table as CSV from where the document comes from" }),
    (b"PARE", NoTable { what: "an encrypted Parquet file", advice: "write it without encryption" }),
    (b"ARROW1", NoTable { what: "an Arrow (Feather) file", advice: CONVERT }),
    (b"FEA1", NoTable { what: "a Feather file", advice: CONVERT }),
    (b"ORC", NoTable { what: "an ORC file", advice: CONVERT }),
    (b"Obj\x01", NoTable { what: "an Avro file", advice: CONVERT }),
    (b"\x89HDF\r\n\x1a\n", NoTable { what: "an HDF5 file", advice: CONVERT }),
    (b"\x93NUMPY", NoTable { what: "a NumPy array", advice: CONVERT }),
    (b"\x80\x02", NoTable { what: "a Python pickle", advice: CONVERT }),
    (b"\x80\x03", NoTable { what: "a Python pickle", advice: CONVERT }),
    (b"\x80\x04", NoTable { what: "a Python pickle", advice: CONVERT }),
    (b"\x80\x05", NoTable { what: "a Python pickle", advice: CONVERT }),
    (b"RDX2\n", NoTable { what: "R data", advice: CONVERT }),
    (b"RDX3\n", NoTable { what: "R data", advice: CONVERT }),
    (b"X\n\0\0\0", NoTable { what: "R data", advice: CONVERT }),
    (b"\xFD7zXZ\0", NoTable { what: "compressed with xz", advice: UNPACK }),
    (b"\x28\xB5\x2F\xFD", NoTable { what: "compressed with Zstandard", advice: UNPACK }),
    (b"7z\xBC\xAF\x27\x1C", NoTable { what: "a 7-Zip archive", advice: UNPACK }),
    (b"Rar!\x1A\x07", NoTable { what: "a RAR archive", advice: UNPACK }),
    (b"ID3", NoTable { what: "an audio file (MP3)", advice: AUDIO }),
    (b"fLaC", NoTable { what: "an audio file (FLAC)", advice: AUDIO }),
    (b"OggS", NoTable { what: "an audio file (Ogg)", advice: AUDIO }),
    (b"RIFF", NoTable { what: "an audio file (WAVE)", advice: AUDIO }),
    (b"\x89PNG\r\n", NoTable { what: "a picture", advice: "name the file with the table" }),
    (b"\xFF\xD8\xFF", NoTable { what: "a picture", advice: "name the file with the table" }),
    (b"\xFF\xFE\0\0", NoTable { what: "text in UTF-32", advice: "save it as UTF-8" }),
    (b"\0\0\xFE\xFF", NoTable { what: "text in UTF-32", advice: "save it as UTF-8" }),
];
const AUDIO: &str = "segue reads tables of audio features, and does not analyse audio";

/// What begins with these bytes: [`HEAD_BYTES`], or all where there are fewer.
pub(crate) fn of(head: &[u8]) -> Result<Kind, NoTable> {
    match head {
        [0x1F, 0x8B, ..] => return Ok(Kind::Gzip),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => return Ok(Kind::Zip),
        [b'P', b'A', b'R', b'1', ..] => return Ok(Kind::Parquet),
        _ => {}
    }
    // Letters alone may as well begin a column's name: then the bytes that follow are no text.
    let is_binary = || head.iter().take(64).any(|byte| *byte < b'\t');
    let is_name =
        |magic: &[u8]| magic.iter().all(u8::is_ascii_graphic) && !magic.ends_with(b"/") && !magic.ends_with(b"-");
    let begins = |(magic, _): &&(&[u8], NoTable)| head.starts_with(magic) && (!is_name(magic) || is_binary());
    if let Some((_, found)) = MAGIC.iter().find(begins) {
        return Err(*found);
    }
    if head.starts_with(b"BZh") && head.get(4..10) == Some(b"1AY&SY") {
        return Err(NoTable { what: "compressed with bzip2", advice: UNPACK });
    }
    if head.get(257..262) == Some(b"ustar") {
        return Err(NoTable { what: "a tar archive", advice: "unpack it" });
    }
    match document(head) {
        Some(found) => Err(found),
        None => Ok(Kind::Text),
    }
}

/// Text, of which the first characters show that it is no CSV.
fn document(head: &[u8]) -> Option<NoTable> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()));
    if begins("<!doctype html") || begins("<html") || begins("<head") || begins("<body") {
        return Some(NoTable {
            what: "an HTML page",
            advice: "most likely the page of a download, a login or an error: open it in a browser, and download the \
                     file itself",
        });
    }
    if begins("<?xml") {
        return Some(NoTable { what: "an XML document", advice: "convert it to CSV, with a line for each track" });
    }
    let (first, rest) = text.split_first()?;
    let second = rest.trim_ascii_start().first()?;
    match (first, second) {
        (b'{', b'"' | b'}') if is_object_per_line(text) => Some(NoTable {
            what: "JSON lines, an object in each",
            advice: "convert it to CSV (pandas: `pd.read_json(..., lines=True).to_csv(..., index=False)`)",
        }),
        (b'{', b'"' | b'}') => Some(NoTable { what: "a JSON object", advice: JSON }),
        (b'[', b'{' | b'[' | b'"' | b']') => Some(NoTable { what: "a JSON array", advice: JSON }),
        _ => None,
    }
}

/// Whether the first line is an object of its own, and the next line begins another.
fn is_object_per_line(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.next().is_some_and(|line| line.ends_with(b"}")) && lines.next().is_some_and(|line| line.starts_with(b"{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_read_is_known_by_its_first_bytes() {
        for (head, kind) in [
            (&b"\x1f\x8b\x08"[..], Kind::Gzip),
            (b"PK\x03\x04", Kind::Zip),
            (b"PK\x05\x06", Kind::Zip),
            (b"PAR1\x15", Kind::Parquet),
            (b"", Kind::Text),
            (b"song,artist", Kind::Text),
            (b"\xFF\xFEs\0", Kind::Text),
            // Titles and names that begin like something else.
            (b"[id],song", Kind::Text),
            (b"{id},song", Kind::Text),
            (b"<id>,song", Kind::Text),
            (b"PK,song", Kind::Text),
            (b"ORCHESTRA,song", Kind::Text),
            (b"PARENT,song", Kind::Text),
            (b"ID3,song", Kind::Text),
        ] {
            assert_eq!(of(head), Ok(kind), "{head:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_called_by_its_name() {
        let mut tar = vec![b'x'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, what) in [
            (&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"[..], "Excel"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer"),
            (b"\xEF\xBB\xBF\r\n <!DOCTYPE html><html>", "HTML"),
            (b"<HTML lang=en>", "HTML"),
            (b"<?xml version=\"1.0\"?>", "XML"),
            (b"{\"tracks\": [", "JSON object"),
            (b"{\n  \"tracks\": [", "JSON object"),
            (b"[\n  {\"song\": 1}", "JSON array"),
            (b"[]", "JSON array"),
            (b"{\"song\": 1}\r\n{\"song\": 2}\r\n", "JSON lines"),
            (b"SQLite format 3\0\x10", "SQLite"),
            (b"%PDF-1.7", "PDF"),
            (b"BZh91AY&SY", "bzip2"),
            (b"ORC\x11\0", "ORC"),
            (b"RIFF\x24\0\0\0WAVE", "WAVE"),
            (b"\x28\xB5\x2F\xFD", "Zstandard"),
            (&tar, "tar"),
        ] {
            let found = of(head).expect_err("no table");
            assert!(found.what.contains(what) && !found.advice.is_empty(), "{head:?}: {found:?}");
        }
    }
}
