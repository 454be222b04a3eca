//! A step-size search driven by hand: ask for a step, tell what phi is there.

use std::sync::{Mutex, TryLockError};

use pyframe_linesearch::criteria::Start;
use pyframe_linesearch::search::{Ask, Limits, LineSearch};
use pyframe_linesearch::{Needs, ParameterError, Sample};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};

use crate::collection;
use crate::criteria::Criterion;
use crate::enums;
use crate::errors::{self, guard, raised, refused};
use crate::line_search::{max_step, refuse_pair};
use crate::numbers::{number, option};
use crate::samples::Trial;
use crate::scalar::budget;
use crate::strategies::Strategy;

/// A search that evaluates nothing by itself; see `pyframe.linesearch.Stepper`.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Stepper {
    search: Mutex<LineSearch>,
}

impl Stepper {
    fn locked<T>(&self, body: impl FnOnce(&mut LineSearch) -> PyResult<T>) -> PyResult<T> {
        let mut search = match self.search.try_lock() {
            Ok(search) => search,
            // A call that ended in a bug of pyframe does not lock the others out.
            Err(TryLockError::Poisoned(search)) => search.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(errors::parameter(
                    "this Stepper is in use by another thread or by its own criterion",
                ));
            }
        };
        body(&mut search)
    }
}

#[pymethods]
impl Stepper {
    #[new]
    fn new<'py>(
        value: &Bound<'py, PyAny>,
        slope: &Bound<'py, PyAny>,
        first: &Bound<'py, PyAny>,
        criterion: &Criterion,
        strategy: &Strategy,
        longest: Option<&Bound<'py, PyAny>>,
        max_evaluations: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        guard("Stepper", || {
            let start = Start { value: number(value, "value")?, slope: number(slope, "slope")? };
            let first = number(first, "first")?;
            let accepted = first > 0.0 && first.is_finite();
            ParameterError::check(accepted, "first", "a finite number > 0", first).map_err(refused)?;
            let limits = Limits {
                max_step: max_step(option(longest, "max_step")?)?,
                max_evaluations: budget(max_evaluations)?,
                ..Limits::default()
            };
            let mut search = LineSearch::new(criterion.prototype.clone(), strategy.prototype.clone(), limits)
                .map_err(|_| refuse_pair(&criterion.name, &strategy.name))?
                .recording(true);
            search.begin(start, first);
            Ok(Self { search: Mutex::new(search) })
        })
    }

    /// While the search is in use, what it holds is in use as well.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.search.try_lock() {
            Ok(search) => collection::traverse(&visit, |see| search.held(see)),
            Err(_) => Ok(()),
        }
    }

    /// The next step to evaluate, or None when the search is over.
    fn ask(&self) -> PyResult<Option<f64>> {
        self.locked(|search| match search.ask() {
            Ask::At(step, _) => Ok(Some(step)),
            Ask::Done(_) => search.fault().map_or(Ok(None), |fault| Err(raised(fault))),
        })
    }

    /// phi (and its derivatives) at the step asked for.
    #[pyo3(signature = (value, slope=None, curvature=None))]
    fn tell(
        &self,
        value: &Bound<'_, PyAny>,
        slope: Option<&Bound<'_, PyAny>>,
        curvature: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        guard("Stepper", || {
            let value = number(value, "value")?;
            let slope = option(slope, "slope")?.unwrap_or(f64::NAN);
            let curvature = option(curvature, "curvature")?.unwrap_or(f64::NAN);
            self.locked(|search| {
                let Ask::At(step, needs) = search.ask() else {
                    return Err(errors::parameter("tell without ask: the search is over"));
                };
                if needs >= Needs::Slope && slope.is_nan() && value.is_finite() {
                    return Err(errors::missing_derivative(
                        "this search looks at slopes: tell(value, slope)",
                    ));
                }
                search.tell(Sample { x: step, value, slope, curvature });
                // Slopes are asked for beyond the search's needs where rounding hides the
                // values: one who told none has none.
                if slope.is_nan() && matches!(search.ask(), Ask::At(_, asked) if asked > search.needs()) {
                    search.without_slopes();
                }
                search.fault().map_or(Ok(()), |fault| Err(raised(fault)))
            })
        })
    }

    /// How the search ended, or None while it runs.
    #[getter]
    fn status(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.locked(|search| match search.ask() {
            Ask::Done(outcome) => enums::status(py, outcome.status).map(Some),
            Ask::At(_, _) => Ok(None),
        })
    }

    /// The accepted step, or the best one when none was accepted.
    #[getter]
    fn step(&self) -> PyResult<Option<f64>> {
        self.locked(|search| {
            Ok(match search.ask() {
                Ask::Done(outcome) => Some(outcome.trial.x),
                Ask::At(_, _) => None,
            })
        })
    }

    /// Every trial so far.
    #[getter]
    fn trace(&self) -> PyResult<Vec<Trial>> {
        self.locked(|search| Ok(search.trace().iter().map(Trial::from).collect()))
    }
}
