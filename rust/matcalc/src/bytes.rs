//! The byte form of an expression: what it is made of, each after its own parts.
//!
//! A node is the number of its kind and what it holds; operands are places in the list.  A size is
//! a number and names.  What is read is checked: operands stand before what is made of them, and
//! their types fit.

use pyframe_graph::{GraphError, Reader, Unary, Writer};
use rustc_hash::FxHashMap;

use crate::facts::Facts;
use crate::limits::HIGHEST_POWER;
use crate::node::{Function, Id, Map, Node, Place, Real, Terms};
use crate::notation::function_name;
use crate::size::{Dim, Type};
use crate::store::{Declaration, Store};
use crate::syntax::is_name;

/// Functions of a whole that hold nothing but their operand.
const FUNCTIONS: [Function; 30] = {
    use Function as F;
    [
        F::Trace,
        F::Total,
        F::Det,
        F::LogDet,
        F::Cofactor,
        F::PseudoInverse,
        F::Expm,
        F::Diag,
        F::Diagonal,
        F::Upper,
        F::Toeplitz,
        F::Vec,
        F::Norm1,
        F::Norm2,
        F::Nuclear,
        F::Spectral,
        F::LargestEigenvalue,
        F::SmallestEigenvalue,
        F::Polar,
        F::Leading,
        F::LargestProjector,
        F::SmallestProjector,
        F::LargestResolvent,
        F::SmallestResolvent,
        F::Max,
        F::Min,
        F::AtMax,
        F::AtMin,
        F::Logsumexp,
        F::Softmax,
    ]
};

/// Puts an operator from outside of this name, with a result of this type, into a store.
pub type Outside<'a> = dyn FnMut(&mut Store, &str, &[Id], Type) -> Result<Id, GraphError> + 'a;

/// The bytes of an expression, and of the symbols of these names beside it.
pub fn to_bytes(store: &Store, root: Id, names: &[String]) -> Vec<u8> {
    let mut roots = vec![root];
    roots
        .extend(store.symbols().filter(|(own, _)| names.iter().any(|name| **name == *own.name)).map(|s| s.1));
    // What a differential is that of belongs to it.
    let mut ids = store.reachable(&roots);
    roots.extend(ids.iter().filter_map(|&id| Some(store.named(id)?.differential?.0)));
    ids = store.reachable(&roots);
    let places: FxHashMap<Id, u32> = ids.iter().enumerate().map(|(place, &id)| (id, place as u32)).collect();
    let mut to = Encoder { store, places, to: Writer::default() };
    to.to.count(ids.len());
    for id in ids {
        to.node(id);
    }
    to.id(root);
    to.to.sealed()
}

/// The names of the operators from outside that an expression calls, each once.
pub fn operators(store: &Store, root: Id) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for id in store.reachable(&[root]) {
        if let Node::Apply(operator, _) = store.node(id) {
            let name = &store.operator_at(*operator).name;
            if !names.iter().any(|own| **own == **name) {
                names.push(name.to_string());
            }
        }
    }
    names
}

/// The expression of such bytes, in an empty store.
pub fn from_bytes(bytes: &[u8], store: &mut Store, outside: &mut Outside<'_>) -> Result<Id, GraphError> {
    let mut from = Decoder { from: Reader::open(bytes)?, store, ids: Vec::new() };
    let count = from.from.count(1)?;
    for _ in 0..count {
        let id = from.node(outside)?;
        from.ids.push(id);
    }
    let root = from.id()?;
    from.from.finish()?;
    Ok(root)
}

struct Encoder<'a> {
    store: &'a Store,
    places: FxHashMap<Id, u32>,
    to: Writer,
}

