//! Titles without what says which version of a song they are: `Dance - 2011 Remaster` and `Dance (Live at Wembley)` are `Dance`.
//!
//! A version is named at the end of a title: in brackets, after a dash with white space before it, or from `feat.` on. What is there
//! names a version where its words do, by the tables of this file, which hold words of the languages of published tables, folded
//! ([`fold`]). Everything else stays: a bracket that is part of the title, and a title that is nothing but a version's name.

use super::{fold, normalize};

/// Begins a list of guests: whatever follows. These end a title without a bracket, too.
const CREDITS: &[&str] = &["feat", "ft", "featuring"];
/// Begins a list of guests too, unless one of [`NO_GUESTS`] follows.
const WITH: &[&str] = &["with", "con", "com", "avec", "mit"];
/// `(With or Without You)`, `(With Me)`: not a guest.
#[rustfmt::skip]
const NO_GUESTS: &[&str] = &[
    "a", "all", "an", "everything", "her", "him", "it", "love", "me", "my", "no", "nobody", "nothing", "or", "out",
    "someone", "somebody", "that", "the", "them", "this", "u", "us", "you", "your", "mi", "tu", "ti", "el", "la",
    "moi", "toi", "dir", "mir",
];
/// Begins the name of a version, whatever follows: `Version longue`, `Prod. Somebody`.
const FIRST_OF_ANY: &[&str] = &["originally", "prod", "version", "versao", "versione"];
/// Makes a version of whatever it stands among. A word that begins with one of [`STEMS`] does, too.
#[rustfmt::skip]
const ANYWHERE: &[&str] = &[
    "karaoke", "remix", "remixed", "rmx", "remezcla", "refix", "nightcore", "unplugged", "ремикс", "リミックス",
];
/// `remaster`, `remastered`, `remasterizado`, `rimasterizzato` and so on, in ASCII.
const STEMS: &[&str] = &["remaster", "rimaster"];
/// Ends the name of a version, whatever precedes, with or without numbers behind: `Radio Edit`, `Taylor's Version`, `Demo 2`.
#[rustfmt::skip]
const LAST: &[&str] = &[
    "acapella", "acustica", "acustico", "akustik", "bootleg", "cover", "demo", "demos", "dub", "edicao", "edicion",
    "edit", "edition", "edizione", "fassung", "instrumental", "instrumentale", "maqueta", "mashup", "mix", "mono",
    "neuaufnahme", "outtake", "recording", "recordings", "reedit", "rework", "session", "sessions", "stereo", "ver",
    "versao", "versie", "versio", "version", "versione", "versions", "versiyon", "wersja", "версия", "микс", "バージョン",
    "ライブ", "インスト",
];
/// The last word of a name may be a compound: `Albumversion`, `Liveversion`.
const LAST_SUFFIXES: &[&str] = &["version", "remix", "fassung"];
/// Begins the name of a version, alone, before a number, before one of [`PREPOSITIONS`] and more, or where a number ends it.
#[rustfmt::skip]
const FIRST: &[&[&str]] = &[
    &["live"], &["recorded"], &["recorded", "live"], &["acoustic"], &["demo"], &["mono"], &["stereo"],
    &["instrumental"], &["acustico"], &["acustica"], &["acoustique"], &["akustik"], &["en", "vivo"],
    &["en", "directo"], &["en", "concierto"], &["ao", "vivo"], &["dal", "vivo"], &["en", "concert"],
    &["en", "public"], &["in", "concert"], &["session"], &["take"],
];
/// What leads from the name of a version to its place, date or source.
#[rustfmt::skip]
const PREPOSITIONS: &[&str] = &[
    "al", "alla", "at", "au", "aus", "bbc", "bei", "da", "dal", "de", "desde", "do", "du", "em", "en", "from", "im",
    "in", "kexp", "mtv", "na", "no", "on", "radio", "studio", "vom", "von",
];
/// Names a version where all words beside it are of this table, of [`MINOR`] or numbers: `Bonus Track`, `Sped Up`, `Deluxe`.
#[rustfmt::skip]
const MAJOR: &[&str] = &[
    "acappella", "acapella", "acoustic", "acoustique", "acustica", "acustico", "akustik", "alternate", "alternative",
    "anniversary", "bonus", "clean", "deluxe", "demo", "explicit", "extended", "extendido", "instrumental", "live",
    "mono", "orchestral", "original", "rerecorded", "rerelease", "reissue", "slowed", "sped", "stereo", "strumentale",
    "stripped", "unreleased", "vivo", "directo", "uncut", "unedited", "instrumentale", "inst",
];
/// See [`MAJOR`]. `re` and `recorded` are two words of `re-recorded`.
#[rustfmt::skip]
const MINOR: &[&str] = &[
    "album", "and", "ao", "band", "club", "de", "digital", "down", "edit", "edition", "en", "for", "from", "full",
    "in", "lp", "ep", "mix", "new", "of", "only", "para", "piano", "radio", "re", "recorded", "release", "reverb",
    "recording", "session", "short", "long", "single", "special", "studio", "super", "th", "the", "track", "tracks",
    "tv", "size", "up", "version", "vocal", "year", "years", "ultra", "cut", "original", "motion", "picture",
    "soundtrack", "take", "rehearsal", "early", "rough",
];
/// Names a version where it stands alone with words of [`MINOR`]: two words that do not on their own.
#[rustfmt::skip]
const MAJOR_PAIRS: &[[&str; 2]] = &[
    ["re", "recorded"], ["re", "release"], ["single", "edit"], ["radio", "edit"], ["a", "cappella"], ["off", "vocal"],
    ["tv", "size"], ["backing", "track"], ["speed", "up"],
];
/// What a song was written for: `From "A Star Is Born"`, `From the Motion Picture`, `From the Vault`.
const SOURCES: &[&str] = &["soundtrack", "film", "movie", "picture", "musical", "ost", "series", "vault"];
/// Dashes that separate a version from a title, with white space before them.
const DASHES: [char; 3] = ['-', '–', '—'];
const BRACKETS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('{', '}'), ('【', '】'), ('<', '>')];

