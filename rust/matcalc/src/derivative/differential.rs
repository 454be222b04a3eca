//! The differential: one rule for each kind of expression.

use pyframe_autodiff::algebra::Linear;
use pyframe_autodiff::rules::{Operands, Side, binary, structural, unary};
use pyframe_graph::{Attribute, Binary, Part, Primitive, Reduction, Unary};
use rustc_hash::FxHashMap;
use smallvec::smallvec;

use super::formulas::{Formulas, Value};
use super::{MissingRule, spectral};
use crate::facts::Facts;
use crate::node::{Function, Id, Map, Node, Terms};
use crate::rebuild::substitute;
use crate::size::Type;
use crate::store::Store;

/// What the tangent of a part is; nothing is zero.
type Tangents<'a> = dyn FnMut(&mut Store, Id) -> Option<Id> + 'a;
type Ruled = Result<Option<Id>, MissingRule>;

/// The differential of an expression along those of names: `(x, dx)`; nothing is zero.
pub fn differential(store: &mut Store, id: Id, along: &[(Id, Id)]) -> Ruled {
    let mut known: FxHashMap<Id, Option<Id>> = FxHashMap::default();
    for part in store.reachable(&[id]) {
        let tangent = if let Some(&(_, direction)) = along.iter().find(|(name, _)| *name == part) {
            Some(direction)
        } else if store.node(part).children().iter().all(|child| known[child].is_none()) {
            None
        } else {
            differential_of_node(store, part, &mut |_, child| known[&child])?
        };
        known.insert(part, tangent.filter(|&t| !store.is_zero(t)));
    }
    Ok(known[&id])
}

/// The differential of one expression by those of its parts.
pub fn differential_of_node(store: &mut Store, id: Id, of: &mut Tangents<'_>) -> Ruled {
    match store.node(id).clone() {
        Node::Number(_) | Node::Size(_) | Node::Symbol(_) => Ok(None),
        Node::Eye(_) | Node::Ones(_) | Node::Zeros(_) | Node::Commutation(_) => Ok(None),
        Node::Sum(terms) => {
            let mut moved = Vec::new();
            for (term, c) in terms {
                moved.extend(of(store, term).map(|t| (t, c.get())));
            }
            Ok((!moved.is_empty()).then(|| store.sum(&moved)))
        }
        Node::Product { scalars, chain } => product(store, &scalars, &chain, of),
        Node::Hadamard(factors) => Ok(elementwise_product(store, &factors, of)),
        Node::Transpose(x) => Ok(of(store, x).map(|t| store.transpose(t))),
        Node::Map(map, x) => {
            let Some(t) = of(store, x) else { return Ok(None) };
            // Where a determinant has a logarithm, the matrix has an inverse.
            if let (Map::Unary(Unary::Log), Node::Function(Function::Det, u)) = (map, store.node(x).clone()) {
                let Some(t) = of(store, u) else { return Ok(None) };
                return whole(store, Primitive::Part(Part::LogAbsDet), u, id, t);
            }
            map_rule(store, map, x, id, t)
        }
        Node::Power(x, y) => {
            let sides = [(Side::Left, of(store, x)), (Side::Right, of(store, y))];
            binary_rule(store, Binary::Pow, sides, [x, y, id], 0.0)
        }
        Node::Larger(x, y) | Node::Smaller(x, y) => {
            let larger = matches!(store.node(id), Node::Larger(..));
            let sides = [(Side::Left, of(store, x)), (Side::Right, of(store, y))];
            // The shares of both make one, also where both are equal, as in max(x, max(x, y)).
            if let [(_, Some(dx)), (_, Some(dy))] = sides {
                let (first, second) = if larger { (x, y) } else { (y, x) };
                let (above, apart) = (store.sub(first, second), store.sub(dx, dy));
                let step = store.map(Map::Step, above);
                let moved = store.hadamard(step, apart);
                return Ok(Some(store.add(dy, moved)));
            }
            let f = if larger { Binary::Maximum } else { Binary::Minimum };
            binary_rule(store, f, sides, [x, y, id], 0.5)
        }
        Node::Function(f, x) => {
            let Some(t) = of(store, x) else { return Ok(None) };
            function_rule(store, f, x, id, t)
        }
        Node::ExpmFrechet(a, along) => {
            let tangents: Vec<_> = along.iter().map(|&t| of(store, t)).collect();
            let own = of(store, a);
            Ok(of_derivative(store, Store::expm_frechet, a, own, &along, &tangents))
        }
        Node::CofactorFrechet(a, along) => {
            let tangents: Vec<_> = along.iter().map(|&t| of(store, t)).collect();
            let own = of(store, a);
            Ok(of_derivative(store, Store::cofactor_frechet, a, own, &along, &tangents))
        }
        Node::Sylvester(operands) => {
            let tangents = operands.map(|operand| of(store, operand));
            Ok(spectral::sylvester(store, operands, id, tangents))
        }
        Node::Kron(a, b) => {
            let left = of(store, a).map(|t| (store.kron(t, b), 1.0));
            let right = of(store, b).map(|t| (store.kron(a, t), 1.0));
            let terms: Vec<_> = left.into_iter().chain(right).collect();
            Ok((!terms.is_empty()).then(|| store.sum(&terms)))
        }
        Node::KronFactor(place, whole, other) => {
            let first = of(store, whole).map(|t| (store.kron_factor(place, t, other), 1.0));
            let second = of(store, other).map(|t| (store.kron_factor(place, whole, t), 1.0));
            let terms: Vec<_> = first.into_iter().chain(second).collect();
            Ok((!terms.is_empty()).then(|| store.sum(&terms)))
        }
        Node::Apply(operator, operands) => from_outside(store, operator, &operands, of),
        Node::Differential(_) => Err(MissingRule("a differential that is not taken yet".into())),
    }
}

