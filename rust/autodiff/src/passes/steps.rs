//! A rule read as nodes of a graph: values become nodes at once, linear operators a list.
//!
//! The list is a small straight-line program from the tangents of a node's operands to the
//! node's tangent; the forward pass applies it, the reverse pass applies its adjoint.

use std::cell::RefCell;

use pyframe_graph::{
    Array, Attribute, Binary, Compare, DType, Factor, Gap, Graph, GraphError, Labels, Logical, NodeId, Order,
    Part, Primitive, Reduction, Shape, Sliced, Test, Type, Unary,
};
use smallvec::SmallVec;

use crate::algebra::{Linear, Values};

/// A line of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tangent(pub u32);

/// One linear operator.
#[derive(Clone, Debug)]
pub enum Step {
    /// The tangent of this operand.
    Operand(usize),
    /// Times a coefficient, by one of the two products that keep zeros.
    Times(Binary, Tangent, NodeId),
    Negate(Tangent),
    Halve(Tangent),
    Join(Tangent, Tangent),
    Choose(NodeId, Option<Tangent>, Option<Tangent>),
    Contract {
        t: Tangent,
        c: NodeId,
        labels: Labels,
        t_is_left: bool,
    },
    Sum(Tangent, SmallVec<[usize; 4]>),
    Broadcast(Tangent),
    Reshape(Tangent),
    Transpose(Tangent, SmallVec<[usize; 4]>),
    Slice(Tangent, SmallVec<[Sliced; 4]>),
    Unslice(Tangent, SmallVec<[Sliced; 4]>),
    Concatenate(Vec<(Option<Tangent>, usize)>, usize),
    Element(Tangent, usize),
    Stack(Vec<Option<Tangent>>),
    Gather(Tangent, NodeId, usize),
    ScatterAdd(Tangent, NodeId, usize),
    Put(Option<Tangent>, NodeId, Option<Tangent>),
    Cumsum(Tangent, usize, bool),
    Convert(Tangent),
    Solve(NodeId, Tangent, bool),
    TriangularSolve(NodeId, Tangent, bool),
    OverGaps(Gap, Tangent, NodeId, Attribute),
    CofactorFrechet(NodeId, Box<[NodeId]>, Tangent),
    ExpmFrechet(NodeId, Tangent),
}

/// Where a rule is read.
pub struct Steps<'g> {
    graph: RefCell<&'g mut Graph>,
    taken: RefCell<Vec<(Step, Type)>>,
    failed: RefCell<Option<GraphError>>,
    columns: Attribute,
}

impl<'g> Steps<'g> {
    pub fn new(graph: &'g mut Graph) -> Self {
        Self::in_memory(graph, Vec::new())
    }

    /// The same in memory that was used for another program.
    pub fn in_memory(graph: &'g mut Graph, mut memory: Vec<(Step, Type)>) -> Self {
        memory.clear();
        Self {
            graph: RefCell::new(graph),
            taken: RefCell::new(memory),
            failed: RefCell::default(),
            columns: Attribute::None,
        }
    }

    /// Which vectors of a spectrum must have their gaps, see `spectrum`.
    pub fn with_columns(self, columns: Option<SmallVec<[usize; 4]>>) -> Self {
        Self { columns: columns.map_or(Attribute::None, Attribute::Axes), ..self }
    }

    /// Add a node; after a failure nothing more is added.
    pub fn node(&self, add: impl FnOnce(&mut Graph) -> Result<NodeId, GraphError>) -> NodeId {
        let mut failed = self.failed.borrow_mut();
        if failed.is_none() {
            match add(&mut self.graph.borrow_mut()) {
                Ok(id) => return id,
                Err(error) => *failed = Some(error),
            }
        }
        NodeId(0)
    }

    /// Read the graph.
    pub fn read<T>(&self, read: impl FnOnce(&Graph) -> T) -> T {
        read(&self.graph.borrow())
    }

