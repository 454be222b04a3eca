//! Functions of several matrices: Kronecker products, derivatives of the exponential and of cofactors,
//! and the equation of Sylvester.

use pyframe_graph::Unary;

use crate::facts::Facts;
use crate::node::{Function, Id, Map, Node, Place};
use crate::size::{Dim, Type};
use crate::store::Store;
use crate::transposes::turned;

impl Store {
    /// The Kronecker product.
    pub fn kron(&mut self, a: Id, b: Id) -> Id {
        let (s, t) = (self.ty(a), self.ty(b));
        if s.is_scalar() || t.is_scalar() {
            return self.mul(a, b);
        }
        let rows = self.sizes.product(s.rows, t.rows);
        let columns = self.sizes.product(s.columns, t.columns);
        let ty = Type::new(rows, columns);
        if self.is_zero(a) || self.is_zero(b) {
            return self.zeros(ty);
        }
        if let (Node::Eye(_), Node::Eye(_)) = (self.node(a), self.node(b)) {
            return self.eye(rows);
        }
        let ((a, c), (b, d)) = (self.numbered(a), self.numbered(b));
        if c * d != 1.0 {
            let kron = self.kron(a, b);
            return self.times(c * d, kron);
        }
        // u v' is the product of a column and a row.
        if s.is_column() && t.is_row() {
            return self.mul(a, b);
        }
        if s.is_row() && t.is_column() {
            return self.mul(b, a);
        }
        self.intern(Node::Kron(a, b), ty)
    }

    /// The factor at one side of a Kronecker product, as a linear function of a matrix in its place:
    /// <kron(A, B), G> = <A, left factor of G and B> = <B, right factor of G and A>.
    pub fn kron_factor(&mut self, place: Place, whole: Id, other: Id) -> Id {
        let (s, t) = (self.ty(whole), self.ty(other));
        let mut of = |all, part| self.sizes.quotient(all, part).unwrap_or(Dim::ONE);
        let ty = Type::new(of(s.rows, t.rows), of(s.columns, t.columns));
        if t.is_scalar() {
            return self.mul(other, whole);
        }
        if ty.is_scalar() {
            return self.inner(whole, other);
        }
        if self.is_zero(whole) || self.is_zero(other) {
            return self.zeros(ty);
        }
        let ((whole, c), (other, d)) = (self.numbered(whole), self.numbered(other));
        if c * d != 1.0 {
            let factor = self.kron_factor(place, whole, other);
            return self.times(c * d, factor);
        }
        let simpler = match *self.node(whole) {
            Node::Kron(a, b) => {
                let (own, beside) = if place == Place::Left { (a, b) } else { (b, a) };
                (self.ty(own) == ty).then(|| (self.inner(beside, other), own))
            }
            Node::Ones(_) => Some((self.function(Function::Total, other), self.ones(ty))),
            Node::Eye(_) if t.is_square() => Some((self.trace(other), self.eye(ty.rows))),
            _ => None,
        };
        match simpler {
            Some((number, own)) => self.mul(number, own),
            None => self.intern(Node::KronFactor(place, whole, other), ty),
        }
    }

    /// The derivative of the matrix exponential at a, along each of the others.
    pub fn expm_frechet(&mut self, a: Id, along: &[Id]) -> Id {
        let ty = self.ty(a);
        if along.iter().any(|&t| self.is_zero(t)) {
            return self.zeros(ty);
        }
        if ty.is_scalar() {
            let power = self.map(Map::Unary(Unary::Exp), a);
            let factors: Vec<_> = along.iter().chain([&power]).map(|&factor| (factor, 1.0)).collect();
            return self.product(1.0, &factors, &[]);
        }
        let mut number = 1.0;
        let mut inner = Vec::with_capacity(along.len());
        for &t in along {
            let (t, c) = self.numbered(t);
            number *= c;
            // Along the unit matrix, which commutes with a, it is what it was.
            if !matches!(self.node(t), Node::Eye(_)) {
                inner.push(t);
            }
        }
        inner.sort_unstable();
        let derivative = if inner.is_empty() {
            self.function(Function::Expm, a)
        } else {
            self.intern(Node::ExpmFrechet(a, inner.into()), ty)
        };
        self.times(number, derivative)
    }

    /// The derivative of the matrix of cofactors at a, along each of the others.
    pub fn cofactor_frechet(&mut self, a: Id, along: &[Id]) -> Id {
        let ty = self.ty(a);
        // The one cofactor of a scalar is 1.
        if ty.is_scalar() || along.iter().any(|&t| self.is_zero(t)) {
            return self.zeros(ty);
        }
        let mut number = 1.0;
        let mut inner = Vec::with_capacity(along.len());
        for &t in along {
            let (t, c) = self.numbered(t);
            number *= c;
            inner.push(t);
        }
        inner.sort_unstable();
        let derivative = self.intern(Node::CofactorFrechet(a, inner.into()), ty);
        self.times(number, derivative)
    }

    /// The solution Y of A Y + Y B = C.
    pub fn sylvester(&mut self, a: Id, b: Id, c: Id) -> Id {
        let ty = self.ty(c);
        if self.is_zero(c) {
            return c;
        }
        let [rows, columns] = [self.ty(a).is_scalar(), self.ty(b).is_scalar()];
        if rows || columns {
            // A number shifts the matrix beside it.
            let eye = self.eye(if rows { ty.columns } else { ty.rows });
            let shift = self.mul(if rows { a } else { b }, eye);
            let shifted = self.add(if rows { b } else { a }, shift);
            return match (rows, columns) {
                (true, true) => self.product(1.0, &[(shifted, -1.0), (c, 1.0)], &[]),
                (true, false) => self.product(1.0, &[], &[(c, 1), (shifted, -1)]),
                _ => self.product(1.0, &[], &[(shifted, -1), (c, 1)]),
            };
        }
        let (c, number) = self.numbered(c);
        // B' Y' + Y' A' = C'
        let solution = if let Node::Transpose(right) = *self.node(c) {
            let [a, b] = [a, b].map(|side| turned(self, side));
            let flipped = self.intern(Node::Sylvester([b, a, right]), ty.transposed());
            self.transpose(flipped)
        } else {
            self.intern(Node::Sylvester([a, b, c]), ty)
        };
        self.times(number, solution)
    }

    /// An expression without the number in front of it, and that number.
    fn numbered(&mut self, id: Id) -> (Id, f64) {
        let (inner, c) = self.scaled(id);
        match self.content(inner) {
            Some((common, rest)) => (rest, c * common),
            None => (inner, c),
        }
    }

    /// The symmetric part, for what is not known to be symmetric.
    pub(crate) fn symmetric_part(&mut self, x: Id) -> Id {
        if self.is(x, Facts::SYMMETRIC) {
            return x;
        }
        let flipped = self.transpose(x);
        if flipped == x { x } else { self.sum(&[(x, 0.5), (flipped, 0.5)]) }
    }
}
