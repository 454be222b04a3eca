//! Sums, powers and functions of each element.

use pyframe_graph::{Binary, Compare, NodeId, Part, Unary};

use super::norms::Over;
use super::{Lowered, Lowering};
use crate::node::{Function, Id, Map, Node, Real};
use crate::size::Type;
use crate::switches::switches_off;

/// What a term adds: an array, or what stands on its diagonal.
pub(super) struct Term {
    pub(super) coefficient: f64,
    pub(super) value: NodeId,
    pub(super) on_diagonal: bool,
}

impl Lowering<'_> {
    /// The sum of terms; those that are one number all over stretch as they are added.
    pub(super) fn sum(&mut self, terms: &[(Id, Real)], ty: Type) -> Lowered {
        let mut found = Vec::with_capacity(terms.len());
        for &(term, c) in terms {
            found.push(self.term(term, c.get())?);
        }
        self.added(found, ty)
    }

    /// The sum of some terms.
    pub(super) fn added(&mut self, mut found: Vec<Term>, ty: Type) -> Lowered {
        found.sort_by_key(|term| term.on_diagonal);
        let plain = found.iter().position(|term| term.coefficient == 1.0 && !term.on_diagonal);
        found.swap(0, plain.unwrap_or(0));
        let mut total: Option<NodeId> = None;
        for Term { coefficient, value, on_diagonal } in found {
            let (value, coefficient) = if on_diagonal {
                let scaled = self.times(coefficient, value)?;
                (self.diagonal_matrix(scaled)?, 1.0)
            } else {
                (value, coefficient)
            };
            total = Some(match total {
                None => self.times(coefficient, value)?,
                Some(sum) if coefficient < 0.0 => {
                    let value = self.times(-coefficient, value)?;
                    self.binary(Binary::Sub, sum, value)?
                }
                Some(sum) => {
                    let value = self.times(coefficient, value)?;
                    self.binary(Binary::Add, sum, value)?
                }
            });
        }
        let total = match total {
            Some(total) => total,
            None => self.number(0.0)?,
        };
        let shape = self.shape(ty)?;
        Ok(self.graph.broadcast(total, &shape)?)
    }

    fn term(&mut self, term: Id, coefficient: f64) -> Result<Term, super::LowerError> {
        let store = self.store;
        let of = |value| Term { coefficient, value, on_diagonal: false };
        Ok(match store.node(term) {
            Node::Ones(_) => of(self.number(1.0)?),
            Node::Product { scalars, chain } => match **chain {
                [(ones, 1)] if matches!(store.node(ones), Node::Ones(_)) => {
                    let value = self.scale(coefficient, scalars)?;
                    Term { coefficient: 1.0, value, on_diagonal: false }
                }
                _ if scalars.is_empty() => of(self.product(1.0, scalars, chain, store.ty(term))?),
                _ => {
                    let value = self.product(coefficient, scalars, chain, store.ty(term))?;
                    Term { coefficient: 1.0, value, on_diagonal: false }
                }
            },
            Node::Eye(dim) => {
                let value = self.filled(1.0, Type::vector(*dim))?;
                Term { coefficient, value, on_diagonal: true }
            }
            Node::Function(Function::Diag, v) => {
                Term { coefficient, value: self.value(*v)?, on_diagonal: true }
            }
            _ => of(self.value(term)?),
        })
    }

    /// A number times powers of arrays of one shape; what is to a negative power divides.
    pub(super) fn powers(&mut self, coefficient: f64, factors: &[(Id, Real)]) -> Lowered {
        self.powers_over(coefficient, factors, None)
    }

    /// The same, over as many powers of a norm as there are left: each base is divided by it.
    pub(super) fn powers_over(
        &mut self,
        coefficient: f64,
        factors: &[(Id, Real)],
        mut over: Option<&mut Over>,
    ) -> Lowered {
        let mut parts: [Option<NodeId>; 2] = [None, None];
        let (mut switches, mut norms) = (Vec::new(), Vec::new());
        for &(factor, e) in factors {
            let value = self.value(factor)?;
            let below = e.get() < 0.0;
            let value = match self.store.node(factor) {
                // What is switched off is 0, whatever it would be.
                Node::Map(Map::Step | Map::Unary(Unary::Sign), _) if !below => {
                    switches.push(self.powered(value, e.get())?);
                    continue;
                }
                _ if !below && factors.iter().any(|&(other, _)| switches_off(self.store, factor, other)) => {
                    switches.push(self.powered(value, e.get())?);
                    continue;
                }
                Node::Function(f, _) if below && f.is_norm() => {
                    norms.push((value, -e.get()));
                    continue;
                }
                _ => match over.as_deref_mut().and_then(|over| over.take(self.store, factor, e.get())) {
                    Some(norm) => self.binary(Binary::Div, value, norm)?,
                    None => value,
                },
            };
            let (value, below) = (self.powered(value, e.get().abs())?, usize::from(below));
            parts[below] = Some(match parts[below] {
                None => value,
                Some(product) => self.binary(Binary::Mul, product, value)?,
            });
        }
        let [above, below] = parts;
        let guarded = |below| norms.iter().try_fold(below, |below, norm| self.infinite_where(norm.0, below));
        let below = below.map(guarded).transpose()?;
        let mut product = match (above, below) {
            (Some(above), Some(below)) => {
                let above = self.times(coefficient, above)?;
                self.binary(Binary::Div, above, below)?
            }
            (Some(above), None) => self.times(coefficient, above)?,
            (None, Some(below)) if coefficient == 1.0 => self.graph.unary(Unary::Reciprocal, below)?,
            (None, Some(below)) => {
                let above = self.number(coefficient)?;
                self.binary(Binary::Div, above, below)?
            }
            (None, None) => self.number(coefficient)?,
        };
        for (norm, power) in norms {
            product = self.over_norm(product, norm, power)?;
        }
        for switch in switches {
            product = self.binary(Binary::Strong, switch, product)?;
        }
        Ok(product)
    }

    pub(super) fn powered(&mut self, x: NodeId, e: f64) -> Lowered {
        if e == 1.0 {
            return Ok(x);
        }
        let known = if e == 2.0 { Some(Unary::Square) } else { (e == 0.5).then_some(Unary::Sqrt) };
        if let Some(f) = known {
            return Ok(self.graph.unary(f, x)?);
        }
        let e = self.number(e)?;
        self.binary(Binary::Pow, x, e)
    }

    /// log(sign) + log|det|: the determinant itself may leave the range of numbers.
    fn log_of_det(&mut self, x: Id) -> Lowered {
        let lu = self.factorised(x)?;
        let [sign, size] = [Part::DetSign, Part::LogAbsDet].map(|part| self.graph.part(part, &[lu]));
        let sign = self.graph.unary(Unary::Log, sign?)?;
        self.binary(Binary::Add, sign, size?)
    }

    pub(super) fn power(&mut self, x: Id, y: Id) -> Lowered {
        let (x, y) = (self.value(x)?, self.value(y)?);
        self.binary(Binary::Pow, x, y)
    }

    pub(super) fn map(&mut self, map: Map, x: Id) -> Lowered {
        if let (Map::Unary(Unary::Log), &Node::Function(Function::Det, u)) = (map, self.store.node(x)) {
            return self.log_of_det(u);
        }
        if let (Map::Unary(Unary::Log), &Node::Map(Map::Unary(Unary::Cosh), u)) = (map, self.store.node(x)) {
            return self.log_of_cosh(u);
        }
        let x = self.value(x)?;
        match map {
            Map::Unary(f) => Ok(self.graph.unary(f, x)?),
            Map::Relu => {
                let zero = self.number(0.0)?;
                self.binary(Binary::Maximum, x, zero)
            }
            Map::Step => {
                let zero = self.number(0.0)?;
                let above = self.graph.compare(Compare::Greater, x, zero)?;
                Ok(self.graph.convert(above, self.dtype)?)
            }
        }
    }

    /// log(cosh(u)) = |u| + log(1 + exp(-2|u|)) - log(2), where cosh(u) overflows too.
    fn log_of_cosh(&mut self, u: Id) -> Lowered {
        let u = self.value(u)?;
        let size = self.graph.unary(Unary::Abs, u)?;
        let twice = self.times(-2.0, size)?;
        let rest = self.graph.unary(Unary::Softplus, twice)?;
        let log2 = self.number(std::f64::consts::LN_2)?;
        let rest = self.binary(Binary::Sub, rest, log2)?;
        self.binary(Binary::Add, size, rest)
    }
}
