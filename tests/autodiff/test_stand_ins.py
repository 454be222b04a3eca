"""Primitives that stand in for functions of other packages, and rules that come separately."""

import numpy as np
import pytest
import scipy.special as sp

import pyframe as pf
from pyframe.errors import ConflictError, MissingRule, RecordError, UnsupportedOperation
from pyframe.registry.records import PrimitiveRecord

X = np.array([0.5, 1.0, 2.0])


@pf.primitive("log-wright", arguments=("x",), replaces="scipy.special.wrightomega")
def omega(x):
    """Wright's omega, w + log(w) = x."""
    return sp.wrightomega(x)


@omega.rule
def _(y, x, dx):
    return y / (1 + y) * dx


def called(x):
    return np.sum(sp.wrightomega(x))


def test_it_stands_in_while_it_is_registered():
    with pytest.raises(
        UnsupportedOperation, match=r"scipy\.special\.wrightomega cannot be recorded"
    ):
        pf.grad(called)(X)
    with pf.register(omega):
        w = sp.wrightomega(X)
        np.testing.assert_allclose(pf.grad(called)(X), w / (1 + w), rtol=1e-14)
        np.testing.assert_allclose(
            pf.hessian(called)(X), np.diag(w / (1 + w) ** 3), rtol=1e-13, atol=1e-16
        )
        assert called(X) == np.sum(w)
    with pytest.raises(UnsupportedOperation):
        pf.grad(called)(X)


def test_it_is_loaded_when_it_is_called():
    record = PrimitiveRecord(
        "lazy-wright", f"{__name__}:omega", replaces=("scipy.special.wrightomega",)
    )
    with pf.register(record):
        assert pf.grad(called)(X).shape == (3,)


def test_two_that_stand_in_for_one():
    other = PrimitiveRecord("other", f"{__name__}:omega", replaces=omega.replaces)
    with (
        pf.register(omega),
        pf.register(other),
        pytest.raises(ConflictError, match="more than one primitive"),
    ):
        pf.grad(called)(X)


def test_a_function_made_of_primitives():
    def both(x):
        return omega(x), omega(x) + np.log(omega(x))

    record = PrimitiveRecord("pair", both, replaces=("scipy.special.wrightomega",))
    with pf.register(record):
        found = pf.grad(lambda x: np.sum(sp.wrightomega(x)[1]))(X)
    np.testing.assert_allclose(found, 1, rtol=1e-13)


def test_a_rule_from_another_package():
    def second_zeta(q):
        return sp.zeta(2, q)

    bare = pf.primitive("bare", domain=(0, np.inf))(second_zeta)
    third = pf.primitive("third", domain=(0, np.inf))(lambda q: sp.zeta(3, q))
    with pf.register(bare):
        with pytest.raises(MissingRule, match="'bare'"):
            pf.derivative(bare)(0.5)
        with pf.register(pf.rule("bare")(lambda y, q, dq: -2 * third(q) * dq)):
            assert pf.derivative(bare)(0.5) == -2 * sp.zeta(3, 0.5)


@pytest.mark.parametrize("replaces", ["scipy.special.ker", ("",), (1,)])
def test_names_of_functions(replaces):
    with pytest.raises(RecordError, match="replaces must be a tuple"):
        PrimitiveRecord("named", "module:attribute", replaces=replaces).check()


def test_minimize_through_a_primitive():
    with pf.register(omega):
        found = pf.minimize(lambda x: np.sum(sp.wrightomega(x) + x**2), np.ones(2))
    assert found.success
    w = sp.wrightomega(found.x)
    np.testing.assert_allclose(w / (1 + w) + 2 * found.x, 0, atol=1e-4)


def test_on_the_line_inside_the_compiled_loop():
    f = pf.compile(lambda x: omega(x) + x**2)
    found = pf.minimize_scalar(f, bounds=(-2.0, 1.0))
    w = sp.wrightomega(found.x)
    assert w / (1 + w) + 2 * found.x == pytest.approx(0, abs=1e-6)
