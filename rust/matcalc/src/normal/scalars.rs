//! Scalars in products: their powers, and the stretches of a chain that are scalars.

use pyframe_graph::Unary;

use super::collected;
use super::product::Parts;
use crate::facts::Facts;
use crate::limits::roomy;
use crate::node::{Function, Id, Map, Node};
use crate::size::{Dim, Type};
use crate::store::{Store, boxed};

/// Whether (x^own)^e, with an e that is no whole number, is x^(own e) and both are NaN for a negative x.
pub(super) fn keeps_domain(own: f64, e: f64) -> bool {
    own % 2.0 != 0.0 && (own * e).fract() != 0.0
}

/// Whether a power of a number can stand in front: it is neither 0 nor infinite.
fn is_plain(power: f64) -> bool {
    power.is_finite() && power != 0.0
}

impl Store {
    /// One more power of a scalar.
    pub(super) fn push_scalar(&mut self, parts: &mut Parts, scalar: Id, e: f64) {
        if e != 0.0 {
            roomy(|| self.push_scalar_by_kind(parts, scalar, e));
        }
    }

    fn push_scalar_by_kind(&mut self, parts: &mut Parts, scalar: Id, e: f64) {
        let whole = e.fract() == 0.0;
        if let Some((common, rest)) = self.content(scalar)
            && (whole || common > 0.0)
            && is_plain(common.powf(e))
        {
            parts.push_number(common, e);
            return self.push_scalar(parts, rest, e);
        }
        match self.node(scalar).clone() {
            Node::Number(c) => parts.push_number(c.get(), e),
            Node::Sum(terms)
                if terms.len() == 1
                    && (whole || terms[0].1.get() > 0.0)
                    && is_plain(terms[0].1.get().powf(e)) =>
            {
                parts.push_number(terms[0].1.get(), e);
                self.push_scalar(parts, terms[0].0, e);
            }
            Node::Product { scalars, chain } if chain.is_empty() => {
                let splits = |store: &Self, base: Id, own: f64| {
                    let alone = scalars.len() == 1 && keeps_domain(own, e);
                    whole || store.is(base, Facts::NONNEGATIVE) || alone
                };
                if scalars.iter().all(|&(base, own)| splits(self, base, own.get())) {
                    for &(base, own) in &scalars {
                        self.push_scalar(parts, base, own.get() * e);
                    }
                } else {
                    parts.scalars.push((scalar, e));
                }
            }
            Node::Function(Function::Norm2, x) if e % 2.0 == 0.0 => {
                let square = self.inner(x, x);
                self.push_scalar(parts, square, e / 2.0);
            }
            Node::Map(Map::Unary(Unary::Abs), x) if e % 2.0 == 0.0 => self.push_scalar(parts, x, e),
            Node::Map(Map::Unary(Unary::Exp), x) if e != 1.0 => {
                let scaled = self.times(e, x);
                let power = self.map(Map::Unary(Unary::Exp), scaled);
                parts.scalars.push((power, 1.0));
            }
            _ if (2.0 * e) % 2.0 != 0.0 && (2.0 * e).fract() == 0.0 && self.squared(scalar).is_some() => {
                let x = self.squared(scalar).unwrap_or(scalar);
                let norm = self.function(Function::Norm2, x);
                self.push_scalar(parts, norm, 2.0 * e);
            }
            _ => match self.logistic_base(scalar) {
                Some(u) if e < 0.0 => {
                    let sigmoid = self.map(Map::Unary(Unary::Expit), u);
                    parts.scalars.push((sigmoid, -e));
                }
                _ => parts.scalars.push((scalar, e)),
            },
        }
    }

    /// x, when a scalar is <x, x>.
    fn squared(&self, scalar: Id) -> Option<Id> {
        let chain = match self.node(scalar) {
            Node::Product { chain, .. } => chain,
            Node::Function(Function::Trace, x) => match self.node(*x) {
                Node::Product { scalars, chain } if scalars.is_empty() => chain,
                _ => return None,
            },
            _ => return None,
        };
        match **chain {
            [(a, 1), (b, 1)] if *self.node(a) == Node::Transpose(b) => Some(b),
            [(a, 1), (b, 1)] if *self.node(b) == Node::Transpose(a) => Some(b),
            [(a, 2)] if self.is(a, Facts::SYMMETRIC) => Some(a),
            _ => None,
        }
    }

