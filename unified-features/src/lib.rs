//! Nothing: the dependencies of this package are what it is for.
//!
//! Cargo compiles a dependency once for each set of features that is asked of it. The programs of this workspace ask for
//! different sets, so that each selection (`cargo demo`, `cargo run -p trainer`, `cargo test --workspace`, a bench) would
//! compile most of the dependencies anew. This package asks for the union of the sets, and every program depends on it
//! through `store`. The test `features` of the package `tests` says which feature to add here, and where, when a
//! selection asks for another set.
