//! Filters, targets, several seeds, diversity: each held against brute force, on the reference table and on a real one.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::LazyLock,
};

use recommender::{
    Model,
    recommend::{Answer, FeatureRange, Request, Seed, Target, explain},
    search::Search,
    text::normalize,
    vector::{Vector, similarity},
};
use tests::{
    test_data,
    test_env::{open, train},
};

/// Defines the tests: each rule on the reference table, and on a real one.
macro_rules! rules {
    ($($rule:ident)*) => {
        mod reference_table {
            use super::*;

            static MODEL: LazyLock<Model> = LazyLock::new(|| model(&test_data::reference_table()));

            $(#[test]
            fn $rule() {
                super::$rule(&MODEL);
            })*
        }

        mod real_tables {
            use super::*;

            static MODEL: LazyLock<Model> = LazyLock::new(|| model(&test_data::real_table("light_spotify_39k.csv")));

            $(#[test]
            #[ignore = "needs the real tables"]
            fn $rule() {
                super::$rule(&MODEL);
            })*
        }
    };
}

rules! {
    a_target_draws_answers_near_it
    an_artist_has_no_more_than_its_share_and_answers_stay_full
    an_explanation_adds_up
    bounds_of_features_filter_and_never_leave_an_answer_short
    diversity_makes_answers_less_alike
    features_of_a_song_that_is_not_there_find_what_a_song_with_them_would
    genre_year_and_explicit_filter
    negative_seeds_keep_their_like_away
    several_seeds_are_ranked_by_their_mean_cosine
    what_is_excluded_is_not_there
}

fn model(table: &Path) -> Model {
    open(&train(table, &["--k-range", "6-6"]))
}

/// Thirty rows or more, from all over the catalogue.
fn seeds(model: &Model) -> impl Iterator<Item = u32> + Clone {
    let tracks = model.catalog().len();
    (0..tracks as u32).step_by(tracks / 40 + 15)
}

fn feature(model: &Model, name: &str) -> usize {
    model.scaler().features.iter().position(|feature| feature == name).expect("a feature of the model")
}

fn raw(model: &Model, row: u32, name: &str) -> f64 {
    model.catalog().features[feature(model, name)].get(row as usize)
}

fn distance(model: &Model, a: u32, b: u32) -> f32 {
    let vectors = model.neighbors().nodes();
    vectors.squared_distance(a, &vectors.vector(b))
}

