//! Adding nodes: every way in checks the operands and works out the type.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use smallvec::SmallVec;

use crate::array::{Array, Data};
use crate::attribute::{Attribute, Labels, Sliced};
use crate::dtype::DType;
use crate::error::GraphError;
use crate::graph::{Graph, Type, Wide};
use crate::infer::{check_slices, infer};
use crate::node::{Form, Node, NodeId};
use crate::primitive::{Binary, Compare, Logical, Order, Part, Primitive, Reduction, Test, Unary};
use crate::shape::{Shape, stretches};

type Added = Result<NodeId, GraphError>;

impl Graph {
    /// Add a node of any kind.  `wanted` is the type of the result where operands and
    /// attribute leave it open (inputs, reshaped and broadcast arrays, conversions).
    pub fn add(
        &mut self,
        primitive: Primitive,
        operands: &[NodeId],
        attribute: Attribute,
        wanted: Option<&Type>,
    ) -> Added {
        let ty = if let Some(ty) = self.usual_type(primitive, operands, &attribute) {
            ty
        } else {
            let ty = infer(self, primitive, operands, &attribute, wanted)?;
            let of = |x: &NodeId| self.nodes[x.index()].ty;
            let known = operands.iter().map(of).find(|&own| self.types[own as usize] == ty);
            known.unwrap_or_else(|| self.type_id(&ty))
        };
        self.insert(primitive, operands, attribute, ty)
    }

    pub(crate) fn insert(
        &mut self,
        primitive: Primitive,
        operands: &[NodeId],
        attribute: Attribute,
        ty: u32,
    ) -> Added {
        let key = self.known.is_some().then(|| hash(primitive, operands, &attribute, ty));
        if let Some(found) = key.and_then(|key| self.find(key, primitive, operands, &attribute, ty)) {
            return Ok(found);
        }
        self.room()?;
        let id = NodeId(self.nodes.len() as u32);
        let zero = NodeId(0);
        let (form, words) = match (operands, &attribute) {
            ([], Attribute::None) => (Form::Leaf, [zero; 2]),
            (&[a], Attribute::None) => (Form::One, [a, zero]),
            (&[a, b], Attribute::None) => (Form::Two, [a, b]),
            _ => {
                self.wide.push(Wide { operands: operands.into(), attribute });
                (Form::Wide, [NodeId(self.wide.len() as u32 - 1), zero])
            }
        };
        self.nodes.push(Node { primitive, form, ty, words });
        if let (Some(key), Some(known)) = (key, &mut self.known) {
            known.entry(key).or_default().push(id);
        }
        if primitive == Primitive::Input {
            self.inputs.push(id);
        }
        Ok(id)
    }

    /// An equal node: compared in full, since hashes collide.
    fn find(
        &self,
        key: u64,
        primitive: Primitive,
        operands: &[NodeId],
        attribute: &Attribute,
        ty: u32,
    ) -> Option<NodeId> {
        if matches!(primitive, Primitive::Input)
            || (primitive == Primitive::Constant && operands.is_empty() && *attribute == Attribute::None)
        {
            return None;
        }
        let candidates = self.known.as_ref()?.get(&key)?;
        candidates.iter().copied().find(|&id| {
            let node = &self.nodes[id.index()];
            node.primitive == primitive
                && node.ty == ty
                && self.operands(id) == operands
                && self.attribute(id) == attribute
        })
    }

    /// An argument of the function.
    #[expect(clippy::needless_pass_by_value, reason = "a type is made for its argument")]
    pub fn input(&mut self, ty: Type) -> Added {
        self.add(Primitive::Input, &[], Attribute::None, Some(&ty))
    }

