//! An `Hnsw` from checked neighbours, through its own `Deserialize`.
//!
//! `instant-distance` offers no other way in. This is the serde deserializer that speaks its form: a struct of
//! `ef_search`, `points`, `zero` (64 slots a node) and `layers` (32 slots a node), empty slots being `u32::MAX`.

use instant_distance::Hnsw;
use serde::{
    Deserialize,
    de::{
        Deserializer, IntoDeserializer, Visitor,
        value::{Error, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::adjacency::{Adjacency, Layer, WIDTH};
use crate::vector::Vector;

/// Builds the graph over `points`. `adjacency` must have been checked for as many nodes.
pub(super) fn rebuild(points: &[Vector], adjacency: &Adjacency, ef_search: usize) -> Result<Hnsw<Vector>, Error> {
    Hnsw::deserialize(Part::Graph(Source { points, adjacency, ef_search }))
}

#[derive(Clone, Copy)]
struct Source<'a> {
    points: &'a [Vector],
    adjacency: &'a Adjacency,
    ef_search: usize,
}

/// One piece of the graph, as large or as small as `Hnsw` asks for it.
#[derive(Clone, Copy)]
enum Part<'a> {
    Graph(Source<'a>),
    EfSearch(usize),
    Points(&'a [Vector]),
    Point(&'a Vector),
    Lane(f32),
    Layers(&'a [Layer]),
    Nodes { layer: &'a Layer, width: usize },
    Node { layer: &'a Layer, start: usize, degree: usize, width: usize },
    Slot(u32),
}

fn nodes(layer: &Layer, width: usize) -> impl Iterator<Item = Part<'_>> {
    let mut start = 0;
    layer.degrees.iter().map(move |degree| {
        let degree = degree as usize;
        start += degree;
        Part::Node { layer, start: start - degree, degree, width }
    })
}

impl<'de> Deserializer<'de> for Part<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Graph(Source { points, adjacency, ef_search }) => {
                let (zero, upper) = adjacency.layers.split_at(1);
                visitor.visit_seq(SeqDeserializer::new(
                    [
                        Part::EfSearch(ef_search),
                        Part::Points(points),
                        Part::Nodes { layer: &zero[0], width: WIDTH[0] },
                        Part::Layers(upper),
                    ]
                    .into_iter(),
                ))
            }
            Self::EfSearch(ef_search) => visitor.visit_u64(ef_search as u64),
            Self::Points(points) => visitor.visit_seq(SeqDeserializer::new(points.iter().map(Part::Point))),
            Self::Point(point) => {
                visitor.visit_seq(SeqDeserializer::new(point.lanes().iter().copied().map(Part::Lane)))
            }
            Self::Lane(lane) => visitor.visit_f32(lane),
            Self::Layers(layers) => visitor
                .visit_seq(SeqDeserializer::new(layers.iter().map(|layer| Part::Nodes { layer, width: WIDTH[1] }))),
            Self::Nodes { layer, width } => {
                visitor.visit_seq(SeqDeserializer::new(Counted(nodes(layer, width), layer.degrees.len())))
            }
            Self::Node { layer, start, degree, width } => visitor.visit_seq(SeqDeserializer::new(
                (0..width)
                    .map(|slot| Part::Slot(if slot < degree { layer.neighbors.get(start + slot) } else { u32::MAX })),
            )),
            Self::Slot(id) => visitor.visit_u32(id),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'a> IntoDeserializer<'_, Error> for Part<'a> {
    type Deserializer = Part<'a>;

    fn into_deserializer(self) -> Part<'a> {
        self
    }
}

/// An iterator that knows its length, which spares the vector that is filled from it its growing.
struct Counted<I>(I, usize);

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.1 = self.1.saturating_sub(1);
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.1, Some(self.1))
    }
}
