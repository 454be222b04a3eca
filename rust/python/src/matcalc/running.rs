//! Expressions as programs.

use pyframe_autodiff::batch;
use pyframe_graph::{DType, Graph, GraphError, NodeId, Sliced, Type};
use pyframe_matcalc::derivative;
use pyframe_matcalc::{Contracting, Dim, Id, LowerError, Store, lower, lower_contractions};
use pyframe_tape::TapeError;
use pyo3::prelude::*;

use super::formula::Formula;
use super::guard;
use crate::errors;
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
            self.planned(&names, None, &sizes, single, |store, sizes, inputs, dtype, graph| {
                lower(store, &roots, sizes, inputs, dtype, graph)
            })
        })
    }

    /// A program that gives this expression, linear in the symbols of some names, for many of their
    /// values at once: these arguments and the result have an axis of that length in front.
    fn program_of_many(
        &self,
        names: Vec<String>,
        stacked: Vec<String>,
        many: usize,
        sizes: Vec<(String, usize)>,
        single: bool,
    ) -> PyResult<Trace> {
        guard("Formula.program_of_many", || {
            let stacked = Some((stacked.as_slice(), many));
            self.planned(&names, stacked, &sizes, single, |store, sizes, inputs, dtype, graph| {
                lower(store, &[self.id], sizes, inputs, dtype, graph)
            })
        })
    }

    /// A program that gives sums of contractions, those of one output together: an array with an
    /// axis for every label of the output that some factor has.
    fn contracted(
        &self,
        sums: Vec<Vec<Contraction<'_>>>,
        names: Vec<String>,
        sizes: Vec<(String, usize)>,
        single: bool,
    ) -> PyResult<Trace> {
        guard("Formula.contracted", || {
            let taken = |(coefficient, factors, output): Contraction<'_>| {
                let factors = factors.into_iter().map(|(own, labels)| Ok((self.take_in(&own)?, labels)));
                Ok(derivative::Contraction {
                    coefficient,
                    factors: factors.collect::<PyResult<_>>()?,
                    output,
                })
            };
            let sums = sums.into_iter().map(|sum| sum.into_iter().map(taken).collect::<PyResult<Vec<_>>>());
            let sums = sums.collect::<PyResult<Vec<_>>>()?;
            self.planned(&names, None, &sizes, single, |store, sizes, inputs, dtype, graph| {
                lower_contractions(store, &sums, sizes, inputs, dtype, graph)
            })
        })
    }
}

/// A coefficient, factors with a label for each axis, and the labels of the result.
type Contraction<'py> = (f64, Vec<(PyRef<'py, Formula>, String)>, String);

impl Formula {
    /// The program of a graph whose arguments are the symbols of these names, in this order, of
    /// which some may be stacks of many values.
    fn planned(
        &self,
        names: &[String],
        stacked: Option<(&[String], usize)>,
        sizes: &[(String, usize)],
        single: bool,
        lower: impl Fn(
            &Store,
            &dyn Fn(&str) -> Option<usize>,
            &[(Id, NodeId)],
            DType,
            &mut Graph,
        ) -> Result<Vec<NodeId>, LowerError>,
    ) -> PyResult<Trace> {
        let store = self.open();
        let size = |name: &str| sizes.iter().find(|(own, _)| own == name).map(|(_, length)| *length);
        let dtype = if single { DType::Float32 } else { DType::Float64 };
        let mut graph = Graph::new();
        let (mut inputs, mut stacks) = (Vec::with_capacity(names.len()), Vec::new());
        for name in names {
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
            let node = match stacked {
                Some((stacked, many)) if stacked.contains(name) => {
                    let (stack, one) =
                        stack(&mut graph, dtype, &shape, many).map_err(|e| failed(e.into()))?;
                    stacks.push((one, stack));
                    one
                }
                _ => graph.input(Type::new(dtype, &shape)).map_err(|error| failed(error.into()))?,
            };
            inputs.push((id, node));
        }
        let mut found = lower(&store, &size, &inputs, dtype, &mut graph).map_err(failed)?;
        if let Some((_, many)) = stacked {
            let wide = batch(&mut graph, &stacks, &found).map_err(|error| refused(error.into()))?;
            for (one, wide) in found.iter_mut().zip(wide) {
                let shape: Vec<usize> = std::iter::once(many).chain(graph.shape(*one).to_vec()).collect();
                let stretched = || graph.broadcast(*one, &shape).map_err(|error| failed(error.into()));
                *one = wide.map_or_else(stretched, Ok)?;
            }
        }
        graph.set_outputs(&found);
        let simple = graph.simplified().map_err(|error| failed(error.into()))?;
        Trace::plan(&simple, simple.outputs(), Vec::new()).map_err(refused)
    }
}

/// An argument that is a stack of many values, and the first of them.
fn stack(
    graph: &mut Graph,
    dtype: DType,
    shape: &[usize],
    many: usize,
) -> Result<(NodeId, NodeId), GraphError> {
    let with_axis = |length: usize| -> Vec<usize> { std::iter::once(length).chain(shape.to_vec()).collect() };
    let stack = graph.input(Type::new(dtype, &with_axis(many)))?;
    let whole = vec![Sliced { start: 0, step: 1 }; shape.len() + 1];
    let first = graph.slice(stack, &whole, &with_axis(1))?;
    Ok((stack, graph.reshape(first, shape)?))
}

/// A program that multiplies arrays of these shapes, with a label for each axis, and sums over the
/// labels that are not in the output.
#[pyfunction]
pub fn contraction(factors: Vec<(Vec<usize>, String)>, output: &str, single: bool) -> PyResult<Trace> {
    guard("contraction", || {
        let dtype = if single { DType::Float32 } else { DType::Float64 };
        let mut graph = Graph::new();
        let failed = |error: GraphError| refused(TapeError::from(error));
        let inputs = factors.iter().map(|(shape, labels)| {
            let node = graph.input(Type::new(dtype, shape)).map_err(failed)?;
            Ok((node, labels.as_str()))
        });
        let inputs = inputs.collect::<PyResult<_>>()?;
        let found = Contracting::new(&mut graph, dtype).sum(&[(1.0, inputs)], output).map_err(failed)?;
        graph.set_outputs(&[found]);
        Trace::plan(&graph, &[found], Vec::new()).map_err(refused)
    })
}
