//! What is wrong with a text, and where.

use std::fmt;

/// A part of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From one byte to before another.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// From the beginning of this to the end of another.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    /// The part of a text.
    pub fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// A text that is no expression: the reason, and the place that a caret marks.
///
/// Shown as
///
/// ```text
/// the left side is m, the right side is k
///     A*x + b
///         ^
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The reason.
    pub message: String,
    /// The place.
    pub span: Span,
    /// The text.
    pub text: String,
}

/// Characters of the line that are shown before and after the place.
const BEFORE: usize = 40;
const AFTER: usize = 30;

impl SyntaxError {
    /// An error at a place of a text.
    pub fn new(text: &str, span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, text: text.to_owned() }
    }

    /// Line and column of the place, in characters from one.
    pub fn position(&self) -> (usize, usize) {
        let before = &self.text[..self.span.start as usize];
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

/// What stands for a character in a message: itself where it takes one place and cannot turn the
/// rest around.
fn shown(character: char) -> char {
    match character {
        '\t' => ' ',
        ' '..='~' => character,
        _ => '?',
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = self.text.split_at(self.span.start as usize);
        let before = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
        let after = after.split('\n').next().unwrap_or_default().trim_end();
        let hidden = before.chars().count().saturating_sub(BEFORE);
        let left: String = before.chars().skip(hidden).map(shown).collect();
        let right: String = after.chars().take(AFTER).map(shown).collect();
        let dots = |cut: bool| if cut { "..." } else { "" };
        let start = if hidden > 0 { 3 } else { 0 } + left.len();
        let marked = self.span.of(&self.text).chars().count().clamp(1, right.len().max(1));
        writeln!(f, "{}", self.message)?;
        writeln!(f, "    {}{left}{right}{}", dots(hidden > 0), dots(after.chars().nth(AFTER).is_some()))?;
        write!(f, "    {:start$}{:^>marked$}", "", "")
    }
}

impl std::error::Error for SyntaxError {}
