//! The graph of a recorded function, in static single assignment.
//!
//! A [`Graph`] is a vector of small nodes in topological order.  A node names its
//! [`Primitive`], its [`Type`] and its operands, which are earlier nodes; nothing here is
//! recursive, nothing runs and nothing knows a derivative.
//!
//! ```
//! use pyframe_graph::{Binary, Graph, Type, Unary};
//!
//! let mut graph = Graph::new();
//! let x = graph.input(Type::SCALAR)?;
//! let y = graph.unary(Unary::Sin, x)?;
//! let z = graph.binary(Binary::Mul, x, y)?;
//! graph.set_outputs(&[z]);
//! assert_eq!(graph.to_string(), "%0 = input : f64\n%1 = sin %0 : f64\n%2 = multiply %0 %1 : f64\nreturn %2\n");
//! # Ok::<(), pyframe_graph::GraphError>(())
//! ```

mod array;
mod attribute;
mod builder;
mod bytes;
mod dtype;
mod error;
mod graph;
mod infer;
mod inline;
mod node;
mod primitive;
mod shape;
mod simplify;
mod text;
mod verify;
mod wire;

pub use array::{Array, Data, Element, Lent, Storage};
pub use attribute::{Attribute, Labels, Sliced};
pub use dtype::DType;
pub use error::GraphError;
pub use graph::{Graph, Memory, Type};
pub use node::{Node, NodeId};
pub use primitive::{Binary, Compare, Factor, Gap, Logical, Order, Part, Primitive, Reduction, Test, Unary};
pub use shape::{Shape, broadcast_shapes, element_count, row_major_strides};
pub use wire::{Reader, VERSION, Writer};
