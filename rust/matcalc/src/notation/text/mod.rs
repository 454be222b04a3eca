//! The language: what is written here is read back as the same expression.

mod terms;

use rustc_hash::FxHashSet;

use super::constants::Numeral;
use super::functions::{function_name, kron_factor_name, map_name};
use super::inner::inner_product;
use super::layout::{Term, decimal};
use super::shared::Shared;
use super::squares;
use super::sums::{Powers, Sums};
use super::walk::{Between, LONG, Level, Line, Style, write, write_with_parts};
use crate::node::{Function, Id, Node};
use crate::size::{Dim, Type};
use crate::store::Store;

const BETWEEN: Between =
    Between { first: "\nwhere ", next: "\n      ", cut_off: |parts| format!("... (cut off: {parts} parts)") };

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
    write_with_parts(&mut all, &BETWEEN, &short, store, &shared, id);
    all
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
            Node::Function(Function::Trace | Function::Total, _)
                if let Some(root) = squares::root(store, self.shared, id) =>
            {
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

    fn parentheses(&self, _: Id) -> (&'static str, &'static str) {
        ("(", ")")
    }
}

impl Sums for Text<'_> {
    fn store(&self) -> &Store {
        self.store
    }

    fn shared(&self) -> &Shared {
        self.shared
    }

    fn term(&self, term: &Term, line: &mut Line) -> Level {
        self.product(term, line)
    }

    fn around_terms(&self, above: Numeral, below: Numeral) -> (String, String) {
        let open = if above.is_one() { "(".to_owned() } else { format!("{}*(", terms::numeral(above)) };
        let close = match below.count() {
            0 => ")".to_owned(),
            1 => format!(")/{}", terms::numeral(below)),
            _ => format!(")/({})", terms::numeral(below)),
        };
        (open, close)
    }
}

impl Text<'_> {
    fn constant(&self, name: &'static str, ty: Type, line: &mut Line) -> Level {
        let text = |dim: Dim| self.store.sizes.text(dim);
        line.text(match ty {
            _ if ty.is_row() => format!("{name}({})'", text(ty.columns)),
            _ if ty.is_column() => format!("{name}({})", text(ty.rows)),
            _ => format!("{name}({}, {})", text(ty.rows), text(ty.columns)),
        });
        if ty.is_row() { Level::Postfix } else { Level::Atom }
    }
}

fn call(name: &'static str, operands: &[Id], line: &mut Line) {
    line.text(name).text("(");
    let mut first = true;
    for &operand in operands {
        line.between(&mut first, ", ").part(operand, Level::Sum);
    }
    line.text(")");
}
