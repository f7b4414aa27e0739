//! Which column holds what: found by name, whatever its case and its spaces, underscores, hyphens or brackets.

use recommender::{catalog::attributes::Attribute, features::Feature, text};

use super::Error;

/// What one track table calls each thing, as [`text::alphanumeric`] leaves it. Earlier ones win.
const SONG: &[&str] = &["trackname", "song", "title", "songname", "songtitle", "tracktitle", "name"];
const ARTIST: &[&str] = &["artists", "artistsname", "artistnames", "trackartist", "artist", "artistname"];
const ID: &[&str] = &["trackid", "id", "uri", "spotifyid", "trackuri", "spotifyuri"];
const ALBUM: &[&str] = &["album", "albumname", "trackalbumname"];
const GENRE: &[&str] = &["genre", "trackgenre", "playlistgenre", "genres"];
const YEAR: &[&str] = &["releasedate", "year", "releaseyear", "trackalbumreleasedate", "albumreleasedate"];
const EXPLICIT: &[&str] = &["explicit"];
const KEY: &[&str] = &["key"];
const MODE: &[&str] = &["mode"];
const TIME_SIGNATURE: &[&str] = &["timesignature"];
const DURATION_MS: &[&str] = &["durationms", "trackdurationms"];
const PLAYLIST: &[&str] = &["playlistid", "playlist", "playlisturi", "pid", "playlistname"];

const fn feature_aliases(feature: Feature) -> &'static [&'static str] {
    match feature {
        Feature::Danceability => &["danceability"],
        Feature::Energy => &["energy"],
        Feature::Variance => &["variance"],
        Feature::Tempo => &["tempo", "bpm"],
        Feature::Loudness => &["loudness", "loudnessdb"],
        Feature::Acousticness => &["acousticness"],
        Feature::Instrumentalness => &["instrumentalness"],
        Feature::Speechiness => &["speechiness"],
        Feature::Valence => &["valence", "positiveness"],
        Feature::Popularity => &["popularity", "trackpopularity"],
        Feature::Liveness => &["liveness"],
        Feature::DurationMs => &["durationms", "trackdurationms", LENGTH_NAMES[0], LENGTH_NAMES[1]],
    }
}

/// Names of columns that hold `03:47` rather than milliseconds.
const LENGTH_NAMES: [&str; 2] = ["length", "duration"];

/// How the cells of a feature's column are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Number,
    /// Minutes and seconds, into milliseconds.
    Length,
}

/// Where everything stands in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) song: usize,
    pub(crate) artist: usize,
    pub(crate) id: Option<usize>,
    pub(crate) album: Option<usize>,
    pub(crate) genre: Option<usize>,
    pub(crate) playlist: Option<usize>,
    pub(crate) year: Option<usize>,
    pub(crate) explicit: Option<usize>,
    pub(crate) key: Option<usize>,
    pub(crate) mode: Option<usize>,
    pub(crate) time_signature: Option<usize>,
    pub(crate) duration_ms: Option<usize>,
    pub(crate) features: Vec<(Feature, usize, Encoding)>,
    pub(crate) absent: Vec<Feature>,
    pub(crate) warnings: Vec<String>,
}

impl Columns {
    /// Finds the columns of a header. Without `features`, takes those of the default ones that are there.
    pub(crate) fn find(name: &str, header: &[String], features: Option<&[Feature]>) -> Result<Self, Error> {
        let mut search = Search::new(name, header);
        let song = search.required("song", SONG, false)?;
        let artist = search.required("artist", ARTIST, false)?;
        let (mut found, mut absent) = (Vec::new(), Vec::new());
        for &feature in features.unwrap_or(&Feature::DEFAULT) {
            let aliases = feature_aliases(feature);
            let column = if features.is_some() {
                search.required(feature.name(), aliases, true)?
            } else {
                match search.optional(feature.name(), aliases) {
                    Some(column) => column,
                    None => {
                        absent.push(feature);
                        continue;
                    }
                }
            };
            let is_length = LENGTH_NAMES.contains(&search.keys[column].as_str());
            found.push((feature, column, if is_length { Encoding::Length } else { Encoding::Number }));
        }
        if found.len() < 2 {
            let found = found.into_iter().map(|(feature, ..)| feature).collect();
            return Err(Error::TooFewFeatures { name: name.to_owned(), found, columns: list(header) });
        }
        // Playlists often have an id and a name: nobody needs to be told which is taken.
        let playlist = search.columns(PLAYLIST).next();
        let duration_ms = search.columns(DURATION_MS).next();
        Ok(Columns {
            song,
            artist,
            id: search.optional("id", ID),
            album: search.optional("album", ALBUM),
            genre: search.optional("genre", GENRE),
            playlist,
            year: search.optional("year", YEAR),
            explicit: search.optional("explicit", EXPLICIT),
            key: search.optional("key", KEY),
            mode: search.optional("mode", MODE),
            time_signature: search.optional("time_signature", TIME_SIGNATURE),
            duration_ms,
            features: found,
            absent,
            warnings: search.warnings,
        })
    }
}

