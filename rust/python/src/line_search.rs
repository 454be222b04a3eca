//! `line_search`: one search along a direction.

use std::cell::Cell;
use std::time::Instant;

use pyframe_linesearch::criteria::Start;
use pyframe_linesearch::initial::Situation;
use pyframe_linesearch::search::{Ask, Limits, LineSearch, Outcome};
use pyframe_linesearch::{Needs, ParameterError, Status};
use pyframe_optimize::Line;
use pyframe_optimize::vector::norm;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::callables::{Derivative, Function};
use crate::criteria::Criterion;
use crate::errors::{self, guard, raised, refused};
use crate::initial::InitialStep;
use crate::numbers::{self, option, shape_text, vector_from};
use crate::objective::PyObjective;
use crate::recording::Numeric;
use crate::results::LineSearchResult;
use crate::samples::Trial;
use crate::scalar::{budget, deadline, derivative};
use crate::strategies::Strategy;

/// A vector that must have the shape of x.
fn vector_of_shape(given: &Bound<'_, PyAny>, name: &str, shape: &[usize]) -> PyResult<Vec<f64>> {
    let (values, got, _) = vector_from(given, name)?;
    if got != shape {
        let (wanted, got) = (shape_text(shape), shape_text(&got));
        return Err(errors::shape(format!("{name} must have the shape of x, {wanted}, got {got}")));
    }
    Ok(values)
}

/// A longest step; `None` stands for "no limit".
pub fn max_step(given: Option<f64>) -> PyResult<f64> {
    let step = given.unwrap_or(f64::INFINITY);
    ParameterError::check(step > 0.0, "max_step", "max_step > 0", step).map_err(refused)
}

/// The relative noise of f: at least the rounding of its type.
pub fn noise(given: Option<f64>) -> PyResult<f64> {
    let Some(noise) = given else { return Ok(f64::EPSILON) };
    let accepted = (0.0..1.0).contains(&noise);
    ParameterError::check(accepted, "noise", "0 <= noise < 1", noise).map_err(refused)?;
    Ok(noise.max(f64::EPSILON))
}

/// The refusal of a strategy that cannot do what the criterion may ask.
pub fn refuse_pair(criterion: &str, strategy: &str) -> PyErr {
    errors::pair(format!(
        "strategy {strategy} cannot lengthen a step, and criterion {criterion} may ask for a longer one: \
         use a strategy that can grow (\"bisection\", \"interpolation\", ...) or a criterion that cannot \
         (\"armijo\")"
    ))
}

/// One search along `x + step d`; see `pyframe.line_search`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the options of the public function, positionally for speed")]
pub fn line_search<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    x: &Bound<'py, PyAny>,
    d: &Bound<'py, PyAny>,
    grad: Option<&Bound<'py, PyAny>>,
    hessp: Option<&Bound<'py, PyAny>>,
    args: &Bound<'py, PyAny>,
    criterion: &Criterion,
    strategy: &Strategy,
    initial: &InitialStep,
    longest: Option<&Bound<'py, PyAny>>,
    max_evaluations: &Bound<'py, PyAny>,
    max_seconds: Option<&Bound<'py, PyAny>>,
    fun0: Option<&Bound<'py, PyAny>>,
    grad0: Option<&Bound<'py, PyAny>>,
    unit: Option<&Bound<'py, PyAny>>,
    trace: &Bound<'py, PyAny>,
    differentiate: &Bound<'py, PyAny>,
) -> PyResult<LineSearchResult> {
    guard("line_search", || {
        let trace = numbers::flag(trace, "trace")?;
        let (x, shape, single) = vector_from(x, "x")?;
        let d = vector_of_shape(d, "d", &shape)?;
        let grad0 = grad0.map(|g| vector_of_shape(g, "grad0", &shape)).transpose()?;
        let unit = noise(option(unit, "noise")?)?;
        let mut derivative = derivative(grad, "grad")?;
        let mut slopes = !matches!(derivative, Derivative::None);
        let limits = Limits {
            max_step: max_step(option(longest, "max_step")?)?,
            max_evaluations: budget(max_evaluations)?,
            unit,
            slopes,
            ..Limits::default()
        };
        let search = LineSearch::new(criterion.prototype.clone(), strategy.prototype.clone(), limits)
            .map_err(|_| refuse_pair(&criterion.name, &strategy.name))?;
        let mut search = search.recording(trace);
        let mut function = Function::itself(numbers::function(f, "f")?);
        let in_trials = search.needs() >= Needs::Slope;
        if !slopes && (in_trials || (search.needs_first_slope() && grad0.is_none())) {
            // The caller may have forbidden them by grad=False.
            if grad.is_some() {
                return Err(missing(criterion, strategy, in_trials));
            }
            function = Function::with_derivative(f, differentiate, "grad");
            (derivative, slopes, search) = (Derivative::Fused, true, search.with_slopes());
        }
        let args = numbers::arguments(args)?;
        let fused = matches!(derivative, Derivative::Fused);
        let numeric =
            if single { None } else { Numeric::of(function.recorded()?, Some(&shape), args, fused)? };
        let mut objective = PyObjective {
            py,
            f: &function,
            grad: derivative,
            hess: None,
            hessp: numbers::optional_function(hessp, "hessp")?,
            args,
            numeric,
            shape,
            single,
            unit,
            argument: Cell::default(),
            begun: Cell::new(fun0.is_some_and(|known| !known.is_none())),
        };
        let mut line = Line::new(x, d).map_err(raised)?;
        line.know(option(fun0, "fun0")?, grad0);

        let needs = if slopes { Needs::Slope } else { Needs::Value };
        let at_start = line.evaluate(&mut objective, needs).map_err(raised)?;
        if slopes && at_start.value.is_finite() && !at_start.slope.is_finite() {
            return Err(errors::parameter("grad is not finite at x"));
        }
        // Without grad=, grad0 alone tells phi'(0).
        let slope = if !slopes && line.known_gradient().is_some() { line.slope() } else { at_start.slope };
        let start = Start { value: at_start.value, slope };
        let unit = pyframe_optimize::Objective::unit(&objective);
        search.set_unit(unit);
        let at = situation(&line, &start);
        search.set_resolution(line.resolution(unit, at.direction_norm));
        let mut rule = initial.prototype.clone();
        let first = rule.first(&at, None);
        if let Some(fault) = rule.fault() {
            return Err(raised(fault));
        }
        search.begin(start, first);
        let deadline = deadline(option(max_seconds, "max_seconds")?)?;
        let outcome = run(&mut search, &mut line, &mut objective, deadline)?;
        result(py, &search, line, &mut objective, start, outcome, trace)
    })
}

