//! Expressions of checked trees.

use super::error::SyntaxError;
use super::functions::{Function, Meaning};
use super::parser::parse;
use super::sizes::{Checked, Role, check};
use super::tree::{Head, Operator, Syntax};
use crate::facts::Facts;
use crate::node::{Function as Whole, Id, Real};
use crate::size::Type;
use crate::store::{Declaration, Store};

/// The expression of a text; names have the shapes that are declared, or that follow.
///
/// # Examples
///
/// ```
/// use pyframe_matcalc::{Store, syntax::read};
///
/// let mut store = Store::default();
/// let direct = read("x'*A*x", &[("A", "n,n")], &mut store).unwrap();
/// let inner = read("inner(x, A*x)", &[], &mut store).unwrap();
/// assert_eq!(direct, inner);
/// let error = read("A*x + b", &[("A", "m,n"), ("b", "k")], &mut store).unwrap_err();
/// assert_eq!(error.to_string(), "the left side is m, the right side is k\n    A*x + b\n        ^");
/// ```
pub fn read(text: &str, declared: &[(&str, &str)], store: &mut Store) -> Result<Id, SyntaxError> {
    let shapes: Vec<_> = declared.iter().map(|&(name, shape)| (name, Some(shape))).collect();
    let tree = parse(text)?.with_constants(&shapes);
    let checked = check(&tree, declared, &mut store.sizes)?;
    let mut symbols = Vec::with_capacity(checked.symbols.len());
    for found in &checked.symbols {
        let name = found.name.as_str().into();
        let facts = Facts::NONE.closed(found.ty);
        symbols.push(store.symbol(Declaration { name, ty: found.ty, facts, differential: None }));
    }
    elaborate(&checked, &symbols, store)
}

/// An expression that may still grow to the right: each sum and product is made once, however long.
enum Partial {
    Whole(Id),
    Sum(Vec<(Id, f64)>),
    Hadamard(Vec<(Id, f64)>),
    /// Powers of scalars, then a chain of matrices.
    Product(Vec<(Id, f64)>, Vec<(Id, i32)>),
}

/// The expression of a checked tree, whose symbols are given in their order.
pub fn elaborate(checked: &Checked<'_>, symbols: &[Id], store: &mut Store) -> Result<Id, SyntaxError> {
    elaborate_with(checked, symbols, store, &mut |_, _, _, _| {
        Err("this function has no meaning here".to_owned())
    })
}

/// Powers of scalars, and the chain of matrices.
type Factors = (Vec<(Id, f64)>, Vec<(Id, i32)>);

/// Makes an expression of a function from outside, by its place, its operands and the type of the result.
pub type Make<'a> = dyn FnMut(&mut Store, usize, &[Id], Type) -> Result<Id, String> + 'a;

/// The expression of a checked tree that may call functions from outside.
pub fn elaborate_with(
    checked: &Checked<'_>,
    symbols: &[Id],
    store: &mut Store,
    outside: &mut Make<'_>,
) -> Result<Id, SyntaxError> {
    let tree = checked.tree;
    let mut values: Vec<Option<Partial>> = Vec::with_capacity(tree.nodes.len());
    let mut walk = Walk { checked, symbols, store, outside };
    for node in 0..tree.nodes.len() as u32 {
        let value = if tree.sizes[node as usize] { None } else { Some(walk.node(node, &mut values)?) };
        values.push(value);
    }
    let root = tree.root() as u32;
    walk.whole(root, &mut values)
}

struct Walk<'a, 'm> {
    checked: &'a Checked<'a>,
    symbols: &'a [Id],
    store: &'a mut Store,
    outside: &'a mut Make<'m>,
}

impl Walk<'_, '_> {
    fn error(&self, node: u32, message: &str) -> SyntaxError {
        self.checked.tree.error(node, message)
    }

    /// The finished expression of a node.
    fn whole(&mut self, node: u32, values: &mut [Option<Partial>]) -> Result<Id, SyntaxError> {
        let id = match values[node as usize].take() {
            Some(Partial::Whole(id)) => id,
            Some(Partial::Sum(terms)) => self.store.sum(&terms),
            Some(Partial::Hadamard(factors)) => self.store.hadamard_of(&factors),
            Some(Partial::Product(scalars, chain)) => self.store.product(1.0, &scalars, &chain),
            None => return Err(self.error(node, "this has no value")),
        };
        values[node as usize] = Some(Partial::Whole(id));
        let (term, coefficient) = self.store.scaled(id);
        if !coefficient.is_finite() || self.store.as_number(term).is_some_and(|number| !number.is_finite()) {
            return Err(self.error(node, "the value of this is no finite number"));
        }
        Ok(id)
    }

