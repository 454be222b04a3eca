//! Numbers one at a time: the meaning of the elementwise primitives, the reverse sweep over a
//! tape of scalars, and code: small programs as a straight line of operations on numbers.

pub mod code;
mod gradient;
mod kernel;
pub mod memory;
pub mod numeric;
mod run;
pub mod runner;
pub mod sweep;
pub mod unroll;
