//! Products over several scalars, whose own product leaves the range of numbers long before the
//! quotients do: each array is divided by one of them, and what is left divides in turns with what
//! multiplies.

use std::collections::VecDeque;

use pyframe_graph::{Binary, NodeId, Unary};
use smallvec::SmallVec;

use super::chain::Factor;
use super::norms::Over;
use super::{LowerError, Lowered, Lowering};
use crate::node::{Function, Id, Map, Node, Real};
use crate::size::{Dim, Type};
use crate::switches::switches_off;

/// Higher powers than this, and fractions, are powers: others are repeated.
pub(super) const REPEATED: f64 = 16.0;

/// A scalar below a product, to the power that is left of it.
struct Divisor {
    id: Id,
    value: NodeId,
    left: f64,
    degree: f64,
    is_norm: bool,
}

/// The scalars beside a chain, each by itself.
struct Beside {
    /// Sizes, which are no numbers out of range.
    sizes: Vec<(Id, Real)>,
    above: Vec<(NodeId, f64)>,
    /// Their degree.
    height: f64,
    below: Vec<Divisor>,
    /// What makes 0 of all else where it is 0.
    switches: Vec<NodeId>,
}

impl Beside {
    /// How much more divides than multiplies.
    fn excess(&self) -> f64 {
        self.below.iter().map(|divisor| divisor.left * divisor.degree).sum::<f64>() - self.height
    }
}

/// What factors are made of.
fn made_of(factors: &[Factor]) -> SmallVec<[Id; 4]> {
    factors.iter().filter_map(|factor| factor.id()).collect()
}

