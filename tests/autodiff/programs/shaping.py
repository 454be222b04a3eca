"""Operations that move elements: new shapes, joins, cuts, copies."""

from __future__ import annotations

import math

import numpy as np
from autodiff.programs.ops import op


def shape_of(draft, x):
    return np.shape(draft.values[x])


def factors(draft, size):
    """A shape of one to three axes with so many elements."""
    if size == 0:
        return draft.one((0,), (0, 2), (3, 0))
    shape, rest = [], size
    for _ in range(draft.rng.integers(0, 3)):
        divisors = [d for d in (1, 2, 3, 5) if rest % d == 0]
        shape.append(divisors[draft.rng.integers(len(divisors))])
        rest //= shape[-1]
    return (*shape, rest)


def moves(name, weight, least, *texts):
    """An operation on one array of at least so many dimensions; AX is an axis of it."""

    @op(name, weight)
    def propose(draft):
        x = draft.array(least)
        if x is None:
            return None
        text = draft.one(*texts)
        for slot in ("AX", "BX"):
            if slot in text:
                text = text.replace(slot, str(draft.axis(x)))
        return (text,), (x,)


moves("np.ravel", 0.7, 0, "np.ravel({0})", "{0}.ravel()")
moves("np.transpose", 1.0, 1, "{0}.T", "np.transpose({0})", "{0}.transpose()")
moves("np.swapaxes", 0.7, 2, "np.swapaxes({0}, AX, BX)")
moves("np.moveaxis", 0.7, 2, "np.moveaxis({0}, AX, BX)")
moves("np.expand_dims", 0.7, 0, "np.expand_dims({0}, 0)", "np.expand_dims({0}, -1)")
moves("np.squeeze", 0.7, 1, "np.squeeze({0})")
moves("np.roll", 0.7, 1, "np.roll({0}, 1)", "np.roll({0}, -2, axis=AX)", "np.roll({0}, 1, axis=AX)")
moves("np.flip", 0.7, 1, "np.flip({0})", "np.flip({0}, axis=AX)", "np.flip({0}, AX)")
moves("np.repeat", 0.7, 1, "np.repeat({0}, 2, axis=AX)", "np.repeat({0}, 2)")
moves("np.tile", 0.7, 1, "np.tile({0}, 2)", "np.tile({0}, (2, 1))", "np.tile({0}, (1, 2))")
moves("np.tril", 0.4, 2, "np.tril({0})", "np.tril({0}, -1)", "np.tril({0}, k=1)")
moves("np.triu", 0.4, 2, "np.triu({0})", "np.triu({0}, 1)")
moves("np.atleast_1d", 0.3, 0, "np.atleast_1d({0})")


moves("np.rot90", 0.3, 2, "np.rot90({0})", "np.rot90({0}, 2)", "np.rot90({0}, -1)")
moves("np.fliplr", 0.2, 2, "np.fliplr({0})")
moves("np.flipud", 0.2, 1, "np.flipud({0})")
moves("np.delete", 0.3, 1, "np.delete({0}, 0, axis=AX)", "np.delete({0}, -1, AX)")
moves(
    "np.compress",
    0.3,
    1,
    "np.compress([True, False], {0}, axis=AX)",
    "np.compress([True], {0}, axis=AX)",
)
moves("np.append", 0.3, 1, "np.append({0}, {0}, axis=AX)", "np.append({0}, {0})")


@op("np.reshape", 1.0)
def _reshape(draft):
    x = draft.array()
    if x is None:
        return None
    shape = factors(draft, math.prod(shape_of(draft, x)))
    if draft.chance(0.3) and 0 not in shape:
        shape = (*shape[:-1], -1)
    return (draft.one(f"np.reshape({{0}}, {shape})", f"{{0}}.reshape({shape})"),), (x,)


@op("np.broadcast_to", 0.5)
def _broadcast_to(draft):
    x = draft.array(0, 2)
    if x is None or 0 in shape_of(draft, x):
        return None
    return (f"np.broadcast_to({{0}}, {(2, *shape_of(draft, x))})",), (x,)


@op("np.pad", 0.7)
def _pad(draft):
    x = draft.array()
    if x is None:
        return None
    n = len(shape_of(draft, x))
    widths = [tuple(int(k) for k in draft.rng.integers(0, 2, size=2)) for _ in range(n)]
    text = draft.one("1", str(widths)) if n < 3 else str(widths)
    mode = draft.one(', mode="constant"', ', "constant"')
    return (f"np.pad({{0}}, {text}{mode})",), (x,)


