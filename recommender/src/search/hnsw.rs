//! The walk through graphs as they are stored (Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search
//! using hierarchical navigable small world graphs").
//!
//! `instant-distance` builds the graphs, in the trainer. Here they are searched with a number for each node and two for each edge, and no
//! copy of the vectors. Two things are not in the paper: a search may go through several graphs
//! ([`Nearest`] is kept from one to the next), and it may refuse nodes, which it walks through and does not keep.

use std::{cell::RefCell, cmp::Reverse, collections::BinaryHeap};

use super::adjacency::{Adjacency, Layer};
use crate::invalid::Invalid;

/// Where every search begins: each layer is a prefix of the one below it.
const ENTRY: u32 = 0;

/// A graph that can be searched.
#[derive(Clone, Debug)]
pub struct Hnsw {
    /// The lowest layer, which has every node.
    zero: Links,
    /// The layers above, the lowest first.
    upper: Vec<Links>,
}

/// The neighbours of each node of a layer, end to end.
#[derive(Clone, Debug)]
struct Links {
    /// Where each node's neighbours begin; they end where the next node's begin.
    starts: Vec<u32>,
    neighbors: Vec<u32>,
}

impl Links {
    /// Both directions of every edge. The neighbours of a node with lower numbers come before those with higher ones.
    fn of(number: usize, layer: &Layer) -> Result<Self, Invalid> {
        // Where the neighbours of each node begin stands two places behind the node's while they are counted, and one while they are put
        // there. It fits: a layer has fewer than 2^31 edges.
        let mut starts = vec![0_u32; layer.nodes() + 2];
        let counted = layer.each_edge(|higher, lower| {
            starts[higher as usize + 2] += 1;
            starts[lower as usize + 2] += 1;
        });
        let wrong = |node| format!("the list of neighbours of node {node} in layer {number}");
        counted.map_err(|node| Invalid::Encoding { what: wrong(node).into() })?;
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut neighbors = vec![0; end as usize];
        let mut put = |node: u32, neighbor| {
            let start = &mut starts[node as usize + 1];
            neighbors[*start as usize] = neighbor;
            *start += 1;
        };
        // Nothing goes wrong that has gone well before.
        let _ = layer.each_edge(|higher, lower| {
            put(higher, lower);
            put(lower, higher);
        });
        starts.pop();
        Ok(Self { starts, neighbors })
    }

