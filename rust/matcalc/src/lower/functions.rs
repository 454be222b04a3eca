//! Functions of a whole matrix; traces, sums and diagonals of products without the product.

use pyframe_graph::{
    Array, Attribute, Binary, Compare, Factor as Factorisation, Labels, NodeId, Part, Primitive, Reduction,
    Test, Unary,
};

use super::chain::{Block, Factor};
use super::{LowerError, Lowered, Lowering};
use crate::node::{Function, Id};
use crate::size::{Dim, Type};

/// Chains up to this length are rotated under a trace.
const ROTATED: usize = 8;
/// The part of the largest singular value below which others count as 0, as in `numpy.linalg.pinv`.
const NEGLIGIBLE: f64 = 1e-15;

impl Lowering<'_> {
    pub(super) fn function(&mut self, function: Function, x: Id, ty: Type) -> Lowered {
        use Function as F;
        let own = self.store.ty(x);
        if let (F::Trace | F::Total | F::Diagonal, Some(chain)) = (function, self.plain_chain(x)) {
            let factors = self.factors(chain);
            return match function {
                F::Trace => self.trace_of(&factors),
                F::Total => self.total_of(factors, own),
                _ => self.diagonal_of_chain(&factors),
            };
        }
        let lu = |own: &mut Self, part| {
            let lu = own.factorised(x)?;
            Ok(own.graph.part(part, &[lu])?)
        };
        match function {
            F::Det => return lu(self, Part::Det),
            F::LogDet => return lu(self, Part::LogAbsDet),
            _ => {}
        }
        let value = self.value(x)?;
        match function {
            F::Trace => {
                let diagonal = self.diagonal_of(value)?;
                self.reduced(Reduction::Sum, diagonal)
            }
            F::Total => self.reduced(Reduction::Sum, value),
            F::Diag => self.diagonal_matrix(value),
            F::Diagonal => self.diagonal_of(value),
            F::Det | F::LogDet => lu(self, Part::Det),
            F::Cofactor | F::Expm => {
                let primitive = if function == F::Expm { Primitive::Expm } else { Primitive::Cofactor };
                Ok(self.graph.add(primitive, &[value], Attribute::None, None)?)
            }
            F::PseudoInverse if own.is_scalar() => {
                let one = self.number(1.0)?;
                self.over_norm(one, value, 1.0)
            }
            F::PseudoInverse => {
                let svd = self.spectrum(Factorisation::Svd, value, own)?;
                let bound = self.number(NEGLIGIBLE)?;
                let inverse = self.graph.part(Part::PseudoInverse, &[svd, bound])?;
                self.as_typed(inverse, ty)
            }
            F::Vec => {
                let turned = self.turned(value)?;
                self.flat(turned)
            }
            F::Unvec(rows) => {
                let matrix = self.as_matrix(value, Type::new(ty.columns, rows))?;
                let matrix = self.turned(matrix)?;
                self.as_typed(matrix, ty)
            }
            F::Norm1 => {
                let sizes = self.graph.unary(Unary::Abs, value)?;
                self.reduced(Reduction::Sum, sizes)
            }
            F::Norm2 => self.reduced(Reduction::Norm, value),
            F::NormP(p) => {
                let sizes = self.graph.unary(Unary::Abs, value)?;
                let (p, root) = (self.number(p.get())?, self.number(1.0 / p.get())?);
                let unit = self.power_of_two_beside(sizes)?;
                let sizes = self.binary(Binary::Div, sizes, unit)?;
                let powers = self.binary(Binary::Pow, sizes, p)?;
                let total = self.reduced(Reduction::Sum, powers)?;
                let norm = self.binary(Binary::Pow, total, root)?;
                self.binary(Binary::Mul, unit, norm)
            }
            F::Max => self.reduced(Reduction::Max, value),
            F::Min => self.reduced(Reduction::Min, value),
            F::AtMax => self.shares(Reduction::Max, value),
            F::AtMin => self.shares(Reduction::Min, value),
            F::Upper => self.upper(value, ty),
            F::Toeplitz => self.toeplitz(value, ty),
            F::Logsumexp => self.reduced(Reduction::Logsumexp, value),
            F::Softmax => self.softmax(value, &(0..self.graph.shape(value).len()).collect::<Vec<_>>()),
            F::RowLogsumexp => Ok(self.graph.reduce(Reduction::Logsumexp, value, &[1])?),
            F::RowSoftmax => self.softmax(value, &[1]),
            _ => self.spectral(function, x, value),
        }
    }

    /// A power of two near the largest of some sizes, which scales them without rounding and stays
    /// where they move; 1 where that is 0 or infinite.
    pub(super) fn power_of_two_beside(&mut self, sizes: NodeId) -> Lowered {
        let one = self.number(1.0)?;
        if self.graph.shape(sizes).contains(&0) {
            return Ok(one);
        }
        let largest = self.reduced(Reduction::Max, sizes)?;
        let exponent = self.graph.unary(Unary::Log2, largest)?;
        let exponent = self.graph.unary(Unary::Floor, exponent)?;
        let usual = self.graph.test(Test::IsFinite, exponent)?;
        let unit = self.graph.unary(Unary::Exp2, exponent)?;
        Ok(self.graph.select(usual, unit, one)?)
    }

    /// 1 at the largest or smallest elements, shared among equal ones.
    fn shares(&mut self, f: Reduction, x: NodeId) -> Lowered {
        let extreme = self.reduced(f, x)?;
        let there = self.graph.compare(Compare::Equal, x, extreme)?;
        let ones = self.graph.convert(there, self.dtype)?;
        let count = self.reduced(Reduction::Sum, ones)?;
        self.binary(Binary::Div, ones, count)
    }

    /// Zeros below the diagonal.
    fn upper(&mut self, x: NodeId, ty: Type) -> Lowered {
        let (n, m) = (self.length(ty.rows)?, self.length(ty.columns)?);
        let above: Vec<bool> = (0..n).flat_map(|i| (0..m).map(move |j| j >= i)).collect();
        let above = self.graph.constant(Array::new(above, self.graph.shape(x))?)?;
        let zero = self.number(0.0)?;
        Ok(self.graph.select(above, x, zero)?)
    }

    /// Every element the mean of its diagonal.
    fn toeplitz(&mut self, x: NodeId, ty: Type) -> Lowered {
        let (n, m) = (self.length(ty.rows)?, self.length(ty.columns)?);
        if n * m == 0 {
            return Ok(x);
        }
        let diagonal: Vec<i64> = (0..n).flat_map(|i| (0..m).map(move |j| (j + n - 1 - i) as i64)).collect();
        let mut counts = vec![0.0_f64; n + m - 1];
        for &place in &diagonal {
            counts[place as usize] += 1.0;
        }
        let places = self.graph.constant(Array::new(diagonal, [n * m])?)?;
        let counts = self.graph.constant(Array::new(counts, [n + m - 1])?)?;
        let counts = self.graph.convert(counts, self.dtype)?;
        let flat = self.flat(x)?;
        let totals = self.graph.scatter_add(flat, places, 0, &[n + m - 1])?;
        let means = self.binary(Binary::Div, totals, counts)?;
        let spread = self.graph.gather(means, places, 0)?;
        self.as_typed(spread, ty)
    }

    /// The sum of all elements of a chain: ones on both sides of it.
    fn total_of(&mut self, mut factors: Vec<Factor>, ty: Type) -> Lowered {
        if ty.rows != Dim::ONE {
            factors.insert(0, Factor::Ones(Type::new(Dim::ONE, ty.rows)));
        }
        if ty.columns != Dim::ONE {
            factors.push(Factor::Ones(Type::vector(ty.columns)));
        }
        self.settled_stretch(&factors)
    }

    /// The trace of a chain: the inner product of two stretches of it, or of one with its rest.
    fn trace_of(&mut self, factors: &[Factor]) -> Lowered {
        let count = factors.len();
        if !(2..=2 * ROTATED).contains(&count) {
            let product = self.settled_stretch(factors)?;
            let diagonal = self.diagonal_of(product)?;
            return self.reduced(Reduction::Sum, diagonal);
        }
        let rotations = if count <= ROTATED { count } else { 1 };
        let twice = factors.repeat(2);
        let (plan, n) = (self.plan(&twice)?, self.lengths(&twice)?);
        let mut best: Option<(f64, usize, usize)> = None;
        for from in 0..rotations {
            for at in from + 1..=from + count {
                let to = from + count;
                let cost = plan.cost(from, at)
                    + plan.cost(at, to)
                    + n[from] * n[at]
                    + self.alone(&twice[from..at], n[from])
                    + self.alone(&twice[at..to], n[at]);
                if best.is_none_or(|known| cost < known.0) {
                    best = Some((cost, from, at));
                }
            }
        }
        let (_, from, at) = best.unwrap_or((0.0, 0, count));
        let left = self.follow(&plan, &twice, from, at)?;
        if at == from + count {
            let diagonal = self.diagonal_of(left.node)?;
            return self.reduced(Reduction::Sum, diagonal);
        }
        let right = self.follow(&plan, &twice, at, from + count)?.flipped();
        self.inner_of(left, right)
    }

    /// The inner product of two blocks of one type.
    pub(super) fn inner_of(&mut self, left: Block, right: Block) -> Lowered {
        if left.turned == right.turned || self.graph.shape(left.node).len() == 1 {
            let (left, right) = (self.flat(left.node)?, self.flat(right.node)?);
            return Ok(self.graph.contract(left, right, Labels::new("i", "i", ""))?);
        }
        let (left, right) = (self.settled(left)?, self.settled(right)?);
        let product = self.binary(Binary::Mul, left, right)?;
        self.reduced(Reduction::Sum, product)
    }

    /// The diagonal of a chain: sums along rows of an elementwise product of two stretches.
    fn diagonal_of_chain(&mut self, factors: &[Factor]) -> Lowered {
        let count = factors.len();
        if !(2..=4 * ROTATED).contains(&count) {
            let product = self.settled_stretch(factors)?;
            return self.diagonal_of(product);
        }
        let (plan, n) = (self.plan(factors)?, self.lengths(factors)?);
        let cost = |own: &Self, at: usize| {
            plan.cost(0, at)
                + plan.cost(at, count)
                + n[0] * n[at]
                + own.alone(&factors[..at], n[0])
                + own.alone(&factors[at..], n[at])
        };
        let best = (1..=count).map(|at| (cost(self, at), at)).min_by(|a, b| a.0.total_cmp(&b.0));
        let at = best.map_or(count, |best| best.1);
        let left = self.follow(&plan, factors, 0, at)?;
        if at == count {
            return self.diagonal_of(left.node);
        }
        let right = self.follow(&plan, factors, at, count)?.flipped();
        self.rows_summed(left, right)
    }

    /// Sums along rows of the elementwise product of two matrices.
    fn rows_summed(&mut self, left: Block, right: Block) -> Result<NodeId, LowerError> {
        let (left, right) = (self.settled(left)?, self.settled(right)?);
        let product = self.binary(Binary::Mul, left, right)?;
        if self.graph.shape(product).len() == 1 { Ok(product) } else { Ok(self.graph.sum(product, &[1])?) }
    }
}
