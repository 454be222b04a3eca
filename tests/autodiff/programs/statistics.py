"""Order statistics, averages, and the special functions of probability."""

from __future__ import annotations

import numpy as np
from autodiff.programs.elementwise import into, pair
from autodiff.programs.ops import op
from autodiff.programs.reductions import axes


def _ordered(name, weight, text):
    @op(name, weight)
    def propose(draft):
        x = draft.pick(lambda v: 0 < np.ndim(v) < 4 and np.size(v) > 0 and not np.isnan(v).any())
        if x is None:
            return None
        share = draft.one("0.5", "0.25", "0.9", "0.0", "1.0", "0.3")
        whole = share if "percentile" not in name else str(100 * float(share))
        return (text.format(q=whole, axes=axes(draft, x, several=False)),), (x,)


_ordered("np.median", 0.6, "np.median({{0}}{axes})")
_ordered("np.quantile", 0.6, "np.quantile({{0}}, {q}{axes})")
_ordered("np.percentile", 0.4, "np.percentile({{0}}, {q}{axes})")


@op("np.ptp", 0.5)
def _ptp(draft):
    x = draft.array()
    return None if x is None else ((f"np.ptp({{0}}{axes(draft, x)})",), (x,))


@op("np.average", 0.6)
def _average(draft):
    x = draft.array()
    if x is None:
        return None
    axis = draft.axis(x)
    count = np.shape(draft.values[x])[axis]
    weights = [float(w) / 4 for w in draft.rng.integers(1, 6, size=count)]
    return (f"np.average({{0}}, axis={axis}, weights=np.array({weights}))",), (x,)


@op("np.trapezoid", 0.4)
def _trapezoid(draft):
    x = draft.array()
    if x is None:
        return None
    return (f"np.trapezoid({{0}}, dx={draft.one('0.5', '1.0', '0.1')}, axis={draft.axis(x)})",), (
        x,
    )


def _special(name, domain):
    @op(name, 0.5)
    def propose(draft):
        x = draft.pick()
        return (f"{name}({into(draft, domain, '0', x)})",), (x,)


for _name, _domain in {
    "sp.ndtr": "small",
    "sp.digamma": "positive",
    "sp.entr": "positive",
}.items():
    _special(_name, _domain)


@op("sp.logit", 0.4)
def _logit(draft):
    x = draft.pick()
    return (f"sp.logit(0.5 + 0.4 * np.{draft.one('sin', 'tanh')}({{0}}))",), (x,)


@op("sp.xlogy", 0.6)
def _xlogy(draft):
    (a, b), operands = pair(draft)
    if b in {"{0}", "{1}"}:
        b = into(draft, "positive", b[1], operands[int(b[1])])
    elif "-" in b or "0.0" in b:
        return None
    return (f"sp.xlogy({a}, {b})",), operands
