//! What waits until more sizes are known: a product may scale, a sum may stretch a scalar.

use super::classes::{Class, ONE, Shape};
use super::declare::product;
use super::defaults::Assumed;
use super::error::SyntaxError;
use super::sizes::Inference;
use super::tree::{Operator, Syntax};
use crate::size::{Dim, Shown, Type};

/// What a node asks of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Two of one shape, or one is a scalar.
    Stretch { left: u32, right: u32 },
    /// A matrix product, or one is a scalar.
    Product { left: u32, right: u32 },
    /// A scalar, or a square matrix where the exponent is whole.
    Power { base: u32, whole: bool },
    /// A scalar.
    Scalar { operand: u32 },
    /// That the rows of the result are a product of sizes.
    Size { a: Class, b: Class },
}

/// What a node asks, and its shape.
#[derive(Clone, Copy, Debug)]
pub struct Constraint {
    pub node: u32,
    pub asks: Asks,
    pub result: Shape,
}

impl Inference<'_, '_> {
    /// Adds a constraint that waits for more to be known of some shapes.
    pub fn constrain(&mut self, node: u32, asks: Asks, shapes: &[Shape], result: Shape) {
        let place = self.constraints.len() as u32;
        self.constraints.push(Some(Constraint { node, asks, result }));
        for &shape in shapes {
            self.classes.watch(shape, place);
        }
        self.classes.woken.push_back(place);
    }

    /// Draws what conclusions there are.
    pub fn settle(&mut self) -> Result<(), SyntaxError> {
        while let Some(place) = self.classes.woken.pop_front() {
            if let Some(constraint) = self.constraints[place as usize]
                && self.conclude(constraint)?
            {
                self.constraints[place as usize] = None;
            }
        }
        Ok(())
    }

    /// Draws the conclusions of one constraint; true when there will be no more.
    fn conclude(&mut self, constraint: Constraint) -> Result<bool, SyntaxError> {
        let Constraint { node, asks, result } = constraint;
        match asks {
            Asks::Stretch { left, right } => self.conclude_stretch(node, left, right, result),
            Asks::Product { left, right } => self.conclude_product(node, left, right, result),
            Asks::Power { base, whole } => self.conclude_power(node, base, whole),
            Asks::Size { a, b } => self.conclude_size(node, a, b, result.rows),
            Asks::Scalar { operand } => match self.classes.is_scalar(self.shapes[operand as usize]) {
                Some(false) => Err(self.no_scalar(node, operand)),
                scalar => Ok(scalar.is_some()),
            },
        }
    }

    fn conclude_stretch(&mut self, node: u32, left: u32, right: u32, r: Shape) -> Result<bool, SyntaxError> {
        let (a, b) = (self.shapes[left as usize], self.shapes[right as usize]);
        let scalars = (self.classes.is_scalar(a), self.classes.is_scalar(b), self.classes.is_scalar(r));
        let (fits, done) = match scalars {
            (Some(true), ..) => (self.classes.unite_shapes(r, b), true),
            (_, Some(true), _) => (self.classes.unite_shapes(r, a), true),
            (Some(false), Some(false), _) => {
                (self.classes.unite_shapes(a, b) && self.classes.unite_shapes(r, a), true)
            }
            (Some(false), None, _) => (self.classes.unite_shapes(r, a), false),
            (None, Some(false), _) => (self.classes.unite_shapes(r, b), false),
            (None, None, Some(true)) => {
                let scalar = Shape::SCALAR;
                (self.classes.unite_shapes(a, scalar) && self.classes.unite_shapes(b, scalar), true)
            }
            (None, None, _) => (true, false),
        };
        if fits { Ok(done) } else { Err(self.sides(node, left, right)) }
    }

    fn conclude_product(&mut self, node: u32, left: u32, right: u32, r: Shape) -> Result<bool, SyntaxError> {
        let (a, b) = (self.shapes[left as usize], self.shapes[right as usize]);
        let (fits, done) = match (self.classes.is_scalar(a), self.classes.is_scalar(b)) {
            (Some(true), _) => (self.classes.unite_shapes(r, b), true),
            (_, Some(true)) => (self.classes.unite_shapes(r, a), true),
            (Some(false), Some(false)) => {
                let whole = Shape::new(a.rows, b.columns);
                (self.classes.unite(a.columns, b.rows) && self.classes.unite_shapes(r, whole), true)
            }
            // A product and a scaled matrix have their outer sizes in common.
            (Some(false), None) => (self.classes.unite(r.rows, a.rows), false),
            (None, Some(false)) => (self.classes.unite(r.columns, b.columns), false),
            (None, None) => (true, false),
        };
        if fits { Ok(done) } else { Err(self.sides(node, left, right)) }
    }

    fn conclude_power(&mut self, node: u32, base: u32, whole: bool) -> Result<bool, SyntaxError> {
        let shape = self.shapes[base as usize];
        match (
            self.classes.is_scalar(shape),
            self.classes.is_one(shape.rows),
            self.classes.is_one(shape.columns),
        ) {
            (Some(true), ..) => Ok(true),
            (Some(false), ..) if !whole => {
                let (text, shown) = (self.tree.excerpt(base), self.describe(shape));
                let message = format!(
                    "a matrix has whole powers from -10000 to 10000 only, written as numbers: {text} is {shown}; \
                     the power of each element is .^"
                );
                Err(self.mismatch(node, &[base], message))
            }
            (Some(false), Some(rows), Some(columns)) => {
                if rows == columns && self.classes.unite(shape.rows, shape.columns) {
                    return Ok(true);
                }
                let (text, shown) = (self.tree.excerpt(base), self.describe(shape));
                let message =
                    format!("^ takes a square matrix: {text} is {shown}; the power of each element is .^");
                Err(self.mismatch(node, &[base], message))
            }
            _ => Ok(false),
        }
    }

