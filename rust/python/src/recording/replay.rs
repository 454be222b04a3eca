//! The way of a call straight to its trace: what a compiled function does before it looks
//! further.
//!
//! Only for calls with plain positional arguments that are floats or arrays of float64 or
//! float32, and for functions that return one value.

use std::sync::{Mutex, PoisonError};

use numpy::{Element, PyArray1, PyArrayDyn, PyReadonlyArray1, PyUntypedArrayMethods};
use pyframe_graph::{DType, Shape};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyDict, PyFloat, PyString, PyTuple};
use smallvec::SmallVec;

use super::convert::is_plain_array;
use super::trace::{Answer, Trace};
use crate::errors::guard;

/// Traces tried before the call goes the long way.
const KEPT: usize = 16;

/// What an argument must be.
#[derive(Debug, PartialEq)]
pub enum Kind {
    /// A float.
    Number,
    /// An array of this kind and shape.
    Array(DType, Shape),
}

struct Known {
    signature: Vec<Kind>,
    trace: Py<Trace>,
}

/// A name that a function finds outside, and what it was bound to.
struct Name {
    /// A dictionary with that key, or an object with that attribute.
    owner: Py<PyAny>,
    key: Py<PyString>,
    value: Py<PyAny>,
}

impl Name {
    fn changed(&self, py: Python<'_>) -> PyResult<bool> {
        let owner = self.owner.bind(py);
        let now = match owner.cast::<PyDict>() {
            Ok(names) => names.get_item(&self.key)?,
            Err(_) => owner.getattr(&self.key).ok(),
        };
        Ok(!now.is_some_and(|now| now.is(&self.value)))
    }
}

/// Each `(owner, name, value)`, where the owner is a dictionary with that key or an object with
/// that attribute.
pub type Bindings = Vec<(Py<PyAny>, Py<PyString>, Py<PyAny>)>;

/// Names that something rests upon: it holds as long as each is bound to its value.
pub struct Names(Vec<Name>);

impl Names {
    /// These names.
    pub fn new(names: Bindings) -> Self {
        Self(names.into_iter().map(|(owner, key, value)| Name { owner, key, value }).collect())
    }

    /// The objects held, for the collector of cycles.
    pub fn held(&self) -> impl Iterator<Item = &Py<PyAny>> {
        self.0.iter().flat_map(|name| [&name.owner, &name.value])
    }

    /// Whether a name is bound to something else than it was.
    pub fn changed(&self, py: Python<'_>) -> PyResult<bool> {
        for name in &self.0 {
            if name.changed(py)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Values, derivatives, and the places where no trace answered.
type LaneValues<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>, Vec<usize>);

/// The traces of a compiled function by the kinds of its arguments.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Replay {
    names: Names,
    known: Mutex<Vec<Known>>,
}

impl Kind {
    /// What an argument is, if it is plain.
    pub fn of(object: &Bound<'_, PyAny>) -> Option<Self> {
        if object.is_exact_instance_of::<PyFloat>() {
            return Some(Self::Number);
        }
        let (dtype, shape) = match object.cast::<PyArrayDyn<f64>>() {
            Ok(array) => (DType::Float64, array.shape()),
            Err(_) => (DType::Float32, object.cast::<PyArrayDyn<f32>>().ok()?.shape()),
        };
        is_plain_array(object).then(|| Self::Array(dtype, shape.into()))
    }

    /// Whether it is in double precision.
    pub fn is_double(&self) -> bool {
        !matches!(self, Self::Array(DType::Float32, _))
    }

    fn fits(&self, object: &Bound<'_, PyAny>) -> bool {
        fn is<T: Element>(object: &Bound<'_, PyAny>, shape: &[usize]) -> bool {
            let array = object.cast::<PyArrayDyn<T>>();
            array.is_ok_and(|array| array.shape() == shape && is_plain_array(object))
        }
        match self {
            Self::Number => object.is_exact_instance_of::<PyFloat>(),
            Self::Array(DType::Float32, shape) => is::<f32>(object, shape),
            Self::Array(_, shape) => is::<f64>(object, shape),
        }
    }
}

/// Traces that fit some arguments.
pub type Fitting<'py> = SmallVec<[Bound<'py, Trace>; 2]>;

