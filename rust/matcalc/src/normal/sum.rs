//! Sums: flat, like terms joined, coefficients beside their terms.

use super::collected;
use crate::facts::Facts;
use crate::limits::roomy;
use crate::node::{Id, Node};
use crate::size::Type;
use crate::store::{Store, boxed};

impl Store {
    /// The sum of terms times coefficients; scalars stretch to the shape of the others.
    pub fn sum(&mut self, terms: &[(Id, f64)]) -> Id {
        let types = terms.iter().map(|&(id, _)| self.ty(id));
        let ty = types.clone().find(|ty| !ty.is_scalar()).unwrap_or(Type::SCALAR);
        let mut flat = Vec::with_capacity(terms.len());
        for &(id, c) in terms {
            if c == 0.0 || self.is_zero(id) {
                continue;
            }
            for (term, own) in self.spread(id, terms.len() > 1) {
                let (term, own) = self.unit(term, own);
                let (term, own) = self.stretched(term, own, ty);
                flat.push((term, c * own));
            }
        }
        let flat = collected(flat);
        match flat.as_slice() {
            [] => self.zeros(ty),
            &[(term, 1.0)] => term,
            &[(term, c)] if self.as_number(term) == Some(1.0) => self.number(c),
            &[only] => match self.with_sign_inside(only) {
                (term, 1.0) => term,
                only => self.intern(Node::Sum(boxed(&[only])), ty),
            },
            _ => roomy(|| self.upright_sum(&flat, ty)),
        }
    }

    /// What all coefficients of a sum's terms have in common, and the sum without it, where that
    /// is not 1: their greatest common divisor, with the sign that all of them have.
    pub(super) fn content(&mut self, id: Id) -> Option<(f64, Id)> {
        let (inner, turned) = match *self.node(id) {
            Node::Transpose(x) => (x, true),
            _ => (id, false),
        };
        let Node::Sum(terms) = self.node(inner) else { return None };
        let common = common_factor(&terms.iter().map(|t| t.1.get()).collect::<Vec<_>>());
        if terms.len() < 2 || common == 1.0 {
            return None;
        }
        let rest: Vec<_> = terms.iter().map(|&(term, c)| (term, c.get() / common)).collect();
        let rest = self.sum(&rest);
        Some((common, if turned { self.transpose(rest) } else { rest }))
    }

    /// -c (a - b)' as c (b - a)': the sign stands where it would in a sum that is not transposed.
    fn with_sign_inside(&mut self, (term, c): (Id, f64)) -> (Id, f64) {
        if c < 0.0
            && let Node::Transpose(x) = *self.node(term)
            && let Node::Sum(terms) = self.node(x)
            && terms.len() > 1
            && terms.iter().any(|t| t.1.get() < 0.0)
        {
            let turned: Vec<_> = terms.iter().map(|&(t, own)| (t, -own.get())).collect();
            let turned = self.intern(Node::Sum(boxed(&turned)), self.ty(x));
            return (self.intern(Node::Transpose(turned), self.ty(term)), -c);
        }
        (term, c)
    }

    /// The terms of a sum, also of one that stands transposed beside others.
    pub(crate) fn spread(&mut self, id: Id, beside_others: bool) -> Vec<(Id, f64)> {
        let (inner, c) = self.scaled(id);
        if let Node::Transpose(x) = *self.node(inner)
            && beside_others
            && matches!(self.node(x), Node::Sum(_))
        {
            let terms = self.terms(x);
            let flipped = self.flipped_terms(&terms);
            return flipped.into_iter().map(|(term, own)| (term, c * own)).collect();
        }
        self.terms(id)
    }

    /// A number as a multiple of one.
    fn unit(&mut self, term: Id, c: f64) -> (Id, f64) {
        match self.as_number(term) {
            Some(number) => (self.number(1.0), c * number),
            None => (term, c),
        }
    }

