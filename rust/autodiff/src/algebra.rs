//! What a rule may do: compute with values, and apply linear operators to tangents.
//!
//! Rules are written over these two traits, so that the same text is read as numbers (the
//! sweep over a scalar tape), as nodes (the passes of this crate) and as formulas.

use pyframe_graph::{
    Binary, Compare, DType, Factor, Gap, Labels, Logical, Order, Part, Reduction, Shape, Sliced, Test, Unary,
};

/// Computing with the values of operands and results, element by element.
///
/// Failures (a graph that is full) are kept by the implementation and reported at the end, so
/// that a rule reads like its formula.
pub trait Values {
    /// A value.
    type Value: Copy;

    /// A number of the same kind as a value.
    fn number(&self, like: Self::Value, number: f64) -> Self::Value;
    /// A function of each element.
    fn unary(&self, f: Unary, x: Self::Value) -> Self::Value;
    /// A function of each element, with an order.
    fn order(&self, f: Order, order: u32, x: Self::Value) -> Self::Value;
    /// A function of pairs of elements.
    fn binary(&self, f: Binary, a: Self::Value, b: Self::Value) -> Self::Value;
    /// A comparison, to be used by `select` and `logical`.
    fn compare(&self, f: Compare, a: Self::Value, b: Self::Value) -> Self::Value;
    /// A function of pairs of truth values.
    fn logical(&self, f: Logical, a: Self::Value, b: Self::Value) -> Self::Value;
    /// A question about each element.
    fn test(&self, f: Test, x: Self::Value) -> Self::Value;
    /// Elements of `a` where the condition holds, of `b` elsewhere.
    fn select(&self, condition: Self::Value, a: Self::Value, b: Self::Value) -> Self::Value;

    /// a + b
    #[inline(always)]
    fn add(&self, a: Self::Value, b: Self::Value) -> Self::Value {
        self.binary(Binary::Add, a, b)
    }
    /// a - b
    #[inline(always)]
    fn sub(&self, a: Self::Value, b: Self::Value) -> Self::Value {
        self.binary(Binary::Sub, a, b)
    }
    /// a b
    #[inline(always)]
    fn mul(&self, a: Self::Value, b: Self::Value) -> Self::Value {
        self.binary(Binary::Mul, a, b)
    }
    /// a / b
    #[inline(always)]
    fn div(&self, a: Self::Value, b: Self::Value) -> Self::Value {
        self.binary(Binary::Div, a, b)
    }
    /// -a
    #[inline(always)]
    fn neg(&self, a: Self::Value) -> Self::Value {
        self.unary(Unary::Neg, a)
    }
    /// c + a
    #[inline(always)]
    fn plus(&self, c: f64, a: Self::Value) -> Self::Value {
        self.add(self.number(a, c), a)
    }
    /// c a
    #[inline(always)]
    fn times(&self, c: f64, a: Self::Value) -> Self::Value {
        self.mul(self.number(a, c), a)
    }
    /// c / a
    #[inline(always)]
    fn over(&self, c: f64, a: Self::Value) -> Self::Value {
        self.div(self.number(a, c), a)
    }
    /// (1 - a)(1 + a), which is 1 - a^2 without its cancellation
    #[inline(always)]
    fn one_minus_square(&self, a: Self::Value) -> Self::Value {
        let one = self.number(a, 1.0);
        self.mul(self.sub(one, a), self.add(one, a))
    }
    /// `special` where a is exactly `number`, `usual` elsewhere.
    #[inline(always)]
    fn at(&self, a: Self::Value, number: f64, special: f64, usual: Self::Value) -> Self::Value {
        let there = self.compare(Compare::Equal, a, self.number(a, number));
        self.select(there, self.number(a, special), usual)
    }
}

/// How an elementwise function scales the tangent of an operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slope<V> {
    /// Not at all: it is constant between jumps.
    Zero,
    /// By one.
    One,
    /// By minus one.
    MinusOne,
    /// By this coefficient; a tangent of 0 stays 0 whatever the coefficient is.
    By(V),
    /// By one coefficient and then by another, whose product may leave the range of numbers where
    /// what becomes of the tangent does not.
    ByBoth(V, V),
    /// By this coefficient, which also makes 0 of any tangent when it is 0.
    Strongly(V),
}

