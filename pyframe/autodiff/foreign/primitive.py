"""A function that the trace holds as one node, and its rule: what ``pf.primitive`` makes."""

from __future__ import annotations

import inspect
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff.foreign import table, transposing
from pyframe.autodiff.foreign.domain import Set, domains
from pyframe.autodiff.foreign.symbolic import Symbolic
from pyframe.autodiff.foreign.table import Kind
from pyframe.autodiff.foreign.tracing import Rule, fragment
from pyframe.errors import (
    MissingRule,
    ParameterTypeError,
    RecordError,
    RuleRefused,
    ShapeError,
)
from pyframe.registry import manager
from pyframe.registry.records import PrimitiveRecord, RuleRecord

F = TypeVar("F", bound=Callable[..., Any])

SIGNATURES = 256
"""How many traced rules a primitive keeps."""

PROOFS = ("at-once", "on-first-use")
_proving = threading.RLock()


@dataclass
class Standing:
    """How far a primitive's rules have been proved."""

    proof: str = "open"
    """``"open"``, ``"running"``, ``"done"`` or ``"failed"``."""
    order: int = 0
    refusal: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Primitive(PrimitiveRecord):
    """A function that the trace holds as one node.

    Made by :func:`pyframe.primitive`.  Called with plain arguments it is the function itself; with
    a traced one it is recorded.  :meth:`rule`, :meth:`vjp` and :meth:`transpose` say how it is
    differentiated.
    """

    domain: Any = (-math.inf, math.inf)
    differentiable: tuple[str, ...] | None = None
    shape: Callable[..., tuple[int, ...]] | None = None
    shapes: tuple[tuple[int, ...], ...] = ()
    sample: Callable[..., Any] | None = None
    arguments: tuple[str, ...] = ()
    linear: str | None = None
    proof: str = "at-once"
    number: int = field(init=False, default=0)
    domains: tuple[Set, ...] = field(init=False, default=())
    places: list[int] = field(init=False, default_factory=list)
    place: int | None = field(init=False, default=None)
    transposed: Callable[..., Any] | None = field(init=False, default=None)
    rules: dict[bool, Rule] = field(init=False, default_factory=dict)
    traced: dict[Any, Any] = field(init=False, default_factory=dict)
    standing: Standing = field(init=False, default_factory=Standing)

    def __post_init__(self) -> None:
        def put(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        self.check()
        if not callable(self.impl):
            raise RecordError(f"primitive {self.name!r} must be a function, got {shown(self.impl)}")
        if not (
            isinstance(self.arguments, tuple)
            and all(isinstance(each, str) for each in self.arguments)
        ):
            raise RecordError(
                f"primitive {self.name!r}: arguments must be a tuple of names, "
                f"got {shown(self.arguments)}"
            )
        put("arguments", self.arguments or _arguments(self.impl, self.name))
        chosen: Any = self.arguments if self.differentiable is None else self.differentiable
        if not isinstance(chosen, tuple | list):
            raise RecordError(
                f"primitive {self.name!r}: differentiable must be a tuple of names, "
                f"got {shown(chosen)}"
            )
        chosen = tuple(chosen)
        unknown = [each for each in chosen if each not in self.arguments]
        if unknown or not chosen:
            raise RecordError(
                f"primitive {self.name!r}: differentiable must name some of its arguments "
                f"{', '.join(self.arguments)}, got {shown(chosen)}"
            )
        put("differentiable", chosen)
        put("places", [k for k, each in enumerate(self.arguments) if each in chosen])
        if self.shape is not None and len(self.shapes) != len(self.arguments):
            raise RecordError(
                f"primitive {self.name!r} is not elementwise: give the shapes of "
                f"{', '.join(self.arguments)} on which a rule is tried, shapes=((3, 3), ...)"
            )
        if not isinstance(self.proof, str) or self.proof not in PROOFS:
            raise RecordError(
                f"primitive {self.name!r}: proof must be one of {', '.join(PROOFS)}, "
                f"got {shown(self.proof)}"
            )
        put("domains", domains(self.domain, self.arguments, self.name))
        put("number", table.number(self))
        if self.linear is not None:
            if not isinstance(self.linear, str) or self.linear not in chosen:
                raise RecordError(
                    f"primitive {self.name!r}: linear must be one of {', '.join(chosen)}, "
                    f"got {shown(self.linear)}"
                )
            place = self.arguments.index(self.linear)
            put("place", place)
            _core._declare_linear(self.number, place)  # noqa: SLF001

    @property
    def elementwise(self) -> bool:
        """Whether operands broadcast and each element of the result is made of one of each."""
        return self.shape is None

    @property
    def label(self) -> str:
        """Name and module, as messages show them."""
        functions = [self.impl, *(rule.function for rule in self.rules.values())]
        modules = [getattr(function, "__module__", None) for function in functions]
        return f"{self.name!r} ({next(filter(None, modules), 'unknown module')})"

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.arguments)})>"

    def load(self) -> Any:
        """The primitive itself."""
        super().load()
        return self

    # -- calls -------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function, recorded when an argument is traced."""
        args = self._positional(args, kwargs)
        if not any(map(_core.is_traced, args)):
            if any(isinstance(x, Symbolic) for x in args):
                from pyframe.matcalc.outside import applied  # noqa: PLC0415

                return applied(self, args)
            return self.impl(*args)
        shape = None if self.shape is None else self._shape([np.shape(x) for x in args])
        return _core.foreign(self.number, 0, list(args), shape)

    def _positional(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        rest = self.arguments[len(args) :]
        if len(args) > len(self.arguments) or set(kwargs) != set(rest):
            raise ParameterTypeError(
                f"{self.name}({', '.join(self.arguments)}) was called with {len(args)} arguments"
                + (f" and {', '.join(map(repr, kwargs))}" if kwargs else "")
            )
        return (*args, *(kwargs[each] for each in rest))

    def _shape(self, shapes: list[tuple[int, ...]]) -> list[int]:
        if self.shape is None:
            return list(np.broadcast_shapes(*shapes))
        given = self.shape(*shapes)
        if not isinstance(given, tuple) or not all(isinstance(n, int) and n >= 0 for n in given):
            raise ShapeError(
                f"shape of primitive {self.label} must return a tuple of lengths, "
                f"got {shown(given)}"
            )
        return list(given)

    def result(self, types: tuple[Kind, ...]) -> Kind:
        """The type of the result for operands of these types."""
        floats = [dtype for dtype, _ in types if dtype.startswith("float")]
        shape = tuple(self._shape([tuple(shape) for _, shape in types]))
        return floats[0] if floats else "float64", shape

    def draw(self, rng: np.random.Generator, types: tuple[Kind, ...]) -> list[Any]:
        """Operands of these types from the domain."""
        if self.sample is not None:
            drawn = self.sample(rng, *(tuple(shape) for _, shape in types))
            drawn = drawn if isinstance(drawn, tuple | list) else (drawn,)
        else:
            drawn = [
                domain.draw(rng, tuple(shape))
                for domain, (_, shape) in zip(self.domains, types, strict=True)
            ]
        arrays = [np.asarray(x, dtype) for x, (dtype, _) in zip(drawn, types, strict=True)]
        for array, (_, shape) in zip(arrays, types, strict=True):
            if array.shape != tuple(shape):
                raise ShapeError(
                    f"sample of primitive {self.label} gave an array of shape {array.shape}, "
                    f"asked for {tuple(shape)}"
                )
        return arrays

    # -- rules -------------------------------------------------------------------------------

    def rule(self, function: F) -> F:
        """Give the differential: ``function(y, *operands, *tangents) -> dy``.

        There is a tangent for each differentiable argument.  The function is written in NumPy and
        other primitives, linear in the tangents.  Reverse mode reads it backwards.

        Raises
        ------
        RuleRefused
            When it fails its proof.
        """
        return self._ruled(Rule(function, reverse=False))

    def vjp(self, function: F) -> F:
        """Give the adjoint: ``function(y, *operands, adjoint of y) -> adjoints``.

        It returns the adjoint of the differentiable argument, or a tuple with one for each.
        Forward mode reads it backwards if there is no :meth:`rule`.

        Raises
        ------
        RuleRefused
            When it fails its proof.
        """
        return self._ruled(Rule(function, reverse=True))

    jvp = rule

    def transpose(self, function: F) -> F:
        """Give the adjoint in the argument in which the primitive is linear.

        ``function(*other operands, adjoint of y) -> adjoint of that argument``.  The differential
        in that argument is the primitive itself.

        Raises
        ------
        RuleRefused
            When it is not the adjoint.
        """
        if self.place is None:
            raise RecordError(f"primitive {self.name!r} has no argument that is linear")
        before = self.transposed

        def undo() -> None:
            object.__setattr__(self, "transposed", before)

        object.__setattr__(self, "transposed", function)
        self._tried(undo)
        return function

    def _ruled(self, rule: Rule) -> Any:
        if not callable(rule.function):
            raise RecordError(f"a rule is a function, got {shown(rule.function)}")
        before = dict(self.rules)

        def undo() -> None:
            self.rules.clear()
            self.rules.update(before)

        self.rules[rule.reverse] = rule
        self._tried(undo)
        return rule.function

    def _tried(self, undo: Callable[[], None]) -> None:
        """Prove what was just given, or take it back."""
        self._forget()
        if self.proof == "at-once":
            try:
                self.prove(final=False)
            except RuleRefused:
                undo()
                self._forget()
                raise

    def _from_outside(self) -> Rule | None:
        """The rule that another package gives, adopted."""
        found = manager.snapshot().find("rule", self.name) or manager.discovered().find(
            "rule", self.name
        )
        if found is None:
            return None
        record = cast("RuleRecord", found.record)
        rule = Rule(record.load(), record.reverse)
        self._ruled(rule)
        return rule

    def forward_rule(self) -> Callable[..., Any] | None:
        """The differential as it was given, if it was."""
        rule = self.rules.get(False) or self._from_outside()
        return None if rule is None or rule.reverse else rule.function

    def _forget(self) -> None:
        self.traced.clear()
        self.standing.__init__()
        _core._forget_rule(self.number)  # noqa: SLF001

    def prove(self, final: bool = True) -> int:
        """Try the rules, once; the order of derivatives to which they are right.

        With `final` False the proof stays open as long as another name or rule that it takes is
        missing.

        Raises
        ------
        RuleRefused
            When they are not right.
        """
        with _proving:
            standing = self.standing
            if standing.proof == "failed":
                raise RuleRefused(standing.refusal)
            if standing.proof != "open":
                return standing.order
            standing.proof = "running"
            try:
                from pyframe.autodiff.foreign.proof import prove  # noqa: PLC0415

                standing.order = prove(self)
                settled = standing.order == 2 or (final and standing.order)
                standing.proof = "done" if settled else "open"
            except RuleRefused as error:
                standing.proof, standing.refusal = "failed", str(error)
                self.traced.clear()
                _core._forget_rule(self.number)  # noqa: SLF001
                raise
            except (NameError, MissingRule):
                standing.proof = "open"
                if final:
                    raise
            except BaseException:
                standing.proof = "open"
                raise
            return standing.order

    def differentiated(self, types: tuple[Kind, ...], active: list[bool], reverse: bool) -> Any:
        """The graph of the rule that serves a direction of reading, for operands of these types.

        Raises
        ------
        MissingRule
            When there is none, or none for an argument that is active.
        """
        for k, (name, is_active) in enumerate(zip(self.arguments, active, strict=True)):
            if is_active and k not in self.places:
                raise MissingRule(
                    f"primitive {self.label} has no rule for the derivative "
                    f"with respect to {name!r}"
                )
        if reverse and [k for k, each in enumerate(active) if each] == [self.place]:
            self.prove()
            return self._fragment(transposing.as_rule(self), types)
        rule = self.rules.get(reverse) or self.rules.get(not reverse) or self._from_outside()
        if rule is None:
            raise MissingRule(
                f"primitive {self.label} has no rule: give one with @{self.name}.rule or .vjp"
            )
        self.prove()
        return self._fragment(rule, types)

    def _fragment(self, rule: Rule, types: tuple[Kind, ...]) -> Any:
        key = (types, rule.reverse, rule.place)
        made = self.traced.get(key)
        if made is None:
            made = fragment(self, rule, types)
            if len(self.traced) >= SIGNATURES:
                self.traced.clear()
            self.traced[key] = made
        return made


def _arguments(function: Any, name: str) -> tuple[str, ...]:
    """The names of a function's arguments."""
    if isinstance(function, np.ufunc):
        return ("x",) if function.nin == 1 else tuple(f"x{k + 1}" for k in range(function.nin))
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise RecordError(f"primitive {name!r}: name its arguments, arguments=(...)") from None
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = tuple(p.name for p in parameters if p.kind in places)
    if not names:
        raise RecordError(f"primitive {name!r} takes no arguments")
    return names
