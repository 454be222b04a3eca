//! The operations that pyframe's Python side builds on: one a family of primitives.

use pyframe_graph::{
    Attribute, Binary, Compare, DType, Factor, Graph, GraphError, Labels, Logical, NodeId, Order, Part,
    Primitive, Reduction, Sliced, Test, Unary,
};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyFloat, PyInt, PyList, PyTuple};

use super::array::ArrayTracer;
use super::convert::dtype_named;
use super::foreign::{self, Outside};
use super::promote::{Operand, as_kind, common};
use super::recording::Recording;
use super::scalar;
use super::sparsity::{colour_columns, colour_star};
use super::wrap::{Traced, home, operand, traced, wrap};
use crate::errors::{self, guard};

pub type Answer<'py> = PyResult<Bound<'py, PyAny>>;

/// Whether an operator may take the object; strings, None and the like are others' business.
pub fn is_operand(object: &Bound<'_, PyAny>) -> bool {
    object.cast::<ArrayTracer>().is_ok()
        || scalar::read(object).is_some()
        || object.cast::<numpy::PyUntypedArray>().is_ok()
        || object.is_instance_of::<PyFloat>()
        || object.is_instance_of::<PyInt>()
        || object.is_instance_of::<PyList>()
        || (object.hasattr("dtype").unwrap_or(false) && !object.is_instance_of::<PyComplex>())
}

/// Add nodes and wrap the last.
fn record<'py>(
    recording: &Bound<'py, Recording>,
    add: impl FnOnce(&mut Graph) -> Result<NodeId, GraphError>,
) -> Answer<'py> {
    let node = recording.get().with(|tape| tape.record(&Outside, |graph| Ok(add(graph)?)))?;
    wrap(recording, node, false)
}

/// An elementwise function is one of floats: other numbers become float64 for it.
fn floating(graph: &mut Graph, x: Operand) -> Result<NodeId, GraphError> {
    if graph.dtype(x.node).is_float() { Ok(x.node) } else { graph.convert(x.node, DType::Float64) }
}

const fn keeps_integers(f: Unary) -> bool {
    matches!(
        f,
        Unary::Copy
            | Unary::Neg
            | Unary::Abs
            | Unary::Sign
            | Unary::Square
            | Unary::Reciprocal
            | Unary::Floor
            | Unary::Ceil
            | Unary::Trunc
    )
}

/// A function of each element.
pub fn unary<'py>(f: Unary, x: &Bound<'py, PyAny>) -> Answer<'py> {
    if let Some(done) = scalar::unary_fast(f, x) {
        return done;
    }
    let recording = home(&[x])?;
    let x = operand(&recording, x)?;
    if dtype_of(&recording, x)? == DType::Bool && matches!(f, Unary::Copy | Unary::Neg | Unary::Sign) {
        let hint = if f == Unary::Neg { "; ~ negates them" } else { "" };
        return Err(errors::dtype(format!("numpy has no {} of truth values{hint}", f.name())));
    }
    record(&recording, |graph| {
        let node = match graph.dtype(x.node) {
            // Truth values are whole and not negative.
            DType::Bool if matches!(f, Unary::Abs | Unary::Floor | Unary::Ceil | Unary::Trunc) => {
                return graph.logical(Logical::Or, x.node, x.node);
            }
            DType::Bool if matches!(f, Unary::Square | Unary::Reciprocal) => {
                return graph.convert(x.node, DType::Int64);
            }
            DType::Int64 if keeps_integers(f) => x.node,
            _ => floating(graph, x)?,
        };
        graph.unary(f, node)
    })
}

fn dtype_of(recording: &Bound<'_, Recording>, x: Operand) -> PyResult<DType> {
    recording.get().with(|tape| Ok(tape.graph().dtype(x.node)))
}

/// What a function of two numbers is for truth values.
const fn of_truth_values(f: Binary) -> Option<Logical> {
    match f {
        Binary::Add | Binary::Maximum | Binary::Fmax => Some(Logical::Or),
        Binary::Mul | Binary::Minimum | Binary::Fmin => Some(Logical::And),
        _ => None,
    }
}

/// Whether a function of two integers is one.
const fn makes_integers(f: Binary) -> bool {
    matches!(
        f,
        Binary::Add
            | Binary::Sub
            | Binary::Mul
            | Binary::Pow
            | Binary::Maximum
            | Binary::Minimum
            | Binary::Fmax
            | Binary::Fmin
            | Binary::FloorDivide
            | Binary::Remainder
            | Binary::Fmod
    )
}

