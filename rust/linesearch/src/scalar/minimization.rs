//! A run of a scalar minimiser: interval, tolerance, budget and honest status around a rule.

use super::downhill::{Downhill, Walk};
use super::plateau::Plateau;
use super::{Bracket, Interval, Minimizer, Tolerance, golden};
use crate::rounding::{between, middle, noise};
use crate::{Fault, Needs, Sample, Status};

/// What a run wants next.
#[derive(Clone, Copy, Debug)]
pub enum Ask {
    /// Evaluate the function here, as far as the second part says.
    At(f64, Needs),
    /// The run is over.
    Done(Report),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Why it ended.
    pub status: Status,
    /// The lowest point evaluated.
    pub best: Sample,
    /// The interval known to hold a local minimum.
    pub bracket: (f64, f64),
    /// The spread of points whose value cannot be told from the best one.
    pub plateau: (f64, f64),
    /// Evaluations used.
    pub evaluations: usize,
    /// Iterations of the method.
    pub iterations: usize,
    /// The three points of a triple that does not bracket a minimum.
    pub no_bracket: Option<[Sample; 3]>,
}

#[derive(Clone, Debug)]
enum Phase {
    Downhill(Box<Downhill>),
    /// Evaluating the points of a triple, so many of which are known.
    Triple {
        told: usize,
    },
    /// Looking for a first finite value inside bounds; the points found outside the domain.
    Entering {
        outside: [f64; 4],
        tried: usize,
    },
    Narrowing,
    Done(Status),
}

/// What a phase wants.
enum Next {
    At(f64),
    Enter(Phase),
}

/// Where to look for the domain when the first point is outside it, as fractions.
const PROBES: [f64; 3] = [golden::UPPER, 0.145_898_033_750_315_45, 0.854_101_966_249_684_5];

/// A run of the minimiser `M`.
#[derive(Clone, Debug)]
pub struct Minimization<M> {
    method: M,
    tolerance: Tolerance,
    budget: usize,
    needs: Needs,
    phase: Phase,
    bracket: Bracket,
    plateau: Plateau,
    best: Sample,
    trial: f64,
    width: f64,
    evaluations: usize,
    iterations: usize,
    /// A triple was given that does not bracket a minimum.
    refused: bool,
}

impl<M: Minimizer> Minimization<M> {
    /// A run on an interval that was [checked](Interval::checked), with at most `budget`
    /// evaluations (at least one).
    pub fn new(method: M, interval: Interval, tolerance: Tolerance, budget: usize) -> Self {
        let unknown = |x| Sample::value(x, f64::INFINITY);
        let (phase, a, m, b) = match interval {
            Interval::Bounds(a, b) => (Phase::Entering { outside: [f64::NAN; 4], tried: 0 }, a, f64::NAN, b),
            Interval::Triple(a, m, b) => (Phase::Triple { told: 0 }, a.min(b), m, a.max(b)),
            Interval::Downhill(a, b) => {
                (Phase::Downhill(Box::new(Downhill::new(a, b))), a.min(b), f64::NAN, a.max(b))
            }
        };
        let mut run = Self {
            needs: method.needs(),
            bracket: Bracket { low: unknown(a), best: unknown(m), high: unknown(b) },
            plateau: Plateau::new(f64::EPSILON),
            best: Sample::value(f64::NAN, f64::INFINITY),
            trial: f64::NAN,
            width: b - a,
            evaluations: 0,
            iterations: 0,
            refused: false,
            phase,
            tolerance,
            budget,
            method,
        };
        if let Phase::Entering { .. } = run.phase {
            run.trial = run.first_point(a, b);
        }
        run
    }

    /// A run on three points that are known already, in order, the middle one lowest.
    pub fn enclosed(method: M, points: [Sample; 3], tolerance: Tolerance, budget: usize) -> Self {
        let [low, middle, high] = points;
        let mut run = Self::new(method, Interval::Triple(low.x, middle.x, high.x), tolerance, budget);
        run.best = middle;
        for point in &points {
            run.plateau.add(point);
        }
        run.phase = run.enclose(points);
        run
    }

