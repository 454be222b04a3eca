//! A program: a verified graph with a plan, run again and again.
//!
//! Nodes run in order; a value is let go after its last use, scalars live in a table of plain
//! numbers.  Guards are checked as soon as what they look at is known.

use std::sync::{Mutex, OnceLock, PoisonError};

use pyframe_autodiff::{ForeignRules, reverse};
use pyframe_graph::{Array, Compare, DType, Graph, NodeId, Primitive};
use smallvec::SmallVec;

use crate::eager::Guard;
use crate::error::TapeError;
use crate::evaluate::{Host, evaluate};
use crate::scalar::code::Code;
use crate::scalar::numeric;
use crate::scalar::unroll::unroll;
use crate::value::Value;

/// An argument or a result.
#[derive(Clone, Debug)]
pub enum Datum {
    /// One number in double precision.
    Scalar(f64),
    /// An array.
    Array(Array),
}

/// Why a program gave no result.
#[derive(Debug)]
pub enum Stop {
    /// This guard turned out differently: the program is not the one to run.
    Guard(usize),
    /// A failure.
    Failed(TapeError),
}

impl From<TapeError> for Stop {
    fn from(error: TapeError) -> Self {
        Self::Failed(error)
    }
}

/// A graph and how it is run.
#[derive(Debug)]
pub struct Program {
    graph: Graph,
    guards: Vec<Guard>,
    /// For each node, the guards to check once it is known.
    checks: Vec<(NodeId, usize)>,
    /// For each node, the last one that reads it.
    last_use: Vec<u32>,
    /// The same as operations on numbers, when there are no arrays or only small ones.
    /// Made when it is asked for.
    code: OnceLock<Option<Code>>,
    spare: Mutex<Vec<Workspace>>,
}

#[derive(Debug)]
struct Workspace {
    scalars: Vec<f64>,
    values: Vec<Option<Value>>,
}

impl Program {
    /// Plan a graph with its outputs set, and the guards that have to hold.
    ///
    /// The nodes stay as they are; a program that is not differentiated any more may have them
    /// `merged`.
    pub fn new(graph: &Graph, guards: Vec<Guard>, merged: bool) -> Result<Self, TapeError> {
        Self::giving(graph, graph.outputs(), guards, merged)
    }

    /// The same with other outputs.
    pub fn giving(
        graph: &Graph,
        outputs: &[NodeId],
        guards: Vec<Guard>,
        merged: bool,
    ) -> Result<Self, TapeError> {
        let watched = guards.iter().flat_map(|guard| match guard {
            Guard::Branch(comparison, _) => vec![comparison.left, comparison.right],
            Guard::Concrete(node, _) => vec![*node],
        });
        let all: Vec<NodeId> = outputs.iter().copied().chain(watched).collect();
        let mut graph = if merged { graph.simplified_to(&all)? } else { graph.pruned_to(&all)? };
        let mut moved = graph.outputs()[outputs.len()..].iter().copied();
        let mut next = || moved.next().unwrap_or(NodeId(0));
        let guards: Vec<Guard> = guards
            .into_iter()
            .map(|guard| match guard {
                Guard::Branch(mut comparison, holds) => {
                    comparison.left = next();
                    comparison.right = next();
                    Guard::Branch(comparison, holds)
                }
                Guard::Concrete(_, array) => Guard::Concrete(next(), array),
            })
            .collect();
        let kept = graph.outputs()[..outputs.len()].to_vec();
        graph.set_outputs(&kept);
        graph.verify()?;
        let mut checks: Vec<(NodeId, usize)> = guards
            .iter()
            .enumerate()
            .map(|(k, guard)| match guard {
                Guard::Branch(comparison, _) => (comparison.left.max(comparison.right), k),
                Guard::Concrete(node, _) => (*node, k),
            })
            .collect();
        checks.sort_unstable();
        let mut last_use: Vec<u32> = (0..graph.len() as u32).collect();
        for id in graph.ids() {
            for operand in graph.operands(id) {
                last_use[operand.index()] = id.0;
            }
        }
        let constants = graph.ids().filter(|&id| graph.primitive(id) == Primitive::Constant);
        for id in kept.iter().copied().chain(checks.iter().map(|&(id, _)| id)).chain(constants) {
            last_use[id.index()] = u32::MAX;
        }
        let code = OnceLock::new();
        Ok(Self { graph, guards, checks, last_use, code, spare: Mutex::default() })
    }

