//! Vertex elimination for Python.

use std::collections::HashMap;

use pyframe_autodiff::DerivativeError;
use pyframe_autodiff::elimination::{
    Counts, EliminationError, Linearised, Nodes, Numbers, counts, eliminate, linearise,
};
use pyframe_graph::{Array, DType, NodeId};
use pyframe_tape::{Recording as Tape, TapeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::convert::to_numpy;
use super::foreign::Outside;
use super::interrupts::interrupts;
use super::recording::Recording;
use super::refused::refused;
use super::sparsity::{interrupted, node};
use super::wrap::wrap;
use crate::errors::{self, guard};

/// Take a recording apart; the inner error says that it is too large.
fn apart(
    tape: &mut Tape,
    inputs: &[NodeId],
    outputs: &[NodeId],
    limit: usize,
) -> Result<Result<Linearised, EliminationError>, TapeError> {
    let made = tape.record(&Outside, |graph| {
        match linearise(graph, inputs, outputs, limit, &Outside, &interrupts()) {
            Err(EliminationError::Derivative(error)) => Err(error.into()),
            made => Ok(made),
        }
    })?;
    Ok(made)
}

fn nodes(recording: &Bound<'_, Recording>, objects: &[Bound<'_, PyAny>]) -> PyResult<Vec<NodeId>> {
    objects.iter().map(|object| node(recording, object)).collect()
}

fn too_large(error: EliminationError) -> PyErr {
    match error {
        EliminationError::TooLarge { .. } => errors::out_of_memory(error.to_string()),
        EliminationError::Derivative(error) => refused(TapeError::Derivative(error)),
    }
}

/// The elements of a node in order.
fn elements(tape: &Tape, id: NodeId) -> Vec<f64> {
    let Ok(array) = tape.array(id) else { return Vec::new() };
    match array.dtype() {
        DType::Float32 => array.to_vec::<f32>().unwrap_or_default().into_iter().map(f64::from).collect(),
        _ => array.to_vec::<f64>().unwrap_or_default(),
    }
}

/// The Jacobian in numbers, row by row.
fn in_numbers(tape: &Tape, graph: &Linearised, found: &Counts) -> Result<Array, DerivativeError> {
    let mut known: HashMap<NodeId, Vec<f64>> = HashMap::new();
    let read = |id, place: usize| known.entry(id).or_insert_with(|| elements(tape, id))[place];
    let mut matrix = vec![0.0; graph.outputs.len() * graph.inputs];
    for (row, column, number) in eliminate(graph, &found.sequence, &mut Numbers(read), &interrupts())? {
        matrix[row * graph.inputs + column] = number;
    }
    Ok(Array::new(matrix, [graph.outputs.len(), graph.inputs].as_slice())?)
}

/// The Jacobian in nodes.
fn in_nodes(tape: &mut Tape, graph: &Linearised, found: &Counts) -> Result<NodeId, TapeError> {
    tape.record(&Outside, |nodes| {
        let zero = nodes.scalar(0.0)?;
        let shape = [graph.outputs.len(), graph.inputs];
        let mut matrix = vec![zero; shape[0] * shape[1]];
        let mut arithmetic = Nodes(nodes);
        let entries = eliminate(graph, &found.sequence, &mut arithmetic, &interrupts())?;
        for (row, column, factor) in entries {
            matrix[row * shape[1] + column] = arithmetic.node(factor)?;
        }
        if matrix.is_empty() {
            return Ok(nodes.constant(Array::new(Vec::<f64>::new(), shape.as_slice())?)?);
        }
        let flat = nodes.stack(&matrix)?;
        Ok(nodes.reshape(flat, &shape)?)
    })
}

#[pymethods]
impl Recording {
    /// The Jacobian of all elements of `outputs` with respect to all of `inputs`, by eliminating
    /// at most `limit` scalars in the cheapest of the known orders; traced when asked for.
    fn eliminate<'py>(
        slf: &Bound<'py, Self>,
        inputs: Vec<Bound<'py, PyAny>>,
        outputs: Vec<Bound<'py, PyAny>>,
        limit: usize,
        traced: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard("Recording.eliminate", || {
            let (inputs, outputs) = (nodes(slf, &inputs)?, nodes(slf, &outputs)?);
            let graph = slf.get().with(|tape| apart(tape, &inputs, &outputs, limit))?.map_err(too_large)?;
            let found = slf.py().detach(|| counts(&graph, &interrupts())).map_err(interrupted)?;
            if traced {
                let matrix = slf.get().with(|tape| in_nodes(tape, &graph, &found))?;
                return wrap(slf, matrix, false);
            }
            let matrix = slf.get().with(|tape| Ok(in_numbers(tape, &graph, &found)?))?;
            to_numpy(slf.py(), &matrix)
        })
    }

    /// What the ways to the Jacobian cost, in multiplications: by what they are called.
    fn elimination_counts<'py>(
        slf: &Bound<'py, Self>,
        inputs: Vec<Bound<'py, PyAny>>,
        outputs: Vec<Bound<'py, PyAny>>,
        limit: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        guard("Recording.elimination_counts", || {
            let (inputs, outputs) = (nodes(slf, &inputs)?, nodes(slf, &outputs)?);
            let graph = slf.get().with(|tape| apart(tape, &inputs, &outputs, limit))?.map_err(too_large)?;
            let found = slf.py().detach(|| counts(&graph, &interrupts())).map_err(interrupted)?;
            let dict = PyDict::new(slf.py());
            dict.set_item("between", found.between)?;
            dict.set_item("edges", found.edges)?;
            dict.set_item("forward mode", found.forward_mode)?;
            dict.set_item("reverse mode", found.reverse_mode)?;
            let orders = PyList::empty(slf.py());
            for (order, count) in found.orders {
                orders.append((order.name(), count))?;
            }
            dict.set_item("orders", orders)?;
            dict.set_item("best", found.best.name())?;
            Ok(dict)
        })
    }
}
