//! The step 1, natural for Newton-like directions; in the first iteration, where a
//! quasi-Newton direction has no scale yet, min(1, 1 / |d|).

use super::{Boxed, InitialStep, Situation};

/// The natural step of a scaled direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unit;

impl InitialStep for Unit {
    fn first(&mut self, at: &Situation, _probe: Option<f64>) -> f64 {
        if at.last.is_none() { at.unit_length().min(1.0) } else { 1.0 }
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
