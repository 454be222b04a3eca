//! Recordings that keep their last nodes only, and the chains that the others were folded into.
//!
//! Traced objects name nodes of the window; when that is folded, they are told which nodes they
//! stand for now.  So a lean recording knows where each of its objects keeps its node.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use pyframe_graph::NodeId;
use pyframe_tape::checkpointing::{Lean, Place, Plan, Pull, Report, as_datum};
use pyframe_tape::{Datum, Recording as Tape, TapeError, Value};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyList};

use super::convert::{to_array, to_numpy};
use super::foreign::Outside;
use super::recording::{Inner, Recording};
use super::refused::refused;
use super::wrap::traced;
use crate::errors::{self, guard};

/// What a recording has that keeps its last nodes only.
#[derive(Default)]
pub struct Window {
    lean: Arc<Mutex<Lean>>,
    /// How many nodes there are when it is folded.
    due: usize,
    /// Where the live objects keep their nodes.
    nodes: HashSet<*mut NodeId>,
    /// Derivatives inside the function that need what is recorded now.
    holds: u32,
}

impl Window {
    /// An object has come to life.
    pub fn watch(&mut self, node: *mut NodeId) {
        self.nodes.insert(node);
    }

    /// An object has died.
    pub fn forget(&mut self, node: *mut NodeId) {
        self.nodes.remove(&node);
    }

    /// Whether a derivative needs what is recorded now.
    pub fn is_held(&self) -> bool {
        self.holds > 0
    }

    #[expect(unsafe_code, reason = "the objects are alive: they say when they die")]
    fn fold(&mut self, tape: &mut Tape, ended: bool) -> Result<(), TapeError> {
        let Ok(mut lean) = self.lean.try_lock() else {
            return Err(TapeError::Internal("a recording that another thread reverses"));
        };
        let places: Vec<*mut NodeId> = self.nodes.iter().copied().collect();
        // SAFETY: each place belongs to a live object, and nobody else looks at it under the
        // interpreter's lock.
        let live: Vec<NodeId> = places.iter().map(|&place| unsafe { *place }).collect();
        if let Some(now) = lean.fold(tape, &live, ended)? {
            for (place, node) in places.into_iter().zip(now) {
                // SAFETY: as above.
                unsafe { *place = node };
            }
        }
        self.due = lean.due();
        Ok(())
    }
}

/// Fold a recording that keeps its last nodes only, when it is time; no node may be held across
/// this.
pub fn fold(inner: &mut Inner) -> PyResult<()> {
    match &mut inner.window {
        Some(window) if window.holds == 0 && inner.tape.graph().len() >= window.due => {
            window.fold(&mut inner.tape, false).map_err(refused)
        }
        _ => Ok(()),
    }
}

/// The same before an operation on these operands.
#[inline]
pub fn fold_when_due(recording: &Bound<'_, Recording>, operands: &[&Bound<'_, PyAny>]) -> PyResult<()> {
    if recording.get().with_window(|_| ()).is_none() {
        return Ok(());
    }
    // Views are made anew before anything is folded.
    for operand in operands {
        traced(operand)?;
    }
    let due = |window: &mut Window| (window.holds == 0).then_some(window.due);
    let Some(Some(due)) = recording.get().with_window(due) else { return Ok(()) };
    if recording.get().with(|tape| Ok(tape.graph().len() < due))? {
        return Ok(());
    }
    recording.get().expect_open()?;
    recording.get().with_inner(|inner| match &mut inner.window {
        Some(window) => window.fold(&mut inner.tape, false),
        None => Ok(()),
    })
}

/// While it lives, the recording keeps its nodes.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Hold {
    recording: Py<Recording>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.recording.get().with_window(|window| window.holds -= 1);
    }
}

/// Have a recording keep its nodes from here on, as long as the result lives.
#[pyfunction]
pub fn hold(recording: Bound<'_, Recording>) -> Hold {
    recording.get().with_window(|window| window.holds += 1);
    Hold { recording: recording.unbind() }
}

/// Whether a recording keeps its last nodes only.
#[pyfunction]
pub fn is_lean(recording: &Bound<'_, Recording>) -> bool {
    let mut lean = false;
    recording.get().with_window(|_| lean = true);
    lean
}

fn plan(schedule: &str, number: usize) -> PyResult<Plan> {
    Ok(match schedule {
        "store-all" => Plan::StoreAll,
        "sqrt" => Plan::SquareRoot,
        "revolve" => Plan::Revolve(number.max(1)),
        "optimal" => Plan::Optimal(number),
        _ => return Err(errors::parameter(format!("there is no schedule {schedule:?}"))),
    })
}

