//! The table of primitives: everything a node can compute.
//!
//! Elementwise primitives broadcast.  The names are NumPy's where NumPy has one.

macro_rules! family {
    ($(#[$doc:meta])* $family:ident { $($(#[$note:meta])* $member:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $family { $($(#[$note])* #[doc = concat!("`", $name, "`.")] $member),* }

        impl $family {
            /// Every member.
            pub const ALL: &[Self] = &[$(Self::$member),*];

            /// The name in the text form.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$member => $name),* }
            }
        }
    };
}

family! {
    /// Functions of one number that give a number of the same kind.
    Unary {
        Copy = "copy", Neg = "negative", Abs = "abs", Sign = "sign", Square = "square",
        Reciprocal = "reciprocal", Sqrt = "sqrt", Cbrt = "cbrt",
        Exp = "exp", Exp2 = "exp2", Expm1 = "expm1",
        Log = "log", Log2 = "log2", Log10 = "log10", Log1p = "log1p",
        Sin = "sin", Cos = "cos", Tan = "tan",
        Arcsin = "arcsin", Arccos = "arccos", Arctan = "arctan",
        Sinh = "sinh", Cosh = "cosh", Tanh = "tanh",
        Arcsinh = "arcsinh", Arccosh = "arccosh", Arctanh = "arctanh",
        Floor = "floor", Ceil = "ceil", Rint = "rint", Trunc = "trunc",
        Erf = "erf", Erfc = "erfc", Erfinv = "erfinv", Erfcinv = "erfcinv",
        Gamma = "gamma", Gammaln = "gammaln", Digamma = "digamma",
        Expit = "expit", LogExpit = "log_expit", Logit = "logit", Softplus = "softplus",
        Ndtr = "ndtr", LogNdtr = "log_ndtr", Ndtri = "ndtri",
        Entr = "entr", I0 = "i0", I1 = "i1", I0e = "i0e", I1e = "i1e", J0 = "j0", J1 = "j1",
    }
}

family! {
    /// Functions of one number that carry an order.
    Order {
        /// The derivative of that order of digamma.
        Polygamma = "polygamma",
        /// The derivative of that order of sin(pi x)/(pi x).
        Sinc = "sinc",
    }
}

family! {
    /// Functions of two numbers of one kind that give a third.
    Binary {
        Add = "add", Sub = "subtract", Mul = "multiply", Div = "divide", Pow = "power",
        Maximum = "maximum", Minimum = "minimum", Fmax = "fmax", Fmin = "fmin",
        Arctan2 = "arctan2", Hypot = "hypot", Logaddexp = "logaddexp", Logaddexp2 = "logaddexp2",
        Fmod = "fmod", Remainder = "remainder", FloorDivide = "floor_divide",
        Copysign = "copysign", Heaviside = "heaviside", Nextafter = "nextafter",
        Xlogy = "xlogy", Xlog1py = "xlog1py", Beta = "beta", Betaln = "betaln",
        /// t * c where t = 0 gives 0 whatever c is: a derivative t times a coefficient c.
        Scale = "scale",
        /// The product that is 0 as soon as either factor is.
        Strong = "strong",
    }
}

family! {
    /// Comparisons of two numbers.
    Compare {
        Less = "less", LessEqual = "less_equal", Greater = "greater",
        GreaterEqual = "greater_equal", Equal = "equal", NotEqual = "not_equal",
    }
}

family! {
    /// Functions of two truth values.
    Logical { And = "logical_and", Or = "logical_or", Xor = "logical_xor" }
}

family! {
    /// Questions about one number.
    Test { IsNan = "isnan", IsInf = "isinf", IsFinite = "isfinite", SignBit = "signbit", Not = "logical_not" }
}

family! {
    /// What many numbers along some axes are made into.
    Reduction {
        Sum = "sum", Max = "max", Min = "min", Any = "any", All = "all",
        /// The place of the largest, along one axis or over all.
        Argmax = "argmax",
        Argmin = "argmin",
        /// log(sum(exp(x))), stable.
        Logsumexp = "logsumexp",
        /// The Euclidean norm, scaled.
        Norm = "norm",
    }
}

