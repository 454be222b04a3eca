//! From an expression to a text, its parts inside parentheses where they bind too loosely, and those that
//! stand in several places behind it where it is long.

use std::borrow::Cow;

use super::shared::Shared;
use crate::node::Id;
use crate::store::Store;

/// From this many bytes on, parts that stand in several places are written once.
pub(super) const LONG: usize = 20_000;
/// What is longer than this is cut off.
const LONGEST: usize = 200_000;

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
    /// One expression at the end of a line, and how tightly it binds.
    fn lay(&self, id: Id, line: &mut Line) -> Level;
    /// What stands around an expression that binds too loosely.
    fn parentheses(&self, id: Id) -> (&'static str, &'static str);
}

/// The text of an expression; nothing when it is longer than this many bytes.
pub(super) fn write(style: &dyn Style, shared: &Shared, root: Id, longest: usize) -> Option<String> {
    let mut out = String::new();
    let mut line = Line::default();
    style.lay(root, &mut line);
    let mut waiting = line.0;
    waiting.reverse();
    while let Some(piece) = waiting.pop() {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Part(id, level) => {
                if let Some(name) = shared.name(id) {
                    out.push_str(name);
                    continue;
                }
                let mut line = Line::default();
                let own = style.lay(id, &mut line);
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

/// What stands before the first part and before each other one, and in place of what is cut off of an
/// expression of so many parts.
pub(super) struct Between {
    pub(super) first: &'static str,
    pub(super) next: &'static str,
    pub(super) cut_off: fn(usize) -> String,
}

/// An expression behind what is written already, and then its parts that have names.
pub(super) fn write_with_parts(
    all: &mut String,
    between: &Between,
    style: &dyn Style,
    store: &Store,
    shared: &Shared,
    root: Id,
) {
    for (place, part) in shared.with_parts(root).enumerate() {
        let Some(text) = write(style, shared, part, LONGEST.saturating_sub(all.len())) else {
            all.push_str(&(between.cut_off)(store.reachable(&[root]).len()));
            return;
        };
        if let (1.., Some(name)) = (place, shared.name(part)) {
            all.extend([if place == 1 { between.first } else { between.next }, name, " = "]);
        }
        all.push_str(&text);
    }
}
