//! Dense linear algebra on one matrix at a time; factorisations and products from faer.
//!
//! Inputs are [`MatrixView`]s (any strides, checked when made), outputs are C-contiguous:
//! written into a `&mut [T]` or returned as a `Vec<T>` in row-major order.  Everything runs on
//! the calling thread and adds in a fixed order, so a call with the same bits in the same layout
//! gives the same bits out.  Memory is asked for, never assumed: a refusal is
//! [`DenseError::OutOfMemory`].
//!
//! * products: [`matmul`], [`matmul_onto`], [`symmetric_matmul`], [`dot`];
//! * systems: [`Lu`], [`solve`], [`inverse`], [`determinant`], [`triangular_solve`], [`cholesky`];
//! * orthogonal factorisations: [`qr`], [`svd`], [`eigh`];
//! * derivatives and functions: [`cofactor`], [`Cofactors`], [`expm`], [`expm_frechet`];
//! * derivatives of spectra: [`over_gaps`];
//! * norms: [`norm2`], [`frobenius`].
//!
//! NaN or inf in a matrix that is factored gives NaN in every output, as NumPy's arithmetic
//! would; no iteration is begun on them.  Every call works on matrices without rows or columns.
//!
//! ```
//! use pyframe_tape::dense::{solve, MatrixView};
//!
//! let a = MatrixView::row_major(&[2.0, 1.0, 1.0, 3.0], 2, 2)?;
//! let b = MatrixView::row_major(&[3.0, 5.0], 2, 1)?;
//! let x = solve(a, b)?;
//! assert!((x[0] - 0.8_f64).abs() < 1e-15 && (x[1] - 1.4_f64).abs() < 1e-15);
//! # Ok::<(), pyframe_tape::dense::DenseError>(())
//! ```

mod cholesky;
mod cofactor;
mod dot;
mod eigh;
mod error;
mod expm;
mod gaps;
mod lu;
mod matmul;
mod matvec;
mod memory;
mod norm;
mod product;
mod qr;
mod real;
mod scaling;
mod skinny;
mod svd;
mod triangular;
mod view;

pub use cholesky::cholesky;
pub use cofactor::{Cofactors, cofactor};
pub use dot::dot;
pub use eigh::{Eigh, eigh, eigvalsh};
pub use error::DenseError;
pub use expm::{expm, expm_frechet};
pub use gaps::over_gaps;
pub use lu::{Lu, SignLogDet, determinant, inverse, slogdet, solve};
pub use matmul::{SYMMETRIC_FROM, matmul, matmul_onto, symmetric_matmul};
pub use norm::{frobenius, norm1, norm2};
pub use qr::{Qr, QrMode, qr};
pub use real::Real;
pub use svd::{Svd, SvdMode, singular_values, svd};
pub use triangular::{Triangle, triangular_solve};
pub use view::MatrixView;
