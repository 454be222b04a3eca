//! A graph as code: every element of every array becomes a number in a table.
//!
//! Only for graphs of double precision and truth values whose arrays are small.  What moves
//! elements becomes nothing at all; sums keep the order of the kernels, so the bits are theirs.

use std::collections::HashMap;
use std::rc::Rc;

use pyframe_graph::{
    Array, Attribute, Binary, DType, Data, Graph, Labels, NodeId, Primitive, Reduction, Unary,
    row_major_strides,
};

use super::code::{Check, Code, Line, Op, Opcode};
use crate::eager::Guard;
use crate::kernels::contract::PLAIN;
use crate::kernels::{reduce, wide};
use crate::scalar::numeric;

/// Code of arrays is worth while up to this many operations for each node.
const OPERATIONS_A_NODE: usize = 48;
/// And up to this many in all; code of scalars may be of any length.
const OPERATIONS: usize = 1 << 14;

/// And for arguments of up to this many elements.
const ARGUMENTS: usize = 1 << 20;

/// And for arrays of up to this many elements in all, moved or computed.
const ELEMENTS: usize = 1 << 20;

/// The places of a node's elements in the table.
type Places = Rc<[u32]>;

/// The code of a graph, when it has one.
pub fn unroll(graph: &Graph, guards: &[Guard]) -> Option<Code> {
    let scalars = graph
        .ids()
        .all(|id| graph.nodes()[id.index()].is_scalar() || matches!(graph.primitive(id), Primitive::Input));
    let elements = |id| graph.shape(id).iter().fold(1, |n: usize, &m| n.saturating_mul(m));
    let arrays = graph.ids().filter(|&id| !graph.nodes()[id.index()].is_scalar());
    if !scalars && arrays.map(elements).fold(0, usize::saturating_add) > ELEMENTS {
        return None;
    }
    let limit = if scalars { usize::MAX } else { OPERATIONS.min(OPERATIONS_A_NODE * graph.len()) };
    let mut writer = Writer::new(graph, limit, !scalars)?;
    for id in graph.ids() {
        let places = writer.node(id)?;
        writer.places.push(places);
    }
    writer.finish(guards)
}

/// The bit that marks the place of a constant, until it is known how many there are.
const CONSTANT: u32 = 1 << 31;

struct Writer<'g> {
    graph: &'g Graph,
    limit: usize,
    /// Whether operations that give back an operand are left out.  Not where the way back may
    /// be gone over the code: adjoints would be added in another order.
    shortens: bool,
    /// Its operands name constants by number with [`CONSTANT`] set, and everything else as if
    /// there were none.
    code: Code,
    constants: Vec<f64>,
    /// Numbers of the constants, by their bits.
    known: HashMap<u64, u32>,
    /// How many elements the arguments have.
    first: usize,
    /// Of each node; empty for integers.
    places: Vec<Places>,
    /// How often each element of an input is read by a node of its own.
    read: HashMap<(NodeId, usize), u32>,
}

impl<'g> Writer<'g> {
    fn new(graph: &'g Graph, limit: usize, shortens: bool) -> Option<Self> {
        let mut writer = Self {
            graph,
            limit,
            shortens,
            code: Code::default(),
            constants: Vec::new(),
            known: HashMap::new(),
            first: 0,
            places: Vec::with_capacity(graph.len()),
            read: HashMap::new(),
        };
        for id in graph.ids() {
            if graph.primitive(id) == Primitive::Element {
                *writer.read.entry((graph.operands(id)[0], graph.place(id))).or_default() += 1;
            }
        }
        for &id in graph.inputs() {
            let count: usize = graph.shape(id).iter().product();
            if graph.dtype(id) != DType::Float64 || count > ARGUMENTS {
                return None;
            }
            writer.code.arguments.push(writer.first..writer.first + count);
            writer.first += count;
        }
        Some(writer)
    }

    /// The place of a constant.
    fn constant(&mut self, number: f64) -> u32 {
        let constants = &mut self.constants;
        *self.known.entry(number.to_bits()).or_insert_with(|| {
            constants.push(number);
            CONSTANT | (constants.len() as u32 - 1)
        })
    }

    /// The number at a place, if it is known already.
    fn number(&self, place: u32) -> Option<f64> {
        (place & CONSTANT != 0).then(|| self.constants[(place & !CONSTANT) as usize])
    }

