//! Texts as trees.

use smallvec::SmallVec;

use super::error::{Span, SyntaxError};
use super::functions::{Function, Kind};
use super::outside::Outside;
use crate::limits::HIGHEST_POWER;

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `.*`
    Hadamard,
    /// `./`
    DivideEach,
    /// `^`
    Power,
    /// `.^`
    PowerEach,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Head {
    /// A function of the language.
    Language(&'static Function),
    /// One from outside, by its place among those that the text was read with.
    Outside(u32),
}

/// One node of a tree; its operands have smaller places.
#[derive(Clone, Debug, PartialEq)]
pub enum Syntax {
    /// A number.
    Number(f64),
    /// A name, by its place among those of the tree.
    Name(u32),
    /// A name that is defined after `where`: the node that it stands for.
    Same(u32),
    /// Unary minus.
    Negative(u32),
    /// A transpose.
    Transpose(u32),
    /// An operator and its operands.
    Binary(Operator, u32, u32),
    /// A function and its arguments.
    Call(Head, SmallVec<[u32; 2]>),
}

impl Syntax {
    /// The operands.
    pub fn operands(&self) -> SmallVec<[u32; 2]> {
        match self {
            Self::Number(_) | Self::Name(_) => SmallVec::new(),
            Self::Same(operand) | Self::Negative(operand) | Self::Transpose(operand) => {
                SmallVec::from_slice(&[*operand])
            }
            Self::Binary(_, left, right) => SmallVec::from_slice(&[*left, *right]),
            Self::Call(_, arguments) => arguments.clone(),
        }
    }
}

/// A text that is well formed; the root is the last node.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The text.
    pub text: String,
    /// The nodes, operands first.
    pub nodes: Vec<Syntax>,
    /// Where the operator, the function's name, the name or the number of each node stands.
    pub marks: Vec<Span>,
    /// The whole of each node, with the parentheses around it.
    pub spans: Vec<Span>,
    /// The functions from outside that the text was read with.
    pub outside: Vec<Outside>,
    /// The names that are defined after `where`, and the places of their definitions.
    pub defined: Vec<(String, Span)>,
    /// The names, in order of first appearance.
    pub names: Vec<String>,
    /// Which nodes are sizes: what stands in `eye(...)`, `ones(...)` and `zeros(...)`.
    pub sizes: Vec<bool>,
}

impl Tree {
    /// The place of the root.
    pub fn root(&self) -> usize {
        self.nodes.len() - 1
    }

    /// An error at the operator or name of a node.
    pub fn error(&self, node: u32, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(&self.text, self.marks[node as usize], message)
    }

    /// The name of what is called.
    pub fn name_of(&self, head: Head) -> &str {
        match head {
            Head::Language(function) => function.name,
            Head::Outside(place) => &self.outside[place as usize].name,
        }
    }

    /// The number that a node is, with its sign.
    pub fn number(&self, node: u32) -> Option<f64> {
        match self.nodes[node as usize] {
            Syntax::Number(number) => Some(number),
            Syntax::Negative(operand) => match self.nodes[operand as usize] {
                Syntax::Number(number) => Some(-number),
                _ => None,
            },
            _ => None,
        }
    }

    /// The whole number that a node is, where it may be the power of a matrix.
    pub fn whole(&self, node: u32) -> Option<i32> {
        let number = self.number(node)?;
        (number.fract() == 0.0 && number.abs() <= f64::from(HIGHEST_POWER)).then_some(number as i32)
    }

    /// The text of a node, shortened where it is long.
    pub fn excerpt(&self, node: u32) -> String {
        const LONGEST: usize = 30;
        let text = self.spans[node as usize].of(&self.text);
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        if text.len() > LONGEST { format!("{}...", &text[..LONGEST - 3]) } else { text }
    }

    /// Marks what stands in the place of a size, and the factors of such products.
    pub(super) fn find_sizes(&mut self) {
        self.sizes = vec![false; self.nodes.len()];
        for place in (0..self.nodes.len()).rev() {
            let first = match &self.nodes[place] {
                Syntax::Call(Head::Language(function), _) => match function.kind {
                    Kind::SquareOfSize | Kind::OfSizes | Kind::SquareOfSizes => 0,
                    Kind::Unstacked => 1,
                    _ => continue,
                },
                Syntax::Binary(Operator::Multiply, ..) if self.sizes[place] => 0,
                _ => continue,
            };
            for &operand in self.nodes[place].operands().iter().skip(first) {
                self.sizes[operand as usize] = true;
            }
        }
    }
}

/// The names that never stand in the place of a size, in order of first appearance, and where each
/// stands first.
pub fn names(tree: &Tree) -> Vec<(&str, Span)> {
    let mut first = vec![None; tree.names.len()];
    let mut size = vec![false; tree.names.len()];
    for (place, node) in tree.nodes.iter().enumerate() {
        if let Syntax::Name(name) = *node {
            first[name as usize].get_or_insert(tree.marks[place]);
            size[name as usize] |= tree.sizes[place];
        }
    }
    let found = tree.names.iter().zip(first).zip(size).filter(|(_, size)| !size);
    found.filter_map(|((name, span), _)| Some((name.as_str(), span?))).collect()
}
