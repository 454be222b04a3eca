//! The points that cannot be told from the best one, and how wide they spread.

use super::Point;

/// The spread of values that equal the best one within rounding, and the nearest points
/// on either side that are truly higher.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plateau {
    /// Relative rounding error of the values.
    unit: f64,
    value: f64,
    low: f64,
    high: f64,
    left: (f64, f64),
    right: (f64, f64),
}

impl Plateau {
    pub(crate) fn new(unit: f64) -> Self {
        Self {
            unit,
            value: f64::INFINITY,
            low: f64::NAN,
            high: f64::NAN,
            left: (f64::NEG_INFINITY, f64::INFINITY),
            right: (f64::INFINITY, f64::INFINITY),
        }
    }

    /// The plateau of some points.
    pub(crate) fn of<P: Point>(points: &[P], unit: f64) -> Self {
        let mut plateau = Self::new(unit);
        for point in points {
            plateau.add(point);
        }
        plateau
    }

    /// Take a sample into account, if it is finite.
    pub(crate) fn add<P: Point>(&mut self, s: &P) {
        if !s.value().is_finite() {
        } else if s.value() - self.value > self.unit * self.value.abs() {
            self.add_higher((s.x(), s.value()));
        } else if self.value - s.value() > self.unit * s.value().abs() {
            let old = *self;
            *self = Self { value: s.value(), low: s.x(), high: s.x(), ..Self::new(self.unit) };
            for (x, value) in [old.left, (old.low, old.value), (old.high, old.value), old.right] {
                self.add_higher((x, value));
            }
        } else {
            self.value = self.value.min(s.value());
            if s.x() < self.low && self.left.0 < s.x() {
                self.low = s.x();
            }
            if s.x() > self.high && s.x() < self.right.0 {
                self.high = s.x();
            }
        }
    }

    /// A higher point: a neighbour, or a hump that cuts the plateau.
    fn add_higher(&mut self, p: (f64, f64)) {
        if p.0.is_nan() {
            // Nothing was known before the first sample.
        } else if p.0 < self.low {
            if p.0 > self.left.0 {
                self.left = p;
            }
        } else if p.0 > self.high {
            if p.0 < self.right.0 {
                self.right = p;
            }
        } else if p.0 - self.low < self.high - p.0 {
            self.low = self.high;
            self.left = p;
        } else {
            self.high = self.low;
            self.right = p;
        }
    }

    pub(crate) fn set_unit(&mut self, unit: f64) {
        self.unit = unit;
    }

    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    pub(crate) fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Whether the whole interval looks alike.
    #[inline]
    pub(crate) fn covers(&self, a: f64, b: f64) -> bool {
        self.low <= a && b <= self.high
    }

    /// How far from the centre rounding hides the height of a parabola through each of the
    /// higher neighbours: at distance D and height H, D sqrt(unit |f| / H).
    fn hidden(&self) -> impl Iterator<Item = f64> {
        let centre = 0.5 * (self.low + self.high);
        let noise = self.unit * self.value.abs();
        let value = self.value;
        [self.left, self.right]
            .into_iter()
            .filter(|p| p.0.is_finite() && p.1.is_finite())
            .map(move |p| (p.0 - centre).abs() * (noise / (p.1 - value)).sqrt())
    }

    /// How near to the minimum values can tell points apart, by the neighbour that sees more.
    pub(crate) fn hidden_radius(&self) -> f64 {
        let nearer = self.hidden().fold(f64::INFINITY, f64::min);
        if nearer.is_finite() { nearer } else { 0.0 }
    }

    /// Whether the plateau is wider than rounding explains, eight times over.
    pub(crate) fn is_real(&self) -> bool {
        0.5 * self.width() > 8.0 * self.hidden().fold(0.0, f64::max)
    }
}