def _joining(name, weight, text, fits):
    @op(name, weight)
    def propose(draft):
        x = draft.array()
        if x is None:
            return None
        axis = draft.axis(x, negative=False)
        y = draft.pick(lambda v: fits(np.shape(v), shape_of(draft, x), axis))
        if y is None:
            return None
        three = draft.chance(0.2)
        names = "{0}, {1}, {0}" if three else "{0}, {1}"
        return (text.format(names=names, axis=axis),), (x, y)


def beside(a, b, axis):
    """Equal but for one axis."""
    return len(a) == len(b) and a[:axis] == b[:axis] and a[axis + 1 :] == b[axis + 1 :]


_joining("np.concatenate", 1.2, "np.concatenate([{names}], axis={axis})", beside)
_joining("np.stack", 1.0, "np.stack([{names}], axis={axis})", lambda a, b, _: a == b)
_joining("np.vstack", 0.4, "np.vstack([{names}])", lambda a, b, _: a == b)
_joining("np.hstack", 0.4, "np.hstack([{names}])", lambda a, b, _: a == b)


@op("np.split", 0.8)
def _split(draft):
    x = draft.pick(lambda v: np.ndim(v) > 0 and max(np.shape(v)) > 1)
    if x is None:
        return None
    shape = shape_of(draft, x)
    axis = int(np.argmax(shape))
    if draft.chance(0.5):
        return (f"np.split({{0}}, [1], axis={axis})[{draft.one(0, 1)}]",), (x,)
    part = int(draft.rng.integers(2))
    name = "np.split" if shape[axis] % 2 == 0 else "np.array_split"
    return (f"{name}({{0}}, 2, axis={axis})[{part}]",), (x,)


@op("index.basic", 2.0)
def _basic(draft):
    x = draft.array()
    if x is None:
        return None
    shape = shape_of(draft, x)
    parts = []
    for n in shape[: draft.rng.integers(1, len(shape) + 1)]:
        if n and draft.chance(0.5):
            parts.append(str(draft.rng.integers(-n, n)))
        else:
            parts.append(draft.one(":", "1:", ":-1", "::2", "::-1", ":2", "-2:"))
    if draft.chance(0.2):
        parts.insert(0, draft.one("None", "..."))
    elif draft.chance(0.1):
        parts.append("None")
    return (f"{{0}}[{', '.join(parts)}]",), (x,)


@op("index.item", 1.0)
def _item(draft):
    x = draft.pick(lambda v: np.ndim(v) > 0 and np.size(v) > 0)
    if x is None:
        return None
    where = ", ".join(str(draft.rng.integers(-n, n)) for n in shape_of(draft, x))
    return (f"{{0}}[{where}]",), (x,)


@op("index.integer", 1.0)
def _integer(draft):
    x = draft.pick(lambda v: np.ndim(v) > 0 and np.shape(v)[0] > 0)
    if x is None:
        return None
    shape = shape_of(draft, x)

    def some(n):
        return [int(i) for i in draft.rng.integers(-n, n, size=draft.one(1, 2, 3, 4))]

    rows = some(shape[0])
    text = f"{{0}}[{rows}]"
    if len(shape) > 1 and shape[1] and draft.chance(0.4):
        columns = [int(i) for i in draft.rng.integers(-shape[1], shape[1], size=len(rows))]
        text = f"{{0}}[{rows}, {columns}]"
    elif draft.chance(0.3):
        text = f"np.take({{0}}, {[i % shape[0] for i in rows]}, axis=0)"
    return (text,), (x,)


@op("index.boolean", 0.7)
def _boolean(draft):
    x = draft.array()
    if x is None:
        return None
    if draft.chance(0.5):
        return (f"{{0}}[{{0}} > {draft.one('0.0', '-1.0', '0.5')}]",), (x,)
    n = shape_of(draft, x)[0]
    mask = [bool(b) for b in draft.rng.integers(0, 2, size=n)]
    return (f"{{0}}[np.array({mask})]",), (x,)


@op("setitem", 1.5)
def _setitem(draft):
    x = draft.array()
    if x is None or 0 in shape_of(draft, x):
        return None
    n = shape_of(draft, x)[0]
    place = draft.one(
        "0", "-1", f"{draft.rng.integers(-n, n)}", "1:", "::2", "...", "[0, -1]", "{0} > 0.5"
    )
    fits = shape_of(draft, x)[1:]
    y = draft.scalar() if place == "{0} > 0.5" else draft.pick(lambda v: np.shape(v) == fits)
    if y is None:
        return None
    change = draft.one("=", "=", "+=", "*=", "=")
    if place in {"[0, -1]", "{0} > 0.5"}:
        change = "="
    return ("{out} = {0}.copy()", f"{{out}}[{place}] {change} {{1}}"), (x, y)
