//! A recording that keeps its last nodes only: what lies before is folded into a chain of
//! segments, and the values there are let go.
//!
//! Where to cut is seen from the recording itself: between two cuts as few bytes as possible
//! are alive, which for a loop is once a turn; and when the pieces repeat, as many of them as
//! repeat make one segment.  So a loop of a hundred thousand turns is one segment and a count.

use std::hash::{Hash, Hasher};

use pyframe_graph::{Node, NodeId, Primitive};
use rustc_hash::{FxHashMap, FxHasher};

use super::chain::{Chain, Place};
use super::segment::{Segment, Survey, bytes, copied};
use crate::eager::Recording;
use crate::error::TapeError;
use crate::value::Value;

/// Nodes from which on repetition is looked for, and from which on nobody waits for it.
const FEW: usize = 48;
const MANY: usize = 8192;
/// Turns that the window holds when repetition is looked for, and when a known one is folded.
const TURNS: usize = 6;
const SEVERAL: usize = 3;
/// Segments that a stretch without repetition is cut into, at most, and their nodes at least.
const PIECES: usize = 64;
const PIECE: usize = 8;

/// The part of a recording that has been folded.
#[derive(Debug)]
pub struct Lean {
    /// The segments.
    pub chain: Chain,
    /// The function's arguments.
    pub arguments: Vec<Value>,
    /// Which value each input of the window is, and whether it varies.
    sources: Vec<(Place, bool)>,
    /// Nodes at which the window is folded.
    target: usize,
    /// Nodes at which repetition is looked for.
    patience: usize,
    /// Nodes of the segment that repeats, constants left out.
    turn: usize,
    /// The most bytes that the window held.
    pub window: usize,
}

impl Default for Lean {
    fn default() -> Self {
        Self {
            chain: Chain::default(),
            arguments: Vec::new(),
            sources: Vec::new(),
            target: FEW,
            patience: FEW,
            turn: 0,
            window: 0,
        }
    }
}

impl Lean {
    /// How many nodes the window has when it is folded.
    pub fn due(&self) -> usize {
        self.target
    }

    /// The value that a node of the window is, when it is an input of it.
    pub fn place(&self, tape: &Recording, id: NodeId) -> Option<Place> {
        let input = tape.graph().inputs().iter().position(|&input| input == id)?;
        self.sources.get(input).map(|source| source.0)
    }

    /// Fold what can be folded, all of it when the function has `ended`; the nodes that the
    /// `live` ones are now, or nothing when all are as they were.
    pub fn fold(
        &mut self,
        tape: &mut Recording,
        live: &[NodeId],
        ended: bool,
    ) -> Result<Option<Vec<NodeId>>, TapeError> {
        const NODE: usize = size_of::<Node>() + size_of::<f64>();
        for k in self.sources.len()..tape.graph().inputs().len() {
            let id = tape.graph().inputs()[k];
            let output = self.arguments.len() as u32;
            self.arguments.push(tape.value(id));
            self.sources.push((Place { producer: 0, output }, tape.graph().dtype(id).is_float()));
        }
        let graph = tape.graph();
        let varies: Vec<bool> = self.sources.iter().map(|source| source.1).collect();
        let survey = Survey::new(graph, live, &varies);
        let made: usize = graph.ids().map(|id| bytes(graph.ty(id))).sum();
        self.window = self.window.max(made + NODE * graph.len());
        let mut places: FxHashMap<NodeId, Place> =
            graph.inputs().iter().zip(&self.sources).map(|(&id, source)| (id, source.0)).collect();
        let mut done = self.repeat(tape, &survey, &mut places)?;
        let left = graph.len() - done;
        if ended || left >= self.patience {
            let (ends, turn) = groups(tape, &survey, done, ended || left >= MANY);
            for &end in &ends {
                self.add(tape, &survey, done, end, &mut places)?;
                done = end;
            }
            self.turn = turn;
            self.patience = if ends.is_empty() { 2 * left } else { FEW.max(TURNS * turn) };
            if ended && done < graph.len() {
                self.add(tape, &survey, done, graph.len(), &mut places)?;
                done = graph.len();
            }
        }
        let more = if self.turn > 0 { SEVERAL * self.turn } else { FEW };
        if done == 0 {
            self.target = tape.graph().len() + more;
            return Ok(None);
        }
        let now = self.rebuild(tape, &survey, done, live, &places)?;
        self.target = tape.graph().len() + more.max(self.sources.len());
        Ok(Some(now))
    }