    /// Add an operation; its operands must stand before it.  An operation on constants is done
    /// now, and one that gives back its operand, bit for bit, is not done.
    fn push(&mut self, code: Opcode, a: u32, b: u32) -> Option<u32> {
        let place =
            u32::try_from(self.first + self.code.ops.len()).ok().filter(|place| place & CONSTANT == 0)?;
        let before = |operand: u32| operand & CONSTANT != 0 || operand < place;
        let sound = match code {
            Opcode::Select => self.listed(a, 3, before),
            Opcode::Line(_) => self.listed(a, b, before),
            Opcode::Order(_) => before(a),
            _ => before(a) && before(b),
        };
        if !sound || self.code.ops.len() >= self.limit {
            return None;
        }
        let is_one = |place: u32| self.number(place) == Some(1.0);
        match code {
            Opcode::Mul | Opcode::Scale if self.shortens && is_one(a) => return Some(b),
            Opcode::Mul | Opcode::Div if self.shortens && is_one(b) => return Some(a),
            Opcode::Copy if self.shortens => return Some(a),
            Opcode::Unary(_) | Opcode::Neg | Opcode::Square | Opcode::Reciprocal | Opcode::Sqrt => {
                if let Some(value) = self.number(a).map(|x| one(code, x, 0.0)) {
                    return Some(self.constant(value));
                }
            }
            Opcode::Add | Opcode::Sub | Opcode::Mul | Opcode::Div | Opcode::Scale | Opcode::Binary(_) => {
                if let (Some(x), Some(y)) = (self.number(a), self.number(b)) {
                    let value = one(code, x, y);
                    return Some(self.constant(value));
                }
            }
            _ => {}
        }
        self.code.ops.push(Op { code, a, b });
        Some(place)
    }

    fn listed(&self, from: u32, count: u32, before: impl Fn(u32) -> bool) -> bool {
        let list = self.code.lists.get(from as usize..from as usize + count as usize);
        list.is_some_and(|list| list.iter().all(|&operand| before(operand)))
    }

    fn list(&mut self, operands: impl IntoIterator<Item = u32>) -> Option<(u32, u32)> {
        let from = self.code.lists.len();
        self.code.lists.extend(operands);
        Some((u32::try_from(from).ok()?, u32::try_from(self.code.lists.len() - from).ok()?))
    }

    fn line(&mut self, f: Line, operands: impl IntoIterator<Item = u32>) -> Option<u32> {
        let (from, count) = self.list(operands)?;
        self.push(Opcode::Line(f), from, count)
    }

