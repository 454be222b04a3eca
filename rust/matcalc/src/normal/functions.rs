//! Functions of a whole matrix, but for the trace.

use pyframe_graph::Unary;

use crate::facts::Facts;
use crate::limits::roomy;
use crate::node::{Function, Id, Map, Node, Real};
use crate::size::{Dim, Type};
use crate::store::Store;

impl Store {
    /// A function of a whole matrix.
    pub fn function(&mut self, f: Function, x: Id) -> Id {
        use Function as F;
        if let F::Trace = f {
            return self.trace(x);
        }
        if let Some(simpler) = roomy(|| self.simpler_function(f, x)) {
            return simpler;
        }
        let ty = self.ty(x);
        let ty = f.type_of(ty, &mut self.sizes);
        self.intern(Node::Function(f, x), ty)
    }

    /// The same value written otherwise, where that is simpler.
    fn simpler_function(&mut self, f: Function, x: Id) -> Option<Id> {
        use Function as F;
        let ty = self.ty(x);
        if let F::PseudoInverse = f
            && self.is_zero(x)
        {
            return Some(self.zeros(ty.transposed()));
        }
        if ty.is_scalar() {
            return self.function_of_scalar(f, x);
        }
        if let F::Total
        | F::Det
        | F::LogDet
        | F::Diagonal
        | F::Norm1
        | F::Norm2
        | F::NormP(_)
        | F::Nuclear
        | F::Spectral = f
            && let Some(y) = self.untransposed(x)
            && (f == F::Total || !self.ty(y).is_row())
        {
            return Some(self.function(f, y));
        }
        match f {
            F::Total => self.total(x),
            F::Det => self.det(x),
            F::LogDet => self.logdet(x),
            F::Diag => self.diag(x),
            F::Diagonal => self.diagonal(x),
            F::Vec => match self.node(x) {
                _ if ty.columns == Dim::ONE => Some(x),
                _ if ty.rows == Dim::ONE => Some(self.transpose(x)),
                Node::Function(F::Unvec(rows), v) if *rows == ty.rows => Some(*v),
                _ => None,
            },
            F::Unvec(rows) => match self.node(x) {
                _ if rows == ty.rows => Some(x),
                Node::Function(F::Vec, m) if self.ty(*m).rows == rows => Some(*m),
                Node::Zeros(_) | Node::Ones(_) => {
                    let columns = self.sizes.quotient(ty.rows, rows)?;
                    let wanted = Type::new(rows, columns);
                    Some(if self.is_zero(x) { self.zeros(wanted) } else { self.ones(wanted) })
                }
                _ => None,
            },
            F::Upper if self.is(x, Facts::UPPER) || ty.is_row() => Some(x),
            // Each diagonal has one element.
            F::Toeplitz if ty.is_row() || ty.is_column() => Some(x),
            F::Upper | F::Toeplitz
                if self.is_zero(x) || matches!(self.node(x), Node::Function(g, _) if *g == f) =>
            {
                Some(x)
            }
            F::Toeplitz if matches!(self.node(x), Node::Eye(_) | Node::Ones(_)) => Some(x),
            F::Expm if self.is_zero(x) => Some(self.eye(ty.rows)),
            F::Cofactor if self.is(x, Facts::INVERTIBLE) => {
                let (det, inverse) = (self.function(F::Det, x), self.inverse(x));
                let flipped = self.transpose(inverse);
                Some(self.mul(det, flipped))
            }
            F::PseudoInverse | F::Cofactor | F::Expm | F::Polar
                if !ty.is_row()
                    && let Some(y) = self.untransposed(x) =>
            {
                let upright = self.function(f, y);
                Some(self.transpose(upright))
            }
            F::PseudoInverse if self.is(x, Facts::INVERTIBLE) => Some(self.inverse(x)),
            // x'/<x, x>, and 0 where x is 0.
            F::PseudoInverse if ty.is_row() || ty.is_column() => {
                let (turned, square) = (self.transpose(x), self.inner(x, x));
                let inverse = self.function(f, square);
                Some(self.product(1.0, &[(inverse, 1.0)], &[(turned, 1)]))
            }
            F::Nuclear | F::Spectral if ty.is_column() || ty.is_row() => Some(self.function(F::Norm2, x)),
            F::Norm1 | F::Norm2 | F::NormP(_) | F::Logsumexp | F::Max | F::Min if ty.is_row() => {
                let column = self.transpose(x);
                // A row that has no simpler transpose stays one.
                (*self.node(column) != Node::Transpose(x)).then(|| self.function(f, column))
            }
            F::Norm1 | F::Norm2 | F::NormP(_) | F::Nuclear | F::Spectral => self.norm(f, x),
            F::Polar | F::Leading if ty.is_column() || ty.is_row() => {
                let norm = self.function(F::Norm2, x);
                Some(self.product(1.0, &[(norm, -1.0)], &[(x, 1)]))
            }
            F::Upper | F::Toeplitz if matches!(self.node(x), Node::Sum(_)) => {
                let mut parts = self.terms(x);
                for part in &mut parts {
                    part.0 = self.function(f, part.0);
                }
                Some(self.sum(&parts))
            }
            F::RowLogsumexp if ty.is_column() => Some(x),
            F::RowLogsumexp if ty.is_row() => Some(self.function(F::Logsumexp, x)),
            F::RowSoftmax if ty.is_column() => Some(self.ones(ty)),
            F::RowSoftmax if ty.is_row() => Some(self.function(F::Softmax, x)),
            F::Softmax | F::AtMax | F::AtMin if ty.is_row() => {
                let column = self.transpose(x);
                let column = self.function(f, column);
                Some(self.transpose(column))
            }
            _ => None,
        }
    }

