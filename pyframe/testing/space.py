"""Conformance of spaces of matrices: their projectors, evaluated at random gradients and points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pyframe.errors import ShapeError, UnsupportedOperation
from pyframe.matcalc.creation import symbolic_sizes
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.points import in_space
from pyframe.matcalc.symbols import Symbol
from pyframe.registry.records import SpaceRecord
from pyframe.testing.kit import NotApplicable, Property, Violation, require
from pyframe.testing.subject import Subject

SHAPES = {"n": (4,), "n,n": (4, 4), "m,n": (5, 3)}
"""The shapes that are tried: one that a space does not have is left out."""
TOLERANCE = 1e-12
STRUCTURES = ("symmetric", "skew", "diagonal", "upper_triangular")
"""Assumptions that hold of directions as they hold of points."""

Projector = Callable[[Any], Any]


def _record(subject: Subject) -> SpaceRecord:
    record = subject.record
    if not isinstance(record, SpaceRecord):
        raise Violation(f"it is a record of {type(record).__name__}")
    return record


def _formulas(subject: Subject) -> dict[str, Expression]:
    """What the projector makes of symbols, for each shape that the space has."""
    made: dict[str, Expression] = {}
    refused: Exception | None = None
    assumed: dict[str, Any] = dict.fromkeys(_record(subject).assumes, True)
    for shape in SHAPES:
        try:
            gradient, point = Symbol(shape, name="G"), Symbol(shape, name="X", **assumed)
            with symbolic_sizes():
                projected: Any = subject.compiled(gradient, point)
        except (ShapeError, UnsupportedOperation) as error:
            refused = error
            continue
        if not isinstance(projected, Expression):
            raise Violation(f"gave {type(projected).__name__}, not an expression")
        if projected.sizes != point.sizes:
            refused = Violation(f"gave {', '.join(projected.sizes) or 'a scalar'} of {shape}")
            continue
        made[shape] = projected
    if not made and refused is not None:
        raise refused
    return made


def _projectors(subject: Subject) -> Iterator[tuple[np.random.Generator, str, Projector]]:
    """The projection as a function of arrays, at some points of each shape."""
    record = _record(subject)
    for shape, formula in _formulas(subject).items():
        for seed in range(3):
            rng = np.random.default_rng(seed)
            point = record.draw(rng, SHAPES[shape])

            def project(gradient: Any, point: Any = point, formula: Expression = formula) -> Any:
                given = {"G": gradient, "X": point}
                own = {name: given[name] for name in formula.known if name in given}
                return formula.evaluate(own, verify=False)

            yield rng, shape, project


def _compared(pairs: Iterator[tuple[str, Any, Any]], said: str) -> str:
    worst = 0.0
    for shape, got, wanted in pairs:
        scale = max(float(np.max(np.abs(wanted))), 1.0)
        error = float(np.max(np.abs(np.asarray(got) - wanted))) / scale
        require(error <= TOLERANCE, f"{said} by {error:.1e} on {shape}")
        worst = max(worst, error)
    return f"to {worst:.1e}"


def _shapes(subject: Subject) -> str:
    return "; ".join(_formulas(subject))


def _linear(subject: Subject) -> str:
    def pairs() -> Iterator[tuple[str, Any, Any]]:
        for rng, shape, project in _projectors(subject):
            a, b = rng.standard_normal((2, *SHAPES[shape]))
            yield shape, project(2 * a - 3 * b), 2 * project(a) - 3 * project(b)

    return _compared(pairs(), "P(2 G - 3 H) is not 2 P(G) - 3 P(H): off")


def _self_adjoint(subject: Subject) -> str:
    def pairs() -> Iterator[tuple[str, Any, Any]]:
        for rng, shape, project in _projectors(subject):
            a, b = rng.standard_normal((2, *SHAPES[shape]))
            yield shape, np.vdot(project(a), b), np.vdot(a, project(b))

    return _compared(pairs(), "<P(G), H> is not <G, P(H)>: off")


def _idempotent(subject: Subject) -> str:
    if _record(subject).view:
        raise NotApplicable("a view of the gradient, no projection")

    def pairs() -> Iterator[tuple[str, Any, Any]]:
        for rng, shape, project in _projectors(subject):
            once = project(rng.standard_normal(SHAPES[shape]))
            yield shape, project(once), once

    return _compared(pairs(), "P(P(G)) is not P(G): off")


def _directions(subject: Subject) -> str:
    facts = {name for name in _record(subject).assumes if name in STRUCTURES}
    if not facts:
        raise NotApplicable("it assumes nothing that holds of directions")

    def pairs() -> Iterator[tuple[str, Any, Any]]:
        for rng, shape, project in _projectors(subject):
            made = project(rng.standard_normal(SHAPES[shape]))
            yield shape, made, in_space(facts, made)

    shown = ", ".join(sorted(facts))
    return f"{shown} {_compared(pairs(), f'directions are not {shown}: off')}"


SPACE: dict[str, Property] = {
    "gives an expression of the shape of X": _shapes,
    "is linear in the gradient": _linear,
    "is self-adjoint": _self_adjoint,
    "changes nothing when applied twice": _idempotent,
    "gives directions that keep what it assumes": _directions,
}
"""What every projector must be."""
