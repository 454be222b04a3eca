//! LaTeX, as a textbook has it.

use std::fmt::Write;

use pyframe_graph::Unary;

use super::constants::{Numeral, split};
use super::inner::{Side, inner_product};
use super::layout::{Body, Group, Term, decimal, fraction, grouped, stretches_beside, terms, unstretched};
use super::names;
use super::shared::Shared;
use super::squares;
use super::text::{LONG, LONGEST, function_name, kron_factor_name, map_name};
use super::walk::{Level, Line, Style, write};
use crate::facts::Facts;
use crate::node::{Function, Id, Map, Node};
use crate::size::{Dim, Type};
use crate::store::Store;

/// An expression in LaTeX, without dollar signs.  A long one is followed by the parts that stand in
/// it several times; one that is longer than all reason is cut off.
pub fn latex(store: &Store, id: Id) -> String {
    let tall = tall(store, id);
    let none = Shared::default();
    let plain = Latex { store, shared: &none, tall: &tall };
    if let Some(text) = write(&plain, &none, id, LONG) {
        return text;
    }
    let shared = Shared::of(store, id, |place| format!("t{place}")).renamed(names::name);
    let short = Latex { store, shared: &shared, tall: &tall };
    let mut all = String::from("\\begin{aligned} & ");
    for (place, part) in shared.with_parts(id).enumerate() {
        let Some(text) = write(&short, &shared, part, LONGEST.saturating_sub(all.len())) else {
            let parts = store.reachable(&[id]).len();
            let _ = write!(all, "\\ldots \\text{{ (cut off: {parts} parts)}}");
            break;
        };
        let _ = match (place, shared.name(part)) {
            (0, _) | (_, None) => write!(all, "{text}"),
            (1, Some(name)) => write!(all, " \\\\ & \\text{{where }} {name} = {text}"),
            (_, Some(name)) => write!(all, " \\\\ & \\quad {name} = {text}"),
        };
    }
    all.push_str(" \\end{aligned}");
    all
}

/// Which expressions are higher than a line, by their places.
fn tall(store: &Store, id: Id) -> Vec<bool> {
    let mut tall = vec![false; id.index() + 1];
    let has_bar = |c: f64| !split(store, c.abs()).1.is_one();
    for part in store.reachable(&[id]) {
        let bar = match store.node(part) {
            Node::Product { scalars, .. } => scalars.iter().any(|(_, e)| e.get() < 0.0),
            Node::Sum(terms) => terms.iter().any(|(_, c)| has_bar(c.get())),
            Node::Number(c) => has_bar(c.get()),
            _ => false,
        };
        tall[part.index()] = bar || store.node(part).children().iter().any(|child| tall[child.index()]);
    }
    tall
}

/// A number in mathematics.
fn number(x: f64) -> String {
    let text = decimal(x);
    match text.split_once('e') {
        Some(("1", power)) => format!("10^{{{power}}}"),
        Some((digits, power)) => format!("{digits} \\cdot 10^{{{power}}}"),
        None => text.replace("inf", "\\infty"),
    }
}

/// A number and a constant.
fn numeral(of: Numeral) -> String {
    let (plain, constant) = of.factors();
    let factors = [plain.map(number), constant.map(|own| own.latex().to_owned())];
    factors.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// An exponent.
fn exponent(e: f64) -> String {
    match fraction(e) {
        (above, 1.0) => decimal(above),
        (above, below) => format!("{}/{}", decimal(above), decimal(below)),
    }
}

struct Latex<'a> {
    store: &'a Store,
    shared: &'a Shared,
    tall: &'a [bool],
}

impl Style for Latex<'_> {
    fn line(&self, id: Id) -> (Level, Line) {
        let mut line = Line::default();
        let level = self.lay(id, &mut line);
        (level, line)
    }

    fn parentheses(&self, id: Id) -> (&'static str, &'static str) {
        self.around(&[id])
    }
}

