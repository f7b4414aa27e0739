//! A model, and the requests that a combination stands for.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use benches::engine::vectors;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use recommender::{
    Model,
    affinity::{AffinityKind, AffinityWeights},
    recommend::{Affinity, FeatureRange, MAX_LIMIT, MAX_SEEDS, Order, Request, Seed, Target},
    search::Search,
};

use crate::factors::Combination;

/// Tracks, or artists, that one request excludes.
pub(crate) const EXCLUDED: usize = 1_000;
/// Songs that `few` lets through, about.
const FEW: usize = 20;

/// Songs that an answer with a cursor has left out.
const ANSWERED: u32 = 2_000;

/// A model, and what there is to know of it to ask for much.
pub(crate) struct World<'a> {
    pub(crate) model: &'a Model,
    /// Values of each feature, ascending.
    features: Vec<Vec<f64>>,
    commonest_genre: Option<String>,
    rarest_genre: Option<String>,
    middle_year: Option<u32>,
    has_explicit: bool,
    /// Those with most tracks, fewer than all.
    largest_artists: Vec<String>,
    /// Ids of the tracks nearest to a row.
    nearest: RefCell<HashMap<u32, Vec<String>>>,
}

impl<'a> World<'a> {
    pub(crate) fn new(model: &'a Model) -> Self {
        let catalog = model.catalog();
        let tracks = 0..catalog.len() as u32;
        let features = (0..model.scaler().len()).map(|feature| {
            let mut values: Vec<f64> = tracks.clone().map(|row| catalog.features[feature].get(row as usize)).collect();
            values.sort_by(f64::total_cmp);
            values
        });
        let by_count = |count: BTreeMap<&str, usize>| -> Vec<String> {
            let mut names: Vec<(&str, usize)> = count.into_iter().collect();
            names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            names.into_iter().map(|(name, _)| name.to_owned()).collect()
        };
        let (mut genres, mut artists, mut years) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for track in tracks.clone().map(|row| catalog.track(row)) {
            *artists.entry(track.artist).or_insert(0) += 1;
            if let Some(genre) = track.genre {
                *genres.entry(genre).or_insert(0) += 1;
            }
            years.extend(track.year);
        }
        years.sort_unstable();
        let genres = by_count(genres);
        let mut largest_artists = by_count(artists);
        largest_artists.truncate(EXCLUDED.min(largest_artists.len().saturating_sub(1)));
        Self {
            model,
            features: features.collect(),
            commonest_genre: genres.first().cloned(),
            rarest_genre: genres.last().cloned(),
            middle_year: years.get(years.len() / 2).copied(),
            has_explicit: catalog.explicit.is_some(),
            largest_artists,
            nearest: RefCell::default(),
        }
    }

