//! The artists and genres of a catalogue, by name.

use super::Model;
use crate::text::normalize;

impl Model {
    /// The names of all artists, [`normalize`]d, and their numbers, by number.
    pub fn artist_names(&self) -> impl Iterator<Item = (&str, u32)> {
        self.artists().names().iter().zip(0..)
    }

    /// The tracks of an artist, ascending; none where there is no artist of this number. Of a track, the
    /// first [`MAX_ARTISTS_OF_ROW`](crate::catalog::MAX_ARTISTS_OF_ROW) artists count.
    pub fn tracks_of_artist(&self, artist: u32) -> &[u32] {
        self.artist_rows().of(artist)
    }

    /// The name of an artist as the first of its tracks spells it; nothing where the artist has no tracks.
    pub fn artist_name(&self, artist: u32) -> Option<&str> {
        let row = *self.tracks_of_artist(artist).first()?;
        let mut credited = self.catalog().credited(self.catalog().artists.code(row as usize));
        credited.find(|name| self.artists().number(&normalize(name)) == Some(artist))
    }

    /// All genres, [`normalize`]d, in no order; none where the catalogue has no genres.
    pub fn genre_names(&self) -> impl Iterator<Item = &str> {
        self.genres().names()
    }

    /// Whether a track has this single genre, [`normalize`]d.
    pub fn has_genre(&self, genre: &str) -> bool {
        self.genres().has(genre)
    }

    /// The distinct genre cells that name a genre, [`normalize`]d, by their codes, ascending.
    pub fn genre_cells(&self, genre: &str) -> Vec<u32> {
        self.catalog().genres.as_ref().map(|column| self.genres().of(column, genre)).unwrap_or_default()
    }
}
