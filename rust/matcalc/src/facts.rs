//! What is assumed of names, and what follows for expressions.

use std::ops::{BitAnd, BitOr};

use pyframe_graph::Unary;

use crate::node::{Function, Id, Map, Node, Place, Real};
use crate::normal::is_projector;
use crate::size::Type;
use crate::store::Store;
use crate::transposes::{are_mirrored, are_transposes, is_gram};

/// Properties that hold; what is not listed may hold or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Facts(u16);

impl BitOr for Facts {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Facts {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Facts {
    /// Nothing is known.
    pub const NONE: Self = Self(0);
    /// X = X'.
    pub const SYMMETRIC: Self = Self(1);
    /// X = -X'.
    pub const SKEW: Self = Self(2);
    /// Zero off the diagonal.
    pub const DIAGONAL: Self = Self(4);
    /// Zero below the diagonal.
    pub const UPPER: Self = Self(8);
    /// Zero above the diagonal.
    pub const LOWER: Self = Self(16);
    /// X' X = I, square.
    pub const ORTHOGONAL: Self = Self(32);
    /// It has an inverse.
    pub const INVERTIBLE: Self = Self(64);
    /// Symmetric with positive eigenvalues.
    pub const POSITIVE_DEFINITE: Self = Self(128);
    /// Every element is at least 0.
    pub const NONNEGATIVE: Self = Self(256);
    /// Every element is above 0.
    pub const POSITIVE: Self = Self(512);

    /// Names that may be declared, and what they stand for.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("symmetric", Self::SYMMETRIC),
        ("skew", Self::SKEW),
        ("diagonal", Self::DIAGONAL),
        ("upper_triangular", Self::UPPER),
        ("orthogonal", Self::ORTHOGONAL),
        ("invertible", Self::INVERTIBLE),
        ("positive_definite", Self::POSITIVE_DEFINITE),
        ("nonnegative", Self::NONNEGATIVE),
        ("positive", Self::POSITIVE),
    ];

    /// As bits, which never change.
    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    /// Out of bits, when all of them are known.
    pub(crate) const fn from_bits(bits: u16) -> Option<Self> {
        if bits < 1024 { Some(Self(bits)) } else { None }
    }

    /// Whether all of these hold.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With what follows from them.
    #[must_use]
    pub fn closed(self, ty: Type) -> Self {
        let mut all = self;
        if ty.is_scalar() {
            all = all | Self::SYMMETRIC;
        }
        for (given, follows) in [
            (Self::POSITIVE_DEFINITE, Self::SYMMETRIC | Self::INVERTIBLE),
            (Self::ORTHOGONAL, Self::INVERTIBLE),
            (Self::POSITIVE, Self::NONNEGATIVE),
            (Self::UPPER | Self::LOWER, Self::DIAGONAL),
            (Self::DIAGONAL, Self::UPPER | Self::LOWER | Self::SYMMETRIC.when(ty.is_square())),
        ] {
            if all.contains(given) {
                all = all | follows;
            }
        }
        all
    }

    /// Those that lie in a linear space, which differentials stay in.
    pub(crate) fn kept_by_differentials(self) -> Self {
        self & (Self::SYMMETRIC | Self::SKEW | Self::DIAGONAL | Self::UPPER | Self::LOWER)
    }

    fn when(self, holds: bool) -> Self {
        if holds { self } else { Self::NONE }
    }

    /// Those of a transpose.
    fn transposed(self) -> Self {
        let swap = |from, to: Self| to.when(self.contains(from));
        let kept = Self(self.0 & !(Self::UPPER.0 | Self::LOWER.0));
        kept | swap(Self::UPPER, Self::LOWER) | swap(Self::LOWER, Self::UPPER)
    }

