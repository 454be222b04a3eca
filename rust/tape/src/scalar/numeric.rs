//! The elementwise primitives on one number in double precision.

use pyframe_graph::{Binary, Compare, Logical, Order, Test, Unary};

use crate::special;

/// f(x)
#[inline(always)]
pub fn unary(f: Unary, x: f64) -> f64 {
    match f {
        Unary::Copy => x,
        Unary::Neg => -x,
        Unary::Abs => x.abs(),
        Unary::Sign => special::sign(x),
        Unary::Square => x * x,
        Unary::Reciprocal => 1.0 / x,
        Unary::Sqrt => x.sqrt(),
        Unary::Cbrt => x.cbrt(),
        Unary::Exp => x.exp(),
        Unary::Exp2 => special::exp2(x),
        Unary::Expm1 => x.exp_m1(),
        Unary::Log => x.ln(),
        Unary::Log2 => x.log2(),
        Unary::Log10 => x.log10(),
        Unary::Log1p => x.ln_1p(),
        Unary::Sin => x.sin(),
        Unary::Cos => x.cos(),
        Unary::Tan => x.tan(),
        Unary::Arcsin => x.asin(),
        Unary::Arccos => x.acos(),
        Unary::Arctan => x.atan(),
        Unary::Sinh => x.sinh(),
        Unary::Cosh => x.cosh(),
        Unary::Tanh => x.tanh(),
        Unary::Floor => x.floor(),
        Unary::Ceil => x.ceil(),
        Unary::Rint => special::rint(x),
        Unary::Trunc => x.trunc(),
        rare => rare_unary(rare, x),
    }
}

/// The functions that cost more than a call.
#[inline(never)]
fn rare_unary(f: Unary, x: f64) -> f64 {
    match f {
        Unary::Arcsinh => pxfm::f_asinh(x),
        Unary::Arccosh => pxfm::f_acosh(x),
        Unary::Arctanh => pxfm::f_atanh(x),
        Unary::Erf => special::erf(x),
        Unary::Erfc => special::erfc(x),
        Unary::Erfinv => special::erfinv(x),
        Unary::Erfcinv => special::erfcinv(x),
        Unary::Gamma => special::gamma(x),
        Unary::Gammaln => special::gammaln(x),
        Unary::Digamma => special::digamma(x),
        Unary::Expit => special::expit(x),
        Unary::LogExpit => special::log_expit(x),
        Unary::Logit => special::logit(x),
        Unary::Softplus => special::softplus(x),
        Unary::Ndtr => special::ndtr(x),
        Unary::LogNdtr => special::log_ndtr(x),
        Unary::Ndtri => special::ndtri(x),
        Unary::Entr => special::entr(x),
        Unary::I0 => special::i0(x),
        Unary::I1 => special::i1(x),
        Unary::I0e => special::i0e(x),
        Unary::I1e => special::i1e(x),
        Unary::J0 => special::j0(x),
        Unary::J1 => special::j1(x),
        usual => unary(usual, x),
    }
}

/// The function of that order.
pub fn order(f: Order, n: u32, x: f64) -> f64 {
    match f {
        Order::Polygamma => special::polygamma(n, x),
        Order::Sinc => special::sinc_derivative(n, x),
    }
}

/// f(x, y)
#[inline(always)]
pub fn binary(f: Binary, x: f64, y: f64) -> f64 {
    match f {
        Binary::Add => x + y,
        Binary::Sub => x - y,
        Binary::Mul => x * y,
        Binary::Div => x / y,
        Binary::Pow => x.powf(y),
        Binary::Maximum => special::maximum(x, y),
        Binary::Minimum => special::minimum(x, y),
        Binary::Fmax => special::fmax(x, y),
        Binary::Fmin => special::fmin(x, y),
        Binary::Arctan2 => x.atan2(y),
        Binary::Hypot => special::hypot(x, y),
        Binary::Logaddexp => special::logaddexp(x, y),
        Binary::Logaddexp2 => special::logaddexp2(x, y),
        Binary::Fmod => special::fmod(x, y),
        Binary::Remainder => special::remainder(x, y),
        Binary::FloorDivide => special::floor_divide(x, y),
        Binary::Copysign => special::copysign(x, y),
        Binary::Heaviside => special::heaviside(x, y),
        Binary::Nextafter => special::nextafter(x, y),
        Binary::Xlogy => special::xlogy(x, y),
        Binary::Xlog1py => special::xlog1py(x, y),
        Binary::Beta => special::beta(x, y),
        Binary::Betaln => special::betaln(x, y),
        Binary::Scale => scale(x, y),
        Binary::Strong => {
            if x == 0.0 || y == 0.0 {
                0.0
            } else {
                x * y
            }
        }
    }
}

/// t c, and 0 where t is 0 whatever c is.
#[inline(always)]
pub fn scale(t: f64, c: f64) -> f64 {
    if t == 0.0 { 0.0 } else { t * c }
}

/// Whether x and y compare so.
#[inline(always)]
pub fn compare<T: PartialOrd + Copy>(f: Compare, x: T, y: T) -> bool {
    match f {
        Compare::Less => x < y,
        Compare::LessEqual => x <= y,
        Compare::Greater => x > y,
        Compare::GreaterEqual => x >= y,
        Compare::Equal => x == y,
        Compare::NotEqual => x != y,
    }
}

/// The answer about x.
#[inline(always)]
pub fn test(f: Test, x: f64) -> bool {
    match f {
        Test::IsNan => x.is_nan(),
        Test::IsInf => x.is_infinite(),
        Test::IsFinite => x.is_finite(),
        Test::SignBit => x.is_sign_negative(),
        Test::Not => x == 0.0,
    }
}

/// The function of two truth values.
#[inline(always)]
pub fn logical(f: Logical, x: bool, y: bool) -> bool {
    match f {
        Logical::And => x && y,
        Logical::Or => x || y,
        Logical::Xor => x != y,
    }
}

/// A truth value as a number.
#[inline(always)]
pub fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}
