//! A schedule: what to do next, one action after another.

/// One action on a chain of steps, the k-th of which leads from state k to state k + 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Compute the states from the present one on, up to this one.
    Advance(usize),
    /// Keep the present state.
    Keep(usize),
    /// Go back to a kept state.
    Restore(usize),
    /// Keep a state no longer.
    Release(usize),
    /// Compute the step from the present state once more and turn its adjoint around.
    Reverse(usize),
}

/// Where a stretch of steps is divided: the state there is kept while the right part is
/// reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split<B> {
    /// The state to keep.
    pub at: usize,
    /// What the steps after it may keep.
    pub right: B,
    /// What the steps before it may keep.
    pub left: B,
}

/// A rule that divides stretches of steps.
pub trait Splitting {
    /// What a stretch may keep besides the state it starts from.
    type Budget: Copy + std::fmt::Debug;

    /// Where to divide the steps `from..to`, of which there are at least two; nothing when no
    /// state may be kept.
    fn split(&self, from: usize, to: usize, budget: Self::Budget) -> Option<Split<Self::Budget>>;
}

#[derive(Clone, Copy, Debug)]
enum Task<B> {
    Stretch {
        from: usize,
        to: usize,
        budget: B,
    },
    /// What is left of a stretch whose right part, from `at` on, has been reversed.
    Left {
        from: usize,
        at: usize,
        budget: B,
    },
    Do(Action),
}

/// The actions that reverse a chain; it takes memory for each state kept, not for each step.
///
/// ```
/// use pyframe_tape::checkpointing::{Action, Revolve, Schedule};
///
/// // Three steps, of which only the first state is kept.
/// let actions: Vec<Action> = Schedule::new(Revolve, 3, 1).collect();
/// let advanced = actions.iter().filter(|a| matches!(a, Action::Advance(_))).count();
/// assert_eq!(advanced, 2); // 0 to 2, then 0 to 1
/// ```
#[derive(Clone, Debug)]
pub struct Schedule<S: Splitting> {
    splitting: S,
    tasks: Vec<Task<S::Budget>>,
}

impl<S: Splitting> Schedule<S> {
    /// Bytes for each state kept, in a list that doubles itself.
    pub const LINE: usize = 2 * size_of::<Task<S::Budget>>();

    /// Reverse so many steps; the first state is kept already and is the present one.
    pub fn new(splitting: S, steps: usize, budget: S::Budget) -> Self {
        let whole = Task::Stretch { from: 0, to: steps, budget };
        Self { splitting, tasks: if steps == 0 { Vec::new() } else { vec![whole] } }
    }
}

impl<S: Splitting> Iterator for Schedule<S> {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        let (from, to, budget) = match self.tasks.pop()? {
            Task::Do(action) => return Some(action),
            Task::Left { from, at, budget } => {
                self.tasks.extend([Task::Stretch { from, to: at, budget }, Task::Do(Action::Restore(from))]);
                return Some(Action::Release(at));
            }
            Task::Stretch { from, to, budget } => (from, to, budget),
        };
        if to - from == 1 {
            return Some(Action::Reverse(from));
        }
        match self.splitting.split(from, to, budget) {
            Some(Split { at, right, left }) => self.tasks.extend([
                Task::Left { from, at, budget: left },
                Task::Stretch { from: at, to, budget: right },
                Task::Do(Action::Keep(at)),
            ]),
            None => self.tasks.extend([
                Task::Stretch { from, to: to - 1, budget },
                Task::Do(Action::Restore(from)),
                Task::Do(Action::Reverse(to - 1)),
            ]),
        }
        let next = match self.tasks.last() {
            Some(Task::Do(Action::Keep(at))) => *at,
            _ => to - 1,
        };
        Some(Action::Advance(next))
    }
}

#[cfg(test)]
pub mod tests {
    use super::{Action, Schedule, Splitting};

    /// What a schedule does: steps computed on the way, steps reversed, the most states kept at
    /// once (the first included).
    pub fn played<S: Splitting>(schedule: Schedule<S>, steps: usize) -> (usize, usize, usize) {
        let (mut present, mut kept) = (0, vec![0]);
        let (mut advanced, mut most, mut left) = (0, 1, steps);
        for action in schedule {
            match action {
                Action::Advance(to) => {
                    assert!(to > present);
                    advanced += to - present;
                    present = to;
                }
                Action::Keep(k) => {
                    assert_eq!(k, present);
                    kept.push(k);
                    most = most.max(kept.len());
                }
                Action::Restore(k) => {
                    assert!(kept.contains(&k));
                    present = k;
                }
                Action::Release(k) => assert_eq!(kept.pop(), Some(k)),
                Action::Reverse(k) => {
                    assert_eq!((k, k + 1), (present, left));
                    left -= 1;
                }
            }
        }
        assert_eq!(kept, [0]);
        (advanced, steps - left, most)
    }
}
