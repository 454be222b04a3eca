"""Test problems for pyframe: line functions, functions of one and of several variables.

>>> from pyframe_problems import problem
>>> rosenbrock = problem("rosenbrock")
>>> rosenbrock.x0, rosenbrock.minimum
((-1.2, 1.0), 0.0)
"""

from __future__ import annotations

from difflib import get_close_matches

from pyframe.errors import UnknownNameError
from pyframe.testing.problems import LineProblem, ScalarProblem, VectorProblem
from pyframe_problems.plugin import pyframe_problems as _records

__all__ = ["names", "problem"]


def names() -> list[str]:
    """The names of all problems of this package, in the order of the catalogue.

    Returns
    -------
    list of str

    Examples
    --------
    >>> names()[:2]
    ['more-thuente-1', 'more-thuente-2']
    """
    return [record.name for record in _records()]


def problem(name: str) -> LineProblem | ScalarProblem | VectorProblem:
    """The problem of that name.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    LineProblem, ScalarProblem or VectorProblem

    Raises
    ------
    UnknownNameError
        When there is none; the message offers the nearest name.

    Examples
    --------
    >>> problem("scalar-quadratic").minimizer
    2.0
    """
    for record in _records():
        if record.name == name:
            return record.load()
    near = get_close_matches(name, names(), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "names() lists them."
    raise UnknownNameError(f"pyframe_problems has no problem {name!r}: {hint}")
