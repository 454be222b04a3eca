//! Expressions as they are written: the language, LaTeX, NumPy.

mod layout;
mod shared;
mod text;
mod walk;

pub use text::text;