    /// A function of a whole, when that is a number; 1/x is the pseudo-inverse where x is not 0.
    fn function_of_scalar(&mut self, f: Function, x: Id) -> Option<Id> {
        use Function as F;
        let map = |store: &mut Self, f| store.map(Map::Unary(f), x);
        Some(match f {
            F::Trace | F::Total | F::Det | F::Diag | F::Diagonal | F::Upper | F::Toeplitz => x,
            F::Vec | F::Unvec(_) | F::Max | F::Min | F::Logsumexp | F::RowLogsumexp => x,
            F::LargestEigenvalue | F::SmallestEigenvalue => x,
            F::Softmax | F::RowSoftmax | F::AtMax | F::AtMin | F::Cofactor => self.number(1.0),
            F::LargestProjector | F::SmallestProjector => self.number(1.0),
            F::LargestResolvent | F::SmallestResolvent => self.number(0.0),
            F::Norm1 | F::Norm2 | F::NormP(_) | F::Nuclear | F::Spectral => map(self, Unary::Abs),
            F::Polar | F::Leading => map(self, Unary::Sign),
            F::Expm => map(self, Unary::Exp),
            F::PseudoInverse => {
                let never_zero = self.is(x, Facts::POSITIVE) || self.is(x, Facts::INVERTIBLE);
                if !never_zero && self.as_number(x).is_none() {
                    return None;
                }
                map(self, Unary::Reciprocal)
            }
            F::LogDet => {
                let size = map(self, Unary::Abs);
                self.map(Map::Unary(Unary::Log), size)
            }
        })
    }