    /// Add a step.
    pub fn push(&self, step: Step, ty: Type) -> Tangent {
        let mut taken = self.taken.borrow_mut();
        taken.push((step, ty));
        Tangent(taken.len() as u32 - 1)
    }

    /// The tangent of an operand, as the first line of a program.
    pub fn operand(&self, k: usize, id: NodeId) -> Tangent {
        let ty = self.read(|graph| graph.ty(id).clone());
        self.push(Step::Operand(k), ty)
    }

    /// Take the program read so far.
    pub fn take(&self) -> Vec<(Step, Type)> {
        self.taken.take()
    }

    /// The failure kept, if any.
    pub fn check(&self) -> Result<(), GraphError> {
        self.failed.borrow().clone().map_or(Ok(()), Err)
    }

    fn ty(&self, t: Tangent) -> Type {
        self.taken.borrow()[t.0 as usize].1.clone()
    }

    fn dtype(&self, t: Tangent) -> DType {
        self.taken.borrow()[t.0 as usize].1.dtype
    }

    /// Add a step whose result has the dtype of `t` and this shape.
    fn shaped(&self, t: Tangent, shape: &[usize], step: Step) -> Tangent {
        self.push(step, Type::new(self.dtype(t), shape))
    }

    fn times(&self, product: Binary, t: Tangent, c: NodeId) -> Tangent {
        let own = self.tangent_shape(t);
        let shape = self.read(|graph| pyframe_graph::broadcast_shapes(&own, graph.shape(c)));
        match shape {
            Ok(shape) => self.shaped(t, &shape, Step::Times(product, t, c)),
            Err(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                t
            }
        }
    }
}

impl Values for Steps<'_> {
    type Value = NodeId;

    fn number(&self, like: NodeId, number: f64) -> NodeId {
        self.node(|graph| graph.number(graph.dtype(like), number))
    }
    fn unary(&self, f: Unary, x: NodeId) -> NodeId {
        self.node(|graph| graph.unary(f, x))
    }
    fn order(&self, f: Order, order: u32, x: NodeId) -> NodeId {
        self.node(|graph| graph.order(f, order, x))
    }
    fn binary(&self, f: Binary, a: NodeId, b: NodeId) -> NodeId {
        self.node(|graph| graph.binary(f, a, b))
    }
    fn compare(&self, f: Compare, a: NodeId, b: NodeId) -> NodeId {
        self.node(|graph| graph.compare(f, a, b))
    }
    fn logical(&self, f: Logical, a: NodeId, b: NodeId) -> NodeId {
        self.node(|graph| graph.logical(f, a, b))
    }
    fn test(&self, f: Test, x: NodeId) -> NodeId {
        self.node(|graph| graph.test(f, x))
    }
    fn select(&self, condition: NodeId, a: NodeId, b: NodeId) -> NodeId {
        self.node(|graph| graph.select(condition, a, b))
    }
}

