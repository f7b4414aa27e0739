//! The encoding of section `titles`: the titles in title order, each spelling where it is first used.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::titles::Titles,
    column::{DictColumn, IntColumn, StringColumn},
    invalid::Invalid,
};

/// The titles in title order: how each row relates to the one before it, and where its spelling is found.
#[derive(Serialize, Deserialize)]
pub(super) struct TitleOrder {
    /// The distinct spellings, in the order of their first use.
    spellings: StringColumn,
    rows: IntColumn,
    relations: IntColumn,
    /// 0: the first spelling that was not used yet; 1: the last that was; 2: the one before it; and so on.
    back: IntColumn,
    /// For each title and artist, how many of them before it the first version of its song stands.
    versions_back: IntColumn,
}

impl TitleOrder {
    /// Fails where the distinct titles are not in the order of their first use: they would come back in that order.
    pub(super) fn of(songs: &DictColumn, titles: &Titles) -> Result<Self, Invalid> {
        let (rows, relations, versions_back) = titles.in_order();
        let mut used = 0;
        let mut back = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            match songs.code(row as usize) {
                code if code < used => back.push(used - code),
                code if code == used => {
                    used += 1;
                    back.push(0);
                }
                code => return Err(Invalid::Order { what: format!("title {code}").into() }),
            }
        }
        Ok(Self {
            spellings: songs.dictionary().clone(),
            rows: rows.clone(),
            relations: relations.clone(),
            back: IntColumn::new(&back),
            versions_back: versions_back.clone(),
        })
    }

    /// The title of each track, and the order of the titles.
    pub(super) fn restore(self) -> Result<(DictColumn, Titles), Invalid> {
        let tracks = self.rows.len();
        Invalid::count("spellings", tracks, self.back.len())?;
        Invalid::count("relations", tracks, self.relations.len())?;
        let mut codes = vec![u32::MAX; tracks];
        let mut used = 0;
        for (row, back) in self.rows.iter().zip(self.back.iter()) {
            let code = if back == 0 { Some(used) } else { u32::checked_sub(used, back) };
            match (code, codes.get_mut(row as usize)) {
                (Some(code), Some(place)) if (code as usize) < self.spellings.len() && *place == u32::MAX => {
                    *place = code;
                }
                (_, None) => {
                    Err(Invalid::Index { what: "a title is of track".into(), count: tracks, got: row as usize })?
                }
                (Some(code), Some(&mut u32::MAX)) => {
                    let what = format!("track {row} has spelling").into();
                    return Err(Invalid::Index { what, count: self.spellings.len(), got: code as usize });
                }
                (None, Some(&mut u32::MAX)) => {
                    return Err(Invalid::Order { what: format!("the title of track {row}").into() });
                }
                _ => return Err(Invalid::Repeated { what: format!("track {row}").into() }),
            }
            used += u32::from(back == 0);
        }
        Ok((DictColumn::of(self.spellings, codes), Titles::of(self.rows, self.relations, self.versions_back)))
    }
}
