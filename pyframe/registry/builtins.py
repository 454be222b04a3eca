"""The built-in names, given through the same hooks that plugins use."""

from __future__ import annotations

from typing import Any

from pyframe.registry.along_the_line import along_the_line
from pyframe.registry.records import (
    ADModeRecord,
    CriterionRecord,
    DirectionRecord,
    InitialStepRecord,
    ScalarMethodRecord,
    SpaceRecord,
    StrategyRecord,
)

_LECTURE = "lecture, section 1"


def pyframe_criteria() -> list[CriterionRecord]:
    """Criteria."""

    def record(
        name: str, cls: str, needs: str, longer: bool, summary: str, reference: str = ""
    ) -> CriterionRecord:
        return CriterionRecord(
            name,
            f"pyframe.linesearch.criteria:{cls}",
            summary,
            reference,
            needs=needs,
            can_lengthen=longer,
        )

    return [
        record("any", "Any", "value", False, "every finite value"),
        record("armijo", "Armijo", "value", False, "sufficient decrease", "Armijo 1966"),
        record("goldstein", "Goldstein", "value", True, "two-sided decrease", "Goldstein 1965"),
        record("curvature", "Curvature", "slope", True, "slope no longer steep", "Wolfe 1969"),
        record("wolfe", "Wolfe", "slope", True, "decrease and curvature", "Wolfe 1969"),
        record(
            "strong-wolfe",
            "StrongWolfe",
            "slope",
            True,
            "decrease and small slope",
            "Nocedal and Wright 2006, eq. 3.7",
        ),
        record(
            "approximate-wolfe",
            "ApproximateWolfe",
            "slope",
            True,
            "Wolfe by slopes near a minimum",
            "Hager and Zhang 2005",
        ),
        record(
            "nonmonotone",
            "Nonmonotone",
            "value",
            False,
            "decrease from the worst of the last values",
            "Grippo, Lampariello, Lucidi 1986",
        ),
        record(
            "averaged",
            "Averaged",
            "value",
            False,
            "decrease from an average of the values",
            "Zhang and Hager 2004",
        ),
        record(
            "filter",
            "Filter",
            "slope",
            False,
            "not dominated in value and slope",
            "after Gould, Sainvitu, Toint 2005",
        ),
        record("exact", "Exact", "value", True, "the strategy's own minimiser", _LECTURE),
    ]


def pyframe_scalar_methods() -> list[ScalarMethodRecord]:
    """Scalar methods."""

    def record(name: str, cls: str, needs: str, summary: str, reference: str) -> ScalarMethodRecord:
        impl = f"pyframe.linesearch.scalar_methods:{cls}"
        return ScalarMethodRecord(name, impl, summary, reference, needs=needs)

    return [
        record(
            "dichotomy", "Dichotomy", "value", "halve the bracket around a kept middle", _LECTURE
        ),
        record("golden", "Golden", "value", "golden section", "Kiefer 1953"),
        record(
            "fibonacci", "Fibonacci", "value", "fewest evaluations for an accuracy", "Kiefer 1953"
        ),
        record("parabolic", "Parabolic", "value", "parabolic interpolation, safeguarded", _LECTURE),
        record("brent", "Brent", "value", "parabola or golden section", "Brent 1973"),
        record(
            "chandrupatla", "Chandrupatla", "value", "quadratic fit or section", "Chandrupatla 1998"
        ),
        record("random", "Random", "value", "two random points an iteration", _LECTURE),
        record(
            "slope-bisection", "SlopeBisection", "slope", "bisect on the slope's sign", "folklore"
        ),
        record("secant", "Secant", "slope", "secant on the slope, safeguarded", "folklore"),
        record("cubic", "Cubic", "slope", "cubic interpolation, safeguarded", "Davidon 1959"),
        record("newton-1d", "Newton", "curvature", "Newton on the slope, safeguarded", "folklore"),
    ]


def pyframe_strategies() -> list[StrategyRecord]:
    """Strategies; every scalar method is one as well."""

    def record(
        name: str,
        impl: str,
        needs: str,
        grow: bool,
        summary: str,
        reference: str = "",
        criterion: str | None = None,
    ) -> StrategyRecord:
        return StrategyRecord(
            name, impl, summary, reference, needs=needs, can_grow=grow, criterion=criterion
        )

    own = "pyframe.linesearch.strategies:"
    return [
        record("static", own + "Static", "value", False, "the initial step", criterion="any"),
        record(
            "backtracking",
            own + "Backtracking",
            "value",
            False,
            "shorten until good enough",
            _LECTURE,
            "armijo",
        ),
        record(
            "bisection",
            own + "Bisection",
            "value",
            True,
            "bracket by verdicts alone",
            "Burke, Lewis, Overton 2005",
        ),
        record(
            "zoom", own + "Zoom", "slope", True, "grow, then cubic zoom", "Nocedal and Wright 2006"
        ),
        record(
            "more-thuente",
            own + "MoreThuente",
            "slope",
            True,
            "safeguarded cubic",
            "Moré, Thuente 1994",
        ),
        record(
            "hager-zhang", own + "HagerZhang", "slope", True, "double secant", "Hager, Zhang 2005"
        ),
        record(
            "interpolation", own + "Interpolation", "slope", True, "guarded interpolation (default)"
        ),
        *map(along_the_line, pyframe_scalar_methods()),
    ]


