//! NumPy source that computes an expression.

mod chain;
mod elements;
mod functions;
mod helpers;
mod identifiers;
mod several;
mod value;

use std::collections::BTreeSet;
use std::fmt::Write;

use rustc_hash::FxHashMap;

use super::constants::{Constant, Numeral};
use super::layout::{Body, Term, decimal, fraction, is_stretched, terms, unstretched};
use super::shared::Shared;
use crate::facts::Facts;
use crate::limits::worked;
use crate::node::{Id, Node};
use crate::size::{Dim, Type};
use crate::store::Store;
use helpers::HELPERS;
use identifiers::Identifiers;
use value::Value;

/// A part that is longer than this has a line of its own.
const LONG: usize = 72;
/// So has one in which calls and parentheses stand deeper in each other.
const DEEP: usize = 12;

/// A function in Python source.  Its arguments are the names in the expression: scalars are numbers,
/// vectors arrays of one axis, matrices of two.  An operator from outside is called by its name.
pub fn numpy(store: &Store, id: Id, name: &str) -> String {
    let called = store.reachable(&[id]).into_iter().filter_map(|id| match store.node(id) {
        Node::Apply(operator, _) => Some(&*store.operator_at(*operator).name),
        _ => None,
    });
    let taken: Vec<&str> =
        HELPERS.iter().map(|(name, _)| *name).chain(["np", "scipy"]).chain(called).collect();
    let mut identifiers = Identifiers::besides(&taken);
    let name = identifiers.like(name);
    let mut numpy = Numpy {
        store,
        none: Shared::default(),
        uses: vec![0; id.index() + 1],
        values: vec![None; id.index() + 1],
        sizes: BTreeSet::new(),
        names: FxHashMap::default(),
        size_names: FxHashMap::default(),
        counting: true,
        lines: Vec::new(),
        place: 0,
        identifiers,
    };
    numpy.count(id);
    let arguments = numpy.arguments();
    let numbers = numpy.numbers();
    numpy.write(id);
    let mut lines = numpy.lines;
    if !numbers.is_empty() && lines.iter().any(|line| line.contains('/') || line.contains("**")) {
        // Of Python's own numbers 1/0 raises, and (-2.0)**1.5 is complex.
        lines.insert(0, as_floats(&numbers));
    }
    let mut source = String::from("import numpy as np\n");
    let called = |name: &str| lines.iter().any(|line| calls(line, name));
    let helpers: Vec<_> = HELPERS.iter().filter(|(helper, _)| called(helper)).collect();
    for package in ["scipy.linalg", "scipy.special"] {
        let of_helper = helpers.iter().any(|(_, definition)| definition.contains(package));
        if of_helper || lines.iter().any(|line| line.contains(package)) {
            let _ = writeln!(source, "import {package}");
        }
    }
    for (_, definition) in helpers {
        let _ = write!(source, "\n\n{definition}");
    }
    let _ = write!(source, "\n\ndef {name}({}):\n", arguments.join(", "));
    for line in lines {
        let _ = writeln!(source, "    {line}");
    }
    source
}

/// Whether a function is called in a line, and not another whose name ends alike.
fn calls(line: &str, name: &str) -> bool {
    let ends = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
    line.match_indices(&format!("{name}(")).any(|(place, _)| ends(&line[..place]))
}

/// A line that makes numbers NumPy's own.
fn as_floats(names: &[String]) -> String {
    let made: Vec<_> = names.iter().map(|name| format!("np.float64({name})")).collect();
    format!("{} = {}", names.join(", "), made.join(", "))
}

struct Numpy<'a> {
    store: &'a Store,
    none: Shared,
    /// How often each part is asked for.
    uses: Vec<usize>,
    values: Vec<Option<Value>>,
    /// The names of sizes that are asked for.
    sizes: BTreeSet<Box<str>>,
    /// The names of symbols in Python, and those of sizes.
    names: FxHashMap<Box<str>, String>,
    size_names: FxHashMap<Box<str>, String>,
    /// Whether parts are counted rather than written.
    counting: bool,
    /// What is written.
    lines: Vec<String>,
    /// How many lines have a name of their own.
    place: usize,
    identifiers: Identifiers,
}

