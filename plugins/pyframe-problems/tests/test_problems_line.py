"""More and Thuente's functions: closed-form slopes, the published table, its algorithm."""

from __future__ import annotations

import numpy as np
import pytest
from pyframe_problems import problem

from pyframe.testing.problems import LineProblem

NAMES = [f"more-thuente-{i}" for i in range(1, 7)]

# The paper's tables I to VI: (mu, eta), and nfev for alpha_0 = 1e-3, 1e-1, 1e1, 1e3.
PUBLISHED = {
    "more-thuente-1": (0.001, 0.1, (6, 3, 1, 4)),
    "more-thuente-2": (0.1, 0.1, (12, 8, 8, 11)),
    "more-thuente-3": (0.1, 0.1, (12, 12, 10, 13)),
    "more-thuente-4": (0.001, 0.001, (4, 1, 3, 4)),
    "more-thuente-5": (0.001, 0.001, (6, 3, 7, 8)),
    "more-thuente-6": (0.001, 0.001, (13, 11, 8, 11)),
}


@pytest.mark.parametrize("name", NAMES)
def test_published_setting(name):
    p = problem(name)
    assert isinstance(p, LineProblem)
    assert p.starts == (1e-3, 1e-1, 1e1, 1e3)
    assert (p.c1, p.c2, p.evaluations) == PUBLISHED[name]
    assert p.slope(0.0) < 0


@pytest.mark.parametrize("name", NAMES)
def test_slope_by_complex_step(name):
    p = problem(name)
    points = np.random.default_rng(2).uniform(0.0, 3.0, 40)
    # Both sides and the middle of the rounded kink of function 3, and its borders.
    for a in [0.0, 0.985, 0.99, 0.995, 1.0, 1.005, 1.01, 1.015, 40.0, *points]:
        expected = p.phi(np.complex128(complex(a, 1e-40))).imag / 1e-40
        assert p.slope(a) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "alpha", "value"),
    [
        ("more-thuente-1", 2**0.5, -(2**0.5) / 4),
        ("more-thuente-2", 1.6 - 0.004, 1.6**5 - 2 * 1.6**4),
        ("more-thuente-3", 0.0, 1.0),
        ("more-thuente-3", 2.0, 1.0),
        ("more-thuente-4", 0.5, 2 * (1.000001**0.5 - 0.001) * 0.250001**0.5),
    ],
)
def test_values(name, alpha, value):
    assert problem(name).phi(alpha) == pytest.approx(value, rel=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_dcsrch_takes_the_published_evaluations(name):
    """SciPy's translation of the authors' own code, with the bounds of their driver."""
    dcsrch = pytest.importorskip("scipy.optimize._dcsrch").DCSRCH
    p = problem(name)
    counts = []
    for start in p.starts:
        trials = []

        def phi(alpha, trials=trials):
            trials.append(alpha)
            return p.phi(alpha)

        search = dcsrch(phi, p.slope, p.c1, p.c2, 1e-10, 0.0, 4 * max(1.0, start))
        search(start, phi0=p.phi(0.0), derphi0=p.slope(0.0), maxiter=100)
        counts.append(len(trials))
    assert tuple(counts) == p.evaluations
