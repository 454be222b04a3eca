//! The least computing under a number of bytes, for steps of different costs and states of
//! different sizes, by dynamic programming.
//!
//! C(i, j, m) is the least cost of reversing the steps i..j when m bytes may be kept besides
//! state i:  C(i, j, m) = min over k of F(i, k) + C(k, j, m - size_k) + C(i, k, m), or
//! F(i, j - 1) + C(i, j - 1, m) when nothing is kept; F(i, k) is the cost of computing i..k.
//! Long chains are cut into blocks, within which revolve is used.
//!
//! After Beaumont, Eyraud-Dubois, Herrmann, Joly and Shilova 2019, Optimal checkpointing for
//! heterogeneous chains, without their choice of what a step keeps for itself.

use super::revolve::Revolve;
use super::schedule::{Split, Splitting};

/// Blocks at most, and units that the bytes are counted in.
const BLOCKS: usize = 64;
const UNITS: usize = 128;

/// Choices besides a split: revolve, or the last step by itself.
const REVOLVE: u8 = 0;
const LAST: u8 = u8::MAX;

/// Checkpoints by dynamic programming.
#[derive(Clone, Debug)]
pub struct Optimal {
    /// The first state of each block, and the end.
    starts: Vec<usize>,
    /// The block to split at, for each pair of blocks and number of units, or another choice.
    choices: Vec<u8>,
    /// The size of the state before each block, in units.
    sizes: Vec<usize>,
    /// The size of the largest state within each block and of all of them, in bytes.
    inner: Vec<(usize, usize)>,
    unit: usize,
    units: usize,
}

/// What a stretch may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Units, for a stretch of blocks.
    Units(usize),
    /// States, for the steps of one block.
    Slots(usize),
}

impl Optimal {
    /// For a chain with these costs of steps and sizes of states (state k lies before step k),
    /// and so many bytes for the states besides the first.
    pub fn new(costs: &[f64], sizes: &[usize], bytes: usize) -> Self {
        let steps = costs.len();
        let blocks = steps.min(BLOCKS);
        let starts: Vec<usize> = (0..=blocks).map(|b| b * steps / blocks.max(1)).collect();
        // Keeping every state takes no more than this.
        let all: usize = sizes.iter().sum();
        let unit = bytes.min(all).div_ceil(UNITS).max(1);
        let units = if bytes >= all { all.div_ceil(unit) } else { bytes / unit };
        let mut made = Self {
            sizes: (0..blocks).map(|b| sizes[starts[b]].div_ceil(unit)).collect(),
            inner: (0..blocks)
                .map(|b| &sizes[starts[b]..starts[b + 1]])
                .map(|sizes| (sizes.iter().copied().max().unwrap_or(0), sizes.iter().sum()))
                .collect(),
            starts,
            choices: Vec::new(),
            unit,
            units,
        };
        made.solve(costs);
        made
    }

    /// All the room there is.
    pub fn room(&self) -> Room {
        Room::Units(self.units)
    }

    fn blocks(&self) -> usize {
        self.starts.len() - 1
    }

    fn place(&self, i: usize, j: usize, m: usize) -> usize {
        (i * (self.blocks() + 1) + j) * (self.units + 1) + m
    }

    /// States of the blocks i..j that may be kept, the first included.
    fn slots(&self, i: usize, j: usize, units: usize) -> usize {
        let bytes = units * self.unit;
        let (largest, all) = self.inner[i..j]
            .iter()
            .fold((1, 0), |(largest, all), &(most, sum)| (most.max(largest), all + sum));
        if all <= bytes { self.starts[j] - self.starts[i] } else { 1 + bytes / largest }
    }

    /// The cost of reversing the blocks i..j by revolve, with the states that m units hold.
    fn revolved(&self, i: usize, j: usize, m: usize, sums: &[(f64, f64)]) -> f64 {
        let (from, to) = (self.starts[i], self.starts[j]);
        let slots = self.slots(i, j, m);
        if slots == 1 {
            // The sum of F(from, l) over the steps l but the last.
            return sums[to].1 - sums[from + 1].1 - (to - from - 1) as f64 * sums[from].0;
        }
        (sums[to].0 - sums[from].0) / (to - from) as f64 * Revolve::advances(to - from, slots) as f64
    }

    fn solve(&mut self, costs: &[f64]) {
        let n = self.blocks();
        // Sums of the costs of the steps before each, and sums of those sums.
        let mut sums = vec![(0.0, 0.0)];
        for (k, cost) in costs.iter().enumerate() {
            let (sum, double) = sums[k];
            sums.push((sum + cost, double + sum));
        }
        let before = |b: usize| sums[self.starts[b]].0;
        let mut least = vec![0.0; (n + 1) * (n + 1) * (self.units + 1)];
        let mut choices = vec![0; least.len()];
        for length in 1..=n {
            for i in 0..=n - length {
                let j = i + length;
                for m in 0..=self.units {
                    let mut best = (f64::INFINITY, REVOLVE);
                    let mut offer = |cost: f64, choice: u8| {
                        if cost < best.0 {
                            best = (cost, choice);
                        }
                    };
                    // Where each block is a step, splits alone are exact.
                    if length == 1 || costs.len() > n {
                        offer(self.revolved(i, j, m, &sums), REVOLVE);
                    }
                    for k in (i + 1..j).filter(|&k| self.sizes[k] <= m) {
                        let right = least[self.place(k, j, m - self.sizes[k])];
                        offer(before(k) - before(i) + right + least[self.place(i, k, m)], k as u8);
                    }
                    if length > 1 && self.starts[j] - self.starts[j - 1] == 1 {
                        offer(before(j - 1) - before(i) + least[self.place(i, j - 1, m)], LAST);
                    }
                    let place = self.place(i, j, m);
                    (least[place], choices[place]) = best;
                }
            }
        }
        self.choices = choices;
    }
}

