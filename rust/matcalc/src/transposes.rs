//! What is known to be a transpose: of another expression, or of itself.

use crate::facts::Facts;
use crate::node::{Function, Id, Node};
use crate::store::Store;

/// Whether it is known to be a product B' B, and so semidefinite.
pub fn is_gram(store: &Store, x: Id) -> bool {
    let Node::Product { scalars, chain } = store.node(x) else { return false };
    scalars.is_empty() && chain.len().is_multiple_of(2) && are_mirrored(store, chain, chain)
}

/// Whether each is known to be the other's transpose.
pub fn are_transposes(store: &Store, a: Id, b: Id) -> bool {
    if let (Node::Product { scalars, chain }, Node::Product { scalars: others, chain: turned }) =
        (store.node(a), store.node(b))
    {
        return scalars == others && are_mirrored(store, chain, turned);
    }
    if let (&Node::Kron(left, right), &Node::Kron(turned, beside)) = (store.node(a), store.node(b)) {
        return are_transposes(store, left, turned) && are_transposes(store, right, beside);
    }
    (a == b && store.is(a, Facts::SYMMETRIC))
        || store.transposed.get(&a) == Some(&(b, 1.0))
        || store.transposed.get(&b) == Some(&(a, 1.0))
        || *store.node(a) == Node::Transpose(b)
        || *store.node(b) == Node::Transpose(a)
}

/// Whether each of two chains is known to be the other's transpose: the same factors turned round, each
/// transposed, to the same powers.
pub fn are_mirrored(store: &Store, chain: &[(Id, i32)], other: &[(Id, i32)]) -> bool {
    chain.len() == other.len()
        && chain.iter().zip(other.iter().rev()).all(|(a, b)| a.1 == b.1 && are_transposes(store, a.0, b.0))
}

/// Whether a matrix is known to be symmetric, or is a product of the kind polar(X) X', which stands in
/// the equation that the differential of polar(X) solves.
pub fn equals_its_transpose(store: &Store, id: Id) -> bool {
    match store.node(id) {
        _ if store.is(id, Facts::SYMMETRIC) => true,
        Node::Sum(terms) => terms.iter().all(|term| equals_its_transpose(store, term.0)),
        Node::Product { chain, .. } => [chain.split_first(), chain.split_last()]
            .into_iter()
            .flatten()
            .any(|(&end, rest)| end.1 == 1 && is_polar_beside(store, end.0, rest)),
        _ => false,
    }
}

/// The transpose, of what is no transpose of itself.
pub fn turned(store: &mut Store, id: Id) -> Id {
    if equals_its_transpose(store, id) { id } else { store.transpose(id) }
}

/// Whether one is polar(X) and the others are X', or polar(X)' and X.
fn is_polar_beside(store: &Store, polar: Id, rest: &[(Id, i32)]) -> bool {
    let (polar, flipped) = match *store.node(polar) {
        Node::Transpose(x) => (x, true),
        _ => (polar, false),
    };
    let Node::Function(Function::Polar, x) = *store.node(polar) else { return false };
    let one = [(x, 1)];
    let whole = if let Node::Product { chain, .. } = store.node(x) { chain } else { &one[..] };
    if flipped || store.is(x, Facts::SYMMETRIC) { rest == whole } else { are_mirrored(store, rest, whole) }
}
