//! Division by norms: the derivative of a norm at 0 is 0.

use pyframe_graph::{Binary, Compare, NodeId, Unary};

use super::divisors::REPEATED;
use super::{Lowered, Lowering};
use crate::node::{Id, Map, Node};
use crate::store::Store;

/// A norm that divides as often as is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Over {
    pub(super) norm: NodeId,
    pub(super) left: f64,
}

impl Over {
    /// The norm, if a base to some power is to be divided by it, whose power is as much lower then.
    pub(super) fn take(&mut self, store: &Store, base: Id, e: f64) -> Option<NodeId> {
        let flat = matches!(store.node(base), Node::Map(Map::Step | Map::Unary(Unary::Sign), _));
        let takes = e > 0.0 && e <= self.left && !flat;
        takes.then(|| {
            self.left -= e;
            self.norm
        })
    }
}

impl Lowering<'_> {
    /// What divides beside a norm: the derivative of a norm at 0 is 0 (convention K4), whatever the
    /// other factors are there.
    pub(super) fn infinite_where(&mut self, norm: NodeId, below: NodeId) -> Lowered {
        let (zero, infinity) = (self.number(0.0)?, self.number(f64::INFINITY)?);
        let nothing = self.graph.compare(Compare::Equal, norm, zero)?;
        Ok(self.graph.select(nothing, infinity, below)?)
    }

    /// x over a norm to some power, one after another.
    pub(super) fn over_norm(&mut self, x: NodeId, norm: NodeId, power: f64) -> Lowered {
        let norm = self.infinite_where(norm, norm)?;
        if power.fract() != 0.0 || power > REPEATED {
            let norm = self.powered(norm, power)?;
            return self.binary(Binary::Div, x, norm);
        }
        (0..power as u32).try_fold(x, |x, _| self.binary(Binary::Div, x, norm))
    }
}
