//! Factors of contractions over scalars, kept within the range of numbers.

use pyframe_graph::Unary;

use super::index::Factors;
use crate::facts::Facts;
use crate::node::{Id, Map, Node};
use crate::store::Store;

/// A product with its scalars as one, of which those that divide are shared out among the arrays:
/// the product of several leaves the range of numbers long before the quotients do.
///
/// Vectors are divided before matrices, and each by what is made of the same symbols.
pub(super) fn shared_out(store: &mut Store, coefficient: f64, mut factors: Factors) -> (f64, Factors) {
    let Some(first) = factors.iter().position(|factor| factor.1.is_empty()) else {
        return (coefficient, factors);
    };
    let scalars: Vec<(Id, f64)> = factors.iter().filter(|f| f.1.is_empty()).map(|f| (f.0, 1.0)).collect();
    let whole = store.product(1.0, &scalars, &[]);
    let (whole, c) = store.scaled(whole);
    let mut powers = powers(store, whole);
    let made_of: Vec<Id> = powers.iter().map(|power| power.0).collect();
    let mut squares = false;
    for (s, e) in &mut powers {
        if let Some(norm) = store.norm_beside(*s, &made_of).filter(|_| *e < 0.0) {
            (*s, *e, squares) = (norm, 2.0 * *e, true);
        }
    }
    let mut order: Vec<usize> = (0..factors.len()).filter(|&k| !factors[k].1.is_empty()).collect();
    if order.is_empty() || !squares && store.divisions(powers.iter().copied()) <= 1.0 {
        return (coefficient, factors);
    }
    // What a norm of 0 divides is 0, also beside another divisor that is 0: they stay together.
    let below = || powers.iter().filter(|power| power.1 < 0.0).map(|power| power.0);
    if below().any(|s| store.is_norm(s))
        && below().any(|s| !store.is_norm(s) && !store.is(s, Facts::POSITIVE))
    {
        return (coefficient, factors);
    }
    order.sort_by_key(|&k| (factors[k].1.len(), nearest(store, &powers, factors[k].0), factors.len() - k));
    let vectors = order.iter().any(|&k| factors[k].1.len() == 1);
    for (taken, &k) in order.iter().enumerate() {
        let (array, ref labels) = factors[k];
        // More than what multiplies too.
        let left: f64 = powers.iter().map(|&(s, e)| -e * store.degree(s)).sum();
        let enough = if vectors && labels.len() > 1 { 2.0 } else { 1.0 };
        let Some((_, place)) = nearest(store, &powers, array).filter(|_| left >= enough) else { break };
        let (divisor, e) = powers[place];
        let degree = if store.is_norm(divisor) { elementwise(store, array) } else { 1.0 };
        let others = (order.len() - taken - 1) as f64;
        let own = if degree + others <= left && degree <= -e { degree } else { 1.0 };
        powers[place].1 += own;
        factors[k].0 = store.product(1.0, &[(divisor, -own)], &[(array, 1)]);
    }
    factors[first].0 = store.product(1.0, &powers, &[]);
    let mut place = 0..;
    factors.retain(|factor| !factor.1.is_empty() || place.next() == Some(0));
    (coefficient * c, factors)
}

/// The powers that a scalar is made of.
fn powers(store: &Store, scalar: Id) -> Vec<(Id, f64)> {
    match store.node(scalar) {
        Node::Product { scalars, chain } if chain.is_empty() => {
            scalars.iter().map(|&(s, e)| (s, e.get())).collect()
        }
        _ => vec![(scalar, 1.0)],
    }
}

/// The place of the divisor that is nearest to what an array is made of, and how many symbols they
/// do not share.
fn nearest(store: &Store, powers: &[(Id, f64)], array: Id) -> Option<(usize, usize)> {
    let divides = |&place: &usize| store.divisions([powers[place]]) >= 1.0;
    let left = |place: usize| (powers[place].0, -powers[place].1);
    let place =
        (0..powers.len()).filter(divides).min_by(|&a, &b| store.nearer(left(a), left(b), &[array]))?;
    Some((store.unlike(&[powers[place].0], &[array]).unwrap_or(usize::MAX), place))
}

/// How many norms of like size elements are divided by: as many as they are powers.
fn elementwise(store: &Store, id: Id) -> f64 {
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
