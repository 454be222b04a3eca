//! Operators from outside: primitives of Python, with their rules as formulas.

use std::sync::{Arc, Mutex};

use pyframe_autodiff::ForeignRules;
use pyframe_matcalc::{Declaration, Facts, Id, Operator, Store, Type, syntax};
use pyo3::prelude::*;

use super::formula::Formula;
use super::guard;
use crate::errors;
use crate::recording::Outside;

/// What a rule is traced with: the operator's place, the symbols of its operands, its value of
/// them, the symbols of their differentials, and that of the adjoint of its value.
pub type Template = (u32, Vec<Formula>, Formula, Vec<Formula>, Formula);

/// An operator of some operands, and what its rule is traced with, unless it is known.
pub struct Placed {
    pub result: Id,
    operator: u32,
    places: Vec<Id>,
    value: Id,
    directions: Vec<Id>,
    adjoint: Id,
    known: bool,
}

impl Placed {
    /// Puts an operator with a result of this type into a store.
    pub fn new(store: &mut Store, name: &str, function: u64, operands: &[Id], ty: Type) -> Self {
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
            linear: Outside.linear(function).filter(|&place| place < operands.len()),
            transposed: None,
        });
        let adjoint = store.symbol(Declaration {
            name: format!("{name}.adjoint").into(),
            ty,
            facts: Facts::NONE,
            differential: None,
        });
        let known = !store.operator_at(operator).rules.is_empty();
        let result = store.apply(operator, operands);
        let value = store.apply(operator, &places);
        Self { result, operator, places, value, directions, adjoint, known }
    }

    /// What the rule is traced with, beside an expression of the same store.
    pub fn template(self, beside: &Formula) -> Option<Template> {
        let all = |ids: Vec<_>| ids.into_iter().map(|id| beside.sibling(id)).collect::<Vec<_>>();
        let (value, adjoint) = (beside.sibling(self.value), beside.sibling(self.adjoint));
        let template = (self.operator, all(self.places), value, all(self.directions), adjoint);
        (!self.known).then_some(template)
    }
}

/// An expression of a store of its own, and what the rules of its operators are traced with, each
/// with the number that it was called by.
pub fn with_templates(
    store: Store,
    id: Id,
    placed: Vec<(usize, Placed)>,
) -> (Formula, Vec<(usize, Template)>) {
    let own = Formula { store: Arc::new(Mutex::new(store)), id };
    let templates = placed.into_iter().filter_map(|(number, placed)| Some((number, placed.template(&own)?)));
    let templates = templates.collect();
    (own, templates)
}

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
            let placed = Placed::new(&mut store, name, function, &operands, ty);
            drop(store);
            Ok((self.sibling(placed.result), placed.template(self)))
        })
    }

    /// The adjoint of an operator in the operand in which it is linear, of a symbol.
    fn set_transposed(&self, operator: u32, adjoint: PyRef<'_, Self>, form: PyRef<'_, Self>) -> PyResult<()> {
        guard("Formula.set_transposed", || {
            let (adjoint, form) = (self.take_in(&adjoint)?, self.take_in(&form)?);
            self.open().set_transposed(operator, adjoint, form);
            Ok(())
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
