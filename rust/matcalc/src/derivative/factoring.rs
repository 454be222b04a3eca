//! Common factors at the left and right of a sum's terms, taken out once at the end.

use rustc_hash::FxHashMap;

use crate::limits::worked;
use crate::node::{Id, Node};
use crate::store::Store;

/// A term: its coefficient, scalars and chain.
#[derive(Clone)]
struct Term {
    coefficient: f64,
    scalars: Vec<(Id, f64)>,
    chain: Vec<(Id, i32)>,
}

/// Sums inside sums deeper than this stay as they are.
const DEEPEST: usize = 8;

/// The expression with common factors of its terms taken out.
pub fn factored(store: &mut Store, id: Id) -> Id {
    within(store, id, 0)
}

fn within(store: &mut Store, id: Id, depth: usize) -> Id {
    if depth > DEEPEST || store.ty(id).is_scalar() {
        return id;
    }
    let mut terms = store.terms(id);
    for (term, _) in &mut terms {
        *term = parts(store, *term, depth);
    }
    if terms.len() < 2 {
        return store.sum(&terms);
    }
    let mut split: Vec<Term> = terms.iter().map(|&(term, c)| Term::of(store, term, c)).collect();
    while let Some(gathered) = gathered(store, &split) {
        split = gathered;
    }
    while let Some((group, from_left, common)) = best_group(&split) {
        let mut rests = Vec::with_capacity(group.len());
        for &place in &group {
            let Term { coefficient, chain, .. } = &split[place];
            let rest = if from_left { &chain[common..] } else { &chain[..chain.len() - common] };
            rests.push((store.product(*coefficient, &[], rest), 1.0));
        }
        let sum = store.sum(&rests);
        let sum = within(store, sum, depth + 1);
        let Term { scalars, chain, .. } = split[group[0]].clone();
        let joined = if from_left {
            [&chain[..common], &[(sum, 1)]].concat()
        } else {
            [&[(sum, 1)], &chain[chain.len() - common..]].concat()
        };
        let product = store.product(1.0, &scalars, &joined);
        for &place in group.iter().rev() {
            split.remove(place);
        }
        for (term, c) in store.terms(product) {
            split.push(Term::of(store, term, c));
        }
    }
    let mut sum = Vec::with_capacity(split.len());
    for Term { coefficient, scalars, chain } in split {
        sum.push((store.product(coefficient, &scalars, &chain), 1.0));
    }
    store.sum(&sum)
}

/// R less R A as R (I - A): where a sum stands at an end of some terms, and its own terms stand beside
/// them.
fn gathered(store: &mut Store, split: &[Term]) -> Option<Vec<Term>> {
    for from_left in [true, false] {
        let end = |term: &Term| {
            let factor = if from_left { term.chain.first() } else { term.chain.last() };
            factor
                .filter(|factor| factor.1 == 1 && term.chain.len() > 1 && term.scalars.is_empty())
                .map(|f| f.0)
        };
        for factor in split.iter().filter_map(end) {
            let own = summed(store, factor);
            let Some((ratio, own)) = found_among(split, &own) else { continue };
            let dim = if from_left { store.ty(factor).columns } else { store.ty(factor).rows };
            let mut inside = vec![(store.eye(dim), ratio)];
            let mut others = Vec::new();
            for (place, term) in split.iter().enumerate() {
                if end(term) == Some(factor) {
                    let last = term.chain.len() - 1;
                    let rest = if from_left { &term.chain[1..] } else { &term.chain[..last] };
                    inside.push((store.product(1.0, &[], rest), term.coefficient));
                } else if !own.contains(&place) {
                    others.push(term.clone());
                }
            }
            let inside = store.sum(&inside);
            let chain = if from_left { [(factor, 1), (inside, 1)] } else { [(inside, 1), (factor, 1)] };
            let product = store.product(1.0, &[], &chain);
            let made = store.terms(product);
            others.extend(made.into_iter().map(|(term, c)| Term::of(store, term, c)));
            return Some(others);
        }
    }
    None
}

