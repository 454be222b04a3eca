//! Expressions with concrete sizes as nodes of a graph, work shared among them.
//!
//! Columns and rows lie as arrays of one axis, scalars as arrays of none: how many axes a value
//! has follows from its type.  What is applied is never inverted: a factor to the power -1 next
//! to something is a solve, and all that is read of one matrix is read of one factorisation.

mod chain;
mod distributed;
mod divisors;
mod elementwise;
mod functions;
mod norms;
mod order;
mod several;
mod softmax;
mod spectral;
mod switched;
mod values;

use pyframe_graph::{
    Attribute, Binary, DType, Graph, GraphError, NodeId, Primitive, Shape, Type as Array, Unary,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use thiserror::Error;

use crate::contraction::Contracting;
use crate::derivative::Contraction;
use crate::limits::worked;
use crate::node::{Function, Id, Map, Node};
use crate::size::{Dim, Type};
use crate::store::Store;
use chain::{Block, Factor};

/// Why an expression has no graph.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LowerError {
    /// A node that is refused, by its shape or for want of memory.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A size without a value.
    #[error("the size {0} has no value")]
    UnknownSize(String),
    /// A name without a value.
    #[error("the symbol {0} has no value")]
    Unbound(String),
    /// A differential that is not taken.
    #[error("d({0}) stands for a differential that is not taken yet")]
    Differential(String),
}

type Lowered = Result<NodeId, LowerError>;

/// The values of expressions as nodes of a graph, given the values of sizes and symbols.
///
/// ```
/// use pyframe_graph::{DType, Graph, Type};
/// use pyframe_matcalc::{Declaration, Facts, Store, lower};
///
/// let mut store = Store::default();
/// let n = store.sizes.name("n");
/// let ty = pyframe_matcalc::Type::new(n, n);
/// let declaration = Declaration { name: "X".into(), ty, facts: Facts::NONE, differential: None };
/// let x = store.symbol(declaration);
/// let y = store.inverse(x);
/// let mut graph = Graph::new();
/// let input = graph.input(Type::new(DType::Float64, &[3, 3]))?;
/// let found = lower(&store, &[y], &|_| Some(3), &[(x, input)], DType::Float64, &mut graph)?;
/// graph.set_outputs(&found);
/// assert_eq!(
///     graph.to_string(),
///     "%0 = input : f64[3,3]\n%1 = lu %0 : f64[3,3]\n%2 = inverse %1 : f64[3,3]\nreturn %2\n"
/// );
/// # Ok::<(), pyframe_matcalc::LowerError>(())
/// ```
pub fn lower(
    store: &Store,
    roots: &[Id],
    sizes: &dyn Fn(&str) -> Option<usize>,
    inputs: &[(Id, NodeId)],
    dtype: DType,
    graph: &mut Graph,
) -> Result<Vec<NodeId>, LowerError> {
    let mut lowering = Lowering::new(store, sizes, inputs, dtype, graph);
    lowering.evaluate(roots)?;
    roots.iter().map(|&root| lowering.result(root)).collect()
}

/// The values of sums of contractions, those of one output together: each with an axis for every
/// label of that output which some factor has, once and in their order.
pub fn lower_contractions(
    store: &Store,
    sums: &[Vec<Contraction>],
    sizes: &dyn Fn(&str) -> Option<usize>,
    inputs: &[(Id, NodeId)],
    dtype: DType,
    graph: &mut Graph,
) -> Result<Vec<NodeId>, LowerError> {
    let mut lowering = Lowering::new(store, sizes, inputs, dtype, graph);
    let factors: Vec<Id> =
        sums.iter().flatten().flat_map(|term| term.factors.iter().map(|(factor, _)| *factor)).collect();
    lowering.evaluate(&factors)?;
    let values = lowering.values;
    let value = |factor: &Id| values.get(factor).copied().ok_or_else(used_before_it_was_made);
    let mut contracting = Contracting::new(graph, dtype);
    let mut found = Vec::with_capacity(sums.len());
    for terms in sums {
        let mut products = Vec::with_capacity(terms.len());
        for term in terms {
            let factors = term.factors.iter().map(|(factor, labels)| Ok((value(factor)?, labels.as_str())));
            products.push((term.coefficient, factors.collect::<Result<_, LowerError>>()?));
        }
        found.push(contracting.sum(&products, terms.first().map_or("", |term| &term.output))?);
    }
    Ok(found)
}

