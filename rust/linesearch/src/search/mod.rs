//! The step-size search: criterion, strategy and budget put together.
//!
//! The search decides what neither part should have to:
//!
//! * a trial that is not finite is too long, and the next one retreats towards the longest
//!   finite step below it;
//! * where phi changed by less than its rounding, values say nothing: the slopes decide,
//!   and without slopes the search ends with [`Status::Precision`].  So a step is never
//!   taken because of rounding alone;
//! * a step is judged once more before it is returned as accepted;
//! * a search that fails compares the slope given with a difference of values.

mod limits;
mod outcome;
mod seen;
mod slope_check;

use std::any::Any;

pub use limits::{Limits, RefusedPair};
pub use outcome::{Ask, Outcome, Trial};
use seen::Seen;

use crate::criteria::{self, Start};
use crate::rounding::noise;
use crate::strategies::{self, Opening};
use crate::{Fault, Needs, Sample, Status, Verdict};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Idle,
    Trying {
        step: f64,
        phase: &'static str,
    },
    /// The value at this step is known, its slope is asked for.
    Slope {
        known: Sample,
        phase: &'static str,
    },
    /// Values at `step` and twice as far, to compare the slope with.
    Checking {
        step: f64,
        near: Option<f64>,
        then: After,
    },
    Done(Outcome),
}

/// What follows a check of the slope that it passed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    End(Status),
    Accept(Sample),
}

/// A function that still falls at this multiple of the first step (or of 1) falls without end.
const LONGEST: f64 = 1e15;
/// Retreats from the edge of the domain in one search, at most.
const RETREATS: usize = 40;

/// A step-size search.
#[derive(Clone)]
pub struct LineSearch {
    criterion: criteria::Boxed,
    strategy: strategies::Boxed,
    limits: Limits,
    needs: Needs,
    start: Start,
    state: State,
    /// No longer step is tried in this search.
    max_step: f64,
    seen: Seen,
    evaluations: usize,
    /// How often the search retreated from the edge of the domain.
    retreats: usize,
    record: bool,
    trace: Vec<Trial>,
}

