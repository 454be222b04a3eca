"""Ufuncs of text: traced integers and masks among their arguments are read.

Text is never traced: places, widths and counts are, and ``where=`` (which NumPy hands over like an
argument).  Both are constant between jumps, so a replay checks that they are the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy._core import umath as _umath

from pyframe.autodiff.dispatch import UFUNCS, Handler, call_concrete, is_traced
from pyframe.errors import DTypeError


def _ufuncs(*names: str) -> tuple[np.ufunc, ...]:
    return tuple(getattr(_umath, name) for name in names if hasattr(_umath, name))


TEXT = _ufuncs(
    "_lstrip_chars", "_lstrip_whitespace", "_partition", "_rpartition", "_rstrip_chars",
    "_rstrip_whitespace", "_strip_chars", "_strip_whitespace", "isalnum", "isalpha", "isdecimal",
    "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "str_len",
)  # fmt: skip
"""The ufuncs that take text, and a mask."""

WITH_INTEGERS = _ufuncs(
    "_center", "_expandtabs", "_expandtabs_length", "_ljust", "_partition_index", "_replace",
    "_rjust", "_rpartition_index", "_slice", "_zfill", "count", "endswith", "find", "index",
    "rfind", "rindex", "startswith",
)  # fmt: skip
"""The ufuncs that take widths, places or counts as well."""


def _passed(called: np.ufunc) -> Handler:
    def handler(*given: Any, **options: Any) -> Any:
        if any(is_traced(x) and x.dtype.kind not in "iu" for x in given):
            kinds = ", ".join(str(getattr(x, "dtype", type(x).__name__)) for x in given)
            name = called.__name__.removeprefix("_")
            raise DTypeError(
                f"numpy.strings.{name} takes text, got {kinds}: strings cannot be traced"
            )
        return call_concrete(called, *given, **options)

    return handler


EVERY = frozenset((*TEXT, *WITH_INTEGERS))

for _ufunc in EVERY:
    UFUNCS[_ufunc] = _passed(_ufunc)
