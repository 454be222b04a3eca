//! Functions from outside: Python computes them, and says what their differentials are.
//!
//! A function is a number here.  Two Python functions answer for it: one computes a result, the
//! other traces the rule for a signature once.  What is made of a rule is kept, so a derivative
//! that was taken before costs no Python.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use pyframe_autodiff::{Call, DerivativeError, ForeignRules, LinearMap, Raised};
use pyframe_graph::{Array, Attribute, DType, NodeId, Primitive, Type, broadcast_shapes};
use pyframe_tape::{Host, TapeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyList;

use super::convert::{to_array, to_numpy};
use super::operations::Answer;
use super::promote::{as_kind, common};
use super::recording::Hidden;
use super::refused::refused;
use super::wrap::{home, operand, shape_tuple, wrap};
use crate::errors::{self, guard};

/// Functions that Python computes, with the rules that Python traces.
#[derive(Clone, Copy, Debug)]
pub struct Outside;

struct Hooks {
    /// `compute(function, result, operands, dtype, shape)`
    compute: Py<PyAny>,
    /// `differentiate(function, result, types, active, reverse)`
    differentiate: Py<PyAny>,
}

static HOOKS: PyOnceLock<Hooks> = PyOnceLock::new();

/// Say which Python functions answer for functions from outside; the first word holds.
#[pyfunction]
#[pyo3(name = "_set_foreign")]
pub fn set_foreign(py: Python<'_>, compute: Py<PyAny>, differentiate: Py<PyAny>) {
    let _ = HOOKS.set(py, Hooks { compute, differentiate });
}

fn hooks(py: Python<'_>) -> PyResult<&Hooks> {
    HOOKS.get(py).ok_or_else(|| errors::internal("a function from outside without anybody who knows it"))
}

impl Host for Outside {
    fn call(&self, function: u64, result: u32, operands: &[Array], ty: &Type) -> Result<Array, TapeError> {
        let call = |py: Python<'_>| {
            let _hidden = Hidden::enter();
            let arrays = PyList::empty(py);
            for operand in operands {
                arrays.append(to_numpy(py, operand)?)?;
            }
            let shape = shape_tuple(py, ty)?;
            let compute = &hooks(py)?.compute;
            let made = compute.call1(py, (function, result, arrays, ty.dtype.name(), shape))?;
            to_array(made.bind(py), "the value of a function from outside")
        };
        Python::attach(call).map_err(|error: PyErr| TapeError::Foreign(Box::new(error)))
    }
}

/// A traced rule: a map that is linear in tangents or adjoints.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Fragment {
    map: LinearMap,
    /// Which operands the tangents, or the results, belong to.
    places: Vec<usize>,
    /// Whether it takes the adjoint of the result rather than tangents.
    reverse: bool,
}

impl Fragment {
    pub fn new(map: LinearMap, places: Vec<usize>, reverse: bool) -> Self {
        Self { map, places, reverse }
    }

    /// The map that is wanted of a call, forwards or backwards.
    fn prepared(&self, call: &Call, reverse: bool) -> Result<LinearMap, DerivativeError> {
        let active: Vec<bool> = self.places.iter().map(|&place| call.active[place]).collect();
        let own = if self.reverse {
            self.map.selected(&active)?.restricted(&[true], &Outside)?
        } else {
            self.map.restricted(&active, &Outside)?
        };
        if self.reverse == reverse { Ok(own) } else { own.transposed(&Outside) }
    }
}

type Key = (Call, bool);

/// What was made of the rules so far.
fn known() -> MutexGuard<'static, HashMap<Key, Arc<LinearMap>>> {
    static KNOWN: LazyLock<Mutex<HashMap<Key, Arc<LinearMap>>>> = LazyLock::new(Mutex::default);
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many maps are kept before they are forgotten all at once.
const MOST: usize = 4096;

