//! The rules that the lines of a derivation follow by, in the language and in LaTeX.
//!
//! Those of sums, products and inner products are written as the lecture has them; that of any
//! other operator is its differential at names that stand for the operands.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::differential;
use crate::facts::Facts;
use crate::node::{Function, Id, Node};
use crate::notation::{self, reads_as_inner};
use crate::rebuild::{dim_in, import_with};
use crate::size::Type;
use crate::store::{Declaration, Store};

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// In the language.
    pub text: Cow<'static, str>,
    /// In LaTeX.
    pub latex: Cow<'static, str>,
}

const fn rule(text: &'static str, latex: &'static str) -> Rule {
    Rule { text: Cow::Borrowed(text), latex: Cow::Borrowed(latex) }
}

const CHAIN: Rule = rule("chain rule", "\\text{chain rule}");
pub(super) const CONSTANT: Rule = rule("dA = 0", "\\mathrm{d}A = 0");
const SCALED: Rule = rule("d(alpha*X) = alpha*dX", "\\mathrm{d}(\\alpha X) = \\alpha \\, \\mathrm{d}X");
const SUM: Rule = rule("d(X + Y) = dX + dY", "\\mathrm{d}(X + Y) = \\mathrm{d}X + \\mathrm{d}Y");
pub(super) const TRANSPOSE: Rule = rule("d(X') = dX'", "\\mathrm{d}(X^{\\top}) = (\\mathrm{d}X)^{\\top}");
const LINEAR: Rule = rule("d(A*X*B) = A*dX*B", "\\mathrm{d}(A X B) = A \\, \\mathrm{d}X \\, B");
const PRODUCT: Rule =
    rule("d(X*Y) = dX*Y + X*dY", "\\mathrm{d}(X Y) = \\mathrm{d}X \\, Y + X \\, \\mathrm{d}Y");
const INNER: Rule = rule(
    "d(inner(X, Y)) = inner(dX, Y) + inner(X, dY)",
    "\\mathrm{d}\\langle X, Y\\rangle = \\langle \\mathrm{d}X, Y\\rangle + \\langle X, \\mathrm{d}Y\\rangle",
);
const INNER_LINEAR: Rule = rule(
    "d(inner(A, X)) = inner(A, dX)",
    "\\mathrm{d}\\langle A, X\\rangle = \\langle A, \\mathrm{d}X\\rangle",
);
const TRACE: Rule =
    rule("d(tr(X)) = tr(dX)", "\\mathrm{d}\\operatorname{tr}(X) = \\operatorname{tr}(\\mathrm{d}X)");
pub(super) const QUOTIENT: Rule = rule(
    "d(X/s) = (s*dX - ds*X)/s^2",
    "\\mathrm{d}\\frac{X}{s} = \\frac{s \\, \\mathrm{d}X - \\mathrm{d}s \\, X}{s^{2}}",
);
pub(super) const RECIPROCAL: Rule =
    rule("d(A/s) = -ds*A/s^2", "\\mathrm{d}\\frac{A}{s} = -\\frac{\\mathrm{d}s \\, A}{s^{2}}");
pub(super) const DIVIDED: Rule =
    rule("(X + Y)/s = X/s + Y/s", "\\frac{X + Y}{s} = \\frac{X}{s} + \\frac{Y}{s}");
const POWER: Rule = rule("d(s^k) = k*s^(k-1)*ds", "\\mathrm{d}(s^{k}) = k s^{k - 1} \\, \\mathrm{d}s");
const INVERSE: Rule =
    rule("d(inv(X)) = -inv(X)*dX*inv(X)", "\\mathrm{d}(X^{-1}) = -X^{-1} \\, \\mathrm{d}X \\, X^{-1}");
const ELEMENTS: Rule = rule(
    "d(X.*Y) = dX.*Y + X.*dY",
    "\\mathrm{d}(X \\odot Y) = \\mathrm{d}X \\odot Y + X \\odot \\mathrm{d}Y",
);
const ELEMENTS_LINEAR: Rule = rule("d(A.*X) = A.*dX", "\\mathrm{d}(A \\odot X) = A \\odot \\mathrm{d}X");
const POWERS: Rule =
    rule("d(X.^k) = k*X.^(k-1).*dX", "\\mathrm{d}(X^{\\odot k}) = k X^{\\odot (k - 1)} \\odot \\mathrm{d}X");

pub(super) const FACTORED: Rule = rule("common factors", "\\text{common factors}");
const TOGETHER: Rule = rule(
    "inner(A, dX) + inner(B, dX) = inner(A + B, dX)",
    "\\langle A, \\mathrm{d}X\\rangle + \\langle B, \\mathrm{d}X\\rangle = \\langle A + B, \\mathrm{d}X\\rangle",
);
const TOGETHER_SCALARS: Rule =
    rule("a*ds + b*ds = (a + b)*ds", "a \\, \\mathrm{d}s + b \\, \\mathrm{d}s = (a + b) \\, \\mathrm{d}s");
