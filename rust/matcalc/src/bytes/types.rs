//! The types of expressions by those of their operands, where these fit.

use crate::node::{Function, Id, Node};
use crate::size::Type;
use crate::store::Store;

/// The type of an expression of such operands, if they fit.
pub fn type_of(store: &mut Store, node: &Node) -> Option<Type> {
    let one = |id: &Id| store.ty(*id);
    match node {
        Node::Number(_) => Some(Type::SCALAR),
        Node::Size(dim) => {
            let (number, names) = store.sizes.factors(*dim);
            (number == 1 && names.len() == 1).then_some(Type::SCALAR)
        }
        Node::Symbol(symbol) => Some(store.declaration(*symbol).ty),
        Node::Eye(dim) => Some(Type::new(*dim, *dim)),
        Node::Ones(ty) | Node::Zeros(ty) => (!ty.is_scalar()).then_some(*ty),
        Node::Commutation(ty) => {
            let dim = store.sizes.checked_product(ty.rows, ty.columns)?;
            Some(Type::new(dim, dim))
        }
        Node::Sum(terms) | Node::Hadamard(terms) => {
            let ty = one(&terms.first()?.0);
            let scalar = ty.is_scalar() && matches!(node, Node::Hadamard(_));
            (!scalar && terms.iter().all(|(id, _)| one(id) == ty)).then_some(ty)
        }
        Node::Product { scalars, chain } => {
            let fits = scalars.iter().all(|(id, _)| one(id).is_scalar())
                && chain.iter().all(|(id, exponent)| *exponent == 1 || one(id).is_square())
                && chain.windows(2).all(|two| one(&two[0].0).columns == one(&two[1].0).rows);
            let (Some((first, _)), Some((last, _))) = (chain.first(), chain.last()) else {
                return (fits && !scalars.is_empty()).then_some(Type::SCALAR);
            };
            fits.then(|| Type::new(one(first).rows, one(last).columns))
        }
        Node::Transpose(x) => Some(one(x).transposed()),
        Node::Map(_, x) | Node::Differential(x) => Some(one(x)),
        Node::Power(x, y) => (one(x) == one(y) || one(y).is_scalar()).then(|| one(x)),
        Node::Larger(x, y) | Node::Smaller(x, y) => (one(x) == one(y)).then(|| one(x)),
        Node::Function(function, x) => {
            let x = one(x);
            let fits = match *function {
                Function::Unvec(rows) => store.sizes.quotient(x.rows, rows).is_some(),
                Function::NormP(p) => p.get() >= 1.0,
                Function::Vec => store.sizes.checked_product(x.rows, x.columns).is_some(),
                _ => true,
            };
            let fits = fits && function.domain().has(x);
            fits.then(|| function.type_of(x, &mut store.sizes))
        }
        Node::ExpmFrechet(x, along) | Node::CofactorFrechet(x, along) => {
            let ty = one(x);
            (ty.is_square() && !along.is_empty() && along.iter().all(|t| one(t) == ty)).then_some(ty)
        }
        Node::Sylvester([a, b, c]) => {
            let ty = one(c);
            let fits = one(a) == Type::new(ty.rows, ty.rows) && one(b) == Type::new(ty.columns, ty.columns);
            fits.then_some(ty)
        }
        Node::Kron(a, b) => {
            let (a, b) = (one(a), one(b));
            let rows = store.sizes.checked_product(a.rows, b.rows)?;
            Some(Type::new(rows, store.sizes.checked_product(a.columns, b.columns)?))
        }
        Node::KronFactor(_, whole, other) => {
            let (all, part) = (one(whole), one(other));
            let rows = store.sizes.quotient(all.rows, part.rows)?;
            Some(Type::new(rows, store.sizes.quotient(all.columns, part.columns)?))
        }
        Node::Apply(operator, _) => Some(store.operator_at(*operator).ty),
    }
}
