//! Expressions made anew: with other parts, or in another store.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rustc_hash::FxHashMap;

use crate::node::{Function, Id, Node, Terms};
use crate::size::{Dim, Type};
use crate::store::{Declaration, Store};

/// The expression of this kind with other parts, through the constructors.
fn rebuilt(store: &mut Store, node: &Node, of: &dyn Fn(Id) -> Id) -> Id {
    let listed = |terms: &Terms| -> Vec<(Id, f64)> { terms.iter().map(|&(x, c)| (of(x), c.get())).collect() };
    match node {
        Node::Number(number) => store.number(number.get()),
        Node::Size(dim) => store.size(*dim),
        Node::Eye(dim) => store.eye(*dim),
        Node::Ones(ty) => store.ones(*ty),
        Node::Zeros(ty) => store.zeros(*ty),
        Node::Commutation(ty) => store.commutation(*ty),
        Node::Symbol(symbol) => {
            let declaration = store.declaration(*symbol).clone();
            store.symbol(declaration)
        }
        Node::Sum(terms) => store.sum(&listed(terms)),
        Node::Product { scalars, chain } => {
            let chain: Vec<_> = chain.iter().map(|&(x, e)| (of(x), e)).collect();
            store.product(1.0, &listed(scalars), &chain)
        }
        Node::Hadamard(factors) => store.hadamard_of(&listed(factors)),
        Node::Transpose(x) => store.transpose(of(*x)),
        Node::Map(map, x) => store.map(*map, of(*x)),
        Node::Power(x, y) => store.power(of(*x), of(*y)),
        Node::Function(f, x) => store.function(*f, of(*x)),
        Node::ExpmFrechet(a, along) => {
            let along: Vec<Id> = along.iter().map(|&t| of(t)).collect();
            store.expm_frechet(of(*a), &along)
        }
        Node::CofactorFrechet(a, along) => {
            let along: Vec<Id> = along.iter().map(|&t| of(t)).collect();
            store.cofactor_frechet(of(*a), &along)
        }
        Node::Sylvester([a, b, c]) => store.sylvester(of(*a), of(*b), of(*c)),
        Node::KronFactor(place, whole, other) => store.kron_factor(*place, of(*whole), of(*other)),
        Node::Kron(a, b) => store.kron(of(*a), of(*b)),
        Node::Larger(a, b) => store.larger(of(*a), of(*b)),
        Node::Smaller(a, b) => store.smaller(of(*a), of(*b)),
        Node::Apply(operator, operands) => {
            let operands: Vec<Id> = operands.iter().map(|&x| of(x)).collect();
            store.apply(*operator, &operands)
        }
        Node::Differential(x) => store.differential_of(of(*x)),
    }
}

/// An expression with others in place of some; what replaces is not looked into.
pub fn substitute<S: BuildHasher>(store: &mut Store, root: Id, replaced: &HashMap<Id, Id, S>) -> Id {
    let mut made: FxHashMap<Id, Id> = FxHashMap::default();
    for id in store.reachable(&[root]) {
        let new = if let Some(&other) = replaced.get(&id) {
            other
        } else if store.node(id).children().iter().all(|child| made[child] == *child) {
            id
        } else {
            let node = store.node(id).clone();
            rebuilt(store, &node, &|child| made[&child])
        };
        made.insert(id, new);
    }
    made[&root]
}

/// An expression of one store, made in another.
pub fn import(from: &Store, root: Id, to: &mut Store) -> Id {
    import_with(from, root, to, &FxHashMap::default())
}

/// The same with expressions of the other store in place of some.
pub(crate) fn import_with(from: &Store, root: Id, to: &mut Store, replaced: &FxHashMap<Id, Id>) -> Id {
    let mut made: FxHashMap<Id, Id> = FxHashMap::default();
    for id in from.reachable(&[root]) {
        if let Some(&other) = replaced.get(&id) {
            made.insert(id, other);
            continue;
        }
        let node = match from.node(id).clone() {
            Node::Symbol(symbol) => {
                let own = from.declaration(symbol);
                let differential = own.differential.map(|(of, k)| (import(from, of, to), k));
                let ty = type_in(from, own.ty, to);
                let declaration = Declaration { name: own.name.clone(), ty, facts: own.facts, differential };
                made.insert(id, to.symbol(declaration));
                continue;
            }
            Node::Size(dim) => Node::Size(dim_in(from, dim, to)),
            Node::Eye(dim) => Node::Eye(dim_in(from, dim, to)),
            Node::Ones(ty) => Node::Ones(type_in(from, ty, to)),
            Node::Zeros(ty) => Node::Zeros(type_in(from, ty, to)),
            Node::Commutation(ty) => Node::Commutation(type_in(from, ty, to)),
            Node::Function(Function::Unvec(rows), x) => {
                Node::Function(Function::Unvec(dim_in(from, rows, to)), x)
            }
            Node::Apply(operator, operands) => Node::Apply(operator_in(from, operator, to), operands),
            node => node,
        };
        let new = rebuilt(to, &node, &|child| made[&child]);
        made.insert(id, new);
    }
    made[&root]
}

fn operator_in(from: &Store, operator: u32, to: &mut Store) -> u32 {
    let mut own = from.operator_at(operator).clone();
    let mut rules = std::mem::take(&mut own.rules);
    let transposed = own.transposed.take();
    own.ty = type_in(from, own.ty, to);
    for operand in &mut own.operands {
        *operand = import(from, *operand, to);
    }
    let place = to.operator(own);
    if to.operator_at(place).rules.len() < rules.len() {
        // Known by now, should the rules name it.
        to.set_rules(place, vec![None; rules.len()]);
        let take_in = |to: &mut Store| {
            for (direction, form) in rules.iter_mut().flatten() {
                *direction = import(from, *direction, to);
                *form = import(from, *form, to);
            }
        };
        or_undone(to, take_in, |to| to.set_rules(place, Vec::new()));
        to.set_rules(place, rules);
    }
    if let (Some((adjoint, form)), None) = (transposed, to.operator_at(place).transposed) {
        let adjoint = import(from, adjoint, to);
        // Known by now, should it name the operator.
        to.set_transposed(place, adjoint, adjoint);
        let form = or_undone(to, |to| import(from, form, to), |to| to.forget_transposed(place));
        to.set_transposed(place, adjoint, form);
    }
    place
}

/// Work on a store, and what undoes the beginning of it where the work is broken off.
fn or_undone<T>(to: &mut Store, work: impl FnOnce(&mut Store) -> T, undo: impl FnOnce(&mut Store)) -> T {
    catch_unwind(AssertUnwindSafe(|| work(to))).unwrap_or_else(|ended| {
        undo(to);
        resume_unwind(ended)
    })
}

fn type_in(from: &Store, ty: Type, to: &mut Store) -> Type {
    Type::new(dim_in(from, ty.rows, to), dim_in(from, ty.columns, to))
}

/// A size of one store in another.
pub(crate) fn dim_in(from: &Store, dim: Dim, to: &mut Store) -> Dim {
    let (number, names) = from.sizes.factors(dim);
    let mut made = to.sizes.number(number);
    for name in names {
        let name = to.sizes.name(name);
        made = to.sizes.product(made, name);
    }
    made
}
