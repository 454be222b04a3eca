//! The objective on a line: phi(alpha) = f(x + alpha d).
//!
//! Values and gradients are computed when they are asked for, kept for the last step, and
//! counted, so asking twice for the same step costs nothing.

use crate::vector::{dot, norm, point_on_line};
use crate::{Counts, Fault, Objective, memory};
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
    /// Whether the trial point differs from x.
    moved: bool,
    value: Option<f64>,
    gradient_known: bool,
    scratch: Vec<f64>,
    /// The lowest value, and where it was seen: at a step on this line, or else at a point.
    lowest: f64,
    lowest_step: Option<f64>,
    lowest_point: Vec<f64>,
    /// Evaluations so far.
    pub counts: Counts,
}

impl Line {
    /// The line from `x` along `d`, the trial point at x.
    pub fn new(x: Vec<f64>, d: Vec<f64>) -> Result<Self, Fault> {
        Ok(Self {
            trial: memory::copy(&x)?,
            gradient: Vec::new(),
            step: 0.0,
            moved: false,
            value: None,
            gradient_known: false,
            scratch: Vec::new(),
            lowest: f64::INFINITY,
            lowest_step: Some(0.0),
            lowest_point: Vec::new(),
            counts: Counts::default(),
            x,
            d,
        })
    }

    /// Move the trial point to `step`; answers whether it differs from x.
    pub fn go_to(&mut self, step: f64, objective: &dyn Objective) -> bool {
        if step != self.step {
            self.step = step;
            self.value = None;
            self.gradient_known = false;
            point_on_line(&self.x, step, &self.d, &mut self.trial);
            objective.round(&mut self.trial);
            self.moved = self.trial != self.x;
        }
        self.moved
    }

    /// The function at the trial point, as far as `needs` says.
    pub fn evaluate(&mut self, objective: &mut dyn Objective, needs: Needs) -> Result<Sample, Fault> {
        let value = self.value(objective, needs)?;
        let mut sample = Sample::value(self.step, value);
        if needs >= Needs::Slope && value.is_finite() {
            self.gradient(objective)?;
            sample.slope = self.slope();
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
            memory::lengthen(&mut self.gradient, self.x.len())?;
            objective.value_and_gradient(&self.trial, &mut self.gradient)?
        } else {
            None
        };
        self.gradient_known |= both.is_some();
        self.counts.gradients += usize::from(both.is_some());
        let value = both.map_or_else(|| objective.value(&self.trial), Ok)?;
        self.value = Some(value);
        self.see(value);
        Ok(value)
    }

    fn see(&mut self, value: f64) {
        if value < self.lowest {
            self.lowest = value;
            self.lowest_step = Some(self.step);
        }
    }

    /// The gradient at the trial point.
    pub fn gradient(&mut self, objective: &mut dyn Objective) -> Result<&[f64], Fault> {
        if !self.gradient_known {
            self.counts.gradients += 1;
            self.counts.values += usize::from(objective.fused());
            memory::lengthen(&mut self.gradient, self.x.len())?;
            objective.gradient(&self.trial, &mut self.gradient)?;
            self.gradient_known = true;
        }
        Ok(&self.gradient)
    }

    /// The slope at the trial point, where the gradient is known.
    pub fn slope(&self) -> f64 {
        dot(&self.gradient, &self.d)
    }

    /// phi'' at the trial point: from the Hessian, or by a difference of slopes.
    fn curvature(&mut self, objective: &mut dyn Objective, slope: f64) -> Result<f64, Fault> {
        memory::lengthen(&mut self.scratch, self.x.len())?;
        if objective.hessian_product(&self.trial, &self.d, &mut self.scratch)? {
            self.counts.hessians += 1;
            return Ok(dot(&self.scratch, &self.d));
        }
        let h = f64::EPSILON.sqrt() * self.step.abs().max(f64::EPSILON.sqrt());
        let mut beside = memory::copy(&self.trial)?;
        point_on_line(&self.trial, h, &self.d, &mut beside);
        self.counts.gradients += 1;
        self.counts.values += usize::from(objective.fused());
        objective.gradient(&beside, &mut self.scratch)?;
        Ok((dot(&self.scratch, &self.d) - slope) / h)
    }

    /// The least step that changes x by a unit in its last place, roughly.
    pub fn resolution(&self, unit: f64, direction_norm: f64) -> f64 {
        unit * norm(&self.x) / direction_norm
    }

    /// The gradient at the trial point, if it is known.
    pub fn known_gradient(&self) -> Option<&[f64]> {
        self.gradient_known.then_some(&self.gradient)
    }

    /// The trial point.
    pub fn point(&self) -> &[f64] {
        &self.trial
    }

    /// The lowest value seen.
    pub fn lowest(&self) -> f64 {
        self.lowest
    }

    /// Where the lowest value was seen.
    pub fn into_lowest_point(mut self, objective: &dyn Objective) -> Result<Vec<f64>, Fault> {
        self.leave(objective)?;
        Ok(self.lowest_point)
    }

    /// The line is about to change: keep the lowest point by itself.
    pub fn leave(&mut self, objective: &dyn Objective) -> Result<(), Fault> {
        if let Some(step) = self.lowest_step.take() {
            memory::lengthen(&mut self.lowest_point, self.x.len())?;
            point_on_line(&self.x, step, &self.d, &mut self.lowest_point);
            objective.round(&mut self.lowest_point);
        }
        Ok(())
    }

    /// The trial point becomes the start; its value and gradient stay known, as step 0.
    pub fn advance(&mut self, objective: &dyn Objective) -> Result<(), Fault> {
        if self.lowest_step == Some(self.step) {
            self.lowest_step = Some(0.0);
        } else {
            self.leave(objective)?;
        }
        self.x.copy_from_slice(&self.trial);
        (self.step, self.moved) = (0.0, false);
        Ok(())
    }

    /// Value and gradient at the trial point are known from elsewhere.
    pub fn know(&mut self, value: Option<f64>, gradient: Option<Vec<f64>>) {
        if let Some(value) = value {
            self.value = Some(value);
            self.see(value);
        }
        if let Some(gradient) = gradient {
            self.gradient = gradient;
            self.gradient_known = true;
        }
    }
}
