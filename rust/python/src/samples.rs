//! What is known at a point, as parts written in Python see it: frozen, and refusing what
//! was not declared.

use std::borrow::Cow;

use pyframe_linesearch::criteria::Start as CoreStart;
use pyframe_linesearch::{Needs, Sample, Verdict, scalar, search};
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
