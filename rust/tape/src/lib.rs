//! Programs made of graphs, and what runs them: kernels, the eager tape, executors.

mod adjoints;
mod bytes;
mod catch_up;
pub mod checkpointing;
pub mod dense;
mod eager;
mod error;
mod evaluate;
mod kernels;
mod pass;
mod program;
mod scalar;
mod singular;
pub mod special;
mod value;

pub use eager::{Comparison, Guard, Recording};
pub use error::TapeError;
pub use evaluate::{Host, NoHost, evaluate, run};
pub use kernels::memory::{contiguous, copy_into, is_there, room};
pub use pass::pass;
pub use program::{Datum, Program, Stop, symbol};
pub use scalar::code::{Code, Miss, Numbers};
pub use scalar::numeric::{binary, compare, order, unary};
pub use scalar::runner::Runner;
pub use scalar::sweep::{Adjoints, sweep};
pub use singular::{Note, Singular};
pub use value::{Factored, Value};