    /// The first point inside bounds: the method's, or the middle if the interval is
    /// within the tolerance as it is.
    fn first_point(&mut self, a: f64, b: f64) -> f64 {
        let nearest = if a <= 0.0 && b >= 0.0 { 0.0 } else { a.abs().min(b.abs()) };
        let tolerance = self.tolerance_at(nearest);
        if self.tolerance.asked(nearest) >= b - a {
            middle(a, b)
        } else {
            self.method.first(a, b, tolerance).clamp(a, b)
        }
    }

    fn tolerance_at(&self, x: f64) -> f64 {
        self.tolerance.asked(x).max(self.tolerance.finest(x, self.width))
    }

    /// The next point to evaluate, or the report.
    pub fn ask(&mut self) -> Ask {
        loop {
            if let Phase::Done(status) = self.phase {
                return Ask::Done(self.report(status));
            }
            match self.next() {
                Next::At(x) if self.evaluations < self.budget => {
                    self.trial = x;
                    return Ask::At(x, self.needs);
                }
                Next::At(_) => self.phase = Phase::Done(Status::Budget),
                Next::Enter(phase) => self.phase = phase,
            }
        }
    }

    /// The point that the present phase wants, or the phase that follows it.
    fn next(&mut self) -> Next {
        let status = match &self.phase {
            Phase::Downhill(walk) => match walk.ask() {
                Walk::Evaluate(x) => return Next::At(x),
                Walk::Found(points) => return Next::Enter(self.enclose(points)),
                Walk::Flat => Status::Flat,
                Walk::Falls => Status::Unbounded,
                Walk::Undefined => Status::NonFinite,
            },
            Phase::Triple { told } => {
                let Bracket { low, best, high } = self.bracket;
                match told {
                    0 => return Next::At(low.x),
                    1 => return Next::At(best.x),
                    2 => return Next::At(high.x),
                    _ if best.height() < low.height().min(high.height()) => {
                        return Next::Enter(self.enclose([low, best, high]));
                    }
                    _ => self.refused = true,
                }
                Status::Stopped
            }
            Phase::Entering { .. } => return Next::At(self.trial),
            Phase::Narrowing => match self.inside() {
                Ok(x) => return Next::At(x),
                Err(status) => status,
            },
            Phase::Done(status) => *status,
        };
        Next::Enter(Phase::Done(status))
    }

    fn enclose(&mut self, [low, best, high]: [Sample; 3]) -> Phase {
        self.bracket = Bracket::new(low, best, high, self.needs);
        self.width = self.bracket.width();
        self.method.start(&self.bracket);
        Phase::Narrowing
    }

    /// The method's next point inside the bracket, or why there is none.
    fn inside(&mut self) -> Result<f64, Status> {
        let bracket = &self.bracket;
        let mut tolerance = self.tolerance_at(bracket.best.x);
        if self.needs == Needs::Value {
            tolerance = tolerance.max(bracket.hidden_radius(self.plateau.unit()));
        }
        if bracket.radius() <= tolerance {
            return Err(self.judge_end(tolerance));
        }
        if self.needs == Needs::Value && self.plateau.covers(bracket.low.x, bracket.high.x) {
            return Err(self.judge_end(0.0));
        }
        let x = self.method.propose(bracket, tolerance).ok_or(Status::Stopped)?;
        if bracket.admits(x) {
            return Ok(x);
        }
        Some(golden::section(bracket)).filter(|&x| bracket.admits(x)).ok_or_else(|| self.judge_end(0.0))
    }

    /// The status of a run whose bracket is as small as was asked, or (with tolerance 0) as
    /// small as it can be.
    fn judge_end(&self, tolerance: f64) -> Status {
        let x = self.best.x;
        let hidden = if self.needs == Needs::Value { self.plateau.hidden_radius() } else { 0.0 };
        if self.needs == Needs::Value && self.plateau.width() > tolerance {
            if self.plateau.is_real() { Status::Flat } else { Status::Precision }
        } else if tolerance == 0.0 || self.tolerance.asked(x) < tolerance.max(hidden) {
            Status::Precision
        } else {
            Status::Converged
        }
    }

