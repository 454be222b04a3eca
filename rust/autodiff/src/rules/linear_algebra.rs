//! Linear algebra on stacks of matrices.
//!
//! Formulas: M. Giles, "An extended collection of matrix derivative results" (2008); QR and
//! SVD after Seeger et al., "Auto-differentiating linear algebra" (2017); the second
//! derivative of the exponential by Higham's block form, "Functions of Matrices", section 3.2.

use pyframe_graph::{Gap, Part, Primitive, Reduction, Sliced, Test, Unary};

use super::structural::{Operands, Ruled};
use crate::algebra::{Linear, matrix_product};
use crate::error::DerivativeError;

/// The differential of a primitive of linear algebra.
pub fn rule<A: Linear>(a: &A, node: &Operands<'_, A>) -> Ruled<A::Tangent> {
    let (x, y, t) = (node.values, node.result, node.tangents);
    let d = t.first().copied().flatten();
    Ok(match node.primitive {
        Primitive::Part(part) => return part_of(a, part, node),
        Primitive::Cholesky => d.map(|d| cholesky(a, y, d)),
        Primitive::TriangularSolve => triangular_solve(a, x, y, t, false),
        Primitive::TriangularSolveTransposed => triangular_solve(a, x, y, t, true),
        Primitive::OverGaps(gap) => over_gaps(a, gap, x, y, t),
        Primitive::Cofactor => d.map(|d| a.cofactor_frechet(x[0], &[], d)),
        Primitive::CofactorFrechet => cofactor_frechet(a, x, t),
        Primitive::Expm => d.map(|d| a.expm_frechet(x[0], d)),
        Primitive::ExpmFrechet => expm_frechet(a, x, t),
        other => return Err(DerivativeError::MissingRule(other.name().into())),
    })
}

fn part_of<A: Linear>(a: &A, part: Part, node: &Operands<'_, A>) -> Ruled<A::Tangent> {
    let missing = || DerivativeError::MissingRule(format!("{} of a factorisation", part.name()));
    let (x, y, t) = (node.values, node.result, node.tangents);
    let factor = node.factor.ok_or_else(missing)?;
    let read = |part| a.part(part, &[factor]);
    let d = t[0];
    Ok(match part {
        // d(inv(A) B) = inv(A) (dB - dA inv(A) B)
        Part::Solve | Part::SolveTransposed => {
            let transposed = part == Part::SolveTransposed;
            let turned = |d| if transposed { a.flip(d) } else { d };
            let right = a.total(t[1], d.map(|d| a.negate(a.times_matrix(turned(d), y))));
            right.map(|r| a.solve(factor, r, transposed))
        }
        // d inv(A) = -inv(A) dA inv(A)
        Part::Inverse => d.map(|d| a.negate(a.times_matrix(a.matrix_times(y, d), y))),
        Part::PseudoInverse => d.map(|d| pseudo_inverse(a, x[0], y, d)),
        // d det(A) = <cof(A), dA>
        Part::Det => d.map(|d| paired(a, d, a.cofactor(x[0]))),
        // d log|det(A)| = <inv(A)^T, dA>
        Part::LogAbsDet => d.map(|d| paired(a, d, a.flip_value(read(Part::Inverse)))),
        Part::DetSign => None,
        Part::Q | Part::R => {
            let Some(d) = d else { return Ok(None) };
            return qr(a, part, node, factor, d).map(Some);
        }
        // With E = V^T dA V, dA symmetric: dw = diag(E), dV = V (E / (w_j - w_i)).
        Part::Eigenvalues | Part::Eigenvectors => d.map(|d| {
            let v = read(Part::Eigenvectors);
            if part == Part::Eigenvalues {
                let e = a.times_matrix(a.matrix_times(a.flip_value(v), symmetric(a, d)), v);
                return diagonal(a, e, v);
            }
            let e = a.times_matrix(a.matrix_times(a.flip_value(v), d), v);
            a.matrix_times(v, a.over_gaps(Gap::Symmetric, e, read(Part::Eigenvalues)))
        }),
        Part::SingularValues => d.map(|d| {
            let (u, vt) = (read(Part::U), read(Part::Vt));
            let p = a.times_matrix(a.matrix_times(a.flip_value(u), d), a.flip_value(vt));
            let shape = a.shape(y);
            let small = shape[shape.len() - 1];
            diagonal(a, leading(a, p, small), y)
        }),
        Part::U | Part::Vt | Part::Vectors => {
            let Some(d) = d else { return Ok(None) };
            return svd(a, part, node, factor, d).map(Some);
        }
    })
}

