//! Products and powers in the language.

use super::Text;
use crate::facts::Facts;
use crate::node::{Id, Node};
use crate::notation::constants::Numeral;
use crate::notation::inner::Side;
use crate::notation::layout::{Body, Term, decimal, fraction};
use crate::notation::squares::Root;
use crate::notation::sums::Powers;
use crate::notation::walk::{Level, Line};

impl Text<'_> {
    /// A number, scalars and what they scale.
    pub(super) fn product(&self, term: &Term, line: &mut Line) -> Level {
        let mut first = true;
        let mut level = Level::Atom;
        let shown = if term.count() == 0 { term.number.count().max(1) } else { term.number.count() };
        let (root, count) = self.square_in(term);
        let below = term.below.len() + term.divisor.count();
        if term.negative {
            line.text("-");
        }
        if shown > 0 {
            line.text(numeral(term.number));
            first = false;
        }
        let alone = if count == 1 { Level::Product } else { Level::Power };
        for &(scalar, e) in &term.above {
            line.between(&mut first, "*");
            level = self.raised(scalar, e, "^", alone, line);
        }
        match &term.body {
            Body::Empty => {}
            Body::Whole(id) => {
                line.between(&mut first, "*").part(*id, alone);
                level = Level::Product;
            }
            Body::Chain(chain) => match root {
                Some(root) => level = self.norm_power(&root, 2.0, line.between(&mut first, "*")),
                None => level = self.chain(chain, &mut first, Level::Power, line),
            },
            Body::Elements { above, below } => {
                let mut product = "*";
                for &(factor, e) in above {
                    line.between(&mut first, product);
                    level = self.raised(factor, e, ".^", Level::Power, line);
                    product = ".*";
                }
                if !below.is_empty() {
                    line.text("./");
                    self.divisor(Numeral::ONE, below, (".*", ".^"), line);
                    level = Level::Product;
                }
            }
        }
        if below > 0 {
            line.text("/");
            self.divisor(term.divisor, &term.below, ("*", "^"), line);
        }
        match () {
            () if term.negative => Level::Sum,
            () if below > 0 || count + shown > 1 => Level::Product,
            () => level,
        }
    }

    /// One side of an inner product.
    pub(super) fn side(&self, side: Side, line: &mut Line) {
        let (id, e) = side.factor;
        match (side.flipped, e) {
            (false, _) => {
                self.factor(side.factor, Level::Sum, line);
            }
            (true, 1) => {
                line.part(id, Level::Postfix).text("'");
            }
            (true, _) => {
                line.text("inv(").part(id, Level::Sum).text(")'");
            }
        }
    }

    /// A matrix to an integer power.
    fn factor(&self, (id, e): (Id, i32), level: Level, line: &mut Line) -> Level {
        let store = self.store;
        if e == 1 {
            line.part(id, level);
            return level;
        }
        if e < 0 && store.is(id, Facts::ORTHOGONAL) {
            line.part(id, Level::Postfix).text("'");
            if e == -1 {
                return Level::Postfix;
            }
            line.text(format!("^{}", -e));
            return Level::Power;
        }
        if e != -1 {
            // (X^2)' rather than X'^2.
            if let Node::Transpose(x) = *store.node(id)
                && self.shared.name(id).is_none()
            {
                line.text("(").part(x, Level::Postfix).text(format!("^{e})'"));
                return Level::Postfix;
            }
            line.part(id, Level::Postfix).text(format!("^{e}"));
            return Level::Power;
        }
        match *store.node(id) {
            Node::Transpose(x) if self.shared.name(id).is_none() => {
                line.text("inv(").part(x, Level::Sum).text(")'");
                Level::Postfix
            }
            _ => {
                line.text("inv(").part(id, Level::Sum).text(")");
                Level::Atom
            }
        }
    }

    /// Matrices to integer powers, from left to right; a single one binds at least so tightly.
    fn chain(&self, chain: &[(Id, i32)], first: &mut bool, alone: Level, line: &mut Line) -> Level {
        let single = if chain.len() == 1 { alone } else { Level::Power };
        let mut level = Level::Atom;
        for &factor in chain {
            level = self.factor(factor, single, line.between(first, "*"));
        }
        if chain.len() > 1 { Level::Product } else { level }
    }

    /// What stands below a fraction bar.
    fn divisor(
        &self,
        number: Numeral,
        factors: &[(Id, f64)],
        (times, power): (&'static str, &'static str),
        line: &mut Line,
    ) {
        let several = factors.len() + number.count() > 1;
        let mut first = true;
        line.text(if several { "(" } else { "" });
        if !number.is_one() {
            line.between(&mut first, times).text(numeral(number));
        }
        for &(factor, e) in factors {
            line.between(&mut first, times);
            self.raised(factor, e, power, Level::Power, line);
        }
        line.text(if several { ")" } else { "" });
    }
}

impl Powers for Text<'_> {
    fn norm_power(&self, root: &Root, power: f64, line: &mut Line) -> Level {
        line.text("norm2(");
        match root {
            Root::Chain(chain) => {
                self.chain(chain, &mut true, Level::Sum, line);
            }
            Root::Elements(factors) => {
                let mut first = true;
                for &factor in factors {
                    line.between(&mut first, ".*").part(factor, Level::Power);
                }
            }
        }
        line.text(format!(")^{}", decimal(power)));
        Level::Power
    }

    fn square_root(&self, id: Id, line: &mut Line) -> Level {
        line.text("sqrt(").part(id, Level::Sum).text(")");
        Level::Atom
    }

    fn power(&self, id: Id, e: f64, sign: &'static str, line: &mut Line) -> Level {
        line.part(id, Level::Postfix).text(sign);
        line.text(match fraction(e) {
            (number, 1.0) => decimal(number),
            (above, below) => format!("({}/{})", decimal(above), decimal(below)),
        });
        Level::Power
    }
}

/// A number and a constant.
pub(super) fn numeral(of: Numeral) -> String {
    let (number, constant) = of.factors();
    let factors = [number.map(decimal), constant.map(|own| own.text().to_owned())];
    factors.into_iter().flatten().collect::<Vec<_>>().join("*")
}
