//! How many songs of one artist, and of one album, an answer may hold.

use std::collections::{HashMap, HashSet};

use super::request::Request;
use crate::{bit_set::BitSet, model::Model};

/// What a request allows, and what of it is taken.
#[derive(Clone)]
pub(super) struct Quota {
    max_per_artist: Option<usize>,
    max_per_album: Option<usize>,
    artists: HashMap<u32, usize>,
    albums: HashMap<Album, usize>,
    /// Those of which no more is allowed: what is asked of every candidate.
    full_artists: Option<BitSet>,
    full_albums: HashSet<Album>,
    /// The titles of these albums, which are asked for first: most rows have another one.
    full_titles: Option<BitSet>,
}

/// An album: its title, and the first artist of a track on it. Many albums are called `Greatest Hits`.
type Album = (u32, Option<u32>);

impl Quota {
    pub(super) fn new(request: &Request) -> Self {
        let Request { max_per_artist, max_per_album, .. } = *request;
        Self {
            max_per_artist,
            max_per_album,
            artists: HashMap::new(),
            albums: HashMap::new(),
            full_artists: None,
            full_albums: HashSet::new(),
            full_titles: None,
        }
    }

    /// Whether there is no limit.
    pub(super) fn is_unlimited(&self) -> bool {
        self.max_per_artist.is_none() && self.max_per_album.is_none()
    }

    /// Whether none of a row's artists, and not its album, has had all its songs.
    pub(super) fn has_room(&self, model: &Model, row: u32) -> bool {
        let is_full = |full: &BitSet| artists_of(model, row).iter().any(|artist| full.contains(*artist));
        !self.full_artists.as_ref().is_some_and(is_full)
            && !self.full_titles.as_ref().is_some_and(|full| {
                full.contains(title_of(model, row)) && self.full_albums.contains(&album_or_none_of(model, row))
            })
    }

    /// Counts a row. Says which artists and album are full now, if any.
    pub(super) fn take(&mut self, model: &Model, row: u32) -> Option<Full> {
        let mut full = Full::default();
        if let Some(max) = self.max_per_artist {
            for artist in artists_of(model, row) {
                let taken = self.artists.entry(*artist).or_default();
                *taken += 1;
                if *taken >= max {
                    full.artists.push(*artist);
                    let artists = model.artists().count();
                    self.full_artists.get_or_insert_with(|| BitSet::new(artists)).insert(*artist);
                }
            }
        }
        // Where no album is counted, none is asked for: the artists would be told apart for it.
        if let Some(max) = self.max_per_album
            && let Some(album) = album_of(model, row)
        {
            let taken = self.albums.entry(album).or_default();
            *taken += 1;
            if *taken >= max {
                full.album = Some(album);
                self.full_albums.insert(album);
                let titles = model.catalog().albums.as_ref().map_or(1, |albums| albums.dictionary().len());
                self.full_titles.get_or_insert_with(|| BitSet::new(titles)).insert(album.0);
            }
        }
        (!full.artists.is_empty() || full.album.is_some()).then_some(full)
    }
}

/// Artists and an album that have had all their songs.
#[derive(Debug, Default)]
pub(super) struct Full {
    artists: Vec<u32>,
    album: Option<Album>,
}

impl Full {
    /// Whether a row is theirs.
    pub(super) fn has(&self, model: &Model, row: u32) -> bool {
        let is_of_artist = || artists_of(model, row).iter().any(|artist| self.artists.contains(artist));
        (!self.artists.is_empty() && is_of_artist())
            || self.album.is_some_and(|album| album_of(model, row) == Some(album))
    }
}

/// The single artists of a row.
pub(super) fn artists_of(model: &Model, row: u32) -> &[u32] {
    model.artists().of(model.catalog().artists.code(row as usize))
}

/// The album of a row, where it is known.
fn album_of(model: &Model, row: u32) -> Option<Album> {
    let albums = model.catalog().albums.as_ref()?;
    let is_known = !albums.get(row as usize).is_empty();
    is_known.then(|| album_or_none_of(model, row))
}

/// The same; where it is not known, one that no row is counted for.
fn album_or_none_of(model: &Model, row: u32) -> Album {
    (title_of(model, row), artists_of(model, row).first().copied())
}

/// The title of a row's album; 0 where no album is known.
fn title_of(model: &Model, row: u32) -> u32 {
    model.catalog().albums.as_ref().map_or(0, |albums| albums.code(row as usize))
}
