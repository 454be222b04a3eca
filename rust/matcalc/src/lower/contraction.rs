//! Sums of contractions as nodes: what derivatives of any order are evaluated from.
//!
//! The factors of a contraction are multiplied by pairs, the cheapest first; a product that
//! another term has made already costs nothing.  Factors that no label connects are multiplied
//! last of all, and those that all terms share only once, by the sum of what is left.

use std::cmp::Ordering;

use pyframe_graph::{Binary, Labels, NodeId, Reduction};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::{LowerError, Lowered, Lowering};
use crate::derivative::Contraction;
use crate::limits::worked;

/// A value whose axes have labels, each once.
#[derive(Clone, Debug, PartialEq)]
struct Tensor {
    value: NodeId,
    labels: SmallVec<[u8; 4]>,
}

/// Factors that labels connect, as one; the coefficient, and the others.
struct Term {
    coefficient: f64,
    parts: Vec<Tensor>,
}

/// Products of two values that were made, as they are told apart: by what they are summed over.
type Made = FxHashSet<(NodeId, NodeId, Labels)>;

impl Lowering<'_> {
    /// The sum of contractions of one output, with an axis for each of its labels that some
    /// factor has, in their order.
    pub(super) fn contractions(&mut self, terms: &[Contraction], made: &mut Made) -> Lowered {
        let Some(first) = terms.first() else { return self.number(0.0) };
        let output = distinct(first.output.bytes());
        let mut terms =
            terms.iter().map(|term| self.parts_of(term, &output, made)).collect::<Result<Vec<_>, _>>()?;
        let mut shared = taken_out(&mut terms);
        let held = |label: &u8| terms.iter().any(|t| t.parts.iter().any(|p| p.labels.contains(label)));
        let labels: SmallVec<[u8; 4]> = output.iter().copied().filter(held).collect();
        let mut sum: Option<NodeId> = None;
        for Term { coefficient, mut parts } in terms {
            let scaled = if sum.is_some() && coefficient == -1.0 { 1.0 } else { coefficient };
            self.scale(scaled, &mut parts)?;
            let product = self.outer_product(parts, &labels)?;
            sum = Some(match sum {
                None => product,
                Some(sum) => {
                    let f = if coefficient == -1.0 { Binary::Sub } else { Binary::Add };
                    self.binary(f, sum, product)?
                }
            });
        }
        let value = match sum {
            Some(sum) => sum,
            None => self.number(0.0)?,
        };
        if shared.is_empty() {
            return Ok(value);
        }
        shared.push(Tensor { value, labels });
        let held = |label: &u8| shared.iter().any(|part| part.labels.contains(label));
        let labels: SmallVec<[u8; 4]> = output.iter().copied().filter(held).collect();
        self.outer_product(shared, &labels)
    }

    /// The parts of a contraction, each with those labels that the output has.
    fn parts_of(&mut self, term: &Contraction, output: &[u8], made: &mut Made) -> Result<Term, LowerError> {
        let mut parts: Vec<Vec<Tensor>> = Vec::new();
        for (factor, labels) in &term.factors {
            let factor = self.without_repeats(self.value(*factor)?, labels.as_bytes())?;
            let connected = |part: &mut Vec<Tensor>| part.iter().any(|own| meet(own, &factor));
            let mut joined: Vec<Tensor> = parts.extract_if(.., connected).flatten().collect();
            joined.push(factor);
            parts.push(joined);
        }
        let parts = parts.into_iter().map(|part| self.joined(part, output, made));
        Ok(Term { coefficient: term.coefficient, parts: parts.collect::<Result<_, _>>()? })
    }

    /// A matrix with one label twice is its diagonal.
    fn without_repeats(&mut self, value: NodeId, labels: &[u8]) -> Result<Tensor, LowerError> {
        match *labels {
            [a, b] if a == b => Ok(Tensor { value: self.diagonal_of(value)?, labels: [a].as_slice().into() }),
            _ => Ok(Tensor { value, labels: labels.into() }),
        }
    }

    /// The product of connected factors.
    fn joined(
        &mut self,
        mut factors: Vec<Tensor>,
        output: &[u8],
        made: &mut Made,
    ) -> Result<Tensor, LowerError> {
        loop {
            self.sum_alone(&mut factors, output)?;
            let Some((i, j, labels)) = self.next_pair(&factors, output, made) else { break };
            let (left, right) = (factors[i].clone(), factors[j].clone());
            let (first, last) = (i.min(j), i.max(j));
            factors.swap_remove(last);
            factors.swap_remove(first);
            let kept = letters(&left, &right, &labels.out);
            made.insert((left.value, right.value, labels.clone()));
            factors.push(self.pair(&left, &right, labels, kept)?);
        }
        factors
            .pop()
            .ok_or(LowerError::Graph(pyframe_graph::GraphError::Shape("a product of nothing".into())))
    }

    /// Sum each factor over the labels that it alone has.
    fn sum_alone(&mut self, factors: &mut [Tensor], output: &[u8]) -> Result<(), LowerError> {
        for k in 0..factors.len() {
            let needed = |label: &u8| {
                let elsewhere =
                    || factors.iter().enumerate().any(|(n, f)| n != k && f.labels.contains(label));
                output.contains(label) || elsewhere()
            };
            let alone: Vec<usize> =
                (0..factors[k].labels.len()).filter(|&axis| !needed(&factors[k].labels[axis])).collect();
            if alone.is_empty() {
                continue;
            }
            factors[k].value = self.graph.reduce(Reduction::Sum, factors[k].value, &alone)?;
            let mut axis = 0..;
            factors[k].labels.retain(|_| axis.next().is_some_and(|axis| !alone.contains(&axis)));
        }
        Ok(())
    }

    /// The two factors to multiply next, and how: the least work first, then the smallest
    /// result, then what can be used again.
    fn next_pair(&self, factors: &[Tensor], output: &[u8], made: &Made) -> Option<(usize, usize, Labels)> {
        worked(factors.len() * factors.len());
        let mut found = Vec::new();
        for (i, one) in factors.iter().enumerate() {
            for (j, other) in factors.iter().enumerate().skip(i + 1) {
                if !meet(one, other) {
                    continue;
                }
                let (i, j) = if one.value <= other.value { (i, j) } else { (j, i) };
                let labels = joint(factors, i, j, output);
                let [work, growth] = self.cost(&factors[i], &factors[j], &labels);
                found.push((i, j, labels, work, growth));
            }
        }
        let key = |&(i, j, ref labels, ..): &(usize, usize, Labels, f64, f64)| {
            (factors[i].value, factors[j].value, labels.clone())
        };
        let mut counts: FxHashMap<_, usize> = FxHashMap::default();
        for pair in &found {
            *counts.entry(key(pair)).or_default() += 1;
        }
        let rank = |pair: &(usize, usize, Labels, f64, f64)| {
            let key = key(pair);
            let work = if made.contains(&key) { 0.0 } else { pair.3 };
            (work, pair.4, counts[&key], key.0, key.1)
        };
        let order = |a: &(f64, f64, usize, NodeId, NodeId), b: &(f64, f64, usize, NodeId, NodeId)| {
            let numbers = a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
            numbers.then(b.2.cmp(&a.2)).then((a.3, a.4).cmp(&(b.3, b.4)))
        };
        let best =
            found.into_iter().map(|pair| (rank(&pair), pair)).min_by(|a, b| match order(&a.0, &b.0) {
                Ordering::Equal => (a.1.0, a.1.1).cmp(&(b.1.0, b.1.1)),
                different => different,
            })?;
        let (_, (i, j, labels, ..)) = best;
        Some((i, j, labels))
    }

    /// The multiplications of a product, and how many numbers more there are after it.
    fn cost(&self, left: &Tensor, right: &Tensor, labels: &Labels) -> [f64; 2] {
        let mut lengths: FxHashMap<u8, f64> = FxHashMap::default();
        for (own, tensor) in [(&labels.left, left), (&labels.right, right)] {
            lengths.extend(own.iter().zip(self.graph.shape(tensor.value)).map(|(&l, &n)| (l, n as f64)));
        }
        let size = |labels: &[u8]| labels.iter().map(|label| lengths[label]).product::<f64>();
        let work = lengths.values().product();
        [work, size(&labels.out) - size(&labels.left) - size(&labels.right)]
    }

    /// The product of two factors.
    fn pair(
        &mut self,
        left: &Tensor,
        right: &Tensor,
        labels: Labels,
        kept: SmallVec<[u8; 4]>,
    ) -> Result<Tensor, LowerError> {
        let summed = labels.left.iter().any(|label| !labels.out.contains(label));
        let value = if summed {
            self.graph.contract(left.value, right.value, labels)?
        } else {
            let (a, b) = (self.laid_out(left, &kept)?, self.laid_out(right, &kept)?);
            self.binary(Binary::Mul, a, b)?
        };
        Ok(Tensor { value, labels: kept })
    }

    /// A factor with its axes in the order of some labels, and axes of length one for those that
    /// it has not.
    fn laid_out(&mut self, tensor: &Tensor, labels: &[u8]) -> Lowered {
        let axes: Vec<usize> =
            labels.iter().filter_map(|label| tensor.labels.iter().position(|own| own == label)).collect();
        let turned = self.graph.transpose(tensor.value, &axes)?;
        let mut lengths = self.graph.shape(turned).to_vec().into_iter();
        let shape: Vec<usize> = labels
            .iter()
            .map(|label| if tensor.labels.contains(label) { lengths.next().unwrap_or(1) } else { 1 })
            .collect();
        // In front, axes are added by themselves.
        let front = labels.iter().take_while(|label| !tensor.labels.contains(label)).count();
        Ok(self.graph.reshape(turned, &shape[front..])?)
    }

    /// The smallest of the factors times a number.
    fn scale(&mut self, c: f64, parts: &mut Vec<Tensor>) -> Result<(), LowerError> {
        let size = |part: &Tensor| self.graph.shape(part.value).iter().product::<usize>();
        match parts.iter().enumerate().min_by_key(|(_, part)| size(part)) {
            Some((k, _)) => parts[k].value = self.times(c, parts[k].value)?,
            None => parts.push(Tensor { value: self.number(c)?, labels: SmallVec::new() }),
        }
        Ok(())
    }

    /// The product of factors without a common label, its axes in this order: the smallest first.
    fn outer_product(&mut self, mut parts: Vec<Tensor>, labels: &[u8]) -> Lowered {
        parts.sort_by_key(|part| self.graph.shape(part.value).iter().product::<usize>());
        let mut parts = parts.into_iter();
        let Some(mut whole) = parts.next() else { return self.number(1.0) };
        for part in parts {
            let both = |label: &u8| whole.labels.contains(label) || part.labels.contains(label);
            let kept: SmallVec<[u8; 4]> = labels.iter().copied().filter(both).collect();
            let (a, b) = (self.laid_out(&whole, &kept)?, self.laid_out(&part, &kept)?);
            whole = Tensor { value: self.binary(Binary::Mul, a, b)?, labels: kept };
        }
        self.laid_out(&whole, labels)
    }
}

