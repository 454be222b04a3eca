//! Frozen result objects.

use pyframe_linesearch::Status;
use pyframe_linesearch::scalar::Report;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::enums;
use crate::errors;

/// Methods that all results share, written in `pyframe.results`.
macro_rules! common_methods {
    ($class:ident) => {
        #[pymethods]
        impl $class {
            #[getter]
            fn success(&self) -> bool {
                self.succeeded()
            }
            #[getter]
            fn status(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                enums::status(py, self.status)
            }
            #[getter]
            fn message(&self) -> String {
                match &self.detail {
                    Some(detail) => format!("{} {detail}", self.status.sentence()),
                    None => self.status.sentence().to_owned(),
                }
            }
            /// A picture of the run (needs matplotlib).
            #[pyo3(signature = (ax=None))]
            fn plot<'py>(
                this: &Bound<'py, Self>,
                ax: Option<Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                this.py().import("pyframe.draw")?.call_method1("draw_result", (this, ax))
            }
            fn __repr__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                this.py().import("pyframe.results")?.call_method1("describe", (this,))
            }
            fn __eq__<'py>(
                this: &Bound<'py, Self>,
                other: &Bound<'py, PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                this.py().import("pyframe.results")?.call_method1("same", (this, other))
            }
            fn __hash__(this: &Bound<'_, Self>) -> PyResult<isize> {
                this.py().import("pyframe.results")?.call_method1("digest", (this,))?.extract()
            }
            fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                this.py().import("pyframe.results")?.call_method1("reduce", (this,))
            }
            fn __copy__<'py>(this: &Bound<'py, Self>) -> Bound<'py, Self> {
                this.clone()
            }
        }
    };
}

fn status_of(name: &str) -> PyResult<Status> {
    enums::status_named(name).ok_or_else(|| errors::parameter(format!("unknown status {name:?}")))
}

/// Result of `minimize_scalar`.
#[pyclass(frozen, module = "pyframe._core")]
pub struct ScalarResult {
    pub x: f64,
    pub fun: f64,
    pub slope: f64,
    pub nfev: usize,
    pub njev: usize,
    pub nit: usize,
    pub bracket: (f64, f64),
    pub status: Status,
    pub detail: Option<String>,
    pub trace: Option<Py<PyTuple>>,
}

impl ScalarResult {
    pub fn new(report: &Report, njev: usize, nfev: usize, trace: Option<Py<PyTuple>>) -> Self {
        let (low, high) = report.plateau;
        let detail = match report.status {
            Status::Flat | Status::Precision if high > low => {
                Some(format!("The values do not differ on [{low:?}, {high:?}] (width {:.3e}).", high - low))
            }
            Status::Unbounded => Some(format!("f = {:?} at x = {:?}.", report.best.value, report.best.x)),
            _ => None,
        };
        Self {
            x: report.best.x,
            fun: report.best.value,
            slope: report.best.slope,
            nfev,
            njev,
            nit: report.iterations,
            bracket: report.bracket,
            status: report.status,
            detail,
            trace,
        }
    }

    fn succeeded(&self) -> bool {
        self.status.is_success() && self.fun.is_finite()
    }
}

#[pymethods]
impl ScalarResult {
    #[new]
    #[pyo3(signature = (x, fun, slope, nfev, njev, nit, bracket, status, detail, trace))]
    #[expect(clippy::too_many_arguments, reason = "one for each field")]
    fn restore(
        x: f64,
        fun: f64,
        slope: Option<f64>,
        nfev: usize,
        njev: usize,
        nit: usize,
        bracket: (f64, f64),
        status: &str,
        detail: Option<String>,
        trace: Option<Py<PyTuple>>,
    ) -> PyResult<Self> {
        let (slope, status) = (slope.unwrap_or(f64::NAN), status_of(status)?);
        Ok(Self { x, fun, slope, nfev, njev, nit, bracket, status, detail, trace })
    }

    #[getter]
    fn x(&self) -> f64 {
        self.x
    }
    #[getter]
    fn fun(&self) -> f64 {
        self.fun
    }
    #[getter]
    fn slope(&self) -> Option<f64> {
        Some(self.slope).filter(|slope| !slope.is_nan())
    }
    #[getter]
    fn nfev(&self) -> usize {
        self.nfev
    }
    #[getter]
    fn njev(&self) -> usize {
        self.njev
    }
    #[getter]
    fn nit(&self) -> usize {
        self.nit
    }
    #[getter]
    fn bracket(&self) -> (f64, f64) {
        self.bracket
    }
    #[getter]
    fn trace(&self, py: Python<'_>) -> Option<Py<PyTuple>> {
        self.trace.as_ref().map(|trace| trace.clone_ref(py))
    }
    #[getter]
    fn detail(&self) -> Option<String> {
        self.detail.clone()
    }
}

