//! What a search wants and how it ends.

use crate::{Needs, Sample, Status, Verdict};

/// What a search wants next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ask {
    /// Evaluate phi at this step, as far as the second part says.  The same step may be
    /// asked for again with greater needs.
    At(f64, Needs),
    /// The search is over.
    Done(Outcome),
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Why it ended; [`Status::Converged`] when the criterion accepted `step`.
    pub status: Status,
    /// The accepted trial, or the lowest point seen (step 0 included).
    pub trial: Sample,
    /// Trials evaluated.
    pub evaluations: usize,
}

/// One trial, for traces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// phi at the trial step.
    pub sample: Sample,
    /// What was said of it.
    pub verdict: Verdict,
    /// What it was tried for.
    pub phase: &'static str,
}
