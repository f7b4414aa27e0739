//! The neighbours out of an `Hnsw`, through its own `Serialize`: `instant-distance` shows them nowhere else.
//!
//! Number after number is looked at as it comes: a graph takes 320 bytes a node, and no second one is ever made.

use bincode::{
    config::{Configuration, Fixint, LittleEndian},
    enc::write::Writer,
    error::EncodeError,
};
use instant_distance::Hnsw;
use recommender::column::IntColumn;

use super::{Error, point::GraphPoint};

/// Slots for the neighbours of a node on the lowest layer, and on those above: fixed in `instant-distance`.
const SLOTS: [usize; 2] = [64, 32];

/// As many neighbours as a node has at most on the average. Memory that is reserved and not written takes none.
const USUAL_NEIGHBORS: usize = 12;

/// One layer of a graph as `instant-distance` has it: a node may be the neighbour of one that is none of its own.
#[derive(Clone, Debug)]
pub(super) struct DirectedLayer {
    /// How many neighbours each node has.
    pub(super) degrees: IntColumn,
    /// The neighbours of every node, end to end.
    pub(super) neighbors: IntColumn,
}

/// Integers of fixed width: each number is one write.
const FIXINT: Configuration<LittleEndian, Fixint> = bincode::config::standard().with_fixed_int_encoding();

/// Reads a graph's neighbours out of it: its layers, the lowest first.
pub(super) fn extract_adjacency<const N: usize>(graph: &Hnsw<GraphPoint<N>>) -> Result<Vec<DirectedLayer>, Error> {
    let mut extraction = Extraction::default();
    bincode::serde::encode_into_writer(graph, &mut extraction, FIXINT)?;
    if extraction.next != Next::Nothing {
        return Err(Error::EndsEarly);
    }
    Ok(extraction.layers)
}

/// Takes the numbers that a graph serialises to, lengths of sequences among them.
impl Writer for Extraction {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let mut number = [0; 8];
        let low = number.get_mut(..bytes.len()).ok_or(EncodeError::Other("a number of more than 8 bytes"))?;
        low.copy_from_slice(bytes);
        self.take(u64::from_le_bytes(number));
        Ok(())
    }
}

/// What the next number is: `ef_search`, the number of points, `zero` (64 slots a node) and `layers` (32 slots a node), sequences
/// beginning with their lengths, empty slots being `u32::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Next {
    #[default]
    EfSearch,
    Points,
    Nodes,
    Slots,
    Layers,
    Nothing,
}

#[derive(Default)]
struct Extraction {
    layers: Vec<DirectedLayer>,
    next: Next,
    /// Layers above that are still to come; unknown until the lowest has been read.
    above: Option<u64>,
    /// Nodes of this layer whose slots are not all read.
    nodes: u64,
    /// Slots of this node that are read.
    slot: usize,
    /// Neighbours of this node: as many as stand before its first empty slot.
    degree: u32,
    degrees: Vec<u32>,
    neighbors: Vec<u32>,
}

impl Extraction {
    #[inline]
    fn take(&mut self, number: u64) {
        match self.next {
            Next::EfSearch => self.next = Next::Points,
            Next::Points => self.next = Next::Nodes,
            Next::Nodes => {
                self.nodes = number;
                self.degrees.reserve_exact(number as usize);
                // Not copied while they grow: most nodes have fewer.
                self.neighbors.reserve(USUAL_NEIGHBORS.saturating_mul(number as usize));
                self.next = Next::Slots;
                self.end_layer_if_done();
            }
            Next::Slots => self.slot(number as u32),
            Next::Layers => {
                self.above = Some(number);
                self.next = if number == 0 { Next::Nothing } else { Next::Nodes };
            }
            Next::Nothing => {}
        }
    }

    #[inline]
    fn slot(&mut self, id: u32) {
        if id != u32::MAX && self.degree as usize == self.slot {
            self.neighbors.push(id);
            self.degree += 1;
        }
        self.slot += 1;
        if self.slot == SLOTS[self.layers.len().min(1)] {
            self.degrees.push(self.degree);
            (self.slot, self.degree) = (0, 0);
            self.nodes -= 1;
            self.end_layer_if_done();
        }
    }

    fn end_layer_if_done(&mut self) {
        if self.nodes > 0 {
            return;
        }
        let (degrees, neighbors) = (std::mem::take(&mut self.degrees), std::mem::take(&mut self.neighbors));
        self.layers.push(DirectedLayer { degrees: IntColumn::from(degrees), neighbors: IntColumn::from(neighbors) });
        self.next = match &mut self.above {
            None => Next::Layers,
            Some(above) => {
                *above -= 1;
                if *above == 0 { Next::Nothing } else { Next::Nodes }
            }
        };
    }
}