/// dP = -P dA P + P P^T dA^T (I - A P) + (I - P A) dA^T P^T P, along matrices of one rank (Golub
/// and Pereyra, 1973). The projections I - A P are taken as (I - A P)^T (I - A P): squared, their
/// rounding errors lose one condition number.
fn pseudo_inverse<A: Linear>(a: &A, x: A::Value, p: A::Value, d: A::Tangent) -> A::Tangent {
    let labels = matrix_product(a.shape(x).len());
    let product = |b, c| a.contract_values(b, c, &labels);
    let rest = |b: A::Value| {
        let n = *a.shape(b).last().unwrap_or(&0);
        let rest = a.sub(a.matrix(b, n, &|i, j| f64::from(u8::from(i == j))), b);
        product(a.flip_value(rest), rest)
    };
    let pt = a.flip_value(p);
    let inside = a.negate(a.times_matrix(a.matrix_times(p, d), p));
    let beside = a.matrix_times(product(p, pt), a.flip(d));
    let beside = a.times_matrix(beside, rest(product(x, p)));
    let above = a.matrix_times(rest(product(p, x)), a.flip(d));
    let above = a.times_matrix(above, product(pt, p));
    a.join(inside, a.join(beside, above))
}

/// <t, C> over the last two axes.
fn paired<A: Linear>(a: &A, t: A::Tangent, c: A::Value) -> A::Tangent {
    let rank = a.tangent_shape(t).len();
    a.sum(a.scale(t, c), &[rank - 2, rank - 1])
}

/// (t + t^T) / 2
fn symmetric<A: Linear>(a: &A, t: A::Tangent) -> A::Tangent {
    a.halve(a.join(t, a.flip(t)))
}

/// The leading n by n block of a stack of matrices.
fn leading<A: Linear>(a: &A, t: A::Tangent, n: usize) -> A::Tangent {
    let mut shape = a.tangent_shape(t);
    let rank = shape.len();
    if shape[rank - 2] == n && shape[rank - 1] == n {
        return t;
    }
    shape[rank - 2] = n;
    shape[rank - 1] = n;
    let whole = vec![Sliced { start: 0, step: 1 }; rank];
    a.slice(t, &whole, &shape)
}

/// The diagonal of a stack of square matrices; `like` lends its kind of number.
fn diagonal<A: Linear>(a: &A, t: A::Tangent, like: A::Value) -> A::Tangent {
    let shape = a.tangent_shape(t);
    let rank = shape.len();
    let eye = a.matrix(like, shape[rank - 1], &|i, j| f64::from(u8::from(i == j)));
    a.sum(a.scale(t, eye), &[rank - 1])
}

/// The quotient y of E by the gaps g of w: dy = dE / g - (y dg) / g.
fn over_gaps<A: Linear>(
    a: &A,
    gap: Gap,
    x: &[A::Value],
    y: A::Value,
    t: &[Option<A::Tangent>],
) -> Option<A::Tangent> {
    let w = x[1];
    let shape = a.shape(y);
    let (stack, n) = (&shape[..shape.len() - 2], shape[shape.len() - 1]);
    let moved = t[1].map(|d| {
        let wide = |last: [usize; 2]| a.broadcast(a.reshape(d, &[stack, &last].concat()), &shape);
        let of_columns = wide([1, n]);
        let grown = match gap {
            Gap::Symmetric | Gap::Skew => a.join(of_columns, a.negate(wide([n, 1]))),
            Gap::SkewSum => a.join(of_columns, wide([n, 1])),
            Gap::Column => of_columns,
        };
        a.negate(a.scale(grown, y))
    });
    a.total(t[0], moved).map(|e| a.over_gaps(gap, e, w))
}

