//! Blocks of ceil(sqrt(n)) steps: the state before each is kept, and within the block that is
//! being reversed all of them.  Each step is computed at most twice on the way.

use super::schedule::{Split, Splitting};

/// Two levels of checkpoints.
#[derive(Clone, Copy, Debug)]
pub struct SquareRoot {
    block: usize,
}

impl SquareRoot {
    /// For a chain of so many steps.
    pub fn new(steps: usize) -> Self {
        let root = steps.isqrt();
        Self { block: if root * root == steps { root.max(1) } else { root + 1 } }
    }
}

/// What a stretch of steps is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Blocks.
    Blocks,
    /// Steps of one block.
    Steps,
}

impl Splitting for SquareRoot {
    type Budget = Level;

    fn split(&self, from: usize, to: usize, level: Level) -> Option<Split<Level>> {
        let step = if level == Level::Blocks && to - from > self.block { self.block } else { 1 };
        let right = if step == 1 { Level::Steps } else { level };
        Some(Split { at: from + step, right, left: Level::Steps })
    }
}

#[cfg(test)]
mod tests {
    use super::super::schedule::{Schedule, tests::played};
    use super::{Level, SquareRoot};

    #[test]
    fn keeps_two_roots_and_computes_twice() {
        for steps in 1..500_usize {
            let schedule = Schedule::new(SquareRoot::new(steps), steps, Level::Blocks);
            let (advanced, reversed, most) = played(schedule, steps);
            let root = (steps as f64).sqrt().ceil() as usize;
            assert_eq!(reversed, steps);
            assert!(advanced < 2 * steps, "{steps}: {advanced}");
            assert!(most <= 2 * root, "{steps}: {most}");
        }
    }
}
