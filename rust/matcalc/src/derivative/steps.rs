//! Derivations: the differential taken line by line, each line with the rules it used.

use rustc_hash::FxHashMap;

use super::adjoint::adjoint;
use super::names::{self, Rule, Rules};
use super::{MissingRule, differential, differential_of_node, factored, matrix_of};
use crate::facts::Facts;
use crate::node::{Function, Id, Node};
use crate::notation::reads_as_inner;
use crate::rebuild::{import, substitute};
use crate::store::{Declaration, Store};

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
}

/// One line: what it says, in which form, and by which rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it says.
    pub said: Said,
    /// Its right-hand side.
    pub form: Id,
    /// By which rules it follows from the line before; a gradient and a Jacobian by definition.
    pub rules: Vec<Rule>,
}

/// Lines that are too many are an error.
const MOST: usize = 500;

fn too_long() -> MissingRule {
    MissingRule(format!("a function of so many steps (more than {MOST})"))
}

/// How many differentials are taken one inside the other, at most.
fn levels(store: &Store, f: Id, of: Id) -> usize {
    let mut levels: FxHashMap<Id, usize> = FxHashMap::default();
    for id in store.reachable(&[f]) {
        let node = store.node(id);
        let inside = node.children().iter().filter_map(|child| levels.get(child).copied()).max();
        // A transpose and the trace of a product have no line of their own.
        let own = usize::from(!matches!(node, Node::Transpose(_) | Node::Function(Function::Trace, _)));
        if let Some(found) = if id == of { Some(0) } else { inside.map(|inside| inside + own) } {
            levels.insert(id, found);
        }
    }
    levels.get(&f).copied().unwrap_or(0)
}

/// The derivation of a gradient, or of a Jacobian where the function is a column.
pub fn derivation(store: &mut Store, f: Id, of: Id) -> Result<Vec<Line>, MissingRule> {
    if levels(store, f, of) > MOST {
        return Err(too_long());
    }
    let direction = store.differential_symbol(of, 1, false);
    let mut lines = vec![Line { said: Said::Function, form: f, rules: Vec::new() }];
    let mut form = if f == of { direction } else { store.differential_of(f) };
    let mut say = |said, form, rules| lines.push(Line { said, form, rules });
    say(Said::Differential, form, Vec::new());
    let (mut many, mut divided) = (0, false);
    while let Some(step) = step(store, form, of, direction)? {
        form = step.form;
        divided |= step.divided;
        say(Said::Differential, form, step.rules);
        many += 1;
        if many > MOST {
            return Err(too_long());
        }
    }
    if divided
        && let Some(plain) = differential(store, f, &[(of, direction)])?
        && plain != form
    {
        form = plain;
        say(Said::Differential, form, vec![names::DIVIDED]);
    }
    if !store.ty(f).is_scalar() {
        if let Some(matrix) = matrix_of(store, form, direction)? {
            say(Said::Jacobian, matrix, Vec::new());
        } else {
            let tidy = factored(store, form);
            if tidy != form {
                say(Said::Differential, tidy, vec![names::FACTORED]);
            }
        }
        return Ok(lines);
    }
    let gradient = if store.is_zero(form) {
        let ty = store.ty(of);
        store.zeros(ty)
    } else {
        let collected = adjoint(store, form, direction)?;
        if !is_collected(store, form, direction) {
            let mut rules = Rules::default();
            rules.of_collecting(store, form, direction);
            say(Said::Collected, collected, rules.0);
        }
        let tidy = factored(store, collected);
        if tidy != collected {
            say(Said::Collected, tidy, vec![names::FACTORED]);
        }
        tidy
    };
    say(Said::Gradient, gradient, Vec::new());
    Ok(lines)
}

/// Whether a form is an inner product with the direction as it stands.
fn is_collected(store: &Store, form: Id, direction: Id) -> bool {
    if store.ty(direction).is_scalar() {
        return matches!(store.node(form), Node::Product { .. } | Node::Symbol(_));
    }
    let (term, _) = store.scaled(form);
    let is_inner = |id: Id| match *store.node(id) {
        Node::Function(Function::Trace, x) => reads_as_inner(store, x),
        _ => false,
    };
    match store.node(term) {
        Node::Product { scalars, chain } => match **chain {
            [] => scalars.iter().all(|&(s, _)| is_inner(s) || !store.contains(s, direction)),
            [_, (last, 1)] => last == direction,
            _ => false,
        },
        _ => is_inner(term),
    }
}

