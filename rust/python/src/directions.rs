//! Handles of directions: the built-in ones and generators written in Python.

use std::any::Any;

use numpy::{PyArray1, PyArrayMethods};
use pyframe_optimize::directions::{self, Boxed, Formula};
use pyframe_optimize::{Counts, Fault, Objective};
use pyo3::exceptions::PyStopIteration;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};

use crate::collection::traverse;
use crate::errors::{self, refused};
use crate::float_environment::kept;
use crate::methods::{blame, generator};
use crate::numbers::vector_into;

/// A direction with its parameters.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Direction {
    pub prototype: Boxed,
    pub name: String,
    /// "gradient", "hessian" or "product": what the direction wants of the function.
    pub wants: &'static str,
}

fn handle(name: &str, direction: impl directions::Direction + 'static) -> Direction {
    Direction { prototype: Box::new(direction), name: name.into(), wants: "gradient" }
}

#[pymethods]
impl Direction {
    #[staticmethod]
    fn gradient_descent() -> Self {
        handle("gradient-descent", directions::GradientDescent)
    }
    #[staticmethod]
    fn momentum(beta: f64) -> PyResult<Self> {
        directions::Momentum::new(beta).map(|part| handle("momentum", part)).map_err(refused)
    }
    #[staticmethod]
    fn conjugate_gradient(formula: &str) -> PyResult<Self> {
        let formula = match formula {
            "FR" => Formula::FletcherReeves,
            "PR+" => Formula::PolakRibierePlus,
            "HS" => Formula::HestenesStiefel,
            "DY" => Formula::DaiYuan,
            "HZ" => Formula::HagerZhang,
            _ => {
                return Err(crate::errors::parameter(format!(
                    "formula must be 'FR', 'PR+', 'HS', 'DY' or 'HZ', got {formula:?}"
                )));
            }
        };
        Ok(handle("cg", directions::ConjugateGradient::new(formula)))
    }
    #[staticmethod]
    fn bfgs() -> Self {
        handle("bfgs", directions::Bfgs::default())
    }
    #[staticmethod]
    fn lbfgs(memory: usize) -> PyResult<Self> {
        directions::Lbfgs::new(memory).map(|part| handle("lbfgs", part)).map_err(refused)
    }
    #[staticmethod]
    fn newton() -> Self {
        Self { wants: "hessian", ..handle("newton", directions::Newton::default()) }
    }
    #[staticmethod]
    fn newton_cg() -> Self {
        Self { wants: "product", ..handle("newton-cg", directions::NewtonCg::default()) }
    }

    /// A direction written in Python: `directions()` is a generator that is sent
    /// (x, gradient) and yields the direction; the first value it yields is ignored.
    #[staticmethod]
    fn foreign(directions: Py<PyAny>, name: String) -> Self {
        handle(&name.clone(), ForeignDirection { directions, name, running: None, fresh: true })
    }

    /// What the direction wants of the function.
    #[getter]
    fn wants(&self) -> &'static str {
        self.wants
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        traverse(&visit, |see| self.prototype.held(see))
    }
}

/// A generator that is sent x and the gradient there and yields directions.
struct ForeignDirection {
    directions: Py<PyAny>,
    name: String,
    running: Option<Py<PyAny>>,
    fresh: bool,
}

impl ForeignDirection {
    /// What the generator yielded; it may not end, since nothing else knows a direction.
    fn yielded<'py>(
        &self,
        py: Python<'py>,
        answer: PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        answer.map_err(|error| {
            if error.is_instance_of::<PyStopIteration>(py) {
                return errors::plugin(format!(
                    "direction {} must yield for every iterate, but its generator ended",
                    self.name
                ));
            }
            error
        })
    }

    fn next(&mut self, py: Python<'_>, x: &[f64], g: &[f64], d: &mut [f64]) -> PyResult<()> {
        if self.running.is_none() {
            let made = self.directions.bind(py).call0()?;
            let running = generator(made, &format!("direction {}", self.name))?;
            self.yielded(py, running.bind(py).call_method0("__next__"))?;
            self.running = Some(running);
        }
        let Some(running) = &self.running else { return Ok(()) };
        let arrays = [x, g].map(|v| {
            let array = PyArray1::from_slice(py, v);
            array.readwrite().make_nonwriteable();
            array
        });
        let answer = running.bind(py).call_method1("send", ((arrays[0].clone(), arrays[1].clone()),));
        let answer = self.yielded(py, answer)?;
        self.fresh = false;
        vector_into(&answer, &[d.len()], &format!("direction {}", self.name), d)
    }
}

impl directions::Direction for ForeignDirection {
    fn begin(&mut self, _n: usize) -> Result<(), Fault> {
        self.restart();
        Ok(())
    }

    fn direction(
        &mut self,
        x: &[f64],
        g: &[f64],
        _objective: &mut dyn Objective,
        _counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault> {
        Python::attach(|py| {
            kept(|| self.next(py, x, g, d))
                .map_err(|error| Box::new(blame(py, error, "direction", &self.name)) as Fault)
        })
    }

    fn restart(&mut self) -> bool {
        let learnt = !self.fresh;
        self.running = None;
        self.fresh = true;
        learnt
    }

    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        see(&self.directions);
        if let Some(running) = &self.running {
            see(running);
        }
    }

    fn boxed(&self) -> Boxed {
        Box::new(Self {
            directions: Python::attach(|py| self.directions.clone_ref(py)),
            name: self.name.clone(),
            running: None,
            fresh: true,
        })
    }
}
