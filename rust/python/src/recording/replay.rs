//! The way of a call straight to its trace: what a compiled function does before it looks
//! further.
//!
//! Only for calls with plain positional arguments that are floats, arrays of float64 or float32,
//! or whole numbers, and for functions that return one value or a tuple of them.

use std::sync::{Mutex, PoisonError};

use numpy::{Element, PyArray1, PyArrayDyn, PyReadonlyArray1, PyUntypedArrayMethods};
use pyframe_graph::{DType, Shape};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString, PyTuple, PyType};
use smallvec::{SmallVec, smallvec};

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
    /// A float64 of NumPy, which is no array.
    Double,
    /// This whole number, which is no argument of the trace.
    Whole(i64),
    /// An array of this kind and shape.
    Array(DType, Shape),
}

struct Known {
    signature: Vec<Kind>,
    trace: Py<Trace>,
    /// Whether the function returns a tuple of what the trace gives, rather than that alone.
    tuple: bool,
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
        if let Ok(whole) = object.cast_exact::<PyInt>() {
            return whole.extract().ok().map(Self::Whole);
        }
        if is_double(object) {
            return Some(Self::Double);
        }
        let (dtype, shape) = match object.cast::<PyArrayDyn<f64>>() {
            Ok(array) => (DType::Float64, array.shape()),
            Err(_) => (DType::Float32, object.cast::<PyArrayDyn<f32>>().ok()?.shape()),
        };
        is_plain_array(object).then(|| Self::Array(dtype, shape.into()))
    }

    /// Whether it is a float, or an array of float64.
    pub fn is_usual(&self) -> bool {
        matches!(self, Self::Number | Self::Array(DType::Float64, _))
    }

    /// Whether it is an argument of the trace, and not only a part of the signature.
    fn is_given(&self) -> bool {
        !matches!(self, Self::Whole(_))
    }

    fn fits(&self, object: &Bound<'_, PyAny>) -> bool {
        fn is<T: Element>(object: &Bound<'_, PyAny>, shape: &[usize]) -> bool {
            let array = object.cast::<PyArrayDyn<T>>();
            array.is_ok_and(|array| array.shape() == shape && is_plain_array(object))
        }
        match self {
            Self::Number => object.is_exact_instance_of::<PyFloat>(),
            Self::Double => is_double(object),
            Self::Whole(number) => object
                .cast_exact::<PyInt>()
                .is_ok_and(|whole| whole.extract().is_ok_and(|n: i64| n == *number)),
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

    /// The answer of the first trace that fits and whose guards hold, given the arguments of
    /// the trace and, of the places in `wrt`, those among them; and whether it is a tuple.
    fn answer<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        wrt: &[usize],
        of: impl Fn(&Trace, &[Bound<'py, PyAny>], &[usize]) -> Answer<'py>,
    ) -> PyResult<Option<(Vec<Bound<'py, PyAny>>, bool)>> {
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
                    let given: SmallVec<[bool; 4]> = known.signature.iter().map(Kind::is_given).collect();
                    (known.trace.clone_ref(py), known.tuple, given)
                })
            };
            let Some((trace, tuple, is_given)) = found else { return Ok(None) };
            let answer = if is_given.iter().all(|&given| given) {
                of(trace.get(), &arguments, wrt)?
            } else {
                if wrt.iter().any(|&place| !is_given[place]) {
                    return Ok(None);
                }
                let given = arguments.iter().zip(&is_given).filter(|(_, given)| **given);
                let given: SmallVec<[_; 4]> = given.map(|(argument, _)| argument.clone()).collect();
                let among = |&place: &usize| is_given[..place].iter().filter(|given| **given).count();
                let wrt: SmallVec<[usize; 4]> = wrt.iter().map(among).collect();
                of(trace.get(), &given, &wrt)?
            };
            if let Some(answer) = answer {
                return Ok(Some((answer, tuple)));
            }
        }
    }
}

/// Whether an object is a float64 of NumPy.
fn is_double(object: &Bound<'_, PyAny>) -> bool {
    static DOUBLE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = object.py();
    DOUBLE.import(py, "numpy", "float64").is_ok_and(|class| object.get_type().is(class))
}

/// The places of the arguments that are chosen by a whole number or a tuple of them, and whether
/// it is a number.
fn chosen(argnums: &Bound<'_, PyAny>, count: usize) -> Option<(SmallVec<[usize; 4]>, bool)> {
    let place = |number: &Bound<'_, PyAny>| {
        let number: isize = number.cast_exact::<PyInt>().ok()?.extract().ok()?;
        let place = if number < 0 { number.checked_add_unsigned(count)? } else { number };
        usize::try_from(place).ok().filter(|&place| place < count)
    };
    if let Ok(several) = argnums.cast_exact::<PyTuple>() {
        let places: SmallVec<[usize; 4]> =
            several.iter().map(|number| place(&number)).collect::<Option<_>>()?;
        let twice = places.iter().enumerate().any(|(k, place)| places[..k].contains(place));
        return (!twice).then_some((places, false));
    }
    Some((smallvec![place(argnums)?], true))
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
    /// The function returns a tuple of what it gives, or that alone.
    fn add(&self, arguments: &Bound<'_, PyTuple>, trace: Py<Trace>, tuple: bool) {
        let Some(signature) = arguments.iter().map(|argument| Kind::of(&argument)).collect() else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.iter().any(|known| known.trace.is(&trace)) {
            known.insert(0, Known { signature, trace, tuple });
            known.truncate(KEPT);
        }
    }

    /// The result for these arguments, or None when the call must go the long way.
    #[pyo3(signature = (*arguments))]
    fn value<'py>(&self, arguments: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = arguments.py();
        guard("Replay.value", || {
            let answer = self.answer(arguments, &[], |trace, given, _| trace.results(py, given))?;
            let Some((mut found, tuple)) = answer else { return Ok(None) };
            if tuple {
                return PyTuple::new(py, found).map(|made| Some(made.into_any()));
            }
            Ok(found.pop())
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
            if arguments.is_empty() {
                return Ok(None);
            }
            let answer =
                self.answer(arguments, &[0], |trace, given, wrt| trace.with_gradient(py, given, wrt))?;
            answer.map(|(found, _)| PyTuple::new(py, found)).transpose()
        })
    }

    /// The value and the gradient with respect to the argument with this number, or the tuple of
    /// those with respect to the arguments with these numbers; None when the call must go the
    /// long way.
    fn value_and_grads<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        argnums: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let py = arguments.py();
        guard("Replay.value_and_grads", || {
            let Some((places, alone)) = chosen(argnums, arguments.len()) else { return Ok(None) };
            let answer =
                self.answer(arguments, &places, |trace, given, wrt| trace.with_gradient(py, given, wrt))?;
            let Some((mut found, _)) = answer else { return Ok(None) };
            if !alone {
                let gradients = PyTuple::new(py, found.drain(1..))?;
                found.push(gradients.into_any());
            }
            PyTuple::new(py, found).map(Some)
        })
    }
}
