//! Criteria put together: `a & b` and `a | b`.

use std::any::Any;

use super::{Boxed, Criterion, Start};
use crate::{Fault, Needs, Sample, Verdict};

macro_rules! composite {
    ($(#[$doc:meta])* $name:ident, $combine:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(pub Boxed, pub Boxed);

        impl Criterion for $name {
            fn needs(&self) -> Needs {
                self.0.needs().max(self.1.needs())
            }
            fn leading_needs(&self) -> Needs {
                self.0.leading_needs().max(self.1.leading_needs())
            }
            fn needs_first_slope(&self) -> bool {
                self.0.needs_first_slope() || self.1.needs_first_slope()
            }
            fn can_lengthen(&self) -> bool {
                self.0.can_lengthen() || self.1.can_lengthen()
            }
            fn reset(&mut self) {
                self.0.reset();
                self.1.reset();
            }
            fn begin(&mut self, start: &Start) {
                self.0.begin(start);
                self.1.begin(start);
            }
            fn judge(&mut self, start: &Start, trial: &Sample) -> Verdict {
                self.0.judge(start, trial).$combine(self.1.judge(start, trial))
            }
            fn judge_by_slope(&mut self, start: &Start, trial: &Sample) -> Verdict {
                self.0.judge_by_slope(start, trial).$combine(self.1.judge_by_slope(start, trial))
            }
            fn accepted(&mut self, start: &Start, trial: &Sample) {
                self.0.accepted(start, trial);
                self.1.accepted(start, trial);
            }
            fn judge_final(&mut self, start: &Start, best: &Sample) -> Verdict {
                self.0.judge_final(start, best).$combine(self.1.judge_final(start, best))
            }
            fn sufficient_decrease(&self) -> f64 {
                self.0.sufficient_decrease().max(self.1.sufficient_decrease())
            }
            fn curvature(&self) -> f64 {
                self.0.curvature().min(self.1.curvature())
            }
            fn fault(&mut self) -> Option<Fault> {
                self.0.fault().or_else(|| self.1.fault())
            }
            fn held(&self, see: &mut dyn FnMut(&dyn Any)) {
                self.0.held(see);
                self.1.held(see);
            }
            fn boxed(&self) -> Boxed {
                Box::new(self.clone())
            }
        }
    };
}

composite! {
    /// Both criteria hold.
    Both, and
}
composite! {
    /// At least one criterion holds.
    Either, or
}
