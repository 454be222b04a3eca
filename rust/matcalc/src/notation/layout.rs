//! What every way of writing shares: the order of terms, what stands above and below a fraction bar.

use super::constants::{Numeral, split as split_number};
use super::shared::Shared;
use crate::node::{Id, Node, Real};
use crate::store::Store;

/// The largest number below a fraction bar.
const LARGEST_DENOMINATOR: u32 = 64;
/// The largest number above one.
const LARGEST_NUMERATOR: f64 = 1e6;

/// A number as a fraction of small integers, else over 1.
pub(super) fn fraction(number: f64) -> (f64, f64) {
    for below in 1..=LARGEST_DENOMINATOR {
        let below = f64::from(below);
        let above = (number * below).round();
        if above != 0.0 && above.abs() <= LARGEST_NUMERATOR && above / below == number {
            return (above, below);
        }
    }
    (number, 1.0)
}

/// A number in as few digits as tell it from all others.
pub(super) fn decimal(number: f64) -> String {
    match number.abs() {
        0.0 | 1e-5..1e16 => format!("{number}"),
        size if size.is_finite() => format!("{number:e}"),
        _ => format!("{number}").to_lowercase(),
    }
}

/// Expressions with their exponents.
pub(super) type Powers = Vec<(Id, f64)>;

/// What stands beside the number and the scalars of a term.
#[derive(Clone, Debug)]
pub(super) enum Body {
    /// Nothing.
    Empty,
    /// Matrices to powers, from left to right.
    Chain(Vec<(Id, i32)>),
    /// Elements to positive powers, and what they are divided by.
    Elements { above: Powers, below: Powers },
    /// Anything else.
    Whole(Id),
}

/// A number, scalars and one thing more, above and below a fraction bar.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) negative: bool,
    /// The number above, 1 if there is none.
    pub(super) number: Numeral,
    /// The number below, 1 if there is none.
    pub(super) divisor: Numeral,
    /// Scalars to positive powers.
    pub(super) above: Powers,
    /// Scalars below the bar, with the signs of their powers changed.
    pub(super) below: Powers,
    pub(super) body: Body,
}

/// Positive powers, and negative ones with their signs changed; differentials stand last.
fn split(store: &Store, powers: &[(Id, Real)]) -> (Powers, Powers) {
    let (mut above, below): (Vec<_>, Vec<_>) = powers.iter().partition(|(_, e)| e.get() > 0.0);
    above.sort_by_key(|&(id, _)| differs(store, id, 0));
    (
        above.into_iter().map(|(id, e)| (id, e.get())).collect(),
        below.into_iter().map(|(id, e)| (id, -e.get())).collect(),
    )
}

/// Parts of parts deeper than this are not looked at.
const NEAR: usize = 4;

/// Whether a differential stands in an expression, not far inside.
fn differs(store: &Store, id: Id, depth: usize) -> bool {
    match store.node(id) {
        Node::Differential(_) => true,
        Node::Symbol(symbol) => store.declaration(*symbol).differential.is_some(),
        _ if depth == NEAR => false,
        node => node.children().iter().any(|&part| differs(store, part, depth + 1)),
    }
}

impl Term {
    /// A multiple of an expression.
    fn whole(store: &Store, id: Id, coefficient: f64) -> Self {
        let (number, divisor) = split_number(store, coefficient.abs());
        let (above, below) = (Vec::new(), Vec::new());
        Self { negative: coefficient < 0.0, number, divisor, above, below, body: Body::Whole(id) }
    }

    /// A multiple of an expression that may be a product; of a name where it has one.
    pub(super) fn of(store: &Store, shared: &Shared, id: Id, coefficient: f64) -> Self {
        match shared.name(id) {
            Some(_) => Self::whole(store, id, coefficient),
            None => Self::inside(store, shared, id, coefficient),
        }
    }

    /// A multiple of what is inside a product, even where the product has a name.
    pub(super) fn inside(store: &Store, shared: &Shared, id: Id, coefficient: f64) -> Self {
        let mut term = Self::whole(store, id, coefficient);
        match store.node(id) {
            Node::Number(own) => {
                let whole = coefficient * own.get();
                (term.number, term.divisor) = split_number(store, whole.abs());
                term.negative = whole < 0.0;
                term.body = Body::Empty;
            }
            Node::Product { scalars, chain } => {
                (term.above, term.below) = split(store, scalars);
                term.body = match **chain {
                    [] => Body::Empty,
                    [(only, 1)] if shared.name(only).is_none() => elements(store, only),
                    [(only, 1)] => Body::Whole(only),
                    _ => Body::Chain(chain.to_vec()),
                };
            }
            Node::Hadamard(_) => term.body = elements(store, id),
            _ => {}
        }
        term
    }

    /// Without the ones that stretch a scalar.
    fn bare(mut self, store: &Store) -> Self {
        if let Body::Whole(ones) = self.body
            && matches!(store.node(ones), Node::Ones(_))
        {
            self.body = Body::Empty;
        }
        self
    }

    /// What stands first beside the number, above the bar.
    pub(super) fn first(&self) -> Option<Id> {
        let body = match &self.body {
            Body::Empty => None,
            Body::Chain(chain) => chain.first().map(|factor| factor.0),
            Body::Elements { above, .. } => above.first().map(|factor| factor.0),
            Body::Whole(id) => Some(*id),
        };
        self.above.first().map(|factor| factor.0).or(body)
    }