/// Rows of the seed's cluster that `accepts`, by what they cost, each song once, without the seed's.
fn brute_force(model: &Model, seed: u32, accepts: impl Fn(u32) -> bool, cost: impl Fn(u32) -> f32) -> Vec<u32> {
    let rows = model.clusters()[model.cluster_of(seed)].rows.clone();
    let mut all: Vec<(f32, u32)> =
        rows.filter(|row| accepts(*row)).map(|row| (distance(model, seed, row) + cost(row), row)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut seen = HashSet::from([model.songs().of(seed)]);
    all.into_iter().map(|(_, row)| row).filter(|row| seen.insert(model.songs().of(*row))).collect()
}

fn rows(answer: &Answer) -> Vec<u32> {
    answer.tracks.iter().map(|track| track.row).collect()
}

fn pool(answer: &Answer) -> usize {
    answer.seeds[0].after_filtering_size as usize
}

fn request(seed: u32) -> Request {
    Request::new(Seed::Row(seed))
}

fn held_to(model: &Model, request: &Request, seed: u32, accepts: impl Fn(u32) -> bool, cost: impl Fn(u32) -> f32) {
    let expected = brute_force(model, seed, &accepts, cost);
    let most = request.limit.min(expected.len());
    // Graphs may be asked, which miss a neighbour now and then; but never a filter, and never the number.
    let answer = model.recommend(request).expect("answers");
    assert_eq!((pool(&answer), rows(&answer).len()), (expected.len(), most), "seed {seed}");
    assert!(rows(&answer).into_iter().all(&accepts), "seed {seed}");
    let exact = Request { search: Search::Exact, ..request.clone() };
    let answer = model.recommend(&exact).expect("answers");
    assert_eq!(rows(&answer), expected[..most], "seed {seed}");
}

fn bounds_of_features_filter_and_never_leave_an_answer_short(model: &Model) {
    for seed in seeds(model) {
        for (min, max) in
            [(Some(120.0), None), (None, Some(90.0)), (Some(100.0), Some(101.0)), (Some(128.0), Some(128.0))]
        {
            let ranges = vec![FeatureRange { feature: "tempo".into(), min, max }];
            let accepts = |row| {
                let tempo = raw(model, row, "tempo");
                min.is_none_or(|min| tempo >= min) && max.is_none_or(|max| tempo <= max)
            };
            held_to(model, &Request { ranges, limit: 100, ..request(seed) }, seed, accepts, |_| 0.0);
        }
    }
}

fn genre_year_and_explicit_filter(model: &Model) {
    let catalog = model.catalog();
    for seed in seeds(model) {
        held_to(
            model,
            &Request { genre: Some(" ROCK".into()), ..request(seed) },
            seed,
            |row| {
                catalog
                    .track(row)
                    .genre
                    .is_some_and(|genre| genre.split(',').any(|part| part.trim().eq_ignore_ascii_case("rock")))
            },
            |_| 0.0,
        );
        let years = Request { min_year: Some(1980), max_year: Some(1989), ..request(seed) };
        held_to(
            model,
            &years,
            seed,
            |row| catalog.track(row).year.is_some_and(|year| (1980..1990).contains(&year)),
            |_| 0.0,
        );
        for explicit in [true, false] {
            let request = Request { explicit: Some(explicit), ..request(seed) };
            held_to(model, &request, seed, |row| (catalog.track(row).explicit == Some(true)) == explicit, |_| 0.0);
        }
    }
}

fn what_is_excluded_is_not_there(model: &Model) {
    let catalog = model.catalog();
    for seed in seeds(model) {
        let plain = model.recommend(&request(seed)).expect("answers");
        let first = plain.tracks[0].row;
        let songs = |row: u32| model.songs().of(row);
        let by_id =
            Request { exclude_tracks: vec![catalog.track(first).id.into(), "no such id".into()], ..request(seed) };
        // An id may stand for several rows of the table.
        let meant = songs(model.find_id(&catalog.track(first).id).expect("an id"));
        held_to(model, &by_id, seed, |row| songs(row) != meant, |_| 0.0);
        let others = |row: u32, than: u32| {
            let of = |row: u32| catalog.credited(catalog.artists.code(row as usize)).map(normalize);
            of(row).all(|artist| of(than).all(|other| artist != other))
        };
        let artist = catalog.track(first).artist;
        let by_artist = Request { exclude_artists: vec![artist.to_uppercase()], ..request(seed) };
        held_to(model, &by_artist, seed, |row| others(row, first), |_| 0.0);
        let seeds_artist = Request { exclude_seed_artists: true, ..request(seed) };
        held_to(model, &seeds_artist, seed, |row| others(row, seed), |_| 0.0);
    }
}

fn a_target_draws_answers_near_it(model: &Model) {
    let tempo = feature(model, "tempo");
    let (mut with, mut without, mut n) = (0.0, 0.0, 0.0);
    for seed in seeds(model) {
        let wanted = 150.0;
        let targets = vec![Target { feature: "tempo".into(), value: wanted }];
        let target = model.scaler().scale_one(tempo, wanted);
        let off = |row: u32| model.scaler().scale_one(tempo, raw(model, row, "tempo")) - target;
        let aimed = Request { targets, ..request(seed) };
        held_to(model, &aimed, seed, |_| true, |row| (0.25 * off(row).powi(2)) as f32);
        let mean = |request: &Request| {
            let rows = rows(&model.recommend(request).expect("answers"));
            rows.iter().map(|row| (raw(model, *row, "tempo") - wanted).abs()).sum::<f64>() / rows.len() as f64
        };
        with += mean(&aimed);
        without += mean(&request(seed));
        n += 1.0;
    }
    assert!(with < without / 2.0, "mean distance from the target {} with it, {} without", with / n, without / n);
}

fn diversity_makes_answers_less_alike(model: &Model) {
    let alike = |diversity: f64| {
        let (mut sum, mut n) = (0.0, 0.0);
        for seed in seeds(model) {
            let answer = model.recommend(&Request { diversity, limit: 20, ..request(seed) }).expect("answers");
            let rows = rows(&answer);
            assert_eq!(rows.len(), 20);
            for (at, a) in rows.iter().enumerate() {
                for b in &rows[..at] {
                    sum += f64::from(similarity(distance(model, *a, *b)));
                    n += 1.0;
                }
            }
        }
        sum / n
    };
    let likeness: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0].map(alike).to_vec();
    println!("mean similarity within an answer by diversity 0, 0.25, 0.5, 0.75, 1: {likeness:.3?}");
    assert!(likeness.is_sorted_by(|a, b| a > b), "{likeness:?}");
}

fn an_artist_has_no_more_than_its_share_and_answers_stay_full(model: &Model) {
    for seed in seeds(model) {
        // No more than there are artists in a small cluster.
        let limit = (model.clusters()[model.cluster_of(seed)].rows.len() / 10).min(100);
        for most in [1, 2] {
            for diversity in [0.0, 0.5] {
                let request = Request { max_per_artist: Some(most), limit, diversity, ..request(seed) };
                let answer = model.recommend(&request).expect("answers");
                assert_eq!(answer.tracks.len(), limit, "seed {seed}");
                let mut songs: HashMap<String, usize> = HashMap::new();
                for row in rows(&answer) {
                    for artist in model.catalog().track(row).artist.split(';') {
                        *songs.entry(artist.trim().to_lowercase()).or_default() += 1;
                    }
                }
                assert!(songs.values().all(|songs| *songs <= most), "seed {seed}: {songs:?}");
            }
        }
    }
}

