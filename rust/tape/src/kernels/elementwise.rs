//! Functions of one, two or three elements, with broadcasting.

use pyframe_graph::{Array, Binary, Compare, DType, Data, Element, Logical, Order, Test, Unary};

use super::memory::{BAND, Bands, contiguous, room, stands_on_end};
use super::number::Number;
use super::walk::{rows, stretched};
use super::wide;
use crate::error::TapeError;
use crate::scalar::numeric;

type Made = Result<Array, TapeError>;

fn numbers<T: Element>(x: &Array) -> Result<&[T], TapeError> {
    x.numbers::<T>().ok_or(TapeError::Internal("dtype"))
}

/// g of each element.
fn map<T: Element, U: Element>(x: &Array, g: impl Fn(T) -> U) -> Made {
    let mut out = room::<U>(x.shape())?;
    if let Some(from) = x.as_slice::<T>() {
        out.extend(from.iter().map(|&v| g(v)));
        return Ok(Array::new(out, x.shape())?);
    }
    let from = numbers::<T>(x)?;
    rows(x.shape(), [x.strides()], [x.offset()], |[start], [stride], count| match stride {
        1 => out.extend(from[start as usize..start as usize + count].iter().map(|&v| g(v))),
        _ => out.extend((0..count as isize).map(|k| g(from[(start + k * stride) as usize]))),
    });
    Ok(Array::new(out, x.shape())?)
}

/// An operand that lies in order and is not stretched, or is one number.
enum Plain<'a, T> {
    All(&'a [T]),
    One(T),
}

impl<'a, T: Element> Plain<'a, T> {
    fn of(x: &'a Array, shape: &[usize]) -> Option<Self> {
        let numbers = x.as_slice::<T>()?;
        match *numbers {
            _ if x.shape() == shape => Some(Self::All(numbers)),
            [only] => Some(Self::One(only)),
            _ => None,
        }
    }
}

/// g of each pair of elements.
fn zip<T: Element, U: Element>(a: &Array, b: &Array, shape: &[usize], g: impl Fn(T, T) -> U) -> Made {
    let mut out = room::<U>(shape)?;
    if (stands_on_end(a) || stands_on_end(b)) && a.shape() == b.shape() {
        zip_bands(a, b, g, &mut out)?;
        return Ok(Array::new(out, shape)?);
    }
    match (Plain::of(a, shape), Plain::of(b, shape)) {
        (Some(Plain::All(a)), Some(Plain::All(b))) => out.extend(a.iter().zip(b).map(|(&x, &y)| g(x, y))),
        (Some(Plain::All(a)), Some(Plain::One(y))) => out.extend(a.iter().map(|&x| g(x, y))),
        (Some(Plain::One(x)), Some(Plain::All(b))) => out.extend(b.iter().map(|&y| g(x, y))),
        _ => zip_rows(a, b, shape, g, &mut out)?,
    }
    Ok(Array::new(out, shape)?)
}

/// The same where at least one of two matrices of one shape stands on end.
fn zip_bands<T: Element, U: Element>(
    a: &Array,
    b: &Array,
    g: impl Fn(T, T) -> U,
    out: &mut Vec<U>,
) -> Result<(), TapeError> {
    let pair = |out: &mut Vec<U>, x: &[T], y: &[T]| out.extend(x.iter().zip(y).map(|(&x, &y)| g(x, y)));
    let (rows, columns) = (a.shape()[0], a.shape()[1]);
    let tops = (0..rows).step_by(BAND);
    if stands_on_end(a) && stands_on_end(b) {
        let mut first = Bands::of(a, numbers::<T>(a)?)?;
        let mut second = Bands::of(b, numbers::<T>(b)?)?;
        for top in tops {
            first.take(top).zip(second.take(top)).for_each(|(x, y)| pair(out, x, y));
        }
        return Ok(());
    }
    let swapped = stands_on_end(b);
    let (standing, lying) = if swapped { (b, a) } else { (a, b) };
    let lying = contiguous::<T>(lying)?;
    let lying = lying.as_slice::<T>().ok_or(TapeError::Internal("layout"))?;
    let mut bands = Bands::of(standing, numbers::<T>(standing)?)?;
    for top in tops {
        let others = lying[top * columns..].chunks_exact(columns);
        for (row, other) in bands.take(top).zip(others) {
            if swapped { pair(out, other, row) } else { pair(out, row, other) }
        }
    }
    Ok(())
}

