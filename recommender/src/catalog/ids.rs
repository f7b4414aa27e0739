//! The tracks' ids, and finding a track by its id.

use std::{fmt, hash::BuildHasher, ops::Deref, sync::OnceLock};

use hashbrown::{DefaultHashBuilder, HashTable};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    base62,
    column::{Bytes, IntColumn, StringColumn},
};

/// What ids that the trainer made begin with: nobody takes them for Spotify's.
pub const MADE_PREFIX: &str = "segue-";

/// How many bytes a number has.
const NUMBER_BYTES: usize = 16;

/// Each track's id. Those that Spotify gives out are numbers of 128 bits, and so are the ones that the trainer makes: a column of these
/// is kept as numbers, any other one as text.
#[derive(Clone, Debug)]
pub struct Ids {
    column: Column,
    /// Rows by id, made when an id is first looked for.
    rows: OnceLock<Rows>,
}

#[derive(Clone, Debug, PartialEq)]
enum Column {
    Numbers {
        /// 1 for each id that the trainer made, where there are any.
        made: Option<IntColumn>,
        numbers: Vec<u128>,
    },
    Texts(StringColumn),
}

/// One id.
#[derive(Clone, Copy)]
pub enum TrackId<'a> {
    /// As the column has it.
    Text(&'a str),
    /// Digits, behind the prefix of an id that the trainer made.
    Number {
        /// ASCII.
        text: [u8; MADE_PREFIX.len() + base62::LENGTH],
        /// Where it begins in `text`.
        start: usize,
    },
}

/// What is compared of an id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'a> {
    Number { made: bool, number: u128 },
    Text(&'a str),
}

impl Key<'_> {
    /// The number that stands for an id, where there is one.
    fn number(id: &str) -> Option<Self> {
        let (digits, made) = id.strip_prefix(MADE_PREFIX).map_or((id, false), |digits| (digits, true));
        base62::parse(digits).map(|number| Key::Number { made, number })
    }
}

impl Column {
    fn key(&self, row: usize) -> Key<'_> {
        match self {
            Self::Numbers { made, numbers } => {
                Key::Number { made: made.as_ref().is_some_and(|made| made.get(row) != 0), number: numbers[row] }
            }
            Self::Texts(texts) => Key::Text(texts.get(row)),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Numbers { numbers, .. } => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }
}

/// Rows by the hashes of their ids; of rows that share an id, the first.
#[derive(Clone, Debug)]
struct Rows {
    hasher: DefaultHashBuilder,
    table: HashTable<u32>,
}

impl Rows {
    fn of(column: &Column) -> Self {
        let hasher = DefaultHashBuilder::default();
        let hash = |row: &u32| hasher.hash_one(column.key(*row as usize));
        let mut table = HashTable::with_capacity(column.len());
        // Rows are numbered with 32 bits: a catalogue of more is refused.
        for row in 0..column.len() as u32 {
            let key = column.key(row as usize);
            table.entry(hash(&row), |other| column.key(*other as usize) == key, hash).or_insert(row);
        }
        Self { hasher, table }
    }
}

