"""Spaces of matrices: the gradient projected onto the directions in which the variable may move.

Each is one line, written with operators and NumPy functions of expressions, as those of plugins
are; the directions of a curved one (``stiefel``) are its tangents at X.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from pyframe.errors import PluginError, PyframeError, ShapeError, UnknownNameError
from pyframe.matcalc.creation import symbolic_sizes
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.undecided import decided, undecided
from pyframe.registry import manager
from pyframe.registry.records import SpaceRecord


def general(G: Any, X: Any) -> Any:  # noqa: ARG001
    """All matrices."""
    return G


def symmetric(G: Any, X: Any) -> Any:  # noqa: ARG001
    """X = X'."""
    return (G + G.T) / 2


def symmetric_entries(G: Any, X: Any) -> Any:  # noqa: ARG001
    """The entries on and above the diagonal as independent numbers: no projection, but a view."""
    return G + G.T - np.diag(np.diag(G))


def skew(G: Any, X: Any) -> Any:  # noqa: ARG001
    """X = -X'."""
    return (G - G.T) / 2


def diagonal(G: Any, X: Any) -> Any:  # noqa: ARG001
    """Zero off the diagonal."""
    return np.diag(np.diag(G))


def upper_triangular(G: Any, X: Any) -> Any:  # noqa: ARG001
    """Zero below the diagonal."""
    return np.triu(G) if G.ndim else G


def stiefel(G: Any, X: Any) -> Any:
    """X'X = I: G less its part along the normals X S, S symmetric; of a vector the sphere."""
    if not X.ndim:
        raise ShapeError("the space stiefel is one of matrices or vectors, not of scalars")
    if X.ndim == 1:
        return G - X * np.sum(X * G)
    return G - X @ (X.T @ G + G.T @ X) / 2


def simplex(G: Any, X: Any) -> Any:
    """Elements of a constant sum, of any sign."""
    return G - np.sum(G) / X.size


def toeplitz(G: Any, X: Any) -> Any:
    """Equal elements on each diagonal."""
    return X.function("toeplitz", G)


def orthonormal(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """A random matrix of orthonormal columns; of one axis, a vector of length 1."""
    drawn = rng.standard_normal(shape)
    return np.linalg.qr(drawn)[0] if drawn.ndim == 2 else drawn / np.linalg.norm(drawn)


def find(space: Any) -> SpaceRecord:
    """The record of a space, by its name or itself.

    Raises
    ------
    UnknownNameError
        When there is no space of this name.
    """
    if isinstance(space, SpaceRecord):
        return space
    try:
        record: Any = manager.find("space", space).record
    except UnknownNameError as error:
        raise UnknownNameError(f"{error}; one that pf.space made is given itself") from None
    return record


def is_linear(space: SpaceRecord) -> bool:
    """Whether it has straight lines, along which the projector is the identity."""
    return not space.view and space.sample is None


@lru_cache(maxsize=64)
def projector(space: Any, shape: tuple[int, ...]) -> Callable[[Any], Any]:
    """The projector of a space with straight lines, for arrays of a shape."""
    names = dict(zip(dict.fromkeys(shape), "mn", strict=False))
    form = alone(find(space), tuple(names[length] for length in shape))
    return lambda array: form.evaluate({"G": array}, verify=False)


@lru_cache(maxsize=64)
def alone(record: SpaceRecord, sizes: tuple[str, ...]) -> Expression:
    """What the projector of a space with straight lines makes of a symbol G of these sizes.

    Raises
    ------
    PluginError
        When it depends on the variable, as in a curved space.
    """
    from pyframe.matcalc.symbols import Symbol  # noqa: PLC0415  it builds on this module

    form = projection(record, Symbol(sizes, name="G"), Symbol(sizes, name="X"))
    if "X" in form.symbols:
        raise PluginError(
            f"the projector of space {record.name!r} depends on the variable: its directions are "
            "not the same everywhere, which pf.space(..., sample=...) declares, with a function "
            "(rng, shape) that draws a point"
        )
    return form


def confining(space: Any) -> Any:
    """The space itself where it has straight lines and is not that of all matrices, else None."""
    if space is None:
        return None
    record = find(space)
    return space if is_linear(record) and record.name != "general" else None


def projection(record: SpaceRecord, gradient: Any, variable: Any) -> Expression:
    """What the projector of a space makes of a gradient, as a formula.

    Raises
    ------
    PluginError
        When it fails, or gives no expression.
    """
    project = record.load()
    try:
        with symbolic_sizes():
            found = project(undecided(gradient), undecided(variable))
    except PyframeError:
        raise
    except Exception as error:
        raise PluginError(
            f"the projector of space {record.name!r} raised {type(error).__name__}: {error}"
        ) from error
    if not isinstance(found, Expression):
        seen = type(found).__name__
        raise PluginError(f"the projector of space {record.name!r} gave {seen}, not an expression")
    return decided(found)


def projected(space: Any, gradient: Expression, name: str) -> Expression:
    """The gradient in the space of the variable of this name.

    Raises
    ------
    ShapeError, PluginError
        When the space's projector gives something of another shape, or no expression.
    """
    record = find(space)
    variable = gradient.symbol(name)
    if is_linear(record):
        alone(record, variable.sizes)
    found = projection(record, gradient, variable)
    if found.sizes != variable.sizes:
        raise ShapeError(
            f"the projector of space {record.name!r} gave {found.sizes}, {name} is {variable.sizes}"
        )
    return found
