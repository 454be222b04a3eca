//! Where to search: bounds, a bracketing triple, or two points to go downhill from.

use crate::ParameterError;

/// Where a scalar minimisation starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Interval {
    /// Stay inside `[a, b]`; the ends themselves are not evaluated.
    Bounds(f64, f64),
    /// Three points of which the middle one is lowest.
    Triple(f64, f64, f64),
    /// Two points: go downhill from them until a minimum is bracketed.
    Downhill(f64, f64),
}

impl Interval {
    /// The interval `[a, b]`, unchecked.
    pub const fn bounds(a: f64, b: f64) -> Self {
        Self::Bounds(a, b)
    }

    /// Downhill from one point: the other one is a tenth of its size to the right, at least 0.1.
    pub fn downhill_from(x: f64) -> Self {
        Self::Downhill(x, x + 0.1 * x.abs().max(1.0))
    }

    /// The interval, if its points are finite and in order.
    #[inline]
    pub fn checked(self) -> Result<Self, ParameterError> {
        match self {
            Self::Bounds(a, b) if a <= b && b - a < f64::INFINITY => Ok(self),
            _ => self.checked_in_full(),
        }
    }

    fn checked_in_full(self) -> Result<Self, ParameterError> {
        match self {
            Self::Bounds(a, b) => {
                ParameterError::check(a.is_finite() && b.is_finite(), "bounds", "finite a and b", (a, b))?;
                ParameterError::check(a <= b, "bounds", "a <= b", (a, b))?;
            }
            Self::Triple(a, m, b) => {
                let points = (a, m, b);
                let finite = a.is_finite() && m.is_finite() && b.is_finite();
                ParameterError::check(finite, "bracket", "finite x1, x2 and x3", points)?;
                let ordered = (a < m && m < b) || (b < m && m < a);
                ParameterError::check(ordered, "bracket", "x1 < x2 < x3", points)?;
            }
            Self::Downhill(a, b) => {
                ParameterError::check(a.is_finite() && b.is_finite(), "bracket", "finite x1 and x2", (a, b))?;
                ParameterError::check(a != b, "bracket", "x1 != x2", (a, b))?;
            }
        }
        Ok(self)
    }
}
