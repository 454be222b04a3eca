//! The byte form of a graph.
//!
//! In this order, each with its length in front: the names of the primitives it uses, the
//! types, the nodes, the outputs.  A node is the place of its name and of its type, and then a
//! scalar constant its bits, another constant its array, an element its array and place, an
//! input nothing, and any other its attribute and its operands.  The inputs are the nodes that
//! say so.  A graph is read by adding its nodes one by one, as a recording would, so that what
//! is read is checked like what is made.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::attribute::{Attribute, Labels, Sliced};
use crate::error::GraphError;
use crate::graph::{Graph, Type};
use crate::node::NodeId;
use crate::primitive::Primitive;
use crate::wire::{Reader, Writer};

/// The longest name a primitive may have in a file.
const NAME: usize = 64;

impl Graph {
    /// The graph as a file of its own.
    ///
    /// ```
    /// use pyframe_graph::{Graph, Type, Unary};
    ///
    /// let mut graph = Graph::new();
    /// let x = graph.input(Type::SCALAR)?;
    /// let y = graph.unary(Unary::Sin, x)?;
    /// graph.set_outputs(&[y]);
    /// let again = Graph::from_bytes(&graph.to_bytes()?)?;
    /// assert_eq!(again.to_string(), graph.to_string());
    /// # Ok::<(), pyframe_graph::GraphError>(())
    /// ```
    pub fn to_bytes(&self) -> Result<Vec<u8>, GraphError> {
        let mut to = Writer::default();
        self.write(&mut to)?;
        Ok(to.sealed())
    }

    /// The graph of such a file; whatever the bytes are, an error or a graph that is verified.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GraphError> {
        let mut from = Reader::open(bytes)?;
        let graph = Self::read(&mut from)?;
        from.finish()?;
        Ok(graph)
    }

    /// Write the graph; one that calls functions from outside has no byte form.
    pub fn write(&self, to: &mut Writer) -> Result<(), GraphError> {
        let mut names: Vec<Primitive> = Vec::new();
        let mut known: FxHashMap<Primitive, u16> = FxHashMap::default();
        for id in self.ids() {
            if let Attribute::Foreign { function, .. } = *self.attribute(id) {
                return Err(GraphError::Foreign { function });
            }
            known.entry(self.primitive(id)).or_insert_with_key(|&primitive| {
                names.push(primitive);
                names.len() as u16 - 1
            });
        }
        to.count(names.len());
        for primitive in &names {
            to.text(primitive.name());
        }
        to.count(self.types.len());
        for ty in &self.types {
            to.ty(ty);
        }
        to.count(self.len());
        for id in self.ids() {
            let node = &self.nodes[id.index()];
            to.u16(known[&node.primitive]);
            to.u32(node.ty);
            match (node.primitive, self.constant_value(id)) {
                (Primitive::Input, _) => {}
                (_, Some(array)) => match node.scalar_constant() {
                    Some(number) => to.u64(number.to_bits()),
                    None => to.array(&array),
                },
                (Primitive::Element, _) => {
                    to.u32(self.operands(id)[0].0);
                    to.u32(self.place(id) as u32);
                }
                _ => {
                    write_attribute(to, self.attribute(id));
                    to.count(self.operands(id).len());
                    self.operands(id).iter().for_each(|operand| to.u32(operand.0));
                }
            }
        }
        to.count(self.outputs().len());
        self.outputs().iter().for_each(|output| to.u32(output.0));
        Ok(())
    }

    /// Read a graph that was written.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, GraphError> {
        let primitives: FxHashMap<&str, Primitive> = Primitive::all().map(|p| (p.name(), p)).collect();
        let names = (0..from.count(8)?).map(|_| {
            let name = from.text()?;
            let found = primitives.get(name).copied().filter(|&p| p != Primitive::Foreign);
            found.ok_or_else(|| GraphError::UnknownPrimitive(name.chars().take(NAME).collect()))
        });
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let types = (0..from.count(2)?).map(|_| from.ty()).collect::<Result<Vec<_>, _>>()?;
        let mut graph = Self::append_only();
        for place in 0..from.count(6)? {
            let name = usize::from(from.u16()?);
            let primitive = *names.get(name).ok_or_else(|| from.wrong("a primitive without a name"))?;
            let ty = from.u32()? as usize;
            let ty = types.get(ty).ok_or_else(|| from.wrong("a type that is not listed"))?;
            let id = graph.read_node(from, primitive, ty)?;
            if id.index() != place || graph.ty(id) != ty {
                let what = format!("it is a {}, not a {ty}", graph.ty(id));
                return Err(GraphError::Malformed { node: id.0, what });
            }
        }
        let outputs = (0..from.count(4)?).map(|_| graph.earlier(from)).collect::<Result<Vec<_>, _>>()?;
        graph.set_outputs(&outputs);
        graph.verify()?;
        Ok(graph)
    }

    fn read_node(
        &mut self,
        from: &mut Reader<'_>,
        primitive: Primitive,
        ty: &Type,
    ) -> Result<NodeId, GraphError> {
        match primitive {
            Primitive::Input => self.input(ty.clone()),
            Primitive::Constant if *ty == Type::SCALAR => {
                let bits = from.u64()?;
                self.scalar(f64::from_bits(bits))
            }
            Primitive::Constant => {
                let array = from.array()?;
                self.constant(array)
            }
            Primitive::Element => {
                let x = self.earlier(from)?;
                let place = from.u32()? as usize;
                self.element(x, place)
            }
            _ => {
                let attribute = read_attribute(from)?;
                let operands = (0..from.count(4)?)
                    .map(|_| self.earlier(from))
                    .collect::<Result<SmallVec<[NodeId; 4]>, _>>()?;
                self.add(primitive, &operands, attribute, Some(ty))
            }
        }
    }

    /// A node that is there already.
    fn earlier(&self, from: &mut Reader<'_>) -> Result<NodeId, GraphError> {
        let id = NodeId(from.u32()?);
        if id.index() < self.len() {
            return Ok(id);
        }
        let what = format!("it reads node {}, which comes later", id.0);
        Err(GraphError::Malformed { node: self.len() as u32, what })
    }
}

