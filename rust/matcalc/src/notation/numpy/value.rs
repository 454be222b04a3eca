//! Pieces of Python, put together with the parentheses they need.

/// How tightly an expression of Python binds.  `@` stands apart: among factors it gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Sum,
    Matmul,
    Product,
    Power,
    Atom,
}

/// An expression of Python.
#[derive(Clone, Debug)]
pub(super) struct Value {
    text: String,
    level: Level,
    /// How many calls and parentheses stand in each other.
    depth: usize,
}

impl Value {
    pub(super) fn new(text: impl Into<String>, level: Level) -> Self {
        Self { text: text.into(), level, depth: 0 }
    }

    /// A name, or a number.
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Self::new(text, Level::Atom)
    }

    /// `name(a, b)`
    pub(super) fn call(name: &str, operands: &[&Self]) -> Self {
        let texts: Vec<_> = operands.iter().map(|operand| operand.text.as_str()).collect();
        Self::around(format!("{name}({})", texts.join(", ")), Level::Atom, operands)
    }

    /// An expression with others inside it.
    pub(super) fn around(text: String, level: Level, parts: &[&Self]) -> Self {
        let depth = parts.iter().map(|part| part.depth).max().unwrap_or(0) + 1;
        Self { text, level, depth }
    }

    /// Its text, in parentheses where it binds less tightly than this.
    pub(super) fn at(&self, level: Level) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// `a.T`
    #[must_use]
    pub(super) fn transposed(&self) -> Self {
        match self.text.strip_suffix(".T") {
            Some(text) if self.level == Level::Atom => Self { text: text.to_owned(), ..self.clone() },
            _ => Self::around(format!("{}.T", self.at(Level::Atom)), Level::Atom, &[self]),
        }
    }

    /// `(a or b)`: b where a is 0.
    pub(super) fn or(&self, other: &str) -> Self {
        Self::around(format!("({} or {other})", self.text), Level::Atom, &[self])
    }

    /// `np.where(a == 0, there, elsewhere)`
    pub(super) fn zero_or(&self, there: &str, elsewhere: &Self) -> Self {
        let text = format!("np.where({} == 0, {there}, {})", self.at(Level::Sum), elsewhere.text);
        Self::around(text, Level::Atom, &[self, elsewhere])
    }

    /// `a @ b`
    #[must_use]
    pub(super) fn matmul(&self, other: &Self) -> Self {
        let text = format!("{} @ {}", self.at(Level::Matmul), other.at(Level::Power));
        Self::around(text, Level::Matmul, &[self, other])
    }

    /// `a * b`
    pub(super) fn times(&self, other: &Self) -> Self {
        let text = format!("{} * {}", self.at(Level::Product), other.at(Level::Power));
        Self::around(text, Level::Product, &[self, other])
    }

    /// `a / b`
    pub(super) fn over(&self, other: &Self) -> Self {
        let text = format!("{} / {}", self.at(Level::Product), other.at(Level::Power));
        Self::around(text, Level::Product, &[self, other])
    }

    /// `a**b`
    pub(super) fn power(&self, other: &Self) -> Self {
        let text = format!("{}**{}", self.at(Level::Atom), other.at(Level::Atom));
        Self::around(text, Level::Power, &[self, other])
    }

    /// `-a`
    pub(super) fn negative(&self) -> Self {
        Self::around(format!("-{}", self.at(Level::Product)), Level::Sum, &[self])
    }

    /// `a + b`, `a - b`
    pub(super) fn plus(&self, sign: char, other: &Self) -> Self {
        let text = format!("{} {sign} {}", self.text, other.at(Level::Matmul));
        Self::around(text, Level::Sum, &[self, other])
    }

    /// `a.suffix`, `a[suffix]`
    pub(super) fn suffixed(&self, suffix: &str) -> Self {
        Self::around(format!("{}{suffix}", self.at(Level::Atom)), Level::Atom, &[self])
    }
}
