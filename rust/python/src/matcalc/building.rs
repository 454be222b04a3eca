//! Expressions out of others: sizes are checked here, the normal form is the store's.

use std::collections::HashMap;

use pyframe_graph::Unary;
use pyframe_matcalc::syntax::{Meaning, functions};
use pyframe_matcalc::{Dim, Domain, Function, Id, Map, Node, Shown, Store, Type, substitute};
use pyo3::prelude::*;

use super::formula::Formula;
use super::guard;
use crate::errors;

fn shown(store: &Store, ty: Type) -> String {
    Shown(&store.sizes, ty).to_string()
}

fn equal_or_scalar(store: &Store, what: &str, a: Id, b: Id) -> PyResult<()> {
    let (left, right) = (store.ty(a), store.ty(b));
    if left == right || left.is_scalar() || right.is_scalar() {
        Ok(())
    } else {
        Err(sides(store, what, a, b))
    }
}

/// That two operands do not fit together.
fn sides(store: &Store, what: &str, a: Id, b: Id) -> PyErr {
    let (left, right) = (shown(store, store.ty(a)), shown(store, store.ty(b)));
    errors::shape(format!("{what}: the left side is {left}, the right side is {right}"))
}

/// Refuse what has a number that is none, such as 1/0.
fn finite(store: &Store, what: &str, id: Id) -> PyResult<Id> {
    let finite = match store.node(id) {
        Node::Number(number) => number.get().is_finite(),
        Node::Sum(terms) | Node::Hadamard(terms) => terms.iter().all(|(_, c)| c.get().is_finite()),
        Node::Product { scalars, .. } => scalars.iter().all(|(_, e)| e.get().is_finite()),
        _ => true,
    };
    if finite {
        return Ok(id);
    }
    Err(errors::parameter(format!("{what}: a number in it would be infinite or none at all, as in x/0")))
}

fn square(store: &Store, what: &str, a: Id) -> PyResult<()> {
    if store.ty(a).is_square() {
        return Ok(());
    }
    Err(errors::shape(format!("{what} takes a square matrix, and this is {}", shown(store, store.ty(a)))))
}

/// The size that a scalar stands for: a size itself, a whole number, or a product of them.
fn length(store: &mut Store, id: Id) -> PyResult<Dim> {
    let mut product = Dim::ONE;
    let (id, number) = store.scaled(id);
    let mut factors = vec![(id, 1.0)];
    if let Node::Product { scalars, chain } = store.node(id)
        && chain.is_empty()
    {
        factors = scalars.iter().map(|&(scalar, e)| (scalar, e.get())).collect();
    }
    let mut whole = number;
    for (factor, e) in factors {
        match (store.node(factor), e) {
            (&Node::Size(dim), 1.0) => product = store.sizes.product(product, dim),
            (&Node::Size(dim), 2.0) => {
                let square = store.sizes.product(dim, dim);
                product = store.sizes.product(product, square);
            }
            (Node::Number(own), 1.0) => whole *= own.get(),
            _ => return Err(errors::shape("a size is a name, a whole number or a product of them")),
        }
    }
    if !(whole >= 1.0 && whole.fract() == 0.0 && whole <= 1e12) {
        return Err(errors::shape(format!("{whole} is no size of an expression")));
    }
    let whole = store.sizes.number(whole as usize);
    Ok(store.sizes.product(product, whole))
}

fn column(store: &Store, what: &str, a: Id) -> PyResult<()> {
    if store.ty(a).columns == Dim::ONE {
        return Ok(());
    }
    Err(errors::shape(format!("{what} takes a vector, and this is {}", shown(store, store.ty(a)))))
}

