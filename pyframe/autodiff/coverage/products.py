"""Products summed over axes: everything that one contraction can say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.dispatch import function, is_traced, ufunc
from pyframe.errors import ShapeError

STACK, ROW, COLUMN, SUMMED = 128, 251, 252, 253
"""Labels of axes: those of stacks count from the last one; a contraction's own axes."""


def kind_of(x: Any) -> Any:
    """The dtype of a traced or plain operand."""
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a traced or plain operand."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


def contract(a: Any, b: Any, left: Sequence[int], right: Sequence[int], out: Sequence[int]) -> Any:
    """The product of two arrays summed over the labels that stand in both and not in the result."""
    made = _core.contract(a, b, bytes(left), bytes(right), bytes(out))
    # A product of truth values is one again.
    return made != 0 if made.kind == "int64" and kind_of(a) == kind_of(b) == np.bool_ else made


def product(a: Any, b: Any, left: Sequence[int], right: Sequence[int], out: Sequence[int]) -> Any:
    """The product of two arrays as a contraction; axes of length one stretch.

    Labels that stand in one operand alone and not in the result are summed over as well.
    """
    lengths = [
        dict(zip(*pair, strict=True)) for pair in ((left, shape_of(a)), (right, shape_of(b)))
    ]
    a, left = _without_stretched(a, left, lengths[1])
    b, right = _without_stretched(b, right, lengths[0])
    a, left = _summed(a, left, {*right, *out})
    b, right = _summed(b, right, {*left, *out})
    return contract(a, b, left, right, out)


def _without_stretched(
    x: Any, labels: Sequence[int], other: dict[int, int]
) -> tuple[Any, Sequence[int]]:
    """An operand without the axes of length one that are longer in the other one."""
    shape = shape_of(x)
    kept = [k for k, label in enumerate(labels) if shape[k] != 1 or other.get(label, 1) == 1]
    if len(kept) == len(labels):
        return x, labels
    return np.reshape(x, tuple(shape[k] for k in kept)), [labels[k] for k in kept]


def _summed(x: Any, labels: Sequence[int], used: set[int]) -> tuple[Any, Sequence[int]]:
    """An operand summed over the labels that stand nowhere else."""
    alone = tuple(k for k, label in enumerate(labels) if label not in used)
    return (
        (np.sum(x, axis=alone), [label for label in labels if label in used])
        if alone
        else (x, labels)
    )


def stack_labels(count: int) -> list[int]:
    """Labels of the axes of a stack, such that stacks are aligned at their last axes."""
    return list(range(STACK + count - 1, STACK - 1, -1))


def _with_axes(x: Any, what: str) -> tuple[int, ...]:
    shape = shape_of(x)
    if not shape:
        raise ShapeError(f"{what} takes arrays with axes, got a number")
    return shape


def _stacked(a: Any, own_a: list[int], b: Any, own_b: list[int], out: list[int]) -> Any:
    """A product over the last axes of stacks that broadcast."""
    shape_a, shape_b = shape_of(a), shape_of(b)
    m, n = len(shape_a) - len(own_a), len(shape_b) - len(own_b)
    if min(m, n) < 0:
        raise ShapeError(
            f"arrays of shapes {shape_a} and {shape_b} have too few axes for this product"
        )
    left, right = stack_labels(m) + own_a, stack_labels(n) + own_b
    inner = shape_a[left.index(SUMMED)], shape_b[right.index(SUMMED)]
    if inner[0] != inner[1]:
        raise ShapeError(
            f"operands of shapes {shape_a} and {shape_b} do not fit: {inner[0]} is not {inner[1]}"
        )
    together = contract if not m or not n or shape_a[:m] == shape_b[:n] else product
    return together(a, b, left, right, stack_labels(max(m, n)) + out)


def _no_axes(name: str, options: dict[str, Any]) -> None:
    if not options:
        return
    of.no_options(
        name, **{key: value for key, value in options.items() if value not in (None, False)}
    )


@ufunc(np.matmul)
def matmul(a: Any, b: Any, **options: Any) -> Any:
    """Matrix product of stacks of matrices; vectors lend an axis and take it back."""
    _no_axes("np.matmul", options)
    m, n = len(_with_axes(a, "matmul")), len(_with_axes(b, "matmul"))
    left = [SUMMED] if m == 1 else [ROW, SUMMED]
    right = [SUMMED] if n == 1 else [SUMMED, COLUMN]
    return _stacked(a, left, b, right, [ROW] * (m > 1) + [COLUMN] * (n > 1))


def matvec(a: Any, x: Any, **options: Any) -> Any:
    """Matrices times vectors."""
    _no_axes("np.matvec", options)
    return _stacked(a, [ROW, SUMMED], x, [SUMMED], [ROW])


def vecmat(x: Any, a: Any, **options: Any) -> Any:
    """Vectors times matrices."""
    _no_axes("np.vecmat", options)
    return _stacked(x, [SUMMED], a, [SUMMED, COLUMN], [COLUMN])


def vecdot(a: Any, b: Any, axis: int = -1, **options: Any) -> Any:
    """Inner products along an axis."""
    _no_axes("np.vecdot", options)
    if axis != -1:
        a, b = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    return _stacked(a, [SUMMED], b, [SUMMED], [])


# Younger than the oldest NumPy that is supported.
for _name, _handler in (("matvec", matvec), ("vecmat", vecmat), ("vecdot", vecdot)):
    if hasattr(np, _name):
        ufunc(getattr(np, _name))(_handler)


@function(np.linalg.matmul)
def linalg_matmul(x1: Any, x2: Any, /) -> Any:
    """np.matmul."""
    return np.matmul(x1, x2)


