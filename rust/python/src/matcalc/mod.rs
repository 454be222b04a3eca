//! Matrix expressions: wrappers of `pyframe_matcalc`.

mod building;
mod declared;
mod deriving;
mod formula;
mod keeping;
mod outside;
mod pauses;
mod reading;
mod running;
mod showing;

use pyframe_matcalc::limits;
use pyo3::PyResult;

use crate::errors;
pub use formula::Formula;
pub use pauses::look_up;
pub use running::contraction;
pub use showing::Listed;

/// Run the body of an entry point with room on the stack for work on formulas, found once.
fn guard<T>(entry: &'static str, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    errors::guard(entry, || limits::with_room(body))
}