    /// The graph that runs.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The guards that have to hold.
    pub fn guards(&self) -> &[Guard] {
        &self.guards
    }

    /// The same as operations on numbers, when there are no arrays or only small ones.
    #[inline]
    pub fn code(&self) -> Option<&Code> {
        self.code.get_or_init(|| unroll(&self.graph, &self.guards)).as_ref()
    }

    /// The program that gives the outputs, which must be one scalar, and its gradient with
    /// respect to the inputs named by place.
    pub fn with_gradient(&self, wrt: &[usize], rules: &dyn ForeignRules) -> Result<Self, TapeError> {
        let mut graph = self.graph.clone();
        let output = graph.reshape(graph.outputs()[0], &[])?;
        let seed = graph.number(graph.dtype(output), 1.0)?;
        let inputs: Vec<NodeId> = wrt.iter().map(|&k| graph.inputs()[k]).collect();
        let adjoints = reverse(&mut graph, &[(output, seed)], &inputs, rules)?;
        let mut outputs = vec![output];
        for (adjoint, &input) in adjoints.into_iter().zip(&inputs) {
            let ty = graph.ty(input).clone();
            outputs.push(if let Some(adjoint) = adjoint {
                adjoint
            } else {
                let zero = graph.number(ty.dtype, 0.0)?;
                graph.broadcast(zero, &ty.shape)?
            });
        }
        graph.set_outputs(&outputs);
        Self::new(&graph, self.guards.clone(), true)
    }

    /// Run it.
    pub fn run(&self, inputs: &[Datum], host: &dyn Host) -> Result<Vec<Datum>, Stop> {
        let mut space = self.borrow();
        let done = self.forward(&mut space, inputs, host).and_then(|()| {
            self.graph.outputs().iter().map(|&id| self.datum(&space, id)).collect::<Result<Vec<_>, _>>()
        });
        self.give_back(space);
        done
    }

    fn forward(&self, space: &mut Workspace, inputs: &[Datum], host: &dyn Host) -> Result<(), Stop> {
        for (&id, datum) in self.graph.inputs().iter().zip(inputs) {
            self.store(space, id, datum.clone())?;
        }
        let mut checks = self.checks.iter().peekable();
        for (place, node) in self.graph.nodes().iter().enumerate() {
            let id = NodeId(place as u32);
            let [a, b] = node.words().map(NodeId::index);
            match node.primitive {
                Primitive::Input => {}
                Primitive::Binary(f) if node.is_scalar() => {
                    space.scalars[place] = numeric::binary(f, space.scalars[a], space.scalars[b]);
                }
                Primitive::Unary(f) if node.is_scalar() => {
                    space.scalars[place] = numeric::unary(f, space.scalars[a]);
                }
                Primitive::Element if node.is_scalar() => {
                    space.scalars[place] = element(space.values[a].as_ref(), b)?;
                }
                Primitive::Constant if node.is_scalar() => {
                    space.scalars[place] = node.scalar_constant().unwrap_or(f64::NAN);
                }
                Primitive::Constant => {}
                _ => self.general(space, id, host)?,
            }
            while let Some((_, guard)) = checks.next_if(|(node, _)| *node <= id) {
                if !self.holds(space, &self.guards[*guard])? {
                    return Err(Stop::Guard(*guard));
                }
            }
        }
        Ok(())
    }

    /// A node that reads or makes an array.
    fn general(&self, space: &mut Workspace, id: NodeId, host: &dyn Host) -> Result<(), TapeError> {
        let operands = self.graph.operands(id);
        let is_scalar = |x: NodeId| self.graph.nodes()[x.index()].is_scalar();
        let value = {
            // Scalars lie in a table of plain numbers, and the kernels take arrays.
            let number = |&x: &NodeId| Value::Array(Array::scalar(space.scalars[x.index()]));
            let numbers: SmallVec<[Value; 2]> =
                operands.iter().filter(|&&x| is_scalar(x)).map(number).collect();
            let mut numbers = numbers.iter();
            let held = |&x: &NodeId| {
                let found = if is_scalar(x) { numbers.next() } else { space.values[x.index()].as_ref() };
                found.ok_or(TapeError::Internal("a value was let go too early"))
            };
            let held: SmallVec<[&Value; 4]> = operands.iter().map(held).collect::<Result<_, _>>()?;
            evaluate(&self.graph, id, &held, host)?
        };
        for operand in operands {
            if self.last_use[operand.index()] == id.0 {
                space.values[operand.index()] = None;
            }
        }
        match (is_scalar(id), value) {
            (true, Value::Array(array)) => space.scalars[id.index()] = array.item().unwrap_or(f64::NAN),
            (_, value) => space.values[id.index()] = Some(value),
        }
        Ok(())
    }

