//! Scalars that read as squares of norms: <R, R>, where R is more than a name.

use super::shared::Shared;
use crate::facts::{Facts, are_transposes};
use crate::node::{Function, Id, Node};
use crate::store::Store;

/// Matrices to powers, from left to right.
type Chain = Vec<(Id, i32)>;

/// R from left to right, for a scalar <R, R>.
pub(super) fn root(store: &Store, shared: &Shared, scalar: Id) -> Option<Chain> {
    if shared.name(scalar).is_some() {
        return None;
    }
    match *store.node(scalar) {
        Node::Product { ref scalars, ref chain } if scalars.is_empty() => root_of_scalar(store, chain),
        Node::Function(Function::Trace, x) if shared.name(x).is_none() => match store.node(x) {
            Node::Product { scalars, chain } if scalars.is_empty() => root_of_chain(store, chain),
            _ => None,
        },
        _ => None,
    }
}

/// R, where a chain from a row to a column is <R, R>.
pub(super) fn root_of_scalar(store: &Store, chain: &[(Id, i32)]) -> Option<Chain> {
    let (first, last) = (chain.first()?.0, chain.last()?.0);
    let scalar = store.ty(first).is_row() && store.ty(last).is_column();
    scalar.then(|| root_of_chain(store, chain)).flatten()
}

/// R, where a chain is R' R.
fn root_of_chain(store: &Store, chain: &[(Id, i32)]) -> Option<Chain> {
    if let [(x, 2)] = *chain {
        return (store.is(x, Facts::SYMMETRIC) && !is_name(store, x)).then(|| vec![(x, 1)]);
    }
    let (left, right) = chain.split_at(chain.len() / 2);
    let mirrored = |(a, b): (&(Id, i32), &(Id, i32))| a.1 == b.1 && are_transposes(store, a.0, b.0);
    let reads = left.len() == right.len() && left.iter().rev().zip(right).all(mirrored);
    let compound = right.len() > 1 || right.first().is_some_and(|&(x, e)| e != 1 || !is_name(store, x));
    (reads && compound).then(|| right.to_vec())
}

/// Whether an expression is a name, or the transpose of one.
fn is_name(store: &Store, id: Id) -> bool {
    match *store.node(id) {
        Node::Transpose(x) => is_name(store, x),
        _ => store.named(id).is_some(),
    }
}