/// The differential of a derivative, symmetric in its directions: that of one order more along da, and
/// what is linear in each direction along its tangent.
fn of_derivative(
    store: &mut Store,
    make: fn(&mut Store, Id, &[Id]) -> Id,
    a: Id,
    of_a: Option<Id>,
    along: &[Id],
    tangents: &[Option<Id>],
) -> Option<Id> {
    let mut terms = Vec::new();
    if let Some(t) = of_a {
        terms.push((make(store, a, &[along, &[t]].concat()), 1.0));
    }
    for (k, tangent) in tangents.iter().enumerate() {
        let &Some(t) = tangent else { continue };
        let mut moved = along.to_vec();
        moved[k] = t;
        terms.push((make(store, a, &moved), 1.0));
    }
    (!terms.is_empty()).then(|| store.sum(&terms))
}

/// d(s A X B) = ds A X B + s A dX B, and the powers by their own rules.
fn product(store: &mut Store, scalars: &Terms, chain: &[(Id, i32)], of: &mut Tangents<'_>) -> Ruled {
    let plain: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
    let mut terms = Vec::new();
    for (k, &(scalar, e)) in plain.iter().enumerate() {
        let Some(t) = of(store, scalar) else { continue };
        let mut factors = plain.clone();
        factors[k].1 -= 1.0;
        factors.push((t, 1.0));
        terms.push((store.product(e, &factors, chain), 1.0));
    }
    for (k, &(matrix, e)) in chain.iter().enumerate() {
        let Some(t) = of(store, matrix) else { continue };
        let (left, right) = (&chain[..k], &chain[k + 1..]);
        // d(X^e) = sum of X^i dX X^(e-1-i), and the same with Y = inv(X).
        let (step, t) = match () {
            () if e > 0 => (1, t),
            () if store.is(matrix, Facts::ORTHOGONAL) => (-1, store.transpose(t)),
            () => (-1, inverse_rule(store, matrix, t)?),
        };
        for i in 0..e.abs() {
            let mut factors = left.to_vec();
            factors.extend((i > 0).then_some((matrix, step * i)));
            factors.push((t, 1));
            factors.extend((i + 1 < e.abs()).then_some((matrix, step * (e.abs() - 1 - i))));
            factors.extend(right);
            terms.push((store.product(1.0, &plain, &factors), 1.0));
        }
    }
    Ok((!terms.is_empty()).then(|| store.sum(&terms)))
}

