//! Products: numbers in front, scalars beside them, then the chain of matrices.

use std::cmp::Ordering;

use crate::facts::Facts;
use crate::limits::{made, raised, roomy};
use crate::node::{Function, Id, Node};
use crate::size::{Dim, Type};
use crate::store::{Store, boxed};

/// A product while it is put together.
pub(super) struct Parts {
    pub(super) coefficient: f64,
    /// Below the coefficient: 5/3 is the number nearest to it, not five times a third.
    divisor: f64,
    pub(super) scalars: Vec<(Id, f64)>,
    pub(super) chain: Vec<(Id, i32)>,
}

impl Parts {
    /// One more power of a number.
    pub(super) fn push_number(&mut self, x: f64, e: f64) {
        if e == -1.0 {
            self.divisor *= x;
        } else {
            self.coefficient *= x.powf(e);
        }
    }
}

impl Store {
    /// A number times powers of scalars times a chain of matrices to integer powers; a scalar
    /// in the chain counts as one beside it.
    pub fn product(&mut self, coefficient: f64, scalars: &[(Id, f64)], chain: &[(Id, i32)]) -> Id {
        let ends = |store: &Self, matrix: &(Id, i32)| store.ty(matrix.0);
        let wide: Vec<_> = chain.iter().filter(|f| !ends(self, f).is_scalar()).collect();
        let ty = match (wide.first(), wide.last()) {
            (Some(first), Some(last)) => Type::new(
                if first.1 < 0 { ends(self, first).columns } else { ends(self, first).rows },
                if last.1 < 0 { ends(self, last).rows } else { ends(self, last).columns },
            ),
            _ => Type::SCALAR,
        };
        let mut parts = Parts { coefficient, divisor: 1.0, scalars: Vec::new(), chain: Vec::new() };
        for &(scalar, e) in scalars {
            self.push_scalar(&mut parts, scalar, e);
        }
        for &(factor, e) in chain {
            self.push_factor(&mut parts, factor, e);
        }
        self.split_off_scalars(&mut parts);
        self.recognise(&mut parts);
        let coefficient = parts.coefficient / parts.divisor;
        if coefficient == 0.0 {
            return self.zeros(ty);
        }
        let scalars = parts.scalars;
        let mut chain = parts.chain;
        if chain.is_empty() && !ty.is_scalar() {
            chain.push((self.eye(ty.rows), 1));
        }
        let product = match (scalars.as_slice(), chain.as_slice()) {
            ([], []) => return self.number(coefficient),
            (&[(only, 1.0)], []) | ([], &[(only, 1)]) => only,
            _ => {
                let node = Node::Product { scalars: boxed(&scalars), chain: chain.into() };
                self.intern(node, ty)
            }
        };
        if coefficient == 1.0 { product } else { self.sum(&[(product, coefficient)]) }
    }

    /// Gives a difference and its opposite in the chain one sign, that whose first term is positive:
    /// (b - a)'(a - b) is -(a - b)'(a - b).
    fn settle_sign(&mut self, parts: &mut Parts, factor: Id, e: i32) -> Id {
        let difference = |store: &Self, own: Id| {
            let base = if let Node::Transpose(x) = *store.node(own) { x } else { own };
            match store.node(base) {
                Node::Sum(terms) if terms.len() > 1 => Some((base, terms[0].1.get() > 0.0)),
                _ => None,
            }
        };
        let Some((own, positive)) = difference(self, factor) else { return factor };
        if !parts.chain.iter().any(|f| difference(self, f.0).is_some()) {
            return factor;
        }
        let opposite = self.neg(own);
        let is_opposite =
            |store: &Self, f: Id| difference(store, f).is_some_and(|(base, _)| base == opposite);
        if !parts.chain.iter().any(|f| is_opposite(self, f.0)) {
            return factor;
        }
        if !positive {
            parts.push_number(-1.0, f64::from(e));
            return if own == factor { opposite } else { self.transpose(opposite) };
        }
        for place in 0..parts.chain.len() {
            let (other, e) = parts.chain[place];
            if is_opposite(self, other) {
                parts.chain[place].0 = if other == opposite { own } else { self.transpose(own) };
                parts.push_number(-1.0, f64::from(e));
            }
        }
        factor
    }

