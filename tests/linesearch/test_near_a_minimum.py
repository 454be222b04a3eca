"""Searches that start 1e-4 to 1e-9 from a minimum, where rounding hides the decrease.

A step is accepted only if it does not move away from the minimum; otherwise the status is
``precision``.  The criteria ``any`` and ``curvature`` ask for no decrease and are left out.
"""

import math
from collections import Counter

import numpy as np
import pytest
from valleys import STRATEGIES, on_values

import pyframe as pf

FUNCTIONS = {
    "(x-1)^2": (1.0, lambda x: (x - 1) ** 2, lambda x: 2 * (x - 1), lambda _: 2.0),
    "50 (x-1)^2 - 3": (
        1.0,
        lambda x: 50 * (x - 1) ** 2 - 3,
        lambda x: 100 * (x - 1),
        lambda _: 1e2,
    ),
    "1e6 + (x-1)^2": (1.0, lambda x: 1e6 + (x - 1) ** 2, lambda x: 2 * (x - 1), lambda _: 2.0),
    "cosh x": (0.0, math.cosh, math.sinh, math.cosh),
    "cosh(x-1)": (1.0, lambda x: math.cosh(x - 1), lambda x: math.sinh(x - 1), lambda _: 1.0),
}
PAIRS = [
    (criterion, strategy, slopes)
    for strategy, criteria in STRATEGIES.items()
    for criterion in criteria
    if criterion not in ("any", "curvature")
    for slopes in (True, False)
    if slopes or on_values(criterion, strategy)
]
STARTS = [s * 1.234567 * 10.0**e for e in range(-9, -3) for s in (-1, 1)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_step_is_taken_towards_the_minimum_or_not_at_all(name):
    minimum, f, df, d2f = FUNCTIONS[name]
    count = Counter()
    for distance in STARTS:
        x, slope = minimum + distance, df(minimum + distance)
        for first in (0.5, 1.0, 10.0):
            for criterion, strategy, slopes in PAIRS:
                r = pf.line_search(
                    lambda x: f(x[0]),
                    [x],
                    [-slope],
                    (lambda x: np.array([df(x[0])])) if slopes else None,
                    criterion,
                    strategy,
                    first,
                    hessp=lambda x, v: d2f(x[0]) * v,
                    grad0=[slope],
                )
                case = (criterion, strategy, slopes, distance, first, r)
                assert abs(r.x[0] - minimum) <= abs(x - minimum), case
                # The one step of "static" may be seen to be too long.
                seen = ("stopped",) if strategy == "static" else ()
                assert r.status in ("converged", "precision", *seen), case
                count[str(r.status)] += 1
    print(f"{name}: {dict(count)}")
    assert count["converged"] > 3 * count["precision"]
