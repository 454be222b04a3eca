//! Traces of two factors that read as inner products.

use crate::facts::Facts;
use crate::node::{Id, Node};
use crate::store::Store;

/// What stands on one side of an inner product: a matrix to a power, or its transpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) factor: (Id, i32),
    pub(super) flipped: bool,
}

/// Whether the trace of an expression is written as an inner product.
pub(crate) fn reads_as_inner(store: &Store, of: Id) -> bool {
    inner_product(store, of).is_some()
}

/// a and b, when an expression is a' b: for a name a, or where one of them is a differential,
/// which then stands last.
pub(super) fn inner_product(store: &Store, of: Id) -> Option<[Side; 2]> {
    let Node::Product { scalars, chain } = store.node(of) else { return None };
    let ([], &[first, second]) = (&**scalars, &**chain) else { return None };
    let side = |factor| Side { factor, flipped: false };
    let differs = |id| store.named(id).is_some_and(|own| own.differential.is_some());
    if let (&Node::Transpose(a), 1) = (store.node(first.0), first.1) {
        return match () {
            () if differs(a) && !(second.1 == 1 && differs(second.0)) => Some([side(second), side((a, 1))]),
            () if store.named(a).is_some() || (second.1 == 1 && differs(second.0)) => {
                Some([side((a, 1)), side(second)])
            }
            () => None,
        };
    }
    let (other, differential) = match [first, second] {
        [other, (d, 1)] | [(d, 1), other] if differs(d) => (other, d),
        _ => return None,
    };
    let (id, e) = other;
    let other = match *store.node(id) {
        _ if !matches!(e, 1 | -1) => return None,
        _ if store.is(id, Facts::SYMMETRIC) => side(other),
        _ if store.is(id, Facts::ORTHOGONAL) => side((id, -e)),
        Node::Transpose(a) => side((a, e)),
        _ => Side { factor: other, flipped: true },
    };
    Some([other, side((differential, 1))])
}