impl Encoder<'_> {
    fn id(&mut self, id: Id) {
        self.to.u32(self.places[&id]);
    }

    fn ids(&mut self, ids: &[Id]) {
        self.to.count(ids.len());
        for &id in ids {
            self.id(id);
        }
    }

    fn real(&mut self, number: Real) {
        self.to.u64(number.get().to_bits());
    }

    fn dim(&mut self, dim: Dim) {
        let (number, names) = self.store.sizes.factors(dim);
        self.to.u64(number as u64);
        self.to.count(names.len());
        for name in names {
            self.to.text(name);
        }
    }

    fn ty(&mut self, ty: Type) {
        self.dim(ty.rows);
        self.dim(ty.columns);
    }

    fn terms(&mut self, terms: &Terms) {
        self.to.count(terms.len());
        for &(id, number) in terms {
            self.id(id);
            self.real(number);
        }
    }

    fn symbol(&mut self, own: &Declaration) {
        self.to.text(&own.name);
        self.ty(own.ty);
        self.to.u16(own.facts.bits());
        let (of, k) = own.differential.map_or((u32::MAX, 0), |(of, k)| (self.places[&of], k));
        self.to.u32(of);
        self.to.u32(k);
    }

    fn node(&mut self, id: Id) {
        let node = self.store.node(id);
        self.to.u8(kind(node));
        match node {
            Node::Number(number) => self.real(*number),
            Node::Size(dim) | Node::Eye(dim) => self.dim(*dim),
            Node::Symbol(symbol) => self.symbol(self.store.declaration(*symbol)),
            Node::Ones(ty) | Node::Zeros(ty) | Node::Commutation(ty) => self.ty(*ty),
            Node::Sum(terms) | Node::Hadamard(terms) => self.terms(terms),
            Node::Product { scalars, chain } => {
                self.terms(scalars);
                self.to.count(chain.len());
                for &(id, exponent) in chain {
                    self.id(id);
                    self.to.u32(exponent.cast_unsigned());
                }
            }
            Node::Map(map, x) => {
                self.to.text(map_name(*map));
                self.id(*x);
            }
            Node::Function(function, x) => {
                self.to.text(function_name(*function));
                match *function {
                    Function::NormP(p) => self.real(p),
                    Function::Unvec(rows) => self.dim(rows),
                    _ => {}
                }
                self.id(*x);
            }
            Node::KronFactor(place, whole, other) => {
                self.to.u8(u8::from(*place == Place::Right));
                self.id(*whole);
                self.id(*other);
            }
            Node::Apply(operator, operands) => {
                let own = self.store.operator_at(*operator);
                self.to.text(&own.name);
                self.ty(own.ty);
                self.ids(operands);
            }
            Node::ExpmFrechet(x, along) | Node::CofactorFrechet(x, along) => {
                self.id(*x);
                self.ids(along);
            }
            Node::Transpose(_)
            | Node::Differential(_)
            | Node::Power(..)
            | Node::Kron(..)
            | Node::Larger(..)
            | Node::Smaller(..)
            | Node::Sylvester(_) => {
                for child in node.children() {
                    self.id(child);
                }
            }
        }
    }
}

/// The number that a kind of node has in files; it never changes.
fn kind(node: &Node) -> u8 {
    match node {
        Node::Number(_) => 0,
        Node::Size(_) => 1,
        Node::Symbol(_) => 2,
        Node::Eye(_) => 3,
        Node::Ones(_) => 4,
        Node::Zeros(_) => 5,
        Node::Commutation(_) => 6,
        Node::Sum(_) => 7,
        Node::Product { .. } => 8,
        Node::Hadamard(_) => 9,
        Node::Transpose(_) => 10,
        Node::Map(..) => 11,
        Node::Power(..) => 12,
        Node::Function(..) => 13,
        Node::ExpmFrechet(..) => 14,
        Node::Sylvester(_) => 15,
        Node::Kron(..) => 16,
        Node::KronFactor(..) => 17,
        Node::Larger(..) => 18,
        Node::Smaller(..) => 19,
        Node::Apply(..) => 20,
        Node::Differential(_) => 21,
        Node::CofactorFrechet(..) => 22,
    }
}

fn map_name(map: Map) -> &'static str {
    match map {
        Map::Unary(unary) => unary.name(),
        Map::Relu => "relu",
        Map::Step => "step",
    }
}

struct Decoder<'a> {
    from: Reader<'a>,
    store: &'a mut Store,
    ids: Vec<Id>,
}

type Read<T> = Result<T, GraphError>;