family! {
    /// Factorisations of a matrix (the last two axes), computed once and read by parts.
    Factor { Lu = "lu", Qr = "qr", QrComplete = "qr_complete", Eigh = "eigh", Svd = "svd", SvdFull = "svd_full" }
}

family! {
    /// What can be read of a factorisation.
    Part {
        /// inv(A) B; the second operand is B.
        Solve = "solve",
        /// inv(A)^T B.
        SolveTransposed = "solve_transposed",
        Inverse = "inverse", Det = "det",
        /// The sign of the determinant.
        DetSign = "det_sign",
        /// The logarithm of its absolute value.
        LogAbsDet = "log_abs_det",
        Q = "q", R = "r",
        Eigenvalues = "eigenvalues", Eigenvectors = "eigenvectors",
        U = "u", SingularValues = "singular_values", Vt = "vt",
        /// The columns of U, and below them those of V.
        Vectors = "vectors",
        /// The pseudo-inverse; the second operand is the fraction of the largest singular value
        /// up to which others count as 0.
        PseudoInverse = "pseudo_inverse",
    }
}

family! {
    /// Matrices divided by what lies between the numbers w of a spectrum; a quotient of anything
    /// but 0 by nothing is an error, and so is any by nothing in the columns that `Axes` names.
    Gap {
        /// (E + E^T)/2 at i, j over w_j - w_i.
        Symmetric = "symmetric_over_gaps",
        /// (E - E^T)/2 at i, j over w_j - w_i: the adjoint of the former.
        Skew = "skew_over_gaps",
        /// (E - E^T)/2 at i, j over w_j + w_i.
        SkewSum = "skew_over_sums",
        /// E at i, j over w_j.
        Column = "over_columns",
    }
}

/// What a node computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Primitive {
    /// An argument of the function.
    Input,
    /// A number or array known when the graph was made.
    Constant,
    /// A function of each element.
    Unary(Unary),
    /// A function of each element, with an order.
    Order(Order),
    /// A function of pairs of elements.
    Binary(Binary),
    /// A comparison of pairs of elements.
    Compare(Compare),
    /// A function of pairs of truth values.
    Logical(Logical),
    /// A question about each element.
    Test(Test),
    /// Elements of the second operand where the first is true, of the third elsewhere.
    Select,
    /// The same numbers as another kind.
    Convert,
    /// A reduction over some axes, which vanish.
    Reduce(Reduction),
    /// Running sums along an axis.
    Cumsum,
    /// Running sums along an axis from its end.
    CumsumReverse,
    /// The same elements in order under another shape.
    Reshape,
    /// Permuted axes.
    Transpose,
    /// Axes of length one stretched, and axes added in front.
    Broadcast,
    /// Every so many elements along each axis.
    Slice,
    /// Zeros, but for the places that a slice would read: the adjoint of `Slice`.
    Unslice,
    /// Arrays put one after another along an axis.
    Concatenate,
    /// One element of an array in row-major order; its place is the node's second word.
    Element,
    /// Arrays of one type as the rows of a new first axis.
    Stack,
    /// Elements along an axis, by an array of places.
    Gather,
    /// Zeros, to which elements are added at places: the adjoint of `Gather`.
    ScatterAdd,
    /// The first operand flattened, with the third's elements put at the second's places.
    Put,
    /// The stable order that sorts along an axis.
    Argsort,
    /// The product of two arrays summed over their common labels.
    Contract,
    /// The same, where 0 times anything is 0: what meets a tangent or an adjoint.
    StrongContract,
    /// A factorisation.
    Factor(Factor),
    /// Something read of a factorisation.
    Part(Part),
    /// The lower Cholesky factor.
    Cholesky,
    /// A matrix divided by gaps between eigenvalues or singular values.
    OverGaps(Gap),
    /// inv(L) B for a lower triangular L.
    TriangularSolve,
    /// inv(L)^T B for a lower triangular L.
    TriangularSolveTransposed,
    /// The matrix of cofactors: the gradient of the determinant.
    Cofactor,
    /// The derivative of the matrix of cofactors at the first operand, along each of the others.
    CofactorFrechet,
    /// The matrix exponential.
    Expm,
    /// The Frechet derivative of the matrix exponential at the first operand, of the second.
    ExpmFrechet,
    /// A function from outside.
    Foreign,
}

