//! Sizes: numbers and names of rows and columns, and products of them.

use std::fmt;

use rustc_hash::FxHashMap;

use crate::limits::too_large;

/// A size, by its place in a table; equal sizes have equal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dim(u32);

impl Dim {
    /// Its place.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The size at a place.
    pub(crate) const fn at(place: usize) -> Self {
        Self(place as u32)
    }

    /// The size one: of the columns of a vector, and of both sides of a scalar.
    pub const ONE: Self = Self(0);
}

/// A product of a number and names, each name as often as its power; names in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Monomial {
    number: usize,
    names: Vec<Box<str>>,
}

/// Every size that the expressions of one store have.
#[derive(Debug)]
pub struct Sizes {
    table: Vec<Monomial>,
    known: FxHashMap<Monomial, Dim>,
}

impl Default for Sizes {
    fn default() -> Self {
        let mut sizes = Self { table: Vec::new(), known: FxHashMap::default() };
        sizes.intern(Monomial { number: 1, names: Vec::new() });
        sizes
    }
}

impl Sizes {
    fn intern(&mut self, size: Monomial) -> Dim {
        if let Some(&dim) = self.known.get(&size) {
            return dim;
        }
        let dim = Dim(self.table.len() as u32);
        self.table.push(size.clone());
        self.known.insert(size, dim);
        dim
    }

    /// A number.
    pub fn number(&mut self, number: usize) -> Dim {
        self.intern(Monomial { number, names: Vec::new() })
    }

    /// A name.
    pub fn name(&mut self, name: &str) -> Dim {
        self.intern(Monomial { number: 1, names: vec![name.into()] })
    }

    /// Whether there is a size of this name.
    pub fn has(&self, name: &str) -> bool {
        self.table.iter().any(|size| size.names.iter().any(|own| &**own == name))
    }

    /// The product of two sizes; one whose number has too many digits breaks the work off.
    pub fn product(&mut self, a: Dim, b: Dim) -> Dim {
        self.checked_product(a, b).unwrap_or_else(|| {
            too_large(format!("{}*{} is too large for the size of a matrix", self.text(a), self.text(b)))
        })
    }

    /// The product of two sizes, if it has one.
    pub(crate) fn checked_product(&mut self, a: Dim, b: Dim) -> Option<Dim> {
        if a == Dim::ONE || b == Dim::ONE {
            return Some(if a == Dim::ONE { b } else { a });
        }
        let (a, b) = (&self.table[a.0 as usize], &self.table[b.0 as usize]);
        let mut names: Vec<_> = a.names.iter().chain(&b.names).cloned().collect();
        names.sort();
        let number = a.number.checked_mul(b.number)?;
        Some(self.intern(Monomial { number, names }))
    }

    /// What times `b` is `a`, if anything is.
    pub fn quotient(&mut self, a: Dim, b: Dim) -> Option<Dim> {
        let (a, b) = (&self.table[a.0 as usize], &self.table[b.0 as usize]);
        let mut names = a.names.clone();
        for name in &b.names {
            names.remove(names.iter().position(|own| own == name)?);
        }
        let divides = b.number != 0 && a.number % b.number == 0;
        let number = divides.then(|| a.number / b.number)?;
        Some(self.intern(Monomial { number, names }))
    }

    /// Its value, when it has no names.
    pub fn value(&self, dim: Dim) -> Option<usize> {
        let size = &self.table[dim.0 as usize];
        size.names.is_empty().then_some(size.number)
    }

    /// Its value when names have values; nothing where one has none or the product is too large.
    pub fn evaluate(&self, dim: Dim, of: &dyn Fn(&str) -> Option<usize>) -> Option<usize> {
        let size = &self.table[dim.0 as usize];
        size.names.iter().try_fold(size.number, |product, name| product.checked_mul(of(name)?))
    }

    /// The number and the names that it is the product of.
    pub fn factors(&self, dim: Dim) -> (usize, &[Box<str>]) {
        let size = &self.table[dim.0 as usize];
        (size.number, &size.names)
    }

    /// As text: `n`, `3`, `m*n`.
    pub fn text(&self, dim: Dim) -> String {
        let size = &self.table[dim.0 as usize];
        let number = (size.number != 1 || size.names.is_empty()).then(|| size.number.to_string());
        number.into_iter().chain(size.names.iter().map(ToString::to_string)).collect::<Vec<_>>().join("*")
    }
}

/// Rows and columns of a matrix: a vector has one column, a scalar one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Type {
    /// Rows.
    pub rows: Dim,
    /// Columns.
    pub columns: Dim,
}

impl Type {
    /// Of a number.
    pub const SCALAR: Self = Self { rows: Dim::ONE, columns: Dim::ONE };

    /// Of a matrix.
    pub const fn new(rows: Dim, columns: Dim) -> Self {
        Self { rows, columns }
    }

    /// Of a column.
    pub const fn vector(rows: Dim) -> Self {
        Self { rows, columns: Dim::ONE }
    }

    /// Whether it is a number.
    pub fn is_scalar(self) -> bool {
        self == Self::SCALAR
    }

    /// Whether it is a column of any length but one.
    pub fn is_column(self) -> bool {
        self.columns == Dim::ONE && self.rows != Dim::ONE
    }

    /// Whether it is a row of any length but one.
    pub fn is_row(self) -> bool {
        self.rows == Dim::ONE && self.columns != Dim::ONE
    }

    /// Whether rows and columns are equally many.
    pub fn is_square(self) -> bool {
        self.rows == self.columns
    }

    /// With rows and columns exchanged.
    #[must_use]
    pub const fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows }
    }
}

/// A type as text: `scalar`, `n`, `1 x n`, `m x n`.
#[derive(Debug)]
pub struct Shown<'a>(pub &'a Sizes, pub Type);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(sizes, ty) = self;
        match *ty {
            Type::SCALAR => f.write_str("scalar"),
            ty if ty.is_column() => f.write_str(&sizes.text(ty.rows)),
            ty => write!(f, "{} x {}", sizes.text(ty.rows), sizes.text(ty.columns)),
        }
    }
}