/// The refusal to search without slopes, that the trials are judged by or phi'(0).
fn missing(criterion: &Criterion, strategy: &Strategy, in_trials: bool) -> PyErr {
    errors::missing_derivative(if in_trials {
        format!(
            "criterion {} with strategy {} looks at slopes: give grad= (a function, or True if f returns \
             the pair (value, gradient))",
            criterion.name, strategy.name
        )
    } else {
        format!("criterion {} looks at phi'(0): give grad= or grad0=", criterion.name)
    })
}

/// The start as the initial-step rules see it.
fn situation(line: &Line, start: &Start) -> Situation {
    Situation {
        value: start.value,
        slope: start.slope,
        direction_norm: norm(&line.d),
        ..Situation::default()
    }
}

/// Drive the search to its end.
fn run(
    search: &mut LineSearch,
    line: &mut Line,
    objective: &mut PyObjective<'_, '_>,
    deadline: Option<Instant>,
) -> PyResult<Outcome> {
    loop {
        match search.ask() {
            Ask::Done(outcome) => {
                return search.fault().map_or(Ok(outcome), |fault| Err(raised(fault)));
            }
            Ask::At(_, _) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                search.stop(Status::Budget);
            }
            Ask::At(step, needs) => {
                if line.go_to(step, objective) {
                    let sample = line.evaluate(objective, needs).map_err(raised)?;
                    search.set_unit(pyframe_optimize::Objective::unit(objective));
                    search.tell(sample);
                } else {
                    search.stop(Status::Precision);
                }
            }
        }
    }
}

fn result(
    py: Python<'_>,
    search: &LineSearch,
    mut line: Line,
    objective: &mut PyObjective<'_, '_>,
    start: Start,
    outcome: Outcome,
    trace: bool,
) -> PyResult<LineSearchResult> {
    let trial = outcome.trial;
    line.go_to(trial.x, objective);
    let mut slope = if trial.x == 0.0 { start.slope } else { trial.slope };
    let wanted = outcome.status == Status::Converged && !matches!(objective.grad, Derivative::None);
    if wanted {
        line.gradient(objective).map_err(raised)?;
    }
    let grad = match line.known_gradient() {
        Some(gradient) => {
            if slope.is_nan() {
                slope = line.slope();
            }
            Some(objective.array(gradient)?.unbind())
        }
        None => None,
    };
    let detail = match outcome.status {
        Status::NotDescent | Status::Stationary => Some(format!("phi'(0) = {:?}.", start.slope)),
        Status::Unbounded => Some(format!("phi = {:?} at step {:?}.", trial.value, trial.x)),
        Status::NonFinite => {
            Some(format!("The best finite value is {:?}, at step {:?}.", trial.value, trial.x))
        }
        _ => None,
    };
    let trace = if trace {
        let trials =
            search.trace().iter().map(|t| Py::new(py, Trial::from(t))).collect::<PyResult<Vec<_>>>()?;
        Some(PyTuple::new(py, trials)?.unbind())
    } else {
        None
    };
    Ok(LineSearchResult {
        step: trial.x,
        x: objective.array(line.point())?.unbind(),
        fun: trial.value,
        slope,
        grad,
        nfev: line.counts.values,
        njev: line.counts.gradients,
        status: outcome.status,
        detail,
        trace,
    })
}
