//! `minimize_scalar` and `minimize_scalar_batch`.

use std::time::{Duration, Instant};

use numpy::{PyArray1, PyReadonlyArray1};
use pyframe_linesearch::batch::Batch;
use pyframe_linesearch::scalar::{Ask, Boxed, Interval, Minimization, Report, Tolerance};
use pyframe_linesearch::{Needs, ParameterError, Status};
use pyframe_optimize::memory;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};

use crate::callables::{Counts, Derivative, ScalarFunction};
use crate::errors::{self, guard, raised, refused};
use crate::methods::ScalarMethod;
use crate::numbers::{self, describe, option, vector_into};
use crate::results::ScalarResult;

/// The tolerance from its two parts; one that is not given is 0 beside one that is.
pub fn tolerance(xtol: Option<f64>, xrtol: Option<f64>) -> PyResult<Tolerance> {
    let tolerance = match (xtol, xrtol) {
        (None, None) => Tolerance::default(),
        _ => Tolerance { absolute: xtol.unwrap_or(0.0), relative: xrtol.unwrap_or(0.0) },
    };
    for (name, value) in [("xtol", tolerance.absolute), ("xrtol", tolerance.relative)] {
        let accepted = value >= 0.0 && value.is_finite();
        ParameterError::check(accepted, name, "a finite number >= 0", value).map_err(refused)?;
    }
    Ok(tolerance)
}

/// A wall-clock limit.
pub fn deadline(max_seconds: Option<f64>) -> PyResult<Option<Instant>> {
    let Some(seconds) = max_seconds else { return Ok(None) };
    ParameterError::check(seconds > 0.0, "max_seconds", "max_seconds > 0", seconds).map_err(refused)?;
    Ok(Duration::try_from_secs_f64(seconds).ok().and_then(|time| Instant::now().checked_add(time)))
}

/// A budget of evaluations.
pub fn budget(max_evaluations: &Bound<'_, PyAny>) -> PyResult<usize> {
    numbers::count(max_evaluations, "max_evaluations", 1)
}

/// The derivative argument: a function, `True` for a fused pair, or none.
pub fn derivative<'a, 'py>(
    given: Option<&'a Bound<'py, PyAny>>,
    name: &str,
) -> PyResult<Derivative<'a, 'py>> {
    match given {
        None => Ok(Derivative::None),
        Some(flag) if flag.is_exact_instance_of::<PyBool>() => {
            Ok(if flag.is_truthy()? { Derivative::Fused } else { Derivative::None })
        }
        Some(function) if function.is_callable() => Ok(Derivative::Function(function)),
        Some(other) => Err(errors::parameter_type(format!(
            "{name} must be a function, True (f returns a pair) or None, got {}",
            describe(other)
        ))),
    }
}

/// Where to search, from `bounds=` or `bracket=`.
fn interval(bounds: Option<&Bound<'_, PyAny>>, bracket: Option<&Bound<'_, PyAny>>) -> PyResult<Interval> {
    if let (Some(bounds), None) = (bounds, bracket)
        && let Ok((a, b)) = bounds.extract::<(f64, f64)>()
    {
        return Interval::Bounds(a, b).checked().map_err(refused);
    }
    let numbers = |given: &Bound<'_, PyAny>, name: &str| {
        let refuse = |_| {
            errors::parameter_type(format!("{name} must be a tuple of real numbers, got {}", describe(given)))
        };
        given.extract::<Vec<f64>>().map_err(refuse)
    };
    let interval = match (bounds, bracket) {
        (Some(_), Some(_)) => return Err(errors::parameter("give bounds or bracket, not both")),
        (Some(bounds), None) => match numbers(bounds, "bounds")?[..] {
            [a, b] => Interval::Bounds(a, b),
            ref other => {
                return Err(errors::parameter(format!("bounds must be (a, b), got {} numbers", other.len())));
            }
        },
        (None, Some(bracket)) => match numbers(bracket, "bracket")?[..] {
            [a, b] => Interval::Downhill(a, b),
            [a, m, b] => Interval::Triple(a, m, b),
            ref other => {
                return Err(errors::parameter(format!(
                    "bracket must be (x1, x2) or (x1, x2, x3), got {} numbers",
                    other.len()
                )));
            }
        },
        (None, None) => Interval::Downhill(0.0, 1.0),
    };
    interval.checked().map_err(refused)
}

