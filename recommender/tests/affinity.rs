//! Affinities: what each brings, and that candidates find what an exact search finds.

#![allow(missing_docs)]

mod common;

use std::collections::HashSet;

use common::Invented;
use recommender::{
    Model, Version,
    affinity::AffinityWeights,
    catalog::songs::SongIds,
    column::{DictColumn, IntColumn},
    companions::{CompanionTable, Companions},
    recommend::{Affinity, Answer, Error, Request, Seed},
    search::Search,
};

fn weights(artist: f64, year: f64, genre: f64, playlists: f64) -> Option<Affinity> {
    let named = |weight: f64| (weight > 0.0).then_some(weight);
    Some(Affinity::Weights(AffinityWeights {
        artist: named(artist),
        year: named(year),
        genre: named(genre),
        playlists: named(playlists),
    }))
}

/// A model of invented tracks, with genres, in three clusters.
fn model_of(tracks: &[Invented]) -> Model {
    let mut artifact = common::artifact(tracks, 3, 1);
    let genres = ["rock", "pop; rock", "jazz", ""];
    let cells: DictColumn = (0..tracks.len()).map(|row| genres[row % 4]).collect();
    artifact.catalog.genres = Some(cells);
    Model::assemble(artifact, Version::of(b"")).expect("a model")
}

fn model() -> Model {
    model_of(&common::tracks(3_000, 5))
}

fn request(rows: &[u32], affinity: Option<Affinity>) -> Request {
    let seeds = rows.iter().map(|row| Seed::Row(*row)).collect();
    Request { seeds, affinity, same_cluster: false, ..Request::new(Seed::Row(0)) }
}

fn rows(answer: &Answer) -> Vec<u32> {
    answer.tracks.iter().map(|track| track.row).collect()
}

fn shares_artist(model: &Model, a: u32, b: u32) -> bool {
    model.artists_of(a).iter().any(|artist| model.artists_of(b).contains(artist))
}

#[test]
fn each_affinity_brings_what_it_names() {
    let model = model();
    let plain = model.recommend(&request(&[17], None)).expect("answers");
    assert_eq!(plain.affinity, None);
    let ask = |affinity| rows(&model.recommend(&request(&[17], affinity)).expect("answers"));

    assert!(!rows(&plain).iter().all(|row| shares_artist(&model, *row, 17)));
    assert!(ask(weights(10.0, 0.0, 0.0, 0.0)).iter().all(|row| shares_artist(&model, *row, 17)));

    let year = |row: u32| model.catalog().track(row).year.expect("a year");
    let apart = |rows: &[u32]| rows.iter().map(|row| year(*row).abs_diff(year(17))).sum::<u32>();
    assert!(apart(&ask(weights(0.0, 10.0, 0.0, 0.0))) * 2 < apart(&rows(&plain)));

    let rock: Vec<u32> = (0..40).filter(|row| row % 4 == 0).collect();
    let shares_genre = |row: &u32| matches!(row % 4, 0 | 1);
    let found = model.recommend(&request(&rock[..1], weights(0.0, 0.0, 10.0, 0.0))).expect("answers");
    assert!(rows(&found).iter().all(shares_genre), "{:?}", rows(&found));
    let plain = model.recommend(&request(&rock[..1], None)).expect("answers");
    assert!(!rows(&plain).iter().all(shares_genre), "the seed's neighbours have its genre anyway");
}

#[test]
fn an_artist_as_a_seed_has_affinities_and_seeds_count_by_their_weights() {
    let model = model();
    let name = model.catalog().track(17).artist.to_owned();
    let seeds = vec![Seed::Artist(name)];
    let by_artist =
        Request { seeds, affinity: weights(10.0, 0.0, 0.0, 0.0), same_cluster: false, ..request(&[], None) };
    let answer = model.recommend(&by_artist).expect("answers");
    assert!(rows(&answer).iter().all(|row| shares_artist(&model, *row, 17)), "{answer:?}");

    let year = |row: u32| model.catalog().track(row).year.expect("a year");
    let (a, b) = (17, (0..3_000).find(|row| year(*row).abs_diff(year(17)) > 15).expect("another time"));
    let near = |weights_of_seeds: [f64; 2]| {
        let request = Request { weights: weights_of_seeds.to_vec(), ..request(&[a, b], weights(0.0, 10.0, 0.0, 0.0)) };
        let found = rows(&model.recommend(&request).expect("answers"));
        found.iter().filter(|row| year(**row).abs_diff(year(a)) < year(**row).abs_diff(year(b))).count()
    };
    assert!(near([100.0, 1.0]) > 8 && near([1.0, 100.0]) < 2, "{} and {}", near([100.0, 1.0]), near([1.0, 100.0]));
}

