//! Linear algebra: kernels on copies in a row.

use pyframe_graph::{NodeId, Primitive};
use smallvec::SmallVec;

use super::super::kernel::{Kernel, Operand, Result};
use super::writer::{Places, Writer, row};
use crate::value::Value;

/// Whether a node is computed by a kernel of linear algebra.
pub(super) const fn is_kernel(primitive: Primitive) -> bool {
    use Primitive as P;
    matches!(
        primitive,
        P::Factor(_)
            | P::Part(_)
            | P::Cholesky
            | P::Cofactor
            | P::CofactorFrechet
            | P::Expm
            | P::ExpmFrechet
            | P::OverGaps(_)
            | P::TriangularSolve
            | P::TriangularSolveTransposed
    )
}

impl Writer<'_> {
    /// The places of what a kernel makes; none for a factorisation, which is held.
    pub(super) fn kernel(&mut self, id: NodeId) -> Option<Places> {
        let graph = self.graph;
        let is_factor = |x: NodeId| matches!(graph.primitive(x), Primitive::Factor(_));
        let mut operands = SmallVec::new();
        for &x in graph.operands(id) {
            operands.push(if is_factor(x) {
                Operand::Held(*self.held.get(&x)?)
            } else {
                Operand::Row(self.start(x)?, graph.shape(x).into())
            });
        }
        let mut kernel = Kernel { node: id, operands, result: Result::Held(0) };
        match self.known(&kernel) {
            Some(Value::Array(array)) => return Some(self.constants(&array.to_vec::<f64>()?)),
            Some(factored) => {
                self.hold(id, Some(factored))?;
                return Some([].into());
            }
            None => {}
        }
        if is_factor(id) {
            kernel.result = Result::Held(self.hold(id, None)?);
            self.push_kernel(kernel)?;
            return Some([].into());
        }
        let places = self.made(graph.shape(id).iter().product())?;
        kernel.result = Result::Row(*places.first()?);
        self.push_kernel(kernel)?;
        Some(places)
    }

    /// Where the elements of a node, or copies of them, lie in a row.
    fn start(&mut self, id: NodeId) -> Option<u32> {
        let places = self.of(id);
        row(&places).or_else(|| row(&self.gathered(&places)?))
    }
}
