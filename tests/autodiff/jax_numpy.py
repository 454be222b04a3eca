"""JAX's primitives evaluated by NumPy: its tracing and its rules, without a compilation for each
shape, which is what nearly all of its time goes into on programs of a few numbers.

Primitives that are not in the tables (spectra, convolutions) are left to XLA, which keeps what
it has compiled by shape.
"""

from __future__ import annotations

import importlib

import numpy as np
import scipy.linalg
import scipy.special

ELEMENTWISE = {
    "abs": np.abs,
    "acos": np.arccos,
    "acosh": np.arccosh,
    "add": np.add,
    "and": np.bitwise_and,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "atanh": np.arctanh,
    "cbrt": np.cbrt,
    "ceil": np.ceil,
    "copy": np.copy,
    "cos": np.cos,
    "cosh": np.cosh,
    "digamma": scipy.special.digamma,
    "eq": np.equal,
    "erf": scipy.special.erf,
    "erfc": scipy.special.erfc,
    "exp2": np.exp2,
    "exp": np.exp,
    "expm1": np.expm1,
    "floor": np.floor,
    "ge": np.greater_equal,
    "gt": np.greater,
    "is_finite": np.isfinite,
    "le": np.less_equal,
    "lgamma": scipy.special.gammaln,
    "log1p": np.log1p,
    "log": np.log,
    "logistic": scipy.special.expit,
    "lt": np.less,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "ne": np.not_equal,
    "neg": np.negative,
    "not": np.bitwise_not,
    "or": np.bitwise_or,
    "pow": np.power,
    "rem": np.fmod,
    "sign": np.sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": np.square,
    "sub": np.subtract,
    "tan": np.tan,
    "tanh": np.tanh,
    "shift_right_arithmetic": np.right_shift,
    "shift_right_logical": lambda x, n: np.right_shift(x.view(f"u{x.itemsize}"), n).view(x.dtype),
    "xor": np.bitwise_xor,
}


def _div(x, y):
    if np.issubdtype(np.asarray(x).dtype, np.floating):
        return np.divide(x, y)
    return np.fix(np.divide(x, y)).astype(np.asarray(x).dtype)


def _round(x, rounding_method, **_):
    even = int(rounding_method) == 1
    return np.rint(x) if even else np.copysign(np.floor(np.abs(x) + 0.5), x)


def _broadcast_in_dim(x, *_, shape, broadcast_dimensions, **__):
    wide = [1] * len(shape)
    for n, axis in zip(np.shape(x), broadcast_dimensions, strict=True):
        wide[axis] = n
    return np.broadcast_to(np.reshape(x, wide), shape)


def _reshape(x, *_, new_sizes, dimensions, **__):
    return np.reshape(x if dimensions is None else np.transpose(x, dimensions), new_sizes)


def _select_n(which, *cases):
    return (
        np.choose(np.asarray(which).astype(int), cases)
        if len(cases) > 2
        else np.where(which, *cases[::-1])
    )


def _pad(x, value, padding_config):
    x = np.asarray(x)
    for axis, (low, high, inside) in enumerate(padding_config):
        n = x.shape[axis]
        length = low + high + n + max(n - 1, 0) * inside
        shape = list(x.shape)
        shape[axis] = length
        made = np.full(shape, value, dtype=x.dtype)
        to = low + np.arange(n) * (inside + 1)
        kept = (to >= 0) & (to < length)
        np.moveaxis(made, axis, 0)[to[kept]] = np.moveaxis(x, axis, 0)[kept]
        x = made
    return x


def _iota(*_, dtype, shape, dimension, **__):
    line = np.arange(shape[dimension], dtype=dtype)
    return np.broadcast_to(
        line.reshape([-1 if k == dimension else 1 for k in range(len(shape))]), shape
    )


def _slice(x, start_indices, limit_indices, strides):
    steps = strides or (1,) * len(start_indices)
    return np.asarray(x)[tuple(map(slice, start_indices, limit_indices, steps))]


