//! What holds for every scalar method on every valley, whatever its numbers are.

mod common;

use proptest::prelude::*;
use pyframe_linesearch::Sample;
use pyframe_linesearch::batch::Columns;
use pyframe_linesearch::scalar::{Interval, Method, Report, Tolerance};

/// bend (x - c)^2 + steep (x - c)^4 + floor.
#[derive(Clone, Copy, Debug)]
struct Valley {
    c: f64,
    bend: f64,
    steep: f64,
    floor: f64,
}

impl Valley {
    fn at(&self, x: f64, scale: f64) -> Sample {
        let t = x - self.c;
        Sample {
            x,
            value: scale * (self.bend * t * t + self.steep * t * t * t * t + self.floor),
            slope: scale * (2.0 * self.bend * t + 4.0 * self.steep * t * t * t),
            curvature: scale * (2.0 * self.bend + 12.0 * self.steep * t * t),
        }
    }
}

fn valley() -> impl Strategy<Value = Valley> {
    let floor = prop_oneof![Just(0.0), Just(1.0), -10.0..1e6_f64];
    (-3.0..3.0_f64, 1e-3..1e3_f64, 0.0..10.0_f64, floor).prop_map(|(c, bend, steep, floor)| Valley {
        c,
        bend,
        steep,
        floor,
    })
}

fn interval() -> impl Strategy<Value = Interval> {
    prop_oneof![
        (-9.0..-3.0_f64, 3.0..9.0_f64).prop_map(|(a, b)| Interval::Bounds(a, b)),
        (-9.0..9.0_f64, 0.1..2.0_f64).prop_map(|(a, step)| Interval::Downhill(a, a + step)),
    ]
}

/// The samples of a run, and its report.
fn run(method: &Method, interval: Interval, f: impl Fn(f64) -> Sample) -> (Vec<Sample>, Report) {
    let mut run = method.run(interval, Tolerance::default(), 500);
    let mut seen = Vec::new();
    while let Some(x) = run.ask() {
        seen.push(f(x));
        run.tell(f(x));
    }
    (seen, run.report())
}

proptest! {
    #[test]
    fn scaling_f_by_a_power_of_two_changes_nothing(f in valley(), on in interval(), k in -60..60_i32) {
        for (name, method) in common::methods() {
            let (points, plain) = run(&method, on, |x| f.at(x, 1.0));
            let (scaled_points, scaled) = run(&method, on, |x| f.at(x, 2.0_f64.powi(k)));
            let xs = |samples: &[Sample]| samples.iter().map(|s| s.x).collect::<Vec<_>>();
            prop_assert_eq!(xs(&points), xs(&scaled_points), "{}", name);
            prop_assert_eq!(
                (plain.status, plain.best.x, plain.iterations, plain.bracket),
                (scaled.status, scaled.best.x, scaled.iterations, scaled.bracket),
                "{}", name
            );
        }
    }

    #[test]
    fn the_best_point_is_the_lowest_evaluated_and_bounds_are_kept(f in valley(), on in interval()) {
        for (name, method) in common::methods() {
            let (seen, report) = run(&method, on, |x| f.at(x, 1.0));
            prop_assert_eq!(report.evaluations, seen.len(), "{}", name);
            prop_assert!(seen.iter().any(|s| s.x == report.best.x), "{}", name);
            if let Interval::Bounds(a, b) = on {
                prop_assert!(seen.iter().all(|s| a <= s.x && s.x <= b), "{}", name);
            }
            let lowest = seen.iter().map(|s| s.value).fold(f64::INFINITY, f64::min);
            // Where slopes decide, a value may be higher by its rounding, once for each point.
            let drift = 4.0 * f64::EPSILON * lowest.abs() * seen.len() as f64;
            prop_assert!(report.best.value <= lowest + drift, "{}: {:?} above {}", name, report, lowest);
        }
    }

    #[test]
    fn lanes_are_single_runs(valleys in prop::collection::vec(valley(), 1..20)) {
        let (a, b) = (-7.0, 8.0);
        for (name, method) in common::methods() {
            let mut batch = method.batch(Tolerance::default(), 500);
            batch.begin(valleys.len(), &[a], &[b]).unwrap();
            while !batch.points().is_empty() {
                let samples: Vec<Sample> =
                    batch.points().iter().zip(batch.active()).map(|(&x, &lane)| valleys[lane].at(x, 1.0)).collect();
                let column = |get: fn(&Sample) -> f64| samples.iter().map(get).collect::<Vec<_>>();
                let (values, slopes) = (column(|s| s.value), column(|s| s.slope));
                let curvatures = column(|s| s.curvature);
                batch.tell(Columns { values: &values, slopes: &slopes, curvatures: &curvatures });
            }
            let mut reports = Vec::new();
            batch.for_each(&mut |report| reports.push(report));
            let fields = |r: &Report| (r.status, r.best.x, r.best.value, r.bracket, r.evaluations, r.iterations);
            for (lane, f) in valleys.iter().enumerate() {
                let (_, single) = run(&method, Interval::Bounds(a, b), |x| f.at(x, 1.0));
                prop_assert_eq!(fields(&reports[lane]), fields(&single), "{}, lane {}", name, lane);
            }
        }
    }
}
