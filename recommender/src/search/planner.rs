//! The planner: compares with every track, or walks the graphs, as is quicker.

use std::{collections::HashSet, ops::Range, sync::OnceLock};

use super::{
    exact,
    graph::{EF_SEARCH, Graph, GraphData},
    neighbor::Neighbor,
};
use crate::{catalog::titles::SongIds, invalid::Invalid, vector::Vector};

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

/// With fewer rows than this to compare with, an exact search is as quick as a graph.
const MIN_HNSW_TRACKS: usize = 8_192;
/// The last of the nodes that a search keeps are the least sure: beyond half of [`EF_SEARCH`] the planner compares with every
/// track.
const MAX_HNSW_LIMIT: usize = EF_SEARCH / 2;

/// What a search looks for.
pub(crate) struct Query<'a> {
    pub(crate) vector: &'a Vector,
    /// Clusters to search in, by id, each once.
    pub(crate) clusters: &'a [usize],
    /// How many different songs to find.
    pub(crate) want: usize,
    pub(crate) search: Search,
}

/// Every track's vector, and a graph for each cluster. Graphs may come after the rest: until a cluster has its graph, it
/// is searched exactly.
pub struct Neighbors {
    vectors: Vec<Vector>,
    ranges: Vec<Range<u32>>,
    graphs: Vec<OnceLock<Graph>>,
}

impl Neighbors {
    /// `ranges` are the rows of each cluster.
    pub(crate) fn new(vectors: Vec<Vector>, ranges: Vec<Range<u32>>) -> Self {
        let graphs = ranges.iter().map(|_| OnceLock::new()).collect();
        Self { vectors, ranges, graphs }
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
        let graph = Graph::new(&self.vectors[range.start as usize..range.end as usize], data)?;
        // Nothing is lost where two bring the same graph.
        let _ = place.set(graph);
        Ok(())
    }

    /// The vector of every row.
    pub fn vectors(&self) -> &[Vector] {
        &self.vectors
    }

    /// A cluster's graph, if it is there yet. Rows that it finds are counted from the cluster's first.
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

    /// The nearest `want` different songs among the rows that `accepts` lets through; fewer only where there are no
    /// more. Of several releases of a song the nearest is found. `cost` is added to a row's distance; the graphs do not
    /// know of it, so that with costs the search must be exact.
    pub(crate) fn nearest(
        &self,
        query: &Query<'_>,
        songs: &SongIds,
        accepts: &dyn Fn(u32) -> bool,
        cost: &dyn Fn(u32) -> f32,
    ) -> (Vec<Neighbor>, SearchMethod) {
        let pool: usize = query.clusters.iter().map(|cluster| self.ranges[*cluster].len()).sum();
        let walk = match query.search {
            Search::Auto => pool >= MIN_HNSW_TRACKS && query.want <= MAX_HNSW_LIMIT,
            Search::Exact => false,
            Search::Hnsw => true,
        };
        let graphs: Option<Vec<(usize, &Graph)>> =
            query.clusters.iter().map(|cluster| Some((*cluster, self.graph(*cluster)?))).collect();
        if let (true, Some(graphs)) = (walk, graphs) {
            let ef = EF_SEARCH.max(query.want.saturating_mul(2));
            let walk = |(cluster, graph)| self.walk(cluster, graph, query.vector, ef);
            let mut found: Vec<Neighbor> = graphs.into_iter().flat_map(walk).collect();
            found.retain(|neighbor| accepts(neighbor.row));
            found.sort_unstable_by(Neighbor::cmp);
            let found = different_songs(&found, query.want, songs);
            if found.len() == query.want {
                return (found, SearchMethod::Hnsw);
            }
            // A walk finds a bounded number of nodes. They were too few: compare with every track.
        }
        let ranges: Vec<Range<u32>> = query.clusters.iter().map(|cluster| self.ranges[*cluster].clone()).collect();
        let mut most = query.want.saturating_add(16);
        loop {
            let found = exact::nearest(&self.vectors, &ranges, query.vector, most, accepts, cost);
            let all = found.len() < most || most >= pool;
            let found = different_songs(&found, query.want, songs);
            if found.len() == query.want || all {
                return (found, SearchMethod::Exact);
            }
            most = most.saturating_mul(4);
        }
    }

    /// What one cluster's graph finds, as rows.
    fn walk(&self, cluster: usize, graph: &Graph, query: &Vector, ef: usize) -> Vec<Neighbor> {
        let rows = self.ranges[cluster].clone();
        let found = graph.search(&self.vectors[rows.start as usize..rows.end as usize], query, ef);
        found.into_iter().map(|neighbor| Neighbor { row: rows.start + neighbor.row, ..neighbor }).collect()
    }
}

/// The first `want` songs of a sorted list, each once.
fn different_songs(found: &[Neighbor], want: usize, songs: &SongIds) -> Vec<Neighbor> {
    let mut seen: HashSet<u32> = HashSet::with_capacity(want);
    found.iter().filter(|neighbor| seen.insert(songs.of(neighbor.row))).take(want).copied().collect()
}
