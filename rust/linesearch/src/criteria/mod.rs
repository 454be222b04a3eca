//! Criteria: which steps of a line search are good enough.
//!
//! A criterion sees phi(0), phi'(0) and a trial, and answers with a
//! [`Verdict`](crate::Verdict).  The search decides what no criterion should have to: a
//! trial that is not finite is too long, and where the change of phi is below its rounding
//! the slopes decide ([`Criterion::judge_by_slope`]).

mod any;
mod approximate_wolfe;
mod armijo;
mod averaged;
mod compose;
mod curvature;
mod exact;
mod filter;
mod goldstein;
mod nonmonotone;
mod strong_wolfe;
mod wolfe;

pub use any::Any;
pub use approximate_wolfe::ApproximateWolfe;
pub use armijo::Armijo;
pub use averaged::Averaged;
pub use compose::{Both, Either};
pub use curvature::Curvature;
pub use exact::Exact;
pub use filter::Filter;
pub use goldstein::Goldstein;
pub use nonmonotone::Nonmonotone;
pub use strong_wolfe::StrongWolfe;
pub use wolfe::Wolfe;

use crate::{Fault, Needs, Sample, Verdict};

/// phi and its slope at step 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// phi(0).
    pub value: f64,
    /// phi'(0), negative along a direction of descent.
    pub slope: f64,
}

/// A test of a trial step.
pub trait Criterion: Send + Sync {
    /// What the test looks at in a trial.
    fn needs(&self) -> Needs;

    /// Whether the answer may be [`Verdict::TooShort`]; a strategy that cannot lengthen a
    /// step is then refused.
    fn can_lengthen(&self) -> bool;

    /// What the test must look at for its verdicts to lead a strategy that has nothing else.
    fn leading_needs(&self) -> Needs {
        self.needs()
    }

    /// Whether the test looks at phi'(0), whatever it needs of the trials.
    fn needs_first_slope(&self) -> bool {
        true
    }

    /// Forget earlier searches.
    fn reset(&mut self) {}

    /// A search starts.
    fn begin(&mut self, start: &Start) {
        let _ = start;
    }

    /// The verdict on a finite trial.
    fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict;

    /// The verdict where the change of phi is below its rounding: only the slopes can
    /// tell.  The default is the approximate Wolfe test of Hager and Zhang (2005, eq. 4.1),
    /// `(2 delta - 1) phi'(0) >= phi'(alpha) >= c2 phi'(0)` with delta = max(c1, 0.1); on a
    /// parabola it never accepts a step that ends farther from the minimum than it began.
    fn judge_by_slope(&mut self, start: &Start, trial: &Sample) -> Verdict {
        let delta = self.sufficient_decrease().clamp(0.1, 0.5);
        if trial.slope > (2.0 * delta - 1.0) * start.slope {
            Verdict::TooLong
        } else if self.can_lengthen() && trial.slope < self.curvature() * start.slope {
            Verdict::TooShort
        } else {
            Verdict::Accept
        }
    }

    /// The step was taken.
    fn accepted(&mut self, start: &Start, trial: &Sample) {
        let _ = (start, trial);
    }

    /// The verdict on the best trial when the strategy has converged by itself.
    fn judge_final(&mut self, start: &Start, best: &Sample) -> Verdict {
        self.judge(start, best)
    }

    /// The fraction c1 of the first-order decrease that is asked for.
    fn sufficient_decrease(&self) -> f64 {
        1e-4
    }

    /// The fraction c2 of the initial slope that may remain.
    fn curvature(&self) -> f64 {
        0.9
    }

    /// The error that made a foreign criterion answer [`Verdict::Stall`].
    fn fault(&mut self) -> Option<Fault> {
        None
    }

    /// Show the objects of another language that it holds, for their garbage collector.
    fn held(&self, see: &mut dyn FnMut(&dyn std::any::Any)) {
        let _ = see;
    }

    /// A copy with its history.
    fn boxed(&self) -> Box<dyn Criterion>;
}

/// A criterion chosen at run time.
pub type Boxed = Box<dyn Criterion>;

impl Clone for Boxed {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

/// Armijo's inequality relative to a reference value: phi(alpha) <= reference + c1 alpha phi'(0).
fn decreases(reference: f64, c1: f64, start: &Start, trial: &Sample) -> bool {
    trial.value <= reference + c1 * trial.x * start.slope
}
