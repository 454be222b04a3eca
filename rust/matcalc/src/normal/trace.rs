//! Traces: of products, in one rotation.

use crate::facts::Facts;
use crate::limits::roomy;
use crate::node::{Function, Id, Node};
use crate::size::{Dim, Type};
use crate::store::{Store, boxed};

impl Store {
    /// The sum of the diagonal of a square matrix.
    pub(super) fn trace(&mut self, x: Id) -> Id {
        let ty = self.ty(x);
        if ty.is_scalar() {
            return x;
        }
        if let Some(y) = self.untransposed(x) {
            return self.trace(y);
        }
        roomy(|| self.trace_by_kind(x))
    }

    fn trace_by_kind(&mut self, x: Id) -> Id {
        let ty = self.ty(x);
        match self.node(x).clone() {
            Node::Zeros(_) => self.number(0.0),
            Node::Ones(_) | Node::Eye(_) => self.size(ty.rows),
            Node::Sum(terms) => {
                let mut traces = Vec::with_capacity(terms.len());
                for (term, c) in terms {
                    traces.push((self.trace(term), c.get()));
                }
                self.sum(&traces)
            }
            Node::Function(Function::Diag, v) => self.function(Function::Total, v),
            // d tr(expm(A)) = tr(expm(A) dA), and what follows for further directions.
            Node::ExpmFrechet(a, along) => {
                let (&last, others) = along.split_last().unwrap_or((&a, &[]));
                let power = self.expm_frechet(a, others);
                let product = self.mul(power, last);
                self.trace(product)
            }
            Node::Kron(a, b) if self.ty(a).is_square() && self.ty(b).is_square() => {
                let (a, b) = (self.trace(a), self.trace(b));
                self.mul(a, b)
            }
            Node::Product { scalars, chain } => {
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let cycle = self.trace_of_chain(chain.to_vec());
                self.product(1.0, &[scalars, vec![(cycle, 1.0)]].concat(), &[])
            }
            _ if self.is(x, Facts::SKEW) => self.number(0.0),
            _ => self.intern(Node::Function(Function::Trace, x), Type::SCALAR),
        }
    }

    fn trace_of_chain(&mut self, mut chain: Vec<(Id, i32)>) -> Id {
        // X A inv(X) has the trace of A.
        if chain.len() > 1 && chain[0].0 == chain[chain.len() - 1].0 {
            // What meets is taken as one power, with the rules for such powers.
            chain.rotate_right(1);
            let turned = self.product(1.0, &[], &chain);
            return self.trace(turned);
        }
        if let [(only, e)] = *chain {
            let power = self.product(1.0, &[], &[(only, e)]);
            if !matches!(self.node(power), Node::Product { .. }) {
                return self.trace(power);
            }
        }
        // Between a column and a row it is a scalar.
        if let Some(k) = (1..chain.len()).find(|&k| self.ty(chain[k].0).rows == Dim::ONE) {
            chain.rotate_left(k);
            return self.product(1.0, &[], &chain);
        }
        // tr(diag(v) A) is v' diagv(A).
        if let Some(k) =
            chain.iter().position(|&(d, _)| matches!(self.node(d), Node::Function(Function::Diag, _)))
            && chain.len() > 1
        {
            chain.rotate_left(k);
            let Node::Function(Function::Diag, v) = *self.node(chain[0].0) else { return chain[0].0 };
            let rest = self.product(1.0, &[], &chain[1..]);
            let diagonal = self.function(Function::Diagonal, rest);
            return self.inner(v, diagonal);
        }
        // tr(A ones(n, m)) is the sum of A's elements.
        if let Some(k) = chain.iter().position(|&(x, e)| e == 1 && matches!(self.node(x), Node::Ones(_)))
            && chain.len() > 1
        {
            chain.rotate_left(k);
            let rest = self.product(1.0, &[], &chain[1..]);
            return self.function(Function::Total, rest);
        }
        let mut outside = 1.0;
        if let [(a, 1), (b, 1)] = *chain {
            let left = self.transpose(a);
            let elementwise =
                |x: Id| matches!(self.node(self.untransposed(x).unwrap_or(x)), Node::Hadamard(_));
            if elementwise(left) || elementwise(b) {
                let product = self.hadamard(left, b);
                return self.function(Function::Total, product);
            }
            if let Some(r) = self.opposite_sums(left, b) {
                // tr(-r' r), of r and -r the one whose transpose has no sign in front.
                let turned = self.transpose(r);
                let negative = self.content(turned).is_some_and(|(common, _)| common < 0.0);
                let r = if negative { self.neg(r) } else { r };
                chain = vec![(self.transpose(r), 1), (r, 1)];
                outside = -1.0;
            }
        }
        let (other, sign) = self.flipped_chain(&chain);
        let mut best = (chain.clone(), 1.0);
        for (mut turned, sign) in [(chain, 1.0), (other, sign)] {
            for _ in 0..turned.len() {
                turned.rotate_left(1);
                if sign < 0.0 && turned == best.0 && best.1 > 0.0 {
                    return self.number(0.0);
                }
                if self.reads_before(&turned, &best.0) {
                    best = (turned.clone(), sign);
                }
            }
        }
        let (mut chain, sign) = best;
        // Beside a symmetric X the trace of S X is <S, X>.
        if let [(s, 1), (x, 1)] = *chain
            && self.named(s).is_some_and(|own| own.differential.is_none())
            && self.named(x).is_some()
            && self.is(x, Facts::SYMMETRIC)
            && !self.is(s, Facts::ORTHOGONAL)
        {
            chain[0].0 = self.transpose(s);
        }
        let ty = self.ty(chain[0].0);
        let inside = if let [(only, 1)] = *chain {
            only
        } else {
            let ty = Type::new(ty.rows, ty.rows);
            self.intern(Node::Product { scalars: boxed(&[]), chain: chain.into() }, ty)
        };
        let trace = self.intern(Node::Function(Function::Trace, inside), Type::SCALAR);
        self.times(outside * sign, trace)
    }
}