/// Values of whole arrays, and the linear operators on tangents.
pub trait Linear: Values {
    /// Something linear in the tangents of the operands.
    type Tangent: Copy;

    /// The shape of a value.
    fn shape(&self, x: Self::Value) -> Shape;
    /// The shape of a tangent.
    fn tangent_shape(&self, t: Self::Tangent) -> Shape;
    /// A reduction of a value.
    fn reduce(&self, f: Reduction, x: Self::Value, axes: &[usize]) -> Self::Value;
    /// A value under another shape.
    fn reshape_value(&self, x: Self::Value, shape: &[usize]) -> Self::Value;
    /// A value with permuted axes.
    fn transpose_value(&self, x: Self::Value, permutation: &[usize]) -> Self::Value;
    /// The product of two values summed over common labels.
    fn contract_values(&self, a: Self::Value, b: Self::Value, labels: &Labels) -> Self::Value;
    /// A factorisation of a matrix.
    fn factor(&self, factor: Factor, a: Self::Value) -> Self::Value;
    /// Something read of a factorisation.
    fn part(&self, part: Part, operands: &[Self::Value]) -> Self::Value;
    /// The cofactors of a matrix.
    fn cofactor(&self, a: Self::Value) -> Self::Value;
    /// A constant n by n matrix: `entry(i, j)`.
    fn matrix(&self, like: Self::Value, n: usize, entry: &dyn Fn(usize, usize) -> f64) -> Self::Value;
    /// [[a, b], [0, c]] of square matrices of one shape.
    fn block_triangle(&self, a: Self::Value, b: Self::Value) -> Self::Value;

    /// t times a coefficient, elementwise with broadcasting; where t is 0 the result is.
    fn scale(&self, t: Self::Tangent, c: Self::Value) -> Self::Tangent;
    /// The same where c = 0 gives 0, too.
    fn strongly(&self, t: Self::Tangent, c: Self::Value) -> Self::Tangent;
    /// -t
    fn negate(&self, t: Self::Tangent) -> Self::Tangent;
    /// t / 2
    fn halve(&self, t: Self::Tangent) -> Self::Tangent;
    /// t + u
    fn join(&self, t: Self::Tangent, u: Self::Tangent) -> Self::Tangent;
    /// t where the condition holds and u elsewhere; nothing is zero.
    fn choose(
        &self,
        condition: Self::Value,
        t: Option<Self::Tangent>,
        u: Option<Self::Tangent>,
    ) -> Self::Tangent;
    /// The product with a value, summed over common labels; t stands left or right.
    fn contract(&self, t: Self::Tangent, c: Self::Value, labels: &Labels, t_is_left: bool) -> Self::Tangent;
    /// Summed over axes.
    fn sum(&self, t: Self::Tangent, axes: &[usize]) -> Self::Tangent;
    /// Stretched to a shape.
    fn broadcast(&self, t: Self::Tangent, shape: &[usize]) -> Self::Tangent;
    /// Under another shape.
    fn reshape(&self, t: Self::Tangent, shape: &[usize]) -> Self::Tangent;
    /// With permuted axes.
    fn transpose(&self, t: Self::Tangent, permutation: &[usize]) -> Self::Tangent;
    /// Some elements along each axis.
    fn slice(&self, t: Self::Tangent, slices: &[Sliced], shape: &[usize]) -> Self::Tangent;
    /// Zeros, with t where the slices would read.
    fn unslice(&self, t: Self::Tangent, slices: &[Sliced], shape: &[usize]) -> Self::Tangent;
    /// Several along an axis; nothing is zeros of the length given.
    fn concatenate(&self, parts: &[(Option<Self::Tangent>, usize)], axis: usize) -> Self::Tangent;
    /// One element by its place.
    fn element(&self, t: Self::Tangent, place: usize) -> Self::Tangent;
    /// Rows of a new first axis; nothing is zero.
    fn stack(&self, rows: &[Option<Self::Tangent>]) -> Self::Tangent;
    /// Elements along an axis.
    fn gather(&self, t: Self::Tangent, places: Self::Value, axis: usize) -> Self::Tangent;
    /// Zeros to which t is added at places along an axis.
    fn scatter_add(
        &self,
        t: Self::Tangent,
        places: Self::Value,
        axis: usize,
        shape: &[usize],
    ) -> Self::Tangent;
    /// t with u at places of its flattened form; nothing is zero.
    fn put(
        &self,
        t: Option<Self::Tangent>,
        places: Self::Value,
        u: Option<Self::Tangent>,
        shape: &[usize],
    ) -> Self::Tangent;
    /// Running sums.
    fn cumsum(&self, t: Self::Tangent, axis: usize, reverse: bool) -> Self::Tangent;
    /// As another kind of number.
    fn convert(&self, t: Self::Tangent, dtype: DType) -> Self::Tangent;
    /// inv(A) t or inv(A)^T t by the factorisation of A.
    fn solve(&self, lu: Self::Value, t: Self::Tangent, transposed: bool) -> Self::Tangent;
    /// inv(L) t or inv(L)^T t.
    fn triangular_solve(&self, l: Self::Value, t: Self::Tangent, transposed: bool) -> Self::Tangent;
    /// t divided by the gaps of a spectrum.
    fn over_gaps(&self, gap: Gap, t: Self::Tangent, w: Self::Value) -> Self::Tangent;
    /// The derivative of the cofactors at A along some matrices and t: symmetric in all of them, and
    /// as a function of t its own adjoint, for both are derivatives of the determinant.
    fn cofactor_frechet(&self, a: Self::Value, along: &[Self::Value], t: Self::Tangent) -> Self::Tangent;
    /// The derivative of the matrix exponential at A along t.
    fn expm_frechet(&self, a: Self::Value, t: Self::Tangent) -> Self::Tangent;