    /// The places of a node's elements.
    fn node(&mut self, id: NodeId) -> Option<Places> {
        use Primitive as P;
        let graph = self.graph;
        let operands = graph.operands(id);
        let shape = graph.shape(id);
        if graph.dtype(id) == DType::Float32 {
            return None;
        }
        if graph.dtype(id) == DType::Int64 {
            // Constant places are read where they are used.
            return (graph.primitive(id) == P::Constant).then(|| Rc::from([]));
        }
        let of = |k: usize| -> &Places { &self.places[operands[k].index()] };
        let moved = |order: &[usize], from: &Places| -> Places { order.iter().map(|&k| from[k]).collect() };
        match (graph.primitive(id), graph.attribute(id)) {
            (P::Input, _) => {
                let which = graph.inputs().iter().position(|&input| input == id)?;
                Some(self.code.arguments[which].clone().map(|place| place as u32).collect())
            }
            (P::Constant, _) => {
                let value = graph.constant_value(id)?;
                if value.len() > self.limit {
                    return None;
                }
                Some(numbers(&value)?.map(|number| self.constant(number)).collect())
            }
            (P::Unary(f), _) => {
                let is_scalar = graph.nodes()[id.index()].is_scalar();
                let code = if wide::has(f) && !is_scalar { Opcode::Wide(f) } else { unary(f) };
                self.each(shape, &[of(0).clone()], operands, |w, [x, ..]| w.push(code, x, x))
            }
            (P::Order(f), &Attribute::Integer(n)) => {
                let n = u32::try_from(n).ok()?;
                self.each(shape, &[of(0).clone()], operands, |w, [x, ..]| w.push(Opcode::Order(f), x, n))
            }
            (P::Binary(f), _) => {
                let pair = [of(0).clone(), of(1).clone()];
                let is_scalar = graph.nodes()[id.index()].is_scalar();
                let wide = f == Binary::Logaddexp && !is_scalar;
                let code = if wide { Opcode::WideLogaddexp } else { binary(f) };
                self.each(shape, &pair, operands, |w, [x, y, _]| w.push(code, x, y))
            }
            (P::Compare(f), _) => {
                let pair = [of(0).clone(), of(1).clone()];
                if graph.dtype(operands[0]) == DType::Int64 {
                    return None;
                }
                self.each(shape, &pair, operands, |w, [x, y, _]| w.push(Opcode::Compare(f), x, y))
            }
            (P::Logical(f), _) => {
                let pair = [of(0).clone(), of(1).clone()];
                self.each(shape, &pair, operands, |w, [x, y, _]| w.push(Opcode::Logical(f), x, y))
            }
            (P::Test(f), _) => {
                self.each(shape, &[of(0).clone()], operands, |w, [x, ..]| w.push(Opcode::Test(f), x, x))
            }
            (P::Select, _) => {
                let three = [of(0).clone(), of(1).clone(), of(2).clone()];
                self.each(shape, &three, operands, |w, [c, x, y]| {
                    let (from, _) = w.list([c, x, y])?;
                    w.push(Opcode::Select, from, 0)
                })
            }
            (P::Convert, _) => {
                let from = operands[0];
                if graph.dtype(from) == DType::Int64 {
                    return None;
                }
                // As truth value, a number is whether it differs from zero.
                if graph.dtype(id) == DType::Bool && graph.dtype(from) != DType::Bool {
                    return None;
                }
                Some(of(0).clone())
            }
            (P::Reduce(f), Attribute::Axes(axes)) => self.reduce(f, operands[0], axes, shape),
            (P::Reshape, _) => Some(of(0).clone()),
            (P::Transpose, Attribute::Axes(axes)) => {
                let strides = row_major_strides(graph.shape(operands[0]));
                let turned: Vec<isize> = axes.iter().map(|&axis| strides[axis]).collect();
                Some(moved(&walk(shape, &turned, 0), of(0)))
            }
            (P::Broadcast, _) => Some(moved(&stretched(graph.shape(operands[0]), shape), of(0))),
            (P::Slice, Attribute::Slices(slices)) => {
                let strides = row_major_strides(graph.shape(operands[0]));
                let start = slices.iter().zip(&strides).map(|(s, &stride)| s.start as isize * stride).sum();
                let steps: Vec<isize> = slices.iter().zip(&strides).map(|(s, &t)| t * s.step).collect();
                Some(moved(&walk(shape, &steps, start), of(0)))
            }
            (P::Unslice, Attribute::Slices(slices)) => {
                let strides = row_major_strides(shape);
                let start = slices.iter().zip(&strides).map(|(s, &stride)| s.start as isize * stride).sum();
                let steps: Vec<isize> = slices.iter().zip(&strides).map(|(s, &t)| t * s.step).collect();
                let from = of(0).clone();
                let mut made = vec![self.constant(0.0); shape.iter().product()];
                for (place, &from) in walk(graph.shape(operands[0]), &steps, start).into_iter().zip(&*from) {
                    made[place] = from;
                }
                Some(made.into())
            }
            (P::Concatenate, &Attribute::Axis(axis)) => {
                let width: usize = shape[axis + 1..].iter().product();
                let outer: usize = shape[..axis].iter().product();
                let mut made = Vec::with_capacity(shape.iter().product());
                for k in 0..outer {
                    for part in operands {
                        let block = graph.shape(*part)[axis] * width;
                        made.extend_from_slice(&self.places[part.index()][k * block..(k + 1) * block]);
                    }
                }
                Some(made.into())
            }
            (P::Stack, _) => {
                Some(operands.iter().flat_map(|row| self.places[row.index()].iter().copied()).collect())
            }
            (P::Element, _) => {
                let (array, place) = (operands[0], graph.place(id));
                let from = *of(0).get(place)?;
                // An element read by several nodes is given to each: adjoints add up as they do
                // when the graph is swept.
                let several = self.read.get(&(array, place)).is_some_and(|&times| times > 1);
                let is_input = graph.primitive(array) == Primitive::Input;
                Some(Rc::from([if several && is_input {
                    self.push(Opcode::Copy, from, from)?
                } else {
                    from
                }]))
            }
            (P::Gather, &Attribute::Axis(axis)) => {
                let from = graph.shape(operands[0]);
                let places = integers(graph, operands[1], from[axis])?;
                let width: usize = from[axis + 1..].iter().product();
                let outer: usize = from[..axis].iter().product();
                let mut made = Vec::with_capacity(shape.iter().product());
                for k in 0..outer {
                    for place in &places {
                        let start = (k * from[axis] + place) * width;
                        made.extend_from_slice(&of(0)[start..start + width]);
                    }
                }
                Some(made.into())
            }
            (P::ScatterAdd, &Attribute::Axis(axis)) => {
                let places = integers(graph, operands[1], shape[axis])?;
                let width: usize = shape[axis + 1..].iter().product();
                let outer: usize = shape[..axis].iter().product();
                let from = of(0).clone();
                let mut made = vec![self.constant(0.0); shape.iter().product()];
                let mut next = from.iter();
                for k in 0..outer {
                    for place in &places {
                        for j in 0..width {
                            let to = (k * shape[axis] + place) * width + j;
                            made[to] = self.push(Opcode::Add, made[to], *next.next()?)?;
                        }
                    }
                }
                Some(made.into())
            }
            (P::Put, _) => {
                let mut made = of(0).to_vec();
                let places = integers(graph, operands[1], made.len())?;
                for (place, &from) in places.into_iter().zip(&**of(2)) {
                    made[place] = from;
                }
                Some(made.into())
            }
            (P::Cumsum, &Attribute::Axis(axis)) => self.running(of(0).to_vec(), shape, axis, false),
            (P::CumsumReverse, &Attribute::Axis(axis)) => self.running(of(0).to_vec(), shape, axis, true),
            (P::Contract, Attribute::Contraction(labels)) => {
                self.contract(operands[0], operands[1], labels, shape)
            }
            _ => None,
        }
    }