impl Lowering<'_> {
    /// Whether the scalars of a product are shared out among its arrays: more than one divides, or
    /// one does and more than one multiplies.
    pub(super) fn shares_out(&self, scalars: &[(Id, Real)]) -> bool {
        let powers = || scalars.iter().map(|&(s, e)| (s, e.get()));
        let below = self.store.divisions(powers());
        let several = || self.store.divisions(powers().map(|(s, e)| (s, -e))) > 1.0;
        let squares =
            || scalars.iter().any(|&(s, e)| e.get() < 0.0 && self.norm_beside(s, scalars).is_some());
        below > 1.0 || below == 1.0 && (several() || squares())
    }

    /// The norm that divides twice where its square does.
    fn norm_beside(&self, s: Id, scalars: &[(Id, Real)]) -> Option<Id> {
        let others: SmallVec<[Id; 4]> = scalars.iter().map(|scalar| scalar.0).collect();
        self.store.norm_beside(s, &others)
    }

    /// Where a chain is cut between a column and a row, each of which scalars beside it scale.
    pub(super) fn cut(&self, scalars: &[(Id, Real)], factors: &[Factor], ty: Type) -> Option<usize> {
        if scalars.is_empty() || ty.is_column() || ty.is_row() {
            return None;
        }
        let is_ones = |factor: Factor| matches!(factor, Factor::Ones(_));
        let between = |&k: &usize| {
            let [left, right] = [factors[k - 1], factors[k]];
            self.ty_of(right).rows == Dim::ONE && !is_ones(left) && !is_ones(right)
        };
        (1..factors.len()).find(between)
    }

    /// A number times powers of scalars times a chain.
    pub(super) fn scaled_chain(
        &mut self,
        coefficient: f64,
        scalars: &[(Id, Real)],
        factors: &[Factor],
        ty: Type,
    ) -> Lowered {
        let cut = self.cut(scalars, factors, ty);
        let (left, right) = factors.split_at(cut.unwrap_or(factors.len()));
        let (column, row) = (Type::vector(ty.rows), Type::new(Dim::ONE, ty.columns));
        let column = if cut.is_some() { column } else { ty };
        if !self.shares_out(scalars) {
            let scale = self.powers(coefficient, scalars)?;
            let left = self.chained(left, column)?;
            let left = self.binary(Binary::Mul, scale, left)?;
            if right.is_empty() {
                return Ok(left);
            }
            let right = self.chained(right, row)?;
            return self.outer(left, right);
        }
        let mut beside = self.beside(scalars)?;
        let right = match right {
            [] => None,
            _ => Some(self.divided_chain(right, row, &mut beside, 1.0)?),
        };
        // Where nothing multiplies, two that divide leave the range by themselves.
        let enough = match () {
            () if cut.is_some() || beside.below.iter().any(|own| own.is_norm) => 1.0,
            () if beside.above.is_empty() => 2.0,
            () => 3.0,
        };
        let left = self.divided_chain(left, column, &mut beside, enough)?;
        let left = match self.in_turns(coefficient, beside)? {
            Some(scale) => self.binary(Binary::Mul, scale, left)?,
            None => left,
        };
        right.map_or(Ok(left), |right| self.outer(left, right))
    }

    /// A number times powers of scalars.
    pub(super) fn scale(&mut self, coefficient: f64, scalars: &[(Id, Real)]) -> Lowered {
        if !self.shares_out(scalars) {
            return self.powers(coefficient, scalars);
        }
        let beside = self.beside(scalars)?;
        let scale = self.in_turns(coefficient, beside)?;
        scale.map_or_else(|| self.number(coefficient), Ok)
    }

    fn beside(&mut self, scalars: &[(Id, Real)]) -> Result<Beside, LowerError> {
        let store = self.store;
        let mut own = Beside {
            sizes: Vec::new(),
            above: Vec::new(),
            height: 0.0,
            below: Vec::new(),
            switches: Vec::new(),
        };
        let mut inner = Vec::new();
        for &(s, e) in scalars {
            let (value, power) = (self.value(s)?, e.get());
            let off = || scalars.iter().any(|&(other, _)| switches_off(store, s, other));
            match store.node(s) {
                Node::Size(_) => own.sizes.push((s, e)),
                _ if power < 0.0 => {
                    let norm = self.norm_beside(s, scalars);
                    let known = norm.and_then(|norm| Some((norm, self.value(norm).ok()?, -2.0 * power)));
                    let (id, value, left) = known.unwrap_or((s, value, -power));
                    let (degree, is_norm) = (store.degree(id), store.is_norm(id));
                    own.below.push(Divisor { id, value, left, degree, is_norm });
                }
                Node::Map(Map::Step | Map::Unary(Unary::Sign), _) => {
                    own.switches.push(self.powered(value, power)?);
                }
                _ if off() => own.switches.push(self.powered(value, power)?),
                _ if power == 1.0 => inner.push((s, value)),
                _ => {
                    own.above.push((value, power));
                    own.height += power * store.degree(s);
                }
            }
        }
        let norms: Vec<NodeId> =
            own.below.iter().filter(|divisor| divisor.is_norm).map(|divisor| divisor.value).collect();
        for divisor in &mut own.below {
            divisor.value = if divisor.is_norm {
                self.infinite_where(divisor.value, divisor.value)?
            } else {
                norms.iter().try_fold(divisor.value, |below, &norm| self.infinite_where(norm, below))?
            };
        }
        for (s, value) in inner {
            let divided = self.divided_inner(s, &mut own)?;
            own.above.push((divided.unwrap_or(value), 1.0));
            own.height += store.degree(s) - f64::from(u8::from(divided.is_some()));
        }
        Ok(own)
    }

    /// An inner product of which one side is divided by a norm of what it is made of, where two are
    /// left: the product itself may be no number.
    fn divided_inner(&mut self, s: Id, beside: &mut Beside) -> Result<Option<NodeId>, LowerError> {
        let norms: f64 = beside.below.iter().filter(|own| own.is_norm).map(|own| own.left.floor()).sum();
        let Some(factors) = self.inner_factors(s).filter(|_| norms >= 2.0) else { return Ok(None) };
        // The product itself is made: that would be the best plan else.
        let plan = self.plan_afresh(&factors)?;
        let (at, count) = (plan.split(0, factors.len()), factors.len());
        let mut sides = [self.follow(&plan, &factors, 0, at)?, self.follow(&plan, &factors, at, count)?];
        for (side, own) in sides.iter_mut().zip([&factors[..at], &factors[at..]]) {
            let Some(place) = self.nearest(own, beside) else { continue };
            let divisor = &beside.below[place];
            if divisor.is_norm && self.store.unlike(&[divisor.id], &made_of(own)).is_some() {
                side.node = self.divided(side.node, own, beside)?;
                let [left, right] = sides;
                return self.inner_of(left, right.flipped()).map(Some);
            }
        }
        Ok(None)
    }

    /// The factors of an inner product of two vectors or matrices.
    fn inner_factors(&self, s: Id) -> Option<Vec<Factor>> {
        let chain = match self.store.node(s) {
            Node::Function(Function::Trace, x) => self.plain_chain(*x)?,
            _ => self.plain_chain(s)?,
        };
        let factors = self.factors(chain);
        let is_value = |factor: &Factor| !matches!(factor, Factor::Ones(_) | Factor::Diagonal(_));
        let two = matches!(self.store.node(s), Node::Product { .. }) || factors.len() == 2;
        (two && factors.len() > 1 && factors.iter().all(is_value) && self.distributed(&factors).is_none())
            .then_some(factors)
    }

    /// A chain over a divisor; elements that are powers over as many norms.
    fn divided_chain(&mut self, factors: &[Factor], ty: Type, beside: &mut Beside, enough: f64) -> Lowered {
        if beside.excess() < enough {
            return self.chained(factors, ty);
        }
        if let &[Factor::Matrix { id, turned, inverse: false }] = factors
            && let Node::Hadamard(powers) = self.store.node(id)
            && let Some(place) = self.nearest(factors, beside).filter(|&place| beside.below[place].is_norm)
        {
            let own = &mut beside.below[place];
            let mut over = Over { norm: own.value, left: own.left };
            let value = self.powers_over(1.0, powers, Some(&mut over))?;
            let taken = over.left < own.left;
            own.left = over.left;
            let value = if turned { self.turned(value)? } else { value };
            return if taken { Ok(value) } else { self.divided(value, factors, beside) };
        }
        let value = self.chained(factors, ty)?;
        self.divided(value, factors, beside)
    }

    /// A value over the divisor that is nearest to what it is made of.
    fn divided(&mut self, value: NodeId, of: &[Factor], beside: &mut Beside) -> Lowered {
        let Some(place) = self.nearest(of, beside) else { return Ok(value) };
        beside.below[place].left -= 1.0;
        self.binary(Binary::Div, value, beside.below[place].value)
    }

    /// The place of the divisor that is nearest to what some factors are made of.
    fn nearest(&self, factors: &[Factor], beside: &Beside) -> Option<usize> {
        let whole: Vec<usize> = (0..beside.below.len()).filter(|&k| beside.below[k].left >= 1.0).collect();
        if let [] | [_] = whole[..] {
            return whole.first().copied();
        }
        let left = |place: usize| (beside.below[place].id, beside.below[place].left);
        let made_of = made_of(factors);
        whole.into_iter().min_by(|&a, &b| self.store.nearer(left(a), left(b), &made_of))
    }

    /// What is left of the scalars, times a number; nothing where that is 1.
    fn in_turns(&mut self, coefficient: f64, beside: Beside) -> Result<Option<NodeId>, LowerError> {
        let below = beside.below.iter().map(|own| (own.value, own.left)).collect();
        let (mut above, mut below) = (self.in_rounds(beside.above)?, self.in_rounds(below)?);
        let mut product = None;
        if !beside.sizes.is_empty() {
            product = Some(self.powers(coefficient, &beside.sizes)?);
        }
        while !(above.is_empty() && below.is_empty()) {
            if let Some(own) = above.pop_front() {
                product = Some(match product {
                    None => self.times(coefficient, own)?,
                    Some(product) => self.binary(Binary::Mul, product, own)?,
                });
            }
            if let Some(own) = below.pop_front() {
                product = Some(match product {
                    None if coefficient == 1.0 => self.graph.unary(Unary::Reciprocal, own)?,
                    None => {
                        let above = self.number(coefficient)?;
                        self.binary(Binary::Div, above, own)?
                    }
                    Some(product) => self.binary(Binary::Div, product, own)?,
                });
            }
        }
        if product.is_none() && (coefficient != 1.0 || !beside.switches.is_empty()) {
            product = Some(self.number(coefficient)?);
        }
        for switch in beside.switches {
            product = match product {
                Some(product) => Some(self.binary(Binary::Strong, switch, product)?),
                None => Some(switch),
            };
        }
        Ok(product)
    }

    /// Values as often as their powers say, one of each in turns, then what is left of fractions.
    fn in_rounds(&mut self, powers: Vec<(NodeId, f64)>) -> Result<VecDeque<NodeId>, LowerError> {
        let mut all = VecDeque::new();
        let rounds = powers.iter().map(|power| power.1).fold(0.0, f64::max).min(REPEATED) as usize;
        for round in 0..rounds {
            let again = |power: &&(NodeId, f64)| power.1 <= REPEATED && power.1 >= (round + 1) as f64;
            all.extend(powers.iter().filter(again).map(|power| power.0));
        }
        for (value, power) in powers {
            let rest = if power > REPEATED { power } else { power.fract() };
            if rest > 0.0 {
                all.push_back(self.powered(value, rest)?);
            }
        }
        Ok(all)
    }
}
