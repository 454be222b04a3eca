"""Reading and assigning elements: ``x[...]`` with NumPy's meaning.

Slices, integers, ``None`` and ``...`` make views; arrays of integers or truth values make
copies.  An assignment gives the array's object a new value, and the array that a view shows,
too.  Traced integers stay in the trace where a copy is read; a traced mask leaves it, for the
shape of what it picks depends on it.
"""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.coverage.views import Sliced, assigned, become, place, viewed
from pyframe.autodiff.dispatch import concrete, is_traced
from pyframe.errors import DTypeError, IndexOutOfBounds, ShapeError


def get(x: Any, key: Any) -> Any:
    """``x[key]``."""
    shape = x.shape
    if type(key) is int and len(shape) == 1:
        return _core.element(x, place(key, shape[0], 0))
    keys = _plain_keys(key, len(shape))
    if keys is None:
        keys = _normal(key, shape)
        if any(map(_is_array, keys)):
            if any(map(is_traced, keys)) and not _makes_copy(keys):
                return get(x, tuple(map(_concrete, keys)))
            return _picked(x, keys)
    if all(type(k) is int for k in keys):
        return _core.element(x, _one_place(keys, shape))
    return viewed(x, Sliced(keys))


def put(x: Any, key: Any, value: Any) -> None:
    """``x[key] = value``."""
    shape = x.shape
    keys = _plain_keys(key, len(shape))
    if keys is not None and type(value) in NUMBERS and all(type(k) is int for k in keys):
        _refuse_lost_derivative(x, value)
        become(x, _core.put(x, _one_place(keys, shape), value))
        return
    value = value if is_traced(value) else np.asarray(value)
    _refuse_lost_derivative(x, value)
    if keys is None:
        if _is_mask_of(key, shape) and np.shape(value) == ():
            become(x, _core.select(key, _core.convert(value, x.kind), x))
            return
        keys = tuple(map(_concrete, _normal(key, shape)))
        if any(map(_is_array, keys)):
            chosen, value = _last_of_each(*_fitted(_grid(shape, keys), value))
            become(x, _core.put(x, chosen, value))
            return
    if not _shows_the_same(x, keys, value):
        become(x, assigned(x, keys, _stretched(value, _sliced_shape(shape, keys))))


NUMBERS = {float, _core.Scalar}
"""What is assigned to one element without ado."""

_PARTS = {int, type(None)}


def _plain_keys(key: Any, rank: int) -> tuple[Any, ...] | None:
    """One key for each axis when all are Python integers, slices of them and None."""
    keys: tuple[Any, ...] = key if type(key) is tuple else (key,)
    used = 0
    for k in keys:
        kind = type(k)
        if kind is slice:
            if not (type(k.start) in _PARTS and type(k.stop) in _PARTS and type(k.step) in _PARTS):
                return None
        elif kind is not int:
            if k is None:
                continue
            return None
        used += 1
    return keys + (slice(None),) * (rank - used) if used <= rank else None


