//! The names of functions in the language.

use pyframe_graph::Unary;

use crate::node::{Function, Map, Place};

/// The name of a function of each element.
pub(super) fn map_name(map: Map) -> &'static str {
    match map {
        Map::Unary(Unary::Expit) => "sigmoid",
        _ => map.name(),
    }
}

/// The name of a function of a whole.
pub(crate) fn function_name(function: Function) -> &'static str {
    match function {
        Function::Trace => "tr",
        Function::Total => "sum",
        Function::Det => "det",
        Function::LogDet => "logdet",
        Function::Cofactor => "cof",
        Function::PseudoInverse => "pinv",
        Function::Expm => "expm",
        Function::Diag => "diag",
        Function::Diagonal => "diagv",
        Function::Upper => "triu",
        Function::Toeplitz => "toeplitz",
        Function::Vec => "vec",
        Function::Unvec(_) => "unvec",
        Function::Norm1 => "norm1",
        Function::Norm2 => "norm2",
        Function::NormP(_) => "normp",
        Function::Nuclear => "nuc",
        Function::Spectral => "norms",
        Function::LargestEigenvalue => "lmax",
        Function::SmallestEigenvalue => "lmin",
        Function::Polar => "polar",
        Function::Leading => "leading",
        Function::LargestProjector => "pmax",
        Function::SmallestProjector => "pmin",
        Function::LargestResolvent => "rmax",
        Function::SmallestResolvent => "rmin",
        Function::Max => "max",
        Function::Min => "min",
        Function::AtMax => "atmax",
        Function::AtMin => "atmin",
        Function::Logsumexp => "logsumexp",
        Function::Softmax => "softmax",
        Function::RowLogsumexp => "rowlogsumexp",
        Function::RowSoftmax => "rowsoftmax",
    }
}

/// The name of a factor of a Kronecker product.
pub(crate) fn kron_factor_name(place: Place) -> &'static str {
    match place {
        Place::Left => "kronl",
        Place::Right => "kronr",
    }
}
