"""The operators: each a short composition of recording, the forward and the reverse pass."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import flag, shown
from pyframe.autodiff.arguments import Wrt, as_float, to_differentiate
from pyframe.autodiff.modes.base import Mode
from pyframe.autodiff.pytree import flatten, unflatten
from pyframe.autodiff.record import Recorded, opened, plain, record
from pyframe.errors import (
    DTypeError,
    ParameterError,
    ParameterOverflow,
    ReturnTypeError,
    ShapeError,
)
from pyframe.registry import resolve

Function = Callable[..., Any]


def value_and_grad(
    f: Function,
    argnums: int | tuple[int, ...] = 0,
    *,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    mode: str | Mode = "reverse",
) -> Function:
    """The value of a scalar function together with its gradient, by reverse mode.

    Parameters
    ----------
    f : callable
        Returns one real number (with `has_aux` a pair of it and anything else).
    argnums, argnames : int, str or tuples of them
        The arguments to differentiate with respect to.
    has_aux : bool
        Whether `f` returns a pair ``(value, aux)``.
    mode : str or Mode
        A mode's name or parameter object, see ``pf.modes``.

    Returns
    -------
    callable
        With the arguments of `f`; returns ``(value, gradient)`` or
        ``((value, aux), gradient)``.  The gradient has the structure, shapes and dtypes of the
        arguments chosen.

    Raises
    ------
    DTypeError
        When an argument chosen is not made of floats.
    ReturnTypeError
        When `f` does not return one real number.

    References
    ----------
    Lecture, section 3, "Reverse mode".

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> value, gradient = pf.value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 3.0]))
    >>> value, gradient
    (10.0, array([2., 6.]))
    """
    wrt = Wrt(f, argnums, argnames)
    chosen = _mode(mode)
    flag(has_aux, "has_aux")

    @functools.wraps(f, assigned=("__name__", "__doc__"), updated=())
    def with_gradient(*args: Any, **kwargs: Any) -> Any:
        leaves, structure, call = wrt.choose(args, kwargs)
        with opened(lean=chosen.lean) as (recording, nested):
            run = record(recording, nested, f, leaves, call, has_aux)
            output = _scalar(run, f)
            adjoints = _gradient(run, output, leaves, chosen)
            value = run.given(output)
        value = (value, run.aux) if has_aux else value
        return value, unflatten(structure, adjoints)

    return with_gradient


def grad(
    f: Function,
    argnums: int | tuple[int, ...] = 0,
    *,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    mode: str | Mode = "reverse",
) -> Function:
    """The gradient of a scalar function, by reverse mode; see :func:`value_and_grad`.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
    array([1., 1.])
    >>> pf.grad(pf.grad(lambda x: x**3))(2.0)
    12.0
    """
    both = value_and_grad(f, argnums, argnames=argnames, has_aux=has_aux, mode=mode)

    @functools.wraps(f, assigned=("__name__", "__doc__"), updated=())
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def derivative(f: Function, argnum: int = 0, *, mode: str | Mode = "forward") -> Function:
    """The derivative of a function of one real number, by forward mode; it may return arrays.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.derivative(np.tanh)(0.0)
    1.0
    """
    wrt = Wrt(f, argnum)
    chosen = _mode(mode)

    @functools.wraps(f, assigned=("__name__", "__doc__"), updated=())
    def slope(*args: Any, **kwargs: Any) -> Any:
        leaves, _, call = wrt.choose(args, kwargs)
        if len(leaves) != 1 or np.shape(leaves[0]) != ():
            raise ShapeError(
                "pf.derivative takes one real number; for arrays use pf.grad, pf.jvp or pf.jacobian"
            )
        with opened() as (recording, nested):
            run = record(recording, nested, f, leaves, call)
            tangents = _push(run, [1.0], chosen)
            return unflatten(run.result, [run.given(t) for t in tangents])

    return slope


def jvp(
    f: Function,
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    mode: str | Mode = "forward",
) -> tuple[Any, Any]:
    """The value of a function and its derivative along a direction: one forward pass.

    Parameters
    ----------
    f : callable
        Any function of floats and arrays.
    primals : tuple
        Its arguments.
    tangents : tuple
        A direction for each, of the same structure and shapes.

    Returns
    -------
    tuple
        ``f(*primals)`` and its tangent, of the same structure.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.jvp(lambda x: x * x, (3.0,), (1.0,))
    (9.0, 6.0)
    """
    to_differentiate(f)
    _tuple(primals, "primals")
    _tuple(tangents, "tangents")
    leaves, structure = flatten(tuple(primals))
    leaves = [as_float(leaf) for leaf in leaves]
    directions = _like(leaves, structure, tuple(tangents), "tangents")
    with opened() as (recording, nested):
        run = record(recording, nested, f, leaves, lambda traced: f(*unflatten(structure, traced)))
        found = _push(run, directions, _mode(mode))
        return run.value(), unflatten(run.result, [run.given(t) for t in found])


def vjp(f: Function, *primals: Any, has_aux: bool = False, mode: str | Mode = "reverse") -> Any:
    """The value of a function and the map that pulls adjoints back: one recording.

    Returns
    -------
    tuple
        ``f(*primals)`` and a function that takes the adjoint of the value (same structure and
        shapes) and returns a tuple with the adjoint of each argument.  It may be called again.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> value, pull = pf.vjp(lambda x, y: x * y, 3.0, np.array([1.0, 2.0]))
    >>> pull(np.array([1.0, 1.0]))
    (3.0, array([3., 3.]))
    """
    to_differentiate(f)
    flag(has_aux, "has_aux")
    leaves, structure = flatten(primals)
    leaves = [as_float(leaf) for leaf in leaves]
    chosen = _mode(mode)
    with opened(lean=chosen.lean) as (recording, nested):
        run = record(
            recording, nested, f, leaves, lambda traced: f(*unflatten(structure, traced)), has_aux
        )
        value = run.value()
        kinds = [_kind(leaf) for leaf in run.outputs]

    def pull(adjoint: Any) -> Any:
        given = _like(run.outputs, run.result, adjoint, "the adjoint", kinds)
        with run.recording:
            return unflatten(structure, _pull(run, given, chosen))

    return (value, pull, run.aux) if has_aux else (value, pull)


def linearize(f: Function, *primals: Any) -> tuple[Any, Function]:
    """The value of a function and its derivative as a linear function of directions.

    The function is recorded once; each direction costs a forward pass over the recording.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> value, push = pf.linearize(lambda x: x**2, np.array([1.0, 2.0]))
    >>> push(np.array([1.0, 0.0])), push(np.array([0.0, 1.0]))
    (array([2., 0.]), array([0., 4.]))
    """
    to_differentiate(f)
    leaves, structure = flatten(primals)
    leaves = [as_float(leaf) for leaf in leaves]
    with opened() as (recording, nested):
        run = record(recording, nested, f, leaves, lambda traced: f(*unflatten(structure, traced)))
        value = run.value()

    def push(*tangents: Any) -> Any:
        directions = _like(leaves, structure, tangents, "tangents")
        with run.recording:
            found = _push(run, directions, _mode("forward"))
            return unflatten(run.result, [run.given(t) for t in found])

    return value, push


def hvp(f: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The Hessian of a scalar function times a direction: forward over reverse.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 1.0]),))
    array([ 6., 12.])
    """
    _tuple(primals, "primals")
    several = tuple(range(len(primals)))
    return jvp(grad(f, several if len(several) != 1 else 0), primals, tangents)[1]


