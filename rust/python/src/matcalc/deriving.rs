//! Derivatives of expressions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use pyframe_matcalc::derivative::{self, Derivative, MissingRule, Said};
use pyframe_matcalc::{Declaration, Id, Store, substitute};
use pyo3::prelude::*;

use super::formula::Formula;
use super::guard;
use crate::errors;

/// What a derivation's line says, its formula, and the rules it follows by, as text and LaTeX.
type Line = (&'static str, Formula, Vec<(String, String)>);
/// A coefficient, factors with their labels, and the labels of the result.
type Contraction = (f64, Vec<(Formula, String)>, String);

fn missing(error: MissingRule) -> PyErr {
    errors::missing_rule(error.to_string())
}

/// The symbol of this name.
pub fn named(store: &Store, name: &str) -> PyResult<Id> {
    let found = store.symbols().find(|(own, _)| *own.name == *name && own.differential.is_none());
    found.map(|(_, id)| id).ok_or_else(|| errors::parameter(format!("there is no symbol {name}")))
}

/// What is made of an expression while other symbols stand for the differentials of a name that it
/// holds, so that they are none of those that a derivative in that name is taken along.
fn apart(
    store: &mut Store,
    id: Id,
    of: Id,
    derive: impl FnOnce(&mut Store, Id) -> Result<Option<Id>, MissingRule>,
) -> Result<Option<Id>, MissingRule> {
    let mut away = HashMap::new();
    let mut back = HashMap::new();
    for held in store.reachable(&[id]) {
        let Some(own) = store.named(held) else { continue };
        if own.differential.is_some_and(|(symbol, _)| symbol == of) {
            let name = format!("{}.held", own.name).into();
            let stand_in = Declaration { name, differential: None, ..own.clone() };
            let stand_in = store.symbol(stand_in);
            away.insert(held, stand_in);
            back.insert(stand_in, held);
        }
    }
    if away.is_empty() {
        return derive(store, id);
    }
    let id = substitute(store, id, &away);
    Ok(derive(store, id)?.map(|found| substitute(store, found, &back)))
}

impl Formula {
    fn derived<T>(
        &self,
        entry: &'static str,
        name: &str,
        derive: impl FnOnce(&mut Store, Id) -> Result<T, MissingRule>,
    ) -> PyResult<T> {
        guard(entry, || {
            let mut store = self.open();
            let of = named(&store, name)?;
            derive(&mut store, of).map_err(missing)
        })
    }

    fn lines(&self, lines: Vec<derivative::Line>) -> Vec<Line> {
        let said = |said| match said {
            Said::Function => "function",
            Said::Differential => "differential",
            Said::Collected => "collected",
            Said::Gradient => "gradient",
            Said::Jacobian => "jacobian",
        };
        let rules = |rules: Vec<derivative::Rule>| {
            rules.into_iter().map(|rule| (rule.text.into_owned(), rule.latex.into_owned())).collect()
        };
        lines.into_iter().map(|line| (said(line.said), self.sibling(line.form), rules(line.rules))).collect()
    }
}

#[pymethods]
impl Formula {
    /// The differential in one name.
    fn differential(&self, name: &str) -> PyResult<Self> {
        let found = self.derived("Formula.differential", name, |store, of| {
            let direction = store.differential_symbol(of, 1, false);
            let moved = derivative::differential(store, self.id, &[(of, direction)])?;
            if let Some(moved) = moved {
                return Ok(derivative::factored(store, moved));
            }
            let ty = store.ty(self.id);
            Ok(store.zeros(ty))
        });
        found.map(|id| self.sibling(id))
    }

    /// The symbol that stands for the differential of a name.
    fn direction(&self, name: &str) -> PyResult<Self> {
        guard("Formula.direction", || {
            let mut store = self.open();
            let of = named(&store, name)?;
            let direction = store.differential_symbol(of, 1, false);
            drop(store);
            Ok(self.sibling(direction))
        })
    }

    /// The gradient of a scalar in the space of all matrices.
    fn gradient(&self, name: &str) -> PyResult<Self> {
        let scalar = guard("Formula.gradient", || Ok(self.open().ty(self.id).is_scalar()))?;
        if !scalar {
            return Err(errors::shape("a gradient is that of a scalar; see jacobian and differential"));
        }
        let found = self.derived("Formula.gradient", name, |store, of| {
            let found =
                apart(store, self.id, of, |store, id| Ok(Some(derivative::gradient(store, id, of)?)))?;
            Ok(found.unwrap_or(self.id))
        });
        found.map(|id| self.sibling(id))
    }

    /// The matrix J of df = J dx, or None when the derivative is no matrix.
    fn jacobian(&self, name: &str) -> PyResult<Option<Self>> {
        let found = self.derived("Formula.jacobian", name, |store, of| {
            apart(store, self.id, of, |store, id| derivative::jacobian(store, id, of))
        })?;
        Ok(found.map(|id| self.sibling(id)))
    }

    /// The derivative in several names: a form, and the directions in which it is linear.
    fn derivative(&self, names: Vec<String>) -> PyResult<(Self, Vec<Self>)> {
        guard("Formula.derivative", || {
            let mut store = self.open();
            let names = names.iter().map(|name| named(&store, name)).collect::<PyResult<Vec<_>>>()?;
            let found = derivative::derivative(&mut store, self.id, &names).map_err(missing)?;
            drop(store);
            let directions = found.directions.iter().map(|&id| self.sibling(id)).collect();
            Ok((self.sibling(found.form), directions))
        })
    }

    /// The form as a sum of contractions, or None where it is no such sum.
    #[pyo3(signature = (directions, apart = false))]
    fn contractions(
        &self,
        directions: Vec<PyRef<'_, Self>>,
        apart: bool,
    ) -> PyResult<Option<Vec<Contraction>>> {
        guard("Formula.contractions", || {
            let directions = directions.iter().map(|other| self.take_in(other)).collect::<PyResult<_>>()?;
            let form = Derivative { form: self.id, directions };
            let found = derivative::contractions(&mut self.open(), &form, apart);
            let one = |own: derivative::Contraction| {
                let factors = own.factors.into_iter().map(|(id, labels)| (self.sibling(id), labels));
                (own.coefficient, factors.collect(), own.output)
            };
            Ok(found.map(|all| all.into_iter().map(one).collect()))
        })
    }

    /// The matrix H with vec(form) = H vec(direction), or None where it is no such matrix.
    fn kronecker(&self, directions: Vec<PyRef<'_, Self>>) -> PyResult<Option<Self>> {
        guard("Formula.kronecker", || {
            let directions = directions.iter().map(|other| self.take_in(other)).collect::<PyResult<_>>()?;
            let form = Derivative { form: self.id, directions };
            let found = derivative::kronecker(&mut self.open(), &form).map_err(missing)?;
            Ok(found.map(|id| self.sibling(id)))
        })
    }

    /// The steps to the derivative.
    fn derivation(&self, name: &str) -> PyResult<Vec<Line>> {
        let lines =
            self.derived("Formula.derivation", name, |store, of| derivative::derivation(store, self.id, of))?;
        Ok(self.lines(lines))
    }

    /// <dG, dX_2> for this gradient G, where dG is along dX_1; in a space of straight lines both
    /// are what is assumed of the name.
    fn second_differential(&self, name: &str, in_space: bool) -> PyResult<Self> {
        let (store, id) = self.derived("Formula.second_differential", name, |store, of| {
            derivative::second_differential(store, self.id, of, in_space)
        })?;
        Ok(Self { store: Arc::new(Mutex::new(store)), id })
    }

    /// The same expression, where these names are known.
    fn beside(&self, others: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        guard("Formula.beside", || {
            for other in &others {
                self.take_in(other)?;
            }
            Ok(self.sibling(self.id))
        })
    }
}
