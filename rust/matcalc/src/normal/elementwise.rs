//! Elementwise products, powers and functions.

use std::f64::consts::{PI, TAU};

use pyframe_graph::Unary;

use super::collected;
use super::scalars::keeps_domain;
use crate::facts::Facts;
use crate::limits::roomy;
use crate::node::{Function, Id, Map, Node};
use crate::size::Type;
use crate::store::{Store, boxed};

/// An elementwise product while it is put together.
#[derive(Default)]
struct Parts {
    coefficient: f64,
    scalars: Vec<(Id, f64)>,
    factors: Vec<(Id, f64)>,
    /// The diagonal of a diagonal factor.
    diagonal: Option<Id>,
}

impl Store {
    /// The elementwise product of powers; scalars stretch.
    pub fn hadamard_of(&mut self, factors: &[(Id, f64)]) -> Id {
        let types = factors.iter().map(|&(id, _)| self.ty(id));
        let Some(ty) = types.clone().find(|ty| !ty.is_scalar()) else {
            return self.product(1.0, factors, &[]);
        };
        if ty.is_row() {
            let mut columns = Vec::with_capacity(factors.len());
            for &(factor, e) in factors {
                columns.push((self.transpose(factor), e));
            }
            let column = self.hadamard_of(&columns);
            return self.transpose(column);
        }
        let mut parts = Parts { coefficient: 1.0, ..Parts::default() };
        for &(factor, e) in factors {
            self.push_elements(&mut parts, factor, e);
        }
        if parts.coefficient == 0.0 {
            return self.zeros(ty);
        }
        self.settle_elements(&mut parts);
        let mut factors = parts.factors;
        self.join_sigmoids(&mut factors);
        self.join_tangents(&mut factors);
        let product = match parts.diagonal {
            Some(mut v) => {
                for (factor, e) in factors {
                    let own = self.function(Function::Diagonal, factor);
                    v = self.hadamard_of(&[(v, 1.0), (own, e)]);
                }
                self.function(Function::Diag, v)
            }
            None => match factors.as_slice() {
                [] => self.ones(ty),
                &[(only, 1.0)] => only,
                _ => self.upright_hadamard(&factors, ty),
            },
        };
        self.product(parts.coefficient, &parts.scalars, &[(product, 1)])
    }

    /// Whether a chain is a column of ones times a row of ones.
    fn is_filled_with_ones(&self, chain: &[(Id, i32)]) -> bool {
        matches!(*chain, [(column, 1), (row, 1)] if self.is_column_of_ones(column) && self.is_ones(row))
    }

    /// Powers of like factors as one, each by the rules for its exponent.
    fn settle_elements(&mut self, parts: &mut Parts) {
        // Each round but the last has joined some.
        loop {
            let before = parts.factors.len();
            let joined = collected(std::mem::take(&mut parts.factors));
            if joined.len() == before {
                parts.factors = joined;
                return;
            }
            for (factor, e) in joined {
                self.push_elements(parts, factor, e);
            }
        }
    }

    /// One more power of a factor.
    fn push_elements(&mut self, parts: &mut Parts, factor: Id, e: f64) {
        roomy(|| self.push_elements_by_kind(parts, factor, e));
    }