def jacobian(
    f: Function,
    argnums: int | tuple[int, ...] = 0,
    *,
    argnames: str | tuple[str, ...] | None = None,
    mode: str | Mode = "auto",
) -> Function:
    """The Jacobian of a function, J[i, j] = df_i/dx_j.

    Parameters
    ----------
    f : callable
        Any function of floats and arrays.
    argnums, argnames : int, str or tuples of them
        The arguments to differentiate with respect to.
    mode : str or Mode
        ``"auto"`` chooses between a pass for each input and one for each output.

    Returns
    -------
    callable
        With the arguments of `f`; returns arrays of shape (out + in), in the structure of the
        result with the structure of the arguments chosen inside.  Its method ``explain`` says
        for given arguments how it would be computed.

    References
    ----------
    Lecture, section 3, "Choose your fighter".

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _matrix(f, Wrt(f, argnums, argnames), _mode(mode), symmetric=False)


def _matrix(f: Function, wrt: Wrt, chosen: Mode, symmetric: bool) -> Function:
    """The Jacobian, which is symmetric when the function is a gradient."""

    def recorded(recording: Any, nested: bool, leaves: list[Any], call: Any) -> Recorded:
        return replace(record(recording, nested, f, leaves, call), symmetric=symmetric)

    @functools.wraps(f, assigned=("__name__", "__doc__"), updated=())
    def matrix(*args: Any, **kwargs: Any) -> Any:
        leaves, structure, call = wrt.choose(args, kwargs)
        with opened(lean=chosen.lean) as (recording, nested):
            run = recorded(recording, nested, leaves, call)
            blocks = chosen.jacobian(run)
            return unflatten(
                run.result,
                [
                    unflatten(
                        structure,
                        [
                            _block(run, block, out, x)
                            for block, x in zip(row, run.inputs, strict=True)
                        ],
                    )
                    for row, out in zip(blocks, run.outputs, strict=True)
                ],
            )

    def explain(*args: Any, **kwargs: Any) -> str:
        leaves, _, call = wrt.choose(args, kwargs)
        with opened(lean=chosen.lean) as (recording, nested):
            return chosen.explain(recorded(recording, nested, leaves, call))

    setattr(matrix, "explain", explain)  # noqa: B010  (a function has attributes of its own)
    return matrix


def hessian(
    f: Function, argnums: int | tuple[int, ...] = 0, *, mode: str | Mode = "forward"
) -> Function:
    """The Hessian of a scalar function: the Jacobian of its gradient, forward over reverse.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    gradient = grad(f, argnums)
    return _matrix(gradient, Wrt(gradient, argnums), _mode(mode), symmetric=True)