/// Refuse integer powers with negative exponents; a replay checks that there is none.
fn check_exponents(recording: &Bound<'_, Recording>, exponents: Operand) -> PyResult<()> {
    let negative = recording.get().with(|tape| {
        let found = tape.record(&Outside, |graph| {
            let exponents = graph.convert(exponents.node, DType::Int64)?;
            let zero = graph.number(DType::Int64, 0.0)?;
            let below = graph.compare(Compare::Less, exponents, zero)?;
            let axes: Vec<usize> = (0..graph.shape(below).len()).collect();
            Ok(graph.reduce(Reduction::Any, below, &axes)?)
        })?;
        let array = tape.array(found)?;
        let negative = array.as_slice::<bool>().is_some_and(|found| found.contains(&true));
        tape.guard(|_| pyframe_tape::Guard::Concrete(found, array));
        Ok(negative)
    })?;
    if negative {
        return Err(errors::parameter("integers to negative integer powers are not allowed: use floats"));
    }
    Ok(())
}

/// A function of pairs of elements.
pub fn binary<'py>(f: Primitive, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    let recording = home(&[a, b])?;
    let operands = [operand(&recording, a)?, operand(&recording, b)?];
    let Primitive::Binary(f) = f else { return Err(errors::internal("not a binary function")) };
    let kind = recording.get().with(|tape| Ok(common(tape.graph(), &operands)))?;
    if kind == DType::Bool && f == Binary::Sub {
        return Err(errors::dtype("numpy has no difference of truth values; ^ is their exclusive or"));
    }
    if f == Binary::Pow && !kind.is_float() {
        check_exponents(&recording, operands[1])?;
    }
    record(&recording, |graph| {
        if let (DType::Bool, Some(f)) = (kind, of_truth_values(f)) {
            return graph.logical(f, operands[0].node, operands[1].node);
        }
        let kind = match kind {
            DType::Bool | DType::Int64 if makes_integers(f) => DType::Int64,
            DType::Bool | DType::Int64 => DType::Float64,
            float => float,
        };
        let [a, b] = as_kind(graph, operands, kind)?;
        // x^2 is a product, as NumPy has it: no logarithm.
        if f == Binary::Pow && graph.is_constantly(b, 2.0) && graph.shape(b).is_empty() {
            return graph.unary(Unary::Square, a);
        }
        graph.binary(f, a, b)
    })
}

/// A comparison of pairs of elements.
pub fn compare<'py>(f: Compare, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    let recording = home(&[a, b])?;
    let operands = [operand(&recording, a)?, operand(&recording, b)?];
    record(&recording, |graph| {
        let kind = common(graph, &operands);
        let [a, b] = as_kind(graph, operands, kind)?;
        graph.compare(f, a, b)
    })
}

fn unknown(name: &str, family: &str) -> PyErr {
    errors::parameter(format!("there is no {family} {name:?}"))
}

fn member<T: Copy>(all: &[T], name: &str, of: impl Fn(T) -> &'static str, family: &str) -> PyResult<T> {
    all.iter().copied().find(|&f| of(f) == name).ok_or_else(|| unknown(name, family))
}

#[pyfunction]
#[pyo3(name = "unary")]
fn py_unary<'py>(name: &str, x: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("unary", || unary(member(Unary::ALL, name, Unary::name, "function")?, x))
}

#[pyfunction]
fn order<'py>(name: &str, n: u32, x: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("order", || {
        let f = member(Order::ALL, name, Order::name, "function")?;
        let recording = home(&[x])?;
        let x = operand(&recording, x)?;
        record(&recording, |graph| {
            let x = floating(graph, x)?;
            graph.order(f, n, x)
        })
    })
}

#[pyfunction]
#[pyo3(name = "binary")]
fn py_binary<'py>(name: &str, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("binary", || binary(Primitive::Binary(member(Binary::ALL, name, Binary::name, "function")?), a, b))
}

#[pyfunction]
#[pyo3(name = "compare")]
fn py_compare<'py>(name: &str, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("compare", || compare(member(Compare::ALL, name, Compare::name, "comparison")?, a, b))
}

/// As truth values: not zero.
fn truthful(graph: &mut Graph, x: NodeId) -> Result<NodeId, GraphError> {
    if graph.dtype(x) == DType::Bool {
        return Ok(x);
    }
    let zero = graph.number(graph.dtype(x), 0.0)?;
    graph.compare(Compare::NotEqual, x, zero)
}

