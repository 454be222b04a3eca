"""Lists of traced numbers given where NumPy takes an array: ``np.sum([x, y, z])``.

NumPy would make an object array of the list, or a plain one; while something is recorded these
functions join the list first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
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


def joined(value: Any) -> Any:
    """A list that holds traced numbers as an array; anything else as it is."""
    listed = isinstance(value, list | tuple) and intercept.holds_traced(value)
    return creation.array(value) if listed else value


METHODS = {
    "sum": _core.Array.sum, "mean": _core.Array.mean, "var": _core.Array.var,
    "std": _core.Array.std, "max": _core.Array.max, "min": _core.Array.min,
    "amax": _core.Array.max, "amin": _core.Array.min,
}  # fmt: skip
"""Those that arrays have in Rust."""

for _name in JOINING:
    intercept.replace_joining(np, _name, joined, METHODS.get(_name))