/// A function of one expression by its name.
fn applied(store: &mut Store, name: &str, x: Id) -> PyResult<Id> {
    if let Some(&unary) = Unary::ALL.iter().find(|unary| unary.name() == name) {
        return Ok(store.map(Map::Unary(unary), x));
    }
    let Some(known) = functions().iter().find(|known| known.name == name) else {
        return Err(errors::parameter(format!("there is no function {name:?}")));
    };
    let function = match known.meaning {
        Meaning::Map(map) => return Ok(store.map(map, x)),
        Meaning::Inverse => {
            square(store, name, x)?;
            return Ok(store.inverse(x));
        }
        Meaning::Larger => Function::Max,
        Meaning::Smaller => Function::Min,
        Meaning::Whole(function) => function,
        _ => return Err(errors::parameter(format!("{name} is no function of one expression"))),
    };
    match function.domain() {
        Domain::Square => square(store, name, x)?,
        Domain::Columns => column(store, name, x)?,
        Domain::All => {}
    }
    Ok(store.function(function, x))
}

#[pymethods]
impl Formula {
    /// A number beside this expression.
    fn number(&self, number: f64) -> PyResult<Self> {
        guard("Formula.number", || {
            if number.is_finite() {
                return Ok(self.make(|store, _| store.number(number)));
            }
            Err(errors::parameter(format!("{number} cannot stand in an expression")))
        })
    }

    /// The number of rows (0) or columns (1) as a scalar.
    fn size(&self, axis: usize) -> PyResult<Self> {
        guard("Formula.size", || {
            Ok(self.make(|store, id| {
                let ty = store.ty(id);
                store.size(if axis == 0 { ty.rows } else { ty.columns })
            }))
        })
    }

    /// Ones, zeros or the unit matrix in the shape of this expression.
    fn like(&self, what: &str) -> PyResult<Self> {
        guard("Formula.like", || {
            let mut store = self.open();
            let ty = store.ty(self.id);
            let id = match what {
                "ones" => store.ones(ty),
                "zeros" => store.zeros(ty),
                _ => {
                    square(&store, "eye", self.id)?;
                    store.eye(ty.rows)
                }
            };
            drop(store);
            Ok(self.sibling(id))
        })
    }

    /// Ones, zeros or the unit matrix of sizes that are expressions.
    fn of_size(&self, what: &str, sizes: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        guard("Formula.of_size", || {
            let sizes = sizes.iter().map(|size| self.take_in(size)).collect::<PyResult<Vec<_>>>()?;
            let mut store = self.open();
            let mut dims = Vec::with_capacity(sizes.len());
            for size in sizes {
                dims.push(length(&mut store, size)?);
            }
            let id = match (what, dims.as_slice()) {
                ("eye", &[n]) => store.eye(n),
                ("eye", &[n, m]) if n == m => store.eye(n),
                ("ones", &[n]) => store.ones(Type::vector(n)),
                ("ones", &[n, m]) => store.ones(Type::new(n, m)),
                ("zeros", &[n]) => store.zeros(Type::vector(n)),
                ("zeros", &[n, m]) => store.zeros(Type::new(n, m)),
                _ => return Err(errors::shape(format!("{what} takes one or two sizes, equal ones for eye"))),
            };
            drop(store);
            Ok(self.sibling(id))
        })
    }

    /// A column of as many ones as this expression has rows (0) or columns (1).
    fn ones_along(&self, axis: usize) -> PyResult<Self> {
        guard("Formula.ones_along", || {
            Ok(self.make(|store, id| {
                let ty = store.ty(id);
                store.ones(Type::vector(if axis == 0 { ty.rows } else { ty.columns }))
            }))
        })
    }

    fn neg(&self) -> PyResult<Self> {
        guard("Formula.neg", || Ok(self.make(Store::neg)))
    }

    fn transpose(&self) -> PyResult<Self> {
        guard("Formula.transpose", || Ok(self.make(Store::transpose)))
    }

    fn add(&self, other: &Self) -> PyResult<Self> {
        self.elementwise("Formula.add", "a sum", other, Store::add)
    }

    fn sub(&self, other: &Self) -> PyResult<Self> {
        self.elementwise("Formula.sub", "a difference", other, Store::sub)
    }

    fn hadamard(&self, other: &Self) -> PyResult<Self> {
        self.elementwise("Formula.hadamard", "an elementwise product", other, Store::hadamard)
    }

    fn divide(&self, other: &Self) -> PyResult<Self> {
        self.elementwise("Formula.divide", "a quotient", other, Store::divide)
    }

