"""What equations give whose matrix is singular, or nearly so."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from pyframe import _core
from pyframe._checks import choice, flag


@contextmanager
def singular(errors: str = "raise", *, warn: bool = True) -> Generator[None]:
    """Say what matrices that have no inverse lead to inside a ``with`` block, in this thread.

    It holds for solutions and inverses that pyframe computes: of recorded and compiled functions,
    and of formulas.

    Parameters
    ----------
    errors : {"raise", "nan"}
        Whether a singular matrix raises :class:`pyframe.errors.SingularMatrixError`, or its
        solutions and inverse are NaN; the others of a stack are right.
    warn : bool
        Whether a matrix that is nearly singular, with a condition above about 5e14 in float64 and
        8e5 in float32, warns by :class:`pyframe.errors.IllConditionedWarning` with an estimate of
        the condition.

    References
    ----------
    Higham 1988, Algorithm 674, for the estimate.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> e = pf.matrix("inv(A)*b", A="n,n", b="n")
    >>> with pf.singular(errors="nan"):
    ...     e(A=np.ones((2, 2)), b=np.ones(2))
    array([nan, nan])
    """
    is_nan = choice(errors, "errors", ("raise", "nan")) == "nan"
    before = _core.on_singular(is_nan, flag(warn, "warn"))
    try:
        yield
    finally:
        _core.on_singular(*before)


__all__ = ["singular"]
