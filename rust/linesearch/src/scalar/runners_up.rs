//! The second and third best points, which a parabola is laid through with the best one.

use std::hint::select_unpredictable;

use super::{Bracket, Height};
use crate::interpolate::parabola;

/// Brent's w and v: next lowest value, and the previous w.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunnersUp {
    second: Height,
    third: Height,
}

impl Default for RunnersUp {
    fn default() -> Self {
        let none = Height::unknown(f64::NAN);
        Self { second: none, third: none }
    }
}

impl RunnersUp {
    /// The ends of a bracket that were evaluated are the first runners-up.
    pub(super) fn from(bracket: &Bracket<Height>) -> Self {
        let mut known = Self::default();
        for end in [bracket.low, bracket.high] {
            known.observe(bracket, &end, false);
        }
        known
    }

    /// A new sample, before the bracket takes it in.
    #[inline]
    pub(super) fn observe(&mut self, bracket: &Bracket<Height>, s: &Height, improves: bool) {
        // Of the new point and the best one so far the worse is the newcomer here.
        let new = select_unpredictable(improves, bracket.best, *s);
        let (beats_second, beats_third) = (new.value <= self.second.value, new.value <= self.third.value);
        self.third = select_unpredictable(
            beats_second,
            self.second,
            select_unpredictable(beats_third, new, self.third),
        );
        self.second = select_unpredictable(beats_second, new, self.second);
    }

    /// Vertex of the parabola through the three best points.
    #[inline]
    pub(super) fn vertex(&self, bracket: &Bracket<Height>) -> Option<f64> {
        if self.third.value.is_finite() { parabola(&self.second, &bracket.best, &self.third) } else { None }
    }
}

/// Keep a proposal at least `gap` away from the best point and from the ends: a closer
/// one cannot be told from them, and a step of `gap` beyond the minimum pulls in the
/// other end.
#[inline]
pub(super) fn keep_apart(bracket: &Bracket<Height>, u: f64, gap: f64) -> f64 {
    let m = bracket.best.x;
    let inward = || if bracket.far().x >= m { gap } else { -gap };
    if u - bracket.low.x < 2.0 * gap || bracket.high.x - u < 2.0 * gap {
        m + inward()
    } else if (u - m).abs() < gap {
        m + gap.copysign(if u == m { inward() } else { u - m })
    } else {
        u
    }
}