/// dL = L low(inv(L) dA inv(L)^T), low halving the diagonal and dropping what is above it.
fn cholesky<A: Linear>(a: &A, l: A::Value, d: A::Tangent) -> A::Tangent {
    let n = *a.shape(l).last().unwrap_or(&0);
    let half = a.triangular_solve(l, symmetric(a, d), false);
    let both = a.flip(a.triangular_solve(l, a.flip(half), false));
    let low = a.matrix(l, n, &|i, j| match i.cmp(&j) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    });
    a.matrix_times(l, a.scale(both, low))
}

/// d(inv(L) B) = inv(L) (dB - low(dL) inv(L) B), and the same with L^T.
fn triangular_solve<A: Linear>(
    a: &A,
    x: &[A::Value],
    y: A::Value,
    t: &[Option<A::Tangent>],
    transposed: bool,
) -> Option<A::Tangent> {
    let (l, n) = (x[0], *a.shape(x[0]).last().unwrap_or(&0));
    let low = a.matrix(l, n, &|i, j| f64::from(u8::from(i >= j)));
    let moved = t[0].map(|d| {
        let d = a.scale(d, low);
        a.negate(a.times_matrix(if transposed { a.flip(d) } else { d }, y))
    });
    a.total(t[1], moved).map(|r| a.triangular_solve(l, r, transposed))
}

/// The derivative of one order more along dA, and, linear in each matrix, that along its tangent.
fn cofactor_frechet<A: Linear>(a: &A, x: &[A::Value], t: &[Option<A::Tangent>]) -> Option<A::Tangent> {
    let (at, along) = x.split_first()?;
    let mut total = t[0].map(|d| a.cofactor_frechet(*at, along, d));
    for (k, d) in t.iter().enumerate().skip(1) {
        let others = || [&x[1..k], &x[k + 1..]].concat();
        total = a.total(total, d.map(|d| a.cofactor_frechet(*at, &others(), d)));
    }
    total
}

/// The upper right block of the derivative at [[A, E], [0, A]] along [[dA, dE], [0, dA]].
///
/// It is linear in E and dE together: a power of two brings E to the size of 1, so that it does
/// not decide how often the block is halved.
fn expm_frechet<A: Linear>(a: &A, x: &[A::Value], t: &[Option<A::Tangent>]) -> Option<A::Tangent> {
    let shape = a.shape(x[0]);
    let rank = shape.len();
    let n = shape[rank - 1];
    if t[0].is_none() {
        return t[1].map(|e| a.expm_frechet(x[0], e));
    }
    let unit = power_of_two_beside(a, x[1]);
    let beside = t[1].map(|e| a.scale(e, a.over(1.0, unit)));
    let top = a.concatenate(&[(t[0], n), (beside, n)], rank - 1);
    let bottom = a.concatenate(&[(None, n), (t[0], n)], rank - 1);
    let along = a.concatenate(&[(Some(top), n), (Some(bottom), n)], rank - 2);
    let whole = a.expm_frechet(a.block_triangle(x[0], a.div(x[1], unit)), along);
    let mut slices = vec![Sliced { start: 0, step: 1 }; rank];
    slices[rank - 1].start = n;
    Some(a.scale(a.slice(whole, &slices, &shape), unit))
}

/// A power of two near the largest element of each matrix, which stays where that moves; 1 where
/// that is 0 or infinite.
fn power_of_two_beside<A: Linear>(a: &A, x: A::Value) -> A::Value {
    let shape = a.shape(x);
    let axes = [shape.len() - 2, shape.len() - 1];
    let one = a.number(x, 1.0);
    if shape[axes[0]] == 0 {
        return one;
    }
    let largest = a.reduce(Reduction::Max, a.unary(Unary::Abs, x), &axes);
    let exponent = a.unary(Unary::Floor, a.unary(Unary::Log2, largest));
    let unit = a.select(a.test(Test::IsFinite, exponent), a.unary(Unary::Exp2, exponent), one);
    let kept = [&shape[..axes[0]], &[1, 1]].concat();
    a.reshape_value(unit, &kept)
}

