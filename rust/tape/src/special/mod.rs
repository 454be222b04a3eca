//! Special functions of one real argument (and a few of two).

mod bessel;
mod beta;
mod entropy;
mod erf;
mod extrema;
mod gamma;
mod logistic;
mod normal;
mod polygamma;
mod rounding;
mod sinc;

pub use bessel::{i0, i0e, i1, i1e, j0, j1};
pub use beta::{beta, betaln};
pub use entropy::{entr, xlog1py, xlogy};
pub use erf::{erf, erfc, erfcinv, erfinv};
pub use extrema::{fmax, fmin, maximum, minimum};
pub use gamma::{gamma, gammaln, gammasgn};
pub use logistic::{exp2, expit, log_expit, logaddexp, logaddexp2, logit, softplus};
pub use normal::{log_ndtr, ndtr, ndtri};
pub use polygamma::{digamma, polygamma, trigamma, zeta};
pub use rounding::{
    copysign, floor_divide, fmod, heaviside, hypot, nextafter, remainder, rint, sign, spacing,
};
pub use sinc::sinc_derivative;
