//! Factorisations, what is read of them, and functions of matrices.

use pyframe_graph::{Attribute, Factor, Part, Primitive};
use pyo3::prelude::*;

use super::{Answer, floating, member, on_one, on_two, record, unknown};
use crate::errors::guard;
use crate::recording::wrap::{home, operand};

#[pyfunction]
fn factor<'py>(name: &str, x: &Bound<'py, PyAny>) -> Answer<'py> {
    let f = member(Factor::ALL, name, Factor::name, "factorisation")?;
    guard("factor", || {
        on_one(x, |graph, x| {
            let x = floating(graph, x)?;
            graph.add(Primitive::Factor(f), &[x], Attribute::None, None)
        })
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
    guard("matrix_function", || {
        on_one(x, |graph, x| {
            let x = floating(graph, x)?;
            graph.add(f, &[x], Attribute::None, None)
        })
    })
}

#[pyfunction]
fn triangular_solve<'py>(l: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>, transposed: bool) -> Answer<'py> {
    let f = if transposed { Primitive::TriangularSolveTransposed } else { Primitive::TriangularSolve };
    guard("triangular_solve", || on_two(l, b, |graph, both| graph.add(f, &both, Attribute::None, None)))
}

/// The operations as a module's functions.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    super::functions!(module: factor, part, matrix_function, triangular_solve);
    Ok(())
}