/// Two tracks of other artists, far from each other by audio, that share playlists.
fn companions(songs: &SongIds, artists: [u32; 2], tracks: [u32; 2]) -> Companions {
    Companions {
        artists: CompanionTable::new([(artists[0], vec![(artists[1], 0.4)])]),
        tracks: CompanionTable::new([(songs.of(tracks[0]), vec![(tracks[1], 1.0)])]),
    }
}

#[test]
fn companions_are_found_wherever_they_are() {
    let mut model = model();
    let seed = 17;
    let plain = rows(&model.recommend(&Request { limit: 100, ..request(&[seed], None) }).expect("answers"));
    let by = |row: u32| model.artists_of(row)[0];
    let track = (0..3_000).rev().find(|row| !plain.contains(row) && by(*row) != by(seed)).expect("a far track");
    let artist = (0..37).find(|artist| *artist != by(seed) && *artist != by(track)).expect("another artist");
    let refused = model.recommend(&request(&[seed], weights(0.0, 0.0, 0.0, 1.0))).expect_err("there are no playlists");
    assert!(matches!(&refused, Error::NoAffinity { affinity: "playlists", .. }), "{refused}");
    assert!(refused.to_string().contains("no playlists"), "{refused}");

    let companions = companions(model.songs(), [by(seed), artist], [seed, track]);
    model.set_companions(Some(Box::new(companions))).expect("of this model");
    let found = rows(&model.recommend(&request(&[seed], weights(0.0, 0.0, 0.0, 10.0))).expect("answers"));
    assert_eq!(model.songs().of(found[0]), model.songs().of(track));
    assert!(found[1..].iter().all(|row| model.artists_of(*row).contains(&artist)), "{found:?}");
}

#[test]
fn balanced_is_what_the_card_says_and_leaves_out_what_is_not_there() {
    let model = model();
    let balanced = model.recommend(&request(&[5], Some(Affinity::Balanced))).expect("answers");
    let expected = model.card().balanced;
    assert_eq!((balanced.affinity, expected.playlists), (Some(expected), None));
    let named = model.recommend(&request(&[5], Some(Affinity::Weights(expected)))).expect("answers");
    assert_eq!(balanced.tracks, named.tracks);
    assert_ne!(balanced.tracks, model.recommend(&request(&[5], None)).expect("answers").tracks);
    let zero = model.recommend(&request(&[5], weights(0.0, 0.0, 0.0, 0.0))).expect("answers");
    assert_eq!(zero.tracks, model.recommend(&request(&[5], None)).expect("answers").tracks);
}

#[test]
fn weights_out_of_range_are_refused() {
    let model = model();
    for artist in [-0.1, 10.1, f64::NAN, f64::INFINITY] {
        let weights = AffinityWeights { artist: Some(artist), ..Default::default() };
        let refused = model.recommend(&request(&[1], Some(Affinity::Weights(weights)))).expect_err("out of range");
        assert!(matches!(refused, Error::OutOfRange { name: "affinity", .. }), "{refused}");
    }
}

#[test]
fn similarity_stays_the_mean_cosine_and_the_order_is_by_score() {
    let model = model();
    let seeds = [3, 400, 1_200];
    let affinity = weights(0.5, 0.3, 0.2, 0.0);
    let found = model.recommend(&Request { limit: 50, ..request(&seeds, affinity) }).expect("answers");
    let resolved: Vec<_> = found.seeds.iter().map(|seed| seed.seed.clone()).collect();
    let affinities = recommender::recommend::Affinities::new(&model, &resolved, &found.affinity.expect("weights"));
    let nodes = model.neighbors().nodes();
    let mut before = f32::INFINITY;
    for track in &found.tracks {
        let cosine = |seed: u32| 1.0 - nodes.squared_distance(track.row, &nodes.vector(seed)) / 2.0;
        let mean = seeds.iter().map(|seed| cosine(*seed)).sum::<f32>() / 3.0;
        assert!((track.similarity - mean).abs() < 1e-5, "{track:?}: {mean}");
        let score = track.similarity + affinities.bonus(track.row);
        assert!(score <= before + 1e-5, "{track:?}: {score} after {before}");
        before = score;
        let values = affinities.values(track.row);
        assert!(values.iter().all(|value| (0.0..=1.0 + 1e-6).contains(value)), "{values:?}");
    }
}