    /// Numbers in front, a column times a row as its two lengths, p = 1 and 2 by their own names.
    fn norm(&mut self, f: Function, x: Id) -> Option<Id> {
        match f {
            Function::NormP(p) if p == Real::new(1.0) => return Some(self.function(Function::Norm1, x)),
            Function::NormP(p) if p == Real::new(2.0) => return Some(self.function(Function::Norm2, x)),
            _ => {}
        }
        if self.is_zero(x) {
            return Some(self.number(0.0));
        }
        // Of u v' all of these are the product of two lengths.
        if let (Function::Norm2 | Function::Nuclear | Function::Spectral, Node::Product { scalars, chain }) =
            (f, self.node(x).clone())
            && let Some(cut) = (1..chain.len()).find(|&k| self.ty(chain[k].0).rows == Dim::ONE)
        {
            let (column, row) =
                (self.product(1.0, &[], &chain[..cut]), self.product(1.0, &[], &chain[cut..]));
            let (row, _) = self.flip(row);
            let mut factors = vec![(self.function(Function::Norm2, column), 1.0)];
            factors.push((self.function(Function::Norm2, row), 1.0));
            for (scalar, e) in scalars {
                let whole = e.get().fract() == 0.0;
                let size = if whole { self.map(Map::Unary(Unary::Abs), scalar) } else { scalar };
                factors.push((size, e.get()));
            }
            return Some(self.product(1.0, &factors, &[]));
        }
        let (inner, c) = self.scaled(x);
        if inner != x {
            let norm = self.function(f, inner);
            return Some(self.times(c.abs(), norm));
        }
        None
    }

    /// The determinant of a product is the product of determinants.
    fn det(&mut self, x: Id) -> Option<Id> {
        let n = self.ty(x).rows;
        match self.node(x).clone() {
            Node::Eye(_) => Some(self.number(1.0)),
            Node::Sum(terms) if terms.len() == 1 => {
                let (c, size) = (self.number(terms[0].1.get()), self.size(n));
                let det = self.function(Function::Det, terms[0].0);
                let power = self.power(c, size);
                Some(self.mul(power, det))
            }
            Node::Function(Function::Expm, y) => {
                let trace = self.trace(y);
                Some(self.map(Map::Unary(Unary::Exp), trace))
            }
            Node::Product { scalars, chain }
                if !(scalars.is_empty() && chain.len() == 1 && chain[0].1 == 1)
                    && chain.iter().all(|f| self.ty(f.0).is_square()) =>
            {
                let mut factors = Vec::new();
                for (scalar, e) in scalars {
                    let (size, base) = (self.size(n), self.product(1.0, &[(scalar, e.get())], &[]));
                    factors.push((self.power(base, size), 1.0));
                }
                for (matrix, e) in chain {
                    factors.push((self.function(Function::Det, matrix), f64::from(e)));
                }
                Some(self.product(1.0, &factors, &[]))
            }
            _ => None,
        }
    }

    /// The logarithm of the absolute value of the determinant.
    fn logdet(&mut self, x: Id) -> Option<Id> {
        let n = self.ty(x).rows;
        let log_size = |store: &mut Self, scalar: Id| {
            let size = store.map(Map::Unary(Unary::Abs), scalar);
            store.map(Map::Unary(Unary::Log), size)
        };
        match self.node(x).clone() {
            Node::Eye(_) => Some(self.number(0.0)),
            Node::Sum(terms) if terms.len() == 1 => {
                let (c, size) = (self.number(terms[0].1.get()), self.size(n));
                let log = log_size(self, c);
                let det = self.function(Function::LogDet, terms[0].0);
                let scale = self.mul(size, log);
                Some(self.add(scale, det))
            }
            Node::Function(Function::Expm, y) => Some(self.trace(y)),
            Node::Function(Function::Diag, v) => {
                let log = log_size(self, v);
                Some(self.function(Function::Total, log))
            }
            Node::Product { scalars, chain }
                if !(scalars.is_empty() && chain.len() == 1 && chain[0].1 == 1)
                    && chain.iter().all(|f| self.ty(f.0).is_square()) =>
            {
                let mut terms = Vec::new();
                for (scalar, e) in scalars {
                    let (size, log) = (self.size(n), log_size(self, scalar));
                    terms.push((self.mul(size, log), e.get()));
                }
                for (matrix, e) in chain {
                    terms.push((self.function(Function::LogDet, matrix), f64::from(e)));
                }
                Some(self.sum(&terms))
            }
            _ if self.is(x, Facts::ORTHOGONAL) => Some(self.number(0.0)),
            _ => None,
        }
    }

