//! Revolve: the least computing for a number of states that may be kept, all steps alike.
//!
//! With s kept states, the first included, and no step computed more than r times on the way,
//! at most beta(s, r) = (s + r)! / (s! r!) steps can be reversed.  For n steps r is the least
//! number with beta(s, r) >= n, and t(n, s) = r n - beta(s + 1, r - 1) steps are computed,
//! apart from the n that are computed once more as they are reversed.
//!
//! Griewank and Walther 2000, Algorithm 799: Revolve, ACM TOMS 26.

use super::schedule::{Split, Splitting};

/// Binomial checkpointing; the budget is the number of states kept, the first included.
#[derive(Clone, Copy, Debug)]
pub struct Revolve;

/// beta(s, r), the steps that s states and r repetitions reverse; saturates.
pub fn binomial(s: usize, r: usize) -> usize {
    let (few, sum) = (s.min(r) as u128, (s + r) as u128);
    let mut beta = 1_u128;
    for k in 1..=few {
        beta = beta.saturating_mul(sum - few + k) / k;
        if beta > usize::MAX as u128 {
            return usize::MAX;
        }
    }
    beta as usize
}

/// The least r with beta(s, r) >= n.
fn repetitions(n: usize, s: usize) -> usize {
    let mut r = 0;
    while binomial(s, r) < n {
        r += 1;
    }
    r
}

impl Revolve {
    /// t(n, s), the steps computed on the way.
    pub fn advances(steps: usize, slots: usize) -> usize {
        if slots == 1 {
            return steps * steps.saturating_sub(1) / 2;
        }
        match repetitions(steps, slots) {
            0 => 0,
            r => r * steps - binomial(slots + 1, r - 1),
        }
    }
}

impl Splitting for Revolve {
    type Budget = usize;

    fn split(&self, from: usize, to: usize, slots: usize) -> Option<Split<usize>> {
        if slots < 2 {
            return None;
        }
        let steps = to - from;
        let r = repetitions(steps, slots);
        // The left part is reversed with one repetition less, the right with one state less.
        let left = binomial(slots, r - 1).min(steps - binomial(slots - 1, r - 1).min(steps - 1));
        Some(Split { at: from + left.clamp(1, steps - 1), right: slots - 1, left: slots })
    }
}

#[cfg(test)]
mod tests {
    use super::super::schedule::{Schedule, tests::played};
    use super::{Revolve, binomial};

    #[test]
    fn computes_as_often_as_the_theory_says() {
        for slots in 1..=12 {
            for steps in 1..=220 {
                let (advanced, reversed, most) = played(Schedule::new(Revolve, steps, slots), steps);
                assert_eq!(advanced, Revolve::advances(steps, slots), "{steps} steps, {slots} slots");
                assert_eq!(reversed, steps);
                assert!(most <= slots);
            }
        }
    }

    #[test]
    fn is_the_least_by_enumeration() {
        // T(n, s) = min over m of m + T(n - m, s - 1) + T(m, s).
        let mut least = vec![vec![0_usize; 9]; 60];
        for n in 2..60 {
            least[n][1] = n * (n - 1) / 2;
            for s in 2..9 {
                least[n][s] = (1..n).map(|m| m + least[n - m][s - 1] + least[m][s]).min().unwrap_or(0);
                assert_eq!(least[n][s], Revolve::advances(n, s), "n = {n}, s = {s}");
            }
        }
    }

    #[test]
    fn of_the_large_numbers_of_the_issue() {
        assert_eq!(binomial(10, 10), 184_756);
        for slots in [10, 30, 100] {
            let (advanced, reversed, most) = played(Schedule::new(Revolve, 100_000, slots), 100_000);
            assert_eq!((advanced, reversed), (Revolve::advances(100_000, slots), 100_000));
            assert_eq!(most, slots);
        }
    }

    #[test]
    fn more_slots_than_steps_compute_each_step_once() {
        let (advanced, _, most) = played(Schedule::new(Revolve, 40, 1000), 40);
        assert_eq!((advanced, most), (39, 40));
    }
}
