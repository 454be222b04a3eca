//! A compiled function called with plain numbers: what the searches do, which make no Python
//! object while a trace answers.

use pyframe_graph::{Array, DType, Shape};
use pyframe_tape::{Datum, Numbers};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyFloat, PyTuple, PyTupleMethods, PyType};
use smallvec::{SmallVec, smallvec};

use super::convert::{is_plain_array, push_numbers, to_array};
use super::replay::{Fitting, Kind, Replay};
use super::trace::{Lane, Trace};
use crate::errors;

/// The Python classes of compiled functions: `Compiled`, and `WithGradient` around one.
static CLASSES: PyOnceLock<[Py<PyType>; 2]> = PyOnceLock::new();

/// Say what the classes of compiled functions are; the first word holds.
#[pyfunction]
#[pyo3(name = "_set_compiled")]
pub fn set_compiled(py: Python<'_>, compiled: Py<PyType>, with_gradient: Py<PyType>) {
    let _ = CLASSES.set(py, [compiled, with_gradient]);
}

/// Whether it is a compiled function.
pub fn is_compiled(f: &Bound<'_, PyAny>) -> bool {
    CLASSES.get(f.py()).is_some_and(|[compiled, _]| f.get_type().is(compiled))
}

/// A compiled function of a float or an array and some further arguments that stay the same.
pub struct Numeric<'py> {
    compiled: Bound<'py, PyAny>,
    kinds: SmallVec<[Kind; 1]>,
    rest: Vec<Datum>,
    rest_numbers: Numbers,
    /// Whether the gradient is asked for along with the value.
    slope: bool,
    traces: Fitting<'py>,
    /// How each of the traces is run, once one was asked.
    ways: SmallVec<[Way<'py>; 1]>,
    /// Evaluations since signals were looked for.
    unseen: usize,
}

/// So many evaluations of a short program are over in no time.
const UNSEEN: usize = 16;

/// How a trace is run.
enum Way<'py> {
    /// As operations on numbers.
    Lane(Lane),
    /// As operations on arrays.
    Program(Bound<'py, Trace>),
}

impl<'py> Numeric<'py> {
    /// The function, if it is a compiled one and its further arguments are floats and arrays.
    /// Its first argument is a float, or an array of that shape.
    pub fn of(
        f: &Bound<'py, PyAny>,
        shape: Option<&[usize]>,
        rest: Option<&Bound<'py, PyTuple>>,
        slope: bool,
    ) -> PyResult<Option<Self>> {
        let py = f.py();
        let Some([compiled, with_gradient]) = CLASSES.get(py) else { return Ok(None) };
        let class = f.get_type();
        let compiled = if class.is(compiled) {
            f.clone()
        } else if class.is(with_gradient) {
            f.getattr(pyo3::intern!(py, "compiled"))?
        } else {
            return Ok(None);
        };
        let first = shape.map_or(Kind::Number, |shape| Kind::Array(DType::Float64, shape.into()));
        let mut made = Self {
            compiled,
            kinds: smallvec![first],
            rest: Vec::new(),
            rest_numbers: Numbers::new(),
            slope,
            traces: Fitting::new(),
            ways: SmallVec::new(),
            unseen: 0,
        };
        for argument in rest.into_iter().flat_map(PyTupleMethods::iter) {
            let Some(kind) = Kind::of(&argument).filter(Kind::is_usual) else { return Ok(None) };
            made.rest.push(match (&kind, argument.cast_exact::<PyFloat>()) {
                (Kind::Number, Ok(number)) => Datum::Scalar(number.value()),
                // A copy: the caller may write to it between the evaluations.
                _ => Datum::Array(to_array(&argument, "an argument")?),
            });
            push_numbers(&mut made.rest_numbers, &argument)?;
            debug_assert!(matches!(kind, Kind::Number) || is_plain_array(&argument));
            made.kinds.push(kind);
        }
        made.refresh()?;
        Ok(Some(made))
    }

    /// Look for traces again, after the function has been called the long way.
    pub fn refresh(&mut self) -> PyResult<()> {
        let py = self.compiled.py();
        let replay = self.compiled.getattr(pyo3::intern!(py, "_replay"))?;
        self.traces = match replay.cast::<Replay>() {
            Ok(replay) => replay.get().fitting(py, &self.kinds)?,
            Err(_) => Fitting::new(),
        };
        self.ways.clear();
        Ok(())
    }

    /// f(x), with the gradient into `g` when it is asked for; nothing when no trace answers.
    #[inline]
    pub fn value(&mut self, x: &[f64], g: &mut [f64]) -> PyResult<Option<f64>> {
        if self.ways.is_empty() {
            self.prepare(x.len())?;
        }
        let py = self.compiled.py();
        self.unseen += 1;
        if self.unseen > UNSEEN {
            self.unseen = 0;
            py.check_signals()?;
        }
        let inputs = Inputs { x, shape: &self.kinds[0], rest: &self.rest };
        for way in &mut self.ways {
            let found = match way {
                Way::Lane(lane) => {
                    lane.set(0, x);
                    if lane.is_large() {
                        self.unseen = UNSEEN;
                        py.detach(|| lane.run(g))
                    } else {
                        lane.run(g)
                    }
                }
                Way::Program(trace) => {
                    self.unseen = UNSEEN;
                    let trace = trace.get();
                    if self.slope {
                        trace.number_and_gradient(py, &inputs, g)?
                    } else {
                        trace.number(py, &inputs)?
                    }
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn prepare(&mut self, n: usize) -> PyResult<()> {
        for trace in &self.traces {
            let lane = trace.get().lane(n + self.rest_numbers.len(), self.slope)?;
            self.ways.push(match lane {
                Some(mut lane) => {
                    lane.set(n, &self.rest_numbers);
                    Way::Lane(lane)
                }
                None => Way::Program(trace.clone()),
            });
        }
        Ok(())
    }
}

/// The arguments of a call.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    x: &'a [f64],
    shape: &'a Kind,
    rest: &'a [Datum],
}

impl Inputs<'_> {
    /// Each by itself.
    pub fn data(&self) -> PyResult<Vec<Datum>> {
        let first = match self.shape {
            Kind::Array(_, shape) => {
                let shape: Shape = shape.clone();
                Datum::Array(
                    Array::new(self.x.to_vec(), shape)
                        .map_err(|error| errors::internal(error.to_string()))?,
                )
            }
            _ => Datum::Scalar(self.x[0]),
        };
        Ok(std::iter::once(first).chain(self.rest.iter().cloned()).collect())
    }
}