    /// The function at the point asked for.
    ///
    /// # Panics
    /// When nothing was asked: call [`ask`](Self::ask) first.
    pub fn tell(&mut self, sample: Sample) {
        self.evaluations += 1;
        if sample.value == f64::NEG_INFINITY {
            self.best = sample;
            self.phase = Phase::Done(Status::Unbounded);
            return;
        }
        let outside = !sample.is_finite(self.needs);
        let s = if outside { Sample::value(sample.x, f64::INFINITY) } else { sample };
        if !outside {
            self.plateau.add(&s);
            if s.value < self.best.value {
                self.best = s;
            }
        }
        match &mut self.phase {
            Phase::Downhill(walk) => walk.tell(s),
            Phase::Triple { told } => {
                let Bracket { low, best, high } = &mut self.bracket;
                *[low, best, high][*told] = s;
                *told += 1;
            }
            Phase::Entering { outside: points, tried } => {
                let (mut points, tried) = (*points, *tried);
                points[tried] = s.x;
                self.phase =
                    if outside { self.probe(points, tried) } else { self.enter(s, &points[..tried]) };
            }
            Phase::Narrowing => self.narrow(s),
            Phase::Done(_) => panic!("tell without ask"),
        }
    }

    /// The next place to look for the domain.
    fn probe(&mut self, outside: [f64; 4], tried: usize) -> Phase {
        match PROBES.get(tried) {
            Some(&fraction) => {
                self.trial = between(self.bracket.low.x, self.bracket.high.x, fraction);
                Phase::Entering { outside, tried: tried + 1 }
            }
            None => Phase::Done(Status::NonFinite),
        }
    }

    /// A first point of the domain: it is enclosed by the nearest points outside.
    fn enter(&mut self, s: Sample, outside: &[f64]) -> Phase {
        let (mut low, mut high) = (self.bracket.low, self.bracket.high);
        for &x in outside {
            if x < s.x {
                low.x = low.x.max(x);
            } else {
                high.x = high.x.min(x);
            }
        }
        self.enclose([low, s, high])
    }

    fn narrow(&mut self, s: Sample) {
        let tie = s.height() == self.bracket.best.height() && self.method.keeps_left_on_ties();
        let improves = if tie { s.x < self.bracket.best.x } else { self.bracket.improves(&s, self.needs) };
        if self.method.observe(&self.bracket, &s, improves) {
            self.iterations += 1;
        }
        self.bracket.narrow(s, improves, self.needs);
    }

    /// The point to return: the bracket's, unless a lower one was seen elsewhere.  Where
    /// slopes are known they may prefer, each time, a value higher by its rounding.
    fn answer(&self) -> Sample {
        let (lowest, inside) = (self.best.value, self.bracket.best.value);
        let drift = noise(f64::EPSILON, lowest, inside) * self.evaluations as f64;
        let slack = if self.needs >= Needs::Slope { drift } else { 0.0 };
        if inside.is_finite() && inside <= lowest + slack { self.bracket.best } else { self.best }
    }

    fn report(&self, status: Status) -> Report {
        let best = self.answer();
        Report {
            status: if best.value.is_finite() || status != Status::Budget {
                status
            } else {
                Status::NonFinite
            },
            best,
            bracket: (self.bracket.low.x, self.bracket.high.x),
            plateau: self.plateau.ends(),
            evaluations: self.evaluations,
            iterations: self.iterations,
            no_bracket: self.refused.then_some([self.bracket.low, self.bracket.best, self.bracket.high]),
        }
    }

    /// End the run from outside, for want of time.
    pub fn stop(&mut self) -> Report {
        if !matches!(self.phase, Phase::Done(_)) {
            self.phase = Phase::Done(Status::Budget);
        }
        match self.phase {
            Phase::Done(status) => self.report(status),
            _ => unreachable!("the run was just ended"),
        }
    }

    /// The relative rounding error of the values, when it is not that of f64.
    pub fn set_unit(&mut self, unit: f64) {
        self.plateau.set_unit(unit);
    }

    /// The bracket as it stands, for traces and pictures.
    pub fn bracket(&self) -> (f64, f64) {
        (self.bracket.low.x, self.bracket.high.x)
    }

    /// Iterations completed.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// See [`Minimizer::held`].
    pub fn held(&self, see: &mut dyn FnMut(&dyn std::any::Any)) {
        self.method.held(see);
    }

    /// The error of a foreign method, if it ended the run.
    pub fn fault(&mut self) -> Option<Fault> {
        self.method.fault()
    }
}
