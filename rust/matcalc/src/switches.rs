//! Factors that make 0 of one beside them, also where that is no number (convention K5).

use pyframe_graph::Unary;

use crate::node::{Id, Map, Node};
use crate::store::Store;

/// Whether an elementwise factor switches another off where it is 0.
///
/// The y of y x^(y-1) does, which is the derivative of a constant where y = 0, and the x^y of
/// x^y log(x), of which 0^y is constant for all y > 0.
pub fn switches_off(store: &Store, switch: Id, other: Id) -> bool {
    match (store.node(switch), store.node(other)) {
        (Node::Power(x, _), Node::Map(Map::Unary(Unary::Log), y)) => x == y,
        (_, Node::Power(_, exponent)) => switch != other && differ_by_a_number(store, *exponent, switch),
        _ => false,
    }
}

/// Whether one is a multiple of the other, but for a number added to each.
fn differ_by_a_number(store: &Store, a: Id, b: Id) -> bool {
    let terms = |id: Id| -> Vec<(Id, f64)> {
        let Node::Sum(terms) = store.node(id) else { return vec![(id, 1.0)] };
        let is_number = |id: Id| matches!(store.node(id), Node::Number(_) | Node::Ones(_));
        terms.iter().filter(|term| !is_number(term.0)).map(|&(id, c)| (id, c.get())).collect()
    };
    let (a, b) = (terms(a), terms(b));
    let same = |(x, y): (&(Id, f64), &(Id, f64))| x.0 == y.0 && x.1 * b[0].1 == y.1 * a[0].1;
    !a.is_empty() && a.len() == b.len() && a.iter().zip(&b).all(same)
}
