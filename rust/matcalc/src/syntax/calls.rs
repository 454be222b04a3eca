//! What functions ask of the sizes of their arguments.

use rustc_hash::FxHashMap;

use super::classes::{Class, ONE, Shape};
use super::constraints::Asks;
use super::error::SyntaxError;
use super::functions::Kind;
use super::sizes::Inference;
use super::tree::Syntax;
use crate::size::{Shown, Type};

impl Inference<'_, '_> {
    /// The shape of what a function of the language gives, and what it asks of its arguments.
    pub fn call(&mut self, node: u32, kind: Kind, arguments: &[u32]) -> Result<Shape, SyntaxError> {
        let shape = self.shapes[arguments[0] as usize];
        let other = self.shapes[arguments[arguments.len() - 1] as usize];
        Ok(match kind {
            Kind::Elementwise => shape,
            Kind::Reduction => Shape::SCALAR,
            Kind::OfRows => Shape::new(shape.rows, ONE),
            Kind::Transposing => shape.transposed(),
            Kind::OfSquare | Kind::OnSquare | Kind::DiagonalOf => {
                if !self.classes.unite(shape.rows, shape.columns) {
                    return Err(self.takes(node, arguments[0], "a square matrix"));
                }
                match kind {
                    Kind::OfSquare => Shape::SCALAR,
                    Kind::OnSquare => shape,
                    _ => Shape::new(shape.rows, ONE),
                }
            }
            Kind::Diagonal => {
                if !self.classes.unite(shape.columns, ONE) {
                    return Err(self.takes(node, arguments[0], "a vector (one column)"));
                }
                Shape::new(shape.rows, shape.rows)
            }
            Kind::Inner | Kind::OnSquares => {
                for &argument in &arguments[1..] {
                    if !self.classes.unite_shapes(shape, self.shapes[argument as usize]) {
                        return Err(self.sides(node, arguments[0], argument));
                    }
                }
                if kind == Kind::Inner {
                    return Ok(Shape::SCALAR);
                }
                if !self.classes.unite(shape.rows, shape.columns) {
                    return Err(self.takes(node, arguments[0], "square matrices"));
                }
                shape
            }
            Kind::Norm => {
                if !self.tree.number(arguments[1]).is_some_and(|p| p >= 1.0) {
                    let message = "the second argument of normp is a number, at least 1";
                    return Err(self.tree.error(arguments[1], message));
                }
                Shape::SCALAR
            }
            Kind::Extreme if arguments.len() == 1 => Shape::SCALAR,
            Kind::Extreme => self.stretch(node, arguments[0], arguments[1]),
            Kind::Stacked => {
                // In the order of kron(B', A)*vec(X) = vec(A*X*B).
                let rows = self.product(node, shape.columns, shape.rows);
                Shape::new(rows, ONE)
            }
            Kind::Unstacked => {
                if !self.classes.unite(shape.columns, ONE) {
                    return Err(self.takes(node, arguments[0], "a vector (one column)"));
                }
                let rows = self.classes.known(self.dims[arguments[1] as usize]);
                let columns = self.classes.fresh();
                let whole = self.product(node, columns, rows);
                self.classes.unite(whole, shape.rows);
                Shape::new(rows, columns)
            }
            Kind::Equation => {
                for (&argument, wanted) in arguments.iter().zip([other.rows, other.columns]) {
                    let own = self.shapes[argument as usize];
                    if !self.classes.unite_shapes(own, Shape::new(wanted, wanted)) {
                        return Err(self.takes(node, argument, "square matrices beside the last one"));
                    }
                }
                other
            }
            Kind::LeftFactor | Kind::RightFactor => {
                let own = Shape::new(self.classes.fresh(), self.classes.fresh());
                let (left, right) = if kind == Kind::LeftFactor { (own, other) } else { (other, own) };
                let rows = self.product(node, left.rows, right.rows);
                let columns = self.product(node, left.columns, right.columns);
                self.classes.unite(rows, shape.rows);
                self.classes.unite(columns, shape.columns);
                own
            }
            Kind::Kronecker => {
                let rows = self.product(node, shape.rows, other.rows);
                let columns = self.product(node, shape.columns, other.columns);
                Shape::new(rows, columns)
            }
            Kind::SquareOfSize => {
                let rows = self.classes.known(self.dims[arguments[0] as usize]);
                Shape::new(rows, rows)
            }
            Kind::SquareOfSizes => {
                let [rows, columns] = [0, 1].map(|place: usize| self.dims[arguments[place] as usize]);
                let own = Shape::new(self.classes.known(rows), self.classes.known(columns));
                self.shapes[arguments[0] as usize] = own;
                let whole = self.product(node, own.rows, own.columns);
                Shape::new(whole, whole)
            }
            Kind::OfSizes => {
                let mut class = |place: usize| self.classes.known(self.dims[arguments[place] as usize]);
                Shape::new(class(0), if arguments.len() == 2 { class(1) } else { ONE })
            }
        })
    }

    /// The product of two sizes that may be unknown.
    fn product(&mut self, node: u32, a: Class, b: Class) -> Class {
        let whole = self.classes.fresh();
        let result = Shape::new(whole, ONE);
        self.products.push((whole, Shape::new(a, b)));
        self.constrain(node, Asks::Size { a, b }, &[Shape::new(a, b), result], result);
        whole
    }

    /// A function from outside: the sizes of its signature are new in each call.
    pub fn outside(&mut self, node: u32, place: u32, arguments: &[u32]) -> Result<Shape, SyntaxError> {
        let tree = self.tree;
        let function = &tree.outside[place as usize];
        let mut given = FxHashMap::default();
        for (&argument, &operand) in arguments.iter().zip(&function.operands) {
            let wanted = self.instance(node, operand, &mut given);
            if !self.classes.unite_shapes(self.shapes[argument as usize], wanted) {
                let what = format!("something of shape {}", Shown(self.sizes, operand));
                return Err(self.takes(node, argument, &what));
            }
        }
        Ok(self.instance(node, function.result, &mut given))
    }

    /// The shape of a signature, its names replaced by what they are in one call.
    fn instance(&mut self, node: u32, ty: Type, given: &mut FxHashMap<Box<str>, Class>) -> Shape {
        let [rows, columns] = [ty.rows, ty.columns].map(|dim| {
            let (number, names) = self.sizes.factors(dim);
            let names = names.to_vec();
            let number = self.sizes.number(number);
            let mut whole = self.classes.known(number);
            for name in names {
                let own = *given.entry(name).or_insert_with(|| self.classes.fresh());
                whole = if whole == ONE { own } else { self.product(node, whole, own) };
            }
            whole
        });
        Shape::new(rows, columns)
    }

    /// That an argument is not what a function takes.
    fn takes(&mut self, node: u32, argument: u32, what: &str) -> SyntaxError {
        let Syntax::Call(head, _) = self.tree.nodes[node as usize] else {
            return self.tree.error(node, what);
        };
        let name = self.tree.name_of(head);
        let shown = self.describe(self.shapes[argument as usize]);
        let text = self.tree.excerpt(argument);
        let advice = if name == "diag" { "; the diagonal of a matrix is diagv(...)" } else { "" };
        self.mismatch(node, &[argument], format!("{name} takes {what}: {text} is {shown}{advice}"))
    }
}