def pyframe_initial_steps() -> list[InitialStepRecord]:
    """Initial steps."""

    def record(name: str, cls: str, summary: str, reference: str = "") -> InitialStepRecord:
        return InitialStepRecord(
            name, f"pyframe.linesearch.initial_steps:{cls}", summary, reference
        )

    return [
        record("constant", "Constant", "always the same"),
        record("unit", "Unit", "1; scaled in the first iteration"),
        record("previous", "Previous", "the last step again"),
        record(
            "first-order-change",
            "FirstOrderChange",
            "equal first-order change",
            "Nocedal and Wright 2006",
        ),
        record(
            "quadratic", "Quadratic", "by the last decrease", "Nocedal and Wright 2006, eq. 3.60"
        ),
        record("hager-zhang", "HagerZhang", "by a probe of phi", "Hager and Zhang 2005"),
        record("barzilai-borwein-1", "BarzilaiBorwein", "s.s / s.y", "Barzilai and Borwein 1988"),
        record(
            "barzilai-borwein-2", "ShortBarzilaiBorwein", "s.y / y.y", "Barzilai and Borwein 1988"
        ),
        record("polyak", "Polyak", "for a known least value", "Polyak 1969"),
    ]


def pyframe_directions() -> list[DirectionRecord]:
    """Directions."""

    def record(
        name: str,
        cls: str,
        initial: str,
        summary: str,
        reference: str,
        criterion: str = "strong-wolfe",
    ) -> DirectionRecord:
        impl = f"pyframe.optimize.directions:{cls}"
        return DirectionRecord(
            name, impl, summary, reference, criterion=criterion, initial_step=initial
        )

    conjugate = "pyframe.optimize.directions:CONJUGATE_WOLFE"
    return [
        record(
            "gradient-descent",
            "GradientDescent",
            "first-order-change",
            "minus the gradient",
            "Cauchy 1847",
        ),
        record("momentum", "Momentum", "previous", "heavy ball", "Polyak 1964"),
        record(
            "cg",
            "ConjugateGradient",
            "first-order-change",
            "conjugate gradients",
            "Hager, Zhang 2006",
            conjugate,
        ),
        record("bfgs", "BFGS", "unit", "dense quasi-Newton", "Nocedal and Wright 2006"),
        record("lbfgs", "LBFGS", "unit", "limited-memory quasi-Newton", "Nocedal 1980"),
        record("newton", "Newton", "constant", "modified Cholesky", "Gill, Murray, Wright 1981"),
        record("newton-cg", "NewtonCG", "constant", "Hessian products", "Nocedal and Wright 2006"),
    ]


def pyframe_ad_modes() -> list[ADModeRecord]:
    """Modes of automatic differentiation."""

    def record(name: str, cls: str, summary: str, reference: str = "") -> ADModeRecord:
        return ADModeRecord(name, f"pyframe.autodiff.modes:{cls}", summary, reference)

    return [
        record(
            "forward", "Forward", "tangents with the values, a pass for each input", "Wengert 1964"
        ),
        record(
            "reverse",
            "Reverse",
            "adjoints against the values, a pass for each output",
            "Linnainmaa 1970",
        ),
        record("auto", "Auto", "forward or reverse, whichever does less", "lecture, section 3"),
        record(
            "finite-difference", "FiniteDifference", "differences of values", "lecture, section 3"
        ),
        record(
            "complex-step",
            "ComplexStep",
            "one evaluation off the real axis",
            "Squire and Trapp 1998",
        ),
        record(
            "sparse",
            "Sparse",
            "the pattern from the graph, a pass for each colour",
            "Curtis, Powell, Reid 1974",
        ),
        record(
            "cross-country",
            "CrossCountry",
            "vertices eliminated in a cheap order, for small functions",
            "Griewank and Reese 1991",
        ),
        record(
            "checkpointed",
            "Checkpointed",
            "reverse in bounded memory: some states kept, others computed again",
            "Griewank and Walther 2000",
        ),
    ]


def _orthonormal(rng: Any, shape: tuple[int, ...]) -> Any:
    from pyframe.matcalc.spaces import orthonormal  # noqa: PLC0415  NumPy only when it is used

    return orthonormal(rng, shape)


def pyframe_spaces() -> list[SpaceRecord]:
    """Spaces."""

    def record(
        name: str,
        summary: str,
        *assumes: str,
        reference: str = "lecture, section 2",
        **options: Any,
    ) -> SpaceRecord:
        place = f"pyframe.matcalc.spaces:{name.replace('-', '_')}"
        return SpaceRecord(name, place, summary, reference, assumes=assumes, **options)

    cookbook = "Petersen and Pedersen, The Matrix Cookbook, section 2.8"
    return [
        record("general", "all matrices"),
        record("symmetric", "X = X'", "symmetric"),
        record(
            "symmetric-entries",
            "the entries of a symmetric matrix that are independent",
            "symmetric",
            reference=cookbook,
            view=True,
        ),
        record("skew", "X = -X'", "skew"),
        record("diagonal", "zero off the diagonal", "diagonal"),
        record("upper-triangular", "zero below the diagonal", "upper_triangular"),
        record(
            "stiefel",
            "orthonormal columns, X'X = I",
            reference="Edelman, Arias, Smith 1998",
            sample=_orthonormal,
        ),
        record("simplex", "elements of a constant sum"),
        record("toeplitz", "equal elements on each diagonal", reference=cookbook),
    ]


BUILTIN_HOOKS = (
    pyframe_criteria,
    pyframe_strategies,
    pyframe_scalar_methods,
    pyframe_initial_steps,
    pyframe_directions,
    pyframe_ad_modes,
    pyframe_spaces,
)
"""The built-in hooks, so that built-in names resolve without the plugin manager."""