impl Primitive {
    /// The name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Constant => "constant",
            Self::Unary(f) => f.name(),
            Self::Order(f) => f.name(),
            Self::Binary(f) => f.name(),
            Self::Compare(f) => f.name(),
            Self::Logical(f) => f.name(),
            Self::Test(f) => f.name(),
            Self::Select => "select",
            Self::Convert => "convert",
            Self::Reduce(f) => f.name(),
            Self::Cumsum => "cumsum",
            Self::CumsumReverse => "cumsum_reverse",
            Self::Reshape => "reshape",
            Self::Transpose => "transpose",
            Self::Broadcast => "broadcast",
            Self::Slice => "slice",
            Self::Unslice => "unslice",
            Self::Concatenate => "concatenate",
            Self::Element => "element",
            Self::Stack => "stack",
            Self::Gather => "gather",
            Self::ScatterAdd => "scatter_add",
            Self::Put => "put",
            Self::Argsort => "argsort",
            Self::Contract => "contract",
            Self::StrongContract => "strong_contract",
            Self::Factor(f) => f.name(),
            Self::Part(p) => p.name(),
            Self::Cholesky => "cholesky",
            Self::OverGaps(f) => f.name(),
            Self::TriangularSolve => "triangular_solve",
            Self::TriangularSolveTransposed => "triangular_solve_transposed",
            Self::Cofactor => "cofactor",
            Self::CofactorFrechet => "cofactor_frechet",
            Self::Expm => "expm",
            Self::ExpmFrechet => "expm_frechet",
            Self::Foreign => "foreign",
        }
    }

    /// Every primitive, in the order of the byte form.
    pub fn all() -> impl Iterator<Item = Self> {
        use Primitive as P;
        [P::Input, P::Constant]
            .into_iter()
            .chain(Unary::ALL.iter().map(|&f| P::Unary(f)))
            .chain(Order::ALL.iter().map(|&f| P::Order(f)))
            .chain(Binary::ALL.iter().map(|&f| P::Binary(f)))
            .chain(Compare::ALL.iter().map(|&f| P::Compare(f)))
            .chain(Logical::ALL.iter().map(|&f| P::Logical(f)))
            .chain(Test::ALL.iter().map(|&f| P::Test(f)))
            .chain([P::Select, P::Convert])
            .chain(Reduction::ALL.iter().map(|&f| P::Reduce(f)))
            .chain([P::Cumsum, P::CumsumReverse, P::Reshape, P::Transpose, P::Broadcast])
            .chain([
                P::Slice,
                P::Unslice,
                P::Concatenate,
                P::Element,
                P::Stack,
                P::Gather,
                P::ScatterAdd,
                P::Put,
            ])
            .chain([P::Argsort, P::Contract, P::StrongContract])
            .chain(Factor::ALL.iter().map(|&f| P::Factor(f)))
            .chain(Part::ALL.iter().map(|&f| P::Part(f)))
            .chain([P::Cholesky, P::TriangularSolve, P::TriangularSolveTransposed])
            .chain([P::Cofactor, P::Expm, P::ExpmFrechet, P::Foreign])
            .chain(Gap::ALL.iter().map(|&f| P::OverGaps(f)))
            .chain([P::CofactorFrechet])
    }

    /// Whether nothing is ever computed from the primitive's derivative: the result is made
    /// of integers or truth values, or is constant between jumps.
    pub const fn is_flat(self) -> bool {
        matches!(
            self,
            Self::Input
                | Self::Constant
                | Self::Compare(_)
                | Self::Logical(_)
                | Self::Test(_)
                | Self::Argsort
                | Self::Unary(Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Rint | Unary::Trunc)
                | Self::Binary(Binary::FloorDivide)
                | Self::Reduce(Reduction::Any | Reduction::All | Reduction::Argmax | Reduction::Argmin)
                | Self::Part(Part::DetSign)
        )
    }
}
