//! A sample as far as a method looks at it.
//!
//! Methods that compare values need no slopes; a bracket that carries none is half as large,
//! which saves a batch about a quarter of its time.

use std::fmt::Debug;

use crate::Sample;

/// What a [`Bracket`](super::Bracket) keeps of a sample.
pub trait Point: Copy + Debug + PartialEq + Send + Sync + From<Sample> + Into<Sample> {
    /// The point.
    fn x(&self) -> f64;
    /// The value there; plus infinity outside the domain or where it is not known.
    fn value(&self) -> f64;
    /// The slope there, NaN when it is not kept.
    fn slope(&self) -> f64;
}

impl Point for Sample {
    #[inline]
    fn x(&self) -> f64 {
        self.x
    }
    #[inline]
    fn value(&self) -> f64 {
        self.value
    }
    #[inline]
    fn slope(&self) -> f64 {
        self.slope
    }
}

/// A point and the value there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Height {
    /// The point.
    pub x: f64,
    /// The value there.
    pub value: f64,
}

impl Height {
    /// A point that was not evaluated.
    pub(super) const fn unknown(x: f64) -> Self {
        Self { x, value: f64::INFINITY }
    }
}

impl Point for Height {
    #[inline]
    fn x(&self) -> f64 {
        self.x
    }
    #[inline]
    fn value(&self) -> f64 {
        self.value
    }
    #[inline]
    fn slope(&self) -> f64 {
        f64::NAN
    }
}

impl From<Sample> for Height {
    #[inline]
    fn from(sample: Sample) -> Self {
        Self { x: sample.x, value: sample.value }
    }
}

impl From<Height> for Sample {
    #[inline]
    fn from(height: Height) -> Self {
        Self::value(height.x, height.value)
    }
}
