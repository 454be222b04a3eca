//! The outer iteration: direction, initial step, line search, stopping.

use std::time::{Duration, Instant};

use pyframe_linesearch::criteria::Start;
use pyframe_linesearch::initial::{InitialStep, Last, Situation};
use pyframe_linesearch::search::{Ask, LineSearch, Outcome};
use pyframe_linesearch::{Needs, Status};

use crate::directions::Direction;
use crate::vector::{dot, max_abs, negate, norm, subtract};
use crate::{Counts, Fault, Line, Objective};

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Converged when no entry of the gradient exceeds this.
    pub gtol: f64,
    /// Iterations at most.
    pub max_iterations: usize,
    /// Values at most, in all searches together.
    pub max_evaluations: usize,
    /// Time at most.
    pub max_time: Option<Duration>,
    /// Trials at most in one search.
    pub max_trials: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { gtol: 1e-5, max_iterations: 10_000, max_evaluations: 100_000, max_time: None, max_trials: 100 }
    }
}

/// The state after an iteration, shown to a callback.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Iterations completed.
    pub iteration: usize,
    /// The iterate.
    pub x: &'a [f64],
    /// f(x).
    pub value: f64,
    /// The gradient at x.
    pub gradient: &'a [f64],
    /// The step taken.
    pub step: f64,
    /// Evaluations so far.
    pub counts: Counts,
}

/// How a minimisation ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// Why it ended.
    pub status: Status,
    /// The last iterate when it converged, otherwise the lowest point evaluated.
    pub x: Vec<f64>,
    /// f there.
    pub value: f64,
    /// The gradient there, when it is known.
    pub gradient: Option<Vec<f64>>,
    /// Iterations completed.
    pub iterations: usize,
    /// Calls of the objective.
    pub counts: Counts,
}

/// A run in progress.
struct Run<'a> {
    objective: &'a mut dyn Objective,
    search: &'a mut LineSearch,
    options: &'a Options,
    deadline: Option<Instant>,
    line: Line,
}

impl Run<'_> {
    /// What is left of the evaluations, unless the time is up.
    fn budget(&self) -> usize {
        let late = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if late { 0 } else { self.options.max_evaluations.saturating_sub(self.line.counts.values) }
    }

    /// The state at x as the initial-step rules see it.
    fn situation(&self, iteration: usize, value: f64, g: &[f64], last: Option<Last>) -> Situation {
        Situation {
            iteration,
            value,
            slope: dot(g, &self.line.d),
            direction_norm: norm(&self.line.d),
            gradient_norm: norm(g),
            gradient_max: max_abs(g),
            x_max: max_abs(&self.line.x),
            last,
        }
    }

    /// The first step to try, with the probe that the rule may want.
    fn first_step(&mut self, initial: &mut dyn InitialStep, at: &Situation) -> Result<f64, Fault> {
        let probe = match initial.probe(at) {
            Some(step) if self.budget() > 1 => {
                self.line.go_to(step, self.objective);
                Some(self.line.evaluate(self.objective, Needs::Value)?.value)
            }
            _ => None,
        };
        let first = initial.first(at, probe.filter(|value| value.is_finite()));
        match initial.fault() {
            Some(fault) => Err(fault),
            None => Ok(if first > 0.0 && first.is_finite() { first } else { 1.0 }),
        }
    }

    /// One line search; the line is left at the step of the outcome.
    fn search(&mut self, at: &Situation, first: f64) -> Result<Outcome, Fault> {
        let unit = self.objective.unit();
        self.search.set_budget(self.options.max_trials.min(self.budget()));
        self.search.set_unit(unit);
        self.search.set_resolution(self.line.resolution(unit, at.direction_norm));
        self.search.begin(Start { value: at.value, slope: at.slope }, first);
        loop {
            match self.search.ask() {
                Ask::Done(outcome) => {
                    if let Some(fault) = self.search.fault() {
                        return Err(fault);
                    }
                    self.line.go_to(outcome.trial.x, self.objective);
                    return Ok(outcome);
                }
                Ask::At(step, needs) => {
                    if self.budget() == 0 {
                        self.search.stop(Status::Budget);
                    } else if self.line.go_to(step, self.objective) {
                        let sample = self.line.evaluate(self.objective, needs)?;
                        self.search.tell(sample);
                    } else {
                        self.search.stop(Status::Precision);
                    }
                }
            }
        }
    }
}

