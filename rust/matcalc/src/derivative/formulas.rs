//! The rules of differentiation read as formulas.
//!
//! Symbolic sizes stand in shapes as numbers that no array has; what a rule asks at a point of a
//! kink (is x equal to y?) is answered for points in general.

use std::cell::{Cell, RefCell};

use pyframe_autodiff::algebra::{Linear, Slope, Values, matrix_product};
use pyframe_graph::{
    Binary, Compare, DType, Factor, Gap, Labels, Logical, Order, Part, Reduction, Shape, Sliced, Test, Unary,
};

use super::MissingRule;
use crate::node::{Function, Id, Map};
use crate::size::{Dim, Type};
use crate::store::Store;

/// Sizes in shapes begin here.
const SYMBOLIC: usize = 1 << 40;

/// A value of a rule.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// An expression.
    Of(Id),
    /// Whether elements are above 0.
    Positive(Id),
    /// Whether something holds that holds nowhere, or only on kinks.
    Never,
    /// A factorisation of a matrix.
    Factored(Id),
}

/// Expressions as the algebra of rules.
pub struct Formulas<'a> {
    store: RefCell<&'a mut Store>,
    missing: Cell<Option<&'static str>>,
}

impl<'a> Formulas<'a> {
    /// Over a store.
    pub fn new(store: &'a mut Store) -> Self {
        Self { store: RefCell::new(store), missing: Cell::new(None) }
    }

    /// The first thing that a rule asked for and formulas do not have.
    pub fn check(&self) -> Result<(), MissingRule> {
        match self.missing.get() {
            Some(what) => Err(MissingRule(format!("a rule that needs {what}, which formulas do not have"))),
            None => Ok(()),
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut Store) -> T) -> T {
        f(&mut self.store.borrow_mut())
    }

    fn lacks(&self, what: &'static str) {
        if self.missing.get().is_none() {
            self.missing.set(Some(what));
        }
    }

    fn no_value(&self, what: &'static str) -> Value {
        self.lacks(what);
        Value::Never
    }

    fn no_tangent(&self, t: Id, what: &'static str) -> Id {
        self.lacks(what);
        t
    }

    fn id(&self, value: Value) -> Id {
        if let Value::Of(id) = value {
            return id;
        }
        self.lacks("a truth value as a number");
        self.with(|store| store.number(0.0))
    }

    fn sum_over(&self, x: Id, axes: &[usize]) -> Id {
        self.with(|store| {
            let ty = store.ty(x);
            match axes {
                [0, 1] => store.function(Function::Total, x),
                [1] => {
                    let ones = store.ones(Type::vector(ty.columns));
                    store.mul(x, ones)
                }
                [0] => {
                    let ones = store.ones(Type::new(Dim::ONE, ty.rows));
                    store.mul(ones, x)
                }
                _ => x,
            }
        })
    }

    fn shape_of(&self, x: Id) -> Shape {
        let ty = self.with(|store| store.ty(x));
        let length = |dim: Dim| if dim == Dim::ONE { 1 } else { SYMBOLIC + dim.index() };
        Shape::from_slice(&[length(ty.rows), length(ty.columns)])
    }

    fn product(&self, a: Id, b: Id, labels: &Labels) -> Id {
        if *labels == matrix_product(2) {
            return self.with(|store| store.mul(a, b));
        }
        self.no_tangent(a, "a contraction that is no product of matrices")
    }

    fn stretched(&self, x: Id, shape: &[usize]) -> Id {
        if *self.shape_of(x) == *shape {
            return x;
        }
        let dim = |length: usize| if length == 1 { Dim::ONE } else { Dim::at(length - SYMBOLIC) };
        self.with(|store| {
            let ones = store.ones(Type::new(dim(shape[0]), dim(shape[1])));
            store.mul(x, ones)
        })
    }
}