    /// norm2(x), when a scalar is <x, x> and others are functions of that norm: as a divisor it is
    /// the norm, twice.
    pub(crate) fn norm_beside(&self, square: Id, others: &[Id]) -> Option<Id> {
        let x = self.squared(square)?;
        let is_norm = |id: &Id| *self.node(*id) == Node::Function(Function::Norm2, x);
        self.reachable(others).into_iter().find(is_norm)
    }

    /// u, when an expression is 1 + exp(-u).
    pub(super) fn logistic_base(&mut self, base: Id) -> Option<Id> {
        let Some((power, 1.0)) = self.beside_one(base) else { return None };
        let Node::Map(Map::Unary(Unary::Exp), x) = *self.node(power) else { return None };
        Some(self.neg(x))
    }

    /// u, if it is 1 - sigmoid(u).
    pub(super) fn complement_base(&self, base: Id) -> Option<Id> {
        let Some((sigmoid, -1.0)) = self.beside_one(base) else { return None };
        let Node::Map(Map::Unary(Unary::Expit), u) = *self.node(sigmoid) else { return None };
        Some(u)
    }

    /// x and c, if it is 1 + c x.
    fn beside_one(&self, base: Id) -> Option<(Id, f64)> {
        let Node::Sum(terms) = self.node(base) else { return None };
        let [(first, a), (second, b)] = **terms else { return None };
        let is_one = |id| self.as_number(id) == Some(1.0) || matches!(self.node(id), Node::Ones(_));
        let pairs = [(first, a, second, b), (second, b, first, a)];
        let found = pairs.into_iter().find(|&(one, a, ..)| is_one(one) && a.get() == 1.0);
        found.map(|(_, _, rest, c)| (rest, c.get()))
    }

    /// Stretches of the chain that are scalars, taken out of it.
    pub(super) fn split_off_scalars(&mut self, parts: &mut Parts) {
        let chain = std::mem::take(&mut parts.chain);
        let narrow = |store: &Self, place: usize| {
            let dim = match (chain.get(place), place.checked_sub(1).map(|k| chain[k])) {
                (Some(&(next, _)), _) => store.ty(next).rows,
                (None, Some((last, _))) => store.ty(last).columns,
                (None, None) => return false,
            };
            dim == Dim::ONE
        };
        let cuts: Vec<usize> = (0..=chain.len()).filter(|&place| narrow(self, place)).collect();
        let (Some(&first), Some(&last)) = (cuts.first(), cuts.last()) else {
            parts.chain = chain;
            return;
        };
        for pair in cuts.windows(2) {
            let (scalar, c) = self.scalar_chain(&chain[pair[0]..pair[1]]);
            parts.coefficient *= c;
            self.push_scalar(parts, scalar, 1.0);
        }
        parts.chain = chain[..first].iter().chain(&chain[last..]).copied().collect();
    }

    /// A chain from a row to a column, as one scalar; its transpose where that reads easier.
    fn scalar_chain(&mut self, chain: &[(Id, i32)]) -> (Id, f64) {
        let (first, last) = (chain[0].0, chain[chain.len() - 1].0);
        if matches!(self.node(first), Node::Ones(_)) || matches!(self.node(last), Node::Ones(_)) {
            let (from, to) = (
                usize::from(matches!(self.node(first), Node::Ones(_))),
                chain.len() - usize::from(matches!(self.node(last), Node::Ones(_))),
            );
            let inside = if from < to {
                self.product(1.0, &[], &chain[from..to])
            } else {
                self.ones(Type::vector(self.ty(first).columns))
            };
            let total = self.function(Function::Total, inside);
            return self.scaled(total);
        }
        if let [(row, 1), (column, 1)] = *chain {
            let left = self.transpose(row);
            let is_product = |store: &Self, id| matches!(store.node(id), Node::Hadamard(_));
            if is_product(self, left) || is_product(self, column) {
                let product = self.hadamard(left, column);
                let total = self.function(Function::Total, product);
                return self.scaled(total);
            }
            if let Some(r) = self.opposite_sums(left, column) {
                let square = self.inner(r, r);
                return (square, -1.0);
            }
        }
        let (other, sign) = self.flipped_chain(chain);
        if other == chain && sign < 0.0 {
            return (self.number(0.0), 0.0);
        }
        let (chain, sign) =
            if self.reads_before(&other, chain) { (other, sign) } else { (chain.to_vec(), 1.0) };
        let node = Node::Product { scalars: boxed(&[]), chain: chain.into() };
        (self.intern(node, Type::SCALAR), sign)
    }

