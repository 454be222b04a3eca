//! BFGS with the inverse Hessian kept as a matrix (Nocedal and Wright 2006, eq. 6.17):
//! `H+ = (I - rho s y') H (I - rho y s') + rho s s'`, rho = 1 / s.y.
//!
//! The first H is the identity scaled by s.y / y.y after the first step (eq. 6.20).  A pair
//! with s.y too small to keep H positive definite is skipped.

use super::{Boxed, Direction};
use crate::vector::{axpy, dot};
use crate::{Counts, Fault, Objective, Work, memory};

/// BFGS; n^2 numbers of memory.
#[derive(Clone, Debug, Default)]
pub struct Bfgs {
    n: usize,
    h: Vec<f64>,
    hy: Vec<f64>,
    fresh: bool,
}

impl Bfgs {
    fn reset(&mut self, diagonal: f64) {
        self.h.fill(0.0);
        for i in 0..self.n {
            self.h[i * self.n + i] = diagonal;
        }
    }
}

/// Whether a pair of differences has enough curvature to learn from.
pub(super) fn curved(ss: f64, sy: f64, yy: f64) -> bool {
    sy > f64::EPSILON * (ss * yy).sqrt() && sy.is_normal()
}

impl Direction for Bfgs {
    fn begin(&mut self, n: usize) -> Result<(), Fault> {
        self.n = n;
        self.h = memory::square(n)?;
        self.hy = memory::zeros(n)?;
        self.restart();
        Ok(())
    }

    fn direction(
        &mut self,
        _x: &[f64],
        g: &[f64],
        objective: &mut dyn Objective,
        _counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault> {
        let mut work = Work::begin();
        for (d, row) in d.iter_mut().zip(self.h.chunks_exact(self.n)) {
            *d = -dot(row, g);
            work.add(self.n, objective)?;
        }
        Ok(())
    }

    fn update(
        &mut self,
        s: &[f64],
        y: &[f64],
        _g: &[f64],
        objective: &mut dyn Objective,
    ) -> Result<(), Fault> {
        let (ss, sy, yy) = (dot(s, s), dot(s, y), dot(y, y));
        if !curved(ss, sy, yy) {
            return Ok(());
        }
        if self.fresh {
            self.reset(sy / yy);
            self.fresh = false;
        }
        let rho = 1.0 / sy;
        let mut work = Work::begin();
        for (hy, row) in self.hy.iter_mut().zip(self.h.chunks_exact(self.n)) {
            *hy = dot(row, y);
            work.add(self.n, objective)?;
        }
        // H+ = H - rho (s (Hy)' + Hy s') + rho (1 + rho y.Hy) s s'
        let weight = rho * (1.0 + rho * dot(y, &self.hy));
        for ((row, &si), &hyi) in self.h.chunks_exact_mut(self.n).zip(s).zip(&self.hy) {
            axpy(weight * si - rho * hyi, s, row);
            axpy(-rho * si, &self.hy, row);
            work.add(2 * self.n, objective)?;
        }
        Ok(())
    }

    fn restart(&mut self) -> bool {
        let learnt = !self.fresh;
        self.reset(1.0);
        self.fresh = true;
        learnt
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
