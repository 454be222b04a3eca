//! Looking for signals during what may take long.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pyframe_autodiff::Raised;
use pyo3::prelude::*;

/// Time between two looks: the interpreter's lock is asked for at each.
const PAUSE: Duration = Duration::from_millis(20);

/// What a long computation asks whether to go on; an interrupt ends it.
pub fn interrupts() -> impl Fn() -> Result<(), Raised> {
    let last = Cell::new(Instant::now());
    move || {
        if last.get().elapsed() < PAUSE {
            return Ok(());
        }
        #[expect(clippy::redundant_closure_for_method_calls, reason = "it holds for any lifetime")]
        let seen = Python::attach(|py| py.check_signals());
        last.set(Instant::now());
        seen.map_err(|error| Raised(Arc::new(error)))
    }
}
