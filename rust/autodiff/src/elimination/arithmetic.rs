//! The elimination itself, on numbers or on nodes.

use std::collections::BTreeMap;

use pyframe_graph::{Binary, DType, Graph, GraphError, NodeId};

use super::{Coefficient, Linearised};
use crate::{DerivativeError, GoOn};

/// What the factors of edges are, and how they are multiplied and added.
pub trait Arithmetic {
    /// A factor.
    type Factor: Copy;

    /// The factor of an edge.
    fn factor(&mut self, coefficient: Coefficient) -> Result<Self::Factor, GraphError>;
    /// A product, which is zero when either factor is.
    fn multiply(&mut self, a: Self::Factor, b: Self::Factor) -> Result<Self::Factor, GraphError>;
    /// A sum.
    fn add(&mut self, a: Self::Factor, b: Self::Factor) -> Result<Self::Factor, GraphError>;
}

/// One entry of a Jacobian: row, column, value.
pub type Entry<F> = (usize, usize, F);

/// The entries of the Jacobian, by taking out vertices one after another.
pub fn eliminate<A: Arithmetic>(
    graph: &Linearised,
    sequence: &[u32],
    arithmetic: &mut A,
    go_on: GoOn<'_>,
) -> Result<Vec<Entry<A::Factor>>, DerivativeError> {
    let mut into: Vec<BTreeMap<u32, A::Factor>> = vec![BTreeMap::new(); graph.vertices];
    let mut from: Vec<Vec<u32>> = vec![Vec::new(); graph.vertices];
    for edge in &graph.edges {
        let factor = arithmetic.factor(edge.coefficient)?;
        attach(&mut into, &mut from, arithmetic, edge.from, edge.to, factor)?;
    }
    for &v in sequence {
        go_on().map_err(DerivativeError::Raised)?;
        let before = std::mem::take(&mut into[v as usize]);
        for s in std::mem::take(&mut from[v as usize]) {
            // A vertex taken out already keeps its name here, but not its edges.
            let Some(out) = into[s as usize].remove(&v) else { continue };
            for (&p, &inward) in &before {
                let product = arithmetic.multiply(inward, out)?;
                attach(&mut into, &mut from, arithmetic, p, s, product)?;
            }
        }
    }
    let mut entries = Vec::new();
    for (row, output) in graph.outputs.iter().enumerate() {
        if let Some(output) = output {
            entries.extend(
                into[*output as usize].iter().map(|(&column, &factor)| (row, column as usize, factor)),
            );
        }
    }
    Ok(entries)
}

fn attach<A: Arithmetic>(
    into: &mut [BTreeMap<u32, A::Factor>],
    from: &mut [Vec<u32>],
    arithmetic: &mut A,
    p: u32,
    s: u32,
    factor: A::Factor,
) -> Result<(), GraphError> {
    if let Some(known) = into[s as usize].get_mut(&p) {
        *known = arithmetic.add(*known, factor)?;
    } else {
        into[s as usize].insert(p, factor);
        from[p as usize].push(s);
    }
    Ok(())
}

/// Numbers in double precision; `read` gives the elements of a node.
#[derive(Debug)]
pub struct Numbers<R>(
    /// The element of a node at a place.
    pub R,
);

impl<R: FnMut(NodeId, usize) -> f64> Arithmetic for Numbers<R> {
    type Factor = f64;

    fn factor(&mut self, coefficient: Coefficient) -> Result<f64, GraphError> {
        Ok(match coefficient {
            Coefficient::Number(number) => number,
            Coefficient::Entry(node, place) => self.0(node, place),
        })
    }

    fn multiply(&mut self, a: f64, b: f64) -> Result<f64, GraphError> {
        Ok(if a == 0.0 || b == 0.0 { 0.0 } else { a * b })
    }

    fn add(&mut self, a: f64, b: f64) -> Result<f64, GraphError> {
        Ok(a + b)
    }
}

/// Nodes of a graph, so that the Jacobian can be differentiated in its turn.
#[derive(Debug)]
pub struct Nodes<'g>(
    /// Where they are added.
    pub &'g mut Graph,
);

impl Arithmetic for Nodes<'_> {
    type Factor = Coefficient;

    fn factor(&mut self, coefficient: Coefficient) -> Result<Coefficient, GraphError> {
        let Coefficient::Entry(node, place) = coefficient else { return Ok(coefficient) };
        let node = self.0.convert(node, DType::Float64)?;
        let node = if self.0.shape(node).is_empty() { node } else { self.0.element(node, place)? };
        Ok(Coefficient::Entry(node, 0))
    }

    fn multiply(&mut self, a: Coefficient, b: Coefficient) -> Result<Coefficient, GraphError> {
        use Coefficient::Number;
        match (a, b) {
            (Number(a), Number(b)) => Ok(Number(a * b)),
            (Number(1.0), other) | (other, Number(1.0)) => Ok(other),
            _ => {
                let (a, b) = (self.node(a)?, self.node(b)?);
                Ok(Coefficient::Entry(self.0.binary(Binary::Strong, a, b)?, 0))
            }
        }
    }

    fn add(&mut self, a: Coefficient, b: Coefficient) -> Result<Coefficient, GraphError> {
        let (a, b) = (self.node(a)?, self.node(b)?);
        Ok(Coefficient::Entry(self.0.binary(Binary::Add, a, b)?, 0))
    }
}

impl Nodes<'_> {
    /// The node of a factor.
    pub fn node(&mut self, factor: Coefficient) -> Result<NodeId, GraphError> {
        match factor {
            Coefficient::Number(number) => self.0.scalar(number),
            Coefficient::Entry(node, _) => Ok(node),
        }
    }
}
