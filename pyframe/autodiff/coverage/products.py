"""Products summed over axes: everything that one contraction can say."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.dispatch import function, ufunc
from pyframe.errors import ShapeError


def contract(a: Any, b: Any, left: list[int], right: list[int], out: list[int]) -> Any:
    """The product of two arrays summed over the labels that stand in both and not in the result."""
    return _core.contract(a, b, bytes(left), bytes(right), bytes(out))


@ufunc(np.matmul)
def matmul(a: Any, b: Any) -> Any:
    """Matrix product of stacks of matrices; vectors lend an axis and take it back."""
    m, n = len(np.shape(a)), len(np.shape(b))
    if m == 0 or n == 0:
        raise ShapeError(f"matmul takes arrays with axes, got shapes {np.shape(a)} and {np.shape(b)}")
    inner, row, column = 60, 61, 62
    left = [inner] if m == 1 else [row, inner]
    right = [inner] if n == 1 else [inner, column]
    stack_a, stack_b = np.shape(a)[:-2], np.shape(b)[:-2]
    stack = np.broadcast_shapes(stack_a, stack_b)
    if stack_a and stack_a != stack and stack_b:
        a = np.broadcast_to(a, stack + np.shape(a)[-2:])
    if stack_b and stack_b != stack and stack_a:
        b = np.broadcast_to(b, stack + np.shape(b)[-2:])
    labels = list(range(len(stack)))
    left = (labels if np.shape(a)[:-2] else []) + left
    right = (labels if np.shape(b)[:-2] else []) + right
    out = labels + ([row] if m > 1 else []) + ([column] if n > 1 else [])
    return contract(a, b, left, right, out)


@function(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Sum over the last axis of a and the second last of b."""
    m, n = len(np.shape(a)), len(np.shape(b))
    if m == 0 or n == 0:
        return a * b
    inner = 60
    left = [*range(m - 1), inner]
    right = [inner] if n == 1 else [*range(30, 30 + n - 2), inner, 61]
    return contract(a, b, left, right, [label for label in left + right if label != inner])
