//! Fractions, products and powers in LaTeX.

use super::{Latex, exponent, numeral};
use crate::facts::Facts;
use crate::node::{Id, Node};
use crate::notation::inner::Side;
use crate::notation::layout::{Body, Term};
use crate::notation::squares::Root;
use crate::notation::sums::Powers;
use crate::notation::walk::{Level, Line};

impl Latex<'_> {
    /// A number, scalars and what they scale.
    pub(super) fn product(&self, term: &Term, line: &mut Line) -> Level {
        let mut inside = Line::default();
        let level = match () {
            () if !term.below.is_empty() => self.quotient(term, &mut inside),
            () if term.divisor.is_one() => self.numerator(term, true, Level::Product, &mut inside),
            () => {
                let (above, below) = (numeral(term.number), numeral(term.divisor));
                inside.text(format!("\\frac{{{above}}}{{{below}}}"));
                if term.count() > 0 || matches!(term.body, Body::Elements { .. }) {
                    let apart = term.first().is_some_and(|factor| self.is_differential(factor));
                    inside.text(if apart { " \\, " } else { " " });
                    self.numerator(term, false, Level::Product, &mut inside);
                }
                Level::Product
            }
        };
        line.text(if term.negative { "-" } else { "" });
        line.0.extend(inside.0);
        if term.negative { Level::Sum } else { level }
    }

    /// A fraction with scalars below the bar.
    fn quotient(&self, term: &Term, line: &mut Line) -> Level {
        line.text("\\frac{");
        self.numerator(term, true, Level::Sum, line);
        line.text("}{");
        let mut first = true;
        if !term.divisor.is_one() {
            line.between(&mut first, " ").text(numeral(term.divisor));
        }
        let level = if first && term.below.len() == 1 { Level::Sum } else { Level::Power };
        for &(factor, e) in &term.below {
            line.between(&mut first, " ");
            self.raised(factor, e, "", level, line);
        }
        line.text("}");
        Level::Product
    }

    /// What stands above the bar; a single factor binds at least as tightly as this.
    fn numerator(&self, term: &Term, with_number: bool, alone: Level, line: &mut Line) -> Level {
        let dividing = matches!(&term.body, Body::Elements { below, .. } if !below.is_empty());
        let shown = with_number && (!term.number.is_one() || term.count() == 0);
        let (root, count) = self.square_in(term);
        let shown_factors = if shown { term.number.count().max(1) } else { 0 };
        let (count, mut first, mut level) = (count + shown_factors, true, Level::Atom);
        let single = match () {
            () if count > 1 || dividing => Level::Power,
            () if !with_number => Level::Product,
            () => alone,
        };
        if shown {
            line.text(numeral(term.number));
            first = false;
        }
        let mut apart = false;
        for &(scalar, e) in &term.above {
            line.between(&mut first, self.times(apart, scalar));
            level = self.raised(scalar, e, "", single, line);
            apart = self.is_differential(scalar);
        }
        match &term.body {
            Body::Empty => {}
            Body::Whole(id) => {
                let loose = if term.above.is_empty() { single.min(Level::Product) } else { single };
                line.between(&mut first, self.times(apart, *id)).part(*id, loose);
                level = Level::Product;
            }
            Body::Chain(chain) => {
                level = if let Some(root) = root {
                    self.norm_power(&root, 2.0, line.between(&mut first, " "))
                } else {
                    line.between(&mut first, self.times(apart, chain[0].0));
                    self.chain(chain, Level::Power, line)
                };
            }
            Body::Elements { above, below } => {
                let mut product = " ";
                for &(factor, e) in above {
                    line.between(&mut first, product);
                    level = self.raised(factor, e, "\\odot ", Level::Power, line);
                    product = " \\odot ";
                }
                if dividing {
                    line.text(if first { "1 \\oslash " } else { " \\oslash " });
                    let several = below.len() > 1;
                    line.text(if several { "(" } else { "" });
                    let mut first = true;
                    for &(factor, e) in below {
                        line.between(&mut first, " \\odot ");
                        self.raised(factor, e, "\\odot ", Level::Power, line);
                    }
                    line.text(if several { ")" } else { "" });
                }
            }
        }
        if count > 1 || dividing { Level::Product } else { level }
    }

    /// What separates a factor from what stands before it: a dot before a digit, a space around
    /// a differential.
    fn times(&self, apart: bool, next: Id) -> &'static str {
        let digit =
            |id| matches!(self.store.node(id), Node::Power(x, _) if self.store.as_number(*x).is_some());
        match () {
            () if digit(next) => " \\cdot ",
            () if apart || self.is_differential(next) => " \\, ",
            () => " ",
        }
    }

    /// One side of an inner product.
    pub(super) fn side(&self, side: Side, line: &mut Line) {
        let (id, e) = side.factor;
        if side.flipped {
            self.superscript(id, if e == 1 { "\\top" } else { "-\\top" }, line);
        } else {
            self.factor(side.factor, Level::Sum, line);
        }
    }

    /// Whether a factor is a differential, which stands apart.
    fn is_differential(&self, id: Id) -> bool {
        let id = match *self.store.node(id) {
            Node::Transpose(x) => x,
            _ => id,
        };
        matches!(self.store.node(id), Node::Differential(_))
            || self.store.named(id).is_some_and(|own| own.differential.is_some())
    }

    /// A matrix to an integer power.
    fn factor(&self, (id, e): (Id, i32), level: Level, line: &mut Line) -> Level {
        let store = self.store;
        if e == 1 {
            line.part(id, level);
            return level;
        }
        let named = self.shared.name(id).is_some();
        match *store.node(id) {
            _ if e < 0 && store.is(id, Facts::ORTHOGONAL) => {
                line.part(id, Level::Atom);
                line.text(if e == -1 { "^{\\top}".to_owned() } else { format!("^{{\\top {}}}", -e) });
            }
            Node::Transpose(x) if e == -1 && !named => {
                line.part(x, Level::Atom).text("^{-\\top}");
            }
            Node::Transpose(x) if !named => {
                line.text("(").part(x, Level::Atom).text(format!("^{{{e}}})^{{\\top}}"));
            }
            _ => {
                line.part(id, Level::Atom).text(format!("^{{{e}}}"));
            }
        }
        Level::Power
    }

    /// Matrices to integer powers, from left to right; a single one binds at least so tightly.
    fn chain(&self, chain: &[(Id, i32)], alone: Level, line: &mut Line) -> Level {
        let single = if chain.len() == 1 { alone } else { Level::Power };
        let (mut first, mut apart, mut level) = (true, false, Level::Atom);
        for &factor in chain {
            line.between(&mut first, self.times(apart, factor.0));
            level = self.factor(factor, single, line);
            apart = self.is_differential(factor.0);
        }
        if chain.len() > 1 { Level::Product } else { level }
    }
}

impl Powers for Latex<'_> {
    fn norm_power(&self, root: &Root, power: f64, line: &mut Line) -> Level {
        line.text("\\left\\Vert ");
        let last = match root {
            Root::Chain(chain) => {
                self.chain(chain, Level::Sum, line);
                chain.last().map(|factor| factor.0)
            }
            Root::Elements(factors) => {
                let mut first = true;
                for &factor in factors {
                    line.between(&mut first, " \\odot ").part(factor, Level::Power);
                }
                factors.last().copied()
            }
        };
        let column = last.is_some_and(|last| self.store.ty(last).is_column());
        line.text(format!("\\right\\Vert_{{{}}}^{{{}}}", if column { "2" } else { "F" }, exponent(power)));
        Level::Power
    }

    fn square_root(&self, id: Id, line: &mut Line) -> Level {
        line.text("\\sqrt{").part(id, Level::Sum).text("}");
        Level::Atom
    }

    fn power(&self, id: Id, e: f64, sign: &'static str, line: &mut Line) -> Level {
        line.part(id, Level::Atom).text("^{").text(sign).text(exponent(e)).text("}");
        Level::Power
    }
}
