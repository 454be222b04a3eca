//! The functions of the language, one by one.

use pyframe_graph::Unary;

use super::functions::{Function, Kind, Meaning, function, further};
use crate::node::{Function as Whole, Map, Place};

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
    function("softmax", Kind::Elementwise, Meaning::Whole(Whole::Softmax), "exp(x)/sum(exp(x))"),
    function("logsumexp", Kind::Reduction, Meaning::Whole(Whole::Logsumexp), "log(sum(exp(x)))"),
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
pub static FURTHER: &[Function] = &[
    further("triu", Kind::Elementwise, Meaning::Whole(Whole::Upper), "zeros below the diagonal"),
    further(
        "toeplitz",
        Kind::Elementwise,
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
