//! Expressions as they are written: the language, LaTeX, NumPy.

mod abbreviations;
mod constants;
mod functions;
mod inner;
mod latex;
mod layout;
mod names;
mod numpy;
mod shared;
mod squares;
mod sums;
mod text;
mod upright;
mod walk;

pub(crate) use functions::{function_name, kron_factor_name};
pub(crate) use inner::reads_as_inner;
pub use latex::{abbreviated, latex};
pub use numpy::numpy;
pub use text::text;
pub use upright::upright;
