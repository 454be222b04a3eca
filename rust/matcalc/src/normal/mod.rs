//! The normal form: every way to make an expression, one file for each kind.

mod elementwise;
mod functions;
mod logarithm;
mod product;
mod projector;
mod scalars;
mod several;
mod softmax;
mod sum;
mod total;
mod trace;
mod transpose;

pub(crate) use projector::is_projector;

use crate::node::Id;
use crate::store::Store;

/// Terms or factors in order, those of one expression joined, without those that are `none`.
fn collected(mut terms: Vec<(Id, f64)>) -> Vec<(Id, f64)> {
    terms.sort_by_key(|&(id, _)| id);
    terms.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    terms.retain(|&(_, c)| c != 0.0);
    terms
}

impl Store {
    /// a + b; a scalar stretches.
    pub fn add(&mut self, a: Id, b: Id) -> Id {
        self.sum(&[(a, 1.0), (b, 1.0)])
    }

    /// a - b; a scalar stretches.
    pub fn sub(&mut self, a: Id, b: Id) -> Id {
        self.sum(&[(a, 1.0), (b, -1.0)])
    }

    /// -a
    pub fn neg(&mut self, a: Id) -> Id {
        self.sum(&[(a, -1.0)])
    }

    /// c a
    pub fn times(&mut self, c: f64, a: Id) -> Id {
        self.sum(&[(a, c)])
    }

    /// The product of matrices; a scalar on either side scales.
    pub fn mul(&mut self, a: Id, b: Id) -> Id {
        self.product(1.0, &[], &[(a, 1), (b, 1)])
    }

    /// A square matrix to an integer power.
    pub fn matrix_power(&mut self, a: Id, power: i32) -> Id {
        if power == 0 {
            let n = self.ty(a).rows;
            return self.eye(n);
        }
        self.product(1.0, &[], &[(a, power)])
    }

    /// The inverse.
    pub fn inverse(&mut self, a: Id) -> Id {
        self.matrix_power(a, -1)
    }

    /// The elementwise product; a scalar stretches.
    pub fn hadamard(&mut self, a: Id, b: Id) -> Id {
        self.hadamard_of(&[(a, 1.0), (b, 1.0)])
    }

    /// The elementwise quotient; a scalar stretches.
    pub fn divide(&mut self, a: Id, b: Id) -> Id {
        self.hadamard_of(&[(a, 1.0), (b, -1.0)])
    }

    /// <a, b>
    pub fn inner(&mut self, a: Id, b: Id) -> Id {
        let ty = self.ty(a);
        if ty.is_scalar() {
            return self.mul(a, b);
        }
        let flipped = self.transpose(a);
        if ty.is_column() {
            return self.mul(flipped, b);
        }
        let product = self.mul(flipped, b);
        self.function(crate::node::Function::Trace, product)
    }
}