/// What titles of one song are compared by, whichever version they name: the words of the title, [`fold`]ed, without what names a
/// version; without words, the [`normalize`]d title. It is not empty unless the title is blank.
///
/// ```
/// use recommender::text::song_key;
///
/// assert_eq!(song_key("Dance (feat. Guest) [Live at Wembley] - 2011 Remaster"), song_key("DANCE"));
/// assert_ne!(song_key("Live Forever"), song_key("Forever"));
/// ```
pub fn song_key(title: &str) -> String {
    let title = normalize(title);
    let key = words(without_version(&title)).join(" ");
    if key.is_empty() { title } else { key }
}

/// A normalised title without what names a version at its end.
fn without_version(title: &str) -> &str {
    let mut title = title.trim();
    while let Some(shorter) = without_last(title) {
        title = shorter;
    }
    title
}

/// Takes one name of a version from the end of a title, of which something must remain.
fn without_last(title: &str) -> Option<&str> {
    let trimmed =
        |text: &str| text.trim_end_matches(|c: char| c.is_whitespace() || DASHES.contains(&c) || c == ',').len();
    let remaining = |end: usize| Some(&title[..trimmed(&title[..end])]).filter(|title| !words(title).is_empty());
    if let Some((start, inside)) = last_bracket(title) {
        return if is_version(inside) { remaining(start) } else { None };
    }
    let credit = words_with_places(title).skip(1).find(|(_, word)| CREDITS.contains(&word.as_str()));
    if let Some((start, _)) = credit {
        // `6 ft Under` is a measure, and what is in a bracket has been looked at.
        let is_within = |c: char| c.is_ascii_digit() || BRACKETS.iter().any(|(open, _)| *open == c);
        if !title[..start].trim_end().ends_with(is_within) {
            return remaining(start);
        }
    }
    // `Song - Remix`, and `Song -Remix-`.
    let whole = title.trim_end_matches(DASHES);
    let after_space = |(at, _): &(usize, &str)| whole[..*at].ends_with(char::is_whitespace);
    let (dash, separator) = whole.rmatch_indices(DASHES).find(after_space)?;
    if is_version(&whole[dash + separator.len()..]) { remaining(dash) } else { None }
}