fn zip_rows<T: Element, U: Element>(
    a: &Array,
    b: &Array,
    shape: &[usize],
    g: impl Fn(T, T) -> U,
    out: &mut Vec<U>,
) -> Result<(), TapeError> {
    let (from_a, from_b) = (numbers::<T>(a)?, numbers::<T>(b)?);
    let strides = [a, b].map(|x| stretched(x.shape(), x.strides(), shape));
    rows(shape, [&strides[0], &strides[1]], [a.offset(), b.offset()], |[i, j], steps, count| {
        let (i, j) = (i as usize, j as usize);
        match steps {
            [1, 1] => {
                out.extend(from_a[i..i + count].iter().zip(&from_b[j..j + count]).map(|(&x, &y)| g(x, y)));
            }
            [1, 0] => {
                let y = from_b[j];
                out.extend(from_a[i..i + count].iter().map(|&x| g(x, y)));
            }
            [0, 1] => {
                let x = from_a[i];
                out.extend(from_b[j..j + count].iter().map(|&y| g(x, y)));
            }
            [s, t] => out
                .extend((0..count as isize).map(|k| {
                    g(from_a[(i as isize + k * s) as usize], from_b[(j as isize + k * t) as usize])
                })),
        }
    });
    Ok(())
}

/// Run a generic expression with the numeric type of an array.
macro_rules! number {
    ($x:expr, $T:ident => $body:expr) => {
        match $x.dtype() {
            DType::Float64 => {
                type $T = f64;
                $body
            }
            DType::Float32 => {
                type $T = f32;
                $body
            }
            DType::Int64 => {
                type $T = i64;
                $body
            }
            DType::Bool => Err(TapeError::Internal("arithmetic on truth values")),
        }
    };
}
pub(super) use number;

/// A function of each element.
pub fn unary(f: Unary, x: &Array) -> Made {
    fn with<T: Number>(f: Unary, x: &Array) -> Made {
        // Where the function costs less than choosing it, it is chosen once.
        match f {
            Unary::Neg => map(x, |v| T::unary(Unary::Neg, v)),
            Unary::Abs => map(x, |v| T::unary(Unary::Abs, v)),
            Unary::Square => map(x, |v| T::unary(Unary::Square, v)),
            Unary::Reciprocal => map(x, |v| T::unary(Unary::Reciprocal, v)),
            Unary::Sqrt => map(x, |v| T::unary(Unary::Sqrt, v)),
            _ => map(x, |v| T::unary(f, v)),
        }
    }
    if f == Unary::Copy {
        return Ok(x.clone());
    }
    if wide::has(f) && x.dtype() == DType::Float64 {
        let mut out = room::<f64>(x.shape())?;
        if let Some(from) = x.as_slice() {
            wide::map(f, from, &mut out);
        } else {
            let from = contiguous::<f64>(x)?;
            wide::map(f, from.as_slice().ok_or(TapeError::Internal("layout"))?, &mut out);
        }
        return Ok(Array::new(out, x.shape())?);
    }
    number!(x, T => with::<T>(f, x))
}

/// A function of each element, with an order.
pub fn order(f: Order, n: u32, x: &Array) -> Made {
    number!(x, T => map(x, |v| <T as Number>::order(f, n, v)))
}

/// A function of pairs of elements.
#[expect(clippy::needless_bitwise_bool, reason = "a strong product without a branch is a vector operation")]
pub fn binary(f: Binary, a: &Array, b: &Array, shape: &[usize]) -> Made {
    fn with<T: Number>(f: Binary, a: &Array, b: &Array, shape: &[usize]) -> Made {
        match f {
            Binary::Add => zip(a, b, shape, |x, y| T::binary(Binary::Add, x, y)),
            Binary::Sub => zip(a, b, shape, |x, y| T::binary(Binary::Sub, x, y)),
            Binary::Mul => zip(a, b, shape, |x, y| T::binary(Binary::Mul, x, y)),
            Binary::Div => zip(a, b, shape, |x, y| T::binary(Binary::Div, x, y)),
            Binary::Maximum => zip(a, b, shape, |x, y| T::binary(Binary::Maximum, x, y)),
            Binary::Minimum => zip(a, b, shape, |x, y| T::binary(Binary::Minimum, x, y)),
            Binary::Scale => zip(a, b, shape, |x: T, y: T| if x == T::ZERO { T::ZERO } else { x.times(y) }),
            Binary::Strong => {
                zip(
                    a,
                    b,
                    shape,
                    |x: T, y: T| {
                        if (x == T::ZERO) | (y == T::ZERO) { T::ZERO } else { x.times(y) }
                    },
                )
            }
            _ => zip(a, b, shape, |x, y| T::binary(f, x, y)),
        }
    }
    if f == Binary::Logaddexp && a.dtype() == DType::Float64 {
        return zip(a, b, shape, wide::logaddexp);
    }
    number!(a, T => with::<T>(f, a, b, shape))
}

