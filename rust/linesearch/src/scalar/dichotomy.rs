//! Dichotomy (lecture, section 1): keep the middle c and its value.
//!
//! `y = (a+c)/2`: if f(y) <= f(c) the bracket becomes (a, y, c); otherwise `z = (c+b)/2`
//! and it becomes (y, c, z) or (c, z, b).  The bracket halves in each iteration and the
//! kept value makes that one or two evaluations: at most 2k + 1 in k iterations, with
//! `|x_k - x*| <= (b-a)/2^(k+1)`.

use super::{Bracket, Height, Minimizer};
use crate::rounding::middle;

/// Dichotomy with a kept middle point.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dichotomy {
    left_done: bool,
}

impl Minimizer for Dichotomy {
    type Point = Height;

    fn first(&mut self, a: f64, b: f64, _tolerance: f64) -> f64 {
        middle(a, b)
    }

    fn propose(&mut self, bracket: &Bracket<Height>, _tolerance: f64) -> Option<f64> {
        let end = if self.left_done { &bracket.high } else { &bracket.low };
        Some(middle(bracket.best.x, end.x))
    }

    fn observe(&mut self, _bracket: &Bracket<Height>, _sample: &Height, improves: bool) -> bool {
        self.left_done = !self.left_done && !improves;
        !self.left_done
    }

    fn keeps_left_on_ties(&self) -> bool {
        true
    }
}
