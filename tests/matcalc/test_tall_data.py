"""Sums inside products are multiplied out where that is less work, and only there."""

import re

import numpy as np
import pytest
from matcalc.plain import evaluate
from scipy.special import logsumexp, softmax

import pyframe as pf

TALL, SHORT = 300, 2
ROWS = 400_000  # a matrix of that many rows and columns does not fit into any memory


def plain_sum(rng, values, depth=0):
    """A random m x m sum, as text and as its value."""
    u, v, s, B, D = (values[name] for name in ("u", "v", "s", "B", "D"))
    kinds = [
        ("diag(u)", np.diag(u)),
        ("u*v'", np.outer(u, v)),
        ("s*u*u'", s * np.outer(u, u)),
        ("eye(m)", np.eye(TALL)),
        ("s^2*eye(m)", s**2 * np.eye(TALL)),
        ("B*D*B'", B @ D @ B.T),
        ("diag(v)*B*B'", np.diag(v) @ B @ B.T),
        ("ones(m)*u'", np.outer(np.ones(TALL), u)),
        ("sum(u)*diag(v)", u.sum() * np.diag(v)),
    ]
    texts, total = [], np.zeros((TALL, TALL))
    for k in rng.choice(len(kinds), size=rng.integers(2, 5), replace=False):
        text, value = kinds[k]
        if depth < 2 and rng.random() < 0.3:
            inner, inside = plain_sum(rng, values, depth + 1)
            text, value = f"{text}*({inner})", value @ inside
        c = int(rng.integers(-3, 4)) or 5
        texts.append(f"({c})*{text}")
        total += c * value
    text = " + ".join(texts)
    return (f"({text})'", total.T) if rng.random() < 0.4 else (text, total)


@pytest.mark.parametrize("seed", range(60))
def test_products_around_random_sums(seed):
    rng = np.random.default_rng(seed)
    values = {name: rng.normal(size=TALL) for name in "uv"}
    values |= {name: rng.normal(size=(TALL, SHORT)) for name in "AB"}
    values |= {"s": rng.normal(), "D": rng.normal(size=(SHORT, SHORT))}
    text, middle = plain_sum(rng, values)
    A, u, s = values["A"], values["u"], values["s"]
    for whole, wanted in [
        (f"A'*({text})*A", A.T @ middle @ A),
        (f"s*({text})*A", s * middle @ A),
        (f"({text})*u", middle @ u),
        (f"A'*({text})", A.T @ middle),
        (f"u'*({text})*u", u @ middle @ u),
        (f"A'*({text})*({text})*u", A.T @ middle @ middle @ u),
    ]:
        declared = {"u": "m", "v": "m", "A": "m,n", "B": "m,n", "s": "1", "D": "n,n"}
        used = set(re.findall(r"\w+", whole))
        e = pf.matrix(whole, **{name: d for name, d in declared.items() if name in used})
        found = e(**{name: values[name] for name in e.symbols})
        scale = np.abs(wanted).max() + np.abs(middle).max()
        assert np.abs(found - wanted).max() <= 1e-11 * scale, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("logsumexp(A*x)", lambda A, x: logsumexp(A @ x)),
        ("sum(softmax(A*x).^2)", lambda A, x: np.sum(softmax(A @ x) ** 2)),
        ("sum(exp(A*x))^2", lambda A, x: np.sum(np.exp(A @ x)) ** 2),
        ("log(1 + norm2(exp(A*x)))", lambda A, x: np.log1p(np.linalg.norm(np.exp(A @ x)))),
    ],
)
def test_hessians_of_tall_data_take_the_room_of_the_data(text, value):
    rng = np.random.default_rng(0)
    A, x = rng.normal(size=(ROWS, 2)), rng.normal(size=2) / 3
    f = pf.matrix(text)
    hessian = f.hessian("x")(A=A, x=x)
    v, h = rng.normal(size=2), 1e-3
    second = [value(A, x + k * h * v) for k in (-2, -1, 0, 1, 2)]
    wanted = np.dot([-1, 16, -30, 16, -1], second) / (12 * h * h)
    np.testing.assert_allclose(v @ hessian @ v, wanted, rtol=1e-6)
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-11)
    np.testing.assert_allclose(f.hessian("x").structured(A=A, x=x) @ v, hessian @ v, rtol=1e-9)
    np.testing.assert_allclose(f.compile("x", order=2)(A=A, x=x)[2], hessian, rtol=1e-12)
    scope = {}
    exec(f.hessian("x").numpy(), scope)
    np.testing.assert_allclose(scope["f"](A, x), hessian, rtol=1e-9)


def test_sources_of_sums_inside_sums_are_short():
    nested = pf.matrix("diag(x) + y*y'", x="n", y="n")
    for _ in range(12):
        nested = nested @ nested.T + pf.matrix("eye(n)")
    e = nested @ pf.Symbol("n,n", name="A") @ nested
    assert len(e.numpy()) < 20_000


@pytest.mark.parametrize(
    ("text", "gradient", "hessian"),
    [
        (
            "norm2(softmax(A*x))^2",
            "2*A'*(softmax(A*x).^2 - norm2(softmax(A*x))^2*softmax(A*x))",
            None,
        ),
        (
            "sum(exp(A*x))^2",
            "2*sum(exp(A*x))*A'*exp(A*x)",
            "2*A'*(exp(A*x)*exp(A*x)' + sum(exp(A*x))*diag(exp(A*x)))*A",
        ),
        (
            "logsumexp(A*x)^2",
            "2*logsumexp(A*x)*A'*softmax(A*x)",
            "2*A'*(P*P' + logsumexp(A*x)*(diag(P) - P*P'))*A",
        ),
        (
            "log(1 + norm2(A*x)^2)",
            "2*A'*A*x/(norm2(A*x)^2 + 1)",
            "2*A'*A/(norm2(A*x)^2 + 1) - 4*A'*A*x*x'*A'*A/(norm2(A*x)^2 + 1)^2",
        ),
    ],
)
def test_the_ends_that_terms_share_are_taken_out_whatever_scalars_stand_beside_them(
    text, gradient, hessian
):
    f = pf.matrix(text)
    assert str(f.gradient("x")) == gradient
    if hessian is not None:
        assert str(f.hessian("x")) == hessian.replace("P", "softmax(A*x)")


@pytest.mark.parametrize(
    "text",
    [
        "((ones(n, n) + V)^3)^9*y",
        "(V + eye(n) + y*y' + 2*V')^60*y",
        "((V + 1)*(V' + 2)*(V - 1)*(V' - 3)*(V + eye(n)*3))^9*y",
        "(V^70 + V^80 + eye(n))*(V + 1)*y",
    ],
)
def test_powers_of_sums_are_not_multiplied_out_in_every_way(text):
    """There are millions of ways, which took minutes to compare (random expression 202808)."""
    n = 300
    V, y = np.diag(np.linspace(-0.5, 0.5, n)), np.linspace(0.0, 0.01, n)
    found = pf.matrix(text, V="n,n", y="n")(V=V, y=y)
    wanted = evaluate(text, {"V": V, "y": y}, {"n": n})[:, 0]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12 * abs(wanted).max())
