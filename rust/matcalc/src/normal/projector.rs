//! Projectors onto the columns of X, X pinv(X), and onto its rows, pinv(X) X: symmetric and their own
//! squares, like I less either.
//!
//! In a pair (A, B) of X and pinv(X), or of pinv(X) and X, A B A = A and A B is symmetric; so A B
//! changes neither A nor B' at its right, neither B nor A' at its left.

use super::product::Parts;
use crate::node::{Function, Id, Node};
use crate::store::Store;

/// Whether a B is X pinv(X) or pinv(X) X.
pub fn is_projector(store: &Store, a: Id, b: Id) -> bool {
    let inverts = |p: Id, x: Id| *store.node(p) == Node::Function(Function::PseudoInverse, x);
    inverts(b, a) || inverts(a, b)
}

/// A and B, when an expression is I - A B with the projector A B.
fn complement(store: &Store, id: Id) -> Option<(Id, Id)> {
    let Node::Sum(terms) = store.node(id) else { return None };
    let [(first, c), (second, d)] = **terms else { return None };
    let (c, d) = (c.get(), d.get());
    let chain = match (store.node(first), store.node(second)) {
        (Node::Eye(_), Node::Product { scalars, chain }) if scalars.is_empty() && c == 1.0 && d == -1.0 => {
            chain
        }
        (Node::Product { scalars, chain }, Node::Eye(_)) if scalars.is_empty() && d == 1.0 && c == -1.0 => {
            chain
        }
        _ => return None,
    };
    match **chain {
        [(a, 1), (b, 1)] if is_projector(store, a, b) => Some((a, b)),
        _ => None,
    }
}

fn are_flipped(store: &Store, a: Id, b: Id) -> bool {
    *store.node(a) == Node::Transpose(b) || *store.node(b) == Node::Transpose(a)
}

/// Whether A B x = x.
fn keeps_right(store: &Store, (a, b): (Id, Id), x: Id) -> bool {
    x == a || are_flipped(store, x, b)
}

/// Whether x A B = x.
fn keeps_left(store: &Store, (a, b): (Id, Id), x: Id) -> bool {
    x == b || are_flipped(store, x, a)
}

impl Store {
    /// One more matrix at the right, where a projector meets what it keeps, or I less a projector
    /// what that takes to zero; otherwise nothing is done.
    pub(super) fn push_projected(&mut self, parts: &mut Parts, factor: Id) -> bool {
        let Some(&(last, 1)) = parts.chain.last() else { return false };
        let killed = complement(self, last).is_some_and(|pair| keeps_right(self, pair, factor))
            || complement(self, factor).is_some_and(|pair| keeps_left(self, pair, last));
        if killed {
            parts.coefficient = 0.0;
            return true;
        }
        if factor == last && complement(self, last).is_some() {
            return true;
        }
        let before = match parts.chain.len().checked_sub(2).map(|place| parts.chain[place]) {
            Some((before, 1)) => Some(before),
            _ => None,
        };
        if let Some(before) = before {
            if is_projector(self, before, last) && keeps_right(self, (before, last), factor) {
                parts.chain.truncate(parts.chain.len() - 2);
                self.push_factor(parts, factor, 1);
                return true;
            }
            if is_projector(self, last, factor) && keeps_left(self, (last, factor), before) {
                parts.chain.pop();
                return true;
            }
        }
        if let Some(simpler) = self.absorbed(factor, true, |store, pair| keeps_left(store, pair, last)) {
            self.push_factor(parts, simpler, 1);
            return true;
        }
        if let Some(simpler) = self.absorbed(last, false, |store, pair| keeps_right(store, pair, factor)) {
            parts.chain.pop();
            self.push_factor(parts, simpler, 1);
            self.push_factor(parts, factor, 1);
            return true;
        }
        // pinv(X)' X' = X pinv(X)
        if let (&Node::Transpose(b), &Node::Transpose(a)) = (self.node(last), self.node(factor))
            && is_projector(self, a, b)
        {
            parts.chain.pop();
            self.push_factor(parts, a, 1);
            self.push_factor(parts, b, 1);
            return true;
        }
        false
    }
    /// A sum without the projectors at the left or right end of its terms that what stands there keeps:
    /// pinv(X) (X pinv(X) Y - Y) = pinv(X) (Y - Y).
    fn absorbed(&mut self, sum: Id, left: bool, keeps: impl Fn(&Self, (Id, Id)) -> bool) -> Option<Id> {
        let (inner, turned) = match *self.node(sum) {
            Node::Transpose(x) => (x, true),
            _ => (sum, false),
        };
        let Node::Sum(terms) = self.node(inner) else { return None };
        let at_front = left != turned;
        let is_kept = |store: &Self, term: Id| {
            let Node::Product { chain, .. } = store.node(term) else { return false };
            let ends = if at_front { chain.first_chunk::<2>() } else { chain.last_chunk::<2>() };
            matches!(ends, Some(&[(a, 1), (b, 1)]) if is_projector(store, a, b) && keeps(store, (a, b)))
        };
        if !terms.iter().any(|&(term, _)| is_kept(self, term)) {
            return None;
        }
        let mut simpler = Vec::with_capacity(terms.len());
        for (term, c) in self.terms(inner) {
            let (true, Node::Product { scalars, chain }) = (is_kept(self, term), self.node(term).clone())
            else {
                simpler.push((term, c));
                continue;
            };
            let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
            let rest = if at_front { &chain[2..] } else { &chain[..chain.len() - 2] };
            let rest = if rest.is_empty() { vec![(self.eye(self.ty(inner).rows), 1)] } else { rest.to_vec() };
            simpler.push((self.product(c, &scalars, &rest), 1.0));
        }
        let simpler = self.sum(&simpler);
        Some(if turned { self.transpose(simpler) } else { simpler })
    }
}
