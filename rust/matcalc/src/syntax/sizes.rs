//! The sizes of a tree: what each node asks of its operands, in the order of the text.

use super::classes::{Class, Classes, Shape};
use super::constraints::{Asks, Constraint};
use super::declare::{LARGEST, product, shape};
use super::defaults::Assumed;
use super::error::{Span, SyntaxError};
use super::functions;
use super::tree::{Head, Operator, Syntax, Tree};
use crate::size::{Dim, Shown, Sizes, Type};

/// What a name of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A symbol, by its place among those of [`Checked`].
    Symbol(u32),
    /// A size.
    Size(Dim),
}

/// A symbol of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// As it is written.
    pub name: String,
    /// Where it stands first.
    pub span: Span,
    /// Rows and columns.
    pub ty: Type,
    /// Whether they were declared, not inferred.
    pub declared: bool,
}

/// A tree whose sizes fit.
#[derive(Clone, Debug)]
pub struct Checked<'t> {
    /// The tree.
    pub tree: &'t Tree,
    /// The type of each node; of what stands for a size, a scalar, but of the first of two sizes of
    /// a commutation matrix their type.
    pub types: Vec<Type>,
    /// The symbols, in order of first appearance.
    pub symbols: Vec<Found>,
    /// What each name of the tree is.
    pub roles: Vec<Role>,
}

/// Finds the sizes of a tree, given the shapes of the names that are declared.
pub fn check<'t>(
    tree: &'t Tree,
    declared: &[(&str, &str)],
    sizes: &mut Sizes,
) -> Result<Checked<'t>, SyntaxError> {
    let mut inference = Inference::new(tree, declared, sizes)?;
    for node in 0..tree.nodes.len() as u32 {
        inference.node(node)?;
        inference.settle()?;
    }
    inference.take_defaults()?;
    inference.bound()?;
    Ok(inference.finish())
}

/// What is known of a name while sizes are inferred.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    /// Rows and columns.
    pub shape: Shape,
    /// The first node that it is.
    pub first: u32,
    /// Whether it was declared.
    pub declared: bool,
    /// Whether it is transposed somewhere.
    pub transposed: bool,
    /// The size that it is.
    pub size: Option<Dim>,
    /// What it is taken for.
    pub assumed: Option<Assumed>,
}

/// Sizes in the making.
#[derive(Debug)]
pub(super) struct Inference<'t, 's> {
    pub tree: &'t Tree,
    pub sizes: &'s mut Sizes,
    pub classes: Classes,
    /// The shape of each node.
    pub shapes: Vec<Shape>,
    /// The names of the tree.
    pub names: Vec<Name>,
    /// The constraints; what is settled is nothing.
    pub constraints: Vec<Option<Constraint>>,
    /// Sizes that are products, and their factors.
    pub products: Vec<(Class, Shape)>,
    /// Sizes that stand in the place of sizes, by node.
    pub dims: Vec<Dim>,
    /// Whether an error is being put into words.
    failing: bool,
    /// Names that the user has given to something.
    pub taken: Vec<String>,
}

impl<'t, 's> Inference<'t, 's> {
    fn new(tree: &'t Tree, declared: &[(&str, &str)], sizes: &'s mut Sizes) -> Result<Self, SyntaxError> {
        let mut classes = Classes::default();
        let mut names = Vec::new();
        for _ in &tree.names {
            let shape = classes.fresh_shape();
            names.push(Name {
                shape,
                first: u32::MAX,
                declared: false,
                transposed: false,
                size: None,
                assumed: None,
            });
        }
        for (place, node) in tree.nodes.iter().enumerate() {
            match *node {
                Syntax::Name(name) => {
                    let name = &mut names[name as usize];
                    name.first = name.first.min(place as u32);
                }
                Syntax::Transpose(operand) => {
                    if let Syntax::Name(name) = tree.nodes[operand as usize] {
                        names[name as usize].transposed = true;
                    }
                }
                _ => {}
            }
        }
        let mut inference = Self {
            tree,
            sizes,
            classes,
            shapes: Vec::with_capacity(tree.nodes.len()),
            names,
            constraints: Vec::new(),
            products: Vec::new(),
            failing: false,
            dims: vec![Dim::ONE; tree.nodes.len()],
            taken: tree.names.clone(),
        };
        inference.declare(declared)?;
        Ok(inference)
    }

    fn declare(&mut self, declared: &[(&str, &str)]) -> Result<(), SyntaxError> {
        let mut types = Vec::new();
        for &(name, text) in declared {
            let ty = shape(name, text, self.sizes)?;
            if functions::is_reserved(name) {
                let message = format!("'{name}' is a function and cannot be the name of a symbol");
                return Err(SyntaxError::new(name, Span::new(0, name.len()), message));
            }
            for dim in [ty.rows, ty.columns] {
                let names = self.sizes.factors(dim).1.iter().map(ToString::to_string);
                self.taken.extend(names);
            }
            types.push((name, text, ty));
        }
        let sizes: Vec<String> = self.taken[self.tree.names.len()..].to_vec();
        for &(name, text, ty) in &types {
            if sizes.iter().any(|size| size == name) {
                let message = format!("'{name}' is declared as a symbol, and is a size of another symbol");
                return Err(SyntaxError::new(text, Span::new(0, text.len()), message));
            }
            if let Some(place) = self.tree.names.iter().position(|own| own == name) {
                self.names[place].declared = true;
                self.names[place].shape = self.classes.known_shape(ty);
            }
            self.taken.push(name.to_owned());
        }
        for (name, span) in &self.tree.defined {
            if self.taken[self.tree.names.len()..].contains(name) {
                let message = format!("'{name}' is declared, and defined here");
                return Err(SyntaxError::new(&self.tree.text, *span, message));
            }
        }
        for (place, node) in self.tree.nodes.iter().enumerate() {
            if let Syntax::Name(name) = *node
                && (self.tree.sizes[place] || sizes.contains(&self.tree.names[name as usize]))
            {
                let text = &self.tree.names[name as usize];
                let own = &mut self.names[name as usize];
                if own.declared {
                    let message = format!("'{text}' is declared as a symbol, and a size is needed here");
                    return Err(self.tree.error(place as u32, message));
                }
                own.size = Some(self.sizes.name(text));
                own.shape = Shape::SCALAR;
            }
        }
        Ok(())
    }

