//! Matrix expressions with symbolic sizes: normal form, differentials, notation.

pub mod bytes;
mod contraction;
pub mod derivative;
mod facts;
pub mod limits;
mod listing;
mod lower;
mod node;
mod normal;
pub mod notation;
mod rebuild;
mod size;
mod store;
mod switches;
pub mod syntax;
mod transposes;

pub use contraction::{Contracting, Product};
pub use facts::Facts;
pub use listing::{Listed, listing};
pub use lower::{LowerError, lower, lower_contractions};
pub use node::{Domain, Function, Id, Map, Node, Place, Real, Terms};
pub use rebuild::{import, substitute};
pub use size::{Dim, Shown, Sizes, Type};
pub use store::{Declaration, Operator, Store};
