"""Indexing with arrays and masks, beyond lists along the first axis, and assignment through it."""

from __future__ import annotations

import numpy as np
from autodiff.programs.ops import op


def _some(draft, n, count):
    return [int(i) for i in draft.rng.integers(-n, n, size=count)]


@op("index.array", 1.0)
def _array(draft):
    """Places in an array of one or two dimensions, alone or beside slices and numbers."""
    x = draft.pick(lambda v: np.ndim(v) > 0 and np.size(v) > 0)
    if x is None:
        return None
    shape = np.shape(draft.values[x])
    axis = int(draft.rng.integers(len(shape)))
    if draft.chance(0.3):
        places = [_some(draft, shape[axis], 2) for _ in range(draft.one(1, 2))]
    else:
        places = _some(draft, shape[axis], draft.one(1, 2, 3, 4))
    parts = [draft.one(":", "1:", "::-1", "::2", ":", "0", "-1") for _ in shape[:axis]]
    parts.append(f"np.array({places})")
    parts += [draft.one(":", "::-1", ":1", "0") for _ in shape[axis + 1 :] if draft.chance(0.7)]
    if draft.chance(0.1):
        parts.insert(0, "None")
    return (f"{{0}}[{', '.join(parts)}]",), (x,)


@op("index.mask", 0.7)
def _mask(draft):
    """A mask of all axes or of the last."""
    x = draft.pick(lambda v: np.ndim(v) > 0 and np.size(v) > 0)
    if x is None:
        return None
    shape = np.shape(draft.values[x])
    if draft.chance(0.5):
        mask = draft.rng.integers(0, 2, size=shape).astype(bool).tolist()
        return (f"{{0}}[np.array({mask})]",), (x,)
    mask = draft.rng.integers(0, 2, size=shape[-1]).astype(bool).tolist()
    return (f"{{0}}[..., np.array({mask})]",), (x,)


@op("np.ix_", 0.4)
def _open(draft):
    x = draft.pick(lambda v: np.ndim(v) == 2 and np.size(v) > 0)
    if x is None:
        return None
    rows, columns = (_some(draft, n, draft.one(1, 2, 3)) for n in np.shape(draft.values[x]))
    return (f"{{0}}[np.ix_({rows}, {columns})]",), (x,)


@op("setitem.array", 1.2)
def _setitem(draft):
    """Through slices of several axes, arrays of distinct places and masks."""
    x = draft.pick(lambda v: np.ndim(v) > 0 and np.size(v) > 0)
    if x is None:
        return None
    value = draft.values[x]
    n = np.shape(value)[0]
    order = [int(i) for i in draft.rng.permutation(n)[: draft.one(1, 2, 3)]]
    mask = draft.rng.integers(0, 2, size=np.shape(value)).astype(bool).tolist()
    place = draft.one(
        f"np.array({order})", f"np.array({mask})", "::-1", "..., 0", "..., -1", "..., ::2", "-2:"
    )
    try:
        target = np.shape(eval(f"value[{place}]", {"np": np, "value": value}))
    except IndexError:
        return None
    y = draft.pick(lambda v: np.ndim(v) <= len(target) and np.shape(v) in {target, target[-1:], ()})
    if y is None:
        return None
    return ("{out} = {0}.copy()", f"{{out}}[{place}] {draft.one('=', '+=', '*=', '-=')} {{1}}"), (
        x,
        y,
    )
