//! Tables like those that people have, and what is understood of them.

use recommender::{column::IntColumn, features::Feature};

use crate::table::{self, Error, Meaning, Options, Table};

fn read(csv: &str, options: &Options) -> Result<Table, Error> {
    table::read(csv.as_bytes(), "t.csv", options, &mut |_| {})
}

fn table(csv: &str) -> Table {
    read(csv, &Options::default()).expect("a table")
}

fn with_columns(columns: &[&str]) -> Options {
    Options { columns: columns.iter().map(|column| column.parse().expect("parses")).collect(), ..Options::default() }
}

/// A header, and so many rows of it: `{}` is the row's number.
fn rows(header: &str, row: &str, count: usize) -> String {
    (0..count).fold(format!("{header}\n"), |csv, number| csv + &row.replace("{}", &number.to_string()) + "\n")
}

fn column(table: &Table, meaning: Meaning) -> Option<&str> {
    table.schema.of(meaning)?.column.as_deref()
}

#[test]
fn the_title_is_the_songs_and_not_the_videos_that_names_the_artist_too() {
    let header = "artist,track,energy,tempo,title,channel";
    let csv = rows(header, "Band {},Song {},0.5,12{},Band {} - Song {} (Official Video),Chan", 9);
    let table = table(&csv);
    assert_eq!((table.songs.get(3), column(&table, Meaning::Title)), ("Song 3", Some("track")));
    assert_eq!(
        table.warnings,
        ["title is taken from column 2 (\"track\"), and not from \"title\"; to change that: --column title=title"]
    );
    let videos = read(&csv, &with_columns(&["title=title"])).expect("a table");
    assert_eq!((videos.songs.get(3), videos.warnings.len()), ("Band 3 - Song 3 (Official Video)", 0));
}

#[test]
fn a_number_on_an_album_is_no_title_beside_one() {
    let table = table(&rows("track,name,artist,energy,tempo", "{},Song {},Band,0.5,12{}", 9));
    assert_eq!((table.songs.get(3), column(&table, Meaning::Title)), ("Song 3", Some("name")));
    // Alone, it is the best there is.
    assert_eq!(self::table(&rows("track,artist,energy,tempo", "Song {},Band,0.5,12{}", 3)).songs.get(2), "Song 2");
}

#[test]
fn ids_of_the_file_stand_and_those_of_spotify_are_preferred() {
    let table = table(&rows("Song ID,Song Name,Artist,energy,tempo", "{}abc,Song {},Band,0.5,12{}", 3));
    assert_eq!(table.ids, ["0abc", "1abc", "2abc"]);
    let spotify = "https://open.spotify.com/track/000000000000000000000{}?si=1";
    let csv = rows("id,href,name,artist,energy,tempo", &format!("{{}},{spotify},Song {{}},Band,0.5,12{{}}"), 3);
    let table = self::table(&csv);
    assert_eq!((table.ids.get(2), column(&table, Meaning::Id)), ("0000000000000000000002", Some("href")));
    // Addresses of anything else are no ids.
    let csv = rows("url,name,artist,energy,tempo", "https://video.example/{},Song {},Band,0.5,12{}", 3);
    let table = self::table(&csv);
    assert!(table.ids.iter().all(|id| id.starts_with("segue-")), "{:?}", table.ids);
    let id = table.schema.of(Meaning::Id).expect("a line");
    assert_eq!(id.column, None);
    assert!(id.note.as_deref().is_some_and(|note| note.contains("no such column")), "{id:?}");
}