    /// One operation for each element of the result, with broadcasting.
    fn each<const N: usize>(
        &mut self,
        shape: &[usize],
        places: &[Places; N],
        operands: &[NodeId],
        mut add: impl FnMut(&mut Self, [u32; 3]) -> Option<u32>,
    ) -> Option<Places> {
        let graph = self.graph;
        if operands.iter().any(|&x| graph.dtype(x) == DType::Int64) {
            return None;
        }
        let orders: Vec<Option<Vec<usize>>> = operands
            .iter()
            .map(|&x| (graph.shape(x) != shape).then(|| stretched(graph.shape(x), shape)))
            .collect();
        let count = shape.iter().product();
        let mut made = Vec::with_capacity(count);
        for element in 0..count {
            let mut triple = [0; 3];
            for (k, from) in places.iter().enumerate() {
                triple[k] = from[orders[k].as_ref().map_or(element, |order| order[element])];
            }
            made.push(add(self, triple)?);
        }
        Some(made.into())
    }

    fn reduce(&mut self, f: Reduction, x: NodeId, axes: &[usize], shape: &[usize]) -> Option<Places> {
        let from = self.places[x.index()].clone();
        let given = self.graph.shape(x);
        let length: usize = axes.iter().map(|&axis| given[axis]).product();
        let f = match f {
            Reduction::Sum if reduce::adds_rows(axes, shape) && !from.is_empty() => {
                if length > reduce::BLOCK {
                    return None;
                }
                Line::Total
            }
            Reduction::Sum => Line::Sum,
            Reduction::Max if length > 0 => Line::Max,
            Reduction::Min if length > 0 => Line::Min,
            Reduction::Any => Line::Any,
            Reduction::All => Line::All,
            Reduction::Norm => Line::Norm,
            Reduction::Logsumexp => Line::Logsumexp,
            _ => return None,
        };
        let kept = (0..given.len()).filter(|axis| !axes.contains(axis));
        let order: Vec<usize> = kept.chain(axes.iter().copied()).collect();
        let strides = row_major_strides(given);
        let lengths: Vec<usize> = order.iter().map(|&axis| given[axis]).collect();
        let steps: Vec<isize> = order.iter().map(|&axis| strides[axis]).collect();
        let places: Vec<u32> = walk(&lengths, &steps, 0).into_iter().map(|k| from[k]).collect();
        let count: usize = shape.iter().product();
        (0..count).map(|k| self.line(f, places[k * length..(k + 1) * length].iter().copied())).collect()
    }