@function(np.linalg.vecdot)
def linalg_vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Inner products along an axis."""
    return vecdot(x1, x2, axis)


def _over(a: Any, b: Any, axes_a: Iterable[int], axes_b: Iterable[int]) -> Any:
    """Summed over pairs of axes; what is left of a stands before what is left of b."""
    m, n = len(shape_of(a)), len(shape_of(b))
    left, right = list(range(m)), list(range(64, 64 + n))
    for i, j in zip(axes_a, axes_b, strict=True):
        right[j] = left[i]
    return contract(
        a, b, left, right, [label for label in left + right if (label in left) != (label in right)]
    )


@function(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Sum over the last axis of a and the second last of b."""
    of.no_options("np.dot", out=out)
    m, n = len(shape_of(a)), len(shape_of(b))
    if m == 0 or n == 0:
        return np.multiply(a, b)
    return _over(a, b, [m - 1], [max(n - 2, 0)])


@function(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """Sum of the products of all elements."""
    return _over(np.ravel(a), np.ravel(b), [0], [0])


@function(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """Sum over the last axes."""
    m, n = len(shape_of(a)), len(shape_of(b))
    return np.multiply(a, b) if m == 0 or n == 0 else _over(a, b, [m - 1], [n - 1])


@function(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """All products of an element of a and one of b."""
    of.no_options("np.outer", out=out)
    # Multiplied, not added to 0: products of -0.0 keep their sign.
    return np.multiply(np.reshape(a, (-1, 1)), np.reshape(b, (1, -1)))


@function(np.linalg.outer)
def linalg_outer(x1: Any, x2: Any, /) -> Any:
    """All products of an element of one vector and one of another."""
    if len(shape_of(x1)) != 1 or len(shape_of(x2)) != 1:
        raise ShapeError(
            f"linalg.outer takes vectors, got shapes {shape_of(x1)} and {shape_of(x2)}"
        )
    return outer(x1, x2)


def _pairs(axes: Any, m: int, n: int) -> tuple[list[int], list[int]]:
    """The axes that tensordot sums over."""
    if isinstance(axes, int | np.integer):
        count = int(axes)
        if not 0 <= count <= min(m, n):
            raise ShapeError(f"tensordot over {count} axes of arrays of {m} and {n} axes")
        return list(range(m - count, m)), list(range(count))
    first, second = axes
    first, second = (list(each) if np.ndim(each) else [each] for each in (first, second))
    first, second = [of.one(k, m) for k in first], [of.one(k, n) for k in second]
    if len(first) != len(second) or len({*first}) < len(first) or len({*second}) < len(second):
        raise ShapeError(f"tensordot sums over pairs of axes, each once, got {shown(axes)}")
    return first, second


@function(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, /, axes: Any = 2) -> Any:
    """Sum over pairs of axes."""
    return _over(a, b, *_pairs(axes, len(shape_of(a)), len(shape_of(b))))


@function(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Blocks: a's element times b."""
    m, n = shape_of(a), shape_of(b)
    rank = max(len(m), len(n))
    m, n = (1,) * (rank - len(m)) + m, (1,) * (rank - len(n)) + n
    wide = np.reshape(a, [length for k in m for length in (k, 1)])
    deep = np.reshape(b, [length for k in n for length in (1, k)])
    return np.reshape(wide * deep, [i * j for i, j in zip(m, n, strict=True)])


@function(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Vector products; of vectors with two elements the third one is 0."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = np.moveaxis(a, of.one(axisa, len(_with_axes(a, "cross")), "axisa"), -1)
    b = np.moveaxis(b, of.one(axisb, len(_with_axes(b, "cross")), "axisb"), -1)
    m, n = shape_of(a)[-1], shape_of(b)[-1]
    if not {m, n} <= {2, 3}:
        raise ShapeError(f"cross takes vectors of 2 or 3 elements, got {m} and {n}")
    if 2 in {m, n}:
        np.cross(np.zeros(m), np.zeros(n))  # warns as NumPy does
    x, y = [a[..., k] for k in range(m)], [b[..., k] for k in range(n)]
    third = x[0] * y[1] - x[1] * y[0]
    if m == n == 2:
        return third
    if m == 3 and n == 3:
        first, second = x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2]
    elif m == 3:
        first, second = -x[2] * y[1], x[2] * y[0]
    else:
        first, second = x[1] * y[2], -x[0] * y[2]
    return np.stack(np.broadcast_arrays(first, second, third) if not is_traced(first) else
                    [first, second, third], axis=axisc)  # fmt: skip


@function(np.linalg.cross)
def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Vector products in three dimensions."""
    lengths = shape_of(x1)[axis], shape_of(x2)[axis]
    if lengths != (3, 3):
        raise ShapeError(
            f"linalg.cross takes vectors of 3 elements, got {lengths[0]} and {lengths[1]}"
        )
    return cross(x1, x2, axis=axis)


@function(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """The last two axes exchanged."""
    if len(shape_of(x)) < 2:
        raise ShapeError(f"matrix_transpose takes matrices, got an array of shape {shape_of(x)}")
    return np.swapaxes(x, -1, -2)


@function(np.linalg.trace)
def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """Sums of the diagonals of matrices."""
    made = diagonal(x, offset=offset)
    return np.sum(made, axis=-1) if dtype is None else np.sum(made, axis=-1, dtype=dtype)


@function(np.linalg.diagonal)
def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """The diagonals of matrices."""
    rows, columns = matrix_transpose(x).shape[-2:][::-1]
    start = offset if offset >= 0 else -offset * columns
    count = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    flat = np.reshape(x, (*shape_of(x)[:-2], rows * columns))
    return flat[..., start : start + count * (columns + 1) : columns + 1][..., :count]
