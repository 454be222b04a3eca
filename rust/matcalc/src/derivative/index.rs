//! Derivatives of any order in index notation: a multilinear form as a sum of contractions.

use smallvec::SmallVec;

use super::divisors::shared_out;
use super::{MissingRule, differential, gradient};
use crate::node::{Function, Id, Node};
use crate::size::{Dim, Type};
use crate::store::Store;

/// A derivative: a form that is linear in each direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Derivative {
    /// The form; zeros where there is nothing to differentiate.
    pub form: Id,
    /// Its directions, in the order of the axes that follow those of the form.
    pub directions: Vec<Id>,
}

/// A product of tensors summed over the labels that the output has not; a label that stands
/// twice in the output is a diagonal: other elements are 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Contraction {
    /// In front.
    pub coefficient: f64,
    /// Each with a label for every axis that is longer than one.
    pub factors: Vec<(Id, String)>,
    /// The labels of the result's axes.
    pub output: String,
}

/// The derivative in several names, one after the other; the gradient of a scalar is collected.
pub fn derivative(store: &mut Store, f: Id, names: &[Id]) -> Result<Derivative, MissingRule> {
    let (mut form, mut rest) = (f, names);
    if let (true, [first, others @ ..]) = (store.ty(f).is_scalar(), names) {
        form = gradient(store, f, *first)?;
        rest = others;
    }
    let mut directions = Vec::with_capacity(rest.len());
    for (k, &name) in rest.iter().enumerate() {
        let direction = store.differential_symbol(name, k as u32 + 1, rest.len() > 1);
        directions.push(direction);
        let ty = store.ty(form);
        form = match differential(store, form, &[(name, direction)])? {
            Some(moved) => moved,
            None => store.zeros(ty),
        };
    }
    Ok(Derivative { form: super::factored(store, form), directions })
}

/// More terms than these are better evaluated otherwise.
const MOST_TERMS: usize = 2_000;
/// Deeper forms than this are better evaluated otherwise.
const DEEPEST: usize = 100;

pub(super) type Label = u16;
pub(super) type Factors = Vec<(Id, SmallVec<[Label; 2]>)>;

#[derive(Clone, Debug, Default)]
struct Term {
    coefficient: f64,
    factors: Factors,
    equal: Vec<(Label, Label)>,
}

/// The contractions whose sum is the derivative; nothing where it is no such sum.
///
/// Products that do not move are one factor, or factor by factor when they shall be `apart`.
pub fn contractions(store: &mut Store, derivative: &Derivative, apart: bool) -> Option<Vec<Contraction>> {
    let Derivative { form, directions } = derivative;
    if store.is_zero(*form) {
        return Some(Vec::new());
    }
    let moves = directions.iter().fold(vec![false; form.index() + 1], |mut moves, &direction| {
        if direction <= *form {
            let own = store.containing(direction, *form);
            moves.iter_mut().zip(own).for_each(|(all, own)| *all |= own);
        }
        moves
    });
    let mut walk = Walk { store, moves, directions: Vec::new(), labels: 0, terms: 0, apart };
    let ty = walk.store.ty(*form);
    let mut output = Vec::new();
    let [row, column] = walk.labels_of(ty);
    output.extend([row, column].into_iter().flatten());
    for &direction in directions {
        let ty = walk.store.ty(direction);
        let labels = walk.labels_of(ty);
        output.extend(labels.into_iter().flatten());
        walk.directions.push((direction, labels));
    }
    let terms = walk.terms(*form, row, column, 0)?;
    terms.into_iter().map(|term| finished(walk.store, term, &output)).collect()
}

struct Walk<'a> {
    store: &'a mut Store,
    moves: Vec<bool>,
    directions: Vec<(Id, [Option<Label>; 2])>,
    labels: Label,
    terms: usize,
    apart: bool,
}

