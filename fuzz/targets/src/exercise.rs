//! Every question that a model may be asked: whatever is in it, answers are numbers in their range, and a model that
//! holds what [`Model::verify`] checks answers all of them.

use recommender::{
    Model,
    affinity::{AffinityKind, AffinityWeights},
    recommend::{Affinities, Affinity, Answer, Error, FeatureRange, Order, Request, Seed, Target, explain},
    search::Search,
};

use crate::reached::reach;

/// Values that a client may send for any feature.
const EXTREMES: [f64; 6] = [0.0, -0.0, 1.0, f64::MIN_POSITIVE, f64::MAX, f64::MIN];

pub(crate) fn exercise(model: &Model) {
    let verified = model.verify().is_ok();
    let rows = model.catalog().len() as u32;
    let features = model.scaler().len();
    for row in [0, rows / 2, rows - 1] {
        let track = model.catalog().track(row);
        assert!(!model.catalog().raw(row).iter().any(|value| !value.is_finite()));
        let place = model.projection().point(model.scaler(), &model.catalog().raw(row));
        assert!(place.iter().all(|place| place.is_finite()), "a place on the map is {place:?}");
        assert!(model.cluster_of(row) < model.clusters().len());
        let song = Seed::Song { song: track.song.into(), artist: Some(track.artist.into()) };
        let seeds = [Seed::Row(row), Seed::Track(track.id.into()), song];
        for (seed, search) in seeds.into_iter().zip([Search::Hnsw, Search::Exact, Search::Auto]) {
            ask(model, &Request { search, ..Request::new(seed) }, verified);
        }
        let found = model.resolve_song(track.song, Some(track.artist));
        assert!(!verified || found.is_ok_and(|found| model.songs().of(found) == model.songs().of(row)), "row {row}");
        assert!(model.search(track.song, 10).iter().flatten().all(|hit| hit.row < rows));
    }
    for value in EXTREMES {
        let values: Vec<f64> = (0..features).map(|at| if at % 2 == 0 { value } else { -value }).collect();
        let posteriors = model.bayes().posteriors(&model.scaler().scale(&values));
        assert_probabilities(&posteriors);
        ask(model, &Request { same_cluster: false, ..Request::new(Seed::Features(values)) }, verified);
    }
    // Typos cost the most.
    for query in ["a so", "trakc sevne", "\u{0}"] {
        model.search(query, 50);
    }
    let _ = model.resolve_song("Shared", None);
    let _ = model.look_up("Shared", None);
    let _ = model.look_up("Tracc One", Some("nobody"));
    let _ = model.resolve_song("Tracc One", Some("nobody"));
    ask(model, &filtered(model, rows), verified);
    let several = [Seed::Row(0), Seed::Row(rows - 1), Seed::Features(vec![1.0; features])];
    let negative_seeds = vec![Seed::Row(rows / 2)];
    let request = Request { seeds: several.to_vec(), negative_seeds, diversity: 0.7, ..Request::new(Seed::Row(0)) };
    ask(model, &request, verified);
    let has = |name: &str| model.scaler().features.iter().any(|feature| feature == name);
    let order = if has("tempo") || has("energy") { Order::Flow } else { Order::Similarity };
    let weights = vec![0.01, 100.0, 1.0];
    ask(model, &Request { versions: true, vary: Some(7), order, weights, ..request.clone() }, verified);
    let artist = Request::new(Seed::Artist(model.catalog().track(rows / 2).artist.into()));
    match model.recommend(&artist) {
        Ok(answer) => check(model, &artist, &answer),
        // A cell may name nobody.
        Err(Error::Seed { error, .. }) => assert!(matches!(*error, Error::UnknownSeedArtist { .. }), "{error}"),
        Err(error) => panic!("an artist is refused: {error}"),
    }
    walk(model, rows);
    let request = Request { max_per_artist: Some(1), exclude_seed_artists: true, limit: 100, ..request };
    ask(model, &Request { same_cluster: false, search: Search::Exact, ..request }, verified);
    // Balanced has what the card says, which may be anything in range; all of them what the model has.
    let all = AffinityKind::ALL.into_iter().filter(|kind| kind.is_in(model));
    let all = all.fold(AffinityWeights::default(), |weights, kind| weights.with(kind, Some(1.0)));
    for affinity in [Affinity::Balanced, Affinity::Weights(all)] {
        for search in [Search::Auto, Search::Exact] {
            let request = Request { affinity: Some(affinity), search, ..Request::new(Seed::Row(rows / 2)) };
            ask(model, &request, verified);
            ask(model, &Request { seeds: several.to_vec(), same_cluster: false, limit: 100, ..request }, verified);
        }
    }
    if verified {
        reach();
    }
}

