//! Moré and Thuente's search (Moré and Thuente 1994; `dcsrch` and `dcstep` of MINPACK-2).
//!
//! The interval of uncertainty has the best step `x` at one end and `y` at the other.
//! While no step gave both the decrease and a non-negative slope, it is updated for
//! `psi(alpha) = phi(alpha) - phi(0) - c1 alpha phi'(0)` instead of phi.  With the published
//! parameters it takes the published numbers of evaluations.

use super::{Boxed, Opening, Strategy};
use crate::{Needs, Sample, Verdict};

/// Lengthening: the next step lies between these multiples of the last increment beyond it.
const EXTRAPOLATE: (f64, f64) = (1.1, 4.0);
/// The part of an interval that a step may leave.
const SHRINK: f64 = 0.66;

/// Moré and Thuente's search.
#[derive(Clone, Copy, Debug)]
pub struct MoreThuente {
    origin: Sample,
    c1: f64,
    max_step: f64,
    x: Sample,
    y: Sample,
    bracketed: bool,
    on_psi: bool,
    widths: [f64; 2],
    limits: (f64, f64),
    next: Option<f64>,
}

impl Default for MoreThuente {
    fn default() -> Self {
        let nowhere = Sample::value(f64::NAN, f64::NAN);
        Self {
            origin: nowhere,
            c1: f64::NAN,
            max_step: f64::INFINITY,
            x: nowhere,
            y: nowhere,
            bracketed: false,
            on_psi: true,
            widths: [f64::INFINITY; 2],
            limits: (0.0, f64::INFINITY),
            next: None,
        }
    }
}

impl MoreThuente {
    /// A sample of psi (up to the constant phi(0)) in place of phi.
    fn tilted(&self, s: &Sample, tilt: f64) -> Sample {
        Sample::slope(s.x, s.value - tilt * s.x * self.origin.slope, s.slope - tilt * self.origin.slope)
    }

    /// Update the interval and find the next step (`dcstep`).
    fn step(&mut self, trial: &Sample, tilt: f64) -> f64 {
        let (x, y, t) = (self.tilted(&self.x, tilt), self.tilted(&self.y, tilt), self.tilted(trial, tilt));
        let opposite = t.slope * x.slope.signum() < 0.0;
        let (lower, upper) = self.limits;
        let next = if t.value > x.value {
            self.bracketed = true;
            let (cubic, parabola) = (cubic(&x, &t), parabola(&x, &t));
            if (cubic - x.x).abs() < (parabola - x.x).abs() {
                cubic
            } else {
                cubic + 0.5 * (parabola - cubic)
            }
        } else if opposite {
            self.bracketed = true;
            farther(t.x, cubic(&t, &x), secant(&x, &t))
        } else if t.slope.abs() < x.slope.abs() {
            let beyond = if t.x > x.x { upper } else { lower };
            let away = |c: &f64| (c - t.x) * (t.x - x.x) > 0.0;
            let cubic = cubic_minimiser(&t, &x).filter(away).unwrap_or(beyond);
            let secant = secant(&x, &t);
            if self.bracketed {
                let nearer = if (cubic - t.x).abs() < (secant - t.x).abs() { cubic } else { secant };
                let limit = t.x + SHRINK * (y.x - t.x);
                if t.x > x.x { nearer.min(limit) } else { nearer.max(limit) }
            } else {
                farther(t.x, cubic, secant).min(upper).max(lower)
            }
        } else if self.bracketed {
            cubic(&t, &y)
        } else if t.x > x.x {
            upper
        } else {
            lower
        };
        if t.value > x.value {
            self.y = *trial;
        } else {
            if opposite {
                self.y = self.x;
            }
            self.x = *trial;
        }
        next
    }
}

fn farther(from: f64, a: f64, b: f64) -> f64 {
    if (a - from).abs() > (b - from).abs() { a } else { b }
}

/// The root of the secant through the slopes at `x` and `t`.
fn secant(x: &Sample, t: &Sample) -> f64 {
    t.x + t.slope / (t.slope - x.slope) * (x.x - t.x)
}

/// Minimiser of the parabola with value and slope at `x` and the value at `t`.
fn parabola(x: &Sample, t: &Sample) -> f64 {
    x.x + 0.5 * (x.slope / ((x.value - t.value) / (t.x - x.x) + x.slope)) * (t.x - x.x)
}

/// The cubic through `p` and `q`: half the distance of its stationary points (in units of
/// slope; 0 when it has none), and the one where its slope rises, or their middle.
fn stationary(p: &Sample, q: &Sample) -> (f64, f64) {
    let theta = 3.0 * (p.value - q.value) / (q.x - p.x) + p.slope + q.slope;
    let s = theta.abs().max(p.slope.abs()).max(q.slope.abs());
    let root = s * ((theta / s).powi(2) - (p.slope / s) * (q.slope / s)).max(0.0).sqrt();
    let gamma = if q.x < p.x { -root } else { root };
    let r = ((gamma - p.slope) + theta) / (((gamma - p.slope) + gamma) + q.slope);
    (root, p.x + r * (q.x - p.x))
}

fn cubic(p: &Sample, q: &Sample) -> f64 {
    stationary(p, q).1
}

fn cubic_minimiser(p: &Sample, q: &Sample) -> Option<f64> {
    let (root, x) = stationary(p, q);
    (root != 0.0).then_some(x)
}

impl Strategy for MoreThuente {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn begin(&mut self, opening: &Opening) {
        let origin = opening.origin();
        let width = opening.max_step;
        *self = Self {
            origin,
            c1: opening.sufficient_decrease,
            max_step: opening.max_step,
            x: origin,
            y: origin,
            widths: [2.0 * width, width],
            limits: (0.0, (1.0 + EXTRAPOLATE.1) * opening.first),
            next: Some(opening.first),
            ..Self::default()
        };
    }
    fn propose(&mut self) -> Option<f64> {
        self.next
    }
    fn observe(&mut self, trial: &Sample, _verdict: Verdict) {
        if self.max_step <= trial.x && trial.slope < 0.0 {
            self.next = None;
            return;
        }
        let bound = self.origin.value + self.c1 * trial.x * self.origin.slope;
        if trial.value <= bound && trial.slope >= 0.0 {
            self.on_psi = false;
        }
        let tilt =
            if self.on_psi && trial.value <= self.x.value && trial.value > bound { self.c1 } else { 0.0 };
        let mut next = self.step(trial, tilt);
        if self.bracketed {
            let width = (self.y.x - self.x.x).abs();
            if width >= SHRINK * self.widths[0] {
                next = self.x.x + 0.5 * (self.y.x - self.x.x);
            }
            self.widths = [self.widths[1], width];
            self.limits = (self.x.x.min(self.y.x), self.x.x.max(self.y.x));
        } else {
            let increment = next - self.x.x;
            self.limits = (next + EXTRAPOLATE.0 * increment, next + EXTRAPOLATE.1 * increment);
        }
        next = next.clamp(0.0, self.max_step);
        let stuck = self.bracketed && !(self.limits.0 < next && next < self.limits.1);
        self.next = (next.is_finite() && !stuck && next > 0.0).then_some(next);
    }
    fn phase(&self) -> &'static str {
        if self.bracketed { "interpolate" } else { "extrapolate" }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
