//! The planner: compares with every track, or walks the graphs, as is quicker.

use std::{collections::HashSet, ops::Range, sync::OnceLock};

use super::{
    allowed::Allowed,
    exact,
    graph::{Graph, GraphData},
    hnsw::{Candidate, Nearest},
    neighbor::Neighbor,
    nodes::Nodes,
};
use crate::{catalog::songs::SongIds, invalid::Invalid, vector::Vector};

/// How to search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// As the planner finds quicker.
    #[default]
    Auto,
    /// Compare with every track: always right.
    Exact,
    /// Walk the graphs: finds nearly always the same, in a fraction of the time on large clusters.
    Hnsw,
}

/// How a search was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchMethod {
    /// Every track was compared.
    Exact,
    /// The graphs were walked.
    Hnsw,
}

impl SearchMethod {
    /// The name used in answers: `exact` or `hnsw`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Hnsw => "hnsw",
        }
    }
}

/// How many nodes a walk keeps at least, and how many for each song that is wanted: the last ones are the least sure.
const MIN_EF: usize = 140;
const EF_PER_SONG: usize = 2;
/// A walk that keeps a node takes as long as comparing with so many rows.
const ROWS_PER_KEPT_NODE: f64 = 80.0;
/// A walk that is asked for may take so many times as long as comparing with every row, and anything in clusters of so few rows.
const MAX_FORCED_RATIO: f64 = 8.0;
const MAX_FORCED_ROWS: usize = 1 << 14;
/// In each graph but the first, a walk goes on while it finds nodes that are among so many nearest of that graph.
const BEAM: usize = 32;

/// What a search looks for.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) vector: &'a Vector,
    /// Clusters to search in, by id, each once.
    pub(crate) clusters: &'a [usize],
    /// How many different songs to find.
    pub(crate) want: usize,
    /// How many nodes a walk keeps.
    pub(crate) ef: usize,
    pub(crate) search: Search,
    /// Which rows may be found.
    pub(crate) allowed: Allowed<'a>,
    pub(crate) songs: &'a SongIds,
    /// What is added to each row's distance, 0 or more. The graphs do not know of it: with costs every track is compared.
    pub(crate) costs: Option<&'a [f32]>,
}

/// Every track's vector, and a graph for each cluster. Graphs may come after the rest: until a cluster has its graph, it
/// is searched exactly.
pub struct Neighbors {
    nodes: Nodes,
    ranges: Vec<Range<u32>>,
    graphs: Vec<OnceLock<Graph>>,
}

impl Neighbors {
    /// `ranges` are the rows of each cluster.
    pub(crate) fn new(mut nodes: Nodes, ranges: Vec<Range<u32>>) -> Self {
        // Two clusters share no node.
        ranges.iter().for_each(|range| nodes.split_at(range.start));
        let graphs = ranges.iter().map(|_| OnceLock::new()).collect();
        Self { nodes, ranges, graphs }
    }

    /// Gives a cluster its graph. One that it has already stays.
    pub(crate) fn add_graph(&self, cluster: usize, data: &GraphData) -> Result<(), Invalid> {
        let (Some(range), Some(place)) = (self.ranges.get(cluster), self.graphs.get(cluster)) else {
            return Err(Invalid::Index {
                what: "a graph is of cluster".into(),
                count: self.ranges.len(),
                got: cluster,
            });
        };
        let graph = Graph::new(self.nodes.of_rows(range), data)?;
        // Nothing is lost where two bring the same graph.
        let _ = place.set(graph);
        Ok(())
    }

    /// The vectors of all rows.
    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// A cluster's graph, if it is there yet.
    ///
    /// # Panics
    ///
    /// If there is no such cluster.
    pub fn graph(&self, cluster: usize) -> Option<&Graph> {
        self.graphs[cluster].get()
    }

    /// Whether every cluster has its graph.
    pub fn is_complete(&self) -> bool {
        self.graphs.iter().all(|graph| graph.get().is_some())
    }

    /// The nearest `want` different songs among the rows that are allowed; fewer only where there are no more. Of several
    /// releases of a song the nearest is found.
    pub(crate) fn nearest(&self, query: &Query<'_>) -> (Vec<Neighbor>, SearchMethod) {
        let ranges: Vec<Range<u32>> = query.clusters.iter().map(|cluster| self.ranges[*cluster].clone()).collect();
        let pool: usize = ranges.iter().map(Range::len).sum();
        let allowed: usize = ranges.iter().map(|range| query.allowed.count(range.clone()) as usize).sum();
        let graphs: Option<Vec<&Graph>> = query.clusters.iter().map(|cluster| self.graph(*cluster)).collect();
        if let (Some(graphs), None) = (graphs, query.costs) {
            let is_allowed = |row| query.allowed.contains(row, query.songs);
            let mut ef = query.ef.max(query.want);
            while is_quicker(query.search, ef, allowed, pool) {
                let Walked { nodes, is_far_enough, is_full } = self.walk(&graphs, query.vector, query.allowed, ef);
                let found = different_songs(&self.rows_of(nodes, is_allowed), query.want, query.songs);
                if is_far_enough && found.len() == query.want {
                    return (found, SearchMethod::Hnsw);
                }
                if !is_far_enough || !is_full {
                    // There are nodes that the graphs do not lead to, or no more nodes.
                    break;
                }
                // Too many of the nodes are of one song.
                ef = ef.saturating_mul(4);
            }
        }
        let mut most = query.want.saturating_add(16);
        loop {
            let found = exact::nearest(&self.nodes, &ranges, query, most);
            let all = found.len() < most || most >= pool;
            let found = different_songs(&found, query.want, query.songs);
            if found.len() == query.want || all {
                return (found, SearchMethod::Exact);
            }
            most = most.saturating_mul(4);
        }
    }

