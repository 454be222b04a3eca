//! Handles of scalar methods: the built-in ones and generators written in Python.

use std::any::Any;
use std::sync::Arc;

use pyframe_linesearch::scalar::{self, Bracket, Method, Minimizer};
use pyframe_linesearch::{Fault, Needs, Sample};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};

use crate::collection::traverse;
use crate::float_environment::kept;
use crate::numbers::real;
use crate::samples::Point;

/// A scalar method with its parameters.
#[pyclass(frozen, module = "pyframe._core")]
pub struct ScalarMethod {
    pub method: Method,
}

fn handle(method: impl Minimizer + Clone + 'static) -> ScalarMethod {
    ScalarMethod { method: Arc::new(method) }
}

#[pymethods]
impl ScalarMethod {
    #[staticmethod]
    fn dichotomy() -> Self {
        handle(scalar::Dichotomy::default())
    }
    #[staticmethod]
    fn golden() -> Self {
        handle(scalar::Golden)
    }
    #[staticmethod]
    fn fibonacci() -> Self {
        handle(scalar::Fibonacci::default())
    }
    #[staticmethod]
    fn parabolic() -> Self {
        handle(scalar::Parabolic::default())
    }
    #[staticmethod]
    fn brent() -> Self {
        handle(scalar::Brent::default())
    }
    #[staticmethod]
    fn chandrupatla() -> Self {
        handle(scalar::Chandrupatla::default())
    }
    #[staticmethod]
    fn random(seed: u64) -> Self {
        handle(scalar::Random::new(seed))
    }
    #[staticmethod]
    fn slope_bisection() -> Self {
        handle(scalar::SlopeBisection)
    }
    #[staticmethod]
    fn secant() -> Self {
        handle(scalar::Secant::default())
    }
    #[staticmethod]
    fn cubic() -> Self {
        handle(scalar::Cubic::default())
    }
    #[staticmethod]
    fn newton() -> Self {
        handle(scalar::Newton::default())
    }

    /// A method written in Python: `search(bracket, tolerance)` is a generator of points.
    #[staticmethod]
    fn foreign(search: Py<PyAny>, needs: &str, name: String) -> PyResult<Self> {
        Ok(handle(ForeignMethod {
            search,
            needs: needs_named(needs)?,
            name,
            running: None,
            last: None,
            error: None,
        }))
    }

    /// What the method looks at: "value", "slope" or "curvature".
    #[getter]
    fn needs(&self) -> &'static str {
        needs_name(self.method.needs())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        traverse(&visit, |see| scalar::held(&self.method, see))
    }
}

/// The level of needs with this name.
pub fn needs_named(name: &str) -> PyResult<Needs> {
    match name {
        "value" => Ok(Needs::Value),
        "slope" => Ok(Needs::Slope),
        "curvature" => Ok(Needs::Curvature),
        _ => Err(crate::errors::parameter(format!(
            "needs must be 'value', 'slope' or 'curvature', got {name:?}"
        ))),
    }
}

/// The name of a level of needs.
pub const fn needs_name(needs: Needs) -> &'static str {
    match needs {
        Needs::Value => "value",
        Needs::Slope => "slope",
        Needs::Curvature => "curvature",
    }
}

/// The generator that a plugin's function made; `who` made it.
pub fn generator(made: Bound<'_, PyAny>, who: &str) -> PyResult<Py<PyAny>> {
    if made.hasattr(pyo3::intern!(made.py(), "send"))? {
        return Ok(made.unbind());
    }
    Err(crate::errors::plugin(format!(
        "{who} must be a generator function (one that yields), but returned {}",
        crate::numbers::describe(&made)
    )))
}

/// Say in an exception's notes whose code raised it.
pub fn blame(py: Python<'_>, error: PyErr, kind: &str, name: &str) -> PyErr {
    // Without a note the exception itself still goes out.
    let _ = error.value(py).call_method1("add_note", (format!("raised by {kind} {name}"),));
    error
}

/// A generator that yields points and is sent samples.
struct ForeignMethod {
    search: Py<PyAny>,
    needs: Needs,
    name: String,
    running: Option<Py<PyAny>>,
    last: Option<Sample>,
    error: Option<PyErr>,
}

impl ForeignMethod {
    fn advance(&mut self, bracket: &Bracket, tolerance: f64) -> PyResult<Option<f64>> {
        Python::attach(|py| {
            let answer = if let Some(running) = &self.running {
                let told = self.last.map(|s| Py::new(py, Point::new(s, self.needs))).transpose()?;
                running.bind(py).call_method1("send", (told,))
            } else {
                let bracket = crate::samples::bracket(py, bracket, self.needs)?;
                let made = self.search.bind(py).call1((bracket, tolerance))?;
                let running = generator(made, &format!("scalar method {}", self.name))?;
                let first = running.bind(py).call_method0("__next__");
                self.running = Some(running);
                first
            };
            match answer {
                Ok(x) => Ok(Some(real(&x, &format!("scalar method {}", self.name))?.value)),
                Err(stop) if stop.is_instance_of::<pyo3::exceptions::PyStopIteration>(py) => Ok(None),
                Err(error) => Err(blame(py, error, "scalar method", &self.name)),
            }
        })
    }
}

impl Minimizer for ForeignMethod {
    type Point = Sample;

    fn needs(&self) -> Needs {
        self.needs
    }

    fn propose(&mut self, bracket: &Bracket, tolerance: f64) -> Option<f64> {
        kept(|| self.advance(bracket, tolerance)).unwrap_or_else(|error| {
            self.error = Some(error);
            None
        })
    }

    fn observe(&mut self, _bracket: &Bracket, sample: &Sample, _improves: bool) -> bool {
        self.last = Some(*sample);
        true
    }

    fn fault(&mut self) -> Option<Fault> {
        self.error.take().map(|error| Box::new(error) as Fault)
    }

    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        see(&self.search);
        if let Some(running) = &self.running {
            see(running);
        }
    }
}

/// A copy starts anew.
impl Clone for ForeignMethod {
    fn clone(&self) -> Self {
        Self {
            search: Python::attach(|py| self.search.clone_ref(py)),
            needs: self.needs,
            name: self.name.clone(),
            running: None,
            last: None,
            error: None,
        }
    }
}