impl Linear for Steps<'_> {
    type Tangent = Tangent;

    fn shape(&self, x: NodeId) -> Shape {
        self.read(|graph| Shape::from_slice(graph.shape(x)))
    }
    fn tangent_shape(&self, t: Tangent) -> Shape {
        Shape::from_slice(&self.taken.borrow()[t.0 as usize].1.shape)
    }
    fn reduce(&self, f: Reduction, x: NodeId, axes: &[usize]) -> NodeId {
        self.node(|graph| graph.reduce(f, x, axes))
    }
    fn reshape_value(&self, x: NodeId, shape: &[usize]) -> NodeId {
        self.node(|graph| graph.reshape(x, shape))
    }
    fn transpose_value(&self, x: NodeId, permutation: &[usize]) -> NodeId {
        self.node(|graph| graph.transpose(x, permutation))
    }
    fn contract_values(&self, a: NodeId, b: NodeId, labels: &Labels) -> NodeId {
        self.node(|graph| graph.contract(a, b, labels.clone()))
    }
    fn factor(&self, factor: Factor, a: NodeId) -> NodeId {
        self.node(|graph| graph.add(Primitive::Factor(factor), &[a], Attribute::None, None))
    }
    fn part(&self, part: Part, operands: &[NodeId]) -> NodeId {
        self.node(|graph| graph.part(part, operands))
    }
    fn cofactor(&self, a: NodeId) -> NodeId {
        self.node(|graph| graph.add(Primitive::Cofactor, &[a], Attribute::None, None))
    }
    fn matrix(&self, like: NodeId, n: usize, entry: &dyn Fn(usize, usize) -> f64) -> NodeId {
        self.node(|graph| {
            let numbers: Vec<f64> = (0..n * n).map(|k| entry(k / n, k % n)).collect();
            let array = if graph.dtype(like) == DType::Float32 {
                Array::new(numbers.iter().map(|&x| x as f32).collect(), [n, n].as_slice())
            } else {
                Array::new(numbers, [n, n].as_slice())
            };
            graph.constant(array?)
        })
    }
    fn block_triangle(&self, a: NodeId, b: NodeId) -> NodeId {
        self.node(|graph| {
            let rank = graph.shape(a).len();
            let nothing = graph.number(graph.dtype(a), 0.0)?;
            let shape = graph.shape(a).to_vec();
            let nothing = graph.broadcast(nothing, &shape)?;
            let top = graph.concatenate(&[a, b], rank - 1)?;
            let bottom = graph.concatenate(&[nothing, a], rank - 1)?;
            graph.concatenate(&[top, bottom], rank - 2)
        })
    }

    fn scale(&self, t: Tangent, c: NodeId) -> Tangent {
        self.times(Binary::Scale, t, c)
    }
    fn strongly(&self, t: Tangent, c: NodeId) -> Tangent {
        self.times(Binary::Strong, t, c)
    }
    fn negate(&self, t: Tangent) -> Tangent {
        self.push(Step::Negate(t), self.ty(t))
    }
    fn halve(&self, t: Tangent) -> Tangent {
        self.push(Step::Halve(t), self.ty(t))
    }
    fn join(&self, t: Tangent, u: Tangent) -> Tangent {
        self.push(Step::Join(t, u), self.ty(t))
    }
    fn choose(&self, condition: NodeId, t: Option<Tangent>, u: Option<Tangent>) -> Tangent {
        let ty = t.or(u).map_or(Type::SCALAR, |t| self.ty(t));
        self.push(Step::Choose(condition, t, u), ty)
    }
    fn contract(&self, t: Tangent, c: NodeId, labels: &Labels, t_is_left: bool) -> Tangent {
        let (of_t, of_c) =
            if t_is_left { (&labels.left, &labels.right) } else { (&labels.right, &labels.left) };
        let (t_shape, c_shape) = (self.tangent_shape(t), self.shape(c));
        let length = |label: &u8| {
            let at = |list: &[u8], shape: &[usize]| list.iter().position(|l| l == label).map(|k| shape[k]);
            at(of_t, &t_shape).or_else(|| at(of_c, &c_shape)).unwrap_or(1)
        };
        let shape: Shape = labels.out.iter().map(length).collect();
        self.shaped(t, &shape, Step::Contract { t, c, labels: labels.clone(), t_is_left })
    }
    fn sum(&self, t: Tangent, axes: &[usize]) -> Tangent {
        if axes.is_empty() {
            return t;
        }
        let shape = self.tangent_shape(t);
        let kept: Shape =
            shape.iter().enumerate().filter(|(k, _)| !axes.contains(k)).map(|(_, &n)| n).collect();
        self.shaped(t, &kept, Step::Sum(t, axes.into()))
    }
    fn broadcast(&self, t: Tangent, shape: &[usize]) -> Tangent {
        if self.tangent_shape(t)[..] == *shape { t } else { self.shaped(t, shape, Step::Broadcast(t)) }
    }
    fn reshape(&self, t: Tangent, shape: &[usize]) -> Tangent {
        if self.tangent_shape(t)[..] == *shape { t } else { self.shaped(t, shape, Step::Reshape(t)) }
    }
    fn transpose(&self, t: Tangent, permutation: &[usize]) -> Tangent {
        let shape = self.tangent_shape(t);
        let moved: Shape = permutation.iter().map(|&axis| shape[axis]).collect();
        self.shaped(t, &moved, Step::Transpose(t, permutation.into()))
    }
    fn slice(&self, t: Tangent, slices: &[Sliced], shape: &[usize]) -> Tangent {
        self.shaped(t, shape, Step::Slice(t, slices.into()))
    }
    fn unslice(&self, t: Tangent, slices: &[Sliced], shape: &[usize]) -> Tangent {
        self.shaped(t, shape, Step::Unslice(t, slices.into()))
    }
    fn concatenate(&self, parts: &[(Option<Tangent>, usize)], axis: usize) -> Tangent {
        let Some(first) = parts.iter().find_map(|(t, _)| *t) else {
            return self.push(Step::Concatenate(Vec::new(), axis), Type::SCALAR);
        };
        let mut shape = self.tangent_shape(first);
        shape[axis] = parts.iter().map(|(_, length)| length).sum();
        self.shaped(first, &shape, Step::Concatenate(parts.to_vec(), axis))
    }
    fn element(&self, t: Tangent, place: usize) -> Tangent {
        self.shaped(t, &[], Step::Element(t, place))
    }
    fn stack(&self, rows: &[Option<Tangent>]) -> Tangent {
        let Some(first) = rows.iter().find_map(|t| *t) else {
            return self.push(Step::Stack(Vec::new()), Type::SCALAR);
        };
        let shape = [&[rows.len()], self.tangent_shape(first).as_slice()].concat();
        self.shaped(first, &shape, Step::Stack(rows.to_vec()))
    }
    fn gather(&self, t: Tangent, places: NodeId, axis: usize) -> Tangent {
        let (of_t, of_places) = (self.tangent_shape(t), self.shape(places));
        let shape = [&of_t[..axis], &of_places[..], &of_t[axis + 1..]].concat();
        self.shaped(t, &shape, Step::Gather(t, places, axis))
    }
    fn scatter_add(&self, t: Tangent, places: NodeId, axis: usize, shape: &[usize]) -> Tangent {
        self.shaped(t, shape, Step::ScatterAdd(t, places, axis))
    }
    fn put(&self, t: Option<Tangent>, places: NodeId, u: Option<Tangent>, shape: &[usize]) -> Tangent {
        let dtype = t.or(u).map_or(DType::Float64, |t| self.dtype(t));
        self.push(Step::Put(t, places, u), Type::new(dtype, shape))
    }
    fn cumsum(&self, t: Tangent, axis: usize, reverse: bool) -> Tangent {
        self.push(Step::Cumsum(t, axis, reverse), self.ty(t))
    }
    fn convert(&self, t: Tangent, dtype: DType) -> Tangent {
        let ty = self.ty(t);
        if ty.dtype == dtype { t } else { self.push(Step::Convert(t), ty.with_dtype(dtype)) }
    }
    fn solve(&self, lu: NodeId, t: Tangent, transposed: bool) -> Tangent {
        self.push(Step::Solve(lu, t, transposed), self.ty(t))
    }
    fn triangular_solve(&self, l: NodeId, t: Tangent, transposed: bool) -> Tangent {
        self.push(Step::TriangularSolve(l, t, transposed), self.ty(t))
    }
    fn over_gaps(&self, gap: Gap, t: Tangent, w: NodeId) -> Tangent {
        self.push(Step::OverGaps(gap, t, w, self.columns.clone()), self.ty(t))
    }
    fn cofactor_frechet(&self, a: NodeId, along: &[NodeId], t: Tangent) -> Tangent {
        self.push(Step::CofactorFrechet(a, along.into(), t), self.ty(t))
    }
    fn expm_frechet(&self, a: NodeId, t: Tangent) -> Tangent {
        self.push(Step::ExpmFrechet(a, t), self.ty(t))
    }
}
