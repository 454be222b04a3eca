//! Whether the slope that was given is to blame for a search that fails.
//!
//! Two values near 0 are compared with the line phi(0) + alpha phi'(0): a gradient with the
//! wrong sign or scale does not go with them.

use crate::criteria::Start;
use crate::rounding::noise;

/// A step so near to 0 that only slope and curvature matter, there and at its double, and
/// just far enough that rounding does not; `None` when there is no such place below the
/// `longest` finite step.
pub(super) fn place(start: &Start, unit: f64, resolution: f64, longest: f64) -> Option<f64> {
    let visible = 100.0 * noise(unit, start.value, 0.0) / -start.slope;
    let step = visible.max(1e3 * resolution);
    (step > 0.0 && 4.0 * step < longest).then_some(step)
}

/// Whether the values at a step and its double lie on a line of another slope than was
/// given.  Off a line (a kink, curvature) they prove nothing.
pub(super) fn contradicts(start: &Start, step: f64, near: f64, far: f64) -> bool {
    let (near, far) = ((near - start.value) / step, (far - start.value) / (2.0 * step));
    let size = near.abs().max(far.abs());
    (near - far).abs() <= 0.1 * size && (near - start.slope).abs() > 0.5 * size.max(start.slope.abs())
}