impl Latex<'_> {
    fn lay(&self, id: Id, line: &mut Line) -> Level {
        let store = self.store;
        match *store.node(id) {
            Node::Sum(_) => return self.sum(id, line),
            Node::Number(_) | Node::Product { .. } | Node::Hadamard(_) => {
                return self.term(&Term::inside(store, self.shared, id, 1.0), line);
            }
            Node::Size(dim) => {
                line.text(self.size(dim));
                let (number, names) = store.sizes.factors(dim);
                let single = names.len() + usize::from(number != 1) <= 1;
                return if single { Level::Atom } else { Level::Product };
            }
            Node::Symbol(symbol) => {
                let own = store.declaration(symbol);
                if own.differential.is_some() {
                    line.text(format!(
                        "\\mathrm{{d}}{}",
                        names::name(own.name.strip_prefix('d').unwrap_or(&own.name))
                    ));
                    return Level::Postfix;
                }
                line.text(names::name(&own.name));
            }
            Node::Eye(dim) => {
                line.text(format!("I_{{{}}}", self.size(dim)));
            }
            Node::Ones(ty) => return self.constant("1", ty, line),
            Node::Zeros(ty) => return self.constant("0", ty, line),
            Node::Commutation(ty) => {
                line.text(format!("K_{{{},{}}}", self.size(ty.rows), self.size(ty.columns)));
            }
            Node::Transpose(x) => return self.superscript(x, "\\top", line),
            Node::Map(Map::Unary(Unary::Abs), x) => {
                line.text("\\left|").part(x, Level::Sum).text("\\right|");
            }
            Node::Map(map, x) => self.call(map_latex(map), &[x], line),
            Node::Power(x, y) => {
                let scalar = store.ty(id).is_scalar();
                self.operand(x, y, Level::Atom, line);
                line.text(if scalar { "^{" } else { "^{\\odot " }).part(y, Level::Sum).text("}");
                return Level::Power;
            }
            Node::Function(function, x) => return self.function(function, id, x, line),
            Node::ExpmFrechet(x, ref along) => {
                self.call("\\operatorname{dexpm}".into(), &[&[x], &along[..]].concat(), line);
            }
            Node::CofactorFrechet(x, ref along) => {
                self.call("\\operatorname{dcof}".into(), &[&[x], &along[..]].concat(), line);
            }
            Node::Sylvester(ref operands) => self.call("\\operatorname{sylv}".into(), operands, line),
            Node::KronFactor(place, x, y) => {
                self.call(format!("\\operatorname{{{}}}", kron_factor_name(place)), &[x, y], line);
            }
            Node::Kron(x, y) => {
                line.part(x, Level::Power).text(" \\otimes ").part(y, Level::Power);
                return Level::Product;
            }
            Node::Larger(x, y) | Node::Smaller(x, y) => {
                let (open, close) = self.around(&[x, y]);
                let larger = matches!(store.node(id), Node::Larger(..));
                line.text(if larger { "\\max" } else { "\\min" }).text(open);
                self.operand(x, y, Level::Sum, line);
                line.text(", ");
                self.operand(y, x, Level::Sum, line);
                line.text(close);
            }
            Node::Apply(operator, ref operands) => {
                let name = names::escaped(&store.operator_at(operator).name);
                self.call(format!("\\operatorname{{{name}}}"), operands, line);
            }
            Node::Differential(x) => {
                line.text("\\mathrm{d}").part(x, Level::Atom);
                return Level::Postfix;
            }
        }
        Level::Atom
    }

    fn function(&self, function: Function, id: Id, x: Id, line: &mut Line) -> Level {
        let store = self.store;
        let ty = store.ty(x);
        match function {
            Function::Trace if let Some(root) = squares::root(store, self.shared, id) => {
                return self.norm_power(&root, 2.0, line);
            }
            Function::Trace if self.shared.name(x).is_none() => match inner_product(store, x) {
                Some([first, second]) => {
                    let (open, close) = if self.tall[x.index()] {
                        ("\\left\\langle ", "\\right\\rangle")
                    } else {
                        ("\\langle ", "\\rangle")
                    };
                    line.text(open);
                    self.side(first, line);
                    line.text(", ");
                    self.side(second, line);
                    line.text(close);
                }
                None => self.call("\\operatorname{tr}".into(), &[x], line),
            },
            Function::Total if ty.is_column() => {
                line.text("\\mathbf{1}^{\\top} ").part(x, Level::Power);
                return Level::Product;
            }
            Function::Det | Function::LogDet => {
                line.text(if function == Function::Det { "\\det" } else { "\\log\\det" });
                if store.named(x).is_some() && self.shared.name(x).is_none() {
                    line.text(" ").part(x, Level::Sum);
                    return Level::Product;
                }
                self.call(String::new(), &[x], line);
            }
            Function::PseudoInverse => return self.superscript(x, "+", line),
            Function::Expm => {
                line.text("e^{").part(x, Level::Sum).text("}");
                return Level::Power;
            }
            Function::Norm1 => self.norm(x, true, "1".into(), line),
            Function::Norm2 => self.norm(x, false, if ty.is_column() { "2" } else { "F" }.into(), line),
            Function::NormP(p) => self.norm(x, true, number(p.get()), line),
            Function::Nuclear => self.norm(x, false, "*".into(), line),
            Function::Spectral => self.norm(x, false, "2".into(), line),
            Function::LargestEigenvalue => self.call("\\lambda_{\\max}".into(), &[x], line),
            Function::SmallestEigenvalue => self.call("\\lambda_{\\min}".into(), &[x], line),
            Function::Max | Function::Min => self.call(format!("\\{}", function_name(function)), &[x], line),
            Function::Unvec(rows) => {
                self.call(format!("\\operatorname{{unvec}}_{{{}}}", self.size(rows)), &[x], line);
            }
            _ => self.call(format!("\\operatorname{{{}}}", function_name(function)), &[x], line),
        }
        Level::Atom
    }

    /// A norm; one of elements is that of a vector.
    fn norm(&self, x: Id, of_elements: bool, index: String, line: &mut Line) {
        if of_elements && !self.store.ty(x).is_column() {
            line.text("\\left\\Vert \\operatorname{vec}(").part(x, Level::Sum).text(")\\right\\Vert_{");
        } else {
            line.text("\\left\\Vert ").part(x, Level::Sum).text("\\right\\Vert_{");
        }
        line.text(index).text("}");
    }

    fn size(&self, dim: Dim) -> String {
        let (number, sizes) = self.store.sizes.factors(dim);
        let number = (number != 1 || sizes.is_empty()).then(|| number.to_string());
        number.into_iter().chain(sizes.iter().map(|size| names::name(size))).collect::<Vec<_>>().join(" ")
    }

    /// Parentheses as high as what is inside.
    fn around(&self, parts: &[Id]) -> (&'static str, &'static str) {
        let tall = parts.iter().any(|part| self.tall[part.index()] && self.shared.name(*part).is_none());
        if tall { ("\\left(", "\\right)") } else { ("(", ")") }
    }

    fn call(&self, name: String, operands: &[Id], line: &mut Line) {
        let (open, close) = self.around(operands);
        line.text(name).text(open);
        let mut first = true;
        for &operand in operands {
            line.between(&mut first, ", ").part(operand, Level::Sum);
        }
        line.text(close);
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
        let (open, close) = if own < level { self.around(&[id]) } else { ("", "") };
        line.text(open);
        line.0.extend(inside.0);
        line.text(close);
    }

    fn constant(&self, digit: &str, ty: Type, line: &mut Line) -> Level {
        let size = |dim| self.size(dim);
        line.text(match ty {
            _ if ty.is_row() => format!("\\mathbf{{{digit}}}_{{{}}}^{{\\top}}", size(ty.columns)),
            _ if ty.is_column() => format!("\\mathbf{{{digit}}}_{{{}}}", size(ty.rows)),
            _ => format!("\\mathbf{{{digit}}}_{{{} \\times {}}}", size(ty.rows), size(ty.columns)),
        });
        if ty.is_row() { Level::Power } else { Level::Atom }
    }

    fn superscript(&self, x: Id, mark: &'static str, line: &mut Line) -> Level {
        let differential = self.store.named(x).is_some_and(|own| own.differential.is_some());
        let level = if differential { Level::Postfix } else { Level::Atom };
        line.part(x, level).text("^{").text(mark).text("}");
        Level::Power
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
        line.text(match (above.is_one(), below.is_one()) {
            (true, true) => String::new(),
            (false, true) => format!("{} ", numeral(above)),
            (_, false) => format!("\\frac{{{}}}{{{}}} ", numeral(above), numeral(below)),
        });
        line.text("(");
        for (place, term) in group.terms.iter().enumerate() {
            line.text(if place > 0 && !term.negative { " + " } else { "" });
            line.text(if place > 0 && term.negative { " - " } else { "" });
            self.term(&Term { negative: term.negative && place == 0, ..term.clone() }, line);
        }
        line.text(")");
        Level::Product
    }

    fn term(&self, term: &Term, line: &mut Line) -> Level {
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
        let root = match &term.body {
            Body::Chain(chain) => squares::root_of_scalar(self.store, chain),
            _ => None,
        };
        let count = if root.is_some() { term.above.len() + 1 } else { term.count() };
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
    fn side(&self, side: Side, line: &mut Line) {
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

    /// A norm of R to a power.
    fn norm_power(&self, root: &[(Id, i32)], power: f64, line: &mut Line) -> Level {
        let column = root.last().is_some_and(|factor| self.store.ty(factor.0).is_column());
        line.text("\\left\\Vert ");
        self.chain(root, Level::Sum, line);
        line.text(format!("\\right\\Vert_{{{}}}^{{{}}}", if column { "2" } else { "F" }, exponent(power)));
        Level::Power
    }

    /// A scalar or the elements of a matrix to a positive power.
    fn raised(&self, id: Id, e: f64, mark: &'static str, level: Level, line: &mut Line) -> Level {
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
            line.text("\\sqrt{").part(id, Level::Sum).text("}");
            return Level::Atom;
        }
        line.part(id, Level::Atom).text("^{").text(mark).text(exponent(e)).text("}");
        Level::Power
    }
}

/// The name of a function of each element.
fn map_latex(map: Map) -> String {
    match map {
        Map::Unary(Unary::Expit) => "\\sigma".to_owned(),
        Map::Unary(
            Unary::Exp
            | Unary::Log
            | Unary::Sin
            | Unary::Cos
            | Unary::Tan
            | Unary::Sinh
            | Unary::Cosh
            | Unary::Tanh
            | Unary::Arcsin
            | Unary::Arccos
            | Unary::Arctan,
        ) => format!("\\{}", map_name(map)),
        _ => format!("\\operatorname{{{}}}", map_name(map).replace('_', "\\_")),
    }
}