#[test]
fn an_exact_search_answers_with_the_highest_scores_of_all_tracks() {
    let mut model = model();
    let by = |row: u32| model.artists_of(row)[0];
    let companions = companions(model.songs(), [by(3), by(2_000)], [400, 2_500]);
    model.set_companions(Some(Box::new(companions))).expect("of this model");
    let seeds = [3, 400, 1_200];
    for affinity in [
        weights(0.5, 0.3, 0.2, 0.4),
        weights(0.5, 0.0, 0.0, 0.0),
        weights(0.0, 2.0, 0.0, 0.0),
        weights(0.0, 0.0, 0.7, 3.0),
    ] {
        let exact = Request { limit: 100, search: Search::Exact, ..request(&seeds, affinity) };
        let found = model.recommend(&exact).expect("answers");
        let resolved: Vec<_> = found.seeds.iter().map(|seed| seed.seed.clone()).collect();
        let affinities = recommender::recommend::Affinities::new(&model, &resolved, &found.affinity.expect("weights"));
        let nodes = model.neighbors().nodes();
        let score = |row: u32| {
            let cosine = |seed: &u32| 1.0 - nodes.squared_distance(row, &nodes.vector(*seed)) / 2.0;
            seeds.iter().map(cosine).sum::<f32>() / 3.0 + affinities.bonus(row)
        };
        // Of each song but the seeds' the best track.
        let mut best = std::collections::HashMap::<u32, f32>::new();
        for row in 0..3_000 {
            let of_song = best.entry(model.songs().of(row)).or_insert(f32::NEG_INFINITY);
            *of_song = of_song.max(score(row));
        }
        seeds.iter().for_each(|seed| _ = best.remove(&model.songs().of(*seed)));
        let mut best: Vec<f32> = best.into_values().collect();
        best.sort_unstable_by(|a, b| b.total_cmp(a));
        for (track, best) in found.tracks.iter().zip(best) {
            assert!((score(track.row) - best).abs() < 1e-5, "{track:?}: {} instead of {best}", score(track.row));
        }
    }
}

#[test]
fn candidates_find_nearly_what_an_exact_search_finds() {
    let model = model();
    for (count, limit) in [(1, 10), (1, 100), (7, 20), (100, 10)] {
        for same_cluster in [true, false] {
            let (mut hits, mut all) = (0, 0);
            for first in (0..1_000).step_by(50) {
                let seeds: Vec<u32> = (0..count).map(|seed| (first + seed * 29) % 3_000).collect();
                let ask = |search| {
                    let affinity = Some(Affinity::Balanced);
                    model
                        .recommend(&Request { limit, same_cluster, search, ..request(&seeds, affinity) })
                        .expect("answers")
                };
                let (exact, found) = (ask(Search::Exact), ask(Search::Auto));
                assert_eq!(exact.tracks.len(), found.tracks.len());
                let found: HashSet<u32> = found.tracks.iter().map(|track| model.songs().of(track.row)).collect();
                hits += exact.tracks.iter().filter(|track| found.contains(&model.songs().of(track.row))).count();
                all += exact.tracks.len();
            }
            let recall = hits as f64 / all as f64;
            println!("{count} seeds, {limit} songs, same_cluster {same_cluster}: recall {recall:.3}");
            assert!(recall >= 0.7, "{count} seeds, {limit} songs, same_cluster {same_cluster}: {recall}");
        }
    }
}

