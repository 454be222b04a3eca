"""``draw_graph``: the graph of a call, each node with its value, tangents and adjoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pyframe import _checks, _core
from pyframe.autodiff.arguments import as_float
from pyframe.autodiff.modes.base import is_smooth
from pyframe.autodiff.pytree import flatten, unflatten
from pyframe.autodiff.record import Recorded, opened, plain, record
from pyframe.draw.graph import ComputationalGraph, GraphNode
from pyframe.draw.naming import UNKNOWN, Formula, leaf_names, shown
from pyframe.errors import ParameterError, ParameterTypeError, ShapeError

LIMIT = 200
"""Nodes drawn unless the caller asks for more."""

SHOW = ("value", "tangent", "adjoint")

UNLISTED = frozenset({"unslice", "contract", "foreign"})
"""Primitives that carry more than the recording lists: two of them are never taken for one."""


def draw_graph(
    f: Callable[..., Any],
    *args: Any,
    tangents: Sequence[Any] | None = None,
    adjoint: Any = None,
    show: Sequence[str] | None = None,
    limit: int = LIMIT,
) -> ComputationalGraph:
    """Draw the computational graph of a call, node by node.

    Parameters
    ----------
    f : callable
        Any function that ``pf.grad`` could take, compiled or not.
    *args
        Its arguments; those made of floats are the graph's, others are constants.
    tangents : tuple, optional
        A direction for each argument, as ``pf.jvp`` takes them.  If it is not given and all
        arguments are numbers, there is a tangent along each of them.
    adjoint : float, array or tree, optional
        The adjoint of the result.  If it is not given and the result is one number, 1.
    show : sequence of str, optional
        Which numbers stand in the nodes, of "value", "tangent" and "adjoint"; all that are
        known if it is not given.
    limit : int
        A graph with more nodes is refused.

    Returns
    -------
    ComputationalGraph
        A notebook shows it; ``svg`` and ``dot`` are its text, ``save(path)`` writes them,
        ``print`` gives a table, ``nodes`` has the numbers.

    Raises
    ------
    ParameterError
        When the graph is larger than `limit`, has no node that depends on an argument, or a
        number to show is not known.
    ParameterTypeError
        When `f` is no function, `limit` no int, or an argument is being recorded already.
    ShapeError
        When `tangents` or `adjoint` are not shaped like what they belong to.

    References
    ----------
    Lecture, section 3, "Computational graph".

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> def L(w1, w2):
    ...     return w2 * np.log(w1) + np.sqrt(w2 * np.log(w1))
    >>> print(pf.draw(L, 2.0, 3.0))
                    value  along w1  along w2  adjoint
    w1                  2         1         0     2.02
    w2                  3         0         1   0.9335
    v1 = log(w1)   0.6931       0.5         0     4.04
    v2 = w2 · v1    2.079       1.5    0.6931    1.347
    v3 = sqrt(v2)   1.442    0.5201    0.2403        1
    L = v2 + v3     3.521      2.02    0.9335        1
    """
    if not callable(f):
        raise ParameterTypeError(f"a graph is drawn of a function, got {_checks.shown(f)}")
    limit = _checks.whole(limit, "limit", 1)
    leaves, structure = flatten(args)
    if any(map(_core.is_traced, leaves)):
        raise ParameterTypeError("a graph is drawn of plain arguments, not of traced ones")
    chosen = [place for place, leaf in enumerate(leaves) if _is_float(leaf)]
    if not chosen:
        raise ParameterError("no argument is made of floats: there is no graph to draw")

    def call(traced: list[Any]) -> Any:
        whole = list(leaves)
        for place, x in zip(chosen, traced, strict=True):
            whole[place] = x
        return f(*unflatten(structure, whole))

    with opened() as (recording, nested):
        given = [as_float(leaves[place]) for place in chosen]
        run = record(recording, nested, f, given, call)
        every = leaf_names(f, args)
        listed = _listed(run, [every[place] for place in chosen], limit)
        outer = None if tangents is None else _chosen(tangents, structure, chosen)
        directions = _directions(run, [node.name for node in listed], outer)
        seeds = _seeds(run, adjoint)
        wanted = _wanted(show, bool(directions), bool(seeds))
        pushed = [_pushed(run, listed, v) for v in directions.values()] if directions else []
        nodes = _finished(run, listed, pushed, seeds if "adjoint" in wanted else None)
    return ComputationalGraph(_named_result(f, nodes), tuple(directions), wanted)


# -- the nodes -------------------------------------------------------------------------------


@dataclass
class _Listed:
    """A node of the drawing and the traced values that it stands for."""

    name: str
    formula: str
    operands: tuple[int, ...]
    values: list[Any]
    is_result: bool = False


def _listed(run: Recorded, names: list[str], limit: int) -> list[_Listed]:
    """The nodes to draw: equal computations are one, constants are part of formulas."""
    outputs = [out for out in run.outputs if _core.is_traced(out)]
    rows = run.recording.nodes([*run.inputs, *outputs])
    found = [_Listed(n, "", (), [x]) for n, x in zip(names, run.inputs, strict=True)]
    drawn = {run.recording.place(x): k for k, x in enumerate(run.inputs)}
    constants: dict[int, Any] = {}
    known: dict[Any, int] = {}
    letter = next(s for s in "vutsr_" if not any(re.fullmatch(rf"{s}\d+", n) for n in names))
    for place, primitive, operands, attribute in rows:
        if place in drawn:
            continue
        value = run.recording.at(place)
        if not any(operand in drawn for operand in operands):
            constants[place] = plain(value)
            continue
        formula = Formula(run.recording, primitive, attribute, value).text(
            [found[drawn[x]].name if x in drawn else shown(constants[x]) for x in operands],
            [run.recording.at(x) for x in operands],
        )
        sources = tuple(drawn[x] if x in drawn else _bytes(constants[x]) for x in operands)
        key = (primitive, sources, attribute, str(value.dtype), np.shape(value), formula)
        if key in known:
            drawn[place] = known[key]
            found[known[key]].values.append(value)
            continue
        parents = tuple(dict.fromkeys(drawn[x] for x in operands if x in drawn))
        drawn[place] = len(found)
        if primitive not in UNLISTED and UNKNOWN not in formula:
            known[key] = len(found)
        found.append(_Listed(f"{letter}{len(found) - len(names) + 1}", formula, parents, [value]))
        if len(found) > limit:
            raise ParameterError(
                f"the graph has more than {limit} nodes: draw a smaller case, or raise limit="
            )
    ends = [run.recording.place(out) for out in outputs]
    results = {drawn[place] for place in ends if place in drawn}
    if not results:
        raise ParameterError("the result depends on no argument: there is no graph to draw")
    for place in results:
        found[place].is_result = True
    return found


def _bytes(constant: Any) -> tuple[str, tuple[int, ...], bytes]:
    array = np.asarray(constant)
    return str(array.dtype), array.shape, array.tobytes()


def _named_result(f: Any, nodes: list[GraphNode]) -> tuple[GraphNode, ...]:
    """A single result bears the name of its function."""
    name = getattr(f, "__name__", "")
    last = nodes[-1]
    alone = [node.is_result for node in nodes].count(True) == 1 and last.is_result
    taken = {node.name for node in nodes}
    if alone and last.formula and name.isidentifier() and name not in taken:
        return (*nodes[:-1], replace(last, name=name))
    return tuple(nodes)


# -- the numbers -----------------------------------------------------------------------------


def _is_float(leaf: Any) -> bool:
    return isinstance(leaf, float) or getattr(getattr(leaf, "dtype", None), "kind", "") == "f"


def _chosen(tangents: Any, structure: Any, chosen: list[int]) -> list[Any]:
    leaves, seen = flatten(tuple(tangents))
    if seen != structure:
        raise ShapeError("tangents must have the structure of the arguments")
    return [leaves[place] for place in chosen]


def _directions(run: Recorded, names: list[str], given: list[Any] | None) -> dict[str, list[Any]]:
    """What to push, by label."""
    if given is not None:
        return {
            "tangent": [_like(v, x, "tangents") for v, x in zip(given, run.inputs, strict=True)]
        }
    if any(np.shape(x) for x in run.inputs):
        return {}
    count = len(run.inputs)
    return {
        f"along {names[k]}": [_like(float(k == j), run.inputs[j], "") for j in range(count)]
        for k in range(count)
    }


def _seeds(run: Recorded, adjoint: Any) -> list[Any]:
    """The adjoints of the outputs; empty when they are not known."""
    smooth = [out for out in run.outputs if is_smooth(out)]
    if adjoint is None:
        alone = len(run.outputs) == 1 == len(smooth) and np.size(run.outputs[0]) == 1
        return [_like(np.ones(np.shape(smooth[0])), smooth[0], "")] if alone else []
    leaves, seen = flatten(adjoint)
    if seen != run.result:
        raise ShapeError("adjoint must have the structure of the result")
    return [
        _like(a, out, "adjoint")
        for a, out in zip(leaves, run.outputs, strict=True)
        if is_smooth(out)
    ]


def _like(given: Any, value: Any, name: str) -> Any:
    """A direction or adjoint of the dtype and shape of a value."""
    found = np.asarray(given, value.dtype)
    if found.shape != np.shape(value):
        raise ShapeError(f"{name} must have shape {np.shape(value)}, got {found.shape}")
    return found


def _wanted(show: Sequence[str] | None, tangents: bool, adjoint: bool) -> tuple[str, ...]:
    known = {"value": True, "tangent": tangents, "adjoint": adjoint}
    if show is None:
        return tuple(kind for kind in SHOW if known[kind])
    chosen = (show,) if isinstance(show, str) else tuple(show)
    for kind in chosen:
        if kind not in known:
            raise ParameterError(
                f"show must be made of {', '.join(SHOW)}, got {_checks.shown(kind)}"
            )
        if not known[kind]:
            raise ParameterError(
                f"the {kind} of what are no single numbers has to be given: "
                f"{'tangents=' if kind == 'tangent' else 'adjoint='}"
            )
    return tuple(kind for kind in SHOW if kind in chosen)


def _pushed(run: Recorded, listed: list[_Listed], direction: list[Any]) -> list[Any]:
    """The tangent of each node; None for what is no float."""
    smooth = [node.values[0] for node in listed if is_smooth(node.values[0])]
    found = iter(run.recording.forward(run.inputs, direction, smooth))
    return [_number(node, next(found)) if is_smooth(node.values[0]) else None for node in listed]


def _adjoint(run: Recorded, node: _Listed, seeds: list[Any]) -> Any:
    """The adjoint of a node: the sum over the values that it stands for."""
    smooth = [out for out in run.outputs if is_smooth(out)]
    if not is_smooth(node.values[0]):
        return None
    return sum(
        _number(node, run.recording.pull(smooth, seeds, [value])[0]) for value in node.values
    )


def _number(node: _Listed, found: Any) -> Any:
    """A derivative as users see it: a float for a number, zeros for nothing."""
    shape = np.shape(node.values[0])
    found = np.zeros(shape) if found is None else np.asarray(plain(found))
    return found if shape else found.item()


def _finished(
    run: Recorded, listed: list[_Listed], pushed: list[list[Any]], seeds: list[Any] | None
) -> list[GraphNode]:
    return [
        GraphNode(
            node.name,
            node.formula,
            node.operands,
            plain(node.values[0]),
            tuple(tangents[k] for tangents in pushed),
            None if seeds is None else _adjoint(run, node, seeds),
            node.is_result,
        )
        for k, node in enumerate(listed)
    ]