#[test]
fn abbreviations_and_names_with_units_are_understood() {
    let csv = "number,title,artist,top genre,year,bpm,nrgy,dnce,dB,live,val,dur,acous,spch,pop\n\
        0,Song,Band,dance pop,2012,119,47,65,-5,5,52,247,10,18,45\n";
    let table = table(csv);
    assert_eq!(table.absent, [Feature::Variance, Feature::Instrumentalness]);
    assert_eq!(table.values.row(0).to_vec(), [65.0, 47.0, 119.0, -5.0, 10.0, 18.0, 52.0, 45.0, 5.0]);
    assert_eq!(table.duration_ms, Some(IntColumn::new(&[247_001])));
    assert_eq!(table.genres.map(|genres| genres.get(0).to_owned()).as_deref(), Some("dance pop"));

    let csv = "Index,Title,Artist,Top Genre,Year,Beats Per Minute (BPM),Energy,Loudness (dB),Length (Duration)\n\
        0,Song,Band,album rock,1990,144,83,-6,201\n";
    let table = self::table(csv);
    assert_eq!(table.features, [Feature::Energy, Feature::Tempo, Feature::Loudness]);
    assert_eq!(table.values.row(0).to_vec(), [83.0, 144.0, -6.0]);
    assert_eq!(table.duration_ms, Some(IntColumn::new(&[201_001])));
}

#[test]
fn a_length_is_in_the_unit_that_its_name_or_its_size_says() {
    for (name, cell, ms) in [
        ("duration", "227000", 227_000),
        ("duration", "227", 227_000),
        ("duration", "3.5", 210_000),
        ("duration", "03:47", 227_000),
        ("duration_ms", "227", 227),
        ("duration_s", "130.404", 130_404),
        ("Duration (min)", "3.5", 210_000),
        ("Track Duration (ms)", "227000", 227_000),
        ("Time", "3:47", 227_000),
    ] {
        let table = table(&format!("song,artist,energy,tempo,{name}\nSong,Band,0.5,120,{cell}\n"));
        assert_eq!(table.duration_ms, Some(IntColumn::new(&[ms + 1])), "{name} {cell}");
    }
}

#[test]
fn a_year_of_its_own_column_is_read_beside_month_and_day() {
    let csv = "track_name,artist(s)_name,released_year,released_month,released_day,bpm,danceability_%\n\
        Song,\"Lead A, Guest B\",2001,7,14,109,74\n";
    let table = table(csv);
    assert_eq!(table.years, Some(IntColumn::new(&[2001])));
    assert_eq!(table.artists.get(0), "Lead A, Guest B");
    assert_eq!(table.features, [Feature::Danceability, Feature::Tempo]);
}

#[test]
fn a_feature_without_a_value_in_any_row_counts_as_absent() {
    for cell in ["", "nan", "\\N", "unknown"] {
        let csv = rows("song,artist,energy,tempo,popularity", &format!("Song {{}},Band,0.{{}},12{{}},{cell}"), 9);
        let table = table(&csv);
        assert_eq!((table.n_tracks(), table.dropped.total), (9, 0), "{cell}");
        assert_eq!(table.features, [Feature::Energy, Feature::Tempo]);
        assert!(table.absent.contains(&Feature::Popularity));
        assert_eq!(table.values.row(8).to_vec(), [0.8, 128.0]);
        let used = table.schema.of(Meaning::Feature(Feature::Popularity)).expect("a line");
        assert_eq!(used.empty + used.unreadable, 9);
    }
    let options = Options { features: Some(vec![Feature::Energy, Feature::Popularity]), ..Options::default() };
    let error = read("song,artist,energy,popularity\nSong,Band,0.5,\n", &options).expect_err("asked for");
    assert!(matches!(error, Error::NoValues { feature: Feature::Popularity, .. }), "{error}");
    let error = read("song,artist,energy,popularity\nSong,Band,0.5,\n", &Options::default()).expect_err("one feature");
    assert!(error.to_string().contains("no cell of popularity holds a number"), "{error}");
}

