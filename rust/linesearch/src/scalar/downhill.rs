//! Going downhill from two points until three of them bracket a minimum.
//!
//! Golden-ratio steps, lengthened up to 110 times by the parabola through the last three
//! points (Press et al., *Numerical Recipes*, section 10.1).  Deviations: a value that is
//! not finite counts as plus infinity, so the edge of a domain ends the walk; ties are
//! walked past; after a dozen steps the stride grows, and the walk is bounded and says
//! that the function falls without end.

use super::golden::UPPER;
use crate::Sample;
use crate::interpolate::parabola;

const GROW: f64 = 1.0 + UPPER;
const GROW_LATE: f64 = 10.0;
const FARTHEST: f64 = 110.0;
const PATIENCE: usize = 12;
const LONGEST_WALK: usize = 55;
const LONGEST_TIE: usize = 10;

/// What the walk wants or has found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Walk {
    Evaluate(f64),
    /// Three points in order, the middle one lowest.
    Found([Sample; 3]),
    /// Every value along the last steps was the same.
    Flat,
    /// No bracket within the bounds of the walk.
    Falls,
    /// Not finite at either of the two starting points.
    Undefined,
}

/// Why a point was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reason {
    /// One stride beyond the last point.
    Stride,
    /// The parabola's minimum, beyond the last point.
    Beyond,
    /// The parabola's minimum, between the last two points.
    Between,
}

/// The walk: three points, each lower than the one before until the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Downhill {
    a: Sample,
    b: Sample,
    c: Sample,
    trial: f64,
    reason: Reason,
    told: usize,
    ties: usize,
    found: bool,
}

impl Downhill {
    pub(super) fn new(x1: f64, x2: f64) -> Self {
        let unknown = |x| Sample::value(x, f64::INFINITY);
        Self {
            a: unknown(x1),
            b: unknown(x2),
            c: unknown(f64::NAN),
            trial: x1,
            reason: Reason::Stride,
            told: 0,
            ties: 0,
            found: false,
        }
    }

    pub(super) fn ask(&self) -> Walk {
        if self.told >= 2 && !self.a.value.is_finite() && !self.b.value.is_finite() {
            Walk::Undefined
        } else if self.found {
            let [a, b, c] = [self.a, self.b, self.c];
            Walk::Found(if a.x < c.x { [a, b, c] } else { [c, b, a] })
        } else if self.ties >= LONGEST_TIE {
            Walk::Flat
        } else if self.told >= LONGEST_WALK || !self.trial.is_finite() {
            Walk::Falls
        } else {
            Walk::Evaluate(self.trial)
        }
    }

    pub(super) fn tell(&mut self, s: Sample) {
        self.told += 1;
        match self.told {
            1 => {
                self.a = s;
                self.trial = self.b.x;
                return;
            }
            2 => {
                self.b = s;
                if self.a.height() < self.b.height() {
                    std::mem::swap(&mut self.a, &mut self.b);
                }
                self.trial = self.b.x + GROW * (self.b.x - self.a.x);
                return;
            }
            3 => self.c = s,
            _ if self.reason == Reason::Between => {
                // A point that is not lower than the last is passed over, hump or not.
                if s.height() < self.c.height() {
                    (self.a, self.b, self.found) = (self.b, s, true);
                }
            }
            _ => (self.a, self.b, self.c) = (self.b, self.c, s),
        }
        self.look_at_the_three();
        if !self.found {
            self.choose_next();
        }
    }

    fn look_at_the_three(&mut self) {
        let (a, b, c) = (self.a.height(), self.b.height(), self.c.height());
        self.found |= c > b || (c == b && b < a);
        self.ties = if a == b && b == c { self.ties + 1 } else { 0 };
    }

    fn choose_next(&mut self) {
        let ahead = self.c.x - self.b.x;
        let stride = if self.told < PATIENCE { GROW } else { GROW_LATE };
        let straight = parabola(&self.a, &self.b, &self.c).map(|u| (u - self.c.x) / ahead);
        let after_parabola = self.reason != Reason::Stride;
        let (reason, reach) = match straight {
            Some(r) if !after_parabola && r > -1.0 && r < 0.0 => (Reason::Between, r),
            Some(r) if !after_parabola && r > 0.0 => {
                if r < FARTHEST {
                    (Reason::Beyond, r)
                } else {
                    (Reason::Stride, FARTHEST)
                }
            }
            _ => (Reason::Stride, stride),
        };
        self.reason = reason;
        self.trial = self.c.x + reach * ahead;
    }
}