impl Values for Formulas<'_> {
    type Value = Value;

    fn number(&self, like: Value, number: f64) -> Value {
        let like = self.id(like);
        Value::Of(self.with(|store| {
            let ones = store.ones(store.ty(like));
            store.times(number, ones)
        }))
    }

    fn unary(&self, f: Unary, x: Value) -> Value {
        let x = self.id(x);
        Value::Of(self.with(|store| store.map(Map::Unary(f), x)))
    }

    fn order(&self, _: Order, _: u32, _: Value) -> Value {
        self.no_value("a function with an order")
    }

    fn binary(&self, f: Binary, a: Value, b: Value) -> Value {
        let (a, b) = (self.id(a), self.id(b));
        let made = self.with(|store| {
            Some(match f {
                Binary::Add => store.add(a, b),
                Binary::Sub => store.sub(a, b),
                Binary::Mul | Binary::Scale | Binary::Strong => store.hadamard(a, b),
                Binary::Div => store.divide(a, b),
                Binary::Pow => store.power(a, b),
                Binary::Maximum => store.larger(a, b),
                Binary::Minimum => store.smaller(a, b),
                Binary::Hypot => {
                    let squares = [a, b].map(|x| (store.hadamard_of(&[(x, 2.0)]), 1.0));
                    let square = store.sum(&squares);
                    store.hadamard_of(&[(square, 0.5)])
                }
                Binary::Xlogy => {
                    let log = store.map(Map::Unary(Unary::Log), b);
                    store.hadamard(a, log)
                }
                _ => return None,
            })
        });
        made.map_or_else(|| self.no_value(f.name()), Value::Of)
    }

    fn compare(&self, f: Compare, a: Value, b: Value) -> Value {
        let (a, b) = (self.id(a), self.id(b));
        match f {
            Compare::Greater | Compare::GreaterEqual => Value::Positive(self.with(|store| store.sub(a, b))),
            Compare::Less | Compare::LessEqual => Value::Positive(self.with(|store| store.sub(b, a))),
            Compare::Equal => Value::Never,
            Compare::NotEqual => self.no_value("an inequality"),
        }
    }

    fn logical(&self, f: Logical, a: Value, b: Value) -> Value {
        match (f, a, b) {
            (Logical::And, Value::Never, _) | (Logical::And, _, Value::Never) => Value::Never,
            (Logical::Or, Value::Never, other) | (Logical::Or, other, Value::Never) => other,
            _ => self.no_value("a combination of conditions"),
        }
    }

    fn test(&self, f: Test, _: Value) -> Value {
        match f {
            Test::IsNan | Test::IsInf => Value::Never,
            _ => self.no_value("a test of numbers"),
        }
    }

    fn select(&self, condition: Value, a: Value, b: Value) -> Value {
        let Value::Positive(x) = condition else { return b };
        let (a, b) = (self.id(a), self.id(b));
        Value::Of(self.with(|store| {
            let step = store.map(Map::Step, x);
            let difference = store.sub(a, b);
            let moved = store.hadamard(step, difference);
            store.add(b, moved)
        }))
    }

    fn one_minus_square(&self, a: Value) -> Value {
        let a = self.id(a);
        Value::Of(self.with(|store| {
            let square = store.hadamard_of(&[(a, 2.0)]);
            let one = store.number(1.0);
            store.sub(one, square)
        }))
    }
}

