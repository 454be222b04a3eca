"""Names with shapes: what an expression is a function of."""

from __future__ import annotations

import itertools
from typing import Any

from pyframe import _core
from pyframe._checks import is_whole, shown, text
from pyframe.errors import ParameterError, ParameterTypeError
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.scipy_functions import adopt_imported
from pyframe.matcalc.spaces import find
from pyframe.registry.records import SpaceRecord

ASSUMPTIONS = (
    "invertible",
    "symmetric",
    "skew",
    "diagonal",
    "orthogonal",
    "upper_triangular",
    "nonnegative",
    "positive",
    "positive_definite",
)
"""What may be declared of a symbol."""

LARGEST = 1 << 40
"""No size is a number as large as this."""

_numbers = itertools.count(1)


class Symbol(Expression):
    """A scalar, vector or matrix by name, with what is assumed of it.

    Parameters
    ----------
    shape : str, int or tuple
        ``""`` is a scalar, ``"n"`` a vector of n elements, ``"m,n"`` a matrix of m rows and n
        columns.  A size is a name, a whole number or a product of them (``"2*n"``).
    name : str, optional
        How it is written.  :func:`pyframe.matrix` names the symbols it is given.
    space : str or SpaceRecord, optional
        Where the variable lives, and its gradient: ``"general"`` (default), ``"symmetric"``,
        ``"symmetric-entries"``, ``"skew"``, ``"diagonal"``, ``"upper-triangular"``,
        ``"stiefel"``, ``"simplex"``, ``"toeplitz"`` or a plugin's.
    invertible, symmetric, skew, diagonal, orthogonal, upper_triangular, nonnegative, positive, \
positive_definite : bool
        What holds of its values.  It is used to simplify, and checked when an expression is
        evaluated.  An assumption alone leaves the gradient that of a general matrix;
        ``space="symmetric"`` gives (G + G')/2.

    Raises
    ------
    FormulaError
        When the shape is none.
    ShapeError
        When the shape cannot be what is assumed.

    Examples
    --------
    >>> import pyframe as pf
    >>> X = pf.Symbol("n,n", name="X", positive_definite=True)
    >>> S = pf.Symbol("n,n", name="S")
    >>> print(X @ S @ X.T)
    X*S*X
    """

    __slots__ = ("_assumed", "_name", "_space", "_text")

    def __init__(
        self,
        shape: str | int | tuple[Any, ...] = "",
        *,
        name: str | None = None,
        space: str | SpaceRecord | None = None,
        **assumptions: bool,
    ) -> None:
        for assumption, holds in assumptions.items():
            if assumption not in ASSUMPTIONS:
                raise ParameterError(
                    f"a symbol cannot be declared {assumption!r}; "
                    f"known are {', '.join(ASSUMPTIONS)}"
                )
            if not isinstance(holds, bool):
                raise ParameterTypeError(f"{assumption} is True or False, got {shown(holds)}")
        adopt_imported()
        assumed = [assumption for assumption, holds in assumptions.items() if holds]
        if space is not None:
            if not isinstance(space, str | SpaceRecord):
                raise ParameterTypeError(f"space is the name of a space, got {shown(space)}")
            assumed += [more for more in find(space).assumes if more not in assumed]
        self._text = shape_text(shape)
        self._assumed = tuple(assumed)
        self._space = space
        self._name = (
            f"{_letter(self._text)}{next(_numbers)}" if name is None else text(name, "name")
        )
        formula = _core.Formula.symbol(self._name, self._text, list(assumed))
        super().__init__(formula, {} if space is None else {self._name: space})

    @property
    def name(self) -> str:
        """How it is written."""
        return self._name

    @property
    def space(self) -> str:
        """The name of the space it lives in."""
        return "general" if self._space is None else find(self._space).name

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was declared of it, or follows from its space."""
        return self._assumed

    def named(self, name: str) -> Symbol:
        """The same declaration under another name."""
        flags = dict.fromkeys(self._assumed, True)
        return Symbol(self._text, name=name, space=self._space, **flags)

    @property
    def declared(self) -> tuple[str, str, list[str]]:
        """Name, shape and assumptions."""
        return self._name, self._text, list(self._assumed)

    def __repr__(self) -> str:
        flags = "".join(f", {assumption}=True" for assumption in self._assumed)
        space = "" if self._space is None else f", space={self._space!r}"
        return f"Symbol({self._text!r}, name={self._name!r}{space}{flags})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._text, self._name, self._space, self._assumed)


def _restored(text: str, name: str, space: Any, assumed: tuple[str, ...]) -> Symbol:
    return Symbol(text, name=name, space=space, **dict.fromkeys(assumed, True))


def shape_text(shape: Any) -> str:
    """A shape as the language writes it."""
    if isinstance(shape, str):
        return text(shape, "a shape")
    parts: tuple[Any, ...] = shape if isinstance(shape, tuple) else (shape,)
    if all(isinstance(part, str) or (is_whole(part) and part < LARGEST) for part in parts):
        return ",".join(str(part) for part in parts)
    raise ParameterTypeError(
        "a shape is a text such as 'm,n', a number below 2**40 or a tuple of them, "
        f"got {shown(shape)}"
    )


def _letter(shape: str) -> str:
    """Scalars a, vectors x, matrices X."""
    if not shape.strip():
        return "a"
    return "X" if "," in shape else "x"
