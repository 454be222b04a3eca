"""The lecture's examples of automatic differentiation, against their closed forms."""

import math

import numpy as np
import pytest

import pyframe as pf

W1, W2 = 2.0, 3.0


def nodes(w1, w2):
    """v1, v2, v3 and L of the lecture's graph."""
    v1 = np.log(w1)
    v2 = w2 * v1
    v3 = np.sqrt(v2)
    return v1, v2, v3, v2 + v3


def test_values():
    v1 = math.log(W1)
    want = (v1, W2 * v1, math.sqrt(W2 * v1), W2 * v1 + math.sqrt(W2 * v1))
    assert pf.compile(nodes)(W1, W2) == pytest.approx(want, rel=1e-15)


def test_forward_tangents():
    v1 = math.log(W1)
    root = math.sqrt(W2 * v1)
    along_w1 = (1 / W1, W2 / W1, W2 / W1 / (2 * root), W2 / W1 * (1 + 1 / (2 * root)))
    along_w2 = (0.0, v1, v1 / (2 * root), v1 * (1 + 1 / (2 * root)))
    assert pf.jvp(nodes, (W1, W2), (1.0, 0.0))[1] == pytest.approx(along_w1, rel=1e-15)
    assert pf.jvp(nodes, (W1, W2), (0.0, 1.0))[1] == pytest.approx(along_w2, rel=1e-15)


def test_reverse_adjoints():
    """The adjoint of a node is the derivative of what follows with respect to it."""
    v1, v2, v3, _ = nodes(W1, W2)
    after = {
        "v3": (lambda v3: v2 + v3, v3, 1.0),
        "v2": (lambda v2: v2 + np.sqrt(v2), v2, 1 + 1 / (2 * math.sqrt(v2))),
        "v1": (lambda v1: W2 * v1 + np.sqrt(W2 * v1), v1, W2 * (1 + 1 / (2 * math.sqrt(v2)))),
    }
    for f, at, want in after.values():
        assert pf.grad(f)(float(at)) == pytest.approx(want, rel=1e-15)
    w1, w2 = pf.grad(lambda w1, w2: nodes(w1, w2)[3], argnums=(0, 1))(W1, W2)
    common = 1 + 1 / (2 * math.sqrt(v2))
    assert (w1, w2) == pytest.approx((W2 / W1 * common, math.log(W1) * common), rel=1e-15)


def schwarz(x, y):
    """xy (x^2 - y^2)/(x^2 + y^2), and 0 at the origin."""
    return x * y * (x * x - y * y) / (x * x + y * y) if x != 0 or y != 0 else 0.0


@pytest.mark.parametrize("t", [1e-3, 0.5, -2.0, 1e-150])
def test_schwarz_off_the_origin(t):
    """f_x(0, y) = -y and f_y(x, 0) = x: the mixed partials at the origin are -1 and +1."""
    assert pf.grad(schwarz, 0)(0.0, t) == pytest.approx(-t, rel=1e-15)
    assert pf.grad(schwarz, 1)(t, 0.0) == pytest.approx(t, rel=1e-15)
    assert pf.grad(schwarz, 0)(0.0, t) / t == pytest.approx(-1)
    assert pf.grad(schwarz, 1)(t, 0.0) / t == pytest.approx(+1)


def test_schwarz_at_the_origin_is_a_limit_of_differentiating_programs():
    """At the origin the program takes its other branch, which is constant: the derivative of
    the branch is 0, and so is that of the function, but its second derivatives (-1 and +1)
    are not those of the branch (0).  A derivative of a program is one of the path taken."""
    assert pf.grad(schwarz, (0, 1))(0.0, 0.0) == (0.0, 0.0)
    assert pf.grad(pf.grad(schwarz, 0), 1)(0.0, 0.0) == 0.0
    assert pf.grad(pf.grad(schwarz, 1), 0)(0.0, 0.0) == 0.0


def test_the_network_of_the_lecture():
    """D_k = dL/dv_k * sigma'(z_k); dL/dW_k = v_{k-1}^T D_k; dL/dv_{k-1} = D_k W_k^T."""
    rng = np.random.default_rng(0)
    sizes, batch = (5, 4, 3), 7
    x = rng.normal(size=(batch, sizes[0]))
    weights = [rng.normal(size=pair) for pair in zip(sizes, sizes[1:], strict=False)]
    biases = [rng.normal(size=n) for n in sizes[1:]]

    def loss(weights, biases):
        v = x
        for w, b in zip(weights, biases, strict=True):
            v = np.tanh(v @ w + b)
        return np.sum(v**2)

    values = [x]
    for w, b in zip(weights, biases, strict=True):
        values.append(np.tanh(values[-1] @ w + b))
    adjoint = 2 * values[-1]
    want_w, want_b = [], []
    for k in (1, 0):
        d = adjoint * (1 - values[k + 1] ** 2)
        want_w.insert(0, values[k].T @ d)
        want_b.insert(0, d.sum(axis=0))
        adjoint = d @ weights[k].T
    got_w, got_b = pf.grad(loss, (0, 1))(weights, biases)
    for got, want in zip(got_w + got_b, want_w + want_b, strict=True):
        assert np.allclose(got, want, rtol=1e-13)
