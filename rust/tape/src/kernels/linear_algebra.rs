//! Linear algebra on stacks of matrices: each matrix by `dense`.

use std::sync::Arc;

use pyframe_graph::{Array, DType, Element, Factor, Gap, Part};

use super::memory::{contiguous, room};
use super::number::Float;
use crate::dense::{self, DenseError, MatrixView, QrMode, SvdMode, Triangle};
use crate::error::TapeError;
use crate::singular::{look, settled};
use crate::value::{Factored, Stack};

type Made = Result<Array, TapeError>;

fn numbers<T: Element>(x: &Array) -> Result<&[T], TapeError> {
    x.as_slice::<T>().ok_or(TapeError::Internal("dtype or layout"))
}

/// The matrices of a stack, one after another.
fn matrices<T: Float>(x: &Array) -> Result<Vec<MatrixView<'_, T>>, TapeError> {
    let [.., rows, columns] = *x.shape() else { return Err(TapeError::Internal("a matrix of one axis")) };
    let (data, block) = (numbers::<T>(x)?, rows * columns);
    let count: usize = x.shape()[..x.shape().len() - 2].iter().product();
    let at = |k: usize| Ok(MatrixView::row_major(&data[k * block..(k + 1) * block], rows, columns)?);
    (0..count).map(at).collect()
}

/// Results of all matrices put one after another.
fn collect<T: Float>(shape: &[usize], parts: impl Iterator<Item = Result<Vec<T>, DenseError>>) -> Made {
    let mut out = room::<T>(shape)?;
    for part in parts {
        out.extend(part?);
    }
    Ok(Array::new(out, shape)?)
}

/// Run a generic expression with the floating-point type of an array.
macro_rules! float {
    ($x:expr, $T:ident => $body:expr) => {
        match $x.dtype() {
            DType::Float32 => {
                type $T = f32;
                $body
            }
            _ => {
                type $T = f64;
                $body
            }
        }
    };
}

