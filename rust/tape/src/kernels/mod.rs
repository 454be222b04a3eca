//! The kernels: one file a family of primitives, arrays in and a fresh array out.

pub mod contract;
pub mod elementwise;
pub mod linear_algebra;
pub mod memory;
pub mod movement;
pub mod number;
pub mod reduce;
pub mod small;
pub mod walk;
pub mod wide;
