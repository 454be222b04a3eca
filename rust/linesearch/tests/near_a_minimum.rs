//! Searches that start next to a minimum, where rounding hides the decrease: a step is taken
//! only if it does not move away, otherwise the status says `precision`.

use std::sync::Arc;

use pyframe_linesearch::criteria::{self, Start};
use pyframe_linesearch::scalar::{self, Tolerance};
use pyframe_linesearch::search::{Ask, Limits, LineSearch};
use pyframe_linesearch::strategies::{self, Shortening};
use pyframe_linesearch::{Sample, Status};

type Function = (&'static str, f64, fn(f64) -> f64, fn(f64) -> f64);

const FUNCTIONS: [Function; 6] = [
    ("(x-1)^2", 1.0, |x| (x - 1.0).powi(2), |x| 2.0 * (x - 1.0)),
    ("1e-3 (x-1)^2 + 1", 1.0, |x| 1e-3 * (x - 1.0).powi(2) + 1.0, |x| 2e-3 * (x - 1.0)),
    ("1e3 (x-1)^2 - 7", 1.0, |x| 1e3 * (x - 1.0).powi(2) - 7.0, |x| 2e3 * (x - 1.0)),
    ("1e6 + (x-1)^2", 1.0, |x| 1e6 + (x - 1.0).powi(2), |x| 2.0 * (x - 1.0)),
    ("cosh x", 0.0, f64::cosh, f64::sinh),
    ("cosh(x-1)", 1.0, |x| (x - 1.0).cosh(), |x| (x - 1.0).sinh()),
];

fn strategies() -> Vec<(&'static str, strategies::Boxed)> {
    let backtracking = |shortening| strategies::Backtracking::new(shortening, 0.5, 0.1, 0.5).unwrap();
    let brent = strategies::ExactMinimizer::new(
        Arc::<scalar::Brent>::default(),
        Tolerance { absolute: 0.0, relative: 1e-8 },
    );
    vec![
        ("backtracking", Box::new(backtracking(Shortening::Constant))),
        ("backtracking by cubic", Box::new(backtracking(Shortening::Cubic))),
        ("bisection", Box::new(strategies::Bisection::new(2.0).unwrap())),
        ("zoom", Box::new(strategies::Zoom::new(2.0).unwrap())),
        ("more-thuente", Box::<strategies::MoreThuente>::default()),
        ("hager-zhang", Box::new(strategies::HagerZhang::new(5.0, 0.5, 0.66).unwrap())),
        ("interpolation", Box::<strategies::Interpolation>::default()),
        ("brent", Box::new(brent)),
    ]
}

fn criteria() -> Vec<(&'static str, criteria::Boxed)> {
    vec![
        ("armijo", Box::new(criteria::Armijo::new(1e-4).unwrap())),
        ("goldstein", Box::new(criteria::Goldstein::new(0.25).unwrap())),
        ("wolfe", Box::new(criteria::Wolfe::new(1e-4, 0.9).unwrap())),
        ("strong-wolfe", Box::new(criteria::StrongWolfe::new(1e-4, 0.9).unwrap())),
        ("strong-wolfe 0.1", Box::new(criteria::StrongWolfe::new(1e-4, 0.1).unwrap())),
        ("approximate-wolfe", Box::new(criteria::ApproximateWolfe::new(0.1, 0.9, 1e-6).unwrap())),
        ("nonmonotone", Box::new(criteria::Nonmonotone::new(1e-4, 10).unwrap())),
        ("averaged", Box::new(criteria::Averaged::new(1e-4, 0.85).unwrap())),
        ("filter", Box::new(criteria::Filter::new(1e-3, 10).unwrap())),
    ]
}

#[test]
fn no_step_moves_away_because_of_rounding() {
    let (mut runs, mut accepted, mut precision) = (0, 0, 0);
    for (name, minimum, f, df) in FUNCTIONS {
        for exponent in [-4.0, -5.0, -6.0, -7.0, -8.0, -9.0_f64] {
            for side in [-1.0, 1.0] {
                for first in [1e-2, 0.5, 1.0, 1.5, 2.0, 10.0, 1e3] {
                    for slopes in [true, false] {
                        let x0 = minimum + side * 10.0_f64.powf(exponent) * 1.234_567;
                        let d = -df(x0);
                        for (strategy_name, strategy) in strategies() {
                            for (criterion_name, criterion) in criteria() {
                                let resolution = f64::EPSILON * x0.abs() / d.abs();
                                let limits = Limits { slopes, resolution, ..Limits::default() };
                                let Ok(mut search) = LineSearch::new(criterion, strategy.clone(), limits)
                                else {
                                    continue;
                                };
                                if !slopes && search.needs() > pyframe_linesearch::Needs::Value {
                                    continue;
                                }
                                let case = format!(
                                    "{name} from {x0:?}, first {first}, {strategy_name}, {criterion_name}, slopes {slopes}"
                                );
                                search.begin(Start { value: f(x0), slope: df(x0) * d }, first);
                                let outcome = loop {
                                    match search.ask() {
                                        Ask::Done(outcome) => break outcome,
                                        Ask::At(step, _) if x0 + step * d == x0 => {
                                            search.stop(Status::Precision);
                                        }
                                        Ask::At(step, needs) => {
                                            let x = x0 + step * d;
                                            let slope = if needs > pyframe_linesearch::Needs::Value {
                                                df(x) * d
                                            } else {
                                                f64::NAN
                                            };
                                            search.tell(Sample::slope(step, f(x), slope));
                                        }
                                    }
                                };
                                runs += 1;
                                let x = x0 + outcome.trial.x * d;
                                match outcome.status {
                                    Status::Converged => {
                                        accepted += 1;
                                        let (before, after) = ((x0 - minimum).abs(), (x - minimum).abs());
                                        assert!(
                                            after <= before,
                                            "moved from {before:e} to {after:e}: {outcome:?} {case}"
                                        );
                                    }
                                    Status::Precision => precision += 1,
                                    _ => panic!("{outcome:?} {case}"),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    println!("{runs} searches: {accepted} accepted without moving away, {precision} precision");
    assert!(accepted > 9 * runs / 10 || precision > 0);
}