/// The labels of a product of two factors, counted from 0 in the order in which they stand:
/// first those that both have and that are needed yet.
fn joint(factors: &[Tensor], i: usize, j: usize, output: &[u8]) -> Labels {
    let (left, right) = (&factors[i].labels, &factors[j].labels);
    let others = || factors.iter().enumerate().filter(|&(k, _)| k != i && k != j);
    let needed = |label: &u8| output.contains(label) || others().any(|(_, f)| f.labels.contains(label));
    let mut known: SmallVec<[u8; 8]> = SmallVec::new();
    for label in left.iter().chain(right) {
        if !known.contains(label) {
            known.push(*label);
        }
    }
    let number = |label: &u8| known.iter().position(|own| own == label).unwrap_or(0) as u8;
    let both = left.iter().filter(|label| right.contains(label));
    let summed = left.iter().any(|label| right.contains(label) && !needed(label));
    // Elementwise products keep the axes of the operand that has all of them.
    let out = match (summed, known.len()) {
        (false, n) if n == left.len() => left.iter().map(number).collect(),
        (false, n) if n == right.len() => right.iter().map(number).collect(),
        _ => {
            let stack = both.filter(|label| needed(label));
            let own = left.iter().filter(|label| !right.contains(label));
            let others = right.iter().filter(|label| !left.contains(label));
            let mut rest: SmallVec<[&u8; 8]> = own.chain(others).collect();
            if !summed {
                // As the result wants them, so that nothing is turned around later.
                rest.sort_by_key(|label| output.iter().position(|own| own == *label));
            }
            stack.chain(rest).map(number).collect()
        }
    };
    Labels { left: left.iter().map(number).collect(), right: right.iter().map(number).collect(), out }
}