/// A graph while expressions are added to it.
struct Lowering<'a> {
    store: &'a Store,
    sizes: &'a dyn Fn(&str) -> Option<usize>,
    graph: &'a mut Graph,
    dtype: DType,
    /// What is lowered already.
    values: FxHashMap<Id, NodeId>,
    /// Products of stretches of chains.
    blocks: FxHashMap<Vec<Factor>, Block>,
}

impl<'a> Lowering<'a> {
    fn new(
        store: &'a Store,
        sizes: &'a dyn Fn(&str) -> Option<usize>,
        inputs: &[(Id, NodeId)],
        dtype: DType,
        graph: &'a mut Graph,
    ) -> Self {
        let values = inputs.iter().copied().collect();
        Self { store, sizes, graph, dtype, values, blocks: FxHashMap::default() }
    }

    /// The values of expressions, and of all that they need.
    fn evaluate(&mut self, roots: &[Id]) -> Result<(), LowerError> {
        for id in self.wanted(roots) {
            if !self.values.contains_key(&id) {
                worked(self.store.node(id).arity());
                let value = self.node(id)?;
                self.values.insert(id, value);
            }
        }
        Ok(())
    }

    /// Whose values are wanted for those of the roots, each after what it needs.
    fn wanted(&self, roots: &[Id]) -> Vec<Id> {
        let reachable = self.store.reachable(roots);
        let mut wanted = vec![false; reachable.last().map_or(0, |last| last.index() + 1)];
        for root in roots {
            wanted[root.index()] = true;
        }
        for id in reachable.iter().rev() {
            if wanted[id.index()] {
                for needed in self.needs(*id) {
                    wanted[needed.index()] = true;
                }
            }
        }
        reachable.into_iter().filter(|id| wanted[id.index()]).collect()
    }

    /// Whose values an expression is computed from.
    fn needs(&self, id: Id) -> SmallVec<[Id; 4]> {
        match self.store.node(id) {
            Node::Product { scalars, chain } => {
                let of_chain: SmallVec<[Id; 4]> = if let [_] = **chain {
                    self.needs_of_chain(chain).collect()
                } else {
                    let factors = self.factors(chain);
                    let cut = self.cut(scalars, &factors, self.store.ty(id));
                    let (left, right) = factors.split_at(cut.unwrap_or(factors.len()));
                    [left, right].into_iter().flat_map(|own| self.needs_of_factors(own)).collect()
                };
                scalars.iter().map(|s| s.0).chain(of_chain).collect()
            }
            Node::Sum(terms) => terms
                .iter()
                .flat_map(|&(term, _)| match self.store.node(term) {
                    Node::Product { .. } => self.needs(term),
                    Node::Ones(_) | Node::Eye(_) => SmallVec::new(),
                    Node::Function(Function::Diag, v) => SmallVec::from_slice(&[*v]),
                    _ => SmallVec::from_slice(&[term]),
                })
                .collect(),
            Node::Function(Function::Trace | Function::Total | Function::Diagonal, x) => {
                match self.plain_chain(*x) {
                    Some(chain) => self.needs_of_chain(chain).collect(),
                    None => SmallVec::from_slice(&[*x]),
                }
            }
            Node::Map(Map::Unary(Unary::Log), x) => match *self.store.node(*x) {
                Node::Function(Function::Det, u) | Node::Map(Map::Unary(Unary::Cosh), u) => {
                    SmallVec::from_slice(&[u])
                }
                _ => SmallVec::from_slice(&[*x]),
            },
            node => node.children(),
        }
    }

    fn needs_of_chain(&self, chain: &[(Id, i32)]) -> impl Iterator<Item = Id> {
        chain.iter().filter_map(|&(factor, e)| match *self.store.node(factor) {
            Node::Transpose(x) | Node::Function(Function::Diag, x) => Some(x),
            Node::Ones(_) if e == 1 => None,
            Node::Eye(_) => None,
            _ => Some(factor),
        })
    }

