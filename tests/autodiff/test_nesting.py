"""Derivatives inside derivatives: nothing is confused, every order is right."""

import itertools

import mpmath
import numpy as np
import pytest

import pyframe as pf

mpmath.mp.dps = 40


def forward(f):
    return lambda x: pf.jvp(f, (x,), (1.0,))[1]


def by_vjp(f):
    return lambda x: pf.vjp(f, x)[1](1.0)[0]


def by_jacobian(f):
    return pf.jacobian(f)


WAYS = {
    "forward": forward,
    "reverse": pf.grad,
    "vjp": by_vjp,
    "derivative": pf.derivative,
    "jacobian": by_jacobian,
}


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(WAYS, WAYS)))
def test_perturbations_are_not_confused(outer, inner):
    d_outer, d_inner = WAYS[outer], WAYS[inner]
    # d/dx (x d/dy (x + y)) = 1; d/dx (x d/dy (x y)) = 2 x; d/dx (x (d/dy (x y^2) at y = x)) = 6 x^2
    assert d_outer(lambda x: x * d_inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert d_outer(lambda x: x * d_inner(lambda y: x * y)(1.0))(3.0) == 6.0
    assert d_outer(lambda x: x * d_inner(lambda y: x * y * y)(x))(3.0) == 54.0
    # The inner function ignores its own variable.
    assert d_outer(lambda x: d_inner(lambda _: x * x)(x))(3.0) == 0.0


@pytest.mark.parametrize("ways", list(itertools.product(["forward", "reverse"], repeat=4)))
def test_depth_four(ways):
    a, b, c, d = (WAYS[way] for way in ways)

    def f(x):
        return a(lambda y: x * b(lambda z: y * z * c(lambda w: x * y * z * w**2)(z))(x))(x)

    got = d(f)(0.7)
    # f(x) = d/dy (x d/dz (y z * 2 x y z^2)) at z = x, y = x:
    # 2 x y^2 z^3 -> 6 x y^2 z^2, times x: 6 x^4 y^2
    # -> d/dy = 12 x^4 y at y = x: 12 x^5, whose slope is 60 x^4.
    assert got == pytest.approx(60 * 0.7**4, rel=1e-14)


def closures(x, d, m):
    """Each function uses the variables of those around it; d holds a derivative a level."""
    a, b, c = d[0], d[1], d[2]
    return a(
        lambda y: (
            m.sin(x * y)
            * b(lambda z: m.exp(x * y * z / 4) * c(lambda w: m.cos(w * z + x * y))(z))(x + y)
        )
    )(x * x)


@pytest.mark.parametrize("ways", list(itertools.product(["forward", "reverse"], repeat=4)))
def test_closures_in_closures_against_forty_digits(ways):
    def exactly(f):
        return lambda x: mpmath.diff(f, x)

    exact = mpmath.diff(lambda x: closures(x, [exactly] * 3, mpmath), mpmath.mpf("0.75"))
    outer, *inner = (WAYS[way] for way in ways)
    got = outer(lambda x: closures(x, inner, np))(0.75)
    assert got == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("ways", list(itertools.product(["forward", "reverse"], repeat=3)))
def test_closures_over_arrays_against_forty_digits(ways):
    a, b, c = (WAYS[way] for way in ways)
    weights = [0.5, -1.25, 2.0]

    def f(x):  # d/ds of |s x|^2 d/dt sum(sin(t s x)), at t = s, at s = x
        def at(s):
            return (
                s
                * s
                * np.sum(np.array(weights) ** 2)
                * a(lambda t: np.sum(np.sin(np.array(weights) * (t * s * x))))(s)
            )

        return b(at)(x)

    def exact(x):
        def at(s):
            inner = mpmath.diff(lambda t: sum(mpmath.sin(w * t * s * x) for w in weights), s)
            return s * s * sum(mpmath.mpf(w) ** 2 for w in weights) * inner

        return mpmath.diff(at, x)

    want = mpmath.diff(exact, mpmath.mpf("0.625"))
    assert c(f)(0.625) == pytest.approx(float(want), rel=1e-12)


FUNCTIONS = {
    "polynomial": (lambda x, m: x**5 - 2 * x**3 + x, [0.3, -1.2, 2.0]),
    "exp-sin": (lambda x, m: m.exp(m.sin(x)), [0.3, -1.2, 2.0]),
    "quotient": (lambda x, m: m.cos(x) / (1 + x * x), [0.3, -1.2, 2.0]),
    "log": (lambda x, m: m.log(1 + x * x) * x, [0.3, -1.2, 2.0]),
    "power": (lambda x, m: x**x, [0.3, 1.2, 2.0]),
    "tanh": (lambda x, m: m.tanh(x * x), [0.3, -1.2, 0.0]),
    "sqrt": (lambda x, m: m.sqrt(1 + x**4), [0.3, -1.2, 2.0]),
    "nested": (lambda x, m: m.sin(m.cos(m.sin(x))), [0.3, -1.2, 2.0]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("ways", list(itertools.product(["forward", "reverse"], repeat=3)))
def test_orders_one_to_three_against_forty_digits(name, ways):
    f, points = FUNCTIONS[name]
    g = lambda x: f(x, np)  # noqa: E731
    for order, way in enumerate(ways, start=1):
        g = WAYS[way](g)
        for x in points:
            exact = mpmath.diff(lambda t: f(t, mpmath), mpmath.mpf(x), order)
            assert g(x) == pytest.approx(float(exact), rel=1e-11, abs=1e-12)


def hessian_by(outer, inner):
    d = {
        "forward": lambda f: pf.jacobian(f, mode="forward"),
        "reverse": lambda f: pf.jacobian(f, mode="reverse"),
    }
    return lambda f: d[outer](d[inner](f))


@pytest.mark.parametrize(
    ("outer", "inner"), list(itertools.product(["forward", "reverse"], repeat=2))
)
def test_hessians_of_all_mixtures_agree(outer, inner):
    rng = np.random.default_rng(1)
    a = rng.normal(size=(4, 4))
    x = rng.normal(size=4)

    def f(x):
        return np.sum(np.tanh(a @ x) ** 2) * np.exp(x[0]) + np.log(1 + x @ x)

    def exact(i, j):
        def g(*t):
            y = [mpmath.mpf(v) for v in x]
            y[i] += t[0]
            y[j] += t[1]
            rows = [sum(mpmath.mpf(a[r, c]) * y[c] for c in range(4)) for r in range(4)]
            return sum(mpmath.tanh(r) ** 2 for r in rows) * mpmath.exp(y[0]) + mpmath.log(
                1 + sum(v * v for v in y)
            )

        return float(mpmath.diff(g, (0, 0), (1, 1)))

    got = hessian_by(outer, inner)(f)(x)
    want = np.array([[exact(i, j) for j in range(4)] for i in range(4)])
    assert np.allclose(got, want, rtol=1e-11, atol=1e-11)
    assert np.allclose(pf.hessian(f)(x), want, rtol=1e-11, atol=1e-11)


def test_third_derivatives_of_arrays():
    third = pf.jacobian(pf.hessian(lambda x: np.sum(x**4) + x[0] * x[1] * x[2]))(
        np.array([1.0, 2.0, 3.0])
    )
    want = np.zeros((3, 3, 3))
    for i, v in enumerate((1.0, 2.0, 3.0)):
        want[i, i, i] = 24 * v
    for i, j, k in itertools.permutations(range(3)):
        want[i, j, k] = 1.0
    assert np.allclose(third, want)


def test_a_gradient_step_inside_a_function():
    def loss(w, s):
        return np.sum((w - s) ** 2)

    def after_a_step(s):
        w = np.zeros(3)
        for _ in range(3):
            w = w - 0.25 * pf.grad(loss)(w, s)
        return np.sum(w)

    # w <- w/2 + s/2 three times: w = (1 - 1/8) s.
    assert np.allclose(pf.grad(after_a_step)(np.array([1.0, 2.0, 3.0])), 7 / 8)


def test_a_value_kept_after_its_function_returned_is_refused():
    kept = []
    pf.grad(lambda x: kept.append(x * 2) or x * x)(1.0)
    pf.grad(lambda x: kept.append(x * 2) or np.sum(x))(np.ones(2))
    for leaked in kept:
        with pytest.raises(pf.errors.LeakedTracerError):
            leaked + 1.0
        with pytest.raises(pf.errors.LeakedTracerError):
            pf.grad(lambda x, leaked=leaked: np.sum(x * leaked))(1.0)


def test_recursion_is_pythons_own_error():
    def f(x):
        return f(x * 1.0)

    with pytest.raises(RecursionError):
        pf.grad(f)(1.0)
    assert pf.grad(lambda x: x * x)(3.0) == 6.0


def test_a_seed_is_no_constant_of_the_function():
    def number(x):  # it uses the number 0.0, as the passes do for a direction yet open
        y = 0.0
        for coefficient in (1.5, -2.0, 0.0, 3.0):
            y = y * x + coefficient
        return y

    nothing, one = np.zeros(2), np.ones(2)

    def array(x):
        return np.sum(((nothing * x + 1.5) * x - 2.0 * one) * x)

    assert pf.hessian(number)(0.7) == pytest.approx(9.0 * 0.7 - 4.0, rel=1e-14)
    at = np.array([0.7, -0.3])
    for mode in ("forward", "reverse"):
        assert pf.hessian(array, mode=mode)(at) == pytest.approx(np.diag([3.0, 3.0]), rel=1e-14)
    slopes = pf.jacobian(lambda x: x * nothing + x * one, mode="forward")(at)
    assert slopes == pytest.approx(np.eye(2))


ONES = np.ones(3)
AT_CONSTANTS = {
    "grad": lambda y: pf.grad(lambda t: np.sum(t**3 * y))(2 * ONES) * y,
    "grad at a number": lambda y: pf.grad(lambda t: t**3 * y[0])(2.0) * y,
    "jvp": lambda y: pf.jvp(lambda t: np.exp(t * y), (ONES,), (y,))[1],
    "vjp": lambda y: pf.vjp(lambda t: np.exp(t * y), ONES)[1](y)[0],
    "jacobian": lambda y: pf.jacobian(lambda t: np.sin(t * y) * t[0])(ONES) @ y,
    "hessian": lambda y: pf.hessian(lambda t: np.sum(np.sin(t * y)))(ONES) @ y,
    "twice": lambda y: pf.grad(lambda t: pf.grad(lambda s: s**2 * t)(3.0) * t * np.sum(y))(2.0) * y,
    "single": lambda y: pf.grad(lambda t: np.sum(t * t * y))(ONES.astype("float32")) * y,
}


@pytest.mark.parametrize("name", AT_CONSTANTS)
def test_a_derivative_at_a_constant_inside_another_function(name):
    f = AT_CONSTANTS[name]
    y = np.array([0.3, -0.5, 0.7])

    def total(y):
        return np.sum(f(y))

    compiled = pf.compile(total)
    slope = pf.grad(total)(y)
    h = 1e-5
    for k, unit in enumerate(np.eye(3)):
        difference = (total(y + h * unit) - total(y - h * unit)) / (2 * h)
        assert slope[k] == pytest.approx(difference, rel=2e-3 if name == "single" else 1e-8)
    for at in (y, y[::-1].copy(), y):
        assert compiled(at) == pytest.approx(total(at), rel=1e-6 if name == "single" else 1e-14)
        value, gradient = compiled.value_and_grad(at)
        wanted = pf.value_and_grad(total)(at)
        assert value == wanted[0]
        np.testing.assert_array_equal(gradient, wanted[1])
