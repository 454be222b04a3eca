//! What keeps work on formulas within bounds: room on the stack, an end to what grows too large, and
//! a look now and then whether to go on.
//!
//! Constructors return an expression and no error, so what is to end unwinds: with [`TooLarge`], or
//! with whatever the hook of [`look_up_with`] unwinds with.  A store is as good afterwards as before.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::OnceLock;

/// Less room than this, and the stack grows.
const LEAST_ROOM: usize = 96 * 1024;
/// By how much it grows.
const MORE_ROOM: usize = 1024 * 1024;
/// How often it grows before what nests is taken for endless: by a gigabyte.
const MOST_GROWN: usize = 1024;
/// How many operands new expressions may have together.
const MOST_OPERANDS: usize = 8_000_000;
/// The highest power of a matrix.
pub(crate) const HIGHEST_POWER: u32 = 10_000;
/// How many operands are worked on between two looks.
const PAUSE: usize = 1 << 14;

/// Why work was broken off: what it would make is too large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLarge(pub String);

static LOOK: OnceLock<fn()> = OnceLock::new();

thread_local! {
    static MADE: Cell<usize> = const { Cell::new(0) };
    static WORKED: Cell<usize> = const { Cell::new(0) };
    static GROWN: Cell<usize> = const { Cell::new(0) };
}

/// Sets what is called now and then, in whichever thread works; it unwinds to end the work.
pub fn look_up_with(look: fn()) {
    let _ = LOOK.set(look);
}

/// The beginning of a piece of work, whose expressions are counted from here.
pub fn begin() {
    MADE.set(0);
}

/// Calls a function that works on expressions: on a small stack, what nests in it need not ask for
/// more each time.
pub fn with_room<T>(call: impl FnOnce() -> T) -> T {
    roomy(call)
}

/// Calls a function that may call itself as deep as formulas nest.
pub(crate) fn roomy<T>(call: impl FnOnce() -> T) -> T {
    if stacker::remaining_stack().is_some_and(|left| left >= LEAST_ROOM) { call() } else { grown(call) }
}

#[cold]
fn grown<T>(call: impl FnOnce() -> T) -> T {
    /// One more piece of stack, for as long as it is there.
    struct Piece;

    impl Drop for Piece {
        fn drop(&mut self) {
            GROWN.set(GROWN.get() - 1);
        }
    }

    GROWN.set(GROWN.get() + 1);
    let _piece = Piece;
    if GROWN.get() > MOST_GROWN {
        let message = "the expressions that this needs nest too deep".to_owned();
        resume_unwind(Box::new(TooLarge(message)));
    }
    stacker::grow(MORE_ROOM, call)
}

/// That so many operands were worked on.
pub(crate) fn worked(operands: usize) {
    let all = WORKED.get() + operands;
    if all < PAUSE {
        return WORKED.set(all);
    }
    WORKED.set(0);
    if let Some(look) = LOOK.get() {
        look();
    }
}

/// That a new expression has so many operands.
pub(crate) fn made(operands: usize) {
    let all = MADE.get() + operands;
    MADE.set(all);
    if all > MOST_OPERANDS {
        too_large(format!("the expressions that this needs have more than {MOST_OPERANDS} operands"));
    }
}

/// Breaks work off.
pub(crate) fn too_large(what: String) -> ! {
    resume_unwind(Box::new(TooLarge(what)))
}

/// That a matrix is raised to this power.
pub(crate) fn raised(power: i32) {
    if power.unsigned_abs() > HIGHEST_POWER {
        too_large(format!("{power} is too high a power of a matrix: {HIGHEST_POWER} is the highest"));
    }
}