    /// One more matrix of ones: beside another it is that many times one.
    fn push_ones(&mut self, parts: &mut Parts, ty: Type, e: i32) {
        if let Some(&(last, 1)) = parts.chain.last()
            && let Node::Function(Function::Diag, v) = *self.node(last)
        {
            // diag(v) ones(n, m) is v ones(1, m).
            parts.chain.pop();
            self.push_factor(parts, v, 1);
            if !ty.is_column() {
                self.push_ones(parts, Type::new(Dim::ONE, ty.columns), 1);
                let size = self.size(ty.rows);
                self.push_scalar(parts, size, f64::from(e - 1));
            }
            return;
        }
        let size = self.size(ty.rows);
        self.push_scalar(parts, size, f64::from(e - 1));
        let mut own = ty;
        if let Some(&(last, 1)) = parts.chain.last()
            && let Node::Ones(before) = *self.node(last)
            && ty.rows != Dim::ONE
            && !(before.is_row() && ty.is_column())
        {
            parts.chain.pop();
            self.push_scalar(parts, size, 1.0);
            own = Type::new(before.rows, ty.columns);
        }
        parts.chain.push((self.ones(own), 1));
    }

    /// One more matrix at the right.
    pub(super) fn push_factor(&mut self, parts: &mut Parts, factor: Id, e: i32) {
        roomy(|| self.push_factor_by_kind(parts, factor, e));
    }

    fn push_factor_by_kind(&mut self, parts: &mut Parts, factor: Id, e: i32) {
        let ty = self.ty(factor);
        if ty.is_scalar() {
            return self.push_scalar(parts, factor, f64::from(e));
        }
        if let Some((common, rest)) = self.content(factor) {
            parts.push_number(common, f64::from(e));
            return self.push_factor(parts, rest, e);
        }
        let factor = self.settle_sign(parts, factor, e);
        match self.node(factor).clone() {
            Node::Zeros(_) => parts.coefficient = 0.0,
            Node::Eye(_) => {}
            Node::Sum(terms) if terms.len() == 1 => {
                parts.push_number(terms[0].1.get(), f64::from(e));
                self.push_factor(parts, terms[0].0, e);
            }
            Node::Product { scalars, chain } if e > 0 || chain.iter().all(|f| self.ty(f.0).is_square()) => {
                for (scalar, own) in scalars {
                    self.push_scalar(parts, scalar, own.get() * f64::from(e));
                }
                if e.abs() > 1 {
                    made(chain.len().saturating_mul(e.unsigned_abs() as usize));
                }
                for _ in 0..e.abs() {
                    if e > 0 {
                        chain.iter().for_each(|f| self.push_factor(parts, f.0, f.1));
                    } else {
                        chain.iter().rev().for_each(|f| self.push_factor(parts, f.0, -f.1));
                    }
                }
            }
            Node::Ones(_) if e > 0 => self.push_ones(parts, ty, e),
            Node::Commutation(own) => self.push_commutation(parts, own, e),
            Node::Transpose(x) if self.is(x, Facts::ORTHOGONAL) => self.push_factor(parts, x, -e),
            Node::Function(Function::Diag, v) => {
                let v = if e == 1 { v } else { self.hadamard_of(&[(v, f64::from(e))]) };
                self.push_diagonal(parts, v);
            }
            _ if e != 1 && self.exponent(factor).is_some() => {
                let power = self.exponential_power(factor, e);
                self.push_factor(parts, power, 1);
            }
            Node::Kron(a, b) if e < 0 && self.ty(a).is_square() && self.ty(b).is_square() => {
                let (a, b) = (self.matrix_power(a, e), self.matrix_power(b, e));
                let power = self.kron(a, b);
                self.push_factor(parts, power, 1);
            }
            Node::Function(Function::Vec, x) if self.turns(parts, x) => {
                parts.chain.pop();
                let turned = self.transpose(x);
                let columns = self.function(Function::Vec, turned);
                self.push_factor(parts, columns, 1);
            }
            _ => {
                if ty.is_column()
                    && let Some(&(last, 1)) = parts.chain.last()
                    && let Node::Function(Function::Diag, v) = *self.node(last)
                {
                    parts.chain.pop();
                    let scaled = self.hadamard(v, factor);
                    return self.push_factor(parts, scaled, 1);
                }
                self.push_power(parts, factor, e);
            }
        }
    }

    /// One more power at the right, joined with its like.
    fn push_power(&mut self, parts: &mut Parts, factor: Id, e: i32) {
        if e == 1 && self.push_projected(parts, factor) {
            return;
        }
        let joined = match parts.chain.last() {
            Some(last) if last.0 == factor => parts.chain.pop().map_or(e, |last| last.1.saturating_add(e)),
            _ => e,
        };
        raised(joined);
        match self.node(factor) {
            _ if joined == 0 => {}
            _ if joined != 1 && self.exponent(factor).is_some() => self.push_factor(parts, factor, joined),
            _ => parts.chain.push((factor, joined)),
        }
    }

