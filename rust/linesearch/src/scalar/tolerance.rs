//! How close to the minimiser is close enough.

/// Accuracy of x: the run ends when the minimiser is known to `absolute + relative |x|`.
///
/// Values near a minimum differ in second order only, so comparing values cannot place it
/// better than about `sqrt(eps) |x|`; the default asks for twice that.  An accuracy of
/// zero asks for the resolution of the floating-point numbers on the interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Absolute part, in the units of x.
    pub absolute: f64,
    /// Part relative to |x|.
    pub relative: f64,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self { absolute: 2e-11, relative: 2.0 * f64::EPSILON.sqrt() }
    }
}

impl Tolerance {
    /// The accuracy asked for at `x`.
    #[inline]
    pub fn asked(&self, x: f64) -> f64 {
        self.absolute + self.relative * x.abs()
    }

    /// The finest accuracy that points around `x` on an interval of the given size allow.
    #[inline]
    pub(crate) fn finest(&self, x: f64, width: f64) -> f64 {
        let local = 2.0 * f64::EPSILON * x.abs();
        if self.absolute > 0.0 { local } else { local.max(f64::EPSILON * width) }.max(f64::MIN_POSITIVE)
    }
}
