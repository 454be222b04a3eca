"""Records: what a plugin hands to pyframe, one frozen object per named thing.

A hook returns a list of records.  A record is small and cheap to make; the thing it
names may be given as an object or as the text ``"module:attribute"``, in which case it
is imported the first time somebody uses the name.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, ClassVar, cast

from pyframe._checks import shown
from pyframe.errors import ParameterTypeError, PluginError, RecordError

API = 1
"""Version of the plugin interface this pyframe speaks."""

NAME = re.compile(r"[a-z][a-z0-9]*(?:[-.+][a-z0-9]+)*")
PLACE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
LONGEST_NAME = 64
LONGEST_LINE = 200


class NewerInterface(RecordError):
    """A record was written for a newer plugin interface."""


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
    given: ClassVar[int] = 0
    """Arguments that pyframe passes to the implementation; the others are parameters."""

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
            When a field is not what it should be, or the record was written for a newer
            pyframe.
        """
        # Before anything else: a newer interface may know other names and fields.
        if not isinstance(self.api, int) or isinstance(self.api, bool) or self.api < 1:
            raise RecordError(
                f"a {self.kind} record's api must be an int >= 1, got {shown(self.api)}"
            )
        if self.api > API:
            raise NewerInterface(
                f"{self.kind} {shown(self.name)} needs plugin interface {shown(self.api)}, "
                f"this pyframe speaks {API}: upgrade pyframe"
            )
        if not isinstance(self.name, str):
            seen = type(self.name).__name__
            raise RecordError(
                f"a {self.kind} record's name must be a str, got {seen} {shown(self.name)}"
            )
        if len(self.name) > LONGEST_NAME or not NAME.fullmatch(self.name):
            raise RecordError(
                f"{self.kind} name {self.name[:LONGEST_NAME]!r} is not of the form "
                f"'lower-case-words' (letters and digits joined by single '-', '.' or '+', "
                f"at most {LONGEST_NAME} characters)"
            )
        for what, text in (("summary", self.summary), ("reference", self.reference)):
            if not isinstance(text, str) or not text.isprintable() or len(text) > LONGEST_LINE:
                raise RecordError(
                    f"{self.kind} {self.name!r}: {what} must be one line of at most "
                    f"{LONGEST_LINE} printable characters, got {shown(text)}"
                )
        if not _is_names(self.requires):
            raise RecordError(
                f"{self.kind} {self.name!r}: requires must be a tuple of module names, "
                f"got {shown(self.requires)}"
            )
        if self.impl is None or (isinstance(self.impl, str) and not PLACE.fullmatch(self.impl)):
            raise RecordError(
                f"{self.kind} {self.name!r}: impl must be an object or 'module:attribute', "
                f"got {shown(self.impl)}"
            )

    def __call__(self, *args: Any, **parameters: Any) -> Configured:
        """The thing with parameters other than its defaults."""
        return Configured(self, args, tuple(sorted(parameters.items())))

    def load(self) -> Any:
        """The implementation, imported now if the record names it by text.

        Raises
        ------
        PluginError
            When it, or a module it requires, cannot be imported.
        """
        for module in self.requires:
            self._import(module, f"needs the module {module!r}, which cannot be imported")
        if not isinstance(self.impl, str):
            return self.impl
        place, _, attribute = self.impl.partition(":")
        module = self._import(place, f"cannot be loaded from {self.impl!r}")
        try:
            return getattr(module, attribute)
        except AttributeError as error:
            raise PluginError(
                f"{self.kind} {self.name!r} cannot be loaded from {self.impl!r}: {error}"
            ) from error

    def _import(self, module: str, trouble: str) -> Any:
        try:
            return import_module(module)
        except (Exception, SystemExit) as error:
            raise PluginError(
                f"{self.kind} {self.name!r} {trouble} ({type(error).__name__}: {error})"
            ) from error

    def parameters(self) -> dict[str, Any]:
        """The parameters with their defaults (``inspect.Parameter.empty`` if there is none).

        Examples
        --------
        >>> import pyframe as pf
        >>> [known] = [k for k in pf.plugins("criterion") if k.name == "strong-wolfe"]
        >>> known.record.parameters()
        {'c1': 0.0001, 'c2': 0.9}
        """
        return _parameters(self.load(), self.given)