/// A request with everything in it.
fn filtered(model: &Model, rows: u32) -> Request {
    let name = |at: usize| model.scaler().features[at].clone();
    let track = model.catalog().track(rows - 1);
    let attributes: Vec<String> = model.bounded().skip(model.scaler().len()).map(str::to_owned).collect();
    Request {
        ranges: [name(0)]
            .into_iter()
            .chain(attributes.clone())
            .map(|feature| FeatureRange { feature, min: Some(f64::MIN), max: Some(1e9) })
            .collect(),
        targets: [Target { feature: name(0), value: f64::MAX }, Target { feature: name(1), value: -1e-300 }]
            .into_iter()
            .chain(
                attributes
                    .into_iter()
                    .flat_map(|feature| [f64::MIN, 3.0].map(|value| Target { feature: feature.clone(), value })),
            )
            .collect(),
        explicit: model.catalog().explicit.is_some().then_some(false),
        genre: model.catalog().genres.is_some().then(|| "rock".into()),
        min_year: model.catalog().years.is_some().then_some(1970),
        max_year: model.catalog().years.is_some().then_some(u32::MAX),
        exclude_tracks: vec![track.id.into()],
        exclude_artists: vec![track.artist.into()],
        same_cluster: false,
        ..Request::new(Seed::Row(rows / 2))
    }
}

/// A path from the first row to the last.
fn walk(model: &Model, rows: u32) {
    for length in [2, 5] {
        let ends = Request { seeds: vec![Seed::Row(0), Seed::Row(rows - 1)], ..Request::new(Seed::Row(0)) };
        match model.path(&ends, length) {
            Ok(path) => {
                assert_eq!(path.tracks.len(), length);
                let is_number = |similarity: f32| (-1.0..=1.0).contains(&similarity);
                assert!(path.tracks.iter().all(|track| track.similarity.is_none_or(is_number)), "{path:?}");
            }
            Err(Error::SameSong | Error::Opposite | Error::TooFewSongs { .. } | Error::NoPath { .. }) => {}
            Err(error) => panic!("a path is refused: {error}"),
        }
    }
}

fn ask(model: &Model, request: &Request, verified: bool) {
    let answer = match model.recommend(request) {
        Ok(answer) => answer,
        // Titles or ids that are out of order: what is looked up among them may not be found.
        Err(Error::Seed { error, .. }) if !verified => {
            assert!(!error.to_string().is_empty());
            return;
        }
        // A forged catalogue may have no rock.
        Err(Error::NoGenre { .. }) if !model.has_genre("rock") => return,
        Err(error) => panic!("a valid request is refused: {error}: {request:?}"),
    };
    check(model, request, &answer);
    if let ([seed], true, None) = (&answer.seeds[..], verified, request.max_per_artist) {
        let whole = request.limit.min(seed.after_filtering_size as usize);
        assert_eq!(answer.tracks.len(), whole, "an answer is short: {request:?}");
    }
}

fn check(model: &Model, request: &Request, answer: &Answer) {
    assert!(answer.tracks.len() <= request.limit);
    let resolved: Vec<_> = answer.seeds.iter().map(|seed| seed.seed.clone()).collect();
    for seed in &resolved {
        assert!(seed.cluster < model.clusters().len());
        seed.posteriors.as_deref().map(assert_probabilities);
    }
    let affinities = answer.affinity.map(|weights| Affinities::new(model, &resolved, &weights));
    for track in &answer.tracks {
        let values = affinities.as_ref().map(|affinities| affinities.values(track.row)).unwrap_or_default();
        assert!(values.iter().all(|value| (0.0..=1.001).contains(value)), "affinities are {values:?}");
        assert!((-1.0..=1.0).contains(&track.similarity), "a similarity is {}", track.similarity);
        let explanation = explain(model, &resolved, track.row);
        for share in explanation.similarities.iter().chain(&explanation.differences) {
            assert!(share.share.is_finite() && share.seed.is_finite() && share.track.is_finite(), "{share:?}");
        }
    }
}

fn assert_probabilities(posteriors: &[f64]) {
    let sum: f64 = posteriors.iter().sum();
    assert!((sum - 1.0).abs() < 1e-6, "posteriors are {posteriors:?}");
}
