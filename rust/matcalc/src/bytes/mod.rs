//! The byte form of an expression: what it is made of, each after its own parts.
//!
//! A node is the number of its kind and what it holds; operands are places in the list.  A size is
//! a number and names.  What is read is checked: operands stand before what is made of them, and
//! their types fit.

mod reading;
mod types;
mod writing;

use crate::node::{Id, Node};
use crate::store::Store;

pub use reading::{Outside, from_bytes};
pub use writing::to_bytes;

/// The names of the operators from outside that an expression calls, each once.
pub fn operators(store: &Store, root: Id) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for id in store.reachable(&[root]) {
        if let Node::Apply(operator, _) = store.node(id) {
            let name = &store.operator_at(*operator).name;
            if !names.iter().any(|own| **own == **name) {
                names.push(name.to_string());
            }
        }
    }
    names
}

/// The number that a kind of node has in files; it never changes.
fn kind(node: &Node) -> u8 {
    match node {
        Node::Number(_) => 0,
        Node::Size(_) => 1,
        Node::Symbol(_) => 2,
        Node::Eye(_) => 3,
        Node::Ones(_) => 4,
        Node::Zeros(_) => 5,
        Node::Commutation(_) => 6,
        Node::Sum(_) => 7,
        Node::Product { .. } => 8,
        Node::Hadamard(_) => 9,
        Node::Transpose(_) => 10,
        Node::Map(..) => 11,
        Node::Power(..) => 12,
        Node::Function(..) => 13,
        Node::ExpmFrechet(..) => 14,
        Node::Sylvester(_) => 15,
        Node::Kron(..) => 16,
        Node::KronFactor(..) => 17,
        Node::Larger(..) => 18,
        Node::Smaller(..) => 19,
        Node::Apply(..) => 20,
        Node::Differential(_) => 21,
        Node::CofactorFrechet(..) => 22,
    }
}
