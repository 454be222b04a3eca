//! Products that are 0 where one factor is, whatever the other (convention K5).

use pyframe_graph::{Binary, NodeId, Reduction};

use super::{LowerError, Lowering};
use crate::node::{Id, Node, Real};
use crate::switches::switches_off;

impl Lowering<'_> {
    /// A chain of which a scalar switches a factor off, or one column another.
    pub(super) fn switched(
        &mut self,
        scalars: &[(Id, Real)],
        chain: &[(Id, i32)],
    ) -> Result<Option<NodeId>, LowerError> {
        let store = self.store;
        match *chain {
            [(only, 1)] => {
                let by_scalar = |&(scalar, e): &(Id, Real)| {
                    let off = |id| switches_off(store, scalar, id);
                    e.get() > 0.0
                        && match store.node(only) {
                            Node::Hadamard(factors) => factors.iter().any(|factor| off(factor.0)),
                            _ => off(only),
                        }
                };
                scalars.iter().any(by_scalar).then(|| self.value(only)).transpose()
            }
            [(row, 1), (column, 1)] => {
                let Node::Transpose(switch) = *store.node(row) else { return Ok(None) };
                if !(store.ty(column).is_column() && switches_off(store, switch, column)) {
                    return Ok(None);
                }
                let (switch, column) = (self.value(switch)?, self.value(column)?);
                let product = self.binary(Binary::Strong, switch, column)?;
                self.reduced(Reduction::Sum, product).map(Some)
            }
            _ => Ok(None),
        }
    }
}
