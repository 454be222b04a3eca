//! Sums of all elements.

use crate::facts::Facts;
use crate::node::{Function, Id, Node};
use crate::size::Dim;
use crate::store::Store;

impl Store {
    /// The sum of all elements of what is no scalar.
    pub(super) fn total(&mut self, x: Id) -> Option<Id> {
        let ty = self.ty(x);
        match self.node(x).clone() {
            Node::Zeros(_) => Some(self.number(0.0)),
            Node::Ones(ty) => {
                let (rows, columns) = (self.size(ty.rows), self.size(ty.columns));
                Some(self.mul(rows, columns))
            }
            Node::Eye(dim) => Some(self.size(dim)),
            Node::Sum(terms) => {
                let mut totals = Vec::with_capacity(terms.len());
                for (term, c) in terms {
                    totals.push((self.function(Function::Total, term), c.get()));
                }
                Some(self.sum(&totals))
            }
            Node::Function(Function::Diag, v) => Some(self.function(Function::Total, v)),
            Node::Function(Function::Diagonal, y) => Some(self.trace(y)),
            Node::Kron(a, b) => {
                let (a, b) = (self.function(Function::Total, a), self.function(Function::Total, b));
                Some(self.mul(a, b))
            }
            Node::Function(Function::Softmax, _) => Some(self.number(1.0)),
            Node::Function(Function::RowSoftmax, y) => {
                let rows = self.ty(y).rows;
                Some(self.size(rows))
            }
            Node::Function(Function::Vec | Function::Unvec(_), y) => Some(self.function(Function::Total, y)),
            Node::Product { scalars, chain } => {
                if let [rest @ .., (ones, 1)] = &*chain
                    && !rest.is_empty()
                    && self.is_column_of_ones(*ones)
                {
                    // 1' (x 1)
                    let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                    let rest = self.product(1.0, &scalars, rest);
                    return Some(self.function(Function::Total, rest));
                }
                // 1' u v' 1
                let narrow = (1..chain.len()).find(|&k| self.ty(chain[k].0).rows == Dim::ONE);
                if scalars.is_empty() && narrow.is_none() {
                    return ty.is_row().then(|| {
                        let column = self.transpose(x);
                        self.function(Function::Total, column)
                    });
                }
                let mut factors: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let (left, right) = chain.split_at(narrow.unwrap_or(chain.len()));
                for part in [left, right] {
                    if !part.is_empty() {
                        let part = self.product(1.0, &[], part);
                        factors.push((self.function(Function::Total, part), 1.0));
                    }
                }
                Some(self.product(1.0, &factors, &[]))
            }
            Node::Hadamard(factors) => match *factors {
                [(a, e), (b, o)] if e.get() == 1.0 && o.get() == 1.0 => Some(self.inner(a, b)),
                [(a, e)] if e.get() == 2.0 => Some(self.inner(a, a)),
                // The sum of the squares of a symmetric matrix is the trace of its square.
                _ if self.is(x, Facts::SYMMETRIC) && factors.iter().all(|(_, e)| e.get() == 2.0) => {
                    let roots: Vec<_> = factors.iter().map(|&(a, _)| (a, 1.0)).collect();
                    let root = self.hadamard_of(&roots);
                    self.is(root, Facts::SYMMETRIC).then(|| self.inner(root, root))
                }
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn is_column_of_ones(&self, x: Id) -> bool {
        self.is_ones(x) && self.ty(x).is_column()
    }
}
