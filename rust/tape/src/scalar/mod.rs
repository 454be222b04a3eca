//! Numbers one at a time: the meaning of the elementwise primitives, and the reverse sweep
//! over a tape of scalars.

pub mod memory;
pub mod numeric;
pub mod sweep;