    fn push_elements_by_kind(&mut self, parts: &mut Parts, factor: Id, e: f64) {
        if self.ty(factor).is_scalar() {
            parts.scalars.push((factor, e));
            return;
        }
        let whole = e.fract() == 0.0;
        if let Some((common, rest)) = self.content(factor)
            && (whole || common > 0.0)
        {
            parts.scalars.push((self.number(common), e));
            return self.push_elements(parts, rest, e);
        }
        match self.node(factor).clone() {
            Node::Zeros(_) if e > 0.0 => parts.coefficient = 0.0,
            Node::Ones(_) => {}
            Node::Eye(dim) if e > 0.0 => {
                let ones = self.ones(Type::vector(dim));
                self.push_diagonal_factor(parts, ones);
            }
            Node::Function(Function::Diag, v) if e > 0.0 => {
                let v = self.hadamard_of(&[(v, e)]);
                self.push_diagonal_factor(parts, v);
            }
            Node::Sum(terms) if terms.len() == 1 && (whole || terms[0].1.get() > 0.0) => {
                parts.scalars.push((self.number(terms[0].1.get()), e));
                self.push_elements(parts, terms[0].0, e);
            }
            Node::Transpose(x) if whole && matches!(self.node(x), Node::Hadamard(_)) => {
                let Node::Hadamard(factors) = self.node(x).clone() else { return };
                let plain: Vec<_> = factors.iter().map(|&(f, own)| (f, own.get())).collect();
                let (flipped, sign) = self.flipped_factors(&plain);
                parts.coefficient *= sign.powf(e);
                for &(base, own) in &flipped {
                    self.push_elements(parts, base, own * e);
                }
            }
            Node::Hadamard(factors) => {
                let factors: Vec<_> = factors.iter().map(|&(base, own)| (base, own.get())).collect();
                self.push_powers(parts, factor, &factors, e);
            }
            Node::Product { scalars, chain } if scalars.is_empty() && self.is_filled_with_ones(&chain) => {}
            Node::Product { scalars, chain } if !scalars.is_empty() => {
                let rest = self.product(1.0, &[], &chain);
                let all = |fact| scalars.iter().all(|&(s, _)| self.is(s, fact));
                // Where a scalar is 0 the product has a root, whatever the rest is.
                let roots = self.is(rest, Facts::NONNEGATIVE) && all(Facts::NONNEGATIVE);
                if whole || roots || all(Facts::POSITIVE) {
                    parts.scalars.extend(scalars.iter().map(|&(s, own)| (s, own.get() * e)));
                    self.push_elements(parts, rest, e);
                } else {
                    parts.factors.push((factor, e));
                }
            }
            Node::Transpose(flipped) if matches!(self.node(flipped), Node::Hadamard(_)) => {
                let Node::Hadamard(factors) = self.node(flipped).clone() else { return };
                let factors: Vec<_> = factors.iter().map(|&(base, own)| (base, own.get())).collect();
                let (factors, sign) = self.flipped_factors(&factors);
                if sign == 1.0 {
                    self.push_powers(parts, factor, &factors, e);
                } else {
                    parts.factors.push((factor, e));
                }
            }
            Node::Map(Map::Unary(Unary::Abs), x) if e % 2.0 == 0.0 => self.push_elements(parts, x, e),
            Node::Map(Map::Unary(Unary::Exp), x) if e != 1.0 => {
                let scaled = self.times(e, x);
                let power = self.map(Map::Unary(Unary::Exp), scaled);
                parts.factors.push((power, 1.0));
            }
            Node::Map(Map::Step, _) => parts.factors.push((factor, e.signum())),
            _ => match self.logistic_base(factor) {
                Some(u) if e < 0.0 => {
                    let sigmoid = self.map(Map::Unary(Unary::Expit), u);
                    parts.factors.push((sigmoid, -e));
                }
                _ => parts.factors.push((factor, e)),
            },
        }
    }

    /// One more power of a product of powers, factor by factor where that is the same.
    fn push_powers(&mut self, parts: &mut Parts, product: Id, factors: &[(Id, f64)], e: f64) {
        let splits = |&(base, own): &(Id, f64)| {
            let alone = factors.len() == 1 && keeps_domain(own, e);
            e.fract() == 0.0 || self.is(base, Facts::NONNEGATIVE) || alone
        };
        if factors.iter().all(splits) {
            for &(base, own) in factors {
                self.push_elements(parts, base, own * e);
            }
        } else {
            parts.factors.push((product, e));
        }
    }

    fn push_diagonal_factor(&mut self, parts: &mut Parts, v: Id) {
        parts.diagonal = Some(match parts.diagonal {
            Some(u) => self.hadamard(u, v),
            None => v,
        });
    }

    /// An elementwise product, or its transpose transposed if that is the upright one.
    fn upright_hadamard(&mut self, factors: &[(Id, f64)], ty: Type) -> Id {
        if factors.iter().any(|&(factor, _)| self.marks(factor) > 0) {
            let (flipped, sign) = self.flipped_factors(factors);
            if sign == 1.0 && self.is_upright(&flipped, factors, ty) {
                if flipped.iter().any(|&(factor, _)| matches!(self.node(factor), Node::Hadamard(_))) {
                    let other = self.hadamard_of(&flipped);
                    return match self.node(other) {
                        Node::Hadamard(_) => self.standing_transposed(other, ty),
                        _ => self.transpose(other),
                    };
                }
                let other = self.intern(Node::Hadamard(boxed(&flipped)), ty.transposed());
                return self.standing_transposed(other, ty);
            }
        }
        self.intern(Node::Hadamard(boxed(factors)), ty)
    }

    /// Elements of a to the power of elements of b; a scalar stretches.
    pub fn power(&mut self, a: Id, b: Id) -> Id {
        if let Some(e) = self.as_number(b) {
            if e == 0.0 {
                return self.ones(self.ty(a));
            }
            return self.hadamard_of(&[(a, e)]);
        }
        let (mut base, ty) = (a, self.ty(b));
        if self.ty(a).is_scalar() && !ty.is_scalar() {
            let ones = self.ones(ty);
            base = self.mul(a, ones);
        }
        let ty = self.ty(base);
        self.intern(Node::Power(base, b), ty)
    }

    /// The larger of elements; a scalar stretches.
    pub fn larger(&mut self, a: Id, b: Id) -> Id {
        self.extreme(a, b, true)
    }

    /// The smaller of elements; a scalar stretches.
    pub fn smaller(&mut self, a: Id, b: Id) -> Id {
        self.extreme(a, b, false)
    }

