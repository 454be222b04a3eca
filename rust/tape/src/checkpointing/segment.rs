//! A piece of a recording as a graph of its own, made so that equal pieces give equal graphs.

use std::hash::{Hash, Hasher};

use pyframe_graph::{Array, Graph, GraphError, NodeId, Primitive, Type};
use rustc_hash::{FxHashMap, FxHasher};

/// What is known of the nodes of a recording.
#[derive(Debug)]
pub struct Survey {
    /// A constant, perhaps stretched, reshaped or converted: it is written again where it is
    /// used, since rules ask whether a value is constant.
    pub constant: Vec<bool>,
    /// The last node that reads each; its own place when none does.
    pub last_use: Vec<usize>,
    /// Whether an object stands for it.
    pub live: Vec<bool>,
    /// Whether it depends on the arguments as a float.
    pub varies: Vec<bool>,
}

impl Survey {
    /// Look at a recording; `varies` says which of its inputs vary.
    pub fn new(graph: &Graph, live: &[NodeId], varies: &[bool]) -> Self {
        let count = graph.len();
        let mut made = Self {
            constant: vec![false; count],
            last_use: (0..count).collect(),
            live: vec![false; count],
            varies: vec![false; count],
        };
        for (input, varies) in graph.inputs().iter().zip(varies) {
            made.varies[input.index()] = *varies;
        }
        for id in graph.ids() {
            let (place, operands) = (id.index(), graph.operands(id));
            for operand in operands {
                made.last_use[operand.index()] = place;
            }
            match graph.primitive(id) {
                Primitive::Constant => made.constant[place] = true,
                Primitive::Broadcast | Primitive::Reshape | Primitive::Convert => {
                    made.constant[place] = made.constant[operands[0].index()];
                }
                _ => {}
            }
            if graph.dtype(id).is_float() && operands.iter().any(|x| made.varies[x.index()]) {
                made.varies[place] = true;
            }
        }
        for id in live {
            made.live[id.index()] = true;
        }
        made
    }

    /// Whether a node's value is wanted from this place on.
    pub fn outlives(&self, place: usize, end: usize) -> bool {
        self.last_use[place] >= end || self.live[place]
    }
}

/// A piece of a recording.
#[derive(Debug)]
pub struct Segment {
    /// Its inputs are values made before it, its outputs what is wanted after it.
    pub graph: Graph,
    /// The nodes of the recording that its inputs are.
    pub inputs: Vec<NodeId>,
    /// The nodes of the recording that its outputs are.
    pub outputs: Vec<NodeId>,
    /// Which inputs vary with the arguments.
    pub varies: Vec<bool>,
    /// The constants in its graph, which may differ between equal segments.
    pub constants: Vec<NodeId>,
}

impl Segment {
    /// The nodes `start..end` of a recording.
    pub fn new(graph: &Graph, survey: &Survey, start: usize, end: usize) -> Result<Self, GraphError> {
        let wanted = |place: usize| {
            !survey.constant[place]
                && graph.primitive(NodeId(place as u32)) != Primitive::Input
                && survey.outlives(place, end)
        };
        let outputs: Vec<NodeId> = (start..end).filter(|&p| wanted(p)).map(|p| NodeId(p as u32)).collect();
        let mut needed = vec![false; end - start];
        for place in (start..end).rev() {
            if needed[place - start] || wanted(place) {
                needed[place - start] = true;
                for operand in graph.operands(NodeId(place as u32)) {
                    if operand.index() >= start {
                        needed[operand.index() - start] = true;
                    }
                }
            }
        }
        let mut copy = Copying {
            from: graph,
            survey,
            made: Graph::append_only(),
            here: FxHashMap::default(),
            inputs: Vec::new(),
            constants: Vec::new(),
        };
        for place in start..end {
            let id = NodeId(place as u32);
            if needed[place - start] && !survey.constant[place] && graph.primitive(id) != Primitive::Input {
                copy.node(id)?;
            }
        }
        let Copying { mut made, here, inputs, constants, .. } = copy;
        made.set_outputs(&outputs.iter().map(|id| here[id]).collect::<Vec<_>>());
        let varies = inputs.iter().map(|id| survey.varies[id.index()]).collect();
        Ok(Self { graph: made, inputs, outputs, varies, constants })
    }

    /// The values of its constants.
    pub fn parameters(&self) -> Vec<Array> {
        self.constants.iter().filter_map(|&id| self.graph.constant_value(id)).collect()
    }