impl Ids {
    fn new(column: Column) -> Self {
        Self { column, rows: OnceLock::new() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.column.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much memory they take, in bytes, with what finds them.
    pub fn memory(&self) -> usize {
        let column = match &self.column {
            Column::Numbers { made, numbers } => {
                made.as_ref().map_or(0, IntColumn::memory) + numbers.len() * NUMBER_BYTES
            }
            Column::Texts(texts) => texts.memory(),
        };
        column + self.rows.get().map_or(0, |rows| rows.table.allocation_size())
    }

    /// The id of one row.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`Ids::len`].
    pub fn get(&self, row: usize) -> TrackId<'_> {
        match self.column.key(row) {
            Key::Text(text) => TrackId::Text(text),
            Key::Number { made, number } => {
                let mut text = [0; MADE_PREFIX.len() + base62::LENGTH];
                let (prefix, digits) = text.split_at_mut(MADE_PREFIX.len());
                prefix.copy_from_slice(MADE_PREFIX.as_bytes());
                digits.copy_from_slice(&base62::digits(number));
                TrackId::Number { text, start: if made { 0 } else { MADE_PREFIX.len() } }
            }
        }
    }

    /// All ids in row order.
    pub fn iter(&self) -> impl Iterator<Item = TrackId<'_>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The ids of some rows, in their order.
    ///
    /// # Panics
    ///
    /// If one is not below [`Ids::len`].
    #[must_use]
    pub fn of_rows(&self, rows: &[u32]) -> Self {
        Self::new(match &self.column {
            Column::Numbers { made, numbers } => Column::Numbers {
                made: made.as_ref().map(|made| made.of_rows(rows)),
                numbers: rows.iter().map(|row| numbers[*row as usize]).collect(),
            },
            Column::Texts(texts) => Column::Texts(texts.of_rows(rows)),
        })
    }

    /// The first row with this id. Whoever asks first waits until all rows are in a table, 20 to 60 ns a row.
    pub fn find(&self, id: &str) -> Option<u32> {
        let key = match &self.column {
            Column::Numbers { .. } => Key::number(id)?,
            Column::Texts(_) => Key::Text(id),
        };
        let rows = self.prepared();
        rows.table.find(rows.hasher.hash_one(key), |row| self.column.key(*row as usize) == key).copied()
    }

    /// Makes ready for [`Ids::find`], so that nobody waits for it.
    pub fn prepare(&self) {
        self.prepared();
    }

    fn prepared(&self) -> &Rows {
        self.rows.get_or_init(|| Rows::of(&self.column))
    }
}

impl PartialEq for Ids {
    fn eq(&self, other: &Self) -> bool {
        self.column == other.column
    }
}

impl From<StringColumn> for Ids {
    fn from(texts: StringColumn) -> Self {
        let keys: Option<Vec<(u8, u128)>> = texts
            .iter()
            .map(|id| match Key::number(id)? {
                Key::Number { made, number } => Some((u8::from(made), number)),
                Key::Text(_) => None,
            })
            .collect();
        Self::new(match keys {
            Some(keys) => {
                drop(texts);
                let (made, numbers): (Vec<u8>, Vec<u128>) = keys.into_iter().unzip();
                Column::Numbers { made: made.contains(&1).then_some(IntColumn::U8(made)), numbers }
            }
            None => Column::Texts(texts),
        })
    }
}

impl<S: AsRef<str>> FromIterator<S> for Ids {
    /// # Panics
    ///
    /// If the ids together are 4 GiB or longer.
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        ids.into_iter().collect::<StringColumn>().into()
    }
}

impl<'a> TrackId<'a> {
    /// The same id, or what `bounded` makes of one that is text: others are short.
    #[must_use]
    pub fn map(self, bounded: impl FnOnce(&'a str) -> &'a str) -> Self {
        match self {
            Self::Text(text) => Self::Text(bounded(text)),
            Self::Number { .. } => self,
        }
    }
}

impl Deref for TrackId<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Text(text) => text,
            // Digits and the prefix are ASCII.
            Self::Number { text, start } => std::str::from_utf8(&text[*start..]).unwrap_or_default(),
        }
    }
}

impl AsRef<str> for TrackId<'_> {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for TrackId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for TrackId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for TrackId<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for TrackId<'_> {}

impl PartialEq<str> for TrackId<'_> {
    fn eq(&self, other: &str) -> bool {
        &**self == other
    }
}

impl PartialEq<&str> for TrackId<'_> {
    fn eq(&self, other: &&str) -> bool {
        &**self == *other
    }
}

impl From<TrackId<'_>> for String {
    fn from(id: TrackId<'_>) -> Self {
        (*id).to_owned()
    }
}