    /// The rows that a walk through the graphs of these clusters finds which keeps `ef` nodes, nearest first; nothing where a graph
    /// is not there.
    ///
    /// # Panics
    ///
    /// If there is no such cluster.
    pub fn search_graphs(&self, clusters: &[usize], query: &Vector, ef: usize) -> Option<Vec<Neighbor>> {
        let graphs = clusters.iter().map(|cluster| self.graph(*cluster)).collect::<Option<Vec<_>>>()?;
        Some(self.rows_of(self.walk(&graphs, query, Allowed::AllBut(&[]), ef.max(1)).nodes, |_| true))
    }

    /// The `ef` nearest nodes that have an allowed row. One result is kept for all graphs, of which the one whose way in ends nearest
    /// is the first: the others are left as soon as they cannot add to it.
    fn walk(&self, graphs: &[&Graph], query: &Vector, allowed: Allowed<'_>, ef: usize) -> Walked {
        let is_allowed = |node: u32| match allowed {
            // Few: told when the walk is over.
            Allowed::AllBut(_) => true,
            Allowed::Rows(rows) => self.nodes.rows_of(node).any(|row| rows.contains(row)),
        };
        let mut entries: Vec<(Candidate, &Graph)> = graphs
            .iter()
            .map(|graph| (graph.hnsw.descend(&|node| self.nodes.distance(graph.first + node, query)), *graph))
            .collect();
        entries.sort_unstable_by_key(|(entry, graph)| (*entry, graph.first));
        let (mut nearest, mut is_far_enough) = (Nearest::new(ef), true);
        for (place, (entry, graph)) in entries.into_iter().enumerate() {
            let distance = |node: u32| self.nodes.distance(graph.first + node, query);
            let beam = if place == 0 { 0 } else { BEAM };
            is_far_enough &= graph.hnsw.walk(entry, beam, &graph.unreachable, &distance, |found| {
                if is_allowed(graph.first + found.node()) {
                    nearest.offer(Candidate::new(found.distance(), graph.first + found.node()));
                }
                nearest.bound().map(|bound| bound.numbered_from(graph.first))
            });
        }
        let is_full = nearest.bound().is_some();
        Walked { nodes: nearest.into_vec(), is_far_enough, is_full }
    }

    /// The allowed rows of nodes, nearest first.
    fn rows_of(&self, nodes: Vec<Candidate>, is_allowed: impl Fn(u32) -> bool) -> Vec<Neighbor> {
        let mut found: Vec<Neighbor> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let rows = self.nodes.rows_of(node.node()).filter(|row| is_allowed(*row));
            found.extend(rows.map(|row| Neighbor { row, distance: node.distance() }));
        }
        found.sort_unstable_by(Neighbor::cmp);
        found
    }
}

/// What a walk has found.
struct Walked {
    /// In no order.
    nodes: Vec<Candidate>,
    /// Whether it has gone far enough in each graph: not where it came to an end, and there are more nodes.
    is_far_enough: bool,
    /// Whether it has found as many as it keeps.
    is_full: bool,
}

/// How many nodes a walk keeps to find so many songs (`ef` in Malkov and Yashunin 2018).
pub fn ef_of(songs: usize) -> usize {
    songs.saturating_mul(EF_PER_SONG).max(MIN_EF)
}

/// Whether to walk the graphs, keeping `ef` nodes: where a part of the rows is allowed, a walk has to go so many times further to
/// find as many, and there are so many times fewer to compare with.
fn is_quicker(search: Search, ef: usize, allowed: usize, pool: usize) -> bool {
    let (kept, allowed) = (ef as f64, allowed as f64);
    // Both in rows that are compared.
    let (compared, walked) = (allowed, kept * ROWS_PER_KEPT_NODE * pool as f64 / allowed.max(1.0));
    match search {
        Search::Exact => false,
        Search::Hnsw => compared * MAX_FORCED_RATIO >= walked || pool <= MAX_FORCED_ROWS,
        Search::Auto => compared >= walked,
    }
}

/// The first `want` songs of a sorted list, each once.
fn different_songs(found: &[Neighbor], want: usize, songs: &SongIds) -> Vec<Neighbor> {
    let mut seen: HashSet<u32> = HashSet::new();
    // Most songs have one row.
    let mut is_new = |row: u32| !songs.repeated().contains(row) || seen.insert(songs.of(row));
    found.iter().filter(|neighbor| is_new(neighbor.row)).take(want).copied().collect()
}