const SCALED_INNER: Rule = rule(
    "s*inner(A, dX) = inner(s*A, dX)",
    "s \\langle A, \\mathrm{d}X\\rangle = \\langle s A, \\mathrm{d}X\\rangle",
);
const AROUND: Rule = rule(
    "inner(A, B*dX*C) = inner(B'*A*C', dX)",
    "\\langle A, B \\, \\mathrm{d}X \\, C\\rangle = \\langle B^{\\top} A C^{\\top}, \\mathrm{d}X\\rangle",
);
const TURNED: Rule = rule(
    "inner(A, dX') = inner(A', dX)",
    "\\langle A, (\\mathrm{d}X)^{\\top}\\rangle = \\langle A^{\\top}, \\mathrm{d}X\\rangle",
);
const WEIGHTED: Rule = rule(
    "inner(A, B.*dX) = inner(A.*B, dX)",
    "\\langle A, B \\odot \\mathrm{d}X\\rangle = \\langle A \\odot B, \\mathrm{d}X\\rangle",
);
const TRACED: Rule =
    rule("tr(dX) = inner(I, dX)", "\\operatorname{tr}(\\mathrm{d}X) = \\langle I, \\mathrm{d}X\\rangle");
const TRACED_PRODUCT: Rule = rule(
    "tr(A*dX) = inner(A', dX)",
    "\\operatorname{tr}(A \\, \\mathrm{d}X) = \\langle A^{\\top}, \\mathrm{d}X\\rangle",
);
const SUMMED: Rule = rule(
    "sum(dX) = inner(ones, dX)",
    "\\operatorname{sum}(\\mathrm{d}X) = \\langle \\mathbf{1}, \\mathrm{d}X\\rangle",
);
const DIAGONAL: Rule = rule(
    "inner(A, diag(dx)) = inner(diagv(A), dx)",
    "\\langle A, \\operatorname{diag}(\\mathrm{d}x)\\rangle = \\langle \\operatorname{diagv}(A), \\mathrm{d}x\\rangle",
);
const OF_DIAGONAL: Rule = rule(
    "inner(a, diagv(dX)) = inner(diag(a), dX)",
    "\\langle a, \\operatorname{diagv}(\\mathrm{d}X)\\rangle = \\langle \\operatorname{diag}(a), \\mathrm{d}X\\rangle",
);
const ADJOINT: Rule = rule(
    "inner(A, L(dX)) = inner(L*(A), dX)",
    "\\langle A, L(\\mathrm{d}X)\\rangle = \\langle L^{*}(A), \\mathrm{d}X\\rangle",
);

/// Rules, each once.
#[derive(Debug, Default)]
pub(super) struct Rules(pub(super) Vec<Rule>);

impl Rules {
    pub(super) fn push(&mut self, rule: Rule) {
        if !self.0.contains(&rule) {
            self.0.push(rule);
        }
    }

    pub(super) fn push_if(&mut self, holds: bool, rule: Rule) {
        if holds {
            self.push(rule);
        }
    }

    /// By which rules the differential of an expression is that of its parts.
    pub(super) fn of_differential(&mut self, store: &Store, id: Id, of: Id) {
        let moving = |part: Id| store.contains(part, of);
        match store.node(id) {
            _ if !moving(id) => self.push(CONSTANT),
            Node::Symbol(_) => {}
            Node::Sum(terms) if terms.len() == 1 => self.push(SCALED),
            Node::Sum(terms) => {
                self.push(SUM);
                self.push_if(terms.iter().any(|term| !moving(term.0)), CONSTANT);
            }
            Node::Product { scalars, chain } => {
                let inside = scalars.iter().filter(|s| moving(s.0)).count();
                let around: usize =
                    chain.iter().filter(|f| moving(f.0)).map(|f| f.1.unsigned_abs() as usize).sum();
                match inside + around {
                    1 if around == 1 && chain.len() > 1 => self.push(LINEAR),
                    1 => self.push_if(scalars.len() + chain.len() > 1, SCALED),
                    _ => self.push(PRODUCT),
                }
                self.of_inverses(store, chain.iter().filter(|f| f.1 < 0 && moving(f.0)));
                self.push_if(scalars.iter().any(|s| s.1.get() != 1.0 && moving(s.0)), POWER);
            }
            Node::Hadamard(factors) => {
                let many = factors.iter().filter(|f| moving(f.0)).count();
                self.push_if(many > 1, ELEMENTS);
                self.push_if(many == 1 && factors.len() > 1, ELEMENTS_LINEAR);
                self.push_if(factors.iter().any(|f| f.1.get() != 1.0 && moving(f.0)), POWERS);
            }
            Node::Transpose(_) => self.push(TRANSPOSE),
            &Node::Function(Function::Trace, x) => match store.node(x) {
                Node::Product { chain, .. } if reads_as_inner(store, x) => {
                    let both = chain.iter().filter(|f| moving(f.0)).count() > 1;
                    self.push(if both { INNER } else { INNER_LINEAR });
                    self.of_inverses(store, chain.iter().filter(|f| f.1 < 0 && moving(f.0)));
                }
                Node::Product { .. } => {
                    self.push(TRACE);
                    self.of_differential(store, x, of);
                }
                _ => self.push(TRACE),
            },
            node => {
                let linear =
                    matches!(node, Node::Function(Function::Total | Function::Diag | Function::Diagonal, _));
                let further = node.children().iter().any(|&part| part != of && moving(part));
                self.push_if(further && !linear, CHAIN);
                if let Some(own) = stated(store, id, of) {
                    self.push(own);
                }
            }
        }
    }

