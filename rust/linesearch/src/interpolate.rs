//! Minimisers of interpolating polynomials.
//!
//! Every function answers `None` where the polynomial has no minimum or the arithmetic
//! gave nothing finite; the caller then falls back to a section step.

use crate::Sample;
use crate::scalar::Point;

#[inline]
fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// Vertex of the parabola through three points of known value (lecture, section 1):
/// `u = x2 - ((x2-x1)^2 (f2-f3) - (x2-x3)^2 (f2-f1)) / (2 ((x2-x1)(f2-f3) - (x2-x3)(f2-f1)))`.
#[inline]
pub(crate) fn parabola<P: Point>(p1: &P, p2: &P, p3: &P) -> Option<f64> {
    let (d1, d3) = (p2.x() - p1.x(), p2.x() - p3.x());
    let (r, q) = (d1 * (p2.value() - p3.value()), d3 * (p2.value() - p1.value()));
    // q - r has the sign of the second divided difference times (x3-x1)(x3-x2)(x2-x1).
    let bend = q - r;
    let flipped = (p3.x() < p1.x()) ^ (d3 > 0.0) ^ (d1 < 0.0);
    let upward = if flipped { bend < 0.0 } else { bend > 0.0 };
    if upward { finite(p2.x() + 0.5 * (d1 * r - d3 * q) / bend) } else { None }
}

/// Minimiser of the parabola with value and slope at `p` and the value at `q`.
pub(crate) fn quadratic(p: &Sample, q: &Sample) -> Option<f64> {
    let h = q.x - p.x;
    let rise = (p.value - q.value) / h + p.slope;
    let step = 0.5 * p.slope * h / rise;
    // The curvature is -2 rise / h.
    if rise * h < 0.0 { finite(p.x + step) } else { None }
}

/// Root of the secant through the slopes at `p` and `q`, where it crosses upward.
pub(crate) fn secant(p: &Sample, q: &Sample) -> Option<f64> {
    let bend = (q.slope - p.slope) / (q.x - p.x);
    if bend > 0.0 { finite(p.x - p.slope / bend) } else { None }
}

/// Minimiser of the cubic with values and slopes at `p` and `q` (Davidon 1959; Nocedal and
/// Wright 2006, eq. 3.59), in the form that neither cancels nor overflows.
///
/// With t = (x - a)/(b - a) and theta = f'(a) + f'(b) - 3 (f(b) - f(a))/(b - a), the slope
/// is f'(a) - 2 (theta + f'(a)) t + (f'(a) + f'(b) + 2 theta) t^2; of its two roots the
/// one where it rises is the minimiser.
pub(crate) fn cubic(p: &Sample, q: &Sample) -> Option<f64> {
    let (a, b) = if p.x < q.x { (p, q) } else { (q, p) };
    let width = b.x - a.x;
    let theta = a.slope + b.slope - 3.0 * ((b.value - a.value) / width);
    let scale = theta.abs().max(a.slope.abs()).max(b.slope.abs());
    if !(scale > 0.0 && scale.is_finite()) {
        return None;
    }
    let under = (theta / scale).powi(2) - (a.slope / scale) * (b.slope / scale);
    if under < 0.0 {
        return None;
    }
    let (root, m) = (scale * under.sqrt(), theta + a.slope);
    let t = if m < 0.0 { -a.slope / (root - m) } else { (root + m) / (a.slope + b.slope + 2.0 * theta) };
    finite(a.x + t * width)
}

/// Minimiser of the cubic with value and slope at `p` and values at `q` and `r`
/// (Nocedal and Wright 2006, eq. 3.58).
pub(crate) fn cubic_by_values(p: &Sample, q: &Sample, r: &Sample) -> Option<f64> {
    let (hq, hr) = (q.x - p.x, r.x - p.x);
    let (eq, er) = (q.value - p.value - p.slope * hq, r.value - p.value - p.slope * hr);
    let scale = hq * hq * hr * hr * (hr - hq);
    let a = (hq * hq * er - hr * hr * eq) / scale;
    let b = (hr * hr * hr * eq - hq * hq * hq * er) / scale;
    if a == 0.0 {
        return if b > 0.0 { finite(p.x - p.slope / (2.0 * b)) } else { None };
    }
    let under = b * b - 3.0 * a * p.slope;
    if under >= 0.0 { finite(p.x + (under.sqrt() - b) / (3.0 * a)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(x: f64) -> Sample {
        Sample::slope(x, 3.0 * (x - 2.0).powi(2) + 1.0, 6.0 * (x - 2.0))
    }

    #[test]
    fn every_interpolant_is_exact_on_a_parabola() {
        let (p, q, r) = (f(0.5), f(3.5), f(1.0));
        for u in [
            parabola(&p, &q, &r),
            quadratic(&p, &q),
            secant(&p, &q),
            cubic(&p, &q),
            cubic_by_values(&p, &q, &r),
        ] {
            assert!((u.unwrap() - 2.0).abs() < 1e-12, "{u:?}");
        }
    }

    #[test]
    fn no_minimum_no_answer() {
        let down = |x: f64| Sample::slope(x, -x * x, -2.0 * x);
        let line = |x: f64| Sample::slope(x, -x, -1.0);
        for g in [down, line] {
            let (p, q, r) = (g(0.5), g(3.5), g(1.0));
            assert_eq!(parabola(&p, &q, &r), None);
            assert_eq!(secant(&p, &q), None);
            assert_eq!(quadratic(&p, &q), None);
        }
        let same = Sample::value(1.0, 1.0);
        assert_eq!(parabola(&same, &same, &same), None);
    }
}