impl Splitting for Optimal {
    type Budget = Room;

    fn split(&self, from: usize, to: usize, room: Room) -> Option<Split<Room>> {
        let units = match room {
            Room::Units(units) => units,
            Room::Slots(slots) => {
                let Split { at, right, left } = Revolve.split(from, to, slots)?;
                return Some(Split { at, right: Room::Slots(right), left: Room::Slots(left) });
            }
        };
        let i = self.starts.partition_point(|&start| start < from);
        let j = self.starts.partition_point(|&start| start < to);
        match self.choices[self.place(i, j, units)] {
            LAST => None,
            REVOLVE => self.split(from, to, Room::Slots(self.slots(i, j, units))),
            k => {
                let k = usize::from(k);
                let right = Room::Units(units - self.sizes[k]);
                Some(Split { at: self.starts[k], right, left: room })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::revolve::Revolve;
    use super::super::schedule::{Action, Schedule, tests::played};
    use super::Optimal;

    /// Costs of the steps computed on the way, and the most bytes kept besides the first state.
    fn spent(costs: &[f64], sizes: &[usize], bytes: usize) -> (f64, usize) {
        let optimal = Optimal::new(costs, sizes, bytes);
        let room = optimal.room();
        let (mut present, mut cost) = (0, 0.0);
        let (mut kept, mut most) = (0, 0);
        for action in Schedule::new(optimal, costs.len(), room) {
            match action {
                Action::Advance(to) => {
                    cost += costs[present..to].iter().sum::<f64>();
                    present = to;
                }
                Action::Keep(k) => {
                    kept += sizes[k];
                    most = most.max(kept);
                }
                Action::Release(k) => kept -= sizes[k],
                Action::Restore(k) => present = k,
                Action::Reverse(_) => {}
            }
        }
        (cost, most)
    }

    fn least(
        costs: &[f64],
        sizes: &[usize],
        (i, j, m): (usize, usize, usize),
        known: &mut HashMap<(usize, usize, usize), f64>,
    ) -> f64 {
        if j - i == 1 {
            return 0.0;
        }
        if let Some(&cost) = known.get(&(i, j, m)) {
            return cost;
        }
        let over = |k: usize| costs[i..k].iter().sum::<f64>();
        let mut best = over(j - 1) + least(costs, sizes, (i, j - 1, m), known);
        for k in i + 1..j {
            if sizes[k] <= m {
                let right = least(costs, sizes, (k, j, m - sizes[k]), known);
                best = best.min(over(k) + right + least(costs, sizes, (i, k, m), known));
            }
        }
        known.insert((i, j, m), best);
        best
    }

    #[test]
    fn is_the_least_by_enumeration() {
        let mut state = 1_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..60 {
            let n = 2 + random(14) as usize;
            let costs: Vec<f64> = (0..n).map(|_| 1.0 + random(9) as f64).collect();
            let sizes: Vec<usize> = (0..n).map(|_| 1 + random(7) as usize).collect();
            for bytes in [0, 3, 8, 20, 50] {
                let (cost, most) = spent(&costs, &sizes, bytes);
                let wanted = least(&costs, &sizes, (0, n, bytes), &mut HashMap::new());
                assert!(most <= bytes, "{most} bytes of {bytes}");
                assert_eq!(cost, wanted, "{costs:?} {sizes:?} {bytes}");
            }
        }
    }

    #[test]
    fn agrees_with_revolve_where_all_steps_are_alike() {
        for (n, slots) in [(10, 2), (40, 3), (64, 5), (64, 9)] {
            let (cost, _) = spent(&vec![1.0; n], &vec![1; n], slots - 1);
            assert_eq!(cost, Revolve::advances(n, slots) as f64);
        }
    }

    #[test]
    fn long_chains_keep_within_the_bytes() {
        let n = 5000;
        let costs: Vec<f64> = (0..n).map(|k| 1.0 + (k % 7) as f64).collect();
        let sizes: Vec<usize> = (0..n).map(|k| 100 + 300 * (k % 3)).collect();
        for bytes in [0, 1000, 20_000, 200_000, 10_000_000] {
            let (cost, most) = spent(&costs, &sizes, bytes);
            assert!(most <= bytes);
            let all: f64 = costs.iter().sum();
            assert!(bytes < 10_000_000 || cost < all);
            let optimal = Optimal::new(&costs, &sizes, bytes);
            let room = optimal.room();
            assert_eq!(played(Schedule::new(optimal, n, room), n).1, n);
        }
    }
}
