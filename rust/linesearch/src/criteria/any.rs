//! Any finite value will do: the step of a strategy that is not to be questioned.

use super::{Boxed, Criterion, Start};
use crate::{Needs, Sample, Verdict};

/// Accept every finite trial.
#[derive(Clone, Copy, Debug, Default)]
pub struct Any;

impl Criterion for Any {
    fn needs(&self) -> Needs {
        Needs::Value
    }
    fn needs_first_slope(&self) -> bool {
        false
    }
    fn can_lengthen(&self) -> bool {
        false
    }
    fn judge(&mut self, _start: &Start, _trial: &Sample) -> Verdict {
        Verdict::Accept
    }
    fn judge_by_slope(&mut self, _start: &Start, _trial: &Sample) -> Verdict {
        Verdict::Accept
    }
    fn boxed(&self) -> Boxed {
        Box::new(*self)
    }
}
