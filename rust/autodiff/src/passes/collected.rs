//! Adjoints of the parts that were read of an array: added up together, not one by one.
//!
//! The adjoint of one element is an array of zeros but for one place.  A loop reads n elements of
//! x; n such arrays, each as long as x, are n^2 additions.  Where many short parts are read, their
//! adjoints are scattered at once, in the order in which they are met.

use pyframe_graph::{Array, Attribute, Graph, GraphError, NodeId, Primitive, Sliced, row_major_strides};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::adjoint::plus;

/// So many parts of an array are spread out over it one by one.
const FEW: usize = 4;
/// A slice that is longer than this part of its array is as well.
const SHORT: usize = 4;

/// What was read of an array.
#[derive(Debug)]
enum Part {
    Element(usize),
    Slice(SmallVec<[Sliced; 4]>),
}

/// The parts of one array that have been met.
#[derive(Debug, Default)]
struct Parts {
    adjoints: Vec<(Part, NodeId)>,
    /// Elements in slices.
    length: usize,
}

/// Adjoints that wait to be added to those of the arrays that many parts are read of.
#[derive(Debug)]
pub struct Collected {
    arrays: FxHashMap<NodeId, Parts>,
}

impl Collected {
    /// Nothing yet, for the arrays that have many readers among the nodes `read`.
    pub fn new(graph: &Graph, read: impl Iterator<Item = NodeId>) -> Self {
        let mut readers: FxHashMap<NodeId, usize> = FxHashMap::default();
        for id in read.filter(|&id| is_short(graph, id)) {
            *readers.entry(graph.operands(id)[0]).or_default() += 1;
        }
        let many = readers.into_iter().filter(|&(_, count)| count > FEW);
        Self { arrays: many.map(|(array, _)| (array, Parts::default())).collect() }
    }

    /// Keep the adjoint of a node that reads a short part of such an array; whether it is one.
    ///
    /// What has grown as long as the array is added to `whole`, so that no more than that is held.
    pub fn keep(
        &mut self,
        graph: &mut Graph,
        id: NodeId,
        adjoint: NodeId,
        whole: &mut [Option<NodeId>],
    ) -> Result<bool, GraphError> {
        if !is_short(graph, id) {
            return Ok(false);
        }
        let array = graph.operands(id)[0];
        let Some(parts) = self.arrays.get_mut(&array) else { return Ok(false) };
        let part = match graph.attribute(id) {
            Attribute::Slices(slices) => {
                parts.length += count(graph, id);
                Part::Slice(slices.clone())
            }
            _ => Part::Element(graph.place(id)),
        };
        parts.adjoints.push((part, adjoint));
        if parts.length >= count(graph, array) {
            self.add_to(graph, array, whole)?;
        }
        Ok(true)
    }

    /// Add what has been kept for an array to its adjoint.
    pub fn add_to(
        &mut self,
        graph: &mut Graph,
        array: NodeId,
        whole: &mut [Option<NodeId>],
    ) -> Result<(), GraphError> {
        let Some(parts) = self.arrays.get_mut(&array).map(std::mem::take) else { return Ok(()) };
        if !parts.adjoints.is_empty() {
            let scattered = scattered(graph, &parts.adjoints, array)?;
            let adjoint = &mut whole[array.index()];
            *adjoint = Some(plus(graph, *adjoint, scattered)?);
        }
        Ok(())
    }
}

fn count(graph: &Graph, id: NodeId) -> usize {
    graph.shape(id).iter().product()
}

/// Whether a node reads one element, or a few in comparison.
fn is_short(graph: &Graph, id: NodeId) -> bool {
    match graph.primitive(id) {
        Primitive::Element => true,
        Primitive::Slice => SHORT * count(graph, id) <= count(graph, graph.operands(id)[0]),
        _ => false,
    }
}

/// Zeros like an array, to which the adjoints of its parts are added.
fn scattered(graph: &mut Graph, parts: &[(Part, NodeId)], array: NodeId) -> Result<NodeId, GraphError> {
    let shape = graph.shape(array).to_vec();
    if let Some(rows) = whole_rows(graph, parts, &shape) {
        let adjoints: Vec<NodeId> = parts.iter().map(|(_, adjoint)| *adjoint).collect();
        let values = graph.concatenate(&adjoints, 0)?;
        let length = rows.len();
        let rows = graph.constant(Array::new(rows, [length])?)?;
        return graph.scatter_add(values, rows, 0, &shape);
    }
    let strides = row_major_strides(&shape);
    let mut places: Vec<i64> = Vec::new();
    let mut flat = Vec::with_capacity(parts.len());
    let only_elements = parts.iter().all(|(part, _)| matches!(part, Part::Element(_)));
    for (part, adjoint) in parts {
        let first = places.len();
        match part {
            Part::Element(place) => places.push(*place as i64),
            Part::Slice(slices) => read_places(slices, graph.shape(*adjoint), &strides, &mut places),
        }
        let length = places.len() - first;
        flat.push(if only_elements { *adjoint } else { graph.reshape(*adjoint, &[length])? });
    }
    let values = if only_elements { graph.stack(&flat)? } else { graph.concatenate(&flat, 0)? };
    let length = places.len();
    let places = graph.constant(Array::new(places, [length].as_slice())?)?;
    let sum = graph.scatter_add(values, places, 0, &[shape.iter().product()])?;
    graph.reshape(sum, &shape)
}

/// Which rows the parts are, when they are whole rows along the first of several axes.
fn whole_rows(graph: &Graph, parts: &[(Part, NodeId)], shape: &[usize]) -> Option<Vec<i64>> {
    let whole = |(slice, (&taken, &length)): (&Sliced, (&usize, &usize))| {
        taken == length && (slice.step == 1 || length < 2)
    };
    let mut rows = Vec::with_capacity(parts.len());
    for (part, adjoint) in parts {
        let Part::Slice(slices) = part else { return None };
        let taken = graph.shape(*adjoint);
        let (first, rest) = slices.split_first().filter(|(_, rest)| !rest.is_empty())?;
        if !rest.iter().zip(taken[1..].iter().zip(&shape[1..])).all(whole) {
            return None;
        }
        rows.extend((0..taken[0]).map(|k| first.start as i64 + first.step as i64 * k as i64));
    }
    Some(rows)
}

/// Add the places that slices read, in row-major order.
fn read_places(slices: &[Sliced], shape: &[usize], strides: &[isize], places: &mut Vec<i64>) {
    let mut found = vec![0];
    for ((slice, &length), &stride) in slices.iter().zip(shape).zip(strides) {
        let at = |k: usize| (slice.start as isize + slice.step * k as isize) * stride;
        found = found.iter().flat_map(|&from| (0..length).map(move |k| from + at(k))).collect();
    }
    places.extend(found.into_iter().map(|place: isize| place as i64));
}