impl Linear for Formulas<'_> {
    type Tangent = Id;

    fn shape(&self, x: Value) -> Shape {
        self.shape_of(self.id(x))
    }

    fn tangent_shape(&self, t: Id) -> Shape {
        self.shape_of(t)
    }

    fn reduce(&self, f: Reduction, x: Value, axes: &[usize]) -> Value {
        let x = self.id(x);
        match f {
            Reduction::Sum => Value::Of(self.sum_over(x, axes)),
            _ => self.no_value(f.name()),
        }
    }

    fn reshape_value(&self, x: Value, shape: &[usize]) -> Value {
        if *self.shape(x) == *shape {
            return x;
        }
        self.no_value("another shape of the same elements")
    }

    fn transpose_value(&self, x: Value, permutation: &[usize]) -> Value {
        Value::Of(self.transpose(self.id(x), permutation))
    }

    fn contract_values(&self, a: Value, b: Value, labels: &Labels) -> Value {
        Value::Of(self.product(self.id(a), self.id(b), labels))
    }

    fn factor(&self, _: Factor, a: Value) -> Value {
        Value::Factored(self.id(a))
    }

    fn part(&self, part: Part, operands: &[Value]) -> Value {
        let Some(&Value::Factored(a)) = operands.first() else { return self.no_value(part.name()) };
        match part {
            Part::Inverse => Value::Of(self.with(|store| store.inverse(a))),
            Part::Det => Value::Of(self.with(|store| store.function(Function::Det, a))),
            Part::LogAbsDet => Value::Of(self.with(|store| store.function(Function::LogDet, a))),
            _ => self.no_value(part.name()),
        }
    }

    fn cofactor(&self, a: Value) -> Value {
        let a = self.id(a);
        Value::Of(self.with(|store| store.function(Function::Cofactor, a)))
    }

    fn matrix(&self, like: Value, n: usize, entry: &dyn Fn(usize, usize) -> f64) -> Value {
        let unit = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| entry(i, j)) == [1.0, 0.0, 0.0, 1.0];
        if !unit || n < SYMBOLIC {
            return if n == 1 { self.number(like, entry(0, 0)) } else { self.no_value("a constant matrix") };
        }
        Value::Of(self.with(|store| store.eye(Dim::at(n - SYMBOLIC))))
    }

    fn block_triangle(&self, _: Value, _: Value) -> Value {
        self.no_value("a block matrix")
    }

    fn scale(&self, t: Id, c: Value) -> Id {
        let c = self.id(c);
        self.with(|store| store.hadamard(t, c))
    }

    fn strongly(&self, t: Id, c: Value) -> Id {
        self.scale(t, c)
    }

    fn negate(&self, t: Id) -> Id {
        self.with(|store| store.neg(t))
    }

    fn halve(&self, t: Id) -> Id {
        self.with(|store| store.times(0.5, t))
    }

    fn join(&self, t: Id, u: Id) -> Id {
        self.with(|store| store.add(t, u))
    }

    fn choose(&self, condition: Value, t: Option<Id>, u: Option<Id>) -> Id {
        let zero = |like: Option<Id>| {
            let ty = like.map_or(Type::SCALAR, |like| self.with(|store| store.ty(like)));
            self.with(|store| store.zeros(ty))
        };
        let (a, b) = (t.unwrap_or_else(|| zero(u)), u.unwrap_or_else(|| zero(t)));
        self.id(self.select(condition, Value::Of(a), Value::Of(b)))
    }

    fn contract(&self, t: Id, c: Value, labels: &Labels, t_is_left: bool) -> Id {
        let c = self.id(c);
        if t_is_left { self.product(t, c, labels) } else { self.product(c, t, labels) }
    }

    fn sum(&self, t: Id, axes: &[usize]) -> Id {
        self.sum_over(t, axes)
    }

    fn broadcast(&self, t: Id, shape: &[usize]) -> Id {
        self.stretched(t, shape)
    }

    fn reshape(&self, t: Id, shape: &[usize]) -> Id {
        if *self.shape_of(t) == *shape { t } else { self.no_tangent(t, "another shape of the same elements") }
    }

    fn transpose(&self, t: Id, permutation: &[usize]) -> Id {
        if permutation == [1, 0] { self.with(|store| store.transpose(t)) } else { t }
    }

    fn slice(&self, t: Id, _: &[Sliced], shape: &[usize]) -> Id {
        if *self.shape_of(t) == *shape { t } else { self.no_tangent(t, "slices") }
    }

    fn unslice(&self, t: Id, _: &[Sliced], _: &[usize]) -> Id {
        self.no_tangent(t, "slices")
    }

    fn concatenate(&self, parts: &[(Option<Id>, usize)], _: usize) -> Id {
        let some = parts.iter().find_map(|part| part.0);
        let t = some.unwrap_or_else(|| self.with(|store| store.number(0.0)));
        self.no_tangent(t, "matrices side by side")
    }

    fn element(&self, t: Id, _: usize) -> Id {
        self.no_tangent(t, "single elements")
    }

    fn stack(&self, rows: &[Option<Id>]) -> Id {
        let some = rows.iter().find_map(|&row| row);
        let t = some.unwrap_or_else(|| self.with(|store| store.number(0.0)));
        self.no_tangent(t, "matrices side by side")
    }

    fn gather(&self, t: Id, _: Value, _: usize) -> Id {
        self.no_tangent(t, "elements by their places")
    }

    fn scatter_add(&self, t: Id, _: Value, _: usize, _: &[usize]) -> Id {
        self.no_tangent(t, "elements by their places")
    }

    fn put(&self, t: Option<Id>, _: Value, u: Option<Id>, _: &[usize]) -> Id {
        let t = t.or(u).unwrap_or_else(|| self.with(|store| store.number(0.0)));
        self.no_tangent(t, "elements by their places")
    }

    fn cumsum(&self, t: Id, _: usize, _: bool) -> Id {
        self.no_tangent(t, "running sums")
    }

    fn convert(&self, t: Id, _: DType) -> Id {
        t
    }

    fn solve(&self, lu: Value, t: Id, transposed: bool) -> Id {
        let Value::Factored(a) = lu else { return self.no_tangent(t, "an unknown factorisation") };
        self.with(|store| {
            let inverse = store.inverse(a);
            let inverse = if transposed { store.transpose(inverse) } else { inverse };
            store.mul(inverse, t)
        })
    }

    fn triangular_solve(&self, _: Value, t: Id, _: bool) -> Id {
        self.no_tangent(t, "a triangular factor")
    }

    fn over_gaps(&self, _: Gap, t: Id, _: Value) -> Id {
        self.no_tangent(t, "the gaps of a spectrum")
    }

    fn cofactor_frechet(&self, a: Value, along: &[Value], t: Id) -> Id {
        let a = self.id(a);
        let along: Vec<Id> = along.iter().map(|&e| self.id(e)).chain([t]).collect();
        self.with(|store| store.cofactor_frechet(a, &along))
    }

    fn expm_frechet(&self, a: Value, t: Id) -> Id {
        let a = self.id(a);
        self.with(|store| store.expm_frechet(a, &[t]))
    }

    fn along(&self, t: Id, slope: Slope<Value>) -> Option<Id> {
        match slope {
            Slope::Zero => None,
            Slope::One => Some(t),
            Slope::MinusOne => Some(self.negate(t)),
            Slope::ByBoth(c, d) => {
                let t = self.along(t, Slope::By(c))?;
                self.along(t, Slope::By(d))
            }
            Slope::By(c) | Slope::Strongly(c) => {
                let c = self.id(c);
                (!self.with(|store| store.is_zero(c))).then(|| self.scale(t, Value::Of(c)))
            }
        }
    }
}
