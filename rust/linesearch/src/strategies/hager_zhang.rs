//! Hager and Zhang's search (Hager and Zhang 2005, section 4, procedures L0 to L3).
//!
//! An interval `[a, b]` with phi'(a) < 0 at an `a` that is not too high, and phi'(b) >= 0,
//! is shrunk by a double secant step, and by bisection when that gained less than a third.
//! Deviation: "phi(c) <= phi(0) + epsilon" is asked of the criterion's verdict, so a step
//! judged too long ends the growth whatever the criterion is.

use super::{Boxed, Opening, Strategy};
use crate::rounding::middle;
use crate::{Needs, ParameterError, Sample, Verdict};

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// B0 to B3: grow until an end b is found.
    Bracket,
    /// U3: `b` is too high although phi falls there; bisect until phi rises.
    Descend,
    /// S1: the secant step.
    FirstSecant,
    /// S2, S3: the second secant step, from the end that the first one moved.
    SecondSecant,
    /// L2: bisect a slow interval.
    Bisect,
}

/// Hager and Zhang's search.
#[derive(Clone, Copy, Debug)]
pub struct HagerZhang {
    grow: f64,
    theta: f64,
    gamma: f64,
    max_step: f64,
    a: Sample,
    b: Sample,
    /// Ends before the first secant step, and the width at the start of the round.
    before: (Sample, Sample),
    round_width: f64,
    stage: Stage,
    /// The stage that follows once U3 has found an end where phi rises.
    resume: Stage,
    next: Option<f64>,
}

impl HagerZhang {
    /// The search with growth `rho > 1`, bisection weight 0 < theta < 1 and the factor
    /// 0 < gamma < 1 by which a round must shrink the interval.
    pub fn new(grow: f64, theta: f64, gamma: f64) -> Result<Self, ParameterError> {
        ParameterError::check(grow > 1.0 && grow.is_finite(), "grow", "1 < grow < inf", grow)?;
        ParameterError::check(0.0 < theta && theta < 1.0, "theta", "0 < theta < 1", theta)?;
        ParameterError::check(0.0 < gamma && gamma < 1.0, "gamma", "0 < gamma < 1", gamma)?;
        let nowhere = Sample::value(f64::NAN, f64::NAN);
        Ok(Self {
            grow,
            theta,
            gamma,
            max_step: f64::INFINITY,
            a: nowhere,
            b: nowhere,
            before: (nowhere, nowhere),
            round_width: f64::INFINITY,
            stage: Stage::Bracket,
            resume: Stage::FirstSecant,
            next: None,
        })
    }

    fn width(&self) -> f64 {
        self.b.x - self.a.x
    }

    /// Procedure "update" (U1 to U3) for a point inside the interval.
    fn update(&mut self, c: &Sample, verdict: Verdict, resume: Stage) {
        if c.slope >= 0.0 {
            self.b = *c;
        } else if verdict == Verdict::TooLong {
            self.b = *c;
            self.resume = resume;
            self.stage = Stage::Descend;
            return;
        } else {
            self.a = *c;
        }
        self.stage = resume;
    }

    /// The point the present stage asks for; stages whose point falls outside the interval
    /// are passed over.
    fn choose(&mut self) -> Option<f64> {
        for _ in 0..4 {
            let (a, b) = (self.a.x, self.b.x);
            let candidate = match self.stage {
                Stage::Bracket => return self.next,
                Stage::Descend => Some((1.0 - self.theta) * a + self.theta * b),
                Stage::FirstSecant => {
                    self.before = (self.a, self.b);
                    self.round_width = self.width();
                    secant(&self.a, &self.b)
                }
                Stage::SecondSecant => {
                    let (a0, b0) = self.before;
                    // By place: samples with an unknown part are never equal.
                    match (a == a0.x, b == b0.x) {
                        (true, false) => secant(&b0, &self.b),
                        (false, true) => secant(&a0, &self.a),
                        _ => None,
                    }
                }
                Stage::Bisect => Some(middle(a, b)).filter(|_| self.width() > self.gamma * self.round_width),
            };
            if let Some(c) = candidate
                && a < c
                && c < b
            {
                return Some(c);
            }
            self.stage = match self.stage {
                Stage::FirstSecant => Stage::SecondSecant,
                Stage::SecondSecant => Stage::Bisect,
                Stage::Bisect => Stage::FirstSecant,
                Stage::Bracket | Stage::Descend => return None,
            };
        }
        None
    }
}

fn secant(p: &Sample, q: &Sample) -> Option<f64> {
    let c = (p.x * q.slope - q.x * p.slope) / (q.slope - p.slope);
    c.is_finite().then_some(c)
}

impl Strategy for HagerZhang {
    fn needs(&self) -> Needs {
        Needs::Slope
    }
    fn begin(&mut self, opening: &Opening) {
        self.a = opening.origin();
        self.max_step = opening.max_step;
        self.stage = Stage::Bracket;
        self.next = Some(opening.first);
    }
    fn propose(&mut self) -> Option<f64> {
        self.choose()
    }
    fn observe(&mut self, trial: &Sample, verdict: Verdict) {
        match self.stage {
            Stage::Bracket => {
                if trial.slope >= 0.0 || verdict == Verdict::TooLong {
                    self.update(trial, verdict, Stage::FirstSecant);
                } else {
                    self.a = *trial;
                    let grown = (self.grow * trial.x).min(self.max_step);
                    self.next = (grown > trial.x && grown.is_finite()).then_some(grown);
                }
            }
            Stage::Descend => self.update(trial, verdict, self.resume),
            Stage::FirstSecant => self.update(trial, verdict, Stage::SecondSecant),
            Stage::SecondSecant => self.update(trial, verdict, Stage::Bisect),
            Stage::Bisect => self.update(trial, verdict, Stage::FirstSecant),
        }
    }
    fn phase(&self) -> &'static str {
        match self.stage {
            Stage::Bracket => "bracket",
            Stage::Descend => "descend",
            Stage::FirstSecant | Stage::SecondSecant => "secant",
            Stage::Bisect => "bisect",
        }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
