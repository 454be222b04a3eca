//! Differentials of what the gradients of spectral norms and extreme eigenvalues are made of.
//!
//! P is the projector on the eigenvector of an extreme eigenvalue l of a symmetric A, and R, the
//! pseudo-inverse of l I - A, its reduced resolvent (Kato, "Perturbation Theory for Linear
//! Operators", II.2). Each differential is made of the same few operators, so that there are
//! derivatives of every order.

use crate::node::{Function, Id};
use crate::store::Store;

/// dP = R dA P + P dA R
pub(super) fn projector(store: &mut Store, resolvent: Function, a: Id, p: Id, t: Id) -> Id {
    let (r, t) = (store.function(resolvent, a), store.symmetric_part(t));
    let [left, right] = [[r, t, p], [p, t, r]].map(|chain| chained(store, &chain));
    store.add(left, right)
}

/// dR = R dA R - <P, dA> R^2 - R^2 dA P - P dA R^2, as the pseudo-inverse of l I - A.
pub(super) fn resolvent(store: &mut Store, projector: Function, a: Id, r: Id, t: Id) -> Id {
    let (p, t) = (store.function(projector, a), store.symmetric_part(t));
    let [inside, left, right] = [&[r, t, r][..], &[r, r, t, p], &[p, t, r, r]].map(|c| chained(store, c));
    let moved = store.inner(p, t);
    let along = store.product(1.0, &[(moved, 1.0)], &[(r, 2)]);
    store.sum(&[(inside, 1.0), (along, -1.0), (left, -1.0), (right, -1.0)])
}

/// N = u v' of the largest singular value s, an eigenvector of X X' and one of X' X at s^2:
/// dN = R(X X') (s dX N' + X dX') N + N (N' s dX + dX' X) R(X' X).
pub(super) fn leading(store: &mut Store, x: Id, n: Id, t: Id) -> Id {
    let [flipped, n_flipped, t_flipped] = [x, n, t].map(|y| store.transpose(y));
    let (rows, columns) = (store.mul(x, flipped), store.mul(flipped, x));
    let [rows, columns] = [rows, columns].map(|square| store.function(Function::LargestResolvent, square));
    let largest = store.function(Function::Spectral, x);
    let own = store.product(1.0, &[(largest, 1.0)], &[(t, 1), (n_flipped, 1), (n, 1)]);
    let other = chained(store, &[x, t_flipped, n]);
    let both = store.add(own, other);
    let left = store.mul(rows, both);
    let own = store.product(1.0, &[(largest, 1.0)], &[(n, 1), (n_flipped, 1), (t, 1)]);
    let other = chained(store, &[n, t_flipped, x]);
    let both = store.add(own, other);
    let right = store.mul(both, columns);
    store.add(left, right)
}

/// Q = U V', the factor of X = Q H with H = (X' X)^(1/2): (Q X') dQ + dQ (Q' X) = dX - Q dX' Q.
pub(super) fn polar(store: &mut Store, x: Id, q: Id, t: Id) -> Id {
    let [flipped, q_flipped, t_flipped] = [x, q, t].map(|y| store.transpose(y));
    let (rows, columns) = (store.mul(q, flipped), store.mul(q_flipped, x));
    let turned = chained(store, &[q, t_flipped, q]);
    let apart = store.sub(t, turned);
    store.sylvester(rows, columns, apart)
}

/// A dY + dY B = dC - dA Y - Y dB
pub(super) fn sylvester(
    store: &mut Store,
    [a, b, _]: [Id; 3],
    y: Id,
    [of_a, of_b, of_c]: [Option<Id>; 3],
) -> Option<Id> {
    let mut terms: Vec<_> = of_c.map(|t| (t, 1.0)).into_iter().collect();
    terms.extend(of_a.map(|t| (store.mul(t, y), -1.0)));
    terms.extend(of_b.map(|t| (store.mul(y, t), -1.0)));
    if terms.is_empty() {
        return None;
    }
    let right = store.sum(&terms);
    Some(store.sylvester(a, b, right))
}

fn chained(store: &mut Store, chain: &[Id]) -> Id {
    let chain: Vec<_> = chain.iter().map(|&factor| (factor, 1)).collect();
    store.product(1.0, &[], &chain)
}
