"""NumPy's functions of expressions: the table behind ``np.sum(x)`` and the like."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from pyframe._checks import is_whole, number, shown
from pyframe.errors import (
    ParameterError,
    ParameterTypeError,
    TapeLimitError,
    UnsupportedOperation,
)
from pyframe.matcalc.broadcasting import matmul
from pyframe.matcalc.einsum import einsum
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.traced import Traced

HIGHEST_POWER = 10_000
"""The highest power of a matrix."""

FUNCTIONS: dict[Any, Callable[..., Any]] = {}
"""What answers for expressions, by NumPy's function."""


def _known(function: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def note(handler: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS[function] = handler
        return handler

    return note


def _expression(*given: Any) -> list[Expression]:
    """Operands as expressions."""
    one = next(x for x in given if isinstance(x, Expression))
    taken = [one.operand(x) for x in given]
    if any(x is None for x in taken):
        raise UnsupportedOperation("an expression meets what is no number and no expression")
    return taken


def _applied(name: str, x: Any) -> Any:
    (x,) = _expression(x)
    return x.like(x.formula.apply(name))


def _seen(x: Any, made: Any) -> Any:
    """What NumPy makes a view of an array."""
    return x.view_as(made) if isinstance(x, Traced) else made


def _refuse(what: str) -> NoReturn:
    raise UnsupportedOperation(f"{what} of an expression is not known")


_BOTH_AXES = ({0, 1}, {0, -1}, {-2, 1}, {-2, -1})


def axis_of(function: str, x: Expression, axis: Any) -> int | None:
    """0 or 1, or None for all elements."""
    if axis is None:
        return None
    wanted: tuple[Any, ...] = axis if isinstance(axis, tuple) else (axis,)
    if not wanted or not all(is_whole(each) for each in wanted):
        raise ParameterTypeError(
            f"{function}: axis must be an int, a tuple of ints or None, got {shown(axis)}"
        )
    if x.ndim < 2 and len(wanted) == 1 and axis in (0, -1, (0,), (-1,)):
        return None
    if x.ndim == 2 and len(wanted) == 1 and wanted[0] in (0, 1, -1, -2):
        return int(wanted[0]) % 2
    if x.ndim == 2 and len(wanted) == 2 and set(wanted) in _BOTH_AXES:
        return None
    raise ParameterError(f"{function}: axis {shown(axis)} of an expression with {x.ndim} axes")


def kept(x: Any, axis: int | None, reduced: Any, keepdims: bool) -> Any:
    """A reduction along one axis or all, perhaps with axes of length one in their place."""
    if axis is not None:
        reduced = x.shaped(reduced.formula, 1)
    if not keepdims:
        return reduced
    if not isinstance(reduced, Traced):
        _refuse("keepdims")
    sizes = ["1" if axis is None or k == axis else size for k, size in enumerate(x.sizes)]
    return reduced.arranged(sizes)


@_known(np.sum)
def _sum(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    axis = axis_of("np.sum", x, axis)
    if axis is None:
        return kept(x, axis, _applied("sum", x), keepdims)
    matrix = x.formula if axis == 1 else x.formula.transpose()
    return kept(x, axis, x.like(matrix.mul(x.formula.ones_along(axis))), keepdims)


@_known(np.mean)
def _mean(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    total, which = np.sum(x, axis=axis, keepdims=keepdims), axis_of("np.mean", x, axis)
    return total / (x.size if which is None else x.shape[which])


@_known(np.var)
def _var(x: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    which = axis_of("np.var", x, axis)
    # A column of means could not be told from a vector outside a traced function.
    turned = which == 1 and not isinstance(x, Traced)
    if turned:
        return np.var(x.T, axis=0, ddof=ddof, keepdims=keepdims)
    mean = np.mean(x, axis=axis, keepdims=isinstance(x, Traced))
    count = (x.size if which is None else x.shape[which]) - ddof
    return np.sum((x - mean) ** 2, axis=axis, keepdims=keepdims) / count


@_known(np.std)
def _std(x: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    return np.sqrt(np.var(x, axis=axis, ddof=ddof, keepdims=keepdims))


def _extreme(name: str, x: Any, axis: Any, keepdims: bool) -> Any:
    if axis_of(f"np.{name}", x, axis) is not None:
        _refuse(f"np.{name} along an axis")
    return kept(x, None, _applied(name, x), keepdims)


@_known(np.max)
def _max(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return _extreme("max", x, axis, keepdims)


@_known(np.min)
def _min(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return _extreme("min", x, axis, keepdims)


@_known(np.ravel)
def _ravel(x: Any, order: Any = "C") -> Any:
    return x.ravel(order)


@_known(np.reshape)
def _reshape(x: Any, shape: Any, order: Any = "C") -> Any:
    return x.reshape(shape, order=order)


@_known(np.squeeze)
def _squeeze(x: Any, axis: Any = None) -> Any:
    return x.squeeze(axis)


@_known(np.expand_dims)
def _expand_dims(x: Any, axis: Any) -> Any:
    if x.ndim == 1 and axis in (0, 1, -1) and isinstance(x, Traced):
        return x[None, :] if axis == 0 else x[:, None]
    return _refuse(f"np.expand_dims along the axis {shown(axis)}")


@_known(np.copy)
def _copy(x: Any) -> Any:
    return x.copy()


@_known(np.trace)
def _trace(x: Any) -> Any:
    return _applied("tr", x)


@_known(np.transpose)
def _transpose(x: Any, axes: Any = None) -> Any:
    if x.ndim == 2 and axes in ((0, 1), ((0, 1),)):
        return x
    if axes is not None and axes not in ((1, 0), (-1, -2), ((1, 0),)):
        _refuse(f"np.transpose with the axes {shown(axes)}")
    return x.T


@_known(np.diag)
def _diag(x: Any) -> Any:
    return _applied("diag", x) if x.ndim == 1 else np.diagonal(x)


@_known(np.diagonal)
def _diagonal(x: Any) -> Any:
    return _seen(x, _applied("diagv", x))


@_known(np.triu)
def _triu(x: Any, k: Any = 0) -> Any:
    if x.ndim != 2:
        _refuse("np.triu of what is no matrix")
    return _applied("triu", x) if k == 0 else _refuse("np.triu with an offset")


@_known(np.dot)
def _dot(a: Any, b: Any) -> Any:
    a, b = _expression(a, b)
    return a * b if not a.ndim or not b.ndim else matmul(a, b)


@_known(np.inner)
def _inner(a: Any, b: Any) -> Any:
    a, b = _expression(a, b)
    if not a.ndim or not b.ndim:
        return a * b
    if a.ndim == b.ndim == 1:
        return matmul(a, b)
    return matmul(a, b if b.ndim == 1 else b.T)


def _flat(x: Any) -> Any:
    return x.ravel() if isinstance(x, Traced) and "1" in x.sizes else x


@_known(np.vdot)
def _vdot(a: Any, b: Any) -> Any:
    a, b = map(_flat, _expression(a, b))
    return a.like(a.formula.inner(b.formula), b)


def vecdot(a: Any, b: Any) -> Any:
    """The inner product of two vectors."""
    a, b = _expression(a, b)
    if a.ndim != 1 or b.ndim != 1:
        _refuse("np.vecdot of other things than vectors")
    return np.vdot(a, b)


@_known(np.outer)
def _outer(a: Any, b: Any) -> Any:
    a, b = map(_flat, _expression(a, b))
    if a.ndim != 1 or b.ndim != 1:
        _refuse("np.outer of other things than vectors")
    return a.like(a.formula.mul(b.formula.transpose()), b)


@_known(np.einsum)
def _einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Any:  # noqa: ARG001
    if not isinstance(subscripts, str):
        _refuse("np.einsum with lists of labels")
    made = einsum(subscripts, *_expression(*operands))
    return _seen(operands[0], made) if len(operands) == 1 else made


@_known(np.kron)
def _kron(a: Any, b: Any) -> Any:
    a, b = _expression(a, b)
    if a.ndim != b.ndim:
        _refuse("np.kron of arrays with different numbers of axes")
    return a.like(a.formula.kron(b.formula), b)


@_known(np.zeros_like)
def _zeros_like(x: Any) -> Any:
    return x.mapped(x.formula.like("zeros"))


@_known(np.ones_like)
def _ones_like(x: Any) -> Any:
    return x.mapped(x.formula.like("ones"))


@_known(np.clip)
def _clip(x: Any, a_min: Any = None, a_max: Any = None) -> Any:
    x = x * 1 if a_min is None else np.maximum(x, a_min)
    return x if a_max is None else np.minimum(x, a_max)


@_known(np.linalg.inv)
def _inv(a: Any) -> Any:
    return _applied("inv", a)


@_known(np.linalg.pinv)
def _pinv(a: Any) -> Any:
    return _applied("pinv", a)


@_known(np.linalg.det)
def _det(a: Any) -> Any:
    return _applied("det", a)


@_known(np.linalg.slogdet)
def _slogdet(a: Any) -> Any:
    sign = np.sign(_applied("det", a))
    return type(np.linalg.slogdet(np.eye(1)))(sign, _applied("logdet", a))


@_known(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    a, b = _expression(a, b)
    return a.shaped(a.formula.apply("inv").mul(b.formula), b.ndim, b)


@_known(np.linalg.matrix_power)
def _matrix_power(a: Any, n: Any) -> Any:
    try:
        power = operator.index(n)
    except TypeError:
        raise ParameterTypeError(f"a matrix has whole powers, got {shown(n)}") from None
    if abs(power) > HIGHEST_POWER:
        raise TapeLimitError(f"a matrix has powers up to {HIGHEST_POWER}, this is too high a power")
    return a.like(a.formula.matrix_power(power))


@_known(np.linalg.multi_dot)
def _multi_dot(arrays: Any) -> Any:
    product = arrays[0]
    for factor in arrays[1:]:
        product = product @ factor
    return product


@_known(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None) -> Any:  # noqa: A002  NumPy's name
    if axis_of("np.linalg.norm", x, axis) is not None:
        _refuse("np.linalg.norm along an axis")
    if isinstance(x, Traced) and not x.is_plain:
        if ord not in (None, "fro"):
            _refuse(f"np.linalg.norm of one column with ord={shown(ord)}")
        x, ord = x.ravel(), None  # noqa: A001
    if not (ord is None or isinstance(ord, str)):
        ord = number(ord, "ord of np.linalg.norm")  # noqa: A001
    if isinstance(ord, str) and x.ndim != 2:
        raise ParameterError(f"np.linalg.norm: {shown(ord)} is no ord of a vector's norm")
    if ord is None or (ord == "fro" and x.ndim == 2):
        return _applied("norm2", x)
    if x.ndim == 2:
        names: dict[Any, str] = {"nuc": "nuc", 2: "norms"}
        return (
            _applied(names[ord], x)
            if ord in names
            else _refuse(f"np.linalg.norm with ord={shown(ord)}")
        )
    if ord in (1, 2):
        return _applied(f"norm{int(ord)}", x)
    if ord == np.inf:
        return _applied("max", abs(x))
    return x.like(x.formula.norm(ord))


for _name in ("trace", "outer", "diagonal"):
    # The array API's twins in numpy.linalg.
    FUNCTIONS[getattr(np.linalg, _name)] = FUNCTIONS[getattr(np, _name)]
FUNCTIONS[np.linalg.matmul] = _dot
FUNCTIONS[np.linalg.vecdot] = vecdot
FUNCTIONS[np.linalg.matrix_norm] = _norm


@_known(np.linalg.vector_norm)
def _vector_norm(x: Any, ord: Any = 2) -> Any:  # noqa: A002  NumPy's name
    first = is_whole(ord) and ord in (1, 2)
    if x.ndim == 2 and not first:
        _refuse(f"np.linalg.vector_norm of a matrix with ord={shown(ord)}")
    return _applied(f"norm{ord}", x) if first else _norm(x, ord)


OF_ANY_AXES = {
    np.sum, np.mean, np.var, np.std, np.max, np.min, np.ravel, np.reshape, np.squeeze, np.copy,
    np.transpose, np.dot, np.linalg.matmul, np.clip, np.linalg.solve, np.vdot, np.outer,
    np.zeros_like, np.ones_like, np.linalg.norm,
}  # fmt: skip
"""Functions that know of axes which a formula has not got."""
