//! The second and third best points, which a parabola is laid through with the best one.

use super::Bracket;
use crate::Sample;
use crate::interpolate::parabola;

/// Brent's w and v: next lowest value, and the previous w.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunnersUp {
    second: Sample,
    third: Sample,
}

impl Default for RunnersUp {
    fn default() -> Self {
        let none = Sample::value(f64::NAN, f64::INFINITY);
        Self { second: none, third: none }
    }
}

impl RunnersUp {
    /// The ends of a bracket that were evaluated are the first runners-up.
    pub(super) fn from(bracket: &Bracket) -> Self {
        let mut known = Self::default();
        for end in [bracket.low, bracket.high] {
            known.observe(bracket, &end, false);
        }
        known
    }

    /// A new sample, before the bracket takes it in.
    pub(super) fn observe(&mut self, bracket: &Bracket, s: &Sample, improves: bool) {
        if improves {
            self.third = std::mem::replace(&mut self.second, bracket.best);
        } else if !s.value.is_finite() {
        } else if s.value <= self.second.value {
            self.third = std::mem::replace(&mut self.second, *s);
        } else if s.value <= self.third.value {
            self.third = *s;
        }
    }

    /// Vertex of the parabola through the three best points.
    pub(super) fn vertex(&self, bracket: &Bracket) -> Option<f64> {
        if self.third.value.is_finite() { parabola(&self.second, &bracket.best, &self.third) } else { None }
    }
}

/// Keep a proposal at least `gap` away from the best point and from the ends: a closer
/// one cannot be told from them, and a step of `gap` beyond the minimum pulls in the
/// other end.
pub(super) fn keep_apart(bracket: &Bracket, u: f64, gap: f64) -> f64 {
    let m = bracket.best.x;
    let inward = if bracket.far().x >= m { gap } else { -gap };
    if u - bracket.low.x < 2.0 * gap || bracket.high.x - u < 2.0 * gap {
        m + inward
    } else if (u - m).abs() < gap {
        m + gap.copysign(if u == m { inward } else { u - m })
    } else {
        u
    }
}
