//! Factors of contractions over powers of norms, kept within the range of numbers.

use pyframe_graph::Unary;

use super::index::Factors;
use crate::node::{Id, Map, Node};
use crate::store::Store;

/// Arrays over powers of norms, each divided by a norm of its own: the power leaves the range of
/// numbers long before the quotients do.
pub(super) fn over_norms(store: &mut Store, mut factors: Factors) -> Factors {
    for place in 0..factors.len() {
        let (scalar, ref labels) = factors[place];
        let Node::Product { scalars, chain } = store.node(scalar).clone() else { continue };
        let high = scalars.iter().find(|&&(s, e)| e.get() <= -2.0 && store.is_norm(s));
        let (Some(&(norm, e)), true, true) = (high, labels.is_empty(), chain.is_empty()) else { continue };
        let arrays: Vec<usize> = (0..factors.len()).filter(|&k| !factors[k].1.is_empty()).collect();
        if arrays.len() as f64 > -e.get() {
            continue;
        }
        let mut left = -e.get();
        for (beside, &k) in arrays.iter().enumerate().rev() {
            let own = degree(store, factors[k].0);
            let own = if own + beside as f64 <= left { own } else { 1.0 };
            factors[k].0 = store.product(1.0, &[(norm, -own)], &[(factors[k].0, 1)]);
            left -= own;
        }
        let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
        factors[place].0 = store.product(1.0, &[scalars, vec![(norm, -e.get() - left)]].concat(), &[]);
    }
    factors
}

/// How many norms of like size elements are divided by: as many as they are powers.
fn degree(store: &Store, id: Id) -> f64 {
    match store.node(id) {
        Node::Hadamard(powers) => powers
            .iter()
            .filter(|(base, e)| {
                e.get() > 1.0 && !matches!(store.node(*base), Node::Map(Map::Unary(Unary::Sign), _))
            })
            .map(|(_, e)| e.get())
            .fold(1.0, f64::max),
        _ => 1.0,
    }
}
