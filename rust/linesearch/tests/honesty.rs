//! Random functions of one variable against every method: no status may claim what is not so.
//!
//! `PYFRAME_FUZZ` sets how many functions are drawn (2,000 by default).

mod common;

use std::sync::Arc;

use pyframe_linesearch::criteria::{self, Start};
use pyframe_linesearch::scalar::{self, Interval, Tolerance};
use pyframe_linesearch::search::{self, Limits, LineSearch};
use pyframe_linesearch::strategies::{self, Shortening};
use pyframe_linesearch::{Needs, Sample, Status, Verdict};

/// SplitMix64.
struct Rng(u64);

impl Rng {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
    fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.uniform()
    }
    fn log_between(&mut self, a: f64, b: f64) -> f64 {
        self.between(a.ln(), b.ln()).exp()
    }
    fn pick(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n - 1)
    }
}

/// A random function: value and slope at x, its interval, and its minimiser when it is
/// unimodal and free of noise.
struct Function {
    name: &'static str,
    eval: Box<dyn Fn(f64) -> (f64, f64)>,
    bounds: (f64, f64),
    minimizer: Option<f64>,
}

fn draw(rng: &mut Rng) -> Function {
    let m = rng.between(-2.0, 3.0) * rng.log_between(1e-3, 1e3);
    let scale = rng.log_between(1e-6, 1e6);
    let width = rng.log_between(1e-2, 1e2) * m.abs().max(1e-2);
    let offset = if rng.uniform() < 0.3 { rng.between(-1.0, 1.0) * rng.log_between(1e-3, 1e8) } else { 0.0 };
    let side = rng.between(0.02, 0.98);
    let bounds = (m - side * width, m + (1.0 - side) * width);
    let (lo, hi) = bounds;
    let t = move |x: f64| (x - m) / width;
    let boxed = |f: Box<dyn Fn(f64) -> (f64, f64)>| f;
    let (name, eval, minimizer) = match rng.pick(12) {
        0 => (
            "quadratic",
            boxed(Box::new(move |x| (offset + scale * (x - m).powi(2), 2.0 * scale * (x - m)))),
            Some(m),
        ),
        1 => (
            "quartic",
            boxed(Box::new(move |x| (scale * t(x).powi(4) + offset, 4.0 * scale * t(x).powi(3) / width))),
            Some(m),
        ),
        2 => ("cosh", boxed(Box::new(move |x| (scale * t(x).cosh(), scale * t(x).sinh() / width))), Some(m)),
        3 => (
            "absolute value",
            boxed(Box::new(move |x| (offset + scale * (x - m).abs(), scale * (x - m).signum()))),
            Some(m),
        ),
        4 => {
            let steep = rng.log_between(10.0, 1e4);
            let f = move |x: f64| {
                if x < m { (scale * (m - x), -scale) } else { (scale * steep * (x - m), scale * steep) }
            };
            ("steep on one side", boxed(Box::new(f)), Some(m))
        }
        5 => {
            let edge = rng.between(lo, m);
            let f = move |x: f64| {
                if x <= edge {
                    return (f64::NAN, f64::NAN);
                }
                let (a, b) = (x - edge, m - edge);
                (scale * (a / b - (a / b).ln()), scale * (1.0 / b - 1.0 / a))
            };
            ("log barrier", boxed(Box::new(f)), Some(m))
        }
        6 => {
            let (from, to) = {
                let a = rng.between(lo, hi);
                (a, a + rng.between(0.0, 0.7) * width)
            };
            let bad = if rng.uniform() < 0.5 { f64::NAN } else { f64::INFINITY };
            let f = move |x: f64| {
                if x > from && x < to { (bad, bad) } else { (scale * (x - m).powi(2), 2.0 * scale * (x - m)) }
            };
            ("hole", boxed(Box::new(f)), None)
        }
        7 => {
            let half = rng.between(0.0, 0.5) * width;
            let f = move |x: f64| {
                let d = ((x - m).abs() - half).max(0.0);
                (offset + scale * d * d, 2.0 * scale * d * (x - m).signum())
            };
            ("plateau", boxed(Box::new(f)), None)
        }
        8 => {
            let (noise, pitch) = (rng.log_between(1e-15, 1e-2), rng.log_between(1e3, 1e9));
            let f = move |x: f64| {
                (
                    scale * (t(x).powi(2) + noise * (pitch * t(x)).sin()),
                    scale * (2.0 * t(x) + noise * pitch * (pitch * t(x)).cos()) / width,
                )
            };
            ("noise", boxed(Box::new(f)), None)
        }
        9 => {
            let steps = rng.between(1.0, 200.0);
            ("staircase", boxed(Box::new(move |x| ((steps * t(x).abs()).floor(), 0.0))), None)
        }
        10 => ("constant", boxed(Box::new(move |_| (offset, 0.0))), None),
        _ => {
            let f = move |x: f64| {
                (scale * (t(x) + 0.3 * (9.0 * t(x)).sin()), scale * (1.0 + 2.7 * (9.0 * t(x)).cos()) / width)
            };
            ("waves", boxed(Box::new(f)), None)
        }
    };
    Function { name, eval, bounds, minimizer }
}