/// Result of `line_search`.
#[pyclass(frozen, module = "pyframe._core")]
pub struct LineSearchResult {
    pub step: f64,
    pub x: Py<PyAny>,
    pub fun: f64,
    pub slope: f64,
    pub grad: Option<Py<PyAny>>,
    pub nfev: usize,
    pub njev: usize,
    pub status: Status,
    pub detail: Option<String>,
    pub trace: Option<Py<PyTuple>>,
}

impl LineSearchResult {
    fn succeeded(&self) -> bool {
        self.status == Status::Converged && self.fun.is_finite()
    }
}

#[pymethods]
impl LineSearchResult {
    #[new]
    #[pyo3(signature = (step, x, fun, slope, grad, nfev, njev, status, detail, trace))]
    #[expect(clippy::too_many_arguments, reason = "one for each field")]
    fn restore(
        step: f64,
        x: Py<PyAny>,
        fun: f64,
        slope: Option<f64>,
        grad: Option<Py<PyAny>>,
        nfev: usize,
        njev: usize,
        status: &str,
        detail: Option<String>,
        trace: Option<Py<PyTuple>>,
    ) -> PyResult<Self> {
        let (slope, status) = (slope.unwrap_or(f64::NAN), status_of(status)?);
        Ok(Self { step, x, fun, slope, grad, nfev, njev, status, detail, trace })
    }

    #[getter]
    fn step(&self) -> f64 {
        self.step
    }
    #[getter]
    fn x(&self, py: Python<'_>) -> Py<PyAny> {
        self.x.clone_ref(py)
    }
    #[getter]
    fn fun(&self) -> f64 {
        self.fun
    }
    #[getter]
    fn slope(&self) -> Option<f64> {
        Some(self.slope).filter(|slope| !slope.is_nan())
    }
    #[getter]
    fn grad(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.grad.as_ref().map(|grad| grad.clone_ref(py))
    }
    #[getter]
    fn nfev(&self) -> usize {
        self.nfev
    }
    #[getter]
    fn njev(&self) -> usize {
        self.njev
    }
    #[getter]
    fn trace(&self, py: Python<'_>) -> Option<Py<PyTuple>> {
        self.trace.as_ref().map(|trace| trace.clone_ref(py))
    }
    #[getter]
    fn detail(&self) -> Option<String> {
        self.detail.clone()
    }
}

/// Result of `minimize`, with SciPy's attribute names.
#[pyclass(frozen, module = "pyframe._core")]
pub struct OptimizeResult {
    pub x: Py<PyAny>,
    pub fun: f64,
    pub jac: Option<Py<PyAny>>,
    pub nfev: usize,
    pub njev: usize,
    pub nhev: usize,
    pub nit: usize,
    pub status: Status,
    pub detail: Option<String>,
    pub trace: Option<Py<PyTuple>>,
}

impl OptimizeResult {
    fn succeeded(&self) -> bool {
        self.status == Status::Converged && self.fun.is_finite()
    }
}

#[pymethods]
impl OptimizeResult {
    #[new]
    #[pyo3(signature = (x, fun, jac, nfev, njev, nhev, nit, status, detail, trace))]
    #[expect(clippy::too_many_arguments, reason = "one for each field")]
    fn restore(
        x: Py<PyAny>,
        fun: f64,
        jac: Option<Py<PyAny>>,
        nfev: usize,
        njev: usize,
        nhev: usize,
        nit: usize,
        status: &str,
        detail: Option<String>,
        trace: Option<Py<PyTuple>>,
    ) -> PyResult<Self> {
        Ok(Self { x, fun, jac, nfev, njev, nhev, nit, status: status_of(status)?, detail, trace })
    }

    #[getter]
    fn x(&self, py: Python<'_>) -> Py<PyAny> {
        self.x.clone_ref(py)
    }
    #[getter]
    fn fun(&self) -> f64 {
        self.fun
    }
    #[getter]
    fn jac(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.jac.as_ref().map(|jac| jac.clone_ref(py))
    }
    #[getter]
    fn nfev(&self) -> usize {
        self.nfev
    }
    #[getter]
    fn njev(&self) -> usize {
        self.njev
    }
    #[getter]
    fn nhev(&self) -> usize {
        self.nhev
    }
    #[getter]
    fn nit(&self) -> usize {
        self.nit
    }
    #[getter]
    fn trace(&self, py: Python<'_>) -> Option<Py<PyTuple>> {
        self.trace.as_ref().map(|trace| trace.clone_ref(py))
    }
    #[getter]
    fn detail(&self) -> Option<String> {
        self.detail.clone()
    }
}

common_methods!(ScalarResult);
common_methods!(LineSearchResult);
common_methods!(OptimizeResult);
