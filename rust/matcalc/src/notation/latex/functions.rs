//! Functions in LaTeX.

use pyframe_graph::Unary;

use super::{Latex, number};
use crate::node::{Function, Id, Map};
use crate::notation::functions::{function_name, map_name};
use crate::notation::inner::inner_product;
use crate::notation::squares;
use crate::notation::sums::Powers;
use crate::notation::walk::{Level, Line};

impl Latex<'_> {
    /// A function of a whole.
    pub(super) fn function(&self, function: Function, id: Id, x: Id, line: &mut Line) -> Level {
        let store = self.store;
        let ty = store.ty(x);
        match function {
            Function::Trace | Function::Total if let Some(root) = squares::root(store, self.shared, id) => {
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
}

/// The name of a function of each element.
pub(super) fn map_latex(map: Map) -> String {
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
