//! The end of a table: rows that turned out to lack something go, features that no track has go, ids are made.

use ndarray::Array2;
use recommender::{
    column::{DictBuilder, DictColumn, IntColumn, StringColumn},
    features::Feature,
};

use super::{Builder, Error, FeatureColumn, Meaning, Table};
use crate::table::{
    artists::credited,
    extremes::Extremes,
    genres::listed,
    id,
    schema::{Schema, Tally, UsedColumn},
};

impl Builder {
    /// The table.
    ///
    /// # Errors
    ///
    /// Where no row is left, fewer than two features are, or there is no room for the ids that are made.
    pub(in crate::table) fn finish(mut self, warnings: Vec<String>) -> Result<Table, Error> {
        if self.rows == 0 {
            return Err(Error::HeaderOnly { name: self.all });
        }
        let doomed = self.drop_pending();
        if self.several {
            // Lines of several files say nothing beside one another.
            self.dropped.first.clear();
        }
        self.warnings.splice(0..0, warnings);
        let tracks = self.songs.len() - doomed.len();
        if tracks == 0 {
            return Err(Error::NoRowsLeft { name: self.all, rows: self.rows, dropped: self.dropped });
        }
        let absent = self.absent()?;
        let values = self.take_values_of(&doomed, tracks);
        let all_extremes = std::mem::take(&mut self.extremes);
        let features: Vec<Feature> =
            self.features.iter().filter(|column| column.is_needed()).map(|column| column.feature).collect();
        let kept = (!doomed.is_empty()).then(|| kept(self.songs.len(), &doomed));
        let kept = kept.as_deref();
        let texts = |column: StringColumn| match kept {
            Some(rows) => column.of_rows(rows),
            None => column,
        };
        let names = |column: DictBuilder| match kept {
            Some(rows) => {
                let all = column.finish();
                let mut names = DictBuilder::default();
                rows.iter().for_each(|row| names.push(all.get(*row as usize)));
                names.finish()
            }
            None => column.finish(),
        };
        let numbers = |column: IntColumn| match kept {
            Some(rows) => column.of_rows(rows),
            None => column,
        };
        // Hardly any of these is made of few strings: sorted on all cores rather than looked up one by one.
        let (artists, albums) = (texts(self.artists), self.albums.map(texts));
        let (artists, albums): (DictColumn, Option<DictColumn>) =
            rayon::join(|| artists.into(), || albums.map(DictColumn::from));
        let mut songs = texts(self.songs);
        songs.shrink_to_fit();
        let ids = texts(self.ids);
        let made = ids.iter().filter(|id| id.is_empty()).count();
        let Some(mut ids) = id::fill(ids, &artists, &songs) else {
            let what = "4 GiB of ids before its end";
            return Err(Error::TooLarge { name: self.name, line: self.line, what });
        };
        ids.shrink_to_fit();
        // Ids are made of the cells as they are in the file, whatever the other rows say of them.
        let genres = self.genres.map(names);
        let (Some((artists, credits)), Some(genres)) =
            (credited(artists), genres.map_or(Some(None), |cells| listed(cells).map(Some)))
        else {
            let what = "4 GiB of artists or genres before its end";
            return Err(Error::TooLarge { name: self.all, line: self.line, what });
        };
        let schema = schema(self.tallies, self.unused, &self.features, &all_extremes, made);
        let extremes = self.features.iter().zip(all_extremes);
        let extremes: Vec<Extremes> =
            extremes.filter(|(column, _)| column.is_needed()).map(|(_, extremes)| extremes).collect();
        let known = |column: IntColumn| Some(column).filter(|column| column.max().is_some_and(|most| most > 0));
        Ok(Table {
            // Every track has exactly one value for every feature.
            values: Array2::from_shape_vec((tracks, features.len()), values)
                .expect("as many values as tracks times features"),
            extremes,
            features,
            absent,
            rows: self.rows,
            ids,
            songs,
            artists,
            credits,
            albums,
            genres,
            playlists: self.playlists.map(names),
            years: self.years.map(|years| numbers(IntColumn::new(&years))),
            explicit: self.explicit.map(|explicit| numbers(IntColumn::new(&explicit))),
            key: self.key.map(IntColumn::U8).map(numbers).and_then(known),
            mode: self.mode.map(IntColumn::U8).map(numbers).and_then(known),
            time_signature: self.time_signature.map(IntColumn::U8).map(numbers).and_then(known),
            duration_ms: self.duration_ms.map(IntColumn::from).map(numbers).and_then(known),
            dropped: self.dropped,
            warnings: self.warnings,
            schema,
        })
    }

    /// Counts the rows that lack a feature that other tracks have; gives them, in ascending order.
    fn drop_pending(&mut self) -> Vec<usize> {
        let mut doomed: Vec<usize> = Vec::new();
        for pending in std::mem::take(&mut self.pending) {
            let FeatureColumn { feature, .. } = self.features[pending.feature];
            if self.features[pending.feature].is_needed() && doomed.last() != Some(&pending.track) {
                doomed.push(pending.track);
                self.dropped.add_earlier(pending.line, format!("{feature} {}", pending.error));
            }
        }
        doomed
    }

