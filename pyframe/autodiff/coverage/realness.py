"""Functions of complex numbers, for the real ones that are traced."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from pyframe.autodiff.dispatch import FUNCTIONS, function, is_traced


@function(np.real)
def real(x: Any) -> Any:
    """The number itself."""
    return x


@function(np.imag)
def imag(x: Any) -> Any:
    """Zeros."""
    return np.zeros_like(x)


@function(np.real_if_close)
def real_if_close(x: Any, tol: float = 100) -> Any:
    """The number itself."""
    return x


@function(np.angle)
def angle(x: Any, deg: bool = False) -> Any:
    """0 for positive numbers, pi for negative ones."""
    made = np.arctan2(0, x)
    return np.degrees(made) if deg else made


def _everywhere(answer: bool, x: Any) -> Any:
    return np.full(np.shape(x), answer)[()]


for _function, _answer in ((np.isreal, True), (np.iscomplex, False)):
    FUNCTIONS[_function] = partial(_everywhere, _answer)
for _function, _answer in ((np.isrealobj, True), (np.iscomplexobj, False)):
    FUNCTIONS[_function] = lambda _, _answer=_answer: _answer


@function(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """|a - b| <= atol + rtol |b|."""
    near = np.abs(a - b) <= atol + rtol * np.abs(b)
    close = (near & np.isfinite(b)) | (a == b)
    return close | (np.isnan(a) & np.isnan(b)) if equal_nan else close


@function(np.allclose)
def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements are close."""
    return bool(np.all(np.isclose(a, b, rtol, atol, equal_nan)))


def _infinite(negative: bool, x: Any, out: Any = None) -> Any:
    sign = np.signbit(x)
    made = np.isinf(x) & (sign if negative else ~sign)
    if out is None:
        return made
    out[...] = made if is_traced(out) else made.concrete
    return out


for _function, _negative in ((np.isposinf, False), (np.isneginf, True)):
    FUNCTIONS[_function] = partial(_infinite, _negative)
