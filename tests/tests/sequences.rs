//! Versions, varied answers, flow and paths on real tables: the figures that they are held to, printed.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use recommender::{
    Model,
    catalog::attributes::Attribute,
    recommend::{Answer, Error, FeatureRange, Order, Request, Seed},
};
use tests::test_env::{open, train};

fn model(table: &Path) -> Model {
    open(&train(table, &["--k-range", "6-6"]))
}

/// Rows spread evenly through a catalogue.
fn spread(model: &Model, count: usize) -> Vec<u32> {
    let tracks = model.catalog().len();
    (0..count.min(tracks)).map(|at| (at * tracks / count.min(tracks)) as u32).collect()
}

fn rows(answer: &Answer) -> Vec<u32> {
    answer.tracks.iter().map(|track| track.row).collect()
}

/// Words that, at the end of a title, behind a dash or in a bracket, say which version it is. A list of its own: the recommender's is
/// what is tested.
const WORDS: [&str; 14] = [
    "remaster",
    "live",
    "remix",
    "mix",
    "edit",
    "demo",
    "mono",
    "stereo",
    "acoustic",
    "karaoke",
    "instrumental",
    "version",
    "feat",
    "vivo",
];

/// The title without what is behind a dash or in a bracket at its end, if that has one of [`WORDS`].
fn bare(title: &str) -> Option<String> {
    let title = title.to_lowercase();
    let place = title.find(" - ").or_else(|| title.find(" (").filter(|_| title.ends_with(')')))?;
    let mut words = title[place..].split(|c: char| !c.is_alphanumeric());
    let names = words.any(|word| WORDS.contains(&word) || word == "remastered");
    (names && place > 0).then(|| title[..place].trim().to_owned())
}

fn key(model: &Model, row: u32) -> (String, String) {
    let track = model.catalog().track(row);
    let title = bare(track.song).unwrap_or_else(|| track.song.to_lowercase().trim().to_owned());
    (title, track.artist.split([';', ',']).next().unwrap_or_default().trim().to_lowercase())
}

/// How many answers hold another version of their seed's song, and how many one song twice.
fn repeated(model: &Model, seeds: &[u32], request: &Request) -> (usize, usize) {
    let (mut of_seed, mut twice) = (0, 0);
    for seed in seeds {
        let answer = model.recommend(&Request { seeds: vec![Seed::Row(*seed)], ..request.clone() }).expect("answers");
        let keys: Vec<_> = rows(&answer).into_iter().map(|row| key(model, row)).collect();
        of_seed += usize::from(keys.contains(&key(model, *seed)));
        let mut seen = HashSet::new();
        let again: Vec<_> = keys.iter().filter(|key| !seen.insert(*key)).collect();
        twice += usize::from(!again.is_empty());
        if !request.versions && (!again.is_empty() || keys.contains(&key(model, *seed))) {
            println!("  {:?}: {again:?}", key(model, *seed));
        }
    }
    (of_seed, twice)
}

