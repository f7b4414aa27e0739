use recommender::Model;

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
    let quality = measure(&model, &Options { sample: 60, seed: 1 }, &|_| ()).expect("measured");
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
    assert_eq!(measure(&model, &Options { sample: 60, seed: 1 }, &|_| ()).expect("measured"), quality);
    assert_ne!(measure(&model, &Options { sample: 60, seed: 2 }, &|_| ()).expect("measured"), quality);
}

#[test]
fn a_catalogue_without_genres_says_so_and_a_sample_is_never_more_than_there_is() {
    let quality = measure(&model("other"), &Options { sample: 5_000, seed: 1 }, &|_| ()).expect("measured");
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
fn recall_is_none_where_no_graph_is_walked() {
    let without = training::unweighted(table("genre"), &options()).expect("a model");
    assert!(!without.neighbors().is_complete());
    for same_cluster in [true, false] {
        assert_eq!(recall(&without, 10, 50, same_cluster).expect("answers"), 0.0);
    }
}
