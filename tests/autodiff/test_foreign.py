"""Functions from outside: opaque to the trace, differentiated by a rule of their own."""

import math
import threading

import numpy as np
import pytest
import scipy.special as sp

import pyframe as pf
from pyframe.errors import (
    DTypeError,
    MissingRule,
    ParameterTypeError,
    RecordError,
    ReturnTypeError,
    RuleRefused,
    ShapeError,
)

X = np.array([0.5, 1.0, 2.0])


@pf.primitive("kv0", domain=(0, np.inf))
def kv0(x):
    """The modified Bessel function of the second kind of order 0."""
    return sp.kv(0, x)


@pf.primitive("kv1", domain=(0, np.inf))
def kv1(x):
    """The modified Bessel function of the second kind of order 1."""
    return sp.kv(1, x)


@kv1.rule
def _(y, x, dx):
    return -(kv0(x) + y / x) * dx


@kv0.rule
def _(y, x, dx):
    return -kv1(x) * dx


@pf.primitive("product")
def product(a, b):
    """A product that broadcasts."""
    return np.multiply(a, b)


@product.rule
def _(y, a, b, da, db):
    return da * b + a * db


@pf.primitive("weighted-gram", shape=lambda a, w: (a[1], a[1]), shapes=((4, 3), (4,)))
def gram(a, w):
    """The Gram matrix of the columns of a matrix, with weights."""
    return a.T @ (w[:, None] * a)


@gram.rule
def _(y, a, w, da, dw):
    half = da.T @ (w[:, None] * a)
    return half + half.T + a.T @ (dw[:, None] * a)


def total(f):
    return lambda *args: np.sum(f(*args))


def test_plain_arguments_call_the_function():
    assert kv1(2.0) == sp.kv(1, 2.0)
    assert isinstance(kv1(X), np.ndarray)
    np.testing.assert_array_equal(product(b=X, a=2.0), 2.0 * X)


def test_derivatives_of_a_number():
    for order in range(1, 5):
        f = kv1
        for _ in range(order):
            f = pf.derivative(f)
        assert f(1.3) == pytest.approx(sp.kvp(1, 1.3, order), rel=1e-13)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_both_directions(mode):
    np.testing.assert_allclose(pf.jacobian(kv1, mode=mode)(X), np.diag(sp.kvp(1, X)), rtol=1e-14)
    np.testing.assert_allclose(
        pf.hessian(total(kv1), mode=mode)(X), np.diag(sp.kvp(1, X, 2)), rtol=1e-14
    )


