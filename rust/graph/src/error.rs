//! What is wrong with a graph, or with a node somebody wants to add.

use thiserror::Error;

use crate::dtype::DType;
use crate::shape::Shape;

/// A node or a graph that is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GraphError {
    /// Two shapes that do not broadcast.
    #[error("operands of shapes {} and {} do not broadcast", tuple(left), tuple(right))]
    Broadcast {
        /// Shape of the left operand.
        left: Shape,
        /// Shape of the right operand.
        right: Shape,
    },
    /// A shape that does not fit an operation.
    #[error("{0}")]
    Shape(String),
    /// A dtype that does not fit an operation.
    #[error("{primitive} does not take {seen}")]
    DType {
        /// The operation.
        primitive: &'static str,
        /// The dtype of the operand at fault.
        seen: DType,
    },
    /// More elements than memory can hold.
    #[error("an array of shape {} is too large", tuple(shape))]
    TooLarge {
        /// The shape asked for.
        shape: Shape,
    },
    /// More nodes than a graph may have.
    #[error("the graph has reached its limit of {limit} nodes")]
    Full {
        /// The limit.
        limit: usize,
    },
    /// No memory for another node.
    #[error("not enough memory for a graph of {nodes} nodes")]
    OutOfMemory {
        /// How many nodes there are.
        nodes: usize,
    },
    /// Bytes that are no graph.
    #[error("byte {at}: {what}")]
    Unreadable {
        /// Where they stop making sense.
        at: usize,
        /// What is wrong there.
        what: String,
    },
    /// Bytes in a format that is not known here.
    #[error("the format has version {found}, and version {known} is the newest that can be read")]
    Version {
        /// The version of the bytes.
        found: u32,
        /// The newest version that is read.
        known: u32,
    },
    /// Bytes that name a primitive that is not known here.
    #[error("there is no primitive {0:?}")]
    UnknownPrimitive(String),
    /// A function from outside, which cannot be written.
    #[error("function {function} comes from outside and has no byte form")]
    Foreign {
        /// The number it was registered under in this process.
        function: u64,
    },
    /// A graph that breaks its own rules: only a damaged file or a bug makes one.
    #[error("node {node}: {what}")]
    Malformed {
        /// The first node at fault.
        node: u32,
        /// What is wrong with it.
        what: String,
    },
}

/// A shape as NumPy writes it.
pub fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}
