//! Handles of criteria: the built-in ones, their combinations, and those written in Python.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyframe_linesearch::criteria::{self, Boxed};
use pyframe_linesearch::{Fault, Needs, Sample, Verdict};
use pyframe_tape::Runner;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};

use crate::collection::traverse;
use crate::enums::verdict_from;
use crate::errors::{guard, raised, refused};
use crate::float_environment::kept;
use crate::methods::{blame, needs_name, needs_named};
use crate::recording::{Bindings, Names, Trace};
use crate::samples::{Start, Trial};

/// A criterion with its parameters.
#[pyclass(frozen, weakref, module = "pyframe._core")]
pub struct Criterion {
    pub prototype: Boxed,
    pub name: String,
    written: Option<Py<Written>>,
}

fn handle(name: &str, criterion: impl criteria::Criterion + 'static) -> Criterion {
    Criterion { prototype: Box::new(criterion), name: name.into(), written: None }
}

#[pymethods]
impl Criterion {
    #[staticmethod]
    fn any() -> Self {
        handle("any", criteria::Any)
    }
    #[staticmethod]
    fn exact() -> Self {
        handle("exact", criteria::Exact)
    }
    #[staticmethod]
    fn armijo(c1: f64) -> PyResult<Self> {
        criteria::Armijo::new(c1).map(|part| handle("armijo", part)).map_err(refused)
    }
    #[staticmethod]
    fn goldstein(c: f64) -> PyResult<Self> {
        criteria::Goldstein::new(c).map(|part| handle("goldstein", part)).map_err(refused)
    }
    #[staticmethod]
    fn curvature(c2: f64) -> PyResult<Self> {
        criteria::Curvature::new(c2).map(|part| handle("curvature", part)).map_err(refused)
    }
    #[staticmethod]
    fn wolfe(c1: f64, c2: f64) -> PyResult<Self> {
        criteria::Wolfe::new(c1, c2).map(|part| handle("wolfe", part)).map_err(refused)
    }
    #[staticmethod]
    fn strong_wolfe(c1: f64, c2: f64) -> PyResult<Self> {
        criteria::StrongWolfe::new(c1, c2).map(|part| handle("strong-wolfe", part)).map_err(refused)
    }
    #[staticmethod]
    fn approximate_wolfe(delta: f64, sigma: f64, epsilon: f64) -> PyResult<Self> {
        criteria::ApproximateWolfe::new(delta, sigma, epsilon)
            .map(|part| handle("approximate-wolfe", part))
            .map_err(refused)
    }
    #[staticmethod]
    fn nonmonotone(c1: f64, memory: usize) -> PyResult<Self> {
        criteria::Nonmonotone::new(c1, memory).map(|part| handle("nonmonotone", part)).map_err(refused)
    }
    #[staticmethod]
    fn averaged(c1: f64, eta: f64) -> PyResult<Self> {
        criteria::Averaged::new(c1, eta).map(|part| handle("averaged", part)).map_err(refused)
    }
    #[staticmethod]
    fn filter(gamma: f64, memory: usize) -> PyResult<Self> {
        criteria::Filter::new(gamma, memory).map(|part| handle("filter", part)).map_err(refused)
    }

    /// Both criteria hold.
    #[staticmethod]
    fn both(first: &Self, second: &Self) -> Self {
        handle(
            &format!("{} & {}", first.name, second.name),
            criteria::Both(first.prototype.clone(), second.prototype.clone()),
        )
    }

    /// At least one criterion holds.
    #[staticmethod]
    fn either(first: &Self, second: &Self) -> Self {
        handle(
            &format!("({} | {})", first.name, second.name),
            criteria::Either(first.prototype.clone(), second.prototype.clone()),
        )
    }

