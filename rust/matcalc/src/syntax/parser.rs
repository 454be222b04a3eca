//! Trees from tokens: operator precedence over two stacks, without recursion.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::declare::is_name;
use super::definitions::{Body, link};
use super::error::{Span, SyntaxError};
use super::functions;
use super::lexer::{Lexer, NO_COMPARISONS, Token};
use super::nearest::nearest;
use super::outside::Outside;
use super::tree::{Head, Operator, Syntax, Tree};

/// How deep parentheses, calls and signs may stand in each other.
const DEEPEST: usize = 1_000;
/// How many numbers, names, operators and calls a text may have.
const MOST_NODES: usize = 50_000;
/// How many different names, with those of parts.
const MOST_NAMES: usize = 10_000;

/// What waits for the end of an operand.
#[derive(Debug)]
enum Waiting {
    Sign(Span),
    Binary(Operator, Span),
    Group(Span),
    Call { function: Head, name: Span, arguments: SmallVec<[u32; 2]> },
}

impl Operator {
    /// How tightly it binds; a sign binds as [`SIGN`].
    fn precedence(self) -> u8 {
        match self {
            Self::Add | Self::Subtract => 1,
            Self::Multiply | Self::Divide | Self::Hadamard | Self::DivideEach => 2,
            Self::Power | Self::PowerEach => 4,
        }
    }
}

const SIGN: u8 = 3;

struct Parser<'a> {
    tree: Tree,
    lexer: Lexer<'a>,
    places: FxHashMap<&'a str, u32>,
    waiting: Vec<Waiting>,
    operands: Vec<u32>,
    depth: usize,
    /// The expressions that are complete, and the name of the one that is read.
    bodies: Vec<Body>,
    name: Option<(u32, Span)>,
    /// The token before, for what is said of a missing operator.
    last: Span,
}

/// Whether = follows.
fn is_assigned(text: &str, span: Span) -> bool {
    let rest = text[span.end as usize..].trim_start_matches([' ', '\t', '\r', '\n']);
    rest.starts_with('=') && !rest.starts_with("==")
}

/// The tree of a text.
pub fn parse(text: &str) -> Result<Tree, SyntaxError> {
    parse_with(text, &[])
}

/// The tree of a text that may call functions from outside; those of the language come first.
pub fn parse_with(text: &str, outside: &[Outside]) -> Result<Tree, SyntaxError> {
    let lexer = Lexer::new(text)?;
    let tree = Tree {
        text: text.to_owned(),
        nodes: Vec::new(),
        marks: Vec::new(),
        spans: Vec::new(),
        names: Vec::new(),
        sizes: Vec::new(),
        outside: outside.to_vec(),
        defined: Vec::new(),
    };
    let places = FxHashMap::default();
    let (waiting, operands) = (Vec::new(), Vec::new());
    let last = Span::new(0, 0);
    let bodies = Vec::new();
    Parser { tree, lexer, places, waiting, operands, depth: 0, bodies, name: None, last }.run(text)
}

impl<'a> Parser<'a> {
    fn run(mut self, text: &'a str) -> Result<Tree, SyntaxError> {
        loop {
            while !self.operand(text)? {}
            if self.operators(text)? {
                return link(self.tree, &self.bodies);
            }
        }
    }

    fn error(&self, span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(&self.tree.text, span, message)
    }

    fn push(&mut self, node: Syntax, mark: Span, span: Span) -> Result<(), SyntaxError> {
        if self.tree.nodes.len() == MOST_NODES {
            return Err(self.error(mark, format!("more than {MOST_NODES} numbers, names and operators")));
        }
        self.operands.push(self.tree.nodes.len() as u32);
        self.tree.nodes.push(node);
        self.tree.marks.push(mark);
        self.tree.spans.push(span);
        Ok(())
    }