/// A function of pairs of truth values.
pub fn logical<'py>(f: Logical, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    let recording = home(&[a, b])?;
    let (a, b) = (operand(&recording, a)?, operand(&recording, b)?);
    record(&recording, |graph| {
        let (a, b) = (truthful(graph, a.node)?, truthful(graph, b.node)?);
        graph.logical(f, a, b)
    })
}

#[pyfunction]
#[pyo3(name = "logical")]
fn py_logical<'py>(name: &str, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("logical", || logical(member(Logical::ALL, name, Logical::name, "function")?, a, b))
}

/// A question about each element.
pub fn test<'py>(f: Test, x: &Bound<'py, PyAny>) -> Answer<'py> {
    let recording = home(&[x])?;
    let x = operand(&recording, x)?;
    record(&recording, |graph| {
        let x = if f == Test::Not { truthful(graph, x.node)? } else { floating(graph, x)? };
        graph.test(f, x)
    })
}

#[pyfunction]
#[pyo3(name = "test")]
fn py_test<'py>(name: &str, x: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("test", || test(member(Test::ALL, name, Test::name, "question")?, x))
}

/// Elements of `a` where the condition holds, of `b` elsewhere.
pub fn select<'py>(
    condition: &Bound<'py, PyAny>,
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
) -> Answer<'py> {
    let recording = home(&[condition, a, b])?;
    let condition = operand(&recording, condition)?;
    let operands = [operand(&recording, a)?, operand(&recording, b)?];
    record(&recording, |graph| {
        let condition = truthful(graph, condition.node)?;
        let kind = common(graph, &operands);
        let [a, b] = as_kind(graph, operands, kind)?;
        graph.select(condition, a, b)
    })
}

#[pyfunction]
#[pyo3(name = "select")]
fn py_select<'py>(
    condition: &Bound<'py, PyAny>,
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
) -> Answer<'py> {
    guard("select", || select(condition, a, b))
}

/// An operation on one array.
pub fn on_one<'py>(
    entry: &'static str,
    x: &Bound<'py, PyAny>,
    add: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId, GraphError>,
) -> Answer<'py> {
    guard(entry, || {
        let recording = home(&[x])?;
        let x = operand(&recording, x)?;
        record(&recording, |graph| add(graph, x.node))
    })
}

#[pyfunction]
fn convert<'py>(x: &Bound<'py, PyAny>, dtype: &str) -> Answer<'py> {
    let dtype = dtype_named(dtype)?;
    on_one("convert", x, |graph, x| graph.convert(x, dtype))
}

#[pyfunction]
fn reduce<'py>(name: &str, x: &Bound<'py, PyAny>, axes: Vec<usize>) -> Answer<'py> {
    let f = member(Reduction::ALL, name, Reduction::name, "reduction")?;
    on_one("reduce", x, |graph, x| {
        let kind = graph.dtype(x);
        let x = match f {
            Reduction::Any | Reduction::All => truthful(graph, x)?,
            Reduction::Logsumexp | Reduction::Norm if !kind.is_float() => graph.convert(x, DType::Float64)?,
            _ if kind == DType::Bool => graph.convert(x, DType::Int64)?,
            _ => x,
        };
        if axes.is_empty() && f == Reduction::Sum { Ok(x) } else { graph.reduce(f, x, &axes) }
    })
}

#[pyfunction]
fn cumsum<'py>(x: &Bound<'py, PyAny>, axis: usize, reverse: bool) -> Answer<'py> {
    on_one("cumsum", x, |graph, x| {
        let x = if graph.dtype(x) == DType::Bool { graph.convert(x, DType::Int64)? } else { x };
        graph.cumsum(x, axis, reverse)
    })
}

#[pyfunction]
fn reshape<'py>(x: &Bound<'py, PyAny>, shape: Vec<usize>) -> Answer<'py> {
    on_one("reshape", x, |graph, x| graph.reshape(x, &shape))
}

#[pyfunction]
fn transpose<'py>(x: &Bound<'py, PyAny>, axes: Vec<usize>) -> Answer<'py> {
    on_one("transpose", x, |graph, x| graph.transpose(x, &axes))
}

#[pyfunction]
fn broadcast<'py>(x: &Bound<'py, PyAny>, shape: Vec<usize>) -> Answer<'py> {
    on_one("broadcast", x, |graph, x| graph.broadcast(x, &shape))
}

#[pyfunction]
fn slice<'py>(
    x: &Bound<'py, PyAny>,
    starts: Vec<usize>,
    steps: Vec<isize>,
    shape: Vec<usize>,
) -> Answer<'py> {
    let slices: Vec<Sliced> =
        starts.into_iter().zip(steps).map(|(start, step)| Sliced { start, step }).collect();
    on_one("slice", x, |graph, x| graph.slice(x, &slices, &shape))
}

