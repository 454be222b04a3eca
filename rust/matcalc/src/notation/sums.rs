//! Sums, what stands beside an operator, and powers, in all ways of writing.

use super::constants::Numeral;
use super::layout::{Body, Group, Term, grouped, stretches_beside, terms, unstretched};
use super::shared::Shared;
use super::squares::{self, Root};
use super::walk::{Level, Line, Style};
use crate::node::Id;
use crate::store::Store;

/// How sums are written, by how their terms are.
pub(super) trait Sums: Style {
    fn store(&self) -> &Store;
    fn shared(&self) -> &Shared;
    /// A number, scalars and what they scale.
    fn term(&self, term: &Term, line: &mut Line) -> Level;
    /// What stands around terms that have a number above and one below in common.
    fn around_terms(&self, above: Numeral, below: Numeral) -> (String, String);

    /// Whether the ones are written that a number among the terms of a sum stretches to.
    fn shows_ones(&self, _: Id) -> bool {
        false
    }

    fn sum(&self, id: Id, line: &mut Line) -> Level {
        let groups = grouped(terms(self.store(), self.shared(), id, self.shows_ones(id)));
        let (single, mut level) = (groups.len() == 1, Level::Sum);
        for (place, group) in groups.iter().enumerate() {
            line.text(match (place, group.negative) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            });
            let own = self.group(group, line);
            if single && !group.negative {
                level = own;
            }
        }
        level
    }

    /// Terms of a sum with what they have in common.
    fn group(&self, group: &Group, line: &mut Line) -> Level {
        if let (None, [only]) = (group.common, group.terms.as_slice()) {
            return self.term(only, line);
        }
        let (above, below) = group.common.unwrap_or((Numeral::ONE, Numeral::ONE));
        let (open, close) = self.around_terms(above, below);
        line.text(open);
        for (place, term) in group.terms.iter().enumerate() {
            line.text(if place > 0 && !term.negative { " + " } else { "" });
            line.text(if place > 0 && term.negative { " - " } else { "" });
            self.term(&Term { negative: term.negative && place == 0, ..term.clone() }, line);
        }
        line.text(close);
        Level::Product
    }

    /// One of two operands of which a scalar one is stretched.
    fn operand(&self, id: Id, other: Id, level: Level, line: &mut Line) {
        let (store, shared) = (self.store(), self.shared());
        if !stretches_beside(store, shared, id, other) {
            line.part(id, level);
            return;
        }
        let mut inside = Line::default();
        let own = self.term(&unstretched(store, shared, id), &mut inside);
        let (open, close) = if own < level { self.parentheses(id) } else { ("", "") };
        line.text(open);
        line.0.extend(inside.0);
        line.text(close);
    }
}

/// How powers are written.
pub(super) trait Powers: Sums {
    /// A norm of R to a power.
    fn norm_power(&self, root: &Root, power: f64, line: &mut Line) -> Level;

    /// The square root of a scalar or of elements.
    fn square_root(&self, id: Id, line: &mut Line) -> Level;

    /// A scalar or elements to another power than 1 and 1/2, which the sign says.
    fn power(&self, id: Id, e: f64, sign: &'static str, line: &mut Line) -> Level;

    /// A scalar or the elements of a matrix to a positive power; by itself it binds at least so tightly.
    fn raised(&self, id: Id, e: f64, sign: &'static str, level: Level, line: &mut Line) -> Level {
        if e.fract() == 0.0
            && let Some(root) = squares::root(self.store(), self.shared(), id)
        {
            return self.norm_power(&root, 2.0 * e, line);
        }
        if e == 1.0 {
            line.part(id, level);
            return level;
        }
        if e == 0.5 { self.square_root(id, line) } else { self.power(id, e, sign, line) }
    }

    /// R, where the matrices of a term are <R, R>, and how many things stand beside the number then.
    fn square_in(&self, term: &Term) -> (Option<Root>, usize) {
        let root = match &term.body {
            Body::Chain(chain) => squares::root_of_scalar(self.store(), chain),
            _ => None,
        };
        let count = if root.is_some() { term.above.len() + 1 } else { term.count() };
        (root, count)
    }
}
