//! Which two factors of a contraction to multiply next.

use pyframe_graph::{Graph, Labels as Joint, NodeId};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::{Labels, Tensor, distinct, meet};
use crate::limits::worked;

/// A product of two values, told apart by its labels counted from 0 in the order in which they
/// stand.
type Key = (NodeId, NodeId, Joint);

/// Products that were made.
pub(super) type Made = FxHashSet<Key>;

/// Two factors and how they are multiplied.
pub(super) struct Pair {
    places: [usize; 2],
    pub(super) key: Key,
    /// Multiplications.
    work: f64,
    /// How many numbers more there are afterwards.
    growth: f64,
}

/// Up to so many factors all orders are compared.
const FEW: usize = 6;

/// The factors to multiply next.
pub(super) fn next(graph: &Graph, factors: &[Tensor], output: &[u8], made: &Made) -> Option<Pair> {
    match factors.len() {
        0 | 1 => None,
        2..=FEW => Some(Pair::of(graph, factors, first_of_best(graph, factors, output), output, made)),
        _ => cheapest(graph, factors, output, made),
    }
}

/// The first two factors in an order of least work for all.
fn first_of_best(graph: &Graph, factors: &[Tensor], output: &[u8]) -> [usize; 2] {
    let known = distinct(factors.iter().flat_map(|f| f.labels.iter().copied()));
    let bit = |label: &u8| known.iter().position(|own| own == label).map_or(0, |k| 1_u64 << k);
    let bits = |labels: &[u8]| labels.iter().map(bit).fold(0, |all, bit| all | bit);
    let mut lengths = [1.0; u64::BITS as usize];
    for factor in factors {
        for (label, &n) in factor.labels.iter().zip(graph.shape(factor.value)) {
            lengths[bit(label).trailing_zeros() as usize] = n as f64;
        }
    }
    let size =
        |labels: u64| (0..known.len()).filter(|k| labels >> k & 1 == 1).map(|k| lengths[k]).product::<f64>();
    let whole = (1_usize << factors.len()) - 1;
    let inside = |set: usize| {
        let members = (0..factors.len()).filter(|k| set >> k & 1 == 1);
        members.fold(0, |all, k| all | bits(&factors[k].labels))
    };
    // For each set of factors: the labels of its product, the work for it, and one of its halves.
    let mut sets = [(0_u64, 0.0_f64, 0_usize); 1 << FEW];
    for set in 1..=whole {
        let labels = inside(set) & (bits(output) | inside(whole ^ set));
        let half = |half: usize| {
            let (one, other) = (&sets[half], &sets[set ^ half]);
            (one.1 + other.1 + size(one.0 | other.0) + size(labels), half)
        };
        let lowest = set & set.wrapping_neg();
        let halves = (1..set).filter(|half| half & set == *half && half & lowest != 0);
        let best = halves.map(half).min_by(|a, b| a.0.total_cmp(&b.0));
        sets[set] = best.map_or((labels, 0.0, 0), |(work, half)| (labels, work, half));
    }
    let mut set = whole;
    while set.count_ones() > 2 {
        let half = sets[set].2;
        set = if half.count_ones() > 1 { half } else { set ^ half };
    }
    let first = set.trailing_zeros();
    [first as usize, (set ^ 1 << first).trailing_zeros() as usize]
}

/// Of many factors those with the least work, then the smallest result, then a product that can
/// be used again.
fn cheapest(graph: &Graph, factors: &[Tensor], output: &[u8], made: &Made) -> Option<Pair> {
    worked(factors.len() * factors.len());
    let mut pairs = Vec::new();
    for i in 0..factors.len() {
        for j in i + 1..factors.len() {
            if meet(&factors[i], &factors[j]) {
                pairs.push(Pair::of(graph, factors, [i, j], output, made));
            }
        }
    }
    let mut often: FxHashMap<&Key, usize> = FxHashMap::default();
    for pair in &pairs {
        *often.entry(&pair.key).or_default() += 1;
    }
    let best = (0..pairs.len()).min_by(|&a, &b| {
        let (a, b) = (&pairs[a], &pairs[b]);
        let sizes = a.work.total_cmp(&b.work).then(a.growth.total_cmp(&b.growth));
        let names = || (a.key.0, a.key.1, a.places).cmp(&(b.key.0, b.key.1, b.places));
        sizes.then(often[&b.key].cmp(&often[&a.key])).then_with(names)
    })?;
    Some(pairs.swap_remove(best))
}