    /// Of an expression, by its parts.
    pub(crate) fn of(store: &Store, node: &Node, ty: Type) -> Self {
        by_parts(store, node, ty).closed(ty)
    }
}

/// Properties of a linear space, which sums of members have.
const LINEAR: Facts =
    Facts(Facts::SYMMETRIC.0 | Facts::SKEW.0 | Facts::DIAGONAL.0 | Facts::UPPER.0 | Facts::LOWER.0);
/// Properties that positive multiples and sums keep.
const CONE: Facts = Facts(Facts::POSITIVE_DEFINITE.0 | Facts::NONNEGATIVE.0 | Facts::POSITIVE.0);

/// In longer sums no terms are looked for that are transposes of others.
const MOST_PAIRED: usize = 16;

fn by_parts(store: &Store, node: &Node, ty: Type) -> Facts {
    use Facts as F;
    let of = |id: &Id| store.facts(*id);
    match node {
        Node::Number(c) => F::POSITIVE.when(c.get() > 0.0) | F::NONNEGATIVE.when(c.get() >= 0.0),
        Node::Size(_) => F::NONNEGATIVE,
        Node::Symbol(symbol) => store.declaration(*symbol).facts,
        Node::Eye(_) => F::DIAGONAL | F::ORTHOGONAL | F::POSITIVE_DEFINITE | F::NONNEGATIVE,
        Node::Ones(_) => F::POSITIVE | F::SYMMETRIC.when(ty.is_square()),
        Node::Zeros(_) => F::NONNEGATIVE | F::DIAGONAL.when(ty.is_square()),
        Node::Commutation(own) => F::INVERTIBLE | F::NONNEGATIVE | F::SYMMETRIC.when(own.is_square()),
        Node::Sum(terms) => {
            let all = |wanted: Facts| terms.iter().fold(wanted, |kept, (term, _)| kept & of(term));
            // A + A' and A - A'.
            let pairs = |sign: f64, alone: F| {
                let partner = |x: &Id, c: Real| {
                    terms.iter().any(|(y, d)| d.get() == sign * c.get() && are_transposes(store, *x, *y))
                };
                ty.is_square()
                    && terms.len() <= MOST_PAIRED
                    && terms.iter().all(|(x, c)| of(x).contains(alone) || partner(x, *c))
            };
            let upwards = terms.iter().all(|(_, c)| c.get() > 0.0);
            let alone = F::INVERTIBLE.when(terms.len() == 1);
            let paired = F::SYMMETRIC.when(pairs(1.0, F::SYMMETRIC)) | F::SKEW.when(pairs(-1.0, F::SKEW));
            // Something positive and nothing negative.
            let some = terms.iter().any(|(x, _)| of(x).contains(F::POSITIVE));
            let positive = F::POSITIVE.when(some && upwards && all(F::NONNEGATIVE) == F::NONNEGATIVE);
            all(LINEAR) | paired | all(CONE).when(upwards) | positive | all(alone)
        }
        Node::Product { scalars, chain } => of_product(store, scalars, chain),
        Node::Hadamard(factors) => {
            let all = |wanted: Facts| factors.iter().fold(wanted, |kept, (factor, _)| kept & of(factor));
            let even = |e: &Real| e.get() % 2.0 == 0.0;
            let never_negative =
                factors.iter().all(|(factor, e)| even(e) || of(factor).contains(F::NONNEGATIVE));
            let once = factors.iter().all(|(_, e)| e.get() > 0.0);
            let banded = F::DIAGONAL | F::UPPER | F::LOWER;
            let some = factors.iter().fold(F::NONE, |any, (factor, _)| any | (of(factor) & banded));
            all(F::SYMMETRIC | F::POSITIVE) | F::NONNEGATIVE.when(never_negative) | some.when(once)
        }
        Node::Transpose(x) => of(x).transposed(),
        Node::Map(map, x) => {
            let positive =
                matches!(map, Map::Unary(Unary::Exp | Unary::Expit | Unary::Softplus | Unary::Cosh));
            let never_negative = matches!(map, Map::Relu | Map::Step | Map::Unary(Unary::Abs));
            (of(x) & F::SYMMETRIC) | F::POSITIVE.when(positive) | F::NONNEGATIVE.when(never_negative)
        }
        Node::Power(x, y) => {
            let symmetric = if store.ty(*y).is_scalar() { of(x) } else { of(x) & of(y) };
            (symmetric & F::SYMMETRIC) | (of(x) & (F::POSITIVE | F::NONNEGATIVE))
        }
        Node::Function(Function::Det, x) if is_gram(store, *x) => F::NONNEGATIVE,
        Node::Function(function @ (Function::Total | Function::Trace), x) => {
            // What has a name may be empty, and the sum of nothing is 0.
            let Type { rows, columns } = store.ty(*x);
            let counts = |dim| store.sizes.value(dim).is_some_and(|length| length > 0);
            let positive = F::POSITIVE.when(counts(rows) && counts(columns));
            let facts = of_function(*function, of(x)).closed(ty);
            facts & (F::NONNEGATIVE | positive)
        }
        Node::Function(function, x) => of_function(*function, of(x)),
        Node::Kron(a, b) => {
            // Blocks that are not square leave the diagonal.
            let banded = (F::DIAGONAL | F::UPPER | F::LOWER).when(store.ty(*b).is_square());
            let (a, b) = (of(a), of(b));
            let [left, right] = [a, b].map(|own| (own.contains(F::SYMMETRIC), own.contains(F::SKEW)));
            let skew = (left.0 && right.1) || (left.1 && right.0);
            let kept = F::SYMMETRIC | banded | CONE | F::ORTHOGONAL | F::INVERTIBLE;
            (a & b & kept) | F::SKEW.when(skew) | F::SYMMETRIC.when(left.1 && right.1)
        }
        Node::Larger(a, b) => {
            (of(a) & of(b) & F::SYMMETRIC) | ((of(a) | of(b)) & (F::POSITIVE | F::NONNEGATIVE))
        }
        Node::Smaller(a, b) => of(a) & of(b) & (F::SYMMETRIC | F::POSITIVE | F::NONNEGATIVE),
        Node::Differential(x) => of(x).kept_by_differentials(),
        Node::ExpmFrechet(a, along) => along.iter().fold(of(a), |kept, t| kept & of(t)) & F::SYMMETRIC,
        Node::CofactorFrechet(a, along) => {
            along.iter().fold(of(a), |kept, t| kept & of(t)) & (F::SYMMETRIC | F::DIAGONAL)
        }
        Node::Sylvester([a, b, c]) => (of(c) & (F::SYMMETRIC | F::SKEW)).when(are_transposes(store, *a, *b)),
        Node::KronFactor(place, whole, other) => {
            let blocks = if *place == Place::Left { store.ty(*other) } else { ty };
            of(whole) & of(other) & (F::SYMMETRIC | F::DIAGONAL.when(blocks.is_square()))
        }
        Node::Apply(operator, _) => store.operator_at(*operator).facts,
    }
}

fn of_product(store: &Store, scalars: &[(Id, Real)], chain: &[(Id, i32)]) -> Facts {
    use Facts as F;
    let even = |e: f64| e % 2.0 == 0.0;
    // 1/x is above 0 where x is not below it, but what is divided by a norm of 0 is 0.
    let divides = |s: Id, e: Real| e.get() < 0.0 && store.is(s, F::NONNEGATIVE) && !store.is_norm(s);
    let above = |fact: F| scalars.iter().all(|&(s, e)| store.is(s, fact) || divides(s, e));
    let never_negative = scalars.iter().all(|(s, e)| even(e.get()) || store.is(*s, F::NONNEGATIVE));
    let palindrome = are_mirrored(store, chain, chain);
    let all = |wanted: F| chain.iter().fold(wanted, |kept, (x, _)| kept & store.facts(*x));
    let not_zero = scalars.iter().all(|(s, e)| e.get() < 0.0 || store.is(*s, F::POSITIVE));
    let inverse = not_zero && chain.iter().all(|(x, e)| *e < 0 || store.is(*x, F::INVERTIBLE));
    let banded = all(F::DIAGONAL | F::UPPER | F::LOWER) | all(F::ORTHOGONAL.when(scalars.is_empty()));
    let projects = matches!(*chain, [(a, 1), (b, 1)] if is_projector(store, a, b));
    let mut facts = banded | F::SYMMETRIC.when(palindrome || projects) | F::INVERTIBLE.when(inverse);
    match chain {
        [] => facts = F::POSITIVE.when(above(F::POSITIVE)) | F::NONNEGATIVE.when(never_negative),
        [(x, e)] => {
            facts = facts | (store.facts(*x) & F::POSITIVE_DEFINITE).when(above(F::POSITIVE));
            facts = facts | (store.facts(*x) & F::SKEW).when(e % 2 != 0);
            if *e == 1 && never_negative {
                facts = facts | (store.facts(*x) & (F::NONNEGATIVE | F::POSITIVE.when(above(F::POSITIVE))));
            }
        }
        _ => {
            // B' P B, and B' B.
            let middle = chain[chain.len() / 2];
            let definite = chain.len().is_multiple_of(2) || store.is(middle.0, F::POSITIVE_DEFINITE);
            let square = palindrome && definite;
            let ends = store.ty(chain[0].0).rows == crate::size::Dim::ONE;
            facts = facts | F::NONNEGATIVE.when(square && ends && never_negative);
            facts = facts | F::POSITIVE_DEFINITE.when(square && inverse && above(F::POSITIVE));
            let each = chain.iter().all(|(x, e)| *e > 0 && store.is(*x, F::NONNEGATIVE));
            facts = facts | F::NONNEGATIVE.when(each && never_negative);
        }
    }
    facts
}

fn of_function(function: Function, x: Facts) -> Facts {
    use Facts as F;
    use Function as Fn;
    match function {
        Fn::Trace | Fn::Det => F::POSITIVE.when(x.contains(F::POSITIVE_DEFINITE)),
        Fn::Total => x & (F::POSITIVE | F::NONNEGATIVE),
        Fn::Norm1 | Fn::Norm2 | Fn::NormP(_) | Fn::Nuclear | Fn::Spectral => F::NONNEGATIVE,
        Fn::LargestEigenvalue | Fn::SmallestEigenvalue => F::POSITIVE.when(x.contains(F::POSITIVE_DEFINITE)),
        Fn::Max | Fn::Min => x & (F::POSITIVE | F::NONNEGATIVE),
        Fn::LogDet | Fn::Logsumexp | Fn::RowLogsumexp | Fn::Vec | Fn::Unvec(_) => F::NONE,
        Fn::Cofactor | Fn::PseudoInverse => x & (F::SYMMETRIC | F::DIAGONAL),
        Fn::Polar | Fn::Leading => x & F::SYMMETRIC,
        Fn::Expm => {
            F::INVERTIBLE
                | (x & F::DIAGONAL)
                | F::POSITIVE_DEFINITE.when(x.contains(F::SYMMETRIC))
                | F::ORTHOGONAL.when(x.contains(F::SKEW))
        }
        Fn::Diag => F::DIAGONAL | (x & F::NONNEGATIVE) | F::POSITIVE_DEFINITE.when(x.contains(F::POSITIVE)),
        Fn::Diagonal => {
            (x & (F::POSITIVE | F::NONNEGATIVE)) | F::POSITIVE.when(x.contains(F::POSITIVE_DEFINITE))
        }
        Fn::LargestProjector | Fn::SmallestProjector => F::SYMMETRIC,
        Fn::LargestResolvent | Fn::SmallestResolvent => F::SYMMETRIC,
        Fn::AtMax | Fn::AtMin => F::NONNEGATIVE | (x & F::SYMMETRIC),
        Fn::Softmax | Fn::RowSoftmax => F::POSITIVE,
        Fn::Upper => F::UPPER | (x & (F::NONNEGATIVE | F::DIAGONAL)),
        Fn::Toeplitz => x & (F::SYMMETRIC | F::SKEW | F::DIAGONAL | F::NONNEGATIVE | F::POSITIVE),
    }
}