    fn running(&mut self, mut made: Vec<u32>, shape: &[usize], axis: usize, reverse: bool) -> Option<Places> {
        let width: usize = shape[axis + 1..].iter().product();
        let length = shape[axis];
        for block in made.chunks_exact_mut((length * width).max(1)) {
            for step in 1..length {
                let (to, from) = if reverse { (length - 1 - step, length - step) } else { (step, step - 1) };
                for k in 0..width {
                    block[to * width + k] =
                        self.push(Opcode::Add, block[to * width + k], block[from * width + k])?;
                }
            }
        }
        Some(made.into())
    }

    /// Products of a few numbers, which the kernel adds from left to right.
    fn contract(&mut self, a: NodeId, b: NodeId, labels: &Labels, shape: &[usize]) -> Option<Places> {
        let (in_a, in_b) = (self.graph.shape(a), self.graph.shape(b));
        let length = |label: u8| {
            let place = labels.left.iter().position(|&l| l == label).map(|k| in_a[k]);
            place.or_else(|| labels.right.iter().position(|&l| l == label).map(|k| in_b[k]))
        };
        let summed: Vec<u8> = labels.left.iter().copied().filter(|l| !labels.out.contains(l)).collect();
        let count: usize = summed.iter().map(|&l| length(l)).product::<Option<usize>>()?;
        let one_sided = |l: &&u8| !(labels.left.contains(l) && labels.right.contains(l));
        let block: usize =
            labels.out.iter().filter(one_sided).map(|&l| length(l)).product::<Option<usize>>()?;
        if block * count > PLAIN {
            return None;
        }
        let all: Vec<u8> = labels.out.iter().chain(&summed).copied().collect();
        let lengths: Vec<usize> = all.iter().map(|&l| length(l)).collect::<Option<_>>()?;
        let order = |own: &[u8], shape: &[usize]| {
            let strides = row_major_strides(shape);
            let stride = |l: &u8| own.iter().position(|k| k == l).map_or(0, |k| strides[k]);
            walk(&lengths, &all.iter().map(stride).collect::<Vec<_>>(), 0)
        };
        let (left, right) = (order(&labels.left, in_a), order(&labels.right, in_b));
        let (from_a, from_b) = (self.places[a.index()].clone(), self.places[b.index()].clone());
        (0..shape.iter().product::<usize>())
            .map(|k| {
                let range = k * count..(k + 1) * count;
                let first = left[range.clone()].iter().map(|&place| from_a[place]);
                let second = right[range].iter().map(|&place| from_b[place]);
                self.line(Line::Dot, first.chain(second))
            })
            .collect()
    }

    /// The code, with every place as it lies in the table: one that nobody reads, the
    /// constants, the arguments, the results.
    fn finish(mut self, guards: &[Guard]) -> Option<Code> {
        let graph = self.graph;
        let checks = &mut self.code.checks;
        for (which, guard) in guards.iter().enumerate() {
            match guard {
                Guard::Branch(comparison, holds) => {
                    let [a, b] = [comparison.left, comparison.right]
                        .map(|id| self.places[id.index()].first().copied());
                    checks.push((Check::Branch(comparison.compare, a?, b?, *holds), which));
                }
                Guard::Concrete(id, array) => {
                    let places = &self.places[id.index()];
                    if places.len() != array.len() {
                        return None;
                    }
                    for (number, &place) in numbers(array)?.zip(&**places) {
                        checks.push((Check::Bits(place, number.to_bits()), which));
                    }
                }
            }
        }
        for &id in graph.outputs() {
            if graph.dtype(id) != DType::Float64 {
                return None;
            }
            self.code.outputs.push(self.places[id.index()].to_vec());
        }
        let count = 1 + self.constants.len();
        u32::try_from(count + self.first + self.code.ops.len()).ok()?;
        let settle = |place: &mut u32| {
            *place = if *place & CONSTANT != 0 { 1 + (*place & !CONSTANT) } else { count as u32 + *place };
        };
        let mut code = self.code;
        for op in &mut code.ops {
            match op.code {
                Opcode::Select | Opcode::Line(_) => {}
                Opcode::Order(_) => settle(&mut op.a),
                _ => {
                    settle(&mut op.a);
                    settle(&mut op.b);
                }
            }
        }
        code.lists.iter_mut().for_each(settle);
        code.outputs.iter_mut().flatten().for_each(settle);
        for (check, _) in &mut code.checks {
            match check {
                Check::Branch(_, a, b, _) => {
                    settle(a);
                    settle(b);
                }
                Check::Bits(place, _) => settle(place),
            }
        }
        for argument in &mut code.arguments {
            *argument = argument.start + count..argument.end + count;
        }
        code.constants = count;
        code.start = vec![0.0];
        code.start.extend(self.constants);
        code.start.resize(count + self.first, 0.0);
        Some(code)
    }
}