    /// How many things stand beside the number, above the bar.
    pub(super) fn count(&self) -> usize {
        let body = match &self.body {
            Body::Empty => 0,
            Body::Chain(chain) => chain.len(),
            Body::Elements { above, .. } => above.len(),
            Body::Whole(_) => 1,
        };
        self.above.len() + body
    }
}

fn elements(store: &Store, id: Id) -> Body {
    match store.node(id) {
        Node::Hadamard(factors) => {
            let (above, below) = split(store, factors);
            Body::Elements { above, below }
        }
        _ => Body::Whole(id),
    }
}

/// A scalar stretched to a matrix of equal elements that reads the same without the ones.
pub(super) fn is_stretched(store: &Store, id: Id) -> bool {
    let is_sum = |scalar| matches!(store.node(scalar), Node::Sum(terms) if terms.len() > 1);
    match store.node(id) {
        Node::Ones(_) => true,
        Node::Product { scalars, chain } => {
            let single = matches!(**scalars, [(only, e)] if e.get() == 1.0 && is_sum(only));
            matches!(**chain, [(ones, 1)] if matches!(store.node(ones), Node::Ones(_))) && !single
        }
        Node::Sum(terms) => matches!(**terms, [(term, _)] if is_stretched_term(store, term)),
        _ => false,
    }
}

fn is_stretched_term(store: &Store, term: Id) -> bool {
    !matches!(store.node(term), Node::Sum(_)) && is_stretched(store, term)
}

/// The scalar that is stretched.
pub(super) fn unstretched(store: &Store, shared: &Shared, id: Id) -> Term {
    let (term, c) = store.scaled(id);
    Term::of(store, shared, term, c).bare(store)
}

/// Whether an operand is a scalar that the other one, which is a matrix, stretches by itself.
pub(super) fn stretches_beside(store: &Store, shared: &Shared, id: Id, other: Id) -> bool {
    is_stretched(store, id)
        && !is_stretched(store, other)
        && !store.ty(other).is_scalar()
        && shared.name(id).is_none()
}

/// Terms of a sum that have a number above and one below in common, which is taken from them.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) common: Option<(Numeral, Numeral)>,
    pub(super) negative: bool,
    pub(super) terms: Vec<Term>,
}

/// A sum's terms in groups: one when all have a number in common, else those of equal fractions
/// together and each other one by itself.
pub(super) fn grouped(terms: Vec<Term>) -> Vec<Group> {
    let number = |term: &Term| (term.number, term.divisor);
    let is_multiple = |term: &Term| number(term) != (Numeral::ONE, Numeral::ONE) && term.count() > 0;
    let all = terms.len() > 1 && terms.iter().all(|t| is_multiple(t) && number(t) == number(&terms[0]));
    let mut groups: Vec<Group> = Vec::new();
    for term in terms {
        let own = (is_multiple(&term) && (all || !term.divisor.is_one())).then(|| number(&term));
        match groups.iter_mut().find(|group| own.is_some() && group.common == own) {
            Some(group) => group.terms.push(term),
            None => groups.push(Group { common: own, negative: false, terms: vec![term] }),
        }
    }
    for group in &mut groups {
        group.negative = !all && group.terms[0].negative;
        let turned = group.negative;
        let several = group.terms.len() > 1;
        for term in &mut group.terms {
            term.negative ^= turned;
            if several {
                (term.number, term.divisor) = (Numeral::ONE, Numeral::ONE);
            }
        }
        if !several {
            group.common = None;
        }
    }
    groups
}

/// How many factors are multiplied: products stand before single names in a sum.
fn degree(store: &Store, id: Id) -> usize {
    match store.node(id) {
        Node::Product { chain, .. } => chain.len().max(1),
        Node::Hadamard(factors) => factors.len(),
        _ => 1,
    }
}

/// How many factors stand transposed: A x comes before A' x.
fn transposes(store: &Store, id: Id) -> usize {
    let marked = |id: Id| usize::from(matches!(store.node(id), Node::Transpose(_)));
    match store.node(id) {
        Node::Product { chain, .. } => chain.iter().map(|f| marked(f.0)).sum(),
        _ => marked(id),
    }
}

/// The terms of a sum in the order in which they are read: one that is added first; a number last
/// unless functions of elements follow it.  With or without the ones that a number stretches to.
pub(super) fn terms(store: &Store, shared: &Shared, id: Id, with_ones: bool) -> Vec<Term> {
    let mut terms = store.terms(id);
    terms.sort_by_key(|&(term, _)| (std::cmp::Reverse(degree(store, term)), transposes(store, term)));
    let stretched = |id| is_stretched(store, id) && shared.name(id).is_none();
    let stretches = terms.iter().any(|&(term, _)| !stretched(term));
    let is_number =
        |&(term, _): &(Id, f64)| matches!(store.node(term), Node::Number(_) | Node::Ones(_)) && stretches;
    if let Some(place) = terms.iter().position(is_number) {
        let number = terms.remove(place);
        let before =
            terms.first().is_none_or(|&(next, c)| c < 0.0 || matches!(store.node(next), Node::Map(..)));
        terms.insert(if before { 0 } else { terms.len() }, number);
    }
    if let Some(place) = terms.iter().position(|&(_, c)| c > 0.0) {
        terms[..=place].rotate_right(1);
    }
    let written = |(id, c)| {
        let term = Term::of(store, shared, id, c);
        if stretches && stretched(id) && !with_ones { term.bare(store) } else { term }
    };
    terms.into_iter().map(written).collect()
}
