//! Expressions as plain lists, for those who compute with them otherwise.

use rustc_hash::FxHashMap;

use crate::facts::Facts;
use crate::node::{Function, Id, Node, Real};
use crate::notation::{function_name, kron_factor_name};
use crate::size::{Dim, Type};
use crate::store::{Operator, Store};

/// One expression: what it is, and the places in the list of what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What it is: `sum`, `product`, `hadamard`, `exp`, `logdet`, ...
    pub operation: &'static str,
    /// The name of a symbol, size or operator.
    pub name: String,
    /// Places in the list.
    pub operands: Vec<u32>,
    /// Coefficients or exponents, one for each operand, or the number itself; of an operator from
    /// outside, the number it was registered under.
    pub numbers: Vec<f64>,
    /// Of a product, how many operands are scalars.
    pub scalars: usize,
    /// Rows and columns as text.
    pub shape: [String; 2],
}

/// All that an expression is made of, each after its own parts; the expression is the last.
pub fn listing(store: &Store, root: Id) -> Vec<Listed> {
    let mut all = Vec::new();
    let mut places: FxHashMap<Id, u32> = FxHashMap::default();
    for id in store.reachable(&[root]) {
        let mut own = listed(store, id, &places);
        if let Node::Product { chain, .. } = store.node(id) {
            transposed_inverses(store, chain, &mut own, &mut all);
        }
        places.insert(id, all.len() as u32);
        all.push(own);
    }
    all
}

/// Inverses of orthogonal matrices as the transposes that they are.
fn transposed_inverses(store: &Store, chain: &[(Id, i32)], product: &mut Listed, all: &mut Vec<Listed>) {
    for (place, &(matrix, e)) in chain.iter().enumerate() {
        if e < 0 && store.is(matrix, Facts::ORTHOGONAL) {
            let place = product.scalars + place;
            let Type { rows, columns } = store.ty(matrix);
            let turned = Listed {
                operation: "transpose",
                name: String::new(),
                operands: vec![product.operands[place]],
                numbers: Vec::new(),
                scalars: 0,
                shape: [columns, rows].map(|dim| store.sizes.text(dim)),
            };
            product.operands[place] = all.len() as u32;
            product.numbers[place] = f64::from(-e);
            all.push(turned);
        }
    }
}

fn listed(store: &Store, id: Id, places: &FxHashMap<Id, u32>) -> Listed {
    let node = store.node(id);
    let Type { rows, columns } = store.ty(id);
    let text = |dim: Dim| store.sizes.text(dim);
    let mut own = Listed {
        operation: operation(node),
        name: String::new(),
        operands: node.children().iter().map(|child| places[child]).collect(),
        numbers: Vec::new(),
        scalars: 0,
        shape: [text(rows), text(columns)],
    };
    let numbers = |terms: &[(Id, Real)]| terms.iter().map(|&(_, c)| c.get()).collect::<Vec<_>>();
    match node {
        Node::Number(number) => own.numbers = vec![number.get()],
        Node::Symbol(symbol) => own.name = store.declaration(*symbol).name.to_string(),
        Node::Size(dim) => own.name = text(*dim),
        Node::Commutation(of) => own.name = text(of.rows),
        Node::Sum(terms) | Node::Hadamard(terms) => own.numbers = numbers(terms),
        Node::Product { scalars, chain } => {
            own.numbers = numbers(scalars);
            own.numbers.extend(chain.iter().map(|&(_, e)| f64::from(e)));
            own.scalars = scalars.len();
        }
        Node::Function(Function::NormP(p), _) => own.numbers = vec![p.get()],
        Node::Function(Function::Unvec(dim), _) => own.name = text(*dim),
        Node::Apply(operator, _) => {
            let Operator { name, function, .. } = store.operator_at(*operator);
            own.name = name.to_string();
            own.numbers = vec![*function as f64];
        }
        _ => {}
    }
    own
}

/// What an expression is, in one word.
fn operation(node: &Node) -> &'static str {
    match node {
        Node::Number(_) => "number",
        Node::Size(_) => "size",
        Node::Symbol(_) => "symbol",
        Node::Eye(_) => "eye",
        Node::Ones(_) => "ones",
        Node::Zeros(_) => "zeros",
        Node::Commutation(_) => "commutation",
        Node::Sum(_) => "sum",
        Node::Product { .. } => "product",
        Node::Hadamard(_) => "hadamard",
        Node::Transpose(_) => "transpose",
        Node::Map(map, _) => map.name(),
        Node::Power(..) => "power",
        Node::ExpmFrechet(..) => "dexpm",
        Node::CofactorFrechet(..) => "dcof",
        Node::Sylvester(_) => "sylv",
        Node::KronFactor(place, ..) => kron_factor_name(*place),
        Node::Kron(..) => "kron",
        Node::Larger(..) => "larger",
        Node::Smaller(..) => "smaller",
        Node::Apply(..) => "apply",
        Node::Differential(_) => "d",
        // "sum" is the sum of terms here.
        Node::Function(Function::Total, _) => "total",
        Node::Function(f, _) => function_name(*f),
    }
}
