"""Conformance of a mode of automatic differentiation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pyframe.autodiff import operators
from pyframe.registry.resolve import handle
from pyframe.testing.kit import require, run
from pyframe.testing.report import Report

_A = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
_X = np.array([0.3, -0.7, 1.1])
_TOLERANCE = 1e-6


def _f(x: Any) -> Any:
    return np.sin(_A @ x) * x[0]


def _exact() -> Any:
    inner = _A @ _X
    return np.cos(inner)[:, None] * _A * _X[0] + np.outer(np.sin(inner), [1.0, 0.0, 0.0])


def _close(got: Any, want: Any) -> str:
    error = float(np.max(np.abs(got - want)))
    require(error <= _TOLERANCE, f"off by {error:.1e}, allowed {_TOLERANCE:.0e}")
    return f"{error:.1e}"


def _jacobian(mode: Any) -> str:
    return _close(operators.jacobian(_f, mode=mode)(_X), _exact())


def _push(mode: Any) -> str:
    v = np.array([1.0, -2.0, 0.5])
    return _close(operators.jvp(_f, (_X,), (v,), mode=mode)[1], _exact() @ v)


def _pull(mode: Any) -> str:
    u = np.array([2.0, -1.0])
    return _close(operators.vjp(_f, _X, mode=mode)[1](u)[0], u @ _exact())


_PROPERTIES = {
    "knows a Jacobian": _jacobian,
    "pushes tangents": _push,
    "pulls adjoints": _pull,
}


def check_ad_mode(mode: Any, *, waive: Iterable[str] = (), strict: bool = False) -> Report:
    """Check a mode on a function whose derivatives are known.

    Parameters
    ----------
    mode : str, Mode or record
        The mode.
    waive : iterable of str
        Properties whose failure is shown and not counted.
    strict : bool
        Raise when a property does not hold.
    """
    found = handle("ad-mode", mode)
    report = run(f"ad-mode {getattr(found, 'name', mode)}", found, _PROPERTIES, waive)
    return report.raise_if_failed() if strict else report