def _is_names(given: object) -> bool:
    if not isinstance(given, tuple):
        return False
    names = cast("tuple[Any, ...]", given)
    return all(isinstance(name, str) and name for name in names)


def _parameters(implementation: Any, given: int) -> dict[str, Any]:
    try:
        found = list(inspect.signature(implementation).parameters.values())
    except (TypeError, ValueError):
        return {}
    if not isinstance(implementation, type | Constructor):
        found = found[given:]
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {p.name: p.default for p in found if p.kind in named}


class Constructor:
    """Base of implementations that are called with the parameters to make the thing."""

    def __call__(self, **parameters: Any) -> Any:
        """Make the thing."""
        raise PluginError(f"{type(self).__name__} makes nothing from {sorted(parameters)}")


@dataclass(frozen=True)
class Configured:
    """A record together with the parameters chosen for it."""

    record: Record
    args: tuple[Any, ...] = ()
    parameters: tuple[tuple[str, Any], ...] = ()

    def build(self) -> Any:
        """The implementation with its parameters bound.

        Raises
        ------
        ParameterTypeError
            When it has no such parameter.
        PluginError
            When it cannot be loaded.
        """
        implementation = self.record.load()
        parameters = dict(self.parameters)
        self._refuse_unknown(implementation, parameters)
        if isinstance(implementation, type | Constructor):
            return implementation(*self.args, **parameters)
        if self.args:
            raise ParameterTypeError(
                f"{self.record.kind} {self.record.name!r} takes its parameters by name"
            )
        return partial(implementation, **parameters) if parameters else implementation

    def _refuse_unknown(self, implementation: Any, parameters: dict[str, Any]) -> None:
        if not parameters or isinstance(implementation, Constructor):
            return
        known = _parameters(implementation, self.record.given)
        for name in parameters:
            if known and name not in known:
                raise ParameterTypeError(
                    f"{self.record.kind} {self.record.name!r} has no parameter {name!r}; "
                    f"it has {', '.join(known)}"
                )


NEEDS = ("value", "slope", "curvature")


@dataclass(frozen=True)
class _LineRecord(Record):
    """A record whose implementation looks at values, slopes or curvatures of phi."""

    needs: str = "value"

    def check(self) -> None:
        super().check()
        if self.needs not in NEEDS:
            raise RecordError(
                f"{self.kind} {self.name!r}: needs must be one of {', '.join(NEEDS)}, "
                f"got {shown(self.needs)}"
            )

    def _check_flag(self, name: str) -> None:
        value = getattr(self, name)
        if not isinstance(value, bool):
            raise RecordError(
                f"{self.kind} {self.name!r}: {name} must be True or False, got {shown(value)}"
            )


@dataclass(frozen=True)
class CriterionRecord(_LineRecord):
    """A test that says of a trial step: accept, too long, too short or stall.

    `can_lengthen` tells whether it may answer "too short".
    """

    kind: ClassVar[str] = "criterion"
    given: ClassVar[int] = 2
    recorded: ClassVar[Any] = None
    """The compiled handle of one that answers without Python, once it is made; no copy has it."""

    can_lengthen: bool = True

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "recorded"}

    def check(self) -> None:
        super().check()
        self._check_flag("can_lengthen")
        if self.needs == "curvature":
            raise RecordError(
                f"criterion {self.name!r}: needs must be value or slope, got 'curvature'"
            )


