//! Many scalar problems in lock step.
//!
//! Each lane is a [`Minimization`] of its own, so a lane gives bit for bit what a single
//! run gives; the batch only gathers the points of the lanes that are still active, so that
//! one vectorised call evaluates them all.

use crate::scalar::{Interval, Minimization, Minimizer, Report, Tolerance};
use crate::{Fault, Needs, ParameterError, Sample};

/// Values, slopes and curvatures at the points asked for, in their order; those that the
/// method does not look at may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// f(x)
    pub values: &'a [f64],
    /// f'(x)
    pub slopes: &'a [f64],
    /// f''(x)
    pub curvatures: &'a [f64],
}

/// Runs of some minimiser in lock step: see [`Lanes`].
pub trait Batch: Send + Sync {
    /// Start so many lanes in place of those that were before, with bounds of their own or
    /// (when there is only one) in common.
    fn begin(&mut self, count: usize, a: &[f64], b: &[f64]) -> Result<(), ParameterError>;

    /// The points to evaluate in this round; empty when every lane is done.
    fn points(&self) -> &[f64];

    /// The lanes the points belong to.
    fn active(&self) -> &[usize];

    /// What has to be evaluated at each point.
    fn needs(&self) -> Needs;

    /// The function at the points asked for.
    fn tell(&mut self, columns: Columns<'_>);

    /// The relative rounding error of the values, when it is not that of f64.
    fn set_unit(&mut self, unit: f64);

    /// End every active lane, for want of time.
    fn stop(&mut self);

    /// The error of a foreign method.
    fn fault(&mut self) -> Option<Fault>;

    /// Hand over the reports, in the order of the problems.
    fn for_each(&self, take: &mut dyn FnMut(Report));
}

/// The lanes of one method.
#[derive(Debug)]
pub struct Lanes<M: Minimizer> {
    method: M,
    tolerance: Tolerance,
    budget: usize,
    runs: Vec<Minimization<M>>,
    /// Lanes that asked for a point in this round, and the points.
    active: Vec<usize>,
    points: Vec<f64>,
}

impl<M: Minimizer + Clone> Lanes<M> {
    /// No lanes yet; each of those to come ends within the tolerance or after `budget`
    /// evaluations.
    pub fn new(method: M, tolerance: Tolerance, budget: usize) -> Self {
        Self { method, tolerance, budget, runs: Vec::new(), active: Vec::new(), points: Vec::new() }
    }
}

impl<M: Minimizer + Clone> Batch for Lanes<M> {
    fn begin(&mut self, count: usize, a: &[f64], b: &[f64]) -> Result<(), ParameterError> {
        let interval = |lane: usize| {
            let of = |bounds: &[f64]| if let [one] = bounds { *one } else { bounds[lane] };
            Interval::Bounds(of(a), of(b))
        };
        for lane in 0..count {
            interval(lane).checked()?;
        }
        let Self { method, tolerance, budget, runs, active, points } = self;
        runs.clear();
        runs.extend(
            (0..count).map(|lane| Minimization::new(method.clone(), interval(lane), *tolerance, *budget)),
        );
        active.clear();
        points.clear();
        for (lane, run) in runs.iter_mut().enumerate() {
            if let Some(x) = run.ask() {
                active.push(lane);
                points.push(x);
            }
        }
        Ok(())
    }

    fn points(&self) -> &[f64] {
        &self.points
    }

    fn active(&self) -> &[usize] {
        &self.active
    }

    fn needs(&self) -> Needs {
        self.method.needs()
    }

    fn tell(&mut self, columns: Columns<'_>) {
        let needs = self.method.needs();
        let Self { runs, active, points, .. } = self;
        let mut kept = 0;
        for i in 0..active.len() {
            let mut sample = Sample::value(points[i], columns.values[i]);
            if needs >= Needs::Slope {
                sample.slope = columns.slopes[i];
            }
            if needs >= Needs::Curvature {
                sample.curvature = columns.curvatures[i];
            }
            let run = &mut runs[active[i]];
            run.tell(sample);
            if let Some(x) = run.ask() {
                (active[kept], points[kept]) = (active[i], x);
                kept += 1;
            }
        }
        active.truncate(kept);
        points.truncate(kept);
    }

    fn set_unit(&mut self, unit: f64) {
        for &lane in &self.active {
            self.runs[lane].set_unit(unit);
        }
    }

    fn stop(&mut self) {
        for lane in self.active.drain(..) {
            self.runs[lane].stop();
        }
        self.points.clear();
    }

    fn fault(&mut self) -> Option<Fault> {
        self.runs.iter_mut().find_map(Minimization::fault)
    }

    fn for_each(&self, take: &mut dyn FnMut(Report)) {
        for run in &self.runs {
            take(run.report());
        }
    }
}
