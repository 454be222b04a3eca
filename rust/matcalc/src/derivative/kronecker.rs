//! Derivatives in Kronecker form: the matrix H with vec(dF) = H vec(dX), by
//! vec(A dX B) = (B' kron A) vec(dX) and vec(dX') = K vec(dX) with the commutation matrix K.
//!
//! Magnus and Neudecker (2019), chapters 2 and 3; vec stacks columns.

use rustc_hash::FxHashMap;

use super::{Derivative, MissingRule, collected_gradient, factored};
use crate::node::{Function, Id, Node};
use crate::size::{Dim, Type};
use crate::store::Store;

/// The matrix of a form that is linear in one direction; nothing where it has none of this kind.
pub fn kronecker(store: &mut Store, derivative: &Derivative) -> Result<Option<Id>, MissingRule> {
    let &[direction] = derivative.directions.as_slice() else { return Ok(None) };
    let form = derivative.form;
    if store.is_zero(form) {
        let (out, own) = (store.ty(form), store.ty(direction));
        let rows = store.sizes.product(out.rows, out.columns);
        let columns = store.sizes.product(own.rows, own.columns);
        return Ok(Some(store.zeros(Type::new(rows, columns))));
    }
    let moves = store.containing(direction, form);
    let mut walk = Walk { direction, moves, known: FxHashMap::default() };
    for id in store.reachable(&[form]) {
        if walk.moving(id) {
            let matrix = walk.matrix(store, id)?;
            walk.known.insert(id, matrix);
        }
    }
    Ok(walk.of(form).map(|matrix| factored(store, matrix)))
}

/// Expressions that move with the direction, and the matrix that gives the columns of each.
struct Walk {
    direction: Id,
    moves: Vec<bool>,
    known: FxHashMap<Id, Option<Id>>,
}

impl Walk {
    fn moving(&self, id: Id) -> bool {
        self.moves.get(id.index()).copied().unwrap_or(false)
    }

    fn of(&self, id: Id) -> Option<Id> {
        self.known.get(&id).copied().flatten()
    }

    fn matrix(&self, store: &mut Store, id: Id) -> Result<Option<Id>, MissingRule> {
        let ty = store.ty(id);
        if id == self.direction {
            let count = store.sizes.product(ty.rows, ty.columns);
            return Ok(Some(store.eye(count)));
        }
        if ty.is_scalar() {
            let gradient = collected_gradient(store, id, self.direction)?;
            let columns = store.function(Function::Vec, gradient);
            return Ok(Some(store.transpose(columns)));
        }
        Ok(match store.node(id).clone() {
            Node::Sum(terms) => {
                let parts = terms.iter().map(|&(term, c)| Some((self.of(term)?, c.get())));
                let parts: Option<Vec<_>> = parts.collect();
                parts.map(|parts| store.sum(&parts))
            }
            Node::Transpose(x) => self.of(x).map(|inner| turned(store, store.ty(x), inner)),
            Node::Hadamard(factors) => {
                let factors: Vec<_> = factors.iter().map(|&(f, e)| (f, e.get())).collect();
                self.each_moving(&factors, |&(factor, _), k| {
                    let others = store.hadamard_of(&without(&factors, k));
                    Some(masked(store, others, self.of(factor)?))
                })
                .map(|parts| store.sum(&parts))
            }
            Node::Product { scalars, chain } => {
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let of_scalars = self.each_moving(&scalars, |&(scalar, _), k| {
                    let rest = store.product(1.0, &without(&scalars, k), &chain);
                    let columns = store.function(Function::Vec, rest);
                    Some(store.mul(columns, self.of(scalar)?))
                });
                let of_chain = self.each_moving(&chain, |&(factor, _), k| {
                    let own = store.ty(factor);
                    let left =
                        if k == 0 { store.eye(own.rows) } else { store.product(1.0, &[], &chain[..k]) };
                    let right = if k + 1 == chain.len() {
                        store.eye(own.columns)
                    } else {
                        let right = store.product(1.0, &[], &chain[k + 1..]);
                        store.transpose(right)
                    };
                    let whole = between(store, left, right, self.of(factor)?);
                    let scalar = store.product(1.0, &scalars, &[]);
                    Some(store.mul(scalar, whole))
                });
                of_scalars.zip(of_chain).map(|(parts, more)| store.sum(&[parts, more].concat()))
            }
            Node::Function(Function::Vec | Function::Unvec(_), x) => self.of(x),
            Node::Function(Function::Upper, x) => {
                let ones = store.ones(ty);
                let kept = store.function(Function::Upper, ones);
                self.of(x).map(|inner| masked(store, kept, inner))
            }
            // For an invertible A, dcof(A, E) = <cof(A), E> inv(A)' - inv(A)' E' cof(A).
            Node::CofactorFrechet(a, along) if !self.moving(a) && along.len() == 1 => {
                self.of(along[0]).map(|inner| {
                    let (cofactors, inverse) = (store.function(Function::Cofactor, a), store.inverse(a));
                    let [right, left] = [cofactors, inverse].map(|x| store.transpose(x));
                    let [column, row] = [left, cofactors].map(|x| store.function(Function::Vec, x));
                    let row = store.transpose(row);
                    let grown = store.product(1.0, &[], &[(column, 1), (row, 1), (inner, 1)]);
                    let flipped = turned(store, ty, inner);
                    let moved = between(store, left, right, flipped);
                    store.sub(grown, moved)
                })
            }
            Node::Function(Function::Diag, v) => {
                let identity = store.eye(ty.rows);
                let (inner, whole) = match *store.node(v) {
                    Node::Function(Function::Diagonal, x) => (self.of(x), None),
                    _ => (self.of(v), Some(store.ones(Type::vector(ty.rows)))),
                };
                inner.map(|inner| {
                    let columns = whole.map_or(inner, |ones| {
                        // As many times v as there are columns.
                        let repeated = store.kron(ones, identity);
                        store.mul(repeated, inner)
                    });
                    masked(store, identity, columns)
                })
            }
            Node::Function(Function::Diagonal, x) => {
                let identity = store.eye(ty.rows);
                let ones = store.ones(Type::new(Dim::ONE, ty.rows));
                self.of(x).map(|inner| {
                    // Each row's sum of what is left.
                    let diagonal = masked(store, identity, inner);
                    let sums = store.kron(ones, identity);
                    store.mul(sums, diagonal)
                })
            }
            _ => None,
        })
    }