    fn power(&self, other: &Self) -> PyResult<Self> {
        self.elementwise("Formula.power", "a power", other, Store::power)
    }

    fn larger(&self, other: &Self) -> PyResult<Self> {
        self.elementwise("Formula.larger", "max", other, Store::larger)
    }

    fn smaller(&self, other: &Self) -> PyResult<Self> {
        self.elementwise("Formula.smaller", "min", other, Store::smaller)
    }

    /// The product of matrices; a scalar scales.
    fn mul(&self, other: &Self) -> PyResult<Self> {
        guard("Formula.mul", || {
            let other = self.take_in(other)?;
            let mut store = self.open();
            let (left, right) = (store.ty(self.id), store.ty(other));
            if !(left.is_scalar() || right.is_scalar() || left.columns == right.rows) {
                return Err(sides(&store, "a product", self.id, other));
            }
            let id = store.mul(self.id, other);
            let id = finite(&store, "a product", id)?;
            drop(store);
            Ok(self.sibling(id))
        })
    }

    /// The sum of the products of elements.
    fn inner(&self, other: &Self) -> PyResult<Self> {
        guard("Formula.inner", || {
            let other = self.take_in(other)?;
            let mut store = self.open();
            if store.ty(self.id) != store.ty(other) {
                return Err(sides(&store, "an inner product", self.id, other));
            }
            let id = store.inner(self.id, other);
            drop(store);
            Ok(self.sibling(id))
        })
    }

    fn kron(&self, other: &Self) -> PyResult<Self> {
        guard("Formula.kron", || {
            let other = self.take_in(other)?;
            Ok(self.make(|store, id| store.kron(id, other)))
        })
    }

    fn matrix_power(&self, power: i32) -> PyResult<Self> {
        guard("Formula.matrix_power", || {
            square(&self.open(), "matrix_power", self.id)?;
            Ok(self.make(|store, id| store.matrix_power(id, power)))
        })
    }

    /// The norm with an exponent.
    fn norm(&self, p: f64) -> PyResult<Self> {
        guard("Formula.norm", || {
            if !(p >= 1.0 && p.is_finite()) {
                return Err(errors::parameter(format!("a norm has an exponent from 1 on, not {p}")));
            }
            Ok(self.make(|store, id| store.function(Function::NormP(pyframe_matcalc::Real::new(p)), id)))
        })
    }

    /// With other expressions in place of symbols, all at once.
    fn substitute(&self, replaced: Vec<(String, PyRef<'_, Self>)>) -> PyResult<Self> {
        guard("Formula.substitute", || {
            let mut places = HashMap::with_capacity(replaced.len());
            for (name, other) in &replaced {
                let other = self.take_in(other)?;
                let store = self.open();
                let symbol = super::deriving::named(&store, name)?;
                let (own, new) = (store.ty(symbol), store.ty(other));
                if own != new {
                    let (own, new) = (shown(&store, own), shown(&store, new));
                    return Err(errors::shape(format!("{name} is {own}, and what replaces it is {new}")));
                }
                places.insert(symbol, other);
            }
            let mut store = self.open();
            let id = substitute(&mut store, self.id, &places);
            for part in store.reachable(&[id]) {
                finite(&store, "substitute", part)?;
            }
            drop(store);
            Ok(self.sibling(id))
        })
    }

    /// A function of this expression by its name, in the language or in NumPy.
    fn apply(&self, name: &str) -> PyResult<Self> {
        guard("Formula.apply", || {
            let id = applied(&mut self.open(), name, self.id)?;
            Ok(self.sibling(id))
        })
    }
}

impl Formula {
    fn elementwise(
        &self,
        entry: &'static str,
        what: &str,
        other: &Self,
        build: impl FnOnce(&mut Store, Id, Id) -> Id,
    ) -> PyResult<Self> {
        guard(entry, || {
            let other = self.take_in(other)?;
            let mut store = self.open();
            equal_or_scalar(&store, what, self.id, other)?;
            let id = build(&mut store, self.id, other);
            let id = finite(&store, what, id)?;
            drop(store);
            Ok(self.sibling(id))
        })
    }
}
