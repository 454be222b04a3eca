//! Expressions as they are written: the language, LaTeX, NumPy.

mod latex;
mod layout;
mod names;
mod shared;
mod text;
mod walk;

pub use latex::latex;
pub use text::text;
