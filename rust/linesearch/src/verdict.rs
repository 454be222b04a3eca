//! The answer of a criterion.

/// What a criterion says of a trial step: never a bool, because a search must know on
/// which side of the trial to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Take this step.
    Accept,
    /// Acceptable steps are shorter.
    TooLong,
    /// Acceptable steps are longer.
    TooShort,
    /// No further trial can tell more: stop.
    Stall,
}

impl Verdict {
    /// The verdict of "both criteria hold".
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        use Verdict::{Accept, Stall, TooLong, TooShort};
        match (self, other) {
            (Stall, _) | (_, Stall) => Stall,
            (TooLong, _) | (_, TooLong) => TooLong,
            (TooShort, _) | (_, TooShort) => TooShort,
            (Accept, Accept) => Accept,
        }
    }

    /// The verdict of "at least one criterion holds".
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        use Verdict::{Accept, Stall, TooLong, TooShort};
        match (self, other) {
            (Accept, _) | (_, Accept) => Accept,
            (TooLong, _) | (_, TooLong) => TooLong,
            (TooShort, _) | (_, TooShort) => TooShort,
            (Stall, Stall) => Stall,
        }
    }

    /// The name used in traces and in Python.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::TooLong => "too-long",
            Self::TooShort => "too-short",
            Self::Stall => "stall",
        }
    }
}
