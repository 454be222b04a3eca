//! Jacobians: the J with df = J dx, for columns and scalars.

use rustc_hash::FxHashMap;

use super::{MissingRule, collected_gradient, differential, factored};
use crate::node::{Function, Id, Node};
use crate::size::Type;
use crate::store::Store;

/// The Jacobian of a column or scalar in a column or scalar; nothing when the derivative is no
/// matrix.
pub fn jacobian(store: &mut Store, id: Id, of: Id) -> Result<Option<Id>, MissingRule> {
    let (out, own) = (store.ty(id), store.ty(of));
    let direction = store.differential_symbol(of, 1, false);
    let Some(moved) = differential(store, id, &[(of, direction)])? else {
        let flat = (out.is_scalar() || out.is_column()) && (own.is_scalar() || own.is_column());
        return Ok(flat.then(|| store.zeros(Type::new(out.rows, own.rows))));
    };
    matrix_of(store, moved, direction)
}

/// J, for a column or scalar J dx that is linear in dx.
pub fn matrix_of(store: &mut Store, linear: Id, direction: Id) -> Result<Option<Id>, MissingRule> {
    let ty = store.ty(direction);
    if !(ty.is_scalar() || ty.is_column()) {
        return Ok(None);
    }
    let moves = store.containing(direction, linear);
    let mut walk = Walk { direction, moves, known: FxHashMap::default() };
    for id in walk.wanted(store, linear) {
        if walk.moving(id) {
            let matrix = walk.matrix(store, id)?;
            walk.known.insert(id, matrix);
        }
    }
    let found = walk.known.get(&linear).copied().flatten();
    Ok(found.map(|matrix| factored(store, matrix)))
}

/// Expressions that move with the direction, and for columns, rows and scalars the matrix that
/// gives the column, the transposed row or the scalar.
struct Walk {
    direction: Id,
    moves: Vec<bool>,
    known: FxHashMap<Id, Option<Id>>,
}

impl Walk {
    fn moving(&self, id: Id) -> bool {
        self.moves.get(id.index()).copied().unwrap_or(false)
    }

    /// Whose matrices those of an expression may be made of, each after its own parts: a scalar's is
    /// its gradient, which is found by itself.
    fn wanted(&self, store: &Store, root: Id) -> Vec<Id> {
        let reachable = store.reachable(&[root]);
        let mut wanted = vec![false; root.index() + 1];
        wanted[root.index()] = true;
        for &id in reachable.iter().rev() {
            if wanted[id.index()] && self.moving(id) && !store.ty(id).is_scalar() {
                store.node(id).children().iter().for_each(|child| wanted[child.index()] = true);
            }
        }
        reachable.into_iter().filter(|id| wanted[id.index()]).collect()
    }

    fn of(&self, id: Id) -> Option<Id> {
        self.known.get(&id).copied().flatten()
    }

    fn matrix(&self, store: &mut Store, id: Id) -> Result<Option<Id>, MissingRule> {
        let ty = store.ty(id);
        if id == self.direction {
            return Ok(Some(store.eye(ty.rows)));
        }
        if ty.is_scalar() {
            let gradient = collected_gradient(store, id, self.direction)?;
            return Ok(Some(store.transpose(gradient)));
        }
        if !(ty.is_column() || ty.is_row()) {
            return Ok(None);
        }
        Ok(match store.node(id).clone() {
            Node::Sum(terms) => {
                let mut parts = Vec::with_capacity(terms.len());
                for (term, c) in terms {
                    let Some(part) = self.of(term) else { return Ok(None) };
                    parts.push((part, c.get()));
                }
                Some(store.sum(&parts))
            }
            Node::Transpose(x) => self.of(x),
            Node::Hadamard(factors) => {
                let mut parts = Vec::new();
                for (k, &(factor, _)) in factors.iter().enumerate() {
                    if !self.moving(factor) {
                        continue;
                    }
                    let others: Vec<_> = factors
                        .iter()
                        .enumerate()
                        .filter(|o| o.0 != k)
                        .map(|(_, &(f, e))| (f, e.get()))
                        .collect();
                    let others = store.hadamard_of(&others);
                    let diagonal = store.function(Function::Diag, others);
                    let Some(part) = self.of(factor) else { return Ok(None) };
                    parts.push((store.mul(diagonal, part), 1.0));
                }
                Some(store.sum(&parts))
            }
            Node::Product { scalars, chain } => {
                let plain: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let mut parts = Vec::new();
                for (k, &(scalar, _)) in plain.iter().enumerate() {
                    if !self.moving(scalar) {
                        continue;
                    }
                    let Some(row) = self.of(scalar) else { return Ok(None) };
                    let mut others = plain.clone();
                    others.remove(k);
                    let rest = store.product(1.0, &others, &chain);
                    let rest = if ty.is_row() { store.transpose(rest) } else { rest };
                    parts.push((store.mul(rest, row), 1.0));
                }
                for k in 0..chain.len() {
                    if !self.moving(chain[k].0) {
                        continue;
                    }
                    let Some((left, inner)) = self.factor(store, &chain, k, ty) else { return Ok(None) };
                    parts.push((store.product(1.0, &plain, &[left, vec![(inner, 1)]].concat()), 1.0));
                }
                Some(store.sum(&parts))
            }
            Node::Function(Function::Diagonal, x) => match store.node(x).clone() {
                // diagv(A diag(w) B) = (A .* B') w
                Node::Product { scalars, chain } if scalars.is_empty() => {
                    let Some(k) = chain.iter().position(|f| self.moving(f.0)) else { return Ok(None) };
                    let Node::Function(Function::Diag, w) = *store.node(chain[k].0) else { return Ok(None) };
                    let (left, right) =
                        (store.product(1.0, &[], &chain[..k]), store.product(1.0, &[], &chain[k + 1..]));
                    let right = store.transpose(right);
                    let both = store.hadamard(left, right);
                    self.of(w).map(|inner| store.mul(both, inner))
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// What stands left of the matrix of a moving factor of a chain, and that matrix.
    fn factor(
        &self,
        store: &mut Store,
        chain: &[(Id, i32)],
        k: usize,
        ty: Type,
    ) -> Option<(Vec<(Id, i32)>, Id)> {
        let (left, right) = (&chain[..k], &chain[k + 1..]);
        let own = store.ty(chain[k].0);
        if own.is_column() && right.is_empty() {
            return Some((left.to_vec(), self.of(chain[k].0)?));
        }
        if own.is_row() && left.is_empty() {
            let (turned, sign) = store.flipped_chain(right);
            let inner = self.of(chain[k].0)?;
            return Some((turned, store.times(sign, inner)));
        }
        // A diag(w) b = A diag(b) w
        if let Node::Function(Function::Diag, w) = *store.node(chain[k].0) {
            let inner = self.of(w)?;
            let column = ty.is_column();
            let (before, after) = if column {
                (left.to_vec(), right.to_vec())
            } else {
                let (before, c) = store.flipped_chain(right);
                let (after, d) = store.flipped_chain(left);
                if c * d != 1.0 {
                    return None;
                }
                (before, after)
            };
            let after = store.product(1.0, &[], &after);
            if !store.ty(after).is_column() {
                return None;
            }
            let diagonal = store.function(Function::Diag, after);
            return Some(([before, vec![(diagonal, 1)]].concat(), inner));
        }
        None
    }
}
