//! What a function of the language is, and the function of a name.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use pyframe_graph::Unary;

use super::table::{FUNCTIONS, FURTHER};
use crate::node::{Function as Whole, Map, Place};

/// How a function takes its arguments, and what shape it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Each element by itself.
    Elementwise,
    /// One number of any matrix.
    Reduction,
    /// One number of a square matrix.
    OfSquare,
    /// A square matrix of a square matrix.
    OnSquare,
    /// A matrix with rows and columns exchanged.
    Transposing,
    /// One number of two matrices of one shape.
    Inner,
    /// One number of a matrix and a scalar.
    Norm,
    /// One number of one matrix; of two, each pair of elements.
    Extreme,
    /// The diagonal matrix of a vector.
    Diagonal,
    /// The vector on the diagonal of a square matrix.
    DiagonalOf,
    /// One number of each row, as a vector.
    OfRows,
    /// The columns one under another.
    Stacked,
    /// The columns of so many rows, out of one vector.
    Unstacked,
    /// A square matrix of several of one shape.
    OnSquares,
    /// The solution of an equation with square matrices left and right of it, of the right side's shape.
    Equation,
    /// The left factor of a Kronecker product, of the whole and the right one.
    LeftFactor,
    /// The right factor of a Kronecker product, of the whole and the left one.
    RightFactor,
    /// Each element of one matrix by the whole of another.
    Kronecker,
    /// A square matrix of a size.
    SquareOfSize,
    /// A vector of a size, or a matrix of two.
    OfSizes,
    /// A square matrix of the product of two sizes.
    SquareOfSizes,
}

/// What a function is among expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// A function of each element.
    Map(Map),
    /// A function of one matrix.
    Whole(Whole),
    /// The inner product.
    Inner,
    /// The inverse.
    Inverse,
    /// The norm with an exponent.
    NormP,
    /// The largest element, or the larger of two.
    Larger,
    /// The smallest element, or the smaller of two.
    Smaller,
    /// The Kronecker product.
    Kron,
    /// The columns of so many rows, out of one vector.
    Unvec,
    /// The derivative of the matrix exponential at the first, along the others.
    ExpmFrechet,
    /// The derivative of the cofactors at the first, along the others.
    CofactorFrechet,
    /// The solution of A Y + Y B = C.
    Sylvester,
    /// The adjoint of a Kronecker product in one factor.
    KronFactor(Place),
    /// The identity.
    Eye,
    /// Ones.
    Ones,
    /// Zeros.
    Zeros,
    /// The commutation matrix.
    Commutation,
}

/// One function of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// As it is written.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: RangeInclusive<usize>,
    /// What they are.
    pub kind: Kind,
    /// What it is among expressions.
    pub meaning: Meaning,
    /// Whether no symbol can have its name.
    pub reserved: bool,
    /// In one line.
    pub summary: &'static str,
}

/// Along so many directions at once a derivative of the matrix exponential may be taken.
const MOST_DIRECTIONS: usize = 8;

/// One whose name no symbol can have.
pub(super) const fn function(
    name: &'static str,
    kind: Kind,
    meaning: Meaning,
    summary: &'static str,
) -> Function {
    let arity = match kind {
        Kind::Inner | Kind::Norm | Kind::Kronecker | Kind::Unstacked => 2..=2,
        Kind::LeftFactor | Kind::RightFactor => 2..=2,
        Kind::Equation => 3..=3,
        Kind::OnSquares => 2..=MOST_DIRECTIONS + 1,
        Kind::SquareOfSizes => 2..=2,
        Kind::Extreme | Kind::OfSizes => 1..=2,
        _ => 1..=1,
    };
    Function { name, arity, kind, meaning, reserved: true, summary }
}

/// One whose name is free for symbols: it is a function where a parenthesis follows.
pub(super) const fn further(
    name: &'static str,
    kind: Kind,
    meaning: Meaning,
    summary: &'static str,
) -> Function {
    Function { reserved: false, ..function(name, kind, meaning, summary) }
}

/// Every function that can be called: those of the language, those of derivatives, and each function of
/// one number that the graph has.
pub fn all() -> &'static [Function] {
    static ALL: LazyLock<Vec<Function>> = LazyLock::new(|| {
        let mut all: Vec<Function> = FUNCTIONS.iter().chain(FURTHER).cloned().collect();
        for &unary in Unary::ALL {
            let map = Meaning::Map(Map::Unary(unary));
            if all.iter().all(|known| known.name != unary.name()) {
                all.push(further(unary.name(), Kind::Elementwise, map, "a function of each element"));
            }
        }
        all
    });
    &ALL
}

/// The function of a name.
pub fn find(name: &str) -> Option<&'static Function> {
    all().iter().find(|function| function.name == name)
}

/// Whether no symbol and no size can have this name.
pub fn is_reserved(name: &str) -> bool {
    find(name).is_some_and(|function| function.reserved)
}
