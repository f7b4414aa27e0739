//! A made-up catalogue of any size, for demos and for trying out scale.
//!
//! It has the shape of real tables: genres with a sound of their own and artists who mostly keep to one, features
//! that go together, most tracks without a trace of instrumentalness and hardly known, songs released more than once
//! (one sound under several ids), titles that several artists share, titles with commas, quotes and letters beyond
//! ASCII. It is written artist by artist, so that memory does not grow with its length.

mod dice;
mod grammar;
mod sound;
mod words;

use std::io::{self, Write};

use self::{
    dice::Dice,
    grammar::{ARTISTS, Grammar, TITLES},
    sound::{Genre, Small, Sound, Style},
};
use crate::table::id::base62;

/// The most tracks that can be asked for.
pub const MAX_TRACKS: u64 = 10_000_000;

/// Spotify's names, and `variance` as the tables call it that have it.
const HEADER: [&str; 19] = [
    "track_id",
    "track_name",
    "artists",
    "album_name",
    "release_date",
    "popularity",
    "duration_ms",
    "explicit",
    "danceability",
    "energy",
    "variance",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
    "track_genre",
];

/// Writes a catalogue as CSV: a header line, then a line for every track, with all eleven default features and the
/// length, in Spotify's units (0 to 1, dB, BPM, popularity 0 to 100, ms). `tracks` is 1 to [`MAX_TRACKS`]; the same
/// `tracks` and `seed` give the same bytes, on any machine. `progress` is told how many tracks have been written.
///
/// # Errors
///
/// Where the number of tracks is out of range ([`io::ErrorKind::InvalidInput`]), or writing fails.
///
/// ```
/// use trainer::{synth, table};
///
/// let mut csv = Vec::new();
/// synth::write(100, 7, &mut csv, &mut |_| {})?;
/// let table = table::read(&csv[..], "made up", &table::Options::default(), &mut |_| {})?;
/// assert_eq!((table.n_tracks(), table.features.len()), (100, 11));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(tracks: u64, seed: u64, out: impl Write, progress: &mut dyn FnMut(u64)) -> io::Result<()> {
    if !(1..=MAX_TRACKS).contains(&tracks) {
        let message = format!("cannot make up {tracks} tracks: expected 1 to {MAX_TRACKS}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(out);
    writer.write_record(HEADER)?;
    let mut world = World::new(tracks, seed);
    let mut left = tracks;
    let mut number = Vec::new();
    while left > 0 {
        for track in world.next_artist(left) {
            write_track(&mut writer, &track, &mut number)?;
            left -= 1;
        }
        progress(tracks - left);
    }
    writer.flush()
}

/// A song by an artist, which may be released more than once.
#[derive(Clone)]
struct Song {
    title: String,
    explicit: bool,
    sound: Sound,
}

struct Track {
    id: String,
    song: Song,
    artist: String,
    album: String,
    year: u64,
    genre: &'static str,
}

/// What is known from one artist to the next.
struct World {
    dice: Dice,
    titles: Grammar,
    artists: Grammar,
    /// Titles of other artists, for those who choose a title that is taken.
    recent: Vec<String>,
    /// Whom to sing with.
    last_artist: Option<String>,
}

impl World {
    /// How many titles are remembered.
    const RECENT: usize = 4096;

    fn new(tracks: u64, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let titles = Grammar::new(TITLES, tracks, &mut dice);
        let artists = Grammar::new(ARTISTS, tracks / 10, &mut dice);
        World { dice, titles, artists, recent: Vec::new(), last_artist: None }
    }

    /// Everything by one more artist, `most` tracks at most and 1 at least.
    fn next_artist(&mut self, most: u64) -> Vec<Track> {
        let name = self.artists.next(&mut self.dice);
        let home = Genre::draw(&mut self.dice);
        let style = Style::draw(&mut self.dice);
        let mut year = self.dice.between(1958, 2024);
        let mut songs: Vec<Song> = Vec::new();
        let mut tracks = Vec::new();
        // One to five albums, fewer rather than more; a fifth of them are singles.
        let albums = 1 + self.dice.below(3) + self.dice.below(2) * self.dice.below(3);
        for _ in 0..albums {
            let single = self.dice.per_mille(200);
            let length = if single { 1 } else { self.dice.between(4, 11) };
            let genre = if self.dice.per_mille(60) { Genre::draw(&mut self.dice) } else { home };
            let mut album = None;
            let released = songs.len();
            for _ in 0..length {
                if tracks.len() as u64 >= most {
                    break;
                }
                let song = self.song(genre, &style, &mut songs, released);
                let album = album.get_or_insert_with(|| song.title.clone()).clone();
                let artist = match &self.last_artist {
                    Some(other) if self.dice.per_mille(25) => format!("{name}, {other}"),
                    _ => name.clone(),
                };
                let id = base62(self.dice.bits());
                tracks.push(Track { id, song, artist, album, year, genre: genre.name });
            }
            year = (year + self.dice.between(1, 4)).min(2024);
        }
        for song in songs {
            if self.recent.len() < Self::RECENT {
                self.recent.push(song.title);
            } else {
                // The draw is below the length.
                let place = self.dice.below(Self::RECENT as u64) as usize;
                self.recent[place] = song.title;
            }
        }
        self.last_artist = Some(name);
        tracks
    }

    /// A new song, or once more one of the first `released`, which stand on earlier albums.
    fn song(&mut self, genre: &Genre, style: &Style, songs: &mut Vec<Song>, released: usize) -> Song {
        let dice = &mut self.dice;
        // The draw is below the number of songs released.
        let earlier = |dice: &mut Dice| dice.below(released as u64) as usize;
        if released > 0 && dice.per_mille(70) {
            return songs[earlier(dice)].clone();
        }
        let title = if released > 0 && dice.per_mille(40) {
            format!("{}{}", songs[earlier(dice)].title, dice.pick(words::SUFFIXES))
        } else if dice.per_mille(12) {
            dice.pick(words::COMMON_TITLES).to_owned()
        } else if !self.recent.is_empty() && dice.per_mille(70) {
            // The draw is below the length.
            self.recent[dice.below(self.recent.len() as u64) as usize].clone()
        } else {
            self.titles.next(dice)
        };
        let explicit = dice.per_mille(genre.explicit);
        let song = Song { title, explicit, sound: Sound::draw(genre, style, dice) };
        songs.push(song.clone());
        song
    }
}

fn write_track<W: Write>(out: &mut csv::Writer<W>, track: &Track, number: &mut Vec<u8>) -> csv::Result<()> {
    let Song { title, explicit, sound } = &track.song;
    let mut put = |out: &mut csv::Writer<W>, text: std::fmt::Arguments<'_>| {
        number.clear();
        number.write_fmt(text)?;
        out.write_field(&number)
    };
    out.write_field(&track.id)?;
    out.write_field(title)?;
    out.write_field(&track.artist)?;
    out.write_field(&track.album)?;
    put(out, format_args!("{}", track.year))?;
    put(out, format_args!("{}", sound.popularity))?;
    put(out, format_args!("{}", sound.duration))?;
    out.write_field(if *explicit { "True" } else { "False" })?;
    for value in [sound.danceability, sound.energy, sound.variance, sound.loudness, sound.speechiness] {
        put(out, format_args!("{}", Decimal(value)))?;
    }
    put(out, format_args!("{}", Decimal(sound.acousticness)))?;
    match sound.instrumentalness {
        Small::Thousandths(value) => put(out, format_args!("{}", Decimal(value)))?,
        Small::Scientific { digits, exponent } => {
            put(out, format_args!("{}.{:02}e-{exponent:02}", digits / 100, digits % 100))?;
        }
    }
    for value in [sound.liveness, sound.valence, sound.tempo] {
        put(out, format_args!("{}", Decimal(value)))?;
    }
    out.write_field(track.genre)?;
    out.write_record(None::<&[u8]>)
}