/// One evaluation, for traces: (x, value, slope or None, (low, high), iteration).
type Evaluation = (f64, f64, Option<f64>, (f64, f64), usize);

/// Minimise a function of one variable; see `pyframe.minimize_scalar`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the options of the public function, positionally for speed")]
pub fn minimize_scalar<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    method: &ScalarMethod,
    bounds: Option<&Bound<'py, PyAny>>,
    bracket: Option<&Bound<'py, PyAny>>,
    xtol: Option<&Bound<'py, PyAny>>,
    xrtol: Option<&Bound<'py, PyAny>>,
    max_evaluations: &Bound<'py, PyAny>,
    max_seconds: Option<&Bound<'py, PyAny>>,
    trace: bool,
    args: &Bound<'py, PyTuple>,
    first: Option<&Bound<'py, PyAny>>,
    second: Option<&Bound<'py, PyAny>>,
) -> PyResult<ScalarResult> {
    guard("minimize_scalar", || {
        let derivative = derivative(first, "derivative")?;
        let prototype = &method.prototype;
        if prototype.needs() >= Needs::Slope && matches!(derivative, Derivative::None) {
            return Err(errors::missing_derivative(
                "this method looks at slopes: give derivative= (a function, or True if f returns the pair)",
            ));
        }
        let mut run = Minimization::new(
            prototype.clone(),
            interval(bounds, bracket)?,
            tolerance(option(xtol, "xtol")?, option(xrtol, "xrtol")?)?,
            budget(max_evaluations)?,
        );
        let mut function = ScalarFunction {
            f,
            args: Some(args).filter(|args| !args.is_empty()),
            derivative,
            second,
            unit: f64::EPSILON,
            counts: Counts::default(),
        };
        let mut evaluations: Vec<Evaluation> = Vec::new();
        let deadline = deadline(option(max_seconds, "max_seconds")?)?;
        let report = loop {
            match run.ask() {
                Ask::Done(report) => break report,
                Ask::At(_, _) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                    break run.stop();
                }
                Ask::At(x, needs) => {
                    let sample = function.evaluate(x, needs)?;
                    run.set_unit(function.unit);
                    run.tell(sample);
                    py.check_signals()?;
                    if trace {
                        let slope = Some(sample.slope).filter(|slope| !slope.is_nan());
                        evaluations.push((x, sample.value, slope, run.bracket(), run.iterations()));
                    }
                }
            }
        };
        finish(py, &mut run, &report, &function, trace.then_some(evaluations))
    })
}

/// The result object, or the error that the run ended with.
fn finish<M: pyframe_linesearch::scalar::Minimizer>(
    py: Python<'_>,
    run: &mut Minimization<M>,
    report: &Report,
    function: &ScalarFunction<'_, '_>,
    evaluations: Option<Vec<Evaluation>>,
) -> PyResult<ScalarResult> {
    if let Some(fault) = run.fault() {
        return Err(raised(fault));
    }
    if let Some([a, m, b]) = &report.no_bracket {
        return Err(errors::bracket(format!(
            "bracket must satisfy f(x2) < f(x1) and f(x2) < f(x3), got f({:?}) = {:?}, f({:?}) = {:?}, f({:?}) = {:?}",
            a.x, a.value, m.x, m.value, b.x, b.value
        )));
    }
    let trace = match evaluations {
        Some(evaluations) => {
            let class = py.import("pyframe.results")?.getattr("Evaluation")?;
            let entries = evaluations.into_iter().map(|e| class.call1(e)).collect::<PyResult<Vec<_>>>()?;
            Some(PyTuple::new(py, entries)?.unbind())
        }
        None => None,
    };
    let Counts { values, derivatives } = function.counts;
    Ok(ScalarResult::new(report, derivatives, values, trace))
}

/// The arrays of a batch's results.
type BatchArrays<'py> = (
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<i8>>,
);

