//! What may be answered with.

use std::{collections::HashSet, ops::Range};

use super::{
    error::Error,
    groups,
    request::Request,
    seed::{ResolvedSeed, SeedGroup},
};
use crate::{
    bit_set::BitSet,
    catalog::{
        attributes::{Attribute, Attributes},
        songs::SongIds,
    },
    column::{DictColumn, IntColumn},
    model::Model,
    search::Allowed,
    text,
};

/// Up to so many songs are left out one by one, where nothing else is.
const MAX_LEFT_OUT: usize = 10;

/// The rows that a request allows.
pub(super) struct Filter<'a> {
    model: &'a Model,
    /// What counts as one song.
    ids: &'a SongIds,
    /// Whether versions of a song do not.
    versions: bool,
    /// Songs that are not answered with, ascending: the seeds', and those excluded by id.
    songs: Vec<u32>,
    /// A row of each of them.
    left_out: Vec<u32>,
    /// The allowed rows of the clusters that are searched. Nothing where only `songs` are left out, and those are few.
    rows: Option<BitSet>,
    /// Whether more than `songs` are left out.
    has_conditions: bool,
}

impl<'a> Filter<'a> {
    /// The filter of a request over the rows of some clusters.
    pub(super) fn new(
        model: &'a Model,
        request: &Request,
        clusters: &[usize],
        seeds: &[ResolvedSeed],
        negative: &[ResolvedSeed],
    ) -> Result<Self, Error> {
        let seed_rows = seeds.iter().chain(negative).filter_map(|seed| seed.row);
        let excluded = request.exclude_tracks.iter().filter_map(|id| model.find_id(id));
        let tracks = model.catalog().len() as u32;
        let excluded = excluded.chain(request.exclude_rows.iter().copied().filter(|row| *row < tracks));
        let ids = request.songs(model);
        let mut left_out: Vec<(u32, u32)> = seed_rows.chain(excluded).map(|row| (ids.of(row), row)).collect();
        left_out.sort_unstable();
        left_out.dedup_by_key(|(song, _)| *song);
        let (songs, left_out): (Vec<u32>, Vec<u32>) = left_out.into_iter().unzip();
        let conditions = conditions(model, request, seeds)?;
        let has_conditions = !conditions.is_empty();
        let mut filter = Self { model, ids, versions: request.versions, songs, left_out, rows: None, has_conditions };
        if has_conditions || filter.songs.len() > MAX_LEFT_OUT {
            filter.rows = Some(filter.allowed_rows(clusters, &conditions));
        }
        Ok(filter)
    }

