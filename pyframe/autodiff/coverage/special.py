"""Functions of scipy.special."""

from __future__ import annotations

from functools import partial

from pyframe import _core

erf = partial(_core.unary, "erf")
erfc = partial(_core.unary, "erfc")
gamma = partial(_core.unary, "gamma")
gammaln = partial(_core.unary, "gammaln")