def laplacian(f: Function) -> Function:
    """The trace of the Hessian of a scalar function of one array.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.laplacian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    18.0
    """
    second = hessian(f)

    @functools.wraps(f, assigned=("__name__", "__doc__"), updated=())
    def trace(x: Any) -> Any:
        found = second(x)
        n = np.size(x)
        found = np.trace(np.reshape(found, (n, n)))
        return float(found) if isinstance(found, np.floating) else found

    return trace


# -- pieces ----------------------------------------------------------------------------------


def _scalar(run: Recorded, f: Function) -> Any:
    """The one real number that a function returned."""
    if run.result is None and type(run.outputs[0]) is _core.Scalar:
        return run.outputs[0]
    name = getattr(f, "__name__", "the function")
    if run.result is not None or np.size(run.outputs[0]) != 1:
        shapes = [np.shape(leaf) for leaf in run.outputs]
        seen = (
            f"an array of shape {shapes[0]}"
            if run.result is None
            else f"a tree with leaves of shapes {shapes}"
        )
        raise ReturnTypeError(
            f"a gradient is taken of one real number, but {name} returned {seen}: "
            "use pf.jacobian or pf.vjp"
        )
    output = run.outputs[0]
    if _core.is_traced(output) and output.dtype.kind == "f" and output.shape:
        output = np.reshape(output, ())
    return output


def recorded_gradient(run: Recorded, f: Function, places: list[int]) -> tuple[Any, list[Any]]:
    """The value of a recorded scalar function, and its gradient by some of its inputs."""
    run = replace(run, inputs=[run.inputs[place] for place in places])
    output = _scalar(run, f)
    return run.given(output), _gradient(run, output, run.inputs, _mode("reverse"))


def _kind(value: Any) -> tuple[tuple[int, ...], str]:
    """Shape and dtype of a leaf."""
    return (np.shape(value), value.dtype.name if hasattr(value, "dtype") else "float64")


def _mode(given: str | Mode) -> Any:
    return resolve.handle("ad-mode", given)