    fn value(&self, space: &Workspace, id: NodeId) -> Result<Value, TapeError> {
        if self.graph.nodes()[id.index()].is_scalar() {
            return Ok(Value::Array(Array::scalar(space.scalars[id.index()])));
        }
        space.values[id.index()].clone().ok_or(TapeError::Internal("a value was let go too early"))
    }

    fn datum(&self, space: &Workspace, id: NodeId) -> Result<Datum, Stop> {
        if self.graph.nodes()[id.index()].is_scalar() {
            return Ok(Datum::Scalar(space.scalars[id.index()]));
        }
        match &space.values[id.index()] {
            Some(Value::Array(array)) => Ok(Datum::Array(array.clone())),
            _ => Err(TapeError::Internal("an output without value").into()),
        }
    }

    fn store(&self, space: &mut Workspace, id: NodeId, datum: Datum) -> Result<(), TapeError> {
        let scalar = self.graph.nodes()[id.index()].is_scalar();
        match datum {
            Datum::Scalar(number) if scalar => space.scalars[id.index()] = number,
            Datum::Array(array) if scalar && array.dtype() == DType::Float64 => {
                space.scalars[id.index()] = array.item().ok_or(TapeError::Internal("an argument's shape"))?;
            }
            Datum::Array(array) if pyframe_graph::Type::of(&array) == *self.graph.ty(id) => {
                space.values[id.index()] = Some(Value::Array(array));
            }
            _ => return Err(TapeError::Internal("an argument of another type")),
        }
        Ok(())
    }

    fn holds(&self, space: &Workspace, guard: &Guard) -> Result<bool, TapeError> {
        Ok(match guard {
            Guard::Branch(comparison, holds) => {
                let [a, b] = [comparison.left, comparison.right].map(|id| space.scalars[id.index()]);
                numeric::compare::<f64>(comparison.compare, a, b) == *holds
            }
            Guard::Concrete(node, expected) => match self.value(space, *node)? {
                Value::Array(array) => array == *expected,
                Value::Factored(_) => false,
            },
        })
    }

    fn borrow(&self) -> Workspace {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| {
            let scalar = |id: NodeId| self.graph.nodes()[id.index()].is_scalar();
            let constant =
                |id| (!scalar(id)).then(|| self.graph.constant_value(id)).flatten().map(Value::Array);
            Workspace {
                scalars: vec![0.0; self.graph.len()],
                values: self.graph.ids().map(constant).collect(),
            }
        })
    }

    /// Keep a workspace with the constants in it.
    fn give_back(&self, mut space: Workspace) {
        const SPARE: usize = 4;
        for (value, node) in space.values.iter_mut().zip(self.graph.nodes()) {
            if node.primitive != Primitive::Constant {
                *value = None;
            }
        }
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE {
            spare.push(space);
        }
    }
}

/// One number of a contiguous array.
fn element(value: Option<&Value>, place: usize) -> Result<f64, TapeError> {
    let array = value.and_then(Value::array);
    let numbers = array.and_then(Array::as_slice::<f64>);
    match (numbers.and_then(|numbers| numbers.get(place)), array) {
        (Some(&number), _) => Ok(number),
        (None, Some(array)) => {
            let one = crate::kernels::movement::element(array, place)?;
            one.item().ok_or(TapeError::Internal("an element that is none"))
        }
        (None, None) => Err(TapeError::Internal("an element of nothing")),
    }
}

/// How a comparison is written.
pub fn symbol(compare: Compare) -> &'static str {
    match compare {
        Compare::Less => "<",
        Compare::LessEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterEqual => ">=",
        Compare::Equal => "==",
        Compare::NotEqual => "!=",
    }
}