impl Numpy<'_> {
    /// Counts how often each part is asked for.
    fn count(&mut self, root: Id) {
        self.uses[root.index()] = 1;
        for id in self.store.reachable(&[root]).into_iter().rev() {
            if self.uses[id.index()] > 0 {
                self.value(id);
            }
        }
        self.counting = false;
    }

    /// The names of the arguments; lines read sizes from their shapes.
    fn arguments(&mut self) -> Vec<String> {
        let store = self.store;
        let used = |id: Id| self.uses.get(id.index()).is_some_and(|&uses| uses > 0);
        let mut symbols: Vec<_> = store.symbols().filter(|(_, id)| used(*id)).collect();
        let of = |ty: Type, size: &str| {
            [ty.rows, ty.columns].iter().position(|&dim| store.sizes.factors(dim) == (1, &[size.into()][..]))
        };
        for size in &self.sizes {
            let known = |own: &crate::store::Declaration| of(own.ty, size).is_some();
            if !symbols.iter().any(|(own, _)| known(own)) {
                symbols.extend(store.symbols().find(|(own, _)| own.differential.is_none() && known(own)));
            }
        }
        let mut arguments = Vec::new();
        for (own, _) in &symbols {
            let name = self.identifiers.like(&own.name);
            self.names.insert(own.name.clone(), name.clone());
            arguments.push(name);
        }
        for size in &self.sizes {
            let name = self.identifiers.like(size);
            let place = symbols.iter().zip(&arguments).find_map(|((own, _), argument)| {
                of(own.ty, size).map(|axis| format!("{name} = {argument}.shape[{axis}]"))
            });
            self.size_names.insert(size.clone(), name.clone());
            match place {
                Some(line) => self.lines.push(line),
                None => arguments.push(name),
            }
        }
        arguments
    }

    /// The names of those arguments that are scalars.
    fn numbers(&self) -> Vec<String> {
        let scalars = self.store.symbols().filter(|(own, _)| own.ty.is_scalar());
        scalars.filter_map(|(own, _)| self.names.get(&own.name).cloned()).collect()
    }

    /// A line for each part that is asked for several times or is long, and the result.
    fn write(&mut self, root: Id) {
        for id in self.store.reachable(&[root]) {
            let uses = self.uses[id.index()];
            if uses == 0 {
                continue;
            }
            worked(self.store.node(id).arity());
            let mut value = self.value(id);
            let plain = value.text().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            if id == root {
                let row = self.store.ty(id).is_row();
                let value = if row { value.suffixed("[None, :]") } else { value };
                self.lines.push(format!("return {}", value.text()));
                break;
            }
            if (uses > 1 && !plain) || value.text().len() > LONG || value.depth() > DEEP {
                value = self.named(&value);
            }
            self.values[id.index()] = Some(value);
        }
    }

    /// A name for a value, which has a line of its own.
    fn named(&mut self, value: &Value) -> Value {
        self.place += 1;
        let name = self.identifiers.like(&format!("t{}", self.place));
        self.lines.push(format!("{name} = {}", value.text()));
        Value::atom(name)
    }

    /// A value that is only begun, under a name where it is deep already.
    fn begun(&mut self, value: Value) -> Value {
        if value.depth() > DEEP && !self.counting { self.named(&value) } else { value }
    }

    /// A part, counted or as it was written.
    fn part(&mut self, id: Id) -> Value {
        if self.counting {
            self.uses[id.index()] += 1;
        }
        self.values[id.index()].clone().unwrap_or_else(|| Value::atom("_"))
    }

    /// A size.
    fn size(&mut self, dim: Dim) -> Value {
        let (number, names) = self.store.sizes.factors(dim);
        let names = names.to_vec();
        let number = (number != 1 || names.is_empty()).then(|| Value::atom(number.to_string()));
        let mut factors = number.into_iter().collect::<Vec<_>>();
        for size in names {
            let known = self.size_names.get(&size);
            factors.push(Value::atom(known.cloned().unwrap_or_else(|| size.to_string())));
            self.sizes.insert(size);
        }
        factors
            .into_iter()
            .reduce(|product, factor| product.times(&factor))
            .unwrap_or_else(|| Value::atom("1"))
    }

    /// An array of equal elements.
    fn constant(&mut self, name: &str, ty: Type) -> Value {
        let (rows, columns) = (self.size(ty.rows), self.size(ty.columns));
        let shape = match () {
            () if ty.is_row() => columns.text().to_owned(),
            () if ty.is_column() => rows.text().to_owned(),
            () => format!("({}, {})", rows.text(), columns.text()),
        };
        Value::call(name, &[&Value::atom(shape)])
    }

    /// Rows of the identity in another order.
    fn commutation(&mut self, ty: Type) -> Value {
        let (rows, columns) = (self.size(ty.rows), self.size(ty.columns));
        let (rows, columns) = (rows.text(), columns.text());
        let whole = format!("{rows} * {columns}");
        Value::call("np.eye", &[&Value::atom(whole.clone())])
            .suffixed(&format!(".reshape({columns}, {rows}, {whole}).swapaxes(0, 1)"))
            .suffixed(&format!(".reshape({whole}, {whole})"))
    }

    /// One expression.
    fn value(&mut self, id: Id) -> Value {
        let store = self.store;
        match *store.node(id) {
            Node::Number(_) | Node::Product { .. } | Node::Hadamard(_) => {
                self.term(&Term::inside(store, &self.none, id, 1.0))
            }
            Node::Sum(_) => self.sum(id),
            Node::Size(dim) => self.size(dim),
            Node::Symbol(symbol) => {
                let own = store.declaration(symbol);
                let name = Value::atom(self.names.get(&own.name).cloned().unwrap_or_default());
                if own.ty.is_row() { name.suffixed(".reshape(-1)") } else { name }
            }
            Node::Eye(dim) => Value::call("np.eye", &[&self.size(dim)]),
            Node::Ones(ty) => self.constant("np.ones", ty),
            Node::Zeros(ty) => self.constant("np.zeros", ty),
            Node::Commutation(ty) => self.commutation(ty),
            Node::Transpose(x) => {
                let (value, ty) = (self.part(x), store.ty(x));
                if ty.is_row() || ty.is_column() { value } else { value.transposed() }
            }
            Node::Map(map, x) => self.map(map, x),
            Node::Power(x, y) => {
                let base = self.operand(x, y);
                base.power(&self.part(y))
            }
            Node::Function(function, x) => self.function(function, id, x),
            Node::ExpmFrechet(x, ref along) => self.expm_frechet(x, along),
            Node::CofactorFrechet(x, ref along) => self.cofactor_frechet(x, along),
            Node::Sylvester(operands) => self.sylvester(operands),
            Node::Kron(x, y) => self.kron(x, y),
            Node::KronFactor(place, x, y) => self.kron_factor(place, id, x, y),
            Node::Larger(x, y) | Node::Smaller(x, y) => {
                let (a, b) = (self.operand(x, y), self.operand(y, x));
                let larger = matches!(store.node(id), Node::Larger(..));
                Value::call(if larger { "np.maximum" } else { "np.minimum" }, &[&a, &b])
            }
            Node::Apply(operator, ref operands) => {
                let operands: Vec<_> = operands.iter().map(|&operand| self.part(operand)).collect();
                Value::call(&store.operator_at(operator).name, &operands.iter().collect::<Vec<_>>())
            }
            Node::Differential(x) => Value::call("d", &[&self.part(x)]),
        }
    }

    /// One of two operands of which a scalar one is stretched.
    fn operand(&mut self, id: Id, other: Id) -> Value {
        let store = self.store;
        if is_stretched(store, id) && !is_stretched(store, other) && !store.ty(other).is_scalar() {
            return self.term(&unstretched(store, &self.none, id));
        }
        self.part(id)
    }

    fn sum(&mut self, id: Id) -> Value {
        let mut sum: Option<Value> = None;
        for term in terms(self.store, &self.none, id, false) {
            sum = Some(self.added(sum, term));
        }
        sum.unwrap_or_else(|| Value::atom("0"))
    }

    /// One more term of a sum.
    fn added(&mut self, sum: Option<Value>, mut term: Term) -> Value {
        let Some(sum) = sum else { return self.term(&term) };
        let sign = if std::mem::replace(&mut term.negative, false) { '-' } else { '+' };
        sum.plus(sign, &self.term(&term))
    }

    /// Numbers and scalars, the rest, and what it is divided by.
    fn term(&mut self, term: &Term) -> Value {
        let mut above = Vec::new();
        let mut below = Vec::new();
        above.extend(numeral(term.number));
        below.extend(numeral(term.divisor));
        for &(scalar, e) in &term.above {
            above.push(self.element_factor(scalar, e, &term.above));
        }
        below.extend(self.divisor(&term.below, &term.above));
        match &term.body {
            Body::Empty => {}
            Body::Whole(id) => above.push(self.whole(*id, &term.above)),
            Body::Chain(chain) => above.push(self.chain(chain)),
            Body::Elements { above: factors, below: divisors } => {
                above.extend(factors.iter().map(|&(factor, e)| self.element_factor(factor, e, factors)));
                below.extend(divisors.iter().map(|&(divisor, e)| self.element_divisor(divisor, e, factors)));
            }
        }
        let product =
            |factors: Vec<Value>| factors.into_iter().reduce(|product, factor| product.times(&factor));
        let mut value = product(above).unwrap_or_else(|| Value::atom("1"));
        if let Some(divisor) = product(below) {
            value = value.over(&divisor);
        }
        if term.negative { value.negative() } else { value }
    }

    /// The product of powers of scalars that divide. What is divided by a norm of 0 is 0, as in
    /// derivatives of norms.
    fn divisor(&mut self, factors: &[(Id, f64)], above: &[(Id, f64)]) -> Option<Value> {
        let beside: Vec<Id> = factors.iter().chain(above).map(|factor| factor.0).collect();
        let norm_of = |&(id, _): &(Id, f64)| {
            if self.store.is_norm(id) { Some(id) } else { self.store.norm_beside(id, &beside) }
        };
        let norms: Vec<Id> = factors.iter().filter_map(norm_of).collect();
        if factors.iter().map(|factor| factor.0).eq(norms.iter().copied()) {
            let powers = factors.iter().map(|&(norm, e)| raised(&self.part(norm).or("np.inf"), e));
            return powers.reduce(|product, power| product.times(&power));
        }
        let product = factors.iter().map(|&(id, e)| self.raised(id, e)).reduce(|a, b| a.times(&b))?;
        let product =
            norms.into_iter().fold(product, |product, norm| self.part(norm).zero_or("np.inf", &product));
        Some(self.switched_divisor(
            product,
            factors.iter().all(|f| self.store.is(f.0, Facts::POSITIVE)),
            above,
        ))
    }

    /// A scalar or the elements of an array to a positive power.
    fn raised(&mut self, id: Id, e: f64) -> Value {
        raised(&self.part(id), e)
    }
}

