"""The complex step: a derivative to the last bit from one evaluation off the real axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe.autodiff.modes.base import Mode
from pyframe.autodiff.record import Recorded
from pyframe.errors import ParameterError, UnsupportedOperation

STEP = 1e-40
NOT_ANALYTIC = frozenset(
    {
        "abs",
        "sign",
        "floor",
        "ceil",
        "rint",
        "trunc",
        "maximum",
        "minimum",
        "fmax",
        "fmin",
        "arctan2",
        "hypot",
        "fmod",
        "remainder",
        "floor_divide",
        "copysign",
        "heaviside",
        "nextafter",
        "max",
        "min",
        "norm",
        "argsort",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "eigh",
        "svd",
        "qr",
        "isnan",
        "isinf",
        "isfinite",
        "signbit",
    }
)
"""Primitives that are not analytic, or that NumPy does not extend to complex numbers."""


@dataclass(frozen=True)
class ComplexStep(Mode):
    """Im f(x + i h v) / h with h = 1e-40: no difference, so no cancellation.

    Only for functions that are analytic and that NumPy evaluates at complex numbers; the
    recording tells, and others are refused.

    References
    ----------
    Squire and Trapp 1998; Martins, Sturdza, Alonso 2003.
    """

    name: ClassVar[str] = "complex-step"

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """One evaluation."""
        used = set(run.recording.primitives()) & NOT_ANALYTIC
        if used:
            what = ", ".join(sorted(used)) or "a comparison in the program's flow"
            raise UnsupportedOperation(
                f"complex-step takes analytic functions only, and this one uses {what}"
            )
        if run.nested:
            raise ParameterError("complex-step cannot be nested in another derivative")
        x = [np.asarray(leaf, dtype=np.float64) for leaf in run.plain_inputs()]
        v = [np.asarray(d, dtype=np.float64) for d in run.plain(directions)]
        found = run.evaluate([a + 1j * STEP * d for a, d in zip(x, v, strict=True)])
        return [np.imag(np.asarray(part)) / STEP for part in found]