    /// By which rules inverses move, of which that of an orthogonal matrix is its transpose.
    fn of_inverses<'a>(&mut self, store: &Store, inverses: impl Iterator<Item = &'a (Id, i32)>) {
        for &(matrix, _) in inverses {
            self.push(if store.is(matrix, Facts::ORTHOGONAL) { TRANSPOSE } else { INVERSE });
        }
    }

    /// By which rules a scalar that is linear in a direction is an inner product with it.
    pub(super) fn of_collecting(&mut self, store: &Store, linear: Id, direction: Id) {
        if store.ty(direction).is_scalar() {
            return self.push(TOGETHER_SCALARS);
        }
        let moves = store.containing(direction, linear);
        let moving = |id: Id| moves.get(id.index()).copied().unwrap_or(false);
        let traced = |id: Id| matches!(*store.node(id), Node::Function(Function::Trace, x) if moving(x));
        let under: Vec<Id> = store
            .reachable(&[linear])
            .into_iter()
            .filter(|&id| traced(id))
            .flat_map(|id| store.node(id).children())
            .collect();
        for id in store.reachable(&[linear]).into_iter().rev().filter(|&id| moving(id)) {
            match store.node(id) {
                Node::Product { chain, .. } => {
                    let Some(place) = chain.iter().position(|f| moving(f.0)) else { continue };
                    let plain = chain[place].0 == direction;
                    match chain.len() {
                        2 if under.contains(&id) => {
                            self.push_if(plain && !reads_as_inner(store, id), TRACED_PRODUCT);
                        }
                        // dx'*a is a'*dx.
                        2 if store.ty(id).is_scalar() => {}
                        1 => {}
                        _ => self.push(AROUND),
                    }
                }
                Node::Transpose(x) => self.push_if(!store.ty(*x).is_column(), TURNED),
                Node::Hadamard(_) => self.push(WEIGHTED),
                Node::Function(Function::Trace, x) => self.push_if(*x == direction, TRACED),
                Node::Function(Function::Total, _) => self.push(SUMMED),
                Node::Function(Function::Diag, _) => self.push(DIAGONAL),
                Node::Function(Function::Diagonal, _) => self.push(OF_DIAGONAL),
                Node::Sum(_) | Node::Symbol(_) => {}
                _ => self.push(ADJOINT),
            }
        }
        if self.0.is_empty() {
            let several = store.terms(linear).len() > 1;
            self.push(if several { TOGETHER } else { SCALED_INNER });
        }
    }
}

/// The rule of an operator, at names for its operands.
fn stated(store: &Store, id: Id, of: Id) -> Option<Rule> {
    let mut plain = Store::default();
    let mut replaced: FxHashMap<Id, Id> = FxHashMap::default();
    let mut along = Vec::new();
    let mut names = [["s", "t", "u"].iter(), ["x", "y", "z"].iter(), ["X", "Y", "Z"].iter()];
    for operand in store.node(id).children() {
        if replaced.contains_key(&operand) {
            continue;
        }
        let ty = store.ty(operand);
        let kind = if ty.is_scalar() { 0 } else { 1 + usize::from(!ty.is_column()) };
        let name = *names[kind].next()?;
        let ty = Type::new(dim_in(store, ty.rows, &mut plain), dim_in(store, ty.columns, &mut plain));
        let facts = store.facts(operand);
        let symbol = plain.symbol(Declaration { name: name.into(), ty, facts, differential: None });
        if store.contains(operand, of) {
            let direction = plain.differential_symbol(symbol, 1, false);
            along.push((symbol, direction));
        }
        replaced.insert(operand, symbol);
    }
    let whole = import_with(store, id, &mut plain, &replaced);
    let moved = differential(&mut plain, whole, &along).ok()?;
    let moved = moved.unwrap_or_else(|| plain.zeros(plain.ty(whole)));
    let left = plain.differential_of(whole);
    let written =
        |write: fn(&Store, Id) -> String| format!("{} = {}", write(&plain, left), write(&plain, moved));
    Some(Rule { text: written(notation::text).into(), latex: written(notation::latex).into() })
}