impl Decoder<'_> {
    fn wrong<T>(&self, what: &str) -> Read<T> {
        Err(self.from.wrong(what))
    }

    fn id(&mut self) -> Read<Id> {
        let place = self.from.u32()?;
        match self.ids.get(place as usize) {
            Some(&id) => Ok(id),
            None => self.wrong("an operand that does not stand before what is made of it"),
        }
    }

    fn ids(&mut self) -> Read<Vec<Id>> {
        let count = self.from.count(4)?;
        (0..count).map(|_| self.id()).collect()
    }

    fn real(&mut self) -> Read<Real> {
        let number = f64::from_bits(self.from.u64()?);
        if number.is_finite() { Ok(Real::new(number)) } else { self.wrong("a number that is none") }
    }

    fn name(&mut self) -> Read<String> {
        const LONGEST: usize = 1_000_000;
        let name = self.from.text()?;
        if is_name(name) && name.len() <= LONGEST { Ok(name.into()) } else { self.wrong("no name") }
    }

    fn dim(&mut self) -> Read<Dim> {
        let number = self.from.size()?;
        if number == 0 {
            return self.wrong("0 is no size");
        }
        let mut dim = self.store.sizes.number(number);
        for _ in 0..self.from.count(8)? {
            let name = self.name()?;
            let name = self.store.sizes.name(&name);
            dim = self.store.sizes.product(dim, name);
        }
        Ok(dim)
    }

    fn ty(&mut self) -> Read<Type> {
        Ok(Type::new(self.dim()?, self.dim()?))
    }

    fn terms(&mut self) -> Read<Terms> {
        let count = self.from.count(12)?;
        (0..count).map(|_| Ok((self.id()?, self.real()?))).collect()
    }

    fn symbol(&mut self) -> Read<Id> {
        let (name, ty, bits) = (self.name()?, self.ty()?, self.from.u16()?);
        let (of, k) = (self.from.u32()?, self.from.u32()?);
        let differential = match self.ids.get(of as usize) {
            None if of == u32::MAX => None,
            Some(&of) if self.store.named(of).is_some() && self.store.ty(of) == ty => Some((of, k)),
            _ => return self.wrong("a differential of no symbol"),
        };
        let Some(facts) = Facts::from_bits(bits) else { return self.wrong("unknown assumptions") };
        if !ty.is_square() && !(Facts::NONNEGATIVE | Facts::POSITIVE).contains(facts) {
            return self.wrong("assumptions that hold of square matrices only");
        }
        let known = self.store.symbols().any(|(own, _)| *own.name == *name);
        if known {
            return self.wrong("two symbols of one name");
        }
        Ok(self.store.symbol(Declaration { name: name.into(), ty, facts, differential }))
    }

    fn function(&mut self) -> Read<Function> {
        let name = self.from.text()?;
        if let Some(&found) = FUNCTIONS.iter().find(|own| function_name(**own) == name) {
            return Ok(found);
        }
        if name == function_name(Function::NormP(Real::new(1.0))) {
            return Ok(Function::NormP(self.real()?));
        }
        if name == function_name(Function::Unvec(Dim::ONE)) {
            return Ok(Function::Unvec(self.dim()?));
        }
        self.wrong("an unknown function")
    }

    fn map(&mut self) -> Read<Map> {
        let name = self.from.text()?;
        match name {
            "relu" => Ok(Map::Relu),
            "step" => Ok(Map::Step),
            _ => match Unary::ALL.iter().find(|own| own.name() == name) {
                Some(&unary) => Ok(Map::Unary(unary)),
                None => self.wrong("an unknown function"),
            },
        }
    }

    fn product(&mut self) -> Read<Node> {
        let scalars = self.terms()?;
        let count = self.from.count(8)?;
        let mut chain = Vec::with_capacity(count);
        for _ in 0..count {
            let (id, exponent) = (self.id()?, self.from.u32()?.cast_signed());
            if exponent == 0 || exponent.unsigned_abs() > HIGHEST_POWER {
                return self.wrong("an exponent out of bounds");
            }
            chain.push((id, exponent));
        }
        Ok(Node::Product { scalars, chain: chain.into() })
    }

    fn node(&mut self, outside: &mut Outside<'_>) -> Read<Id> {
        let node = match self.from.u8()? {
            0 => Node::Number(self.real()?),
            1 => Node::Size(self.dim()?),
            2 => return self.symbol(),
            3 => Node::Eye(self.dim()?),
            4 => Node::Ones(self.ty()?),
            5 => Node::Zeros(self.ty()?),
            6 => Node::Commutation(self.ty()?),
            7 => Node::Sum(self.terms()?),
            8 => self.product()?,
            9 => Node::Hadamard(self.terms()?),
            10 => Node::Transpose(self.id()?),
            11 => Node::Map(self.map()?, self.id()?),
            12 => Node::Power(self.id()?, self.id()?),
            13 => Node::Function(self.function()?, self.id()?),
            14 => Node::ExpmFrechet(self.id()?, self.ids()?.into()),
            15 => Node::Sylvester([self.id()?, self.id()?, self.id()?]),
            16 => Node::Kron(self.id()?, self.id()?),
            17 => {
                let place = if self.from.truth()? { Place::Right } else { Place::Left };
                Node::KronFactor(place, self.id()?, self.id()?)
            }
            18 => Node::Larger(self.id()?, self.id()?),
            19 => Node::Smaller(self.id()?, self.id()?),
            20 => {
                let (name, ty, operands) = (self.name()?, self.ty()?, self.ids()?);
                return outside(self.store, &name, &operands, ty);
            }
            21 => Node::Differential(self.id()?),
            22 => Node::CofactorFrechet(self.id()?, self.ids()?.into()),
            _ => return self.wrong("an unknown kind of expression"),
        };
        match type_of(self.store, &node) {
            Some(ty) => Ok(self.store.intern(node, ty)),
            None => self.wrong("operands whose types do not fit"),
        }
    }
}