    fn wait(&mut self, waiting: Waiting, span: Span) -> Result<(), SyntaxError> {
        self.waiting.push(waiting);
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(span, format!("more than {DEEPEST} levels of parentheses and signs")));
        }
        Ok(())
    }

    /// Reads what may begin an operand; true once one is complete but for what follows it.
    fn operand(&mut self, text: &'a str) -> Result<bool, SyntaxError> {
        let (token, span) = self.lexer.next()?;
        let before = std::mem::replace(&mut self.last, span);
        match token {
            Token::Number(value) => self.push(Syntax::Number(value), span, span)?,
            Token::Name => return self.name(text, span),
            Token::Operator(Operator::Subtract) => {
                self.wait(Waiting::Sign(span), span)?;
                return Ok(false);
            }
            Token::Open => {
                self.wait(Waiting::Group(span), span)?;
                return Ok(false);
            }
            Token::Equals => return Err(self.error(span, NO_COMPARISONS)),
            Token::Operator(_) => {
                return Err(self.error(span, format!("an operand is missing before {}", span.of(text))));
            }
            Token::Prime => {
                return Err(
                    self.error(span, "' is the transpose of what stands before it; there are no strings")
                );
            }
            Token::End if self.waiting.is_empty() && self.bodies.is_empty() => {
                return Err(self.error(span, "the text is empty"));
            }
            Token::End | Token::Close | Token::Comma => {
                if let Some(Waiting::Call { function, name, arguments }) = self.waiting.last()
                    && (token == Token::Close && arguments.is_empty())
                {
                    return Err(self.error(*name, self.arity(*function, 0)));
                }
                let message = match before.of(text) {
                    "" => "an expression is missing here".to_owned(),
                    before => format!("an operand is missing after {before}"),
                };
                return Err(self.error(span, message));
            }
        }
        Ok(true)
    }

    /// A name, or a function and its parenthesis.
    fn name(&mut self, text: &'a str, span: Span) -> Result<bool, SyntaxError> {
        let name = span.of(text);
        let called = text[span.end as usize..].trim_start_matches([' ', '\t', '\r', '\n']).starts_with('(');
        match self.find(name) {
            Some(function) if called => {
                let (_, open) = self.lexer.next()?;
                self.last = open;
                self.wait(Waiting::Call { function, name: span, arguments: SmallVec::new() }, span)?;
                Ok(false)
            }
            Some(Head::Language(function)) if function.reserved => {
                Err(self.error(span, format!("{name} is a function: write {name}(...)")))
            }
            _ if called => Err(self.error(
                span,
                match nearest(name, self.tree.outside.iter().map(|own| own.name.as_str())) {
                    Some(near) => format!("unknown function '{name}': did you mean '{near}'?"),
                    None => format!("unknown function '{name}'; a product is written with *"),
                },
            )),
            _ => {
                let place = self.place(span)?;
                self.push(Syntax::Name(place), span, span)?;
                Ok(true)
            }
        }
    }

    /// Reads what may follow an operand, up to where the next must begin; true at the end of the text.
    fn operators(&mut self, text: &'a str) -> Result<bool, SyntaxError> {
        loop {
            let (token, span) = self.lexer.next()?;
            let before = std::mem::replace(&mut self.last, span);
            match token {
                Token::Prime => self.transpose(span)?,
                Token::Operator(operator) => {
                    self.binary(operator, span)?;
                    return Ok(false);
                }
                Token::Close => self.close(span)?,
                Token::Comma => {
                    self.reduce(0)?;
                    let argument = self.operands.pop();
                    let Some(Waiting::Call { function, name, arguments }) = self.waiting.last_mut() else {
                        return Err(
                            self.error(span, "a comma stands between the arguments of a function only")
                        );
                    };
                    arguments.extend(argument);
                    let (function, name, given) = (*function, *name, arguments.len());
                    if given == *self.takes(function).end() {
                        return Err(self.error(name, self.arity(function, given + 1)));
                    }
                    return Ok(false);
                }
                Token::End => {
                    self.reduce(0)?;
                    return match self.waiting.last() {
                        Some(Waiting::Group(open)) => {
                            Err(self.error(*open, "this parenthesis is never closed"))
                        }
                        Some(Waiting::Call { name, function, .. }) => Err(self.error(
                            Span { start: name.start, end: name.end + 1 },
                            format!("the parenthesis of {} is never closed", self.tree.name_of(*function)),
                        )),
                        _ => {
                            self.complete();
                            Ok(true)
                        }
                    };
                }
                Token::Equals => return Err(self.error(span, NO_COMPARISONS)),
                Token::Name if self.defines(text, span)? => return Ok(false),
                Token::Number(_) | Token::Name | Token::Open => {
                    let (left, right) = (before.of(&self.tree.text), span.of(&self.tree.text));
                    let message = format!("an operator is missing between {left} and {right}");
                    return Err(self.error(span, message));
                }
            }
        }
    }

    /// One expression is complete.
    fn complete(&mut self) {
        let root = self.tree.nodes.len() as u32 - 1;
        self.operands.clear();
        self.bodies.push(Body { name: self.name.take(), root });
    }

    /// Reads the beginning of a definition, where one begins with the name that was just read.
    fn defines(&mut self, text: &'a str, span: Span) -> Result<bool, SyntaxError> {
        let first = self.bodies.is_empty();
        let begins = if first { span.of(text) == "where" } else { is_assigned(text, span) };
        let open = |waiting: &Waiting| matches!(waiting, Waiting::Group(_) | Waiting::Call { .. });
        if !begins || self.waiting.iter().any(open) {
            return Ok(false);
        }
        self.reduce(0)?;
        self.complete();
        let name = if first { self.lexer.next()?.1 } else { span };
        if !is_assigned(text, name) || !is_name(name.of(text)) {
            return Err(self.error(name, "a definition is written as where t = x'*x"));
        }
        self.last = self.lexer.next()?.1;
        self.name = Some((self.place(name)?, name));
        Ok(true)
    }

    /// The place of a name among all.
    fn place(&mut self, span: Span) -> Result<u32, SyntaxError> {
        let name = span.of(self.lexer.text());
        let next = self.tree.names.len();
        if next == MOST_NAMES && !self.places.contains_key(name) {
            return Err(self.error(span, format!("more than {MOST_NAMES} names")));
        }
        Ok(*self.places.entry(name).or_insert_with(|| {
            self.tree.names.push(name.to_owned());
            next as u32
        }))
    }

    /// Whether the operand just read is an exponent without parentheses.
    fn in_exponent(&self) -> bool {
        let mut waiting = self.waiting.iter().rev().skip_while(|waiting| matches!(waiting, Waiting::Sign(_)));
        matches!(waiting.next(), Some(Waiting::Binary(Operator::Power | Operator::PowerEach, _)))
    }

    fn transpose(&mut self, span: Span) -> Result<(), SyntaxError> {
        if self.in_exponent() {
            let message = "a^b' can be read in two ways: write (a^b)' or a^(b')";
            return Err(self.error(span, message));
        }
        let Some(operand) = self.operands.pop() else { return Ok(()) };
        let whole = self.tree.spans[operand as usize].to(span);
        self.push(Syntax::Transpose(operand), span, whole)
    }

    fn binary(&mut self, operator: Operator, span: Span) -> Result<(), SyntaxError> {
        let precedence = operator.precedence();
        if precedence > SIGN && self.in_exponent() {
            let message = "a^b^c can be read in two ways: write (a^b)^c or a^(b^c)";
            return Err(self.error(span, message));
        }
        self.reduce(precedence)?;
        self.waiting.push(Waiting::Binary(operator, span));
        Ok(())
    }

    /// Completes the operators that wait and bind at least so tightly.
    fn reduce(&mut self, precedence: u8) -> Result<(), SyntaxError> {
        while let Some(waiting) = self.waiting.last() {
            match *waiting {
                Waiting::Sign(mark) if SIGN >= precedence => {
                    let Some(operand) = self.operands.pop() else { return Ok(()) };
                    let whole = mark.to(self.tree.spans[operand as usize]);
                    self.depth -= 1;
                    self.push(Syntax::Negative(operand), mark, whole)?;
                }
                Waiting::Binary(operator, mark) if operator.precedence() >= precedence => {
                    let (Some(right), Some(left)) = (self.operands.pop(), self.operands.pop()) else {
                        return Ok(());
                    };
                    let whole = self.tree.spans[left as usize].to(self.tree.spans[right as usize]);
                    self.push(Syntax::Binary(operator, left, right), mark, whole)?;
                }
                _ => return Ok(()),
            }
            self.waiting.pop();
        }
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), SyntaxError> {
        self.reduce(0)?;
        self.depth = self.depth.saturating_sub(1);
        match self.waiting.pop() {
            Some(Waiting::Call { function, name, mut arguments }) => {
                arguments.extend(self.operands.pop());
                if !self.takes(function).contains(&arguments.len()) {
                    return Err(self.error(name, self.arity(function, arguments.len())));
                }
                self.push(Syntax::Call(function, arguments), name, name.to(span))
            }
            Some(Waiting::Group(open)) => {
                if let Some(&operand) = self.operands.last() {
                    self.tree.spans[operand as usize] = open.to(span);
                }
                Ok(())
            }
            _ => Err(self.error(span, "no parenthesis is open here")),
        }
    }

    /// The function of a name.
    fn find(&self, name: &str) -> Option<Head> {
        let outside = || self.tree.outside.iter().position(|own| own.name == name);
        functions::find(name).map(Head::Language).or_else(|| Some(Head::Outside(outside()? as u32)))
    }

    /// How many arguments a function takes.
    fn takes(&self, function: Head) -> RangeInclusive<usize> {
        match function {
            Head::Language(function) => function.arity.clone(),
            Head::Outside(place) => {
                let count = self.tree.outside[place as usize].operands.len();
                count..=count
            }
        }
    }

    /// What is said of a wrong number of arguments.
    fn arity(&self, function: Head, given: usize) -> String {
        let (least, most) = self.takes(function).into_inner();
        let takes = match most - least {
            0 => least.to_string(),
            1 => format!("{least} or {most}"),
            _ => format!("{least} to {most}"),
        };
        let plural = if most == 1 { "" } else { "s" };
        let given = match given {
            0 => "none".to_owned(),
            many if many > most => format!("{many} or more"),
            few => few.to_string(),
        };
        format!("{} takes {takes} argument{plural}, not {given}", self.tree.name_of(function))
    }
}
