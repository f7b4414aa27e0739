//! Real track tables, for tests only: where they are not there, a test says so and passes.

use std::collections::HashMap;
use std::path::PathBuf;

use ndarray::Array2;

/// A real table's features in the file's own units, and its genres.
pub(crate) struct Real {
    pub(crate) features: Vec<&'static str>,
    /// Shape `(n_tracks, n_features)`.
    pub(crate) values: Array2<f64>,
    pub(crate) genres: Vec<String>,
}

const FEATURES: [&str; 11] = [
    "danceability",
    "energy",
    "variance",
    "tempo",
    "loudness",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "valence",
    "popularity",
    "liveness",
];

/// Mean and deviation of each feature of `light_spotify_39k.csv`: `mean_` and `scale_` of scikit-learn 1.9.1's
/// `StandardScaler`, fitted on its 39,280 rows.
pub(crate) const LIGHT_SCALER: [(f64, f64); 11] = [
    (53.75827393075357, 15.68051852380753),
    (58.835132382892056, 24.990888521549763),
    (0.11671742392040323, 0.17733004945721578),
    (120.13783095723014, 28.385549208166204),
    (-9.475690427698574, 4.200921410771769),
    (32.51715885947047, 32.120875968550166),
    (5.510336048879837, 17.1951197633299),
    (6.171512219959267, 7.12670732424815),
    (51.881160896130346, 25.148656426084653),
    (32.915453156822814, 21.088651389118194),
    (20.991827902240328, 18.821220728575582),
];

/// `light_spotify_39k.csv`: 39,280 tracks, eleven features.
pub(crate) fn light() -> Option<Real> {
    read("light_spotify_39k.csv", "song", "artist")
}

/// `union_265k.csv` without the rows whose title and artist are `NA`: 264,797 tracks, ten features.
pub(crate) fn union() -> Option<Real> {
    read("union_265k.csv", "track_name", "artists")
}

fn read(name: &str, title: &str, artist: &str) -> Option<Real> {
    let folder = std::env::var_os("SEGUE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there; set SEGUE_DATA to the folder with the real tables", path.display());
        return None;
    }
    let mut reader = csv::Reader::from_path(&path).expect("the table opens");
    let columns: HashMap<String, usize> = reader.headers().expect("the table has a header").iter().enumerate().fold(
        HashMap::new(),
        |mut columns, (column, name)| {
            let name = name.to_lowercase();
            columns.insert(if name == "positiveness" { "valence".into() } else { name }, column);
            columns
        },
    );
    let features: Vec<&str> = FEATURES.into_iter().filter(|&feature| columns.contains_key(feature)).collect();
    let (mut values, mut genres) = (Vec::new(), Vec::new());
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).expect("the table is UTF-8 and regular") {
        if [title, artist].iter().any(|&column| matches!(record[columns[column]].trim(), "" | "NA")) {
            continue;
        }
        values.extend(features.iter().map(|&feature| {
            record[columns[feature]].trim().parse::<f64>().expect("the real tables' features are numbers")
        }));
        genres.push(record[columns["genre"]].to_owned());
    }
    let values = Array2::from_shape_vec((genres.len(), features.len()), values).expect("every row has every feature");
    Some(Real { features, values, genres })
}