    /// A criterion written in Python; the hooks are optional.
    /// `record(phi(0), phi'(0), step, phi, phi')` gives the trace of the comparisons of one
    /// verdict and the verdict, which holds as long as the names do.
    #[staticmethod]
    #[pyo3(signature = (judge, needs, can_lengthen, name, reset=None, begin=None, accepted=None, record=None, names=None))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a criterion")]
    fn foreign(
        py: Python<'_>,
        judge: Py<PyAny>,
        needs: &str,
        can_lengthen: bool,
        name: String,
        reset: Option<Py<PyAny>>,
        begin: Option<Py<PyAny>>,
        accepted: Option<Py<PyAny>>,
        record: Option<Py<PyAny>>,
        names: Option<Bindings>,
    ) -> PyResult<Self> {
        let needs = needs_named(needs)?;
        let hooks = Hooks { reset, begin, accepted };
        let paths = record.zip(names).map(|(record, names)| Paths::new(record, Names::new(names)));
        let written = Written { judge, needs, can_lengthen, name: name.clone(), hooks, paths };
        let written = Py::new(py, written)?;
        let foreign = ForeignCriterion::new(written.clone_ref(py));
        Ok(Self { prototype: Box::new(foreign), name, written: Some(written) })
    }

    /// What the criterion looks at: "value" or "slope".
    #[getter]
    fn needs(&self) -> &'static str {
        needs_name(self.prototype.needs())
    }

    /// Whether it was written in Python and answers from what was recorded of it.
    #[getter]
    fn is_recorded(&self) -> bool {
        self.paths().is_some()
    }

    /// Whether the names that a recorded criterion rests upon were bound to what they had been
    /// when it was last used.
    #[getter]
    fn is_current(&self) -> bool {
        self.paths().is_none_or(|paths| !paths.outdated.load(Ordering::Relaxed))
    }

    /// Whether it may ask for a longer step.
    #[getter]
    fn can_lengthen(&self) -> bool {
        self.prototype.can_lengthen()
    }

    /// The verdict on one trial, without history.
    #[pyo3(signature = (start_value, start_slope, step, value, slope=f64::NAN))]
    fn judge(
        &self,
        py: Python<'_>,
        start_value: f64,
        start_slope: f64,
        step: f64,
        value: f64,
        slope: f64,
    ) -> PyResult<Py<PyAny>> {
        guard("Criterion", || {
            let mut criterion = self.prototype.clone();
            let start = criteria::Start { value: start_value, slope: start_slope };
            criterion.reset();
            criterion.begin(&start);
            let verdict = criterion.judge(&start, &Sample::slope(step, value, slope));
            match criterion.fault() {
                Some(fault) => Err(raised(fault)),
                None => crate::enums::verdict(py, verdict),
            }
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.written)?;
        traverse(&visit, |see| self.prototype.held(see))
    }
}

impl Criterion {
    fn paths(&self) -> Option<&Paths> {
        self.written.as_ref()?.get().paths.as_ref()
    }
}

/// The ways through a criterion that were seen: the comparisons of each, and its verdict.
struct Paths {
    record: Py<PyAny>,
    names: Names,
    known: Mutex<Vec<Way>>,
    /// Copies of them that no search needs at the moment.
    idle: Mutex<Vec<Vec<Way>>>,
    /// It could not be recorded, or has more ways than are kept.
    given_up: AtomicBool,
    /// A name was found bound to something else.
    outdated: AtomicBool,
}

/// One way through a criterion.
#[derive(Clone)]
struct Way {
    /// Whether phi'(0) was known.
    with_slope: bool,
    comparisons: Runner,
    leads_to: Verdict,
}

impl Way {
    /// The numbers that a verdict rests upon.
    const NUMBERS: usize = 5;

    /// The verdict, if the comparisons turn out as they did.
    #[inline(always)]
    fn verdict(&mut self, with_slope: bool, numbers: &[f64; Self::NUMBERS]) -> Option<Verdict> {
        (self.with_slope == with_slope && self.comparisons.holds(numbers)).then_some(self.leads_to)
    }
}

impl Paths {
    const KEPT: usize = 16;
    const IDLE: usize = 4;

    fn new(record: Py<PyAny>, names: Names) -> Self {
        let (given_up, outdated) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { record, names, known: Mutex::default(), idle: Mutex::default(), given_up, outdated }
    }

