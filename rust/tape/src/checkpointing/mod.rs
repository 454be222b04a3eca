//! Reverse mode in bounded memory: a chain of steps, of which some states are kept and the
//! others computed again.
//!
//! A [`Schedule`] says which states are kept and when; it knows numbers of steps, sizes and
//! costs, and nothing of arrays.  [`Lean`] makes the chain out of a recording while that grows,
//! [`Pull`] reverses it.

mod chain;
mod kind;
mod lean;
mod ledger;
mod optimal;
mod pull;
mod regions;
mod revolve;
mod schedule;
mod segment;
mod square_root;

pub use chain::{Chain, Place, is_same, same_bits};
pub use lean::Lean;
pub use optimal::Optimal;
pub use pull::{Plan, Pull, Report, as_datum};
pub use regions::Regions;
pub use revolve::{Revolve, binomial};
pub use schedule::{Action, Schedule, Split, Splitting};
pub use square_root::{Level, SquareRoot};