    /// What counts as one song.
    pub(super) fn ids(&self) -> &'a SongIds {
        self.ids
    }

    /// The rows that a search may find.
    pub(super) fn allowed(&self) -> Allowed<'_> {
        match &self.rows {
            Some(rows) => Allowed::Rows(rows),
            None => Allowed::AllBut(&self.songs),
        }
    }

    /// The rows of these clusters, which are of those that are searched, that may be answered with.
    pub(super) fn accepted<'c>(&'c self, clusters: &'c [usize]) -> impl Iterator<Item = u32> + 'c {
        let ranges = clusters.iter().map(|cluster| self.model.clusters()[*cluster].rows.clone());
        ranges.flat_map(|range| {
            let allowed = self.rows.as_ref().map(|rows| rows.iter(range.clone()));
            let others = self
                .rows
                .is_none()
                .then(|| range.clone().filter(|row| self.songs.binary_search(&self.ids.of(*row)).is_err()));
            allowed.into_iter().flatten().chain(others.into_iter().flatten())
        })
    }

    /// The rows that [`Filter::accepted`] gives, without those of the songs that `taken` names a row of, and without those that there is
    /// no room for.
    pub(super) fn remaining(
        &self,
        clusters: &[usize],
        taken: impl Iterator<Item = u32>,
        has_room: impl Fn(u32) -> bool,
    ) -> BitSet {
        let mut remaining = BitSet::new(self.model.catalog().len());
        self.accepted(clusters).filter(|row| has_room(*row)).for_each(|row| _ = remaining.insert(row));
        for row in taken {
            remaining.remove(row);
            self.others(row).iter().for_each(|other| remaining.remove(*other));
        }
        remaining
    }

    /// How many different songs of these clusters, which are of those that are searched, may be answered with.
    pub(super) fn count_songs(&self, clusters: &[usize]) -> u32 {
        let songs = self.ids;
        let (Some(rows), true) = (&self.rows, self.has_conditions) else {
            let left_out = self.left_out.iter().filter(|row| self.is_in(**row, clusters)).count() as u32;
            return self.count_all(clusters).saturating_sub(left_out);
        };
        let mut seen: Option<BitSet> = None;
        let mut count = 0;
        for cluster in clusters {
            let range = self.model.clusters()[*cluster].rows.clone();
            for ((start, allowed), (_, repeated)) in rows.blocks(range.clone()).zip(songs.repeated().blocks(range)) {
                count += (allowed & !repeated).count_ones();
                for bit in crate::bit_set::ones(allowed & repeated) {
                    let seen = seen.get_or_insert_with(|| BitSet::new(songs.count() as usize));
                    count += u32::from(seen.insert(songs.of(start + bit)));
                }
            }
        }
        count
    }

    /// How many different songs these clusters have.
    fn count_all(&self, clusters: &[usize]) -> u32 {
        match clusters {
            all if all.len() == self.model.clusters().len() => self.ids.count(),
            // Of each cluster it is known how many songs it has, but not how many versions.
            [cluster] if !self.versions => self.model.clusters()[*cluster].songs,
            _ => self.model.repeated(self.versions).count(clusters),
        }
    }

    /// Whether one of these clusters has a row of the song of this row.
    fn is_in(&self, row: u32, clusters: &[usize]) -> bool {
        let is_searched = |row: &u32| clusters.iter().any(|cluster| self.model.clusters()[*cluster].rows.contains(row));
        // Mostly the row itself is there; where it is not, another release of the song may be.
        clusters.len() == self.model.clusters().len() || is_searched(&row) || self.others(row).iter().any(is_searched)
    }

    /// All rows of the song of this row, where there are several.
    fn others(&self, row: u32) -> &'a [u32] {
        if !self.ids.repeated().contains(row) {
            return &[];
        }
        self.model.repeated(self.versions).rows_of(self.ids.of(row)).unwrap_or_default()
    }

    /// The rows of these clusters that meet all conditions and are of no song that is left out.
    fn allowed_rows(&self, clusters: &[usize], conditions: &[Condition<'_>]) -> BitSet {
        let count = self.model.catalog().len();
        let mut rows = BitSet::new(count);
        for cluster in clusters {
            rows.replace_blocks(self.model.clusters()[*cluster].rows.clone(), |start, _| {
                conditions.iter().fold(u64::MAX, |bits, condition| match bits {
                    0 => 0,
                    bits => bits & condition.of_block(start, count),
                })
            });
        }
        // A song that is left out for one of its releases is left out for all of them.
        for row in &self.left_out {
            rows.remove(*row);
            self.others(*row).iter().for_each(|other| rows.remove(*other));
        }
        rows
    }
}