impl Walk<'_> {
    fn moving(&self, id: Id) -> bool {
        self.moves.get(id.index()).copied().unwrap_or(false)
    }

    fn label(&mut self, dim: Dim) -> Option<Label> {
        if dim == Dim::ONE {
            return None;
        }
        self.labels += 1;
        Some(self.labels)
    }

    fn labels_of(&mut self, ty: Type) -> [Option<Label>; 2] {
        [self.label(ty.rows), self.label(ty.columns)]
    }

    /// A new label for the rows of the next factor of a chain; that of its columns at its end.
    fn label_before(&mut self, next: Option<&(Id, i32)>, column: Option<Label>) -> Option<Label> {
        match next {
            Some(&(factor, _)) => self.label(self.store.ty(factor).rows),
            None => column,
        }
    }

    /// The terms of an expression whose axes have these labels.
    fn terms(
        &mut self,
        id: Id,
        row: Option<Label>,
        column: Option<Label>,
        depth: usize,
    ) -> Option<Vec<Term>> {
        if depth > DEEPEST {
            return None;
        }
        if !self.moving(id) {
            return self.fixed(id, row, column, depth);
        }
        if let Some(&(_, own)) = self.directions.iter().find(|(direction, _)| *direction == id) {
            let equal = [(row, own[0]), (column, own[1])].into_iter().filter_map(|(a, b)| a.zip(b));
            return Some(vec![Term { coefficient: 1.0, factors: Vec::new(), equal: equal.collect() }]);
        }
        match self.store.node(id).clone() {
            Node::Sum(terms) => {
                let mut all = Vec::new();
                for (term, c) in terms {
                    for mut own in self.terms(term, row, column, depth + 1)? {
                        own.coefficient *= c.get();
                        all.push(own);
                    }
                    if all.len() > MOST_TERMS {
                        return None;
                    }
                }
                Some(all)
            }
            Node::Product { scalars, chain } => {
                let (moved, fixed): (Vec<_>, Vec<_>) =
                    scalars.iter().map(|&(s, e)| (s, e.get())).partition(|&(s, _)| self.moving(s));
                let fixed = self.store.product(1.0, &fixed, &[]);
                let mut product = vec![self.constant(fixed, None, None)];
                for (scalar, _) in moved {
                    product = self.times(&product, scalar, None, None, depth)?;
                }
                let mut left = row;
                let mut k = 0;
                while k < chain.len() {
                    // Factors that stay are one, but for what lies between a column and a row.
                    let mut end = k + 1;
                    if !self.moving(chain[k].0) {
                        while end < chain.len()
                            && !self.moving(chain[end].0)
                            && self.store.ty(chain[end].0).rows != Dim::ONE
                        {
                            end += 1;
                        }
                    }
                    let own = self.store.product(1.0, &[], &chain[k..end]);
                    let right = self.label_before(chain.get(end), column);
                    product = self.times(&product, own, left, right, depth)?;
                    left = right;
                    k = end;
                }
                Some(product)
            }
            Node::Hadamard(factors) => {
                let (moved, fixed): (Vec<_>, Vec<_>) =
                    factors.iter().map(|&(f, e)| (f, e.get())).partition(|&(f, _)| self.moving(f));
                let mut product = vec![Term { coefficient: 1.0, ..Term::default() }];
                if !fixed.is_empty() {
                    let fixed = self.store.hadamard_of(&fixed);
                    product = self.times(&product, fixed, row, column, depth)?;
                }
                for (factor, _) in moved {
                    product = self.times(&product, factor, row, column, depth)?;
                }
                Some(product)
            }
            Node::Transpose(x) => self.terms(x, column, row, depth + 1),
            Node::Function(Function::Trace, x) => {
                let dim = self.store.ty(x).rows;
                let label = self.label(dim);
                self.terms(x, label, label, depth + 1)
            }
            Node::Function(Function::Total, x) => {
                let ty = self.store.ty(x);
                let [row, column] = self.labels_of(ty);
                let mut terms = self.terms(x, row, column, depth + 1)?;
                // Elements that are all the same are counted.
                for term in &mut terms {
                    for (label, dim) in [(row, ty.rows), (column, ty.columns)] {
                        let Some(label) = label else { continue };
                        let held = term.factors.iter().any(|f| f.1.contains(&label))
                            || term.equal.iter().any(|&(a, b)| a == label || b == label);
                        if !held {
                            let size = self.store.size(dim);
                            term.factors.push((size, SmallVec::new()));
                        }
                    }
                }
                Some(terms)
            }
            Node::Function(Function::Diag, v) => {
                let mut terms = self.terms(v, row, None, depth + 1)?;
                for term in &mut terms {
                    term.equal.extend(row.zip(column));
                }
                Some(terms)
            }
            Node::Function(Function::Diagonal, x) => self.terms(x, row, row, depth + 1),
            _ => None,
        }
    }

    /// The terms of an expression that does not move.
    fn fixed(
        &mut self,
        id: Id,
        row: Option<Label>,
        column: Option<Label>,
        depth: usize,
    ) -> Option<Vec<Term>> {
        let (inner, c) = self.store.scaled(id);
        let mut found = match self.store.node(inner).clone() {
            _ if !self.apart || row.is_none() || column.is_none() => {
                return Some(vec![self.constant(id, row, column)]);
            }
            Node::Sum(terms) => {
                let mut all = Vec::new();
                for (term, c) in terms {
                    let mut own = self.fixed(term, row, column, depth + 1)?;
                    for term in &mut own {
                        term.coefficient *= c.get();
                    }
                    all.extend(own);
                }
                all
            }
            Node::Product { scalars, chain } => {
                // What an inverse is applied to stays beside it, so that no inverse is formed.
                let mut ends: Vec<_> =
                    (1..chain.len()).filter(|&k| chain[k - 1].1 > 0 && chain[k].1 > 0).collect();
                if scalars.is_empty() && ends.is_empty() {
                    return Some(vec![self.constant(id, row, column)]);
                }
                ends.push(chain.len());
                let scalars: Vec<_> = scalars.iter().map(|&(s, e)| (s, e.get())).collect();
                let scalar = self.store.product(1.0, &scalars, &[]);
                let mut product = vec![self.constant(scalar, None, None)];
                let (mut left, mut k) = (row, 0);
                for end in ends {
                    let own = self.store.product(1.0, &[], &chain[k..end]);
                    let right = self.label_before(chain.get(end), column);
                    product = self.times(&product, own, left, right, depth)?;
                    (left, k) = (right, end);
                }
                product
            }
            _ => return Some(vec![self.constant(id, row, column)]),
        };
        for term in &mut found {
            term.coefficient *= c;
        }
        Some(found)
    }

    /// Each term times each of a factor.
    fn times(
        &mut self,
        product: &[Term],
        factor: Id,
        row: Option<Label>,
        column: Option<Label>,
        depth: usize,
    ) -> Option<Vec<Term>> {
        let own = self.terms(factor, row, column, depth + 1)?;
        self.terms += product.len() * own.len();
        if self.terms > MOST_TERMS {
            return None;
        }
        let mut all = Vec::with_capacity(product.len() * own.len());
        for left in product {
            for right in &own {
                all.push(Term {
                    coefficient: left.coefficient * right.coefficient,
                    factors: [&left.factors[..], &right.factors[..]].concat(),
                    equal: [&left.equal[..], &right.equal[..]].concat(),
                });
            }
        }
        Some(all)
    }

    /// An expression that does not move.
    fn constant(&mut self, id: Id, row: Option<Label>, column: Option<Label>) -> Term {
        let (inner, c) = self.store.scaled(id);
        let mut term = Term { coefficient: c, ..Term::default() };
        match *self.store.node(inner) {
            Node::Number(number) => term.coefficient *= number.get(),
            Node::Eye(_) => term.equal.extend(row.zip(column)),
            Node::Function(Function::Diag, v) => {
                term.equal.extend(row.zip(column));
                term.factors.push((v, row.into_iter().collect()));
            }
            Node::Transpose(x) => term.factors.push((x, [column, row].into_iter().flatten().collect())),
            _ => term.factors.push((inner, [row, column].into_iter().flatten().collect())),
        }
        term
    }
}