#[test]
fn an_answer_with_affinities_is_never_short() {
    let model = model();
    let filters: [fn(&mut Request); 5] = [
        |_| {},
        |request| request.min_year = Some(2_015),
        |request| request.genre = Some("jazz".into()),
        |request| request.exclude_seed_artists = true,
        |request| request.diversity = 0.5,
    ];
    for filter in filters {
        for (same_cluster, limit) in [(true, 10), (false, 10), (true, 100), (false, 100)] {
            for search in [Search::Auto, Search::Exact, Search::Hnsw] {
                let mut request =
                    Request { same_cluster, limit, search, ..request(&[40, 41], Some(Affinity::Balanced)) };
                filter(&mut request);
                let with = model.recommend(&request).expect("answers");
                let without = model.recommend(&Request { affinity: None, ..request.clone() }).expect("answers");
                assert_eq!(with.tracks.len(), without.tracks.len(), "{request:?}");
                let songs: HashSet<u32> = with.tracks.iter().map(|track| model.songs().of(track.row)).collect();
                assert_eq!(songs.len(), with.tracks.len(), "a song is there twice: {request:?}");
                let clusters: Vec<usize> = with.seeds.iter().map(|seed| seed.seed.cluster).collect();
                for track in &with.tracks {
                    let row = model.catalog().track(track.row);
                    assert!(!same_cluster || clusters.contains(&model.cluster_of(track.row)));
                    assert!(request.min_year.is_none_or(|year| row.year.is_some_and(|got| got >= year)));
                    assert!(request.genre.is_none() || row.genre == Some("jazz"));
                    assert!(
                        !request.exclude_seed_artists
                            || ![40, 41].iter().any(|seed| shares_artist(&model, *seed, track.row))
                    );
                }
            }
        }
    }
    let mut few = request(&[40], Some(Affinity::Balanced));
    (few.limit, few.max_per_artist) = (37, Some(1));
    let artists: HashSet<u32> = model
        .recommend(&few)
        .expect("answers")
        .tracks
        .iter()
        .flat_map(|track| model.artists_of(track.row).to_vec())
        .collect();
    assert_eq!(artists.len(), 37, "one song of every artist");
}

#[test]
fn an_artist_with_very_many_tracks_is_looked_at_in_part() {
    let mut tracks = common::tracks(20_000, 4);
    tracks.iter_mut().for_each(|track| track.artist = "Prolific; Artist".into());
    let model = model_of(&tracks);
    let ask = |rows: &[u32]| model.recommend(&request(rows, weights(1.0, 0.0, 0.0, 0.0))).expect("answers");
    // Every track has the same bonus: the order is that of the audio.
    let plain = model.recommend(&request(&[9], None)).expect("answers");
    assert_eq!(rows(&ask(&[9])), rows(&plain));
    let candidates = model.affinity_candidates(&request(&[9], None)).expect("candidates");
    assert!(candidates.len() <= 400, "{} candidates of 20,000 tracks", candidates.len());
}

#[test]
fn seeds_that_are_not_in_the_catalogue_have_no_affinity() {
    let model = model();
    let features = Seed::Features(model.catalog().raw(12));
    let ask = |affinity| model.recommend(&Request { affinity, same_cluster: false, ..Request::new(features.clone()) });
    let (with, without) = (ask(Some(Affinity::Balanced)).expect("answers"), ask(None).expect("answers"));
    assert_eq!(rows(&with), rows(&without));
}

#[test]
fn an_unknown_year_or_column_brings_nothing() {
    let mut artifact = common::artifact(&common::tracks(300, 4), 2, 1);
    artifact.catalog.years = Some(IntColumn::new(&[0; 300]));
    let model = Model::assemble(artifact.clone(), Version::of(b"")).expect("a model");
    let with = model.recommend(&request(&[1], weights(0.0, 5.0, 0.0, 0.0))).expect("answers");
    assert_eq!(rows(&with), rows(&model.recommend(&request(&[1], None)).expect("answers")));

    artifact.catalog.years = None;
    let model = Model::assemble(artifact, Version::of(b"")).expect("a model");
    let refused = model.recommend(&request(&[1], weights(0.0, 5.0, 0.0, 0.0))).expect_err("there are no years");
    assert!(refused.to_string().contains("no years") && refused.to_string().contains("artist"), "{refused}");
    let balanced = model.recommend(&request(&[1], Some(Affinity::Balanced))).expect("answers").affinity;
    assert_eq!(balanced.expect("weights").year, None);
}

#[test]
fn what_continues_an_answer_is_what_a_longer_one_ends_with() {
    let model = model_of(&common::tracks(20_000, 3));
    let ask = |limit, exclude_rows: Vec<u32>| {
        let affinity = weights(0.7, 0.3, 1.0, 0.0);
        rows(&model.recommend(&Request { limit, exclude_rows, ..request(&[4_321], affinity) }).expect("answers"))
    };
    let mut found = Vec::new();
    for _ in 0..10 {
        found.extend(ask(10, found.clone()));
    }
    let whole: HashSet<u32> = ask(100, Vec::new()).into_iter().collect();
    let common = found.iter().filter(|row| whole.contains(row)).count();
    assert!(common >= 90, "{common} of the hundred songs that one answer has");
}
