//! The kinds of expressions.

use std::hash::{Hash, Hasher};

use pyframe_graph::Unary;
use smallvec::SmallVec;

use crate::size::{Dim, Sizes, Type};

/// An expression, by its place in a store; what it is made of has smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub(crate) u32);

impl Id {
    /// Its place.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A number that can be compared in full; there is no -0.
#[derive(Clone, Copy, Debug)]
pub struct Real(f64);

impl Real {
    /// From a number.
    pub fn new(x: f64) -> Self {
        Self(x + 0.0)
    }

    /// As a number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Real {}

impl Hash for Real {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// Terms with their coefficients, or factors with their exponents.
pub type Terms = Box<[(Id, Real)]>;

/// Functions of each element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Map {
    /// One that the graph has; square, sqrt, negative and reciprocal are powers and sums here.
    Unary(Unary),
    /// max(x, 0); its derivative at 0 is 0.
    Relu,
    /// 1 where x > 0, else 0.
    Step,
}

impl Map {
    /// Its name in lists and in files, which for a function of the graph is the graph's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unary(unary) => unary.name(),
            Self::Relu => "relu",
            Self::Step => "step",
        }
    }
}

/// Which of two factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// What functions of a whole are taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Matrices of any shape.
    All,
    /// Square matrices.
    Square,
    /// Columns.
    Columns,
}

impl Domain {
    /// Whether a matrix of this type is among them.
    pub fn has(self, ty: Type) -> bool {
        match self {
            Self::All => true,
            Self::Square => ty.is_square(),
            Self::Columns => ty.columns == Dim::ONE,
        }
    }
}

/// Functions of one matrix as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// The sum of the diagonal.
    Trace,
    /// The sum of all elements.
    Total,
    /// The determinant.
    Det,
    /// The logarithm of the determinant's absolute value.
    LogDet,
    /// The matrix of cofactors, where a matrix is not known to be invertible.
    Cofactor,
    /// The pseudo-inverse.
    PseudoInverse,
    /// The matrix exponential.
    Expm,
    /// The diagonal matrix of a vector.
    Diag,
    /// The diagonal of a square matrix.
    Diagonal,
    /// The elements on and above the diagonal, zeros below.
    Upper,
    /// Every element of a diagonal replaced by its mean: the nearest Toeplitz matrix.
    Toeplitz,
    /// The columns of a matrix, one below the other.
    Vec,
    /// The columns of a matrix of this many rows, out of one vector: the inverse of `Vec`.
    Unvec(Dim),
    /// The sum of absolute values.
    Norm1,
    /// The Euclidean norm of a vector, the Frobenius norm of a matrix.
    Norm2,
    /// The sum of p-th powers of absolute values, to the power 1/p.
    NormP(Real),
    /// The sum of singular values.
    Nuclear,
    /// The largest singular value.
    Spectral,
    /// The largest eigenvalue of a symmetric matrix.
    LargestEigenvalue,
    /// The smallest eigenvalue of a symmetric matrix.
    SmallestEigenvalue,
    /// U V' of the thin singular value decomposition: the gradient of the nuclear norm.
    Polar,
    /// u v' of the largest singular value: the gradient of the spectral norm.
    Leading,
    /// v v' of the largest eigenvalue: its gradient.
    LargestProjector,
    /// v v' of the smallest eigenvalue: its gradient.
    SmallestProjector,
    /// The pseudo-inverse of lmax(A) I - A: how the eigenvector of the largest eigenvalue moves.
    LargestResolvent,
    /// The pseudo-inverse of lmin(A) I - A: how the eigenvector of the smallest eigenvalue moves.
    SmallestResolvent,
    /// The largest element.
    Max,
    /// The smallest element.
    Min,
    /// One at the largest elements, shared among equal ones: the gradient of `Max`.
    AtMax,
    /// One at the smallest elements, shared among equal ones: the gradient of `Min`.
    AtMin,
    /// log(sum(exp(x)))
    Logsumexp,
    /// exp(x) / sum(exp(x))
    Softmax,
    /// `Logsumexp` of each row.
    RowLogsumexp,
    /// `Softmax` of each row.
    RowSoftmax,
}

impl Function {
    /// Whether it is a norm: 0 for nothing but zeros.
    pub const fn is_norm(self) -> bool {
        matches!(self, Self::Norm1 | Self::Norm2 | Self::NormP(_) | Self::Nuclear | Self::Spectral)
    }

    /// What it is taken of.
    pub const fn domain(self) -> Domain {
        use Function as F;
        match self {
            F::Trace | F::Det | F::LogDet | F::Cofactor | F::Expm | F::Diagonal => Domain::Square,
            F::LargestEigenvalue | F::SmallestEigenvalue => Domain::Square,
            F::LargestProjector | F::SmallestProjector => Domain::Square,
            F::LargestResolvent | F::SmallestResolvent => Domain::Square,
            F::Diag | F::Unvec(_) => Domain::Columns,
            F::PseudoInverse | F::Total | F::Upper | F::Toeplitz | F::Vec | F::Polar | F::Leading => {
                Domain::All
            }
            F::Norm1 | F::Norm2 | F::NormP(_) | F::Nuclear | F::Spectral => Domain::All,
            F::Max | F::Min | F::AtMax | F::AtMin | F::Logsumexp | F::Softmax => Domain::All,
            F::RowLogsumexp | F::RowSoftmax => Domain::All,
        }
    }