impl Serialize for TrackId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// How an artifact has them: numbers as 16 bytes each, the lowest first.
#[derive(Serialize, Deserialize)]
enum Encoded<T, B> {
    Numbers { made: Option<IntColumn>, numbers: B },
    Texts(T),
}

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.column {
            Column::Texts(texts) => Encoded::<&StringColumn, Bytes<'_>>::Texts(texts).serialize(serializer),
            Column::Numbers { made, numbers } => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
                let (made, numbers) = (made.clone(), Bytes(&bytes));
                Encoded::<&StringColumn, Bytes<'_>>::Numbers { made, numbers }.serialize(serializer)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (made, bytes) = match Encoded::<StringColumn, &[u8]>::deserialize(deserializer)? {
            Encoded::Texts(texts) => return Ok(Self::new(Column::Texts(texts))),
            Encoded::Numbers { made, numbers } => (made, numbers),
        };
        let (numbers, rest) = bytes.as_chunks::<NUMBER_BYTES>();
        if !rest.is_empty() || made.as_ref().is_some_and(|made| made.len() != numbers.len()) {
            return Err(D::Error::custom("ids are not 16 bytes each, or not as many as are said to be made or not"));
        }
        let numbers = numbers.iter().map(|bytes| u128::from_le_bytes(*bytes)).collect();
        Ok(Self::new(Column::Numbers { made, numbers }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::artifact::bytes::codec;

    const SPOTIFY: &str = "5SuOikwiRyPMVoIQDJUgSV";

    fn is_numbers(ids: &[&str]) -> bool {
        matches!(ids.iter().collect::<Ids>().column, Column::Numbers { .. })
    }

    #[test]
    fn ids_of_spotify_and_made_ones_are_numbers() {
        let made = format!("segue-{SPOTIFY}");
        assert!(is_numbers(&[SPOTIFY, &made, SPOTIFY]));
        for other in [
            "",
            "x",
            "segue-",
            "segue-x",
            "segue-segue-5SuOikwiRyPMVoIQDJUgSV",
            "8SuOikwiRyPMVoIQDJUgSV",
            "éééééééééée",
        ] {
            assert!(!is_numbers(&[SPOTIFY, other]), "{other}");
        }
        let ids: Ids = [SPOTIFY, &made].into_iter().collect();
        assert_eq!((ids.find(SPOTIFY), ids.find(&made), ids.find("x")), (Some(0), Some(1), None));
        assert_eq!(ids.get(1).to_string(), made);
    }

    #[test]
    fn numbers_that_are_cut_off_are_refused() {
        let cut: Encoded<&StringColumn, Bytes<'_>> = Encoded::Numbers { made: None, numbers: Bytes(&[0; 17]) };
        assert!(codec::decode::<Ids>(&codec::encode(&cut).unwrap()).is_err());
        let made = Some(IntColumn::U8(vec![1, 0]));
        let few: Encoded<&StringColumn, Bytes<'_>> = Encoded::Numbers { made, numbers: Bytes(&[0; 16]) };
        assert!(codec::decode::<Ids>(&codec::encode(&few).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn ids_come_back_and_are_found(
            numbers in prop::collection::vec((any::<u128>().prop_map(|n| n >> (n % 128)), any::<bool>()), 0..40),
            texts in prop::collection::vec("[a-c]{0,3}", 0..3),
        ) {
            let ids = numbers.iter().map(|(number, made)| {
                let digits = base62::base62(*number);
                if *made { format!("{MADE_PREFIX}{digits}") } else { digits }
            });
            let texts: Vec<String> = ids.chain(texts).collect();
            let ids: Ids = texts.iter().collect();
            prop_assert!(ids.iter().map(|id| id.to_string()).eq(texts.iter().cloned()));
            let read: Ids = codec::decode(&codec::encode(&ids).unwrap()).unwrap();
            prop_assert_eq!(&read, &ids);
            for id in texts.iter().map(String::as_str).chain(["a", "segue-", "0000000000000000000000"]) {
                let first = texts.iter().position(|other| other == id).map(|row| row as u32);
                prop_assert_eq!(ids.find(id), first);
            }
            let backwards: Vec<u32> = (0..texts.len() as u32).rev().collect();
            let reversed: Ids = texts.iter().rev().collect();
            prop_assert_eq!(ids.of_rows(&backwards), reversed);
        }
    }
}
