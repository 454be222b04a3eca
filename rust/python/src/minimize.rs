//! `minimize`: the outer iteration on Python functions.

use pyframe_linesearch::search::{Limits, LineSearch};
use pyframe_linesearch::{ParameterError, Status};
use pyframe_optimize::{Fault, Options, Progress, Report, memory};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::cell::Cell;
use std::time::Duration;

use crate::callables::{Derivative, Function};
use crate::criteria::Criterion;
use crate::directions::Direction;
use crate::errors::{self, guard, raised, refused};
use crate::float_environment::kept;
use crate::initial::InitialStep;
use crate::line_search::{max_step, noise, refuse_pair};
use crate::numbers::{self, count, number, option, vector_from};
use crate::objective::PyObjective;
use crate::recording::Numeric;
use crate::results::OptimizeResult;
use crate::scalar::{budget, derivative};
use crate::strategies::Strategy;

/// Minimise a function of several variables; see `pyframe.minimize`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the options of the public function")]
pub fn minimize<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    x0: &Bound<'py, PyAny>,
    grad: Option<&Bound<'py, PyAny>>,
    hess: Option<&Bound<'py, PyAny>>,
    hessp: Option<&Bound<'py, PyAny>>,
    args: &Bound<'py, PyAny>,
    direction: &Direction,
    criterion: &Criterion,
    strategy: &Strategy,
    initial: &InitialStep,
    longest: Option<&Bound<'py, PyAny>>,
    gtol: &Bound<'py, PyAny>,
    max_iterations: &Bound<'py, PyAny>,
    max_evaluations: &Bound<'py, PyAny>,
    max_seconds: Option<&Bound<'py, PyAny>>,
    unit: Option<&Bound<'py, PyAny>>,
    callback: Option<&Bound<'py, PyAny>>,
    trace: &Bound<'py, PyAny>,
) -> PyResult<OptimizeResult> {
    guard("minimize", || {
        let f = numbers::function(f, "f")?;
        let hess = numbers::optional_function(hess, "hess")?;
        let hessp = numbers::optional_function(hessp, "hessp")?;
        let args = numbers::arguments(args)?;
        let trace = numbers::flag(trace, "trace")?;
        let (x0, shape, single) = vector_from(x0, "x0")?;
        let grad = derivative(grad, "grad")?;
        if let Derivative::None = grad {
            return Err(errors::missing_derivative(
                "minimize needs the gradient: give grad= (a function, or True if f returns the pair (value, gradient))",
            ));
        }
        if direction.wants == "hessian" && hess.is_none() {
            return Err(errors::missing_derivative(format!("direction {} needs hess=", direction.name)));
        }
        let gtol = number(gtol, "gtol")?;
        ParameterError::check(gtol >= 0.0 && gtol.is_finite(), "gtol", "a finite number >= 0", gtol)
            .map_err(refused)?;
        let max_time = option(max_seconds, "max_seconds")?
            .map(|seconds| ParameterError::check(seconds > 0.0, "max_seconds", "max_seconds > 0", seconds))
            .transpose()
            .map_err(refused)?
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let options = Options {
            gtol,
            max_iterations: count(max_iterations, "max_iterations", 0)?,
            max_evaluations: budget(max_evaluations)?,
            max_time,
            ..Options::default()
        };
        let unit = noise(option(unit, "noise")?)?;
        let limits = Limits { max_step: max_step(option(longest, "max_step")?)?, unit, ..Limits::default() };
        let mut search = LineSearch::new(criterion.prototype.clone(), strategy.prototype.clone(), limits)
            .map_err(|_| refuse_pair(&criterion.name, &strategy.name))?;
        let (argument, begun) = (Cell::default(), Cell::new(false));
        let numeric = if single {
            None
        } else {
            Numeric::of(f, Some(&shape), args, matches!(grad, Derivative::Fused))?
        };
        let function = Function::itself(f);
        let mut objective = PyObjective {
            py,
            f: &function,
            grad,
            hess,
            hessp,
            args,
            numeric,
            shape,
            single,
            unit,
            argument,
            begun,
        };
        // The callback needs arrays of the same kind while the objective is borrowed.
        let arrays = objective.twin();

        let record = py.import("pyframe.results")?.getattr("Iteration")?;
        let mut records = Vec::new();
        let mut best: Option<(f64, Vec<f64>)> = None;
        let mut progress = |state: &Progress<'_>| -> Result<bool, Fault> {
            if callback.is_none() && !trace {
                return Ok(false);
            }
            if best.as_ref().is_none_or(|(value, _)| state.value < *value) {
                best = Some((state.value, memory::copy(state.x)?));
            }
            let iteration = (|| {
                record.call1((
                    state.iteration,
                    arrays.array(state.x)?,
                    state.value,
                    arrays.array(state.gradient)?,
                    state.step,
                    state.counts.values,
                    state.counts.gradients,
                ))
            })()
            .map_err(|error| Box::new(error) as Fault)?;
            if trace {
                records.push(iteration.clone());
            }
            let Some(callback) = callback else { return Ok(false) };
            stop_asked(py, kept(|| callback.call1((iteration,))), best.as_ref())
        };
        let report = pyframe_optimize::minimize(
            &mut objective,
            &x0,
            &mut *direction.prototype.clone(),
            &mut search,
            &mut *initial.prototype.clone(),
            &options,
            &mut progress,
        )
        .map_err(raised)?;
        Ok(OptimizeResult {
            x: objective.array(&report.x)?.unbind(),
            fun: report.value,
            jac: report.gradient.as_ref().map(|g| objective.array(g)).transpose()?.map(Bound::unbind),
            nfev: report.counts.values,
            njev: report.counts.gradients,
            nhev: report.counts.hessians,
            nit: report.iterations,
            status: report.status,
            detail: detail(&report, callback.is_some()),
            trace: trace.then(|| PyTuple::new(py, records)).transpose()?.map(Bound::unbind),
        })
    })
}

/// What there is to say beyond the status.
fn detail(report: &Report, has_callback: bool) -> Option<String> {
    match report.status {
        Status::Budget => {
            Some(format!("{} iterations, {} evaluations of f.", report.iterations, report.counts.values))
        }
        Status::Stopped if !has_callback => Some("No acceptable step was found.".into()),
        _ => None,
    }
}

/// Whether a callback asked to stop, by returning `True` or raising `StopIteration`; any
/// other exception goes out with the best point in a note.
fn stop_asked(
    py: Python<'_>,
    answer: PyResult<Bound<'_, PyAny>>,
    best: Option<&(f64, Vec<f64>)>,
) -> Result<bool, Fault> {
    match answer {
        // NumPy's True, which comparisons of arrays' entries return, is one too.
        Ok(answer) => Ok(answer.extract().unwrap_or(false)),
        Err(error) if error.is_instance_of::<pyo3::exceptions::PyStopIteration>(py) => Ok(true),
        Err(error) => {
            if let Some((value, x)) = best {
                let shown = &x[..x.len().min(8)];
                let dots = if shown.len() < x.len() { ", ..." } else { "" };
                let note = format!("best so far: f = {value:?} at x = {shown:?}{dots}");
                // Without a note the exception itself still goes out.
                let _ = error.value(py).call_method1("add_note", (note,));
            }
            Err(Box::new(error))
        }
    }
}
