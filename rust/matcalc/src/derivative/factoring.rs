//! Common factors at the left and right of a sum's terms, taken out once at the end.

use pyframe_graph::Unary;
use rustc_hash::FxHashMap;

use crate::limits::worked;
use crate::node::{Id, Map, Node};
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
    let mut terms = store.spread(id, true);
    for (term, _) in &mut terms {
        *term = parts(store, *term, depth);
    }
    if terms.len() < 2 {
        return store.sum(&terms);
    }
    while complements(store, &mut terms) {}
    let mut split: Vec<Term> = terms.iter().map(|&(term, c)| Term::of(store, term, c)).collect();
    while let Some(gathered) = gathered(store, &split) {
        split = gathered;
    }
    while let Some((group, from_left, common)) = best_group(&split) {
        let Term { mut scalars, chain, .. } = split[group[0]].clone();
        scalars.retain(|scalar| group.iter().all(|&place| split[place].scalars.contains(scalar)));
        let mut rests = Vec::with_capacity(group.len());
        for &place in &group {
            let Term { coefficient, scalars: own, chain } = &split[place];
            let own: Vec<_> = own.iter().filter(|scalar| !scalars.contains(scalar)).copied().collect();
            let rest = if from_left { &chain[common..] } else { &chain[..chain.len() - common] };
            rests.push((store.product(*coefficient, &own, rest), 1.0));
        }
        let sum = store.sum(&rests);
        let sum = within(store, sum, depth + 1);
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

/// a sigmoid(u) + b sigmoid(-u), which is (a - b) sigmoid(u) + b, where a - b is a number: whether there
/// were such terms.
fn complements(store: &mut Store, terms: &mut Vec<(Id, f64)>) -> bool {
    for first in 0..terms.len() {
        let Some((u, a)) = beside_sigmoid(store, terms[first]) else { continue };
        let against = store.neg(u);
        for second in first + 1..terms.len() {
            let Some((other, b)) = beside_sigmoid(store, terms[second]) else { continue };
            if other != against {
                continue;
            }
            let (u, a, b) = if store.scaled(u).1 > 0.0 { (u, a, b) } else { (against, b, a) };
            let difference = store.sub(a, b);
            let c = match store.scaled(difference) {
                _ if store.is_zero(difference) => 0.0,
                (ones, c) if matches!(store.node(ones), Node::Ones(_)) => c,
                _ => continue,
            };
            let sigmoid = store.map(Map::Unary(Unary::Expit), u);
            let rest = terms.iter().enumerate().filter(|(place, _)| *place != first && *place != second);
            let mut joined: Vec<_> = rest.map(|(_, &term)| term).collect();
            joined.extend([(sigmoid, c), (b, 1.0)]);
            let joined = store.sum(&joined);
            *terms = store.spread(joined, true);
            return true;
        }
    }
    false
}

/// u and a, if a term is a .* sigmoid(u).
fn beside_sigmoid(store: &mut Store, (term, c): (Id, f64)) -> Option<(Id, Id)> {
    let base = |store: &Store, id| match *store.node(id) {
        Node::Map(Map::Unary(Unary::Expit), u) => Some(u),
        _ => None,
    };
    if let Some(u) = base(store, term) {
        let ones = store.ones(store.ty(term));
        return Some((u, store.times(c, ones)));
    }
    let Node::Hadamard(factors) = store.node(term) else { return None };
    let mut rest: Vec<_> = factors.iter().map(|&(factor, e)| (factor, e.get())).collect();
    let (place, u) = rest
        .iter()
        .enumerate()
        .find_map(|(place, &(factor, e))| base(store, factor).filter(|_| e == 1.0).map(|u| (place, u)))?;
    rest.remove(place);
    let rest = store.hadamard_of(&rest);
    Some((u, store.times(c, rest)))
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
    let terms = store.spread(id, true);
    if terms.len() < 2 {
        return Vec::new();
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
        if *e == 1 && matches!(store.node(*factor), Node::Sum(_) | Node::Transpose(_)) {
            let tidy = within(store, *factor, depth + 1);
            // A'X + XA stands beside its transpose as the same: X(A + B) + AX does not.
            if store.transpose(*factor) != *factor || store.transpose(tidy) == tidy {
                *factor = tidy;
            }
        }
    }
    store.product(1.0, &scalars, &chain)
}

impl Term {
    /// The factors of the chain, from one of its ends.
    fn chain_from(&self, left: bool) -> impl Iterator<Item = (Id, i32)> {
        let last = self.chain.len() - 1;
        (0..=last).map(move |k| self.chain[if left { k } else { last - k }])
    }

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
    let mut best: Option<(Vec<usize>, bool, usize)> = None;
    for from_left in [false, true] {
        // By the factor at that end: of others none shares a factor.
        let end = |term: &Term| term.chain_from(from_left).next().filter(|_| term.chain.len() > 1);
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
                if terms[first].scalars == terms[other].scalars {
                    group.push(other);
                    common = common.min(shared(&terms[first], &terms[other], from_left));
                }
            }
            let gain = |group: &[usize], common: usize| (group.len() - 1) * common;
            if group.len() > 1 && best.as_ref().is_none_or(|b| gain(&group, common) > gain(&b.0, b.2)) {
                best = Some((group, from_left, common));
            }
        }
    }
    best.or_else(|| all_as_one(terms))
}

/// All the terms, with what they share at one end, whatever scalars stand beside them; but terms
/// such as A'A and A'XA, of which the same end would stay within, remain a sum.
fn all_as_one(terms: &[Term]) -> Option<(Vec<usize>, bool, usize)> {
    let (first, others) = terms.split_first()?;
    let [left, right] =
        [true, false].map(|side| others.iter().map(|other| shared(first, other, side)).min().unwrap_or(0));
    let shortest = terms.iter().map(|term| term.chain.len()).min()?;
    let from_left = left > right;
    let common = left.max(right);
    (common > 0 && left + right < shortest).then(|| ((0..terms.len()).collect(), from_left, common))
}

/// How many factors two terms share at one end; something is to be left of each.
fn shared(a: &Term, b: &Term, from_left: bool) -> usize {
    let most = a.chain.len().min(b.chain.len()) - 1;
    let pairs = a.chain_from(from_left).zip(b.chain_from(from_left)).take(most);
    pairs.take_while(|(own, other)| own == other).count()
}