    /// The shape of a node, and what it asks of its operands.
    fn node(&mut self, node: u32) -> Result<(), SyntaxError> {
        let tree = self.tree;
        let shape = if tree.sizes[node as usize] {
            self.dims[node as usize] = self.size(node)?;
            Shape::SCALAR
        } else {
            match &tree.nodes[node as usize] {
                Syntax::Number(_) => Shape::SCALAR,
                Syntax::Name(name) => self.names[*name as usize].shape,
                Syntax::Same(operand) | Syntax::Negative(operand) => self.shapes[*operand as usize],
                Syntax::Transpose(operand) => self.shapes[*operand as usize].transposed(),
                Syntax::Binary(operator, left, right) => self.binary(node, *operator, *left, *right),
                Syntax::Call(Head::Language(function), arguments) => {
                    self.call(node, function.kind, arguments)?
                }
                Syntax::Call(Head::Outside(place), arguments) => self.outside(node, *place, arguments)?,
            }
        };
        self.shapes.push(shape);
        Ok(())
    }

    fn binary(&mut self, node: u32, operator: Operator, left: u32, right: u32) -> Shape {
        let (a, b) = (self.shapes[left as usize], self.shapes[right as usize]);
        match operator {
            Operator::Add | Operator::Subtract | Operator::Hadamard => self.stretch(node, left, right),
            Operator::DivideEach | Operator::PowerEach => self.stretch(node, left, right),
            Operator::Multiply => {
                let result = self.classes.fresh_shape();
                self.constrain(node, Asks::Product { left, right }, &[a, b], result);
                result
            }
            Operator::Divide => {
                self.constrain(node, Asks::Scalar { operand: right }, &[b], Shape::SCALAR);
                a
            }
            Operator::Power => {
                self.constrain(node, Asks::Scalar { operand: right }, &[b], Shape::SCALAR);
                let whole = self.tree.whole(right).is_some();
                self.constrain(node, Asks::Power { base: left, whole }, &[a], a);
                a
            }
        }
    }

    /// Two of one shape, or a scalar and anything.
    pub fn stretch(&mut self, node: u32, left: u32, right: u32) -> Shape {
        let (a, b) = (self.shapes[left as usize], self.shapes[right as usize]);
        if self.classes.same_shape(a, b) {
            return a;
        }
        let result = self.classes.fresh_shape();
        self.constrain(node, Asks::Stretch { left, right }, &[a, b, result], result);
        result
    }

    /// The size that a node in the place of one is.
    fn size(&mut self, node: u32) -> Result<Dim, SyntaxError> {
        match self.tree.nodes[node as usize] {
            Syntax::Number(number) if number >= 1.0 && number <= LARGEST as f64 && number.fract() == 0.0 => {
                Ok(self.sizes.number(number as usize))
            }
            Syntax::Number(_) => Err(self.tree.error(node, "a size is a whole number from 1 to 2^40")),
            Syntax::Name(name) => Ok(self.sizes.name(&self.tree.names[name as usize])),
            Syntax::Binary(Operator::Multiply, left, right) => {
                let (left, right) = (self.dims[left as usize], self.dims[right as usize]);
                product(left, right, self.sizes).ok_or_else(|| self.tree.error(node, "the size is too large"))
            }
            _ => Err(self.tree.error(node, "a size is a name, a whole number or a product of them")),
        }
    }

    fn finish(mut self) -> Checked<'t> {
        let mut types = Vec::with_capacity(self.shapes.len());
        for shape in std::mem::take(&mut self.shapes) {
            types.push(self.ty(shape));
        }
        let (mut symbols, mut roles) = (Vec::new(), Vec::new());
        for (place, name) in self.names.clone().into_iter().enumerate() {
            roles.push(name.size.map_or(Role::Symbol(symbols.len() as u32), Role::Size));
            if name.size.is_none() {
                let span = self.tree.marks[name.first as usize];
                let (text, ty) = (self.tree.names[place].clone(), self.ty(name.shape));
                symbols.push(Found { name: text, span, ty, declared: name.declared });
            }
        }
        Checked { tree: self.tree, types, symbols, roles }
    }

    fn ty(&mut self, shape: Shape) -> Type {
        let dim = |class: Option<Dim>| class.unwrap_or(Dim::ONE);
        Type::new(dim(self.classes.dim(shape.rows)), dim(self.classes.dim(shape.columns)))
    }

    /// A shape in words, for an error: what is open is taken for what is usual, and has names.
    pub fn describe(&mut self, shape: Shape) -> String {
        if !self.failing {
            self.failing = true;
            self.take_usual();
        }
        let names = self.provisional();
        let mut dim = |class| {
            let root = self.classes.root(class);
            let name = names.get(&root).map_or("?", String::as_str);
            self.classes.dim(class).unwrap_or_else(|| self.sizes.name(name))
        };
        let ty = Type::new(dim(shape.rows), dim(shape.columns));
        Shown(self.sizes, ty).to_string()
    }
}
