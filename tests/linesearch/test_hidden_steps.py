"""A step too short to be seen is no reason to give up while longer ones are left.

Secant steps from a first trial at 1e32 are 1e-31 long; the search used to end there with
the status "precision".
"""

import math

import numpy as np
import pytest
from valleys import STRATEGIES

import pyframe as pf

LENGTHENING = {
    strategy: {"wolfe", "strong-wolfe", "approximate-wolfe"} & set(criteria)
    for strategy, criteria in STRATEGIES.items()
}
PAIRS = [(c, s) for s, criteria in LENGTHENING.items() for c in sorted(criteria)]


@pytest.mark.parametrize(("criterion", "strategy"), PAIRS)
def test_a_wall_far_too_high(criterion, strategy):
    r = pf.line_search(
        lambda x: 350 + math.exp(2.5 * x[0]) - 5 * x[0],
        [0.0],
        [1.0],
        lambda x: np.array([2.5 * math.exp(2.5 * x[0]) - 5]),
        criterion,
        strategy,
        30.0,
    )
    assert r.success
    assert r.fun < 351
