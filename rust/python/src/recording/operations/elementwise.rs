//! Functions of each element, of pairs of elements, and questions about them.

use pyframe_graph::{
    Binary, Compare, DType, Graph, GraphError, Logical, NodeId, Order, Primitive, Reduction, Test, Unary,
};
use pyo3::prelude::*;

use super::{Answer, floating, member, record};
use crate::errors::{self, guard};
use crate::recording::foreign::Outside;
use crate::recording::promote::{Operand, as_kind, common};
use crate::recording::recording::Recording;
use crate::recording::scalar;
use crate::recording::wrap::operands;

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
    let (recording, [x]) = operands([x])?;
    if matches!(f, Unary::Copy | Unary::Neg | Unary::Sign) && dtype_of(&recording, x)? == DType::Bool {
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
            _ => floating(graph, x.node)?,
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
    let (recording, both) = operands([a, b])?;
    let Primitive::Binary(f) = f else { return Err(errors::internal("not a binary function")) };
    let kind = recording.get().with(|tape| Ok(common(tape.graph(), &both)))?;
    if kind == DType::Bool && f == Binary::Sub {
        return Err(errors::dtype("numpy has no difference of truth values; ^ is their exclusive or"));
    }
    if f == Binary::Pow && !kind.is_float() {
        check_exponents(&recording, both[1])?;
    }
    record(&recording, |graph| {
        if let (DType::Bool, Some(f)) = (kind, of_truth_values(f)) {
            return graph.logical(f, both[0].node, both[1].node);
        }
        let kind = match kind {
            DType::Bool | DType::Int64 if makes_integers(f) => DType::Int64,
            DType::Bool | DType::Int64 => DType::Float64,
            float => float,
        };
        let [a, b] = as_kind(graph, both, kind)?;
        // x^2 is a product, as NumPy has it: no logarithm.
        if f == Binary::Pow && graph.is_constantly(b, 2.0) && graph.shape(b).is_empty() {
            return graph.unary(Unary::Square, a);
        }
        graph.binary(f, a, b)
    })
}

/// A comparison of pairs of elements.
pub fn compare<'py>(f: Compare, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    let (recording, both) = operands([a, b])?;
    record(&recording, |graph| {
        let kind = common(graph, &both);
        let [a, b] = as_kind(graph, both, kind)?;
        graph.compare(f, a, b)
    })
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
        let (recording, [x]) = operands([x])?;
        record(&recording, |graph| {
            let x = floating(graph, x.node)?;
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
pub fn truthful(graph: &mut Graph, x: NodeId) -> Result<NodeId, GraphError> {
    if graph.dtype(x) == DType::Bool {
        return Ok(x);
    }
    let zero = graph.number(graph.dtype(x), 0.0)?;
    graph.compare(Compare::NotEqual, x, zero)
}

/// A function of pairs of truth values.
pub fn logical<'py>(f: Logical, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    let (recording, [a, b]) = operands([a, b])?;
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
    let (recording, [x]) = operands([x])?;
    record(&recording, |graph| {
        let x = if f == Test::Not { truthful(graph, x.node)? } else { floating(graph, x.node)? };
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
    let (recording, [condition, a, b]) = operands([condition, a, b])?;
    let both = [a, b];
    record(&recording, |graph| {
        let condition = truthful(graph, condition.node)?;
        let kind = common(graph, &both);
        let [a, b] = as_kind(graph, both, kind)?;
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

/// The operations as a module's functions.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    super::functions!(module: py_unary, order, py_binary, py_compare, py_logical, py_test, py_select);
    Ok(())
}
