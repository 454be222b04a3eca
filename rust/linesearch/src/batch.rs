//! Many scalar problems in lock step.
//!
//! Each lane is a [`Minimization`] of its own, so a lane gives bit for bit what a single
//! run gives; the batch only gathers the points of the lanes that are still active, so that
//! one vectorised call evaluates them all.

use crate::scalar::{Ask, Interval, Minimization, Minimizer, Report, Tolerance};
use crate::{Fault, Needs, ParameterError, Sample};

/// A batch of runs of one method.
#[derive(Debug)]
pub struct Batch<M> {
    lanes: Vec<Minimization<M>>,
    reports: Vec<Option<Report>>,
    /// Lanes that asked for a point in this round.
    active: Vec<usize>,
    points: Vec<f64>,
    needs: Needs,
}

impl<M: Minimizer + Clone> Batch<M> {
    /// One lane for every pair of bounds.
    pub fn new(
        method: &M,
        a: &[f64],
        b: &[f64],
        tolerance: Tolerance,
        budget: usize,
    ) -> Result<Self, ParameterError> {
        let lanes = a
            .iter()
            .zip(b)
            .map(|(&a, &b)| {
                let interval = Interval::Bounds(a, b).checked()?;
                Ok(Minimization::new(method.clone(), interval, tolerance, budget))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut batch = Self {
            reports: vec![None; lanes.len()],
            active: (0..lanes.len()).collect(),
            points: Vec::with_capacity(lanes.len()),
            needs: method.needs(),
            lanes,
        };
        batch.gather();
        Ok(batch)
    }

    /// Ask every active lane; those that are done leave.
    fn gather(&mut self) {
        let Self { lanes, reports, active, points, .. } = self;
        points.clear();
        active.retain(|&lane| match lanes[lane].ask() {
            Ask::At(x, _) => {
                points.push(x);
                true
            }
            Ask::Done(report) => {
                reports[lane] = Some(report);
                false
            }
        });
    }

    /// The points to evaluate in this round; empty when every lane is done.
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    /// The lanes the points belong to.
    pub fn active(&self) -> &[usize] {
        &self.active
    }

    /// What has to be evaluated at each point.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// The function at the points asked for, in their order; `slopes` may be empty when
    /// the method does not look at them.
    pub fn tell(&mut self, values: &[f64], slopes: &[f64]) {
        for (i, &lane) in self.active.iter().enumerate() {
            let slope = slopes.get(i).copied().unwrap_or(f64::NAN);
            self.lanes[lane].tell(Sample::slope(self.points[i], values[i], slope));
        }
        self.gather();
    }

    /// The relative rounding error of the values, when it is not that of f64.
    pub fn set_unit(&mut self, unit: f64) {
        for &lane in &self.active {
            self.lanes[lane].set_unit(unit);
        }
    }

    /// End every active lane, for want of time.
    pub fn stop(&mut self) {
        for lane in self.active.drain(..) {
            self.reports[lane] = Some(self.lanes[lane].stop());
        }
        self.points.clear();
    }

    /// The error of a foreign method.
    pub fn fault(&mut self) -> Option<Fault> {
        self.lanes.iter_mut().find_map(Minimization::fault)
    }

    /// The reports, in the order of the problems, once no point is left.
    pub fn reports(&self) -> impl Iterator<Item = Report> + '_ {
        self.reports.iter().flatten().copied()
    }
}
