//! What several test files need.

use std::sync::Arc;

use pyframe_linesearch::scalar::{self, Method};

/// Every scalar method, by its name in Python.
pub fn methods() -> Vec<(&'static str, Method)> {
    vec![
        ("dichotomy", Arc::<scalar::Dichotomy>::default()),
        ("golden", Arc::<scalar::Golden>::default()),
        ("fibonacci", Arc::<scalar::Fibonacci>::default()),
        ("parabolic", Arc::<scalar::Parabolic>::default()),
        ("brent", Arc::<scalar::Brent>::default()),
        ("chandrupatla", Arc::<scalar::Chandrupatla>::default()),
        ("random", Arc::<scalar::Random>::default()),
        ("slope-bisection", Arc::<scalar::SlopeBisection>::default()),
        ("secant", Arc::<scalar::Secant>::default()),
        ("cubic", Arc::<scalar::Cubic>::default()),
        ("newton", Arc::<scalar::Newton>::default()),
    ]
}
