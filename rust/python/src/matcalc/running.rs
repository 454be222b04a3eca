//! Expressions as programs.

use pyframe_graph::{DType, Graph, NodeId, Type};
use pyframe_matcalc::{Dim, LowerError, lower};
use pyframe_tape::TapeError;
use pyo3::prelude::*;

use super::formula::Formula;
use crate::errors::{self, guard};
use crate::recording::{Trace, refused};

fn failed(error: LowerError) -> PyErr {
    match error {
        LowerError::Graph(error) => refused(TapeError::from(error)),
        LowerError::UnknownSize(_) => errors::shape(error.to_string()),
        LowerError::Unbound(_) | LowerError::Differential(_) => errors::parameter(error.to_string()),
    }
}

#[pymethods]
impl Formula {
    /// A program that gives this expression and others of the same names, sharing their work;
    /// its arguments are the symbols of these names, in this order.
    fn program(
        &self,
        others: Vec<PyRef<'_, Self>>,
        names: Vec<String>,
        sizes: Vec<(String, usize)>,
        single: bool,
    ) -> PyResult<Trace> {
        guard("Formula.program", || {
            let mut roots = vec![self.id];
            for other in &others {
                roots.push(self.take_in(other)?);
            }
            let store = self.open();
            let size = |name: &str| sizes.iter().find(|(own, _)| own == name).map(|(_, length)| *length);
            let dtype = if single { DType::Float32 } else { DType::Float64 };
            let mut graph = Graph::new();
            let mut inputs: Vec<(pyframe_matcalc::Id, NodeId)> = Vec::with_capacity(names.len());
            for name in &names {
                let found = store.symbols().find(|(own, _)| *own.name == **name);
                let Some((own, id)) = found else {
                    return Err(errors::parameter(format!("there is no symbol {name}")));
                };
                let dims = [own.ty.rows, own.ty.columns];
                let long = dims.into_iter().filter(|&dim| dim != Dim::ONE);
                let lengths = long.map(|dim| {
                    let unknown = || failed(LowerError::UnknownSize(store.sizes.text(dim)));
                    store.sizes.evaluate(dim, &size).ok_or_else(unknown)
                });
                let shape = lengths.collect::<PyResult<Vec<usize>>>()?;
                let node = graph.input(Type::new(dtype, &shape)).map_err(|error| failed(error.into()))?;
                inputs.push((id, node));
            }
            let found = lower(&store, &roots, &size, &inputs, dtype, &mut graph).map_err(failed)?;
            graph.set_outputs(&found);
            let simple = graph.simplified().map_err(|error| failed(error.into()))?;
            Trace::plan(&simple, simple.outputs(), Vec::new()).map_err(refused)
        })
    }
}