fn map(call: &Call, reverse: bool) -> Result<Arc<LinearMap>, DerivativeError> {
    let key = (call.clone(), reverse);
    if let Some(map) = known().get(&key) {
        return Ok(map.clone());
    }
    let ask = |py: Python<'_>| {
        let _hidden = Hidden::enter();
        let types = PyList::empty(py);
        for ty in &call.operands {
            types.append((ty.dtype.name(), shape_tuple(py, ty)?))?;
        }
        let active = PyList::new(py, &call.active)?;
        let differentiate = &hooks(py)?.differentiate;
        let made = differentiate.call1(py, (call.function, call.result, types, active, reverse))?;
        Ok(made.cast_bound::<Fragment>(py)?.clone().unbind())
    };
    let fragment =
        Python::attach(ask).map_err(|error: PyErr| DerivativeError::Raised(Raised(Arc::new(error))))?;
    let map = Arc::new(fragment.get().prepared(call, reverse)?);
    let mut known = known();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, map.clone());
    Ok(map)
}

/// The operands in which functions are linear.
fn linear_operands() -> MutexGuard<'static, HashMap<u64, usize>> {
    static LINEAR: LazyLock<Mutex<HashMap<u64, usize>>> = LazyLock::new(Mutex::default);
    LINEAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Say that a function is linear in one of its operands.
#[pyfunction]
#[pyo3(name = "_declare_linear")]
pub fn declare_linear(function: u64, operand: usize) {
    linear_operands().insert(function, operand);
}

/// Forget what was made of a function's rule.
#[pyfunction]
#[pyo3(name = "_forget_rule")]
pub fn forget_rule(function: u64) {
    known().retain(|(call, _), _| call.function != function);
}

impl ForeignRules for Outside {
    fn differential(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        map(call, false)
    }
    fn adjoint(&self, call: &Call) -> Result<Arc<LinearMap>, DerivativeError> {
        map(call, true)
    }
    fn linear(&self, function: u64) -> Option<usize> {
        linear_operands().get(&function).copied()
    }
}

/// One result of a function from outside, recorded; without a shape it is that of the operands
/// broadcast.
#[pyfunction]
#[pyo3(signature = (function, result, operands, shape=None))]
pub fn foreign(
    function: u64,
    result: u32,
    operands: Vec<Bound<'_, PyAny>>,
    shape: Option<Vec<usize>>,
) -> Answer<'_> {
    guard("foreign", || {
        let recording = home(&operands.iter().collect::<Vec<_>>())?;
        let operands = operands.iter().map(|x| operand(&recording, x)).collect::<PyResult<Vec<_>>>()?;
        let weak = operands.iter().all(|operand| operand.weak);
        let node = recording.get().with(|tape| {
            tape.record(&Outside, |graph| {
                let kind = common(graph, &operands);
                let kind = if kind.is_float() { kind } else { DType::Float64 };
                let mut nodes: Vec<NodeId> = Vec::with_capacity(operands.len());
                for &operand in &operands {
                    let [node] = if graph.dtype(operand.node).is_float() {
                        as_kind(graph, [operand], kind)?
                    } else {
                        [operand.node]
                    };
                    nodes.push(node);
                }
                let shape = if let Some(shape) = shape {
                    shape.as_slice().into()
                } else {
                    let shapes = nodes.iter().map(|&node| graph.ty(node).shape.clone());
                    shapes
                        .map(Ok)
                        .reduce(|a, b| broadcast_shapes(&a?, &b?))
                        .unwrap_or(Ok([].as_slice().into()))?
                };
                let ty = Type { dtype: kind, shape };
                Ok(graph.add(
                    Primitive::Foreign,
                    &nodes,
                    Attribute::Foreign { function, result },
                    Some(&ty),
                )?)
            })
        })?;
        wrap(&recording, node, weak)
    })
}

/// A refusal of a rule as an exception.
pub fn refused_rule(error: DerivativeError) -> PyErr {
    match error {
        DerivativeError::NonLinear(_) => errors::rule_refused(error.to_string()),
        DerivativeError::Raised(Raised(error)) => match error.downcast_ref::<PyErr>() {
            Some(error) => Python::attach(|py| error.clone_ref(py)),
            None => errors::internal(error.to_string()),
        },
        error => refused(TapeError::Derivative(error)),
    }
}
