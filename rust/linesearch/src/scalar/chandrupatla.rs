//! Chandrupatla's quadratic-fit sectioning (Chandrupatla 1998).
//!
//! x2 is the best point, x3 the end farther from it, x1 the nearer one.  The parabola
//! through all three is trusted when its vertex moved less than half the nearer part since
//! the last one; otherwise the farther part is cut by golden section.

use super::{Bracket, Height, Minimizer, golden};
use crate::interpolate::parabola;

/// Chandrupatla's method.
#[derive(Clone, Copy, Debug)]
pub struct Chandrupatla {
    /// The vertex of the previous parabola.
    vertex: f64,
}

impl Default for Chandrupatla {
    fn default() -> Self {
        Self { vertex: f64::NAN }
    }
}

impl Minimizer for Chandrupatla {
    type Point = Height;

    fn start(&mut self, bracket: &Bracket<Height>) {
        self.vertex = bracket.far().x;
    }

    fn propose(&mut self, bracket: &Bracket<Height>, tolerance: f64) -> Option<f64> {
        let (x2, x3) = (bracket.best.x, bracket.far().x);
        let near = (bracket.width() - (x3 - x2).abs()).abs();
        let previous = self.vertex;
        let known = bracket.low.value.is_finite() && bracket.high.value.is_finite();
        self.vertex =
            known.then(|| parabola(&bracket.low, &bracket.best, &bracket.high)).flatten().unwrap_or(f64::NAN);
        if (self.vertex - previous).abs() < 0.5 * near {
            let gap = 0.5 * tolerance;
            let close = (self.vertex - x2).abs() <= gap;
            return Some(if close { x2 + gap.copysign(x3 - x2) } else { self.vertex });
        }
        if self.vertex.is_nan() {
            self.vertex = x3;
        }
        Some(golden::section(bracket))
    }
}