    /// A number that equal segments share.
    pub fn hash(&self) -> u64 {
        let mut hasher = FxHasher::default();
        self.varies.hash(&mut hasher);
        for id in self.graph.ids() {
            let ty = self.graph.ty(id);
            (self.graph.primitive(id), self.graph.operands(id), ty.dtype, &ty.shape[..]).hash(&mut hasher);
        }
        self.graph.outputs().hash(&mut hasher);
        hasher.finish()
    }

    /// Whether two segments are the same apart from the values of constants.
    pub fn is_like(&self, other: &Self) -> bool {
        let (a, b) = (&self.graph, &other.graph);
        let same = |id: NodeId| {
            a.primitive(id) == b.primitive(id)
                && a.ty(id) == b.ty(id)
                && a.operands(id) == b.operands(id)
                && (a.primitive(id) != Primitive::Element || a.place(id) == b.place(id))
                && (a.primitive(id) == Primitive::Constant || a.attribute(id) == b.attribute(id))
        };
        a.len() == b.len() && a.outputs() == b.outputs() && self.varies == other.varies && a.ids().all(same)
    }
}

struct Copying<'a> {
    from: &'a Graph,
    survey: &'a Survey,
    made: Graph,
    here: FxHashMap<NodeId, NodeId>,
    inputs: Vec<NodeId>,
    constants: Vec<NodeId>,
}

impl Copying<'_> {
    fn node(&mut self, id: NodeId) -> Result<NodeId, GraphError> {
        let mut operands = Vec::with_capacity(2);
        for &operand in self.from.operands(id) {
            operands.push(match self.here.get(&operand) {
                Some(&here) => here,
                None if self.survey.constant[operand.index()] => self.node(operand)?,
                None => {
                    let input = self.made.input(self.from.ty(operand).clone())?;
                    self.inputs.push(operand);
                    self.here.insert(operand, input);
                    input
                }
            });
        }
        let here = copied(&mut self.made, self.from, id, &operands)?;
        if self.made.primitive(here) == Primitive::Constant {
            self.constants.push(here);
        }
        self.here.insert(id, here);
        Ok(here)
    }
}

/// Add a node like one of another graph.
pub fn copied(made: &mut Graph, from: &Graph, id: NodeId, operands: &[NodeId]) -> Result<NodeId, GraphError> {
    if let Some(number) = from.nodes()[id.index()].scalar_constant() {
        return made.scalar(number);
    }
    match from.primitive(id) {
        Primitive::Element => made.element(operands[0], from.place(id)),
        primitive => made.add(primitive, operands, from.attribute(id).clone(), Some(from.ty(id))),
    }
}

/// The same graph with its constants named here as inputs after the others, in this order.
pub fn parametrised(graph: &Graph, constants: &[NodeId]) -> Result<Graph, GraphError> {
    let mut made = Graph::append_only();
    let mut here = vec![NodeId(0); graph.len()];
    let mut known = vec![false; graph.len()];
    for &id in graph.inputs().iter().chain(constants) {
        here[id.index()] = made.input(graph.ty(id).clone())?;
        known[id.index()] = true;
    }
    let mut operands = Vec::new();
    for id in graph.ids() {
        if !known[id.index()] {
            operands.clear();
            operands.extend(graph.operands(id).iter().map(|operand| here[operand.index()]));
            here[id.index()] = copied(&mut made, graph, id, &operands)?;
        }
    }
    made.set_outputs(&graph.outputs().iter().map(|id| here[id.index()]).collect::<Vec<_>>());
    Ok(made)
}

/// Bytes of a value of this type.
pub fn bytes(ty: &Type) -> usize {
    ty.shape.iter().product::<usize>() * ty.dtype.size()
}

/// The most bytes that values take at once while a graph runs, its inputs left out.
pub fn working_bytes(graph: &Graph) -> usize {
    let mut last_use: Vec<usize> = (0..graph.len()).collect();
    for id in graph.ids() {
        for operand in graph.operands(id) {
            last_use[operand.index()] = id.index();
        }
    }
    for id in graph.outputs() {
        last_use[id.index()] = usize::MAX;
    }
    let own = |id: NodeId| match graph.primitive(id) {
        Primitive::Input
        | Primitive::Constant
        | Primitive::Reshape
        | Primitive::Transpose
        | Primitive::Broadcast
        | Primitive::Slice => 0,
        _ => bytes(graph.ty(id)),
    };
    let (mut now, mut most) = (0, 0);
    for id in graph.ids() {
        now += own(id);
        most = most.max(now);
        let mut dying: Vec<NodeId> = graph.operands(id).to_vec();
        dying.push(id);
        dying.sort_unstable();
        dying.dedup();
        for operand in dying {
            if last_use[operand.index()] == id.index() {
                now -= own(operand);
            }
        }
    }
    most
}
