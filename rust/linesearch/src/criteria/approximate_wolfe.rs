//! Hager and Zhang's approximate Wolfe conditions (Hager and Zhang 2005, section 4).
//!
//! Either the Wolfe conditions, or `(2 delta - 1) phi'(0) >= phi'(alpha) >= sigma phi'(0)`
//! together with `phi(alpha) <= phi(0) + epsilon |phi(0)|`, with 0 < delta < 1/2 and
//! delta <= sigma < 1.  The second form needs no difference of values and so works to the
//! last digit of the gradient.

use super::{Boxed, Criterion, Start, decreases};
use crate::{Needs, ParameterError, Sample, Verdict};

/// The approximate Wolfe conditions.
#[derive(Clone, Copy, Debug)]
pub struct ApproximateWolfe {
    delta: f64,
    sigma: f64,
    epsilon: f64,
}

impl ApproximateWolfe {
    /// The conditions with 0 < delta < 1/2, delta <= sigma < 1 and epsilon >= 0.
    pub fn new(delta: f64, sigma: f64, epsilon: f64) -> Result<Self, ParameterError> {
        let ordered = 0.0 < delta && delta < 0.5 && delta <= sigma && sigma < 1.0;
        ParameterError::check(
            ordered,
            "(delta, sigma)",
            "0 < delta < 1/2, delta <= sigma < 1",
            (delta, sigma),
        )?;
        let finite = epsilon >= 0.0 && epsilon.is_finite();
        ParameterError::check(finite, "epsilon", "0 <= epsilon < inf", epsilon)?;
        Ok(Self { delta, sigma, epsilon })
    }
}

impl Criterion for ApproximateWolfe {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn can_lengthen(&self) -> bool {
        true
    }
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
        let not_above = trial.value <= start.value + self.epsilon * start.value.abs();
        let long_enough = trial.slope >= self.sigma * start.slope;
        let short_enough = decreases(start.value, self.delta, start, trial)
            || (not_above && trial.slope <= (2.0 * self.delta - 1.0) * start.slope);
        match (short_enough, long_enough) {
            (true, true) => Verdict::Accept,
            (true, false) => Verdict::TooShort,
            (false, _) => Verdict::TooLong,
        }
    }
    fn sufficient_decrease(&self) -> f64 {
        self.delta
    }
    fn curvature(&self) -> f64 {
        self.sigma
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
