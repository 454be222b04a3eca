//! Derivations: the differential taken line by line, each line with the rules it used.

use rustc_hash::FxHashMap;

use super::{
    MissingRule, collected_gradient, differential_of_node, factored, jacobian, matrix_of, rule_name,
};
use crate::node::{Function, Id, Node};
use crate::rebuild::substitute;
use crate::store::Store;

/// What a line of a derivation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The function.
    Function,
    /// Its differential.
    Differential,
    /// The G of df = <G, dX>.
    Collected,
    /// The gradient.
    Gradient,
    /// The Jacobian J of df = J dx.
    Jacobian,
    /// The Hessian H of dg = H dx.
    Hessian,
}

/// One line: what it says, in which form, and by which rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it says.
    pub said: Said,
    /// Its right-hand side.
    pub form: Id,
    /// By which rules it follows from the line before.
    pub rules: Vec<&'static str>,
}

/// Lines that are too many are an error.
const MOST: usize = 500;

/// The derivation of a gradient, or of a Jacobian where the function is a column.
pub fn derivation(store: &mut Store, f: Id, of: Id) -> Result<Vec<Line>, MissingRule> {
    let direction = store.differential_symbol(of, 1, false);
    let mut lines = vec![Line { said: Said::Function, form: f, rules: Vec::new() }];
    let mut form = store.differential_of(f);
    lines.push(Line { said: Said::Differential, form, rules: Vec::new() });
    while let Some((next, rules)) = step(store, form, of, direction)? {
        form = next;
        lines.push(Line { said: Said::Differential, form, rules });
        if lines.len() > MOST {
            return Err(MissingRule(format!("a function of so many steps (more than {MOST})")));
        }
    }
    if store.ty(f).is_scalar() {
        let gradient = if store.is_zero(form) {
            let ty = store.ty(of);
            store.zeros(ty)
        } else {
            collected_gradient(store, form, direction)?
        };
        let rules = vec!["common factors"];
        lines.push(Line { said: Said::Collected, form: gradient, rules });
        let rules = vec!["df = <G, dX> says what G is"];
        lines.push(Line { said: Said::Gradient, form: gradient, rules });
    } else if let Some(matrix) = matrix_of(store, form, direction)? {
        lines.push(Line { said: Said::Jacobian, form: matrix, rules: vec!["df = J dx says what J is"] });
    } else {
        let tidy = factored(store, form);
        if tidy != form {
            lines.push(Line { said: Said::Differential, form: tidy, rules: vec!["common factors"] });
        }
    }
    Ok(lines)
}

/// The Hessian's derivation: the gradient's, then that of the gradient's Jacobian.
pub fn second_derivation(store: &mut Store, f: Id, of: Id) -> Result<Vec<Line>, MissingRule> {
    let mut lines = derivation(store, f, of)?;
    let gradient = super::gradient(store, f, of)?;
    let next = derivation(store, gradient, of)?;
    lines.extend(next.into_iter().skip(1).map(|mut line| {
        if line.said == Said::Jacobian {
            line.said = Said::Hessian;
        }
        line
    }));
    if lines.last().is_none_or(|line| line.said != Said::Hessian)
        && let Some(hessian) = jacobian(store, gradient, of)?
    {
        lines.push(Line { said: Said::Hessian, form: hessian, rules: Vec::new() });
    }
    Ok(lines)
}

/// Every differential of a form taken one level further; nothing when none is left.
fn step(
    store: &mut Store,
    form: Id,
    of: Id,
    direction: Id,
) -> Result<Option<(Id, Vec<&'static str>)>, MissingRule> {
    let mut replaced = FxHashMap::default();
    let mut rules: Vec<&'static str> = Vec::new();
    for id in store.reachable(&[form]) {
        let Node::Differential(inner) = *store.node(id) else { continue };
        let tangent = if store.contains(inner, of) {
            let mut child = |store: &mut Store, part: Id| {
                // Of a transpose the transpose: not worth a line.
                if let Node::Transpose(x) = *store.node(part) {
                    return part_of(store, x, of, direction).map(|d| store.transpose(d));
                }
                part_of(store, part, of, direction)
            };
            // An inner product has the rule of a product.
            let traced = match *store.node(inner) {
                Node::Function(Function::Trace, x) if matches!(store.node(x), Node::Product { .. }) => {
                    Some(x)
                }
                _ => None,
            };
            let ruled = traced.unwrap_or(inner);
            let tangent =
                if ruled == of { Some(direction) } else { differential_of_node(store, ruled, &mut child)? };
            let rule = rule_name(store, ruled);
            if ruled != of && !rules.contains(&rule) {
                rules.push(rule);
            }
            match tangent {
                Some(moved) if traced.is_some() => Some(store.function(Function::Trace, moved)),
                other => other,
            }
        } else {
            None
        };
        let ty = store.ty(inner);
        let tangent = tangent.unwrap_or_else(|| store.zeros(ty));
        replaced.insert(id, tangent);
    }
    if replaced.is_empty() {
        return Ok(None);
    }
    Ok(Some((substitute(store, form, &replaced), rules)))
}

/// The differential of a part, not taken yet unless the part is the name itself; nothing is zero.
fn part_of(store: &mut Store, part: Id, of: Id, direction: Id) -> Option<Id> {
    if part == of {
        return Some(direction);
    }
    store.contains(part, of).then(|| store.differential_of(part))
}
