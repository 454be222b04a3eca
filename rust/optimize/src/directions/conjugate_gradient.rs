//! Nonlinear conjugate gradients: d = -g + beta d_last.
//!
//! | formula | beta, with y = g - g_last |
//! |---|---|
//! | Fletcher-Reeves 1964 | g.g / g_last.g_last |
//! | Polak-Ribière 1969, kept non-negative (PR+) | max(0, g.y / g_last.g_last) |
//! | Hestenes-Stiefel 1952 | g.y / d_last.y |
//! | Dai-Yuan 1999 | g.g / d_last.y |
//! | Hager-Zhang 2005 | max((y - 2 d_last y.y/d_last.y).g / d_last.y, eta_k) |
//!
//! with `eta_k = -1 / (|d_last| min(0.01, |g_last|))` for the last (Hager and Zhang 2005,
//! eqs. 1.3 and 1.5).  Restarts with -g when the direction does not descend, or when two
//! gradients are far from orthogonal (Powell 1977: |g.g_last| >= 0.2 |g|^2) under
//! Fletcher-Reeves, which otherwise can get stuck.

use super::{Boxed, Direction};
use crate::vector::{axpy, dot, negate, norm};
use crate::{Counts, Fault, Objective, memory};

/// The formula for beta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Fletcher and Reeves.
    FletcherReeves,
    /// Polak and Ribière, non-negative.
    PolakRibierePlus,
    /// Hestenes and Stiefel.
    HestenesStiefel,
    /// Dai and Yuan.
    DaiYuan,
    /// Hager and Zhang.
    HagerZhang,
}

/// Nonlinear conjugate gradients.
#[derive(Clone, Debug)]
pub struct ConjugateGradient {
    formula: Formula,
    last: Vec<f64>,
    /// `|g_last|^2`; taken from g and y it would be lost where the gradient grows a lot.
    last_gg: f64,
    beta: f64,
}

impl ConjugateGradient {
    /// The method with the given formula.
    pub const fn new(formula: Formula) -> Self {
        Self { formula, last: Vec::new(), last_gg: f64::NAN, beta: 0.0 }
    }

    fn beta(&self, y: &[f64], g: &[f64]) -> f64 {
        let d = &self.last;
        let (gg, gy, yy, dy) = (dot(g, g), dot(g, y), dot(y, y), dot(d, y));
        let last_gg = self.last_gg;
        let beta = match self.formula {
            Formula::FletcherReeves if (gg - gy).abs() >= 0.2 * gg => 0.0,
            Formula::FletcherReeves => gg / last_gg,
            Formula::PolakRibierePlus => (gy / last_gg).max(0.0),
            Formula::HestenesStiefel => gy / dy,
            Formula::DaiYuan => gg / dy,
            Formula::HagerZhang => {
                let eta = -1.0 / (norm(d) * last_gg.sqrt().min(0.01));
                ((gy - 2.0 * dot(d, g) * yy / dy) / dy).max(eta)
            }
        };
        if beta.is_finite() { beta } else { 0.0 }
    }
}

impl Direction for ConjugateGradient {
    fn begin(&mut self, n: usize) -> Result<(), Fault> {
        self.last = memory::zeros(n)?;
        self.beta = 0.0;
        Ok(())
    }

    fn direction(
        &mut self,
        _x: &[f64],
        g: &[f64],
        _objective: &mut dyn Objective,
        _counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault> {
        negate(g, d);
        axpy(self.beta, &self.last, d);
        let descends = dot(d, g) < -1e-10 * norm(d) * norm(g);
        if !descends {
            negate(g, d);
        }
        self.last.copy_from_slice(d);
        self.last_gg = dot(g, g);
        Ok(())
    }

    fn update(
        &mut self,
        _s: &[f64],
        y: &[f64],
        g: &[f64],
        _objective: &mut dyn Objective,
    ) -> Result<(), Fault> {
        self.beta = self.beta(y, g);
        Ok(())
    }

    fn restart(&mut self) -> bool {
        let conjugate = self.beta != 0.0;
        self.beta = 0.0;
        conjugate
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
