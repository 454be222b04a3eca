//! From traced objects to nodes and back.

use pyframe_graph::{Graph, GraphError, NodeId, Type};
use pyframe_tape::Recording as Tape;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt};

use super::array::ArrayTracer;
use super::checkpoint::fold_when_due;
use super::convert::{to_array, with_numbers};
use super::foreign::Outside;
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

/// What an object for a node is made of: the type, unless it is a scalar, and the number.
type Seen = (Option<Type>, f64);

fn look(tape: &Tape, node: NodeId) -> Seen {
    if tape.graph().nodes()[node.index()].is_scalar() {
        (None, tape.scalars()[node.index()])
    } else {
        (Some(tape.graph().ty(node).clone()), f64::NAN)
    }
}

fn made<'py>(
    recording: &Bound<'py, Recording>,
    node: NodeId,
    seen: Seen,
    weak: bool,
) -> PyResult<Bound<'py, PyAny>> {
    match seen {
        (None, number) => scalar::make(recording, node, number, weak),
        (Some(ty), _) => ArrayTracer::make(recording, node, ty),
    }
}

/// The traced object of a node: a scalar for one float64, an array for the rest.
pub fn wrap<'py>(recording: &Bound<'py, Recording>, node: NodeId, weak: bool) -> PyResult<Bound<'py, PyAny>> {
    let seen = recording.get().with(|tape| Ok(look(tape, node)))?;
    made(recording, node, seen, weak)
}

/// Add nodes and wrap the last.
pub fn record<'py>(
    recording: &Bound<'py, Recording>,
    add: impl FnOnce(&mut Graph) -> Result<NodeId, GraphError>,
) -> PyResult<Bound<'py, PyAny>> {
    let (node, seen) = recording.get().with(|tape| {
        let node = tape.record(&Outside, |graph| Ok(add(graph)?))?;
        Ok((node, look(tape, node)))
    })?;
    made(recording, node, seen, false)
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
    if let Ok(number) = object.cast_exact::<PyFloat>() {
        let node = recording.get().with(|tape| tape.constant(number.value()))?;
        return Ok(Operand { node, weak: true });
    }
    let met = |numbers: &[f64], shape: &[usize]| recording.get().with(|tape| Ok(tape.met(numbers, shape)));
    if let Some(met) = with_numbers(object, met)
        && let Some(node) = met?
    {
        return Ok(Operand { node, weak: false });
    }
    let weak = object.cast_exact::<PyInt>().is_ok() || object.cast_exact::<PyBool>().is_ok();
    let array = to_array(object, "an operand")?;
    let node = recording.get().with(|tape| tape.constant_array(array))?;
    Ok(Operand { node, weak })
}

/// Several operands, and the recording that they belong to.
pub fn operands<'py, const N: usize>(
    objects: [&Bound<'py, PyAny>; N],
) -> PyResult<(Bound<'py, Recording>, [Operand; N])> {
    let recording = home(&objects)?;
    let mut found = [Operand { node: NodeId(0), weak: false }; N];
    for (found, object) in found.iter_mut().zip(objects) {
        *found = operand(&recording, object)?;
    }
    Ok((recording, found))
}

/// The recording of a traced object.
fn recording_of<'py>(object: &Bound<'py, PyAny>) -> Option<Bound<'py, Recording>> {
    match object.cast::<ArrayTracer>() {
        Ok(array) => Some(array.get().recording.bind(object.py()).clone()),
        Err(_) => scalar::read(object).map(|traced| traced.recording),
    }
}

/// The recording that some operands belong to.
pub fn home<'py>(operands: &[&Bound<'py, PyAny>]) -> PyResult<Bound<'py, Recording>> {
    if let Some(recording) = operands.iter().copied().find_map(recording_of) {
        fold_when_due(&recording, operands)?;
        return Ok(recording);
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
