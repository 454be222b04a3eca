//! Contractions: products summed over common labels, as products of stacks of matrices.

use pyframe_graph::{Array, Attribute, Binary, DType, Graph, Labels, NodeId, Primitive, Shape};
use smallvec::SmallVec;

use super::memory::{contiguous, room};
use super::movement::transpose;
use super::number::{Float, Number};
use super::small::{self, Matrix, Place, is_small};
use crate::dense::{DenseError, MatrixView, SYMMETRIC_FROM, matmul_onto, symmetric_matmul};
use crate::error::TapeError;

type Made = Result<Array, TapeError>;
type Group = SmallVec<[u8; 4]>;

/// The labels sorted by where they stand.
pub struct Groups {
    /// In both operands and in the result.
    pub stack: Group,
    /// In the left operand and in the result.
    pub rows: Group,
    /// In both operands alone: summed over.
    pub summed: Group,
    /// In the right operand and in the result.
    pub columns: Group,
}

impl Groups {
    pub fn of(labels: &Labels) -> Self {
        let both = |l: &u8| labels.left.contains(l) && labels.right.contains(l);
        let kept = |l: &u8| labels.out.contains(l);
        let pick = |from: &[u8], wanted: &dyn Fn(&u8) -> bool| from.iter().copied().filter(wanted).collect();
        Self {
            stack: pick(&labels.out, &|l| both(l)),
            rows: pick(&labels.out, &|l| labels.left.contains(l) && !both(l)),
            summed: pick(&labels.left, &|l| both(l) && !kept(l)),
            columns: pick(&labels.out, &|l| labels.right.contains(l) && !both(l)),
        }
    }
}

/// An operand as a stack of matrices.
struct Stacked {
    array: Array,
    stack: SmallVec<[isize; 4]>,
    rows: (usize, isize),
    columns: (usize, isize),
}

impl Stacked {
    /// The matrix of the stack that begins here.
    fn matrix<'a, T>(&self, numbers: &'a [T], offset: isize) -> Matrix<'a, T> {
        Matrix { numbers, place: Place { offset: offset as usize, rows: self.rows, columns: self.columns } }
    }
}

/// The axes of a group as one axis, when they run on from one another.
fn merged(shape: &[usize], strides: &[isize]) -> Option<(usize, isize)> {
    let mut length = 1_usize;
    let mut innermost = None;
    let mut next = 0_isize;
    for (&n, &stride) in shape.iter().zip(strides).rev() {
        if n == 1 {
            continue;
        }
        if innermost.is_none() {
            innermost = Some(stride);
            next = stride;
        } else if stride != next {
            return None;
        }
        length *= n;
        next = next.checked_mul(n as isize)?;
    }
    Some((length, innermost.unwrap_or(1)))
}

fn stacked<T: Number>(
    x: &Array,
    labels: &[u8],
    stack: &[u8],
    rows: &[u8],
    columns: &[u8],
) -> Result<Stacked, TapeError> {
    let wanted: SmallVec<[u8; 8]> = stack.iter().chain(rows).chain(columns).copied().collect();
    let axes: Vec<usize> = wanted.iter().filter_map(|label| labels.iter().position(|l| l == label)).collect();
    let mut array = transpose(x, &axes)?;
    let (first, second) = (stack.len(), stack.len() + rows.len());
    let groups = |array: &Array| {
        let of =
            |range: std::ops::Range<usize>| merged(&array.shape()[range.clone()], &array.strides()[range]);
        Some((of(first..second)?, of(second..wanted.len())?))
    };
    if array.is_empty() || groups(&array).is_none() {
        array = contiguous::<T>(&array)?;
    }
    let count = |range: &[usize]| range.iter().product();
    let (rows, columns) = groups(&array)
        .unwrap_or_else(|| ((count(&array.shape()[first..second]), 1), (count(&array.shape()[second..]), 1)));
    let stack = array.strides()[..first].into();
    Ok(Stacked { array, stack, rows, columns })
}

