//! What is done about equations whose matrix is singular, or nearly so.

use std::cell::Cell;
use std::error::Error;
use std::sync::OnceLock;

use crate::dense::{DenseError, Lu, Real};
use crate::error::TapeError;

/// A matrix is nearly singular when the estimate of its condition is above one tenth of what makes
/// every digit wrong.
const NEARLY: f64 = 10.0;

/// Told the estimate of a condition; it may end the computation.
pub type Note = fn(f64) -> Result<(), Box<dyn Error + Send + Sync>>;

/// What a thread wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Singular {
    /// Solutions are NaN where there is none; an error otherwise.
    pub is_nan: bool,
    /// Solutions that may have no right digit are noted.
    pub is_noted: bool,
}

thread_local! {
    static WANTED: Cell<Singular> = const { Cell::new(Singular { is_nan: false, is_noted: true }) };
}

static NOTE: OnceLock<Note> = OnceLock::new();

impl Singular {
    /// Sets what this thread wants; gives what it wanted before.
    #[must_use]
    pub fn replace(self) -> Self {
        WANTED.replace(self)
    }

    /// Sets who is told of matrices that are nearly singular.
    pub fn note_with(note: Note) {
        let _ = NOTE.set(note);
    }
}

/// A solution of so many numbers; NaN where there is none and that is wanted.
pub(crate) fn settled<T: Real>(
    found: Result<Vec<T>, DenseError>,
    count: usize,
) -> Result<Vec<T>, DenseError> {
    match found {
        Err(DenseError::Singular { .. }) if WANTED.get().is_nan => Ok(vec![T::nan(); count]),
        found => found,
    }
}

/// Notes a matrix that is nearly singular.
pub(crate) fn look<T: Real>(lu: &Lu<T>) -> Result<(), TapeError> {
    if !lu.has_small_pivots() || !WANTED.get().is_noted {
        return Ok(());
    }
    let (rcond, Some(note)) = (lu.rcond()?.wide(), NOTE.get()) else { return Ok(()) };
    if rcond > 0.0 && rcond < NEARLY * T::epsilon().wide() {
        note(1.0 / rcond).map_err(TapeError::Foreign)?;
    }
    Ok(())
}
