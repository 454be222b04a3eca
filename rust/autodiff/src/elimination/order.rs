//! Which vertex goes next, and how many multiplications an order takes.

use std::collections::BTreeSet;

use super::Linearised;
use crate::{GoOn, Raised};

/// A rule for the order of elimination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As the function computes.
    Forward,
    /// Against it.
    Reverse,
    /// The vertex with the fewest products first.
    Markowitz,
    /// The same, less the products of the inputs that reach it and the outputs it reaches: those
    /// edges may be needed in the end anyway (Naumann 2004).
    RelativeMarkowitz,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Forward, Self::Reverse, Self::Markowitz, Self::RelativeMarkowitz];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward order",
            Self::Reverse => "reverse order",
            Self::Markowitz => "lowest Markowitz degree",
            Self::RelativeMarkowitz => "lowest relative Markowitz degree",
        }
    }
}

/// What ways to the Jacobian cost.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Vertices that are neither inputs nor outputs.
    pub between: usize,
    /// Different edges.
    pub edges: usize,
    /// Multiplications of forward mode: a pass over all edges for each input.
    pub forward_mode: usize,
    /// Of reverse mode: a pass over all edges for each output.
    pub reverse_mode: usize,
    /// Of elimination in each order; none where it takes more than the best before.
    pub orders: Vec<(Order, Option<usize>)>,
    /// The order with the fewest.
    pub best: Order,
    /// Its sequence of vertices.
    pub sequence: Vec<u32>,
}

/// The costs of all orders, without any arithmetic.
pub fn counts(graph: &Linearised, go_on: GoOn<'_>) -> Result<Counts, Raised> {
    let links = Links::new(graph);
    let edges = links.into.iter().map(BTreeSet::len).sum();
    let outputs = graph.outputs.iter().flatten().count();
    let between = graph.vertices - graph.inputs - outputs;
    let reach = reach(graph, &links);
    let mut best = (usize::MAX, Order::Forward, Vec::new());
    let mut orders = Vec::new();
    for order in Order::ALL {
        let found = simulate(links.clone(), graph, order, &reach, best.0, go_on)?;
        orders.push((order, found.as_ref().map(|(count, _)| *count)));
        if let Some((count, sequence)) = found.filter(|(count, _)| *count < best.0) {
            best = (count, order, sequence);
        }
    }
    let [forward_mode, reverse_mode] = [graph.inputs, outputs].map(|passes| passes.saturating_mul(edges));
    Ok(Counts { between, edges, forward_mode, reverse_mode, orders, best: best.1, sequence: best.2 })
}

/// Who is connected with whom.
#[derive(Clone, Debug)]
struct Links {
    into: Vec<BTreeSet<u32>>,
    from: Vec<BTreeSet<u32>>,
}

impl Links {
    fn new(graph: &Linearised) -> Self {
        let empty = vec![BTreeSet::new(); graph.vertices];
        let mut links = Self { into: empty.clone(), from: empty };
        for edge in &graph.edges {
            links.into[edge.to as usize].insert(edge.from);
            links.from[edge.from as usize].insert(edge.to);
        }
        links
    }

    fn degree(&self, v: u32) -> usize {
        self.into[v as usize].len() * self.from[v as usize].len()
    }

    /// Take a vertex out; those that were connected with it.
    fn eliminate(&mut self, v: u32) -> [BTreeSet<u32>; 2] {
        let before = std::mem::take(&mut self.into[v as usize]);
        let after = std::mem::take(&mut self.from[v as usize]);
        for &p in &before {
            self.from[p as usize].remove(&v);
            self.from[p as usize].extend(&after);
        }
        for &s in &after {
            self.into[s as usize].remove(&v);
            self.into[s as usize].extend(&before);
        }
        [before, after]
    }
}

/// The vertices between inputs and outputs, in the order of computation.
fn between(graph: &Linearised) -> Vec<u32> {
    let mut inside = vec![true; graph.vertices];
    inside[..graph.inputs].fill(false);
    for &output in graph.outputs.iter().flatten() {
        inside[output as usize] = false;
    }
    (0..graph.vertices as u32).filter(|&v| inside[v as usize]).collect()
}

/// The count and the sequence of an order; nothing when it takes more than `most`.
fn simulate(
    mut links: Links,
    graph: &Linearised,
    order: Order,
    reach: &[usize],
    most: usize,
    go_on: GoOn<'_>,
) -> Result<Option<(usize, Vec<u32>)>, Raised> {
    let mut sequence = between(graph);
    if order == Order::Reverse {
        sequence.reverse();
    }
    let mut count = 0;
    if matches!(order, Order::Forward | Order::Reverse) {
        for &v in &sequence {
            go_on()?;
            count += links.degree(v);
            if count > most {
                return Ok(None);
            }
            links.eliminate(v);
        }
        return Ok(Some((count, sequence)));
    }
    let less = |v: u32| if order == Order::RelativeMarkowitz { reach[v as usize] } else { 0 };
    let cost = |links: &Links, v: u32| links.degree(v) as i64 - less(v) as i64;
    let mut costs = vec![None; graph.vertices];
    let mut waiting = BTreeSet::new();
    for &v in &sequence {
        costs[v as usize] = Some(cost(&links, v));
        waiting.insert((cost(&links, v), v));
    }
    sequence.clear();
    while let Some((_, v)) = waiting.pop_first() {
        go_on()?;
        count += links.degree(v);
        if count > most {
            return Ok(None);
        }
        sequence.push(v);
        costs[v as usize] = None;
        for &near in links.eliminate(v).iter().flatten() {
            let now = cost(&links, near);
            if let Some(known) = costs[near as usize].filter(|&known| known != now) {
                waiting.remove(&(known, near));
                waiting.insert((now, near));
                costs[near as usize] = Some(now);
            }
        }
    }
    Ok(Some((count, sequence)))
}

/// For each vertex, the inputs that reach it times the outputs that it reaches.
fn reach(graph: &Linearised, links: &Links) -> Vec<usize> {
    let counted = |starts: &[u32], before: &[BTreeSet<u32>], backwards: bool| {
        let words = starts.len().div_ceil(64);
        let mut bits = vec![0_u64; graph.vertices * words];
        for (k, &start) in starts.iter().enumerate() {
            bits[start as usize * words + k / 64] |= 1 << (k % 64);
        }
        for step in 0..graph.vertices {
            let v = if backwards { graph.vertices - 1 - step } else { step };
            for &other in &before[v] {
                for word in 0..words {
                    bits[v * words + word] |= bits[other as usize * words + word];
                }
            }
        }
        let ones = |v: usize| bits[v * words..(v + 1) * words].iter().map(|w| w.count_ones() as usize).sum();
        (0..graph.vertices).map(ones).collect::<Vec<usize>>()
    };
    let inputs: Vec<u32> = (0..graph.inputs as u32).collect();
    let outputs: Vec<u32> = graph.outputs.iter().flatten().copied().collect();
    let (above, below) = (counted(&inputs, &links.into, false), counted(&outputs, &links.from, true));
    above.into_iter().zip(below).map(|(a, b)| a * b).collect()
}
