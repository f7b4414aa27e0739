use recommender::{
    Model,
    recommend::{Request, Seed},
    search::Search,
};

use super::*;
use crate::{
    table::{self, PlaylistEntry, Table},
    training,
};

/// Three loose groups of 40 songs each: a genre, an artist for every four songs, and a playlist a group.
fn table(columns: &str) -> Table {
    let mut csv = format!("id,song,artist,energy,tempo,{columns}\n");
    for track in 0..120 {
        let group = track % 3;
        let near = |center: f64, step: usize| center + ((track * step) % 17) as f64 / 40.0;
        csv += &format!(
            "t{track},Song {track},Artist {},{:.3},{:.3},{}\n",
            track % 30,
            near([0.9, 0.1, 0.5][group], 7),
            near([1.0, 3.0, 9.0][group], 5),
            ["rock", "ambient", "disco"][group]
        );
    }
    table::read(csv.as_bytes(), "made up", &table::Options::default(), &mut |_| {}).expect("a table")
}

fn options() -> training::Options {
    training::Options { k: 3, k_range: 3..=3, ..Default::default() }
}

fn model(columns: &str) -> Model {
    let trained = training::train(table(columns), &options(), &()).expect("a model");
    Model::from_bytes(&trained.file, trained.version).expect("opens")
}

fn playlists(model: &Model, of: impl Fn(usize) -> String) -> Playlists {
    let mut playlists = Playlists::default();
    for track in 0..120 {
        let (id, playlist) = (format!("t{track}"), of(track));
        playlists.add(model, PlaylistEntry { playlist: &playlist, id: &id, song: "", artist: "" });
    }
    playlists
}

#[test]
fn groups_that_differ_agree_in_genre_and_cover_what_they_can() {
    let model = model("genre");
    let quality = measure(&model, &Options { sample: 60, seed: 1, affinity: None }, &|_| ()).expect("measured");
    assert_eq!((quality.songs, quality.limit), (60, LIMIT));
    for answers in [&quality.same_cluster, &quality.any_cluster] {
        let genre = answers.genre.expect("genres");
        assert!(genre.agreement > 0.9 && genre.seeds == 60, "{answers:?}");
        assert!(answers.coverage <= answers.coverage_possible && answers.coverage_possible == 1.0);
        assert!(answers.diversity.is_some_and(|diversity| (0.0..0.5).contains(&diversity)), "{answers:?}");
    }
    let chance = |answers: &Answers| answers.genre.expect("genres").chance;
    // 39 of the 119 others in the catalogue have a song's genre, and all others in its cluster.
    assert!((chance(&quality.any_cluster) - 39.0 / 119.0).abs() < 1e-9, "{quality:?}");
    assert_eq!(chance(&quality.same_cluster), 1.0, "each cluster is a genre");
    assert_eq!(quality.left_out.len(), 1, "{:?}", quality.left_out);
    assert_eq!(measure(&model, &Options { sample: 60, seed: 1, affinity: None }, &|_| ()).expect("measured"), quality);
    assert_ne!(measure(&model, &Options { sample: 60, seed: 2, affinity: None }, &|_| ()).expect("measured"), quality);
}

#[test]
fn a_catalogue_without_genres_says_so_and_a_sample_is_never_more_than_there_is() {
    let quality =
        measure(&model("other"), &Options { sample: 5_000, seed: 1, affinity: None }, &|_| ()).expect("measured");
    assert_eq!((quality.songs, quality.same_cluster.genre), (120, None));
    assert!(quality.left_out[0].contains("genres"), "{:?}", quality.left_out);
    let text = crate::report::evaluation::quality(&quality, None);
    assert!(text.contains("coverage") && !text.contains("genre agreement"), "{text}");
}

#[test]
fn a_playlist_of_neighbours_is_continued_better_than_at_random() {
    let model = model("genre");
    let lists = playlists(&model, |track| ["rock", "ambient", "disco"][track % 3].to_owned());
    let found = continuation(&model, lists, "lists", &Options::default(), &|_| ()).expect("continued");
    assert_eq!((found.playlists, found.too_short, found.unknown_rows), (3, 0, 0));
    assert_eq!((found.shown, found.hidden), (20.0, 20.0));
    let method = |name: &str| found.methods.iter().find(|method| method.name == name).expect("a method");
    let (segue, random) = (method("segue, 5 seeds, any cluster"), method("at random"));
    assert!((random.recall_at_10 - 0.1).abs() < 1e-12 && (random.r_precision - 0.2).abs() < 1e-12, "{random:?}");
    assert!(segue.r_precision > 0.9 && segue.recall_at_10 > 0.45, "{segue:?}");
    assert!(found.methods.iter().all(|method| method.name != "the most popular"));
}