/// The terms of a sum of several, which may stand transposed.
fn summed(store: &mut Store, id: Id) -> Vec<Term> {
    let (inner, turned) = match *store.node(id) {
        Node::Transpose(x) => (x, true),
        _ => (id, false),
    };
    if !matches!(store.node(inner), Node::Sum(terms) if terms.len() > 1) {
        return Vec::new();
    }
    let mut terms = store.terms(inner);
    if turned {
        for (term, c) in &mut terms {
            let (flipped, sign) = {
                let flipped = store.transpose(*term);
                store.scaled(flipped)
            };
            (*term, *c) = (flipped, *c * sign);
        }
    }
    terms.into_iter().map(|(term, c)| Term::of(store, term, c)).collect()
}

/// Where all of these terms are, and what times them each of those found is.
fn found_among(split: &[Term], wanted: &[Term]) -> Option<(f64, Vec<usize>)> {
    let ratio = |found: &Term, own: &Term| found.coefficient / own.coefficient;
    let mut found = Vec::with_capacity(wanted.len());
    worked(split.len().saturating_mul(wanted.len()));
    for own in wanted {
        let same = |term: &Term| term.chain == own.chain && term.scalars == own.scalars;
        found.push(split.iter().position(same)?);
    }
    let first = ratio(&split[*found.first()?], &wanted[0]);
    let alike = found.iter().zip(wanted).all(|(&place, own)| ratio(&split[place], own) == first);
    alike.then_some((first, found))
}

/// The same for the sums that a product is made of.
fn parts(store: &mut Store, term: Id, depth: usize) -> Id {
    let Node::Product { scalars, chain } = store.node(term).clone() else { return term };
    let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
    let mut chain = chain.to_vec();
    for (factor, e) in &mut chain {
        if *e == 1 && matches!(store.node(*factor), Node::Sum(_)) {
            *factor = within(store, *factor, depth + 1);
        }
    }
    store.product(1.0, &scalars, &chain)
}

impl Term {
    fn of(store: &Store, term: Id, coefficient: f64) -> Self {
        match store.node(term) {
            Node::Product { scalars, chain } => Self {
                coefficient,
                scalars: scalars.iter().map(|&(s, e)| (s, e.get())).collect(),
                chain: chain.to_vec(),
            },
            _ => Self { coefficient, scalars: Vec::new(), chain: vec![(term, 1)] },
        }
    }
}

/// Terms that share the most at one end: which, whether at the left, and how many factors.
fn best_group(terms: &[Term]) -> Option<(Vec<usize>, bool, usize)> {
    let shared = |a: &Term, b: &Term, from_left: bool| {
        // What is left of each is to be more than nothing.
        let most = a.chain.len().min(b.chain.len()) - 1;
        let same = |k: usize| {
            if from_left {
                a.chain[k] == b.chain[k]
            } else {
                a.chain[a.chain.len() - 1 - k] == b.chain[b.chain.len() - 1 - k]
            }
        };
        if a.scalars == b.scalars { (0..most).take_while(|&k| same(k)).count() } else { 0 }
    };
    let mut best: Option<(Vec<usize>, bool, usize)> = None;
    for from_left in [false, true] {
        // By the factor at that end: of others none shares a factor.
        let end = |term: &Term| {
            let factor = if from_left { term.chain.first() } else { term.chain.last() };
            factor.copied().filter(|_| term.chain.len() > 1)
        };
        let mut alike: FxHashMap<(Id, i32), Vec<usize>> = FxHashMap::default();
        for (place, term) in terms.iter().enumerate() {
            if let Some(factor) = end(term) {
                alike.entry(factor).or_default().push(place);
            }
        }
        for first in 0..terms.len() {
            let Some(others) = end(&terms[first]).and_then(|factor| alike.get(&factor)) else { continue };
            let mut group = vec![first];
            let mut common = usize::MAX;
            worked(others.len());
            for &other in others.iter().filter(|&&other| other > first) {
                let own = shared(&terms[first], &terms[other], from_left);
                if own > 0 {
                    group.push(other);
                    common = common.min(own);
                }
            }
            let gain = |group: &[usize], common: usize| (group.len() - 1) * common;
            if group.len() > 1 && best.as_ref().is_none_or(|b| gain(&group, common) > gain(&b.0, b.2)) {
                best = Some((group, from_left, common));
            }
        }
    }
    best
}