    /// The type of its result.
    pub fn type_of(self, x: Type, sizes: &mut Sizes) -> Type {
        use Function as F;
        match self {
            F::Trace | F::Total | F::Det | F::LogDet | F::Norm1 | F::Norm2 | F::NormP(_) => Type::SCALAR,
            F::Nuclear | F::Spectral | F::LargestEigenvalue | F::SmallestEigenvalue => Type::SCALAR,
            F::Max | F::Min | F::Logsumexp => Type::SCALAR,
            F::PseudoInverse => x.transposed(),
            F::Cofactor | F::Expm | F::Polar | F::Leading | F::LargestProjector | F::SmallestProjector => x,
            F::LargestResolvent | F::SmallestResolvent => x,
            F::AtMax | F::AtMin | F::Softmax | F::RowSoftmax | F::Upper | F::Toeplitz => x,
            F::Diag => Type::new(x.rows, x.rows),
            F::Diagonal | F::RowLogsumexp => Type::vector(x.rows),
            F::Vec => Type::vector(sizes.product(x.rows, x.columns)),
            F::Unvec(rows) => Type::new(rows, sizes.quotient(x.rows, rows).unwrap_or(Dim::ONE)),
        }
    }
}

/// One expression, made of others, in normal form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A number.
    Number(Real),
    /// A size as a number.
    Size(Dim),
    /// A name: its place among the symbols.
    Symbol(u32),
    /// The unit matrix.
    Eye(Dim),
    /// A matrix of ones, not a scalar.
    Ones(Type),
    /// A matrix of zeros, not a scalar.
    Zeros(Type),
    /// The commutation matrix K of this type: K vec(X) = vec(X').
    Commutation(Type),
    /// Terms times coefficients, in order.
    Sum(Terms),
    /// Powers of scalars times a chain of matrices to integer powers, of which negative ones
    /// are inverses.
    Product {
        /// In order.
        scalars: Terms,
        /// From left to right.
        chain: Box<[(Id, i32)]>,
    },
    /// The elementwise product of powers, not of scalars.
    Hadamard(Terms),
    /// Of something whose transpose is no simpler.
    Transpose(Id),
    /// A function of each element.
    Map(Map, Id),
    /// Elements to powers that are no numbers.
    Power(Id, Id),
    /// A function of a whole.
    Function(Function, Id),
    /// The derivative of the matrix exponential at the first, along all the others.
    ExpmFrechet(Id, Box<[Id]>),
    /// The derivative of the matrix of cofactors at the first, along all the others.
    CofactorFrechet(Id, Box<[Id]>),
    /// The solution Y of A Y + Y B = C.
    Sylvester([Id; 3]),
    /// The Kronecker product.
    Kron(Id, Id),
    /// The adjoint of a Kronecker product in one factor: of a whole matrix, and the other factor.
    KronFactor(Place, Id, Id),
    /// The larger of elements.
    Larger(Id, Id),
    /// The smaller of elements.
    Smaller(Id, Id),
    /// An operator from outside, by its place, of some operands.
    Apply(u32, Box<[Id]>),
    /// A differential that is not taken yet.
    Differential(Id),
}

impl Node {
    /// How many operands it has.
    pub fn arity(&self) -> usize {
        match self {
            Self::Sum(terms) | Self::Hadamard(terms) => terms.len(),
            Self::Product { scalars, chain } => scalars.len() + chain.len(),
            _ => self.children().len(),
        }
    }

    /// What it is made of.
    pub fn children(&self) -> SmallVec<[Id; 4]> {
        match self {
            Self::Number(_)
            | Self::Size(_)
            | Self::Symbol(_)
            | Self::Eye(_)
            | Self::Ones(_)
            | Self::Commutation(_)
            | Self::Zeros(_) => SmallVec::new(),
            Self::Sum(terms) | Self::Hadamard(terms) => terms.iter().map(|t| t.0).collect(),
            Self::Product { scalars, chain } => {
                scalars.iter().map(|s| s.0).chain(chain.iter().map(|f| f.0)).collect()
            }
            Self::Transpose(x) | Self::Map(_, x) | Self::Function(_, x) | Self::Differential(x) => {
                SmallVec::from_slice(&[*x])
            }
            Self::Power(x, y)
            | Self::Kron(x, y)
            | Self::KronFactor(_, x, y)
            | Self::Larger(x, y)
            | Self::Smaller(x, y) => SmallVec::from_slice(&[*x, *y]),
            Self::ExpmFrechet(x, along) | Self::CofactorFrechet(x, along) => {
                std::iter::once(*x).chain(along.iter().copied()).collect()
            }
            Self::Sylvester(operands) => SmallVec::from_slice(operands),
            Self::Apply(_, operands) => operands.iter().copied().collect(),
        }
    }
}
