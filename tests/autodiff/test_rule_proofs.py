"""Rules are tried before they count: liars are refused with the number, honest ones pass."""

import re
import time

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.special as sp

import pyframe as pf
from pyframe.errors import MissingRule, RuleRefused

POSITIVE = (0.0, np.inf)
SQUARE = {"shape": lambda a: a, "shapes": ((3, 3),)}


def sample_regular(rng, *shapes):
    return tuple(rng.standard_normal(s) + 4 * np.eye(*s) for s in shapes)


def inverse(**options):
    return pf.primitive("inverse", **SQUARE, sample=sample_regular, **options)(np.linalg.inv)


def kelvin(**options):
    return pf.primitive("kelvin", domain=POSITIVE, arguments=("x",), **options)(
        lambda x: sp.kv(1, x)
    )


def slope(x):
    return sp.kvp(1, x)


def kelvin_slope(order):
    """A derivative of kelvin as a primitive whose own rule is the next."""
    made = pf.primitive(f"kelvin-{order}", domain=POSITIVE, arguments=("x",))(
        lambda x: sp.kvp(1, x, order)
    )
    if order < 4:
        after = kelvin_slope(order + 1)
        made.rule(lambda y, x, dx: after(x) * dx)
    return made


SLOPE = kelvin_slope(1)


def liar_wrong_sign():
    kelvin().rule(lambda y, x, dx: -SLOPE(x) * dx)


def liar_factor_two():
    kelvin().rule(lambda y, x, dx: 2 * SLOPE(x) * dx)


def liar_wrong_shape():
    inverse().rule(lambda y, a, da: -(y @ da @ y)[0])


def liar_not_linear():
    kelvin().rule(lambda y, x, dx: SLOPE(x) * dx * np.abs(dx))


def liar_missing_transpose():
    inverse().vjp(lambda y, a, adjoint: -y @ adjoint @ y)


def liar_wrong_second_order():
    """Right in value; the factor is held constant, so its own derivative is 0."""
    constant = pf.primitive("held-slope", domain=POSITIVE, arguments=("x",), proof="on-first-use")(
        slope
    )
    constant.rule(lambda y, x, dx: 0.0 * dx)
    constant.standing.proof = "done"
    kelvin().rule(lambda y, x, dx: constant(x) * dx)


def liar_forgets_an_argument():
    product = pf.primitive("product")(lambda a, b: np.multiply(a, b))
    product.rule(lambda y, a, b, da, db: b * da)


def liar_wrong_dtype():
    kelvin().rule(lambda y, x, dx: (SLOPE(x) * dx).astype(np.float32))


def liar_returns_none():
    kelvin().rule(lambda y, x, dx: None)


def liar_half_the_domain():
    kelvin().rule(lambda y, x, dx: np.where(x < 1.0, SLOPE(x), 0.9 * SLOPE(x)) * dx)


def liar_affine():
    kelvin().rule(lambda y, x, dx: SLOPE(x) * dx + 1e-3)


def liar_two_readings():
    both = kelvin()
    both.rule(lambda y, x, dx: SLOPE(x) * dx)
    both.vjp(lambda y, x, adjoint: 1.00001 * SLOPE(x) * adjoint)


def liar_constant_from_the_trace():
    kelvin().rule(lambda y, x, dx: float(x[0]) * dx)


LIARS = {
    liar_wrong_sign: "relative error 2, tolerance 1e-06",
    liar_factor_two: "relative error 1, tolerance 1e-06",
    liar_wrong_shape: r"tangent of shape \(3, 3\), got \(3,\)",
    liar_not_linear: "not linear in the tangents or adjoints: (abs|multiply)",
    liar_missing_transpose: r"the derivative .* is .* by the rule and .* as measured",
    liar_wrong_second_order: "the second order, against differences of the first, is 0 by the rule",
    liar_forgets_an_argument: r"with respect to 'b' is 0 by the rule and .* \(relative error 1",
    liar_wrong_dtype: "tangent of dtype float64, got float32",
    liar_returns_none: "must return a tangent, got NoneType None",
    liar_half_the_domain: "relative error 0.1, tolerance 1e-06.* at x = ",
    liar_affine: "not linear .* does not vanish",
    liar_two_readings: r"<L u, v> = .* but <u, L\* v> = .* \(tolerance 1e-09\)",
    liar_constant_from_the_trace: "looks at the numbers",
}


@pytest.mark.parametrize("lie", LIARS, ids=lambda lie: lie.__name__)
def test_a_liar_is_refused_with_the_number(lie):
    with pytest.raises(RuleRefused, match=LIARS[lie]) as caught:
        lie()
    assert re.search(r"primitive '(kelvin|inverse|product)' \(", str(caught.value))


def test_a_refused_rule_leaves_the_one_before():
    good = kelvin()
    good.rule(lambda y, x, dx: SLOPE(x) * dx)
    with pytest.raises(RuleRefused):
        good.rule(lambda y, x, dx: -SLOPE(x) * dx)
    assert pf.derivative(good)(1.0) == slope(1.0)
    ruleless = kelvin()
    with pytest.raises(RuleRefused):
        ruleless.rule(lambda y, x, dx: -SLOPE(x) * dx)
    with pytest.raises(MissingRule):
        pf.derivative(ruleless)(1.0)


def honest_bessel():
    made = kelvin()
    made.rule(lambda y, x, dx: SLOPE(x) * dx)
    return made


def honest_inverse():
    made = inverse()
    made.rule(lambda y, a, da: -y @ da @ y)
    return made


def honest_inverse_backwards():
    made = inverse()
    made.vjp(lambda y, a, adjoint: -y.T @ adjoint @ y.T)
    return made


