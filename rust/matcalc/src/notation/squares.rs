//! Scalars that read as squares of norms: <R, R>, where R is more than a name.

use super::shared::Shared;
use crate::facts::Facts;
use crate::node::{Function, Id, Node};
use crate::store::Store;
use crate::transposes::are_mirrored;

/// What a square is the square of the norm of.
#[derive(Clone, Debug)]
pub(super) enum Root {
    /// Matrices to powers, from left to right.
    Chain(Vec<(Id, i32)>),
    /// An elementwise product.
    Elements(Vec<Id>),
}

/// R, for a scalar <R, R>.
pub(super) fn root(store: &Store, shared: &Shared, scalar: Id) -> Option<Root> {
    if shared.name(scalar).is_some() {
        return None;
    }
    match *store.node(scalar) {
        Node::Product { ref scalars, ref chain } if scalars.is_empty() => root_of_scalar(store, chain),
        Node::Function(Function::Trace, x) if shared.name(x).is_none() => match store.node(x) {
            Node::Product { scalars, chain } if scalars.is_empty() => root_of_chain(store, chain),
            _ => None,
        },
        Node::Function(Function::Total, x) if shared.name(x).is_none() => match store.node(x) {
            Node::Hadamard(factors) if factors.iter().all(|(_, e)| e.get() == 2.0) => {
                Some(Root::Elements(factors.iter().map(|factor| factor.0).collect()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// R, where a chain from a row to a column is <R, R>.
pub(super) fn root_of_scalar(store: &Store, chain: &[(Id, i32)]) -> Option<Root> {
    let (first, last) = (chain.first()?.0, chain.last()?.0);
    let scalar = store.ty(first).is_row() && store.ty(last).is_column();
    scalar.then(|| root_of_chain(store, chain)).flatten()
}

/// R, where a chain is R' R.
fn root_of_chain(store: &Store, chain: &[(Id, i32)]) -> Option<Root> {
    if let [(x, 2)] = *chain {
        return (store.is(x, Facts::SYMMETRIC) && !is_name(store, x)).then(|| Root::Chain(vec![(x, 1)]));
    }
    let (left, right) = chain.split_at(chain.len() / 2);
    let compound = right.len() > 1 || right.first().is_some_and(|&(x, e)| e != 1 || !is_name(store, x));
    (compound && are_mirrored(store, left, right)).then(|| Root::Chain(right.to_vec()))
}

/// Whether an expression is a name, or the transpose of one.
fn is_name(store: &Store, id: Id) -> bool {
    match *store.node(id) {
        Node::Transpose(x) => is_name(store, x),
        _ => store.named(id).is_some(),
    }
}
