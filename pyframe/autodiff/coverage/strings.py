"""Ufuncs of text, which a traced number can never be given: refused by name."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy._core import umath as _umath

from pyframe.autodiff.dispatch import UFUNCS, Handler
from pyframe.errors import DTypeError

NAMES = (
    "_center", "_expandtabs", "_expandtabs_length", "_ljust", "_lstrip_chars", "_lstrip_whitespace",
    "_partition", "_partition_index", "_replace", "_rjust", "_rpartition", "_rpartition_index",
    "_rstrip_chars", "_rstrip_whitespace", "_slice", "_strip_chars", "_strip_whitespace", "_zfill",
    "count", "endswith", "find", "index", "isalnum", "isalpha", "isdecimal", "isdigit", "islower",
    "isnumeric", "isspace", "istitle", "isupper", "rfind", "rindex", "startswith", "str_len",
)  # fmt: skip

TEXT = tuple(getattr(_umath, name) for name in NAMES if hasattr(_umath, name))
"""The ufuncs that are refused: no part of what is supported."""


def _refused(called: np.ufunc) -> Handler:
    def handler(*given: Any, **_: Any) -> NoReturn:
        kinds = ", ".join(str(getattr(x, "dtype", type(x).__name__)) for x in given)
        name = called.__name__.removeprefix("_")
        raise DTypeError(f"numpy.strings.{name} takes text, got {kinds}: strings cannot be traced")

    return handler


for _ufunc in TEXT:
    UFUNCS[_ufunc] = _refused(_ufunc)
