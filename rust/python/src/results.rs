//! Frozen result objects and the small ones that plugins see.

use std::borrow::Cow;

use pyframe_linesearch::criteria::Start as CoreStart;
use pyframe_linesearch::scalar::{self, Report};
use pyframe_linesearch::search;
use pyframe_linesearch::{Needs, Sample, Status, Verdict};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::enums;
use crate::errors;
use crate::methods::{needs_name, needs_named};

/// phi(0) and phi'(0).
#[pyclass(frozen, module = "pyframe._core")]
pub struct Start {
    value: f64,
    slope: f64,
}

impl From<CoreStart> for Start {
    fn from(start: CoreStart) -> Self {
        Self { value: start.value, slope: start.slope }
    }
}

#[pymethods]
impl Start {
    #[new]
    fn new(value: f64, slope: f64) -> Self {
        Self { value, slope }
    }

    #[getter]
    fn value(&self) -> f64 {
        self.value
    }
    /// An error when the search was started without a gradient.
    #[getter]
    fn slope(&self) -> PyResult<f64> {
        if self.slope.is_nan() {
            return Err(errors::missing_derivative("the criterion looks at phi'(0): give grad= or grad0="));
        }
        Ok(self.slope)
    }

    fn __repr__(&self) -> String {
        format!("Start(value={:?}, slope={:?})", self.value, self.slope)
    }
}

/// A derivative that plugin code reads: an error when it was not declared.
fn declared(value: f64, needs: Needs, wanted: Needs, name: &str) -> PyResult<f64> {
    if needs >= wanted {
        return Ok(value);
    }
    Err(errors::plugin(format!("{name} was read but not asked for: declare needs='{name}'")))
}

/// The function at one point, as a scalar method sees it.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Point {
    sample: Sample,
    needs: Needs,
}

impl Point {
    pub fn new(sample: Sample, needs: Needs) -> Self {
        Self { sample, needs }
    }
}

#[pymethods]
impl Point {
    #[getter]
    fn x(&self) -> f64 {
        self.sample.x
    }
    #[getter]
    fn value(&self) -> f64 {
        self.sample.value
    }
    #[getter]
    fn slope(&self) -> PyResult<f64> {
        declared(self.sample.slope, self.needs, Needs::Slope, "slope")
    }
    #[getter]
    fn curvature(&self) -> PyResult<f64> {
        declared(self.sample.curvature, self.needs, Needs::Curvature, "curvature")
    }
    fn __repr__(&self) -> String {
        format!("Point(x={:?}, value={:?})", self.sample.x, self.sample.value)
    }
}

/// A bracket as a scalar method sees it: the points (low, best, high).
pub fn bracket<'py>(
    py: Python<'py>,
    bracket: &scalar::Bracket,
    needs: Needs,
) -> PyResult<Bound<'py, PyTuple>> {
    let point = |sample| Py::new(py, Point { sample, needs });
    PyTuple::new(py, [point(bracket.low)?, point(bracket.best)?, point(bracket.high)?])
}

/// One trial step of a line search.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Trial {
    sample: Sample,
    verdict: Option<Verdict>,
    phase: Cow<'static, str>,
    /// What the reader declared; `None` in a trace, where everything known is shown.
    needs: Option<Needs>,
}

impl Trial {
    pub fn for_criterion(sample: Sample, needs: Needs) -> Self {
        Self { sample, verdict: None, phase: "".into(), needs: Some(needs) }
    }

    pub fn for_strategy(sample: Sample, verdict: Verdict, needs: Needs) -> Self {
        Self { sample, verdict: Some(verdict), phase: "".into(), needs: Some(needs) }
    }
}

impl From<&search::Trial> for Trial {
    fn from(trial: &search::Trial) -> Self {
        Self { sample: trial.sample, verdict: Some(trial.verdict), phase: trial.phase.into(), needs: None }
    }
}

#[pymethods]
impl Trial {
    /// A trial made by hand, for tests of criteria; without a slope, reading it is an error.
    #[new]
    #[pyo3(signature = (step, value, slope=None))]
    fn new(step: f64, value: f64, slope: Option<f64>) -> Self {
        let needs = if slope.is_some() { Needs::Slope } else { Needs::Value };
        Self::for_criterion(Sample::slope(step, value, slope.unwrap_or(f64::NAN)), needs)
    }

    #[getter]
    fn step(&self) -> f64 {
        self.sample.x
    }
    #[getter]
    fn value(&self) -> f64 {
        self.sample.value
    }
    #[getter]
    fn slope(&self) -> PyResult<Option<f64>> {
        match self.needs {
            Some(needs) => declared(self.sample.slope, needs, Needs::Slope, "slope").map(Some),
            None => Ok(Some(self.sample.slope).filter(|slope| !slope.is_nan())),
        }
    }
    #[getter]
    fn curvature(&self) -> PyResult<Option<f64>> {
        match self.needs {
            Some(needs) => declared(self.sample.curvature, needs, Needs::Curvature, "curvature").map(Some),
            None => Ok(Some(self.sample.curvature).filter(|curvature| !curvature.is_nan())),
        }
    }
    #[getter]
    fn verdict(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.verdict.map(|verdict| enums::verdict(py, verdict)).transpose()
    }
    #[getter]
    fn phase(&self) -> &str {
        &self.phase
    }

    /// The trial that `__reduce__` took apart.
    #[staticmethod]
    fn _restored(
        step: f64,
        value: f64,
        slope: f64,
        curvature: f64,
        verdict: Option<&Bound<'_, PyAny>>,
        phase: String,
        needs: Option<&str>,
    ) -> PyResult<Self> {
        Ok(Self {
            sample: Sample { x: step, value, slope, curvature },
            verdict: verdict.map(enums::verdict_from).transpose()?,
            phase: phase.into(),
            needs: needs.map(needs_named).transpose()?,
        })
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, trial) = (this.py(), this.get());
        let Sample { x, value, slope, curvature } = trial.sample;
        let needs = trial.needs.map(needs_name);
        let fields = (x, value, slope, curvature, trial.verdict(py)?, &*trial.phase, needs);
        (py.get_type::<Self>().getattr("_restored")?, fields).into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        let verdict = self.verdict.map_or("", Verdict::name);
        format!(
            "Trial(step={:?}, value={:?}, slope={:?}, verdict='{verdict}', phase='{}')",
            self.sample.x, self.sample.value, self.sample.slope, self.phase
        )
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast_exact::<Self>().is_ok_and(|other| self.__repr__() == other.get().__repr__())
    }

    fn __hash__(&self) -> u64 {
        self.sample.x.to_bits() ^ self.sample.value.to_bits().rotate_left(17)
    }
}

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