/// Where the bracket begins with which a text ends, and what is in it.
fn last_bracket(text: &str) -> Option<(usize, &str)> {
    let last = text.chars().next_back()?;
    let (open, close) = BRACKETS.into_iter().find(|(_, close)| *close == last)?;
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        if c == close {
            depth += 1;
        } else if c == open {
            depth -= 1;
            if depth == 0 {
                return Some((at, &text[at + open.len_utf8()..text.len() - close.len_utf8()]));
            }
        }
    }
    None
}

/// Whether a text, which stands in a bracket or behind a dash, names a version.
fn is_version(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((first, rest)) = words.split_first() else { return false };
    if FIRST_OF_ANY.contains(first) || (CREDITS.contains(first) && !rest.is_empty()) {
        return true;
    }
    if WITH.contains(first) && rest.first().is_some_and(|next| !NO_GUESTS.contains(next)) {
        return true;
    }
    let is_quoted = text.contains(['"', '“', '”', '«']);
    let is_source = is_quoted || rest.last().is_some_and(|last| SOURCES.contains(last));
    if *first == "from" && is_source {
        return true;
    }
    let is_anywhere = |word: &&str| ANYWHERE.contains(word) || STEMS.iter().any(|stem| word.starts_with(stem));
    if words.iter().any(is_anywhere) {
        return true;
    }
    let named = words.iter().rposition(|word| !is_number(word)).map_or(&words[..0], |last| &words[..=last]);
    let is_last = |word: &&&str| LAST.contains(word) || LAST_SUFFIXES.iter().any(|suffix| word.ends_with(suffix));
    if named.last().as_ref().is_some_and(is_last) {
        return true;
    }
    let ends_in_number = words.len() > 1 && named.len() < words.len();
    let begins = |begin: &&[&str]| {
        let Some(rest) = words.strip_prefix(*begin) else { return false };
        let leads = |next: &&str| is_number(next) || (PREPOSITIONS.contains(next) && rest.len() > 1);
        rest.first().is_none_or(leads) || ends_in_number
    };
    if FIRST.iter().any(begins) {
        return true;
    }
    let is_major = |word: &&str| MAJOR.contains(word);
    let is_known = |word: &&str| is_major(word) || MINOR.contains(word) || is_number(word);
    let has_pair = || words.windows(2).any(|pair| MAJOR_PAIRS.iter().any(|known| known == pair));
    MAJOR_PAIRS.iter().any(|pair| words == pair)
        || (words.iter().all(is_known) && (words.iter().any(is_major) || has_pair()))
}

/// `2011`, `'09`, `10th`, `2nd`, `12"`.
fn is_number(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) && word.len() - digits.len() <= 2
}

/// The words of a text, folded: letters and digits; an apostrophe is within a word.
fn words(text: &str) -> Vec<String> {
    words_with_places(text).map(|(_, word)| word).collect()
}

