"""Lists of traced numbers given where NumPy takes an array: ``np.sum([x, y, z])``.

NumPy would make an object array of the list, or a plain one; while something is recorded these
functions join the list first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import creation

JOINING = (
    "sum", "prod", "max", "min", "amax", "amin", "ptp", "any", "all", "argmax", "argmin",
    "count_nonzero", "cumsum", "cumprod", "cumulative_sum", "cumulative_prod", "mean", "average",
    "var", "std", "median", "quantile", "percentile", "cov", "corrcoef", "nansum", "nanprod",
    "nanmean", "nanmax", "nanmin", "nanvar", "nanstd", "nanmedian", "diff", "ediff1d", "gradient",
    "trapezoid", "convolve", "correlate", "reshape", "transpose", "atleast_1d", "atleast_2d",
    "flip", "roll", "tile", "repeat", "pad", "diag", "vander", "append", "take", "sort", "argsort",
    "where",
)  # fmt: skip
"""Functions whose arguments are arrays, each of which may be such a list."""


def joining(called: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays that takes lists of traced numbers, too."""

    @wraps(called)
    def joined(*args: Any, **kwargs: Any) -> Any:
        return called(
            *map(_joined, args), **{name: _joined(value) for name, value in kwargs.items()}
        )

    return joined


def _joined(value: Any) -> Any:
    listed = isinstance(value, list | tuple) and intercept.holds_traced(value)
    return creation.array(value) if listed else value


for _name in JOINING:
    intercept.replace(np, _name, joining(getattr(np, _name)))
