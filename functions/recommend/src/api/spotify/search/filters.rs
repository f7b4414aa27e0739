//! What is typed into a search: words, and filters such as `artist:"Daft Punk" year:1996-2001`.

use std::ops::RangeInclusive;

use crate::problem::Problem;

/// The names of filters. What is behind one holds until the next one, or until its closing quotation mark.
const NAMES: [&str; 8] = ["artist", "track", "album", "genre", "year", "isrc", "upc", "tag"];

/// A search, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filters {
    /// Words that may be anywhere.
    pub(super) words: String,
    pub(super) artist: String,
    pub(super) track: String,
    pub(super) album: String,
    pub(super) genre: String,
    pub(super) years: Option<RangeInclusive<u32>>,
    /// Whether something is asked for that no catalogue has: an ISRC, a UPC, a tag.
    pub(super) is_unknown: bool,
}

impl Filters {
    /// Takes a search apart.
    ///
    /// # Errors
    ///
    /// 400 for years that are none.
    pub(super) fn parse(typed: &str) -> Result<Self, Problem> {
        let mut filters = Self::default();
        let mut rest = typed;
        let mut name = None;
        loop {
            let next = next_filter(rest);
            let (value, behind) = match next {
                Some((start, ..)) => rest.split_at(start),
                None => (rest, ""),
            };
            filters.add(name, value)?;
            let Some((_, found, length)) = next else { return Ok(filters) };
            name = Some(found);
            rest = &behind[length..];
            // A value in quotation marks ends with them, and what follows is words.
            if let Some((quoted, behind)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                filters.add(name.take(), quoted)?;
                rest = behind;
            }
        }
    }

    fn add(&mut self, name: Option<&str>, value: &str) -> Result<(), Problem> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let text = match name {
            None => &mut self.words,
            Some("artist") => &mut self.artist,
            Some("track") => &mut self.track,
            Some("album") => &mut self.album,
            Some("genre") => &mut self.genre,
            Some("year") => {
                // No year has white space: what follows is words.
                let (year, behind) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
                self.years = Some(years(year)?);
                return self.add(None, behind);
            }
            Some(_) => {
                self.is_unknown = true;
                return Ok(());
            }
        };
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(value);
        Ok(())
    }
}

/// The first filter in a text: where its name begins, its name, and how long name and colon are.
fn next_filter(text: &str) -> Option<(usize, &'static str, usize)> {
    text.match_indices(':').find_map(|(colon, _)| {
        let before = &text[..colon];
        let name = NAMES.into_iter().find(|name| before.to_ascii_lowercase().ends_with(name))?;
        let start = colon - name.len();
        let is_word = !text[..start].chars().next_back().is_some_and(char::is_alphanumeric);
        is_word.then_some((start, name, name.len() + 1))
    })
}

/// `1999` or `1990-1999`.
fn years(text: &str) -> Result<RangeInclusive<u32>, Problem> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) => Ok(first..=last),
        _ => {
            let detail = format!("q has year:{text:?}: expected a year or a range of years, 1999 or 1990-1999");
            Err(Problem::parameter("q", "year:1999 or year:1990-1999", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &str) -> Filters {
        Filters::parse(typed).expect("reads")
    }

    #[test]
    fn a_filter_holds_until_the_next_one() {
        assert_eq!(
            parse("remaster track:Doxy artist:Miles Davis year:1955-1960"),
            Filters {
                words: "remaster".into(),
                track: "Doxy".into(),
                artist: "Miles Davis".into(),
                years: Some(1955..=1960),
                ..Filters::default()
            }
        );
        assert_eq!(parse("Genre:hip-hop year:1999 album:x").years, Some(1999..=1999));
        let words_behind = parse("year:1990-2000 love me");
        assert_eq!((words_behind.years, &*words_behind.words), (Some(1990..=2000), "love me"));
    }

    #[test]
    fn quotation_marks_end_a_value() {
        let filters = parse(r#"artist:"Daft Punk" one more time genre:"french house""#);
        assert_eq!(
            (&*filters.artist, &*filters.words, &*filters.genre),
            ("Daft Punk", "one more time", "french house")
        );
        assert_eq!(parse(r#"artist:"Daft"#).artist, r#""Daft"#, "nothing closes it");
    }

    #[test]
    fn a_colon_alone_is_no_filter() {
        for words in ["Symphony No. 5: Allegro", "smartist:x", "étrack:x", ":", "artist"] {
            assert_eq!(parse(words), Filters { words: words.into(), ..Filters::default() }, "{words}");
        }
        assert!(parse("isrc:USUM71703861").is_unknown && parse("tag:new").is_unknown);
        for wrong in ["year:x", "year:19-", "year:-1", "year:99999999999"] {
            assert!(Filters::parse(wrong).is_err(), "{wrong}");
        }
    }
}
