//! Programs made of graphs, and what runs them: kernels, the eager tape, executors.

pub mod dense;
pub mod special;
