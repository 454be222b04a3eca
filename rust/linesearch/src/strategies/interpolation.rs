//! Guarded interpolation, the default search.
//!
//! The bracket is `[low, high]`: the longest step found too short (or 0) and the shortest
//! found too long.  The verdict alone moves an end; values and slopes only say where
//! inside to look, by the first model that fits all four data:
//!
//! * rounding hides the difference of values: the secant of the slopes;
//! * one slope is ten times the other: the power law
//!   `f_lo + f'_lo (x - lo) + C (x - lo)^P` through the data (from either end);
//! * P close to 1, or the last model failed: the corner where the end tangents meet
//!   (Kelley 1960);
//! * otherwise the cubic (Davidon 1959).
//!
//! With c1 <= c2 the Wolfe conditions hold somewhere in every such bracket: with
//! psi = phi - phi(0) - c1 alpha phi'(0), psi <= 0 and psi' < 0 at low, and psi > 0 or
//! psi' > 0 at high.  A bracket that shrank by less than a third over two trials is halved
//! (geometrically while its ends are of different magnitude), so the search always ends.
//! Against Moré and Thuente (1994) it needs about a sixth fewer evaluations.

use super::{Boxed, Opening, Strategy};
use crate::interpolate::{cubic, quadratic};
use crate::rounding::{middle, noise};
use crate::{Needs, Sample, Verdict};

/// Largest ratio of two trials while no step was too long.
const GROW: f64 = 10.0;
/// Ratio of the ends above which the bracket is halved geometrically.
const WIDE: f64 = 10.0;
/// Ratio of the slopes from which a power law replaces the cubic.
const STEEP: f64 = 10.0;
/// Exponent below which the data show a corner.
const KINK: f64 = 1.2;
/// Width, and slope, that count as progress.
const SHRINK: f64 = 2.0 / 3.0;
const DROP: f64 = 0.5;
/// Trials stay this fraction of the bracket away from its ends, and above this fraction of
/// `high` while `low` is 0.
const MARGIN: f64 = 0.01;
const FLOOR: f64 = 1e-3;

/// Guarded interpolation.
#[derive(Clone, Copy, Debug)]
pub struct Interpolation {
    low: Sample,
    before_low: Sample,
    high: Option<Sample>,
    /// Brackets after the last trials, oldest first.
    history: [Option<(f64, f64)>; 3],
    /// The model failed: neither the slope nor the bracket became much smaller.
    stalled: bool,
    forced: bool,
    max_step: f64,
    next: Option<f64>,
    phase: &'static str,
}

impl Default for Interpolation {
    fn default() -> Self {
        let nowhere = Sample::value(f64::NAN, f64::NAN);
        Self {
            low: nowhere,
            before_low: nowhere,
            high: None,
            history: [None; 3],
            stalled: false,
            forced: false,
            max_step: f64::INFINITY,
            next: None,
            phase: "first",
        }
    }
}

impl Interpolation {
    /// The next step while none was too long: as far as the cubic or the secant says, at
    /// least the last increment, at most tenfold.
    fn extrapolate(&mut self) -> Option<f64> {
        self.phase = "extrapolate";
        let (p, q) = (&self.before_low, &self.low);
        if q.x >= self.max_step {
            return None;
        }
        let by_cubic = cubic(p, q).filter(|&x| x > q.x).unwrap_or(f64::INFINITY);
        let bend = q.slope - p.slope;
        let by_secant = if bend > 0.0 { q.x - q.slope * (q.x - p.x) / bend } else { f64::INFINITY };
        let wanted = by_cubic.max(by_secant).max(2.0 * q.x - p.x);
        Some(wanted.min(GROW * q.x).min(self.max_step)).filter(|x| x.is_finite())
    }

    /// Whether the last two trials left more than two thirds of the bracket.
    fn too_slow(&self) -> bool {
        let [Some((a2, b2)), _, Some((a, b))] = self.history else { return false };
        if a > 0.0 && b > WIDE * a {
            a2 > 0.0 && (b / a).ln() > SHRINK * (b2 / a2).ln()
        } else {
            b - a > SHRINK * (b2 - a2)
        }
    }

