//! Transposes: into products, past functions of symmetric arguments, else left standing.

use crate::facts::Facts;
use crate::limits::roomy;
use crate::node::{Id, Node};
use crate::size::Type;
use crate::store::Store;

impl Store {
    /// The transpose.
    pub fn transpose(&mut self, id: Id) -> Id {
        let (flipped, sign) = self.flip(id);
        if sign == 1.0 { flipped } else { self.times(sign, flipped) }
    }

    /// The transpose, with a sign or coefficient in front.
    pub(super) fn flip(&mut self, id: Id) -> (Id, f64) {
        if self.is(id, Facts::SYMMETRIC) {
            return (id, 1.0);
        }
        if self.is(id, Facts::SKEW) {
            return (id, -1.0);
        }
        if self.is(id, Facts::ORTHOGONAL) {
            return (self.inverse(id), 1.0);
        }
        if let Some(&known) = self.transposed.get(&id) {
            return known;
        }
        let flipped = roomy(|| self.flipped(id));
        self.transposed.insert(id, flipped);
        flipped
    }

    fn flipped(&mut self, id: Id) -> (Id, f64) {
        if let Some((content, rest)) = self.content(id) {
            let (flipped, sign) = self.flip(rest);
            return (flipped, sign * content);
        }
        let ty = self.ty(id).transposed();
        let flipped = match self.node(id).clone() {
            Node::Transpose(x) => x,
            Node::Ones(_) => self.ones(ty),
            Node::Zeros(_) => self.zeros(ty),
            Node::Commutation(own) => self.commutation(own.transposed()),
            Node::Sum(terms) if terms.len() == 1 => {
                let (term, sign) = self.flip(terms[0].0);
                return (term, sign * terms[0].1.get());
            }
            Node::Sum(terms) => {
                let terms: Vec<_> = terms.iter().map(|&(t, c)| (t, c.get())).collect();
                let flipped = self.flipped_terms(&terms);
                if flipped == terms { id } else { self.sum(&flipped) }
            }
            Node::Product { scalars, chain } => {
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let (chain, sign) = self.flipped_chain(&chain);
                let product = self.product(sign, &scalars, &chain);
                let (product, sign) = self.scaled(product);
                if sign != 1.0 {
                    return (product, sign);
                }
                product
            }
            Node::Hadamard(factors) => {
                let factors: Vec<_> = factors.iter().map(|&(f, e)| (f, e.get())).collect();
                let (flipped, sign) = self.flipped_factors(&factors);
                if flipped == factors {
                    return (id, sign);
                }
                // A row stands for its column, transposed.
                if ty.is_row() {
                    self.intern(Node::Transpose(id), ty)
                } else if sign == 1.0 {
                    self.hadamard_of(&flipped)
                } else {
                    return (self.hadamard_of(&flipped), sign);
                }
            }
            Node::Kron(a, b) => {
                let (a, b) = (self.transpose(a), self.transpose(b));
                self.kron(a, b)
            }
            Node::KronFactor(place, whole, other) => {
                let (whole, other) = (self.transpose(whole), self.transpose(other));
                self.kron_factor(place, whole, other)
            }
            _ => self.intern(Node::Transpose(id), ty),
        };
        self.transposed.insert(flipped, (id, 1.0));
        (flipped, 1.0)
    }

    /// The transpose of this type of a sum or an elementwise product that is upright as it is.
    pub(super) fn standing_transposed(&mut self, upright: Id, ty: Type) -> Id {
        match () {
            () if self.is(upright, Facts::SYMMETRIC) => upright,
            () if self.is(upright, Facts::SKEW) => self.neg(upright),
            () => self.intern(Node::Transpose(upright), ty),
        }
    }

    /// x, when an expression is known as its transpose.
    pub(super) fn untransposed(&self, id: Id) -> Option<Id> {
        match self.node(id) {
            Node::Transpose(x) => Some(*x),
            Node::Product { scalars, chain } => match **chain {
                [(x, -1)] if scalars.is_empty() && self.is(x, Facts::ORTHOGONAL) => Some(x),
                _ => None,
            },
            _ => None,
        }
    }

    /// A chain transposed: backwards, each factor transposed.
    pub(crate) fn flipped_chain(&mut self, chain: &[(Id, i32)]) -> (Vec<(Id, i32)>, f64) {
        let mut sign = 1.0;
        let mut flipped = Vec::with_capacity(chain.len());
        for &(factor, e) in chain.iter().rev() {
            if self.is(factor, Facts::ORTHOGONAL) && !self.is(factor, Facts::SYMMETRIC) {
                flipped.push((factor, -e));
                continue;
            }
            let (other, own) = self.flip(factor);
            sign *= own.powi(e);
            flipped.push((other, e));
        }
        (flipped, sign)
    }

    /// Factors of an elementwise product, each transposed.
    pub(super) fn flipped_factors(&mut self, factors: &[(Id, f64)]) -> (Vec<(Id, f64)>, f64) {
        let mut sign = 1.0;
        let mut flipped = Vec::with_capacity(factors.len());
        for &(factor, e) in factors {
            let (other, own) = self.flip(factor);
            // A skew factor to a power that is no integer stays as it is.
            if own == 1.0 || e.fract() == 0.0 {
                sign *= own.powf(e);
                flipped.push((other, e));
            } else {
                let other = self.intern(Node::Transpose(factor), self.ty(factor).transposed());
                flipped.push((other, e));
            }
        }
        (super::collected(flipped), sign)
    }
}