    /// The tangent under a slope.
    fn along(&self, t: Self::Tangent, slope: Slope<Self::Value>) -> Option<Self::Tangent> {
        match slope {
            Slope::Zero => None,
            Slope::One => Some(t),
            Slope::MinusOne => Some(self.negate(t)),
            Slope::By(c) => Some(self.scale(t, c)),
            Slope::ByBoth(c, d) => Some(self.scale(self.scale(t, c), d)),
            Slope::Strongly(c) => Some(self.strongly(t, c)),
        }
    }

    /// The sum of tangents that may be absent.
    fn total(&self, t: Option<Self::Tangent>, u: Option<Self::Tangent>) -> Option<Self::Tangent> {
        match (t, u) {
            (Some(t), Some(u)) => Some(self.join(t, u)),
            (some, None) | (None, some) => some,
        }
    }

    /// The last two axes exchanged.
    fn flip(&self, t: Self::Tangent) -> Self::Tangent {
        self.transpose(t, &flipped(self.tangent_shape(t).len()))
    }

    /// The last two axes of a value exchanged.
    fn flip_value(&self, x: Self::Value) -> Self::Value {
        self.transpose_value(x, &flipped(self.shape(x).len()))
    }

    /// t C for stacks of matrices.
    fn times_matrix(&self, t: Self::Tangent, c: Self::Value) -> Self::Tangent {
        self.contract(t, c, &matrix_product(self.shape(c).len()), true)
    }

    /// C t for stacks of matrices.
    fn matrix_times(&self, c: Self::Value, t: Self::Tangent) -> Self::Tangent {
        self.contract(t, c, &matrix_product(self.shape(c).len()), false)
    }
}

/// The permutation that exchanges the last two axes.
pub fn flipped(rank: usize) -> Vec<usize> {
    let mut axes: Vec<usize> = (0..rank).collect();
    axes.swap(rank - 1, rank - 2);
    axes
}

/// The labels of the product of stacks of matrices of this many axes.
pub fn matrix_product(rank: usize) -> Labels {
    let stack = 0..rank as u8 - 2;
    let [i, j, k] = [b'i', b'j', b'k'].map(|label| label + 100);
    let with = |last: [u8; 2]| stack.clone().chain(last).collect();
    Labels { left: with([i, j]), right: with([j, k]), out: with([i, k]) }
}
