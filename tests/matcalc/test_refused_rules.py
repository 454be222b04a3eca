"""A rule that is refused leaves its operator without a differential in formulas, too: a derivative
names the operator, and a value is still known."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import MissingRule, RuleRefused

LIES = {
    # each in place of 3 x^2 dx
    "wrong sign": lambda y, x, dx: -3 * x**2 * dx,
    "factor two": lambda y, x, dx: 6 * x**2 * dx,
    "wrong power": lambda y, x, dx: 3 * x**3 * dx,
    "not linear": lambda y, x, dx: 3 * x**2 * dx * np.abs(dx),
    "affine": lambda y, x, dx: 3 * x**2 * dx + 1e-3,
    "half of the line": lambda y, x, dx: np.where(x > 0, 3 * x**2, 2.9 * x**2) * dx,
    "a little off": lambda y, x, dx: 3.0001 * x**2 * dx,
    "zero": lambda y, x, dx: 0 * dx,
    "no direction": lambda y, x, dx: 3 * x**2,
    "nothing": lambda y, x, dx: None,
}


@pytest.mark.parametrize("proof", ["at-once", "on-first-use"])
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_no_gradient(lie, proof):
    cube = pf.primitive("cube-of-liars", proof=proof)(lambda x: x**3)
    if proof == "at-once":
        with pytest.raises(RuleRefused):
            pf.rule(cube)(LIES[lie])
    else:
        pf.rule(cube)(LIES[lie])
    e = pf.matrix(lambda x, A: np.sum(cube(A @ x)), x="n", A="m,n")
    A, x = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([0.3, 0.7])
    assert np.isclose(e(A=A, x=x), np.sum((A @ x) ** 3))
    for derive in (e.gradient, e.differential, e.hessian):
        with pytest.raises(MissingRule, match="cube_of_liars"):
            derive("x")
    with pytest.raises(MissingRule, match="cube_of_liars"):
        e.compile("x")


def test_the_truth_after_a_lie():
    cube = pf.primitive("cube-after-all")(lambda x: x**3)
    with pytest.raises(RuleRefused):
        pf.rule(cube)(LIES["factor two"])
    pf.rule(cube)(lambda y, x, dx: 3 * x**2 * dx)
    e = pf.matrix(lambda x: np.sum(cube(x)), x="n")
    assert np.allclose(e.gradient("x")(x=np.array([1.0, 2.0])), [3.0, 12.0])