    fn extreme(&mut self, a: Id, b: Id, larger: bool) -> Id {
        let ty = if self.ty(a).is_scalar() { self.ty(b) } else { self.ty(a) };
        let ones = self.ones(ty);
        let [a, b] =
            [a, b].map(|x| if self.ty(x).is_scalar() && !ty.is_scalar() { self.mul(x, ones) } else { x });
        if a == b {
            return a;
        }
        let zero = self.is_zero(a) || self.is_zero(b);
        let turned = if zero { !larger } else { self.scaled(a).1 < 0.0 && self.scaled(b).1 < 0.0 };
        if turned {
            // min(-x, -y) = -max(x, y)
            let (a, b) = (self.neg(a), self.neg(b));
            let other = self.extreme(a, b, !larger);
            return self.neg(other);
        }
        if zero {
            return self.map(Map::Relu, if self.is_zero(a) { b } else { a });
        }
        let (first, second) = (a.min(b), a.max(b));
        self.intern(if larger { Node::Larger(first, second) } else { Node::Smaller(first, second) }, ty)
    }

    /// A function of each element.
    pub fn map(&mut self, map: Map, x: Id) -> Id {
        use Unary as U;
        let ty = self.ty(x);
        if ty.is_row() {
            let column = self.transpose(x);
            let column = self.map(map, column);
            return self.transpose(column);
        }
        if let Some(scalar) = self.stretched_scalar(x) {
            let (value, ones) = (self.map(map, scalar), self.ones(ty));
            return self.mul(value, ones);
        }
        let power = match map {
            Map::Unary(U::Copy) => return x,
            Map::Unary(U::Neg) => return self.neg(x),
            Map::Unary(U::Square) => Some(2.0),
            Map::Unary(U::Sqrt) => Some(0.5),
            Map::Unary(U::Cbrt) => Some(1.0 / 3.0),
            Map::Unary(U::Reciprocal) => Some(-1.0),
            Map::Unary(_) | Map::Relu | Map::Step => None,
        };
        if let Some(power) = power {
            return self.hadamard_of(&[(x, power)]);
        }
        if let Some(simpler) = roomy(|| self.simpler_map(map, x)) {
            return simpler;
        }
        self.intern(Node::Map(map, x), ty)
    }

    /// c, if it is c times a matrix of ones.
    fn stretched_scalar(&mut self, x: Id) -> Option<Id> {
        let (inner, c) = self.scaled(x);
        if self.ty(x).is_scalar() {
            return None;
        }
        match self.node(inner).clone() {
            Node::Ones(_) => Some(self.number(c)),
            Node::Product { scalars, chain } => {
                let ones = matches!(*chain, [(only, 1)] if matches!(self.node(only), Node::Ones(_)));
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                ones.then(|| self.product(c, &scalars, &[]))
            }
            _ => None,
        }
    }

    /// The same value written otherwise, where that is simpler.
    fn simpler_map(&mut self, map: Map, x: Id) -> Option<Id> {
        use Unary as U;
        let ty = self.ty(x);
        let constant = |store: &mut Self, c: f64| {
            let ones = store.ones(ty);
            store.times(c, ones)
        };
        if self.is_zero(x) {
            return match map {
                Map::Unary(U::Exp | U::Cos | U::Cosh) => Some(constant(self, 1.0)),
                Map::Unary(U::Expit) => Some(constant(self, 0.5)),
                Map::Unary(U::Sin | U::Tan | U::Sinh | U::Tanh | U::Abs | U::Sign)
                | Map::Relu
                | Map::Step => Some(x),
                Map::Unary(_) => None,
            };
        }
        let nonnegative = self.is(x, Facts::NONNEGATIVE);
        match (map, self.node(x).clone()) {
            (Map::Unary(U::Abs) | Map::Relu, _) if nonnegative => Some(x),
            (Map::Unary(U::Sign) | Map::Step, _) if self.is(x, Facts::POSITIVE) => Some(constant(self, 1.0)),
            (Map::Unary(U::Log), Node::Number(c)) if c.get() == 1.0 => Some(constant(self, 0.0)),
            // A constant, which is printed by its name.
            (Map::Unary(U::Log), Node::Number(c)) if matches!(c.get(), PI | TAU) => {
                Some(self.number(c.get().ln()))
            }
            (Map::Unary(U::Log), Node::Ones(_)) => Some(constant(self, 0.0)),
            (Map::Unary(U::Log), Node::Map(Map::Unary(U::Exp), u)) => Some(u),
            (Map::Unary(U::Exp), Node::Map(Map::Unary(U::Log), u)) => Some(u),
            (Map::Unary(U::Log), Node::Map(Map::Unary(U::Expit), u)) => {
                let u = self.neg(u);
                let softplus = self.map(Map::Unary(U::Softplus), u);
                Some(self.neg(softplus))
            }
            (Map::Unary(U::Log), _) if let Some(logs) = self.log_of_product(x) => Some(logs),
            (Map::Unary(U::Log), _) if let Some(log) = self.log_of_powers(x) => Some(log),
            (Map::Unary(U::Log), Node::Sum(_)) if let Some(u) = self.complement_base(x) => {
                let softplus = self.map(Map::Unary(U::Softplus), u);
                Some(self.neg(softplus))
            }
            (Map::Unary(U::Log), Node::Sum(_)) => {
                let against = self.logistic_base(x)?;
                let u = self.neg(against);
                Some(self.map(Map::Unary(U::Softplus), u))
            }
            (Map::Unary(U::Exp), Node::Sum(terms)) => self.softmax_of(&terms),
            _ => None,
        }
    }
}
