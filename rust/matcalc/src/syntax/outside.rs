//! Functions from outside the language.

use super::declare::shape;
use super::error::{Span, SyntaxError};
use super::{functions, is_name};
use crate::size::{Sizes, Type};

/// A function from outside: its name, and the shapes of its operands and of its result, whose size names
/// mean something else in each call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// As it is written.
    pub name: String,
    /// The shapes of the operands.
    pub operands: Vec<Type>,
    /// The shape of the result.
    pub result: Type,
}

impl Outside {
    /// A function whose signature is written as `"n,n -> n,n"`, or, of two operands, `"m,n; n -> m"`.
    ///
    /// # Examples
    ///
    /// ```
    /// use pyframe_matcalc::syntax::{Outside, check, parse_with};
    /// use pyframe_matcalc::{Shown, Sizes};
    ///
    /// let mut sizes = Sizes::default();
    /// let root = Outside::new("sqrtm", "n,n -> n,n", &mut sizes).unwrap();
    /// let tree = parse_with("tr(sqrtm(A*B))", &[root]).unwrap();
    /// let checked = check(&tree, &[], &mut sizes).unwrap();
    /// assert_eq!(Shown(&sizes, checked.symbols[0].ty).to_string(), "m x n");
    /// assert_eq!(Shown(&sizes, checked.symbols[1].ty).to_string(), "n x m");
    /// ```
    pub fn new(name: &str, signature: &str, sizes: &mut Sizes) -> Result<Self, SyntaxError> {
        let whole = Span::new(0, signature.len());
        if !is_name(name) || functions::is_reserved(name) {
            let message = format!("'{:.40}' cannot be the name of a function", name.escape_debug());
            return Err(SyntaxError::new(signature, whole, message));
        }
        let Some((left, right)) = signature.split_once("->") else {
            let message = format!("the signature of '{name}' has no ->");
            return Err(SyntaxError::new(signature, whole, message));
        };
        let mut operands = Vec::new();
        for operand in left.split(';') {
            operands.push(shape(name, operand, sizes)?);
        }
        let result = shape(name, right, sizes)?;
        let known = |dim| sizes.factors(dim).1.iter();
        let given: Vec<_> = operands.iter().flat_map(|ty| known(ty.rows).chain(known(ty.columns))).collect();
        if let Some(free) = known(result.rows).chain(known(result.columns)).find(|own| !given.contains(own)) {
            let message = format!("the signature of '{name}': {free} is the size of no operand");
            return Err(SyntaxError::new(signature, whole, message));
        }
        Ok(Self { name: name.to_owned(), operands, result })
    }
}
