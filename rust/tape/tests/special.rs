//! The special functions against 60-digit values (`special_reference.csv`, written by
//! `special_reference.py`), with the largest error allowed for each.

use std::collections::BTreeMap;

use pyframe_tape::special as sp;

/// How a row's arguments are passed.
enum Kernel {
    Unary(fn(f64) -> f64),
    Binary(fn(f64, f64) -> f64),
    /// The first argument is an order.
    Order(fn(u32, f64) -> f64),
}
use Kernel::{Binary, Order, Unary};

/// Function and tolerance in ulp of the nearest double to the value, so half an ulp more than
/// the errors in the table of the module's documentation.
const KERNELS: &[(&str, Kernel, f64)] = &[
    ("erf", Unary(sp::erf), 1.0),
    ("erfc", Unary(sp::erfc), 1.0),
    ("erfinv", Unary(sp::erfinv), 1.0),
    ("erfcinv", Unary(sp::erfcinv), 2.0),
    ("gamma", Unary(sp::gamma), 1.0),
    ("gammaln", Unary(sp::gammaln), 1.0),
    ("digamma", Unary(sp::digamma), 1.0),
    ("trigamma", Unary(sp::trigamma), 2.0),
    ("expit", Unary(sp::expit), 1.0),
    ("log_expit", Unary(sp::log_expit), 2.0),
    ("softplus", Unary(sp::softplus), 2.0),
    ("logit", Unary(sp::logit), 1.0),
    ("exp2", Unary(sp::exp2), 1.0),
    ("entr", Unary(sp::entr), 2.0),
    ("i0", Unary(sp::i0), 1.0),
    ("i1", Unary(sp::i1), 1.0),
    ("i0e", Unary(sp::i0e), 1.0),
    ("i1e", Unary(sp::i1e), 1.0),
    ("j0", Unary(sp::j0), 1.0),
    ("j1", Unary(sp::j1), 1.0),
    ("ndtr", Unary(sp::ndtr), 2.0),
    ("log_ndtr", Unary(sp::log_ndtr), 2.0),
    ("ndtri", Unary(sp::ndtri), 3.0),
    ("zeta", Binary(sp::zeta), 5.0),
    ("beta", Binary(sp::beta), 5.0),
    ("betaln", Binary(sp::betaln), 3.0),
    ("logaddexp", Binary(sp::logaddexp), 1.0),
    ("logaddexp2", Binary(sp::logaddexp2), 1.0),
    ("xlogy", Binary(sp::xlogy), 2.0),
    ("xlog1py", Binary(sp::xlog1py), 2.0),
    ("hypot", Binary(sp::hypot), 1.0),
    ("polygamma", Order(sp::polygamma), 4.0),
    ("sinc_derivative", Order(sp::sinc_derivative), 4.0),
];

struct Row<'a> {
    function: &'a str,
    x: f64,
    y: f64,
    value: f64,
    size: f64,
}

fn rows() -> impl Iterator<Item = Row<'static>> {
    include_str!("special_reference.csv").lines().skip(1).map(|line| {
        let mut fields = line.split(',');
        let function = fields.next().expect("a function");
        let mut number = || fields.next().expect("five fields").parse::<f64>().expect("a number");
        Row { function, x: number(), y: number(), value: number(), size: number() }
    })
}

/// The error in ulp of the value or of the size it has around, whichever is larger.
fn error(got: f64, row: &Row<'_>) -> f64 {
    if got == row.value {
        return 0.0;
    }
    let unit = row.value.abs().max(row.size);
    (got - row.value).abs() / (unit.next_up() - unit)
}

#[test]
fn every_function_is_as_accurate_as_it_says() {
    let mut worst = BTreeMap::<&str, (f64, String)>::new();
    for row in rows() {
        let kernel = KERNELS.iter().find(|(name, ..)| *name == row.function);
        let (_, kernel, _) = kernel.unwrap_or_else(|| panic!("no kernel {}", row.function));
        let got = match kernel {
            Unary(f) => f(row.x),
            Binary(f) => f(row.x, row.y),
            Order(f) => f(row.x as u32, row.y),
        };
        let error = error(got, &row);
        let entry = worst.entry(row.function).or_default();
        // A NaN error must win.
        if !(error <= entry.0) {
            *entry = (error, format!("({:e}, {:e}): {got:e}, not {:e}", row.x, row.y, row.value));
        }
    }
    let mut wrong = Vec::new();
    for (name, _, tolerance) in KERNELS {
        let (error, at) = worst.get(name).unwrap_or_else(|| panic!("no reference for {name}"));
        if !(error <= tolerance) {
            wrong.push(format!("{name} is {error:.3} ulp off at {at}; allowed are {tolerance}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
