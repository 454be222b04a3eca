"""The hooks: plain functions without arguments that return lists of records.

A plugin module defines those it needs, under exactly these names; no decorator is needed.
"""

from __future__ import annotations

from pyframe.registry.records import (
    ADModeRecord,
    CriterionRecord,
    DirectionRecord,
    InitialStepRecord,
    PrimitiveRecord,
    ProblemRecord,
    Record,
    RuleRecord,
    ScalarMethodRecord,
    SpaceRecord,
    StrategyRecord,
)


class HookSpecs:
    """Every hook that pyframe calls."""

    def pyframe_criteria(self) -> list[CriterionRecord]:
        """Criteria: tests of a trial step (``pf.criterion``)."""
        return []

    def pyframe_strategies(self) -> list[StrategyRecord]:
        """Strategies: rules for the next trial step (``pf.strategy``)."""
        return []

    def pyframe_scalar_methods(self) -> list[ScalarMethodRecord]:
        """Minimisers of a function of one variable (``pf.scalar_method``)."""
        return []

    def pyframe_initial_steps(self) -> list[InitialStepRecord]:
        """Rules for the first trial step (``pf.initial_step``)."""
        return []

    def pyframe_directions(self) -> list[DirectionRecord]:
        """Search directions (``pf.direction``)."""
        return []

    def pyframe_problems(self) -> list[ProblemRecord]:
        """Test problems for benchmarks and the conformance kit (``pf.problem``)."""
        return []

    def pyframe_ad_modes(self) -> list[ADModeRecord]:
        """Modes of automatic differentiation."""
        return []

    def pyframe_primitives(self) -> list[PrimitiveRecord]:
        """Functions that the graph holds as one node."""
        return []

    def pyframe_rules(self) -> list[RuleRecord]:
        """Differentials of primitives."""
        return []

    def pyframe_spaces(self) -> list[SpaceRecord]:
        """Spaces of matrices (``pf.space``)."""
        return []


HOOKS: dict[str, type[Record]] = {
    "pyframe_criteria": CriterionRecord,
    "pyframe_strategies": StrategyRecord,
    "pyframe_scalar_methods": ScalarMethodRecord,
    "pyframe_initial_steps": InitialStepRecord,
    "pyframe_directions": DirectionRecord,
    "pyframe_problems": ProblemRecord,
    "pyframe_ad_modes": ADModeRecord,
    "pyframe_primitives": PrimitiveRecord,
    "pyframe_rules": RuleRecord,
    "pyframe_spaces": SpaceRecord,
}
"""Each hook and the kind of record it returns."""