#[test]
fn rows_before_the_first_value_of_a_feature_are_dropped_once_it_comes() {
    let csv = "song,artist,genre,energy,tempo\nA,X,pop,0.1,\nB,X,rock,0.2,100\nC,X,jazz,0.3,\nD,X,folk,0.4,101\n";
    let table = table(csv);
    assert_eq!(table.songs, ["B", "D"]);
    assert_eq!(table.values, ndarray::array![[0.2, 100.0], [0.4, 101.0]]);
    assert_eq!(
        table.genres.map(|genres| genres.iter().map(str::to_owned).collect::<Vec<_>>().join(" ")).as_deref(),
        Some("rock folk")
    );
    assert_eq!(table.dropped.by_reason["tempo is empty"], 2);
    assert_eq!(table.dropped.first.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    // Those that are sure to go do not count against the limit.
    let options = |max_tracks| Options { max_tracks, ..Options::default() };
    assert!(read(csv, &options(2)).is_ok());
    assert!(matches!(read(csv, &options(1)), Err(Error::TooManyTracks { limit: 1, .. })));
}

#[test]
fn tracks_that_were_never_analysed_are_left_out_unless_they_are_to_be_kept() {
    let csv = "song,artist,danceability,energy,tempo,valence\n\
        A,X,0.5,0.4,100,0.3\nB,X,0,0.4,0,0.0\nC,X,0,0.4,0,0.1\nD,X,0,0.4,120,0\n";
    let table = table(csv);
    assert_eq!(table.songs, ["A", "C", "D"]);
    assert_eq!(table.dropped.by_reason["danceability, tempo and valence are all 0: the track was never analysed"], 1);
    let kept = read(csv, &Options { keep_unanalysed: true, ..Options::default() }).expect("a table");
    assert_eq!((kept.n_tracks(), kept.dropped.total), (4, 0));
    // Whatever features are asked for.
    let options = Options { features: Some(vec![Feature::Energy, Feature::Tempo]), ..Options::default() };
    assert_eq!(read(csv, &options).expect("a table").songs, ["A", "C", "D"]);
    // Without all three, nobody can tell.
    assert_eq!(self::table("song,artist,tempo,valence\nA,X,0,0\n").n_tracks(), 1);
}

#[test]
fn cells_that_say_that_they_are_empty_are() {
    let csv = "song,artist,album,genre,year,energy,tempo,id\n\
        None,X,nan,[],None,1,2,\\N\n\
        A,[],b,pop,2001,1,2,x\n\
        B,nan,-,set(),,1,2,N/A\n\
        nan,nan,b,pop,2001,1,2,y\n";
    let table = table(csv);
    assert_eq!(table.songs, ["None", "B"]);
    assert_eq!(table.artists.iter().collect::<Vec<_>>(), ["X", "nan"]);
    assert_eq!(
        table.albums.map(|albums| albums.iter().map(str::to_owned).collect::<Vec<_>>()),
        Some(vec![String::new(), "-".into()])
    );
    assert!(table.genres.is_some_and(|genres| genres.iter().all(str::is_empty)));
    assert!(table.ids.iter().all(|id| id.starts_with("segue-")));
    assert_eq!(table.dropped.by_reason["artist is missing"], 1);
}

#[test]
fn percentages_and_fractions_are_told_apart_and_left_as_they_are() {
    let csv = "song,artist,energy,valence,loudness,popularity\nA,X,85%,0.5,-6db,1\nB,X,7 %,1.0,-7,0\n";
    let table = table(csv);
    assert_eq!(table.values.column(0).to_vec(), [85.0, 7.0]);
    let note = |feature| table.schema.of(Meaning::Feature(feature)).and_then(|used| used.note.clone());
    assert_eq!(note(Feature::Energy).as_deref(), Some("0 to 100"));
    assert_eq!(note(Feature::Valence).as_deref(), Some("0 to 1"));
    assert_eq!(note(Feature::Loudness).as_deref(), Some("in dB"));
    assert_eq!(note(Feature::Popularity).as_deref(), Some("0 to 100"));
}

#[test]
fn a_column_is_named_by_its_name_or_its_number_and_what_is_not_there_is_an_error() {
    let csv = "song,artist,energy,How fast,How fast\nA,X,0.5,120,99\n";
    for (column, value) in [("tempo=How fast", 120.0), ("tempo=how_fast", 120.0), ("tempo=#5", 99.0)] {
        let table = read(csv, &with_columns(&[column])).expect("a table");
        assert_eq!(table.values.row(0).to_vec(), [0.5, value], "{column}");
    }
    for (column, name) in [("tempo=Speed", "Speed"), ("tempo=#6", "#6"), ("tempo=#0", "#0")] {
        let error = read(csv, &with_columns(&[column])).expect_err("not there").to_string();
        assert!(error.contains(&format!("{name:?}")) && error.contains("\"How fast\""), "{error}");
    }
    let error = read(csv, &with_columns(&["tempo=#4", "tempo=#5"])).expect_err("twice");
    assert!(matches!(error, Error::RepeatedOverride { meaning: Meaning::Feature(Feature::Tempo) }), "{error}");
    // A column that is named for one thing is no other.
    let error = read("song,artist,energy,tempo\nA,X,1,2\n", &with_columns(&["valence=energy"])).expect("a table");
    assert_eq!(error.features, [Feature::Tempo, Feature::Valence]);
}

#[test]
fn what_only_has_the_name_of_something_is_not_taken_for_it() {
    let row = "Song {},Band,0.5,12{},1,2020-01-01T00:00:0{}Z,https://video.example/{}";
    let few = table(&rows("song,artist,energy,tempo,pop,time,url", row, 9));
    assert_eq!(column(&few, Meaning::Feature(Feature::Popularity)), Some("pop"), "few rows prove nothing");
    assert_eq!((&few.duration_ms, column(&few, Meaning::Id)), (&None, None));
    let many = table(&rows("song,artist,energy,tempo,pop,time,url", row, 30));
    assert_eq!(column(&many, Meaning::Feature(Feature::Popularity)), None);
    assert_eq!(many.schema.unused.len(), 3, "{:?}", many.schema.unused);
    // A column that is named is taken, whatever is in it.
    let named = read(&rows("song,artist,energy,tempo,k", "Song {},Band,0.5,12{},none", 3), &with_columns(&["key=k"]));
    let named = named.expect("a table");
    assert_eq!((column(&named, Meaning::Key), named.key.is_none()), (Some("k"), true));
}

#[test]
fn what_looks_like_something_is_told() {
    let mut csv = String::from("song,artist,energy,valence,pace,level,nr,streams,spin,avg tempo\n");
    for row in 0..50 {
        let (pace, level) = (80 + row * 37 % 90, -5 - row * 13 % 20);
        csv += &format!("Song {row},Band,0.5,0.{row},{pace},{level},{row},{},2z{row:020},1\n", row * 1_000_003);
    }
    let table = self::table(&csv);
    let tempo = Meaning::Feature(Feature::Tempo);
    let hints: Vec<(&str, Meaning)> = table.schema.hints().collect();
    assert_eq!(
        hints,
        [("pace", tempo), ("level", Meaning::Feature(Feature::Loudness)), ("spin", Meaning::Id), ("avg tempo", tempo)]
    );
    assert_eq!(table.schema.unused.len(), 6);
    // Only columns with the name of a feature are read with decimal commas.
    let mut csv = String::from("song;artist;energy;valence;Pegel\n");
    (0..50).for_each(|row| csv += &format!("Song {row};Band;0,5;0,{row};-{},{row}\n", 5 + row % 20));
    let table = self::table(&csv);
    assert_eq!(table.schema.hints().collect::<Vec<_>>(), [("Pegel", Meaning::Feature(Feature::Loudness))]);
    // Thousands are no decimals.
    let mut csv = String::from("song,artist,energy,valence,streams\n");
    (0..50).for_each(|row| csv += &format!("Song {row},Band,0.5,0.{row},\"{},0{}\"\n", 80 + row, 10 + row));
    assert_eq!(self::table(&csv).schema.hints().count(), 0);
    let error = read("energy,tempo,who,what\n1,2,A,One\n3,4,A,Two\n5,6,A,Three\n", &Options::default());
    let error = error.expect_err("neither title nor artist").to_string();
    assert!(error.contains("\"what\" looks like title: --column title=what"), "{error}");
}
