"""What is declared of symbols, looked for in their values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from pyframe import _core
from pyframe.errors import DomainError
from pyframe.matcalc.binding import Argument, Array, Bound
from pyframe.matcalc.hessians.regular import is_regular

TOLERANCE, TOLERANCE_OF_SINGLE = 1e-8, 1e-4
"""How far, relative to the largest element, a value may be from what is declared of it.

About the root of the rounding of one number, which the product of a few matrices stays below.
"""

REMEMBERED = 64
"""How many matrices are known to be invertible; the one asked for longest ago goes first."""

_invertible: OrderedDict[bytes, None] = OrderedDict()


def verify(arguments: Sequence[Argument], bound: Bound) -> None:
    """Refuse values that contradict what is declared of their symbols.

    Raises
    ------
    DomainError
        Naming the symbol and what does not hold.
    """
    for argument in arguments:
        value = bound.arrays.get(argument.name)
        if value is not None and argument.is_checked and not _core.is_traced(value):
            _verify(argument, np.asarray(value))


def _verify(argument: Argument, value: Array) -> None:
    facts = argument.facts
    tolerance = TOLERANCE if value.dtype == np.float64 else TOLERANCE_OF_SINGLE
    if value.ndim == 2 and facts:
        residues = {
            "diagonal": lambda: np.where(np.eye(len(value), dtype=bool), 0.0, value),
            "symmetric": lambda: _apart(value, value.T),
            "skew": lambda: _apart(value, -value.T),
            "upper_triangular": lambda: np.tril(value, -1),
        }
        for fact, residue in residues.items():
            if fact in facts:
                off = float(np.max(np.abs(residue()), initial=0.0))
                scale = _largest(value) if off else 0.0
                if not off <= tolerance * scale:
                    beside = f", its largest element is {scale:.3g}" if off < np.inf else ""
                    _refuse(argument, fact, f"it is off by {off:.3g}{beside}")
        if "orthogonal" in facts:
            off = float(np.max(np.abs(value.T @ value - np.eye(len(value))), initial=0.0))
            if off > tolerance:
                _refuse(
                    argument,
                    "orthogonal",
                    f"{argument.name}'*{argument.name} is off I by {off:.3g}",
                )
        implied = {"positive_definite", "orthogonal"}
        if "invertible" in facts and not implied & set(facts) and not _is_invertible(value):
            _refuse(argument, "invertible", "it is singular to working precision")
        if "positive_definite" in facts and np.all(np.isfinite(value)):
            try:
                np.linalg.cholesky(value)
            except np.linalg.LinAlgError:
                _refuse(argument, "positive_definite", "it has no Cholesky factor")
    if "positive" in facts:
        if np.any(value <= 0):
            _refuse(argument, "positive", f"its smallest element is {np.min(value):.3g}")
    elif "nonnegative" in facts and np.any(value < 0):
        _refuse(argument, "nonnegative", f"its smallest element is {np.min(value):.3g}")


def _is_invertible(value: Array) -> bool:
    """Whether a matrix is not singular; one of elements that are not finite counts as one."""
    # One factorisation serves all calls with the same values.
    kind = value.dtype.char.encode()
    key = blake2b(value.tobytes(), digest_size=16, key=kind).digest()
    if key not in _invertible:
        if np.all(np.isfinite(value)) and not is_regular(value, value.dtype):
            return False
        _invertible[key] = None
        while len(_invertible) > REMEMBERED:
            _invertible.popitem(last=False)
    return True


def _largest(value: Array) -> float:
    """The size of the largest element that is finite."""
    return float(np.max(np.abs(value), where=np.isfinite(value), initial=0.0))


def _apart(one: Array, other: Array) -> Array:
    """The difference, which is 0 where both are the same, infinities and NaN too."""
    if np.array_equal(one, other):
        return np.zeros(())
    with np.errstate(invalid="ignore"):
        return np.where((one == other) | (np.isnan(one) & np.isnan(other)), 0.0, one - other)


def _refuse(argument: Argument, fact: str, why: str) -> None:
    error = DomainError(
        f"{argument.name} is declared {fact.replace('_', ' ')}, and its value is not: {why} "
        "(verify=False leaves out this check)"
    )
    error.symbol = argument.name
    raise error
