//! Matrix expressions with symbolic sizes: normal form, differentials, notation.

mod size;

pub use size::{Dim, Shown, Sizes, Type};
