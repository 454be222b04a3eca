//! `minimize_scalar` and `minimize_scalar_batch`.

use std::ops::Range;
use std::time::{Duration, Instant};

use numpy::{PyArray1, PyReadonlyArray1};
use pyframe_linesearch::batch::{Batch, Columns};
use pyframe_linesearch::scalar::{Interval, Report, Run, Tolerance};
use pyframe_linesearch::{Needs, ParameterError};
use pyframe_optimize::memory;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};

use crate::callables::{Counts, Derivative, Function, ScalarFunction};
use crate::errors::{self, guard, raised, refused};
use crate::float_environment::kept;
use crate::methods::ScalarMethod;
use crate::numbers::{self, describe, option, vector_into};
use crate::recording::Numeric;
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

const ONE_TO_THREE: &str = "(x1,), (x1, x2) or (x1, x2, x3)";

fn miscounted(name: &str, accepted: &str, n: usize) -> PyErr {
    errors::parameter(format!("{name} must be {accepted}, got {n} numbers"))
}

/// At most three numbers.
fn points(given: &Bound<'_, PyAny>, name: &str, accepted: &str) -> PyResult<Vec<f64>> {
    let refuse = |_| {
        errors::parameter_type(format!("{name} must be a tuple of real numbers, got {}", describe(given)))
    };
    // Counted before room is made for them: a range may be of any length.
    let n = given.len().map_err(refuse)?;
    if n > 3 {
        return Err(miscounted(name, accepted, n));
    }
    given.extract().map_err(refuse)
}

/// Where to search, from `bounds=` or `bracket=`.
fn interval(bounds: Option<&Bound<'_, PyAny>>, bracket: Option<&Bound<'_, PyAny>>) -> PyResult<Interval> {
    let interval = match (bounds, bracket) {
        (Some(_), Some(_)) => return Err(errors::parameter("give bounds or bracket, not both")),
        (Some(bounds), None) => from_bounds(bounds)?,
        (None, Some(bracket)) => from_bracket(bracket)?,
        (None, None) => Interval::Downhill(0.0, 1.0),
    };
    interval.checked().map_err(refused)
}

fn from_bounds(bounds: &Bound<'_, PyAny>) -> PyResult<Interval> {
    // The usual tuple, without a list in between.
    if let Ok((a, b)) = bounds.extract::<(f64, f64)>() {
        return Ok(Interval::Bounds(a, b));
    }
    match points(bounds, "bounds", "(a, b)")?[..] {
        [a, b] => Ok(Interval::Bounds(a, b)),
        ref other => Err(miscounted("bounds", "(a, b)", other.len())),
    }
}

fn from_bracket(bracket: &Bound<'_, PyAny>) -> PyResult<Interval> {
    // The usual tuple, without a list in between.
    if let Ok((a, m, b)) = bracket.extract::<(f64, f64, f64)>() {
        return Ok(Interval::Triple(a, m, b));
    }
    if bracket.len().is_err()
        && let Ok(x) = numbers::number(bracket, "bracket")
    {
        return Ok(Interval::downhill_from(x));
    }
    match points(bracket, "bracket", ONE_TO_THREE)?[..] {
        [x] => Ok(Interval::downhill_from(x)),
        [a, b] => Ok(Interval::Downhill(a, b)),
        [a, m, b] => Ok(Interval::Triple(a, m, b)),
        ref other => Err(miscounted("bracket", ONE_TO_THREE, other.len())),
    }
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
    trace: &Bound<'py, PyAny>,
    args: &Bound<'py, PyAny>,
    first: Option<&Bound<'py, PyAny>>,
    second: Option<&Bound<'py, PyAny>>,
    differentiate: &Bound<'py, PyAny>,
) -> PyResult<ScalarResult> {
    guard("minimize_scalar", || {
        let mut derivative = derivative(first, "derivative")?;
        let mut function = Function::itself(f);
        let needs = method.method.needs();
        if needs >= Needs::Slope && matches!(derivative, Derivative::None) {
            if first.is_some() || !f.is_callable() {
                return Err(errors::missing_derivative(
                    "this method looks at slopes: give derivative= (a function, or True if f returns the pair)",
                ));
            }
            function = Function::with_derivative(f, differentiate, "derivative");
            derivative = Derivative::Fused;
        }
        let mut run = method.method.run(
            interval(bounds, bracket)?,
            tolerance(option(xtol, "xtol")?, option(xrtol, "xrtol")?)?,
            budget(max_evaluations)?,
        );
        let trace = numbers::flag(trace, "trace")?;
        numbers::function(f, "f")?;
        let args = numbers::arguments(args)?;
        let fused = matches!(derivative, Derivative::Fused);
        let mut function = ScalarFunction {
            args,
            numeric: Numeric::of(function.recorded()?, None, args, fused)?,
            signals_are_seen: function.sees_signals()?,
            f: function,
            derivative,
            second: numbers::optional_function(second, "second_derivative")?,
            unit: f64::EPSILON,
            counts: Counts::default(),
        };
        let mut evaluations: Vec<Evaluation> = Vec::new();
        let deadline = deadline(option(max_seconds, "max_seconds")?)?;
        while let Some(x) = run.ask() {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                run.stop();
                break;
            }
            let sample = function.evaluate(x, needs)?;
            run.set_unit(function.unit);
            run.tell(sample);
            if trace {
                let slope = Some(sample.slope).filter(|slope| !slope.is_nan());
                let Report { bracket, iterations, .. } = run.report();
                evaluations.push((x, sample.value, slope, bracket, iterations));
            }
        }
        finish(py, &mut *run, &function, trace.then_some(evaluations))
    })
}

