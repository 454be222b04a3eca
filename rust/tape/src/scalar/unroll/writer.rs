//! The writer of code: operations one after another, constants and lists in pools.
//!
//! While code is written, a place is a number with its region in the top bits, since how many
//! constants and operations there will be is known at the end only.

use std::collections::HashMap;
use std::rc::Rc;

use pyframe_graph::{DType, Graph, NodeId, Primitive};

use super::super::code::{Check, Code, Line, Op, Opcode, compute};
use super::super::kernel::{self, Kernel, Operand};
use super::super::run::{Product, Run, Strided, Work};
use super::numbers;
use crate::eager::Guard;
use crate::value::Value;

/// The places of a node's elements in the table.
pub(super) type Places = Rc<[u32]>;

/// The bit that marks the place of a constant.
const CONSTANT: u32 = 1 << 31;
/// The bit that marks the place of a number that a run makes.
const MADE: u32 = 1 << 30;

/// Constants in a row from this many on; fewer are found again by their bits.
const ROW: usize = 4;

pub(super) struct Writer<'g> {
    pub graph: &'g Graph,
    /// How many operations there may be.
    limit: usize,
    /// Whether operations that give back an operand are left out.  Not where the way back may
    /// be gone over the code: adjoints would be added in another order.
    shortens: bool,
    code: Code,
    constants: Vec<f64>,
    /// Numbers of the constants, by their bits.
    known: HashMap<u64, u32>,
    /// Of each argument, the places of its elements.
    pub arguments: Vec<Places>,
    /// How many elements the arguments have.
    first: usize,
    /// Of each node; empty for integers.
    pub places: Vec<Places>,
    /// Of each factorisation, its number.
    pub held: HashMap<NodeId, u32>,
    /// How often each element of an argument is read by a node of its own.
    pub read: HashMap<(NodeId, usize), u32>,
}

impl<'g> Writer<'g> {
    pub fn new(graph: &'g Graph, limit: usize, shortens: bool) -> Self {
        let mut read = HashMap::new();
        for id in graph.ids().filter(|&id| graph.primitive(id) == Primitive::Element) {
            *read.entry((graph.operands(id)[0], graph.place(id))).or_default() += 1;
        }
        Self {
            graph,
            limit,
            shortens,
            code: Code::default(),
            constants: Vec::new(),
            known: HashMap::new(),
            arguments: Vec::new(),
            first: 0,
            places: Vec::with_capacity(graph.len()),
            held: HashMap::new(),
            read,
        }
    }

    /// Room for another argument.
    pub fn argument(&mut self, count: usize) {
        let range = self.first..self.first + count;
        self.arguments.push(range.clone().map(|place| place as u32).collect());
        self.code.arguments.push(range);
        self.first += count;
    }

    /// The places of the elements of a node.
    pub fn of(&self, id: NodeId) -> Places {
        self.places[id.index()].clone()
    }

    /// The place of a constant.
    pub fn constant(&mut self, number: f64) -> u32 {
        let constants = &mut self.constants;
        *self.known.entry(number.to_bits()).or_insert_with(|| {
            constants.push(number);
            CONSTANT | (constants.len() as u32 - 1)
        })
    }

    /// The places of constants: many different ones lie in a row.
    pub fn constants(&mut self, numbers: &[f64]) -> Places {
        let is_first = |number: &f64| number.to_bits() == numbers[0].to_bits();
        if numbers.len() < ROW || numbers.iter().all(is_first) {
            return numbers.iter().map(|&number| self.constant(number)).collect();
        }
        let start = self.constants.len() as u32;
        self.constants.extend_from_slice(numbers);
        (start..start + numbers.len() as u32).map(|place| CONSTANT | place).collect()
    }

    /// The number at a place, if it is known already.
    pub fn number(&self, place: u32) -> Option<f64> {
        (place & CONSTANT != 0).then(|| self.constants[(place & !CONSTANT) as usize])
    }

    /// Whether something stands at a place by now.
    fn is_there(&self, place: u32) -> bool {
        let number = (place & !(CONSTANT | MADE)) as usize;
        number
            < match (place & CONSTANT != 0, place & MADE != 0) {
                (true, _) => self.constants.len(),
                (_, true) => self.code.made,
                _ => self.first + self.code.ops.len(),
            }
    }

