//! Expressions as bytes, and out of them.

use pyframe_graph::GraphError;
use pyframe_matcalc::bytes::{from_bytes, operators, to_bytes};
use pyframe_matcalc::{Id, Store, Type};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::formula::Formula;
use super::guard;
use super::outside::{Placed, Template, with_templates};
use crate::errors;

#[pymethods]
impl Formula {
    /// The byte form of this expression and of the symbols of these names, and the names of the
    /// operators from outside that it calls.
    fn to_bytes<'py>(
        &self,
        py: Python<'py>,
        names: Vec<String>,
    ) -> PyResult<(Bound<'py, PyBytes>, Vec<String>)> {
        guard("Formula.to_bytes", || {
            let store = self.open();
            let bytes = to_bytes(&store, self.id, &names);
            let called = operators(&store, self.id);
            drop(store);
            Ok((PyBytes::new(py, &bytes), called))
        })
    }

    /// The expression of such bytes, which may call operators from outside, given by name and
    /// number; those that are called come back with what their rules are traced with.
    #[staticmethod]
    fn from_bytes(bytes: &[u8], outside: Vec<(String, u64)>) -> PyResult<(Self, Vec<(usize, Template)>)> {
        guard("Formula.from_bytes", || {
            let mut store = Store::default();
            let mut placed = Vec::new();
            let mut place = |store: &mut Store, name: &str, operands: &[Id], ty: Type| {
                let found = outside.iter().position(|(own, _)| own == name);
                let Some(function) = found.filter(|_| !operands.is_empty()) else {
                    return Err(GraphError::Unreadable { at: 0, what: format!("no operator {name}") });
                };
                let operator = Placed::new(store, name, outside[function].1, operands, ty);
                let result = operator.result;
                placed.push((function, operator));
                Ok(result)
            };
            let id = from_bytes(bytes, &mut store, &mut place)
                .map_err(|error| errors::unloadable(format!("these bytes are no formula: {error}")))?;
            Ok(with_templates(store, id, placed))
        })
    }
}