/// The ten songs that have the highest mean cosine to some seeds, less a third of that to others, each by its best release.
fn by_mean_cosine(model: &Model, positive: &[u32], negative: &[u32], rows: &[u32]) -> Vec<(f64, u32)> {
    let cosine = |a: u32, b: u32| f64::from(similarity(distance(model, a, b)));
    let mean =
        |row: u32, seeds: &[u32]| seeds.iter().map(|seed| cosine(row, *seed)).sum::<f64>() / seeds.len().max(1) as f64;
    let mut all: Vec<(f64, u32)> =
        rows.iter().map(|row| (mean(*row, positive) - mean(*row, negative) / 3.0, *row)).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut seen: HashSet<u32> = positive.iter().chain(negative).map(|seed| model.songs().of(*seed)).collect();
    all.retain(|(_, row)| seen.insert(model.songs().of(*row)));
    all.truncate(10);
    all
}

fn several_seeds_are_ranked_by_their_mean_cosine(model: &Model) {
    let seeds: Vec<u32> = seeds(model).collect();
    let many = seeds[..30].to_vec();
    let groups = seeds.windows(5).step_by(3).map(<[u32]>::to_vec).chain([many]);
    for group in groups {
        let (negative, positive) = group.split_at(group.len() / 3);
        for negative in [&[][..], negative] {
            let clusters: HashSet<usize> = positive.iter().map(|seed| model.cluster_of(*seed)).collect();
            let pool: Vec<u32> =
                (0..model.catalog().len() as u32).filter(|row| clusters.contains(&model.cluster_of(*row))).collect();
            let named = |rows: &[u32]| rows.iter().map(|seed| Seed::Row(*seed)).collect();
            let request = Request {
                seeds: named(positive),
                negative_seeds: named(negative),
                search: Search::Exact,
                ..request(0)
            };
            let answer = model.recommend(&request).expect("answers");
            let expected = by_mean_cosine(model, positive, negative, &pool);
            assert_eq!(answer.tracks.len(), expected.len());
            // Songs of nearly equal score may stand in either order.
            let last = expected.last().expect("ten songs").0;
            let score = |row: u32| by_mean_cosine(model, positive, negative, &[row]).first().map(|(score, _)| *score);
            for track in &answer.tracks {
                assert!(score(track.row).is_some_and(|score| score > last - 1e-5), "{group:?}: {answer:?}");
            }
            let walked = model.recommend(&Request { search: Search::Hnsw, ..request }).expect("answers");
            let same = rows(&walked).iter().filter(|row| rows(&answer).contains(row)).count();
            assert!(same >= 8, "{group:?}: the graphs found {same} of ten");
        }
    }
}

fn negative_seeds_keep_their_like_away(model: &Model) {
    let (mut with, mut without) = (0.0, 0.0);
    for seed in seeds(model) {
        let plain = model.recommend(&request(seed)).expect("answers");
        let away = plain.tracks[0].row;
        let answer =
            model.recommend(&Request { negative_seeds: vec![Seed::Row(away)], ..request(seed) }).expect("answers");
        assert!(!rows(&answer).iter().any(|row| model.songs().of(*row) == model.songs().of(away)));
        assert_eq!(answer.tracks.len(), 10);
        let mean = |answer: &Answer| {
            let rows = rows(answer);
            rows.iter().map(|row| f64::from(similarity(distance(model, away, *row)))).sum::<f64>() / rows.len() as f64
        };
        with += mean(&answer);
        without += mean(&plain);
    }
    assert!(with < without, "{with} {without}");
}

fn features_of_a_song_that_is_not_there_find_what_a_song_with_them_would(model: &Model) {
    for seed in seeds(model) {
        let features = model.catalog().raw(seed);
        let request = Request { seeds: vec![Seed::Features(features)], limit: 100, ..request(0) };
        let answer = model.recommend(&request).expect("answers");
        let placed = &answer.seeds[0].seed;
        let posteriors = placed.posteriors.as_ref().expect("posteriors");
        assert!((posteriors.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(posteriors.iter().all(|posterior| *posterior <= posteriors[placed.cluster]));
        assert!(answer.tracks.iter().all(|track| model.cluster_of(track.row) == placed.cluster));
        if placed.cluster == model.cluster_of(seed) {
            // The nearest is the song itself, or one with the same features.
            assert!(answer.tracks[0].similarity > 0.999_999);
        }
    }
}

fn an_explanation_adds_up(model: &Model) {
    for seed in seeds(model) {
        let answer = model.recommend(&request(seed)).expect("answers");
        let resolved = [answer.seeds[0].seed.clone()];
        for track in &answer.tracks {
            let explanation = explain(model, &resolved, track.row);
            let vector = |row: u32| -> Vector { model.neighbors().nodes().vector(row) };
            let product = |feature: usize| {
                f64::from(vector(seed).lanes()[feature]) * f64::from(vector(track.row).lanes()[feature])
            };
            let most = (0..model.scaler().len()).map(product).fold(f64::MIN, f64::max);
            let first = &explanation.similarities[0];
            assert!((first.share - most).abs() < 1e-9 && (first.share - product(first.feature)).abs() < 1e-9);
            assert!(
                explanation.differences.iter().map(|share| share.share).sum::<f64>()
                    <= f64::from(1.0 - track.similarity) + 1e-5
            );
        }
    }
}