    /// The chain, when an expression is one without scalars.
    fn plain_chain(&self, id: Id) -> Option<&[(Id, i32)]> {
        match self.store.node(id) {
            Node::Product { scalars, chain } if scalars.is_empty() => Some(chain),
            _ => None,
        }
    }

    /// The value of one expression, when those that it needs are there.
    fn node(&mut self, id: Id) -> Lowered {
        let (store, ty) = (self.store, self.store.ty(id));
        match store.node(id) {
            Node::Number(number) => self.number(number.get()),
            Node::Size(dim) => {
                let length = self.length(*dim)?;
                self.number(length as f64)
            }
            Node::Symbol(symbol) => Err(LowerError::Unbound(store.declaration(*symbol).name.to_string())),
            Node::Eye(dim) => {
                let ones = self.filled(1.0, Type::vector(*dim))?;
                self.diagonal_matrix(ones)
            }
            Node::Ones(ty) => self.filled(1.0, *ty),
            Node::Zeros(ty) => self.filled(0.0, *ty),
            Node::Commutation(own) => self.commutation(*own, ty),
            Node::Sum(terms) => self.sum(terms, ty),
            Node::Product { scalars, chain } => self.product(1.0, scalars, chain, ty),
            Node::Hadamard(factors) => self.powers(1.0, factors),
            Node::Transpose(x) => {
                let x = self.value(*x)?;
                self.turned(x)
            }
            Node::Map(map, x) => self.map(*map, *x),
            Node::Power(x, y) => self.power(*x, *y),
            Node::Function(function, x) => self.function(*function, *x, ty),
            Node::ExpmFrechet(a, along) => self.expm_frechet(*a, along),
            Node::CofactorFrechet(a, along) => self.cofactor_frechet(*a, along),
            Node::Sylvester(operands) => self.sylvester(*operands, ty),
            Node::Kron(a, b) => self.kron(*a, *b, ty),
            Node::KronFactor(place, whole, other) => self.kron_factor(*place, *whole, *other, ty),
            Node::Larger(a, b) | Node::Smaller(a, b) => {
                let (a, b) = (self.value(*a)?, self.value(*b)?);
                let larger = matches!(store.node(id), Node::Larger(..));
                self.binary(if larger { Binary::Maximum } else { Binary::Minimum }, a, b)
            }
            Node::Apply(operator, operands) => {
                let function = store.operator_at(*operator).function;
                let operands = operands.iter().map(|x| self.value(*x)).collect::<Result<Vec<_>, _>>()?;
                let wanted = Array::new(self.dtype, &self.shape(ty)?);
                let attribute = Attribute::Foreign { function, result: 0 };
                Ok(self.graph.add(Primitive::Foreign, &operands, attribute, Some(&wanted))?)
            }
            Node::Differential(x) => {
                let name = store.named(*x).map_or("...".into(), |own| own.name.to_string());
                Err(LowerError::Differential(name))
            }
        }
    }

    /// A result as users see it: a row is a matrix of one row.
    fn result(&mut self, id: Id) -> Lowered {
        let (value, ty) = (self.value(id)?, self.store.ty(id));
        if ty.is_row() { self.as_matrix(value, ty) } else { Ok(value) }
    }

    /// A value made before.
    fn value(&self, id: Id) -> Lowered {
        self.values.get(&id).copied().ok_or_else(used_before_it_was_made)
    }

    fn length(&self, dim: Dim) -> Result<usize, LowerError> {
        let unknown = || LowerError::UnknownSize(self.store.sizes.text(dim));
        self.store.sizes.evaluate(dim, self.sizes).ok_or_else(unknown)
    }

    /// The axes of a value of this type.
    fn shape(&self, ty: Type) -> Result<Shape, LowerError> {
        let long = [ty.rows, ty.columns].into_iter().filter(|&dim| dim != Dim::ONE);
        long.map(|dim| self.length(dim)).collect()
    }
}

fn used_before_it_was_made() -> LowerError {
    LowerError::Graph(GraphError::Shape("a value was used before it was made".into()))
}
