//! One differential rule per primitive, and the passes that read it: graph to graph.
//!
//! A rule is written once, over the traits of [`algebra`]: how an elementwise function's
//! tangent is scaled ([`rules::unary`], [`rules::binary`]), and how the other primitives act
//! on tangents by a dozen linear operators ([`rules::structural`]).  The forward pass applies
//! those operators, the reverse pass their adjoints; the adjoint of a linear function is its
//! reverse pass, so there is no third reading.  Nothing here runs.
//!
//! ```
//! use pyframe_autodiff::{NoForeign, forward, reverse};
//! use pyframe_graph::{Graph, Type, Unary};
//!
//! let mut graph = Graph::new();
//! let x = graph.input(Type::SCALAR)?;
//! let y = graph.unary(Unary::Sin, x)?;
//! let one = graph.scalar(1.0)?;
//! let tangent = forward(&mut graph, &[(x, one)], &[y], &NoForeign)?;
//! let adjoint = reverse(&mut graph, &[(y, one)], &[x], &NoForeign)?;
//! assert!(tangent[0].is_some() && adjoint[0].is_some()); // both are cos(x)
//! # Ok::<(), pyframe_autodiff::DerivativeError>(())
//! ```

pub mod algebra;
pub mod elimination;
mod error;
mod passes;
pub mod rules;
pub mod sparsity;

pub use error::{DerivativeError, GoOn, Raised};
pub use passes::batch::batch;
pub use passes::foreign::{Call, ForeignRules, NoForeign};
pub use passes::forward::forward;
pub use passes::linear::LinearMap;
pub use passes::reverse::reverse;
pub use passes::work::{PassWork, pass_work};