impl Replay {
    /// The traces for arguments of these kinds.
    pub fn fitting<'py>(&self, py: Python<'py>, kinds: &[Kind]) -> PyResult<Fitting<'py>> {
        if self.names.changed(py)? {
            return Ok(Fitting::new());
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = known.iter().filter(|known| known.signature == kinds);
        Ok(fitting.map(|known| known.trace.bind(py).clone()).collect())
    }

    /// The answer of the first trace that fits and whose guards hold.
    fn answer<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        of: impl Fn(&Trace, &[Bound<'py, PyAny>]) -> Answer<'py>,
    ) -> Answer<'py> {
        let py = arguments.py();
        if self.names.changed(py)? {
            return Ok(None);
        }
        let arguments: SmallVec<[Bound<'py, PyAny>; 4]> = arguments.iter().collect();
        let mut next = 0;
        loop {
            // The lock is not held while the trace runs.
            let found = {
                let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                let fitting = |known: &Known| {
                    known.signature.len() == arguments.len()
                        && arguments.iter().zip(&known.signature).all(|(argument, kind)| kind.fits(argument))
                };
                known.iter().enumerate().skip(next).find(|(_, known)| fitting(known)).map(|(place, known)| {
                    next = place + 1;
                    known.trace.clone_ref(py)
                })
            };
            let Some(trace) = found else { return Ok(None) };
            if let Some(answer) = of(trace.get(), &arguments)? {
                return Ok(Some(answer));
            }
        }
    }
}

#[pymethods]
impl Replay {
    /// Traces hold as long as each name is bound to its value: `(owner, name, value)`, where the
    /// owner is a dictionary with that key or an object with that attribute.
    #[new]
    fn new(names: Bindings) -> Self {
        Self { names: Names::new(names), known: Mutex::default() }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.names.held().try_for_each(|object| visit.call(object))
    }

    /// Have a trace answer calls with arguments like these; ignored when they are not plain.
    fn add(&self, arguments: &Bound<'_, PyTuple>, trace: Py<Trace>) {
        let Some(signature) = arguments.iter().map(|argument| Kind::of(&argument)).collect() else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.iter().any(|known| known.trace.is(&trace)) {
            known.insert(0, Known { signature, trace });
            known.truncate(KEPT);
        }
    }

    /// The result for these arguments, or None when the call must go the long way.
    #[pyo3(signature = (*arguments))]
    fn value<'py>(&self, arguments: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = arguments.py();
        guard("Replay.value", || {
            Ok(self
                .answer(arguments, |trace, given| trace.results(py, given))?
                .and_then(|mut found| found.pop()))
        })
    }

    /// A function of floats for many at once, each column an argument: the values, the
    /// derivatives by the first argument if they are wanted, and the places where no trace
    /// answered; None when there is no trace.
    fn lanes<'py>(
        &self,
        py: Python<'py>,
        columns: Vec<PyReadonlyArray1<'py, f64>>,
        slopes: bool,
    ) -> PyResult<Option<LaneValues<'py>>> {
        guard("Replay.lanes", || {
            let kinds: Vec<Kind> = columns.iter().map(|_| Kind::Number).collect();
            let mut lanes = Vec::new();
            for trace in self.fitting(py, &kinds)? {
                lanes.extend(trace.get().lane(columns.len(), slopes)?);
            }
            let columns = columns.iter().map(PyReadonlyArray1::as_slice).collect::<Result<Vec<_>, _>>()?;
            let Some(&first) = columns.first().filter(|_| !lanes.is_empty()) else { return Ok(None) };
            if columns.iter().any(|column| column.len() != first.len()) {
                return Err(crate::errors::shape("the columns must be of one length"));
            }
            let (values, derivatives, missing) = py.detach(|| {
                let (mut values, mut derivatives) = (Vec::with_capacity(first.len()), Vec::new());
                let mut missing = Vec::new();
                let mut numbers = vec![0.0; columns.len()];
                for place in 0..first.len() {
                    numbers.iter_mut().zip(&columns).for_each(|(number, column)| *number = column[place]);
                    let mut derivative = [f64::NAN];
                    let found = lanes.iter_mut().find_map(|lane| {
                        lane.set(0, &numbers);
                        lane.run(if slopes { &mut derivative } else { &mut [] })
                    });
                    if found.is_none() {
                        missing.push(place);
                    }
                    values.push(found.unwrap_or(f64::NAN));
                    if slopes {
                        derivatives.push(derivative[0]);
                    }
                }
                (values, derivatives, missing)
            });
            Ok(Some((PyArray1::from_vec(py, values), PyArray1::from_vec(py, derivatives), missing)))
        })
    }

    /// The value and the gradient with respect to the first argument, or None when the call
    /// must go the long way.
    #[pyo3(signature = (*arguments))]
    fn value_and_grad<'py>(&self, arguments: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let py = arguments.py();
        guard("Replay.value_and_grad", || {
            let answer = self.answer(arguments, |trace, given| trace.with_gradient(py, given, &[0]))?;
            answer.map(|found| PyTuple::new(py, found)).transpose()
        })
    }
}
