//! A run of a scalar minimiser: interval, tolerance, budget and honest status around a rule.

use super::downhill::{Downhill, Walk};
use super::plateau::Plateau;
use super::{Bracket, Interval, Minimizer, Point, Tolerance, entry, golden};
use crate::rounding::{middle, noise};
use crate::{Fault, Needs, Sample, Status};

/// How a run ended, or how it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Why it ended; [`Status::Budget`] while it goes on.
    pub status: Status,
    /// The lowest point evaluated.
    pub best: Sample,
    /// The interval known to hold a local minimum.
    pub bracket: (f64, f64),
    /// The spread of points whose value cannot be told from the best one, for methods that
    /// compare values.
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
    /// Looking for a first finite value inside bounds, so many places having been outside
    /// the domain.
    Entering {
        outside: usize,
    },
    Narrowing,
    Done(Status),
}

/// A run of the minimiser `M`.
#[derive(Clone, Debug)]
pub struct Minimization<M: Minimizer> {
    bracket: Bracket<M::Point>,
    /// The lowest point evaluated, where it may be another than the bracket's best: before
    /// there is a bracket, and where slopes decide.
    lowest: M::Point,
    method: M,
    phase: Phase,
    tolerance: Tolerance,
    /// Relative rounding error of the values.
    unit: f64,
    /// Width of the first bracket.
    width: f64,
    budget: usize,
    evaluations: usize,
    iterations: usize,
    /// Points that equal the best one within rounding, from the first such tie on.
    plateau: Option<Box<Plateau>>,
    /// A triple was given that does not bracket a minimum.
    refused: bool,
}

impl<M: Minimizer> Minimization<M> {
    /// A run on an interval that was [checked](Interval::checked), with at most `budget`
    /// evaluations (at least one).
    #[inline]
    pub fn new(method: M, interval: Interval, tolerance: Tolerance, budget: usize) -> Self {
        let unknown = |x| M::Point::from(Sample::value(x, f64::INFINITY));
        let (phase, a, m, b) = match interval {
            Interval::Bounds(a, b) => (Phase::Entering { outside: 0 }, a, f64::NAN, b),
            Interval::Triple(a, m, b) => (Phase::Triple { told: 0 }, a.min(b), m, a.max(b)),
            Interval::Downhill(a, b) => {
                (Phase::Downhill(Box::new(Downhill::new(a, b))), a.min(b), f64::NAN, a.max(b))
            }
        };
        let mut run = Self {
            bracket: Bracket { low: unknown(a), best: unknown(m), high: unknown(b) },
            lowest: unknown(f64::NAN),
            method,
            phase,
            tolerance,
            unit: f64::EPSILON,
            width: b - a,
            budget,
            evaluations: 0,
            iterations: 0,
            plateau: None,
            refused: false,
        };
        if let Phase::Entering { .. } = run.phase {
            run.bracket.best = unknown(run.first_point(a, b));
        }
        run
    }

