//! Handles of initial steps: the built-in ones and functions written in Python.

use std::any::Any;

use pyframe_linesearch::Fault;
use pyframe_linesearch::initial::{self, Boxed, Formula, Situation};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyDict, PyDictMethods};

use crate::collection::traverse;
use crate::errors::refused;
use crate::float_environment::kept;
use crate::methods::blame;
use crate::numbers::real;

/// An initial-step rule with its parameters.
#[pyclass(frozen, module = "pyframe._core")]
pub struct InitialStep {
    pub prototype: Boxed,
}

fn handle(rule: impl initial::InitialStep + 'static) -> InitialStep {
    InitialStep { prototype: Box::new(rule) }
}

#[pymethods]
impl InitialStep {
    #[staticmethod]
    fn constant(step: f64) -> PyResult<Self> {
        initial::Constant::new(step).map(handle).map_err(refused)
    }
    #[staticmethod]
    fn previous(factor: f64) -> PyResult<Self> {
        initial::Previous::new(factor).map(handle).map_err(refused)
    }
    #[staticmethod]
    fn first_order_change(longest: f64) -> PyResult<Self> {
        initial::FirstOrderChange::new(longest).map(handle).map_err(refused)
    }
    #[staticmethod]
    fn quadratic() -> Self {
        handle(initial::Quadratic)
    }
    #[staticmethod]
    fn hager_zhang(psi0: f64, psi1: f64, psi2: f64) -> PyResult<Self> {
        initial::HagerZhang::new(psi0, psi1, psi2).map(handle).map_err(refused)
    }
    #[staticmethod]
    fn unit() -> Self {
        handle(initial::Unit)
    }
    #[staticmethod]
    fn barzilai_borwein(formula: i64) -> PyResult<Self> {
        let formula = match formula {
            1 => Formula::Long,
            2 => Formula::Short,
            _ => return Err(crate::errors::parameter(format!("formula must be 1 or 2, got {formula}"))),
        };
        Ok(handle(initial::BarzilaiBorwein::new(formula)))
    }
    #[staticmethod]
    fn polyak(minimum: f64) -> PyResult<Self> {
        initial::Polyak::new(minimum).map(handle).map_err(refused)
    }

    /// A rule written in Python: `first(situation)` returns the step.
    #[staticmethod]
    fn foreign(first: Py<PyAny>, name: String) -> Self {
        handle(ForeignStep { first, name, error: None })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        traverse(&visit, |see| self.prototype.held(see))
    }
}

struct ForeignStep {
    first: Py<PyAny>,
    name: String,
    error: Option<PyErr>,
}

/// The situation as the keyword arguments of `pyframe.linesearch.Situation`.
fn situation<'py>(py: Python<'py>, at: &Situation) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("iteration", at.iteration)?;
    fields.set_item("value", at.value)?;
    fields.set_item("slope", at.slope)?;
    fields.set_item("direction_norm", at.direction_norm)?;
    fields.set_item("gradient_norm", at.gradient_norm)?;
    fields.set_item("gradient_max", at.gradient_max)?;
    fields.set_item("x_max", at.x_max)?;
    if let Some(last) = &at.last {
        fields.set_item("last_step", last.step)?;
        fields.set_item("last_value", last.value)?;
        fields.set_item("last_slope", last.slope)?;
        fields.set_item("ss", last.ss)?;
        fields.set_item("sy", last.sy)?;
        fields.set_item("yy", last.yy)?;
    }
    py.import("pyframe.linesearch.situation")?.getattr("Situation")?.call((), Some(&fields))
}

impl initial::InitialStep for ForeignStep {
    fn first(&mut self, at: &Situation, _probe: Option<f64>) -> f64 {
        Python::attach(|py| {
            let answer = situation(py, at)
                .and_then(|at| kept(|| self.first.bind(py).call1((at,))))
                .and_then(|step| real(&step, &format!("initial step {}", self.name)));
            match answer {
                Ok(step) => step.value,
                Err(error) => {
                    self.error = Some(blame(py, error, "initial step", &self.name));
                    f64::NAN
                }
            }
        })
    }

    fn fault(&mut self) -> Option<Fault> {
        self.error.take().map(|error| Box::new(error) as Fault)
    }

    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        see(&self.first);
    }

    fn boxed(&self) -> Boxed {
        Box::new(Self {
            first: Python::attach(|py| self.first.clone_ref(py)),
            name: self.name.clone(),
            error: None,
        })
    }
}