    /// Of two sums each of which is the other one turned in sign, the one that was made first.
    pub(super) fn opposite_sums(&mut self, a: Id, b: Id) -> Option<Id> {
        let count = |id: Id| match self.node(id) {
            Node::Sum(terms) => terms.len(),
            _ => 0,
        };
        let both = count(a) > 1 && count(a) == count(b) && self.neg(a) == b;
        both.then(|| a.min(b))
    }

    /// Powers of like scalars as one, each by the rules for its exponent.
    pub(super) fn settle_scalars(&mut self, parts: &mut Parts) {
        // Each round but the last has joined some.
        loop {
            let before = parts.scalars.len();
            let joined = collected(std::mem::take(&mut parts.scalars));
            if joined.len() == before {
                parts.scalars = joined;
                return;
            }
            for (scalar, e) in joined {
                self.push_scalar(parts, scalar, e);
            }
        }
    }

    /// norm2(x)^e <x, x>^k is norm2(x)^(e + 2 k); of a skew x, <x, x> is less the trace of its square.
    pub(super) fn join_norms(&mut self, parts: &mut Parts) {
        for place in 0..parts.scalars.len() {
            let Node::Function(Function::Norm2, x) = *self.node(parts.scalars[place].0) else { continue };
            let square = self.inner(x, x);
            let (square, c) = self.scaled(square);
            let same = |&(s, k): &(Id, f64)| s == square && (c > 0.0 || k.fract() == 0.0);
            if let Some(found) = parts.scalars.iter().position(same) {
                let (_, k) = parts.scalars[found];
                parts.push_number(c, -k);
                parts.scalars[place].1 += 2.0 * k;
                parts.scalars.remove(found);
                return self.join_norms(parts);
            }
        }
    }

    /// s^b pinv(s)^a without what cancels; as many of both leave s pinv(s), which is 0 where s is.
    pub(super) fn join_pseudo_inverses(&mut self, scalars: &mut Vec<(Id, f64)>) {
        for place in 0..scalars.len() {
            let (inverse, a) = scalars[place];
            let Node::Function(Function::PseudoInverse, s) = *self.node(inverse) else { continue };
            let Some(found) = scalars.iter().position(|own| own.0 == s) else { continue };
            let b = scalars[found].1;
            if a < 1.0 || b < 1.0 || a.fract() != 0.0 || b.fract() != 0.0 {
                continue;
            }
            let common = if a == b { a - 1.0 } else { a.min(b) };
            scalars[place].1 -= common;
            scalars[found].1 -= common;
        }
        scalars.retain(|own| own.1 != 0.0);
    }

    /// exp(u) sigmoid(-u) is sigmoid(u).
    pub(super) fn join_sigmoids(&mut self, factors: &mut Vec<(Id, f64)>) {
        for place in 0..factors.len() {
            let (power, e) = factors[place];
            let Node::Map(Map::Unary(Unary::Exp), u) = *self.node(power) else { continue };
            let against = self.neg(u);
            let other = self.map(Map::Unary(Unary::Expit), against);
            if let Some(found) = factors.iter().position(|&f| f == (other, e)) {
                let sigmoid = self.map(Map::Unary(Unary::Expit), u);
                factors[place].0 = sigmoid;
                factors.remove(found);
                *factors = collected(std::mem::take(factors));
                return;
            }
        }
    }

    /// sin(u) / cos(u) is tan(u), and sinh(u) / cosh(u) is tanh(u), which is finite for every u.
    pub(super) fn join_tangents(&mut self, factors: &mut Vec<(Id, f64)>) {
        for (sine, cosine, tangent) in
            [(Unary::Sin, Unary::Cos, Unary::Tan), (Unary::Sinh, Unary::Cosh, Unary::Tanh)]
        {
            for place in 0..factors.len() {
                let (above, e) = factors[place];
                let Node::Map(Map::Unary(own), u) = *self.node(above) else { continue };
                if own != sine {
                    continue;
                }
                let below = self.map(Map::Unary(cosine), u);
                let Some(found) = factors.iter().position(|f| f.0 == below) else { continue };
                let other = factors[found].1;
                if e.fract() == 0.0 && other.fract() == 0.0 && e * other < 0.0 {
                    let power = e.signum() * e.abs().min(other.abs());
                    factors[place].1 -= power;
                    factors[found].1 += power;
                    factors.push((self.map(Map::Unary(tangent), u), power));
                    factors.retain(|f| f.1 != 0.0);
                    *factors = collected(std::mem::take(factors));
                    return self.join_tangents(factors);
                }
            }
        }
    }
}
