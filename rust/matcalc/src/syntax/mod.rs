//! The language: from text to a tree, from the tree to sizes, from both to expressions.
//!
//! Columns are vectors. From the loosest to the tightest: `+ -`; `* / .* ./`; unary `-`; `^ .^`;
//! postfix `'`. `*` is the matrix product, or scales by a scalar; `.* ./ .^` work on each element,
//! and a scalar beside a matrix stands for one of its shape, as it does beside `+ -`; `/` divides by
//! a scalar; `^` raises a scalar, or a square matrix to a whole power. `-x^2` is `-(x^2)`. What other
//! languages read in two ways needs parentheses: `a^b^c`, `a^b'`. Parts may have names, as in
//! `exp(t)*x where t = x'*A*x`.

mod bounds;
mod calls;
mod classes;
mod constants;
mod constraints;
mod declare;
mod defaults;
mod definitions;
mod elaborate;
mod error;
mod functions;
mod lexer;
mod nearest;
mod outside;
mod parser;
mod sizes;
mod table;
mod tree;

pub use declare::{is_name, shape};
pub use elaborate::{Make, elaborate, elaborate_with, read};
pub use error::{Span, SyntaxError};
pub use functions::{Function, Kind, Meaning, all as functions};
pub use outside::Outside;
pub use parser::{parse, parse_with};
pub use sizes::{Checked, Found, Role, check};
pub use table::FUNCTIONS;
pub use tree::{Head, Operator, Syntax, Tree, names};
