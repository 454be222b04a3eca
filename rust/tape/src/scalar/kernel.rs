//! Kernels of linear algebra between the operations of code.
//!
//! They take and give whole arrays, and a factorisation is kept beside the table of numbers.

use pyframe_graph::{Array, Graph, NodeId, Shape};
use smallvec::SmallVec;

use crate::evaluate::{NoHost, evaluate};
use crate::value::Value;

/// An operand of a kernel.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// Numbers in a row from a place on, as an array of this shape.
    Row(u32, Shape),
    /// The factorisation with this number.
    Held(u32),
}

/// Where a result goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Result {
    /// Numbers, from a place on.
    Row(u32),
    /// The factorisation with this number.
    Held(u32),
}

/// A node that is computed as a whole.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    pub node: NodeId,
    pub operands: SmallVec<[Operand; 2]>,
    pub result: Result,
}

/// The kernels of some code, and the graph that has their nodes.
#[derive(Debug, Default)]
pub(super) struct Kernels {
    pub graph: Option<Graph>,
    pub all: Vec<Kernel>,
    /// The factorisations, those of constants at least.
    pub held: Vec<Option<Value>>,
}

impl Kernels {
    /// Compute one; nothing when it fails.
    pub fn compute(&self, which: u32, values: &mut [f64], held: &mut [Option<Value>]) -> Option<()> {
        let kernel = &self.all[which as usize];
        let made = value(self.graph.as_ref()?, kernel, values, held)?;
        match (kernel.result, made) {
            (Result::Held(place), made) => held[place as usize] = Some(made),
            (Result::Row(start), Value::Array(array)) => {
                let numbers = array.numbers::<f64>()?;
                let room = &mut values[start as usize..][..array.len()];
                room.iter_mut().zip(array.places()).for_each(|(value, place)| *value = numbers[place]);
            }
            (Result::Row(_), Value::Factored(_)) => return None,
        }
        Some(())
    }
}

/// What a kernel makes of these numbers and factorisations.
pub(super) fn value(graph: &Graph, kernel: &Kernel, values: &[f64], held: &[Option<Value>]) -> Option<Value> {
    let array = |operand: &Operand| match operand {
        Operand::Row(start, shape) => {
            let count: usize = shape.iter().product();
            let numbers = values[*start as usize..][..count].to_vec();
            Array::new(numbers, shape.clone()).ok().map(Value::Array)
        }
        Operand::Held(place) => held[*place as usize].clone(),
    };
    let operands: SmallVec<[Value; 2]> = kernel.operands.iter().map(array).collect::<Option<_>>()?;
    let borrowed: SmallVec<[&Value; 2]> = operands.iter().collect();
    evaluate(graph, kernel.node, &borrowed, &NoHost).ok()
}