def test_inside_a_composition():
    def f(x):
        return np.sum(np.exp(-kv1(x**2)) * x)

    h = 1e-5
    numeric = [(f(X + h * e) - f(X - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(pf.grad(f)(X), numeric, rtol=1e-8)
    np.testing.assert_allclose(pf.hvp(f, (X,), (np.ones(3),)), pf.hessian(f)(X) @ np.ones(3))


def test_several_arguments_broadcast():
    a, b = np.arange(3.0).reshape(3, 1), np.arange(4.0)
    ga, gb = pf.grad(total(product), argnums=(0, 1))(a, b)
    np.testing.assert_array_equal(ga, np.full((3, 1), 6.0))
    np.testing.assert_array_equal(gb, np.full(4, 3.0))
    _, dy = pf.jvp(product, (a, b), (np.ones((3, 1)), np.zeros(4)))
    np.testing.assert_array_equal(dy, np.broadcast_to(b, (3, 4)))
    assert pf.grad(lambda t: product(t, t))(3.0) == 6.0


def test_one_argument_is_a_constant():
    np.testing.assert_array_equal(pf.grad(lambda a: np.sum(product(a, [1, 2, 3])))(X), [1, 2, 3])
    np.testing.assert_array_equal(pf.grad(lambda b: np.sum(product(2, b)))(X), [2, 2, 2])


def test_matrix_function():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((4, 3)), rng.uniform(1, 2, 4)

    def own(a, b):
        return np.sum(np.sin(gram(a, b)))

    def built_in(a, b):
        return np.sum(np.sin(a.T @ (b[:, None] * a)))

    for mine, theirs in zip(
        pf.grad(own, argnums=(0, 1))(a, b), pf.grad(built_in, argnums=(0, 1))(a, b), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-11)
    for k in (0, 1):
        np.testing.assert_allclose(
            pf.hessian(own, k)(a, b), pf.hessian(built_in, k)(a, b), rtol=1e-9, atol=1e-12
        )


def test_single_precision_stays():
    x = X.astype(np.float32)
    assert pf.grad(total(kv1))(x).dtype == np.float32
    assert pf.hessian(total(kv1))(x).dtype == np.float32
    np.testing.assert_allclose(pf.grad(total(kv1))(x), sp.kvp(1, X), rtol=1e-6)


def test_empty_and_single():
    assert pf.grad(total(kv1))(np.zeros(0)).shape == (0,)
    assert pf.grad(total(kv1))(np.ones(1)).shape == (1,)
    assert pf.grad(total(kv1))(np.ones((1, 1))).shape == (1, 1)


def test_untaken_branches_contribute_nothing():
    def f(x):
        return np.sum(np.where(x > 0, kv1(x), 0.0))

    with np.errstate(all="ignore"):
        np.testing.assert_allclose(pf.grad(f)(np.array([-1.0, 0.0, 2.0])), [0, 0, sp.kvp(1, 2.0)])
        _, dy = pf.jvp(kv1, (np.array([0.0, 2.0]),), (np.array([0.0, 1.0]),))
    np.testing.assert_allclose(dy, [0.0, sp.kvp(1, 2.0)])


def test_compiled():
    @pf.compile
    def f(x):
        return np.sum(kv1(x) * x) if x[0] > 1 else np.sum(kv0(x))

    for x in (X, X + 1, X / 2, 2 * X):
        value, gradient = f.value_and_grad(x)
        plain = pf.value_and_grad(f.function)(x)
        assert value == pytest.approx(plain[0], rel=1e-15)
        np.testing.assert_allclose(gradient, plain[1], rtol=1e-14)
    assert f.recordings == 2
    assert f(X + 1) == f.function(X + 1)


def test_the_function_is_called_again_on_replay():
    calls = []

    @pf.primitive("counted")
    def counted(x):
        calls.append(type(x))
        return np.sin(x)

    c = pf.compile(lambda x: np.sum(counted(x)))
    c(X), c(X), c(X)
    assert calls == [np.ndarray] * 3


@pytest.mark.parametrize("given", ["vjp", "jvp"])
def test_one_direction_gives_the_other(given):
    @pf.primitive("flipped", shape=lambda a: a[::-1], shapes=((2, 3),))
    def flipped(a):
        return np.exp(a).T

    if given == "vjp":
        flipped.vjp(lambda y, a, adjoint: (y * adjoint).T)
    else:
        flipped.jvp(lambda y, a, da: y * da.T)
    a = np.random.default_rng(2).standard_normal((2, 3))
    reference = pf.jacobian(lambda a: np.exp(a).T)(a)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(pf.jacobian(flipped, mode=mode)(a), reference, rtol=1e-15)
    np.testing.assert_allclose(pf.hessian(total(flipped))(a), pf.hessian(total(np.exp))(a))


def test_vjp_of_several_arguments():
    @pf.primitive("ratio", domain=(0, np.inf))
    def ratio(a, b):
        return a / b

    @ratio.vjp
    def _(y, a, b, adjoint):
        return adjoint / b, -adjoint * y / b

    a, b = np.arange(1.0, 4.0).reshape(3, 1), np.arange(1.0, 5.0)
    for argnums in (0, 1, (0, 1)):
        mine = pf.grad(total(ratio), argnums)(a, b)
        theirs = pf.grad(total(np.divide), argnums)(a, b)
        for x, y in zip(
            mine if isinstance(mine, tuple) else [mine],
            theirs if isinstance(theirs, tuple) else [theirs],
            strict=True,
        ):
            np.testing.assert_allclose(x, y, rtol=1e-14)


def test_derivatives_inside_the_function():
    @pf.primitive("sine-of-twice")
    def slope(x):
        return pf.grad(lambda t: np.sum(np.sin(t) ** 2))(x)

    slope.rule(lambda y, x, dx: 2 * np.cos(2 * x) * dx)
    np.testing.assert_allclose(pf.grad(total(slope))(X), 2 * np.cos(2 * X), rtol=1e-14)


def test_an_exception_inside_passes_unchanged():
    class Mine(Exception):
        pass

    fail = [False]

    @pf.primitive("failing")
    def failing(x):
        if fail[0]:
            raise Mine("so it is")
        return x * 1.0

    failing.rule(lambda y, x, dx: dx)
    c = pf.compile(total(failing))
    c.value_and_grad(X)
    fail[0] = True
    for call in (pf.grad(total(failing)), c, c.grad):
        with pytest.raises(Mine, match="so it is"):
            call(X)
    fail[0] = False
    np.testing.assert_array_equal(pf.grad(total(failing))(X), np.ones(3))


def test_a_traced_value_of_the_caller_is_refused():
    outer = []

    @pf.primitive("leaking")
    def leaking(x):
        return np.asarray(outer[0] * 2.0) if outer else x * 1.0

    leaking.rule(lambda y, x, dx: dx)

    def f(x):
        outer.append(x)
        return np.sum(leaking(x))

    with pytest.raises(pf.errors.LeakedTracerError):
        pf.grad(f)(X)


def test_operands_are_read_only():
    @pf.primitive("writing")
    def writing(x):
        x[0] = 0.0
        return x

    with pytest.raises(ValueError, match="read-only"):
        pf.grad(total(writing))(X)


def test_no_rule():
    @pf.primitive("ruleless")
    def ruleless(x):
        return np.sin(x)

    for call in (
        lambda: pf.grad(total(ruleless))(X),
        lambda: pf.jvp(ruleless, (X,), (X,)),
        lambda: pf.compile(total(ruleless)).grad(X),
    ):
        with pytest.raises(MissingRule, match=r"'ruleless' \(.*\) has no rule"):
            call()
    assert pf.grad(lambda x: np.sum(x) + 0 * np.sum(ruleless(np.ones(2))))(X).shape == (3,)


def test_an_argument_without_a_rule():
    @pf.primitive("order-and-x", differentiable=("x",), domain={"v": range(4), "x": (0, np.inf)})
    def jv(v, x):
        return sp.jv(v, x)

    @jv.rule
    def _(y, v, x, dx):
        return (jv(v - 1, x) - v / x * y) * dx

    np.testing.assert_allclose(pf.grad(lambda x: np.sum(jv(2, x)))(X), sp.jvp(2, X), rtol=1e-13)
    np.testing.assert_allclose(
        pf.grad(lambda x: np.sum(jv([0, 1, 2], x)))(X), sp.jvp([0, 1, 2], X), rtol=1e-13
    )
    assert pf.derivative(pf.derivative(lambda x: jv(1.5, x)))(1.2) == pytest.approx(
        sp.jvp(1.5, 1.2, 2), rel=1e-12
    )
    x32 = X.astype(np.float32)
    assert pf.grad(lambda x: np.sum(jv(2, x)))(x32).dtype == np.float32
    with pytest.raises(MissingRule, match="with respect to 'v'"):
        pf.grad(lambda v: np.sum(jv(v, X)))(2.0)


@pytest.mark.parametrize(
    ("returned", "error", "text"),
    [
        (
            lambda x: np.zeros(7),
            ShapeError,
            r"'wrong' \(.*\) must return .* shape \(3,\), got \(7,\)",
        ),
        (lambda x: x + 0j, DTypeError, "must return float64, got complex128"),
        (lambda x: x.astype(np.float32), DTypeError, "must return float64, got float32"),
        (lambda x: None, ReturnTypeError, "got NoneType None"),
        (lambda x: [1.0, 2.0, 3.0], ReturnTypeError, "got list"),
    ],
)
def test_a_wrong_value_is_refused(returned, error, text):
    wrong = pf.primitive("wrong", arguments=("x",))(returned)
    with pytest.raises(error, match=text):
        pf.grad(total(wrong))(X)


def test_numbers_come_as_numbers():
    seen = []

    @pf.primitive("seen", domain=(0, np.inf), shape=lambda x: (), shapes=((),))
    def root(x):
        seen.append(x)
        return math.sqrt(x)

    root.rule(lambda y, x, dx: dx / (2 * y))
    assert pf.grad(root)(4.0) == 0.25
    assert isinstance(seen[-1], float)


def test_shapes_that_do_not_broadcast():
    with pytest.raises(ShapeError, match=r"\(3,\) and \(2,\)"):
        pf.grad(lambda x: np.sum(product(x, np.ones(2))))(X)


def test_wrong_calls():
    with pytest.raises(ParameterTypeError, match="called with 2 arguments"):
        kv1(X, X)
    with pytest.raises(ParameterTypeError, match="and 'y'"):
        kv1(y=X)
    with pytest.raises(ParameterTypeError, match=r"pf\.rule takes what pf\.primitive made"):
        pf.rule(np.sin)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"domain": (1, 0)}, "low < high"),
        ({"domain": {"z": (0, 1)}}, "its arguments are x"),
        ({"domain": ((0, 1), (0, 1))}, "2 entries for 1 arguments"),
        ({"domain": []}, "a list or range of values"),
        ({"differentiable": ("z",)}, "must name some of its arguments x"),
        ({"differentiable": ()}, "must name some of its arguments x"),
    ],
)
def test_wrong_declarations(options, text):
    with pytest.raises(RecordError, match=text):
        pf.primitive("declared", **options)(lambda x: x)


