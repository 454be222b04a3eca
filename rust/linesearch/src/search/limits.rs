//! What bounds a search.

use thiserror::Error;

/// A strategy that cannot lengthen a step was paired with a criterion that may want it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the strategy cannot lengthen a step, and the criterion may ask for a longer one")]
pub struct RefusedPair;

/// Bounds of one search, and what is known of the function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// No longer step is tried.
    pub max_step: f64,
    /// Trials at most.
    pub max_evaluations: usize,
    /// Relative rounding error of the values: the unit roundoff of their type.
    pub unit: f64,
    /// Whether slopes can be had.
    pub slopes: bool,
    /// The least step that changes x by a unit in its last place.
    pub resolution: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_step: f64::INFINITY,
            max_evaluations: 100,
            unit: f64::EPSILON,
            slopes: true,
            resolution: 0.0,
        }
    }
}
