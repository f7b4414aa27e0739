use std::collections::HashSet;

use ndarray::{Array2, array};

use super::*;
use crate::{table::Table, test_data, training::kmeans};

const FEATURES: [&str; 4] = ["energy", "acousticness", "speechiness", "tempo"];

fn made(centroids: Array2<f64>, genres: &[Vec<TypicalGenre>]) -> Vec<String> {
    name(&FEATURES, centroids.view(), genres, &BTreeMap::new())
}

#[test]
fn a_name_says_what_sets_the_sound_of_the_cluster_apart() {
    let centroids = array![[-1.2, 1.5, 0.0, 0.1], [0.0, 0.1, 3.0, 0.5], [0.9, -0.8, 0.0, 0.0], [0.1, 0.0, -0.1, 0.2]];
    assert_eq!(made(centroids, &[]), ["Quiet acoustic", "Spoken word", "High energy", "Middle of the road"]);
    assert_eq!(made(array![[0.0, 0.0, 0.0, 0.0]], &[]), ["All tracks"]);
    assert_eq!(made(array![[0.0, 0.0, -0.9, 1.0], [0.0, 0.5, 0.0, -0.9]], &[]), ["Fast and sung", "Slow and acoustic"]);
}

#[test]
fn popularity_is_named_only_where_the_sound_says_too_little() {
    let features = ["popularity", "energy"];
    let centroids = array![[2.0, 0.5], [-1.0, 0.5], [1.5, 0.0], [0.0, 0.0], [0.0, 0.0]];
    let names = name(&features, centroids.view(), &[], &BTreeMap::new());
    let expected =
        ["Energetic", "Energetic, little-known", "Middle of the road", "Middle of the road 2", "Middle of the road 3"];
    assert_eq!(names, expected);
    let names = name(&features, array![[0.1, 0.0], [1.5, 0.0]].view(), &[], &BTreeMap::new());
    assert_eq!(names, ["Middle of the road", "Popular"]);
}

#[test]
fn a_feature_without_phrases_is_named_as_it_is() {
    let names = name(&["key_changes", "energy"], array![[1.0, 0.0], [-1.0, 0.0]].view(), &[], &BTreeMap::new());
    assert_eq!(names, ["High-key-changes", "Low-key-changes"]);
}

#[test]
fn a_clash_takes_the_next_feature_and_then_a_number() {
    let centroids = array![[-1.2, 1.5, 0.0, 0.0], [-1.2, 1.5, 0.0, 0.9], [-1.2, 1.5, 0.0, 0.9], [-1.2, 1.5, 0.0, 0.0]];
    let names = made(centroids, &[]);
    assert_eq!(names, ["Quiet acoustic", "Quiet acoustic, fast", "Quiet acoustic 2", "Quiet acoustic 3"]);
}

fn genre(name: &str, share: f64) -> TypicalGenre {
    TypicalGenre { name: name.to_owned(), share }
}

#[test]
fn names_of_any_clusters_are_unique_short_and_stable() {
    let centroids = Array2::from_shape_fn((32, 4), |(row, column)| ((row / 3 + column * 5) as f64 * 1.7).sin() * 2.0);
    let genres = vec![vec![genre("progressive bluegrass", 0.5), genre(&"x".repeat(60), 0.4)]; 32];
    let names = made(centroids.clone(), &genres);
    let mut distinct = names.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 32, "{names:?}");
    assert!(names.iter().all(|name| name.chars().count() <= MAX_NAME_CHARS), "{names:?}");
    assert_eq!(names, made(centroids, &genres));
}

#[test]
fn only_genres_of_a_fair_share_of_the_cluster_stand_behind_the_name() {
    let centroid = array![[-1.2, 1.5, 0.0, 0.0]];
    let genres = vec![vec![genre("acoustic", 0.4), genre("folk", 0.3), genre("ambient", 0.25)]];
    assert_eq!(made(centroid.clone(), &genres), ["Quiet acoustic (folk, ambient)"]);
    let genres = vec![vec![genre("metalcore", 0.02), genre("folk", 0.24)]];
    assert_eq!(made(centroid, &genres), ["Quiet acoustic"]);
}

#[test]
fn nothing_else_is_called_what_the_user_calls_a_cluster() {
    let centroids = array![[-1.2, 1.5, 0.0, 0.6], [0.0, 0.0, 3.0, 0.0]];
    let overrides = BTreeMap::from([(1, "Quiet Acoustic".to_owned())]);
    assert_eq!(name(&FEATURES, centroids.view(), &[], &overrides), ["Quiet acoustic, fast", "Quiet Acoustic"]);
}