    /// Fold as many turns like the last segment as there are; the node after them.
    fn repeat(
        &mut self,
        tape: &Recording,
        survey: &Survey,
        places: &mut FxHashMap<NodeId, Place>,
    ) -> Result<usize, TapeError> {
        let graph = tape.graph();
        let (Some(kind), true) = (self.chain.repeating(), self.turn > 0) else { return Ok(0) };
        let mut done = 0;
        while let Some(end) = after(tape, survey, done, self.turn) {
            if crosses_factor(tape, survey, end) {
                break;
            }
            let segment = Segment::new(graph, survey, done, end)?;
            if !self.chain.kinds.is(kind, &segment) {
                break;
            }
            self.push(segment, places);
            done = end;
        }
        Ok(done)
    }

    fn add(
        &mut self,
        tape: &Recording,
        survey: &Survey,
        start: usize,
        end: usize,
        places: &mut FxHashMap<NodeId, Place>,
    ) -> Result<(), TapeError> {
        let segment = Segment::new(tape.graph(), survey, start, end)?;
        if !segment.outputs.is_empty() {
            self.push(segment, places);
        }
        Ok(())
    }

    fn push(&mut self, segment: Segment, places: &mut FxHashMap<NodeId, Place>) {
        let inputs: Vec<Place> = segment.inputs.iter().map(|id| places[id]).collect();
        let outputs = segment.outputs.clone();
        let number = self.chain.push(segment, &inputs);
        for (output, id) in outputs.into_iter().enumerate() {
            places.insert(id, Place { producer: number + 1, output: output as u32 });
        }
    }

    /// Start the window again with the nodes from `done` on and the values they need.
    fn rebuild(
        &mut self,
        tape: &mut Recording,
        survey: &Survey,
        done: usize,
        live: &[NodeId],
        places: &FxHashMap<NodeId, Place>,
    ) -> Result<Vec<NodeId>, TapeError> {
        let graph = tape.graph();
        let mut wanted = vec![false; done];
        for id in live.iter().filter(|id| id.index() < done) {
            wanted[id.index()] = true;
        }
        for place in done..graph.len() {
            for operand in graph.operands(NodeId(place as u32)) {
                if operand.index() < done {
                    wanted[operand.index()] = true;
                }
            }
        }
        // A constant is written again together with what it was made from.
        for place in (0..done).rev().filter(|&place| survey.constant[place]) {
            if wanted[place] {
                for operand in graph.operands(NodeId(place as u32)) {
                    wanted[operand.index()] = true;
                }
            }
        }
        let mut next = Recording::new(false);
        let mut here = vec![NodeId(0); graph.len()];
        let mut sources = Vec::new();
        for place in (0..done).filter(|&place| wanted[place] && !survey.constant[place]) {
            let id = NodeId(place as u32);
            here[place] = next.place(tape.value(id), |made| made.input(graph.ty(id).clone()))?;
            sources.push((places[&id], survey.varies[place]));
        }
        for place in (0..graph.len()).filter(|&p| p >= done || (wanted[p] && survey.constant[p])) {
            let id = NodeId(place as u32);
            let operands: Vec<NodeId> = graph.operands(id).iter().map(|x| here[x.index()]).collect();
            here[place] = next.place(tape.value(id), |made| copied(made, graph, id, &operands))?;
        }
        let now = live.iter().map(|id| here[id.index()]).collect();
        self.sources = sources;
        *tape = next;
        Ok(now)
    }
}

/// Whether a node of the window computes something.
fn computes(tape: &Recording, survey: &Survey, place: usize) -> bool {
    tape.graph().nodes()[place].primitive != Primitive::Input && !survey.constant[place]
}

/// The place after so many nodes that compute something.
fn after(tape: &Recording, survey: &Survey, start: usize, nodes: usize) -> Option<usize> {
    let mut computing = (start..tape.graph().len()).filter(|&place| computes(tape, survey, place));
    computing.nth(nodes - 1).map(|place| place + 1)
}

