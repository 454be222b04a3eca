//! A minimiser chosen at run time.
//!
//! The choice is made once for each run or batch and not at each step: a [`Method`] makes
//! runs that know the rule's type, so that the rule is compiled into their loop.

use std::sync::Arc;

use super::{Interval, Minimization, Minimizer, Report, Tolerance};
use crate::batch::{Batch, Lanes};
use crate::{Fault, Needs, Sample};

/// A minimiser with its parameters, from which runs are made.
pub type Method = Arc<dyn Prototype>;

/// What can be made from a minimiser whose type is not known.
pub trait Prototype: Send + Sync {
    /// What the rule looks at.
    fn needs(&self) -> Needs;

    /// See [`Minimization::new`].
    fn run(&self, interval: Interval, tolerance: Tolerance, budget: usize) -> Box<dyn Run>;

    /// See [`Minimization::enclosed`].
    fn enclosed(&self, points: [Sample; 3], tolerance: Tolerance, budget: usize) -> Box<dyn Run>;

    /// See [`Lanes::new`].
    fn batch(&self, tolerance: Tolerance, budget: usize) -> Box<dyn Batch>;
}

impl<M: Minimizer + Clone + 'static> Prototype for M {
    fn needs(&self) -> Needs {
        Minimizer::needs(self)
    }

    fn run(&self, interval: Interval, tolerance: Tolerance, budget: usize) -> Box<dyn Run> {
        Box::new(Minimization::new(self.clone(), interval, tolerance, budget))
    }

    fn enclosed(&self, points: [Sample; 3], tolerance: Tolerance, budget: usize) -> Box<dyn Run> {
        Box::new(Minimization::enclosed(self.clone(), points, tolerance, budget))
    }

    fn batch(&self, tolerance: Tolerance, budget: usize) -> Box<dyn Batch> {
        Box::new(Lanes::new(self.clone(), tolerance, budget))
    }
}

/// A run of some minimiser: see [`Minimization`], whose methods these are.
pub trait Run: Send + Sync {
    /// See [`Minimization::ask`].
    fn ask(&mut self) -> Option<f64>;
    /// See [`Minimization::tell`].
    fn tell(&mut self, sample: Sample);
    /// See [`Minimization::stop`].
    fn stop(&mut self);
    /// See [`Minimization::report`].
    fn report(&self) -> Report;
    /// See [`Minimization::set_unit`].
    fn set_unit(&mut self, unit: f64);
    /// See [`Minimization::fault`].
    fn fault(&mut self) -> Option<Fault>;
    /// A copy.
    fn boxed(&self) -> Box<dyn Run>;
}

impl<M: Minimizer + Clone + 'static> Run for Minimization<M> {
    fn ask(&mut self) -> Option<f64> {
        self.ask()
    }
    fn tell(&mut self, sample: Sample) {
        self.tell(sample);
    }
    fn stop(&mut self) {
        self.stop();
    }
    fn report(&self) -> Report {
        self.report()
    }
    fn set_unit(&mut self, unit: f64) {
        self.set_unit(unit);
    }
    fn fault(&mut self) -> Option<Fault> {
        self.fault()
    }
    fn boxed(&self) -> Box<dyn Run> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Run> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}
