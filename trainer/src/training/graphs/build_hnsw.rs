//! Building one cluster's graph.

use std::sync::{Mutex, PoisonError};

use instant_distance::{Builder, Heuristic, Point};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use recommender::{
    column::IntColumn,
    search::{EF_SEARCH, GraphData, Hnsw},
    vector::{LANES, NARROW_LANES, Vectors},
};

use super::{
    Error, components,
    extract_adjacency::{DirectedLayer, extract_adjacency},
    insertion_order, kd_order,
    point::GraphPoint,
    undirected::undirected,
};

/// How many candidates are kept while most nodes are looked for by their own vector.
const EF_QUICK: usize = 2;

/// How a graph is built.
#[derive(Clone, Copy, Debug)]
pub struct BuildOptions {
    /// How many candidates are kept while a node looks for its neighbours (`efConstruction` in Malkov and Yashunin).
    pub ef_construction: usize,
    /// The share of a layer's nodes that the layer above holds, too (1/e^(1/m_L) in Malkov and Yashunin).
    pub layer_share: f32,
    /// Decides the order in which points are handed to the builder. It undoes that order, so that graphs hardly depend
    /// on it.
    pub seed: u64,
}

impl Default for BuildOptions {
    fn default() -> Self {
        // With 24, the recall of a million tracks is below 0.998: `docs/benchmarks.md`.
        Self { ef_construction: 28, layer_share: 1.0 / 16.0, seed: 0 }
    }
}

/// A graph and the order of its nodes.
#[derive(Clone, Debug)]
pub struct BuiltGraph {
    /// For each node of the graph, which of the points it is.
    pub order: Vec<u32>,
    /// The graph.
    pub data: GraphData,
}

/// Builds the graph of one cluster over its distinct vectors. The same points in the same order give the same graph: one thread
/// builds it, so build several graphs side by side.
///
/// # Errors
///
/// Where the graph cannot be read out of instant-distance, or does not load again, which would be a defect.
pub fn build(points: Vectors, options: &BuildOptions) -> Result<BuiltGraph, Error> {
    match points.width() {
        NARROW_LANES => build_of::<NARROW_LANES>(points, options),
        _ => build_of::<LANES>(points, options),
    }
}

fn build_of<const N: usize>(vectors: Vectors, options: &BuildOptions) -> Result<BuiltGraph, Error> {
    let points: Vec<GraphPoint<N>> = GraphPoint::all(&vectors);
    drop(vectors);
    // `instant-distance` shuffles the points before it inserts them. They are handed over so that they come out of that
    // in the order wanted.
    let inserted = insertion_order::order(&points);
    let places = shuffle(points.len(), options);
    let shuffled: Vec<GraphPoint<N>> = places.iter().map(|place| points[inserted[*place as usize] as usize]).collect();
    drop(points);
    // Two threads in one graph would make another graph in every run.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let (hnsw, ids) = one.install(|| build_hnsw(shuffled, options));
    drop(one);
    let mut point_of = vec![0; ids.len()];
    for (id, place) in ids.iter().zip(&places) {
        point_of[*id as usize] = inserted[*place as usize];
    }
    drop((inserted, places, ids));
    let (layers, in_graph_order) = take_apart(hnsw)?;

    // Numbers that are near for points that are near: less to store, and less to fetch from memory in a search. Each
    // layer stays a prefix of the one below, and the topmost, where every search begins, stays as it is.
    let mut nodes: Vec<u32> = (0..in_graph_order.len() as u32).collect();
    let mut above = None;
    for size in layers.iter().rev().map(|layer| layer.degrees.len()) {
        if let Some(above) = above.replace(size) {
            kd_order::sort(&mut nodes[above..size], &in_graph_order);
        }
    }
    let mut adjacency = undirected(&layers, &nodes);
    drop(layers);
    let order: Vec<u32> = nodes.iter().map(|node| point_of[*node as usize]).collect();
    let points: Vec<GraphPoint<N>> = nodes.iter().map(|node| in_graph_order[*node as usize]).collect();
    drop((nodes, point_of, in_graph_order));
    adjacency.layers = adjacency
        .layers
        .into_iter()
        .enumerate()
        .map(|(number, layer)| if number == 0 { components::join(layer, &points) } else { layer })
        .collect();

    // What is searched is what a reader of the artifact will search. Best-first search only goes further where it keeps
    // more: what is found while it keeps few is found while it keeps many, and most are found so.
    let hnsw = Hnsw::new(&adjacency, points.len())?;
    let unreachable_among = |ef: usize, nodes: Vec<u32>| -> Vec<u32> {
        let is_unreachable = |node: &u32| {
            let distance = |other: u32| points[*node as usize].distance(&points[other as usize]);
            !hnsw.finds(*node, ef, distance)
        };
        nodes.into_iter().filter(is_unreachable).collect()
    };
    let few = unreachable_among(EF_QUICK, (0..points.len() as u32).collect());
    let unreachable = unreachable_among(EF_SEARCH, few);
    Ok(BuiltGraph { order, data: GraphData { adjacency, unreachable: IntColumn::new(&unreachable) } })
}

/// The layers of a graph, and its points by their nodes. One graph after the other: until it is done, much of it is there twice, and
/// graphs that end at the same time would be what takes the most memory of a training.
fn take_apart<const N: usize>(
    hnsw: instant_distance::Hnsw<GraphPoint<N>>,
) -> Result<(Vec<DirectedLayer>, Vec<GraphPoint<N>>), Error> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let layers = extract_adjacency(&hnsw)?;
    let mut points = Vec::with_capacity(layers.first().map_or(0, |layer| layer.degrees.len()));
    points.extend(hnsw.iter().map(|(_, point)| *point));
    // Before another is taken apart.
    drop(hnsw);
    Ok((layers, points))
}