impl Pair {
    fn of(graph: &Graph, factors: &[Tensor], places: [usize; 2], output: &[u8], made: &Made) -> Self {
        let mut places = places;
        if factors[places[0]].value > factors[places[1]].value {
            places.reverse();
        }
        let [left, right] = places.map(|k| &factors[k]);
        let key = (left.value, right.value, joint(factors, places, output));
        let mut lengths: FxHashMap<u8, f64> = FxHashMap::default();
        for (labels, tensor) in [(&key.2.left, left), (&key.2.right, right)] {
            let own = graph.shape(tensor.value).iter().map(|&n| n as f64);
            lengths.extend(labels.iter().copied().zip(own));
        }
        let size = |labels: &[u8]| labels.iter().map(|label| lengths[label]).product::<f64>();
        let growth = size(&key.2.out) - size(&key.2.left) - size(&key.2.right);
        let work = if made.contains(&key) { 0.0 } else { lengths.values().product() };
        Self { places, key, work, growth }
    }

    /// The two factors, taken out of all.
    pub(super) fn take_from(&self, factors: &mut Vec<Tensor>) -> (Tensor, Tensor) {
        let [left, right] = self.places;
        let last = factors.swap_remove(left.max(right));
        let first = factors.swap_remove(left.min(right));
        if left < right { (first, last) } else { (last, first) }
    }

    /// Whether a label vanishes.
    pub(super) fn is_summed(&self) -> bool {
        self.key.2.left.iter().any(|label| !self.key.2.out.contains(label))
    }

    /// The labels of the product.
    pub(super) fn kept(&self, left: &Tensor, right: &Tensor) -> Labels {
        let known = distinct(left.labels.iter().chain(&right.labels).copied());
        self.key.2.out.iter().map(|&number| known[number as usize]).collect()
    }
}

/// The labels of a product, those in front that both factors have and that are needed yet.
fn joint(factors: &[Tensor], [i, j]: [usize; 2], output: &[u8]) -> Joint {
    let (left, right) = (&factors[i].labels, &factors[j].labels);
    let others = || factors.iter().enumerate().filter(|&(k, _)| k != i && k != j);
    let needed = |label: &u8| output.contains(label) || others().any(|(_, f)| f.labels.contains(label));
    let known = distinct(left.iter().chain(right).copied());
    let number = |label: &u8| known.iter().position(|own| own == label).unwrap_or(0) as u8;
    let both = left.iter().filter(|label| right.contains(label));
    let summed = left.iter().any(|label| right.contains(label) && !needed(label));
    // Elementwise products keep the axes of the factor that has all of them.
    let out = match (summed, known.len()) {
        (false, n) if n == left.len() => left.iter().map(number).collect(),
        (false, n) if n == right.len() => right.iter().map(number).collect(),
        _ => {
            let own = left.iter().filter(|label| !right.contains(label));
            let others = right.iter().filter(|label| !left.contains(label));
            let mut rest: SmallVec<[&u8; 8]> = own.chain(others).collect();
            // As the result wants them, so that nothing is turned around later.
            rest.sort_by_key(|label| output.iter().position(|own| own == *label).unwrap_or(output.len()));
            both.filter(|label| needed(label)).chain(rest).map(number).collect()
        }
    };
    Joint { left: left.iter().map(number).collect(), right: right.iter().map(number).collect(), out }
}
