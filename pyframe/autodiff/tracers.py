"""What the traced objects can do besides arithmetic: NumPy's methods and protocols.

The classes are made in Rust; this module puts methods on them, once, when the first
derivative is taken.  A method does what the NumPy function of its name does.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import elementwise, indexing, strings, ufunc_methods, views
from pyframe.autodiff.coverage.options import into
from pyframe.autodiff.dispatch import FUNCTIONS, UFUNCS, concrete, name_of, unsupported
from pyframe.autodiff.foreign.replacing import stand_in
from pyframe.autodiff.refusals import RAW, restate
from pyframe.errors import ConcretizationError, DTypeError, ParameterError, ParameterTypeError

METHOD_NAMES = (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "clip", "cumprod",
    "cumsum", "diagonal", "nonzero", "prod", "ptp", "put", "ravel", "repeat", "round",
    "searchsorted", "squeeze", "swapaxes", "take", "trace",
)  # fmt: skip
"""Methods that are NumPy functions of the same name."""

USUAL_NAMES = ("dot", "max", "mean", "min", "std", "sum", "var")
"""More of them, which arrays have from Rust."""

USUAL = {
    np.sum: "sum", np.mean: "mean", np.var: "var", np.std: "std", np.max: "max", np.min: "min",
    np.amax: "max", np.amin: "min", np.where: "where", np.dot: "dot", np.reshape: "reshape",
    np.transpose: "transpose", np.concatenate: "concatenate", np.stack: "stack",
    np.linalg.norm: "norm", np.ravel: "ravel", np.clip: "clip", np.outer: "outer",
    np.cumsum: "cumsum",
}  # fmt: skip
"""Functions whose usual calls are answered in Rust."""


def _array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    try:
        return _of_ufunc(ufunc, method, *inputs, **kwargs)
    except RAW as error:
        restate(error, name_of(ufunc), inputs, kwargs)
        raise


def _of_ufunc(ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
    if ufunc not in UFUNCS:
        intercept.prepare_imported()
    if method != "__call__":
        options = kwargs if out is None else {**kwargs, "out": out}
        return ufunc_methods.BY_METHOD[method](ufunc, *inputs, **options)
    handler = UFUNCS.get(ufunc) or stand_in(name_of(ufunc))
    if handler is None:
        raise unsupported(ufunc)
    if ufunc in strings.EVERY:  # NumPy's own callers prepare the text for the result
        return handler(*inputs, **kwargs, **({} if out is None else {"out": out}))
    where = kwargs.pop("where", True)
    dtype = kwargs.pop("dtype", None)
    kwargs.pop("casting", None)
    kwargs.pop("order", None)
    kwargs.pop("subok", None)
    if dtype is not None and np.dtype(dtype).kind == "f" and ufunc is not np.ldexp:
        inputs = tuple(_in_kind(x, dtype) for x in inputs)
    made = handler(*inputs, **kwargs)
    if dtype is not None:
        made = made.astype(dtype)
    if where is not True:
        if out is None:
            raise unsupported(ufunc, "with where= and without out=")
        made = np.where(where, made, out[0])
    if out is not None:
        targets = out if isinstance(out, tuple) else (out,)
        made = made if isinstance(made, tuple) else (made,)
        for target, value in zip(targets, made, strict=True):
            into(target, value)
        return targets[0] if len(targets) == 1 else targets
    return made


def _in_kind(x: Any, dtype: Any) -> Any:
    """An input as the loop of that dtype reads it."""
    return _astype(x, dtype) if _core.is_traced(x) else np.asarray(x, dtype)


def _array_function(self: Any, called: Any, types: Any, args: Any, kwargs: Any) -> Any:
    handler = FUNCTIONS.get(called) or stand_in(name_of(called))
    if handler is None:
        raise unsupported(called)
    try:
        return handler(*args, **kwargs)
    except RAW as error:
        restate(error, name_of(called), args, kwargs)
        raise


def _array(self: Any, dtype: Any = None, copy: Any = None) -> Any:
    if self.kind in {"int64", "bool"}:  # they have no derivative to lose
        return np.asarray(concrete(self), dtype)
    raise ConcretizationError(
        "a traced value would be made a plain array, which drops its derivative. np.array and "
        "np.asarray of traced values work when called through the module numpy (np.array(...)); "
        "join parts with np.stack or np.concatenate. Where a constant is meant, use float(x)"
    )


def _format(self: Any, spec: str) -> str:
    return format(self.concrete, spec)


def _methods(names: tuple[str, ...]) -> dict[str, Any]:
    def forward(name: str) -> Any:
        called = getattr(np, name)

        @functools.wraps(called)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return called(self, *args, **kwargs)

        return method

    return {name: forward(name) for name in names}


def _reshape(self: Any, *shape: Any, **kwargs: Any) -> Any:
    return np.reshape(self, shape[0] if len(shape) == 1 else shape, **kwargs)


def _transpose(self: Any, *axes: Any) -> Any:
    together = len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple | list))
    return np.transpose(self, (axes[0] if together else axes) or None)


def _astype(self: Any, dtype: Any, *_: Any, **__: Any) -> Any:
    try:
        name = np.dtype(dtype).name
    except RAW as error:
        restate(error, "astype", (dtype,), {})
        raise
    return _core.convert(self, name)


def _copy(self: Any, *_: Any) -> Any:
    return (
        _core.unary("copy", self)
        if self.dtype.kind != "b"
        else _core.logical("logical_or", self, self)
    )


def _item(self: Any, *place: Any) -> Any:
    if len(place) == 1 and isinstance(place[0], tuple):
        place = place[0]
    if not place and self.size != 1:
        raise ParameterError(f"an array of {self.size} elements is not one number: say which")
    return self[place] if len(place) > 1 else np.ravel(self)[place[0] if place else 0]


def _tolist(self: Any) -> Any:
    if not self.shape:
        return self
    return list(self) if len(self.shape) == 1 else [part.tolist() for part in self]


def _iter(self: Any) -> Any:
    if not self.shape:
        raise ParameterTypeError("iteration over a 0-d array")
    return (self[k] for k in range(self.shape[0]))


def _len(self: Any) -> int:
    if not self.shape:
        raise ParameterTypeError("len() of unsized object")
    return self.shape[0]


def _refuse_pickle(self: Any, *_: Any) -> Any:
    raise ParameterTypeError(
        "a traced value cannot be pickled: it belongs to the function being recorded"
    )


def _refuse_view(self: Any, *_: Any, **__: Any) -> Any:
    raise DTypeError(
        "a traced array has no view of another kind or class, and does not meet masked arrays: "
        "convert by .astype, or pass plain arrays"
    )


def _flatten(self: Any, order: Any = "C") -> Any:
    return _copy(np.ravel(self, order))


def _in_place(operator: Any) -> Any:
    def method(self: Any, other: Any) -> Any:
        self[...] = operator(self, other)
        return self

    return method


def _shared() -> dict[str, Any]:
    return {
        "__array__": _array,
        "__format__": _format,
        "__reduce_ex__": _refuse_pickle,
        "__divmod__": lambda self, other: np.divmod(self, other),
        "__rdivmod__": lambda self, other: np.divmod(other, self),
        "__copy__": lambda self: _copy(self),
        "__deepcopy__": lambda self, memo: _copy(self),
        "__round__": lambda self, digits=None: (
            round(float(concrete(self))) if digits is None else np.round(self, digits)
        ),
        "__trunc__": lambda self: math.trunc(concrete(self)),
        "__floor__": lambda self: math.floor(concrete(self)),
        "__ceil__": lambda self: math.ceil(concrete(self)),
        "view": _refuse_view,
        "transpose": _transpose,
        "astype": _astype,
        "copy": _copy,
        "item": _item,
        "flatten": _flatten,
        "tolist": _tolist,
        "compress": lambda self, condition, axis=None: np.compress(condition, self, axis),
        "conj": lambda self: self,
        "conjugate": lambda self: self,
        "mT": property(lambda self: np.swapaxes(self, -1, -2)),
        "real": property(lambda self: self),
        "imag": property(lambda self: np.zeros_like(self)),
        "flat": property(views.flattened),
        "itemsize": property(lambda self: self.dtype.itemsize),
        "nbytes": property(lambda self: self.dtype.itemsize * self.size),
        **_methods(METHOD_NAMES),
    }


def _of_arrays() -> dict[str, Any]:
    return {
        "dtype": property(lambda self: np.dtype(self.kind)),
        "ndim": property(lambda self: len(self.shape)),
        "size": property(lambda self: math.prod(self.shape)),
        "sort": _sort,
        "partition": _partition,
        "fill": lambda self, value: self.__setitem__(..., value),
        "__len__": _len,
        "__iter__": _iter,
        "__setitem__": indexing.put,
        "__contains__": lambda self, value: bool(np.any(self == value)),
        "__int__": _int,
        "__index__": _index,
        "__repr__": lambda self: f"Traced({self.concrete!r})",
        "__str__": lambda self: f"Traced({self.concrete!s})",
        "__and__": lambda a, b: np.bitwise_and(a, b),
        "__rand__": lambda a, b: np.bitwise_and(b, a),
        "__or__": lambda a, b: np.bitwise_or(a, b),
        "__ror__": lambda a, b: np.bitwise_or(b, a),
        "__xor__": lambda a, b: np.bitwise_xor(a, b),
        "__rxor__": lambda a, b: np.bitwise_xor(b, a),
        "__invert__": lambda a: np.invert(a),
        "__lshift__": lambda a, b: np.left_shift(a, b),
        "__rlshift__": lambda a, b: np.left_shift(b, a),
        "__rshift__": lambda a, b: np.right_shift(a, b),
        "__rrshift__": lambda a, b: np.right_shift(b, a),
        "__iand__": _in_place(np.bitwise_and),
        "__ior__": _in_place(np.bitwise_or),
        "__ixor__": _in_place(np.bitwise_xor),
        "__iadd__": _in_place(np.add),
        "__isub__": _in_place(np.subtract),
        "__imul__": _in_place(np.multiply),
        "__itruediv__": _in_place(np.true_divide),
        "__ifloordiv__": _in_place(np.floor_divide),
        "__imod__": _in_place(np.remainder),
        "__ipow__": _in_place(np.power),
        "__imatmul__": _in_place(np.matmul),
    }


def _index(self: Any) -> int:
    if self.kind != "int64":
        raise ParameterTypeError(f"only integer arrays can be an index, got {self.kind}")
    return int(concrete(self).item())


def _int(self: Any) -> int:
    if self.size != 1:
        raise ParameterTypeError(
            f"only an array with one element can be made an int, this one has {self.size}"
        )
    return int(concrete(self).item())


def _sort(self: Any, axis: int = -1, **kwargs: Any) -> None:
    self[...] = np.sort(self, axis=axis, **kwargs)


def _partition(self: Any, kth: Any, axis: int = -1, **kwargs: Any) -> None:
    self[...] = np.partition(self, kth, axis=axis, **kwargs)


def _of_scalars() -> dict[str, Any]:
    return {
        "shape": (),
        "ndim": 0,
        "size": 1,
        "dtype": np.dtype(np.float64),
        "kind": "float64",
        "__array_ufunc__": _array_ufunc,
        "__array_function__": _array_function,
        "__matmul__": lambda self, other: np.matmul(self, other),
        "__rmatmul__": lambda self, other: np.matmul(other, self),
        "reshape": _reshape,
        "T": property(lambda self: np.transpose(self)),
        "__str__": lambda self: str(self.concrete),
        "is_integer": lambda self: concrete(self).is_integer(),
        "hex": lambda self: float(concrete(self)).hex(),
        "as_integer_ratio": lambda self: float(concrete(self)).as_integer_ratio(),
        **_methods(USUAL_NAMES),
    }


@functools.cache
def prepare() -> None:
    """Put the methods on the classes and fill the tables; once."""
    from pyframe.autodiff import coverage  # noqa: PLC0415

    coverage.load()
    for name, member in {**_shared(), **_of_scalars()}.items():
        setattr(_core.Scalar, name, member)
    for name, member in {**_shared(), **_of_arrays()}.items():
        setattr(_core.Array, name, member)
    _core._set_hooks(intercept.leaving)  # noqa: SLF001
    _core._set_handlers(  # noqa: SLF001
        [(ufunc, *primitive) for ufunc, primitive in elementwise.PRIMITIVES.items()]
        + [(np.matmul, "matmul", "matmul")],
        list(USUAL.items()),
        array_ufunc=_array_ufunc,
        array_function=_array_function,
        get=indexing.get,
        matmul=np.matmul,
        reshaped=views.Reshaped,
        permuted=views.Permuted,
        sliced=views.Sliced,
    )
    intercept.replace_math()