/// Minimise `objective` from `x0`.
///
/// `progress` is called after every iteration and may answer `true` to stop.  A search
/// that fails is tried once more with the direction's memory cleared before the run ends
/// with the search's status.  The only errors are those of the caller's own functions.
pub fn minimize(
    objective: &mut dyn Objective,
    x0: &[f64],
    direction: &mut dyn Direction,
    search: &mut LineSearch,
    initial: &mut dyn InitialStep,
    options: &Options,
    progress: &mut dyn FnMut(&Progress<'_>) -> Result<bool, Fault>,
) -> Result<Report, Fault> {
    let n = x0.len();
    let deadline = options.max_time.and_then(|time| Instant::now().checked_add(time));
    let mut run = Run { objective, search, options, deadline, line: Line::new(x0.to_vec(), vec![0.0; n]) };
    run.search.reset();
    direction.begin(n);

    run.line.go_to(0.0, run.objective);
    let mut value = run.line.evaluate(run.objective, Needs::Slope)?.value;
    let mut g = vec![0.0; n];
    if value.is_finite() {
        g.copy_from_slice(run.line.gradient(run.objective)?);
    }
    let (mut s, mut y) = (vec![0.0; n], vec![0.0; n]);
    let mut last = None;
    let mut iteration = 0;
    let mut retrying = false;

    let status = loop {
        let steepest = max_abs(&g);
        if value == f64::NEG_INFINITY {
            break Status::Unbounded;
        }
        if !value.is_finite() || steepest.is_nan() || steepest.is_infinite() {
            break Status::NonFinite;
        }
        if steepest <= options.gtol {
            break Status::Converged;
        }
        if iteration >= options.max_iterations || run.budget() == 0 {
            break Status::Budget;
        }

        let mut counts = run.line.counts;
        let mut d = std::mem::take(&mut run.line.d);
        direction.direction(&run.line.x, &g, run.objective, &mut counts, &mut d)?;
        run.line.d = d;
        run.line.counts = counts;
        let mut at = run.situation(iteration, value, &g, last);
        if !(at.slope < 0.0 && at.direction_norm.is_finite()) {
            direction.restart();
            negate(&g, &mut run.line.d);
            at = run.situation(iteration, value, &g, None);
        }

        let first = run.first_step(initial, &at)?;
        let outcome = run.search(&at, first)?;
        if outcome.status != Status::Converged {
            let final_word = matches!(outcome.status, Status::Budget | Status::Unbounded);
            if !final_word && !retrying && direction.restart() {
                retrying = true;
                // Bad memory, perhaps: once more along the plain direction.
                run.line.leave(run.objective);
                run.line.go_to(0.0, run.objective);
                run.line.know(Some(value), Some(g.clone()));
                last = None;
                continue;
            }
            break outcome.status;
        }

        retrying = false;
        let sample = outcome.trial;
        let new_g = run.line.gradient(run.objective)?;
        subtract(new_g, &g, &mut y);
        g.copy_from_slice(new_g);
        subtract(run.line.point(), &run.line.x, &mut s);
        direction.update(&s, &y, &g);
        last = Some(Last {
            step: sample.x,
            value,
            slope: at.slope,
            ss: dot(&s, &s),
            sy: dot(&s, &y),
            yy: dot(&y, &y),
        });
        value = sample.value;
        run.line.advance(run.objective);
        iteration += 1;
        let counts = run.line.counts;
        let state = Progress { iteration, x: &run.line.x, value, gradient: &g, step: sample.x, counts };
        if progress(&state)? {
            break Status::Stopped;
        }
    };

    let x = run.line.x.clone();
    let (lowest, at) = run.line.lowest(run.objective);
    let keep = status == Status::Converged || !(lowest < value);
    Ok(Report {
        status,
        x: if keep { x } else { at.to_vec() },
        value: if keep { value } else { lowest },
        gradient: keep.then_some(g),
        iterations: iteration,
        counts: run.line.counts,
    })
}