    /// A run on three points that are known already, in order, the middle one lowest.
    pub fn enclosed(method: M, points: [Sample; 3], tolerance: Tolerance, budget: usize) -> Self {
        let [low, middle, high] = points.map(|point| point.x);
        let mut run = Self::new(method, Interval::Triple(low, middle, high), tolerance, budget);
        run.lowest = points[1].into();
        run.phase = run.enclose(points.map(M::Point::from));
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

    #[inline]
    fn tolerance_at(&self, x: f64) -> f64 {
        self.tolerance.asked(x).max(self.tolerance.finest(x, self.width))
    }

    /// What is to be evaluated at each point.
    #[inline]
    pub fn needs(&self) -> Needs {
        self.method.needs()
    }

    /// Whether rounding of the values decides what can be told: slopes see further.
    #[inline]
    fn by_values(&self) -> bool {
        self.method.needs() == Needs::Value
    }

    /// The next point to evaluate; `None` when the run is over.
    #[inline]
    pub fn ask(&mut self) -> Option<f64> {
        if !matches!(self.phase, Phase::Narrowing) {
            let next = self.before_the_bracket();
            if next.is_some() || !matches!(self.phase, Phase::Narrowing) {
                return next;
            }
        }
        let status = match self.inside() {
            Ok(x) if self.evaluations < self.budget => return Some(x),
            Ok(_) => Status::Budget,
            Err(status) => status,
        };
        self.phase = Phase::Done(status);
        None
    }

    /// The next point while there is no bracket; `None` when the next phase is reached.
    #[cold]
    fn before_the_bracket(&mut self) -> Option<f64> {
        match self.point_or_phase() {
            Ok(x) if self.evaluations < self.budget => return Some(x),
            Ok(_) => self.phase = Phase::Done(Status::Budget),
            Err(phase) => self.phase = phase,
        }
        None
    }

    /// What the present phase wants, or the phase that follows.
    fn point_or_phase(&mut self) -> Result<f64, Phase> {
        Err(match &self.phase {
            Phase::Downhill(walk) => match walk.ask() {
                Walk::Evaluate(x) => return Ok(x),
                Walk::Found(points) => self.enclose(points.map(M::Point::from)),
                Walk::Flat => Phase::Done(Status::Flat),
                Walk::Falls => Phase::Done(Status::Unbounded),
                Walk::Undefined => Phase::Done(Status::NonFinite),
            },
            Phase::Triple { told } => {
                let Bracket { low, best, high } = self.bracket;
                if let Some(point) = [low, best, high].get(*told) {
                    return Ok(point.x());
                }
                if best.value() < low.value().min(high.value()) {
                    self.enclose([low, best, high])
                } else {
                    self.refused = true;
                    Phase::Done(Status::Stopped)
                }
            }
            Phase::Entering { outside } => {
                return entry::place(&self.bracket, *outside).ok_or(Phase::Done(Status::NonFinite));
            }
            Phase::Narrowing | Phase::Done(_) => self.phase.clone(),
        })
    }

    #[inline]
    fn enclose(&mut self, [low, best, high]: [M::Point; 3]) -> Phase {
        self.bracket = Bracket::new(low, best, high, self.needs());
        self.width = self.bracket.width();
        let flat = self.plateau.take_if(|plateau| plateau.width() > 0.0);
        self.plateau = match flat {
            _ if !self.by_values() => None,
            None if self.ties(low.value(), best.value()) || self.ties(high.value(), best.value()) => {
                Some(Box::new(Plateau::of(&[low, best, high], self.unit)))
            }
            known => known,
        };
        self.method.start(&self.bracket);
        Phase::Narrowing
    }

    /// Whether two values cannot be told apart.
    #[inline]
    fn ties(&self, a: f64, b: f64) -> bool {
        (a - b).abs() <= self.unit * a.min(b).abs()
    }

    /// The method's next point inside the bracket, or why there is none.
    #[inline]
    fn inside(&mut self) -> Result<f64, Status> {
        let bracket = &self.bracket;
        let mut tolerance = self.tolerance_at(bracket.best.x());
        if self.by_values() && bracket.may_hide(tolerance, self.unit) {
            tolerance = tolerance.max(bracket.hidden_radius(self.unit));
        }
        if bracket.radius() <= tolerance {
            return Err(self.judge_end(tolerance));
        }
        if let Some(plateau) = &self.plateau
            && plateau.covers(bracket.low.x(), bracket.high.x())
        {
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
    #[cold]
    fn judge_end(&self, tolerance: f64) -> Status {
        if let Some(plateau) = &self.plateau
            && plateau.width() > tolerance
        {
            return if plateau.is_real() { Status::Flat } else { Status::Precision };
        }
        let asked = self.tolerance.asked(self.answer().x());
        if tolerance == 0.0 || asked < tolerance || self.hidden_radius() > asked {
            Status::Precision
        } else {
            Status::Converged
        }
    }

    /// How near to the minimiser values can tell points apart; slopes see everything.
    fn hidden_radius(&self) -> f64 {
        let Bracket { low, best, high } = self.bracket;
        let known = low.value().is_finite() && high.value().is_finite();
        match &self.plateau {
            _ if !self.by_values() => 0.0,
            Some(plateau) => plateau.hidden_radius(),
            None if known && !self.bracket.may_hide(self.tolerance.asked(best.x()), self.unit) => 0.0,
            None => Plateau::of(&[low, best, high], self.unit).hidden_radius(),
        }
    }

    /// The function at the point asked for.
    ///
    /// # Panics
    /// When nothing was asked: call [`ask`](Self::ask) first.
    #[inline]
    pub fn tell(&mut self, sample: Sample) {
        self.evaluations += 1;
        let inside = sample.is_finite(self.needs());
        if !inside && sample.value == f64::NEG_INFINITY {
            self.lowest = sample.into();
            self.phase = Phase::Done(Status::Unbounded);
            return;
        }
        let s = M::Point::from(if inside { sample } else { Sample::value(sample.x, f64::INFINITY) });
        if let Phase::Narrowing = self.phase {
            self.narrow(s);
        } else {
            self.begin(s);
        }
    }

    /// A sample in the phases before there is a bracket.
    #[cold]
    fn begin(&mut self, s: M::Point) {
        if s.value() < self.lowest.value() {
            self.lowest = s;
        }
        match &mut self.phase {
            Phase::Downhill(walk) => {
                walk.tell(s.into());
                self.plateau.get_or_insert_with(|| Box::new(Plateau::new(self.unit))).add(&s);
            }
            Phase::Triple { told } => {
                let Bracket { low, best, high } = &mut self.bracket;
                *[low, best, high][*told] = s;
                *told += 1;
            }
            Phase::Entering { outside } if s.value() == f64::INFINITY => *outside += 1,
            Phase::Entering { outside } => {
                let (low, high) = entry::ends(&self.bracket, *outside, s.x());
                let unknown = |x| Sample::value(x, f64::INFINITY).into();
                self.phase = self.enclose([unknown(low), s, unknown(high)]);
            }
            Phase::Narrowing | Phase::Done(_) => panic!("tell without ask"),
        }
    }

    #[inline]
    fn narrow(&mut self, s: M::Point) {
        let needs = self.needs();
        if self.by_values() {
            self.watch_for_ties(&s);
        } else if s.value() < self.lowest.value() {
            self.lowest = s;
        }
        let tie = s.value() == self.bracket.best.value() && self.method.keeps_left_on_ties();
        let improves = if tie { s.x() < self.bracket.best.x() } else { self.bracket.improves(&s, needs) };
        self.iterations += usize::from(self.method.observe(&self.bracket, &s, improves));
        self.bracket.narrow(s, improves, needs);
    }

    /// Take a sample into the plateau; without ties the bracket says it all.
    #[inline]
    fn watch_for_ties(&mut self, s: &M::Point) {
        if let Some(plateau) = &mut self.plateau {
            plateau.add(s);
        } else if self.ties(s.value(), self.bracket.best.value()) {
            let Bracket { low, best, high } = self.bracket;
            self.plateau = Some(Box::new(Plateau::of(&[low, best, high, *s], self.unit)));
        }
    }

    /// The point to return: the bracket's, unless a lower one was seen elsewhere.  Where
    /// slopes are known they may prefer, each time, a value higher by its rounding.
    fn answer(&self) -> M::Point {
        let (lowest, inside) = (self.lowest.value(), self.bracket.best.value());
        let drift = noise(f64::EPSILON, lowest, inside) * self.evaluations as f64;
        let slack = if self.by_values() { 0.0 } else { drift };
        if inside.is_finite() && inside <= lowest + slack { self.bracket.best } else { self.lowest }
    }

    /// How the run ended, or how it stands.
    pub fn report(&self) -> Report {
        let status = match self.phase {
            Phase::Done(status) => status,
            _ => Status::Budget,
        };
        let best: Sample = self.answer().into();
        let Bracket { low, best: middle, high } = self.bracket;
        let undefined = status == Status::Budget && !best.value.is_finite();
        Report {
            status: if undefined { Status::NonFinite } else { status },
            best,
            bracket: (self.bracket.low.x(), self.bracket.high.x()),
            plateau: self.plateau.as_ref().map_or((best.x, best.x), |plateau| plateau.ends()),
            evaluations: self.evaluations,
            iterations: self.iterations,
            no_bracket: self.refused.then_some([low.into(), middle.into(), high.into()]),
        }
    }

    /// End the run from outside, for want of time.
    pub fn stop(&mut self) {
        if !matches!(self.phase, Phase::Done(_)) {
            self.phase = Phase::Done(Status::Budget);
        }
    }

    /// The relative rounding error of the values, when it is not that of f64.
    pub fn set_unit(&mut self, unit: f64) {
        if unit == self.unit {
            return;
        }
        self.unit = unit;
        if let Some(plateau) = &mut self.plateau {
            plateau.set_unit(unit);
        }
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