/// The parts that all of several terms have, taken out of each: as often as each has them.
fn taken_out(terms: &mut [Term]) -> Vec<Tensor> {
    let mut shared = Vec::new();
    let [first, others @ ..] = terms else { return shared };
    if others.is_empty() {
        return shared;
    }
    first.parts.retain(|part| {
        let places: Option<Vec<usize>> =
            others.iter().map(|term| term.parts.iter().position(|own| own == part)).collect();
        let Some(places) = places else { return true };
        for (term, place) in others.iter_mut().zip(places) {
            term.parts.remove(place);
        }
        shared.push(part.clone());
        false
    });
    shared
}

fn meet(a: &Tensor, b: &Tensor) -> bool {
    a.labels.iter().any(|label| b.labels.contains(label))
}

/// Each label once, in the order in which they stand first.
fn distinct(labels: impl Iterator<Item = u8>) -> SmallVec<[u8; 4]> {
    let mut found = SmallVec::new();
    for label in labels {
        if !found.contains(&label) {
            found.push(label);
        }
    }
    found
}

/// What labels that were counted from 0 stand for.
fn letters(left: &Tensor, right: &Tensor, numbers: &[u8]) -> SmallVec<[u8; 4]> {
    let known = distinct(left.labels.iter().chain(&right.labels).copied());
    numbers.iter().map(|&number| known[number as usize]).collect()
}