/// One operation on numbers known beforehand.
fn one(code: Opcode, x: f64, y: f64) -> f64 {
    match code {
        Opcode::Neg => -x,
        Opcode::Square => x * x,
        Opcode::Reciprocal => 1.0 / x,
        Opcode::Sqrt => x.sqrt(),
        Opcode::Add => x + y,
        Opcode::Sub => x - y,
        Opcode::Mul => x * y,
        Opcode::Div => x / y,
        Opcode::Scale => numeric::scale(x, y),
        Opcode::Unary(f) => numeric::unary(f, x),
        Opcode::Binary(f) => numeric::binary(f, x, y),
        _ => f64::NAN,
    }
}

fn unary(f: Unary) -> Opcode {
    match f {
        Unary::Copy => Opcode::Copy,
        Unary::Neg => Opcode::Neg,
        Unary::Square => Opcode::Square,
        Unary::Reciprocal => Opcode::Reciprocal,
        Unary::Sqrt => Opcode::Sqrt,
        Unary::Exp => Opcode::Exp,
        Unary::Log => Opcode::Log,
        Unary::Sin => Opcode::Sin,
        Unary::Cos => Opcode::Cos,
        Unary::Tanh => Opcode::Tanh,
        other => Opcode::Unary(other),
    }
}

fn binary(f: pyframe_graph::Binary) -> Opcode {
    use pyframe_graph::Binary as B;
    match f {
        B::Add => Opcode::Add,
        B::Sub => Opcode::Sub,
        B::Mul => Opcode::Mul,
        B::Div => Opcode::Div,
        B::Scale => Opcode::Scale,
        other => Opcode::Binary(other),
    }
}

/// The elements of an array of floats or truth values, as numbers.
fn numbers(array: &Array) -> Option<impl Iterator<Item = f64> + '_> {
    if matches!(array.data(), Data::Int64(_) | Data::Float32(_)) {
        return None;
    }
    Some(array.places().map(|place| match array.data() {
        Data::Float64(v) => v[place],
        Data::Bool(v) => f64::from(u8::from(v[place])),
        Data::Int64(_) | Data::Float32(_) => f64::NAN,
    }))
}

/// Constant places along an axis, counted from its start.
fn integers(graph: &Graph, id: NodeId, length: usize) -> Option<Vec<usize>> {
    let array = graph.constant_value(id)?;
    let Data::Int64(numbers) = array.data() else { return None };
    let from_start = |place: i64| if place < 0 { place + length as i64 } else { place };
    array
        .places()
        .map(|place| usize::try_from(from_start(numbers[place])).ok().filter(|&place| place < length))
        .collect()
}

/// The places that strides reach from a start, in row-major order of the shape.
fn walk(shape: &[usize], strides: &[isize], start: isize) -> Vec<usize> {
    let mut places = vec![start];
    for (&length, &stride) in shape.iter().zip(strides) {
        places = places.iter().flat_map(|&p| (0..length as isize).map(move |k| p + k * stride)).collect();
    }
    places.into_iter().map(|place| place as usize).collect()
}

/// The places of an array stretched to a shape.
fn stretched(from: &[usize], to: &[usize]) -> Vec<usize> {
    walk(to, &crate::kernels::walk::stretched(from, &row_major_strides(from), to), 0)
}