    /// The features that the table does not have. One that no track has a value of is absent, whether or not there is a
    /// column of its name.
    fn absent(&mut self) -> Result<Vec<Feature>, Error> {
        let is_there =
            |feature: &Feature| self.features.iter().any(|column| column.feature == *feature && column.is_needed());
        let found: Vec<Feature> = self.features.iter().map(|column| column.feature).filter(|f| is_there(f)).collect();
        if let Some(asked_for) = &self.options.features
            && let Some(feature) = asked_for.iter().find(|feature| !is_there(feature))
        {
            return Err(Error::NoValues { name: self.all.clone(), feature: *feature });
        }
        if found.len() < 2 {
            let together = if self.several { "all tables of " } else { "" };
            return Err(Error::TooFewFeatures {
                name: format!("{together}{}", self.all),
                found,
                columns: crate::table::columns::list(&self.header) + &self.without_values(),
            });
        }
        if self.options.features.is_some() {
            return Ok(Vec::new());
        }
        Ok(Feature::DEFAULT.into_iter().filter(|feature| !is_there(feature)).collect())
    }

    /// The features that have a column and no value, as the end of a message.
    fn without_values(&self) -> String {
        let without = self.features.iter().filter(|column| !column.has_values);
        let names: Vec<&str> = without.map(|column| column.feature.name()).collect();
        if names.is_empty() { String::new() } else { format!("; no cell of {} holds a number", names.join(", ")) }
    }

    /// The values of the tracks that are kept, of the features that are.
    fn take_values_of(&mut self, doomed: &[usize], tracks: usize) -> Vec<f64> {
        let mut values = std::mem::take(&mut self.values);
        let places: Vec<usize> = (0..self.features.len()).filter(|place| self.features[*place].is_needed()).collect();
        let width = self.features.len();
        if !doomed.is_empty() || places.len() < width {
            // Moved towards the front where they are: no value is overwritten before it has moved.
            let (mut end, mut doomed) = (0, doomed.iter().peekable());
            for track in 0..values.len() / width {
                if doomed.next_if(|doomed| **doomed == track).is_none() {
                    for place in &places {
                        values[end] = values[track * width + place];
                        end += 1;
                    }
                }
            }
            values.truncate(tracks * places.len());
        }
        values.shrink_to_fit();
        values
    }
}

/// The rows below `tracks` that are not doomed.
fn kept(tracks: usize, doomed: &[usize]) -> Vec<u32> {
    let mut doomed = doomed.iter().peekable();
    // Tracks are fewer than 2^32.
    (0..tracks)
        .filter(|track| doomed.next_if(|doomed| **doomed == *track).is_none())
        .map(|track| track as u32)
        .collect()
}

/// What was understood, once all rows were read.
fn schema(
    tallies: Vec<Tally>,
    unused: Vec<crate::table::schema::UnusedColumn>,
    features: &[FeatureColumn],
    extremes: &[Extremes],
    made: usize,
) -> Schema {
    let mut used: Vec<UsedColumn> = Vec::new();
    for (meaning, tally) in Meaning::all().zip(tallies) {
        let note = match meaning {
            Meaning::Id if made > 0 => Some(made_ids(made, tally.used)),
            Meaning::Feature(feature) => {
                let column = features.iter().zip(extremes).find(|(column, _)| column.feature == feature);
                note(feature, &tally, column)
            }
            _ => None,
        };
        if tally.used || note.is_some() {
            used.push(tally.into_used(meaning, note));
        }
    }
    Schema { used, unused }
}

/// Why ids were made, and how they are known.
fn made_ids(made: usize, has_column: bool) -> String {
    let none = if has_column { format!("none in {made} rows") } else { "no such column".to_owned() };
    format!("{none}: made from artist and title ({}…)", id::PREFIX)
}

/// The unit of a feature, or that it is not used.
fn note(feature: Feature, tally: &Tally, column: Option<(&FeatureColumn, &Extremes)>) -> Option<String> {
    /// Of cells from 0 to 1, a few may be a little above.
    const MAX_FRACTION: f64 = 1.05;
    if !tally.used {
        return None;
    }
    if let Some(unit) = tally.unit {
        return Some(format!("in {unit}"));
    }
    let Some((column, extremes)) = column else { return Some("not in every file: left out".to_owned()) };
    if !column.has_values {
        return (feature != Feature::DurationMs).then(|| "no cell has a value, counts as absent".to_owned());
    }
    if !column.is_needed() {
        return Some("not in every file: left out".to_owned());
    }
    let (min, max) = (extremes.least.value, extremes.largest.value);
    Some(match feature.unit() {
        Some(unit) => format!("in {unit}"),
        None if min >= 0.0 && max <= MAX_FRACTION && feature != Feature::Popularity => "0 to 1".to_owned(),
        None if min >= 0.0 && max <= 100.0 => "0 to 100".to_owned(),
        None => format!("{min} to {max}"),
    })
}