def _dot_general(a, b, dimension_numbers, preferred_element_type=None, **_):
    (left, right), (stack_left, stack_right) = dimension_numbers
    of_a, of_b = list(range(np.ndim(a))), [100 + k for k in range(np.ndim(b))]
    for i, j in zip((*left, *stack_left), (*right, *stack_right), strict=True):
        of_b[j] = of_a[i]
    stack = [of_a[k] for k in stack_left]
    rows = [of_a[k] for k in range(np.ndim(a)) if k not in {*left, *stack_left}]
    columns = [of_b[k] for k in range(np.ndim(b)) if k not in {*right, *stack_right}]
    letters = {label: k for k, label in enumerate(dict.fromkeys((*of_a, *of_b)))}

    def named(labels):
        return [letters[label] for label in labels]

    made = np.einsum(a, named(of_a), b, named(of_b), named((*stack, *rows, *columns)))
    return made.astype(preferred_element_type) if preferred_element_type is not None else made


def _running(f):
    def run(x, axis, reverse):
        turned = np.flip(x, axis) if reverse else x
        made = f(turned, axis=axis)
        return np.flip(made, axis) if reverse else made

    return run


def _split(x, sizes, axis):
    return np.split(np.asarray(x), np.cumsum(sizes)[:-1], axis=axis)


def _sort(*operands, dimension, num_keys, **_):
    if num_keys != 1:
        raise NotImplementedError
    order = np.argsort(operands[0], axis=dimension, kind="stable")
    return [np.take_along_axis(x, order, axis=dimension) for x in operands]


def _windows(shape, indices, sizes, to_operand, own_stack, index_stack):
    """Where each window of the operand starts, by its place among the indices."""
    for place in np.ndindex(indices.shape[:-1]):
        start = np.zeros(len(shape), dtype=int)
        start[list(to_operand)] = indices[place]
        start[list(own_stack)] = [place[k] for k in index_stack]
        if np.any(start < 0) or np.any(start + sizes > shape):
            raise NotImplementedError("a window beyond the operand")
        yield place, tuple(slice(a, a + n) for a, n in zip(start, sizes, strict=True))


def _gather(x, indices, *, dimension_numbers, slice_sizes, **_):
    d = dimension_numbers
    gone = (*d.collapsed_slice_dims, *d.operand_batching_dims)
    kept = [n for k, n in enumerate(slice_sizes) if k not in gone]
    made = np.empty((*indices.shape[:-1], *kept), dtype=x.dtype)
    stacks = d.operand_batching_dims, d.start_indices_batching_dims
    for place, window in _windows(x.shape, indices, slice_sizes, d.start_index_map, *stacks):
        made[place] = x[window].reshape(kept)
    return np.moveaxis(made, range(indices.ndim - 1, made.ndim), d.offset_dims)


def _scatter_add(x, indices, updates, *, dimension_numbers, **_):
    d = dimension_numbers
    gone = (*d.inserted_window_dims, *d.operand_batching_dims)
    window_dims = d.update_window_dims
    turned = np.moveaxis(updates, window_dims, range(updates.ndim - len(window_dims), updates.ndim))
    kept = iter(turned.shape[indices.ndim - 1 :])
    sizes = [1 if k in gone else next(kept) for k in range(x.ndim)]
    made = x.copy()
    stacks = d.operand_batching_dims, d.scatter_indices_batching_dims
    maps = d.scatter_dims_to_operand_dims
    for place, window in _windows(x.shape, indices, sizes, maps, *stacks):
        made[window] += turned[place].reshape(sizes)
    return made


def _triangular_solve(a, b, *, left_side, lower, transpose_a, unit_diagonal, **_):
    if a.ndim != 2 or a.size == 0:
        raise NotImplementedError
    options = {"lower": lower, "unit_diagonal": unit_diagonal, "check_finite": False}
    if left_side:
        return scipy.linalg.solve_triangular(a, b, trans=int(transpose_a), **options)
    return scipy.linalg.solve_triangular(a, b.T, trans=1 - int(transpose_a), **options).T