def test_wrong_names():
    with pytest.raises(RecordError, match="takes the name first"):
        pf.primitive(np.sin)
    with pytest.raises(RecordError, match="lower-case-words"):
        pf.primitive("Not a name")(lambda x: x)


def test_threads():
    found = {}

    def work(k):
        x = X + k
        found[k] = [pf.grad(total(kv1))(x) for _ in range(20)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, gradients in found.items():
        for gradient in gradients:
            np.testing.assert_allclose(gradient, sp.kvp(1, X + k), rtol=1e-13)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda y, x, dx: dx**2, "not linear .* (square|power)"),
        (lambda y, x, dx: np.abs(dx), "not linear .* abs"),
        (lambda y, x, dx: dx * dx, "not linear .* multiply"),
        (lambda y, x, dx: dx + 1.0, "not linear .* add"),
        (lambda y, x, dx: np.where(dx > 0, dx, 0.0), "not linear .* greater"),
        (lambda y, x, dx: x, "not linear .* does not vanish"),
        (lambda y, x, dx: dx / (1 + dx), "not linear"),
        (lambda y, x, dx: np.maximum(dx, 0), "not linear .* maximum"),
        (lambda y, x, dx: None, "must return a tangent, got NoneType"),
        (lambda y, x, dx: np.zeros(7), r"of shape \(.*\), got \(7,\)"),
        (lambda y, x, dx: dx if x[0] > 0 else -dx, "looks at the numbers"),
        (lambda y, x, dx: dx * float(x[0]), "looks at the numbers"),
    ],
)
def test_a_rule_that_is_no_linear_function_is_refused(rule, text):
    sine = pf.primitive("sine")(lambda x: np.sin(x))
    with pytest.raises(RuleRefused, match=f"the rule of primitive 'sine'.*{text}"):
        sine.rule(rule)
        pf.grad(total(sine))(X)