fn count() -> usize {
    std::env::var("PYFRAME_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

#[test]
fn scalar_methods_claim_only_what_is_so() {
    let mut rng = Rng(1);
    let methods = common::methods();
    for number in 0..count() {
        let f = draw(&mut rng);
        let tolerance = match rng.pick(4) {
            0 => Tolerance { absolute: 0.0, relative: 0.0 },
            1 => Tolerance { absolute: rng.log_between(1e-12, 1.0), relative: 0.0 },
            _ => Tolerance::default(),
        };
        let (a, b) = f.bounds;
        let bounded = rng.uniform() < 0.7;
        let interval =
            if bounded { Interval::Bounds(a, b) } else { Interval::Downhill(a, 0.5 * a + 0.5 * b) };
        for (method, prototype) in &methods {
            let case =
                format!("{number}: {} {method} {interval:?} {tolerance:?} min {:?}", f.name, f.minimizer);
            let mut run = prototype.run(interval, tolerance, 500);
            let mut seen: Vec<Sample> = Vec::new();
            while let Some(x) = run.ask() {
                assert!(!bounded || (a <= x && x <= b), "outside: {x} {case}");
                let (value, slope) = (f.eval)(x);
                let mut sample = Sample::value(x, value);
                if prototype.needs() >= Needs::Slope {
                    sample.slope = slope;
                }
                if prototype.needs() >= Needs::Curvature {
                    let h = 1e-6 * (1.0 + x.abs());
                    sample.curvature = ((f.eval)(x + h).1 - slope) / h;
                }
                seen.push(sample);
                run.tell(sample);
            }
            let report = run.report();
            assert!(report.evaluations == seen.len() && seen.len() <= 500, "{case}");
            let best = report.best;
            let finite: Vec<f64> = seen.iter().map(|s| s.value).filter(|v| v.is_finite()).collect();
            let lowest = finite.iter().copied().fold(f64::INFINITY, f64::min);
            let slack = if prototype.needs() >= Needs::Slope {
                4.0 * f64::EPSILON * lowest.abs() * seen.len() as f64
            } else {
                0.0
            };
            if !finite.is_empty() {
                assert!(best.value <= lowest + slack, "not the best: {report:?} {case}");
            }
            if report.status.is_success() {
                assert!(best.value.is_finite(), "{report:?} {case}");
                assert!(report.bracket.0 <= best.x && best.x <= report.bracket.1, "{report:?} {case}");
                if let Some(m) = f.minimizer {
                    // What is claimed, or what rounding of the values allows.
                    let asked = tolerance.asked(best.x).max(4e-16 * (best.x.abs() + (b - a)));
                    let here = (best.x - m).abs();
                    // A tie on a stair of rounded values may end on the wrong side of the stair;
                    // many random points make that likelier.
                    let stairs = if *method == "random" { 1024.0 } else { 64.0 };
                    let hidden = best.value - (f.eval)(m).0 <= stairs * f64::EPSILON * best.value.abs();
                    assert!(here <= 1.01 * asked || hidden, "{here:e} > {asked:e} {report:?} {case}");
                    if report.status == Status::Converged && here > 1.01 * asked {
                        let (low, high) = report.plateau;
                        assert!(
                            prototype.needs() >= Needs::Slope || high - low <= 2.0 * asked,
                            "{here:e} > {asked:e} {report:?} {case}"
                        );
                    }
                }
            }
            match report.status {
                Status::Flat => {
                    let (low, high) = report.plateau;
                    let rise = |k: i32| (f.eval)(low + f64::from(k) / 8.0 * (high - low)).0 - best.value;
                    let constant = (0..=8).all(|k| rise(k) <= 4.0 * f64::EPSILON * best.value.abs());
                    // Between the points seen there may be bumps.
                    let bumpy = matches!(f.name, "staircase" | "noise" | "hole" | "waves");
                    assert!(constant || bumpy, "{report:?} {case}");
                }
                Status::NonFinite => assert!(matches!(f.name, "hole" | "log barrier"), "{report:?} {case}"),
                Status::Unbounded => assert!(!bounded && f.name == "waves", "{report:?} {case}"),
                Status::Budget | Status::Stopped => panic!("{report:?} {case}"),
                _ => {}
            }
        }
    }
}

fn strategies() -> Vec<(&'static str, strategies::Boxed)> {
    let backtracking = |shortening| strategies::Backtracking::new(shortening, 0.5, 0.1, 0.5).unwrap();
    let exact = |method| strategies::ExactMinimizer::new(method, Tolerance { absolute: 0.0, relative: 1e-8 });
    vec![
        ("static", Box::<strategies::Static>::default()),
        ("backtracking", Box::new(backtracking(Shortening::Constant))),
        ("backtracking by parabola", Box::new(backtracking(Shortening::Quadratic))),
        ("backtracking by cubic", Box::new(backtracking(Shortening::Cubic))),
        ("bisection", Box::new(strategies::Bisection::new(2.0).unwrap())),
        ("zoom", Box::new(strategies::Zoom::new(2.0).unwrap())),
        ("more-thuente", Box::<strategies::MoreThuente>::default()),
        ("hager-zhang", Box::new(strategies::HagerZhang::new(5.0, 0.5, 0.66).unwrap())),
        ("interpolation", Box::<strategies::Interpolation>::default()),
        ("golden", Box::new(exact(Arc::<scalar::Golden>::default()))),
        ("brent", Box::new(exact(Arc::<scalar::Brent>::default()))),
        ("secant", Box::new(exact(Arc::<scalar::Secant>::default()))),
        ("newton", Box::new(exact(Arc::<scalar::Newton>::default()))),
    ]
}

fn criteria() -> Vec<(&'static str, criteria::Boxed)> {
    vec![
        ("armijo", Box::new(criteria::Armijo::new(1e-4).unwrap())),
        ("goldstein", Box::new(criteria::Goldstein::new(0.25).unwrap())),
        ("wolfe", Box::new(criteria::Wolfe::new(1e-4, 0.9).unwrap())),
        ("strong-wolfe", Box::new(criteria::StrongWolfe::new(1e-4, 0.1).unwrap())),
        ("approximate-wolfe", Box::new(criteria::ApproximateWolfe::new(0.1, 0.9, 1e-6).unwrap())),
        ("nonmonotone", Box::new(criteria::Nonmonotone::new(1e-4, 10).unwrap())),
        ("averaged", Box::new(criteria::Averaged::new(1e-4, 0.85).unwrap())),
        ("filter", Box::new(criteria::Filter::new(1e-3, 10).unwrap())),
        ("exact", Box::new(criteria::Exact)),
    ]
}

/// How often each pair ended in each status, to look at with `--nocapture`.
type Tally = std::collections::BTreeMap<(String, &'static str), usize>;

#[test]
fn line_searches_claim_only_what_is_so() {
    let mut rng = Rng(2);
    let (strategies, criteria) = (strategies(), criteria());
    let mut tally = Tally::new();
    for number in 0..count() {
        let f = draw(&mut rng);
        // A line that starts inside the interval and goes downhill by the slope given.
        let x0 = rng.between(f.bounds.0, f.bounds.1);
        let (value, slope) = (f.eval)(x0);
        if !value.is_finite() || slope == 0.0 || !slope.is_finite() {
            continue;
        }
        let d = -slope.signum() * rng.log_between(1e-3, 1e3) * (f.bounds.1 - f.bounds.0);
        let first = rng.log_between(1e-6, 1e3);
        let phi = |step: f64| {
            let (value, slope) = (f.eval)(x0 + step * d);
            (value, slope * d)
        };
        let start = Start { value, slope: slope * d };
        for (strategy_name, strategy) in &strategies {
            for (criterion_name, criterion) in &criteria {
                let resolution = f64::EPSILON * x0.abs() / d.abs();
                let limits = Limits { max_step: 1e12, resolution, ..Limits::default() };
                let Ok(mut search) = LineSearch::new(criterion.clone(), strategy.clone(), limits) else {
                    assert!(criterion.can_lengthen() && !strategy.can_grow());
                    continue;
                };
                let case = format!(
                    "{number}: {} {strategy_name} {criterion_name} x0 {x0:?} d {d:?} first {first:?}",
                    f.name
                );
                search.begin(start, first);
                let mut evaluations = 0;
                let mut lowest = value;
                let outcome = loop {
                    match search.ask() {
                        search::Ask::Done(outcome) => break outcome,
                        search::Ask::At(step, _) if x0 + step * d == x0 => search.stop(Status::Precision),
                        search::Ask::At(step, _) => {
                            assert!(step > 0.0 && step <= 1e12, "{step} {case}");
                            evaluations += 1;
                            let (value, slope) = phi(step);
                            if value.is_finite() {
                                lowest = lowest.min(value);
                            }
                            let h = 1e-6 * step;
                            search.tell(Sample {
                                x: step,
                                value,
                                slope,
                                curvature: (phi(step + h).1 - slope) / h,
                            });
                            assert!(evaluations <= 101, "{case}");
                        }
                    }
                };
                *tally
                    .entry((format!("{strategy_name} {criterion_name}"), outcome.status.name()))
                    .or_default() += 1;
                let trial = outcome.trial;
                assert!(trial.value.is_finite(), "{outcome:?} {case}");
                match outcome.status {
                    Status::GradientInconsistent => {
                        // A kink nearer than values can show is a disagreement as far as they go.
                        let visible = 400.0 * f64::EPSILON * value.abs() / slope.abs();
                        let kink = f.minimizer.is_some_and(|m| (m - x0).abs() <= 0.1 * visible);
                        assert!(f.name == "noise" || kink, "{outcome:?} {case}");
                    }
                    Status::Unbounded => assert!(matches!(f.name, "waves"), "{outcome:?} {case}"),
                    Status::NonFinite => {
                        assert!(matches!(f.name, "hole" | "log barrier"), "{outcome:?} {case}");
                    }
                    _ => {}
                }
                if outcome.status != Status::Converged {
                    assert!(trial.value <= lowest, "not the best: {outcome:?} {case}");
                    continue;
                }
                let (value_there, slope_there) = phi(trial.x);
                assert_eq!(value_there, trial.value, "{case}");
                let noise = 4.0 * f64::EPSILON * value.abs().max(value_there.abs());
                if (value_there - value).abs() <= noise {
                    // Taken by its slope: not farther from the bottom of a parabola than it began.
                    assert!(
                        slope_there.abs() <= start.slope.abs() || slope_there <= 0.0,
                        "{outcome:?} {case}"
                    );
                } else {
                    let mut judge = criterion.clone();
                    judge.begin(&start);
                    let sample = Sample::slope(trial.x, value_there, slope_there);
                    let verdict = judge.judge(&start, &sample);
                    let verdict =
                        if verdict == Verdict::Accept { verdict } else { judge.judge_final(&start, &sample) };
                    assert_eq!(verdict, Verdict::Accept, "{outcome:?} {case}");
                }
            }
        }
    }
    for ((pair, status), n) in tally {
        println!("{pair:45} {status:22} {n}");
    }
}