    /// The diagonal matrix of a vector.
    fn diag(&mut self, v: Id) -> Option<Id> {
        let dim = self.ty(v).rows;
        match self.node(v).clone() {
            _ if dim == Dim::ONE => Some(v),
            Node::Zeros(_) => Some(self.zeros(Type::new(dim, dim))),
            Node::Ones(_) => Some(self.eye(dim)),
            Node::Sum(terms) if terms.len() == 1 => {
                let diag = self.function(Function::Diag, terms[0].0);
                Some(self.times(terms[0].1.get(), diag))
            }
            Node::Product { scalars, chain } if !scalars.is_empty() => {
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let rest = self.product(1.0, &[], &chain);
                let diag = self.function(Function::Diag, rest);
                Some(self.product(1.0, &scalars, &[(diag, 1)]))
            }
            Node::Function(Function::Diagonal, x) if self.is(x, Facts::DIAGONAL) => Some(x),
            _ => None,
        }
    }

    /// The diagonal of a square matrix.
    fn diagonal(&mut self, x: Id) -> Option<Id> {
        let ty = self.ty(x);
        if ty.is_scalar() {
            return Some(x);
        }
        match self.node(x).clone() {
            Node::Zeros(_) => Some(self.zeros(Type::vector(ty.rows))),
            Node::Ones(_) | Node::Eye(_) => Some(self.ones(Type::vector(ty.rows))),
            Node::Function(Function::Diag, v) => Some(v),
            Node::Sum(terms) => {
                let mut parts = Vec::with_capacity(terms.len());
                for (term, c) in terms {
                    parts.push((self.function(Function::Diagonal, term), c.get()));
                }
                Some(self.sum(&parts))
            }
            Node::Hadamard(factors) => {
                let mut parts = Vec::with_capacity(factors.len());
                for (factor, e) in factors {
                    parts.push((self.function(Function::Diagonal, factor), e.get()));
                }
                Some(self.hadamard_of(&parts))
            }
            Node::Map(map, y) => {
                let y = self.function(Function::Diagonal, y);
                Some(self.map(map, y))
            }
            Node::Product { scalars, chain } => {
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                if let Some(k) = (1..chain.len()).find(|&k| self.ty(chain[k].0).rows == Dim::ONE) {
                    let (left, right) =
                        (self.product(1.0, &[], &chain[..k]), self.product(1.0, &[], &chain[k..]));
                    let right = self.transpose(right);
                    let both = self.hadamard(left, right);
                    return Some(self.product(1.0, &scalars, &[(both, 1)]));
                }
                if let [(d, 1), rest @ ..] = &*chain
                    && let Node::Function(Function::Diag, v) = *self.node(*d)
                    && !rest.is_empty()
                {
                    let rest = self.product(1.0, &[], rest);
                    let own = self.function(Function::Diagonal, rest);
                    let both = self.hadamard(v, own);
                    return Some(self.product(1.0, &scalars, &[(both, 1)]));
                }
                if let [rest @ .., (d, 1)] = &*chain
                    && let Node::Function(Function::Diag, v) = *self.node(*d)
                    && !rest.is_empty()
                {
                    let rest = self.product(1.0, &[], rest);
                    let own = self.function(Function::Diagonal, rest);
                    let both = self.hadamard(own, v);
                    return Some(self.product(1.0, &scalars, &[(both, 1)]));
                }
                // The diagonal of A is the diagonal of A'.
                let (other, sign) = self.flipped_chain(&chain);
                let turned = self.reads_before(&other, &chain);
                if scalars.is_empty() && !turned {
                    return None;
                }
                let rest =
                    if turned { self.product(sign, &[], &other) } else { self.product(1.0, &[], &chain) };
                let (rest, c) = self.scaled(rest);
                let diagonal = self.function(Function::Diagonal, rest);
                Some(self.product(c, &scalars, &[(diagonal, 1)]))
            }
            _ => None,
        }
    }
}
