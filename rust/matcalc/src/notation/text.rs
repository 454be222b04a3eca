//! The language: what is written here is read back as the same expression.

use std::fmt::Write;

use pyframe_graph::Unary;
use rustc_hash::FxHashSet;

use super::constants::Numeral;
use super::inner::{Side, inner_product};
use super::layout::{Body, Group, Term, decimal, fraction, grouped, stretches_beside, terms, unstretched};
use super::shared::Shared;
use super::squares;
use super::walk::{Level, Line, Style, write};
use crate::facts::Facts;
use crate::node::{Function, Id, Map, Node, Place};
use crate::size::{Dim, Type};
use crate::store::Store;

/// From this many bytes on, parts that stand in several places are written once.
pub(super) const LONG: usize = 20_000;
/// What is longer than this is cut off.
pub(super) const LONGEST: usize = 200_000;

/// An expression in the language.  A long one is followed by `where` and the parts that stand in
/// it several times; one that is longer than all reason is cut off.
pub fn text(store: &Store, id: Id) -> String {
    let declared = declared_sizes(store, id);
    let plain = Text { store, shared: &Shared::default(), declared: &declared };
    if let Some(text) = write(&plain, plain.shared, id, LONG) {
        return text;
    }
    let shared = Shared::of(store, id, |place| format!("t{place}"));
    let short = Text { store, shared: &shared, declared: &declared };
    let mut all = String::new();
    for (place, part) in shared.with_parts(id).enumerate() {
        let Some(text) = write(&short, &shared, part, LONGEST.saturating_sub(all.len())) else {
            let parts = store.reachable(&[id]).len();
            let _ = write!(all, "... (cut off: {parts} parts)");
            break;
        };
        let _ = match (place, shared.name(part)) {
            (0, _) | (_, None) => write!(all, "{text}"),
            (1, Some(name)) => write!(all, "\nwhere {name} = {text}"),
            (_, Some(name)) => write!(all, "\n      {name} = {text}"),
        };
    }
    all
}

/// The name of a function of each element.
pub(super) fn map_name(map: Map) -> &'static str {
    match map {
        Map::Unary(Unary::Expit) => "sigmoid",
        Map::Unary(unary) => unary.name(),
        Map::Relu => "relu",
        Map::Step => "step",
    }
}

/// The name of a function of a whole.
pub(crate) fn function_name(function: Function) -> &'static str {
    match function {
        Function::Trace => "tr",
        Function::Total => "sum",
        Function::Det => "det",
        Function::LogDet => "logdet",
        Function::Cofactor => "cof",
        Function::PseudoInverse => "pinv",
        Function::Expm => "expm",
        Function::Diag => "diag",
        Function::Diagonal => "diagv",
        Function::Upper => "triu",
        Function::Toeplitz => "toeplitz",
        Function::Vec => "vec",
        Function::Unvec(_) => "unvec",
        Function::Norm1 => "norm1",
        Function::Norm2 => "norm2",
        Function::NormP(_) => "normp",
        Function::Nuclear => "nuc",
        Function::Spectral => "norms",
        Function::LargestEigenvalue => "lmax",
        Function::SmallestEigenvalue => "lmin",
        Function::Polar => "polar",
        Function::Leading => "leading",
        Function::LargestProjector => "pmax",
        Function::SmallestProjector => "pmin",
        Function::LargestResolvent => "rmax",
        Function::SmallestResolvent => "rmin",
        Function::Max => "max",
        Function::Min => "min",
        Function::AtMax => "atmax",
        Function::AtMin => "atmin",
        Function::Logsumexp => "logsumexp",
        Function::Softmax => "softmax",
    }
}

/// The name of a factor of a Kronecker product.
pub(crate) fn kron_factor_name(place: Place) -> &'static str {
    match place {
        Place::Left => "kronl",
        Place::Right => "kronr",
    }
}

/// The sizes that are known for sizes wherever the text is read: those of symbols in it, or the
/// whole of it.
fn declared_sizes(store: &Store, id: Id) -> FxHashSet<&str> {
    let mut names = FxHashSet::default();
    let mut declare = |dim: Dim| names.extend(store.sizes.factors(dim).1.iter().map(|name| &**name));
    if let Node::Size(dim) = *store.node(id) {
        declare(dim);
    }
    for part in store.reachable(&[id]) {
        if let Some(own) = store.named(part) {
            declare(own.ty.rows);
            declare(own.ty.columns);
        }
    }
    names
}

