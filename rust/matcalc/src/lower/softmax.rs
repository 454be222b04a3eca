//! Powers of e over their sum.

use pyframe_graph::{Binary, Compare, NodeId, Reduction, Unary};

use super::{Lowered, Lowering};

impl Lowering<'_> {
    /// Powers of e over their sum along some axes, which is 1 also where their logarithms are large;
    /// 0 where all exponents are -inf.
    pub(super) fn softmax(&mut self, x: NodeId, axes: &[usize]) -> Lowered {
        if self.graph.shape(x).contains(&0) {
            return Ok(x);
        }
        let (zero, least) = (self.number(0.0)?, self.number(f64::NEG_INFINITY)?);
        let largest = self.kept(Reduction::Max, x, axes)?;
        let nothing = self.graph.compare(Compare::Equal, largest, least)?;
        let largest = self.graph.select(nothing, zero, largest)?;
        let exponents = self.binary(Binary::Sub, x, largest)?;
        let powers = self.graph.unary(Unary::Exp, exponents)?;
        let total = self.kept(Reduction::Sum, powers, axes)?;
        let one = self.number(1.0)?;
        let total = self.graph.select(nothing, one, total)?;
        self.binary(Binary::Div, powers, total)
    }

    /// A reduction with axes of length one in place of those that it is taken over.
    fn kept(&mut self, f: Reduction, x: NodeId, axes: &[usize]) -> Lowered {
        let whole = self.graph.shape(x).to_vec();
        let reduced = self.graph.reduce(f, x, axes)?;
        if axes.len() == whole.len() {
            return Ok(reduced);
        }
        let shape: Vec<usize> =
            whole.iter().enumerate().map(|(k, &n)| if axes.contains(&k) { 1 } else { n }).collect();
        Ok(self.graph.reshape(reduced, &shape)?)
    }
}