#[test]
fn playlists_that_cannot_be_continued_are_told_with_the_reason() {
    let model = model("genre");
    let short = playlists(&model, |track| (track / 5).to_string());
    let error = continuation(&model, short, "lists", &Options::default(), &|_| ()).expect_err("too short");
    assert!(matches!(error, Error::TooShort { playlists: 24, least: 10, .. }), "{error}");
    let mut unknown = Playlists::default();
    unknown.add(&model, PlaylistEntry { playlist: "p", id: "nobody", song: "Nothing", artist: "Nobody" });
    let error = continuation(&model, unknown, "lists", &Options::default(), &|_| ()).expect_err("strangers");
    assert!(matches!(error, Error::NoKnownTracks { rows: 1, .. }), "{error}");
}

#[test]
fn a_track_twice_on_a_playlist_counts_once_and_is_found_by_its_name() {
    let model = model("genre");
    let mut lists = Playlists::default();
    for track in 0..10 {
        for _ in 0..2 {
            let (song, artist) = (format!("song {track}"), format!("ARTIST {track}"));
            lists.add(&model, PlaylistEntry { playlist: "p", id: "unknown", song: &song, artist: &artist });
        }
    }
    let found = continuation(&model, lists, "lists", &Options::default(), &|_| ()).expect("continued");
    assert_eq!((found.shown, found.hidden), (5.0, 5.0));
}

#[test]
fn recall_is_whole_where_the_graphs_find_everything() {
    assert_eq!(recall(&model("genre"), 10, 50, true).expect("answers"), 1.0);
    assert!(recall(&model("genre"), 101, 50, true).is_err());
}

#[test]
fn a_similarity_is_held_against_those_of_tenth_songs() {
    let model = model("genre");
    let mut usual: Vec<f32> = (0..120)
        .map(|row| {
            let request = Request { search: Search::Exact, ..Request::new(Seed::Row(row)) };
            model.recommend(&request).expect("answers").tracks[9].similarity
        })
        .collect();
    usual.sort_by(f32::total_cmp);
    assert_eq!(model.card().tenth_similarities.len(), 100);
    for percent in [10, 25, 50, 75, 90] {
        let found = model.similarity_percentile(usual[120 * percent / 100]).expect("tenth songs");
        assert!(usize::from(found).abs_diff(percent) <= 8, "{percent} %: {found}");
    }
}

#[test]
fn recall_is_none_where_no_graph_is_walked() {
    let without = training::unweighted(table("genre"), &options()).expect("a model");
    assert!(!without.neighbors().is_complete());
    for same_cluster in [true, false] {
        assert_eq!(recall(&without, 10, 50, same_cluster).expect("answers"), 0.0);
    }
}

mod real_tables {
    use recommender::{
        affinity::{AffinityKind, AffinityWeights},
        recommend::Affinity,
    };

    use super::*;
    use crate::affinity::Estimate;
    use crate::test_data::{real, real_path};

    fn percent(estimates: &[Estimate; 2]) -> String {
        let of = |estimate: &Estimate| format!("{:.3} ± {:.3}", estimate.mean, estimate.standard_error);
        format!("recall@100 {}, R-precision {}", of(&estimates[0]), of(&estimates[1]))
    }

    /// The weights and companions that a playlist is continued with have not seen it.
    #[test]
    #[ignore = "needs the real tables"]
    fn affinities_find_what_people_put_on_the_same_playlists() {
        let trained =
            training::train(real("spotify_songs_33k.csv"), &training::Options::default(), &()).expect("a model");
        let found = trained.affinities.expect("playlists");
        for method in &found.methods {
            println!("{:?}: five {}; half {}", method.affinities, percent(&method.five_seeds), percent(&method.half));
        }
        println!("{:?}\nbalanced {:?}", found.weights, trained.card.balanced);
        assert_eq!((found.playlists, found.folds), (460, 5));
        assert_eq!(found.methods[0].affinities, [""; 0]);
        let best = found.methods.last().expect("methods");
        assert!(!best.affinities.contains(&"genre"), "the genres of this table are those of its playlists");
        assert!(best.five_seeds[0].mean >= 0.19 && best.half[0].mean >= 0.29, "{best:?}");
        assert!(found.methods[0].five_seeds[0].mean < 0.07, "{:?}", found.methods[0]);
    }

