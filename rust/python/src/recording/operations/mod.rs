//! The operations that pyframe's Python side builds on: one a family of primitives.

mod arrays;
mod elementwise;
mod linear_algebra;
mod looking;

use pyframe_graph::{DType, Graph, GraphError, NodeId};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyFloat, PyInt, PyList, PyTuple};
use smallvec::SmallVec;

pub use self::elementwise::{binary, compare, logical, select, test, unary};
pub use self::looking::is_traced;
use super::array::ArrayTracer;
use super::foreign;
use super::promote::{Operand, as_kind, common};
use super::scalar;
use super::sparsity::{colour_columns, colour_star};
use super::wrap::{home, operand, operands, record};
use crate::errors;
use crate::numbers::describe;

pub type Answer<'py> = PyResult<Bound<'py, PyAny>>;

/// Whether an operator may take the object; strings, None and the like are others' business.
pub fn is_operand(object: &Bound<'_, PyAny>) -> bool {
    object.cast::<ArrayTracer>().is_ok()
        || scalar::read(object).is_some()
        || object.cast::<numpy::PyUntypedArray>().is_ok()
        || object.is_instance_of::<PyFloat>()
        || object.is_instance_of::<PyInt>()
        || object.is_instance_of::<PyList>()
        || object.is_instance_of::<PyTuple>()
        || (object.hasattr("dtype").unwrap_or(false) && !object.is_instance_of::<PyComplex>())
}

/// What an operator answers to an object that is no operand: Python asks the object, unless it is
/// of a kind that knows nothing of traced values.
pub fn no_operand<'py>(object: &Bound<'py, PyAny>) -> Answer<'py> {
    let py = object.py();
    if object.get_type().module()?.to_str()? != "builtins" {
        return Ok(py.NotImplemented().into_bound(py));
    }
    Err(errors::parameter_type(format!(
        "a traced value meets {}: real numbers and arrays are what it can be combined with",
        describe(object)
    )))
}

/// An elementwise function is one of floats: other numbers become float64 for it.
fn floating(graph: &mut Graph, x: NodeId) -> Result<NodeId, GraphError> {
    if graph.dtype(x).is_float() { Ok(x) } else { graph.convert(x, DType::Float64) }
}

fn unknown(name: &str, family: &str) -> PyErr {
    errors::parameter(format!("there is no {family} {name:?}"))
}

fn member<T: Copy>(all: &[T], name: &str, of: impl Fn(T) -> &'static str, family: &str) -> PyResult<T> {
    all.iter().copied().find(|&f| of(f) == name).ok_or_else(|| unknown(name, family))
}

/// An operation on one array.
pub fn on_one<'py>(
    x: &Bound<'py, PyAny>,
    add: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId, GraphError>,
) -> Answer<'py> {
    let (recording, [x]) = operands([x])?;
    record(&recording, |graph| add(graph, x.node))
}

/// An operation on two arrays of one kind.
pub fn on_two<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    add: impl FnOnce(&mut Graph, [NodeId; 2]) -> Result<NodeId, GraphError>,
) -> Answer<'py> {
    let (recording, both) = operands([a, b])?;
    record(&recording, |graph| {
        let kind = common(graph, &both);
        let both = as_kind(graph, both, kind)?;
        add(graph, both)
    })
}

/// An operation on several arrays of one kind.
pub fn on_several<'py>(
    parts: &[Bound<'py, PyAny>],
    add: impl FnOnce(&mut Graph, &[NodeId]) -> Result<NodeId, GraphError>,
) -> Answer<'py> {
    let recording = home(&parts.iter().collect::<SmallVec<[_; 8]>>())?;
    let operands: SmallVec<[Operand; 8]> =
        parts.iter().map(|x| operand(&recording, x)).collect::<PyResult<_>>()?;
    record(&recording, |graph| {
        let kind = common(graph, &operands);
        let nodes: SmallVec<[NodeId; 8]> = operands
            .iter()
            .map(|&x| as_kind(graph, [x], kind).map(|[node]| node))
            .collect::<Result<_, _>>()?;
        add(graph, &nodes)
    })
}

/// Add functions to a module.
macro_rules! functions {
    ($module:ident: $($name:path),* $(,)?) => {
        $($module.add_function(pyo3::wrap_pyfunction!($name, $module)?)?;)*
    };
}
use functions;

/// The operations as a module's functions.
pub fn operations(module: &Bound<'_, PyModule>) -> PyResult<()> {
    elementwise::add_to(module)?;
    arrays::add_to(module)?;
    linear_algebra::add_to(module)?;
    looking::add_to(module)?;
    functions!(
        module: super::saving::pack,
        super::saving::unpack,
        foreign::foreign,
        foreign::set_foreign,
        foreign::forget_rule,
        foreign::declare_linear,
        colour_columns,
        colour_star,
    );
    Ok(())
}
