//! Handles of strategies: the built-in ones and generators written in Python.

use std::any::Any;

use pyframe_linesearch::strategies::{self, Boxed, Opening, Shortening};
use pyframe_linesearch::{Fault, Needs, Sample, Verdict};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};

use crate::collection::traverse;
use crate::errors::refused;
use crate::float_environment::kept;
use crate::methods::{ScalarMethod, blame, generator, needs_name, needs_named};
use crate::numbers::real;
use crate::samples::{Start, Trial};

/// A strategy with its parameters.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Strategy {
    pub prototype: Boxed,
    pub name: String,
}

fn handle(name: &str, strategy: impl strategies::Strategy + 'static) -> Strategy {
    Strategy { prototype: Box::new(strategy), name: name.into() }
}

#[pymethods]
impl Strategy {
    #[staticmethod]
    fn fixed() -> Self {
        handle("static", strategies::Static::default())
    }
    #[staticmethod]
    fn backtracking(shortening: &str, factor: f64, low: f64, high: f64) -> PyResult<Self> {
        let shortening = match shortening {
            "constant" => Shortening::Constant,
            "quadratic" => Shortening::Quadratic,
            "cubic" => Shortening::Cubic,
            _ => {
                return Err(crate::errors::parameter(format!(
                    "interpolation must be 'constant', 'quadratic' or 'cubic', got {shortening:?}"
                )));
            }
        };
        strategies::Backtracking::new(shortening, factor, low, high)
            .map(|part| handle("backtracking", part))
            .map_err(refused)
    }
    #[staticmethod]
    fn bisection(grow: f64) -> PyResult<Self> {
        strategies::Bisection::new(grow).map(|part| handle("bisection", part)).map_err(refused)
    }
    #[staticmethod]
    fn zoom(grow: f64) -> PyResult<Self> {
        strategies::Zoom::new(grow).map(|part| handle("zoom", part)).map_err(refused)
    }
    #[staticmethod]
    fn more_thuente() -> Self {
        handle("more-thuente", strategies::MoreThuente::default())
    }
    #[staticmethod]
    fn hager_zhang(grow: f64, theta: f64, gamma: f64) -> PyResult<Self> {
        strategies::HagerZhang::new(grow, theta, gamma)
            .map(|part| handle("hager-zhang", part))
            .map_err(refused)
    }
    #[staticmethod]
    fn interpolation() -> Self {
        handle("interpolation", strategies::Interpolation::default())
    }

    /// A scalar method along the line.
    #[staticmethod]
    fn exact(method: &ScalarMethod, xtol: f64, xrtol: f64) -> PyResult<Self> {
        let tolerance = crate::scalar::tolerance(Some(xtol), Some(xrtol))?;
        Ok(handle("exact", strategies::ExactMinimizer::new(method.method.clone(), tolerance)))
    }

    /// A strategy written in Python: `steps(start, first, max_step)` is a generator of steps.
    #[staticmethod]
    fn foreign(steps: Py<PyAny>, needs: &str, can_grow: bool, name: String) -> PyResult<Self> {
        let needs = needs_named(needs)?;
        Ok(handle(
            &name.clone(),
            ForeignStrategy { steps, needs, can_grow, name, running: None, told: None, error: None },
        ))
    }

    /// What the strategy looks at: "value", "slope" or "curvature".
    #[getter]
    fn needs(&self) -> &'static str {
        needs_name(self.prototype.needs())
    }

    /// Whether it can lengthen a step.
    #[getter]
    fn can_grow(&self) -> bool {
        self.prototype.can_grow()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        traverse(&visit, |see| self.prototype.held(see))
    }
}

/// A generator that yields steps and is sent trials with their verdicts.
struct ForeignStrategy {
    steps: Py<PyAny>,
    needs: Needs,
    can_grow: bool,
    name: String,
    running: Option<Py<PyAny>>,
    told: Option<(Sample, Verdict)>,
    error: Option<PyErr>,
}

impl ForeignStrategy {
    fn next(&mut self, py: Python<'_>) -> PyResult<Option<f64>> {
        let Some(running) = &self.running else { return Ok(None) };
        let running = running.bind(py);
        let answer = match self.told {
            None => running.call_method0("__next__"),
            Some((sample, verdict)) => {
                let trial = Py::new(py, Trial::for_strategy(sample, verdict, self.needs))?;
                running.call_method1("send", (trial,))
            }
        };
        match answer {
            Ok(step) => Ok(Some(real(&step, &format!("strategy {}", self.name))?.value)),
            Err(stop) if stop.is_instance_of::<pyo3::exceptions::PyStopIteration>(py) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn keep<T>(&mut self, answer: PyResult<T>) -> Option<T> {
        answer
            .map_err(|error| {
                self.error = Some(Python::attach(|py| blame(py, error, "strategy", &self.name)));
            })
            .ok()
    }
}

impl strategies::Strategy for ForeignStrategy {
    fn needs(&self) -> Needs {
        self.needs
    }

    fn can_grow(&self) -> bool {
        self.can_grow
    }

    fn begin(&mut self, opening: &Opening) {
        self.told = None;
        let running = Python::attach(|py| {
            let start = Py::new(py, Start::from(opening.start))?;
            let made = kept(|| self.steps.bind(py).call1((start, opening.first, opening.max_step)))?;
            generator(made, &format!("strategy {}", self.name))
        });
        self.running = self.keep(running);
    }

    fn propose(&mut self) -> Option<f64> {
        let next = Python::attach(|py| kept(|| self.next(py)));
        self.keep(next).flatten()
    }

    fn observe(&mut self, trial: &Sample, verdict: Verdict) {
        self.told = Some((*trial, verdict));
    }

    fn phase(&self) -> &'static str {
        "plugin"
    }

    fn fault(&mut self) -> Option<Fault> {
        self.error.take().map(|error| Box::new(error) as Fault)
    }

    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        see(&self.steps);
        if let Some(running) = &self.running {
            see(running);
        }
    }

    fn boxed(&self) -> Boxed {
        Box::new(Self {
            steps: Python::attach(|py| self.steps.clone_ref(py)),
            needs: self.needs,
            can_grow: self.can_grow,
            name: self.name.clone(),
            running: None,
            told: None,
            error: None,
        })
    }
}
