//! Expressions out of bytes, which are checked.

use pyframe_graph::{GraphError, Reader, Unary};

use super::types::type_of;
use crate::facts::Facts;
use crate::limits::HIGHEST_POWER;
use crate::node::{Function, Id, Map, Node, Place, Real, Terms};
use crate::notation::function_name;
use crate::size::{Dim, Type};
use crate::store::{Declaration, Store};
use crate::syntax::is_name;

/// Functions of a whole that hold nothing but their operand.
const FUNCTIONS: [Function; 32] = {
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
        F::RowLogsumexp,
        F::RowSoftmax,
    ]
};

/// Puts an operator from outside of this name, with a result of this type, into a store.
pub type Outside<'a> = dyn FnMut(&mut Store, &str, &[Id], Type) -> Result<Id, GraphError> + 'a;

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
        let mut all = Unary::ALL.iter().map(|&unary| Map::Unary(unary)).chain([Map::Relu, Map::Step]);
        match all.find(|own| own.name() == name) {
            Some(map) => Ok(map),
            None => self.wrong("an unknown function"),
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
