"""What a plugin author needs: decorators that turn code into records, and the verdicts.

A plugin is a module with one function for each kind of thing it adds, named after the
hooks in ``pyframe.registry.hookspecs``, and an entry point in the group ``pyframe`` that
names the module::

    import pyframe as pf

    @pf.criterion("halving", needs="value", can_lengthen=False)
    def halving(start, trial, ratio=0.5):
        "Take a step that brings phi below `ratio` times its start."
        return pf.ACCEPT if trial.value <= ratio * start.value else pf.TOO_LONG

    def pyframe_criteria():
        return [halving]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pyframe.errors import RecordError
from pyframe.registry.records import (
    API,
    ADModeRecord,
    CriterionRecord,
    DirectionRecord,
    InitialStepRecord,
    ProblemRecord,
    Record,
    ScalarMethodRecord,
    SpaceRecord,
    StrategyRecord,
)
from pyframe.results import Verdict

ACCEPT = Verdict.ACCEPT
TOO_LONG = Verdict.TOO_LONG
TOO_SHORT = Verdict.TOO_SHORT
STALL = Verdict.STALL

R = TypeVar("R", bound=Record)


def _decorator(record: type[R], name: str, options: dict[str, Any]) -> Callable[[Any], R]:
    if callable(name):
        shown = record.kind.replace("-", "_")
        raise RecordError(f"pf.{shown} takes the name first: @pf.{shown}('name')")

    def decorate(implementation: Any) -> R:
        text = implementation.__doc__ or ""
        fields = dict(options)
        if isinstance(options["summary"], str) and not options["summary"]:
            fields["summary"] = text.strip().partition("\n")[0].strip()
        return record(name, implementation, **fields)

    return decorate


def criterion(
    name: str,
    *,
    needs: str = "value",
    can_lengthen: bool = True,
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Any], CriterionRecord]:
    """Make a criterion of a function or a class.

    The function takes ``(start, trial)``: ``start.value`` and ``start.slope`` are phi(0)
    and phi'(0), ``trial.step``, ``trial.value`` and (with ``needs="slope"``)
    ``trial.slope`` belong to the step tried.  It returns one of ``pf.ACCEPT``,
    ``pf.TOO_LONG``, ``pf.TOO_SHORT``, ``pf.STALL``; further parameters with defaults are
    the criterion's parameters.  Trials that are not finite never reach it.

    A class has that function as its method ``judge(self, start, trial, state)`` and keeps
    history by hooks that return the next state: ``reset(self)`` before a run,
    ``begin(self, state, start)`` before each search, ``accepted(self, state, trial)``
    after it.  The object itself stays unchanged, so one object serves many threads.

    Parameters
    ----------
    name : str
        Lower case words joined by ``-``.
    needs : {"value", "slope"}
        What the criterion reads of a trial.
    can_lengthen : bool
        Whether it may answer ``TOO_SHORT``; strategies that only shorten are then refused.
    summary, reference : str
        Shown in listings; the summary defaults to the first line of the docstring.
    requires : tuple of str
        Modules that must be importable.
    api : int
        Version of the plugin interface it was written for.

    Returns
    -------
    callable
        A decorator that returns a :class:`~pyframe.registry.records.CriterionRecord`,
        which can be passed as ``criterion=``, called with parameters, registered with
        ``pf.register`` or returned from the hook ``pyframe_criteria``.

    Examples
    --------
    >>> import pyframe as pf
    >>> @pf.criterion("below", can_lengthen=False)
    ... def below(start, trial, margin=0.0):
    ...     "Take any step that goes down by more than `margin`."
    ...     return pf.ACCEPT if trial.value < start.value - margin else pf.TOO_LONG
    >>> f, g = lambda x: float(x @ x), lambda x: 2 * x
    >>> r = pf.line_search(f, [4.0], [-8.0], g, criterion=below, strategy="backtracking")
    >>> r.step, r.nfev
    (0.5, 3)
    """
    options = {
        "needs": needs,
        "can_lengthen": can_lengthen,
        "summary": summary,
        "reference": reference,
        "requires": requires,
        "api": api,
    }
    return _decorator(CriterionRecord, name, options)


def strategy(
    name: str,
    *,
    needs: str = "value",
    can_grow: bool = True,
    criterion: str | None = None,
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Any], StrategyRecord]:
    """Make a strategy of a generator function ``(start, first, max_step)``.

    It yields the step to try and is sent the trial, whose ``verdict`` says on which side
    acceptable steps lie; it returns when it has no further step.  A class has the
    generator function as its method ``steps``.

    Parameters
    ----------
    name, summary, reference, requires, api
        As for :func:`criterion`.
    needs : {"value", "slope", "curvature"}
        What the strategy reads of a trial.
    can_grow : bool
        Whether it can propose a longer step than one found too short.
    criterion : str, optional
        The criterion ``minimize`` pairs it with by default.

    Examples
    --------
    >>> import pyframe as pf
    >>> @pf.strategy("thirds", can_grow=False)
    ... def thirds(start, first, max_step):
    ...     "Divide the step by three until it is good enough."
    ...     step = first
    ...     while True:
    ...         yield step
    ...         step /= 3
    >>> f, g = lambda x: float(x @ x), lambda x: 2 * x
    >>> pf.line_search(f, [4.0], [-8.0], g, criterion="armijo", strategy=thirds).nfev
    3
    """
    options = {
        "needs": needs,
        "can_grow": can_grow,
        "criterion": criterion,
        "summary": summary,
        "reference": reference,
        "requires": requires,
        "api": api,
    }
    return _decorator(StrategyRecord, name, options)


def scalar_method(
    name: str,
    *,
    needs: str = "value",
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Any], ScalarMethodRecord]:
    """Make a scalar method of a generator function ``(bracket, tolerance)``.

    `bracket` is the triple of points (low, best, high), each with ``x`` and ``value``.  The
    function yields the next point to evaluate and is sent the point with its value; it
    need not keep the bracket or decide when to stop, and a point outside the bracket is
    replaced by a golden section.

    Parameters
    ----------
    name, needs, summary, reference, requires, api
        As for :func:`strategy`.

    Examples
    --------
    >>> import pyframe as pf
    >>> @pf.scalar_method("middle-of-larger-part")
    ... def larger_part(bracket, tolerance):
    ...     "Halve the larger part of the bracket."
    ...     low, best, high = (point.x for point in bracket)
    ...     value = bracket[1].value
    ...     while True:
    ...         right = high - best > best - low
    ...         point = yield (best + high) / 2 if right else (low + best) / 2
    ...         if point.value < value:
    ...             low, high = (best, high) if right else (low, best)
    ...             best, value = point.x, point.value
    ...         elif right:
    ...             high = point.x
    ...         else:
    ...             low = point.x
    >>> round(pf.minimize_scalar(lambda x: (x - 2) ** 2, bounds=(0, 6), method=larger_part).x, 6)
    2.0
    """
    options = {
        "needs": needs,
        "summary": summary,
        "reference": reference,
        "requires": requires,
        "api": api,
    }
    return _decorator(ScalarMethodRecord, name, options)


def initial_step(
    name: str,
    *,
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Any], InitialStepRecord]:
    """Make an initial-step rule of a function ``(situation) -> float``.

    `situation` is a :class:`pyframe.linesearch.Situation`.

    Parameters
    ----------
    name, summary, reference, requires, api
        As for :func:`criterion`.
    """
    options = {"summary": summary, "reference": reference, "requires": requires, "api": api}
    return _decorator(InitialStepRecord, name, options)


def direction(
    name: str,
    *,
    criterion: str = "strong-wolfe",
    initial_step: str = "first-order-change",
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Any], DirectionRecord]:
    """Make a direction of a generator function without arguments.

    It is sent pairs ``(x, gradient)`` of read-only arrays of shape (n,) and yields the
    direction for each; what its first ``yield`` gives is ignored.

    Parameters
    ----------
    name, summary, reference, requires, api
        As for :func:`criterion`.
    criterion, initial_step : str
        What ``minimize`` pairs it with by default.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> @pf.direction("sign-descent")
    ... def sign_descent():
    ...     "Minus the sign of the gradient."
    ...     d = None
    ...     while True:
    ...         x, g = yield d
    ...         d = -np.sign(g)
    >>> r = pf.minimize(lambda x: x @ x, [3.0, 4.0], lambda x: 2 * x, direction=sign_descent)
    >>> r.success
    True
    """
    options = {
        "criterion": criterion,
        "initial_step": initial_step,
        "summary": summary,
        "reference": reference,
        "requires": requires,
        "api": api,
    }
    return _decorator(DirectionRecord, name, options)


def mode(
    name: str,
    *,
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Any], ADModeRecord]:
    """Make a mode of automatic differentiation of a subclass of :class:`pyframe.modes.Mode`.

    It is a frozen dataclass, whose fields are the mode's parameters, and implements one of
    ``push``, ``pull`` and ``jacobian``; the other two follow.

    Parameters
    ----------
    name, summary, reference, requires, api
        As for :func:`criterion`.

    Returns
    -------
    callable
        A decorator that returns a record, which can be passed as ``mode=``, called with
        parameters, registered with ``pf.register`` or returned from the hook
        ``pyframe_ad_modes``.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np, pyframe as pf
    >>> @pf.mode("forward-difference")
    ... @dataclass(frozen=True)
    ... class ForwardDifference(pf.modes.Mode):
    ...     "Tangents by one more evaluation."
    ...     name = "forward-difference"
    ...     step: float = 1e-7
    ...
    ...     def push(self, run, directions):
    ...         x = run.plain_inputs()
    ...         ahead = run.evaluate([a + self.step * v for a, v in zip(x, directions)])
    ...         return [(b - a) / self.step for a, b in zip(run.evaluate(x), ahead)]
    >>> slope = pf.derivative(np.sin, mode=ForwardDifference(step=1e-6))(0.0)
    >>> round(float(slope), 6)
    1.0
    """
    options = {"summary": summary, "reference": reference, "requires": requires, "api": api}
    return _decorator(ADModeRecord, name, options)


def space(
    name: str,
    *,
    assumes: tuple[str, ...] = (),
    view: bool = False,
    sample: Callable[..., Any] | None = None,
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> Callable[[Any], SpaceRecord]:
    """Make a space of matrices of its projector, a function ``(G, X)`` of expressions.

    It gives the orthogonal projection of a gradient G onto the directions in which X may move,
    written with operators and NumPy functions of expressions.

    Parameters
    ----------
    name, summary, reference, requires, api
        As for :func:`criterion`.
    assumes : tuple of str
        What the space says of X: names of assumptions of ``pf.Symbol``.
    view : bool
        Whether it shows the gradient in other coordinates instead of projecting it.
    sample : callable, optional
        ``sample(rng, shape)`` draws a point, for a space whose directions depend on X.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> @pf.space("traceless")
    ... def traceless(G, X):
    ...     "Matrices of trace 0."
    ...     n = X.shape[0]
    ...     return G - np.trace(G) / n * np.eye(n)
    >>> traceless.summary
    'Matrices of trace 0.'
    """
    options = {
        "assumes": assumes,
        "view": view,
        "sample": sample,
        "summary": summary,
        "reference": reference,
        "requires": requires,
        "api": api,
    }
    return _decorator(SpaceRecord, name, options)


def problem(
    name: str,
    implementation: Any,
    *,
    summary: str = "",
    reference: str = "",
    requires: tuple[str, ...] = (),
    api: int = API,
) -> ProblemRecord:
    """Make a record of a test problem (see ``pyframe.testing.problems``).

    Parameters
    ----------
    name, summary, reference, requires, api
        As for :func:`criterion`.
    implementation : ScalarProblem, LineProblem, VectorProblem or str
        The problem, or ``"module:attribute"``.
    """
    return ProblemRecord(name, implementation, summary, reference, requires, api)
