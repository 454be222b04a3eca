//! Expressions as bytes.

use pyframe_graph::Writer;
use rustc_hash::FxHashMap;

use super::kind;
use crate::node::{Function, Id, Node, Place, Real, Terms};
use crate::notation::function_name;
use crate::size::{Dim, Type};
use crate::store::{Declaration, Store};

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
                self.to.text(map.name());
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
