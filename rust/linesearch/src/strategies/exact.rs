//! An exact one-dimensional minimiser as a strategy: bracket the minimum of phi, then let
//! the minimiser close in until the criterion accepts a trial or the tolerance is met.

use std::any::Any;

use super::{Boxed, Opening, Strategy};
use crate::scalar::{Interval, Method, Run, Tolerance, held};
use crate::{Fault, Needs, Sample, Status, Verdict};

const GROW: f64 = 2.618_033_988_749_895;

/// A scalar minimiser along a line.
#[derive(Clone)]
pub struct ExactMinimizer {
    method: Method,
    tolerance: Tolerance,
    budget: usize,
    max_step: f64,
    unit: f64,
    /// The last two steps while the minimum is not bracketed.
    behind: Sample,
    ahead: Option<Sample>,
    next: f64,
    run: Option<Box<dyn Run>>,
    converged: bool,
}

impl ExactMinimizer {
    /// The minimiser with the accuracy it should reach by itself.
    pub fn new(method: Method, tolerance: Tolerance) -> Self {
        let nowhere = Sample::value(f64::NAN, f64::NAN);
        Self {
            method,
            tolerance,
            budget: usize::MAX,
            max_step: f64::INFINITY,
            unit: f64::EPSILON,
            behind: nowhere,
            ahead: None,
            next: f64::NAN,
            run: None,
            converged: false,
        }
    }

    /// A step of the walk that brackets the minimum.
    fn walk(&mut self, trial: &Sample) {
        let last = self.ahead.unwrap_or(self.behind);
        let rises = trial.value >= last.value || trial.slope >= 0.0;
        if rises {
            let method = &self.method;
            let mut run = match self.ahead {
                Some(middle) if trial.value > middle.value => {
                    let points = [self.behind, middle, *trial];
                    method.enclosed(points, self.tolerance, self.budget)
                }
                _ => {
                    let interval = Interval::Bounds(last.x, trial.x);
                    method.run(interval, self.tolerance, self.budget)
                }
            };
            run.set_unit(self.unit);
            self.run = Some(run);
        } else {
            self.behind = last;
            self.ahead = Some(*trial);
            let limit = self.max_step;
            self.next = if trial.x < limit { (GROW * trial.x).min(limit) } else { f64::NAN };
        }
    }
}

impl Strategy for ExactMinimizer {
    fn needs(&self) -> Needs {
        self.method.needs()
    }
    fn begin(&mut self, opening: &Opening) {
        *self = Self {
            behind: opening.origin(),
            next: opening.first,
            max_step: opening.max_step,
            unit: opening.unit,
            ..Self::new(self.method.clone(), self.tolerance)
        };
    }
    fn propose(&mut self) -> Option<f64> {
        let Some(run) = &mut self.run else {
            return self.next.is_finite().then_some(self.next);
        };
        let step = run.ask();
        if step.is_none() {
            self.converged = run.report().status != Status::Stopped;
        }
        step
    }
    fn observe(&mut self, trial: &Sample, _verdict: Verdict) {
        match &mut self.run {
            Some(run) => run.tell(*trial),
            None => self.walk(trial),
        }
    }
    fn converged(&self) -> bool {
        self.converged
    }
    fn phase(&self) -> &'static str {
        if self.run.is_none() { "grow" } else { "minimize" }
    }
    fn fault(&mut self) -> Option<Fault> {
        self.run.as_mut().and_then(|run| run.fault())
    }
    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        held(&self.method, see);
        if let Some(run) = &self.run {
            run.held(see);
        }
    }
    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
