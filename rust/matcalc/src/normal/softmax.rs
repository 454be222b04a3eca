//! softmax and logsumexp, of everything and of each row, under the ways in which they are written.

use pyframe_graph::Unary;

use super::product::Parts;
use crate::node::{Function, Id, Map, Node, Real};
use crate::store::Store;

impl Store {
    /// log(sum(exp(x))), log(exp(x) 1) and log(softmax(x)).
    pub(super) fn log_of_powers(&mut self, of: Id) -> Option<Id> {
        match *self.node(of) {
            Node::Transpose(turned) => {
                let log = self.log_of_powers(turned)?;
                Some(self.transpose(log))
            }
            Node::Function(Function::Softmax, x) => {
                let total = self.function(Function::Logsumexp, x);
                Some(self.sub(x, total))
            }
            Node::Function(Function::RowSoftmax, x) => {
                let totals = self.row_totals(x);
                Some(self.sub(x, totals))
            }
            Node::Function(Function::Total, powers) => {
                let x = self.logarithm(powers)?;
                Some(self.function(Function::Logsumexp, x))
            }
            _ => {
                let (x, turned) = self.logarithm_of_row_sums(of)?;
                let x = if turned { self.transpose(x) } else { x };
                Some(self.function(Function::RowLogsumexp, x))
            }
        }
    }

    /// exp(x - logsumexp(x)) is softmax(x), and so it is in rows.
    pub(super) fn softmax_of(&mut self, terms: &[(Id, Real)]) -> Option<Id> {
        for (place, &(term, c)) in terms.iter().enumerate() {
            let Node::Product { scalars, chain } = self.node(term) else { continue };
            let (x, softmax) = match (&**scalars, &**chain) {
                ([(total, e)], [(ones, 1)]) if e.get() == 1.0 && self.is_ones(*ones) => {
                    let Node::Function(Function::Logsumexp, x) = *self.node(*total) else { continue };
                    (x, Function::Softmax)
                }
                ([], [(totals, 1), (ones, 1)]) if self.is_ones(*ones) => {
                    let Node::Function(Function::RowLogsumexp, x) = *self.node(*totals) else { continue };
                    (x, Function::RowSoftmax)
                }
                _ => continue,
            };
            let rest = || terms.iter().enumerate().filter(|&(k, _)| k != place);
            let rest: Vec<_> = rest().map(|(_, &(term, c))| (term, c.get())).collect();
            if c.get() == -1.0 && self.sum(&rest) == x {
                return Some(self.function(softmax, x));
            }
        }
        None
    }

    /// exp(x) / sum(exp(x)) and diag(1 ./ (exp(x) 1)) exp(x).
    pub(super) fn join_softmax(&mut self, parts: &mut Parts) {
        if let &[(powers, 1)] = parts.chain.as_slice()
            && let Some(x) = self.logarithm(powers)
        {
            let total = self.function(Function::Total, powers);
            if let Some(place) = parts.scalars.iter().position(|&s| s == (total, -1.0)) {
                parts.scalars.remove(place);
                parts.chain[0].0 = self.function(Function::Softmax, x);
            }
        }
        let rows = |own: &Self, pair: &[(Id, i32)]| match *pair {
            [(scale, 1), (powers, 1)] => own.logarithm_in_rows(scale, powers),
            _ => None,
        };
        while let Some((place, x)) =
            (1..parts.chain.len()).find_map(|k| Some((k - 1, rows(self, &parts.chain[k - 1..=k])?)))
        {
            parts.chain.remove(place);
            parts.chain[place].0 = self.function(Function::RowSoftmax, x);
        }
    }

    /// logsumexp of each row, in all of its columns.
    fn row_totals(&mut self, x: Id) -> Id {
        let columns = self.ty(x).columns;
        let (totals, ones) =
            (self.function(Function::RowLogsumexp, x), self.ones(crate::size::Type::vector(columns)));
        let ones = self.transpose(ones);
        self.mul(totals, ones)
    }

    /// x of exp(x).
    fn logarithm(&self, powers: Id) -> Option<Id> {
        match *self.node(powers) {
            Node::Map(Map::Unary(Unary::Exp), x) => Some(x),
            _ => None,
        }
    }

    /// x of exp(x) 1, or of exp(x)' 1, which is told.
    fn logarithm_of_row_sums(&self, sums: Id) -> Option<(Id, bool)> {
        match self.node(sums) {
            Node::Product { scalars, chain } if scalars.is_empty() => match **chain {
                [(powers, 1), (ones, 1)] if self.is_column_of_ones(ones) => {
                    let turned = if let Node::Transpose(y) = *self.node(powers) { Some(y) } else { None };
                    Some((self.logarithm(turned.unwrap_or(powers))?, turned.is_some()))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// x of diag(1 ./ (exp(x) 1)) exp(x).
    fn logarithm_in_rows(&self, scale: Id, powers: Id) -> Option<Id> {
        let x = self.logarithm(powers)?;
        let Node::Function(Function::Diag, inverses) = *self.node(scale) else { return None };
        let sums = match self.node(inverses) {
            Node::Map(Map::Unary(Unary::Reciprocal), sums) => *sums,
            Node::Hadamard(factors) => match &**factors {
                [(sums, e)] if e.get() == -1.0 => *sums,
                _ => return None,
            },
            _ => return None,
        };
        (self.logarithm_of_row_sums(sums)? == (x, false)).then_some(x)
    }
}
