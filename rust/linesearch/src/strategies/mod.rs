//! Strategies: which step to try next.
//!
//! A strategy proposes steps and is told each trial with the criterion's
//! [`Verdict`](crate::Verdict); it never decides that a step is good enough.  It is told
//! finite trials only (the search retreats from the edge of the domain by itself), and a
//! trial may stand at another step than the one it proposed.

mod backtracking;
mod bisection;
mod exact;
mod fixed;
mod hager_zhang;
mod interpolation;
mod more_thuente;
mod zoom;

pub use backtracking::{Backtracking, Shortening};
pub use bisection::Bisection;
pub use exact::ExactMinimizer;
pub use fixed::Static;
pub use hager_zhang::HagerZhang;
pub use interpolation::Interpolation;
pub use more_thuente::MoreThuente;
pub use zoom::Zoom;

use std::any::Any;

use crate::criteria::Start;
use crate::{Fault, Needs, Sample, Verdict};

/// What a strategy knows when a search begins.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    /// phi(0) and phi'(0).
    pub start: Start,
    /// The first step to try.
    pub first: f64,
    /// No longer step may be tried.
    pub max_step: f64,
    /// The criterion's c1.
    pub sufficient_decrease: f64,
    /// The relative rounding error of the values.
    pub unit: f64,
}

impl Opening {
    /// The start as a sample of phi.
    fn origin(&self) -> Sample {
        Sample::slope(0.0, self.start.value, self.start.slope)
    }
}

/// A rule that proposes steps.
pub trait Strategy: Send + Sync {
    /// What the rule looks at in a trial.
    fn needs(&self) -> Needs {
        Needs::Value
    }

    /// Whether the rule looks at nothing but verdicts.
    fn follows_verdicts(&self) -> bool {
        false
    }

    /// Whether it can propose a step longer than one found too short.
    fn can_grow(&self) -> bool {
        true
    }

    /// A search begins.
    fn begin(&mut self, opening: &Opening);

    /// The next step, or `None` when there is no further one.
    fn propose(&mut self) -> Option<f64>;

    /// A finite trial and the criterion's verdict, which is not
    /// [`Accept`](Verdict::Accept).
    fn observe(&mut self, trial: &Sample, verdict: Verdict);

    /// Whether `None` means that the strategy has located a minimiser.
    fn converged(&self) -> bool {
        false
    }

    /// What the last proposal was for, for traces.
    fn phase(&self) -> &'static str;

    /// The error that made a foreign strategy propose nothing.
    fn fault(&mut self) -> Option<Fault> {
        None
    }

    /// Show the objects of another language that it holds, for their garbage collector.
    fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
        let _ = see;
    }

    /// A copy.
    fn boxed(&self) -> Box<dyn Strategy>;
}

/// A strategy chosen at run time.
pub type Boxed = Box<dyn Strategy>;

impl Clone for Boxed {
    fn clone(&self) -> Self {
        self.boxed()
    }
}