/// The product of two arrays summed over their common labels.
///
/// With `symmetric` it is known to be a symmetric matrix.
pub fn contract(a: &Array, b: &Array, labels: &Labels, shape: &[usize], symmetric: bool) -> Made {
    match a.dtype() {
        DType::Float64 if symmetric => with::<f64>(a, b, labels, shape, symmetric_product::<f64>),
        DType::Float32 if symmetric => with::<f32>(a, b, labels, shape, symmetric_product::<f32>),
        DType::Float64 => with::<f64>(a, b, labels, shape, float_product::<f64>),
        DType::Float32 => with::<f32>(a, b, labels, shape, float_product::<f32>),
        DType::Int64 => with::<i64>(a, b, labels, shape, plain_product::<i64>),
        DType::Bool => Err(TapeError::Internal("a product of truth values")),
    }
}

/// Whether a contraction is A'A or A'DA with a diagonal D, a symmetric matrix whatever the values,
/// and so large that it pays to know.
pub fn is_symmetric(graph: &Graph, id: NodeId, labels: &Labels) -> bool {
    if graph.shape(id).first().is_none_or(|&order| order < SYMMETRIC_FROM) {
        return false;
    }
    let (&[a, b], &[i, j]) = (graph.operands(id), labels.out.as_slice()) else { return false };
    let (a, left) = upright(graph, a, &labels.left);
    let (b, right) = upright(graph, b, &labels.right);
    // What is summed over is the same axis of both.
    let sides = match (left.as_slice(), right.as_slice()) {
        (&[k, l], &[m, r]) | (&[l, k], &[r, m]) if k == m && k != i && k != j => [l, r],
        _ => return false,
    };
    let own = |label: u8| label == i || label == j;
    let weighted = |product: NodeId, matrix: NodeId, labels: &Group| {
        let &[x, y] = graph.operands(product) else { return false };
        // A number for each place that is summed over, the same along the rest.
        let weights = graph.shape(if x == matrix { y } else { x });
        graph.primitive(product) == Primitive::Binary(Binary::Mul)
            && (x == matrix || y == matrix)
            && labels.iter().rev().zip(weights.iter().rev()).all(|(&label, &n)| n == 1 || !own(label))
    };
    (sides == [i, j] || sides == [j, i]) && (a == b || weighted(b, a, &right) || weighted(a, b, &left))
}

/// A node before it was transposed, with the labels of its axes.
fn upright(graph: &Graph, node: NodeId, labels: &[u8]) -> (NodeId, Group) {
    match (graph.primitive(node), graph.operands(node), graph.attribute(node)) {
        (Primitive::Transpose, &[x], Attribute::Axes(axes)) => {
            let mut before = Group::from_slice(labels);
            axes.iter().zip(labels).for_each(|(&axis, &label)| before[axis] = label);
            upright(graph, x, &before)
        }
        _ => (node, labels.into()),
    }
}

/// The same product, where 0 times anything is 0.
pub fn strong_contract(a: &Array, b: &Array, labels: &Labels, shape: &[usize]) -> Made {
    match a.dtype() {
        DType::Float64 => with::<f64>(a, b, labels, shape, strong_product::<f64>),
        DType::Float32 => with::<f32>(a, b, labels, shape, strong_product::<f32>),
        _ => contract(a, b, labels, shape, false),
    }
}

/// An operand of vectors and matrices as a matrix: what it has alone by what is summed over.
/// Nothing when it has more of either, or what stands in all three.
fn matrix(x: &Array, labels: &[u8], others: &[u8], out: &[u8]) -> Option<Place> {
    let mut found = [None; 2];
    for ((label, &length), &stride) in labels.iter().zip(x.shape()).zip(x.strides()) {
        let summed = others.contains(label);
        let axis = if length == 1 { (1, 1) } else { (length, stride) };
        if length == 0 || summed == out.contains(label) || found[usize::from(summed)].replace(axis).is_some()
        {
            return None;
        }
    }
    let [rows, columns] = found.map(|axis| axis.unwrap_or((1, 1)));
    Some(Place { offset: x.offset(), rows, columns })
}

/// The product of vectors and matrices; nothing when they are something else.
fn flat<T: Number>(
    a: &Array,
    b: &Array,
    labels: &Labels,
    shape: &[usize],
    product: Product<T>,
) -> Option<Made> {
    // The result lies in the order in which it is wanted.
    let swapped = labels.out.len() == 2 && labels.right.contains(&labels.out[0]);
    let (a, b) = if swapped { (b, a) } else { (a, b) };
    let (own, others) = if swapped { (&labels.right, &labels.left) } else { (&labels.left, &labels.right) };
    let left = matrix(a, own, others, &labels.out)?;
    let right = matrix(b, others, own, &labels.out)?.transposed();
    let a = Matrix { numbers: a.numbers::<T>()?, place: left };
    let b = Matrix { numbers: b.numbers::<T>()?, place: right };
    let made = || {
        let mut out = room(shape)?;
        product(&mut out, a, b)?;
        Ok(Array::new(out, shape)?)
    };
    Some(made())
}

