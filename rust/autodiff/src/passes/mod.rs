//! The passes over a graph.

mod adjoint;
mod apply;
pub mod batch;
pub mod foreign;
pub mod forward;
pub mod linear;
mod node;
pub mod reverse;
mod spectrum;
mod steps;
