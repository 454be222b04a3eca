//! The passes over a graph.

mod adjoint;
pub mod apply;
pub mod batch;
mod collected;
mod elementwise;
pub mod foreign;
pub mod forward;
pub mod linear;
pub mod node;
pub mod reverse;
mod spectrum;
pub mod steps;
pub mod work;
