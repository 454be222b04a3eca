//! Minimisers of a function of one variable.
//!
//! The parts, each in its own file: where to search ([`Interval`]), how finely
//! ([`Tolerance`]), the three points that hold the minimum ([`Bracket`]), a rule for the
//! next point (a [`Minimizer`], one file per method), and the run that puts them together
//! ([`Minimization`]).  A method chosen at run time is a [`Method`].

mod bracket;
mod brent;
mod chandrupatla;
mod cubic;
mod dichotomy;
mod downhill;
mod entry;
mod fibonacci;
mod golden;
mod interval;
mod method;
mod minimization;
mod newton;
mod parabolic;
mod plateau;
mod point;
mod random;
mod runners_up;
mod secant;
mod slope_bisection;
mod tolerance;

pub use bracket::Bracket;
pub use brent::Brent;
pub use chandrupatla::Chandrupatla;
pub use cubic::Cubic;
pub use dichotomy::Dichotomy;
pub use fibonacci::Fibonacci;
pub use golden::Golden;
pub use interval::Interval;
pub use method::{Method, Prototype, Run, held};
pub use minimization::{Minimization, Report};
pub use newton::Newton;
pub use parabolic::Parabolic;
pub use point::{Height, Point};
pub use random::Random;
pub use secant::Secant;
pub use slope_bisection::SlopeBisection;
pub use tolerance::Tolerance;

use crate::{Fault, Needs};

/// A rule for the next point inside a bracket.
///
/// The run owns the bracket and narrows it; a method only says where to look.  A point
/// that is not strictly inside the bracket, or not new, is replaced by a section step, so
/// a rule may propose whatever its formula gives.
pub trait Minimizer: Send + Sync {
    /// What is kept of a sample: [`Height`] for methods that look at values alone.
    type Point: Point;

    /// What the rule looks at.
    fn needs(&self) -> Needs {
        Needs::Value
    }

    /// The first point on `(a, b)`, when none is known; `tolerance` is the accuracy wanted.
    fn first(&mut self, a: f64, b: f64, tolerance: f64) -> f64 {
        let _ = tolerance;
        golden::lower_section(a, b)
    }

    /// The bracket is known from here on.
    fn start(&mut self, bracket: &Bracket<Self::Point>) {
        let _ = bracket;
    }

    /// The next point, or `None` when the rule has no further one.
    fn propose(&mut self, bracket: &Bracket<Self::Point>, tolerance: f64) -> Option<f64>;

    /// Whether the left one of two equal points is kept, rather than the larger rest.
    fn keeps_left_on_ties(&self) -> bool {
        false
    }

    /// The sample at the point proposed (or at the section step that replaced it), before
    /// the bracket takes it in; `improves` says that it becomes the best.  Answers whether
    /// an iteration is complete.
    fn observe(&mut self, bracket: &Bracket<Self::Point>, sample: &Self::Point, improves: bool) -> bool {
        let _ = (bracket, sample, improves);
        true
    }

    /// The error that made a foreign rule end early.
    fn fault(&mut self) -> Option<Fault> {
        None
    }

    /// Show the objects of another language that it holds, for their garbage collector.
    fn held(&self, see: &mut dyn FnMut(&dyn std::any::Any)) {
        let _ = see;
    }
}
