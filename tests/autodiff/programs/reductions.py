"""Reductions and running reductions, over one axis, several or all, keeping them or not."""

from __future__ import annotations

import numpy as np
from autodiff.programs.elementwise import into
from autodiff.programs.ops import op


def axes(draft, x, several=True):
    """The text of axis and keepdims."""
    n = np.ndim(draft.values[x])
    if draft.chance(0.3):
        return ""
    text = f", axis={draft.axis(x)}"
    if several and n > 1 and draft.chance(0.2):
        chosen = sorted(int(i) for i in draft.rng.choice(n, size=2, replace=False))
        text = f", axis={tuple(chosen)}"
    return text + (", keepdims=True" if draft.chance(0.4) else "")


def _reduction(name, weight):
    @op(name, weight)
    def propose(draft):
        x = draft.array()
        if x is None:
            return None
        if name == "np.prod" and np.size(draft.values[x]) > 6:
            return None
        options = axes(draft, x)
        if name in {"np.var", "np.std"} and draft.chance(0.25):
            options += ", ddof=1"
        method = name.removeprefix("np.")
        if method in {"sum", "mean", "max", "min", "prod", "var", "std"} and draft.chance(0.3):
            return (f"{{0}}.{method}({options.removeprefix(', ')})",), (x,)
        return (f"{name}({{0}}{options})",), (x,)


for _name, _weight in {
    "np.sum": 2.0,
    "np.mean": 1.5,
    "np.prod": 1.2,
    "np.max": 1.2,
    "np.min": 1.2,
    "np.var": 1.0,
    "np.std": 1.0,
    "np.amax": 0.4,
    "np.amin": 0.4,
}.items():
    _reduction(_name, _weight)


def _running(name, weight):
    @op(name, weight)
    def propose(draft):
        x = draft.array()
        if x is None or (name == "np.cumprod" and np.size(draft.values[x]) > 8):
            return None
        axis = draft.one("", f", axis={draft.axis(x)}", f", axis={draft.axis(x)}")
        return (f"{name}({{0}}{axis})",), (x,)


for _name, _weight in {"np.cumsum": 1.0, "np.cumprod": 1.0}.items():
    _running(_name, _weight)


@op("np.diff", 0.5)
def _diff(draft):
    x = draft.array()
    if x is None:
        return None
    return (f"np.diff({{0}}{draft.one('', '', ', n=2')}, axis={draft.axis(x)})",), (x,)


@op("np.sort", 1.0)
def _sort(draft):
    x = draft.array()
    if x is None:
        return None
    return (f"np.sort({{0}}, axis={draft.axis(x)})",), (x,)


@op("sp.logsumexp", 1.0)
def _logsumexp(draft):
    x = draft.array()
    if x is None:
        return None
    return (f"sp.logsumexp({into(draft, 'up to 20', '0', x)}{axes(draft, x, several=False)})",), (
        x,
    )


@op("np.linalg.norm", 1.0)
def _norm(draft):
    x = draft.array(1, 2)
    if x is None:
        return None
    options = draft.one("", ", 2", ", ord=2") if np.ndim(draft.values[x]) == 1 else ""
    if not options and np.ndim(draft.values[x]) == 2 and draft.chance(0.3):
        options = ", 'fro'"
    return (f"np.linalg.norm({{0}}{options})",), (x,)


def _norm_with(name, weight, *options):
    @op(name, weight)
    def propose(draft):
        x = draft.array(1, 2 if name == "norm.axis" else 1)
        if x is None:
            return None
        text = draft.one(*options).replace("AX", str(draft.axis(x)))
        return (f"np.linalg.norm({{0}}, {text})",), (x,)


_norm_with("norm.axis", 0.6, "axis=AX", "axis=AX, keepdims=True")
_norm_with("norm.ord", 0.5, "ord=1", "ord=np.inf")