    fn node(&mut self, node: u32, values: &mut [Option<Partial>]) -> Result<Partial, SyntaxError> {
        let checked = self.checked;
        Ok(Partial::Whole(match &checked.tree.nodes[node as usize] {
            Syntax::Number(number) => self.store.number(*number),
            Syntax::Name(name) => match checked.roles[*name as usize] {
                Role::Symbol(symbol) => self.symbols[symbol as usize],
                Role::Size(dim) => self.store.size(dim),
            },
            Syntax::Same(operand) => self.whole(*operand, values)?,
            Syntax::Negative(operand) => {
                let (minus, a) = (self.store.number(-1.0), self.whole(*operand, values)?);
                return Ok(if self.store.ty(a).is_scalar() {
                    Partial::Product(vec![(minus, 1.0), (a, 1.0)], Vec::new())
                } else {
                    Partial::Product(vec![(minus, 1.0)], vec![(a, 1)])
                });
            }
            Syntax::Transpose(operand) => {
                let operand = self.whole(*operand, values)?;
                self.store.transpose(operand)
            }
            Syntax::Call(Head::Language(function), arguments) => {
                self.call(node, function, arguments, values)?
            }
            Syntax::Call(Head::Outside(place), arguments) => {
                let mut operands = Vec::with_capacity(arguments.len());
                for &argument in arguments {
                    operands.push(self.whole(argument, values)?);
                }
                let made =
                    (self.outside)(self.store, *place as usize, &operands, checked.types[node as usize]);
                made.map_err(|message| self.checked.tree.error(node, message))?
            }
            Syntax::Binary(operator, left, right) => {
                return self.binary(node, *operator, [*left, *right], values);
            }
        }))
    }

    /// What stands left of a line, with scalars below it.
    fn over(
        &mut self,
        left: u32,
        below: &[(Id, f64)],
        values: &mut [Option<Partial>],
    ) -> Result<Partial, SyntaxError> {
        let (scalars, chain) = self.factors(left, values)?;
        Ok(Partial::Product([&scalars[..], below].concat(), chain))
    }

    /// The scalars and the chain of a product, or of something else as one.
    fn factors(&mut self, node: u32, values: &mut [Option<Partial>]) -> Result<Factors, SyntaxError> {
        Ok(match values[node as usize].take() {
            Some(Partial::Product(scalars, chain)) => (scalars, chain),
            other => {
                let a = self.finished(node, other, values)?;
                let scalar = self.store.ty(a).is_scalar();
                if scalar { (vec![(a, 1.0)], Vec::new()) } else { (Vec::new(), vec![(a, 1)]) }
            }
        })
    }

    fn binary(
        &mut self,
        node: u32,
        operator: Operator,
        [left, right]: [u32; 2],
        values: &mut [Option<Partial>],
    ) -> Result<Partial, SyntaxError> {
        let divides = matches!(operator, Operator::Divide | Operator::DivideEach);
        if divides && let Some(Partial::Product(scalars, chain)) = &values[right as usize] {
            // A number below a line is not multiplied into a sum beside it.
            let zero = scalars.iter().any(|s| self.store.is_zero(s.0));
            if let (false, [(number, 1.0), .., _], []) = (zero, &scalars[..], &chain[..])
                && self.store.as_number(*number).is_some()
            {
                let below: Vec<_> = scalars.iter().map(|&(scalar, e)| (scalar, -e)).collect();
                return self.over(left, &below, values);
            }
        }
        if !matches!(values[left as usize], Some(Partial::Sum(_)))
            && matches!(operator, Operator::Add | Operator::Subtract)
        {
            // Terms are made, and so stand, in the order of the text.
            self.whole(left, values)?;
        }
        let b = self.whole(right, values)?;
        if divides && self.store.is_zero(b) {
            return Err(self.error(node, "the right side is zero"));
        }
        Ok(match operator {
            Operator::Add | Operator::Subtract => {
                let mut terms = match values[left as usize].take() {
                    Some(Partial::Sum(terms)) => terms,
                    other => vec![(self.finished(left, other, values)?, 1.0)],
                };
                terms.push((b, if operator == Operator::Add { 1.0 } else { -1.0 }));
                Partial::Sum(terms)
            }
            Operator::Hadamard | Operator::DivideEach => {
                let mut factors = match values[left as usize].take() {
                    Some(Partial::Hadamard(factors)) => factors,
                    Some(Partial::Product(mut factors, chain)) if chain.len() < 2 => {
                        factors.extend(chain.iter().map(|&(matrix, e)| (matrix, f64::from(e))));
                        factors
                    }
                    other => vec![(self.finished(left, other, values)?, 1.0)],
                };
                factors.push((b, if operator == Operator::Hadamard { 1.0 } else { -1.0 }));
                Partial::Hadamard(factors)
            }
            Operator::Multiply | Operator::Divide => {
                let (mut scalars, mut chain) = self.factors(left, values)?;
                if self.store.ty(b).is_scalar() {
                    scalars.push((b, if operator == Operator::Multiply { 1.0 } else { -1.0 }));
                } else {
                    chain.push((b, 1));
                }
                if self.checked.types[node as usize].is_scalar() && !chain.is_empty() {
                    let number = self.store.product(1.0, &[], &chain);
                    scalars.push((number, 1.0));
                    chain.clear();
                }
                Partial::Product(scalars, chain)
            }
            Operator::Power | Operator::PowerEach => {
                let a = self.whole(left, values)?;
                Partial::Whole(self.power(node, operator, a, b, right)?)
            }
        })
    }

