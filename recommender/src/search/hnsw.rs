//! The walk through a graph as it is stored (Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search
//! using hierarchical navigable small world graphs").
//!
//! `instant-distance` builds the graphs, in the trainer. Here their neighbours are searched as they lie: two numbers a node and one
//! for each neighbour, and no copy of the vectors.

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
    fn of(layer: &Layer) -> Self {
        let mut starts = Vec::with_capacity(layer.degrees.len() + 1);
        let mut end = 0;
        starts.push(end);
        // Fits: a section has at most 2^30 bytes, and a neighbour takes one or more.
        starts.extend(layer.degrees.iter().map(|degree| {
            end += degree;
            end
        }));
        Self { starts, neighbors: layer.neighbors.iter().collect() }
    }

    fn of_node(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.neighbors[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// A node and its distance, as one number: the nearer, then the lower one is smaller. Distances are not negative, and the bits
/// of such numbers are in the order of their values.
type Candidate = u64;

fn candidate(distance: f32, node: u32) -> Candidate {
    u64::from(distance.to_bits()) << 32 | u64::from(node)
}

fn distance_of(candidate: Candidate) -> f32 {
    f32::from_bits((candidate >> 32) as u32)
}

fn node_of(candidate: Candidate) -> u32 {
    // The lower half.
    candidate as u32
}

/// What a search needs besides the graph; kept for the thread's next one.
#[derive(Default)]
struct Scratch {
    /// The search, or layer of one, that visited each node last.
    visited: Vec<u32>,
    generation: u32,
    /// `C` in the paper: what is to be looked at.
    candidates: BinaryHeap<Reverse<Candidate>>,
    /// `W` in the paper: the nearest that were found.
    nearest: BinaryHeap<Candidate>,
}

impl Scratch {
    /// Forgets what was visited, in a graph of so many nodes.
    fn begin_layer(&mut self, nodes: usize) {
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
        let mut layers = adjacency.layers.iter().map(Links::of);
        // Of which the check has found at least one.
        let zero = layers.next().ok_or(Invalid::Count { what: "layers".into(), expected: 1, got: 0 })?;
        Ok(Self { zero, upper: layers.collect() })
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
        SCRATCH.with_borrow_mut(|scratch| {
            let mut entry = candidate(distance(ENTRY), ENTRY);
            for layer in self.upper.iter().rev() {
                self.search_layer(scratch, layer, entry, 1, &distance);
                entry = scratch.nearest.peek().copied().unwrap_or(entry);
            }
            self.search_layer(scratch, &self.zero, entry, ef.max(1), &distance);
            scratch.nearest.drain().map(|found| (node_of(found), distance_of(found))).collect()
        })
    }

    /// SEARCH-LAYER, algorithm 2: leaves the `ef` nearest in `scratch.nearest`.
    fn search_layer(
        &self,
        scratch: &mut Scratch,
        layer: &Links,
        entry: Candidate,
        ef: usize,
        distance: &impl Fn(u32) -> f32,
    ) {
        scratch.begin_layer(self.len());
        scratch.nearest.clear();
        scratch.visit(node_of(entry));
        scratch.candidates.push(Reverse(entry));
        scratch.nearest.push(entry);
        let mut furthest = entry;
        while let Some(Reverse(next)) = scratch.candidates.pop() {
            if distance_of(next) > distance_of(furthest) && scratch.nearest.len() >= ef {
                break;
            }
            for &neighbor in layer.of_node(node_of(next)) {
                if !scratch.visit(neighbor) {
                    continue;
                }
                let found = candidate(distance(neighbor), neighbor);
                if scratch.nearest.len() < ef {
                    scratch.nearest.push(found);
                } else if found < furthest {
                    // The nearest take the furthest one's place.
                    if let Some(mut last) = scratch.nearest.peek_mut() {
                        *last = found;
                    }
                } else {
                    continue;
                }
                scratch.candidates.push(Reverse(found));
                furthest = scratch.nearest.peek().copied().unwrap_or(found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::IntColumn;

    /// A line of nodes, each beside the next, with the first of them in a layer above.
    fn line(nodes: u32) -> Hnsw {
        let both = |node: u32| [node.checked_sub(1), Some(node + 1).filter(|next| *next < nodes)];
        let neighbors: Vec<u32> = (0..nodes).flat_map(|node| both(node).into_iter().flatten()).collect();
        let degrees: Vec<u32> = (0..nodes).map(|node| both(node).into_iter().flatten().count() as u32).collect();
        let zero = Layer { degrees: IntColumn::new(&degrees), neighbors: IntColumn::new(&neighbors) };
        let top = Layer { degrees: IntColumn::new(&[0]), neighbors: IntColumn::new(&[]) };
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
    fn graphs_of_different_size_are_searched_by_one_thread() {
        for nodes in [10, 1_000, 1, 500] {
            assert_eq!(line(nodes).search(3, |node| node as f32).len(), 3.min(nodes as usize));
        }
    }

    #[test]
    fn what_was_visited_is_forgotten_when_the_generations_begin_anew() {
        let graph = line(20);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.visited = vec![1; 20];
            scratch.generation = u32::MAX;
        });
        assert_eq!(graph.search(20, |node| node as f32).len(), 20);
    }
}
