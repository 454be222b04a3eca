"""Ufuncs of text: integers among their arguments are read, text is never traced."""

from __future__ import annotations

from typing import Any, NoReturn

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
"""The ufuncs that take nothing but text: no part of what is supported."""

WITH_INTEGERS = _ufuncs(
    "_center", "_expandtabs", "_expandtabs_length", "_ljust", "_partition_index", "_replace",
    "_rjust", "_rpartition_index", "_slice", "_zfill", "count", "endswith", "find", "index",
    "rfind", "rindex", "startswith",
)  # fmt: skip
"""The ufuncs that take widths, places or counts as well."""


def _passed(called: np.ufunc) -> Handler:
    refused = _refused(called)

    def handler(*given: Any, **options: Any) -> Any:
        if any(is_traced(x) and x.dtype.kind not in "iu" for x in given):
            return refused(*given)
        return call_concrete(called, *given, **options)

    return handler


def _refused(called: np.ufunc) -> Handler:
    def handler(*given: Any, **_: Any) -> NoReturn:
        kinds = ", ".join(str(getattr(x, "dtype", type(x).__name__)) for x in given)
        name = called.__name__.removeprefix("_")
        raise DTypeError(f"numpy.strings.{name} takes text, got {kinds}: strings cannot be traced")

    return handler


for _ufunc in TEXT:
    UFUNCS[_ufunc] = _refused(_ufunc)
for _ufunc in WITH_INTEGERS:
    UFUNCS[_ufunc] = _passed(_ufunc)