    /// Add an operation; its operands must stand before it.  An operation on constants is done
    /// now, and one that gives back its operand, bit for bit, is not done.
    pub fn push(&mut self, code: Opcode, a: u32, b: u32) -> Option<u32> {
        let sound = match code {
            Opcode::Select => self.is_listed(a, 3),
            Opcode::Line(_) => self.is_listed(a, b),
            Opcode::Row(_) => b == 0 || (self.is_there(a) && self.is_there(a + (b - 1))),
            Opcode::Order(_) => self.is_there(a),
            Opcode::Run => (a as usize) < self.code.runs.len(),
            Opcode::Kernel => (a as usize) < self.code.kernels.all.len(),
            _ => self.is_there(a) && self.is_there(b),
        };
        if !sound || self.code.ops.len() >= self.limit {
            return None;
        }
        if let Some(which) = self.given_back(code, &[a], &[b]) {
            return Some([a, b][which]);
        }
        let known = match code {
            Opcode::Unary(_) | Opcode::Neg | Opcode::Square | Opcode::Reciprocal | Opcode::Sqrt => {
                self.number(a).map(|x| (x, 0.0))
            }
            Opcode::Add | Opcode::Sub | Opcode::Mul | Opcode::Div | Opcode::Scale | Opcode::Binary(_) => {
                self.number(a).zip(self.number(b))
            }
            _ => None,
        };
        if let Some((x, y)) = known {
            let value = compute::<false>(code, x, y, &mut [0.0; 2]);
            return Some(self.constant(value));
        }
        let place = u32::try_from(self.first + self.code.ops.len()).ok()?;
        self.code.ops.push(Op { code, a, b });
        (place & (CONSTANT | MADE) == 0).then_some(place)
    }

    /// Which operands an operation gives back as they are, 0 or 1, if it does.
    pub fn given_back(&self, code: Opcode, a: &[u32], b: &[u32]) -> Option<usize> {
        let is_one = |places: &[u32]| places.iter().all(|&place| self.number(place) == Some(1.0));
        match code {
            Opcode::Mul | Opcode::Scale if self.shortens && is_one(a) => Some(1),
            Opcode::Mul | Opcode::Div if self.shortens && is_one(b) => Some(0),
            Opcode::Copy if self.shortens => Some(0),
            _ => None,
        }
    }

    fn is_listed(&self, from: u32, count: u32) -> bool {
        let list = self.code.lists.get(from as usize..from as usize + count as usize);
        list.is_some_and(|list| list.iter().all(|&operand| self.is_there(operand)))
    }

    /// A list of operands: where it starts, and how many they are.
    pub fn list(&mut self, operands: impl IntoIterator<Item = u32>) -> Option<(u32, u32)> {
        let from = self.code.lists.len();
        self.code.lists.extend(operands);
        Some((u32::try_from(from).ok()?, u32::try_from(self.code.lists.len() - from).ok()?))
    }

    /// One number made of many.
    pub fn line(&mut self, f: Line, operands: &[u32]) -> Option<u32> {
        if let (Some(Strided { start, step: 1 }), count) = (strided(operands), operands.len()) {
            return self.push(Opcode::Row(f), start, u32::try_from(count).ok()?);
        }
        let (from, count) = self.list(operands.iter().copied())?;
        self.push(Opcode::Line(f), from, count)
    }

    /// Places for many results.
    pub fn made(&mut self, count: usize) -> Option<Places> {
        let to = u32::try_from(self.code.made).ok()?;
        let count = u32::try_from(count).ok().filter(|&count| to.saturating_add(count) < MADE)?;
        self.code.made += count as usize;
        Some((to..to + count).map(|place| place | MADE).collect())
    }

    /// Many numbers, each made of those at one place of the operands.
    pub fn run(&mut self, work: Work, count: usize, from: [Strided; 3]) -> Option<Places> {
        let run = u32::try_from(self.code.runs.len()).ok()?;
        let to = self.code.made as u32 | MADE;
        let places = self.made(count)?;
        self.code.runs.push(Run { work, to, count: count as u32, from });
        self.push(Opcode::Run, run, 0)?;
        Some(places)
    }

    /// A kernel of linear algebra.
    pub fn push_kernel(&mut self, kernel: Kernel) -> Option<()> {
        let which = u32::try_from(self.code.kernels.all.len()).ok()?;
        self.code.kernels.all.push(kernel);
        self.push(Opcode::Kernel, which, 0).map(drop)
    }

    /// Room for a factorisation, which is known already or not.
    pub fn hold(&mut self, id: NodeId, known: Option<Value>) -> Option<u32> {
        let place = u32::try_from(self.code.kernels.held.len()).ok()?;
        self.code.kernels.held.push(known);
        self.held.insert(id, place);
        Some(place)
    }

    /// What a kernel makes, if all that it reads is known already.
    pub fn known(&self, kernel: &Kernel) -> Option<Value> {
        let mut of_constants = kernel.clone();
        for operand in &mut of_constants.operands {
            if let Operand::Row(start, _) = operand {
                *start = (*start & CONSTANT != 0).then_some(*start & !CONSTANT)?;
            }
        }
        kernel::value(self.graph, &of_constants, &self.constants, &self.code.kernels.held)
    }