/// d inv(X)
fn inverse_rule(store: &mut Store, x: Id, t: Id) -> Result<Id, MissingRule> {
    let y = store.inverse(x);
    whole(store, Primitive::Part(Part::Inverse), x, y, t)?.ok_or_else(|| MissingRule("inv".into()))
}

/// d(x^a .* y^b) = a x^(a-1) .* dx .* y^b + ...
fn elementwise_product(store: &mut Store, factors: &Terms, of: &mut Tangents<'_>) -> Option<Id> {
    let plain: Vec<_> = factors.iter().map(|&(f, e)| (f, e.get())).collect();
    let mut terms = Vec::new();
    for (k, &(factor, e)) in plain.iter().enumerate() {
        let Some(t) = of(store, factor) else { continue };
        let mut moved = plain.clone();
        moved[k].1 -= 1.0;
        moved.retain(|&(_, e)| e != 0.0);
        moved.push((t, 1.0));
        terms.push((store.hadamard_of(&moved), e));
    }
    (!terms.is_empty()).then(|| store.sum(&terms))
}

/// The rule of an operator from outside, its symbols replaced by the operands and their tangents.
fn from_outside(store: &mut Store, operator: u32, operands: &[Id], of: &mut Tangents<'_>) -> Ruled {
    let own = store.operator_at(operator).clone();
    let mut terms = Vec::new();
    for (k, &operand) in operands.iter().enumerate() {
        let Some(t) = of(store, operand) else { continue };
        if own.linear == Some(k) {
            let mut moved = operands.to_vec();
            moved[k] = t;
            terms.push((store.apply(operator, &moved), 1.0));
            continue;
        }
        let rule = own.rules.get(k).ok_or_else(|| MissingRule(own.name.to_string()))?;
        let Some((direction, form)) = *rule else { continue };
        let places = own.operands.iter().copied().zip(operands.iter().copied());
        let replaced: FxHashMap<Id, Id> = places.chain([(direction, t)]).collect();
        terms.push((substitute(store, form, &replaced), 1.0));
    }
    Ok((!terms.is_empty()).then(|| store.sum(&terms)))
}

fn map_rule(store: &mut Store, map: Map, x: Id, y: Id, t: Id) -> Ruled {
    match map {
        Map::Unary(f) => {
            let algebra = Formulas::new(store);
            let slope = unary(&algebra, f, Value::Of(x), Value::Of(y));
            let tangent = algebra.along(t, slope);
            algebra.check()?;
            Ok(tangent)
        }
        Map::Relu => {
            let zero = store.zeros(store.ty(x));
            binary_rule(
                store,
                Binary::Maximum,
                [(Side::Left, Some(t)), (Side::Right, None)],
                [x, zero, y],
                0.0,
            )
        }
        Map::Step => Ok(None),
    }
}

fn binary_rule(
    store: &mut Store,
    f: Binary,
    sides: [(Side, Option<Id>); 2],
    values: [Id; 3],
    tie: f64,
) -> Ruled {
    let algebra = Formulas::new(store);
    let mut total = None;
    for (side, t) in sides {
        let Some(t) = t else { continue };
        let slope = binary(&algebra, f, side, values.map(Value::Of), tie);
        total = algebra.total(total, algebra.along(t, slope));
    }
    algebra.check()?;
    Ok(total)
}

/// The rule of a primitive that takes one whole matrix.
fn whole(store: &mut Store, primitive: Primitive, x: Id, y: Id, t: Id) -> Ruled {
    let algebra = Formulas::new(store);
    let attribute = match primitive {
        Primitive::Reduce(_) => Attribute::Axes(smallvec![0, 1]),
        _ => Attribute::None,
    };
    let node = Operands {
        primitive,
        attribute: &attribute,
        place: 0,
        values: &[Value::Of(x)],
        factor: Some(Value::Factored(x)),
        result: Value::Of(y),
        tangents: &[Some(t)],
    };
    let tangent = structural(&algebra, &node).map_err(|error| match error {
        pyframe_autodiff::DerivativeError::MissingRule(name) => MissingRule(name),
        other => MissingRule(other.to_string()),
    })?;
    algebra.check()?;
    Ok(tangent)
}