/// What a row must be, by its code in a column: what a text or a number means is looked up once, not for each row.
enum Condition<'a> {
    /// A number within these. The codes of a feature are in the order of its values.
    Within(&'a IntColumn, Range<u32>),
    /// Not this.
    Not(&'a IntColumn, u32),
    /// One of these.
    OneOf(&'a DictColumn, BitSet),
}

impl Condition<'_> {
    /// Which of up to 64 rows from `start` on, of which there are `rows`, are as they must be.
    fn of_block(&self, start: u32, rows: usize) -> u64 {
        let range = start as usize..rows.min(start as usize + 64);
        let mut bits = 0_u64;
        match self {
            Self::Within(codes, allowed) => {
                // One comparison: what is below the least wraps to what is above the most.
                let (first, length) = (allowed.start, allowed.end.saturating_sub(allowed.start));
                codes.each(range, |bit, code| bits |= u64::from(code.wrapping_sub(first) < length) << bit);
            }
            Self::Not(codes, refused) => codes.each(range, |bit, code| bits |= u64::from(code != *refused) << bit),
            Self::OneOf(column, allowed) => {
                column.codes().each(range, |bit, code| bits |= u64::from(allowed.contains(code)) << bit);
            }
        }
        bits
    }
}

/// What a request demands of a row.
fn conditions<'a>(model: &'a Model, request: &Request, seeds: &[ResolvedSeed]) -> Result<Vec<Condition<'a>>, Error> {
    let catalog = model.catalog();
    let mut conditions = Vec::new();
    for range in &request.ranges {
        if let Some(feature) = model.scaler().features.iter().position(|name| *name == range.feature) {
            let column = &catalog.features[feature];
            let below = |bound: f64| column.values().partition_point(|value| *value < bound) as u32;
            let up_to = |bound: f64| column.values().partition_point(|value| *value <= bound) as u32;
            let last = column.values().len() as u32;
            let allowed = range.min.map_or(0, below)..range.max.map_or(last, up_to);
            conditions.push(Condition::Within(column.codes(), allowed));
        } else if let Some(codes) = Attribute::named(&range.feature).and_then(|named| catalog.attributes.column(named))
        {
            conditions.push(Condition::Within(codes, Attributes::codes_within(range.min, range.max)));
        }
    }
    match (request.explicit, &catalog.explicit) {
        (None, _) => {}
        // What is not marked counts as not explicit.
        (Some(true), Some(column)) => conditions.push(Condition::Within(column, EXPLICIT..EXPLICIT + 1)),
        (Some(false), Some(column)) => conditions.push(Condition::Not(column, EXPLICIT)),
        (Some(_), None) => return Err(Error::NoColumn { column: "explicit marks", parameter: "explicit" }),
    }
    match (&request.genre, &catalog.genres) {
        (None, _) => {}
        (Some(wanted), Some(column)) => {
            let mut cells = BitSet::new(column.dictionary().len());
            let named: Vec<String> = text::genres(wanted).collect();
            if named.is_empty() {
                return Err(Error::NoGenre { genre: wanted.clone(), suggestions: Vec::new() });
            }
            for genre in named {
                let named = model.genres().of(column, &genre);
                if named.is_empty() {
                    return Err(Error::NoGenre { suggestions: groups::near_genres(model, &genre), genre });
                }
                named.into_iter().for_each(|cell| _ = cells.insert(cell));
            }
            conditions.push(Condition::OneOf(column, cells));
        }
        (Some(_), None) => return Err(Error::NoColumn { column: "genres", parameter: "genre" }),
    }
    match (request.min_year, request.max_year, &catalog.years) {
        (None, None, _) => {}
        // An unknown year is 0: it is not within any bounds.
        (min, max, Some(column)) => {
            let allowed = min.unwrap_or(0).max(1)..max.map_or(u32::MAX, |max| max.saturating_add(1));
            conditions.push(Condition::Within(column, allowed));
        }
        (min, _, None) => {
            let parameter = if min.is_some() { "min_year" } else { "max_year" };
            return Err(Error::NoColumn { column: "years", parameter });
        }
    }
    let mut artists: HashSet<u32> =
        request.exclude_artists.iter().flat_map(|name| model.artists().find(name)).collect();
    if request.exclude_seed_artists {
        for row in seeds.iter().filter_map(|seed| seed.row) {
            artists.extend(model.artists().of(catalog.artists.code(row as usize)));
        }
        for group in seeds.iter().filter_map(|seed| seed.group.as_ref()) {
            if let SeedGroup::Artist { name, .. } = group {
                artists.extend(model.artists().find(name));
            }
        }
    }
    if !artists.is_empty() {
        let mut cells = BitSet::new(catalog.artists.dictionary().len());
        for cell in 0..catalog.artists.dictionary().len() as u32 {
            if !model.artists().of(cell).iter().any(|artist| artists.contains(artist)) {
                cells.insert(cell);
            }
        }
        conditions.push(Condition::OneOf(&catalog.artists, cells));
    }
    Ok(conditions)
}

/// The code of explicit lyrics.
const EXPLICIT: u32 = 2;