/// For A = Q R with independent columns, M = Q^T dA inv(R) and W = low(M) - low(M)^T:
/// dR = (M - W) R, dQ = Q W + (dA inv(R) - Q M).
fn qr<A: Linear>(
    a: &A,
    part: Part,
    node: &Operands<'_, A>,
    factor: A::Value,
    d: A::Tangent,
) -> Result<A::Tangent, DerivativeError> {
    let shape = a.shape(node.values[0]);
    let (rows, n) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let (q, r) = (a.part(Part::Q, &[factor]), a.part(Part::R, &[factor]));
    if rows < n || a.shape(q)[shape.len() - 1] != n {
        return Err(DerivativeError::MissingRule(
            "a QR factorisation that is complete or of a matrix with more columns than rows".into(),
        ));
    }
    // dA inv(R), by solving with the lower triangular R^T.
    let right = a.flip(a.triangular_solve(a.flip_value(r), a.flip(d), false));
    let m = a.matrix_times(a.flip_value(q), right);
    let strictly_lower = a.matrix(r, n, &|i, j| f64::from(u8::from(i > j)));
    let low = a.scale(m, strictly_lower);
    let w = a.join(low, a.negate(a.flip(low)));
    let rest = a.join(m, a.negate(w));
    Ok(if part == Part::R {
        a.times_matrix(rest, r)
    } else {
        a.join(right, a.negate(a.matrix_times(q, rest)))
    })
}

/// For A = U S V^T and P = U^T dA V, with the symmetric and the skew part of P:
/// T = sym(P) / (s_j - s_i) and D = skew(P) / (s_j + s_i) give
/// dU = U (T + D) + (I - U U^T) dA V inv(S) and dV = V (T - D) + (I - V V^T) dA^T U inv(S).
///
/// U and V are moved together, so that where singular values are equal a function of both that
/// does not depend on their choice has its derivative.
fn svd<A: Linear>(
    a: &A,
    part: Part,
    node: &Operands<'_, A>,
    factor: A::Value,
    d: A::Tangent,
) -> Result<A::Tangent, DerivativeError> {
    let shape = a.shape(node.values[0]);
    let rank = shape.len();
    let (rows, columns) = (shape[rank - 2], shape[rank - 1]);
    let (u, vt) = (a.part(Part::U, &[factor]), a.part(Part::Vt, &[factor]));
    let small = rows.min(columns);
    if *a.shape(u).last().unwrap_or(&0) != small || a.shape(vt)[rank - 2] != small {
        return Err(DerivativeError::MissingRule("the vectors of a full SVD (take the thin one)".into()));
    }
    let (s, v) = (a.part(Part::SingularValues, &[factor]), a.flip_value(vt));
    let along = a.times_matrix(d, v);
    let p = a.matrix_times(a.flip_value(u), along);
    let together = a.over_gaps(Gap::Symmetric, p, s);
    let apart = a.over_gaps(Gap::SkewSum, p, s);
    let outside = |own, along, p| {
        let rest = a.join(along, a.negate(a.matrix_times(own, p)));
        a.over_gaps(Gap::Column, rest, s)
    };
    let left = || {
        let inside = a.matrix_times(u, a.join(together, apart));
        if rows == small { inside } else { a.join(inside, outside(u, along, p)) }
    };
    let right = || {
        let inside = a.matrix_times(v, a.join(together, a.negate(apart)));
        if columns == small {
            return inside;
        }
        a.join(inside, outside(v, a.times_matrix(a.flip(d), u), a.flip(p)))
    };
    Ok(match part {
        Part::U => left(),
        Part::Vt => a.flip(right()),
        _ => a.concatenate(&[(Some(left()), rows), (Some(right()), columns)], rank - 2),
    })
}
