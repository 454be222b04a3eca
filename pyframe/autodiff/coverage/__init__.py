"""How NumPy's and SciPy's functions are recorded: one module a family.

Each module registers handlers with :func:`pyframe.autodiff.dispatch.ufunc` and
:func:`~pyframe.autodiff.dispatch.function`, and builds on the operations of ``_core``.
"""

from __future__ import annotations

from importlib import import_module

FAMILIES = (
    "reductions",
    "statistics",
    "quantiles",
    "missing",
    "differences",
    "histograms",
    "shaping",
    "joining",
    "arranging",
    "selecting",
    "sorting",
    "sets",
    "diagonals",
    "polynomials",
    "emath",
    "creation",
    "products",
    "einsum",
    "linalg",
    "norms",
    "fft",
    "scipy_linalg",
    "passed_through",
    "sequences",
    "elementwise",
    "integers",
    "rounding",
    "selection",
    "interpolation",
    "realness",
    "strings",
)


def load() -> None:
    """Fill the tables of :mod:`pyframe.autodiff.dispatch`."""
    for family in FAMILIES:
        import_module(f"{__name__}.{family}")