    fn of_node(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.neighbors[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// A node and its distance, as one number: the nearer, then the lower one is smaller. Distances are not negative, and the bits
/// of such numbers are in the order of their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate(u64);

impl Candidate {
    pub(super) fn new(distance: f32, node: u32) -> Self {
        Self(u64::from(distance.to_bits()) << 32 | u64::from(node))
    }

    pub(super) fn distance(self) -> f32 {
        f32::from_bits((self.0 >> 32) as u32)
    }

    pub(super) fn node(self) -> u32 {
        // The lower half.
        self.0 as u32
    }

    /// The same bound for nodes that are numbered from `first` on.
    pub(super) fn numbered_from(self, first: u32) -> Self {
        Self::new(self.distance(), self.node().saturating_sub(first))
    }
}

/// `W` in the paper: the nearest nodes that were found, as many as are kept.
#[derive(Debug)]
pub(super) struct Nearest {
    most: usize,
    heap: BinaryHeap<Candidate>,
}

impl Nearest {
    /// Keeps `most` nodes, which is 1 or more.
    pub(super) fn new(most: usize) -> Self {
        Self { most, heap: BinaryHeap::with_capacity(most.min(1 << 12)) }
    }

    /// Takes a node if it is among the nearest.
    pub(super) fn offer(&mut self, found: Candidate) {
        if self.heap.len() < self.most {
            self.heap.push(found);
        } else if let Some(mut furthest) = self.heap.peek_mut().filter(|furthest| found < **furthest) {
            *furthest = found;
        }
    }

    /// The furthest of them, where there are as many as are kept: what is further is of no use.
    pub(super) fn bound(&self) -> Option<Candidate> {
        self.heap.peek().copied().filter(|_| self.heap.len() >= self.most)
    }

    /// The nodes, in no order.
    pub(super) fn into_vec(self) -> Vec<Candidate> {
        self.heap.into_vec()
    }
}

/// What a search needs besides the graph; kept for the thread's next one.
#[derive(Default)]
struct Scratch {
    /// The search that visited each node last.
    visited: Vec<u32>,
    generation: u32,
    /// `C` in the paper: what is to be looked at.
    candidates: BinaryHeap<Reverse<Candidate>>,
}

impl Scratch {
    /// Forgets what was visited, in a graph of so many nodes.
    fn begin(&mut self, nodes: usize) {
        self.generation = self.generation.wrapping_add(1);
        if self.visited.len() < nodes || self.generation == 0 {
            self.visited.clear();
            self.visited.resize(nodes, 0);
            self.generation = 1;
        }
        self.candidates.clear();
    }

    /// Whether a node is visited for the first time.
    fn visit(&mut self, node: u32) -> bool {
        std::mem::replace(&mut self.visited[node as usize], self.generation) != self.generation
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Hnsw {
    /// Makes a graph of `nodes` nodes ready.
    ///
    /// # Errors
    ///
    /// Where a search would not be safe.
    pub fn new(adjacency: &Adjacency, nodes: usize) -> Result<Self, Invalid> {
        adjacency.check(nodes)?;
        let mut layers = adjacency.layers.iter().enumerate().map(|(number, layer)| Links::of(number, layer));
        // Of which the check has found at least one.
        let zero = layers.next().ok_or(Invalid::Count { what: "layers".into(), expected: 1, got: 0 })??;
        Ok(Self { zero, upper: layers.collect::<Result<_, _>>()? })
    }

    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        let links = |links: &Links| (links.starts.len() + links.neighbors.len()) * size_of::<u32>();
        links(&self.zero) + self.upper.iter().map(links).sum::<usize>()
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.zero.starts.len() - 1
    }

    /// Whether there are no nodes (which no graph has).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The nodes nearest to a query, up to `ef` of them, in no order, each with its distance (K-NN-SEARCH, algorithm 5, where
    /// `ef` is K too). `distance` is a node's from the query: not negative, and a number.
    pub fn search(&self, ef: usize, distance: impl Fn(u32) -> f32) -> Vec<(u32, f32)> {
        let mut nearest = Nearest::new(ef.max(1));
        let entry = self.descend(&distance);
        self.walk(entry, 0, &[], &distance, |found| {
            nearest.offer(found);
            nearest.bound()
        });
        nearest.into_vec().into_iter().map(|found| (found.node(), found.distance())).collect()
    }

    /// Whether a search for a node's own vector that keeps `ef` nodes comes to it: it ends there. `distance` is that of the others from it,
    /// as in [`Hnsw::search`].
    pub fn finds(&self, node: u32, ef: usize, distance: impl Fn(u32) -> f32) -> bool {
        let entry = self.descend(&distance);
        if entry.node() == node {
            return true;
        }
        let mut nearest = Nearest::new(ef.max(1));
        let mut own = None;
        self.walk(entry, 0, &[], &distance, |found| {
            nearest.offer(found);
            own = own.or((found.node() == node).then_some(found));
            // Beyond the node itself, none is of use.
            own.or(nearest.bound())
        });
        own.is_some()
    }

    /// The node of the layer above the lowest that is nearest to a query, as far as going from neighbour to neighbour finds it:
    /// where [`Hnsw::walk`] begins (algorithm 2 with `ef` 1, layer by layer).
    pub(super) fn descend(&self, distance: &impl Fn(u32) -> f32) -> Candidate {
        let mut best = Candidate::new(distance(ENTRY), ENTRY);
        for layer in self.upper.iter().rev() {
            loop {
                let neighbors = layer.of_node(best.node()).iter();
                let nearest = neighbors.map(|node| Candidate::new(distance(*node), *node)).min();
                match nearest.filter(|nearest| *nearest < best) {
                    Some(nearer) => best = nearer,
                    None => break,
                }
            }
        }
        best
    }

    /// Goes through the lowest layer from `entry`, nearest nodes first (SEARCH-LAYER, algorithm 2). `take` is given each node that
    /// is reached, and says beyond which candidate nodes are of no use to it. However near that is, the walk goes on while it
    /// finds nodes that are among the `beam` nearest of its own: so it gets to the query's surroundings in this graph, even where
    /// another graph's are nearer. In the end `take` is given those of the nodes `unreachable` that were not reached.
    ///
    /// Says whether it went as far as is of use: not where it took all that it reached, and there are nodes that it did not reach.
    pub(super) fn walk(
        &self,
        entry: Candidate,
        beam: usize,
        unreachable: &[u32],
        distance: &impl Fn(u32) -> f32,
        mut take: impl FnMut(Candidate) -> Option<Candidate>,
    ) -> bool {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.begin(self.len());
            scratch.visit(entry.node());
            scratch.candidates.push(Reverse(entry));
            let mut own = (beam > 0).then(|| Nearest::new(beam));
            let mut taken = 0;
            let mut take = |found| {
                taken += 1;
                let bound = take(found);
                let Some(own) = &mut own else { return bound };
                own.offer(found);
                Some(own.bound()?.max(bound?))
            };
            // Nothing is of no use yet: there is no bound.
            let mut bound = take(entry);
            let mut is_bounded = false;
            while let Some(Reverse(next)) = scratch.candidates.pop() {
                if bound.is_some_and(|bound| next.distance() > bound.distance()) {
                    is_bounded = true;
                    break;
                }
                for &neighbor in self.zero.of_node(next.node()) {
                    if !scratch.visit(neighbor) {
                        continue;
                    }
                    let found = Candidate::new(distance(neighbor), neighbor);
                    if bound.is_none_or(|bound| found < bound) {
                        scratch.candidates.push(Reverse(found));
                        bound = take(found);
                    } else {
                        is_bounded = true;
                    }
                }
            }
            for &node in unreachable {
                if scratch.visit(node) {
                    take(Candidate::new(distance(node), node));
                }
            }
            // Where nothing was left out for a bound, all that it reached was taken.
            is_bounded || taken == self.len()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of nodes, each beside the next, with the first of them in a layer above.
    fn line(nodes: u32) -> Hnsw {
        let zero = Layer::of_edges(nodes as usize, (1..nodes).map(|node| (node - 1, node)));
        let top = Layer::of_edges(1, std::iter::empty());
        Hnsw::new(&Adjacency { layers: vec![zero, top] }, nodes as usize).expect("a graph")
    }

    #[test]
    fn a_search_finds_the_nearest_and_as_many_as_it_keeps() {
        let graph = line(1_000);
        for query in [0.2_f32, 499.4, 998.9] {
            for ef in [1, 3, 10] {
                let mut found = graph.search(ef, |node| (node as f32 - query).abs());
                found.sort_by(|a, b| a.1.total_cmp(&b.1));
                let mut all: Vec<u32> = (0..1_000).collect();
                all.sort_by(|a, b| (*a as f32 - query).abs().total_cmp(&(*b as f32 - query).abs()));
                assert_eq!(found.iter().map(|(node, _)| *node).collect::<Vec<_>>(), all[..ef], "{query}, {ef}");
            }
        }
        assert_eq!(graph.search(5_000, |node| node as f32).len(), 1_000);
    }

    #[test]
    fn a_node_is_found_if_there_is_a_way_to_it() {
        let zero = Layer::of_edges(50, (1..30).chain(31..50).map(|node| (node - 1, node)));
        let top = Layer::of_edges(1, std::iter::empty());
        let graph = Hnsw::new(&Adjacency { layers: vec![zero, top] }, 50).expect("a graph");
        for ef in [1, 100] {
            let found: Vec<u32> =
                (0..50).filter(|node| graph.finds(*node, ef, |other| other.abs_diff(*node) as f32)).collect();
            assert_eq!(found, (0..30).collect::<Vec<_>>(), "{ef}");
        }
    }

    #[test]
    fn a_graph_takes_the_memory_that_is_said_before_it_is_made() {
        let layers = vec![
            Layer::of_edges(100, (2..100).flat_map(|node| [(node - 2, node), (node - 1, node)])),
            Layer::of_edges(50, (1..50).map(|node| (node - 1, node))),
            Layer::of_edges(1, std::iter::empty()),
        ];
        let adjacency = Adjacency { layers };
        let graph = Hnsw::new(&adjacency, 100).expect("a graph");
        assert_eq!(graph.memory(), adjacency.searched_memory());
    }

    #[test]
    fn graphs_of_different_size_are_searched_by_one_thread() {
        for nodes in [10, 1_000, 1, 500] {
            assert_eq!(line(nodes).search(3, |node| node as f32).len(), 3.min(nodes as usize));
        }
    }

    #[test]
    fn what_was_visited_is_forgotten_when_the_generations_begin_anew() {
        let graph = line(20);
        SCRATCH.with_borrow_mut(|scratch| {
            // As nodes are marked that no search has visited.
            scratch.visited = vec![0; 20];
            scratch.generation = u32::MAX;
        });
        assert_eq!(graph.search(20, |node| node as f32).len(), 20);
    }
}