def honest_both_readings():
    made = inverse()
    made.rule(lambda y, a, da: -y @ da @ y)
    made.vjp(lambda y, a, adjoint: -y.T @ adjoint @ y.T)
    return made


def honest_two_arguments():
    made = pf.primitive("ratio", domain={"b": POSITIVE})(lambda a, b: np.divide(a, b))
    made.rule(lambda y, a, b, da, db: (da - y * db) / b)
    return made


def honest_quadrature():
    """A function known to nine digits only."""

    def one(x):
        return scipy.integrate.quad(lambda t: np.exp(-x * t) / (1 + t**4), 0, np.inf)[0]

    made = pf.primitive("laplace", domain=(0.5, 3.0))(
        lambda x: np.reshape([one(t) for t in np.ravel(x)], np.shape(x))
    )
    after = pf.primitive("laplace-slope", domain=(0.5, 3.0))(
        lambda x: np.reshape(
            [
                scipy.integrate.quad(lambda s, t=t: -s * np.exp(-t * s) / (1 + s**4), 0, np.inf)[0]
                for t in np.ravel(x)
            ],
            np.shape(x),
        )
    )
    made.rule(lambda y, x, dx: after(x) * dx)
    return made


def honest_with_a_kink():
    """Smooth but for one point, which no draw meets."""
    made = pf.primitive("softened", domain=(-2.0, 2.0))(lambda x: np.abs(x) * x)
    made.rule(lambda y, x, dx: 2 * np.abs(x) * dx)
    return made


def honest_single_precision():
    made = pf.primitive("sine")(lambda x: np.sin(x))
    made.rule(lambda y, x, dx: np.cos(x) * dx)
    assert pf.derivative(made)(np.float32(0.5)) == np.cos(np.float32(0.5))
    return made


def honest_wide_range():
    made = pf.primitive("growth")(lambda x: np.exp(5 * x))
    made.rule(lambda y, x, dx: 5 * y * dx)
    return made


def honest_number():
    made = pf.primitive("by-hand", domain=POSITIVE, shape=lambda x: (), shapes=((),))(
        lambda x: float(mpmath.sqrt(x))
    )
    made.rule(lambda y, x, dx: dx / (2 * y))
    return made


def honest_integer_order():
    made = pf.primitive("order", domain={"n": range(5), "x": POSITIVE}, differentiable=("x",))(
        lambda n, x: sp.jv(n, x)
    )
    made.rule(lambda y, n, x, dx: (made(n - 1, x) - n / x * y) * dx)
    return made


HONEST = {
    honest_bessel: 2,
    honest_inverse: 2,
    honest_inverse_backwards: 2,
    honest_both_readings: 2,
    honest_two_arguments: 2,
    honest_quadrature: 1,
    honest_with_a_kink: 2,
    honest_single_precision: 2,
    honest_wide_range: 2,
    honest_number: 2,
    honest_integer_order: 2,
}


@pytest.mark.parametrize("give", HONEST, ids=lambda give: give.__name__)
def test_an_honest_one_passes(give):
    assert give().prove() == HONEST[give]


def test_a_proof_is_fast():
    made = [pf.primitive(f"sine-{k}")(lambda x: np.sin(x)) for k in range(20)]
    begun = time.perf_counter()
    for each in made:
        each.rule(lambda y, x, dx: np.cos(x) * dx)
    assert (time.perf_counter() - begun) / 20 < 0.05


def test_a_proof_is_made_once():
    calls = []

    @pf.primitive("counted")
    def counted(x):
        calls.append(x)
        return np.sin(x)

    counted.rule(lambda y, x, dx: np.cos(x) * dx)
    tried = len(calls)
    assert tried > 20
    counted.prove()
    assert len(calls) == tried
    pf.grad(lambda x: np.sum(counted(x)))(np.ones(3))
    pf.grad(lambda x: np.sum(counted(x)))(np.ones(3))
    assert len(calls) == tried + 3  # one for the trace of a signature, one for each call


def test_rules_that_name_one_another():
    sine = pf.primitive("sine")(lambda x: np.sin(x))
    cosine = pf.primitive("cosine")(lambda x: np.cos(x))
    sine.rule(lambda y, x, dx: cosine(x) * dx)
    assert sine.standing.proof == "open"
    cosine.rule(lambda y, x, dx: -sine(x) * dx)
    assert pf.derivative(pf.derivative(sine))(0.5) == pytest.approx(-np.sin(0.5))
    assert sine.prove() == cosine.prove() == 2


def test_a_lie_told_later_is_found_on_first_use():
    sine = pf.primitive("sine", proof="on-first-use")(lambda x: np.sin(x))
    sine.rule(lambda y, x, dx: -np.cos(x) * dx)
    for _ in range(2):
        with pytest.raises(RuleRefused, match="relative error 2"):
            pf.derivative(sine)(0.5)
    sine.rule(lambda y, x, dx: np.cos(x) * dx)
    assert pf.derivative(sine)(0.5) == np.cos(0.5)


def test_a_domain_where_nothing_can_be_measured():
    step = pf.primitive("noise")(lambda x: np.sin(1e9 * x))
    with pytest.raises(RuleRefused, match=r"could be measured at \d+ points only"):
        step.rule(lambda y, x, dx: 1e9 * np.cos(1e9 * x) * dx)


def test_a_rule_that_raises_says_where():
    sine = pf.primitive("sine")(lambda x: np.sin(x))
    with pytest.raises(ZeroDivisionError) as caught:
        sine.rule(lambda y, x, dx: 1 / 0)
    assert "in the rule of primitive 'sine'" in caught.value.__notes__[0]
