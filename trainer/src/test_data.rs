//! Track tables to test with, read.

// What this file says is public where the other tests compile it.
#[allow(unreachable_pub)]
#[path = "../../tests/src/test_data.rs"]
mod files;

use ndarray::Array2;

pub(crate) use files::{labels, numbers, reference_figures};

use crate::{
    table::{self, Table},
    training::scale,
};

/// The table that [`reference_figures`] are of: 2,000 made-up tracks, all eleven features.
pub(crate) fn reference() -> Table {
    read(&files::reference_table())
}

/// A real table by its file's name. For tests that are ignored unless they are asked for, in a module `real_tables`.
pub(crate) fn real(name: &str) -> Table {
    read(&files::real_table(name))
}

/// Where a real table lies, for tests as [`real`] is.
pub(crate) fn real_path(name: &str) -> std::path::PathBuf {
    files::real_table(name)
}

/// The names of a table's features.
pub(crate) fn features(table: &Table) -> Vec<&'static str> {
    table.features.iter().map(|feature| feature.name()).collect()
}

/// The scaled features of a table, shape `(n_tracks, n_features)`.
pub(crate) fn scaled(table: &Table) -> Array2<f64> {
    let mut values = table.values.clone();
    let names = features(table).into_iter().map(str::to_owned).collect();
    let scaler = scale::fit(names, values.view(), vec![1.0; values.ncols()]);
    scale::transform(&scaler, values.view_mut());
    values
}

/// The genre of each track of a table that has genres: empty where it has none.
pub(crate) fn genres(table: &Table) -> Vec<&str> {
    let genres = table.genres.as_ref().expect("genres");
    genres.iter().collect()
}

fn read(path: &std::path::Path) -> Table {
    let table = table::open(path, &table::Options::default(), &mut |_| {}).expect("a table");
    assert_eq!((table.warnings.as_slice(), table.dropped.warning(table.rows)), (&[][..], None), "{}", path.display());
    table
}