    /// The finished expression of a node whose value was taken already.
    fn finished(
        &mut self,
        node: u32,
        value: Option<Partial>,
        values: &mut [Option<Partial>],
    ) -> Result<Id, SyntaxError> {
        values[node as usize] = value;
        self.whole(node, values)
    }

    fn power(
        &mut self,
        node: u32,
        operator: Operator,
        a: Id,
        b: Id,
        exponent: u32,
    ) -> Result<Id, SyntaxError> {
        let whole = self.checked.tree.whole(exponent);
        if self.store.as_number(b).is_some_and(|power| power < 0.0) && self.store.is_zero(a) {
            return Err(self.error(node, "zero has no negative power"));
        }
        Ok(match whole {
            Some(power) if operator == Operator::Power && !self.store.ty(a).is_scalar() => {
                self.store.matrix_power(a, power)
            }
            _ => self.store.power(a, b),
        })
    }

    fn call(
        &mut self,
        node: u32,
        function: &Function,
        arguments: &[u32],
        values: &mut [Option<Partial>],
    ) -> Result<Id, SyntaxError> {
        let ty = self.checked.types[node as usize];
        match function.meaning {
            Meaning::Eye => return Ok(self.store.eye(ty.rows)),
            Meaning::Ones => return Ok(self.store.ones(ty)),
            Meaning::Zeros => return Ok(self.store.zeros(ty)),
            Meaning::Commutation => {
                let own = self.checked.types[arguments[0] as usize];
                return Ok(self.store.commutation(own));
            }
            _ => {}
        }
        let a = self.whole(arguments[0], values)?;
        if function.meaning == Meaning::Unvec {
            return Ok(self.store.function(Whole::Unvec(ty.rows), a));
        }
        if let Meaning::ExpmFrechet | Meaning::CofactorFrechet | Meaning::Sylvester = function.meaning {
            let mut others = Vec::with_capacity(arguments.len() - 1);
            for &argument in &arguments[1..] {
                others.push(self.whole(argument, values)?);
            }
            return Ok(match *others {
                [b, c] if function.meaning == Meaning::Sylvester => self.store.sylvester(a, b, c),
                _ if function.meaning == Meaning::CofactorFrechet => self.store.cofactor_frechet(a, &others),
                _ => self.store.expm_frechet(a, &others),
            });
        }
        if let [_, second] = *arguments {
            let b = self.whole(second, values)?;
            return Ok(match function.meaning {
                Meaning::Inner => self.store.inner(a, b),
                Meaning::Larger => self.store.larger(a, b),
                Meaning::Smaller => self.store.smaller(a, b),
                Meaning::KronFactor(place) => self.store.kron_factor(place, a, b),
                Meaning::NormP => {
                    let p = Real::new(self.checked.tree.number(second).unwrap_or(2.0));
                    self.store.function(Whole::NormP(p), a)
                }
                _ => self.store.kron(a, b),
            });
        }
        Ok(match function.meaning {
            Meaning::Map(map) => self.store.map(map, a),
            Meaning::Whole(whole) => self.store.function(whole, a),
            Meaning::Larger => self.store.function(Whole::Max, a),
            Meaning::Smaller => self.store.function(Whole::Min, a),
            _ if self.store.is_zero(a) => return Err(self.error(node, "zero has no inverse")),
            _ => self.store.inverse(a),
        })
    }
}
