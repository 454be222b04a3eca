//! The objective on a line: phi(alpha) = f(x + alpha d).
//!
//! Values and gradients are computed when they are asked for, kept for the last step, and
//! counted, so asking twice for the same step costs nothing.

use crate::vector::{axpy, dot, norm};
use crate::{Counts, Fault, Objective};
use pyframe_linesearch::{Needs, Sample};

/// phi(alpha) = f(x + alpha d) for the present x and d.
#[derive(Debug)]
pub struct Line {
    /// Where the line starts.
    pub x: Vec<f64>,
    /// Its direction.
    pub d: Vec<f64>,
    /// The point of the last trial, and the gradient there when it is known.
    trial: Vec<f64>,
    gradient: Vec<f64>,
    step: f64,
    value: Option<f64>,
    gradient_known: bool,
    scratch: Vec<f64>,
    /// The lowest point evaluated.
    lowest: (f64, Vec<f64>),
    /// Evaluations so far.
    pub counts: Counts,
}

impl Line {
    /// A line that starts at `x`; the direction is still to be set.
    pub fn new(x: &[f64]) -> Self {
        let n = x.len();
        Self {
            x: x.to_vec(),
            d: vec![0.0; n],
            trial: x.to_vec(),
            gradient: vec![0.0; n],
            step: 0.0,
            value: None,
            gradient_known: false,
            scratch: Vec::new(),
            lowest: (f64::INFINITY, x.to_vec()),
            counts: Counts::default(),
        }
    }

    /// Move the trial point to `step`; answers whether it differs from x.
    pub fn go_to(&mut self, step: f64, objective: &dyn Objective) -> bool {
        if step != self.step || self.value.is_none() {
            self.step = step;
            self.value = None;
            self.gradient_known = false;
            self.trial.copy_from_slice(&self.x);
            if step != 0.0 {
                axpy(step, &self.d, &mut self.trial);
                objective.round(&mut self.trial);
            }
        }
        self.trial != self.x
    }

    /// The function at the trial point, as far as `needs` says.
    pub fn evaluate(&mut self, objective: &mut dyn Objective, needs: Needs) -> Result<Sample, Fault> {
        let value = self.value(objective, needs)?;
        let mut sample = Sample::value(self.step, value);
        if needs >= Needs::Slope && value.is_finite() {
            self.gradient(objective)?;
            sample.slope = dot(&self.gradient, &self.d);
            if needs >= Needs::Curvature {
                sample.curvature = self.curvature(objective, sample.slope)?;
            }
        }
        Ok(sample)
    }

    fn value(&mut self, objective: &mut dyn Objective, needs: Needs) -> Result<f64, Fault> {
        if let Some(value) = self.value {
            return Ok(value);
        }
        self.counts.values += 1;
        let both = if needs >= Needs::Slope || objective.fused() {
            objective.value_and_gradient(&self.trial, &mut self.gradient)?
        } else {
            None
        };
        self.gradient_known = both.is_some();
        self.counts.gradients += usize::from(self.gradient_known);
        let value = both.map_or_else(|| objective.value(&self.trial), Ok)?;
        self.value = Some(value);
        if value < self.lowest.0 {
            self.lowest.0 = value;
            self.lowest.1.copy_from_slice(&self.trial);
        }
        Ok(value)
    }

    /// The gradient at the trial point.
    pub fn gradient(&mut self, objective: &mut dyn Objective) -> Result<&[f64], Fault> {
        if !self.gradient_known {
            self.counts.gradients += 1;
            self.counts.values += usize::from(objective.fused());
            objective.gradient(&self.trial, &mut self.gradient)?;
            self.gradient_known = true;
        }
        Ok(&self.gradient)
    }

    /// phi'' at the trial point: from the Hessian, or by a difference of slopes.
    fn curvature(&mut self, objective: &mut dyn Objective, slope: f64) -> Result<f64, Fault> {
        self.scratch.resize(self.x.len(), 0.0);
        if objective.hessian_product(&self.trial, &self.d, &mut self.scratch)? {
            self.counts.hessians += 1;
            return Ok(dot(&self.scratch, &self.d));
        }
        let h = f64::EPSILON.sqrt() * self.step.abs().max(f64::EPSILON.sqrt());
        let mut beside = self.trial.clone();
        axpy(h, &self.d, &mut beside);
        self.counts.gradients += 1;
        self.counts.values += usize::from(objective.fused());
        objective.gradient(&beside, &mut self.scratch)?;
        Ok((dot(&self.scratch, &self.d) - slope) / h)
    }

    /// The least step that changes x by a unit in its last place, roughly.
    pub fn resolution(&self, unit: f64) -> f64 {
        unit * norm(&self.x) / norm(&self.d)
    }

    /// Whether the gradient at the trial point is known.
    pub fn knows_gradient(&self) -> bool {
        self.gradient_known
    }

    /// The trial point.
    pub fn point(&self) -> &[f64] {
        &self.trial
    }

    /// The lowest value seen, and where.
    pub fn lowest(&self) -> (f64, &[f64]) {
        (self.lowest.0, &self.lowest.1)
    }

    /// The trial point becomes the start; its value and gradient stay known, as step 0.
    pub fn advance(&mut self) {
        self.x.copy_from_slice(&self.trial);
        self.step = 0.0;
    }

    /// Value and gradient at x are known from elsewhere.
    pub fn know(&mut self, value: Option<f64>, gradient: Option<&[f64]>) {
        if let Some(value) = value {
            self.value = Some(value);
            self.lowest.0 = value;
        }
        if let Some(gradient) = gradient {
            self.gradient.copy_from_slice(gradient);
            self.gradient_known = true;
        }
    }
}
