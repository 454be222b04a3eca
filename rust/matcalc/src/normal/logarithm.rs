//! Logarithms of products that overflow: of determinants, of powers of a size, of exponentials.

use pyframe_graph::Unary;

use crate::facts::Facts;
use crate::node::{Function, Id, Map, Node};
use crate::store::Store;

impl Store {
    /// The logarithm of a product as a sum, where it has such a factor; also of its absolute value.
    pub(super) fn log_of_product(&mut self, x: Id) -> Option<Id> {
        let (product, absolute) = match *self.node(x) {
            Node::Map(Map::Unary(Unary::Abs), inner) => (inner, true),
            _ => (x, false),
        };
        let (product, number) = match self.node(product) {
            Node::Sum(terms) if terms.len() == 1 && terms[0].1.get() > 0.0 => (terms[0].0, terms[0].1.get()),
            _ => (product, 1.0),
        };
        let factors = match self.node(product) {
            Node::Product { scalars, chain } if chain.is_empty() => {
                scalars.iter().map(|&(s, e)| (s, e.get())).collect()
            }
            _ => vec![(product, 1.0)],
        };
        let (mut logs, mut rest) = (Vec::with_capacity(factors.len()), Vec::new());
        for (factor, e) in factors {
            match self.log_of_factor(factor, absolute || e % 2.0 == 0.0) {
                Some(log) => logs.push((log, e)),
                None => rest.push((factor, e)),
            }
        }
        let is_det = |&(factor, _): &(Id, f64)| matches!(self.node(factor), Node::Function(Function::Det, _));
        if logs.is_empty() && (number == 1.0 || !rest.iter().any(is_det)) {
            return None;
        }
        if number != 1.0 {
            let number = self.number(number);
            logs.push((self.map(Map::Unary(Unary::Log), number), 1.0));
        }
        if !rest.is_empty() {
            let rest = self.product(1.0, &rest, &[]);
            let rest = if absolute { self.map(Map::Unary(Unary::Abs), rest) } else { rest };
            logs.push((self.map(Map::Unary(Unary::Log), rest), 1.0));
        }
        Some(self.sum(&logs))
    }

    /// The logarithm of a positive factor that may overflow, or of the size of one.
    fn log_of_factor(&mut self, factor: Id, unsigned: bool) -> Option<Id> {
        match *self.node(factor) {
            Node::Function(Function::Det, u) if unsigned || self.is(factor, Facts::NONNEGATIVE) => {
                Some(self.function(Function::LogDet, u))
            }
            Node::Map(Map::Unary(Unary::Abs), u) => match *self.node(u) {
                Node::Function(Function::Det, u) => Some(self.function(Function::LogDet, u)),
                _ => None,
            },
            Node::Map(Map::Unary(Unary::Exp), u) => Some(u),
            Node::Power(base, exponent) if self.is(base, Facts::POSITIVE) => {
                let log = self.map(Map::Unary(Unary::Log), base);
                Some(self.mul(exponent, log))
            }
            _ => None,
        }
    }
}
