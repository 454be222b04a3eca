//! The few vector operations that directions need, in a fixed order of summation.

/// Partial sums carried side by side: two for each of eight vector registers, so that an
/// addition need not wait for the one before.
const LANES: usize = 16;

/// `x . y`, summed in lanes.
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (x_blocks, y_blocks) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    let tail: f64 = x_blocks.remainder().iter().zip(y_blocks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in x_blocks.zip(y_blocks) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f64>() + tail
}

/// Euclidean norm without spurious overflow or underflow.
pub fn norm(x: &[f64]) -> f64 {
    let plain = dot(x, x);
    if plain.is_normal() && plain < f64::MAX {
        return plain.sqrt();
    }
    let scale = max_abs(x);
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    let scaled: f64 = x.iter().map(|x| (x / scale).powi(2)).sum();
    scale * scaled.sqrt()
}

/// Largest absolute entry; NaN when there is one.
pub(crate) fn max_abs(x: &[f64]) -> f64 {
    let mut lanes = [0.0_f64; LANES];
    let blocks = x.chunks_exact(LANES);
    for x in blocks.remainder() {
        lanes[0] = larger(lanes[0], x.abs());
    }
    for block in blocks {
        for (lane, x) in lanes.iter_mut().zip(block) {
            *lane = larger(*lane, x.abs());
        }
    }
    lanes.into_iter().fold(0.0, larger)
}

/// The larger of two, NaN if either is.
fn larger(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() { a } else { b }
}

/// Whether every entry is finite.
pub fn all_finite(x: &[f64]) -> bool {
    let mut lanes = [0.0_f64; LANES];
    let blocks = x.chunks_exact(LANES);
    let tail: f64 = blocks.remainder().iter().map(|x| 0.0 * x).sum();
    for block in blocks {
        for (lane, x) in lanes.iter_mut().zip(block) {
            *lane += 0.0 * x;
        }
    }
    // 0 x is 0 for finite x and NaN otherwise.
    lanes.iter().sum::<f64>() + tail == 0.0
}

/// `y += a x`
pub(crate) fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

/// `out = x + a d`, where a step of 0 leaves x as it is whatever d is.
pub(crate) fn point_on_line(x: &[f64], a: f64, d: &[f64], out: &mut [f64]) {
    if a == 0.0 {
        return out.copy_from_slice(x);
    }
    for (out, (x, d)) in out.iter_mut().zip(x.iter().zip(d)) {
        *out = x + a * d;
    }
}

/// `y = -x`
pub(crate) fn negate(x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = -x;
    }
}

/// `out = x - y`
pub(crate) fn subtract(x: &[f64], y: &[f64], out: &mut [f64]) {
    for (out, (x, y)) in out.iter_mut().zip(x.iter().zip(y)) {
        *out = x - y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norm_survives_the_ends_of_the_range() {
        for scale in [1e200, 1.0, 1e-200, 1e-310] {
            let relative = norm(&[3.0 * scale, 4.0 * scale]) / scale;
            assert!((relative - 5.0).abs() < 1e-13, "{scale}: {relative}");
        }
        assert_eq!(norm(&[0.0, 0.0]), 0.0);
        assert!(norm(&[1.0, f64::NAN]).is_nan());
    }

    #[test]
    fn one_bad_entry_is_seen_wherever_it_stands() {
        for n in 1..40 {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let mut x = vec![1.0; n];
                assert!(all_finite(&x));
                assert_eq!(max_abs(&x), 1.0);
                x[n / 2] = bad;
                assert!(!all_finite(&x));
                assert!(!max_abs(&x).is_finite());
            }
        }
    }

    #[test]
    fn dot_of_every_tail_length() {
        for n in 0..40 {
            let x: Vec<f64> = (0..n).map(f64::from).collect();
            assert_eq!(dot(&x, &x), x.iter().map(|x| x * x).sum::<f64>());
        }
    }
}
