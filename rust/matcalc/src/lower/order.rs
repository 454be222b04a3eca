//! In which order a chain of matrices is multiplied: the cheapest, by dynamic programming.

use crate::limits::worked;

/// Costs of stretches and where each is split last.
pub(super) struct Plan {
    count: usize,
    table: Vec<(f64, usize)>,
}

impl Plan {
    /// The cheapest way, given what a stretch costs that is there already or stands alone, and
    /// what the last product of two neighbouring stretches costs.
    pub(super) fn new(
        count: usize,
        known: impl Fn(usize, usize) -> Option<f64>,
        joined: impl Fn(usize, usize, usize) -> f64,
    ) -> Self {
        let mut plan = Self { count, table: vec![(0.0, 0); (count + 1) * (count + 1)] };
        for length in 1..=count {
            worked(count * length);
            for from in 0..=count - length {
                let to = from + length;
                let best = known(from, to).map(|cost| (cost, from)).or_else(|| {
                    let split = |at| (plan.cost(from, at) + plan.cost(at, to) + joined(from, at, to), at);
                    // Equal costs: from the right, as A (B x).
                    (from + 1..to).map(split).min_by(|a, b| a.0.total_cmp(&b.0))
                });
                plan.table[from * (count + 1) + to] = best.unwrap_or((0.0, from));
            }
        }
        plan
    }

    /// What a stretch costs.
    pub(super) fn cost(&self, from: usize, to: usize) -> f64 {
        self.table[from * (self.count + 1) + to].0
    }

    /// Where it is split.
    pub(super) fn split(&self, from: usize, to: usize) -> usize {
        self.table[from * (self.count + 1) + to].1
    }
}
