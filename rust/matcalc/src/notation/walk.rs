//! From an expression to a text, its parts inside parentheses where they bind too loosely.

use std::borrow::Cow;

use super::shared::Shared;
use crate::node::Id;

/// How tightly something binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `a + b`, and `-a`.
    Sum,
    /// `a*b`, `a/b`
    Product,
    /// `a^b`
    Power,
    /// `a'`
    Postfix,
    /// Names, numbers, calls.
    Atom,
}

/// A stretch of a line.
#[derive(Debug)]
pub(super) enum Piece {
    Text(Cow<'static, str>),
    /// A part that binds at least so tightly.
    Part(Id, Level),
}

/// An expression, of which the parts are still to be written.
#[derive(Debug, Default)]
pub(super) struct Line(pub(super) Vec<Piece>);

impl Line {
    pub(super) fn text(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        self.0.push(Piece::Text(text.into()));
        self
    }

    pub(super) fn part(&mut self, id: Id, level: Level) -> &mut Self {
        self.0.push(Piece::Part(id, level));
        self
    }

    /// What separates, then the next of several things; nothing before the first.
    pub(super) fn between(&mut self, first: &mut bool, separator: &'static str) -> &mut Self {
        if std::mem::replace(first, false) { self } else { self.text(separator) }
    }
}

/// How a kind of text is written.
pub(super) trait Style {
    /// One expression.
    fn line(&self, id: Id) -> (Level, Line);
    /// What stands around an expression that binds too loosely.
    fn parentheses(&self, id: Id) -> (&'static str, &'static str);
}

/// The text of an expression; nothing when it is longer than this many bytes.
pub(super) fn write(style: &dyn Style, shared: &Shared, root: Id, longest: usize) -> Option<String> {
    let mut out = String::new();
    let mut waiting = style.line(root).1.0;
    waiting.reverse();
    while let Some(piece) = waiting.pop() {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Part(id, level) => {
                if let Some(name) = shared.name(id) {
                    out.push_str(name);
                    continue;
                }
                let (own, line) = style.line(id);
                let (open, close) = if own < level { style.parentheses(id) } else { ("", "") };
                waiting.push(Piece::Text(close.into()));
                waiting.extend(line.0.into_iter().rev());
                out.push_str(open);
            }
        }
        if out.len() > longest {
            return None;
        }
    }
    Some(out)
}