/// <dG, dX_2> for a gradient G, where dG is along dX_1, in a store of its own.  In a space of
/// straight lines the directions are what is assumed of the name.
pub fn second_differential(
    store: &Store,
    gradient: Id,
    of: Id,
    in_space: bool,
) -> Result<(Store, Id), MissingRule> {
    let straight = Facts::SYMMETRIC | Facts::SKEW | Facts::DIAGONAL | Facts::UPPER | Facts::LOWER;
    let mut own = Store::default();
    let (gradient, of) = (import(store, gradient, &mut own), import(store, of, &mut own));
    let [first, second] = [1, 2].map(|k| {
        let Some(Declaration { name, ty, facts, .. }) = own.named(of).cloned() else { return of };
        let facts = if in_space { facts & straight } else { Facts::NONE };
        own.symbol(Declaration {
            name: format!("d{name}_{k}").into(),
            ty,
            facts,
            differential: Some((of, k)),
        })
    });
    let Some(moved) = differential(&mut own, gradient, &[(of, first)])? else {
        let zero = own.number(0.0);
        return Ok((own, zero));
    };
    let (inner, turned) = match *own.node(moved) {
        Node::Transpose(x) => (x, true),
        _ => (moved, false),
    };
    let mut terms = Vec::new();
    for (term, c) in own.terms(inner) {
        let term = if turned { own.transpose(term) } else { term };
        terms.push((own.inner(term, second), c));
    }
    let form = own.sum(&terms);
    Ok((own, form))
}

/// A line that follows from the one before.
struct Step {
    form: Id,
    rules: Vec<Rule>,
    /// Whether a quotient stands in it that the differential has as a sum.
    divided: bool,
}

/// Every differential of a form taken one level further; nothing when none is left.
fn step(store: &mut Store, form: Id, of: Id, direction: Id) -> Result<Option<Step>, MissingRule> {
    let mut replaced = FxHashMap::default();
    let (mut rules, mut divided) = (Rules::default(), false);
    for id in store.reachable(&[form]) {
        let Node::Differential(inner) = *store.node(id) else { continue };
        let tangent = if inner == of {
            Some(direction)
        } else if let Some(quotient) = quotient(store, inner, of, direction, &mut rules) {
            divided = true;
            Some(quotient)
        } else {
            rules.of_differential(store, inner, of);
            moved(store, inner, of, direction, &mut rules)?
        };
        let ty = store.ty(inner);
        let tangent = tangent.unwrap_or_else(|| store.zeros(ty));
        replaced.insert(id, tangent);
    }
    if replaced.is_empty() {
        return Ok(None);
    }
    Ok(Some(Step { form: substitute(store, form, &replaced), rules: rules.0, divided }))
}

/// The differential of an expression by those of its parts, which are not taken yet.
fn moved(
    store: &mut Store,
    inner: Id,
    of: Id,
    direction: Id,
    rules: &mut Rules,
) -> Result<Option<Id>, MissingRule> {
    if !store.contains(inner, of) {
        return Ok(None);
    }
    // An inner product has the rule of a product, and a trace of one takes no line of its own.
    let traced = match *store.node(inner) {
        Node::Function(Function::Trace, x) if matches!(store.node(x), Node::Product { .. }) => Some(x),
        _ => None,
    };
    let mut child = |store: &mut Store, part: Id| {
        // Of a transpose the transpose: not worth a line.
        if let Node::Transpose(x) = *store.node(part)
            && store.contains(x, of)
        {
            if x != of {
                rules.push(names::TRANSPOSE);
            }
            return part_of(store, x, of, direction).map(|d| store.transpose(d));
        }
        part_of(store, part, of, direction)
    };
    let moved = differential_of_node(store, traced.unwrap_or(inner), &mut child)?;
    Ok(moved.map(|moved| if traced.is_some() { store.function(Function::Trace, moved) } else { moved }))
}

/// d(X/s), for a product with one scalar that moves below the bar, itself to the first power.
fn quotient(store: &mut Store, inner: Id, of: Id, direction: Id, rules: &mut Rules) -> Option<Id> {
    let Node::Product { scalars, chain } = store.node(inner).clone() else { return None };
    let mut above: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
    let below = |&(s, e): &(Id, f64)| e < 0.0 && store.contains(s, of);
    let place = above.iter().position(below)?;
    if above[place].1 != -1.0 || above[place + 1..].iter().any(below) {
        return None;
    }
    let (scalar, _) = above.remove(place);
    let rest = store.product(1.0, &above, &chain);
    let moved = part_of(store, scalar, of, direction)?;
    let numerator = if let Some(other) = part_of(store, rest, of, direction) {
        rules.push(names::QUOTIENT);
        let (first, second) = (store.mul(scalar, other), store.mul(moved, rest));
        store.sub(first, second)
    } else {
        rules.push(names::RECIPROCAL);
        let second = store.mul(moved, rest);
        store.neg(second)
    };
    Some(store.product(1.0, &[(scalar, -2.0)], &[(numerator, 1)]))
}

/// The differential of a part, not taken yet unless the part is the name itself; nothing is zero.
fn part_of(store: &mut Store, part: Id, of: Id, direction: Id) -> Option<Id> {
    if part == of {
        return Some(direction);
    }
    store.contains(part, of).then(|| store.differential_of(part))
}