def _lu(a, **_):
    if a.ndim != 2 or a.size == 0:
        raise NotImplementedError
    factors, pivots = scipy.linalg.lu_factor(a, check_finite=False)
    order = np.arange(a.shape[0], dtype=np.int32)
    for i, k in enumerate(pivots):
        order[[i, k]] = order[[k, i]]
    return [factors, pivots.astype(np.int32), order]


def _reduced(f):
    return lambda x, axes, **_: f(np.asarray(x), axis=tuple(axes))


def _extreme(f, start):
    return lambda x, axes, **_: f.reduce(np.asarray(x), axis=tuple(axes), initial=start)


STRUCTURAL = {
    "div": _div,
    "round": _round,
    "add_any": np.add,
    "integer_pow": lambda x, y: np.power(x, float(y)) if y < 0 else np.power(x, y),
    "rsqrt": lambda x, **_: 1 / np.sqrt(x),
    "broadcast_in_dim": _broadcast_in_dim,
    "select_n": _select_n,
    "reduce_sum": _reduced(np.sum),
    "reduce_prod": _reduced(np.prod),
    "reduce_max": _extreme(np.maximum, -np.inf),
    "reduce_min": _extreme(np.minimum, np.inf),
    "reduce_or": _reduced(np.any),
    "reduce_and": _reduced(np.all),
    "dot_general": _dot_general,
    "transpose": lambda x, permutation: np.transpose(x, permutation),
    "convert_element_type": lambda x, new_dtype, **_: np.asarray(x).astype(new_dtype),
    "pad": _pad,
    "iota": _iota,
    "slice": _slice,
    "reshape": _reshape,
    "squeeze": lambda x, dimensions: np.squeeze(x, tuple(dimensions)),
    "expand_dims": lambda x, dimensions: np.expand_dims(x, tuple(dimensions)),
    "concatenate": lambda *parts, dimension: np.concatenate(parts, axis=dimension),
    "rev": lambda x, dimensions: np.flip(x, tuple(dimensions)),
    "split": _split,
    "stack": lambda *parts, axis: np.stack(parts, axis),
    "unstack": lambda x, axis: [np.asarray(part) for part in np.moveaxis(x, axis, 0)],
    "tile": lambda x, reps: np.tile(x, reps),
    "sort": _sort,
    "argmax": lambda x, axes, index_dtype: np.argmax(x, axis=axes[0]).astype(index_dtype),
    "argmin": lambda x, axes, index_dtype: np.argmin(x, axis=axes[0]).astype(index_dtype),
    "clamp": lambda low, x, high: np.clip(x, low, high),
    "polygamma": lambda n, x: scipy.special.polygamma(n.astype(int), x),
    "gather": _gather,
    "scatter-add": _scatter_add,
    "triangular_solve": _triangular_solve,
    "lu": _lu,
    "cholesky": lambda a, **_: np.linalg.cholesky(a),
    "bitcast_convert_type": lambda x, new_dtype: x.view(new_dtype),
    "cumsum": _running(np.cumsum),
    "cumprod": _running(np.cumprod),
    "cummax": _running(np.maximum.accumulate),
    "cummin": _running(np.minimum.accumulate),
    "cumlogsumexp": _running(np.logaddexp.accumulate),
}


def _by_numpy(name):
    """What stands for the primitive of this name, of plain arrays; None when nothing does."""
    if name in STRUCTURAL:
        f = STRUCTURAL[name]
        return lambda *operands, **options: f(*map(np.asarray, operands), **options)
    f = ELEMENTWISE.get(name)
    return f and (lambda *operands, **_: f(*map(np.asarray, operands)))


def install():
    """Have JAX dispatch every operation alone, those in the tables to NumPy."""
    importlib.import_module("jax").config.update("jax_disable_jit", True)
    for module in ("lax", "slicing", "special", "control_flow", "linalg"):
        made = importlib.import_module(f"jax._src.lax.{module}")
        for name in dir(made):
            primitive = getattr(made, name)
            f = name.endswith("_p") and _by_numpy(primitive.name)
            if f:
                primitive.def_impl(f)
