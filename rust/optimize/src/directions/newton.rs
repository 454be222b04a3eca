//! Newton's method: solve (H + E) d = -g with the modified Cholesky factorisation.

use super::modified_cholesky::solve;
use super::{Boxed, Direction};
use crate::vector::negate;
use crate::{Counts, Curvature, Fault, Objective};

/// Newton's method with a dense Hessian, or one that solves by itself.
#[derive(Clone, Debug, Default)]
pub struct Newton {
    h: Vec<f64>,
}

impl Direction for Newton {
    fn begin(&mut self, _n: usize) -> Result<(), Fault> {
        self.h = Vec::new();
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
        counts.hessians += 1;
        negate(g, d);
        match objective.curvature(x, g, &mut self.h, d)? {
            Curvature::Matrix if self.h.iter().all(|h| h.is_finite()) => solve(&mut self.h, d, objective)?,
            Curvature::Direction if !d.iter().all(|d| d.is_finite()) => negate(g, d),
            _ => (),
        }
        Ok(())
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Newton};
    use crate::{Counts, Curvature, Fault, Objective};

    /// An objective whose Hessian divides by this number.
    struct Solving(f64);

    impl Objective for Solving {
        fn value(&mut self, _x: &[f64]) -> Result<f64, Fault> {
            Ok(f64::NAN)
        }
        fn gradient(&mut self, _x: &[f64], _g: &mut [f64]) -> Result<(), Fault> {
            Ok(())
        }
        fn curvature(
            &mut self,
            _x: &[f64],
            g: &[f64],
            _h: &mut Vec<f64>,
            d: &mut [f64],
        ) -> Result<Curvature, Fault> {
            d.iter_mut().zip(g).for_each(|(d, g)| *d = -g / self.0);
            Ok(Curvature::Direction)
        }
    }

    #[test]
    fn a_hessian_that_solves_by_itself_is_not_made() {
        for (divisor, wanted) in [(2.0, [-1.0, 3.0]), (f64::NAN, [-2.0, 6.0])] {
            let (mut newton, mut counts, mut d) = (Newton::default(), Counts::default(), [0.0; 2]);
            newton.begin(2).unwrap();
            newton.direction(&[0.0; 2], &[2.0, -6.0], &mut Solving(divisor), &mut counts, &mut d).unwrap();
            assert_eq!(d, wanted);
            assert_eq!(counts.hessians, 1);
            assert!(newton.h.is_empty());
        }
    }
}
