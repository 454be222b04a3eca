//! Operators from outside: primitives of Python, with their rules as formulas.

use pyframe_matcalc::{Declaration, Facts, Operator, syntax};
use pyo3::prelude::*;

use super::formula::Formula;
use crate::errors::{self, guard};

/// What a rule is traced with: the operator's place, the symbols of its operands, its value of
/// them, and the symbols of their differentials.
type Template = (u32, Vec<Formula>, Formula, Vec<Formula>);

#[pymethods]
impl Formula {
    /// An operator from outside of this expression and others, whose result has this shape; and
    /// what its rule is traced with, unless it is known.
    fn outside(
        &self,
        name: &str,
        function: u64,
        others: Vec<PyRef<'_, Self>>,
        shape: &str,
    ) -> PyResult<(Self, Option<Template>)> {
        guard("Formula.outside", || {
            let mut operands = vec![self.id];
            for other in &others {
                operands.push(self.take_in(other)?);
            }
            let mut store = self.open();
            let ty = syntax::shape(name, shape, &mut store.sizes)
                .map_err(|error| errors::parameter(error.to_string()))?;
            let mut places = Vec::with_capacity(operands.len());
            let mut directions = Vec::with_capacity(operands.len());
            for (k, &operand) in operands.iter().enumerate() {
                let ty = store.ty(operand);
                let own = |name: String, differential| Declaration {
                    name: name.into(),
                    ty,
                    facts: Facts::NONE,
                    differential,
                };
                let place = store.symbol(own(format!("{name}.{k}"), None));
                places.push(place);
                directions.push(store.symbol(own(format!("d{name}.{k}"), Some((place, 0)))));
            }
            let operator = store.operator(Operator {
                name: name.into(),
                function,
                operands: places.clone(),
                ty,
                facts: Facts::NONE,
                rules: Vec::new(),
            });
            let known = !store.operator_at(operator).rules.is_empty();
            let result = store.apply(operator, &operands);
            let value = store.apply(operator, &places);
            drop(store);
            let all = |ids: Vec<_>| ids.into_iter().map(|id| self.sibling(id)).collect::<Vec<_>>();
            let template = (operator, all(places), self.sibling(value), all(directions));
            Ok((self.sibling(result), (!known).then_some(template)))
        })
    }

    /// The rules of an operator: its differential along each operand, None where it is zero.
    fn set_rules(
        &self,
        operator: u32,
        rules: Vec<Option<(PyRef<'_, Self>, PyRef<'_, Self>)>>,
    ) -> PyResult<()> {
        guard("Formula.set_rules", || {
            let mut taken = Vec::with_capacity(rules.len());
            for rule in &rules {
                taken.push(match rule {
                    Some((direction, form)) => Some((self.take_in(direction)?, self.take_in(form)?)),
                    None => None,
                });
            }
            self.open().set_rules(operator, taken);
            Ok(())
        })
    }
}
