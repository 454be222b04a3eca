//! What the kernels ask of a kind of number.

use pyframe_graph::{Binary, Element, Order, Unary};

use crate::scalar::numeric;

/// Numbers with arithmetic: float64, float32, int64.
pub trait Number: Element + PartialOrd {
    /// One.
    const ONE: Self;
    /// f(x)
    fn unary(f: Unary, x: Self) -> Self;
    /// The function of that order.
    fn order(f: Order, n: u32, x: Self) -> Self;
    /// f(x, y)
    fn binary(f: Binary, x: Self, y: Self) -> Self;
    /// x + y
    fn plus(self, other: Self) -> Self;
    /// x y
    fn times(self, other: Self) -> Self;
    /// x is not a number.
    fn is_nan(self) -> bool;
}

/// float32 and float64.
pub trait Float: Number + crate::dense::Real {}
impl Float for f32 {}
impl Float for f64 {}

impl Number for f64 {
    const ONE: Self = 1.0;
    #[inline(always)]
    fn unary(f: Unary, x: Self) -> Self {
        numeric::unary(f, x)
    }
    fn order(f: Order, n: u32, x: Self) -> Self {
        numeric::order(f, n, x)
    }
    #[inline(always)]
    fn binary(f: Binary, x: Self, y: Self) -> Self {
        numeric::binary(f, x, y)
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self * other
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        Self::is_nan(self)
    }
}

impl Number for f32 {
    const ONE: Self = 1.0;
    #[inline(always)]
    fn unary(f: Unary, x: Self) -> Self {
        match f {
            Unary::Copy => x,
            Unary::Neg => -x,
            Unary::Abs => x.abs(),
            Unary::Square => x * x,
            Unary::Reciprocal => 1.0 / x,
            Unary::Sqrt => x.sqrt(),
            // Rounded once from double precision.
            other => numeric::unary(other, f64::from(x)) as Self,
        }
    }
    fn order(f: Order, n: u32, x: Self) -> Self {
        numeric::order(f, n, f64::from(x)) as Self
    }
    #[inline(always)]
    fn binary(f: Binary, x: Self, y: Self) -> Self {
        match f {
            Binary::Add => x + y,
            Binary::Sub => x - y,
            Binary::Mul => x * y,
            Binary::Div => x / y,
            Binary::Nextafter => nextafter(x, y),
            other => numeric::binary(other, f64::from(x), f64::from(y)) as Self,
        }
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self * other
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        Self::is_nan(self)
    }
}

/// The next number from x towards y in single precision.
fn nextafter(x: f32, y: f32) -> f32 {
    match (x.is_nan() || y.is_nan(), x == y, y > x) {
        (true, ..) => f32::NAN,
        (_, true, _) => y,
        (_, _, true) => x.next_up(),
        _ => x.next_down(),
    }
}

/// x^n by squaring, modulo 2^64; 0 for the negative n that recordings refuse.
fn power(mut x: i64, mut n: i64) -> i64 {
    let mut product = i64::from(n >= 0);
    while n > 0 {
        if n & 1 == 1 {
            product = product.wrapping_mul(x);
        }
        x = x.wrapping_mul(x);
        n >>= 1;
    }
    product
}

impl Number for i64 {
    const ONE: Self = 1;
    fn unary(f: Unary, x: Self) -> Self {
        match f {
            Unary::Neg => x.wrapping_neg(),
            Unary::Abs => x.wrapping_abs(),
            Unary::Sign => x.signum(),
            Unary::Square => x.wrapping_mul(x),
            Unary::Reciprocal => {
                if x == 0 {
                    Self::MIN
                } else {
                    1 / x
                }
            }
            Unary::Copy | Unary::Floor | Unary::Ceil | Unary::Rint | Unary::Trunc => x,
            other => numeric::unary(other, x as f64) as Self,
        }
    }
    fn order(_: Order, _: u32, x: Self) -> Self {
        x
    }
    fn binary(f: Binary, x: Self, y: Self) -> Self {
        match f {
            Binary::Add => x.wrapping_add(y),
            Binary::Sub => x.wrapping_sub(y),
            Binary::Mul | Binary::Scale | Binary::Strong => x.wrapping_mul(y),
            Binary::Maximum | Binary::Fmax => x.max(y),
            Binary::Minimum | Binary::Fmin => x.min(y),
            // NumPy gives 0 for a division by 0, and rounds down.
            Binary::FloorDivide | Binary::Div => {
                if y == 0 {
                    0
                } else {
                    x.wrapping_div(y) - Self::from(x.wrapping_rem(y) != 0 && (x < 0) != (y < 0))
                }
            }
            Binary::Remainder => {
                let rest = x.checked_rem(y).unwrap_or(0);
                if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest }
            }
            Binary::Fmod => x.checked_rem(y).unwrap_or(0),
            Binary::Pow => power(x, y),
            other => numeric::binary(other, x as f64, y as f64) as Self,
        }
    }
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    fn times(self, other: Self) -> Self {
        self.wrapping_mul(other)
    }
    fn is_nan(self) -> bool {
        false
    }
}