fn no_version_of_a_seed_and_no_song_twice(table: &Path) {
    let model = model(table);
    let catalog = model.catalog();
    let mut versions: HashMap<(String, String), HashSet<String>> = HashMap::new();
    for row in 0..catalog.len() as u32 {
        versions.entry(key(&model, row)).or_default().insert(catalog.track(row).song.to_lowercase());
    }
    let several: Vec<u32> = spread(&model, catalog.len())
        .into_iter()
        .filter(|row| bare(catalog.track(*row).song).is_none() && versions[&key(&model, *row)].len() > 1)
        .collect();
    let with_versions: Vec<u32> = (0..200).map(|at| several[at * several.len() / 200]).collect();
    let popularity = model.scaler().features.iter().position(|feature| feature == "popularity").expect("popularity");
    let mut popular: Vec<u32> = (0..catalog.len() as u32).collect();
    popular.sort_by(|a, b| {
        let popularity = |row: &u32| catalog.features[popularity].get(*row as usize);
        popularity(b).total_cmp(&popularity(a)).then(a.cmp(b))
    });
    let mut songs = HashSet::new();
    popular.retain(|row| songs.insert(key(&model, *row)));
    popular.truncate(400);
    let mut failed = Vec::new();
    for (what, seeds) in [("seeds with versions", with_versions), ("most popular", popular)] {
        for same_cluster in [true, false] {
            for limit in [10, 50] {
                let request = Request { same_cluster, limit, ..Request::new(Seed::Row(0)) };
                let with = repeated(&model, &seeds, &Request { versions: true, ..request.clone() });
                let without = repeated(&model, &seeds, &request);
                println!(
                    "{what} ({}), same_cluster={same_cluster}, n={limit}: {without:?}, with versions {with:?}",
                    seeds.len()
                );
                // The key of this test is cruder: it takes some songs for one that are not.
                if without.0 * 100 > seeds.len() || without.1 * 100 > 3 * seeds.len() {
                    failed.push(format!("{what}, same_cluster={same_cluster}, n={limit}: {without:?}"));
                }
                assert!(limit == 10 || with.0 + with.1 > 0, "versions=true changes nothing");
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Mean step in tempo, in octaves of which whole ones do not count, and in key, on the circle of fifths, where it is known.
fn steps(model: &Model, rows: &[u32]) -> (Vec<f64>, Vec<f64>) {
    let tempo = model.scaler().features.iter().position(|feature| feature == "tempo").expect("a tempo");
    let (mut tempos, mut keys) = (Vec::new(), Vec::new());
    for pair in rows.windows(2) {
        let octave = |row: u32| model.catalog().features[tempo].get(row as usize).log2();
        let octaves = (octave(pair[0]) - octave(pair[1])).abs();
        if octaves.is_finite() {
            tempos.push((octaves - octaves.round()).abs());
        }
        let fifths = |row: u32| {
            let attribute = |attribute| model.catalog().attributes.get(attribute, row);
            let relative = if attribute(Attribute::Mode)? == 0 { 3 } else { 0 };
            Some((attribute(Attribute::Key)? + relative) * 7 % 12)
        };
        if let (Some(a), Some(b)) = (fifths(pair[0]), fifths(pair[1])) {
            let steps = a.abs_diff(b);
            keys.push(f64::from(steps.min(12 - steps)));
        }
    }
    (tempos, keys)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn flow_halves_the_steps(table: &Path, limits: &[usize], has_keys: bool) {
    let model = model(table);
    for &limit in limits {
        let mut found = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
        for seed in spread(&model, 300) {
            for (order, (tempos, keys)) in [Order::Similarity, Order::Flow].into_iter().zip(&mut found) {
                let request = Request { order, limit, ..Request::new(Seed::Row(seed)) };
                let (tempo, key) = steps(&model, &rows(&model.recommend(&request).expect("answers")));
                tempos.extend(tempo);
                keys.extend(key);
            }
        }
        let [plain, flow] = found.map(|(tempos, keys)| (mean(&tempos), mean(&keys)));
        println!(
            "n={limit}: tempo {:.4} -> {:.4} octaves ({:.2}), key {:.3} -> {:.3} fifths ({:.2})",
            plain.0,
            flow.0,
            flow.0 / plain.0,
            plain.1,
            flow.1,
            flow.1 / plain.1
        );
        // Of few songs there are few orders.
        let most = if limit <= 10 { 0.55 } else { 0.5 };
        assert!(flow.0 <= most * plain.0, "tempo");
        assert!(!has_keys || flow.1 <= most * plain.1, "key");
    }
}

fn paths_go_in_even_steps(table: &Path, ranges: &[FeatureRange]) {
    let model = model(table);
    let rows = spread(&model, 600);
    for length in [5, 10, 15, 30, 100] {
        let pairs: Vec<(u32, u32)> = (0..300).map(|at| (rows[at], rows[(at * 7 + 301) % 600])).collect();
        let (mut worst, mut over, mut nearest, mut none) = (0.0_f64, 0, 0.0_f64, 0);
        let mut ratios = Vec::new();
        for (from, to) in pairs {
            let seeds = vec![Seed::Row(from), Seed::Row(to)];
            let request = Request { seeds, ranges: ranges.to_vec(), ..Request::new(Seed::Row(from)) };
            let path = match model.path(&request, length) {
                Ok(path) => path,
                Err(Error::SameSong | Error::Opposite) => {
                    none += 1;
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            let songs: HashSet<u32> = path.tracks.iter().map(|track| model.songs().of(track.row)).collect();
            assert_eq!(songs.len(), length);
            let artist = |row: u32| model.catalog().track(row).artist;
            if length > 2 {
                assert!(path.tracks.windows(2).all(|pair| artist(pair[0].row) != artist(pair[1].row)));
            }
            let vectors = model.neighbors().nodes();
            let step = |pair: &[recommender::recommend::PathTrack]| {
                f64::from(vectors.squared_distance(pair[0].row, &vectors.vector(pair[1].row))).sqrt()
            };
            let steps: Vec<f64> = path.tracks.windows(2).map(step).collect();
            let ratio = steps.iter().copied().fold(0.0, f64::max) / mean(&steps);
            worst = worst.max(ratio);
            over += usize::from(ratio > 2.0);
            ratios.push(ratio);
            nearest += mean(&steps);
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "length {length}: largest step over mean step: median {:.2}, worst {worst:.2}, {over} of {} above 2; mean step {:.3}, none {none}",
            ratios[ratios.len() / 2],
            ratios.len(),
            nearest / ratios.len() as f64
        );
        // Of few songs, a path of many takes nearly all that there are near it.
        let most = if ranges.is_empty() || length <= 15 { 0 } else { ratios.len() / 15 };
        assert!(over <= most, "length {length}: {over} of {}", ratios.len());
    }
}

fn varied_answers_are_of_nearly_equal_quality(table: &Path) {
    let model = model(table);
    for limit in [10, 50] {
        let (mut plain, mut varied, mut shared) = (Vec::new(), Vec::new(), Vec::new());
        for seed in spread(&model, 300) {
            let request = Request { limit, ..Request::new(Seed::Row(seed)) };
            let best = model.recommend(&request).expect("answers");
            let similarity =
                |answer: &Answer| answer.tracks.iter().map(|track| f64::from(track.similarity)).collect::<Vec<_>>();
            plain.extend(similarity(&best));
            let mut before: Option<HashSet<u32>> = None;
            for number in 0..3 {
                let answer = model.recommend(&Request { vary: Some(number), ..request.clone() }).expect("answers");
                assert_eq!(answer.tracks.len(), best.tracks.len());
                varied.extend(similarity(&answer));
                let rows: HashSet<u32> = rows(&answer).into_iter().collect();
                if let Some(before) = before.replace(rows.clone()) {
                    shared.push(before.intersection(&rows).count() as f64 / rows.len() as f64);
                }
            }
        }
        let (plain, varied, shared) = (mean(&plain), mean(&varied), mean(&shared));
        println!(
            "n={limit}: mean similarity {plain:.4}, varied {varied:.4} ({:+.4}); two numbers share {shared:.2}",
            varied - plain
        );
        assert!(varied > plain - 0.02 && shared < 0.7);
    }
}

mod reference_table {
    use tests::test_data::reference_table;

    #[test]
    fn paths_go_in_even_steps() {
        super::paths_go_in_even_steps(&reference_table(), &[]);
    }
}

mod real_tables {
    use tests::test_data::real_table;

    #[test]
    #[ignore = "needs the real tables"]
    fn no_version_of_a_seed_and_no_song_twice() {
        for table in ["spotify_tracks_114k.csv", "union_265k.csv"] {
            println!("{table}");
            super::no_version_of_a_seed_and_no_song_twice(&real_table(table));
        }
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn flow_halves_the_steps() {
        super::flow_halves_the_steps(&real_table("spotify_tracks_114k.csv"), &[20, 50, 100], true);
        super::flow_halves_the_steps(&real_table("union_265k.csv"), &[10, 50], false);
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn paths_go_in_even_steps() {
        for table in ["spotify_tracks_114k.csv", "union_265k.csv"] {
            println!("{table}");
            super::paths_go_in_even_steps(&real_table(table), &[]);
        }
        // Few songs, far from one another.
        let instrumental = super::FeatureRange { feature: "instrumentalness".to_owned(), min: Some(80.0), max: None };
        println!("light_spotify_39k.csv, of 826 songs");
        super::paths_go_in_even_steps(&real_table("light_spotify_39k.csv"), &[instrumental]);
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn varied_answers_are_of_nearly_equal_quality() {
        super::varied_answers_are_of_nearly_equal_quality(&real_table("union_265k.csv"));
    }
}