    /// Share of the exact answers that candidates find, for single seeds and for ten, own clusters and all; and how much longer
    /// than plain requests they take.
    fn hold_candidates_against_exact_search(table: Table, playlists: Option<std::path::PathBuf>, least: f64) {
        let options = training::Options { playlists, ..Default::default() };
        let trained = training::train(table, &options, &()).expect("a model");
        let model = Model::from_bytes(&trained.file, trained.version).expect("opens");
        let companions = model.companions().expect("companions");
        println!(
            "{:?}, {} and {} pairs of companions: {} bytes in memory, {:.1} a track",
            trained.card.balanced,
            companions.artists.pairs(),
            companions.tracks.pairs(),
            companions.memory(),
            companions.memory() as f64 / model.catalog().len() as f64
        );
        let last = model.catalog().len() as u32 - 1_000;
        let mut recalls = Vec::new();
        for (seeds, limit) in [(1, 10), (1, 100), (10, 10), (10, 100)] {
            for same_cluster in [true, false] {
                let (mut hits, mut all) = (0, 0);
                let (mut plain, mut balanced) = (Vec::new(), Vec::new());
                for first in (0..last).step_by(last as usize / 200) {
                    let rows: Vec<Seed> = (0..seeds).map(|seed| Seed::Row(first + seed * 97)).collect();
                    let ask = |search, affinity| {
                        let begun = std::time::Instant::now();
                        let request = Request {
                            seeds: rows.clone(),
                            limit,
                            same_cluster,
                            search,
                            affinity,
                            ..Request::new(Seed::Row(first))
                        };
                        let tracks = model.recommend(&request).expect("answers").tracks;
                        (begun.elapsed(), tracks)
                    };
                    ask(Search::Auto, None);
                    plain.push(ask(Search::Auto, None).0);
                    let (time, found) = ask(Search::Auto, Some(Affinity::Balanced));
                    balanced.push(time);
                    let exact = ask(Search::Exact, Some(Affinity::Balanced)).1;
                    assert_eq!(exact.len(), found.len());
                    let found: std::collections::HashSet<u32> =
                        found.iter().map(|track| model.songs().of(track.row)).collect();
                    hits += exact.iter().filter(|track| found.contains(&model.songs().of(track.row))).count();
                    all += exact.len();
                }
                let p50 = |times: &mut Vec<std::time::Duration>| {
                    times.sort_unstable();
                    times[times.len() / 2]
                };
                println!(
                    "{seeds} seeds, {limit} songs, same_cluster {same_cluster}: recall {:.3}, p50 {:?}, plain {:?}",
                    f64::from(hits as u32) / all as f64,
                    p50(&mut balanced),
                    p50(&mut plain)
                );
                recalls.push(hits as f64 / all as f64);
            }
        }
        assert!(recalls.iter().all(|recall| *recall >= least), "{recalls:?}");
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn candidates_find_what_an_exact_search_finds() {
        hold_candidates_against_exact_search(real("spotify_songs_33k.csv"), None, 0.65);
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn candidates_of_a_large_catalogue_find_what_an_exact_search_finds() {
        let playlists = real_path("spotify_songs_33k.csv");
        let table =
            table::open(&real_path("union_265k.csv"), &table::Options::default(), &mut |_| {}).expect("a table");
        hold_candidates_against_exact_search(table, Some(playlists), 0.7);
    }

    /// Genres are not ranked by: other affinities bring no songs of other genres.
    #[test]
    #[ignore = "needs the real tables"]
    fn other_affinities_do_not_lower_the_agreement_of_genres() {
        let trained =
            training::train(real("spotify_tracks_114k.csv"), &training::Options::default(), &()).expect("a model");
        let model = Model::from_bytes(&trained.file, trained.version).expect("opens");
        let weights = AffinityWeights { genre: None, ..trained.card.balanced };
        assert!(weights.get(AffinityKind::Artist).is_some());
        let agreement = |affinity| {
            let options = Options { affinity, ..Options::default() };
            let quality = measure(&model, &options, &|_| ()).expect("measured");
            [quality.same_cluster, quality.any_cluster].map(|answers| answers.genre.expect("genres").agreement)
        };
        let (audio, with) = (agreement(None), agreement(Some(Affinity::Weights(weights))));
        println!("audio {audio:?}, with {weights:?} {with:?}");
        assert!(with[0] >= audio[0] && with[1] >= audio[1]);
        // Songs of an artist share their genre: of the songs by others alone, no fewer agree.
        let by_others = |affinity: Option<Affinity>| {
            let genre = |row: u32| model.catalog().genres.as_ref().expect("genres").code(row as usize);
            let (mut agree, mut all) = (0, 0);
            for seed in (0..model.catalog().len() as u32).step_by(101) {
                let request = Request { affinity, limit: 20, ..Request::new(Seed::Row(seed)) };
                for track in model.recommend(&request).expect("answers").tracks {
                    if !model.artists_of(track.row).iter().any(|artist| model.artists_of(seed).contains(artist)) {
                        agree += u32::from(genre(track.row) == genre(seed));
                        all += 1;
                    }
                }
            }
            f64::from(agree) / f64::from(all)
        };
        let (audio, with) = (by_others(None), by_others(Some(Affinity::Weights(weights))));
        println!("songs by others: audio {audio:.4}, with {with:.4}");
        // Fewer of the twenty are by others, and these are the farther ones.
        assert!(with >= 0.85 * audio);
    }
}
