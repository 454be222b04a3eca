"""Sizes that are products: what values say of their names."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import ShapeError


def test_a_power_of_a_size_is_found_from_its_root():
    e = pf.matrix("x'*K*y", K="n*n,m", x="n*n", y="m")
    values = {"K": np.ones((4, 3)), "x": np.ones(4), "y": np.ones(3)}
    assert e(**values) == 12.0
    assert e.gradient("K")(**values).shape == (4, 3)
    assert pf.matrix("n + sum(x)", x="3*n*n*n")(x=np.ones(24)) == 26.0
    assert pf.matrix("sum(K)", K="n*n,m").gradient("K").check().ok
    with pytest.raises(
        ShapeError, match=r"K has shape \(n\*n, m\), got \(5, 3\): n\*n = 5 has no n"
    ):
        pf.matrix("sum(K)", K="n*n,m")(K=np.ones((5, 3)))
    with pytest.raises(ShapeError, match=r"2\*n = 5 has no n"):
        pf.matrix("sum(x)", x="2*n")(x=np.ones(5))


def test_what_several_values_say_in_any_order():
    e = pf.matrix("sum(x) + sum(y) + sum(z)", x="p*q", y="q*r", z="r")
    values = {"x": np.ones(6), "y": np.ones(12), "z": np.ones(4)}
    for order in ("xyz", "zyx", "yxz", "xzy"):
        assert e(**{name: values[name] for name in order}) == 22.0
    with pytest.raises(ShapeError, match=r"p, q are not known: give one of them too, as in p=2"):
        pf.matrix("sum(x)", x="p*q")(x=np.ones(6))
    assert pf.matrix("sum(x) + q", x="p*q")(x=np.ones(6), p=2) == 9.0
    with pytest.raises(ShapeError, match=r"p\*q is 8"):
        pf.matrix("sum(x)", x="p*q")(x=np.ones(6), p=2, q=4)
    assert pf.matrix("sum(x)", x="2*n")(x=np.ones(0)) == 0.0
