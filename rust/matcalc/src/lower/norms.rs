//! Division by norms, whose powers leave the range of numbers long before the quotients do.

use pyframe_graph::{Binary, Compare, NodeId, Unary};
use smallvec::SmallVec;

use super::chain::Factor;
use super::{Lowered, Lowering};
use crate::node::{Id, Map, Node, Real};
use crate::size::{Dim, Type};
use crate::store::Store;

/// Norms to higher powers than this, or to fractions, are powers.
const REPEATED: f64 = 16.0;

/// A power of a norm that divides a product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Over {
    pub(super) norm: NodeId,
    left: f64,
}

impl Over {
    /// The norm, if a base to some power is to be divided by it, whose power is as much lower then.
    pub(super) fn take(&mut self, store: &Store, base: Id, e: f64) -> Option<NodeId> {
        let flat = matches!(store.node(base), Node::Map(Map::Step | Map::Unary(Unary::Sign), _));
        let takes = e > 0.0 && e <= self.left && !flat;
        takes.then(|| {
            self.left -= e;
            self.norm
        })
    }
}

/// A chain of one array or of a column times a row, over a higher power of a norm: each array is
/// divided by the norm, and what is left of the power stands in front.
pub(super) struct Normalised {
    norm: Id,
    power: f64,
    /// Where the chain is cut between a column and a row.
    cut: Option<usize>,
    scalars: SmallVec<[(Id, Real); 4]>,
}

impl Lowering<'_> {
    /// What divides beside a norm: the derivative of a norm at 0 is 0 (convention K4), whatever the
    /// other factors are there.
    pub(super) fn infinite_where(&mut self, norm: NodeId, below: NodeId) -> Lowered {
        let (zero, infinity) = (self.number(0.0)?, self.number(f64::INFINITY)?);
        let nothing = self.graph.compare(Compare::Equal, norm, zero)?;
        Ok(self.graph.select(nothing, infinity, below)?)
    }

    /// x over a norm to some power, one after another.
    pub(super) fn over_norm(&mut self, x: NodeId, norm: NodeId, power: f64) -> Lowered {
        let norm = self.infinite_where(norm, norm)?;
        if power.fract() != 0.0 || power > REPEATED {
            let norm = self.powered(norm, power)?;
            return self.binary(Binary::Div, x, norm);
        }
        (0..power as u32).try_fold(x, |x, _| self.binary(Binary::Div, x, norm))
    }

    /// How arrays over a power of a norm are taken apart.
    pub(super) fn normalised(
        &self,
        scalars: &[(Id, Real)],
        factors: &[Factor],
        ty: Type,
    ) -> Option<Normalised> {
        let place = scalars.iter().position(|&(s, e)| e.get() <= -2.0 && self.store.is_norm(s))?;
        let whole = ty.is_column() || ty.is_row() || factors.len() == 1;
        let between = || (1..factors.len()).find(|&k| self.ty_of(factors[k]).rows == Dim::ONE);
        let cut = if whole { None } else { Some(between()?) };
        let (norm, e) = scalars[place];
        let mut scalars: SmallVec<[_; 4]> = scalars.into();
        scalars.remove(place);
        Some(Normalised { norm, power: -e.get(), cut, scalars })
    }

    /// The factors before and behind the cut of such a chain; all of another one.
    pub(super) fn pieces<'f>(
        &self,
        scalars: &[(Id, Real)],
        factors: &'f [Factor],
        ty: Type,
    ) -> (&'f [Factor], &'f [Factor]) {
        let cut = self.normalised(scalars, factors, ty).and_then(|own| own.cut);
        factors.split_at(cut.unwrap_or(factors.len()))
    }

    /// The value of such a chain, times a number.
    pub(super) fn over_norms(
        &mut self,
        coefficient: f64,
        own: &Normalised,
        factors: &[Factor],
        ty: Type,
    ) -> Lowered {
        let mut over = Over { norm: self.value(own.norm)?, left: own.power };
        let (left, right) = factors.split_at(own.cut.unwrap_or(factors.len()));
        let column = if own.cut.is_some() { Type::vector(ty.rows) } else { ty };
        let left = self.stretch_over(left, column, &mut over)?;
        let right = match right {
            [] => None,
            _ => Some(self.stretch_over(right, Type::new(Dim::ONE, ty.columns), &mut over)?),
        };
        let scale = self.powers(coefficient, &own.scalars)?;
        let scale = self.over_norm(scale, over.norm, over.left)?;
        let left = self.binary(Binary::Mul, scale, left)?;
        match right {
            Some(right) => self.outer(left, right),
            None => Ok(left),
        }
    }

    /// A vector times a number and powers of scalars.
    pub(super) fn times_vector(&mut self, coefficient: f64, scalars: &[(Id, Real)], v: Id) -> Lowered {
        let factor = Factor::Matrix { id: v, turned: false, inverse: false };
        if let Some(own) = self.normalised(scalars, &[factor], self.store.ty(v)) {
            return self.over_norms(coefficient, &own, &[factor], self.store.ty(v));
        }
        let (scale, v) = (self.powers(coefficient, scalars)?, self.value(v)?);
        self.binary(Binary::Mul, scale, v)
    }

    /// A stretch of a chain over powers of a norm: elements that are powers over as many, others
    /// over one.
    fn stretch_over(&mut self, factors: &[Factor], ty: Type, over: &mut Over) -> Lowered {
        if let &[Factor::Matrix { id, turned, inverse: false }] = factors
            && let Node::Hadamard(powers) = self.store.node(id)
        {
            let value = self.powers_over(1.0, powers, Some(over))?;
            return if turned { self.turned(value) } else { Ok(value) };
        }
        let value = self.chained(factors, ty)?;
        if over.left < 1.0 {
            return Ok(value);
        }
        over.left -= 1.0;
        self.over_norm(value, over.norm, 1.0)
    }
}
