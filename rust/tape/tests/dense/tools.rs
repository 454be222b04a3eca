//! A fixed generator of test matrices and the few plain operations that check the rest.

use pyframe_tape::dense::{MatrixView, Real};

/// Knuth's linear congruential generator; numbers in [-1, 1).
pub struct Lcg(pub u64);

impl Lcg {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    pub fn matrix<T: Real>(&mut self, rows: usize, cols: usize) -> Vec<T> {
        (0..rows * cols).map(|_| T::of(self.next())).collect()
    }

    /// M·Mᵀ + n·I.
    pub fn positive<T: Real>(&mut self, n: usize) -> Vec<T> {
        let m: Vec<T> = self.matrix(n, n);
        let mut a = product(&m, &transpose(&m, n, n), n, n, n);
        (0..n).for_each(|k| a[k * n + k] += T::of(n as f64));
        a
    }

    /// M + Mᵀ.
    pub fn symmetric<T: Real>(&mut self, n: usize) -> Vec<T> {
        let m: Vec<T> = self.matrix(n, n);
        let t = transpose(&m, n, n);
        m.iter().zip(&t).map(|(&a, &b)| a + b).collect()
    }
}

pub fn view<T: Real>(a: &[T], rows: usize, cols: usize) -> MatrixView<'_, T> {
    MatrixView::row_major(a, rows, cols).unwrap()
}

pub fn transpose<T: Real>(a: &[T], rows: usize, cols: usize) -> Vec<T> {
    (0..cols).flat_map(|j| (0..rows).map(move |i| a[i * cols + j])).collect()
}

/// The product by its definition, in f64.
pub fn product<T: Real>(a: &[T], b: &[T], m: usize, k: usize, n: usize) -> Vec<T> {
    let entry = |i: usize, j: usize| (0..k).map(|l| a[i * k + l].wide() * b[l * n + j].wide()).sum::<f64>();
    (0..m).flat_map(|i| (0..n).map(move |j| T::of(entry(i, j)))).collect()
}

pub fn identity<T: Real>(n: usize) -> Vec<T> {
    let mut a = vec![T::zero(); n * n];
    (0..n).for_each(|k| a[k * n + k] = T::one());
    a
}

#[track_caller]
pub fn close<T: Real>(got: &[T], want: &[T], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    let scale = want.iter().fold(1e-300, |m: f64, w| m.max(w.wide().abs()));
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let error = (g.wide() - w.wide()).abs();
        assert!(error <= tolerance * scale, "entry {i}: {g} for {w}, error {error:e} of {scale:e}");
    }
}

/// Aᵀ·A = I for the columns of A.
#[track_caller]
pub fn orthonormal<T: Real>(a: &[T], rows: usize, cols: usize, tolerance: f64) {
    let gram = product(&transpose(a, rows, cols), a, cols, rows, cols);
    close(&gram, &identity::<T>(cols), tolerance);
}
