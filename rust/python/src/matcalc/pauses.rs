//! What long work on formulas does now and then: it looks for signals, and lets other threads of
//! Python run.  The store stays locked meanwhile, so whoever waits for it waits without the
//! interpreter's lock, and what a signal handler does with the same formulas is refused.

use std::cell::Cell;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use pyframe_matcalc::Store;
use pyo3::prelude::*;

use crate::errors;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(5);

thread_local! {
    static LAST: Cell<Option<Instant>> = const { Cell::new(None) };
    static LOOKING: Cell<bool> = const { Cell::new(false) };
}

/// Ends the work when a signal asks for it.
pub fn look_up() {
    let now = Instant::now();
    if LAST.get().is_some_and(|last| now - last < PAUSE) || LOOKING.get() {
        return;
    }
    LOOKING.set(true);
    let seen = Python::attach(|py| {
        py.detach(|| ());
        py.check_signals()
    });
    LOOKING.set(false);
    LAST.set(Some(Instant::now()));
    if let Err(raised) = seen {
        errors::end_with(raised);
    }
}

/// Waits until nobody works in a store.
pub fn wait_for(store: &Mutex<Store>) {
    if LOOKING.get() {
        errors::end_with(errors::parameter(
            "a signal came while a formula was worked on, and its handler cannot use that formula",
        ));
    }
    Python::attach(|py| py.detach(|| drop(store.lock())));
}
