"""``draw_expression``: the graph that a matrix expression is evaluated by."""

from __future__ import annotations

import inspect
from typing import Any

from pyframe.draw.graph import ComputationalGraph
from pyframe.draw.graph_of_call import draw_graph
from pyframe.matcalc.expression import Expression

OPTIONS = ("tangents", "adjoint", "show", "limit")


def draw_expression(expression: Expression, **values: Any) -> ComputationalGraph:
    """Draw the computational graph of a matrix expression, node by node.

    Parameters
    ----------
    expression : Expression
        Made by ``pf.matrix``, or a derivative of one.
    **values
        An array-like for each symbol, and the options of
        :func:`~pyframe.draw.graph_of_call.draw_graph` that are not names of symbols.

    Returns
    -------
    ComputationalGraph
        A notebook shows it; ``save(path)`` writes it.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> graph = pf.draw(pf.matrix("ln(x'*x)", x="n"), x=np.ones(2))
    >>> [node.name for node in graph.nodes]
    ['x', 'v1', 'f']
    """
    options = {
        key: values.pop(key) for key in OPTIONS if key in values and key not in expression.known
    }
    expression.evaluate(values)
    names = expression.symbols

    def f(*given: Any) -> Any:
        return expression.evaluate(dict(zip(names, given, strict=True)), verify=False)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(name, kind) for name in names])
    setattr(f, "__signature__", signature)  # noqa: B010  functions have no such attribute declared
    return draw_graph(f, *(values[name] for name in names), **options)
