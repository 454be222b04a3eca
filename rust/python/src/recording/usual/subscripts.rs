//! `x[key]` for integers, slices and new axes.

use pyframe_graph::{Graph, GraphError, NodeId, Shape, Sliced};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PySlice, PyTuple};
use smallvec::SmallVec;

use super::handlers;
use super::shapes::{axis_from_start, plain_integer, viewed};
use crate::errors::guard;
use crate::recording::array::{ArrayTracer, Shown};
use crate::recording::operations::{Answer, on_one};

/// What keys pick of an array.
struct Part {
    slices: SmallVec<[Sliced; 4]>,
    /// How many along each axis of the array.
    lengths: Shape,
    /// The shape of the result.
    shape: Shape,
    /// Whether there is an integer for each axis and nothing else.
    is_element: bool,
}

impl Part {
    fn new(rank: usize) -> Self {
        let (slices, lengths, shape) = (SmallVec::with_capacity(rank), Shape::new(), Shape::new());
        Self { slices, lengths, shape, is_element: true }
    }

    /// Add a key; nothing when it is none of the usual ones.
    fn key(&mut self, key: &Bound<'_, PyAny>, shape: &[usize]) -> PyResult<Option<()>> {
        if key.is_none() {
            self.shape.push(1);
            self.is_element = false;
            return Ok(Some(()));
        }
        let Some(&length) = shape.get(self.slices.len()) else { return Ok(None) };
        if let Some(place) = plain_integer(key) {
            let Some(start) = axis_from_start(place, length) else { return Ok(None) };
            self.slices.push(Sliced { start, step: 1 });
            self.lengths.push(1);
            return Ok(Some(()));
        }
        let Ok(slice) = key.cast::<PySlice>() else { return Ok(None) };
        let py = key.py();
        for name in [intern!(py, "start"), intern!(py, "stop"), intern!(py, "step")] {
            let part = slice.getattr(name)?;
            if !part.is_none() && !part.is_exact_instance_of::<PyInt>() {
                return Ok(None);
            }
        }
        let Ok(length) = isize::try_from(length) else { return Ok(None) };
        let Ok(places) = slice.indices(length) else { return Ok(None) };
        let count = places.slicelength;
        let start = if count == 0 { 0 } else { places.start.unsigned_abs() };
        self.slices.push(Sliced { start, step: places.step });
        self.lengths.push(count);
        self.shape.push(count);
        self.is_element = false;
        Ok(Some(()))
    }

    /// The axes without a key of their own are taken whole.
    fn fill(&mut self, shape: &[usize]) {
        for &length in &shape[self.slices.len()..] {
            self.slices.push(Sliced { start: 0, step: 1 });
            self.lengths.push(length);
            self.shape.push(length);
            self.is_element = false;
        }
    }

    fn is_whole(&self, shape: &[usize]) -> bool {
        self.lengths[..] == *shape
            && self.slices.iter().zip(&self.lengths).all(|(slice, &count)| slice.step == 1 || count == 0)
    }

    /// The place of the element in row-major order.
    fn place(&self, shape: &[usize]) -> usize {
        self.slices.iter().zip(shape).fold(0, |found, (slice, &length)| found * length + slice.start)
    }

    fn record(&self, graph: &mut Graph, x: NodeId, shape: &[usize]) -> Result<NodeId, GraphError> {
        if self.is_element {
            return graph.element(x, self.place(shape));
        }
        let x = if self.is_whole(shape) { x } else { graph.slice(x, &self.slices, &self.lengths)? };
        graph.reshape(x, &self.shape)
    }
}

/// What keys pick, or nothing when they are none of the usual ones, or pick nothing.
fn part(key: &Bound<'_, PyAny>, shape: &[usize]) -> PyResult<Option<Part>> {
    let mut part = Part::new(shape.len());
    if let Ok(keys) = key.cast_exact::<PyTuple>() {
        for key in keys.iter() {
            if part.key(&key, shape)?.is_none() {
                return Ok(None);
            }
        }
    } else if part.key(key, shape)?.is_none() {
        return Ok(None);
    }
    part.fill(shape);
    Ok(Some(part))
}

/// The keys as a tuple with one for each axis.
pub fn keys<'py>(key: &Bound<'py, PyAny>, rank: usize) -> PyResult<Bound<'py, PyTuple>> {
    let py = key.py();
    let mut keys: Vec<Bound<'py, PyAny>> = match key.cast_exact::<PyTuple>() {
        Ok(keys) => keys.iter().collect(),
        Err(_) => vec![key.clone()],
    };
    let used = keys.iter().filter(|key| !key.is_none()).count();
    keys.extend((used..rank).map(|_| PySlice::full(py).into_any()));
    PyTuple::new(py, keys)
}

#[pymethods]
impl ArrayTracer {
    fn __getitem__<'py>(slf: &Bound<'py, Self>, key: &Bound<'py, PyAny>) -> Answer<'py> {
        guard("Array.__getitem__", || {
            let shape = &slf.get().ty.shape;
            let Some(part) = part(key, shape)? else {
                return handlers(slf.py())?.get.bind(slf.py()).call1((slf, key));
            };
            let made = on_one(slf, |graph, x| part.record(graph, x, shape))?;
            if part.is_element {
                return Ok(made);
            }
            Ok(viewed(slf, made, Shown::Sliced(key.clone().unbind())))
        })
    }
}