/// Adds a product of two matrices behind what a list holds, which has room for it.
type Product<T> = fn(&mut Vec<T>, Matrix<'_, T>, Matrix<'_, T>) -> Result<(), TapeError>;

fn with<T: Number>(a: &Array, b: &Array, labels: &Labels, shape: &[usize], product: Product<T>) -> Made {
    if let Some(made) = flat(a, b, labels, shape, product) {
        return made;
    }
    let groups = Groups::of(labels);
    let left = stacked::<T>(a, &labels.left, &groups.stack, &groups.rows, &groups.summed)?;
    let right = stacked::<T>(b, &labels.right, &groups.stack, &groups.summed, &groups.columns)?;
    let length = |label: &u8| labels.out.iter().position(|l| l == label).map_or(1, |k| shape[k]);
    let stack: Shape = groups.stack.iter().map(length).collect();
    let made: Shape = groups.stack.iter().chain(&groups.rows).chain(&groups.columns).map(length).collect();
    let mut out = room(&made)?;
    let (from_a, from_b) = (
        left.array.numbers::<T>().ok_or(TapeError::Internal("dtype"))?,
        right.array.numbers::<T>().ok_or(TapeError::Internal("dtype"))?,
    );
    if out.capacity() > 0 {
        let mut failed = Ok(());
        let offsets = [left.array.offset(), right.array.offset()];
        super::walk::rows(&stack, [&left.stack, &right.stack], offsets, |[i, j], [s, t], count| {
            for k in 0..count as isize {
                let a = left.matrix(from_a, i + k * s);
                let b = right.matrix(from_b, j + k * t);
                if failed.is_ok() {
                    failed = product(&mut out, a, b);
                }
            }
        });
        failed?;
    }
    // The result lies as stack, rows, columns; its axes are wanted in their own order.
    let lies: Group = groups.stack.iter().chain(&groups.rows).chain(&groups.columns).copied().collect();
    let axes: Vec<usize> = labels.out.iter().filter_map(|l| lies.iter().position(|m| m == l)).collect();
    transpose(&Array::new(out, made)?, &axes)
}

fn float_product<T: Float>(out: &mut Vec<T>, a: Matrix<'_, T>, b: Matrix<'_, T>) -> Result<(), TapeError> {
    if is_small(a.place.rows.0, a.place.columns.0, b.place.columns.0) {
        return plain_product(out, a, b);
    }
    Ok(matmul_onto(out, view(a)?, view(b)?)?)
}

fn symmetric_product<T: Float>(
    out: &mut Vec<T>,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
) -> Result<(), TapeError> {
    Ok(symmetric_matmul(added(out, a, b), T::ONE, view(a)?, view(b)?)?)
}

fn view<T: Float>(matrix: Matrix<'_, T>) -> Result<MatrixView<'_, T>, DenseError> {
    let Matrix { numbers, place: Place { offset, rows, columns } } = matrix;
    MatrixView::new(numbers, offset, rows.0, columns.0, rows.1, columns.1)
}

#[expect(clippy::unnecessary_wraps, reason = "one of the products that `with` takes")]
fn plain_product<T: Number>(out: &mut Vec<T>, a: Matrix<'_, T>, b: Matrix<'_, T>) -> Result<(), TapeError> {
    small::product(added(out, a, b), a, b);
    Ok(())
}

fn strong_product<T: Float>(out: &mut Vec<T>, a: Matrix<'_, T>, b: Matrix<'_, T>) -> Result<(), TapeError> {
    let held = out.len();
    float_product(out, a, b)?;
    small::leave_out_zeros(&mut out[held..], a, b);
    Ok(())
}

/// Zeros for the product of two matrices behind what a list holds.
fn added<'a, T: Number>(out: &'a mut Vec<T>, a: Matrix<'_, T>, b: Matrix<'_, T>) -> &'a mut [T] {
    let held = out.len();
    out.resize(held + a.place.rows.0 * b.place.columns.0, T::ZERO);
    &mut out[held..]
}
