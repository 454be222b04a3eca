//! Names that Python takes and that do not stand for anything else.

use rustc_hash::FxHashSet;

/// Words that are no names in Python.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// The names that are taken.
#[derive(Debug)]
pub(super) struct Identifiers(FxHashSet<String>);

impl Identifiers {
    /// With the words of Python, and these names, taken.
    pub(super) fn besides(names: &[&str]) -> Self {
        Self(KEYWORDS.iter().chain(names).map(ToString::to_string).collect())
    }

    /// A free name like this one.
    pub(super) fn like(&mut self, name: &str) -> String {
        let mut own: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        if own.chars().next().is_none_or(|c| c.is_ascii_digit()) {
            own.insert(0, '_');
        }
        while !self.0.insert(own.clone()) {
            own.push('_');
        }
        own
    }
}
