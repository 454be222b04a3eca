//! How a run ended, with the sentence shown to the user.

/// How a minimisation or a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The tolerance or the criterion was met.
    Converged,
    /// Rounding of the function hides any further progress.
    Precision,
    /// The function is constant over more than rounding explains.
    Flat,
    /// The evaluations, iterations or seconds allowed are used up.
    Budget,
    /// The direction does not descend.
    NotDescent,
    /// The slope is zero where the search starts.
    Stationary,
    /// The function is not finite where it would have to be.
    NonFinite,
    /// The function goes on falling without bound.
    Unbounded,
    /// A callback asked to stop, or a strategy had no further step to propose.
    Stopped,
    /// The derivative given disagrees with the values.
    GradientInconsistent,
}

impl Status {
    /// Every status, in the order of declaration.
    pub const ALL: [Self; 10] = [
        Self::Converged,
        Self::Precision,
        Self::Flat,
        Self::Budget,
        Self::NotDescent,
        Self::Stationary,
        Self::NonFinite,
        Self::Unbounded,
        Self::Stopped,
        Self::GradientInconsistent,
    ];

    /// The name used in Python and in traces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Precision => "precision",
            Self::Flat => "flat",
            Self::Budget => "budget",
            Self::NotDescent => "not-descent",
            Self::Stationary => "stationary",
            Self::NonFinite => "non-finite",
            Self::Unbounded => "unbounded",
            Self::Stopped => "stopped",
            Self::GradientInconsistent => "gradient-inconsistent",
        }
    }

    /// The sentence shown to the user when nothing more particular is known.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Converged => "The requested accuracy was reached.",
            Self::Precision => "Rounding errors of the function hide any further progress.",
            Self::Flat => "The function is constant over a width that rounding does not explain.",
            Self::Budget => "The allowed evaluations, iterations or seconds are used up.",
            Self::NotDescent => "The direction does not descend: the slope at step 0 is positive.",
            Self::Stationary => "The slope at the start is zero: there is nothing to descend.",
            Self::NonFinite => "The function is not finite where a finite value is needed.",
            Self::Unbounded => "The function goes on falling without bound.",
            Self::Stopped => "Stopped before the requested accuracy was reached.",
            Self::GradientInconsistent => "The derivative disagrees with differences of the values.",
        }
    }

    /// Whether the answer can be used as a minimiser of a function of one variable.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Converged | Self::Precision)
    }
}
