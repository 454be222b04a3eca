//! Recording Python functions: the two objects that stand in for numbers and arrays, the
//! recording they write to, and the operations that pyframe's Python side builds on.

mod array;
mod checkpoint;
mod convert;
mod elimination;
mod foreign;
mod interrupts;
mod listing;
mod numeric;
mod operations;
mod passes;
mod promote;
#[expect(clippy::module_inception, reason = "the object that the folder is about")]
mod recording;
mod refused;
mod replay;
mod saving;
mod scalar;
mod singular;
mod sparsity;
mod trace;
mod usual;
mod wrap;

pub use array::ArrayTracer;
pub use checkpoint::add_to as add_checkpoints;
pub use foreign::{Fragment, Outside};
pub use numeric::{Numeric, is_compiled, set_compiled};
pub use operations::operations;
pub use recording::Recording;
pub use refused::refused;
pub use replay::{Bindings, Names, Replay};
pub use scalar::add_type;
pub use singular::{on_singular, warn};
pub use trace::Trace;
pub use usual::set_handlers;
pub use wrap::set_hooks;