    fn known(&self) -> MutexGuard<'_, Vec<Way>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Vec<Way>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The verdict of a way that was recorded meanwhile or is recorded now, or nothing: then the
    /// criterion is called.  `ways` are those that were tried.
    #[cold]
    fn learn(
        &self,
        ways: &mut Vec<Way>,
        with_slope: bool,
        start: &criteria::Start,
        numbers: [f64; Way::NUMBERS],
    ) -> Option<Verdict> {
        {
            let known = self.known();
            if known.len() > ways.len() {
                ways.clone_from(&known);
            }
            if let Some(verdict) = ways.iter_mut().find_map(|way| way.verdict(with_slope, &numbers)) {
                return Some(verdict);
            }
            if self.given_up.load(Ordering::Relaxed) || known.len() >= Self::KEPT {
                return None;
            }
        }
        let [value0, _, step, value, slope] = numbers;
        let made = Python::attach(|py| {
            let made = self.record.bind(py).call1((value0, start.slope, step, value, slope)).ok()?;
            let (trace, verdict): (Py<Trace>, Bound<'_, PyAny>) = made.extract().ok()?;
            let comparisons = trace.get().runner(Way::NUMBERS)?;
            let mut way = Way { with_slope, comparisons, leads_to: verdict_from(&verdict).ok()? };
            // The trace must hold for the numbers that it was made of.
            way.verdict(with_slope, &numbers).map(|verdict| (way, verdict))
        });
        let Some((way, verdict)) = made else {
            self.given_up.store(with_slope, Ordering::Relaxed);
            return None;
        };
        ways.push(way.clone());
        self.known().push(way);
        Some(verdict)
    }

    /// The ways to begin with; none once a name is bound to something else.
    fn ways(&self, py: Python<'_>) -> Vec<Way> {
        if !matches!(self.names.changed(py), Ok(false)) {
            self.given_up.store(true, Ordering::Relaxed);
            self.outdated.store(true, Ordering::Relaxed);
            self.known().clear();
            self.idle().clear();
        }
        let idle = self.idle().pop();
        idle.unwrap_or_else(|| self.known().clone())
    }

    /// Keep the ways of a search that is over for the next one.
    fn give_back(&self, ways: Vec<Way>) {
        let mut idle = self.idle();
        if idle.len() < Self::IDLE && !self.outdated.load(Ordering::Relaxed) {
            idle.push(ways);
        }
    }
}

struct Hooks {
    reset: Option<Py<PyAny>>,
    begin: Option<Py<PyAny>>,
    accepted: Option<Py<PyAny>>,
}

/// What all copies of a criterion share: an object of Python's, so that its collector of cycles
/// finds each reference once.
#[pyclass(frozen, module = "pyframe._core")]
struct Written {
    judge: Py<PyAny>,
    needs: Needs,
    can_lengthen: bool,
    name: String,
    hooks: Hooks,
    /// What answers without Python, for a test that only computes.
    paths: Option<Paths>,
}

#[pymethods]
impl Written {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        let Hooks { reset, begin, accepted } = &self.hooks;
        visit.call(&self.judge)?;
        [reset, begin, accepted].into_iter().try_for_each(|hook| visit.call(hook))?;
        let Some(paths) = &self.paths else { return Ok(()) };
        visit.call(&paths.record)?;
        paths.names.held().try_for_each(|object| visit.call(object))
    }
}

/// A criterion whose test is a Python function `(start, trial[, state])`.
///
/// The state is a value that the hooks return and the test reads, never shared: a copy of
/// the criterion starts with the state that `reset` gives.
struct ForeignCriterion {
    written: Py<Written>,
    /// The ways that this copy has met, or began with.
    ways: Vec<Way>,
    /// The way of the last trial.
    last: usize,
    /// `None` for a test that keeps no state.
    state: Option<Py<PyAny>>,
    error: Option<PyErr>,
}

impl ForeignCriterion {
    const fn new(written: Py<Written>) -> Self {
        Self { written, ways: Vec::new(), last: 0, state: None, error: None }
    }

    /// Run Python code; an exception is kept and ends the search.
    fn run<T>(&mut self, body: impl FnOnce(&Self, Python<'_>) -> PyResult<T>) -> Option<T> {
        if self.error.is_some() {
            return None;
        }
        Python::attach(|py| match kept(|| body(self, py)) {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.error = Some(blame(py, error, "criterion", &self.written.get().name));
                None
            }
        })
    }

