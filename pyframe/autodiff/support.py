"""Function by function, what a recorded function may call: the table of the documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Literal

import numpy as np

from pyframe import _core
from pyframe.autodiff import intercept, tracers
from pyframe.autodiff.coverage import creation, passed_through, realness, special, strings
from pyframe.autodiff.dispatch import COMPLEX, FUNCTIONS, UFUNCS, call_concrete, name_of
from pyframe.registry import manager
from pyframe.registry.records import PrimitiveRecord

Status = Literal["differentiated", "passed through", "refused"]

FLAT = {
    np.sign, np.floor, np.ceil, np.rint, np.trunc, np.floor_divide, np.heaviside, np.round,
    np.around, np.fix, np.zeros_like, np.ones_like, np.empty_like,
}  # fmt: skip
"""Recorded functions that are constant between jumps: their derivative is 0."""

BITWISE = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}

COUNTED = {
    np.all, np.any, np.argmax, np.argmin, np.argpartition, np.argsort, np.bincount,
    np.count_nonzero, np.digitize, np.einsum_path, np.isin, np.lexsort, np.linalg.matrix_rank,
    np.nanargmax, np.nanargmin, np.ndim, np.searchsorted, np.shape, np.size,
}  # fmt: skip
"""Array functions whose results are integers, truth values or shapes."""

REFUSING = {np.sort_complex}
"""Array functions whose handlers do no more than to refuse by name."""

MADE_OF_PARTS = {np.arange, np.full, np.require}
"""Functions that make arrays, of traced numbers as well."""

REASONS = (
    (r"numpy\.fft\.|numpy\.roots|numpy\.sort_complex", "complex numbers"),
    (r"numpy\.lib\.recfunctions", "structured arrays"),
    (r"numpy\.(char|strings)\.", "text"),
    (r"numpy\.(.*busday|datetime)", "dates"),
)

TABLES = re.compile(
    r"(roots_|.*_roots$|.*_zeros$|.*_seq$|.*_coef$|geterr|seterr|errstate|test$|Special)"
)
"""Functions of scipy.special that tabulate constants for whole numbers."""

POLYNOMIALS = {
    "bernoulli", "chebyc", "chebys", "chebyt", "chebyu", "euler", "gegenbauer", "genlaguerre",
    "hermite", "hermitenorm", "jacobi", "laguerre", "legendre", "sh_chebyt", "sh_chebyu",
    "sh_jacobi", "sh_legendre", "stirling2", "jnjnp_zeros", "kelvin_zeros",
}  # fmt: skip

PLAIN = {"sinc", "softplus"}
"""Functions of scipy.special that are written in NumPy's."""

BESSEL = {"ivp": "iv", "jvp": "jv", "kvp": "kv", "yvp": "yv"}
"""Derivatives of Bessel functions, written in these."""


@dataclass(frozen=True)
class Support:
    """One function.

    Attributes
    ----------
    name : str
        As users write it.
    status : str
        "differentiated"; "passed through": computed from the values, since the result is made
        of integers, truth values or text; or "refused": an error names it.
    note : str
        Why it is refused, or what its derivative is.
    """

    name: str
    status: Status
    note: str = ""


def numpy_ufuncs() -> list[Support]:
    """NumPy's ufuncs, as ``numpy.testing.overrides`` counts them."""
    from numpy.testing.overrides import get_overridable_numpy_ufuncs  # noqa: PLC0415  slow

    tracers.prepare()
    return _sorted(_ufunc(each) for each in get_overridable_numpy_ufuncs())


def numpy_functions() -> list[Support]:
    """NumPy's array functions, as ``numpy.testing.overrides`` counts them."""
    from numpy.testing.overrides import (  # noqa: PLC0415  slow
        get_overridable_numpy_array_functions,
    )

    tracers.prepare()
    return _sorted(_function(each) for each in get_overridable_numpy_array_functions())


def scipy_special() -> list[Support]:
    """The functions of scipy.special, those that plugins add among them."""
    module = import_module(special.MODULE)
    tracers.prepare()
    intercept.prepare_imported()
    return _sorted(_special(module))


def _sorted(found: Iterable[Support]) -> list[Support]:
    """One line for each name: NumPy has two objects for functions that take ``like=``."""
    best: dict[str, Support] = {}
    for each in found:
        if each.name not in best or best[each.name].status == "refused":
            best[each.name] = each
    return sorted(best.values(), key=lambda each: each.name.lower())


def _ufunc(called: np.ufunc) -> Support:
    if called in strings.EVERY:
        name = f"numpy.strings.{called.__name__.removeprefix('_')}"
        read = "a mask" if called in strings.TEXT else "integers and a mask"
        return Support(name, "passed through", f"{read} beside text")
    name = f"numpy.{called.__name__}"
    handler = UFUNCS.get(called)
    if handler is None:
        return Support(name, "refused")
    if called in BITWISE or _is_flat(handler):
        return Support(name, "passed through")
    return Support(name, "differentiated", "0 between jumps" if called in FLAT else "")


def _function(called: Callable[..., Any]) -> Support:
    name = name_of(called)
    handler = FUNCTIONS.get(called)
    if handler is None or called in REFUSING:
        why = (reason for pattern, reason in REASONS if re.match(pattern, name))
        note = "complex numbers" if name in COMPLEX else next(why, "not covered")
        return Support(name, "refused", note)
    module = getattr(getattr(handler, "func", handler), "__module__", "")
    flat = _is_flat(handler) and called not in MADE_OF_PARTS
    passed = flat or module == passed_through.__name__ or called in COUNTED
    if passed or (module == realness.__name__ and name.startswith(("numpy.is", "numpy.allclose"))):
        return Support(name, "passed through")
    return Support(name, "differentiated", "0 between jumps" if called in FLAT else "")


def _is_flat(handler: Any) -> bool:
    """Whether a handler computes with values, or makes constants or truth values."""
    if not isinstance(handler, partial):
        return False
    flat = {call_concrete, creation.constant, _core.compare, _core.logical, _core.test}
    return handler.func in flat


def _special(module: Any) -> Iterator[Support]:
    added = {
        name: known.distribution
        for known in manager.discovered()
        if isinstance(known.record, PrimitiveRecord)
        for name in known.record.replaces
    }
    for short in dict.fromkeys(module.__all__):
        called, name = getattr(module, short), f"{special.MODULE}.{short}"
        if not callable(called) or TABLES.match(short) or short in POLYNOMIALS:
            continue
        if short in special.FLAT:
            yield Support(name, "passed through")
        elif called in UFUNCS or short in special.FUNCTIONS or short in PLAIN:
            yield Support(name, "differentiated")
        else:
            places = name, name_of(called), f"{special.MODULE}._{short}"
            places = *places, f"{special.MODULE}.{BESSEL.get(short)}"
            by = next((added[place] for place in places if place in added), None)
            yield (
                Support(name, "differentiated", f"by {by}")
                if by
                else Support(name, "refused", "a rule of your own: pf.primitive")
            )
