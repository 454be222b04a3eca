//! The step as it is given (a fixed learning rate): one proposal, nothing adapted.

use super::{Boxed, Opening, Strategy};
use crate::{Sample, Verdict};

/// The first step and no other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Static {
    step: Option<f64>,
}

impl Strategy for Static {
    fn can_grow(&self) -> bool {
        false
    }
    fn begin(&mut self, opening: &Opening) {
        self.step = Some(opening.first);
    }
    fn propose(&mut self) -> Option<f64> {
        self.step.take()
    }
    fn observe(&mut self, _trial: &Sample, _verdict: Verdict) {}
    fn phase(&self) -> &'static str {
        "static"
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
