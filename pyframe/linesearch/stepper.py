"""A step-size search driven by hand."""

from __future__ import annotations

from typing import Any

from pyframe import _core
from pyframe.registry.resolve import handle
from pyframe.results import Status, Trial


class Stepper:
    """A line search that evaluates nothing by itself: ask for a step, tell phi there.

    Parameters
    ----------
    value, slope : float
        phi(0) and phi'(0).
    first : float
        The first step.
    criterion, strategy : str or parameter object
        As for ``line_search``.
    max_step : float, optional
        No longer step is asked for.
    max_evaluations : int
        Trials at most.

    Raises
    ------
    ParameterError, ParameterTypeError
        For a first step that is not finite and > 0, and the like.

    Examples
    --------
    >>> import pyframe as pf
    >>> search = pf.Stepper(value=4.0, slope=-4.0, first=0.1)   # phi = (alpha - 2)**2
    >>> while (alpha := search.ask()) is not None:
    ...     search.tell((alpha - 2) ** 2, 2 * (alpha - 2))
    >>> search.status.value, search.step
    ('converged', 1.0)
    """

    def __init__(
        self,
        value: float,
        slope: float,
        first: float = 1.0,
        criterion: Any = "strong-wolfe",
        strategy: Any = "interpolation",
        *,
        max_step: float | None = None,
        max_evaluations: int = 100,
    ) -> None:
        self._search = _core.Stepper(
            value,
            slope,
            first,
            handle("criterion", criterion),
            handle("strategy", strategy),
            max_step,
            max_evaluations,
        )

    def ask(self) -> float | None:
        """The next step to evaluate, or None when the search is over."""
        return self._search.ask()

    def tell(
        self, value: float, slope: float | None = None, curvature: float | None = None
    ) -> None:
        """Give phi at the step asked for, with phi' and phi'' as far as the search looks.

        A search that is told values alone runs like ``line_search`` without ``grad=``.
        """
        self._search.tell(value, slope, curvature)

    @property
    def status(self) -> Status | None:
        """How the search ended, or None while it runs."""
        return self._search.status

    @property
    def step(self) -> float | None:
        """The accepted step, or the best one seen; None while the search runs."""
        return self._search.step

    @property
    def trace(self) -> list[Trial]:
        """Every trial so far, with its verdict."""
        return self._search.trace
