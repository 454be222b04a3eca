//! Elementwise products in NumPy, with the conventions where a factor is 0.

use pyframe_graph::Unary;

use super::value::Value;
use super::{Numpy, raised};
use crate::node::{Id, Map, Node};
use crate::switches::switches_off;

impl Numpy<'_> {
    /// One of some factors: 0 where others switch it off.
    pub(super) fn element_factor(&mut self, factor: Id, e: f64, factors: &[(Id, f64)]) -> Value {
        let store = self.store;
        let value = raised(&self.part(factor), e);
        let switches = factors.iter().filter(|&&(other, _)| switches_off(store, other, factor));
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
        let Node::Map(Map::Unary(Unary::Abs), x) = *store.node(divisor) else { return raised(&value, e) };
        let sign = Node::Map(Map::Unary(Unary::Sign), x);
        let signed = factors.iter().any(|&(factor, _)| *store.node(factor) == sign);
        raised(&if signed { value.zero_or("np.inf", &value) } else { value }, e)
    }
}
