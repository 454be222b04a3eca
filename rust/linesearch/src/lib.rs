//! One-dimensional minimisation and step-size search, scalars only.
//!
//! Everything here is an *ask/tell* state machine: it says where it wants the function
//! evaluated and is told the value.  Nothing calls back, so one implementation serves
//! Python callables, compiled objectives, batches of problems and a user who drives it
//! by hand.
//!
//! * [`scalar`]: minimisers of f on an interval (dichotomy, golden section, Brent, ...);
//! * [`criteria`]: tests of a trial step that answer with a [`Verdict`];
//! * [`strategies`]: rules that propose the next trial step;
//! * [`initial`]: rules for the first trial step;
//! * [`search`]: the step-size search that puts the last three together;
//! * [`batch`]: many scalar problems in lock step.
//!
//! ```
//! use pyframe_linesearch::scalar::{Golden, Interval, Minimization, Tolerance};
//! use pyframe_linesearch::Sample;
//!
//! let mut run = Minimization::new(Golden::default(), Interval::bounds(0.0, 6.0), Tolerance::default(), 500);
//! while let Some(x) = run.ask() {
//!     run.tell(Sample::value(x, (x - 2.0).powi(2)));
//! }
//! let report = run.report();
//! assert!(report.status.is_success() && (report.best.x - 2.0).abs() < 1e-6);
//! ```

pub mod batch;
pub mod criteria;
pub mod initial;
mod interpolate;
mod parameter;
mod rounding;
mod sample;
pub mod scalar;
pub mod search;
mod status;
pub mod strategies;
mod verdict;

pub use parameter::ParameterError;
pub use sample::{Fault, Needs, Sample};
pub use status::Status;
pub use verdict::Verdict;
