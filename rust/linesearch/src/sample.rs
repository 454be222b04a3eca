//! What is known of the function at one point.

/// How much of the function a method looks at; each level includes the ones before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// The value alone.
    #[default]
    Value,
    /// Value and first derivative.
    Slope,
    /// Value, first and second derivative.
    Curvature,
}

/// The function at `x`; what was not asked for is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The point (for a step-size search, the step alpha).
    pub x: f64,
    /// f(x).
    pub value: f64,
    /// f'(x), NaN when unknown.
    pub slope: f64,
    /// f''(x), NaN when unknown.
    pub curvature: f64,
}

impl Sample {
    /// A sample of which only the value is known.
    pub const fn value(x: f64, value: f64) -> Self {
        Self { x, value, slope: f64::NAN, curvature: f64::NAN }
    }

    /// A sample with its first derivative.
    pub const fn slope(x: f64, value: f64, slope: f64) -> Self {
        Self { x, value, slope, curvature: f64::NAN }
    }

    /// Whether the function is defined here, as far as `needs` looks.
    #[inline]
    pub fn is_finite(&self, needs: Needs) -> bool {
        self.value.is_finite() && (needs < Needs::Slope || self.slope.is_finite())
    }

    /// The value with NaN read as plus infinity: outside the domain is "too high".
    pub fn height(&self) -> f64 {
        if self.value.is_nan() { f64::INFINITY } else { self.value }
    }
}

/// An error raised by a part that was written outside this crate (a plugin).
///
/// State machines never fail by themselves; a part that can (one that calls Python)
/// keeps its error, ends the run, and hands the error over when asked.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;
