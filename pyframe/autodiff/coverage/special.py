"""Functions of scipy.special: which primitives they are, and when they are registered.

`import pyframe` and derivatives do not import SciPy.  The functions are registered when a
recording begins and scipy.special has been imported, or when an unknown ufunc turns up.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pyframe import _core
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import softmax, special_formulas
from pyframe.autodiff.dispatch import UFUNCS, Handler, call_concrete

MODULE = "scipy.special"

UNARY = (
    "erf", "erfc", "erfinv", "erfcinv", "gamma", "gammaln", "digamma", "expit", "log_expit",
    "logit", "ndtr", "log_ndtr", "ndtri", "entr", "i0", "i1", "i0e", "i1e", "j0", "j1",
    "expm1", "log1p", "cbrt", "exp2",
)  # fmt: skip
"""Ufuncs that are primitives of the same name."""

BINARY = ("xlogy", "xlog1py", "beta", "betaln")

FORMULAS: dict[str, Handler] = {
    name: getattr(special_formulas, name)
    for name in (
        "boxcox", "boxcox1p", "cosm1", "exp10", "exprel", "huber", "kl_div", "loggamma",
        "pseudo_huber", "rel_entr", "rgamma",
    )
}  # fmt: skip
"""Ufuncs that are formulas of primitives."""

FLAT = ("gammasgn",)

FUNCTIONS: dict[str, Handler] = {
    "logsumexp": softmax.logsumexp,
    "softmax": softmax.softmax,
    "log_softmax": softmax.log_softmax,
    "polygamma": special_formulas.polygamma,
    "factorial": special_formulas.factorial,
    "multigammaln": special_formulas.multigammaln,
}
"""Functions written in Python, which do not ask their arguments."""


def _adopt(module: Any) -> None:
    """Register scipy.special's functions, as far as this version of SciPy has them."""
    handlers = {
        **{name: partial(_core.unary, name) for name in UNARY},
        **{name: partial(_core.binary, name) for name in BINARY},
        **FORMULAS,
        **{name: partial(call_concrete, getattr(module, name)) for name in FLAT},
    }
    for name, handler in handlers.items():
        if hasattr(module, name):
            UFUNCS[getattr(module, name)] = handler
    for name, instead in FUNCTIONS.items():
        if hasattr(module, name):
            intercept.replace_body(getattr(module, name), instead)


intercept.when_imported(MODULE, _adopt)

erf = partial(_core.unary, "erf")
erfc = partial(_core.unary, "erfc")
gamma = partial(_core.unary, "gamma")
gammaln = partial(_core.unary, "gammaln")
