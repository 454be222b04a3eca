//! Expressions as they are written: the language, LaTeX, NumPy.

mod constants;
mod inner;
mod latex;
mod layout;
mod names;
mod numpy;
mod shared;
mod squares;
mod text;
mod walk;

pub(crate) use inner::reads_as_inner;
pub use latex::latex;
pub use numpy::numpy;
pub use text::text;
pub(crate) use text::{function_name, kron_factor_name};
