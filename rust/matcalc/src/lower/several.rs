//! Functions of several matrices: Kronecker products, and derivatives of the exponential and of cofactors.

use pyframe_graph::{Attribute, Binary, Labels, NodeId, Primitive, Sliced, Unary};

use super::{LowerError, Lowered, Lowering};
use crate::node::{Id, Place};
use crate::size::Type;

impl Lowering<'_> {
    /// Rows of the identity in another order.
    pub(super) fn commutation(&mut self, own: Type, ty: Type) -> Lowered {
        let (rows, columns) = (self.length(own.rows)?, self.length(own.columns)?);
        let ones = self.filled(1.0, Type::vector(ty.rows))?;
        let identity = self.diagonal_matrix(ones)?;
        let apart = self.graph.reshape(identity, &[columns, rows, rows * columns])?;
        let ordered = self.graph.transpose(apart, &[1, 0, 2])?;
        self.as_typed(ordered, ty)
    }

    fn kron_operand(&mut self, x: Id) -> Lowered {
        let value = self.value(x)?;
        self.as_matrix(value, self.store.ty(x))
    }

    pub(super) fn kron(&mut self, a: Id, b: Id, ty: Type) -> Lowered {
        let (a, b) = (self.kron_operand(a)?, self.kron_operand(b)?);
        let blocks = self.graph.contract(a, b, Labels::new("ij", "kl", "ikjl"))?;
        self.as_typed(blocks, ty)
    }

    pub(super) fn kron_factor(&mut self, place: Place, whole: Id, other: Id, ty: Type) -> Lowered {
        let value = self.value(whole)?;
        let other_ty = self.store.ty(other);
        let (left, right) = if place == Place::Left { (ty, other_ty) } else { (other_ty, ty) };
        let mut shape = [0; 4];
        for (length, dim) in shape.iter_mut().zip([left.rows, right.rows, left.columns, right.columns]) {
            *length = self.length(dim)?;
        }
        let blocks = self.graph.reshape(value, &shape)?;
        let other = self.kron_operand(other)?;
        let labels = match place {
            Place::Left => Labels::new("ikjl", "kl", "ij"),
            Place::Right => Labels::new("kilj", "kl", "ij"),
        };
        let factor = self.graph.contract(blocks, other, labels)?;
        self.as_typed(factor, ty)
    }

    /// A block of the derivative at a larger matrix: each further direction doubles it (Higham,
    /// "Functions of Matrices", section 3.2).
    pub(super) fn expm_frechet(&mut self, a: Id, along: &[Id]) -> Lowered {
        let mut whole = self.value(a)?;
        let n = self.graph.shape(whole)[0];
        let (mut last, mut unit) = (None, None);
        for &t in along {
            if let Some(before) = last {
                let (before, scale) = self.of_size_one(before)?;
                unit = Some(match unit {
                    Some(unit) => self.binary(Binary::Mul, unit, scale)?,
                    None => scale,
                });
                let nothing = self.nothing_like(whole)?;
                whole = self.blocks([[whole, before], [nothing, whole]])?;
            }
            let mut direction = self.value(t)?;
            while self.graph.shape(direction)[0] < self.graph.shape(whole)[0] {
                let nothing = self.nothing_like(direction)?;
                direction = self.blocks([[direction, nothing], [nothing, direction]])?;
            }
            last = Some(direction);
        }
        let operands = [whole, last.unwrap_or(whole)];
        let derivative = self.graph.add(Primitive::ExpmFrechet, &operands, Attribute::None, None)?;
        let start = self.graph.shape(derivative)[0] - n;
        let corner = [Sliced { start: 0, step: 1 }, Sliced { start, step: 1 }];
        let corner = self.graph.slice(derivative, &corner, &[n, n])?;
        unit.map_or(Ok(corner), |unit| self.binary(Binary::Mul, corner, unit))
    }

    /// A direction that does not decide how often the larger matrix is halved, and what it is to be
    /// multiplied by.
    fn of_size_one(&mut self, direction: NodeId) -> Result<(NodeId, NodeId), LowerError> {
        let sizes = self.graph.unary(Unary::Abs, direction)?;
        let unit = self.power_of_two_beside(sizes)?;
        Ok((self.binary(Binary::Div, direction, unit)?, unit))
    }

    pub(super) fn cofactor_frechet(&mut self, a: Id, along: &[Id]) -> Lowered {
        let operands: Result<Vec<_>, _> =
            std::iter::once(&a).chain(along).map(|&operand| self.value(operand)).collect();
        Ok(self.graph.add(Primitive::CofactorFrechet, &operands?, Attribute::None, None)?)
    }

    fn nothing_like(&mut self, x: NodeId) -> Lowered {
        let (zero, shape) = (self.number(0.0)?, self.graph.shape(x).to_vec());
        Ok(self.graph.broadcast(zero, &shape)?)
    }

    fn blocks(&mut self, [[a, b], [c, d]]: [[NodeId; 2]; 2]) -> Lowered {
        let (top, bottom) = (self.graph.concatenate(&[a, b], 1)?, self.graph.concatenate(&[c, d], 1)?);
        Ok(self.graph.concatenate(&[top, bottom], 0)?)
    }
}