/// With equal labels as one, and letters for them.
fn finished(store: &mut Store, term: Term, output: &[Label]) -> Option<Contraction> {
    let all = output.iter().chain(term.factors.iter().flat_map(|f| &f.1));
    let most = all.chain(term.equal.iter().flat_map(|(a, b)| [a, b])).copied().max().unwrap_or(0);
    let mut root: Vec<Label> = (0..=most).collect();
    let find = |root: &[Label], mut label: Label| {
        while root[label as usize] != label {
            label = root[label as usize];
        }
        label
    };
    for &(a, b) in &term.equal {
        let (a, b) = (find(&root, a), find(&root, b));
        root[a.max(b) as usize] = a.min(b);
    }
    let mut letters: Vec<Label> = Vec::new();
    let mut letter = |label: Label| -> Option<char> {
        let label = find(&root, label);
        let place = letters.iter().position(|&own| own == label).unwrap_or_else(|| {
            letters.push(label);
            letters.len() - 1
        });
        "ijklmnopqrstuvwxyzabcdefghABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().nth(place)
    };
    let output: String = output.iter().map(|&label| letter(label)).collect::<Option<_>>()?;
    let (coefficient, shared) = shared_out(store, term.coefficient, term.factors);
    let mut factors = Vec::with_capacity(shared.len());
    for (id, labels) in shared {
        if store.as_number(id) == Some(1.0) {
            continue;
        }
        factors.push((id, labels.iter().map(|&label| letter(label)).collect::<Option<String>>()?));
    }
    Some(Contraction { coefficient, factors, output })
}
