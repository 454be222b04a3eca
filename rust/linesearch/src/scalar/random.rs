//! Random search, the lecture's baseline: two random interior points in each iteration.
//!
//! The points are uniform on the bracket and the bracket narrows around the best one.

use super::runners_up::keep_apart;
use super::{Bracket, Height, Minimizer};
use crate::rounding::between;

/// Two random points per iteration, reproducible by its seed.
#[derive(Clone, Copy, Debug)]
pub struct Random {
    state: u64,
    second: Option<f64>,
}

impl Random {
    /// The sequence of points that belongs to `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, second: None }
    }

    /// The next number, uniform on [0, 1): `SplitMix64` (Steele, Lea, Flood 2014).
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Minimizer for Random {
    type Point = Height;

    fn first(&mut self, a: f64, b: f64, _tolerance: f64) -> f64 {
        between(a, b, self.uniform())
    }

    fn propose(&mut self, bracket: &Bracket<Height>, tolerance: f64) -> Option<f64> {
        let gap = 0.5 * tolerance;
        if let Some(u) = self.second.take()
            && bracket.admits(u)
        {
            return Some(keep_apart(bracket, u, gap));
        }
        let (a, b) = (bracket.low.x, bracket.high.x);
        self.second = Some(between(a, b, self.uniform()));
        Some(keep_apart(bracket, between(a, b, self.uniform()), gap))
    }

    fn observe(&mut self, _bracket: &Bracket<Height>, _sample: &Height, _improves: bool) -> bool {
        self.second.is_none()
    }
}
