//! The songs that everybody knows in a made-up catalogue: what examples ask for by name.

use super::{
    Song, Track,
    rng::Rng,
    sound::{GENRES, Mixture, Sound, Style},
};
use crate::table::id::base62;

/// A catalogue of at least so many tracks has them.
pub(super) const FROM_TRACKS: u64 = 10_000;

/// The evergreens are drawn on their own: they are the same in every catalogue. With this seed they sound like their titles.
const SEED: u64 = 3148;

/// Title, artist, genre, year; the best known first. No other song has such a title. Each artist's name has a
/// made-up word in it, so that nobody real is among them.
const EVERGREENS: [(&str, &str, &str, u64); 12] = [
    ("Lighthouse Summer", "The Tin Lantrells", "pop", 1987),
    ("Copper Skyline", "Nora Valdrey", "indie", 2009),
    ("Slow Boat to Marigold", "The Tin Lantrells", "rock", 1979),
    ("Discoteca Luna", "Los Farolindos", "disco", 1978),
    ("Paper Kites in July", "Nora Valdrey", "folk", 2012),
    ("Concrete Orchard", "Kade Marlowick", "hip-hop", 1998),
    ("Winter Piano", "Emil Sandorek", "classical", 1964),
    ("Neon Ferry", "Kilowatt Zamboro", "electronic", 2016),
    ("Baile del Puerto", "Los Farolindos", "latin", 2004),
    ("Broken Anvil", "Iron Meridrax", "metal", 1991),
    ("Barefoot County Line", "June Hallowick", "country", 1995),
    ("Blue Umbrella Waltz", "The Harbrook Quartet", "jazz", 1959),
];

/// The evergreens as tracks, more popular than any other, the first one most of all.
pub(super) fn tracks(mixture: &Mixture) -> Vec<Track> {
    let mut rng = Rng::new(SEED);
    let track = |(place, (title, artist, genre, year)): (usize, (&str, &str, &str, u64))| {
        // The names are those of the list: a test looks them up.
        let number = GENRES.iter().position(|known| known.name == genre).unwrap_or_default();
        let style = Style::draw(mixture, &mut rng);
        let mut sound = Sound::draw(mixture, number, &style, &mut rng);
        sound.popularity = 97 - (place as i64 + 3) / 4;
        let song = Song { title: title.to_owned(), explicit: false, sound };
        let (artist, album) = (artist.to_owned(), title.to_owned());
        Track { id: base62(rng.bits()), song, artist, album, year, genre: GENRES[number].name }
    };
    EVERGREENS.into_iter().enumerate().map(track).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{synth, table};

    #[test]
    fn evergreens_have_titles_artists_and_a_popularity_of_their_own() {
        assert!(EVERGREENS.iter().all(|(.., genre, _)| GENRES.iter().any(|known| known.name == *genre)));
        let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
        assert!(EVERGREENS.iter().all(|(title, artist, ..)| is_plain(title) && is_plain(artist)));
        for (tracks, expected) in [(FROM_TRACKS, EVERGREENS.len()), (FROM_TRACKS - 1, 0)] {
            for seed in [1, 2] {
                let mut csv = Vec::new();
                synth::write(tracks, seed, &mut csv, &mut |_| {}).expect("memory takes it");
                let table = table::read(&csv[..], "made up", &table::Options::default(), &mut |_| {}).expect("a table");
                assert_eq!(table.n_tracks() as u64, tracks);
                let named = |column: &dyn Fn(usize) -> String, name: &str| {
                    (0..table.n_tracks()).filter(|row| column(*row).eq_ignore_ascii_case(name)).count()
                };
                let songs = |row: usize| table.songs.get(row).to_owned();
                let found = EVERGREENS.iter().filter(|(title, ..)| named(&songs, title) == 1).count();
                assert_eq!(found, expected, "{tracks} tracks, seed {seed}");
                if expected > 0 {
                    let popularity = table.features.iter().position(|feature| feature.name() == "popularity");
                    let popularity = table.values.column(popularity.expect("all eleven are there"));
                    let (first, others) = (0..expected, expected..table.n_tracks());
                    let least = first.map(|row| popularity[row]).fold(100.0, f64::min);
                    let most = others.map(|row| popularity[row]).fold(0.0, f64::max);
                    assert!(least > most, "{least} and {most}");
                }
            }
        }
    }
}
