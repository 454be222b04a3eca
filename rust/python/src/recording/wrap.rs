//! From traced objects to nodes and back.

use pyframe_graph::{NodeId, Type};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::array::ArrayTracer;
use super::checkpoint::fold_when_due;
use super::convert::to_array;
use super::promote::Operand;
use super::recording::Recording;
use super::scalar;
use crate::errors;

/// What a traced object stands for.
pub struct Traced<'py> {
    pub recording: Bound<'py, Recording>,
    pub node: NodeId,
    pub weak: bool,
}

/// What an object stands for, if it is traced; an error when its recording is closed.
pub fn traced<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Traced<'py>>> {
    if let Some(traced) = scalar::read(object) {
        return Ok(Some(traced));
    }
    match object.cast::<ArrayTracer>() {
        Ok(array) => {
            let array = array.get();
            let recording = array.recording.bind(object.py()).clone();
            Ok(Some(Traced { recording, node: array.node(object.py())?, weak: false }))
        }
        Err(_) => Ok(None),
    }
}

/// The traced object of a node: a scalar for one float64, an array for the rest.
pub fn wrap<'py>(recording: &Bound<'py, Recording>, node: NodeId, weak: bool) -> PyResult<Bound<'py, PyAny>> {
    let (ty, number) = recording.get().with(|tape| {
        let scalar = tape.graph().nodes()[node.index()].is_scalar();
        Ok(if scalar {
            (None, tape.scalars()[node.index()])
        } else {
            (Some(tape.graph().ty(node).clone()), 0.0)
        })
    })?;
    match ty {
        None => scalar::make(recording, node, number, weak),
        Some(ty) => ArrayTracer::make(recording, node, ty),
    }
}

/// An operand of a recording: a traced object of it, or a constant.
pub fn operand(recording: &Bound<'_, Recording>, object: &Bound<'_, PyAny>) -> PyResult<Operand> {
    if let Some(traced) = traced(object)? {
        if !traced.recording.is(recording) {
            return Err(errors::leaked(
                "values of two recordings meet: one of them was kept after its function returned",
            ));
        }
        traced.recording.get().expect_open()?;
        return Ok(Operand { node: traced.node, weak: traced.weak });
    }
    let weak = object.cast_exact::<pyo3::types::PyFloat>().is_ok()
        || object.cast_exact::<pyo3::types::PyInt>().is_ok()
        || object.cast_exact::<pyo3::types::PyBool>().is_ok();
    let array = to_array(object, "an operand")?;
    let node = recording.get().with(|tape| tape.constant_array(array))?;
    Ok(Operand { node, weak })
}

/// The recording that some operands belong to.
pub fn home<'py>(operands: &[&Bound<'py, PyAny>]) -> PyResult<Bound<'py, Recording>> {
    for operand in operands {
        if let Some(traced) = traced(operand)? {
            fold_when_due(&traced.recording, operands)?;
            return Ok(traced.recording);
        }
    }
    let py = operands.first().map(|operand| operand.py());
    py.and_then(|py| Recording::open(py).map(|open| open.into_bound(py)))
        .ok_or_else(|| errors::parameter_type("an operation on traced values was given none"))
}

/// Python functions that the traced objects call.
pub struct Hooks {
    /// `leaving(kind)`: refuses to let a value leave the trace where that would go unnoticed.
    pub leaving: Py<PyAny>,
}

static HOOKS: PyOnceLock<Hooks> = PyOnceLock::new();

/// Say which Python functions the traced objects call; the first word holds.
#[pyfunction]
#[pyo3(name = "_set_hooks")]
pub fn set_hooks(py: Python<'_>, leaving: Py<PyAny>) {
    let _ = HOOKS.set(py, Hooks { leaving });
}

/// Ask whether a value may leave the trace as a Python number.
pub fn leave(py: Python<'_>, kind: &str) -> PyResult<()> {
    match HOOKS.get(py) {
        Some(hooks) => hooks.leaving.call1(py, (kind,)).map(drop),
        None => Ok(()),
    }
}

/// The type of a node as Python sees it.
pub fn shape_tuple<'py>(py: Python<'py>, ty: &Type) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
    pyo3::types::PyTuple::new(py, ty.shape.iter())
}