struct Text<'a> {
    store: &'a Store,
    shared: &'a Shared,
    /// Names that are read as sizes.
    declared: &'a FxHashSet<&'a str>,
}

impl Style for Text<'_> {
    fn line(&self, id: Id) -> (Level, Line) {
        let mut line = Line::default();
        let level = self.lay(id, &mut line);
        (level, line)
    }

    fn parentheses(&self, _: Id) -> (&'static str, &'static str) {
        ("(", ")")
    }
}

impl Text<'_> {
    fn lay(&self, id: Id, line: &mut Line) -> Level {
        let store = self.store;
        match *store.node(id) {
            Node::Sum(_) => return self.sum(id, line),
            Node::Number(_) | Node::Product { .. } | Node::Hadamard(_) => {
                return self.term(&Term::inside(store, self.shared, id, 1.0), line);
            }
            Node::Size(dim) => {
                let (number, names) = store.sizes.factors(dim);
                if !names.iter().all(|name| self.declared.contains(&**name)) {
                    line.text(format!("tr(eye({}))", store.sizes.text(dim)));
                    return Level::Atom;
                }
                line.text(store.sizes.text(dim));
                let single = names.len() + usize::from(number != 1) <= 1;
                return if single { Level::Atom } else { Level::Product };
            }
            Node::Symbol(symbol) => {
                line.text(store.declaration(symbol).name.to_string());
            }
            Node::Eye(dim) => {
                line.text(format!("eye({})", store.sizes.text(dim)));
            }
            Node::Ones(ty) => return self.constant("ones", ty, line),
            Node::Zeros(ty) => return self.constant("zeros", ty, line),
            Node::Commutation(ty) => {
                let (rows, columns) = (store.sizes.text(ty.rows), store.sizes.text(ty.columns));
                line.text(format!("commutation({rows}, {columns})"));
            }
            Node::Transpose(x) => {
                line.part(x, Level::Postfix).text("'");
                return Level::Postfix;
            }
            Node::Map(map, x) => call(map_name(map), &[x], line),
            Node::Power(x, y) => {
                let scalar = store.ty(id).is_scalar();
                self.operand(x, y, Level::Postfix, line);
                line.text(if scalar { "^" } else { ".^" }).part(y, Level::Atom);
                return Level::Power;
            }
            Node::Function(Function::Trace, _) if let Some(root) = squares::root(store, self.shared, id) => {
                return self.norm_power(&root, 2.0, line);
            }
            Node::Function(Function::Trace, x) if self.shared.name(x).is_none() => {
                match inner_product(store, x) {
                    Some([first, second]) => {
                        line.text("inner(");
                        self.side(first, line);
                        line.text(", ");
                        self.side(second, line);
                        line.text(")");
                    }
                    None => call("tr", &[x], line),
                }
            }
            Node::Function(function, x) => match function {
                Function::Unvec(rows) => {
                    line.text("unvec(").part(x, Level::Sum);
                    line.text(format!(", {})", store.sizes.text(rows)));
                }
                Function::NormP(p) => {
                    line.text("normp(").part(x, Level::Sum).text(format!(", {})", decimal(p.get())));
                }
                _ => call(function_name(function), &[x], line),
            },
            Node::ExpmFrechet(x, ref along) => call("dexpm", &[&[x], &along[..]].concat(), line),
            Node::CofactorFrechet(x, ref along) => call("dcof", &[&[x], &along[..]].concat(), line),
            Node::Sylvester(ref operands) => call("sylv", operands, line),
            Node::Kron(x, y) => call("kron", &[x, y], line),
            Node::KronFactor(place, x, y) => call(kron_factor_name(place), &[x, y], line),
            Node::Larger(x, y) | Node::Smaller(x, y) => {
                line.text(if matches!(store.node(id), Node::Larger(..)) { "max(" } else { "min(" });
                self.operand(x, y, Level::Sum, line);
                line.text(", ");
                self.operand(y, x, Level::Sum, line);
                line.text(")");
            }
            Node::Apply(operator, ref operands) => {
                let name = store.operator_at(operator).name.to_string();
                line.text(name);
                call("", operands, line);
            }
            Node::Differential(x) => call("d", &[x], line),
        }
        Level::Atom
    }

    /// One of two operands of which a scalar one is stretched.
    fn operand(&self, id: Id, other: Id, level: Level, line: &mut Line) {
        let store = self.store;
        if !stretches_beside(store, self.shared, id, other) {
            line.part(id, level);
            return;
        }
        let mut inside = Line::default();
        let own = self.term(&unstretched(store, self.shared, id), &mut inside);
        let closed = own < level;
        line.text(if closed { "(" } else { "" });
        line.0.extend(inside.0);
        line.text(if closed { ")" } else { "" });
    }

    fn constant(&self, name: &'static str, ty: Type, line: &mut Line) -> Level {
        let text = |dim: Dim| self.store.sizes.text(dim);
        line.text(match ty {
            _ if ty.is_row() => format!("{name}({})'", text(ty.columns)),
            _ if ty.is_column() => format!("{name}({})", text(ty.rows)),
            _ => format!("{name}({}, {})", text(ty.rows), text(ty.columns)),
        });
        if ty.is_row() { Level::Postfix } else { Level::Atom }
    }

    fn sum(&self, id: Id, line: &mut Line) -> Level {
        let groups = grouped(terms(self.store, self.shared, id));
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
        line.text(if above.is_one() { "(".to_owned() } else { format!("{}*(", numeral(above)) });
        for (place, term) in group.terms.iter().enumerate() {
            line.text(if place > 0 && !term.negative { " + " } else { "" });
            line.text(if place > 0 && term.negative { " - " } else { "" });
            self.term(&Term { negative: term.negative && place == 0, ..term.clone() }, line);
        }
        line.text(match below.count() {
            0 => ")".to_owned(),
            1 => format!(")/{}", numeral(below)),
            _ => format!(")/({})", numeral(below)),
        });
        Level::Product
    }

    fn term(&self, term: &Term, line: &mut Line) -> Level {
        let mut first = true;
        let mut level = Level::Atom;
        let shown = if term.count() == 0 { term.number.count().max(1) } else { term.number.count() };
        let root = match &term.body {
            Body::Chain(chain) => squares::root_of_scalar(self.store, chain),
            _ => None,
        };
        let count = if root.is_some() { term.above.len() + 1 } else { term.count() };
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
    fn side(&self, side: Side, line: &mut Line) {
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

    /// A norm of R to a power.
    fn norm_power(&self, root: &[(Id, i32)], power: f64, line: &mut Line) -> Level {
        line.text("norm2(");
        self.chain(root, &mut true, Level::Sum, line);
        line.text(format!(")^{}", decimal(power)));
        Level::Power
    }

    /// A scalar or the elements of a matrix to a positive power.
    fn raised(&self, id: Id, e: f64, power: &'static str, level: Level, line: &mut Line) -> Level {
        if e.fract() == 0.0
            && let Some(root) = squares::root(self.store, self.shared, id)
        {
            return self.norm_power(&root, 2.0 * e, line);
        }
        if e == 1.0 {
            line.part(id, level);
            return level;
        }
        if e == 0.5 {
            line.text("sqrt(").part(id, Level::Sum).text(")");
            return Level::Atom;
        }
        line.part(id, Level::Postfix).text(power);
        line.text(match fraction(e) {
            (number, 1.0) => decimal(number),
            (above, below) => format!("({}/{})", decimal(above), decimal(below)),
        });
        Level::Power
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

/// A number and a constant.
fn numeral(of: Numeral) -> String {
    let (number, constant) = of.factors();
    let factors = [number.map(decimal), constant.map(|own| own.text().to_owned())];
    factors.into_iter().flatten().collect::<Vec<_>>().join("*")
}

fn call(name: &'static str, operands: &[Id], line: &mut Line) {
    line.text(name).text("(");
    let mut first = true;
    for &operand in operands {
        line.between(&mut first, ", ").part(operand, Level::Sum);
    }
    line.text(")");
}