    /// The verdict of a way that was recorded, or is now.
    fn without_python(&mut self, start: &criteria::Start, trial: &Sample) -> Option<Verdict> {
        let Written { needs, paths: Some(paths), .. } = self.written.get() else { return None };
        let slope = if *needs >= Needs::Slope { trial.slope } else { 0.0 };
        // What is not known cannot be read: the recording of who tries fails.
        let with_slope = !start.slope.is_nan();
        let slope0 = if with_slope { start.slope } else { 0.0 };
        let numbers = [start.value, slope0, trial.x, trial.value, slope];
        if numbers.iter().any(|number| number.is_nan()) {
            return None;
        }
        // A trial is often judged like the last one.
        let last = self.last;
        if let Some(verdict) = self.ways.get_mut(last).and_then(|way| way.verdict(with_slope, &numbers)) {
            return Some(verdict);
        }
        for (place, way) in self.ways.iter_mut().enumerate().filter(|(place, _)| *place != last) {
            if let Some(verdict) = way.verdict(with_slope, &numbers) {
                self.last = place;
                return Some(verdict);
            }
        }
        paths.learn(&mut self.ways, with_slope, start, numbers)
    }

    /// Call a hook, if there is one, with the state and one more object; it returns the state.
    fn hook(
        &mut self,
        which: impl Fn(&Hooks) -> &Option<Py<PyAny>>,
        seen: impl FnOnce(&Self, Python<'_>) -> PyResult<Py<PyAny>>,
    ) {
        if which(&self.written.get().hooks).is_none() {
            return;
        }
        let state = self.run(|this, py| {
            let state = this.state.as_ref().map(|state| state.clone_ref(py));
            let hook = which(&this.written.get().hooks).as_ref().map(|hook| hook.bind(py));
            hook.map(|hook| Ok(hook.call1((state, seen(this, py)?))?.unbind())).transpose()
        });
        self.state = state.flatten();
    }
}

impl Drop for ForeignCriterion {
    fn drop(&mut self) {
        if let Some(paths) = &self.written.get().paths
            && !self.ways.is_empty()
        {
            paths.give_back(std::mem::take(&mut self.ways));
        }
    }
}

impl criteria::Criterion for ForeignCriterion {
    fn needs(&self) -> Needs {
        self.written.get().needs
    }

    fn can_lengthen(&self) -> bool {
        self.written.get().can_lengthen
    }

    /// Not known before it does: `Start.slope` tells.
    fn needs_first_slope(&self) -> bool {
        false
    }

    fn reset(&mut self) {
        if self.written.get().hooks.reset.is_some() || self.state.is_some() {
            let state = self.run(|this, py| {
                let reset = this.written.get().hooks.reset.as_ref();
                reset.map(|hook| hook.call0(py)).transpose()
            });
            self.state = state.flatten();
        }
    }

    fn begin(&mut self, start: &criteria::Start) {
        self.hook(|hooks| &hooks.begin, |_, py| Ok(Py::new(py, Start::from(*start))?.into_any()));
    }

    fn judge(&mut self, start: &criteria::Start, trial: &Sample) -> Verdict {
        if let Some(verdict) = self.without_python(start, trial) {
            return verdict;
        }
        self.run(|this, py| {
            let Written { judge, needs, hooks, .. } = this.written.get();
            let judge = judge.bind(py);
            let seen =
                (Py::new(py, Start::from(*start))?, Py::new(py, Trial::for_criterion(*trial, *needs))?);
            let stateful = hooks.reset.is_some() || hooks.begin.is_some();
            let answer = if stateful {
                let state = this.state.as_ref().map(|state| state.clone_ref(py));
                judge.call1((seen.0, seen.1, state))?
            } else {
                judge.call1(seen)?
            };
            verdict_from(&answer)
        })
        .unwrap_or(Verdict::Stall)
    }

    fn accepted(&mut self, _start: &criteria::Start, trial: &Sample) {
        self.hook(
            |hooks| &hooks.accepted,
            |this, py| Ok(Py::new(py, Trial::for_criterion(*trial, this.written.get().needs))?.into_any()),
        );
    }

    fn fault(&mut self) -> Option<Fault> {
        self.error.take().map(|error| Box::new(error) as Fault)
    }

    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        see(self.written.as_any());
        if let Some(state) = &self.state {
            see(state);
        }
    }

    fn boxed(&self) -> Boxed {
        Python::attach(|py| {
            let mut copy = Self::new(self.written.clone_ref(py));
            if let Some(paths) = &self.written.get().paths {
                (copy.ways, copy.last) = (paths.ways(py), self.last);
            }
            copy.state = self.state.as_ref().map(|state| state.clone_ref(py));
            Box::new(copy) as Boxed
        })
    }
}