    /// The matrices of a product by the factors that move, one after the other.
    fn each_moving<E>(
        &self,
        factors: &[(Id, E)],
        mut matrix: impl FnMut(&(Id, E), usize) -> Option<Id>,
    ) -> Option<Vec<(Id, f64)>> {
        let moving = factors.iter().enumerate().filter(|(_, factor)| self.moving(factor.0));
        moving.map(|(k, factor)| Some((matrix(factor, k)?, 1.0))).collect()
    }
}

/// diag(vec(mask)) times a matrix: vec(mask .* X) = diag(vec(mask)) vec(X).
fn masked(store: &mut Store, mask: Id, matrix: Id) -> Id {
    let columns = store.function(Function::Vec, mask);
    let diagonal = store.function(Function::Diag, columns);
    store.mul(diagonal, matrix)
}

/// (right kron left) times a matrix, term by term: (P kron Q)(R kron S) = PR kron QS.
fn between(store: &mut Store, left: Id, right: Id, matrix: Id) -> Id {
    each_term(store, matrix, |store, first| {
        if let Node::Kron(r, s) = *store.node(first) {
            let fits = store.ty(right).columns == store.ty(r).rows;
            if fits && store.ty(left).columns == store.ty(s).rows {
                let (r, s) = (store.mul(right, r), store.mul(left, s));
                return store.kron(r, s);
            }
        }
        let sides = store.kron(right, left);
        store.mul(sides, first)
    })
}

/// The commutation matrix of this type times a matrix: K (R kron S) = (S kron R) K.
fn turned(store: &mut Store, ty: Type, matrix: Id) -> Id {
    each_term(store, matrix, |store, first| {
        if let Node::Kron(r, s) = *store.node(first)
            && Type::new(store.ty(s).rows, store.ty(r).rows) == ty
        {
            let inner = Type::new(store.ty(s).columns, store.ty(r).columns);
            let (sides, turn) = (store.kron(s, r), store.commutation(inner));
            return store.mul(sides, turn);
        }
        let turn = store.commutation(ty);
        store.mul(turn, first)
    })
}

/// A sum with the first factor of each term's chain replaced.
fn each_term(store: &mut Store, sum: Id, replaced: impl Fn(&mut Store, Id) -> Id) -> Id {
    let mut terms = store.terms(sum);
    for (term, _) in &mut terms {
        *term = match store.node(*term).clone() {
            Node::Product { scalars, chain } if chain.first().is_some_and(|first| first.1 == 1) => {
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let first = replaced(store, chain[0].0);
                store.product(1.0, &scalars, &[&[(first, 1)], &chain[1..]].concat())
            }
            _ => replaced(store, *term),
        };
    }
    store.sum(&terms)
}

/// All but one.
fn without(factors: &[(Id, f64)], k: usize) -> Vec<(Id, f64)> {
    let others = factors.iter().enumerate().filter(|other| other.0 != k);
    others.map(|(_, &factor)| factor).collect()
}
