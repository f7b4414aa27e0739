use ndarray::{Array2, Axis, array};

use super::*;
use crate::test_data::{self, scaled};

const KS: [usize; 7] = [2, 3, 4, 5, 6, 7, 8];

/// Holds the inertia at each k against the best of scikit-learn.
fn holds_scikit_learn(scaled: &Array2<f64>, ks: &[usize], best: &[f64], seed: u64) -> Vec<Clustering> {
    let found = elbow(scaled.view(), ks, &Options { seed, ..Options::default() }, &|_| ()).expect("clusters");
    for (clustering, best) in found.iter().zip(best) {
        let over = (clustering.inertia / best - 1.0) * 100.0;
        println!("k {} inertia {:.2} {over:+.4} % sizes {:?}", clustering.k(), clustering.inertia, clustering.sizes);
        assert!(over <= 0.1, "k {}, seed {seed}: {over} % above scikit-learn", clustering.k());
    }
    found
}

fn threads<T: Send>(n: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("a pool").install(run)
}

/// Four blobs in a plane, of 40, 30, 20 and 10 tracks.
fn blobs() -> Array2<f64> {
    let at = |row: usize| match row {
        0..40 => (0.0, 0.0),
        40..70 => (10.0, 0.0),
        70..90 => (0.0, 10.0),
        _ => (10.0, 10.0),
    };
    Array2::from_shape_fn((100, 2), |(row, column)| {
        let centre = if column == 0 { at(row).0 } else { at(row).1 };
        centre + ((row * 7 + column * 3) % 10) as f64 / 20.0
    })
}

/// The sum of squared distances of the tracks from the means of their clusters: no centroids give these labels less.
fn least_inertia(scaled: &Array2<f64>, labels: &[u32], k: usize) -> f64 {
    let members =
        |cluster: usize| (0..scaled.nrows()).filter(|&row| labels[row] as usize == cluster).collect::<Vec<_>>();
    let of_cluster = |cluster: usize| {
        let tracks = scaled.select(Axis(0), &members(cluster));
        let mean = tracks.mean_axis(Axis(0)).expect("a track");
        (tracks - mean).mapv(|distance| distance * distance).sum()
    };
    (0..k).map(of_cluster).sum()
}

#[test]
fn inertia_is_within_a_thousandth_of_scikit_learns_best_and_what_its_labels_give() {
    let (scaled, figures) = (scaled(&test_data::reference()), test_data::reference_figures());
    let best = KS.map(|k| figures["inertia"][k.to_string()].as_f64().expect("a number"));
    for seed in 0..10 {
        for found in holds_scikit_learn(&scaled, &KS, &best, seed) {
            let over = found.inertia / least_inertia(&scaled, &found.labels, found.k());
            assert!((1.0 - 1e-12..1.0 + 1e-4).contains(&over), "k {}, seed {seed}: {over}", found.k());
        }
    }
}

/// Where the rounds come in: on these tables the starts see a sample of the tracks only.
mod real_tables {
    use super::*;

    /// The smallest `inertia_` of scikit-learn 1.9.1, `KMeans(k, n_init=10, random_state=s)` on `StandardScaler`'s
    /// output, over s = 0, 1, 2 for the 39,280 tracks and s = 0, 1 for the 264,797 that have a title. Single runs of it
    /// are worse on the smaller table: up to 279,388.66 at k = 5 (s = 0) and 262,285.14 at k = 6 (s = 2).
    const LIGHT: [f64; 7] = [355_141.71, 325_648.91, 299_659.66, 276_844.25, 259_047.22, 245_595.85, 236_189.49];
    const UNION: [f64; 7] =
        [2_135_160.05, 1_923_077.94, 1_770_276.12, 1_634_167.12, 1_510_469.48, 1_402_795.33, 1_329_027.02];

