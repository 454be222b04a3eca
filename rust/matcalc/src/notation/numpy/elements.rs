//! Elementwise products in NumPy, with the conventions where a factor is 0.

use pyframe_graph::Unary;

use super::value::Value;
use super::{Numpy, raised};
use crate::facts::Facts;
use crate::node::{Function, Id, Map, Node, Real};
use crate::store::Store;
use crate::switches::switches_off;

impl Numpy<'_> {
    /// One of some factors: 0 where others switch it off.
    pub(super) fn element_factor(&mut self, factor: Id, e: f64, factors: &[(Id, f64)]) -> Value {
        let store = self.store;
        let value = raised(&self.part(factor), e);
        let flat = factors.iter().any(|&(other, _)| is_flat(store, other));
        let infinite = flat && !is_flat(store, factor) && !is_finite(store, factor, e);
        let off = |other| switches_off(store, other, factor) || (infinite && is_flat(store, other));
        let switches = factors.iter().filter(|&&(other, _)| off(other));
        switches.fold(value, |value, &(switch, _)| self.part(switch).zero_or("0", &value))
    }

    /// A whole array beside scalars that may switch it off.
    pub(super) fn whole(&mut self, id: Id, scalars: &[(Id, f64)]) -> Value {
        let store = self.store;
        let value = self.part(id);
        let switches = scalars.iter().filter(|&&(scalar, _)| switches_off(store, scalar, id));
        switches.fold(value, |value, &(scalar, _)| self.part(scalar).zero_or("0", &value))
    }

    /// The inner product with a column that another switches off element by element.
    pub(super) fn switched(&mut self, chain: &[(Id, i32)]) -> Option<Value> {
        let &[(row, 1), (column, 1)] = chain else { return None };
        let Node::Transpose(switch) = *self.store.node(row) else { return None };
        if !(self.store.ty(column).is_column() && switches_off(self.store, switch, column)) {
            return None;
        }
        let (switch, column) = (self.part(switch), self.part(column));
        Some(switch.matmul(&switch.zero_or("0", &column)))
    }

    /// What some factors are divided by: |x| below sign(x) leaves 0 where x is 0.
    pub(super) fn element_divisor(&mut self, divisor: Id, e: f64, factors: &[(Id, f64)]) -> Value {
        let (store, value) = (self.store, self.part(divisor));
        if let Node::Map(Map::Unary(Unary::Abs), x) = *store.node(divisor) {
            let sign = Node::Map(Map::Unary(Unary::Sign), x);
            if factors.iter().any(|&(factor, _)| *store.node(factor) == sign) {
                return raised(&value.zero_or("np.inf", &value), e);
            }
        }
        self.switched_divisor(raised(&value, e), store.is(divisor, Facts::POSITIVE), factors)
    }

    /// A divisor below steps and signs, which leave 0 where they are 0.
    pub(super) fn switched_divisor(
        &mut self,
        divisor: Value,
        positive: bool,
        factors: &[(Id, f64)],
    ) -> Value {
        let store = self.store;
        let switches = factors.iter().filter(|&&(factor, _)| !positive && is_flat(store, factor));
        switches.fold(divisor, |divisor, &(switch, _)| self.part(switch).zero_or("np.inf", &divisor))
    }
}

/// Whether it is a step or a sign, whose 0 makes 0 of whatever it is multiplied by.
fn is_flat(store: &Store, id: Id) -> bool {
    matches!(store.node(id), Node::Map(Map::Step | Map::Unary(Unary::Sign), _))
}

/// Whether the elements of a power are known to be finite numbers wherever the symbols' are.
fn is_finite(store: &Store, id: Id, e: f64) -> bool {
    let root = e.fract() == 0.0 || store.is(id, Facts::NONNEGATIVE);
    e >= 0.0
        && root
        && store.reachable(&[id]).into_iter().all(|part| is_finite_of_finite(store, store.node(part)))
}

fn is_finite_of_finite(store: &Store, node: &Node) -> bool {
    use Unary as U;
    let power = |&(id, e): &(Id, Real)| {
        e.get() >= 0.0 && (e.get().fract() == 0.0 || store.is(id, Facts::NONNEGATIVE))
    };
    match node {
        Node::Hadamard(factors) => factors.iter().all(power),
        Node::Product { scalars, chain } => scalars.iter().all(power) && chain.iter().all(|f| f.1 > 0),
        Node::Map(Map::Relu | Map::Step, _) => true,
        Node::Map(Map::Unary(f), _) => matches!(
            f,
            U::Abs
                | U::Sign
                | U::Exp
                | U::Sin
                | U::Cos
                | U::Sinh
                | U::Cosh
                | U::Tanh
                | U::Expit
                | U::Softplus
        ),
        Node::Function(Function::LogDet, _) | Node::Power(..) | Node::Apply(..) => false,
        Node::Sylvester(_) => false,
        _ => true,
    }
}
