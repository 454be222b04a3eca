//! Sums inside chains, multiplied out where that is less work: of A' (diag(s) - s s') A the matrix
//! between is never made when A is tall.

use std::cell::Cell;

use smallvec::SmallVec;

use super::chain::{Factor, PLANNED};
use super::{LowerError, Lowering};
use crate::node::{Id, Node, Real};
use crate::size::Dim;
use crate::switches::switches_off;

/// How many times less work it has to be: a sum that is made may be of use elsewhere too.
const LESS: f64 = 2.0;
/// Less work than this is not worth more products.
const WORTH: f64 = 2e4;
/// Sums of more terms stay as they are, and sums deeper inside sums.
const MOST_TERMS: usize = 16;
const DEEPEST: usize = 3;
/// How much is looked at for one chain, in steps of plans: powers of sums have too many ways.
const STEPS: usize = 1_000_000;

/// A chain that stands for a term of the sum of its like.
pub(super) struct Distributed<'a> {
    pub(super) coefficient: f64,
    pub(super) scalars: &'a [(Id, Real)],
    pub(super) factors: Vec<Factor>,
}

impl<'a> Lowering<'a> {
    /// The chains whose sum a chain is, where they are less work together.
    pub(super) fn distributed(&self, factors: &[Factor]) -> Option<Vec<Distributed<'a>>> {
        self.cheaper(factors, 0, &Cell::new(STEPS)).ok().flatten().map(|found| found.0)
    }

    /// Whose values a chain is computed from.
    pub(super) fn needs_of_factors(&self, factors: &[Factor]) -> SmallVec<[Id; 4]> {
        match self.distributed(factors) {
            Some(chains) => {
                let needs = |chain: Distributed<'_>| {
                    let scalars = chain.scalars.iter().map(|s| s.0);
                    scalars.chain(self.needs_of_factors(&chain.factors)).collect::<SmallVec<[Id; 4]>>()
                };
                chains.into_iter().flat_map(needs).collect()
            }
            None => factors.iter().filter_map(|factor| factor.id()).collect(),
        }
    }

    /// Those chains, and what they cost.
    fn cheaper(
        &self,
        factors: &[Factor],
        depth: usize,
        steps: &Cell<usize>,
    ) -> Result<Option<(Vec<Distributed<'a>>, f64)>, LowerError> {
        let sums = factors.iter().filter(|&&factor| self.terms_of(factor).is_some());
        let in_reach = (2..=PLANNED).contains(&factors.len()) && depth <= DEEPEST;
        if !in_reach || sums.count() == 0 || steps.get() == 0 {
            return Ok(None);
        }
        let n = self.lengths(factors)?;
        let result = n[0] * n[n.len() - 1];
        let mut best = None;
        let mut most = self.as_it_stands(factors, depth, steps)? / LESS;
        if most * LESS <= WORTH {
            return Ok(None);
        }
        for (place, &factor) in factors.iter().enumerate() {
            let Some((terms, turned)) = self.terms_of(factor) else { continue };
            let mut cost = 0.0;
            let mut chains = Vec::with_capacity(terms.len());
            for &(term, c) in terms {
                let (scalars, mut own) = self.parts(term);
                if turned {
                    own = self.flipped(&own);
                }
                let factors = [&factors[..place], &own, &factors[place + 1..]].concat();
                cost += self.work(&factors, depth + 1, steps)? + result;
                chains.push(Distributed { coefficient: c.get(), scalars, factors });
            }
            if cost <= most && most * LESS - cost > WORTH {
                (best, most) = (Some((chains, cost)), cost);
            }
        }
        Ok(best)
    }

    /// What a chain costs in the way that is taken.
    fn work(&self, factors: &[Factor], depth: usize, steps: &Cell<usize>) -> Result<f64, LowerError> {
        match self.cheaper(factors, depth, steps)? {
            Some((_, cost)) => Ok(cost),
            None => self.as_it_stands(factors, depth, steps),
        }
    }

    /// What it costs with its sums made first.
    fn as_it_stands(&self, factors: &[Factor], depth: usize, steps: &Cell<usize>) -> Result<f64, LowerError> {
        if factors.len() > PLANNED {
            return Ok(f64::INFINITY);
        }
        steps.set(steps.get().saturating_sub(factors.len().pow(3)));
        let mut cost = self.plan_afresh(factors)?.cost(0, factors.len());
        for &factor in factors {
            let Some((terms, _)) = self.terms_of(factor) else { continue };
            let n = self.lengths(&[factor])?;
            for &(term, _) in terms {
                cost += n[0] * n[1];
                if depth < DEEPEST {
                    cost += self.work(&self.parts(term).1, depth + 1, steps)?;
                }
            }
        }
        Ok(cost)
    }

    /// The terms of a factor that is a sum of matrices, and whether it stands transposed.
    fn terms_of(&self, factor: Factor) -> Option<(&'a [(Id, Real)], bool)> {
        let Factor::Matrix { id, turned, inverse: false } = factor else { return None };
        let (store, ty) = (self.store, self.store.ty(id));
        let Node::Sum(terms) = store.node(id) else { return None };
        let wide = ty.rows != Dim::ONE && ty.columns != Dim::ONE;
        // What a scalar switches off is to stand beside it.
        let switched = |&(term, _): &(Id, Real)| match store.node(term) {
            Node::Product { scalars, chain } => chain
                .iter()
                .any(|factor| scalars.iter().any(|scalar| switches_off(store, scalar.0, factor.0))),
            _ => false,
        };
        let several = (2..=MOST_TERMS).contains(&terms.len());
        (wide && several && !terms.iter().any(switched)).then_some((terms, turned))
    }

    /// The scalars of a term and its chain, of which the identity is no part.
    fn parts(&self, term: Id) -> (&'a [(Id, Real)], Vec<Factor>) {
        let store = self.store;
        let (scalars, chain) = match store.node(term) {
            Node::Product { scalars, chain } => (&**scalars, &**chain),
            _ => (&[][..], &[(term, 1)][..]),
        };
        match chain {
            &[(only, 1)] if matches!(store.node(only), Node::Eye(_)) => (scalars, Vec::new()),
            _ => (scalars, self.factors(chain)),
        }
    }
}