def _gradient(run: Recorded, output: Any, leaves: list[Any], mode: Mode) -> list[Any]:
    scalar = type(output) is _core.Scalar
    if not scalar and (not _core.is_traced(output) or output.dtype.kind != "f"):
        return [_zeros(leaf) for leaf in leaves]
    if not run.nested and mode.name == "reverse":
        swept = run.recording.sweep(output, run.inputs)
        if swept is not None:
            return swept
    return _pull(replace(run, outputs=[output]), [1.0], mode)


def _pull(run: Recorded, given: list[Any], mode: Mode) -> list[Any]:
    seeds = [_seed(out, adjoint) for out, adjoint in zip(run.outputs, given, strict=True)]
    found = mode.pull(run, seeds)
    return [_finished(run, a, x) for a, x in zip(found, run.inputs, strict=True)]


def _push(run: Recorded, directions: list[Any], mode: Mode) -> list[Any]:
    """The tangents of the outputs."""
    seeds = [_seed(x, d) for x, d in zip(run.inputs, directions, strict=True)]
    return [
        _finished(run, t, out) for t, out in zip(mode.push(run, seeds), run.outputs, strict=True)
    ]


def _seed(like: Any, value: Any) -> Any:
    """A direction or adjoint with the dtype of the value it belongs to."""
    if _core.is_traced(value):
        return value
    dtype = like.dtype if hasattr(like, "dtype") and like.dtype.kind == "f" else np.float64
    return np.asarray(value, dtype=dtype).reshape(np.shape(like))


def _finished(run: Recorded, value: Any, like: Any) -> Any:
    """A derivative as the caller gets it: a float where the value is one."""
    value = run.given(value)
    if isinstance(value, np.ndarray) and value.shape == () and _is_number(like):
        return value.item()
    return value


def _block(run: Recorded, block: Any, out: Any, x: Any) -> Any:
    """A block of a Jacobian as the caller gets it."""
    block = run.given(block)
    if isinstance(block, np.ndarray) and block.shape == () and _is_number(out) and _is_number(x):
        return block.item()
    return block


def _is_number(like: Any) -> bool:
    return isinstance(like, _core.Scalar | float | int)


def _zeros(like: Any) -> Any:
    """Zeros of the shape and dtype of a leaf."""
    if isinstance(like, float | _core.Scalar):
        return 0.0
    dtype = like.dtype if hasattr(like, "dtype") and like.dtype.kind == "f" else np.float64
    return np.zeros(np.shape(like), dtype)


def _tuple(given: Any, name: str) -> None:
    if not isinstance(given, tuple | list):
        raise ParameterError(
            f"{name} must be a tuple with one entry for each argument, got {type(given).__name__}"
        )


def _like(leaves: list[Any], structure: Any, given: Any, name: str, kinds: Any = None) -> list[Any]:
    """The leaves of a tree that must have the structure and shapes of another."""
    found, seen = flatten(given)
    if seen != structure:
        raise ShapeError(f"{name} must have the structure of the values they belong to")
    kinds = kinds or [_kind(leaf) for leaf in leaves]
    found = [_as_number(leaf, name) for leaf in found]
    for leaf, (shape, dtype) in zip(found, kinds, strict=True):
        if np.shape(leaf) != shape:
            raise ShapeError(f"{name} must have shape {shape}, got {np.shape(leaf)}")
        kind = (
            leaf.dtype.kind
            if hasattr(leaf, "dtype")
            else "f"
            if isinstance(leaf, float | int)
            else "O"
        )
        if kind not in "fiu" or isinstance(leaf, bool):
            raise DTypeError(
                f"{name} must be made of floats ({dtype}), "
                f"got {type(leaf).__name__} of kind {kind!r}"
            )
    return found


def _as_number(leaf: Any, name: str) -> Any:
    """A leaf; an int is the float that it stands for."""
    if not isinstance(leaf, int) or isinstance(leaf, bool):
        return leaf
    try:
        return float(leaf)
    except OverflowError:
        raise ParameterOverflow(f"{name} must be at most 1.8e308, got {shown(leaf)}") from None


__all__ = [
    "derivative",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "laplacian",
    "linearize",
    "plain",
    "value_and_grad",
    "vjp",
]
