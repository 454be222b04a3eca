//! Chains of matrices: what each factor is, and the product of a stretch of them.

use pyframe_graph::{Attribute, Binary, Factor as Factorisation, Labels, NodeId, Part as Read, Primitive};
use smallvec::SmallVec;

use super::distributed::Distributed;
use super::elementwise::Term;
use super::order::Plan;
use super::{LowerError, Lowered, Lowering};
use crate::facts::Facts;
use crate::node::{Function, Id, Node, Real};
use crate::size::{Dim, Type};

/// Chains of more factors are multiplied from one end.
pub(super) const PLANNED: usize = 64;
/// Higher powers of a matrix that meets no vector are made by squaring.
const REPEATED: u32 = 8;

/// One factor of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Factor {
    /// A value, perhaps transposed, perhaps inverted.
    Matrix { id: Id, turned: bool, inverse: bool },
    /// A value, perhaps transposed, to a power that is too high to be repeated.
    Power { id: Id, turned: bool, power: i32 },
    /// The diagonal matrix of a vector.
    Diagonal(Id),
    /// A column or row of ones.
    Ones(Type),
}

impl Factor {
    /// What it is made of.
    pub(super) fn id(self) -> Option<Id> {
        match self {
            Self::Matrix { id, .. } | Self::Power { id, .. } | Self::Diagonal(id) => Some(id),
            Self::Ones(_) => None,
        }
    }
}

/// A value with the order in which its axes lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) node: NodeId,
    /// Whether the transpose is what lies there.
    pub(super) turned: bool,
    pub(super) ty: Type,
}

impl Block {
    /// The transpose.
    pub(super) fn flipped(self) -> Self {
        Self { turned: !self.turned, ty: self.ty.transposed(), ..self }
    }
}

/// What is multiplied: a factor that stands alone, or a product.
#[derive(Clone, Copy, Debug)]
enum Side {
    Factor(Factor),
    Block(Block),
}

type Made = Result<Block, LowerError>;