fn write_attribute(to: &mut Writer, attribute: &Attribute) {
    let sizes = |to: &mut Writer, sizes: &[usize]| {
        to.count(sizes.len());
        for &size in sizes {
            to.u64(size as u64);
        }
    };
    match attribute {
        // Constants and functions from outside are not written here.
        Attribute::None | Attribute::Value(_) | Attribute::Foreign { .. } => to.u8(0),
        Attribute::Axis(axis) => {
            to.u8(1);
            to.u64(*axis as u64);
        }
        Attribute::Axes(axes) => {
            to.u8(2);
            sizes(to, axes);
        }
        Attribute::Slices(slices) => {
            to.u8(3);
            to.count(slices.len());
            for slice in slices {
                to.u64(slice.start as u64);
                to.u64(slice.step as i64 as u64);
            }
        }
        Attribute::Contraction(labels) => {
            to.u8(4);
            for list in [&labels.left, &labels.right, &labels.out] {
                to.count(list.len());
                for &label in list {
                    to.u8(label);
                }
            }
        }
        Attribute::Integer(integer) => {
            to.u8(5);
            to.u64(*integer as u64);
        }
    }
}

fn read_attribute(from: &mut Reader<'_>) -> Result<Attribute, GraphError> {
    Ok(match from.u8()? {
        0 => Attribute::None,
        1 => Attribute::Axis(from.size()?),
        2 => Attribute::Axes((0..from.count(8)?).map(|_| from.size()).collect::<Result<_, _>>()?),
        3 => Attribute::Slices((0..from.count(16)?).map(|_| read_slice(from)).collect::<Result<_, _>>()?),
        4 => {
            let mut list =
                || (0..from.count(1)?).map(|_| from.u8()).collect::<Result<SmallVec<[u8; 4]>, GraphError>>();
            Attribute::Contraction(Labels { left: list()?, right: list()?, out: list()? })
        }
        5 => Attribute::Integer(from.u64()? as i64),
        other => return Err(from.wrong(format!("no attribute has number {other}"))),
    })
}

fn read_slice(from: &mut Reader<'_>) -> Result<Sliced, GraphError> {
    let start = from.size()?;
    let step = from.u64()? as i64;
    match isize::try_from(step) {
        Ok(step) => Ok(Sliced { start, step }),
        Err(_) => Err(from.wrong("a step that is too large")),
    }
}