#[pyfunction]
fn unslice<'py>(
    x: &Bound<'py, PyAny>,
    starts: Vec<usize>,
    steps: Vec<isize>,
    shape: Vec<usize>,
) -> Answer<'py> {
    let slices: Vec<Sliced> =
        starts.into_iter().zip(steps).map(|(start, step)| Sliced { start, step }).collect();
    on_one("unslice", x, |graph, x| graph.unslice(x, &slices, &shape))
}

#[pyfunction]
fn element<'py>(x: &Bound<'py, PyAny>, place: usize) -> Answer<'py> {
    on_one("element", x, |graph, x| graph.element(x, place))
}

#[pyfunction]
fn argsort<'py>(x: &Bound<'py, PyAny>, axis: usize) -> Answer<'py> {
    on_one("argsort", x, |graph, x| graph.argsort(x, axis))
}

/// An operation on several arrays of one kind.
pub fn on_several<'py>(
    entry: &'static str,
    parts: &[Bound<'py, PyAny>],
    add: impl FnOnce(&mut Graph, &[NodeId]) -> Result<NodeId, GraphError>,
) -> Answer<'py> {
    guard(entry, || {
        let recording = home(&parts.iter().collect::<Vec<_>>())?;
        let operands = parts.iter().map(|x| operand(&recording, x)).collect::<PyResult<Vec<_>>>()?;
        record(&recording, |graph| {
            let kind = common(graph, &operands);
            let nodes = operands
                .iter()
                .map(|&x| as_kind(graph, [x], kind).map(|[node]| node))
                .collect::<Result<Vec<_>, _>>()?;
            add(graph, &nodes)
        })
    })
}

#[pyfunction]
fn concatenate(parts: Vec<Bound<'_, PyAny>>, axis: usize) -> Answer<'_> {
    on_several("concatenate", &parts, |graph, parts| graph.concatenate(parts, axis))
}

#[pyfunction]
fn stack(rows: Vec<Bound<'_, PyAny>>) -> Answer<'_> {
    on_several("stack", &rows, pyframe_graph::Graph::stack)
}

#[pyfunction]
fn gather<'py>(x: &Bound<'py, PyAny>, places: &Bound<'py, PyAny>, axis: usize) -> Answer<'py> {
    guard("gather", || {
        let recording = home(&[x, places])?;
        let (x, places) = (operand(&recording, x)?, operand(&recording, places)?);
        record(&recording, |graph| graph.gather(x.node, places.node, axis))
    })
}

#[pyfunction]
fn scatter_add<'py>(
    x: &Bound<'py, PyAny>,
    places: &Bound<'py, PyAny>,
    axis: usize,
    shape: Vec<usize>,
) -> Answer<'py> {
    guard("scatter_add", || {
        let recording = home(&[x, places])?;
        let (x, places) = (operand(&recording, x)?, operand(&recording, places)?);
        record(&recording, |graph| graph.scatter_add(x.node, places.node, axis, &shape))
    })
}

#[pyfunction]
fn put<'py>(x: &Bound<'py, PyAny>, places: &Bound<'py, PyAny>, values: &Bound<'py, PyAny>) -> Answer<'py> {
    guard("put", || {
        let recording = home(&[x, places, values])?;
        let (x, places) = (operand(&recording, x)?, operand(&recording, places)?);
        let values = operand(&recording, values)?;
        record(&recording, |graph| {
            let values = graph.convert(values.node, graph.dtype(x.node))?;
            graph.put(x.node, places.node, values)
        })
    })
}

#[pyfunction]
fn contract<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    left: &[u8],
    right: &[u8],
    out: &[u8],
) -> Answer<'py> {
    let labels = Labels { left: left.into(), right: right.into(), out: out.into() };
    let parts = [a.clone(), b.clone()];
    on_several("contract", &parts, |graph, parts| {
        let kind = if graph.dtype(parts[0]) == DType::Bool { DType::Int64 } else { graph.dtype(parts[0]) };
        let (a, b) = (graph.convert(parts[0], kind)?, graph.convert(parts[1], kind)?);
        graph.contract(a, b, labels)
    })
}

#[pyfunction]
fn factor<'py>(name: &str, x: &Bound<'py, PyAny>) -> Answer<'py> {
    let f = member(Factor::ALL, name, Factor::name, "factorisation")?;
    on_one("factor", x, |graph, x| {
        let x = if graph.dtype(x).is_float() { x } else { graph.convert(x, DType::Float64)? };
        graph.add(Primitive::Factor(f), &[x], Attribute::None, None)
    })
}

