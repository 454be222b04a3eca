//! Expressions as they are written: the language, LaTeX, NumPy.

mod inner;
mod latex;
mod layout;
mod names;
mod numpy;
mod shared;
mod text;
mod walk;

pub use latex::latex;
pub use numpy::numpy;
pub(crate) use text::function_name;
pub use text::text;
