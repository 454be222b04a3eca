"""Records: what a plugin hands to pyframe, one frozen object per named thing.

A hook returns a list of records.  A record is small and cheap to make; the thing it
names may be given as an object or as the text ``"module:attribute"``, in which case it
is imported the first time somebody uses the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, ClassVar

from pyframe.errors import ParameterTypeError, RecordError

API = 1
"""Version of the plugin interface this pyframe speaks."""

NAME = re.compile(r"[a-z][a-z0-9]*(?:[-.+][a-z0-9]+)*")
LONGEST_NAME = 64


@dataclass(frozen=True)
class Record:
    """What every record carries.

    Parameters
    ----------
    name : str
        The name users write: lower case words joined by ``-``, at most 64 characters.
    impl : object or str
        The implementation, or ``"module:attribute"`` to import on first use.
    summary : str
        One line, shown by ``pyframe plugins list``.
    reference : str
        Paper, book or lecture section.
    requires : tuple of str
        Modules that must be importable for the implementation to work.
    api : int
        Version of the plugin interface the record was written for.
    """

    kind: ClassVar[str] = ""

    name: str
    impl: Any = field(repr=False)
    summary: str = ""
    reference: str = ""
    requires: tuple[str, ...] = ()
    api: int = API

    def check(self) -> None:
        """Refuse a record that cannot be registered.

        Raises
        ------
        RecordError
            When the name is not a name, or the record was written for a newer pyframe.
        """
        if not isinstance(self.name, str):
            seen = type(self.name).__name__
            raise RecordError(f"a {self.kind} record's name must be a str, got {seen}")
        if len(self.name) > LONGEST_NAME or not NAME.fullmatch(self.name):
            raise RecordError(
                f"{self.kind} name {self.name[:LONGEST_NAME]!r} is not of the form "
                f"'lower-case-words' (letters and digits joined by single '-', '.' or '+', "
                f"at most {LONGEST_NAME} characters)"
            )
        if not isinstance(self.api, int):
            raise RecordError(f"{self.kind} {self.name!r}: api must be an int, got {self.api!r}")
        if self.api > API:
            raise RecordError(
                f"{self.kind} {self.name!r} needs plugin interface {self.api}, "
                f"this pyframe speaks {API}: upgrade pyframe"
            )

    def __call__(self, *args: Any, **parameters: Any) -> Configured:
        """The thing with parameters other than its defaults."""
        return Configured(self, args, tuple(sorted(parameters.items())))

    def load(self) -> Any:
        """The implementation, imported now if the record names it by text."""
        for module in self.requires:
            import_module(module)
        if isinstance(self.impl, str):
            module, _, attribute = self.impl.partition(":")
            return getattr(import_module(module), attribute)
        return self.impl


class Constructor:
    """Base of implementations that are called with the parameters to make the thing."""


@dataclass(frozen=True)
class Configured:
    """A record together with the parameters chosen for it."""

    record: Record
    args: tuple[Any, ...] = ()
    parameters: tuple[tuple[str, Any], ...] = ()

    def build(self) -> Any:
        """The implementation with its parameters bound."""
        implementation = self.record.load()
        parameters = dict(self.parameters)
        if isinstance(implementation, type | Constructor):
            return implementation(*self.args, **parameters)
        if self.args:
            raise ParameterTypeError(
                f"{self.record.kind} {self.record.name!r} takes its parameters by name"
            )
        return partial(implementation, **parameters) if parameters else implementation


NEEDS = ("value", "slope", "curvature")


@dataclass(frozen=True)
class _LineRecord(Record):
    """A record whose implementation looks at values, slopes or curvatures of phi."""

    needs: str = "value"

    def check(self) -> None:
        super().check()
        if self.needs not in NEEDS:
            raise RecordError(
                f"{self.kind} {self.name!r}: needs must be one of {', '.join(NEEDS)}, got {self.needs!r}"
            )


@dataclass(frozen=True)
class CriterionRecord(_LineRecord):
    """A test that says of a trial step: accept, too long, too short or stall.

    `can_lengthen` tells whether it may answer "too short".
    """

    kind: ClassVar[str] = "criterion"
    can_lengthen: bool = True


@dataclass(frozen=True)
class StrategyRecord(_LineRecord):
    """A rule that proposes the next trial step; `can_grow` if it can lengthen one.

    `criterion` names the criterion that ``minimize`` pairs it with by default.
    """

    kind: ClassVar[str] = "strategy"
    can_grow: bool = True
    criterion: str | None = None


@dataclass(frozen=True)
class ScalarMethodRecord(_LineRecord):
    """A minimiser of a function of one variable on a bracket."""

    kind: ClassVar[str] = "scalar-method"


@dataclass(frozen=True)
class InitialStepRecord(Record):
    """A rule for the first trial step of each line search."""

    kind: ClassVar[str] = "initial-step"


@dataclass(frozen=True)
class DirectionRecord(Record):
    """A rule for the search direction of each outer iteration.

    `criterion` and `initial_step` are what ``minimize`` pairs it with by default: a name or
    ``"module:attribute"``.
    """

    kind: ClassVar[str] = "direction"
    criterion: str = "strong-wolfe"
    initial_step: str = "first-order-change"


@dataclass(frozen=True)
class ProblemRecord(Record):
    """A test problem that benchmarks and the conformance kit pick up."""

    kind: ClassVar[str] = "problem"


@dataclass(frozen=True)
class ADModeRecord(Record):
    """A mode of automatic differentiation."""

    kind: ClassVar[str] = "ad-mode"


@dataclass(frozen=True)
class PrimitiveRecord(Record):
    """A function that the graph holds as one node."""

    kind: ClassVar[str] = "primitive"


@dataclass(frozen=True)
class RuleRecord(Record):
    """The differential of a primitive."""

    kind: ClassVar[str] = "rule"


@dataclass(frozen=True)
class SpaceRecord(Record):
    """A linear space of matrices with its orthogonal projector."""

    kind: ClassVar[str] = "space"


RECORDS: tuple[type[Record], ...] = (
    CriterionRecord,
    StrategyRecord,
    ScalarMethodRecord,
    InitialStepRecord,
    DirectionRecord,
    ProblemRecord,
    ADModeRecord,
    PrimitiveRecord,
    RuleRecord,
    SpaceRecord,
)
"""Every kind of record, in the order ``pyframe plugins list`` shows them."""

Hook = Callable[[], list[Record]]