def _one_place(keys: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """The place in row-major order that an integer for each axis picks."""
    found = 0
    for axis, (key, length) in enumerate(zip(keys, shape, strict=True)):
        found = found * length + place(key, length, axis)
    return found


def put_places(x: Any, chosen: Any, value: Any) -> None:
    """Assign at places of the flattened array; of places named twice the last value counts."""
    value = value if is_traced(value) else np.asarray(value)
    _refuse_lost_derivative(x, value)
    become(x, _core.put(x, *_last_of_each(*_fitted(chosen, value))))


def _refuse_lost_derivative(x: Any, value: Any) -> None:
    if x.kind.startswith("float") or not is_traced(value):
        return
    if value.kind.startswith("float"):
        raise DTypeError(
            f"floats cannot be assigned to an array of {x.kind}: the derivative would be lost"
        )


def _shows_the_same(x: Any, keys: tuple[Any, ...], value: Any) -> bool:
    """Whether a value already shows what it is assigned to, as in ``x[1:3] += y``."""
    if not isinstance(value, _core.Array) or value.base is not x:
        return False
    return isinstance(value.again, Sliced) and value.again.keys == keys


def _fitted(chosen: Any, value: Any) -> tuple[Any, Any]:
    return chosen, _stretched(value, np.shape(chosen))


def _stretched(value: Any, shape: tuple[int, ...]) -> Any:
    """A value in the shape of what it is assigned to."""
    own = np.shape(value)
    if own == shape:
        return value
    extra = len(own) - len(shape)
    if extra > 0 and all(n == 1 for n in own[:extra]):
        value = np.reshape(value, own[extra:])
    try:
        fits = np.broadcast_shapes(np.shape(value), shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"cannot assign values of shape {own} to elements of shape {shape}")
    return _core.broadcast(value, shape)


def _last_of_each(chosen: Any, value: Any) -> tuple[Any, Any]:
    """Places without repetition; of those named twice the last value counts."""
    flat = chosen.ravel()
    unique, last = np.unique(flat[::-1], return_index=True)
    if unique.size == flat.size:
        return chosen, value
    return unique, np.ravel(value)[flat.size - 1 - last]


def _is_array(key: Any) -> bool:
    return isinstance(key, np.ndarray | _core.Array)


def _is_mask_of(key: Any, shape: tuple[int, ...]) -> bool:
    return isinstance(key, _core.Array) and key.kind == "bool" and key.shape == shape


def _makes_copy(keys: tuple[Any, ...]) -> bool:
    """Whether keys with traced integers make a copy also when these are plain numbers."""
    return any(_is_array(k) and np.shape(k) != () for k in keys) or all(
        isinstance(k, int) or _is_array(k) for k in keys
    )


def _concrete(key: Any) -> Any:
    if not is_traced(key):
        return key
    left = concrete(key)
    return int(left) if np.ndim(left) == 0 else left


def _normal(key: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """One key for each axis (and None for each new one); a mask is one for all of its axes."""
    keys = [_single(k) for k in key] if isinstance(key, tuple) else [_single(key)]
    used = sum(_axes_of(k) for k in keys)
    if used > len(shape):
        raise IndexOutOfBounds(
            f"too many indices: the array has {len(shape)} axes, but {used} were indexed"
        )
    dots = [i for i, k in enumerate(keys) if k is ...]
    if len(dots) > 1:
        raise IndexOutOfBounds("an index can only have a single ellipsis ('...')")
    at = dots[0] if dots else len(keys)
    fill: list[Any] = [slice(None)] * (len(shape) - used)
    if dots and not fill and any(map(_is_array, keys)):
        fill = [...]  # it stands for no axis, and still parts the arrays on its sides
    return (*keys[:at], *fill, *keys[at + 1 :])


def _axes_of(key: Any) -> int:
    if key is None or key is ...:
        return 0
    return key.ndim if isinstance(key, np.ndarray) and key.dtype == bool else 1


def _single(key: Any) -> Any:
    if key is None or key is ...:
        return key
    if isinstance(key, slice):
        parts = (key.start, key.stop, key.step)
        return slice(*(None if part is None else index(part) for part in parts))
    if is_traced(key):
        if key.kind == "int64":
            return key
        if key.kind == "bool":
            return concrete(key)
        raise IndexOutOfBounds(f"an index must be an integer, got a traced {key.kind}")
    if isinstance(key, bool | np.bool_):
        return np.asarray(key)
    if isinstance(key, int | np.integer):
        return int(key)
    array = np.asarray(key)
    if is_traced(array):
        return _single(array)
    if array.size == 0 and not isinstance(key, np.ndarray):
        array = array.astype(np.int64)
    if array.dtype.kind not in "biu":
        raise IndexOutOfBounds(
            "an index must be an integer, a slice, None, ... or an array of integers or truth "
            f"values, got {shown(key)}"
        )
    return array if array.dtype == bool else array.astype(np.int64)


def _sliced_shape(shape: tuple[int, ...], keys: tuple[Any, ...]) -> tuple[int, ...]:
    made: list[int] = []
    axis = 0
    for key in keys:
        if key is None:
            made.append(1)
            continue
        if isinstance(key, slice):
            made.append(len(range(*key.indices(shape[axis]))))
        axis += 1
    return tuple(made)


def _picked(x: Any, keys: tuple[Any, ...]) -> Any:
    """Arrays among the keys: the elements are gathered.

    One array of integers among full slices is a gather along its axis; anything else is one
    over the flattened array.
    """
    arrays = [i for i, k in enumerate(keys) if _is_array(k)]
    rest = [k for k in keys if not _is_array(k)]
    if len(arrays) == 1 and keys[arrays[0]].dtype != bool and all(k == slice(None) for k in rest):
        return _core.gather(x, keys[arrays[0]], arrays[0])
    return _core.gather(_core.reshape(x, [math.prod(x.shape)]), _grid(x.shape, keys), 0)


def _grid(shape: tuple[int, ...], keys: tuple[Any, ...]) -> Any:
    """The places in row-major order that keys with arrays among them pick."""
    if any(isinstance(k, np.ndarray) and k.dtype == bool and k.ndim == 0 for k in keys):
        return np.arange(math.prod(shape)).reshape(shape)[tuple(map(_concrete, keys))]
    keys = _unmasked(shape, keys)
    picking = [i for i, k in enumerate(keys) if isinstance(k, int) or _is_array(k)]
    adjacent = picking == list(range(picking[0], picking[-1] + 1))
    common = _common_shape([keys[i] for i in picking])
    # The axes of the arrays together stand where the first of them is, or first of all.
    front = [k for k in keys[: picking[0]] if k is None or isinstance(k, slice)] if adjacent else []
    lead = len(front)
    rank = len(common) + sum(k is None or isinstance(k, slice) for k in keys)
    grid: Any = np.zeros((), np.int64)
    axis = done = 0
    for key in keys:
        if key is None or key is ...:
            done += key is None
            continue
        length, stride = shape[axis], math.prod(shape[axis + 1 :])
        if isinstance(key, slice):
            at = done if done < lead else done + len(common)
            term = np.arange(*key.indices(length), dtype=np.int64)
            term = term.reshape([-1 if k == at else 1 for k in range(rank)])
            done += 1
        else:
            term = _checked(key, length, axis)
            own = np.shape(term)
            term = np.reshape(term, own + (1,) * (rank - lead - len(common)))
        grid = grid + term * stride
        axis += 1
    full = [1] * rank
    full[lead : lead + len(common)] = common
    return np.broadcast_to(grid, np.broadcast_shapes(np.shape(grid), tuple(full)))


def _unmasked(shape: tuple[int, ...], keys: tuple[Any, ...]) -> tuple[Any, ...]:
    """Keys with each mask replaced by the places where it is true."""
    made: list[Any] = []
    axis = 0
    for key in keys:
        if not (isinstance(key, np.ndarray) and key.dtype == bool):
            made.append(key)
            axis += key is not None and key is not ...
            continue
        for k, (own, length) in enumerate(zip(key.shape, shape[axis:], strict=False)):
            if own != length:
                raise ShapeError(
                    f"boolean index did not match indexed array along axis {axis + k}; "
                    f"size of axis is {length} but size of corresponding boolean axis is {own}"
                )
        made.extend(key.nonzero())
        axis += key.ndim
    return tuple(made)


def _common_shape(keys: list[Any]) -> tuple[int, ...]:
    shapes = [np.shape(k) for k in keys]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        text = " ".join(map(str, shapes))
        raise IndexOutOfBounds(f"indexing arrays of shapes {text} do not broadcast") from None


def _checked(key: Any, length: int, axis: int) -> Any:
    """Places along an axis, counted from the start; a replay checks traced ones, too."""
    if isinstance(key, int):
        return place(key, length, axis)
    if is_traced(key):
        return _core.gather(np.arange(length), key, 0)
    if key.size:
        for extreme in (int(key.min()), int(key.max())):
            place(extreme, length, axis)
    return np.where(key < 0, key + length, key)
