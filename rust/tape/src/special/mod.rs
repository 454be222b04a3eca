//! Special functions of one real argument (and a few of two).
//!
//! Every function answers for every double: NaN for NaN and outside the domain, the limit at an
//! infinity, the side of a pole where it is approached from one side. Errors are the largest
//! found, in ulp of the exact value, over some thousand arguments (log-uniform over the range
//! of doubles, uniform over the interesting part, near zeros, poles and the ends of domains)
//! against 60 digits. Near a zero the unit is the ulp of the size in the last column, since
//! there the condition number is unbounded. `tests/special.rs` checks a sample of these.
//!
//! | functions | domain | error | near zeros, ulp of |
//! |---|---|---|---|
//! | [`erf`], [`erfc`] | all | 0.5 | |
//! | [`erfinv`], [`erfcinv`] | `[-1, 1]`, `[0, 2]` | 0.8, 1.1 | |
//! | [`gamma`] | all but the negative integers | 0.8 | |
//! | [`gammaln`], [`gammasgn`] | all | 0.8, exact | 1e-3 (1 and 2, `x < 0`) |
//! | [`digamma`], [`trigamma`] | all | 0.6, 1.1 | 1e-3 (1.46, `x < 0`) |
//! | [`polygamma`] | all; order up to 170, then 2e3 ulp | 3 | the largest term (`x < 0`) |
//! | [`zeta`] | `s > 1` | 4.5 | the largest term (`q < 0`) |
//! | [`beta`], [`betaln`] | all; an argument below -170, or a negative beside one above 170: `beta` some 200 ulp, 600 near overflow | 3.7, 2 | 1 (`betaln`) |
//! | [`expit`], [`log_expit`], [`softplus`] | all | 0.6, 1, 1 | |
//! | [`logit`] | `[0, 1]` | 0.5 | |
//! | [`logaddexp`], [`logaddexp2`] | all | 0.7, 0.8 | the larger argument |
//! | [`exp2`] | all | 0.6 | |
//! | [`xlogy`], [`xlog1py`], [`entr`] | `y >= 0`, `y >= -1`, all | 1.2 | |
//! | [`i0`], [`i1`], [`i0e`], [`i1e`] | all | 0.7 | |
//! | [`j0`], [`j1`] | all | 0.5 | 1e-6 |
//! | [`ndtr`], [`log_ndtr`] | all | 1, 1.2 | |
//! | [`ndtri`] | `[0, 1]` | 1.9 | |
//! | [`sinc_derivative`] | all; order up to 8 checked | 2.2 | the amplitude around |
//! | [`rint`], [`sign`], [`heaviside`], [`fmod`], [`remainder`], [`floor_divide`], [`nextafter`], [`spacing`], [`copysign`], [`fmax`], [`fmin`], [`maximum`], [`minimum`] | all | as NumPy | |
//! | [`hypot`] | all | 1 | |

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