    fn conclude_size(&mut self, node: u32, a: Class, b: Class, whole: Class) -> Result<bool, SyntaxError> {
        let known = (self.classes.dim(a), self.classes.dim(b), self.classes.dim(whole));
        let fits = match known {
            (Some(Dim::ONE), ..) => return self.equal_sizes(node, b, whole),
            (_, Some(Dim::ONE), _) => return self.equal_sizes(node, a, whole),
            (Some(left), Some(right), _) => {
                let Some(dim) = product(left, right, self.sizes) else {
                    return Err(self.tree.error(node, "the result is too large"));
                };
                let class = self.classes.known(dim);
                return self.equal_sizes(node, class, whole);
            }
            (.., Some(Dim::ONE)) => self.classes.unite(a, ONE) && self.classes.unite(b, ONE),
            (Some(part), None, Some(dim)) => return self.quotient(node, dim, part, b),
            (None, Some(part), Some(dim)) => return self.quotient(node, dim, part, a),
            _ => {
                let several = [a, b].map(|class| self.classes.is_one(class));
                if several.contains(&Some(false)) {
                    self.classes.assume_several(whole);
                }
                return Ok(false);
            }
        };
        if fits { Ok(true) } else { self.equal_sizes(node, a, whole) }
    }

    fn equal_sizes(&mut self, node: u32, a: Class, b: Class) -> Result<bool, SyntaxError> {
        if self.classes.unite(a, b) {
            return Ok(true);
        }
        let (own, needed) = (self.describe(Shape::new(a, ONE)), self.describe(Shape::new(b, ONE)));
        let text = self.tree.excerpt(node);
        Err(self.tree.error(node, format!("{text} has size {own}, and size {needed} is needed")))
    }

    fn quotient(&mut self, node: u32, whole: Dim, part: Dim, other: Class) -> Result<bool, SyntaxError> {
        let Some(dim) = self.sizes.quotient(whole, part) else {
            let shown = |dim| Shown(self.sizes, Type::vector(dim)).to_string();
            let text = self.tree.excerpt(node);
            let message = format!(
                "{text} has a multiple of {} as its size, and size {} is needed",
                shown(part),
                shown(whole)
            );
            return Err(self.tree.error(node, message));
        };
        let class = self.classes.known(dim);
        self.equal_sizes(node, class, other)
    }

    /// That two operands do not fit.
    pub fn sides(&mut self, node: u32, left: u32, right: u32) -> SyntaxError {
        let (a, b) = (self.shapes[left as usize], self.shapes[right as usize]);
        let (first, second) = (self.describe(a), self.describe(b));
        let multiplies = matches!(self.tree.nodes[node as usize], Syntax::Binary(Operator::Multiply, ..));
        let both_columns = self.classes.same(a.columns, ONE) && self.classes.same(b.columns, ONE);
        let advice = if multiplies && both_columns {
            "; the inner product is x'*y, the product of each pair of elements x.*y"
        } else {
            ""
        };
        let message = match self.tree.nodes[node as usize] {
            Syntax::Call(head, _) => {
                let name = self.tree.name_of(head);
                format!("{name} takes two of one shape: the first is {first}, the second is {second}")
            }
            _ => format!("the left side is {first}, the right side is {second}{advice}"),
        };
        self.mismatch(node, &[left, right], message)
    }

    /// That an operand is no scalar.
    fn no_scalar(&mut self, node: u32, operand: u32) -> SyntaxError {
        let shape = self.shapes[operand as usize];
        let (text, shown) = (self.tree.excerpt(operand), self.describe(shape));
        let message = match self.tree.nodes[node as usize] {
            Syntax::Binary(Operator::Power, ..) => {
                format!("the exponent of ^ is a scalar: {text} is {shown}; the power of each element is .^")
            }
            _ => format!(
                "/ divides by a scalar: {text} is {shown}; a matrix is inverted by inv(...), each element \
                 divided by ./"
            ),
        };
        self.mismatch(node, &[operand], message)
    }

    /// An error at a node, with a remark on operands whose sizes are only taken for granted.
    pub fn mismatch(&self, node: u32, operands: &[u32], message: String) -> SyntaxError {
        let mut remark = String::new();
        for &operand in operands {
            // An operand whose size is a guess, or a factor whose guess decides the size of an operand.
            let (mut waiting, mut within) = (vec![operand], false);
            while let Some(place) = waiting.pop() {
                match &self.tree.nodes[place as usize] {
                    &Syntax::Negative(inner) | &Syntax::Transpose(inner) => waiting.push(inner),
                    &Syntax::Binary(Operator::Multiply, left, right) => {
                        waiting.extend([right, left]);
                        within = true;
                    }
                    &Syntax::Name(name) => {
                        let guess = self.names[name as usize].assumed;
                        let Some(assumed) = guess.filter(|&own| !within || own == Assumed::Scalar) else {
                            continue;
                        };
                        let text = &self.tree.names[name as usize];
                        let own = format!("; '{text}', whose size is not declared, is taken for a {assumed}");
                        if !remark.contains(&own) {
                            remark += &own;
                        }
                    }
                    _ => {}
                }
            }
        }
        self.tree.error(node, message + &remark)
    }
}