#[test]
fn typical_genres_are_over_represented_and_have_weight() {
    let mut tracks = vec![("pop", 0); 50];
    tracks.extend([("pop", 1); 50]);
    tracks.extend([("folk", 1); 30]);
    tracks.extend([("rare", 1); 2]);
    tracks.extend([("", 1); 500]);
    let labels: Vec<u32> = tracks.iter().map(|(_, label)| *label).collect();
    let found = typical(tracks.iter().map(|(genre, _)| *genre), &labels, 3);
    assert_eq!(found, [vec![genre("pop", 1.0)], vec![genre("folk", 30.0 / 582.0)], vec![]]);
}

#[test]
fn a_text_longer_than_a_name_is_no_typical_genre() {
    for (bytes, typical_of_it) in [(256, 1), (257, 0)] {
        let long = "x".repeat(bytes);
        let cells = std::iter::repeat_n(long.as_str(), 30).chain(std::iter::repeat_n("folk", 30));
        let labels: Vec<u32> = (0..60).map(|track| track / 30).collect();
        assert_eq!(typical(cells, &labels, 2)[0].len(), typical_of_it, "{bytes} bytes");
    }
}

#[test]
fn overrides_are_read_from_toml_and_json_in_part_or_whole() {
    let expected = BTreeMap::from([(0, "Night drive".to_owned()), (2, "Café".to_owned())]);
    for text in ["0 = \"Night drive\"\n\"2\" = ' Café '", "# mine\n2 = \"Café\"\n0 = \"Night drive\"\n"] {
        assert_eq!(parse(text, Format::Toml, 6).expect("names"), expected);
    }
    let json = "{ \"2\": \"Café\", \"0\": \"Night drive\" }";
    assert_eq!(parse(json, Format::Json, 6).expect("names"), expected);
    assert!(parse("", Format::Toml, 6).expect("no names").is_empty());
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["names.json", "names", "names.txt"] {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("\u{feff}{json}")).expect("written");
        assert_eq!(read(&path, 6).expect("names"), expected);
    }
}

#[test]
fn a_wrong_override_is_an_error_that_names_the_cluster() {
    let message = |text: &str| parse(text, Format::Toml, 3).expect_err(text).to_string();
    assert!(message("3 = \"x\"").contains("cluster \"3\", which does not exist; the ids are 0 to 2"));
    assert!(message("night = \"x\"").contains("\"night\""));
    assert!(message("-1 = \"x\"").contains("\"-1\""));
    assert!(message("1 = 5").contains("cluster 1 is not a string"));
    assert!(message("1 = \"  \"").contains("cluster 1 must have 1 to 80"));
    assert!(message("1 = \"a\\nb\"").contains("cluster 1 must have 1 to 80"));
    assert!(message("0 = \"x\"\n2 = \"X\"").contains("clusters 0 and 2 are both named"));
    assert!(message("0 = \"x\"\n00 = \"y\"").contains("cluster 0 twice"));
    assert!(message("{").contains("not TOML"));
    assert!(matches!(parse("[1]", Format::Json, 3), Err(Error::Json(_))));
    assert!(matches!(read(std::path::Path::new("/no/such/file"), 3), Err(Error::Read { .. })));
}

fn shown(table: &Table, k: usize) {
    let (features, scaled) = (test_data::features(table), test_data::scaled(table));
    let found = kmeans::cluster(scaled.view(), k, &kmeans::Options::default()).expect("clusters");
    let genres = typical(test_data::genres(table), &found.labels, k);
    let names = name(&features, found.centroids.view(), &genres, &BTreeMap::new());
    println!("{features:?}");
    for (cluster, name) in names.iter().enumerate() {
        println!("{name:48} {:7} {:?} {:+.1}", found.sizes[cluster], genres[cluster], found.centroids.row(cluster));
        assert!(name.chars().count() <= MAX_NAME_CHARS);
        let is_fair =
            |genre: &TypicalGenre| genre.share >= MIN_GENRE_SHARE || !name.contains(&format!("({}", genre.name));
        assert!(genres[cluster].iter().all(is_fair), "{name}: {:?}", genres[cluster]);
    }
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), k, "{names:?}");
}

#[test]
fn clusters_of_a_table_have_names_of_their_own() {
    shown(&test_data::reference(), 6);
    shown(&test_data::reference(), 12);
}

mod real_tables {
    use super::*;

    #[test]
    #[ignore = "needs the real tables"]
    fn clusters_have_names_of_their_own() {
        shown(&test_data::real("light_spotify_39k.csv"), 6);
        shown(&test_data::real("light_spotify_39k.csv"), 12);
        shown(&test_data::real("union_265k.csv"), 6);
    }
}