/// Where segments end, and how many nodes the one that repeats has; `now` says that it must be
/// cut even if nothing repeats.
fn groups(tape: &Recording, survey: &Survey, start: usize, now: bool) -> (Vec<usize>, usize) {
    let alive = Alive::new(tape, survey, start);
    let cuts = alive.cuts();
    let nodes = |from: usize, to: usize| (from..to).filter(|&place| computes(tape, survey, place));
    let piece = |from: usize, to: usize| {
        nodes(from, to)
            .fold(0_u64, |hash, place| (hash.rotate_left(5) ^ key(tape, place)).wrapping_mul(PRIME))
    };
    let starts = || std::iter::once(start).chain(cuts.iter().copied());
    let hashes: Vec<u64> = starts().zip(&cuts).map(|(from, &to)| piece(from, to)).collect();
    let count = hashes.len();
    for period in 1..=count / 2 {
        let matching = (period..count).rev().take_while(|&k| hashes[k] == hashes[k - period]).count();
        if matching >= period && 2 * (matching + period) >= count {
            let first = count - matching - period;
            let mut ends = if first > 0 { vec![cuts[first - 1]] } else { Vec::new() };
            ends.extend((first + period..=count).step_by(period).map(|k| cuts[k - 1]));
            let turn = match ends.as_slice() {
                [.., from, to] => nodes(*from, *to).count(),
                _ => 0,
            };
            return (ends, turn);
        }
    }
    (if now { alive.pieces() } else { Vec::new() }, 0)
}

const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number that nodes of one primitive and type share.
fn key(tape: &Recording, place: usize) -> u64 {
    let ty = tape.graph().ty(NodeId(place as u32));
    let mut hasher = FxHasher::default();
    (tape.graph().nodes()[place].primitive, ty.dtype, &ty.shape[..]).hash(&mut hasher);
    hasher.finish()
}

/// How many bytes of the window are alive between its nodes.
struct Alive {
    /// Before each node; nothing where the window must not be cut.
    bytes: Vec<Option<i64>>,
    /// The first node that computes something.
    first: usize,
}

impl Alive {
    fn new(tape: &Recording, survey: &Survey, start: usize) -> Self {
        let graph = tape.graph();
        let count = graph.len();
        let mut change = vec![0_i64; count + 2];
        let mut factors = vec![0_i32; count + 2];
        for id in graph.ids() {
            let place = id.index();
            let stays = graph.primitive(id) == Primitive::Input && survey.live[place];
            if survey.constant[place] || stays {
                continue;
            }
            let last = survey.last_use[place] + 1;
            let size = bytes(graph.ty(id)) as i64 + 1;
            change[place + 1] += size;
            change[last.max(place + 1)] -= size;
            if let Primitive::Factor(_) = graph.primitive(id) {
                factors[place + 1] += 1;
                factors[last.max(place + 1)] -= 1;
            }
        }
        let (mut now, mut held) = (0, 0);
        let mut alive = Vec::with_capacity(count + 1);
        for place in 0..=count {
            now += change[place];
            held += factors[place];
            let after_work = place > 0 && computes(tape, survey, place - 1);
            alive.push((held == 0 && after_work).then_some(now));
        }
        let first = (start..count).find(|&place| computes(tape, survey, place)).unwrap_or(count);
        Self { bytes: alive, first }
    }

    /// The places where fewest bytes are alive.  What the last nodes are used for is not known
    /// yet, and the first may stand before the loop: they have no say.
    fn cuts(&self) -> Vec<usize> {
        let count = self.bytes.len() - 1;
        let quarter = (count - self.first) / 4;
        let middle = self.first + quarter..=count - quarter;
        let Some(least) = middle.filter_map(|place| self.bytes[place]).min() else { return Vec::new() };
        let few = |place: &usize| self.bytes[*place].is_some_and(|bytes| bytes <= least);
        (self.first + 1..=count - quarter).filter(few).collect()
    }

    /// Places about equally far apart where few bytes are alive.
    fn pieces(&self) -> Vec<usize> {
        let nodes = self.bytes.len() - 1 - self.first;
        let pieces = (nodes / PIECE).clamp(1, PIECES);
        let length = nodes / pieces;
        let near = |k: usize| {
            let about = self.first + k * length;
            let places = about + 1 - length / 2..about + 1 + length.div_ceil(2);
            places.filter_map(|place| Some((self.bytes.get(place).copied()??, place))).min()
        };
        let mut ends: Vec<usize> = (1..pieces).filter_map(near).map(|(_, place)| place).collect();
        ends.dedup();
        ends
    }
}

fn crosses_factor(tape: &Recording, survey: &Survey, end: usize) -> bool {
    let graph = tape.graph();
    (0..end).any(|place| {
        matches!(graph.nodes()[place].primitive, Primitive::Factor(_)) && survey.outlives(place, end)
    })
}
