//! The functions of the language.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use pyframe_graph::Unary;

use crate::node::{Function as Whole, Map, Place};

/// How a function takes its arguments, and what shape it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Each element by itself.
    Elementwise,
    /// One number of any matrix.
    Reduction,
    /// One number of a vector.
    OfVector,
    /// A vector of a vector.
    OnVector,
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

const fn function(name: &'static str, kind: Kind, meaning: Meaning, summary: &'static str) -> Function {
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
const fn further(name: &'static str, kind: Kind, meaning: Meaning, summary: &'static str) -> Function {
    Function { reserved: false, ..function(name, kind, meaning, summary) }
}

/// The functions of the language.
pub static FUNCTIONS: &[Function] = &[
    function("inner", Kind::Inner, Meaning::Inner, "the sum of the products of the elements of A and B"),
    function("tr", Kind::OfSquare, Meaning::Whole(Whole::Trace), "the trace"),
    function("det", Kind::OfSquare, Meaning::Whole(Whole::Det), "the determinant"),
    function("logdet", Kind::OfSquare, Meaning::Whole(Whole::LogDet), "the logarithm of the determinant"),
    function("inv", Kind::OnSquare, Meaning::Inverse, "the inverse"),
    function(
        "pinv",
        Kind::Transposing,
        Meaning::Whole(Whole::PseudoInverse),
        "the pseudo-inverse of Moore and Penrose",
    ),
    function("expm", Kind::OnSquare, Meaning::Whole(Whole::Expm), "the exponential of a matrix"),
    function("sum", Kind::Reduction, Meaning::Whole(Whole::Total), "the sum of the elements"),
    function("norm1", Kind::Reduction, Meaning::Whole(Whole::Norm1), "the sum of the absolute values"),
    function(
        "norm2",
        Kind::Reduction,
        Meaning::Whole(Whole::Norm2),
        "the root of the sum of the squares (Frobenius)",
    ),
    function(
        "normp",
        Kind::Norm,
        Meaning::NormP,
        "the p-th root of the sum of the p-th powers of the absolute values",
    ),
    function("nuc", Kind::Reduction, Meaning::Whole(Whole::Nuclear), "the sum of the singular values"),
    function("norms", Kind::Reduction, Meaning::Whole(Whole::Spectral), "the largest singular value"),
    function(
        "lmax",
        Kind::OfSquare,
        Meaning::Whole(Whole::LargestEigenvalue),
        "the largest eigenvalue of a symmetric matrix",
    ),
    function(
        "lmin",
        Kind::OfSquare,
        Meaning::Whole(Whole::SmallestEigenvalue),
        "the smallest eigenvalue of a symmetric matrix",
    ),
    function("max", Kind::Extreme, Meaning::Larger, "the largest element; of two, the larger of each pair"),
    function(
        "min",
        Kind::Extreme,
        Meaning::Smaller,
        "the smallest element; of two, the smaller of each pair",
    ),
    function(
        "exp",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Exp)),
        "the exponential of each element",
    ),
    function(
        "log",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Log)),
        "the natural logarithm of each element",
    ),
    function(
        "ln",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Log)),
        "the natural logarithm of each element",
    ),
    function(
        "sqrt",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Sqrt)),
        "the square root of each element",
    ),
    function("sin", Kind::Elementwise, Meaning::Map(Map::Unary(Unary::Sin)), "the sine of each element"),
    function("cos", Kind::Elementwise, Meaning::Map(Map::Unary(Unary::Cos)), "the cosine of each element"),
    function("tan", Kind::Elementwise, Meaning::Map(Map::Unary(Unary::Tan)), "the tangent of each element"),
    function(
        "tanh",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Tanh)),
        "the hyperbolic tangent of each element",
    ),
    function(
        "sinh",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Sinh)),
        "the hyperbolic sine of each element",
    ),
    function(
        "cosh",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Cosh)),
        "the hyperbolic cosine of each element",
    ),
    function(
        "sigmoid",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Expit)),
        "1/(1 + exp(-t)) of each element",
    ),
    function(
        "softplus",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Softplus)),
        "log(1 + exp(t)) of each element",
    ),
    function(
        "relu",
        Kind::Elementwise,
        Meaning::Map(Map::Relu),
        "each element where it is positive, 0 elsewhere",
    ),
    function(
        "step",
        Kind::Elementwise,
        Meaning::Map(Map::Step),
        "1 where an element is positive, 0 elsewhere",
    ),
    function(
        "abs",
        Kind::Elementwise,
        Meaning::Map(Map::Unary(Unary::Abs)),
        "the absolute value of each element",
    ),
    function("sign", Kind::Elementwise, Meaning::Map(Map::Unary(Unary::Sign)), "the sign of each element"),
    function("softmax", Kind::OnVector, Meaning::Whole(Whole::Softmax), "exp(x)/sum(exp(x))"),
    function("logsumexp", Kind::OfVector, Meaning::Whole(Whole::Logsumexp), "log(sum(exp(x)))"),
    function("diag", Kind::Diagonal, Meaning::Whole(Whole::Diag), "the diagonal matrix of a vector"),
    function(
        "diagv",
        Kind::DiagonalOf,
        Meaning::Whole(Whole::Diagonal),
        "the diagonal of a matrix as a vector",
    ),
    function("vec", Kind::Stacked, Meaning::Whole(Whole::Vec), "the columns of a matrix one under another"),
    function("kron", Kind::Kronecker, Meaning::Kron, "the Kronecker product"),
    function("eye", Kind::SquareOfSize, Meaning::Eye, "the identity matrix"),
    function("ones", Kind::OfSizes, Meaning::Ones, "a vector or a matrix of ones"),
    function("zeros", Kind::OfSizes, Meaning::Zeros, "a vector or a matrix of zeros"),
];

