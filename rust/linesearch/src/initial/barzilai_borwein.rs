//! Barzilai and Borwein's steps (Barzilai and Borwein 1988):
//! `s.s / s.y` (long) and `s.y / y.y` (short), for the direction -g.
//!
//! For another direction d they are scaled by |g|^2 / |g.d|, which is 1 for -g.

use super::{Boxed, InitialStep, Situation};

/// Which of the two formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// `s.s / s.y`
    Long,
    /// `s.y / y.y`
    Short,
}

/// A Barzilai-Borwein step.
#[derive(Clone, Copy, Debug)]
pub struct BarzilaiBorwein {
    formula: Formula,
}

impl BarzilaiBorwein {
    /// The step of the given formula.
    pub const fn new(formula: Formula) -> Self {
        Self { formula }
    }
}

impl InitialStep for BarzilaiBorwein {
    fn first(&mut self, at: &Situation, _probe: Option<f64>) -> f64 {
        let Some(last) = at.last else { return at.unit_length() };
        let spectral = match self.formula {
            Formula::Long => last.ss / last.sy,
            Formula::Short => last.sy / last.yy,
        };
        let alpha = spectral * at.gradient_norm.powi(2) / at.slope.abs();
        if last.sy > 0.0 && alpha > 0.0 && alpha.is_finite() { alpha } else { last.step }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