    /// A number in double precision.
    pub fn scalar(&mut self, number: f64) -> Added {
        let bits = number.to_bits();
        let key = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5ca1_ab1e;
        let words = [NodeId(bits as u32), NodeId((bits >> 32) as u32)];
        let same = |node: &Node| {
            node.primitive == Primitive::Constant && node.form == Form::Leaf && node.words == words
        };
        if let Some(found) = self.known.as_ref().and_then(|known| known.get(&key))
            && let Some(&id) = found.iter().find(|id| same(&self.nodes[id.index()]))
        {
            return Ok(id);
        }
        self.room()?;
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { primitive: Primitive::Constant, form: Form::Leaf, ty: 0, words });
        if let Some(known) = &mut self.known {
            known.entry(key).or_default().push(id);
        }
        Ok(id)
    }

    /// An array known when the graph is made.
    pub fn constant(&mut self, array: Array) -> Added {
        if let (DType::Float64, [], Some(number)) = (array.dtype(), array.shape(), array.item()) {
            return self.scalar(number);
        }
        let ty = Type::of(&array);
        self.add(Primitive::Constant, &[], Attribute::Value(array), Some(&ty))
    }

    /// One number of the given kind.
    pub fn number(&mut self, dtype: DType, number: f64) -> Added {
        match dtype {
            DType::Float64 => self.scalar(number),
            DType::Float32 => self.constant(Array::scalar(number as f32)),
            DType::Int64 => self.constant(Array::scalar(number as i64)),
            DType::Bool => self.constant(Array::scalar(number != 0.0)),
        }
    }

    /// A function of each element.
    pub fn unary(&mut self, f: Unary, x: NodeId) -> Added {
        self.add(Primitive::Unary(f), &[x], Attribute::None, None)
    }

    /// A function of each element, with an order.
    pub fn order(&mut self, f: Order, order: u32, x: NodeId) -> Added {
        self.add(Primitive::Order(f), &[x], Attribute::Integer(i64::from(order)), None)
    }

    /// A function of pairs of elements.
    pub fn binary(&mut self, f: Binary, a: NodeId, b: NodeId) -> Added {
        self.add(Primitive::Binary(f), &[a, b], Attribute::None, None)
    }

    /// A comparison of pairs of elements.
    pub fn compare(&mut self, f: Compare, a: NodeId, b: NodeId) -> Added {
        self.add(Primitive::Compare(f), &[a, b], Attribute::None, None)
    }

    /// A function of pairs of truth values.
    pub fn logical(&mut self, f: Logical, a: NodeId, b: NodeId) -> Added {
        self.add(Primitive::Logical(f), &[a, b], Attribute::None, None)
    }

    /// A question about each element.
    pub fn test(&mut self, f: Test, x: NodeId) -> Added {
        self.add(Primitive::Test(f), &[x], Attribute::None, None)
    }

    /// Elements of `a` where the condition holds, of `b` elsewhere.
    pub fn select(&mut self, condition: NodeId, a: NodeId, b: NodeId) -> Added {
        self.add(Primitive::Select, &[condition, a, b], Attribute::None, None)
    }

    /// The same numbers as another kind.
    pub fn convert(&mut self, x: NodeId, dtype: DType) -> Added {
        if self.dtype(x) == dtype {
            return Ok(x);
        }
        let ty = self.ty(x).with_dtype(dtype);
        self.add(Primitive::Convert, &[x], Attribute::None, Some(&ty))
    }

    /// A reduction over some axes, which vanish.
    pub fn reduce(&mut self, f: Reduction, x: NodeId, axes: &[usize]) -> Added {
        let mut axes: SmallVec<[usize; 4]> = axes.into();
        axes.sort_unstable();
        self.add(Primitive::Reduce(f), &[x], Attribute::Axes(axes), None)
    }

    /// Sum over the given axes; none is the array itself.
    pub fn sum(&mut self, x: NodeId, axes: &[usize]) -> Added {
        if axes.is_empty() { Ok(x) } else { self.reduce(Reduction::Sum, x, axes) }
    }

    /// Running sums along an axis, from its start or from its end.
    pub fn cumsum(&mut self, x: NodeId, axis: usize, reverse: bool) -> Added {
        let primitive = if reverse { Primitive::CumsumReverse } else { Primitive::Cumsum };
        self.add(primitive, &[x], Attribute::Axis(axis), None)
    }

    /// The same elements in order under another shape.
    pub fn reshape(&mut self, x: NodeId, shape: &[usize]) -> Added {
        if self.shape(x) == shape {
            return Ok(x);
        }
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        if let Some(ty) = self.known_type(self.dtype(x), shape)
            && count(self.shape(x)) == count(shape)
        {
            return self.insert(Primitive::Reshape, &[x], Attribute::None, ty);
        }
        let ty = Type::new(self.dtype(x), shape);
        self.add(Primitive::Reshape, &[x], Attribute::None, Some(&ty))
    }

    /// Axis k of the result is axis `permutation[k]` of x.
    pub fn transpose(&mut self, x: NodeId, permutation: &[usize]) -> Added {
        if permutation.iter().copied().eq(0..self.shape(x).len()) {
            return Ok(x);
        }
        self.add(Primitive::Transpose, &[x], Attribute::Axes(permutation.into()), None)
    }

    /// Stretched to a shape.
    pub fn broadcast(&mut self, x: NodeId, shape: &[usize]) -> Added {
        if self.shape(x) == shape {
            return Ok(x);
        }
        if let Some(ty) = self.known_type(self.dtype(x), shape)
            && stretches(self.shape(x), shape)
        {
            return self.insert(Primitive::Broadcast, &[x], Attribute::None, ty);
        }
        let ty = Type::new(self.dtype(x), shape);
        self.add(Primitive::Broadcast, &[x], Attribute::None, Some(&ty))
    }

    /// Some elements along each axis, `shape` says how many.
    pub fn slice(&mut self, x: NodeId, slices: &[Sliced], shape: &[usize]) -> Added {
        if let Some(ty) = self.known_type(self.dtype(x), shape) {
            check_slices(slices, shape, self.shape(x))?;
            return self.insert(Primitive::Slice, &[x], Attribute::Slices(SmallVec::from_slice(slices)), ty);
        }
        let ty = Type::new(self.dtype(x), shape);
        self.add(Primitive::Slice, &[x], Attribute::Slices(slices.into()), Some(&ty))
    }

    /// Zeros of a shape, with x where the slices would read.
    pub fn unslice(&mut self, x: NodeId, slices: &[Sliced], shape: &[usize]) -> Added {
        if let Some(ty) = self.known_type(self.dtype(x), shape) {
            check_slices(slices, self.shape(x), shape)?;
            return self.insert(
                Primitive::Unslice,
                &[x],
                Attribute::Slices(SmallVec::from_slice(slices)),
                ty,
            );
        }
        let ty = Type::new(self.dtype(x), shape);
        self.add(Primitive::Unslice, &[x], Attribute::Slices(slices.into()), Some(&ty))
    }

    /// Arrays one after another along an axis.
    pub fn concatenate(&mut self, parts: &[NodeId], axis: usize) -> Added {
        if let [only] = parts {
            return Ok(*only);
        }
        self.add(Primitive::Concatenate, parts, Attribute::Axis(axis), None)
    }

    /// One element of an array, by its place in row-major order.
    pub fn element(&mut self, x: NodeId, place: usize) -> Added {
        let ty = self.ty(x);
        let count: usize = ty.shape.iter().product();
        if place >= count {
            let shape = crate::error::tuple(&ty.shape);
            return Err(GraphError::Shape(format!("place {place} lies outside an array of shape {shape}")));
        }
        let ty = Type { dtype: ty.dtype, shape: Shape::new() };
        let Ok(place) = u32::try_from(place) else {
            let flat = self.reshape(x, &[count])?;
            let slice = [Sliced { start: place, step: 1 }];
            let one = self.slice(flat, &slice, &[1])?;
            return self.reshape(one, &[]);
        };
        let ty = self.type_id(&ty);
        let key = self.known.is_some().then(|| {
            let mut hasher = FxHasher::default();
            (Primitive::Element, x, place).hash(&mut hasher);
            hasher.finish()
        });
        let words = [x, NodeId(place)];
        if let Some(found) = key.and_then(|key| self.known.as_ref()?.get(&key)) {
            let same = |node: &Node| node.primitive == Primitive::Element && node.words == words;
            if let Some(&id) = found.iter().find(|id| same(&self.nodes[id.index()])) {
                return Ok(id);
            }
        }
        self.room()?;
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { primitive: Primitive::Element, form: Form::One, ty, words });
        if let (Some(key), Some(known)) = (key, &mut self.known) {
            known.entry(key).or_default().push(id);
        }
        Ok(id)
    }

    /// Arrays of one type as the rows of a new first axis.
    pub fn stack(&mut self, rows: &[NodeId]) -> Added {
        self.add(Primitive::Stack, rows, Attribute::Integer(0), None)
    }

    /// An elementwise node of scalars, which the caller vouches for: the fast way in.
    pub fn push_scalar(&mut self, primitive: Primitive, a: NodeId, b: Option<NodeId>) -> Added {
        self.room()?;
        self.push_scalar_in_room(primitive, a, b).ok_or(GraphError::Full { limit: self.limit })
    }

    /// The same when there is memory for it already; else nothing is done.
    #[inline(always)]
    #[expect(unsafe_code, reason = "the slots of Python's scalars want no call here")]
    pub fn push_scalar_in_room(
        &mut self,
        primitive: Primitive,
        a: NodeId,
        b: Option<NodeId>,
    ) -> Option<NodeId> {
        if !self.has_room() {
            return None;
        }
        debug_assert!(self.nodes[a.index()].is_scalar());
        let id = NodeId(self.nodes.len() as u32);
        let form = if b.is_some() { Form::Two } else { Form::One };
        // SAFETY: there is room.
        unsafe { std::hint::assert_unchecked(self.nodes.len() < self.nodes.capacity()) };
        self.nodes.push(Node { primitive, form, ty: 0, words: [a, b.unwrap_or(NodeId(0))] });
        Some(id)
    }

    /// Elements along an axis by an array of places, whose axes take the axis's place.
    pub fn gather(&mut self, x: NodeId, places: NodeId, axis: usize) -> Added {
        self.add(Primitive::Gather, &[x, places], Attribute::Axis(axis), None)
    }

    /// Zeros of a shape, to which x is added at places along an axis.
    pub fn scatter_add(&mut self, x: NodeId, places: NodeId, axis: usize, shape: &[usize]) -> Added {
        let ty = Type::new(self.dtype(x), shape);
        self.add(Primitive::ScatterAdd, &[x, places], Attribute::Axis(axis), Some(&ty))
    }

    /// x with `values` put at `places` of its flattened form; no place may occur twice.
    pub fn put(&mut self, x: NodeId, places: NodeId, values: NodeId) -> Added {
        self.add(Primitive::Put, &[x, places, values], Attribute::None, None)
    }

    /// The stable order that sorts along an axis.
    pub fn argsort(&mut self, x: NodeId, axis: usize) -> Added {
        self.add(Primitive::Argsort, &[x], Attribute::Axis(axis), None)
    }

    /// The product of two arrays summed over common labels.
    pub fn contract(&mut self, a: NodeId, b: NodeId, labels: Labels) -> Added {
        self.add(Primitive::Contract, &[a, b], Attribute::Contraction(labels), None)
    }

    /// The product summed over common labels, in which 0 times anything is 0.
    pub fn strong_contract(&mut self, a: NodeId, b: NodeId, labels: Labels) -> Added {
        self.add(Primitive::StrongContract, &[a, b], Attribute::Contraction(labels), None)
    }

    /// Something read of a factorisation.
    pub fn part(&mut self, part: Part, operands: &[NodeId]) -> Added {
        self.add(Primitive::Part(part), operands, Attribute::None, None)
    }
}

