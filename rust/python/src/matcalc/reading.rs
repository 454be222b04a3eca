//! Expressions out of text and declarations.

use std::sync::{Arc, Mutex};

use pyframe_matcalc::syntax::{self, Outside, SyntaxError};
use pyframe_matcalc::{Declaration, Id, Store, Type};
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::declared::{Declared, facts};
use super::formula::Formula;
use super::guard;
use super::outside::{Placed, Template, with_templates};
use crate::errors;

/// A text that is refused, as an exception.
pub fn refused(error: &SyntaxError) -> PyErr {
    errors::formula(error.to_string())
}

#[pymethods]
impl Formula {
    /// The expression of a text; of names that are not declared shapes are inferred.
    #[staticmethod]
    fn parse(text: &Bound<'_, PyString>, declared: Vec<Declared>) -> PyResult<Self> {
        Self::parse_with(text, declared, Vec::new()).map(|(own, _)| own)
    }

    /// The same of a text that may call operators from outside, given by name, signature and
    /// number; those that are called come back with what their rules are traced with.
    #[staticmethod]
    fn parse_with(
        text: &Bound<'_, PyString>,
        declared: Vec<Declared>,
        outside: Vec<(String, String, u64)>,
    ) -> PyResult<(Self, Vec<(usize, Template)>)> {
        guard("Formula.parse", || {
            // Lone surrogates become a character that is refused with its place.
            let text = &*text.to_string_lossy();
            let mut store = Store::default();
            let mut functions = Vec::with_capacity(outside.len());
            for (name, signature, _) in &outside {
                let function = Outside::new(name, signature, &mut store.sizes);
                functions.push(function.map_err(|error| refused(&error))?);
            }
            let names: Vec<_> =
                declared.iter().map(|(name, shape, _)| (name.as_str(), shape.as_deref())).collect();
            let tree = syntax::parse_with(text, &functions).map_err(|error| refused(&error))?;
            let tree = tree.with_constants(&names);
            let shapes: Vec<(&str, &str)> = declared
                .iter()
                .filter_map(|(name, shape, _)| Some((name.as_str(), shape.as_deref()?)))
                .collect();
            let checked = syntax::check(&tree, &shapes, &mut store.sizes).map_err(|error| refused(&error))?;
            let mut symbols = Vec::with_capacity(checked.symbols.len());
            for found in &checked.symbols {
                let assumed = declared.iter().find(|(name, ..)| *name == found.name);
                let assumed = assumed.map_or(&[][..], |(.., assumed)| assumed);
                let facts = facts(&store, &found.name, found.ty, assumed)?;
                let name = found.name.as_str().into();
                symbols.push(store.symbol(Declaration { name, ty: found.ty, facts, differential: None }));
            }
            let names = |name: &str| checked.symbols.iter().any(|found| found.name == name);
            if let Some((name, ..)) = declared.iter().find(|(name, ..)| !names(name)) {
                return Err(errors::parameter(format!("{name} is declared and does not occur in {text:?}")));
            }
            let mut placed = Vec::new();
            let mut place = |store: &mut Store, function: usize, operands: &[Id], ty: Type| {
                let (name, _, number) = &outside[function];
                let operator = Placed::new(store, name, *number, operands, ty);
                let result = operator.result;
                placed.push((function, operator));
                Ok(result)
            };
            let id = syntax::elaborate_with(&checked, &symbols, &mut store, &mut place)
                .map_err(|error| refused(&error))?;
            Ok(with_templates(store, id, placed))
        })
    }

    /// Whether the language has a function of this name.
    #[staticmethod]
    fn is_function(name: &str) -> bool {
        syntax::functions().iter().any(|known| known.name == name)
    }

    /// A name by itself.
    #[staticmethod]
    fn symbol(name: &str, shape: &str, assumed: Vec<String>) -> PyResult<Self> {
        guard("Formula.symbol", || {
            if !syntax::is_name(name) {
                return Err(errors::parameter(format!(
                    "{name:?} is no name: letters, digits and underscores, a letter first"
                )));
            }
            let mut store = Store::default();
            let ty = syntax::shape(name, shape, &mut store.sizes).map_err(|error| refused(&error))?;
            let facts = facts(&store, name, ty, &assumed)?;
            let id = store.symbol(Declaration { name: name.into(), ty, facts, differential: None });
            Ok(Self { store: Arc::new(Mutex::new(store)), id })
        })
    }
}
