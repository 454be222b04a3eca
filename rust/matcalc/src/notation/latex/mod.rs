//! LaTeX, as a textbook has it.

mod functions;
mod terms;

use pyframe_graph::Unary;

use super::constants::{Numeral, split};
use super::functions::kron_factor_name;
use super::layout::{Term, decimal, fraction};
use super::names;
use super::shared::Shared;
use super::sums::Sums;
use super::walk::{Between, LONG, Level, Line, Style, write, write_with_parts};
use crate::node::{Id, Map, Node};
use crate::size::{Dim, Type};
use crate::store::Store;

const BETWEEN: Between = Between {
    first: " \\\\ & \\text{where } ",
    next: " \\\\ & \\quad ",
    cut_off: |parts| format!("\\ldots \\text{{ (cut off: {parts} parts)}}"),
};

/// A formula of more signs than this is long to read.
const WIDE: usize = 120;

/// An expression in LaTeX, without dollar signs.  A long one is followed by the parts that stand in
/// it several times; one that is longer than all reason is cut off.
pub fn latex(store: &Store, id: Id) -> String {
    let tall = tall(store, id);
    let none = Shared::default();
    let plain = Latex { store, shared: &none, tall: &tall };
    if let Some(text) = write(&plain, &none, id, LONG) {
        return text;
    }
    with_parts(store, id, &Shared::of(store, id, |place| format!("t{place}")).renamed(names::name), &tall)
}

/// The same; one that is long to read is followed by its larger parts that stand in it several times,
/// which have letters there.
pub fn abbreviated(store: &Store, id: Id) -> String {
    let text = latex(store, id);
    if glyphs(&text) <= WIDE || text.len() > LONG {
        return text;
    }
    let shared = Shared::letters(store, id);
    if shared.is_empty() { text } else { with_parts(store, id, &shared, &tall(store, id)) }
}

/// About how many signs of a formula are seen.
fn glyphs(latex: &str) -> usize {
    let (mut seen, mut in_command) = (0, false);
    for c in latex.chars() {
        let begins = c == '\\';
        seen += usize::from(begins || !(in_command && c.is_ascii_alphabetic() || "{}^_ ".contains(c)));
        in_command = begins || in_command && c.is_ascii_alphabetic();
    }
    seen
}

/// An expression, and then its parts that have names.
fn with_parts(store: &Store, id: Id, shared: &Shared, tall: &[bool]) -> String {
    let short = Latex { store, shared, tall };
    let mut all = String::from("\\begin{aligned} & ");
    write_with_parts(&mut all, &BETWEEN, &short, store, shared, id);
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
            Node::Map(map, x) => self.call(functions::map_latex(map), &[x], line),
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

    fn parentheses(&self, id: Id) -> (&'static str, &'static str) {
        self.around(&[id])
    }
}

impl Sums for Latex<'_> {
    fn store(&self) -> &Store {
        self.store
    }

    fn shared(&self) -> &Shared {
        self.shared
    }

    fn term(&self, term: &Term, line: &mut Line) -> Level {
        self.product(term, line)
    }

    /// Beside a matrix a number would be read as a multiple of the identity; beside functions of its
    /// elements it is not.
    fn shows_ones(&self, id: Id) -> bool {
        let (store, ty) = (self.store, self.store.ty(id));
        let of_elements = |id| {
            matches!(
                store.node(id),
                Node::Map(..)
                    | Node::Hadamard(_)
                    | Node::Power(..)
                    | Node::Ones(_)
                    | Node::Larger(..)
                    | Node::Smaller(..)
            )
        };
        let elementwise = |&(term, _): &(Id, f64)| match store.node(term) {
            Node::Product { chain, .. } => chain.len() == 1 && of_elements(chain[0].0),
            _ => of_elements(term),
        };
        let wide = ty.rows != Dim::ONE && ty.columns != Dim::ONE;
        wide && !store.terms(id).iter().all(elementwise)
    }

    fn around_terms(&self, above: Numeral, below: Numeral) -> (String, String) {
        let open = match (above.is_one(), below.is_one()) {
            (true, true) => "(".to_owned(),
            (false, true) => format!("{} (", numeral(above)),
            (_, false) => format!("\\frac{{{}}}{{{}}} (", numeral(above), numeral(below)),
        };
        (open, ")".to_owned())
    }
}

impl Latex<'_> {
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
}
