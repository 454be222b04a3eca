//! Numbers that are small multiples of pi and of what is made of it.

use std::f64::consts::{PI, TAU};

use super::layout::fraction;
use crate::store::Store;

/// A number with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constant {
    Pi,
    RootOfPi,
    RootOfTwoPi,
    LogOfPi,
    LogOfTwoPi,
}

const ALL: [Constant; 5] =
    [Constant::Pi, Constant::RootOfPi, Constant::RootOfTwoPi, Constant::LogOfPi, Constant::LogOfTwoPi];

impl Constant {
    fn value(self) -> f64 {
        match self {
            Self::Pi => PI,
            Self::RootOfPi => PI.powf(0.5),
            Self::RootOfTwoPi => TAU.powf(0.5),
            Self::LogOfPi => PI.ln(),
            Self::LogOfTwoPi => TAU.ln(),
        }
    }

    /// In the language.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Pi => "pi",
            Self::RootOfPi => "sqrt(pi)",
            Self::RootOfTwoPi => "sqrt(2*pi)",
            Self::LogOfPi => "log(pi)",
            Self::LogOfTwoPi => "log(2*pi)",
        }
    }

    pub(super) const fn latex(self) -> &'static str {
        match self {
            Self::Pi => "\\pi",
            Self::RootOfPi => "\\sqrt{\\pi}",
            Self::RootOfTwoPi => "\\sqrt{2 \\pi}",
            Self::LogOfPi => "\\log(\\pi)",
            Self::LogOfTwoPi => "\\log(2 \\pi)",
        }
    }
}

/// The largest numbers beside a constant.
const LARGEST: u32 = 64;

/// A number that is shown, alone or beside a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Numeral {
    pub(super) number: f64,
    pub(super) constant: Option<Constant>,
}

impl Numeral {
    pub(super) const ONE: Self = Self { number: 1.0, constant: None };

    const fn plain(number: f64) -> Self {
        Self { number, constant: None }
    }

    pub(super) fn is_one(&self) -> bool {
        *self == Self::ONE
    }

    /// The number where it is shown, and the constant, as factors.
    pub(super) fn factors(&self) -> (Option<f64>, Option<Constant>) {
        ((self.number != 1.0 || self.constant.is_none()).then_some(self.number), self.constant)
    }

    /// How many factors it is; 1 is none.
    pub(super) fn count(&self) -> usize {
        usize::from(self.number != 1.0) + usize::from(self.constant.is_some())
    }
}

/// A positive number as one above and one below a bar; without constants where `pi` is a name of
/// the user's.
pub(super) fn split(store: &Store, number: f64) -> (Numeral, Numeral) {
    let (above, below) = fraction(number);
    let plain = (Numeral::plain(above), Numeral::plain(below));
    if below != 1.0 || number.fract() == 0.0 || !number.is_finite() || store.is_taken("pi") {
        return plain;
    }
    let fits = |above: f64| (1.0..=f64::from(LARGEST)).contains(&above);
    let with = |number: f64, constant: Constant| Numeral { number, constant: Some(constant) };
    for constant in ALL {
        let value = constant.value();
        for below in (1..=LARGEST).map(f64::from) {
            let above = (number * below / value).round();
            if fits(above) && above * value / below == number {
                return (with(above, constant), Numeral::plain(below));
            }
            let above = (number * below * value).round();
            if fits(above) && above / (below * value) == number {
                return (Numeral::plain(above), with(below, constant));
            }
        }
    }
    plain
}
