//! Fibonacci search (Kiefer 1953): the fewest evaluations that guarantee an accuracy.
//!
//! With N evaluations the minimiser is placed within `(b-a) / F(N+2)` of the best point
//! (F(1) = F(2) = 1): the first point stands at the fraction F(N)/F(N+2), every later one
//! at the mirror image of the point that stayed.  N is chosen from the absolute tolerance;
//! when that was not enough (a relative tolerance, a starting triple) golden sections
//! follow.

use super::{Bracket, Height, Minimizer, golden};
use crate::rounding::between;

/// Fibonacci search.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fibonacci {
    /// F(m+1) and F(m+2), where m evaluations are left to do.
    pair: (f64, f64),
}

impl Fibonacci {
    /// One evaluation fewer to go.
    fn step_down(&mut self) {
        let (small, large) = self.pair;
        self.pair = (large - small, small);
    }
}

impl Minimizer for Fibonacci {
    type Point = Height;

    fn first(&mut self, a: f64, b: f64, tolerance: f64) -> f64 {
        let units = (0.5 * b - 0.5 * a) / (0.5 * tolerance);
        self.pair = (1.0, 2.0);
        while self.pair.1 < units && self.pair.1.is_finite() {
            self.pair = (self.pair.1, self.pair.0 + self.pair.1);
        }
        let (small, large) = self.pair;
        self.step_down();
        between(a, b, (large - small) / large)
    }

    fn propose(&mut self, bracket: &Bracket<Height>, _tolerance: f64) -> Option<f64> {
        let (small, large) = self.pair;
        // The bracket is F(m+3) = small + large units wide when m points are to come.
        if small < 1.0 || large < 2.0 {
            return Some(golden::section(bracket));
        }
        self.step_down();
        let (a, m, b) = (bracket.low.x, bracket.best.x, bracket.high.x);
        let fraction = if b - m >= m - a { large } else { small } / (small + large);
        Some(between(a, b, fraction))
    }

    fn keeps_left_on_ties(&self) -> bool {
        true
    }
}