impl Columns {
    /// The column of an attribute.
    pub(crate) fn attribute(&self, attribute: Attribute) -> Option<usize> {
        match attribute {
            Attribute::Key => self.key,
            Attribute::Mode => self.mode,
            Attribute::TimeSignature => self.time_signature,
            Attribute::DurationMs => self.duration_ms,
        }
    }
}

/// Where the members of playlists stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlaylistColumns {
    pub(crate) playlist: usize,
    pub(crate) id: Option<usize>,
    pub(crate) song: Option<usize>,
    pub(crate) artist: Option<usize>,
}

impl PlaylistColumns {
    /// Finds the columns of a header: the playlist, and the id or the title.
    pub(crate) fn find(name: &str, header: &[String]) -> Result<Self, Error> {
        let mut search = Search::new(name, header);
        let playlist = search.required("playlist", PLAYLIST, false)?;
        let (song, artist) = (search.optional("song", SONG), search.optional("artist", ARTIST));
        let id = match song {
            Some(_) => search.optional("id", ID),
            None => Some(search.required("id", ID, false)?),
        };
        Ok(Self { playlist, id, song, artist })
    }
}

struct Search<'a> {
    name: &'a str,
    header: &'a [String],
    keys: Vec<String>,
    warnings: Vec<String>,
}

impl<'a> Search<'a> {
    fn new(name: &'a str, header: &'a [String]) -> Self {
        Self { name, header, keys: header.iter().map(|cell| text::alphanumeric(cell)).collect(), warnings: Vec::new() }
    }

    fn required(&mut self, column: &'static str, aliases: &[&str], asked_for: bool) -> Result<usize, Error> {
        self.optional(column, aliases).ok_or_else(|| Error::MissingColumn {
            name: self.name.to_owned(),
            column,
            accepted: aliases.join(", "),
            found: list(self.header),
            asked_for,
        })
    }

    /// The columns of a meaning, in the order of its names.
    fn columns(&self, aliases: &[&str]) -> impl Iterator<Item = usize> {
        aliases.iter().flat_map(|alias| {
            self.keys.iter().enumerate().filter(move |(_, key)| key == alias).map(|(column, _)| column)
        })
    }

    fn optional(&mut self, meaning: &str, aliases: &[&str]) -> Option<usize> {
        let mut columns = self.columns(aliases);
        let taken = columns.next()?;
        let others: Vec<&String> = columns.map(|column| &self.header[column]).collect();
        if !others.is_empty() {
            let others: Vec<String> = others.into_iter().map(|other| quoted(other)).collect();
            self.warnings.push(format!(
                "{meaning} is taken from column {} ({}), and not from {}",
                taken + 1,
                quoted(&self.header[taken]),
                others.join(", ")
            ));
        }
        Some(taken)
    }
}

/// The columns of a header for a message: quoted, and not without end.
fn list(header: &[String]) -> String {
    const MAX_LISTED: usize = 50;
    let mut list: Vec<String> = header.iter().take(MAX_LISTED).map(|name| quoted(name)).collect();
    if header.len() > MAX_LISTED {
        list.push(format!("and {} more", header.len() - MAX_LISTED));
    }
    list.join(", ")
}