/// The result object, or the error that the run ended with.
fn finish(
    py: Python<'_>,
    run: &mut dyn Run,
    function: &ScalarFunction<'_, '_>,
    evaluations: Option<Vec<Evaluation>>,
) -> PyResult<ScalarResult> {
    if let Some(fault) = run.fault() {
        return Err(raised(fault));
    }
    let report = run.report();
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
    Ok(ScalarResult::new(&report, derivatives, values, trace))
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
/// values (with the slopes and curvatures that the method needs, as a tuple) at `x` of those
/// lanes, or of the same lanes as before when `lanes` is None.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the options of the public function")]
pub fn minimize_scalar_batch<'py>(
    py: Python<'py>,
    evaluate: &Bound<'py, PyAny>,
    method: &ScalarMethod,
    count: usize,
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
        let mut results = Results::with_capacity(count).map_err(errors::too_large)?;
        // The state of a block of problems: lanes, points and what was found there.
        memory::room("a block", block.min(count).saturating_mul(64)).map_err(errors::too_large)?;
        let mut batch = method.method.batch(tolerance, budget);
        for offset in (0..count).step_by(block) {
            let lanes = offset..count.min(offset + block);
            let (a, b) = (of_lanes(a, &lanes), of_lanes(b, &lanes));
            py.detach(|| batch.begin(lanes.len(), a, b)).map_err(refused)?;
            run_block(evaluate, &mut *batch, offset, deadline)?;
            if let Some(fault) = batch.fault() {
                return Err(raised(fault));
            }
            py.detach(|| batch.for_each(&mut |report| results.push(&report)));
        }
        Ok(results.into_arrays(py))
    })
}

/// The bounds of some lanes, unless all have one in common.
fn of_lanes<'a>(bounds: &'a [f64], lanes: &Range<usize>) -> &'a [f64] {
    if bounds.len() == 1 { bounds } else { &bounds[lanes.clone()] }
}

/// What is kept of the reports of a batch, a column for each field.
struct Results {
    x: Vec<f64>,
    fun: Vec<f64>,
    nfev: Vec<i64>,
    nit: Vec<i64>,
    low: Vec<f64>,
    high: Vec<f64>,
    code: Vec<i8>,
}

impl Results {
    fn with_capacity(n: usize) -> Result<Self, memory::OutOfMemory> {
        let numbers = || memory::reserved("the results", n);
        let counts = || memory::reserved("the results", n);
        Ok(Self {
            x: numbers()?,
            fun: numbers()?,
            nfev: counts()?,
            nit: counts()?,
            low: numbers()?,
            high: numbers()?,
            code: memory::reserved("the results", n)?,
        })
    }

    fn push(&mut self, report: &Report) {
        self.x.push(report.best.x);
        self.fun.push(report.best.value);
        self.nfev.push(report.evaluations as i64);
        self.nit.push(report.iterations as i64);
        self.low.push(report.bracket.0);
        self.high.push(report.bracket.1);
        self.code.push(report.status as i8);
    }

    fn into_arrays(self, py: Python<'_>) -> BatchArrays<'_> {
        (
            PyArray1::from_vec(py, self.x),
            PyArray1::from_vec(py, self.fun),
            PyArray1::from_vec(py, self.nfev),
            PyArray1::from_vec(py, self.nit),
            PyArray1::from_vec(py, self.low),
            PyArray1::from_vec(py, self.high),
            PyArray1::from_vec(py, self.code),
        )
    }
}

/// Evaluate the active lanes, round by round, until every lane of the block is done.
fn run_block(
    evaluate: &Bound<'_, PyAny>,
    batch: &mut dyn Batch,
    offset: usize,
    deadline: Option<Instant>,
) -> PyResult<()> {
    let py = evaluate.py();
    let mut columns: [Vec<f64>; 3] = Default::default();
    let columns = &mut columns[..=batch.needs() as usize];
    let mut unit = f64::EPSILON;
    let mut lanes = 0;
    while !batch.points().is_empty() {
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            batch.stop();
            break;
        }
        let n = batch.points().len();
        let x = PyArray1::from_slice(py, batch.points());
        // Lanes only ever leave, so the same number means the same lanes.
        let changed = (n != lanes)
            .then(|| PyArray1::from_iter(py, batch.active().iter().map(|&lane| (offset + lane) as i64)));
        lanes = n;
        let answer = kept(|| evaluate.call1((x, changed)))?;
        let seen = take_columns(&answer, n, columns)?;
        py.check_signals()?;
        let [values, slopes, curvatures] = std::array::from_fn(|i| columns.get(i).map_or(&[][..], |c| c));
        py.detach(|| {
            if seen > unit {
                batch.set_unit(seen);
            }
            batch.tell(Columns { values, slopes, curvatures });
        });
        unit = unit.max(seen);
    }
    Ok(())
}

/// Read what the batch's function returned; answers the rounding error of the values.
fn take_columns(answer: &Bound<'_, PyAny>, n: usize, columns: &mut [Vec<f64>]) -> PyResult<f64> {
    const NAMES: [&str; 3] = ["f", "derivative", "second_derivative"];
    if let [values] = columns {
        values.resize(n, 0.0);
        vector_into(answer, &[n], NAMES[0], values)?;
        return Ok(numbers::unit_of(answer));
    }
    let answer = answer.cast::<PyTuple>()?;
    for (i, column) in columns.iter_mut().enumerate() {
        column.resize(n, 0.0);
        vector_into(&answer.get_item(i)?, &[n], NAMES[i], column)?;
    }
    Ok(numbers::unit_of(&answer.get_item(0)?))
}