/// What derivatives are made of besides.
static FURTHER: &[Function] = &[
    further("triu", Kind::Elementwise, Meaning::Whole(Whole::Upper), "zeros below the diagonal"),
    further(
        "toeplitz",
        Kind::OnSquare,
        Meaning::Whole(Whole::Toeplitz),
        "the mean of each diagonal in place of its elements",
    ),
    further("cof", Kind::OnSquare, Meaning::Whole(Whole::Cofactor), "the matrix of cofactors"),
    further(
        "polar",
        Kind::Elementwise,
        Meaning::Whole(Whole::Polar),
        "U*V' of a singular value decomposition: the gradient of nuc",
    ),
    further(
        "leading",
        Kind::Elementwise,
        Meaning::Whole(Whole::Leading),
        "u*v' of the largest singular value: the gradient of norms",
    ),
    further(
        "pmax",
        Kind::OnSquare,
        Meaning::Whole(Whole::LargestProjector),
        "v*v' of the largest eigenvalue: the gradient of lmax",
    ),
    further(
        "pmin",
        Kind::OnSquare,
        Meaning::Whole(Whole::SmallestProjector),
        "v*v' of the smallest eigenvalue: the gradient of lmin",
    ),
    further(
        "atmax",
        Kind::Elementwise,
        Meaning::Whole(Whole::AtMax),
        "1 at the largest element, shared among equal ones: the gradient of max",
    ),
    further(
        "atmin",
        Kind::Elementwise,
        Meaning::Whole(Whole::AtMin),
        "1 at the smallest element, shared among equal ones: the gradient of min",
    ),
    further(
        "unvec",
        Kind::Unstacked,
        Meaning::Unvec,
        "a matrix of so many rows, whose columns are one under another",
    ),
    further(
        "commutation",
        Kind::SquareOfSizes,
        Meaning::Commutation,
        "the K with K*vec(X) = vec(X') for an X of these sizes",
    ),
    further(
        "dexpm",
        Kind::OnSquares,
        Meaning::ExpmFrechet,
        "the derivative of expm at A along B, and along C and so on",
    ),
    further(
        "dcof",
        Kind::OnSquares,
        Meaning::CofactorFrechet,
        "the derivative of cof at A along B, and along C and so on",
    ),
    further(
        "rmax",
        Kind::OnSquare,
        Meaning::Whole(Whole::LargestResolvent),
        "the pseudo-inverse of lmax(A)*eye(n) - A, for a symmetric A",
    ),
    further(
        "rmin",
        Kind::OnSquare,
        Meaning::Whole(Whole::SmallestResolvent),
        "the pseudo-inverse of lmin(A)*eye(n) - A, for a symmetric A",
    ),
    further("sylv", Kind::Equation, Meaning::Sylvester, "the solution Y of A*Y + Y*B = C"),
    further(
        "kronl",
        Kind::LeftFactor,
        Meaning::KronFactor(Place::Left),
        "the matrix L with inner(L, A) = inner(G, kron(A, B)) for every A",
    ),
    further(
        "kronr",
        Kind::RightFactor,
        Meaning::KronFactor(Place::Right),
        "the matrix R with inner(R, B) = inner(G, kron(A, B)) for every B",
    ),
];

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

/// What other languages call a function, and what it is called here.
const ELSEWHERE: [(&str, &str); 9] = [
    ("trace", "tr"),
    ("norm", "norm2"),
    ("dot", "inner"),
    ("transpose", "'"),
    ("hadamard", ".*"),
    ("slogdet", "logdet"),
    ("expit", "sigmoid"),
    ("identity", "eye"),
    ("mean", "sum(x)/n"),
];

/// The known name that is nearest to a wrong one, when it is near.
pub fn nearest<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    if let Some((_, ours)) = ELSEWHERE.iter().find(|(theirs, _)| *theirs == lower) {
        return Some(ours);
    }
    let known = all().iter().map(|function| function.name).chain(others);
    let (edits, near) =
        known.map(|known| (distance(&lower, known), known)).min_by_key(|(edits, _)| *edits)?;
    (edits <= name.len().div_ceil(3).min(2) && edits < near.len()).then_some(near)
}

/// Insertions, deletions, changes and exchanges of neighbours that make one name of another.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = [Vec::new(), Vec::new(), (0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[2][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[2][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[1][j - 2] + 1);
            }
            row.push(least);
        }
        rows.rotate_left(1);
        rows[2] = row;
    }
    rows[2][b.len()]
}
