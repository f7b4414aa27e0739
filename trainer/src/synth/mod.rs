//! A made-up catalogue of any size, for demos and for trying out scale.
//!
//! It has the shape of real tables, held against one of 264,802 tracks by a test: how each feature is spread, to its
//! skew and its ties; which features go together; genres with a sound of their own and artists who mostly keep to one,
//! most of them with one track and a few with hundreds; songs released more than once, some with the very same
//! features; titles that several artists share, titles with commas, quotes and letters beyond ASCII. It is written
//! artist by artist, so that memory does not grow with its length. From 10,000 tracks it begins with a few evergreens, whose names
//! examples can rely on.

mod evergreens;
mod grammar;
mod rng;
mod sound;
mod words;

use std::io::{self, Write};

use self::{
    grammar::{ARTISTS, Grammar, TITLES},
    rng::Rng,
    sound::{GENRES, Genre, Mixture, SmallDecimal, Sound, Style},
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
    let mut world = CatalogGenerator::new(tracks, seed);
    let mut left = tracks;
    let mut number = Vec::new();
    if tracks >= evergreens::FROM_TRACKS {
        for track in evergreens::tracks(&world.mixture) {
            write_track(&mut writer, &track, &mut number)?;
            left -= 1;
        }
    }
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
struct CatalogGenerator {
    rng: Rng,
    mixture: Mixture,
    titles: Grammar,
    artists: Grammar,
    /// The most tracks of one artist: nobody is a large part of a small catalogue.
    most: u64,
    /// Titles of other artists, for those who choose a title that is taken.
    recent: Vec<String>,
    /// Whom to sing with.
    last_artist: Option<String>,
}

/// How many tracks artists have: in a thousand of them, so many have fewer than that. Real ones: most have one, a few
/// hundreds.
const SIZES: [(u64, u64); 12] = [
    (589, 2),
    (728, 3),
    (791, 4),
    (850, 6),
    (900, 9),
    (950, 16),
    (980, 34),
    (990, 76),
    (995, 163),
    (999, 323),
    (1000, 883),
    (u64::MAX, 884),
];

impl CatalogGenerator {
    /// How many titles are remembered.
    const RECENT: usize = 4096;

    fn new(tracks: u64, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let titles = Grammar::new(TITLES, tracks, &mut rng);
        let artists = Grammar::new(ARTISTS, tracks / 5, &mut rng);
        let most = (tracks / 40).max(1);
        CatalogGenerator { rng, mixture: Mixture::new(), titles, artists, most, recent: Vec::new(), last_artist: None }
    }

    /// How many tracks one more artist has.
    fn size(&mut self) -> u64 {
        let draw = self.rng.below(1000);
        let step = SIZES.iter().position(|(below, _)| draw < *below).unwrap_or_default();
        // Evenly from what those before have at most.
        let from = step.checked_sub(1).map_or(1, |before| SIZES[before].1);
        self.rng.between(from, SIZES[step].1 - 1).min(self.most)
    }

    /// Everything by one more artist, `most` tracks at most and 1 at least.
    fn next_artist(&mut self, most: u64) -> Vec<Track> {
        let name = self.artists.next(&mut self.rng);
        let home = Genre::draw(&mut self.rng);
        let style = Style::draw(&self.mixture, &mut self.rng);
        let size = self.size().min(most) as usize;
        let mut year = self.rng.between(1958, 2024);
        let mut songs: Vec<Song> = Vec::new();
        let mut tracks = Vec::new();
        while tracks.len() < size {
            let single = self.rng.per_mille(250);
            let length = if single { 1 } else { self.rng.between(4, 14) as usize };
            let genre = if self.rng.per_mille(60) { Genre::draw(&mut self.rng) } else { home };
            let mut album = None;
            let released = songs.len();
            for _ in 0..length.min(size - tracks.len()) {
                let song = self.song(genre, &style, &mut songs, released);
                let album = album.get_or_insert_with(|| song.title.clone()).clone();
                let artist = match &self.last_artist {
                    Some(other) if self.rng.per_mille(25) => format!("{name}, {other}"),
                    _ => name.clone(),
                };
                let id = base62(self.rng.bits());
                tracks.push(Track { id, song, artist, album, year, genre: GENRES[genre].name });
            }
            year = (year + self.rng.between(0, 3)).min(2024);
        }
        for song in songs {
            if self.recent.len() < Self::RECENT {
                self.recent.push(song.title);
            } else {
                // The draw is below the length.
                let place = self.rng.below(Self::RECENT as u64) as usize;
                self.recent[place] = song.title;
            }
        }
        self.last_artist = Some(name);
        tracks
    }

    /// A new song, or once more one of the first `released`, which stand on earlier albums.
    fn song(&mut self, genre: usize, style: &Style, songs: &mut Vec<Song>, released: usize) -> Song {
        let rng = &mut self.rng;
        // The draw is below the number of songs released.
        let earlier = |rng: &mut Rng| rng.below(released as u64) as usize;
        if released > 0 && rng.per_mille(220) {
            let song = songs[earlier(rng)].clone();
            let sound = if rng.per_mille(120) { song.sound } else { song.sound.again(rng) };
            return Song { sound, ..song };
        }
        let title = if released > 0 && rng.per_mille(40) {
            format!("{}{}", songs[earlier(rng)].title, rng.pick(words::SUFFIXES))
        } else if rng.per_mille(12) {
            rng.pick(words::COMMON_TITLES).to_owned()
        } else if !self.recent.is_empty() && rng.per_mille(90) {
            // The draw is below the length.
            self.recent[rng.below(self.recent.len() as u64) as usize].clone()
        } else {
            self.titles.next(rng)
        };
        let explicit = rng.per_mille(GENRES[genre].explicit);
        let song = Song { title, explicit, sound: Sound::draw(&self.mixture, genre, style, rng) };
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
    for value in [sound.danceability, sound.energy, sound.variance, sound.loudness] {
        put(out, format_args!("{}", Decimal(value)))?;
    }
    for share in [sound.speechiness, sound.acousticness, sound.instrumentalness, sound.liveness] {
        put(out, format_args!("{share}"))?;
    }
    for value in [sound.valence, sound.tempo] {
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

/// As a decimal, or with an exponent where that is shorter.
impl std::fmt::Display for SmallDecimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let SmallDecimal { mut digits, mut zeros } = *self;
        match (digits, zeros) {
            (_, 0) => Decimal(digits).fmt(f),
            (_, 4..) => {
                // Three digits, the first of them no zero: those of a value below a tenth.
                write!(f, "{}.{:02}e-{:02}", digits / 100, digits % 100, zeros + 1)
            }
            _ => {
                zeros += 3;
                while digits % 10 == 0 {
                    (digits, zeros) = (digits / 10, zeros - 1);
                }
                write!(f, "0.{digits:0zeros$}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use sha2::{Digest, Sha256};

    use super::*;
    use recommender::features::Feature;

    use crate::table::{self, Table};

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
        // On any machine.
        let hash: [u8; 32] = Sha256::digest(csv(1_000, 42)).into();
        let hash: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, "259374d5501f8636");
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
            assert!(table.years.expect("years").iter().all(|year| (1958..=2024).contains(&year)));
            assert!(table.explicit.expect("explicit").iter().all(|explicit| explicit != 0));
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
            (Feature::Variance, -1.0, 1.0),
            (Feature::Acousticness, 0.0, 1.0),
            (Feature::Instrumentalness, 0.0, 1.0),
            (Feature::Speechiness, 0.0, 1.0),
            (Feature::Valence, 0.0, 1.0),
            (Feature::Liveness, 0.0, 1.0),
            (Feature::Popularity, 0.0, 100.0),
            (Feature::Tempo, 0.0, 215.0),
            (Feature::Loudness, -60.0, 2.0),
        ] {
            let values = column(&table, feature);
            let (min, max) = values.iter().fold((f64::MAX, f64::MIN), |(min, max), &v| (v.min(min), v.max(max)));
            assert!(min >= low && max <= high, "{feature}: {min} to {max}");
            assert!(max - min > 0.3 * (high - low), "{feature}: {min} to {max}");
        }
    }

    /// `union_265k.csv`, 264,802 tracks: mean, deviation and skewness of each feature.
    const REAL: [(Feature, [f64; 3]); 10] = [
        (Feature::Danceability, [0.576, 0.177, -0.40]),
        (Feature::Energy, [0.637, 0.244, -0.62]),
        (Feature::Tempo, [121.555, 29.749, 0.27]),
        (Feature::Loudness, [-8.460, 5.148, -2.18]),
        (Feature::Acousticness, [0.294, 0.319, 0.87]),
        (Feature::Instrumentalness, [0.153, 0.304, 1.76]),
        (Feature::Speechiness, [0.096, 0.114, 3.48]),
        (Feature::Valence, [0.483, 0.257, 0.07]),
        (Feature::Popularity, [32.641, 20.276, 0.08]),
        (Feature::Liveness, [0.218, 0.197, 2.07]),
    ];

    /// The correlations of the same, below the diagonal.
    const REAL_CORRELATIONS: [&[f64]; 10] = [
        &[],
        &[0.13],
        &[-0.04, 0.23],
        &[0.29, 0.76, 0.20],
        &[-0.20, -0.71, -0.20, -0.58],
        &[-0.22, -0.21, -0.05, -0.44, 0.18],
        &[0.18, 0.09, 0.03, 0.06, -0.05, -0.14],
        &[0.46, 0.27, 0.08, 0.27, -0.13, -0.28, 0.05],
        &[0.12, 0.02, 0.00, 0.13, -0.04, -0.17, -0.04, 0.02],
        &[-0.16, 0.20, 0.01, 0.08, -0.05, -0.06, 0.14, -0.02, -0.06],
    ];

    #[test]
    fn features_are_spread_and_go_together_as_real_ones_do() {
        let table = catalogue(50_000);
        let columns: Vec<Vec<f64>> = REAL.iter().map(|(feature, _)| column(&table, *feature)).collect();
        for (values, (feature, [mean, deviation, skew])) in columns.iter().zip(REAL) {
            let n = values.len() as f64;
            let found_mean = values.iter().sum::<f64>() / n;
            let found_deviation = (values.iter().map(|x| (x - found_mean).powi(2)).sum::<f64>() / n).sqrt();
            let found_skew = values.iter().map(|x| ((x - found_mean) / found_deviation).powi(3)).sum::<f64>() / n;
            assert!((found_mean - mean).abs() < 0.15 * deviation, "{feature}: mean {found_mean}, real {mean}");
            assert!((found_deviation / deviation - 1.0).abs() < 0.15, "{feature}: {found_deviation}, real {deviation}");
            assert!((found_skew - skew).abs() < 0.5, "{feature}: skewness {found_skew}, real {skew}");
        }
        for (a, row) in REAL_CORRELATIONS.iter().enumerate() {
            for (b, real) in row.iter().enumerate() {
                let found = correlation(&columns[a], &columns[b]);
                assert!((found - real).abs() < 0.15, "{} and {}: {found}, real {real}", REAL[a].0, REAL[b].0);
            }
        }
    }

    #[test]
    fn ties_releases_titles_and_artists_are_as_many_as_in_real_tables() {
        for tracks in [20_000, 200_000] {
            let table = catalogue(tracks);
            let n = tracks as f64;
            let near = |what: &str, found: f64, real: f64, tolerance: f64| {
                assert!((found - real).abs() < tolerance, "{what} of {tracks} tracks: {found}, real {real}");
            };
            let zeros = |feature| column(&table, feature).iter().filter(|value| **value == 0.0).count() as f64 / n;
            near("no instrumentalness", zeros(Feature::Instrumentalness), 0.329, 0.05);
            near("no popularity", zeros(Feature::Popularity), 0.069, 0.03);

            let mut sounds = HashSet::new();
            let bits = |row: ndarray::ArrayView1<f64>| row.iter().map(|value| value.to_bits()).collect::<Vec<u64>>();
            let repeated = table.values.rows().into_iter().filter(|row| !sounds.insert(bits(*row))).count();
            near("repeated features", repeated as f64 / n, 0.019, 0.01);

            let mut artists_of: HashMap<String, HashSet<&str>> = HashMap::new();
            let mut songs = HashSet::new();
            let mut tracks_of: HashMap<&str, u64> = HashMap::new();
            for (song, artist) in table.songs.iter().zip(table.artists.iter()) {
                artists_of.entry(song.to_lowercase()).or_default().insert(artist);
                songs.insert((song.to_lowercase(), artist));
                *tracks_of.entry(artist).or_default() += 1;
            }
            near("songs released again", 1.0 - songs.len() as f64 / n, 0.134, 0.03);
            let shared = artists_of.values().filter(|artists| artists.len() > 1).count();
            near("shared titles", shared as f64 / artists_of.len() as f64, 0.091, 0.02);

            let mut sizes: Vec<u64> = tracks_of.into_values().collect();
            sizes.sort_unstable();
            let artists = sizes.len() as f64;
            near("artists of one track", sizes.iter().filter(|size| **size == 1).count() as f64 / artists, 0.589, 0.05);
            near("tracks of an artist", n / artists, 5.2, 1.0);
            near("tracks of one artist in a hundred", sizes[sizes.len() * 99 / 100] as f64, 75.0, 25.0);

            assert!(
                table.songs.iter().any(|song| song.contains(',')) && table.songs.iter().any(|song| song.contains('"'))
            );
            near(
                "titles beyond ASCII",
                table.songs.iter().filter(|song| !song.is_ascii()).count() as f64 / n,
                0.079,
                0.07,
            );
        }
    }

    #[test]
    fn shares_have_three_digits_however_small_they_are() {
        for (digits, zeros, text) in [
            (0, 0, "0"),
            (420, 0, "0.42"),
            (123, 1, "0.0123"),
            (320, 1, "0.032"),
            (123, 3, "0.000123"),
            (123, 4, "1.23e-05"),
            (1000, 0, "1"),
        ] {
            assert_eq!(SmallDecimal { digits, zeros }.to_string(), text);
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