/// Minimise many functions of one variable in lock step; `evaluate(x, lanes)` returns the
/// values (and slopes, as a pair, when the method needs them) at `x` of those lanes.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the options of the public function")]
pub fn minimize_scalar_batch<'py>(
    py: Python<'py>,
    evaluate: &Bound<'py, PyAny>,
    method: &ScalarMethod,
    a: PyReadonlyArray1<'py, f64>,
    b: PyReadonlyArray1<'py, f64>,
    xtol: Option<&Bound<'py, PyAny>>,
    xrtol: Option<&Bound<'py, PyAny>>,
    max_evaluations: &Bound<'py, PyAny>,
    max_seconds: Option<&Bound<'py, PyAny>>,
    block: &Bound<'py, PyAny>,
) -> PyResult<BatchArrays<'py>> {
    guard("minimize_scalar_batch", || {
        let (a, b) = (a.as_slice()?, b.as_slice()?);
        let (tolerance, budget) =
            (tolerance(option(xtol, "xtol")?, option(xrtol, "xrtol")?)?, budget(max_evaluations)?);
        let deadline = deadline(option(max_seconds, "max_seconds")?)?;
        let block = numbers::count(block, "block", 1)?;
        // Reports and results of every problem, and the state of a block of them.
        let wanted = a.len().saturating_mul(32).saturating_add(block.min(a.len()).saturating_mul(128));
        memory::room("the problems", wanted).map_err(errors::too_large)?;
        let mut reports: Vec<Report> = Vec::with_capacity(a.len());
        for (block, (a, b)) in a.chunks(block).zip(b.chunks(block)).enumerate().map(|(i, ab)| (i * block, ab))
        {
            let prototype = &method.prototype;
            let mut batch = py.detach(|| Batch::new(prototype, a, b, tolerance, budget)).map_err(refused)?;
            run_block(evaluate, &mut batch, block, deadline)?;
            if let Some(fault) = batch.fault() {
                return Err(raised(fault));
            }
            reports.extend(batch.reports());
        }
        let floats = |get: fn(&Report) -> f64| PyArray1::from_iter(py, reports.iter().map(get));
        let counts =
            |get: fn(&Report) -> usize| PyArray1::from_iter(py, reports.iter().map(|r| get(r) as i64));
        let codes =
            reports.iter().map(|r| Status::ALL.iter().position(|&s| s == r.status).unwrap_or(0) as i8);
        Ok((
            floats(|r| r.best.x),
            floats(|r| r.best.value),
            counts(|r| r.evaluations),
            counts(|r| r.iterations),
            floats(|r| r.bracket.0),
            floats(|r| r.bracket.1),
            PyArray1::from_iter(py, codes),
        ))
    })
}

/// Evaluate the active lanes, round by round, until every lane of the block is done.
fn run_block(
    evaluate: &Bound<'_, PyAny>,
    batch: &mut Batch<Boxed>,
    offset: usize,
    deadline: Option<Instant>,
) -> PyResult<()> {
    let py = evaluate.py();
    let (mut values, mut slopes) = (Vec::new(), Vec::new());
    while !batch.points().is_empty() {
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            batch.stop();
            break;
        }
        let n = batch.points().len();
        let x = PyArray1::from_slice(py, batch.points());
        let lanes = PyArray1::from_iter(py, batch.active().iter().map(|&lane| (offset + lane) as i64));
        let answer = crate::float_environment::kept(|| evaluate.call1((x, lanes)))?;
        values.resize(n, 0.0);
        let unit = if batch.needs() >= Needs::Slope {
            slopes.resize(n, 0.0);
            let (value, slope): (Bound<'_, PyAny>, Bound<'_, PyAny>) = answer.extract()?;
            vector_into(&slope, &[n], "derivative", &mut slopes)?;
            vector_into(&value, &[n], "f", &mut values)?;
            numbers::unit_of(&value)
        } else {
            vector_into(&answer, &[n], "f", &mut values)?;
            numbers::unit_of(&answer)
        };
        py.check_signals()?;
        let (values, slopes) = (&values, &slopes);
        py.detach(|| {
            batch.set_unit(unit);
            batch.tell(values, slopes);
        });
    }
    Ok(())
}
