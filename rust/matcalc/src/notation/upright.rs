//! Transposed sums that are read term by term: inv(X)' - A for (inv(X) - A')'.

use crate::node::{Id, Node};
use crate::size::Dim;
use crate::store::Store;

/// The expression as it is to be written: a transposed sum of matrices as the sum of the transposes,
/// where no more transposes are written then.
///
/// ```
/// use pyframe_matcalc::{Declaration, Facts, Store, Type, notation};
///
/// let mut store = Store::default();
/// let n = store.sizes.name("n");
/// let ty = Type::new(n, n);
/// let [a, b] = ["A", "B"].map(|name| {
///     store.symbol(Declaration { name: name.into(), ty, facts: Facts::NONE, differential: None })
/// });
/// let inverse = store.inverse(a);
/// let inverse = store.transpose(inverse);
/// let sum = store.sub(inverse, b);
/// let sum = notation::upright(&mut store, sum);
/// assert_eq!(notation::text(&store, sum), "inv(A)' - B");
/// ```
pub fn upright(store: &mut Store, id: Id) -> Id {
    let (inner, c) = store.scaled(id);
    let (&Node::Transpose(sum), ty) = (store.node(inner), store.ty(id)) else { return id };
    let wide = ty.rows != Dim::ONE && ty.columns != Dim::ONE;
    if !wide || !matches!(store.node(sum), Node::Sum(terms) if terms.len() > 1) {
        return id;
    }
    let terms = store.terms(sum);
    let mut flipped = store.flipped_terms(&terms);
    let marks =
        |store: &Store, terms: &[(Id, f64)]| -> usize { terms.iter().map(|term| store.marks(term.0)).sum() };
    if c.abs() != 1.0 || marks(store, &flipped) > marks(store, &terms) + 1 {
        return id;
    }
    for term in &mut flipped {
        term.1 *= c;
    }
    store.written_sum(&flipped, ty)
}