@pytest.mark.parametrize(
    "rule",
    [
        lambda y, x, dx: np.cos(x) * dx + 0.0,
        lambda y, x, dx: np.where(x > -np.inf, np.cos(x) * dx, 0.0),
        lambda y, x, dx: np.negative(-dx) / (1 / np.cos(x)),
        lambda y, x, dx: np.concatenate([np.cos(x[:1]) * dx[:1], np.cos(x[1:]) * dx[1:]]),
        lambda y, x, dx: np.cos(x) * (dx.reshape(-1, 1) + np.zeros_like(dx).reshape(-1, 1))[:, 0],
        lambda y, x, dx: (np.eye(len(x)) * np.cos(x)) @ dx,
        lambda y, x, dx: np.einsum("i,i->i", np.cos(x), dx),
        lambda y, x, dx: np.cos(x) * np.cumsum(np.concatenate([dx[:1], dx[1:] - dx[:-1]])),
    ],
)
def test_linear_in_many_ways(rule):
    sine = pf.primitive("sine")(lambda x: np.sin(x))
    sine.rule(rule)
    np.testing.assert_allclose(pf.grad(total(sine))(X), np.cos(X), rtol=1e-14)
    np.testing.assert_allclose(pf.jvp(sine, (X,), (X,))[1], np.cos(X) * X, rtol=1e-14)
    np.testing.assert_allclose(pf.hessian(total(sine))(X), -np.diag(np.sin(X)), rtol=1e-14)


def test_a_rule_that_chooses_serves_numbers_too():
    @pf.primitive("softened")
    def softened(x):
        return np.where(x > 0, x**2, np.expm1(x) - x)

    @softened.rule
    def _(y, x, dx):
        return np.where(x > 0, 2 * x, np.expm1(x)) * dx

    assert pf.derivative(softened)(2.0) == 4.0
    assert pf.derivative(softened)(-2.0) == np.expm1(-2.0)
    f = pf.compile(softened)
    assert [f.grad(x) for x in (2.0, -2.0)] == [4.0, np.expm1(-2.0)]
    assert f.recordings == 1
    f.function.vjp(lambda y, x, adjoint: np.where(x > 0, 2 * x, np.expm1(x)) * adjoint)
    assert pf.derivative(softened)(2.0) == 4.0
    assert pf.grad(lambda x: np.sum(softened(x)))(X)[0] == 1.0
