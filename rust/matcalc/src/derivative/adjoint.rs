//! Gradients: the G with df = <G, dX>, collected by the adjoints of linear operators.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{MissingRule, differential, factored};
use crate::node::{Function, Id, Node, Place};
use crate::rebuild::substitute;
use crate::store::Store;
use crate::transposes::turned;

/// The gradient of a scalar: zeros where it does not depend on the name.
pub fn gradient(store: &mut Store, id: Id, of: Id) -> Result<Id, MissingRule> {
    let direction = store.differential_symbol(of, 1, false);
    if let Some(moved) = differential(store, id, &[(of, direction)])? {
        return collected_gradient(store, moved, direction);
    }
    let ty = store.ty(of);
    Ok(store.zeros(ty))
}

/// G, for a scalar <G, dX> that is linear in dX, with common factors taken out.
pub fn collected_gradient(store: &mut Store, linear: Id, direction: Id) -> Result<Id, MissingRule> {
    let adjoint = adjoint(store, linear, direction)?;
    Ok(factored(store, adjoint))
}

/// The adjoint of the direction, from 1 at the scalar.
pub(super) fn adjoint(store: &mut Store, linear: Id, direction: Id) -> Result<Id, MissingRule> {
    let moves = store.containing(direction, linear);
    let moving = |id: Id| moves.get(id.index()).copied().unwrap_or(false);
    let one = store.number(1.0);
    // By place: what an expression is made of comes before it.
    let mut adjoints: BTreeMap<Id, Vec<(Id, f64)>> = BTreeMap::from([(linear, vec![(one, 1.0)])]);
    while let Some((id, parts)) = adjoints.pop_last() {
        let g = store.sum(&parts);
        if id == direction {
            return Ok(g);
        }
        let mut give = |store: &Store, to: Id, adjoint: Id, c: f64| {
            if !store.is_zero(adjoint) {
                adjoints.entry(to).or_default().push((adjoint, c));
            }
        };
        match store.node(id).clone() {
            Node::Sum(terms) => {
                for (term, c) in terms.iter().filter(|t| moving(t.0)) {
                    give(store, *term, g, c.get());
                }
            }
            Node::Product { scalars, chain } => {
                let plain: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                for (k, &(scalar, e)) in plain.iter().enumerate() {
                    if !moving(scalar) {
                        continue;
                    }
                    if e != 1.0 {
                        return Err(not_linear());
                    }
                    let mut others = plain.clone();
                    others.remove(k);
                    let rest = store.product(1.0, &others, &chain);
                    let inner = store.inner(rest, g);
                    give(store, scalar, inner, 1.0);
                }
                for (k, &(factor, e)) in chain.iter().enumerate() {
                    if !moving(factor) {
                        continue;
                    }
                    if e != 1 {
                        return Err(not_linear());
                    }
                    let (left, c) = store.flipped_chain(&chain[..k]);
                    let (right, d) = store.flipped_chain(&chain[k + 1..]);
                    let turned = [left, vec![(g, 1)], right].concat();
                    let adjoint = store.product(c * d, &plain, &turned);
                    give(store, factor, adjoint, 1.0);
                }
            }
            Node::Hadamard(factors) => {
                for (k, &(factor, e)) in factors.iter().enumerate() {
                    if !moving(factor) {
                        continue;
                    }
                    if e.get() != 1.0 {
                        return Err(not_linear());
                    }
                    let mut others: Vec<_> = factors.iter().map(|&(f, e)| (f, e.get())).collect();
                    let adjoint = if let Some([left, right]) = stretched(store, g) {
                        others.remove(k);
                        let rest = store.hadamard_of(&others);
                        let right = store.mul(rest, right);
                        store.mul(left, right)
                    } else {
                        others[k] = (g, 1.0);
                        store.hadamard_of(&others)
                    };
                    give(store, factor, adjoint, 1.0);
                }
            }
            Node::Transpose(x) => {
                let adjoint = store.transpose(g);
                give(store, x, adjoint, 1.0);
            }
            Node::Function(f, x) => {
                let ty = store.ty(x);
                let adjoint = match f {
                    Function::Trace => {
                        let eye = store.eye(ty.rows);
                        store.mul(g, eye)
                    }
                    Function::Total => {
                        let ones = store.ones(ty);
                        store.mul(g, ones)
                    }
                    Function::Diag => store.function(Function::Diagonal, g),
                    Function::Diagonal => store.function(Function::Diag, g),
                    Function::Upper | Function::Toeplitz => store.function(f, g),
                    Function::Vec => store.function(Function::Unvec(ty.rows), g),
                    Function::Unvec(_) => store.function(Function::Vec, g),
                    _ => return Err(not_linear()),
                };
                give(store, x, adjoint, 1.0);
            }
            Node::ExpmFrechet(a, along) if !moving(a) => {
                let turned = store.transpose(a);
                let others: Vec<Id> = along.iter().map(|&t| store.transpose(t)).collect();
                for (k, &t) in along.iter().enumerate().filter(|own| moving(*own.1)) {
                    let mut others = others.clone();
                    others[k] = g;
                    let adjoint = store.expm_frechet(turned, &others);
                    give(store, t, adjoint, 1.0);
                }
            }
            // Both are a derivative of the determinant.
            Node::CofactorFrechet(a, along) if !moving(a) => {
                for (k, &t) in along.iter().enumerate().filter(|own| moving(*own.1)) {
                    let mut others = along.to_vec();
                    others[k] = g;
                    let adjoint = store.cofactor_frechet(a, &others);
                    give(store, t, adjoint, 1.0);
                }
            }
            Node::Sylvester([a, b, c]) if !moving(a) && !moving(b) => {
                let [a, b] = [a, b].map(|side| turned(store, side));
                let adjoint = store.sylvester(a, b, g);
                give(store, c, adjoint, 1.0);
            }
            Node::Kron(a, b) => {
                for (place, own, other) in [(Place::Left, a, b), (Place::Right, b, a)] {
                    if moving(own) {
                        let adjoint = store.kron_factor(place, g, other);
                        give(store, own, adjoint, 1.0);
                    }
                }
            }
            Node::KronFactor(place, whole, other) => {
                if moving(whole) {
                    let adjoint = match place {
                        Place::Left => store.kron(g, other),
                        Place::Right => store.kron(other, g),
                    };
                    give(store, whole, adjoint, 1.0);
                }
                if moving(other) {
                    let beside = if place == Place::Left { Place::Right } else { Place::Left };
                    let adjoint = store.kron_factor(beside, whole, g);
                    give(store, other, adjoint, 1.0);
                }
            }
            Node::Apply(operator, operands) => {
                let own = store.operator_at(operator).clone();
                let alone = |place: &usize| (0..operands.len()).all(|k| k == *place || !moving(operands[k]));
                let place = own.linear.filter(alone).ok_or_else(not_linear)?;
                let (seed, form) = own
                    .transposed
                    .ok_or_else(|| MissingRule(format!("{} (it has no transpose)", own.name)))?;
                let places = own.operands.iter().copied().zip(operands.iter().copied());
                let replaced: FxHashMap<Id, Id> = places.chain([(seed, g)]).collect();
                let adjoint = substitute(store, form, &replaced);
                give(store, operands[place], adjoint, 1.0);
            }
            _ => return Err(not_linear()),
        }
    }
    let ty = store.ty(direction);
    Ok(store.zeros(ty))
}

/// Two diagonal matrices, of which one is none, whose product with a matrix stretches a vector along
/// its rows or columns as u 1' or 1 v' does elementwise.
fn stretched(store: &mut Store, g: Id) -> Option<[Id; 2]> {
    let Node::Product { scalars, chain } = store.node(g).clone() else { return None };
    let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
    let is_ones = |store: &Store, &(own, e): &(Id, i32)| e == 1 && store.is_ones(own);
    let one = store.number(1.0);
    let (first, last) = (chain.first()?, chain.last()?);
    if is_ones(store, last) && store.ty(last.0).is_row() {
        let column = store.product(1.0, &scalars, &chain[..chain.len() - 1]);
        return store.ty(column).is_column().then(|| [store.function(Function::Diag, column), one]);
    }
    if is_ones(store, first) && store.ty(first.0).is_column() {
        let row = store.product(1.0, &scalars, &chain[1..]);
        let column = store.transpose(row);
        return store.ty(row).is_row().then(|| [one, store.function(Function::Diag, column)]);
    }
    None
}

fn not_linear() -> MissingRule {
    MissingRule("something that should be linear in the differential".into())
}