fn function_rule(store: &mut Store, f: Function, x: Id, y: Id, t: Id) -> Ruled {
    use Function as F;
    let along = |store: &mut Store, gradient: Id| Ok(Some(store.inner(gradient, t)));
    match f {
        F::Trace | F::Total | F::Diag | F::Diagonal | F::Upper | F::Toeplitz | F::Vec | F::Unvec(_) => {
            Ok(Some(store.function(f, t)))
        }
        F::Det => whole(store, Primitive::Part(Part::Det), x, y, t),
        F::LogDet => whole(store, Primitive::Part(Part::LogAbsDet), x, y, t),
        F::Cofactor => whole(store, Primitive::Cofactor, x, y, t),
        // At 0, where it jumps, as elsewhere.
        F::PseudoInverse if store.ty(x).is_scalar() => {
            Ok(Some(store.product(-1.0, &[(y, 2.0), (t, 1.0)], &[])))
        }
        F::PseudoInverse => whole(store, Primitive::Part(Part::PseudoInverse), x, y, t),
        F::Expm => whole(store, Primitive::Expm, x, y, t),
        F::Norm2 => whole(store, Primitive::Reduce(Reduction::Norm), x, y, t),
        F::Logsumexp => whole(store, Primitive::Reduce(Reduction::Logsumexp), x, y, t),
        F::Norm1 => {
            let sign = store.map(Map::Unary(Unary::Sign), x);
            along(store, sign)
        }
        // sign(x) |x|^(p-1) / norm^(p-1)
        F::NormP(p) => {
            let (sign, size) = (store.map(Map::Unary(Unary::Sign), x), store.map(Map::Unary(Unary::Abs), x));
            let power = p.get() - 1.0;
            let gradient = store.hadamard_of(&[(sign, 1.0), (size, power), (y, -power)]);
            along(store, gradient)
        }
        F::Nuclear | F::Spectral | F::LargestEigenvalue | F::SmallestEigenvalue | F::Max | F::Min => {
            let at = match f {
                F::Nuclear => F::Polar,
                F::Spectral => F::Leading,
                F::LargestEigenvalue => F::LargestProjector,
                F::SmallestEigenvalue => F::SmallestProjector,
                F::Max => F::AtMax,
                _ => F::AtMin,
            };
            let gradient = store.function(at, x);
            along(store, gradient)
        }
        // y .* dx - <y, dx> y
        F::Softmax => {
            let (own, mean) = (store.hadamard(y, t), store.inner(y, t));
            let shared = store.mul(mean, y);
            Ok(Some(store.sub(own, shared)))
        }
        // (softmax(x) .* dx) 1
        F::RowLogsumexp => {
            let weights = store.function(F::RowSoftmax, x);
            let (own, ones) = (store.hadamard(weights, t), store.ones(Type::vector(store.ty(x).columns)));
            Ok(Some(store.mul(own, ones)))
        }
        // y .* dx - diag((y .* dx) 1) y
        F::RowSoftmax => {
            let (own, ones) = (store.hadamard(y, t), store.ones(Type::vector(store.ty(x).columns)));
            let means = store.mul(own, ones);
            let means = store.function(F::Diag, means);
            let shared = store.mul(means, y);
            Ok(Some(store.sub(own, shared)))
        }
        F::AtMax | F::AtMin => Ok(None),
        F::Polar => Ok(Some(spectral::polar(store, x, y, t))),
        F::Leading => Ok(Some(spectral::leading(store, x, y, t))),
        F::LargestProjector => Ok(Some(spectral::projector(store, F::LargestResolvent, x, y, t))),
        F::SmallestProjector => Ok(Some(spectral::projector(store, F::SmallestResolvent, x, y, t))),
        F::LargestResolvent => Ok(Some(spectral::resolvent(store, F::LargestProjector, x, y, t))),
        F::SmallestResolvent => Ok(Some(spectral::resolvent(store, F::SmallestProjector, x, y, t))),
    }
}