fn hash(primitive: Primitive, operands: &[NodeId], attribute: &Attribute, ty: u32) -> u64 {
    let mut hasher = FxHasher::default();
    (primitive, operands, ty).hash(&mut hasher);
    match attribute {
        Attribute::None => {}
        Attribute::Axis(axis) => axis.hash(&mut hasher),
        Attribute::Axes(axes) => axes.hash(&mut hasher),
        Attribute::Slices(slices) => slices.hash(&mut hasher),
        Attribute::Contraction(labels) => labels.hash(&mut hasher),
        Attribute::Integer(integer) => integer.hash(&mut hasher),
        // Large constants are told apart by their comparison, not by their hash.
        Attribute::Value(array) => hash_start(array, &mut hasher),
        Attribute::Foreign { function, result } => (function, result).hash(&mut hasher),
    }
    hasher.finish()
}

fn hash_start(array: &Array, hasher: &mut FxHasher) {
    const START: usize = 16;
    for place in array.places().take(START) {
        match array.data() {
            Data::Bool(v) => v[place].hash(hasher),
            Data::Int64(v) => v[place].hash(hasher),
            Data::Float32(v) => v[place].to_bits().hash(hasher),
            Data::Float64(v) => v[place].to_bits().hash(hasher),
        }
    }
}