fn words_with_places(text: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    let is_apostrophe = |c: char| matches!(c, '\'' | '’' | '‘' | '`' | '´');
    let is_between = move |c: char| !c.is_alphanumeric() && !is_apostrophe(c);
    let folded = move |word: &str| fold(word).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let mut end = 0;
    let words = text.split_inclusive(is_between).map(move |word| {
        let start = end;
        end += word.len();
        (start, folded(word))
    });
    words.filter(|(_, word)| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(title: &str, song: &str) {
        assert_eq!(song_key(title), song_key(song), "{title:?}");
    }

    #[test]
    fn a_title_without_its_version_is_the_song() {
        #[rustfmt::skip]
        let versions = [
            "Remastered", "Remastered 2011", "2011 Remaster", "Remasterizado en 2015", "Remasterisé", "Live",
            "Live at Wembley Stadium", "Live in Paris, 1999", "Live / 2005", "Live '84", "Live from KEXP",
            "Live Wembley 1986", "En Vivo", "En Vivo Desde el Auditorio", "Ao Vivo", "Ao Vivo em São Paulo",
            "En Directo", "Dal Vivo", "Live-Version", "Liveversion", "Live aus Berlin", "Recorded at Abbey Road", "Mix",
            "Club Mix", "Original Mix", "12\" Mix", "Remix", "Somebody's Remix", "Somebody Remix Edit", "Radio Edit",
            "Edit", "Single Edit", "Demo", "Demo 2", "Early Demo", "Acoustic", "Acoustic Version", "Acústico",
            "Versión Acústica", "Versión", "Version longue", "Versione strumentale", "Versão", "Akustik",
            "Akustik Version", "Unplugged", "Mono", "Stereo", "Mono Version", "2003 Stereo Mix", "Karaoke Version",
            "Originally Performed by Somebody (Karaoke)", "Instrumental", "Sped Up", "Sped Up Version",
            "Slowed + Reverb", "Slowed", "Deluxe", "Deluxe Edition", "Bonus Track", "Anniversary Edition",
            "10th Anniversary", "Re-Recorded", "Rerecorded", "Taylor's Version", "Original", "Original Version",
            "Extended", "Extended Mix", "Single Version", "Album Version", "LP Version", "feat. Guest",
            "ft. Guest & Other", "Feat Guest", "with Guest", "con Guest", "Alternate Take", "Take 2", "BBC Session",
            "TV Size", "Korean Ver.", "Explicit", "From \"A Film\"", "From the Motion Picture", "From The Vault",
            "リミックス",
        ];
        for version in versions {
            same(&format!("A Song - {version}"), "a song");
            same(&format!("A Song – {version}"), "a song");
            same(&format!("A Song ({version})"), "a song");
            same(&format!("A Song [{version}]"), "a song");
        }
        #[rustfmt::skip]
        let titles = [
            "A Song feat. Guest", "A Song ft. Guest", "A Song featuring Guest (Live) [Remastered]",
            "A Song (feat. Guest) - Remix", "A Song - Live - Remastered", "A Song -Remix-", "A Song (Live (at Wembley))",
            "A Song (Taylor's Version) (From The Vault)", " a SONG ", "A Song!", "A Song （Live）",
        ];
        for title in titles {
            same(title, "A Song");
        }
        same("Don’t Stop - Live", "Don't stop");
        same("Déjà Vu (Ao Vivo)", "Deja Vu");
    }

    #[test]
    fn a_title_that_only_looks_like_a_version_is_whole() {
        #[rustfmt::skip]
        let whole_titles = [
            "Live and Let Die", "Remix to Ignition", "Demons", "Live Forever", "(I Can't Get No) Satisfaction",
            "Mix It Up", "Mono", "Live", "Remix", "Original of the Species", "With or Without You", "Love (With Me)",
            "Stay (With You)", "6 ft Under", "Somebody - Live Forever", "Somebody - Live and Let Die", "1999",
            "A Song (Part 2)", "A Song, Pt. 1", "A Song (Reprise)", "Symphony No. 5: I. Allegro", "Hello - Goodbye",
            "Self-Remastered", "Dance (Till You Drop)", "A Song (2011)", "★", "+", "Edit", "(Live)", "- Live",
            "Take On Me", "Lose Yourself (To Dance)", "Radio Ga Ga", "Club Tropicana", "A Song (Live On)",
        ];
        for title in whole_titles {
            let whole = words(&normalize(title)).join(" ");
            let whole = if whole.is_empty() { normalize(title) } else { whole };
            assert_eq!(song_key(title), whole, "{title:?}");
        }
    }

    #[test]
    fn a_title_that_is_a_word_and_a_version_keeps_the_word() {
        assert_eq!(song_key("Intro (Live)"), "intro");
        assert_eq!(song_key("Live (Live)"), "live");
        assert_eq!(song_key("1999 - 2019 Remaster"), "1999");
        assert_eq!(song_key("Live Forever - Remastered"), "live forever");
    }

    #[test]
    fn a_key_is_empty_for_blank_titles_alone() {
        assert_eq!(song_key(" \t"), "");
        for title in ["(", ")", "()", "(Live", "Live)", "-", "【】", "feat.", "feat. feat. x", " - - -", "((((", "'"]
        {
            assert!(!song_key(title).is_empty(), "{title:?}");
        }
    }
}