/// A comparison of pairs of elements.
pub fn compare(f: Compare, a: &Array, b: &Array, shape: &[usize]) -> Made {
    if a.dtype() == DType::Bool {
        return zip(a, b, shape, |x: bool, y: bool| numeric::compare(f, x, y));
    }
    number!(a, T => zip(a, b, shape, |x: T, y: T| numeric::compare(f, x, y)))
}

/// A function of pairs of truth values.
pub fn logical(f: Logical, a: &Array, b: &Array, shape: &[usize]) -> Made {
    match f {
        Logical::And => zip(a, b, shape, |x: bool, y: bool| x && y),
        Logical::Or => zip(a, b, shape, |x: bool, y: bool| x || y),
        Logical::Xor => zip(a, b, shape, |x: bool, y: bool| x != y),
    }
}

/// A question about each element.
pub fn test(f: Test, x: &Array) -> Made {
    fn wide<T: Element + Into<f64>>(f: Test, x: &Array) -> Made {
        map(x, |v: T| numeric::test(f, v.into()))
    }
    match x.dtype() {
        DType::Bool => map(x, |v: bool| !v),
        DType::Float32 => wide::<f32>(f, x),
        DType::Float64 => wide::<f64>(f, x),
        DType::Int64 => Err(TapeError::Internal("a question about integers")),
    }
}

/// Elements of `a` where the condition holds, of `b` elsewhere.
pub fn select(condition: &Array, a: &Array, b: &Array, shape: &[usize]) -> Made {
    fn with<T: Element>(condition: &Array, a: &Array, b: &Array, shape: &[usize]) -> Made {
        let (c, from_a, from_b) = (numbers::<bool>(condition)?, numbers::<T>(a)?, numbers::<T>(b)?);
        let mut out = room::<T>(shape)?;
        let strides = [condition, a, b].map(|x| stretched(x.shape(), x.strides(), shape));
        let offsets = [condition, a, b].map(Array::offset);
        rows(shape, [&strides[0], &strides[1], &strides[2]], offsets, |[i, j, k], [r, s, t], count| {
            out.extend((0..count as isize).map(|n| {
                if c[(i + n * r) as usize] {
                    from_a[(j + n * s) as usize]
                } else {
                    from_b[(k + n * t) as usize]
                }
            }));
        });
        Ok(Array::new(out, shape)?)
    }
    match a.dtype() {
        DType::Bool => with::<bool>(condition, a, b, shape),
        DType::Int64 => with::<i64>(condition, a, b, shape),
        DType::Float32 => with::<f32>(condition, a, b, shape),
        DType::Float64 => with::<f64>(condition, a, b, shape),
    }
}

/// The same numbers as another kind.
pub fn convert(x: &Array, to: DType) -> Made {
    match (x.data(), to) {
        (Data::Bool(_), DType::Int64) => map(x, |v: bool| i64::from(v)),
        (Data::Bool(_), DType::Float32) => map(x, |v: bool| f32::from(u8::from(v))),
        (Data::Bool(_), DType::Float64) => map(x, |v: bool| f64::from(u8::from(v))),
        (Data::Int64(_), DType::Bool) => map(x, |v: i64| v != 0),
        (Data::Int64(_), DType::Float32) => map(x, |v: i64| v as f32),
        (Data::Int64(_), DType::Float64) => map(x, |v: i64| v as f64),
        (Data::Float32(_), DType::Bool) => map(x, |v: f32| v != 0.0),
        (Data::Float32(_), DType::Int64) => map(x, |v: f32| v as i64),
        (Data::Float32(_), DType::Float64) => map(x, |v: f32| f64::from(v)),
        (Data::Float64(_), DType::Bool) => map(x, |v: f64| v != 0.0),
        (Data::Float64(_), DType::Int64) => map(x, |v: f64| v as i64),
        (Data::Float64(_), DType::Float32) => map(x, |v: f64| v as f32),
        _ => Ok(x.clone()),
    }
}
