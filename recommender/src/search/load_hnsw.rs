//! An `Hnsw` from checked neighbours, through its own `Deserialize`.
//!
//! `instant-distance` offers no other way in. This is the serde deserializer that speaks its form: a struct of
//! `ef_search`, `points`, `zero` (64 slots a node) and `layers` (32 slots a node), empty slots being `u32::MAX`.
//!
//! There are millions of slots and lanes: each level has a type of its own, as small as what it says, so that the
//! compiler makes plain loops of the inner ones.

use instant_distance::Hnsw;
use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, SeqAccess, Visitor, value::Error},
    forward_to_deserialize_any,
};

use super::adjacency::{Adjacency, Layer, MAX_DEGREES};
use crate::vector::Vector;

/// Loads the graph over `points`, one for each node, as instant-distance searches it. `adjacency` must be that of a
/// checked or a built graph; `ef_search` is how many candidates its searches keep.
///
/// # Errors
///
/// Where instant-distance does not take the graph.
///
/// # Panics
///
/// Where `adjacency` has no layer, or its degrees do not add up.
pub fn load_hnsw(points: &[Vector], adjacency: &Adjacency, ef_search: usize) -> Result<Hnsw<Vector>, Error> {
    Hnsw::deserialize(Graph { points, adjacency, ef_search })
}

/// A deserializer that says the same whatever is asked for, and is its own content where a newtype is.
macro_rules! deserializer {
    ($name:ident $(<$life:lifetime>)?, |$this:ident, $visitor:ident| $visit:expr) => {
        impl<'de> Deserializer<'de> for $name $(<$life>)? {
            type Error = Error;

            #[inline]
            fn deserialize_any<V: Visitor<'de>>(self, $visitor: V) -> Result<V::Value, Error> {
                let $this = self;
                $visit
            }

            #[inline]
            fn deserialize_newtype_struct<V: Visitor<'de>>(
                self,
                _: &'static str,
                visitor: V,
            ) -> Result<V::Value, Error> {
                visitor.visit_newtype_struct(self)
            }

            forward_to_deserialize_any! {
                bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
                unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
            }
        }
    };
}

struct Graph<'a> {
    points: &'a [Vector],
    adjacency: &'a Adjacency,
    ef_search: usize,
}
deserializer!(Graph<'_>, |graph, visitor| visitor.visit_seq(Fields { graph, next: 0 }));

/// The fields of a graph, in the order in which `Hnsw` has them.
struct Fields<'a> {
    graph: Graph<'a>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        // `check` has seen that there is a lowest layer.
        let (zero, upper) = self.graph.adjacency.layers.split_at(1);
        let field = self.next;
        self.next += 1;
        match field {
            0 => seed.deserialize(Number(self.graph.ef_search as u64)),
            1 => seed.deserialize(Points(self.graph.points)),
            2 => seed.deserialize(Nodes { layer: &zero[0], width: MAX_DEGREES[0] }),
            3 => seed.deserialize(Layers(upper)),
            _ => return Ok(None),
        }
        .map(Some)
    }
}

struct Number(u64);
deserializer!(Number, |number, visitor| visitor.visit_u64(number.0));

/// One element after another, from an iterator of deserializers.
struct Sequence<I>(I);

impl<'de, D: Deserializer<'de, Error = Error>, I: ExactSizeIterator<Item = D>> SeqAccess<'de> for Sequence<I> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|element| seed.deserialize(element)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Points<'a>(&'a [Vector]);
deserializer!(Points<'_>, |points, visitor| visitor.visit_seq(Sequence(points.0.iter().map(Point))));

struct Point<'a>(&'a Vector);
deserializer!(Point<'_>, |point, visitor| visitor.visit_seq(Sequence(point.0.lanes().iter().copied().map(Lane))));

struct Lane(f32);
deserializer!(Lane, |lane, visitor| visitor.visit_f32(lane.0));

struct Layers<'a>(&'a [Layer]);
deserializer!(Layers<'_>, |layers, visitor| {
    visitor.visit_seq(Sequence(layers.0.iter().map(|layer| Nodes { layer, width: MAX_DEGREES[1] })))
});

struct Nodes<'a> {
    layer: &'a Layer,
    width: usize,
}
deserializer!(Nodes<'_>, |nodes, visitor| {
    let neighbors: Vec<u32> = nodes.layer.neighbors.iter().collect();
    let degrees: Vec<u32> = nodes.layer.degrees.iter().collect();
    let mut rest = &neighbors[..];
    visitor.visit_seq(Sequence(degrees.iter().map(|degree| {
        // `check` has seen that the degrees add up.
        let (ids, more) = rest.split_at(*degree as usize);
        rest = more;
        Node { ids, width: nodes.width }
    })))
});

struct Node<'a> {
    ids: &'a [u32],
    width: usize,
}
deserializer!(Node<'_>, |node, visitor| {
    let empty = std::iter::repeat_n(u32::MAX, node.width.saturating_sub(node.ids.len()));
    visitor.visit_seq(Slots { ids: node.ids.iter(), empty })
});

/// The neighbours of a node, and empty slots up to its width.
struct Slots<'a> {
    ids: std::slice::Iter<'a, u32>,
    empty: std::iter::RepeatN<u32>,
}

impl<'de> SeqAccess<'de> for Slots<'_> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        match self.ids.next().copied().or_else(|| self.empty.next()) {
            Some(id) => seed.deserialize(Slot(id)).map(Some),
            None => Ok(None),
        }
    }
}

struct Slot(u32);
deserializer!(Slot, |slot, visitor| visitor.visit_u32(slot.0));