    /// A of expm(A) and of expm(A)'.
    fn exponent(&self, factor: Id) -> Option<Id> {
        match *self.node(self.untransposed(factor).unwrap_or(factor)) {
            Node::Function(Function::Expm, x) => Some(x),
            _ => None,
        }
    }

    /// A power of such a matrix, expm(e A) or expm(e A)'.
    fn exponential_power(&mut self, factor: Id, e: i32) -> Id {
        let Some(x) = self.exponent(factor) else { return factor };
        let x = self.times(f64::from(e), x);
        let power = self.function(Function::Expm, x);
        if self.untransposed(factor).is_some() { self.transpose(power) } else { power }
    }

    /// One more commutation matrix at the right: its transpose is its inverse.
    fn push_commutation(&mut self, parts: &mut Parts, own: Type, e: i32) {
        let own = if e < 0 { own.transposed() } else { own };
        let (factor, inverse) = (self.commutation(own), self.commutation(own.transposed()));
        for _ in 0..e.abs() {
            if parts.chain.last() == Some(&(inverse, 1)) {
                parts.chain.pop();
            } else {
                self.push_power(parts, factor, 1);
            }
        }
    }

    /// Whether K stands at the right, with K vec(x) = vec(x').
    fn turns(&self, parts: &Parts, x: Id) -> bool {
        let Some(&(last, 1)) = parts.chain.last() else { return false };
        matches!(self.node(last), Node::Commutation(own) if *own == self.ty(x))
    }

    /// One more diagonal matrix at the right.
    fn push_diagonal(&mut self, parts: &mut Parts, v: Id) {
        if let Some(&(last, 1)) = parts.chain.last() {
            if let Node::Function(Function::Diag, u) = *self.node(last) {
                parts.chain.pop();
                let both = self.hadamard(u, v);
                let diagonal = self.function(Function::Diag, both);
                return self.push_factor(parts, diagonal, 1);
            }
            if self.ty(last).is_row() {
                parts.chain.pop();
                let column = self.transpose(last);
                let scaled = self.hadamard(v, column);
                let row = self.transpose(scaled);
                return self.push_factor(parts, row, 1);
            }
        }
        let diagonal = self.function(Function::Diag, v);
        match self.node(diagonal) {
            Node::Function(Function::Diag, _) => self.push_power(parts, diagonal, 1),
            _ => self.push_factor(parts, diagonal, 1),
        }
    }

    /// Whether one writing of a scalar is preferred to another: few transposes, a factor and its
    /// transpose at the ends, then names in order.
    pub(super) fn reads_before(&self, chain: &[(Id, i32)], other: &[(Id, i32)]) -> bool {
        let plain = |&(id, e): &(Id, i32)| match *self.node(id) {
            Node::Transpose(x) => (x, e, false),
            _ if e < 0 && self.is(id, Facts::ORTHOGONAL) => (id, -e, false),
            _ => (id, e, true),
        };
        let turned = |chain: &[(Id, i32)]| chain.iter().filter(|f| !plain(f).2).count();
        let opposite = |a: Id, b: Id| matches!(*self.node(a), Node::Transpose(x) if x == b);
        let open = |chain: &[(Id, i32)]| {
            let ends = chain.first().zip(chain.last());
            !ends.is_some_and(|(&(a, _), &(b, _))| opposite(a, b) || opposite(b, a))
        };
        let factors = |(a, b): (&(Id, i32), &(Id, i32))| {
            let ((x, e, upright), (y, k, straight)) = (plain(a), plain(b));
            self.name_order(x, y).then(e.cmp(&k)).then(upright.cmp(&straight))
        };
        let by_factor = || chain.iter().zip(other).map(factors).find(|order| order.is_ne());
        match (turned(chain), open(chain)).cmp(&(turned(other), open(other))) {
            Ordering::Equal => by_factor().is_some_and(Ordering::is_lt),
            order => order.is_lt(),
        }
    }

    /// Names by their letters, then all else as it was made, then differentials.
    fn name_order(&self, x: Id, y: Id) -> Ordering {
        let rank = |id| match (self.node(id), self.named(id)) {
            (_, Some(own)) if own.differential.is_none() => (0, Some(&own.name)),
            (Node::Differential(_), _) | (_, Some(_)) => (2, None),
            _ => (1, None),
        };
        rank(x).cmp(&rank(y)).then(x.cmp(&y))
    }

    /// exp(x) / sum(exp(x)) and exp(u) sigmoid(-u) under their names.
    fn recognise(&mut self, parts: &mut Parts) {
        self.settle_scalars(parts);
        self.join_softmax(parts);
        self.join_norms(parts);
        self.join_pseudo_inverses(&mut parts.scalars);
        self.join_sigmoids(&mut parts.scalars);
        self.join_tangents(&mut parts.scalars);
    }
}