    #[test]
    #[ignore = "needs the real tables"]
    fn inertia_is_within_a_thousandth_of_scikit_learns_best_on_a_table_of_39_thousand() {
        let scaled = scaled(&test_data::real("light_spotify_39k.csv"));
        for seed in 0..3 {
            holds_scikit_learn(&scaled, &KS, &LIGHT, seed);
        }
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn inertia_is_within_a_thousandth_of_scikit_learns_best_on_a_table_of_265_thousand() {
        holds_scikit_learn(&scaled(&test_data::real("union_265k.csv")), &KS, &UNION, 42);
    }

    /// The same of one run with `random_state=0`, at k = 2 to 8, 16 and 32: for the 39,280 tracks with a tempo of 128000 in the first
    /// one's place, and with an energy of 1e12 in that of track 1,000; for the 264,797 with a tempo of 12000 in 20 places.
    const WITH_A_TEMPO: [f64; 9] =
        [356_423.30, 317_217.00, 288_596.50, 262_480.80, 252_481.13, 221_641.06, 208_490.55, 162_940.97, 131_560.57];
    const WITH_AN_ENERGY: [f64; 9] =
        [378_327.88, 348_172.80, 309_313.03, 287_036.13, 258_589.25, 239_807.03, 225_891.20, 181_458.20, 148_467.13];
    const WITH_TWENTY_TEMPOS: [f64; 9] = [
        2_144_030.07,
        1_899_641.68,
        1_694_493.57,
        1_540_995.43,
        1_412_572.88,
        1_281_963.31,
        1_174_519.10,
        878_137.79,
        693_778.54,
    ];

    /// A real table with other values of a feature.
    fn wild(name: &str, feature: &str, value: f64, row: impl Fn(usize) -> Vec<usize>) -> Array2<f64> {
        let mut table = test_data::real(name);
        let column = test_data::features(&table).iter().position(|name| *name == feature).expect("the feature");
        for row in row(table.n_tracks()) {
            table.values[[row, column]] = value;
        }
        scaled(&table)
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn inertia_is_within_a_thousandth_of_scikit_learns_best_beside_wild_tracks() {
        let tempo = wild("light_spotify_39k.csv", "tempo", 128_000.0, |_| vec![0]);
        let energy = wild("light_spotify_39k.csv", "energy", 1e12, |_| vec![1_000]);
        let spread = |n: usize| (0..20).map(|at| at * (n - 1) / 19).collect();
        let tempos = wild("union_265k.csv", "tempo", 12_000.0, spread);
        for (scaled, best, seeds) in
            [(tempo, WITH_A_TEMPO, 0..3), (energy, WITH_AN_ENERGY, 0..3), (tempos, WITH_TWENTY_TEMPOS, 0..1)]
        {
            for seed in seeds {
                holds_scikit_learn(&scaled, &KS, &best[..7], seed);
                let options = Options { seed, ..Options::default() };
                for (found, best) in
                    elbow(scaled.view(), &[16, 32], &options, &|_| ()).expect("clusters").iter().zip(&best[7..])
                {
                    let over = (found.inertia / best - 1.0) * 100.0;
                    println!("k {} {over:+.4} %", found.k());
                    assert!(over <= 0.5, "k {}, seed {seed}: {over} % above scikit-learn", found.k());
                }
            }
        }
    }

    #[test]
    #[ignore = "needs the real tables"]
    fn inertia_is_within_a_thousandth_of_scikit_learns_best_for_each_of_30_seeds_where_that_is_hardest() {
        let scaled = scaled(&test_data::real("light_spotify_39k.csv"));
        // The k at which scikit-learn itself misses it.
        let hardest = 3..5;
        for seed in 100..130 {
            holds_scikit_learn(&scaled, &KS[hardest.clone()], &LIGHT[hardest.clone()], seed);
        }
    }
}

#[test]
fn same_seed_gives_the_same_bits_whatever_the_number_of_threads() {
    let scaled = Array2::from_shape_fn((30_000, 5), |(row, column)| ((row * (column + 3)) as f64 * 0.618).sin());
    let run = |n| threads(n, || elbow(scaled.view(), &[3, 6], &Options::default(), &|_| ()).expect("clusters"));
    let (one, two) = (run(1), run(2));
    assert_eq!(one, two);
    assert_eq!(one[0].inertia.to_bits(), two[0].inertia.to_bits());
    assert_eq!(one[1], cluster(scaled.view(), 6, &Options::default()).expect("alone"), "k stands alone");
}

#[test]
fn labels_are_the_nearest_centroid_and_add_up_to_the_inertia() {
    let scaled = blobs();
    let found = cluster(scaled.view(), 3, &Options::default()).expect("clusters");
    let mut inertia = 0.0;
    for (row, &label) in scaled.rows().into_iter().zip(&found.labels) {
        let distances: Vec<f64> = found.centroids.rows().into_iter().map(|c| Euclidean.rdistance(c, row)).collect();
        assert!(distances.iter().all(|&distance| distance >= distances[label as usize]));
        inertia += distances[label as usize];
    }
    assert!((inertia - found.inertia).abs() < 1e-9 * inertia);
}

#[test]
fn ids_go_by_size_largest_first_and_ties_by_centroid() {
    let found = cluster(blobs().view(), 4, &Options::default()).expect("clusters");
    assert_eq!(found.sizes, [40, 30, 20, 10]);
    assert_eq!((found.labels[0], found.labels[40], found.labels[70], found.labels[90]), (0, 1, 2, 3));
    let tied = array![[5.0], [1.0], [3.0]];
    assert_eq!(cluster(tied.view(), 3, &Options::default()).expect("clusters").labels, [2, 0, 1]);
}

#[test]
fn one_cluster_is_the_mean_of_all() {
    let found = cluster(blobs().view(), 1, &Options::default()).expect("clusters");
    let mean = blobs().mean_axis(Axis(0)).expect("rows");
    assert!(Euclidean.distance(found.centroids.row(0), mean.view()) < 1e-3);
    assert_eq!(found.sizes, [100]);
}

#[test]
fn as_many_clusters_as_distinct_tracks_leave_none_empty() {
    // 9,990 rows share one vector: a sample holds few of the others.
    let scaled = Array2::from_shape_fn((10_000, 2), |(row, _)| if row < 9_990 { 0.0 } else { row as f64 });
    for k in [1, 2, 5, 11] {
        let found = cluster(scaled.view(), k, &Options::default()).expect("clusters");
        assert!(found.sizes.iter().all(|&size| size > 0), "k {k}: {:?}", found.sizes);
    }
}

#[test]
fn fewer_distinct_tracks_than_clusters_is_an_error_that_says_what_to_do() {
    let equal = Array2::zeros((50, 3));
    assert_eq!(cluster(equal.view(), 1, &Options::default()).expect("one").inertia, 0.0);
    let error = cluster(equal.view(), 2, &Options::default()).expect_err("one vector");
    assert_eq!(
        error.to_string(),
        "2 clusters need at least 2 tracks whose features differ, and the table has 1; \
         ask for fewer clusters (--k, --k-range), or bring more tracks"
    );
    let signed = array![[0.0], [-0.0]];
    assert!(matches!(cluster(signed.view(), 2, &Options::default()), Err(Error::TooFewDistinct { k: 2, distinct: 1 })));
    let none = Array2::zeros((0, 3));
    assert!(matches!(cluster(none.view(), 1, &Options::default()), Err(Error::TooFewDistinct { k: 1, distinct: 0 })));
}

#[test]
fn zero_clusters_and_features_that_are_not_finite_are_errors() {
    assert!(matches!(cluster(blobs().view(), 0, &Options::default()), Err(Error::K(0))));
    for wrong in [f64::NAN, f64::INFINITY] {
        let scaled = array![[0.0, 1.0], [wrong, 2.0]];
        assert!(matches!(cluster(scaled.view(), 1, &Options::default()), Err(Error::NotFinite { row: 1 })));
    }
}

#[test]
fn progress_hears_of_every_k_once() {
    let heard = std::sync::Mutex::new(Vec::new());
    elbow(blobs().view(), &[4, 2, 3], &Options::default(), &|k| heard.lock().expect("unpoisoned").push(k))
        .expect("clusters");
    let mut heard = heard.into_inner().expect("unpoisoned");
    heard.sort_unstable();
    assert_eq!(heard, [2, 3, 4]);
}

#[test]
fn neighbouring_seeds_and_ks_share_no_start() {
    let numbers = (0..32).flat_map(|seed| (2..9).flat_map(move |k| (0..48).map(move |run| [seed, k, run])));
    let seeds: std::collections::HashSet<u64> = numbers.map(mix).collect();
    assert_eq!(seeds.len(), 32 * 7 * 48);
}

/// Tracks without any order: most tables are not blobs.
fn scattered(tracks: usize) -> Array2<f64> {
    Array2::from_shape_fn((tracks, 6), |(row, f)| {
        ((row * row * 7 + row * (13 * f + 5) + f * f * 3) % 211) as f64 / 60.0
    })
}

/// Centred, as scaled features are.
fn centred(mut tracks: Array2<f64>) -> Array2<f64> {
    let mean = tracks.mean_axis(Axis(0)).expect("tracks");
    tracks -= &mean;
    tracks
}

/// One track, and twenty of 20,000, far from all others: a sample of 4,000 has the one in one table of five, and its starts pass over
/// the twenty. The best that can be done is a cluster for them, and for the others what is best without them.
#[test]
fn wild_tracks_do_not_cost_the_others_their_clusters() {
    let others = Array2::from_shape_fn((20_000, 5), |(row, f)| ((row * (f + 3)) as f64 * 0.618).sin());
    for wild in [1, 20] {
        let mut all = others.clone();
        for row in 0..wild {
            let mut track = all.row_mut(row * 900 + 17);
            track.fill(0.1);
            track[2] = 300.0 + row as f64 / 50.0;
        }
        let all = centred(all);
        let rows: Vec<usize> = (0..all.nrows()).filter(|row| all[[*row, 2]] < 200.0).collect();
        assert_eq!(rows.len(), 20_000 - wild);
        let rest = all.select(Axis(0), &rows);
        for seed in 0..3 {
            let options = Options { seed, ..Options::default() };
            let alone = elbow(rest.view(), &[3], &options, &|_| ()).expect("clusters");
            let found = elbow(all.view(), &[4], &options, &|_| ()).expect("clusters");
            for (alone, found) in alone.iter().zip(found) {
                let over = found.inertia / alone.inertia;
                assert!(over < 1.002, "{wild} wild, k {}, seed {seed}: {over} times", found.k());
                assert_eq!(found.sizes.last(), Some(&(wild as u64)), "{:?}", found.sizes);
            }
        }
    }
}

/// Overrated in the samples that hold them, these do not take the clusters of the others: on all tracks the search without them wins.
#[test]
fn wild_tracks_that_are_not_worth_a_cluster_get_none() {
    let mut all = Array2::from_shape_fn((40_000, 3), |(row, f)| ((row * (f + 3)) as f64 * 0.618).sin());
    for row in 0..6 {
        // Seven times as far as the mean, each elsewhere.
        all[[row * 6_000, row % 3]] = if row < 3 { 8.7 } else { -8.7 };
    }
    let all = centred(all);
    assert_eq!(wild_tracks(all.view()).len(), 6);
    let found = cluster(all.view(), 6, &Options::default()).expect("clusters");
    assert!(found.sizes.iter().all(|size| *size > 1_000), "{:?}", found.sizes);
}

#[test]
fn the_farthest_of_many_wild_tracks_are_looked_after_and_none_of_an_ordinary_table() {
    assert!(wild_tracks(centred(scattered(200)).view()).is_empty());
    assert!(wild_tracks(Array2::zeros((10, 2)).view()).is_empty());
    let mut all = Array2::from_shape_fn((100_000, 1), |(row, _)| if row % 2 == 0 { 0.1 } else { -0.1 });
    for row in 0..100 {
        all[[row * 10, 0]] = 5.0 + row as f64;
    }
    let found = wild_tracks(all.view());
    assert_eq!((found.len(), found[0], found[63]), (MAX_WILD, 360, 990));
}

/// Number of tracks, and for k = 2 to 8 the smallest `inertia_` of scikit-learn 1.9.1's `KMeans(k, n_init=10, random_state=s)` over
/// s = 0 to 3.
const SCATTERED: [(usize, [f64; 7]); 3] = [
    (25, [115.6825, 95.5144, 82.8802, 70.4731, 58.1042, 48.0437, 41.4094]),
    (60, [308.0096, 263.7668, 235.5798, 211.4081, 190.7061, 175.332, 158.6058]),
    (116, [608.5887, 532.6016, 479.1156, 437.8754, 394.2725, 366.0986, 337.5075]),
];

#[test]
fn few_tracks_come_within_a_thousandth_of_scikit_learns_best() {
    for (tracks, best) in SCATTERED {
        for seed in 0..4 {
            holds_scikit_learn(&scattered(tracks), &KS, &best, seed);
        }
    }
}
