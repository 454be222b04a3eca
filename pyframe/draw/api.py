"""``draw``: the picture that fits what is given."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pyframe._parameters import Parameters
from pyframe.errors import ParameterTypeError
from pyframe.registry.records import Configured, CriterionRecord
from pyframe.results import LineSearchResult, OptimizeResult, ScalarResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(thing: Any, *args: Any, **options: Any) -> Any:
    """Draw a result, a criterion, or the computational graph of a function.

    Parameters
    ----------
    thing : result, criterion, function or matrix expression
        What ``minimize_scalar``, ``line_search`` or ``minimize`` returned with
        ``trace=True``; or a criterion (parameter object or record), whose acceptance region
        is drawn; or a function or matrix expression, whose graph is drawn.
    *args
        For a function its arguments; else the axes to draw on, a new pyplot figure if they
        are not given (also as ``ax=``).
    **options
        Those of the picture: :func:`~pyframe.draw.draw_scalar`,
        :func:`~pyframe.draw.draw_line_search`, :func:`~pyframe.draw.draw_descent`,
        :func:`~pyframe.draw.draw_acceptance` or :func:`~pyframe.draw.draw_graph`; for an
        expression also the values of its symbols.

    Returns
    -------
    matplotlib.axes.Axes or ComputationalGraph
        The axes drawn on; of a function the graph, which a notebook shows and ``save`` writes.

    Raises
    ------
    ParameterTypeError
        When there is no picture of such a thing.
    ParameterError
        When a result has no trace.
    MatplotlibMissingError
        When matplotlib is not installed.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import pyframe as pf
    >>> from pyframe.draw import draw
    >>> r = pf.minimize_scalar(lambda x: (x - 2) ** 2, (0, 6), method="golden", trace=True)
    >>> draw(r, minimizer=2.0).get_yscale()
    'log'
    >>> [node.name for node in draw(lambda x, y: x * y, 2.0, 3.0).nodes]
    ['x', 'y', 'v1']
    """
    return _picture(thing)(thing, *args, **options)


def _picture(thing: object) -> Callable[..., Any]:
    """The function that draws such a thing; imported when it is needed."""
    if isinstance(thing, ScalarResult):
        return import_module("pyframe.draw.scalar_run").draw_scalar
    if isinstance(thing, LineSearchResult):
        return import_module("pyframe.draw.line").draw_line_search
    if isinstance(thing, OptimizeResult):
        return import_module("pyframe.draw.descent").draw_descent
    if _is_criterion(thing):
        return import_module("pyframe.draw.acceptance").draw_acceptance
    if _is_expression(thing):
        return import_module("pyframe.draw.formula").draw_expression
    if callable(thing):
        return import_module("pyframe.draw.graph_of_call").draw_graph
    raise ParameterTypeError(
        "draw takes a result of minimize_scalar, line_search or minimize, a criterion, or a "
        f"function and its arguments; got {type(thing).__name__}"
    )


def _is_criterion(thing: object) -> bool:
    if isinstance(thing, Configured):
        thing = thing.record
    if isinstance(thing, Parameters):
        return thing.kind == "criterion"
    return isinstance(thing, CriterionRecord)


def draw_result(result: Any, ax: Axes | None = None) -> Axes:
    """Draw a result; what its method ``plot(ax)`` calls.

    Parameters
    ----------
    result : ScalarResult, LineSearchResult or OptimizeResult
        With a trace.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.
    """
    return draw(result, ax)


def _is_expression(thing: object) -> bool:
    """Whether it is a matrix expression; their module is imported when there is one."""
    module = "pyframe.matcalc.expression"
    known = sys.modules.get(module)
    return known is not None and isinstance(thing, known.Expression)