/// Adjoints of the inputs of a lean recording, given those of outputs, by a schedule; and what
/// it took.
#[pyfunction]
pub fn checkpointed<'py>(
    recording: &Bound<'py, Recording>,
    outputs: Vec<Bound<'py, PyAny>>,
    seeds: Vec<Bound<'py, PyAny>>,
    inputs: Vec<Bound<'py, PyAny>>,
    schedule: &str,
    number: usize,
) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyDict>)> {
    guard("checkpointed", || {
        let py = recording.py();
        let plan = plan(schedule, number)?;
        let data = seeds.iter().map(datum).collect::<PyResult<Vec<_>>>()?;
        // Views are made anew before anything is folded.
        for object in outputs.iter().chain(&inputs) {
            traced(object)?;
        }
        recording.get().with_inner(|inner| match &mut inner.window {
            Some(window) => window.fold(&mut inner.tape, true),
            None => Err(TapeError::Internal("a recording that keeps all its nodes")),
        })?;
        let outputs = nodes(recording, &outputs)?;
        let inputs = nodes(recording, &inputs)?;
        let lean = recording.get().with_window(|window| window.lean.clone()).unwrap_or_default();
        let place = |id: &NodeId| {
            let lean = lean.lock().unwrap_or_else(PoisonError::into_inner);
            recording.get().with(|tape| Ok(lean.place(tape, *id)))
        };
        let mut pairs = Vec::new();
        for (id, datum) in outputs.iter().zip(data) {
            pairs.extend(place(id)?.map(|place| (place, datum)));
        }
        let wanted = inputs.iter().map(place).collect::<PyResult<Vec<Option<Place>>>>()?;
        let (adjoints, report) = py
            .detach(|| {
                let mut lean = lean.lock().unwrap_or_else(PoisonError::into_inner);
                let arguments = arguments(&lean.arguments)?;
                let window = lean.window;
                let pull = Pull::new(&mut lean.chain, &arguments, &Outside, &Outside, &go_on);
                pull.run(pairs, plan).map(|(found, report)| (found, Report { window, ..report }))
            })
            .map_err(refused)?;
        let of = |place: Option<Place>| {
            let place = place.filter(|place| place.producer == 0)?;
            adjoints.get(place.output as usize).cloned().flatten()
        };
        let found: Vec<Option<Datum>> = wanted.into_iter().map(of).collect();
        let list = PyList::empty(py);
        for datum in &found {
            match datum {
                None => list.append(py.None())?,
                Some(Datum::Scalar(number)) => list.append(PyFloat::new(py, *number))?,
                Some(Datum::Array(array)) => list.append(to_numpy(py, array)?)?,
            }
        }
        Ok((list, told(py, &report)?))
    })
}

fn told<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, number) in [
        ("steps", report.steps),
        ("advanced", report.advanced),
        ("reversed", report.reversed),
        ("kept", report.kept),
        ("peak", report.peak),
        ("structure", report.structure),
        ("window", report.window),
        ("kinds", report.kinds),
    ] {
        dict.set_item(name, number)?;
    }
    Ok(dict)
}

/// An interrupt ends a long run.
fn go_on() -> Result<(), TapeError> {
    #[expect(clippy::redundant_closure_for_method_calls, reason = "it holds for any lifetime")]
    Python::attach(|py| py.check_signals()).map_err(|error| TapeError::Foreign(Box::new(error)))
}

fn datum(object: &Bound<'_, PyAny>) -> PyResult<Datum> {
    Ok(as_datum(to_array(object, "an adjoint")?))
}

fn arguments(values: &[Value]) -> Result<Vec<Datum>, TapeError> {
    let datum = |value: &Value| match value {
        Value::Array(array) => Ok(as_datum(array.clone())),
        Value::Factored(_) => Err(TapeError::Internal("an argument that is a factorisation")),
    };
    values.iter().map(datum).collect()
}

fn nodes(recording: &Bound<'_, Recording>, objects: &[Bound<'_, PyAny>]) -> PyResult<Vec<NodeId>> {
    let node = |object: &Bound<'_, PyAny>| match traced(object)? {
        Some(traced) if traced.recording.is(recording) => Ok(traced.node),
        _ => Err(errors::leaked("a value was traced by another recording")),
    };
    objects.iter().map(node).collect()
}

/// Put the functions into the module.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Hold>()?;
    module.add_function(wrap_pyfunction!(hold, module)?)?;
    module.add_function(wrap_pyfunction!(is_lean, module)?)?;
    module.add_function(wrap_pyfunction!(checkpointed, module)?)
}
