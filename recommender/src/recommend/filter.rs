//! What may be answered with.

use std::{collections::HashSet, ops::Range};

use super::{error::Error, request::Request, seed::ResolvedSeed};
use crate::{
    column::IntColumn,
    model::Model,
    text::{self, normalize},
};

/// The rows that a request allows. Features, genres and artists are compared by their codes: what a text or a number
/// means is looked up once, not for each row.
pub(super) struct Filter<'a> {
    model: &'a Model,
    /// Rows of the seeds, and those excluded by id.
    rows: Vec<u32>,
    /// Their songs.
    songs: HashSet<u32>,
    /// Allowed codes of features, which are in the order of their values.
    features: Vec<(&'a IntColumn, Range<u32>)>,
    explicit: Option<(&'a IntColumn, bool)>,
    genres: Option<HashSet<u32>>,
    years: Option<(&'a IntColumn, Range<u32>)>,
    /// Artists that are not allowed.
    artists: HashSet<u32>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(
        model: &'a Model,
        request: &Request,
        seeds: &[ResolvedSeed],
        negative: &[ResolvedSeed],
    ) -> Result<Self, Error> {
        let catalog = model.catalog();
        let rows = seeds.iter().chain(negative).filter_map(|seed| seed.row);
        let excluded = request.exclude_tracks.iter().filter_map(|id| model.find_id(id));
        let rows: Vec<u32> = rows.chain(excluded).collect();
        let songs = rows.iter().map(|row| model.songs().of(*row)).collect();

        let features = request.ranges.iter().filter_map(|range| {
            let feature = model.scaler().features.iter().position(|name| *name == range.feature)?;
            let column = &catalog.features[feature];
            let below = |bound: f64| column.values().partition_point(|value| *value < bound) as u32;
            let up_to = |bound: f64| column.values().partition_point(|value| *value <= bound) as u32;
            let last = column.values().len() as u32;
            Some((column.codes(), range.min.map_or(0, below)..range.max.map_or(last, up_to)))
        });
        let explicit = match (request.explicit, &catalog.explicit) {
            (None, _) => None,
            (Some(wanted), Some(column)) => Some((column, wanted)),
            (Some(_), None) => return Err(Error::NoColumn { column: "explicit marks", parameter: "explicit" }),
        };
        let genres = match (&request.genre, &catalog.genres) {
            (None, _) => None,
            (Some(wanted), Some(column)) => {
                let wanted = normalize(wanted);
                let named = |cell: &str| normalize(cell) == wanted || text::genres(cell).any(|genre| genre == wanted);
                let matching = column.dictionary().iter().enumerate().filter(|(_, cell)| named(cell));
                Some(matching.map(|(code, _)| code as u32).collect())
            }
            (Some(_), None) => return Err(Error::NoColumn { column: "genres", parameter: "genre" }),
        };
        let years = match (request.min_year, request.max_year, &catalog.years) {
            (None, None, _) => None,
            // An unknown year is 0: it is not within any bounds.
            (min, max, Some(column)) => {
                Some((column, min.unwrap_or(0).max(1)..max.map_or(u32::MAX, |max| max.saturating_add(1))))
            }
            (min, _, None) => {
                let parameter = if min.is_some() { "min_year" } else { "max_year" };
                return Err(Error::NoColumn { column: "years", parameter });
            }
        };
        let mut artists: HashSet<u32> =
            request.exclude_artists.iter().flat_map(|name| model.artists().find(name)).collect();
        if request.exclude_seed_artists {
            for row in seeds.iter().filter_map(|seed| seed.row) {
                artists.extend(model.artists().of(catalog.artists.code(row as usize)));
            }
        }
        Ok(Self { model, rows, songs, features: features.collect(), explicit, genres, years, artists })
    }

    /// Whether a row may be answered with.
    pub(super) fn accepts(&self, row: u32) -> bool {
        let at = row as usize;
        self.features.iter().all(|(codes, allowed)| allowed.contains(&codes.get(at)))
            && self.explicit.is_none_or(|(codes, wanted)| match codes.get(at) {
                2 => wanted,
                // What is not marked counts as not explicit.
                _ => !wanted,
            })
            && self.years.as_ref().is_none_or(|(codes, allowed)| allowed.contains(&codes.get(at)))
            && match (&self.genres, &self.model.catalog().genres) {
                (Some(allowed), Some(column)) => allowed.contains(&column.code(at)),
                _ => true,
            }
            && (self.artists.is_empty() || {
                let cell = self.model.catalog().artists.code(at);
                !self.model.artists().of(cell).iter().any(|artist| self.artists.contains(artist))
            })
            && !self.songs.contains(&self.model.songs().of(row))
    }

    /// The rows of these clusters that may be answered with.
    pub(super) fn accepted<'c>(&'c self, clusters: &'c [usize]) -> impl Iterator<Item = u32> + 'c {
        let rows = clusters.iter().flat_map(|cluster| self.model.clusters()[*cluster].rows.clone());
        rows.filter(|row| self.accepts(*row))
    }

    /// Whether nothing but songs is filtered out.
    pub(super) fn only_songs(&self) -> bool {
        self.features.is_empty()
            && self.explicit.is_none()
            && self.genres.is_none()
            && self.years.is_none()
            && self.artists.is_empty()
    }

    /// How many different songs of these clusters may be answered with.
    pub(super) fn count_songs(&self, model: &Model, clusters: &[usize]) -> u32 {
        if self.only_songs() && clusters.len() == model.clusters().len() {
            return model.songs().count() - self.songs.len() as u32;
        }
        if let ([cluster], true, 0..=1) = (clusters, self.only_songs(), self.songs.len()) {
            let cluster = &model.clusters()[*cluster];
            // The song's row is mostly in the cluster itself. Where it is not, another release of it may be.
            let held = self.rows.iter().any(|row| cluster.rows.contains(row))
                || (!self.songs.is_empty()
                    && cluster.rows.clone().any(|row| self.songs.contains(&model.songs().of(row))));
            return cluster.songs.saturating_sub(u32::from(held));
        }
        let mut seen = vec![false; model.songs().count() as usize];
        let mut count = 0;
        for row in clusters.iter().flat_map(|cluster| model.clusters()[*cluster].rows.clone()) {
            let song = &mut seen[model.songs().of(row) as usize];
            if !*song && self.accepts(row) {
                *song = true;
                count += 1;
            }
        }
        count
    }
}