    /// The request of a combination, and whether each track of the answer is to be explained. What the catalogue has no column
    /// for is left out.
    ///
    /// # Errors
    ///
    /// Where a factor is not known.
    pub(crate) fn request(&self, of: &Combination) -> anyhow::Result<(Request, bool)> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(of.pick);
        let (model, catalog) = (self.model, self.model.catalog());
        let mut rows =
            |count: usize| -> Vec<u32> { (0..count).map(|_| rng.gen_range(0..catalog.len() as u32)).collect() };
        // The same rows for every level.
        let (seeds, negative, anywhere) = (rows(MAX_SEEDS), rows(MAX_SEEDS), rows(EXCLUDED));
        let ids = |rows: &[u32]| -> Vec<String> { rows.iter().map(|row| catalog.track(*row).id.into()).collect() };
        let by_id = |row: &u32| Seed::Track(catalog.track(*row).id.into());
        let by_features = |row: &u32| Seed::Features(catalog.raw(*row));
        let by_title = |row: &u32| {
            let track = catalog.track(*row);
            Seed::Song { song: track.song.to_owned(), artist: Some(track.artist.to_owned()) }
        };
        let by_artist = |row: &u32| match catalog.track(*row).artist {
            blank if blank.trim().is_empty() => by_id(row),
            artist => Seed::Artist(artist.to_owned()),
        };
        let by_genre = |row: &u32| match catalog.track(*row).genre {
            Some(genre) => Seed::Genre(genre.to_owned()),
            None => by_id(row),
        };
        let typed = |row: &u32| {
            let track = catalog.track(*row);
            Seed::Typed(format!("{} {}", track.song, track.artist))
        };
        let mut request = Request { strict: false, ..Request::new(by_id(&seeds[0])) };
        match of.level("seeds")? {
            "one-by-features" => request.seeds = vec![by_features(&seeds[0])],
            "most" => request.seeds = seeds.iter().map(by_id).collect(),
            "most-by-title" => request.seeds = seeds.iter().map(by_title).collect(),
            "most-typed" => request.seeds = seeds.iter().map(typed).collect(),
            "most-misspelt" => request.seeds = seeds.iter().map(|row| misspelt(&by_title(row))).collect(),
            "most-unknown" => {
                request.seeds =
                    seeds.iter().flat_map(|row| unknown(catalog.track(*row).artist)).take(MAX_SEEDS).collect();
            }
            "most-by-genre" => request.seeds = seeds.iter().map(by_genre).collect(),
            "most-by-artist" => request.seeds = seeds.iter().map(by_artist).collect(),
            "most-by-features" => request.seeds = seeds.iter().map(by_features).collect(),
            _ => {}
        }
        match of.level("negative_seeds")? {
            "most" => request.negative_seeds = negative.iter().map(by_id).collect(),
            "most-misspelt" => request.negative_seeds = negative.iter().map(|row| misspelt(&by_title(row))).collect(),
            _ => {}
        }
        request.limit = match of.level("limit")? {
            "1" => 1,
            "most" => MAX_LIMIT,
            _ => 10,
        };
        request.same_cluster = of.level("same_cluster")? == "true";
        request.search = match of.level("search")? {
            "exact" => Search::Exact,
            "hnsw" => Search::Hnsw,
            _ => Search::Auto,
        };
        request.diversity = of.level("diversity")?.parse()?;
        request.max_per_artist = (of.level("max_per_artist")? == "1").then_some(1);
        request.max_per_album = (of.level("max_per_album")? == "1" && catalog.albums.is_some()).then_some(1);
        request.versions = of.level("versions")? == "true";
        request.vary = (of.level("vary")? == "1").then_some(1);
        let has_tempo = model.scaler().features.iter().any(|feature| feature == "tempo");
        if of.level("order")? == "flow" && has_tempo {
            request.order = Order::Flow;
        }
        request.affinity = match of.level("affinity")? {
            "balanced" => Some(Affinity::Balanced),
            "every" => {
                let kinds = AffinityKind::ALL.into_iter().filter(|kind| kind.is_in(model));
                Some(Affinity::Weights(kinds.fold(AffinityWeights::default(), |of, kind| of.with(kind, Some(1.0)))))
            }
            _ => None,
        };
        if of.level("cursor")? == "most" {
            request.exclude_rows = (0..ANSWERED.min(catalog.len() as u32 / 2)).collect();
        }
        request.ranges = self.ranges(of.level("min_max")?);
        if of.level("target")? == "every-feature" {
            let value = |at: usize| self.features[at][self.features[at].len() / 4];
            let names = model.scaler().features.iter().enumerate();
            request.targets =
                names.map(|(at, feature)| Target { feature: feature.clone(), value: value(at) }).collect();
        }
        let attributes = catalog.attributes.columns();
        match of.level("attributes")? {
            "bounds" => request.ranges.extend(attributes.map(|(attribute, _)| FeatureRange {
                feature: attribute.name().to_owned(),
                min: Some(f64::from(*attribute.range().start())),
                max: Some(f64::from(*attribute.range().end())),
            })),
            "targets" => request
                .targets
                .extend(attributes.map(|(attribute, _)| Target { feature: attribute.name().to_owned(), value: 1.0 })),
            _ => {}
        }
        request.explicit = match of.level("explicit")? {
            "false" => Some(false),
            "true" => Some(true),
            _ => None,
        };
        request.explicit = request.explicit.filter(|_| self.has_explicit);
        request.genre = match of.level("genre")? {
            "commonest" => self.commonest_genre.clone(),
            "rarest" => self.rarest_genre.clone(),
            "unknown" => self.commonest_genre.as_ref().map(|_| "no genre at all".to_owned()),
            _ => None,
        };
        (request.min_year, request.max_year) = match (of.level("years")?, self.middle_year) {
            ("all", Some(_)) => (Some(1), Some(9_999)),
            ("half", Some(middle)) => (Some(middle), None),
            ("no", Some(_)) => (Some(9_999), None),
            _ => (None, None),
        };
        request.exclude_tracks = match of.level("exclude_tracks")? {
            "anywhere" => ids(&anywhere),
            "nearest" => self.nearest(seeds[0]),
            _ => Vec::new(),
        };
        if of.level("exclude_artists")? == "largest" {
            request.exclude_artists = self.largest_artists.clone();
        }
        request.exclude_seed_artists = of.level("exclude_seed_artists")? == "true";
        Ok((request, of.level("explain")? == "true"))
    }

    /// Bounds of every feature that let so much through, by themselves or together.
    fn ranges(&self, level: &str) -> Vec<FeatureRange> {
        let names = self.model.scaler().features.iter();
        let range = |(feature, values): (&String, &Vec<f64>)| {
            let (first, last) = (values.first().copied(), values.last().copied());
            let (min, max) = match level {
                "all" => (first, last),
                "half" => (values.get(values.len() / 2).copied(), None),
                "few" => (values.get(values.len().saturating_sub(FEW)).copied(), None),
                _ => (last.map(|last| last + 1.0), last.map(|last| last + 2.0)),
            };
            FeatureRange { feature: feature.clone(), min, max }
        };
        let all = names.zip(&self.features).map(range);
        match level {
            "none" => Vec::new(),
            // One feature: several that are half would be few.
            "half" | "few" => all.skip(self.continuous()).take(1).collect(),
            _ => all.collect(),
        }
    }

    /// A feature with many values: bounds of it can let few through.
    fn continuous(&self) -> usize {
        let distinct = |values: &Vec<f64>| values.windows(2).filter(|pair| pair[0] < pair[1]).count();
        let most = self.features.iter().map(distinct).enumerate().max_by_key(|(_, distinct)| *distinct);
        most.map_or(0, |(at, _)| at)
    }

    /// Ids of the tracks nearest to a row.
    fn nearest(&self, row: u32) -> Vec<String> {
        let mut known = self.nearest.borrow_mut();
        let found = known.entry(row).or_insert_with(|| {
            let vectors = vectors(self.model);
            let seed = vectors.vector(row);
            let mut near: Vec<(f32, u32)> =
                vectors.iter().map(|vector| seed.squared_distance(&vector)).zip(0..).collect();
            let by_distance = |a: &(f32, u32), b: &(f32, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
            let count = EXCLUDED.min(near.len());
            near.select_nth_unstable_by(count - 1, by_distance);
            near.iter().take(count).map(|(_, row)| self.model.catalog().track(*row).id.into()).collect()
        });
        found.clone()
    }

    /// The features of so many tracks that are in no catalogue: between those of two that are.
    pub(crate) fn unknown_tracks(&self, count: usize) -> Vec<Vec<f64>> {
        let catalog = self.model.catalog();
        let row = |at: usize| catalog.raw((at * catalog.len() / (count + 1)) as u32);
        (0..count).map(|at| row(at).iter().zip(row(at + 1)).map(|(a, b)| (a + b) / 2.0).collect()).collect()
    }

    /// What may be typed, up to so many characters.
    pub(crate) fn texts(&self, longest: usize) -> Vec<String> {
        let catalog = self.model.catalog();
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for track in (0..catalog.len() as u32).map(|row| catalog.track(row)) {
            for word in track.song.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                *count.entry(word.to_lowercase()).or_default() += 1;
            }
        }
        let mut words: Vec<(String, usize)> = count.into_iter().collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
        let commonest: Vec<String> = words.iter().take(40).cloned().collect();
        let long_words: Vec<String> = words.iter().filter(|word| word.chars().count() >= 8).take(40).cloned().collect();
        let without = |word: &String, place: usize| -> String {
            word.chars().enumerate().filter(|(at, _)| *at != place).map(|(_, c)| c).collect()
        };
        let cut = |text: String| -> String { text.chars().take(longest).collect() };
        let joined = |words: &[String]| cut(words.join(" "));
        let mut texts: Vec<String> = commonest.clone();
        texts.extend(('a'..='z').chain('0'..='9').map(String::from));
        texts.extend(('a'..='z').map(|letter| cut([String::from(letter).as_str(); 128].join(" "))));
        texts.extend(commonest.windows(2).map(|pair| pair.join(" ")));
        texts.extend(commonest.windows(3).map(|three| three.join(" ")));
        texts.extend(commonest.iter().map(|word| format!("{word} a")));
        texts.extend(long_words.iter().flat_map(|word| [without(word, 0), without(word, 1), without(word, 4)]));
        texts.extend(long_words.iter().map(|word| without(&without(word, 5), 1)));
        texts.push(joined(&commonest));
        texts.push(joined(&long_words));
        texts.push(joined(&long_words.iter().map(|word| without(word, 1)).collect::<Vec<_>>()));
        texts.push(joined(&long_words.iter().map(|word| without(&without(word, 5), 1)).collect::<Vec<_>>()));
        texts.push(cut(('a'..='z').map(|letter| format!("{letter} ")).collect::<String>().repeat(8)));
        texts.extend(["a", "é", "x y"].map(|text| cut(text.repeat(longest))));
        texts.extend(["", " ", "?!", "qqqqqqqqqqqq"].map(str::to_owned));
        texts
    }
}

/// A song with two typos in its title, which nothing is called.
fn misspelt(seed: &Seed) -> Seed {
    let Seed::Song { song, artist } = seed else { return seed.clone() };
    let typo = |(at, c): (usize, char)| if matches!(at, 1 | 4) { 'q' } else { c };
    Seed::Song { song: song.chars().enumerate().map(typo).collect(), artist: artist.clone() }
}

/// An artist and a genre with letters that none has, but for the first.
fn unknown(name: &str) -> [Seed; 2] {
    let unlike = |sign: char| name.chars().take(1).chain([sign; 12]).collect();
    [Seed::Artist(unlike('q')), Seed::Genre(unlike('x'))]
}