/// A graph, and the node that each of the points has become.
fn build_hnsw<P: Point>(points: Vec<P>, options: &BuildOptions) -> (instant_distance::Hnsw<P>, Vec<u32>) {
    // Without the pruned candidates a node has about 7 neighbours instead of 64, at the same recall.
    let heuristic = Heuristic { extend_candidates: false, keep_pruned: false };
    let (hnsw, ids) = Builder::default()
        .ef_construction(options.ef_construction)
        .ef_search(EF_SEARCH)
        .ml(options.layer_share)
        .select_heuristic(Some(heuristic))
        .seed(options.seed)
        .build_hnsw(points);
    (hnsw, ids.into_iter().map(|id| id.into_inner()).collect())
}

/// Which node each of so many points becomes. That depends on nothing but their number and the seed: `instant-distance` draws a
/// number for each and sorts by it.
fn shuffle(points: usize, options: &BuildOptions) -> Vec<u32> {
    let mut rng = SmallRng::seed_from_u64(options.seed);
    let mut drawn: Vec<(u32, u32)> = (0..points as u32).map(|point| (rng.gen_range(0..points as u32), point)).collect();
    drawn.sort_unstable();
    let mut nodes = vec![0; points];
    for (node, (_, point)) in (0..).zip(drawn) {
        nodes[point as usize] = node;
    }
    nodes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recommender::{
        search::{Adjacency, Layer},
        vector::Vector,
    };

    use super::*;

    fn unit(scaled: &[f64]) -> GraphPoint<LANES> {
        GraphPoint::of(Vector::unit(scaled).lanes())
    }

    #[test]
    fn points_become_the_nodes_that_instant_distance_makes_of_them() {
        let points: Vec<GraphPoint<LANES>> =
            (0..700).map(|i| unit(&[f64::from(i * 377 % 700) - 350.0, 99.0])).collect();
        let options = BuildOptions { seed: 7, ..BuildOptions::default() };
        assert_eq!(build_hnsw(points, &options).1, shuffle(700, &options));
    }

    /// `instant-distance`'s own graph of these points with these neighbours, as it would be deserialised.
    fn instant_distance_of(points: &[GraphPoint<LANES>], adjacency: &Adjacency) -> instant_distance::Hnsw<Lanes> {
        let slots = |layer: &Layer, slots: usize| {
            let mut neighbors = vec![Vec::new(); layer.nodes()];
            layer
                .each_edge(|higher, lower| {
                    neighbors[higher as usize].push(lower);
                    neighbors[lower as usize].push(higher);
                })
                .expect("edges within the graph");
            assert!(neighbors.iter().all(|neighbors| neighbors.len() <= slots));
            neighbors.iter_mut().for_each(|neighbors| neighbors.resize(slots, u32::MAX));
            neighbors
        };
        let lanes: Vec<[f32; LANES]> = points.iter().map(|point| point.0).collect();
        let zero: Vec<[u32; 64]> =
            slots(&adjacency.layers[0], 64).into_iter().map(|slots| slots.try_into().expect("64")).collect();
        let upper: Vec<Vec<[u32; 32]>> = adjacency.layers[1..]
            .iter()
            .map(|layer| slots(layer, 32).into_iter().map(|slots| slots.try_into().expect("32")).collect())
            .collect();
        let fixed = bincode::config::standard().with_fixed_int_encoding();
        let bytes = bincode::encode_to_vec((EF_SEARCH as u64, lanes, zero, upper), fixed).expect("encodes");
        bincode::serde::decode_from_slice(&bytes, fixed).expect("a graph").0
    }

    #[derive(Clone, serde::Deserialize)]
    struct Lanes([f32; LANES]);

    impl Point for Lanes {
        fn distance(&self, other: &Self) -> f32 {
            GraphPoint(self.0).distance(&GraphPoint(other.0))
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_walk_finds_what_instant_distance_finds_in_the_same_graph(
            seeds in prop::collection::vec(prop::array::uniform4(-1.0..1.0_f64), 1..600),
            query in prop::array::uniform4(-1.0..1.0_f64),
        ) {
            let points: Vec<GraphPoint<LANES>> = seeds.iter().map(|seed| unit(seed)).collect();
            let query = unit(&query);
            let (graph, _) = build_hnsw(points, &BuildOptions::default());
            let points: Vec<GraphPoint<LANES>> = graph.iter().map(|(_, point)| *point).collect();
            let same_order: Vec<u32> = (0..points.len() as u32).collect();
            let adjacency = undirected(&extract_adjacency(&graph).expect("reads out"), &same_order);
            let walked = Hnsw::new(&adjacency, points.len()).expect("a graph");
            let found = walked.search(EF_SEARCH, |node| query.distance(&points[node as usize]));
            let mut found: Vec<f32> = found.into_iter().map(|(_, distance)| distance).collect();
            found.sort_by(f32::total_cmp);
            let mut search = instant_distance::Search::default();
            let graph = instant_distance_of(&points, &adjacency);
            let theirs: Vec<f32> = graph.search(&Lanes(query.0), &mut search).map(|item| item.distance).collect();
            prop_assert_eq!(found, theirs);
        }
    }
}
