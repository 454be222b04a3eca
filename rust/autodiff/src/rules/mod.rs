//! The rules: one differential per primitive.

mod binary;
mod linear_algebra;
mod structural;
mod unary;

pub use binary::{Side, binary};
pub use structural::{Operands, structural};
pub use unary::{order, unary};