    /// The product of two matrices given by places, row by row.
    pub fn product(&mut self, product: Product) -> Option<Places> {
        let which = u32::try_from(self.code.products.len()).ok()?;
        let count = product.left.rows.0 * product.right.columns.0;
        self.code.products.push(product);
        self.run(Work::Product(which), count, [Strided::default(); 3])
    }

    /// Copies in a row.
    pub fn gathered(&mut self, places: &[u32]) -> Option<Places> {
        let (from, _) = self.list(places.iter().copied())?;
        self.run(Work::Gather(from), places.len(), [Strided::default(); 3])
    }

    /// Places that lie a stride apart: those given, or those of copies.
    pub fn settled(&mut self, places: &[u32]) -> Option<Strided> {
        strided(places).or_else(|| strided(&self.gathered(places)?))
    }

    /// The places of a node's elements a stride apart: its own, or those of copies, where
    /// whoever reads it next will find it, too.
    pub fn settled_node(&mut self, id: NodeId) -> Option<Strided> {
        let places = self.of(id);
        let found = self.settled(&places)?;
        if places.first() != Some(&found.start) {
            self.places[id.index()] = (found.start..).take(places.len()).collect();
        }
        Some(found)
    }

    /// The code, with every place as it lies in the table: one that nobody reads, the
    /// constants, the arguments, the results, the numbers of runs.
    pub fn finish(self, guards: &[Guard], scalars: bool) -> Option<Code> {
        let (graph, mut code) = (self.graph, self.code);
        for guard in guards {
            match guard {
                Guard::Branch(comparison, holds) => {
                    let [a, b] = [comparison.left, comparison.right]
                        .map(|id| self.places[id.index()].first().copied());
                    code.checks.push(Check::Branch(comparison.compare, a?, b?, *holds));
                }
                Guard::Concrete(id, array) => {
                    let places = &self.places[id.index()];
                    if places.len() != array.len() {
                        return None;
                    }
                    for (number, &place) in numbers(array)?.zip(&**places) {
                        code.checks.push(Check::Bits(place, number.to_bits()));
                    }
                }
            }
        }
        for &id in graph.outputs() {
            if graph.dtype(id) != DType::Float64 {
                return None;
            }
            code.outputs.push(self.places[id.index()].to_vec());
        }
        let count = 1 + self.constants.len();
        let results = count + self.first + code.ops.len();
        u32::try_from(results + code.made).ok()?;
        let settle = |place: &mut u32| {
            *place = match *place {
                constant if constant & CONSTANT != 0 => 1 + (constant & !CONSTANT),
                made if made & MADE != 0 => results as u32 + (made & !MADE),
                other => count as u32 + other,
            };
        };
        for op in &mut code.ops {
            match op.code {
                Opcode::Select | Opcode::Line(_) | Opcode::Run | Opcode::Kernel => {}
                Opcode::Order(_) | Opcode::Row(_) => settle(&mut op.a),
                _ => {
                    settle(&mut op.a);
                    settle(&mut op.b);
                }
            }
        }
        for kernel in &mut code.kernels.all {
            if let kernel::Result::Row(to) = &mut kernel.result {
                settle(to);
            }
            for operand in &mut kernel.operands {
                if let Operand::Row(start, _) = operand {
                    settle(start);
                }
            }
        }
        code.kernels.graph = (!code.kernels.all.is_empty()).then(|| graph.clone());
        for run in &mut code.runs {
            settle(&mut run.to);
            run.from.iter_mut().for_each(|from| settle(&mut from.start));
        }
        for Product { left, right, .. } in &mut code.products {
            for place in [left, right] {
                let mut start = place.offset as u32;
                settle(&mut start);
                place.offset = start as usize;
            }
        }
        code.lists.iter_mut().for_each(settle);
        code.outputs.iter_mut().flatten().for_each(settle);
        for check in &mut code.checks {
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
        code.swept = scalars
            && matches!(code.outputs.as_slice(), [output] if output.len() == 1)
            && code.ops.iter().all(|op| op.code.is_smooth());
        code.constants = count;
        code.start = vec![0.0];
        code.start.extend(self.constants);
        code.start.resize(count + self.first, 0.0);
        Some(code)
    }
}

/// The first place, where places lie in a row.
pub(super) fn row(places: &[u32]) -> Option<u32> {
    strided(places).filter(|found| found.step == 1).map(|found| found.start)
}

/// The first place and the stride, where places lie a stride apart.
pub(super) fn strided(places: &[u32]) -> Option<Strided> {
    let (&start, rest) = places.split_first()?;
    let step = rest.first().map_or(1, |&second| second.wrapping_sub(start) as i32);
    let follow = places.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) as i32 == step);
    // Not from one region to another.
    let together = step == 0 || places.iter().all(|&place| (place ^ start) & (CONSTANT | MADE) == 0);
    (follow && together).then_some(Strided { start, step })
}