fn quoted(name: &str) -> String {
    const MAX_QUOTED_CHARS: usize = 60;
    match name.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("\"{}…\"", name[..end].escape_debug()),
        None => format!("\"{}\"", name.escape_debug()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &str, features: Option<&[Feature]>) -> Result<Columns, Error> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        Columns::find("t.csv", &header, features)
    }

    fn found(header: &str) -> Columns {
        find(header, None).expect("all that is needed is there")
    }

    #[test]
    fn columns_are_found_whatever_their_case_and_punctuation() {
        for header in [
            "track_name,artists,energy,loudness",
            "Track Name,Artist(s),ENERGY,Loudness (db)",
            "track-name,artist(s)_name,Energy,loudness_db",
            "TITLE,Artist Name(s),energy_%,Loudness",
            "song,track_artist,Energy,loudness",
            "name,artist_name,Energy,loudness",
            "Song,artist,energy,loudness",
        ] {
            let columns = found(header);
            assert_eq!((columns.song, columns.artist), (0, 1), "{header}");
            let features: Vec<Feature> = columns.features.iter().map(|&(feature, ..)| feature).collect();
            assert_eq!(features, [Feature::Energy, Feature::Loudness], "{header}");
            assert_eq!(columns.absent.len(), 9, "{header}");
            assert!(columns.warnings.is_empty(), "{header}");
        }
    }

    #[test]
    fn every_alias_of_every_optional_column_is_known() {
        let base = "song,artist,energy,tempo";
        for id in ["track_id", "id", "uri", "spotify_id", "Track URI"] {
            assert_eq!(found(&format!("{base},{id}")).id, Some(4), "{id}");
        }
        for album in ["album", "Album Name", "track_album_name"] {
            assert_eq!(found(&format!("{base},{album}")).album, Some(4), "{album}");
        }
        for genre in ["Genre", "track_genre", "playlist_genre", "genres"] {
            assert_eq!(found(&format!("{base},{genre}")).genre, Some(4), "{genre}");
        }
        for year in ["Release Date", "year", "release_year", "track_album_release_date"] {
            assert_eq!(found(&format!("{base},{year}")).year, Some(4), "{year}");
        }
        assert_eq!(found(&format!("{base},Explicit")).explicit, Some(4));
        let columns = found("song,artist,Positiveness,track_popularity,BPM");
        assert_eq!(
            columns.features,
            [
                (Feature::Tempo, 4, Encoding::Number),
                (Feature::Valence, 2, Encoding::Number),
                (Feature::Popularity, 3, Encoding::Number)
            ]
        );
    }

    #[test]
    fn first_alias_wins_and_it_is_said() {
        let columns = found("song,artist,energy,Positiveness,valence,track_name,artists,artist");
        assert_eq!((columns.song, columns.artist), (5, 6));
        assert_eq!(columns.features[1], (Feature::Valence, 4, Encoding::Number));
        assert_eq!(
            columns.warnings,
            [
                "song is taken from column 6 (\"track_name\"), and not from \"song\"",
                "artist is taken from column 7 (\"artists\"), and not from \"artist\", \"artist\"",
                "valence is taken from column 5 (\"valence\"), and not from \"Positiveness\"",
            ]
        );
    }

    #[test]
    fn unnamed_column_is_no_column_that_matters() {
        assert_eq!(found(",song,artist,energy,tempo").song, 1);
        assert_eq!(found("Unnamed: 0,song,artist,energy,tempo").song, 1);
    }

    #[test]
    fn length_column_is_read_as_a_length_and_duration_ms_as_a_number() {
        let features = Some(&[Feature::DurationMs, Feature::Energy][..]);
        for (length, form) in
            [("Length", Encoding::Length), ("duration", Encoding::Length), ("Duration (ms)", Encoding::Number)]
        {
            let columns = find(&format!("song,artist,energy,{length}"), features).expect("found");
            assert_eq!(columns.features, [(Feature::DurationMs, 3, form), (Feature::Energy, 2, Encoding::Number)]);
        }
    }

    #[test]
    fn missing_column_is_named_beside_those_that_are_there() {
        for (header, column) in [("artist,energy,tempo", "song"), ("song,energy,tempo", "artist")] {
            let error = find(header, None).expect_err("a column is missing");
            assert!(matches!(&error, Error::MissingColumn { column: c, .. } if *c == column), "{error}");
            let text = error.to_string();
            assert!(text.contains(&format!("no {column} column")) && text.contains("\"energy\", \"tempo\""), "{text}");
        }
        let error =
            find("song,artist,energy,tempo", Some(&[Feature::Energy, Feature::Valence])).expect_err("no valence");
        let text = error.to_string();
        assert!(text.contains("no valence column") && text.contains("positiveness"), "{text}");
        assert!(text.contains("--features"), "{text}");
    }

    #[test]
    fn fewer_than_two_features_are_too_few() {
        let error = find("song,artist,energy,key", None).expect_err("one feature");
        assert!(matches!(&error, Error::TooFewFeatures { found, .. } if *found == [Feature::Energy]), "{error}");
        assert!(error.to_string().contains("\"key\""), "{error}");
    }

    #[test]
    fn message_is_short_whatever_the_header() {
        let header = vec!["x\u{1b}\u{1f3b5}".repeat(100); 1_000];
        let text = Columns::find("t.csv", &header, None).expect_err("no columns").to_string();
        assert!(text.len() < 50 * 60 * 8 && text.contains("and 950 more") && !text.contains('\u{1b}'), "{text}");
    }
}
