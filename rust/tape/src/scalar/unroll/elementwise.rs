//! Functions of each element, with broadcasting: a few operations, or one on all in a row.

use pyframe_graph::{Binary, DType, NodeId, Order, Unary, row_major_strides};

use super::super::code::Opcode;
use super::super::run::{Strided, Work};
use super::walk;
use super::writer::{Places, Writer};
use crate::kernels::walk::stretched;

/// From this many elements on a run costs less than one operation each.
const RUN: usize = 4;

/// The operation on the numbers of one element.
#[derive(Clone, Copy)]
pub(super) enum Element {
    One(Opcode),
    Order(Order, u32),
    Two(Opcode),
    Select,
}

impl From<Unary> for Opcode {
    fn from(f: Unary) -> Self {
        match f {
            Unary::Copy => Self::Copy,
            Unary::Neg => Self::Neg,
            Unary::Square => Self::Square,
            Unary::Reciprocal => Self::Reciprocal,
            Unary::Sqrt => Self::Sqrt,
            Unary::Exp => Self::Exp,
            Unary::Log => Self::Log,
            Unary::Sin => Self::Sin,
            Unary::Cos => Self::Cos,
            Unary::Tanh => Self::Tanh,
            other => Self::Unary(other),
        }
    }
}

impl From<Binary> for Opcode {
    fn from(f: Binary) -> Self {
        match f {
            Binary::Add => Self::Add,
            Binary::Sub => Self::Sub,
            Binary::Mul => Self::Mul,
            Binary::Div => Self::Div,
            Binary::Scale => Self::Scale,
            other => Self::Binary(other),
        }
    }
}

impl Writer<'_> {
    /// One operation for each element of a node, or a run of that work.
    pub(super) fn each(&mut self, id: NodeId, element: Element, work: Work) -> Option<Places> {
        let (graph, shape) = (self.graph, self.graph.shape(id));
        let operands = graph.operands(id);
        if operands.iter().any(|&x| graph.dtype(x) == DType::Int64) {
            return None;
        }
        let count: usize = shape.iter().product();
        let given: Vec<Places> = operands
            .iter()
            .map(|&x| {
                let (own, places) = (graph.shape(x), self.of(x));
                if own == shape {
                    return places;
                }
                let strides = stretched(own, &row_major_strides(own), shape);
                walk(shape, &strides, 0).into_iter().map(|place| places[place]).collect()
            })
            .collect();
        let all_one = |places: &Places| places.iter().all(|&place| place == places[0]);
        if count > 1 && given.iter().all(all_one) {
            let first: Vec<Places> = given.iter().map(|places| [places[0]].into()).collect();
            let place = self.element(element, &first, 0)?;
            return Some(vec![place; count].into());
        }
        let is_known = |places: &Places| places.iter().all(|&place| self.number(place).is_some());
        if count < RUN || given.iter().all(is_known) {
            let made: Vec<u32> =
                (0..count).map(|k| self.element(element, &given, k)).collect::<Option<_>>()?;
            let known: Option<Vec<f64>> = made.iter().map(|&place| self.number(place)).collect();
            return Some(known.map_or_else(|| made.into(), |numbers| self.constants(&numbers)));
        }
        if let Element::One(code) | Element::Two(code) = element
            && let Some(which) = self.given_back(code, &given[0], &given[given.len() - 1])
        {
            return Some(given[which].clone());
        }
        let mut from = [Strided::default(); 3];
        for (from, (places, &operand)) in from.iter_mut().zip(given.iter().zip(operands)) {
            *from = if graph.shape(operand) == shape {
                self.settled_node(operand)
            } else {
                self.settled(places)
            }?;
        }
        self.run(work, count, from)
    }

    fn element(&mut self, element: Element, given: &[Places], k: usize) -> Option<u32> {
        match element {
            Element::One(code) => self.push(code, given[0][k], given[0][k]),
            Element::Order(f, n) => self.push(Opcode::Order(f), given[0][k], n),
            Element::Two(code) => self.push(code, given[0][k], given[1][k]),
            Element::Select => {
                let (from, _) = self.list(given.iter().map(|places| places[k]))?;
                self.push(Opcode::Select, from, 0)
            }
        }
    }
}
