"""The functions that a plugin's tests call."""

from __future__ import annotations

from collections.abc import Iterable

from pyframe._checks import shown
from pyframe.errors import ParameterTypeError
from pyframe.registry.records import Configured, Record
from pyframe.testing import kit
from pyframe.testing.criterion import CRITERION
from pyframe.testing.outer import DIRECTION, INITIAL_STEP
from pyframe.testing.primitive import PRIMITIVE, RULE
from pyframe.testing.problem import PROBLEM
from pyframe.testing.report import Report
from pyframe.testing.scalar_method import SCALAR_METHOD
from pyframe.testing.space import SPACE
from pyframe.testing.strategy import STRATEGY
from pyframe.testing.subject import subject

PROPERTIES = {
    "criterion": CRITERION,
    "strategy": STRATEGY,
    "scalar-method": SCALAR_METHOD,
    "initial-step": INITIAL_STEP,
    "direction": DIRECTION,
    "problem": PROBLEM,
    "primitive": PRIMITIVE,
    "rule": RULE,
    "space": SPACE,
}
"""The properties of each kind that has any."""


def _check(kind: str, given: object, waive: Iterable[str], *, strict: bool) -> Report:
    checked = subject(kind, given)
    report = kit.run(checked.title, checked, PROPERTIES[kind], waive)
    return report.raise_if_failed() if strict else report


def check_criterion(given: object, *, strict: bool = False, waive: Iterable[str] = ()) -> Report:
    """Check a criterion.

    It answers with verdicts, keeps to its declared needs and to `can_lengthen`, is
    deterministic, indifferent to the units of phi and alpha, is never asked about trials
    that are not finite, accepts a step on parabolas with every strategy it may have, ends
    on rough lines, every success judged again, and keeps no state in itself.

    Parameters
    ----------
    given : str, record or parameter object
        The criterion.
    strict : bool
        Raise when a property fails.
    waive : iterable of str
        Properties that need not hold.

    Returns
    -------
    Report
        One finding for each property; prints as a table.

    Raises
    ------
    ConformanceError
        When `strict` and a property fails.
    UnknownNameError, ConflictError, ParameterTypeError, PluginError
        When there is nothing to check.

    Examples
    --------
    >>> from pyframe.testing import check_criterion
    >>> print(check_criterion("armijo").line())
    criterion armijo (pyframe 0.1.0): 8 of 8 properties hold
    """
    return _check("criterion", given, waive, strict=strict)


def check_strategy(given: object, *, strict: bool = False, waive: Iterable[str] = ()) -> Report:
    """Check a strategy.

    Its steps are positive and not above `max_step`; it lengthens steps if and only if it
    says so, finds a step on parabolas, ends for every built-in criterion it may have on
    rough lines (also beyond the edge of phi's domain, where phi falls for ever, and where
    no step is acceptable), is deterministic and keeps no state in itself.

    Parameters
    ----------
    given, strict, waive
        As for :func:`check_criterion`.

    Returns
    -------
    Report
        As for :func:`check_criterion`.

    Raises
    ------
    ConformanceError, UnknownNameError, ConflictError, ParameterTypeError, PluginError
        As for :func:`check_criterion`.

    Examples
    --------
    >>> from pyframe.testing import check_strategy
    >>> check_strategy("backtracking").passed
    True
    """
    return _check("strategy", given, waive, strict=strict)


def check_scalar_method(
    given: object, *, strict: bool = False, waive: Iterable[str] = ()
) -> Report:
    """Check a scalar method.

    It evaluates no point outside the bounds, returns the best point evaluated, counts as a
    wrapper does, converges on unimodal functions, survives NaN on a half of the interval,
    keeps to its budget, is deterministic, and works in batches.

    Parameters
    ----------
    given, strict, waive
        As for :func:`check_criterion`.

    Returns
    -------
    Report
        As for :func:`check_criterion`.

    Raises
    ------
    ConformanceError, UnknownNameError, ConflictError, ParameterTypeError, PluginError
        As for :func:`check_criterion`.

    Examples
    --------
    >>> from pyframe.testing import check_scalar_method
    >>> check_scalar_method("golden").passed
    True
    """
    return _check("scalar-method", given, waive, strict=strict)


def check_initial_step(given: object, *, strict: bool = False, waive: Iterable[str] = ()) -> Report:
    """Check an initial-step rule: positive steps in every situation, deterministic runs.

    Parameters
    ----------
    given, strict, waive
        As for :func:`check_criterion`.

    Returns
    -------
    Report
        As for :func:`check_criterion`.

    Raises
    ------
    ConformanceError, UnknownNameError, ConflictError, ParameterTypeError, PluginError
        As for :func:`check_criterion`.
    """
    return _check("initial-step", given, waive, strict=strict)


def check_direction(given: object, *, strict: bool = False, waive: Iterable[str] = ()) -> Report:
    """Check a direction: it minimises, goes down in every iteration, is deterministic.

    Parameters
    ----------
    given, strict, waive
        As for :func:`check_criterion`.

    Returns
    -------
    Report
        As for :func:`check_criterion`.

    Raises
    ------
    ConformanceError, UnknownNameError, ConflictError, ParameterTypeError, PluginError
        As for :func:`check_criterion`.
    """
    return _check("direction", given, waive, strict=strict)


def check_space(given: object, *, strict: bool = False, waive: Iterable[str] = ()) -> Report:
    """Check a space of matrices.

    Its projector makes an expression of the shape of X, linear in the gradient and self-adjoint;
    applied twice it changes nothing, unless the record says that it is a view; and its directions
    keep what the space assumes.

    Parameters
    ----------
    given, strict, waive
        As for :func:`check_criterion`.

    Returns
    -------
    Report
        As for :func:`check_criterion`.

    Raises
    ------
    ConformanceError, UnknownNameError, ConflictError, ParameterTypeError, PluginError
        As for :func:`check_criterion`.

    Examples
    --------
    >>> from pyframe.testing import check_space
    >>> check_space("symmetric").passed
    True
    """
    return _check("space", given, waive, strict=strict)


def check(record: Record, *, strict: bool = False, waive: Iterable[str] = ()) -> Report:
    """Check what a record names, whatever its kind.

    Parameters
    ----------
    record : Record
        From one of the decorators or ``pf.plugins()``.
    strict, waive
        As for :func:`check_criterion`.

    Returns
    -------
    Report
        As for :func:`check_criterion`.

    Raises
    ------
    ParameterTypeError
        For a kind that has no properties.
    ConformanceError, PluginError
        As for :func:`check_criterion`.
    """
    given = record.record if isinstance(record, Configured) else record
    if not isinstance(given, Record) or given.kind not in PROPERTIES:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterTypeError(
            f"check takes a record of a {', '.join(PROPERTIES)}, got {shown(given)}"
        )
    return _check(given.kind, record, waive, strict=strict)