/// A function of each matrix.
pub fn each(
    x: &Array,
    shape: &[usize],
    double: fn(MatrixView<'_, f64>) -> Result<Vec<f64>, DenseError>,
    single: fn(MatrixView<'_, f32>) -> Result<Vec<f32>, DenseError>,
) -> Made {
    if x.dtype() == DType::Float32 {
        let x = contiguous::<f32>(x)?;
        collect(shape, matrices::<f32>(&x)?.into_iter().map(single))
    } else {
        let x = contiguous::<f64>(x)?;
        collect(shape, matrices::<f64>(&x)?.into_iter().map(double))
    }
}

/// A factorisation of each matrix.
pub fn factor(f: Factor, x: &Array) -> Result<Arc<Factored>, TapeError> {
    fn with<T: Float>(f: Factor, x: &Array) -> Result<Stack<T>, TapeError> {
        let x = contiguous::<T>(x)?;
        let each = matrices::<T>(&x)?.into_iter();
        let qr = |mode| move |a| dense::qr(a, mode);
        let svd = |mode| move |a| dense::svd(a, mode);
        Ok(match f {
            Factor::Lu => Stack::Lu(each.map(dense::Lu::factor).collect::<Result<_, _>>()?),
            Factor::Qr => Stack::Qr(each.map(qr(QrMode::Reduced)).collect::<Result<_, _>>()?),
            Factor::QrComplete => Stack::Qr(each.map(qr(QrMode::Complete)).collect::<Result<_, _>>()?),
            Factor::Eigh => Stack::Eigh(each.map(dense::eigh).collect::<Result<_, _>>()?),
            Factor::Svd => Stack::Svd(each.map(svd(SvdMode::Thin)).collect::<Result<_, _>>()?),
            Factor::SvdFull => Stack::Svd(each.map(svd(SvdMode::Full)).collect::<Result<_, _>>()?),
        })
    }
    Ok(Arc::new(match x.dtype() {
        DType::Float32 => Factored::Single(with(f, x)?),
        _ => Factored::Double(with(f, x)?),
    }))
}

/// Something read of a factorisation.
pub fn part(part: Part, factored: &Factored, rest: &[&Array], shape: &[usize]) -> Made {
    match factored {
        Factored::Double(stack) => read(part, stack, rest, shape),
        Factored::Single(stack) => read(part, stack, rest, shape),
    }
}

fn read<T: Float>(part: Part, stack: &Stack<T>, rest: &[&Array], shape: &[usize]) -> Made {
    let count: usize = shape.iter().rev().take(2).product();
    match (stack, part) {
        (Stack::Lu(lus), Part::Solve | Part::SolveTransposed) => {
            let b = contiguous::<T>(rest.first().ok_or(TapeError::Internal("no right side"))?)?;
            let sides = matrices::<T>(&b)?;
            let transposed = part == Part::SolveTransposed;
            lus.iter().try_for_each(look)?;
            let solved = |(lu, b): (&dense::Lu<T>, MatrixView<'_, T>)| {
                let found = if transposed { lu.solve_transposed(b) } else { lu.solve(b) };
                settled(found, count)
            };
            collect(shape, lus.iter().zip(sides).map(solved))
        }
        (Stack::Lu(lus), Part::Inverse) => {
            lus.iter().try_for_each(look)?;
            collect(shape, lus.iter().map(|lu| settled(lu.inverse(), count)))
        }
        (Stack::Lu(lus), Part::Det) => collect(shape, lus.iter().map(|lu| Ok(vec![lu.determinant()]))),
        (Stack::Lu(lus), Part::DetSign) => collect(shape, lus.iter().map(|lu| Ok(vec![lu.slogdet().sign]))),
        (Stack::Lu(lus), Part::LogAbsDet) => {
            collect(shape, lus.iter().map(|lu| Ok(vec![lu.slogdet().logabs])))
        }
        (Stack::Qr(qrs), Part::Q) => collect(shape, qrs.iter().map(|qr| Ok(qr.q.clone()))),
        (Stack::Qr(qrs), Part::R) => collect(shape, qrs.iter().map(|qr| Ok(qr.r.clone()))),
        (Stack::Eigh(es), Part::Eigenvalues) => collect(shape, es.iter().map(|e| Ok(e.values.clone()))),
        (Stack::Eigh(es), Part::Eigenvectors) => collect(shape, es.iter().map(|e| Ok(e.vectors.clone()))),
        (Stack::Svd(svds), Part::U) => collect(shape, svds.iter().map(|svd| Ok(svd.u.clone()))),
        (Stack::Svd(svds), Part::SingularValues) => collect(shape, svds.iter().map(|svd| Ok(svd.s.clone()))),
        (Stack::Svd(svds), Part::Vectors) => collect(shape, svds.iter().map(|svd| Ok(both_sides(svd)))),
        (Stack::Svd(svds), Part::PseudoInverse) => {
            let cut = contiguous::<T>(rest.first().ok_or(TapeError::Internal("no tolerance"))?)?;
            let sides = svds.iter().zip(numbers::<T>(&cut)?);
            collect(shape, sides.map(|(svd, &cut)| svd.pseudo_inverse(cut)))
        }
        (Stack::Svd(svds), Part::Vt) => collect(shape, svds.iter().map(|svd| Ok(svd.vt.clone()))),
        _ => Err(TapeError::Internal("a factorisation without that part")),
    }
}

/// The columns of U, and below them those of V.
fn both_sides<T: Float>(svd: &dense::Svd<T>) -> Vec<T> {
    let (mut both, small) = (svd.u.clone(), svd.s.len());
    let columns = svd.vt.len().checked_div(small).unwrap_or(0);
    both.extend((0..columns * small).map(|k| svd.vt[k % small * columns + k / small]));
    both
}

/// Matrices divided by the gaps of spectra (K7).
pub fn over_gaps(gap: Gap, e: &Array, w: &Array, columns: &[usize], shape: &[usize]) -> Made {
    float!(e, T => {
        let (e, w) = (contiguous::<T>(e)?, contiguous::<T>(w)?);
        let (w, each) = (numbers::<T>(&w)?, matrices::<T>(&e)?);
        let mut out = room::<T>(shape)?;
        for (k, e) in each.into_iter().enumerate() {
            let n = e.cols();
            dense::over_gaps(gap, e, &w[k * n..(k + 1) * n], columns, &mut out)?;
        }
        Ok(Array::new(out, shape)?)
    })
}

/// inv(L) B or inv(L)^T B.
pub fn triangular_solve(l: &Array, b: &Array, transposed: bool, shape: &[usize]) -> Made {
    float!(l, T => {
        let (l, b) = (contiguous::<T>(l)?, contiguous::<T>(b)?);
        let pairs = matrices::<T>(&l)?.into_iter().zip(matrices::<T>(&b)?);
        let count: usize = shape.iter().rev().take(2).product();
        let solved = |(l, b)| {
            settled(dense::triangular_solve(l, b, Triangle::Lower, transposed, false), count)
        };
        collect(shape, pairs.map(solved))
    })
}

/// The derivative of the matrix exponential at A along E.
pub fn expm_frechet(a: &Array, e: &Array, shape: &[usize]) -> Made {
    float!(a, T => {
        let (a, e) = (contiguous::<T>(a)?, contiguous::<T>(e)?);
        let pairs = matrices::<T>(&a)?.into_iter().zip(matrices::<T>(&e)?);
        collect(shape, pairs.map(|(a, e)| dense::expm_frechet(a, e).map(|both| both.1)))
    })
}

/// The derivative of the cofactors at the first operand, along each of the others.
pub fn cofactor_frechet(operands: &[&Array], shape: &[usize]) -> Made {
    let first = operands.first().ok_or(TapeError::Internal("cofactors of nothing"))?;
    float!(first, T => {
        let held = operands.iter().map(|x| contiguous::<T>(x)).collect::<Result<Vec<_>, _>>()?;
        let stacks = held.iter().map(|x| matrices::<T>(x)).collect::<Result<Vec<_>, _>>()?;
        let (at, along) = stacks.split_first().ok_or(TapeError::Internal("cofactors of nothing"))?;
        let (data, block) = (numbers::<T>(&held[0])?, at.first().map_or(0, |a| a.rows() * a.cols()));
        // Many directions at one matrix come as a stack of its copies.
        let mut prepared = None;
        let each = at.iter().enumerate().map(|(k, &a)| {
            let own = &data[k * block..(k + 1) * block];
            let made = match prepared.take() {
                Some((before, made)) if before == own => made,
                _ => dense::Cofactors::at(a)?,
            };
            let along: Vec<_> = along.iter().map(|stack| stack[k]).collect();
            let derivative = made.along(&along);
            prepared = Some((own, made));
            derivative
        });
        collect(shape, each)
    })
}