fn raised(base: &Value, e: f64) -> Value {
    match fraction(e) {
        (1.0, 1.0) => base.clone(),
        (1.0, 2.0) => Value::call("np.sqrt", &[base]),
        (above, 3.0) => base.power(&number(above).over(&number(3.0))),
        _ => base.power(&number(e)),
    }
}

/// The factors of a number that is not 1.
fn numeral(of: Numeral) -> impl Iterator<Item = Value> {
    let (plain, constant) = of.factors();
    let plain = plain.filter(|_| !of.is_one()).map(number);
    plain.into_iter().chain(constant.map(named_number))
}

fn named_number(constant: Constant) -> Value {
    let pi = Value::atom("np.pi");
    let two = || number(2.0).times(&pi);
    match constant {
        Constant::Pi => pi,
        Constant::RootOfPi => Value::call("np.sqrt", &[&pi]),
        Constant::RootOfTwoPi => Value::call("np.sqrt", &[&two()]),
        Constant::LogOfPi => Value::call("np.log", &[&pi]),
        Constant::LogOfTwoPi => Value::call("np.log", &[&two()]),
    }
}

/// A positive number.
fn number(x: f64) -> Value {
    let text = decimal(x);
    Value::atom(if x.is_finite() { text } else { format!("np.{text}") })
}