#[pyfunction]
#[pyo3(signature = (name, factor, right=None))]
fn part<'py>(name: &str, factor: &Bound<'py, PyAny>, right: Option<&Bound<'py, PyAny>>) -> Answer<'py> {
    guard("part", || {
        let part = member(Part::ALL, name, Part::name, "part of a factorisation")?;
        let recording = home(&[factor])?;
        let factor = operand(&recording, factor)?.node;
        let right = right.map(|right| operand(&recording, right)).transpose()?;
        record(&recording, |graph| match right {
            Some(right) => {
                let right = graph.convert(right.node, graph.dtype(factor))?;
                graph.part(part, &[factor, right])
            }
            None => graph.part(part, &[factor]),
        })
    })
}

#[pyfunction]
fn matrix_function<'py>(name: &str, x: &Bound<'py, PyAny>) -> Answer<'py> {
    let f = match name {
        "cholesky" => Primitive::Cholesky,
        "expm" => Primitive::Expm,
        _ => return Err(unknown(name, "function of matrices")),
    };
    on_one("matrix_function", x, |graph, x| {
        let x = if graph.dtype(x).is_float() { x } else { graph.convert(x, DType::Float64)? };
        graph.add(f, &[x], Attribute::None, None)
    })
}

#[pyfunction]
fn triangular_solve<'py>(l: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>, transposed: bool) -> Answer<'py> {
    let f = if transposed { Primitive::TriangularSolveTransposed } else { Primitive::TriangularSolve };
    on_several("triangular_solve", &[l.clone(), b.clone()], |graph, parts| {
        graph.add(f, parts, Attribute::None, None)
    })
}

/// Whether an object is traced.
#[pyfunction]
pub fn is_traced(object: &Bound<'_, PyAny>) -> bool {
    object.cast::<ArrayTracer>().is_ok() || scalar::read(object).is_some()
}

/// A traced number as one of Python's, which takes the kind of the arrays it meets.
#[pyfunction]
fn as_python_float<'py>(object: &Bound<'py, PyAny>) -> Answer<'py> {
    match traced(object)? {
        Some(Traced { recording, node, .. }) => wrap(&recording, node, true),
        None => Err(errors::parameter_type("the object is not traced")),
    }
}

/// The value of a traced scalar for use outside the trace: a replay checks that it is the same.
#[pyfunction]
fn leave_scalar(object: &Bound<'_, PyAny>) -> PyResult<f64> {
    match traced(object)? {
        Some(Traced { recording, node, .. }) => recording.get().with(|tape| {
            let array = tape.array(node)?;
            let number = array.item().unwrap_or(f64::NAN);
            tape.guard(|_| pyframe_tape::Guard::Concrete(node, array));
            Ok(number)
        }),
        None => Err(errors::parameter_type("the object is not traced")),
    }
}

/// The dtype and shape of a traced object.
#[pyfunction]
fn type_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<(&'static str, Bound<'py, PyTuple>)> {
    match traced(object)? {
        Some(traced) => {
            let ty = super::recording::type_of(traced.recording.get(), traced.node)?;
            Ok((ty.dtype.name(), super::wrap::shape_tuple(object.py(), &ty)?))
        }
        None => Err(errors::parameter_type("the object is not traced")),
    }
}

/// The operations as a module's functions.
pub fn operations(module: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! functions {
        ($($name:ident),* $(,)?) => { $(module.add_function(wrap_pyfunction!($name, module)?)?;)* };
    }
    module.add_function(wrap_pyfunction!(super::saving::pack, module)?)?;
    module.add_function(wrap_pyfunction!(super::saving::unpack, module)?)?;
    module.add_function(wrap_pyfunction!(foreign::foreign, module)?)?;
    module.add_function(wrap_pyfunction!(foreign::set_foreign, module)?)?;
    module.add_function(wrap_pyfunction!(foreign::forget_rule, module)?)?;
    functions![
        py_unary,
        order,
        py_binary,
        py_compare,
        py_logical,
        py_test,
        py_select,
        convert,
        reduce,
        cumsum,
        reshape,
        transpose,
        broadcast,
        slice,
        unslice,
        element,
        argsort,
        concatenate,
        stack,
        gather,
        scatter_add,
        put,
        contract,
        factor,
        part,
        matrix_function,
        triangular_solve,
        is_traced,
        as_python_float,
        leave_scalar,
        type_of,
        colour_columns,
        colour_star,
    ];
    Ok(())
}