    /// A scalar as a matrix of equal elements.
    fn stretched(&mut self, term: Id, c: f64, ty: Type) -> (Id, f64) {
        if ty.is_scalar() || !self.ty(term).is_scalar() {
            return (term, c);
        }
        let ones = self.ones(ty);
        let wide = self.product(c, &[(term, 1.0)], &[(ones, 1)]);
        self.scaled(wide)
    }

    /// A sum, or its transpose transposed if that is the upright one.
    fn upright_sum(&mut self, terms: &[(Id, f64)], ty: Type) -> Id {
        if !ty.is_scalar() && (ty.is_row() || terms.iter().any(|&(term, _)| self.marks(term) > 0)) {
            let flipped = self.flipped_terms(terms);
            if self.is_upright(&flipped, terms, ty) {
                if flipped.iter().any(|&(term, _)| matches!(self.node(term), Node::Sum(_))) {
                    let other = self.sum(&flipped);
                    return match self.node(other) {
                        Node::Sum(terms) if terms.len() > 1 => self.standing_transposed(other, ty),
                        _ => self.transpose(other),
                    };
                }
                let other = self.intern(Node::Sum(boxed(&flipped)), ty.transposed());
                let (content, other) = self.content(other).unwrap_or((1.0, other));
                let upright = self.standing_transposed(other, ty);
                return self.sum(&[(upright, content)]);
            }
        }
        self.intern(Node::Sum(boxed(terms)), ty)
    }

    /// A sum in this orientation, for its notation alone: no other expression is made of it.
    pub(crate) fn written_sum(&mut self, terms: &[(Id, f64)], ty: Type) -> Id {
        self.intern(Node::Sum(boxed(terms)), ty)
    }

    /// The transposes of terms.
    pub(crate) fn flipped_terms(&mut self, terms: &[(Id, f64)]) -> Vec<(Id, f64)> {
        let mut flipped = Vec::with_capacity(terms.len());
        for &(term, c) in terms {
            let (other, sign) = self.flip(term);
            flipped.push((other, c * sign));
        }
        collected(flipped)
    }

    /// Whether terms or factors are to be written as a transpose of their transposes: when those
    /// have fewer marks, or are columns with no more marks; a column stands as it is.
    pub(super) fn is_upright(&self, flipped: &[(Id, f64)], own: &[(Id, f64)], ty: Type) -> bool {
        let cost = |terms: &[(Id, f64)]| -> usize { terms.iter().map(|&(term, _)| self.marks(term)).sum() };
        let (flipped, own) = (cost(flipped), cost(own));
        !ty.is_column() && (flipped < own || (ty.is_row() && flipped == own))
    }

    /// How many transposes stand in a term.
    pub(crate) fn marks(&self, id: Id) -> usize {
        match self.node(id) {
            Node::Transpose(_) => 1,
            Node::Product { chain, .. } => {
                let marked = |(x, e): &&(Id, i32)| match self.node(*x) {
                    Node::Transpose(_) => true,
                    Node::Ones(ty) => ty.is_row(),
                    _ => *e < 0 && self.is(*x, Facts::ORTHOGONAL),
                };
                chain.iter().filter(marked).count()
            }
            Node::Ones(ty) => usize::from(ty.is_row()),
            _ => 0,
        }
    }
}

/// The number that all of these are whole multiples of, the greatest one when they are whole
/// themselves; with their sign if it is one.
fn common_factor(numbers: &[f64]) -> f64 {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let sizes = || numbers.iter().map(|c| c.abs());
    let whole = sizes().all(|c| c.fract() == 0.0 && c < EXACT);
    let least = sizes().fold(f64::INFINITY, f64::min);
    let size = if whole {
        sizes().fold(0.0, |mut a: f64, mut b: f64| {
            while b != 0.0 {
                (a, b) = (b, a % b);
            }
            a
        })
    } else if sizes().all(|c| (c / least).fract() == 0.0 && c / least * least == c && c / least < EXACT) {
        least
    } else {
        1.0
    };
    if numbers.iter().all(|&c| c < 0.0) { -size } else { size }
}
