//! What the trials of a search told of phi, whatever was said of them.

use crate::Sample;
use crate::criteria::Start;
use crate::rounding::between;

/// The trials of one search, in short.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The lowest point, step 0 included.
    pub best: Sample,
    /// The shortest step found outside the domain.
    pub ceiling: f64,
    /// The longest finite step below the ceiling.
    pub longest: f64,
    /// The shortest step that was too long.
    pub too_long: f64,
    /// The two shortest finite trials.
    pub nearest: [Sample; 2],
}

impl Seen {
    /// Nothing but step 0.
    pub fn from(start: &Start) -> Self {
        let nowhere = Sample::value(f64::INFINITY, f64::NAN);
        Self {
            best: Sample::slope(0.0, start.value, start.slope),
            ceiling: f64::INFINITY,
            longest: 0.0,
            too_long: f64::INFINITY,
            nearest: [nowhere; 2],
        }
    }

    /// A trial inside the domain, if it is finite.
    pub fn add(&mut self, s: &Sample) {
        if !s.value.is_finite() {
            return;
        }
        if s.value < self.best.value {
            self.best = *s;
        }
        if s.x < self.ceiling {
            self.longest = self.longest.max(s.x);
        }
        if s.x < self.nearest[0].x {
            self.nearest = [*s, self.nearest[0]];
        } else if s.x < self.nearest[1].x && s.x > self.nearest[0].x {
            self.nearest[1] = *s;
        }
    }

    /// A trial outside the domain.
    pub fn add_outside(&mut self, step: f64) {
        self.ceiling = self.ceiling.min(step);
        self.longest = if self.longest < self.ceiling { self.longest } else { 0.0 };
    }

    /// A step between the longest finite one and the edge of the domain, if there is room.
    pub fn retreat(&self) -> Option<f64> {
        let (low, high) = (self.longest, self.ceiling);
        let step = if low == 0.0 { 0.1 * high } else { between(low, high, 0.5) };
        (low < step && step < high).then_some(step)
    }

    /// Whether phi rose above its start next to 0.
    pub fn rises_near_0(&self, start: &Start) -> bool {
        self.nearest.iter().any(|s| s.x.is_finite() && s.value > start.value)
    }

    /// The lowest point, or the shortest trial where nothing lower than the start was found.
    pub fn most_telling(&self) -> Sample {
        if self.best.x > 0.0 { self.best } else { self.nearest[0] }
    }
}