/// Thousandths, written with as many decimals as they need.
struct Decimal(i64);

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, part) = (size / 1000, size % 1000);
        match (part, part % 10, part % 100) {
            (0, ..) => write!(f, "{sign}{whole}"),
            (_, _, 0) => write!(f, "{sign}{whole}.{}", part / 100),
            (_, 0, _) => write!(f, "{sign}{whole}.{:02}", part / 10),
            _ => write!(f, "{sign}{whole}.{part:03}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::table::{self, Feature, Table};

    fn csv(tracks: u64, seed: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write(tracks, seed, &mut out, &mut |_| {}).expect("memory takes it");
        out
    }

    fn catalogue(tracks: u64) -> Table {
        table::read(&csv(tracks, 42)[..], "made up", &table::Options::default(), &mut |_| {}).expect("a table")
    }

    fn column(table: &Table, feature: Feature) -> Vec<f64> {
        let at = table.features.iter().position(|&f| f == feature).expect("all eleven are there");
        table.values.column(at).to_vec()
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let (ma, mb) = (mean(a), mean(b));
        let sum =
            |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum() };
        sum(a, ma, b, mb) / (sum(a, ma, a, ma) * sum(b, mb, b, mb)).sqrt()
    }

    #[test]
    fn same_seed_gives_the_same_bytes_and_another_seed_others() {
        assert_eq!(csv(5_000, 1), csv(5_000, 1));
        assert_ne!(csv(100, 1), csv(100, 2));
        // On any machine, and in any later version.
        let hash: [u8; 32] = Sha256::digest(csv(1_000, 42)).into();
        let hash: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, "1980cf84472ef54b");
    }

    #[test]
    fn reads_back_whole_with_nothing_dropped() {
        for tracks in [1, 2, 37, 20_000] {
            let table = catalogue(tracks);
            assert_eq!((table.n_tracks() as u64, table.dropped.total), (tracks, 0));
            assert_eq!(table.features, Feature::DEFAULT);
            assert!(table.warnings.is_empty());
            assert_eq!(table.ids.iter().collect::<HashSet<_>>().len() as u64, tracks);
            assert!(table.ids.iter().all(|id| id.len() == 22));
            assert!(table.years.expect("years").iter().all(|year| year.is_some_and(|y| (1958..=2024).contains(&y))));
            assert!(table.explicit.expect("explicit").iter().all(Option::is_some));
        }
    }

    #[test]
    fn number_of_tracks_has_its_limits() {
        for tracks in [0, MAX_TRACKS + 1, u64::MAX] {
            let error = write(tracks, 0, Vec::new(), &mut |_| {}).expect_err("out of range");
            assert!(error.to_string().contains("1 to 10000000"), "{error}");
        }
    }

    #[test]
    fn progress_ends_at_the_number_of_tracks() {
        let mut told = Vec::new();
        write(1_000, 0, Vec::new(), &mut |n| told.push(n)).expect("memory takes it");
        assert!(told.is_sorted() && told.last() == Some(&1_000));
    }

    #[test]
    fn features_stay_in_spotifys_ranges_and_use_them() {
        let table = catalogue(20_000);
        for (feature, low, high) in [
            (Feature::Danceability, 0.0, 1.0),
            (Feature::Energy, 0.0, 1.0),
            (Feature::Variance, 0.0, 1.0),
            (Feature::Acousticness, 0.0, 1.0),
            (Feature::Instrumentalness, 0.0, 1.0),
            (Feature::Speechiness, 0.0, 1.0),
            (Feature::Valence, 0.0, 1.0),
            (Feature::Liveness, 0.0, 1.0),
            (Feature::Popularity, 0.0, 100.0),
            (Feature::Tempo, 40.0, 215.0),
            (Feature::Loudness, -60.0, 2.0),
        ] {
            let values = column(&table, feature);
            let (min, max) = values.iter().fold((f64::MAX, f64::MIN), |(min, max), &v| (v.min(min), v.max(max)));
            assert!(min >= low && max <= high, "{feature}: {min} to {max}");
            assert!(max - min > 0.3 * (high - low), "{feature}: {min} to {max}");
        }
    }

    #[test]
    fn features_go_together_and_lean_as_real_ones_do() {
        let table = catalogue(20_000);
        let energy = column(&table, Feature::Energy);
        let loudness = correlation(&energy, &column(&table, Feature::Loudness));
        let acousticness = correlation(&energy, &column(&table, Feature::Acousticness));
        let valence = correlation(&column(&table, Feature::Danceability), &column(&table, Feature::Valence));
        assert!((0.6..0.95).contains(&loudness), "{loudness}");
        assert!((-0.95..-0.5).contains(&acousticness), "{acousticness}");
        assert!((0.25..0.8).contains(&valence), "{valence}");
        let mut instrumental = column(&table, Feature::Instrumentalness);
        instrumental.sort_by(f64::total_cmp);
        assert!(instrumental[10_000] < 0.01 && instrumental[19_000] > 0.3, "{}", instrumental[19_000]);
        let mut popularity = column(&table, Feature::Popularity);
        popularity.sort_by(f64::total_cmp);
        assert!(popularity[10_000] < 20.0 && popularity[19_990] > 80.0, "{}", popularity[10_000]);
    }

    #[test]
    fn some_titles_are_shared_and_some_songs_released_twice() {
        for tracks in [20_000, 200_000] {
            let table = catalogue(tracks);
            let mut artists_of: HashMap<String, HashSet<u32>> = HashMap::new();
            for (song, &artist) in table.songs.iter().zip(&table.artists.codes) {
                artists_of.entry(song.to_lowercase()).or_default().insert(artist);
            }
            let shared = artists_of.values().filter(|artists| artists.len() > 1).count();
            let share = shared as f64 / artists_of.len() as f64;
            println!("{tracks} tracks: {} artists, {share:.3} of titles shared", table.artists.dictionary.len());
            assert!((0.05..0.10).contains(&share), "{share}");

            let mut sounds = HashSet::new();
            let twice = table
                .values
                .rows()
                .into_iter()
                .filter(|row| !sounds.insert(row.iter().map(|value| value.to_bits()).collect::<Vec<u64>>()));
            let share = twice.count() as f64 / tracks as f64;
            assert!((0.02..0.06).contains(&share), "{share}");
            assert!(
                table.songs.iter().any(|song| song.contains(',')) && table.songs.iter().any(|song| song.contains('"'))
            );
            let beyond_ascii = table.songs.iter().filter(|song| !song.is_ascii()).count() as f64 / tracks as f64;
            assert!((0.005..0.05).contains(&beyond_ascii), "{beyond_ascii}");
        }
    }

    #[test]
    fn decimals_are_as_short_as_they_can_be() {
        for (value, text) in
            [(0, "0"), (1000, "1"), (500, "0.5"), (420, "0.42"), (7, "0.007"), (-6746, "-6.746"), (-50, "-0.05")]
        {
            assert_eq!(Decimal(value).to_string(), text);
        }
    }
}
