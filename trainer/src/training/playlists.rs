//! The playlists that companions and weights are learned from: of a file, or of the table itself.

use std::{collections::HashMap, path::PathBuf};

use recommender::{
    Model,
    affinity::AffinityKind,
    column::{DictColumn, StringColumn},
};

use super::Error;
use crate::{
    affinity::{self, Affinities, companions},
    evaluation::Playlists,
    progress::Progress,
    table::{self, PlaylistEntry, Table},
};

/// Companions are learned by cross-validation on so many playlists at most; in the end they are counted on all.
const MAX_PLAYLISTS: usize = 20_000;
/// Genres that are the same on so large a share of the playlists are those of playlists and not of tracks.
const PURE_SHARE: f64 = 0.9;

/// Where the playlists are.
pub(super) enum Source {
    /// There are none.
    Nowhere,
    /// In the table itself.
    Table(Box<TableColumns>),
    /// In a file.
    File(PathBuf),
}

/// What a table's rows say of playlists.
pub(super) struct TableColumns {
    playlists: DictColumn,
    ids: StringColumn,
    songs: StringColumn,
    artists: DictColumn,
    /// Whether the table's genres are those of its playlists: they would tell a song's playlist.
    name_genres: bool,
}

/// What was learned from playlists.
pub(super) struct Learned {
    pub(super) playlists: Playlists,
    /// What affinities bring, where there are enough playlists to tell.
    pub(super) affinities: Option<Affinities>,
}

impl Source {
    /// The file, where one is named, or else the table. Copies what it takes: the table becomes the model's.
    pub(super) fn of(table: &Table, file: Option<&PathBuf>) -> Result<Self, table::Error> {
        if let Some(path) = file {
            table::check_playlists(path)?;
            return Ok(Self::File(path.clone()));
        }
        let Some(playlists) = &table.playlists else { return Ok(Self::Nowhere) };
        Ok(Self::Table(Box::new(TableColumns {
            playlists: playlists.clone(),
            ids: table.ids.clone(),
            songs: table.songs.clone(),
            artists: table.artists.clone(),
            name_genres: table.genres.as_ref().is_some_and(|genres| are_of_playlists(genres, playlists)),
        })))
    }

    /// Learns from the playlists, if there are any: counts companions, which the model is left with, and weighs affinities, which are
    /// put on `card`.
    pub(super) fn learn(
        self,
        model: &mut Model,
        card: &mut recommender::card::Card,
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<Option<Learned>, Error> {
        let kinds = |with_genre: bool, model: &Model| -> Vec<AffinityKind> {
            let is_there = |kind: &AffinityKind| match kind {
                AffinityKind::Playlists => true,
                AffinityKind::Genre => with_genre && kind.is_in(model),
                AffinityKind::Artist | AffinityKind::Year => kind.is_in(model),
            };
            AffinityKind::ALL.into_iter().filter(is_there).collect()
        };
        let mut found = Playlists::default();
        let kinds = match self {
            Self::Nowhere => return Ok(None),
            Self::Table(columns) => {
                let TableColumns { playlists, ids, songs, artists, name_genres } = *columns;
                for row in (0..playlists.len()).filter(|row| !playlists.get(*row).is_empty()) {
                    let (playlist, id) = (playlists.get(row), ids.get(row));
                    found.add(model, PlaylistEntry { playlist, id, song: songs.get(row), artist: artists.get(row) });
                }
                if found.is_empty() {
                    return Ok(None);
                }
                kinds(!name_genres, model)
            }
            Self::File(path) => {
                let stage = progress.stage("playlists", std::fs::metadata(&path).map_or(0, |file| file.len()));
                table::open_playlists(&path, &mut |at| stage.set(at), &mut |entry| found.add(model, entry))
                    .map_err(Error::Playlists)?;
                stage.done(&format!("{} playlists", found.len()));
                found.check(&path.display().to_string())?;
                kinds(true, model)
            }
        };
        let stage = progress.stage("affinities", affinity::FOLDS as u64);
        let lists = found.songs(model);
        let lists: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let step = lists.len().div_ceil(MAX_PLAYLISTS).max(1);
        let sample: Vec<&[u32]> = lists.iter().copied().step_by(step).collect();
        let affinities = affinity::measure(model, &sample, &kinds, seed, &|done| stage.set(done))?;
        card.balanced = affinity::learn(model, &sample, &kinds, seed)?;
        let companions = companions::count(model, lists.iter().copied());
        let pairs = companions.artists.pairs() + companions.tracks.pairs();
        // Nothing is found with anything: there is no affinity by playlists.
        let is_empty = companions.is_empty();
        model.set_companions((!is_empty).then(|| Box::new(companions)))?;
        if is_empty {
            card.balanced.playlists = None;
        }
        let weights = card.balanced;
        stage.done(&format!("{pairs} pairs of companions, balanced is {weights}"));
        Ok(Some(Learned { playlists: found, affinities }))
    }
}

/// Whether nearly every playlist with two tracks and more has one genre.
fn are_of_playlists(genres: &DictColumn, playlists: &DictColumn) -> bool {
    // Of each playlist its first genre, how many tracks it has, and whether all have that genre.
    let mut lists: HashMap<u32, (u32, u32, bool)> = HashMap::new();
    for row in (0..playlists.len()).filter(|row| !playlists.get(*row).is_empty()) {
        let genre = genres.code(row);
        let (first, tracks, is_pure) = lists.entry(playlists.code(row)).or_insert((genre, 0, true));
        *tracks += 1;
        *is_pure &= *first == genre;
    }
    let several = || lists.values().filter(|(_, tracks, _)| *tracks > 1);
    let pure = several().filter(|(.., is_pure)| *is_pure).count();
    pure > 0 && pure as f64 >= PURE_SHARE * several().count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genres_that_name_playlists_are_known_by_it() {
        let column = |cells: &[&str]| cells.iter().collect::<DictColumn>();
        let playlists = column(&["a", "a", "b", "b", "", "c"]);
        assert!(are_of_playlists(&column(&["pop", "pop", "rock", "rock", "x", "y"]), &playlists));
        assert!(!are_of_playlists(&column(&["pop", "rock", "rock", "rock", "x", "y"]), &playlists));
        assert!(!are_of_playlists(&column(&["pop", "rock"]), &column(&["a", "b"])), "no playlist of two");
    }
}
