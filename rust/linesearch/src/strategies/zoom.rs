//! Zoom (Nocedal and Wright 2006, algorithms 3.5 and 3.6; Fletcher 1987).
//!
//! Lengthen until an interval is known to hold good steps, then interpolate by cubics
//! inside it.  `lo` is the best step so far that decreases enough, `hi` the other end (on
//! either side), and the slope at `lo` points towards `hi`.  Deviation: a cubic that comes
//! within a tenth of the interval to an end is moved inward, and an interval that did not
//! halve in two steps is bisected.

use super::{Boxed, Opening, Strategy};
use crate::interpolate::cubic;
use crate::rounding::middle;
use crate::{Needs, ParameterError, Sample, Verdict};

/// Nocedal and Wright's zoom.
#[derive(Clone, Copy, Debug)]
pub struct Zoom {
    grow: f64,
    origin: Sample,
    c1: f64,
    max_step: f64,
    low: Sample,
    high: Option<Sample>,
    widths: [f64; 2],
    next: f64,
}

impl Zoom {
    /// Zoom that lengthens by a factor `grow > 1`.
    pub fn new(grow: f64) -> Result<Self, ParameterError> {
        let grow = ParameterError::check(grow > 1.0 && grow.is_finite(), "grow", "1 < grow < inf", grow)?;
        let nowhere = Sample::value(f64::NAN, f64::NAN);
        Ok(Self {
            grow,
            origin: nowhere,
            c1: f64::NAN,
            max_step: f64::INFINITY,
            low: nowhere,
            high: None,
            widths: [f64::INFINITY; 2],
            next: f64::NAN,
        })
    }

    fn interpolate(&mut self, high: Sample) -> f64 {
        let (a, b) = (self.low.x, high.x);
        let width = (b - a).abs();
        let slow = width > 0.5 * self.widths[0];
        self.widths = [self.widths[1], width];
        match cubic(&self.low, &high) {
            Some(x) if !slow => x.clamp(a.min(b) + 0.1 * width, a.max(b) - 0.1 * width),
            _ => middle(a, b),
        }
    }
}

impl Strategy for Zoom {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn begin(&mut self, opening: &Opening) {
        self.origin = opening.origin();
        self.c1 = opening.sufficient_decrease;
        self.max_step = opening.max_step;
        self.low = self.origin;
        self.high = None;
        self.widths = [f64::INFINITY; 2];
        self.next = opening.first;
    }
    fn propose(&mut self) -> Option<f64> {
        let (a, b) = (self.low.x, self.high.map_or(f64::INFINITY, |high| high.x));
        (a.min(b) < self.next && self.next < a.max(b)).then_some(self.next)
    }
    fn observe(&mut self, trial: &Sample, verdict: Verdict) {
        let bound = self.origin.value + self.c1 * trial.x * self.origin.slope;
        let worse = trial.value > bound || trial.value >= self.low.value;
        if worse || (verdict == Verdict::TooLong && trial.slope < 0.0) {
            self.high = Some(*trial);
        } else {
            let towards = self.high.map_or(f64::INFINITY, |high| high.x) - self.low.x;
            if trial.slope * towards >= 0.0 {
                self.high = Some(self.low);
            }
            self.low = *trial;
        }
        self.next = match self.high {
            Some(high) => self.interpolate(high),
            None => (self.grow * trial.x).min(self.max_step),
        };
    }
    fn phase(&self) -> &'static str {
        if self.high.is_none() { "grow" } else { "zoom" }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
