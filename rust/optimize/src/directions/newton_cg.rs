//! Newton-CG (Nocedal and Wright 2006, algorithm 7.1): solve H d = -g by conjugate
//! gradients, to the accuracy min(1/2, sqrt |g|) |g|, and stop at negative curvature.
//!
//! Hessian products come from the objective, or from a difference of gradients.

use super::{Boxed, Direction};
use crate::vector::{axpy, dot, negate, norm};
use crate::{Counts, Fault, Objective, memory};

/// Newton's method with Hessian products only.
#[derive(Clone, Debug, Default)]
pub struct NewtonCg {
    r: Vec<f64>,
    p: Vec<f64>,
    hp: Vec<f64>,
    beside: Vec<f64>,
}

impl NewtonCg {
    /// H p at x, where the gradient is g.
    fn product(
        &mut self,
        x: &[f64],
        g: &[f64],
        objective: &mut dyn Objective,
        counts: &mut Counts,
    ) -> Result<(), Fault> {
        if objective.hessian_product(x, &self.p, &mut self.hp)? {
            counts.hessians += 1;
            return Ok(());
        }
        let size = norm(&self.p);
        let h = f64::EPSILON.sqrt() * (1.0 + norm(x)) / size;
        self.beside.copy_from_slice(x);
        axpy(h, &self.p, &mut self.beside);
        counts.gradients += 1;
        counts.values += usize::from(objective.fused());
        objective.gradient(&self.beside, &mut self.hp)?;
        for (hp, g) in self.hp.iter_mut().zip(g) {
            *hp = (*hp - g) / h;
        }
        Ok(())
    }
}

impl Direction for NewtonCg {
    fn begin(&mut self, n: usize) -> Result<(), Fault> {
        for v in [&mut self.r, &mut self.p, &mut self.hp, &mut self.beside] {
            *v = memory::zeros(n)?;
        }
        Ok(())
    }

    fn direction(
        &mut self,
        x: &[f64],
        g: &[f64],
        objective: &mut dyn Objective,
        counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault> {
        d.fill(0.0);
        self.r.copy_from_slice(g);
        negate(g, &mut self.p);
        let size = norm(g);
        let enough = size.sqrt().min(0.5) * size;
        let mut rr = dot(g, g);
        for iteration in 0..2 * g.len() + 10 {
            if rr.sqrt() <= enough {
                break;
            }
            self.product(x, g, objective, counts)?;
            let curvature = dot(&self.p, &self.hp);
            if !(curvature > f64::EPSILON * dot(&self.p, &self.p)) {
                if iteration == 0 {
                    negate(g, d);
                }
                break;
            }
            let alpha = rr / curvature;
            axpy(alpha, &self.p, d);
            axpy(alpha, &self.hp, &mut self.r);
            let next = dot(&self.r, &self.r);
            let beta = next / rr;
            for (p, r) in self.p.iter_mut().zip(&self.r) {
                *p = beta * *p - r;
            }
            rr = next;
        }
        Ok(())
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
