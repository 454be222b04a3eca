//! Products of matrices: from the side that is a vector, with `solve` where an inverse meets something.

use super::super::layout::{Body, terms};
use super::Numpy;
use super::value::{Level, Value};
use crate::facts::Facts;
use crate::node::{Function, Id, Node};
use crate::size::Dim;

/// Up to this power a matrix is applied again and again.
const REPEATED: i32 = 3;
/// Products around sums of more terms are not written term by term.
const MOST_TERMS: usize = 4;
/// Nor are those around sums inside sums deeper than this.
const DEEPEST: usize = 1;

/// What stands in a chain.
enum Factor {
    /// diag(v), by its v.
    Diagonal(Value),
    /// A matrix to a power.
    Matrix(Id, i32),
}

impl Numpy<'_> {
    /// A product of matrices to integer powers.
    pub(super) fn chain(&mut self, chain: &[(Id, i32)]) -> Value {
        // A column by a row.
        if let Some(cut) = (1..chain.len()).find(|&k| self.store.ty(chain[k].0).rows == Dim::ONE) {
            let (left, right) = (self.chain(&chain[..cut]), self.chain(&chain[cut..]));
            return Value::call("np.outer", &[&left, &right]);
        }
        if let Some(value) = self.switched(chain) {
            return value;
        }
        if let Some(value) = self.distributed(chain) {
            return value;
        }
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        let anchor = match () {
            () if self.store.ty(last.0).is_column() => chain.len() - 1,
            () if self.store.ty(first.0).is_row() => 0,
            () => self.anchor(chain),
        };
        let (mut left, mut right) = (anchor, anchor + 1);
        let mut sums = None;
        if self.is_ones(chain[anchor]) {
            // A 1 and 1' A are sums along an axis.
            if anchor > 0 {
                left = anchor - 1;
                sums = self.sums(chain[left], 1);
            } else if let Some(&next) = chain.get(1) {
                right = 2;
                sums = self.sums(next, 0);
            }
        }
        let mut value = if let Some(sums) = sums {
            sums
        } else {
            (left, right) = (anchor, anchor + 1);
            self.alone(chain[anchor])
        };
        for &factor in chain[..left].iter().rev() {
            value = self.before(factor, &value, self.store.ty(last.0).is_column());
            value = self.begun(value);
        }
        for &factor in &chain[right..] {
            value = self.behind(&value, factor, self.store.ty(first.0).is_row());
            value = self.begun(value);
        }
        value
    }

    /// A product around a sum of diagonal matrices and columns by rows, term by term: that matrix is
    /// never made.
    fn distributed(&mut self, chain: &[(Id, i32)]) -> Option<Value> {
        let store = self.store;
        let place = chain.iter().position(|&(id, e)| e == 1 && self.is_thin(id, 0))?;
        let ends = (store.ty(chain[0].0).rows, store.ty(chain[chain.len() - 1].0).columns);
        if chain.len() < 2 || ends.0 == Dim::ONE || ends.1 == Dim::ONE {
            return None;
        }
        let mut sum: Option<Value> = None;
        for mut term in terms(store, &self.none, chain[place].0, false) {
            let own = match &term.body {
                Body::Whole(eye) if matches!(store.node(*eye), Node::Eye(_)) => Vec::new(),
                Body::Whole(diagonal) => vec![(*diagonal, 1)],
                Body::Chain(own) => own.clone(),
                Body::Empty | Body::Elements { .. } => return None,
            };
            term.body = Body::Chain([&chain[..place], &own, &chain[place + 1..]].concat());
            sum = Some(self.added(sum, term));
        }
        sum
    }

    /// Whether it is a sum of diagonal matrices, columns by rows, and products of such.
    fn is_thin(&self, id: Id, depth: usize) -> bool {
        let (store, ty) = (self.store, self.store.ty(id));
        let Node::Sum(terms) = store.node(id) else { return false };
        let factor = |id| {
            matches!(store.node(id), Node::Eye(_) | Node::Function(Function::Diag, _))
                || (depth < DEEPEST && self.is_thin(id, depth + 1))
        };
        let thin = |term: Id| match store.node(term) {
            Node::Product { chain, .. } => {
                let column_by_row = chain.iter().skip(1).any(|&(own, _)| store.ty(own).rows == Dim::ONE);
                column_by_row || chain.iter().all(|&(own, e)| e == 1 && factor(own))
            }
            _ => factor(term),
        };
        let wide = ty.rows != Dim::ONE && ty.columns != Dim::ONE;
        wide && (2..=MOST_TERMS).contains(&terms.len()) && terms.iter().all(|&(term, _)| thin(term))
    }

    /// Where a product of matrices begins: at the last that is neither an inverse nor diagonal.
    fn anchor(&self, chain: &[(Id, i32)]) -> usize {
        let diagonal = |id| matches!(self.store.node(id), Node::Function(Function::Diag, _));
        let plain = chain.iter().rposition(|&(id, e)| !self.is_inverse((id, e)) && !diagonal(id));
        plain.or_else(|| chain.iter().rposition(|&(id, _)| !diagonal(id))).unwrap_or(chain.len() - 1)
    }

    /// Whether something has to be solved for.
    pub(super) fn is_inverse(&self, (id, e): (Id, i32)) -> bool {
        e < 0 && !self.store.is(id, Facts::ORTHOGONAL)
    }

    /// Whether it is a row or a column of ones.
    fn is_ones(&self, (id, _): (Id, i32)) -> bool {
        matches!(self.store.node(id), Node::Ones(ty) if ty.is_row() || ty.is_column())
    }

    /// The sums of a matrix along an axis.
    fn sums(&mut self, (id, e): (Id, i32), axis: usize) -> Option<Value> {
        let ty = self.store.ty(id);
        if e != 1 || ty.is_row() || ty.is_column() {
            return None;
        }
        let (id, axis) = match *self.store.node(id) {
            Node::Transpose(x) => (x, 1 - axis),
            _ => (id, axis),
        };
        let matrix = self.part(id);
        Some(Value::around(format!("np.sum({}, axis={axis})", matrix.text()), Level::Atom, &[&matrix]))
    }

    fn factor(&mut self, (id, e): (Id, i32)) -> Factor {
        match *self.store.node(id) {
            Node::Function(Function::Diag, v) if e == 1 => Factor::Diagonal(self.part(v)),
            _ => Factor::Matrix(id, e),
        }
    }

    /// A factor by itself.
    fn alone(&mut self, (id, e): (Id, i32)) -> Value {
        match e {
            1 => self.part(id),
            _ if e < 0 && self.store.is(id, Facts::ORTHOGONAL) => {
                let flipped = self.flipped(id);
                power(&flipped, -e)
            }
            -1 => match *self.store.node(id) {
                Node::Transpose(x) => Value::call("np.linalg.inv", &[&self.part(x)]).transposed(),
                _ => Value::call("np.linalg.inv", &[&self.part(id)]),
            },
            _ => power(&self.part(id), e),
        }
    }

    /// The transpose of a matrix.
    pub(super) fn flipped(&mut self, id: Id) -> Value {
        match *self.store.node(id) {
            Node::Transpose(x) => self.part(x),
            _ if self.store.is(id, Facts::SYMMETRIC) => self.part(id),
            _ => self.part(id).transposed(),
        }
    }

    /// A factor times what stands to the right of it.
    fn before(&mut self, factor: (Id, i32), value: &Value, is_vector: bool) -> Value {
        let (id, e) = match self.factor(factor) {
            Factor::Diagonal(v) if is_vector => return v.times(value),
            Factor::Diagonal(v) => return v.suffixed("[:, None]").times(value),
            Factor::Matrix(id, e) => (id, e),
        };
        let (inverse, back) = (self.is_inverse(factor), e < 0 && !self.is_inverse(factor));
        let matrix = if back { self.flipped(id) } else { self.part(id) };
        let lower = self.triangle(id);
        repeated(&matrix, e.abs(), value, &|matrix, value| {
            if inverse { solve(matrix, value, lower) } else { left_product(matrix, value) }
        })
    }

    /// What stands to the left of a factor times it.
    fn behind(&mut self, value: &Value, factor: (Id, i32), is_vector: bool) -> Value {
        let (id, e) = match self.factor(factor) {
            Factor::Diagonal(v) => return value.times(&v),
            Factor::Matrix(id, e) => (id, e),
        };
        let (inverse, back) = (self.is_inverse(factor), e < 0 && !self.is_inverse(factor));
        let matrix = if inverse || back { self.flipped(id) } else { self.part(id) };
        let lower = self.triangle(id).map(|lower| !lower);
        repeated(&matrix, e.abs(), value, &|matrix, value| match () {
            () if inverse && is_vector => solve(matrix, value, lower),
            () if inverse => solve(matrix, &value.transposed(), lower).transposed(),
            () => value.matmul(matrix),
        })
    }

    /// Whether a triangular matrix is a lower one.
    fn triangle(&self, id: Id) -> Option<bool> {
        match () {
            () if self.store.is(id, Facts::UPPER) => Some(false),
            () if self.store.is(id, Facts::LOWER) => Some(true),
            () => None,
        }
    }
}

/// One step for each power, or one with the power of the matrix.
fn repeated(matrix: &Value, times: i32, value: &Value, step: &dyn Fn(&Value, &Value) -> Value) -> Value {
    if times > REPEATED {
        return step(&power(matrix, times), value);
    }
    (0..times).fold(value.clone(), |value, _| step(matrix, &value))
}

fn power(matrix: &Value, e: i32) -> Value {
    if e == 1 {
        matrix.clone()
    } else {
        Value::call("np.linalg.matrix_power", &[matrix, &Value::atom(e.to_string())])
    }
}

fn left_product(matrix: &Value, value: &Value) -> Value {
    let text = format!("{} @ {}", matrix.at(Level::Power), value.at(Level::Power));
    Value::around(text, Level::Matmul, &[matrix, value])
}

fn solve(matrix: &Value, value: &Value, lower: Option<bool>) -> Value {
    match lower {
        None => Value::call("np.linalg.solve", &[matrix, value]),
        Some(lower) => {
            let lower = Value::atom(if lower { "lower=True" } else { "lower=False" });
            Value::call("scipy.linalg.solve_triangular", &[matrix, value, &lower])
        }
    }
}
