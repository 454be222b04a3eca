//! The minimiser of the parabola with phi(0), phi'(0) and the last decrease (Nocedal and
//! Wright 2006, eq. 3.60): `alpha = 2 (f - f_last) / phi'(0)`, then `min(1, 1.01 alpha)`.

use super::{Boxed, InitialStep, Situation};

/// Quadratic interpolation of the last decrease.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quadratic;

impl InitialStep for Quadratic {
    fn first(&mut self, at: &Situation, _probe: Option<f64>) -> f64 {
        let alpha = at.last.map_or(f64::NAN, |last| 2.02 * (at.value - last.value) / at.slope);
        if alpha > 0.0 && alpha.is_finite() { alpha.min(1.0) } else { at.unit_length() }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