/// The type of an expression of such operands, if they fit.
fn type_of(store: &mut Store, node: &Node) -> Option<Type> {
    let one = |id: &Id| store.ty(*id);
    match node {
        Node::Number(_) => Some(Type::SCALAR),
        Node::Size(dim) => {
            let (number, names) = store.sizes.factors(*dim);
            (number == 1 && names.len() == 1).then_some(Type::SCALAR)
        }
        Node::Symbol(symbol) => Some(store.declaration(*symbol).ty),
        Node::Eye(dim) => Some(Type::new(*dim, *dim)),
        Node::Ones(ty) | Node::Zeros(ty) => (!ty.is_scalar()).then_some(*ty),
        Node::Commutation(ty) => {
            let dim = store.sizes.product(ty.rows, ty.columns);
            Some(Type::new(dim, dim))
        }
        Node::Sum(terms) | Node::Hadamard(terms) => {
            let ty = one(&terms.first()?.0);
            let scalar = ty.is_scalar() && matches!(node, Node::Hadamard(_));
            (!scalar && terms.iter().all(|(id, _)| one(id) == ty)).then_some(ty)
        }
        Node::Product { scalars, chain } => {
            let fits = scalars.iter().all(|(id, _)| one(id).is_scalar())
                && chain.iter().all(|(id, exponent)| *exponent == 1 || one(id).is_square())
                && chain.windows(2).all(|two| one(&two[0].0).columns == one(&two[1].0).rows);
            let (Some((first, _)), Some((last, _))) = (chain.first(), chain.last()) else {
                return (fits && !scalars.is_empty()).then_some(Type::SCALAR);
            };
            fits.then(|| Type::new(one(first).rows, one(last).columns))
        }
        Node::Transpose(x) => Some(one(x).transposed()),
        Node::Map(_, x) | Node::Differential(x) => Some(one(x)),
        Node::Power(x, y) => (one(x) == one(y) || one(y).is_scalar()).then(|| one(x)),
        Node::Larger(x, y) | Node::Smaller(x, y) => (one(x) == one(y)).then(|| one(x)),
        Node::Function(function, x) => {
            let x = one(x);
            let fits = match *function {
                Function::Unvec(rows) => store.sizes.quotient(x.rows, rows).is_some(),
                Function::NormP(p) => p.get() >= 1.0,
                _ => true,
            };
            let fits = fits && function.domain().has(x);
            fits.then(|| function.type_of(x, &mut store.sizes))
        }
        Node::ExpmFrechet(x, along) | Node::CofactorFrechet(x, along) => {
            let ty = one(x);
            (ty.is_square() && !along.is_empty() && along.iter().all(|t| one(t) == ty)).then_some(ty)
        }
        Node::Sylvester([a, b, c]) => {
            let ty = one(c);
            let fits = one(a) == Type::new(ty.rows, ty.rows) && one(b) == Type::new(ty.columns, ty.columns);
            fits.then_some(ty)
        }
        Node::Kron(a, b) => {
            let (a, b) = (one(a), one(b));
            let rows = store.sizes.product(a.rows, b.rows);
            Some(Type::new(rows, store.sizes.product(a.columns, b.columns)))
        }
        Node::KronFactor(_, whole, other) => {
            let (all, part) = (one(whole), one(other));
            let rows = store.sizes.quotient(all.rows, part.rows)?;
            Some(Type::new(rows, store.sizes.quotient(all.columns, part.columns)?))
        }
        Node::Apply(operator, _) => Some(store.operator_at(*operator).ty),
    }
}
