//! The artists of a title that several share, as many as a person can choose from.

use std::fmt;

use crate::model::Model;

/// How many artists are listed at most.
pub const MAX_LISTED_ARTISTS: usize = 50;
/// How many bytes their names have at most, all together.
const MAX_LISTED_BYTES: usize = 1 << 16;

/// The best known of the artists that have a song of one title, the most popular first; without popularities in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtistList {
    /// Artist cells: at most [`MAX_LISTED_ARTISTS`], of 64 KiB all together.
    pub names: Vec<String>,
    /// How many artists have such a song, listed or not.
    pub count: usize,
}

impl fmt::Display for ArtistList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))?;
        match self.count.saturating_sub(self.names.len()) {
            0 => Ok(()),
            more if self.names.is_empty() => write!(f, "{more} with very long names"),
            more => write!(f, " and {more} more"),
        }
    }
}

impl Model {
    /// The best known of some tracks, in their order: the [`MAX_LISTED_ARTISTS`] most popular, where the model has a popularity,
    /// otherwise the first.
    pub fn best_known(&self, rows: &[u32]) -> Vec<u32> {
        let mut places: Vec<usize> = (0..rows.len()).collect();
        if let (Some(popularity), true) = (self.popularity(), rows.len() > MAX_LISTED_ARTISTS) {
            let popularity = |place: usize| self.catalog().features[popularity].get(rows[place] as usize);
            // Of equals, the first.
            places.select_nth_unstable_by(MAX_LISTED_ARTISTS - 1, |a, b| {
                popularity(*b).total_cmp(&popularity(*a)).then_with(|| a.cmp(b))
            });
            places.truncate(MAX_LISTED_ARTISTS);
            places.sort_unstable();
        }
        places.truncate(MAX_LISTED_ARTISTS);
        places.into_iter().map(|place| rows[place]).collect()
    }

    /// The artists of some tracks: one track each.
    pub(super) fn list_artists(&self, rows: &[u32]) -> ArtistList {
        let mut left = MAX_LISTED_BYTES;
        let names = self.by_popularity(&self.best_known(rows)).into_iter().filter_map(|row| {
            let name = self.catalog().track(row).artist;
            left = left.checked_sub(name.len())?;
            Some(name.to_owned())
        });
        ArtistList { names: names.collect(), count: rows.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_how_many_it_leaves_out() {
        let list = |names: &[&str], count| ArtistList { names: names.iter().map(ToString::to_string).collect(), count };
        assert_eq!(list(&["Ann", "Bob"], 2).to_string(), "Ann, Bob");
        assert_eq!(list(&["Ann", "Bob"], 99_000).to_string(), "Ann, Bob and 98998 more");
        assert_eq!(list(&[], 3).to_string(), "3 with very long names");
    }
}
