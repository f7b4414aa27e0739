//! A small invented catalogue with what is awkward in real ones.

use std::fmt::Write;

/// The bucket that tests publish to.
pub const BUCKET: &str = "segue";
/// Where in it.
pub const LOCATION: &str = "s3://segue/models";

const NUMBERS: [&str; 10] = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

/// 203 tracks as CSV, five features, in three loose groups: ten of them called `Track One` to `Track Ten`, `Shared` by
/// `Ann` and by `Bob; Cy`, three releases of `Re-Released`, and `Déjà Vu`.
pub fn csv() -> String {
    let mut csv = String::from("song,artist,album,genre,energy,tempo,valence,acousticness,popularity,year,explicit\n");
    let mut state = 7_u64;
    for track in 0..203 {
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        let group = track % 3;
        let (song, artist) = match track {
            0..10 => (format!("Track {}", NUMBERS.get(track).copied().unwrap_or_default()), format!("Artist {track}")),
            10 => ("Shared".to_owned(), "Ann".to_owned()),
            11 => ("shared ".to_owned(), "Bob; Cy".to_owned()),
            12..15 => (format!("{}Re-Released", " ".repeat(track - 12)), "Dee".to_owned()),
            15 => ("Déjà Vu".to_owned(), "Eve".to_owned()),
            _ => (format!("Song {track}"), format!("Artist {}", track % 40)),
        };
        let near = |center: f64, random: f64| center + (random - 0.5) * 0.4;
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            csv,
            "{song},{artist},An album,{},{:.3},{:.1},{:.3},{:.3},{},{},{}",
            ["rock", "ambient", "disco"][group],
            near([0.9, 0.2, 0.7][group], random()),
            near([140.0, 80.0, 118.0][group], random()) + random() * 20.0,
            near([0.4, 0.3, 0.9][group], random()),
            near([0.1, 0.9, 0.2][group], random()),
            (random() * 100.0) as u32,
            1960 + track % 60,
            if track % 5 == 0 { "Yes" } else { "No" },
        );
    }
    csv
}

/// The same tracks with key, mode, time signature and length, of some of which one or the other is unknown.
pub fn csv_with_attributes() -> String {
    let csv = csv();
    let mut lines = csv.lines();
    let mut with = lines.next().unwrap_or_default().to_owned() + ",key,mode,time_signature,duration_ms\n";
    for (track, line) in lines.enumerate() {
        let known = |unknown_every: usize, value: usize| {
            if track % unknown_every == 0 { String::new() } else { value.to_string() }
        };
        let (key, mode) = (known(13, track * 7 % 12), known(17, track % 5 % 2));
        let (time_signature, duration_ms) = (known(11, 3 + track % 3), known(7, 90_000 + track * 7_919 % 300_000));
        // Writing to a `String` cannot fail.
        let _ = writeln!(with, "{line},{key},{mode},{time_signature},{duration_ms}");
    }
    with
}
