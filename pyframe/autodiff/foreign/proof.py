"""Whether a rule is right: tried on random points of the domain before it counts.

What is tried: shapes, dtypes and linearity, by tracing the rule; the first order against
measured derivatives; that forward and reverse mode are adjoint, ``<L u, v> = <u, L* v>``; that
the second order is symmetric, agrees with measured derivatives of the first, and is the same
in reverse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pyframe.autodiff.foreign import tracing, transposing
from pyframe.autodiff.foreign.differences import Measured, measured
from pyframe.autodiff.foreign.domain import Interval, Values
from pyframe.autodiff.foreign.table import Kind
from pyframe.autodiff.operators import jvp, vjp
from pyframe.errors import MissingRule, RuleRefused

if TYPE_CHECKING:
    from pyframe.autodiff.foreign.primitive import Primitive

POINTS = 32
"""Points of the domain that are tried."""
ENOUGH = 20
"""Of so many the derivative must have been measured well."""
TOLERANCE = 1e-6
"""Of a derivative against a measured one, relative."""
ADJOINT_TOLERANCE = 1e-9
"""Of the two readings of a rule against one another, relative."""
USELESS = 1e-3
"""A measured derivative that may be this wrong, relative, says nothing."""


@dataclass(frozen=True)
class Trial:
    """Points, and directions at them: all elements at once, or one point of a function."""

    x: list[Any]
    u: list[Any]
    w: list[Any]
    v: Any
    step: Any


def prove(primitive: Primitive) -> int:
    """The order to which a primitive's rules are right: 2, or 1 where a second does not exist.

    Raises
    ------
    RuleRefused
        When they are not right, with what was measured.
    """
    rng = np.random.default_rng(1_964)
    types = _types(primitive)
    if primitive.transposed is not None:
        for _ in range(ENOUGH):
            transposing.prove(primitive, types, rng)
    if not primitive.rules:
        return 0
    for rule in primitive.rules.values():
        tracing.fragment(primitive, rule, types)
        single = tuple(("float32" if dtype == "float64" else dtype, s) for dtype, s in types)
        tracing.fragment(primitive, rule, single)
    with np.errstate(all="ignore"):
        trials = [_trial(primitive, types, rng) for _ in range(_draws(primitive))]
        for k in primitive.places:
            name = primitive.arguments[k]
            _first(primitive, [_along(trial, primitive.places, k) for trial in trials], name)
        for trial in trials:
            _adjoint(primitive, trial)
        try:
            _second(primitive, trials)
        except MissingRule:
            return 1
    return 2


def _draws(primitive: Primitive) -> int:
    return 1 if primitive.elementwise else ENOUGH


def _types(primitive: Primitive) -> tuple[Kind, ...]:
    whole = [
        isinstance(domain, Values) and all(float(v).is_integer() for v in domain.values)
        for domain in primitive.domains
    ]
    dtypes = [
        "int64" if integer and k not in primitive.places else "float64"
        for k, integer in enumerate(whole)
    ]
    shapes = ((POINTS,),) * len(dtypes) if primitive.elementwise else primitive.shapes
    return tuple(zip(dtypes, map(tuple, shapes), strict=True))


def _trial(primitive: Primitive, types: tuple[Kind, ...], rng: np.random.Generator) -> Trial:
    x = primitive.draw(rng, types)
    u, w = _directions(primitive, types, rng), _directions(primitive, types, rng)
    result = primitive.result(types)
    step = 0.25
    for k in primitive.places:
        domain = primitive.domains[k]
        room = np.minimum(domain.room(x[k]), 1e300) if isinstance(domain, Interval) else 1.0
        scale = np.clip(np.abs(x[k]), 0.1, 1.0)
        reach = np.minimum(0.25 * scale, 0.45 * room)
        if not primitive.elementwise:
            reach = np.min(reach, initial=0.1)
        step = np.minimum(step, reach)
    return Trial(x, u, w, rng.standard_normal(result[1]), step)


def _directions(
    primitive: Primitive, types: tuple[Kind, ...], rng: np.random.Generator
) -> list[Any]:
    def one(k: int) -> Any:
        shape = types[k][1]
        return rng.uniform(0.5, 1.0, shape) * rng.choice([-1.0, 1.0], shape)

    return [one(k) for k in primitive.places]


def _along(trial: Trial, places: list[int], k: int) -> Trial:
    """The trial with a direction in one argument only."""
    u = [d if place == k else np.zeros_like(d) for place, d in zip(places, trial.u, strict=True)]
    return Trial(trial.x, u, trial.w, trial.v, trial.step)


# -- what is compared ------------------------------------------------------------------------


def _of(primitive: Primitive, trial: Trial) -> Callable[..., Any]:
    """The function of the differentiable arguments."""

    def function(*chosen: Any) -> Any:
        args: list[Any] = list(trial.x)
        for place, value in zip(primitive.places, chosen, strict=True):
            args[place] = value
        return primitive(*args)

    return function


def _chosen(primitive: Primitive, trial: Trial) -> tuple[Any, ...]:
    return tuple(trial.x[k] for k in primitive.places)


def _tangent(function: Callable[..., Any], x: tuple[Any, ...], u: list[Any]) -> Any:
    return jvp(function, x, tuple(u))[1]


def _line(
    function: Callable[..., Any], x: tuple[Any, ...], direction: list[Any]
) -> Callable[[Any], Any]:
    return lambda t: function(*(each + t * d for each, d in zip(x, direction, strict=True)))


def _first(primitive: Primitive, trials: list[Trial], name: str) -> None:
    compared: list[tuple[Any, Measured, Any]] = []
    for trial in trials:
        function, x = _of(primitive, trial), _chosen(primitive, trial)
        claimed = _tangent(function, x, trial.u)
        line = _line(_plain(primitive, trial), x, trial.u)
        found = measured(line, trial.step, with_complex=True)
        compared.append((np.asarray(claimed), found, _place(primitive, trial)))
    _judge(primitive, compared, f"the derivative with respect to {name!r}")


def _plain(primitive: Primitive, trial: Trial) -> Callable[..., Any]:
    """The function itself, which may be asked with complex numbers."""

    def function(*chosen: Any) -> Any:
        args: list[Any] = list(trial.x)
        for place, value in zip(primitive.places, chosen, strict=True):
            args[place] = value
        return primitive.impl(*args)

    return function


def _second(primitive: Primitive, trials: list[Trial]) -> None:
    compared: list[tuple[Any, Measured, Any]] = []
    for trial in trials:
        function, x = _of(primitive, trial), _chosen(primitive, trial)

        def slope(*at: Any, function: Any = function, trial: Trial = trial) -> Any:
            return _tangent(function, at, trial.u)

        def slope_along_w(*at: Any, function: Any = function, trial: Trial = trial) -> Any:
            return _tangent(function, at, trial.w)

        def pulled(*at: Any, function: Any = function, trial: Trial = trial) -> Any:
            return vjp(function, *at)[1](trial.v)

        claimed = np.asarray(_tangent(slope, x, trial.w))
        other = np.asarray(_tangent(slope_along_w, x, trial.u))
        _equal(primitive, claimed, other, TOLERANCE, "the second order is not symmetric")
        found = measured(_line(slope, x, trial.w), trial.step, with_complex=False)
        compared.append((claimed, found, _place(primitive, trial)))
        back = _tangent(pulled, x, trial.w)
        forwards = np.vdot(trial.v, claimed)
        backwards = _inner(trial.u, back)
        size = np.sum(np.abs(trial.v * claimed)) + 1e-300
        if not abs(forwards - backwards) <= TOLERANCE * size:
            raise _refusal(
                primitive,
                f"the second order in forward and in reverse mode differ: {forwards:.8g} "
                f"and {backwards:.8g} (tolerance {TOLERANCE:g})",
            )
    _judge(primitive, compared, "the second order, against differences of the first,")


def _adjoint(primitive: Primitive, trial: Trial) -> None:
    function, x = _of(primitive, trial), _chosen(primitive, trial)
    forwards = np.asarray(_tangent(function, x, trial.u))
    back = vjp(function, *x)[1](trial.v)
    if not isinstance(back, tuple):
        back = (back,)
    left, right = np.vdot(trial.v, forwards), _inner(trial.u, back)
    parts = sum(np.sum(np.abs(u * b)) for u, b in zip(trial.u, back, strict=True))
    size = np.sum(np.abs(trial.v * forwards)) + parts + 1e-300
    if not abs(left - right) <= ADJOINT_TOLERANCE * size:
        raise _refusal(
            primitive,
            f"<L u, v> = {left:.10g} but <u, L* v> = {right:.10g} "
            f"(tolerance {ADJOINT_TOLERANCE:g}): forward and reverse mode disagree",
        )


def _inner(a: list[Any], b: Any) -> Any:
    b = b if isinstance(b, tuple) else (b,)
    return sum(np.vdot(x, y) for x, y in zip(a, b, strict=True))


def _judge(primitive: Primitive, compared: list[tuple[Any, Measured, Any]], what: str) -> None:
    """Refuse where what is claimed lies further from what was measured than that may be wrong."""
    whole = not primitive.elementwise
    reliable, worst, shown = 0, 0.0, ""
    for claimed, found, place in compared:
        value, error = found.value, found.error
        size = np.maximum(np.abs(value), np.abs(claimed))
        if whole:
            size = np.full(np.shape(value), np.max(size, initial=0.0))
            error = np.full(np.shape(value), np.max(error, initial=0.0))
        known = np.isfinite(value) & (error <= USELESS * size + 1e-12)
        reliable += int(np.all(known)) if whole else int(np.count_nonzero(known))
        with np.errstate(invalid="ignore"):
            wrong = np.abs(claimed - value) / (TOLERANCE * size + 30 * error + 1e-300)
        wrong = np.where(np.isnan(claimed), np.inf, wrong)
        wrong = np.where(known, wrong, 0.0)
        if wrong.size and np.max(wrong) > max(worst, 1.0):
            k = np.unravel_index(np.argmax(wrong), wrong.shape)
            worst = float(wrong[k])
            off = abs(claimed[k] - value[k]) / max(abs(value[k]), 1e-300)
            shown = (
                f"{what} is {claimed[k]:.8g} by the rule and {value[k]:.8g} as measured "
                f"(relative error {off:.2g}, tolerance {TOLERANCE:g}) at {place(k)}"
            )
    if shown:
        raise _refusal(primitive, shown)
    if reliable < ENOUGH:
        raise _refusal(
            primitive,
            f"{what} could be measured at {reliable} points only, {ENOUGH} are needed: "
            "narrow the domain to where the function is smooth and finite",
        )


def _place(primitive: Primitive, trial: Trial) -> Callable[[tuple[Any, ...]], str]:
    def shown(k: tuple[Any, ...]) -> str:
        if not primitive.elementwise:
            return "a random point"
        pairs = zip(primitive.arguments, trial.x, strict=True)
        return ", ".join(f"{name} = {x[k]:.6g}" for name, x in pairs)

    return shown


def _equal(primitive: Primitive, a: Any, b: Any, tolerance: float, what: str) -> None:
    size = np.max(np.abs(a), initial=0.0)
    off = np.max(np.abs(a - b), initial=0.0)
    if not off <= tolerance * size + 1e-300 and np.isfinite(size):
        raise _refusal(primitive, f"{what}: off by {off / size:.2g}, tolerance {tolerance:g}")


def _refusal(primitive: Primitive, what: str) -> RuleRefused:
    return RuleRefused(f"the rule of primitive {primitive.label} is refused: {what}")
