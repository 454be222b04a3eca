//! What equal segments share: their graph, and the programs that compute and reverse them.

use std::collections::HashMap;
use std::sync::Arc;

use pyframe_autodiff::{ForeignRules, reverse};
use pyframe_graph::NodeId;

use super::segment::{Segment, bytes, parametrised, working_bytes};
use crate::error::TapeError;
use crate::program::Program;

/// Which adjoints are known before a segment is reversed: of its outputs, and of its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Known {
    pub outputs: Vec<bool>,
    pub inputs: Vec<bool>,
}

/// The program that reverses a segment.
#[derive(Debug)]
pub struct Backward {
    pub program: Program,
    /// Which inputs get an adjoint, in order.
    pub inputs: Vec<usize>,
    /// Bytes it works with.
    pub working: usize,
}

/// Segments that are alike.
#[derive(Debug)]
pub struct Kind {
    pub segment: Segment,
    hash: u64,
    forward: Option<Arc<Program>>,
    backward: HashMap<Known, Arc<Backward>>,
    /// Bytes that computing it works with.
    pub working: usize,
    /// Bytes of its outputs.
    pub made: usize,
    /// Elements that it computes.
    pub work: usize,
}

impl Kind {
    fn new(segment: Segment, hash: u64) -> Self {
        let graph = &segment.graph;
        let made = graph.outputs().iter().map(|&id| bytes(graph.ty(id))).sum();
        let work = graph.ids().map(|id| graph.work(id)).sum();
        let working = working_bytes(graph);
        Self { segment, hash, forward: None, backward: HashMap::new(), working, made, work }
    }

    /// The program that computes it.
    pub fn forward(&mut self) -> Result<Arc<Program>, TapeError> {
        if let Some(program) = &self.forward {
            return Ok(program.clone());
        }
        let graph = parametrised(&self.segment.graph, &self.segment.constants)?;
        let program = Arc::new(Program::new(&graph, Vec::new(), false)?);
        self.forward = Some(program.clone());
        Ok(program)
    }

    /// The program that reverses it: its arguments are those of the segment, the adjoints that
    /// are known (outputs, then inputs), and the constants.
    pub fn backward(&mut self, known: &Known, rules: &dyn ForeignRules) -> Result<Arc<Backward>, TapeError> {
        if let Some(program) = self.backward.get(known) {
            return Ok(program.clone());
        }
        let mut graph = self.segment.graph.clone();
        let nodes: Vec<NodeId> = graph.inputs().to_vec();
        let outputs = graph.outputs().to_vec();
        let with_adjoint = outputs.iter().zip(&known.outputs).chain(nodes.iter().zip(&known.inputs));
        let with_adjoint: Vec<NodeId> =
            with_adjoint.filter(|(_, known)| **known).map(|(&id, _)| id).collect();
        let mut seeds = Vec::new();
        for id in with_adjoint {
            let ty = graph.ty(id).clone();
            seeds.push((id, graph.input(ty)?));
        }
        let varying: Vec<usize> = (0..nodes.len()).filter(|&k| self.segment.varies[k]).collect();
        let wrt: Vec<NodeId> = varying.iter().map(|&k| nodes[k]).collect();
        let found = reverse(&mut graph, &seeds, &wrt, rules)?;
        let inputs =
            varying.iter().zip(&found).filter(|(_, found)| found.is_some()).map(|(&k, _)| k).collect();
        graph.set_outputs(&found.into_iter().flatten().collect::<Vec<_>>());
        let graph = parametrised(&graph, &self.segment.constants)?;
        let program = Program::new(&graph, Vec::new(), true)?;
        let working = working_bytes(program.graph());
        let made = Arc::new(Backward { program, inputs, working });
        self.backward.insert(known.clone(), made.clone());
        Ok(made)
    }

    fn memory(&self) -> usize {
        let programs = 1 + usize::from(self.forward.is_some()) + 4 * self.backward.len();
        programs * self.segment.graph.memory()
    }
}

/// All kinds of segment of a chain.
#[derive(Debug, Default)]
pub struct Kinds {
    kinds: Vec<Kind>,
    by_hash: HashMap<u64, Vec<u32>>,
}

impl Kinds {
    /// The kind of a segment, a new one when none is like it.
    pub fn of(&mut self, segment: Segment) -> u32 {
        let hash = segment.hash();
        let alike = self.by_hash.entry(hash).or_default();
        if let Some(&kind) = alike.iter().find(|&&k| self.kinds[k as usize].segment.is_like(&segment)) {
            return kind;
        }
        let kind = self.kinds.len() as u32;
        alike.push(kind);
        self.kinds.push(Kind::new(segment, hash));
        kind
    }

    /// Whether a segment is of this kind.
    pub fn is(&self, kind: u32, segment: &Segment) -> bool {
        let known = &self.kinds[kind as usize];
        known.hash == segment.hash() && known.segment.is_like(segment)
    }

    /// A kind.
    pub fn get(&self, kind: u32) -> &Kind {
        &self.kinds[kind as usize]
    }

    /// A kind, whose programs may be made.
    pub fn get_mut(&mut self, kind: u32) -> &mut Kind {
        &mut self.kinds[kind as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Bytes held, about.
    pub fn memory(&self) -> usize {
        self.kinds.iter().map(Kind::memory).sum()
    }
}
