//! The value of one node, and of all nodes that some outputs need.

use pyframe_graph::{Array, Attribute, Graph, NodeId, Primitive, Type};
use smallvec::SmallVec;

use crate::dense;
use crate::error::TapeError;
use crate::kernels::{contract, elementwise, linear_algebra, movement, reduce};
use crate::value::Value;

/// Who computes functions from outside.
pub trait Host {
    /// One result of a function, which must have this type.
    fn call(&self, function: u64, result: u32, operands: &[Array], ty: &Type) -> Result<Array, TapeError>;
}

/// No function from outside can be computed.
#[derive(Clone, Copy, Debug)]
pub struct NoHost;

impl Host for NoHost {
    fn call(&self, _: u64, _: u32, _: &[Array], _: &Type) -> Result<Array, TapeError> {
        Err(TapeError::Internal("a function from outside without a host"))
    }
}

/// The value of a node, given those of its operands.
pub fn evaluate(graph: &Graph, id: NodeId, operands: &[&Value], host: &dyn Host) -> Result<Value, TapeError> {
    use Primitive as P;
    let ty = graph.ty(id);
    let shape = ty.shape.as_slice();
    let wrong = TapeError::Internal("a factorisation where an array is wanted");
    if let (P::Part(part), [Value::Factored(factored), rest @ ..]) = (graph.primitive(id), operands) {
        let rest: SmallVec<[&Array; 2]> = rest.iter().filter_map(|v| v.array()).collect();
        return linear_algebra::part(part, factored, &rest, shape).map(Value::Array);
    }
    let arrays: SmallVec<[&Array; 4]> = operands.iter().filter_map(|v| v.array()).collect();
    if arrays.len() != operands.len() {
        return Err(wrong);
    }
    let made = match (graph.primitive(id), arrays.as_slice(), graph.attribute(id)) {
        (P::Constant, ..) => {
            graph.constant_value(id).ok_or(TapeError::Internal("a constant without value"))?
        }
        (P::Unary(f), &[x], _) => elementwise::unary(f, x)?,
        (P::Order(f), &[x], Attribute::Integer(n)) => elementwise::order(f, *n as u32, x)?,
        (P::Binary(f), &[a, b], _) => elementwise::binary(f, a, b, shape)?,
        (P::Compare(f), &[a, b], _) => elementwise::compare(f, a, b, shape)?,
        (P::Logical(f), &[a, b], _) => elementwise::logical(f, a, b, shape)?,
        (P::Test(f), &[x], _) => elementwise::test(f, x)?,
        (P::Select, &[c, a, b], _) => elementwise::select(c, a, b, shape)?,
        (P::Convert, &[x], _) => elementwise::convert(x, ty.dtype)?,
        (P::Reduce(f), &[x], Attribute::Axes(axes)) => reduce::reduce(f, x, axes, shape)?,
        (P::Cumsum, &[x], Attribute::Axis(axis)) => reduce::cumsum(x, *axis, false)?,
        (P::CumsumReverse, &[x], Attribute::Axis(axis)) => reduce::cumsum(x, *axis, true)?,
        (P::Reshape, &[x], _) => movement::reshape(x, shape)?,
        (P::Transpose, &[x], Attribute::Axes(axes)) => movement::transpose(x, axes)?,
        (P::Broadcast, &[x], _) => movement::broadcast(x, shape)?,
        (P::Slice, &[x], Attribute::Slices(slices)) => movement::slice(x, slices, shape)?,
        (P::Unslice, &[x], Attribute::Slices(slices)) => movement::unslice(x, slices, shape)?,
        (P::Concatenate, parts, Attribute::Axis(axis)) => movement::concatenate(parts, *axis, shape)?,
        (P::Element, &[x], _) => movement::element(x, graph.place(id))?,
        (P::Stack, rows, _) => movement::stack(rows, shape)?,
        (P::Gather, &[x, places], Attribute::Axis(axis)) => movement::gather(x, places, *axis, shape)?,
        (P::ScatterAdd, &[x, places], Attribute::Axis(axis)) => {
            movement::scatter_add(x, places, *axis, shape)?
        }
        (P::Put, &[x, places, values], _) => movement::put(x, places, values)?,
        (P::Argsort, &[x], Attribute::Axis(axis)) => movement::argsort(x, *axis)?,
        (P::Contract, &[a, b], Attribute::Contraction(labels)) => {
            let symmetric = contract::is_symmetric(graph, id, labels);
            contract::contract(a, b, labels, shape, symmetric)?
        }
        (P::StrongContract, &[a, b], Attribute::Contraction(labels)) => {
            contract::strong_contract(a, b, labels, shape)?
        }
        (P::Factor(f), &[x], _) => return linear_algebra::factor(f, x).map(Value::Factored),
        (P::Cholesky, &[x], _) => linear_algebra::each(x, shape, dense::cholesky, dense::cholesky)?,
        (P::Cofactor, &[x], _) => linear_algebra::each(x, shape, dense::cofactor, dense::cofactor)?,
        (P::Expm, &[x], _) => linear_algebra::each(x, shape, dense::expm, dense::expm)?,
        (P::CofactorFrechet, operands, _) => linear_algebra::cofactor_frechet(operands, shape)?,
        (P::ExpmFrechet, &[a, e], _) => linear_algebra::expm_frechet(a, e, shape)?,
        (P::OverGaps(gap), &[e, w], attribute) => {
            let columns = if let Attribute::Axes(columns) = attribute { columns.as_slice() } else { &[] };
            linear_algebra::over_gaps(gap, e, w, columns, shape)?
        }
        (P::TriangularSolve, &[l, b], _) => linear_algebra::triangular_solve(l, b, false, shape)?,
        (P::TriangularSolveTransposed, &[l, b], _) => linear_algebra::triangular_solve(l, b, true, shape)?,
        (P::Foreign, _, &Attribute::Foreign { function, result }) => {
            let operands: Vec<Array> = arrays.iter().map(|&x| x.clone()).collect();
            let made = host.call(function, result, &operands, ty)?;
            if Type::of(&made) != *ty {
                return Err(TapeError::Internal("a function from outside gave another type"));
            }
            made
        }
        _ => return Err(TapeError::Internal("a node that cannot be computed")),
    };
    Ok(Value::Array(made))
}

/// Run a graph: the values of its outputs, given those of its inputs.
pub fn run(graph: &Graph, inputs: &[Array], host: &dyn Host) -> Result<Vec<Array>, TapeError> {
    let needed = graph.needed_for(graph.outputs());
    let mut values: Vec<Option<Value>> = vec![None; graph.len()];
    for (id, array) in graph.inputs().iter().zip(inputs) {
        values[id.index()] = Some(Value::Array(array.clone()));
    }
    for id in graph.ids() {
        if needed[id.index()] && values[id.index()].is_none() {
            let value = {
                let operands: SmallVec<[&Value; 4]> =
                    graph.operands(id).iter().filter_map(|x| values[x.index()].as_ref()).collect();
                evaluate(graph, id, &operands, host)?
            };
            values[id.index()] = Some(value);
        }
    }
    let take = |id: &NodeId| match &values[id.index()] {
        Some(Value::Array(array)) => Ok(array.clone()),
        _ => Err(TapeError::Internal("an output without value")),
    };
    graph.outputs().iter().map(take).collect()
}
