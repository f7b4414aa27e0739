//! The hybrid answer, held against brute force.

#![allow(missing_docs)]

mod common;

use std::collections::HashSet;

use recommender::{
    Model, Version,
    artifact::{decode, encode},
    recommend::{Error, FeatureRange, Request, Seed, Target},
    search::{Search, SearchMethod},
};

fn model(count: usize, k: usize) -> Model {
    let file = encode(&common::artifact(&common::tracks(count, 6), k, 2)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    model.verify().expect("holds");
    model
}

fn request(id: &str) -> Request {
    Request::new(Seed::Track(id.into()))
}

#[test]
fn the_number_of_threads_does_not_change_a_byte() {
    let tracks = common::tracks(3_000, 6);
    let one = encode(&common::artifact(&tracks, 5, 1)).expect("encodes");
    let three = encode(&common::artifact(&tracks, 5, 3)).expect("encodes");
    assert!(one == three);
}

#[test]
fn parts_come_back_as_they_were() {
    let artifact = common::artifact(&common::tracks(500, 11), 4, 2);
    let file = encode(&artifact).expect("encodes");
    assert!(decode(&file).expect("decodes") == artifact);
}

#[test]
fn answers_hold_what_they_promise_whatever_the_search() {
    let model = model(4_000, 4);
    let mut agreed = 0;
    let mut all = 0;
    for seed in (0..4_000).step_by(40) {
        let id = model.catalog().track(seed).id.to_owned();
        for same_cluster in [true, false] {
            for limit in [1, 10, 50, 100] {
                let answer = |search| {
                    model.recommend(&Request { limit, same_cluster, search, ..request(&id) }).expect("answers")
                };
                let (exact, hnsw) = (answer(Search::Exact), answer(Search::Hnsw));
                assert_eq!(exact.search, SearchMethod::Exact);
                assert_eq!(hnsw.search, SearchMethod::Hnsw, "no graph was walked for {limit} of {id}");
                for answer in [&exact, &hnsw] {
                    let seed = &answer.seeds[0];
                    assert_eq!(answer.tracks.len(), limit.min(seed.after_filtering_size as usize));
                    let seed = seed.seed.row.expect("a row");
                    let songs: HashSet<u32> = answer.tracks.iter().map(|track| model.songs().of(track.row)).collect();
                    assert_eq!(songs.len(), answer.tracks.len(), "a song is there twice");
                    assert!(!songs.contains(&model.songs().of(seed)), "the seed's song is there");
                    assert!(answer.tracks.is_sorted_by(|a, b| a.similarity >= b.similarity));
                    if same_cluster {
                        let own = model.cluster_of(seed);
                        assert!(answer.tracks.iter().all(|track| model.cluster_of(track.row) == own));
                    }
                }
                let rows: HashSet<u32> = exact.tracks.iter().map(|track| track.row).collect();
                agreed += hnsw.tracks.iter().filter(|track| rows.contains(&track.row)).count();
                all += limit;
            }
        }
    }
    assert!(agreed as f64 / all as f64 > 0.99, "the graphs found {agreed} of {all}");
}

#[test]
fn a_walk_keeps_what_the_filter_allows_and_finds_as_much_of_it() {
    let model = model(6_000, 3);
    let feature = model.scaler().features[1].clone();
    let mean = model.scaler().mean[1];
    let (mut agreed, mut all) = (0, 0);
    for seed in (0..6_000).step_by(97) {
        for (same_cluster, limit) in [(true, 10), (false, 10), (false, 60)] {
            let request = Request {
                same_cluster,
                limit,
                ranges: vec![FeatureRange { feature: feature.clone(), min: Some(mean), max: None }],
                exclude_tracks: (0..50).map(|row| model.catalog().track(row * 7).id.into()).collect(),
                exclude_artists: vec![model.catalog().track(seed / 2).artist.to_owned()],
                ..Request::new(Seed::Row(seed))
            };
            let answer = |search| model.recommend(&Request { search, ..request.clone() }).expect("answers");
            let (exact, hnsw) = (answer(Search::Exact), answer(Search::Hnsw));
            assert_eq!((exact.search, hnsw.search), (SearchMethod::Exact, SearchMethod::Hnsw));
            assert_eq!(exact.tracks.len(), limit.min(exact.seeds[0].after_filtering_size as usize));
            assert_eq!(hnsw.tracks.len(), exact.tracks.len(), "seed {seed} comes back short");
            for track in &hnsw.tracks {
                let found = model.catalog().track(track.row);
                assert!(model.catalog().raw(track.row)[1] >= mean && found.artist != request.exclude_artists[0]);
                assert!(!request.exclude_tracks.iter().any(|id| *id == *found.id));
            }
            let rows: HashSet<u32> = exact.tracks.iter().map(|track| track.row).collect();
            agreed += hnsw.tracks.iter().filter(|track| rows.contains(&track.row)).count();
            all += exact.tracks.len();
        }
    }
    assert!(agreed as f64 / all as f64 > 0.99, "the graphs found {agreed} of {all}");
}

#[test]
fn a_cluster_of_one_answers_with_nothing() {
    let tracks = common::tracks(1, 2);
    let file = encode(&common::artifact(&tracks, 1, 1)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    let answer = model.recommend(&request(&tracks[0].id)).expect("answers");
    let seed = &answer.seeds[0];
    assert_eq!((seed.initial_pool_size, seed.after_filtering_size, answer.tracks.len()), (1, 0, 0));
}

#[test]
fn a_shared_title_needs_its_artist() {
    let mut tracks = common::tracks(50, 3);
    for (track, artist) in [(0, "Ann"), (1, "Bob"), (2, "bob ")] {
        tracks[track].song = "Shared".into();
        tracks[track].artist = artist.into();
    }
    tracks[3].song = "  ONE   artist's".into();
    tracks[4].song = "One Artist's".into();
    tracks[3].artist = "Cy".into();
    tracks[4].artist = "CY".into();
    let file = encode(&common::artifact(&tracks, 2, 1)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    let song = |song, artist| model.resolve_song(song, artist);
    for (title, artist) in
        [("SHARED", Some("bob")), ("shared", None), ("shared", Some("Cy")), ("one artist's", None), ("sharee", None)]
    {
        assert_eq!(model.find_song(title, artist), song(title, artist).ok(), "{title} {artist:?}");
    }
    match song("shared", None) {
        Err(Error::ArtistNeeded { artists, .. }) => {
            assert_eq!((artists.names, artists.count), (vec!["Ann".to_owned(), "Bob".to_owned()], 2));
        }
        other => panic!("{other:?}"),
    }
    assert!(song("SHARED", Some("bob")).is_ok());
    assert!(matches!(song("shared", Some("Cy")), Err(Error::UnknownArtist { .. })));
    assert!(song("one artist's", None).is_ok(), "one artist needs no naming, however many releases");
    match song("sharee", None) {
        Err(Error::UnknownSong { suggestions, .. }) => assert_eq!(suggestions[0], "Shared"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(model.resolve(&Seed::Track("none".into())), Err(Error::UnknownTrack { .. })));
}

#[test]
fn a_limit_out_of_range_is_refused() {
    let model = model(20, 1);
    for limit in [0, 101] {
        let id = model.catalog().track(0).id.to_owned();
        let refused = model.recommend(&Request { limit, ..request(&id) });
        assert!(matches!(refused, Err(Error::OutOfRange { name: "limit", .. })), "{refused:?}");
    }
}

#[test]
fn titles_artists_and_genres_are_found_in_any_case() {
    let mut tracks = common::tracks(40, 3);
    (tracks[3].song, tracks[3].artist) = ("Straße".into(), "Κόσμος; Ａ".into());
    (tracks[7].song, tracks[7].artist) = ("ΚΌΣΜΟΣ".into(), "Größenwahn".into());
    let file = encode(&common::artifact(&tracks, 2, 1)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    model.verify().expect("holds");
    let id = |row: u32| String::from(model.catalog().track(row).id);
    let song = |song: &str, artist: &str| model.resolve_song(song, Some(artist)).map(id).expect("is there");
    assert_eq!(song("STRASSE", "ΚΌΣΜΟΣ"), tracks[3].id);
    assert_eq!(song("strasse", "a"), tracks[3].id);
    assert_eq!(song("κόσμος", "GRÖSSENWAHN"), tracks[7].id);
    let found = |query: &str| model.search(query, 5).iter().flatten().map(|hit| id(hit.row)).collect::<HashSet<_>>();
    assert_eq!(found("STRASSE"), HashSet::from([tracks[3].id.clone()]));
    assert_eq!(found("ΚΟΣΜΟΣ"), HashSet::from([tracks[3].id.clone(), tracks[7].id.clone()]));
    let without = Request {
        exclude_artists: vec!["grössenwahn".into()],
        same_cluster: false,
        limit: 39,
        ..request(&tracks[0].id)
    };
    let answer = model.recommend(&without).expect("answers");
    assert!(answer.tracks.iter().all(|track| id(track.row) != tracks[7].id));
}

#[test]
fn of_many_artists_that_share_a_title_the_best_known_are_listed() {
    let mut tracks = common::tracks(5_000, 3);
    for (place, track) in tracks.iter_mut().enumerate() {
        track.song = if place % 2 == 0 { "Intro".into() } else { format!("intro {place}") };
        track.artist = format!("Artist {place:05}");
        track.features[2] = f64::from(u8::from(place % 40 == 0));
    }
    (tracks[0].artist, tracks[0].features[2]) = ("x".repeat(1 << 17), 2.0);
    let mut artifact = common::artifact(&tracks, 2, 1);
    artifact.scaler.features[2] = "popularity".into();
    let file = encode(&artifact).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    let Err(error @ Error::ArtistNeeded { .. }) = model.resolve_song("intro", None) else { panic!("no such error") };
    let said = error.to_string();
    assert!(said.len() < 4_000 && said.ends_with(" and 2451 more"), "{said}");
    let Error::ArtistNeeded { artists, .. } = error else { unreachable!("it is one") };
    // Of the fifty the longest name is left out.
    assert_eq!((artists.names.len(), artists.count), (49, 2_500));
    assert!(artists.names.is_sorted());
    assert!(artists.names.iter().all(|name| name[7..].parse::<u32>().is_ok_and(|place| place % 40 == 0)));
    match model.resolve_song("intro", Some("nobody")) {
        Err(Error::UnknownArtist { artists, .. }) => assert_eq!((artists.names.len(), artists.count), (49, 2_500)),
        other => panic!("{other:?}"),
    }
    for place in [2, 2_498, 4_998] {
        assert!(model.resolve_song("intro", Some(&format!("ARTIST {place:05}"))).is_ok(), "{place}");
    }
}
/// Tracks in opposite pairs around (50, 50), and two at the mean of both features: the first one and the last.
fn around_the_mean(pairs: usize) -> Vec<common::Invented> {
    let mut tracks = common::tracks(2 * pairs + 2, 2);
    for (at, track) in tracks.iter_mut().enumerate() {
        track.song = format!("Song {at}");
        let angle = ((at.saturating_sub(1) / 2) as f64 * 0.7).sin_cos();
        let sign = if at % 2 == 0 { -1.0 } else { 1.0 };
        // Whole numbers: sums are exact, and the mean is 50.
        let of = |part: f64| 50.0 + sign * (part * 64.0).round();
        track.features = vec![of(angle.0), of(angle.1)];
    }
    let last = tracks.len() - 1;
    tracks[0].features = vec![50.0; 2];
    tracks[last].features = vec![50.0; 2];
    tracks
}

#[test]
fn a_track_at_the_mean_of_every_feature_has_the_cosine_0_to_every_song_in_both_searches() {
    let tracks = around_the_mean(400);
    let file = encode(&common::artifact(&tracks, 1, 2)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    model.verify().expect("holds");
    let is_mean = |row: u32| model.catalog().raw(row) == [50.0, 50.0];
    let ask = |seeds: Vec<Seed>, limit: usize, search: Search| {
        let answer = model.recommend(&Request { seeds, limit, search, ..request("") }).expect("answers");
        (answer.tracks, answer.search)
    };
    for (search, method) in [(Search::Exact, SearchMethod::Exact), (Search::Hnsw, SearchMethod::Hnsw)] {
        // It is behind all songs that point where the seed points, and before all that point away.
        for seed in [1, 30, 333] {
            let seeds = vec![Seed::Track(tracks[seed].id.clone())];
            let (found, searched) = ask(seeds, 100, search);
            assert_eq!(searched, method);
            assert!(found.iter().all(|track| track.similarity > 0.5 && !is_mean(track.row)), "{found:?}");
        }
        // It is like nothing; what is equal to it comes first.
        let (found, searched) = ask(vec![Seed::Track(tracks[0].id.clone())], 20, search);
        assert_eq!(searched, method);
        assert!(is_mean(found[0].row) && found.iter().skip(1).all(|track| !is_mean(track.row)));
        assert!(found.iter().all(|track| track.similarity == 0.0), "{found:?}");
        // Beside another seed it adds nothing to the direction, and halves the mean.
        let one = |track: usize| Seed::Track(tracks[track].id.clone());
        let (alone, _) = ask(vec![one(30)], 10, search);
        let (both, _) = ask(vec![one(30), one(0)], 10, search);
        for (alone, both) in alone.iter().zip(&both) {
            assert!((both.similarity - alone.similarity / 2.0).abs() < 1e-6, "{both:?}, {alone:?}");
        }
    }
    // The whole ranking, and what explains it.
    let small = around_the_mean(30);
    let file = encode(&common::artifact(&small, 1, 1)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    let answer = model.recommend(&Request { limit: 100, ..request(&small[7].id) }).expect("answers");
    assert_eq!(answer.tracks.len(), 61);
    let seeds: Vec<_> = answer.seeds.iter().map(|seed| seed.seed.clone()).collect();
    let mut means = 0;
    for (at, track) in answer.tracks.iter().enumerate() {
        let explained = recommender::recommend::explain(&model, &seeds, track.row);
        let sum = |of: &[recommender::recommend::Contribution]| of.iter().map(|part| part.share).sum::<f64>();
        if model.catalog().raw(track.row) == [50.0, 50.0] {
            means += 1;
            assert_eq!(track.similarity, 0.0);
            assert_eq!(explained.similarities, []);
        }
        assert!((sum(&explained.differences) - (1.0 - f64::from(track.similarity))).abs() < 1e-5, "{track:?}");
        assert!(at == 0 || track.similarity <= answer.tracks[at - 1].similarity, "{:?}", answer.tracks);
    }
    assert_eq!(means, 2);
}

#[test]
fn a_target_costs_by_deviations_whatever_the_weight_of_its_feature() {
    let tracks = common::tracks(300, 3);
    let order = |weights: [f64; 3], targets: Vec<Target>| {
        let mut artifact = common::artifact(&tracks, 1, 1);
        artifact.scaler.weights = weights.to_vec();
        for (summary, weight) in artifact.card.features.iter_mut().zip(weights) {
            summary.weight = weight;
        }
        let model = Model::assemble(artifact, Version::of(&[])).expect("holds");
        let seed = (0..300).find(|row| *model.catalog().track(*row).id == *tracks[0].id).expect("the seed");
        let request = Request { limit: 100, search: Search::Exact, targets, ..Request::new(Seed::Row(seed)) };
        let answer = model.recommend(&request).expect("answers");
        let scaler = model.scaler();
        let feature = |row: u32, at: usize| (model.catalog().raw(row)[at] - scaler.mean[at]) / scaler.deviation[at];
        // The score as it is documented: the cosine, less 0.125 for a deviation, squared.
        let scores: Vec<f64> = answer
            .tracks
            .iter()
            .map(|track| {
                let target = |target: &Target| {
                    let at = scaler.features.iter().position(|name| *name == target.feature).expect("a feature");
                    let wanted = (target.value - scaler.mean[at]) / scaler.deviation[at];
                    0.125 * (feature(track.row, at) - wanted).powi(2)
                };
                f64::from(track.similarity) - request.targets.iter().map(target).sum::<f64>()
            })
            .collect();
        assert!(scores.windows(2).all(|pair| pair[0] >= pair[1] - 1e-5), "{weights:?}: {scores:?}");
        answer.tracks.iter().map(|track| model.catalog().track(track.row).id.to_string()).collect::<Vec<_>>()
    };
    let target = |feature: usize| vec![Target { feature: format!("feature {feature}"), value: 75.0 }];
    for weights in [[1.0, 1.0, 1.0], [4.0, 1.0, 0.25], [1.0, 2.0, 0.0]] {
        for feature in 0..3 {
            let with = order(weights, target(feature));
            assert_ne!(
                with,
                order(weights, Vec::new()),
                "the target on feature {feature} is ignored under {weights:?}"
            );
        }
    }
}

#[test]
fn a_score_does_not_depend_on_how_far_the_search_had_to_widen() {
    // Nine in ten songs are by one artist: with one song of each artist, the search widens again and again.
    let mut tracks = common::tracks(3_000, 4);
    for (at, track) in tracks.iter_mut().enumerate() {
        track.artist = if at % 10 == 0 { format!("Artist {at}") } else { "One".into() };
    }
    let file = encode(&common::artifact(&tracks, 1, 2)).expect("encodes");
    let model = Model::from_bytes(&file, Version::of(&file)).expect("reads back");
    let seeds: Vec<Seed> = [3, 700, 1_501].iter().map(|at| Seed::Track(tracks[*at].id.clone())).collect();
    let negative_seeds = vec![Seed::Track(tracks[44].id.clone())];
    let ask = |limit: usize, max_per_artist: Option<usize>, diversity: f64| {
        let request = Request {
            seeds: seeds.clone(),
            negative_seeds: negative_seeds.clone(),
            search: Search::Exact,
            limit,
            max_per_artist,
            diversity,
            ..request("")
        };
        model.recommend(&request).expect("answers").tracks
    };
    let (few, many) = (ask(5, Some(1), 0.0), ask(100, Some(1), 0.0));
    assert_eq!((few.len(), many.len()), (5, 100));
    assert_eq!(few[..], many[..5], "a longer answer begins as a shorter one");
    let unlimited = ask(100, None, 0.0);
    let artist = |row: u32| model.catalog().track(row).artist;
    // The quota leaves songs out, and changes no score and no order.
    let mut taken = HashSet::new();
    let kept: Vec<_> = unlimited.iter().filter(|track| taken.insert(artist(track.row))).copied().collect();
    assert_eq!(kept[..], many[..kept.len()]);
}