impl std::fmt::Debug for LineSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineSearch")
            .field("start", &self.start)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl LineSearch {
    /// A search that can be [begun](Self::begin) any number of times.
    pub fn new(
        criterion: criteria::Boxed,
        strategy: strategies::Boxed,
        limits: Limits,
    ) -> Result<Self, RefusedPair> {
        if criterion.can_lengthen() && !strategy.can_grow() {
            return Err(RefusedPair);
        }
        let start = Start { value: f64::NAN, slope: f64::NAN };
        let judging = if strategy.follows_verdicts() { criterion.leading_needs() } else { criterion.needs() };
        Ok(Self {
            needs: judging.max(strategy.needs()),
            criterion,
            strategy,
            limits,
            seen: Seen::from(&start),
            start,
            state: State::Idle,
            max_step: f64::INFINITY,
            evaluations: 0,
            retreats: 0,
            record: false,
            trace: Vec::new(),
        })
    }

    /// Keep every trial for [`trace`](Self::trace).
    #[must_use]
    pub fn recording(mut self, record: bool) -> Self {
        self.record = record;
        self
    }

    /// What the parts look at in every trial.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Whether the criterion looks at phi'(0), whatever it needs of the trials.
    pub fn needs_first_slope(&self) -> bool {
        self.criterion.needs_first_slope()
    }

    /// Change the number of trials allowed.
    pub fn set_budget(&mut self, max_evaluations: usize) {
        self.limits.max_evaluations = max_evaluations;
    }

    /// The relative rounding error of the values.
    pub fn set_unit(&mut self, unit: f64) {
        self.limits.unit = unit;
    }

    /// The least step that changes x by a unit in its last place.
    pub fn set_resolution(&mut self, resolution: f64) {
        self.limits.resolution = resolution;
    }

    /// Slopes cannot be had, whatever the limits said.
    pub fn without_slopes(&mut self) {
        self.limits.slopes = false;
        if let State::Slope { known, phase } = self.state {
            self.decide(known, phase);
        }
    }

    /// Slopes can be had, whatever the limits said.
    #[must_use]
    pub fn with_slopes(mut self) -> Self {
        self.limits.slopes = true;
        self
    }

    /// Forget earlier searches.
    pub fn reset(&mut self) {
        self.criterion.reset();
    }

    /// Start at phi(0), phi'(0) with a first step.
    pub fn begin(&mut self, start: Start, first: f64) {
        self.start = start;
        self.seen = Seen::from(&start);
        (self.evaluations, self.retreats) = (0, 0);
        self.trace.clear();
        self.state = State::Idle;
        if start.value == f64::NEG_INFINITY {
            self.finish(Status::Unbounded);
        } else if !start.value.is_finite() || start.slope.is_infinite() {
            self.finish(Status::NonFinite);
        } else if start.slope > 0.0 {
            self.finish(Status::NotDescent);
        } else if start.slope == 0.0 {
            self.finish(Status::Stationary);
        } else {
            self.max_step = self.limits.max_step.min(LONGEST * first.max(1.0));
            self.criterion.begin(&start);
            self.strategy.begin(&Opening {
                start,
                first: first.min(self.max_step),
                max_step: self.max_step,
                sufficient_decrease: self.criterion.sufficient_decrease(),
                unit: self.limits.unit,
            });
            self.advance();
        }
    }

    /// The next trial, or the outcome.
    pub fn ask(&self) -> Ask {
        match self.state {
            State::Trying { step, .. } => Ask::At(step, self.needs),
            State::Slope { known, .. } => Ask::At(known.x, Needs::Slope),
            State::Checking { step, near, .. } => {
                Ask::At(if near.is_none() { step } else { 2.0 * step }, Needs::Value)
            }
            State::Done(outcome) => Ask::Done(outcome),
            State::Idle => {
                Ask::Done(Outcome { status: Status::Stopped, trial: self.seen.best, evaluations: 0 })
            }
        }
    }

    /// phi at the step asked for.
    pub fn tell(&mut self, sample: Sample) {
        match self.state {
            State::Trying { phase, .. } => {
                self.evaluations += 1;
                self.consider(sample, phase);
            }
            State::Slope { known, phase } => {
                let sample = Sample { value: known.value, ..sample };
                if sample.slope.is_finite() {
                    self.decide(sample, phase);
                } else {
                    self.outside(sample, phase);
                }
            }
            State::Checking { step, near, then } => {
                self.evaluations += 1;
                self.seen.add(&sample);
                match near {
                    None => self.state = State::Checking { step, near: Some(sample.value), then },
                    Some(near) if slope_check::contradicts(&self.start, step, near, sample.value) => {
                        self.finish(Status::GradientInconsistent);
                    }
                    Some(_) => self.after(then),
                }
            }
            State::Idle | State::Done(_) => {}
        }
    }

    /// End the search from outside: a user stopped it, or a step no longer moves x.
    pub fn stop(&mut self, status: Status) {
        match self.state {
            State::Done(_) => {}
            State::Trying { .. } if status == Status::Precision => self.fail(status),
            _ => self.finish(status),
        }
    }

    /// The trials of this search, when they are recorded.
    pub fn trace(&self) -> &[Trial] {
        &self.trace
    }

    /// Show the objects of another language that the parts hold, for their garbage collector.
    pub fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        self.criterion.held(see);
        self.strategy.held(see);
    }

    /// The error of a foreign criterion or strategy, if it ended the search.
    pub fn fault(&mut self) -> Option<Fault> {
        self.criterion.fault().or_else(|| self.strategy.fault())
    }

    fn consider(&mut self, sample: Sample, phase: &'static str) {
        if sample.value == f64::NEG_INFINITY {
            self.seen.best = sample;
            self.note(sample, Verdict::Accept, phase);
            self.finish(Status::Unbounded);
        } else if sample.is_finite(self.needs) {
            self.seen.add(&sample);
            self.decide(sample, phase);
        } else {
            self.outside(sample, phase);
        }
    }

    /// A trial outside the domain: retreat.
    fn outside(&mut self, sample: Sample, phase: &'static str) {
        self.note(sample, Verdict::TooLong, phase);
        self.seen.add_outside(sample.x);
        self.retreats += 1;
        if self.retreats > RETREATS {
            return self.fail(Status::NonFinite);
        }
        self.retreat();
    }

    /// Try a step between the longest finite one and the edge of the domain.
    fn retreat(&mut self) {
        match self.seen.retreat() {
            Some(step) => self.try_step(step, "retreat"),
            None => self.fail(Status::NonFinite),
        }
    }

    /// A finite trial: ask the criterion, and the slopes where values say nothing.
    fn decide(&mut self, sample: Sample, phase: &'static str) {
        let Some(verdict) = self.verdict(&sample) else {
            self.state = State::Slope { known: sample, phase };
            return;
        };
        self.note(sample, verdict, phase);
        match verdict {
            Verdict::Accept => self.accept(sample),
            Verdict::Stall => self.fail(Status::Precision),
            Verdict::TooLong | Verdict::TooShort => {
                self.strategy.observe(&sample, verdict);
                self.advance();
            }
        }
    }

    /// The verdict on a finite trial; `None` when it takes a slope that is not known yet.
    fn verdict(&mut self, trial: &Sample) -> Option<Verdict> {
        let judged = self.criterion.judge(&self.start, trial);
        if judged == Verdict::Stall || !self.hidden_by_rounding(trial) {
            return Some(judged);
        }
        if trial.slope.is_nan() {
            return if self.limits.slopes { None } else { Some(self.unseen(trial)) };
        }
        let unchanged = (trial.slope - self.start.slope).abs() <= 1e-6 * self.start.slope.abs();
        Some(if unchanged { self.unseen(trial) } else { self.criterion.judge_by_slope(&self.start, trial) })
    }

    /// Whether rounding hides what the criterion asks of phi: it changed by no more than
    /// its rounding, and the decrease asked for, c1 alpha |phi'(0)|, is no larger either.
    fn hidden_by_rounding(&self, trial: &Sample) -> bool {
        let error = noise(self.limits.unit, trial.value, self.start.value);
        let asked = self.criterion.sufficient_decrease() * trial.x * self.start.slope.abs();
        (trial.value - self.start.value).abs() <= error && !(asked > error)
    }

    /// The verdict on a step that nothing can tell from step 0: it is too short, unless
    /// there is no room for a longer one.
    fn unseen(&self, trial: &Sample) -> Verdict {
        let room = 10.0 * trial.x < self.seen.too_long;
        if self.strategy.can_grow() && self.criterion.can_lengthen() && room {
            Verdict::TooShort
        } else {
            Verdict::Stall
        }
    }

    fn accept(&mut self, sample: Sample) {
        // Backtracking from an ascent direction ends here: the slope that decides may be wrong.
        let risen = self.seen.rises_near_0(&self.start);
        if self.hidden_by_rounding(&sample) && risen && self.check_slope(After::Accept(sample)) {
            return;
        }
        self.take(sample);
    }

    /// End with an accepted step.
    fn take(&mut self, sample: Sample) {
        // The post-condition of a success, whatever path led here.
        if !sample.value.is_finite() || self.verdict(&sample) != Some(Verdict::Accept) {
            return self.fail(Status::Stopped);
        }
        self.criterion.accepted(&self.start, &sample);
        self.seen.best = sample;
        self.finish(Status::Converged);
    }

    /// The strategy's next step, or the end.
    fn advance(&mut self) {
        let Some(step) = self.strategy.propose() else {
            return self.exhausted();
        };
        let phase = self.strategy.phase();
        if step >= self.seen.ceiling {
            self.retreat();
        } else {
            self.try_step(step.min(self.max_step), phase);
        }
    }

    fn try_step(&mut self, step: f64, phase: &'static str) {
        if !(step > 0.0 && step.is_finite()) {
            self.fail(Status::Stopped);
        } else if self.evaluations >= self.limits.max_evaluations {
            self.fail(Status::Budget);
        } else {
            self.state = State::Trying { step, phase };
        }
    }

    /// The strategy has nothing more to propose.
    fn exhausted(&mut self) {
        let located = self.strategy.converged() || self.seen.too_long.is_finite();
        if located && self.seen.best.x > 0.0 {
            let best = self.seen.best;
            if self.criterion.judge_final(&self.start, &best) == Verdict::Accept {
                self.criterion.accepted(&self.start, &best);
                return self.finish(Status::Converged);
            }
        }
        let falls = self.seen.best.x >= 0.99 * self.max_step;
        let telling = self.seen.most_telling();
        let hidden = telling.value.is_finite() && self.hidden_by_rounding(&telling);
        self.fail(match (falls, located && hidden) {
            (true, _) => Status::Unbounded,
            (false, true) => Status::Precision,
            (false, false) => Status::Stopped,
        });
    }

    /// End without an accepted step, after a look at whether the slope was to blame.
    fn fail(&mut self, status: Status) {
        if status == Status::Unbounded || !self.check_slope(After::End(status)) {
            self.finish(status);
        }
    }

    fn after(&mut self, then: After) {
        match then {
            After::End(status) => self.finish(status),
            After::Accept(sample) => self.take(sample),
        }
    }

    /// Ask for two values near 0; answers whether they can be had.
    fn check_slope(&mut self, then: After) -> bool {
        let Limits { unit, resolution, max_evaluations, .. } = self.limits;
        let place = slope_check::place(&self.start, unit, resolution, self.seen.longest);
        let Some(step) = place.filter(|_| self.evaluations + 2 <= max_evaluations) else { return false };
        self.state = State::Checking { step, near: None, then };
        true
    }

    fn finish(&mut self, status: Status) {
        self.state = State::Done(Outcome { status, trial: self.seen.best, evaluations: self.evaluations });
    }

    fn note(&mut self, sample: Sample, verdict: Verdict, phase: &'static str) {
        if verdict == Verdict::TooLong {
            self.seen.too_long = self.seen.too_long.min(sample.x);
        }
        if self.record {
            self.trace.push(Trial { sample, verdict, phase });
        }
    }
}