impl Lowering<'_> {
    /// Powers of scalars times a chain.
    pub(super) fn product(
        &mut self,
        coefficient: f64,
        scalars: &[(Id, Real)],
        chain: &[(Id, i32)],
        ty: Type,
    ) -> Lowered {
        let plain = scalars.is_empty() && coefficient == 1.0;
        if let ([(only, 1)], false) = (chain, plain) {
            match *self.store.node(*only) {
                Node::Ones(_) => {
                    let (scale, shape) = (self.scale(coefficient, scalars)?, self.shape(ty)?);
                    return Ok(self.graph.broadcast(scale, &shape)?);
                }
                Node::Eye(dim) => {
                    let (scale, shape) = (self.scale(coefficient, scalars)?, self.shape(Type::vector(dim))?);
                    let diagonal = self.graph.broadcast(scale, &shape)?;
                    return self.diagonal_matrix(diagonal);
                }
                Node::Function(Function::Diag, v) => {
                    let factor = Factor::Matrix { id: v, turned: false, inverse: false };
                    let diagonal = self.scaled_chain(coefficient, scalars, &[factor], self.store.ty(v))?;
                    return self.diagonal_matrix(diagonal);
                }
                _ => {}
            }
        }
        if let Some(product) = self.switched(scalars, chain)? {
            if plain {
                return Ok(product);
            }
            let scale = self.scale(coefficient, scalars)?;
            return self.binary(Binary::Strong, scale, product);
        }
        let factors = self.factors(chain);
        match (factors.is_empty(), plain) {
            (true, _) => self.scale(coefficient, scalars),
            (false, true) => self.chained(&factors, ty),
            (false, false) => self.scaled_chain(coefficient, scalars, &factors, ty),
        }
    }

    /// The product of a chain, or the sum of those that it is multiplied out to.
    pub(super) fn chained(&mut self, factors: &[Factor], ty: Type) -> Lowered {
        let Some(chains) = self.distributed(factors) else { return self.settled_stretch(factors) };
        let mut terms = Vec::with_capacity(chains.len());
        for Distributed { coefficient, scalars, factors } in chains {
            let product = self.chained(&factors, ty)?;
            terms.push(if scalars.is_empty() {
                Term { coefficient, value: product, on_diagonal: false }
            } else {
                let scale = self.scale(coefficient, scalars)?;
                let value = self.binary(Binary::Mul, scale, product)?;
                Term { coefficient: 1.0, value, on_diagonal: false }
            });
        }
        self.added(terms, ty)
    }

    /// The factors of a chain, powers repeated.
    pub(super) fn factors(&self, chain: &[(Id, i32)]) -> Vec<Factor> {
        let store = self.store;
        let narrow = |place: Option<&(Id, i32)>| {
            place.is_some_and(|f| store.ty(f.0).is_column() || store.ty(f.0).is_row())
        };
        let meets_vector = narrow(chain.first()) || narrow(chain.last());
        let mut factors = Vec::with_capacity(chain.len());
        for &(factor, e) in chain {
            let (id, mut turned) = match *store.node(factor) {
                Node::Function(Function::Diag, v) if e == 1 => {
                    factors.push(Factor::Diagonal(v));
                    continue;
                }
                Node::Ones(ty) if ty.is_column() || ty.is_row() => {
                    factors.push(Factor::Ones(ty));
                    continue;
                }
                Node::Ones(ty) if e == 1 => {
                    let halves = [Type::vector(ty.rows), Type::new(Dim::ONE, ty.columns)];
                    factors.extend(halves.map(Factor::Ones));
                    continue;
                }
                Node::Eye(_) if chain.len() > 1 => continue,
                Node::Transpose(x) => (x, true),
                _ => (factor, false),
            };
            let (mut inverse, times) = (e < 0, e.unsigned_abs());
            if inverse && store.is(id, Facts::ORTHOGONAL) {
                (inverse, turned) = (false, !turned);
            }
            turned &= !store.is(id, Facts::SYMMETRIC);
            if times > REPEATED && !(meets_vector && times as usize <= PLANNED) {
                let power = if inverse { -(times as i32) } else { times as i32 };
                factors.push(Factor::Power { id, turned, power });
            } else {
                factors.extend((0..times).map(|_| Factor::Matrix { id, turned, inverse }));
            }
        }
        factors
    }

    /// Rows and columns of a factor.
    pub(super) fn ty_of(&self, factor: Factor) -> Type {
        match factor {
            Factor::Matrix { id, turned, .. } | Factor::Power { id, turned, .. } => {
                let ty = self.store.ty(id);
                if turned { ty.transposed() } else { ty }
            }
            Factor::Diagonal(v) => {
                let rows = self.store.ty(v).rows;
                Type::new(rows, rows)
            }
            Factor::Ones(ty) => ty,
        }
    }

    /// The factors of the transpose.
    pub(super) fn flipped(&self, factors: &[Factor]) -> Vec<Factor> {
        let flip = |factor: &Factor| match *factor {
            Factor::Matrix { id, turned, inverse } => {
                Factor::Matrix { id, turned: !turned && !self.store.is(id, Facts::SYMMETRIC), inverse }
            }
            Factor::Power { id, turned, power } => {
                Factor::Power { id, turned: !turned && !self.store.is(id, Facts::SYMMETRIC), power }
            }
            Factor::Diagonal(v) => Factor::Diagonal(v),
            Factor::Ones(ty) => Factor::Ones(ty.transposed()),
        };
        factors.iter().rev().map(flip).collect()
    }

    /// A product made before, or the transpose of one.
    fn made(&self, factors: &[Factor]) -> Option<Block> {
        let same = self.blocks.get(factors).copied();
        same.or_else(|| self.blocks.get(&self.flipped(factors)).map(|block| block.flipped()))
    }

    /// Lengths between factors, as floats for costs.
    pub(super) fn lengths(&self, factors: &[Factor]) -> Result<Vec<f64>, LowerError> {
        let types: Vec<Type> = factors.iter().map(|&factor| self.ty_of(factor)).collect();
        let dims = types.first().map(|ty| ty.rows).into_iter().chain(types.iter().map(|ty| ty.columns));
        dims.map(|dim| self.length(dim).map(|n| n as f64)).collect()
    }

    /// The cheapest way to multiply the factors, given what is there already.
    pub(super) fn plan(&self, factors: &[Factor]) -> Result<Plan, LowerError> {
        self.planned(factors, |own| self.made(own).is_some())
    }

    /// The cheapest way when nothing is.
    pub(super) fn plan_afresh(&self, factors: &[Factor]) -> Result<Plan, LowerError> {
        self.planned(factors, |_| false)
    }

    fn planned(&self, factors: &[Factor], made: impl Fn(&[Factor]) -> bool) -> Result<Plan, LowerError> {
        let n = self.lengths(factors)?;
        let known = |from: usize, to: usize| (to - from == 1 || made(&factors[from..to])).then_some(0.0);
        let joined = |from: usize, at: usize, to: usize| {
            let (left, right) = (&factors[from..at], &factors[at..to]);
            let result = n[from] * n[to];
            match (left, right) {
                (&[Factor::Diagonal(_)], _) | (_, &[Factor::Diagonal(_)]) => result,
                (&[Factor::Ones(_)], _) => n[at] * n[to] + result,
                (_, &[Factor::Ones(_)]) => n[from] * n[at] + result,
                (&[Factor::Matrix { inverse: true, .. }], &[Factor::Matrix { inverse: true, .. }]) => {
                    2.0 * result * n[at]
                }
                _ => result * n[at],
            }
        };
        Ok(Plan::new(factors.len(), known, joined))
    }

    /// What it costs that a factor stands alone as a matrix.
    pub(super) fn alone(&self, factors: &[Factor], n: f64) -> f64 {
        match factors {
            [Factor::Matrix { inverse: true, .. }] if self.made(factors).is_none() => n * n * n,
            _ => 0.0,
        }
    }

    /// The product of a stretch, as its type lies.
    pub(super) fn settled_stretch(&mut self, factors: &[Factor]) -> Lowered {
        let block = self.stretch(factors)?;
        self.settled(block)
    }

    /// A product with its axes in order.
    pub(super) fn settled(&mut self, block: Block) -> Lowered {
        if block.turned { self.turned(block.node) } else { Ok(block.node) }
    }

    /// The product of a stretch.
    pub(super) fn stretch(&mut self, factors: &[Factor]) -> Made {
        if factors.len() > PLANNED {
            return self.one_by_one(factors);
        }
        let plan = self.plan(factors)?;
        self.follow(&plan, factors, 0, factors.len())
    }

    /// The product of part of a chain by its plan; how deep this calls itself is bounded by the
    /// number of factors that are planned for.
    pub(super) fn follow(&mut self, plan: &Plan, factors: &[Factor], from: usize, to: usize) -> Made {
        let side = self.side(plan, factors, from, to)?;
        self.block(side)
    }

    fn side(&mut self, plan: &Plan, factors: &[Factor], from: usize, to: usize) -> Result<Side, LowerError> {
        let own = &factors[from..to];
        if let &[only] = own {
            return Ok(Side::Factor(only));
        }
        if let Some(block) = self.made(own) {
            return Ok(Side::Block(block));
        }
        let at = plan.split(from, to);
        let (left, right) = (self.side(plan, factors, from, at)?, self.side(plan, factors, at, to)?);
        let block = self.multiplied(left, right)?;
        self.blocks.insert(own.to_vec(), block);
        Ok(Side::Block(block))
    }

    fn one_by_one(&mut self, factors: &[Factor]) -> Made {
        let to_the_right = factors.first().is_some_and(|&first| self.ty_of(first).is_row());
        let mut rest: Vec<Factor> = factors.to_vec();
        if !to_the_right {
            rest.reverse();
        }
        let mut product = Side::Factor(rest[0]);
        for &next in &rest[1..] {
            let next = Side::Factor(next);
            let pair = if to_the_right { (product, next) } else { (next, product) };
            product = Side::Block(self.multiplied(pair.0, pair.1)?);
        }
        self.block(product)
    }

    /// A factor as a value of its own.
    fn block(&mut self, side: Side) -> Made {
        let factor = match side {
            Side::Block(block) => return Ok(block),
            Side::Factor(factor) => factor,
        };
        let ty = self.ty_of(factor);
        let upright = |node| Block { node, turned: false, ty };
        match factor {
            Factor::Matrix { id, turned, inverse: false } => Ok(Block { node: self.value(id)?, turned, ty }),
            Factor::Matrix { id, turned, inverse: true } => {
                if let Some(block) = self.made(&[factor]) {
                    return Ok(block);
                }
                let lu = self.factorised(id)?;
                let block = Block { node: self.graph.part(Read::Inverse, &[lu])?, turned, ty };
                self.blocks.insert(vec![factor], block);
                Ok(block)
            }
            Factor::Power { id, turned, power } => {
                let base = Factor::Matrix { id, turned, inverse: power < 0 };
                let mut square = self.block(Side::Factor(base))?;
                let (mut rest, mut product) = (power.unsigned_abs(), None);
                loop {
                    if rest % 2 == 1 {
                        product = Some(match product {
                            None => square,
                            Some(product) => self.contracted(product, square)?,
                        });
                    }
                    rest /= 2;
                    if rest == 0 {
                        return Ok(product.unwrap_or(square));
                    }
                    square = self.contracted(square, square)?;
                }
            }
            Factor::Diagonal(v) => {
                let v = self.value(v)?;
                self.diagonal_matrix(v).map(upright)
            }
            Factor::Ones(ty) => self.filled(1.0, ty).map(upright),
        }
    }

    /// A factorisation that all that is read of this matrix shares.
    pub(super) fn factorised(&mut self, id: Id) -> Lowered {
        let x = self.value(id)?;
        Ok(self.graph.add(Primitive::Factor(Factorisation::Lu), &[x], Attribute::None, None)?)
    }

    fn multiplied(&mut self, left: Side, right: Side) -> Made {
        match (left, right) {
            (Side::Factor(Factor::Diagonal(v)), _) => {
                let right = self.block(right)?;
                self.rows_times(v, right)
            }
            (_, Side::Factor(Factor::Diagonal(v))) => {
                let left = self.block(left)?;
                Ok(self.rows_times(v, left.flipped())?.flipped())
            }
            (Side::Factor(Factor::Ones(ones)), _) => {
                let right = self.block(right)?;
                self.summed(ones, right)
            }
            (_, Side::Factor(Factor::Ones(ones))) => {
                let left = self.block(left)?;
                Ok(self.summed(ones.transposed(), left.flipped())?.flipped())
            }
            (Side::Factor(Factor::Matrix { id, turned, inverse: true }), _) => {
                let right = self.block(right)?;
                self.solved(id, turned, right)
            }
            (_, Side::Factor(Factor::Matrix { id, turned, inverse: true })) => {
                let left = self.block(left)?;
                Ok(self.solved(id, !turned, left.flipped())?.flipped())
            }
            _ => {
                let (left, right) = (self.block(left)?, self.block(right)?);
                self.contracted(left, right)
            }
        }
    }

    /// diag(v) B
    fn rows_times(&mut self, v: Id, block: Block) -> Made {
        let v = self.value(v)?;
        let matrix = self.graph.shape(block.node).len() == 2;
        let node = if matrix && !block.turned {
            self.rows_scaled(v, block.node)?
        } else {
            self.binary(Binary::Mul, block.node, v)?
        };
        Ok(Block { node, ..block })
    }

    /// A row or column of ones times B: sums over rows, or a row as every row.
    fn summed(&mut self, ones: Type, block: Block) -> Made {
        let ty = Type::new(ones.rows, block.ty.columns);
        if ones.is_row() {
            let axis = usize::from(block.turned && self.graph.shape(block.node).len() == 2);
            return Ok(Block { node: self.graph.sum(block.node, &[axis])?, turned: false, ty });
        }
        let shape = self.shape(ty)?;
        Ok(Block { node: self.graph.broadcast(block.node, &shape)?, turned: false, ty })
    }

    /// inv(X) B, or inv(X') B.
    fn solved(&mut self, id: Id, turned: bool, block: Block) -> Made {
        let lu = self.factorised(id)?;
        let settled = self.settled(block)?;
        let right = self.as_matrix(settled, block.ty)?;
        let read = if turned { Read::SolveTransposed } else { Read::Solve };
        let solved = self.graph.part(read, &[lu, right])?;
        Ok(Block { node: self.as_typed(solved, block.ty)?, turned: false, ty: block.ty })
    }

    fn contracted(&mut self, left: Block, right: Block) -> Made {
        let ty = Type::new(left.ty.rows, right.ty.columns);
        let node = if left.ty.is_scalar() || right.ty.is_scalar() {
            let turned = if left.ty.is_scalar() { right.turned } else { left.turned };
            let node = self.binary(Binary::Mul, left.node, right.node)?;
            return Ok(Block { node, turned, ty });
        } else {
            let left_labels = labels(left.ty, left.turned, [b'i', b'k']);
            let right_labels = labels(right.ty, right.turned, [b'k', b'j']);
            let out = labels(ty, false, [b'i', b'j']);
            let labels = Labels { left: left_labels, right: right_labels, out };
            self.graph.contract(left.node, right.node, labels)?
        };
        Ok(Block { node, turned: false, ty })
    }
}

/// Labels of the axes that a value of this type has.
fn labels(ty: Type, turned: bool, [rows, columns]: [u8; 2]) -> SmallVec<[u8; 4]> {
    let axes = [(ty.rows, rows), (ty.columns, columns)].into_iter().filter(|axis| axis.0 != Dim::ONE);
    let mut labels: SmallVec<[u8; 4]> = axes.map(|axis| axis.1).collect();
    if turned {
        labels.reverse();
    }
    labels
}