@dataclass(frozen=True)
class StrategyRecord(_LineRecord):
    """A rule that proposes the next trial step; `can_grow` if it can lengthen one.

    `criterion` names the criterion that ``minimize`` pairs it with by default.
    """

    kind: ClassVar[str] = "strategy"
    given: ClassVar[int] = 3
    can_grow: bool = True
    criterion: str | None = None

    def check(self) -> None:
        super().check()
        self._check_flag("can_grow")
        if not isinstance(self.criterion, str | None):
            raise RecordError(
                f"strategy {self.name!r}: criterion must be a name, got {shown(self.criterion)}"
            )


@dataclass(frozen=True)
class ScalarMethodRecord(_LineRecord):
    """A minimiser of a function of one variable on a bracket."""

    kind: ClassVar[str] = "scalar-method"
    given: ClassVar[int] = 2


@dataclass(frozen=True)
class InitialStepRecord(Record):
    """A rule for the first trial step of each line search."""

    kind: ClassVar[str] = "initial-step"
    given: ClassVar[int] = 1


@dataclass(frozen=True)
class DirectionRecord(Record):
    """A rule for the search direction of each outer iteration.

    `criterion` and `initial_step` are what ``minimize`` pairs it with by default: a name or
    ``"module:attribute"``.
    """

    kind: ClassVar[str] = "direction"
    criterion: str = "strong-wolfe"
    initial_step: str = "first-order-change"

    def check(self) -> None:
        super().check()
        for what, given in (("criterion", self.criterion), ("initial_step", self.initial_step)):
            if not isinstance(given, str):
                raise RecordError(
                    f"direction {self.name!r}: {what} must be a name, got {shown(given)}"
                )


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
    """A function that the graph holds as one node (``pf.primitive``).

    `replaces` names the functions of other packages, such as ``"scipy.special.struve"``, that it
    stands in for when one of them is given a traced value.  For that, `impl` may also be an
    ordinary function made of primitives.
    """

    kind: ClassVar[str] = "primitive"
    replaces: tuple[str, ...] = ()

    def check(self) -> None:
        super().check()
        if not _is_names(self.replaces):
            raise RecordError(
                f"primitive {self.name!r}: replaces must be a tuple of functions' names, "
                f"got {shown(self.replaces)}"
            )


@dataclass(frozen=True)
class RuleRecord(Record):
    """The differential of the primitive of the same name, for one that comes without.

    With `reverse` it is the adjoint of the differential.
    """

    kind: ClassVar[str] = "rule"
    reverse: bool = False


@dataclass(frozen=True)
class SpaceRecord(Record):
    """A set of matrices, by the orthogonal projector onto its directions.

    The implementation is a function ``(G, X)`` of expressions: the projection of the gradient
    `G` onto the directions in which the variable `X` may move.  `assumes` names what the space
    says of X, such as ``"symmetric"`` (see ``pf.Symbol``).  `view` tells that the gradient is
    shown in other coordinates rather than projected.  A space whose directions depend on X gives
    in `sample` a function ``(rng, shape)`` that draws a point of it.
    """

    kind: ClassVar[str] = "space"
    given: ClassVar[int] = 2
    assumes: tuple[str, ...] = ()
    view: bool = False
    sample: Callable[..., Any] | None = None

    def draw(self, rng: Any, shape: tuple[int, ...]) -> Any:
        """A random point; any array, for a space whose directions are everywhere the same."""
        return rng.standard_normal(shape) if self.sample is None else self.sample(rng, shape)

    def check(self) -> None:
        super().check()
        if self.sample is not None and not callable(self.sample):
            raise RecordError(
                f"space {self.name!r}: sample must be a function (rng, shape), "
                f"got {shown(self.sample)}"
            )
        if not isinstance(self.view, bool):
            raise RecordError(
                f"space {self.name!r}: view must be True or False, got {shown(self.view)}"
            )
        if not _is_names(self.assumes):
            raise RecordError(
                f"space {self.name!r}: assumes must be a tuple of assumptions' names, "
                f"got {shown(self.assumes)}"
            )


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
