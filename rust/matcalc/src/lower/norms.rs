//! Division by norms, whose powers leave the range of numbers long before the quotients do.

use pyframe_graph::{Binary, Compare, NodeId};
use smallvec::SmallVec;

use super::chain::Factor;
use super::{Lowered, Lowering};
use crate::node::{Id, Node, Real};
use crate::size::{Dim, Type};

/// Norms to higher powers than this, or to fractions, are powers.
const REPEATED: f64 = 16.0;

/// A column, a row, or a column times a row, over a power of a norm: each of its vectors is divided
/// by the norm, and what is left of the power stands in front.
pub(super) struct Normalised {
    norm: Id,
    /// Where the chain is cut between a column and a row.
    cut: Option<usize>,
    scalars: SmallVec<[(Id, Real); 4]>,
}

impl Lowering<'_> {
    /// What divides, of which some factors are norms: their derivative at 0 is 0 (convention K4),
    /// whatever the other factors are there.
    pub(super) fn infinite_where(&mut self, norms: &[(NodeId, f64)], below: NodeId) -> Lowered {
        let (zero, infinity) = (self.number(0.0)?, self.number(f64::INFINITY)?);
        norms.iter().try_fold(below, |below, &(norm, _)| {
            let nothing = self.graph.compare(Compare::Equal, norm, zero)?;
            Ok(self.graph.select(nothing, infinity, below)?)
        })
    }

    /// x over a norm to some power, one after another.
    pub(super) fn over_norm(&mut self, x: NodeId, norm: NodeId, power: f64) -> Lowered {
        let norm = self.infinite_where(&[(norm, power)], norm)?;
        if power.fract() != 0.0 || power > REPEATED {
            let norm = self.powered(norm, power)?;
            return self.binary(Binary::Div, x, norm);
        }
        (0..power as u32).try_fold(x, |x, _| self.binary(Binary::Div, x, norm))
    }

    /// How vectors over a power of a norm are taken apart.
    pub(super) fn normalised(
        &self,
        scalars: &[(Id, Real)],
        factors: &[Factor],
        ty: Type,
    ) -> Option<Normalised> {
        let is_norm = |id: Id| matches!(self.store.node(id), Node::Function(f, _) if f.is_norm());
        let place = scalars.iter().position(|&(s, e)| e.get() <= -2.0 && is_norm(s))?;
        let vector = ty.is_column() || ty.is_row();
        let between = || (1..factors.len()).find(|&k| self.ty_of(factors[k]).rows == Dim::ONE);
        let cut = if vector { None } else { Some(between()?) };
        let pieces = if vector { 1.0 } else { 2.0 };
        let (norm, e) = scalars[place];
        let mut scalars: SmallVec<[_; 4]> = scalars.into();
        scalars[place].1 = Real::new(e.get() + pieces);
        scalars.retain(|(_, e)| e.get() != 0.0);
        Some(Normalised { norm, cut, scalars })
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
        let norm = self.value(own.norm)?;
        let scale = self.powers(coefficient, &own.scalars)?;
        let (left, right) = factors.split_at(own.cut.unwrap_or(factors.len()));
        let column = if own.cut.is_some() { Type::vector(ty.rows) } else { ty };
        let left = self.chained(left, column)?;
        let left = self.over_norm(left, norm, 1.0)?;
        let left = self.binary(Binary::Mul, scale, left)?;
        if right.is_empty() {
            return Ok(left);
        }
        let right = self.chained(right, Type::new(Dim::ONE, ty.columns))?;
        let right = self.over_norm(right, norm, 1.0)?;
        self.outer(left, right)
    }
}