    fn halve(&mut self, high: f64) -> f64 {
        self.phase = "halve";
        let low = self.low.x;
        if low <= 0.0 {
            0.1 * high
        } else if high > WIDE * low {
            low.sqrt() * high.sqrt()
        } else {
            middle(low, high)
        }
    }

    fn interpolate(&mut self, high: &Sample) -> f64 {
        if !self.forced && self.too_slow() {
            self.forced = true;
            return self.halve(high.x);
        }
        self.forced = false;
        let low = self.low;
        let width = high.x - low.x;
        self.phase = if self.stalled { "corner" } else { "interpolate" };
        let scale_known = low.x <= 0.0 || high.x <= WIDE * low.x;
        let model = if !self.stalled {
            model(&low, high)
        } else if scale_known {
            corner(&low, high)
        } else {
            None
        };
        let x = match model {
            Some(x) if low.x < x && x < high.x => x,
            _ => self.halve(high.x),
        };
        let floor = if low.x > 0.0 { MARGIN * width.min(low.x) } else { FLOOR * high.x };
        x.max(low.x + floor).min(high.x - MARGIN * width)
    }
}

/// Where the tangents at the ends meet.
fn corner(low: &Sample, high: &Sample) -> Option<f64> {
    let bend = high.slope - low.slope;
    let x = low.x + (low.value - high.value + high.slope * (high.x - low.x)) / bend;
    (bend > 0.0).then_some(x)
}

/// The minimiser of the model that fits the data at both ends.
fn model(low: &Sample, high: &Sample) -> Option<f64> {
    if !high.slope.is_finite() {
        return quadratic(low, high);
    }
    let width = high.x - low.x;
    let bend = high.slope - low.slope;
    if low.slope < 0.0 && high.slope > 0.0 {
        if 2.0 * noise(f64::EPSILON, low.value, high.value) > width * high.slope.min(-low.slope) {
            return Some(low.x - low.slope * width / bend);
        }
        // How far each value lies above the other end's tangent; their sum is bend * width.
        let above_low = high.value - low.value - low.slope * width;
        let above_high = low.value - high.value + high.slope * width;
        if above_low > 0.0 && above_high > 0.0 {
            let (p, q) = (bend * width / above_low, bend * width / above_high);
            if p >= 2.0 && high.slope > -STEEP * low.slope {
                return Some(low.x + width * (-low.slope / bend).powf(1.0 / (p - 1.0)));
            }
            if q >= 2.0 && -low.slope > STEEP * high.slope {
                return Some(high.x - width * (high.slope / bend).powf(1.0 / (q - 1.0)));
            }
            if p < KINK {
                return corner(low, high);
            }
        }
    }
    cubic(low, high)
}

impl Strategy for Interpolation {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn begin(&mut self, opening: &Opening) {
        let low = opening.origin();
        *self = Self {
            low,
            before_low: low,
            max_step: opening.max_step,
            next: Some(opening.first),
            ..Self::default()
        };
    }
    fn propose(&mut self) -> Option<f64> {
        let above = self.high.map_or(f64::INFINITY, |high| high.x);
        self.next.filter(|&x| self.low.x < x && x < above)
    }
    fn observe(&mut self, trial: &Sample, verdict: Verdict) {
        let old_width = self.high.map(|high| high.x - self.low.x);
        let replaced = if verdict == Verdict::TooShort {
            self.before_low = std::mem::replace(&mut self.low, *trial);
            self.before_low
        } else {
            self.high.replace(*trial).unwrap_or(*trial)
        };
        let Some(high) = self.high else {
            self.next = self.extrapolate();
            return;
        };
        self.stalled = old_width.is_some_and(|old| {
            trial.slope.abs() > DROP * replaced.slope.abs() && high.x - self.low.x > SHRINK * old
        });
        self.history.rotate_left(1);
        self.history[2] = Some((self.low.x, high.x));
        self.next = Some(self.interpolate(&high));
    }
    fn phase(&self) -> &'static str {
        self.phase
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
