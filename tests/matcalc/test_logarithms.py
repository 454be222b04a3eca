"""Logarithms of what overflows by itself: determinants, powers of a size, exponentials."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

import pyframe as pf

DEFINITE = pf.Symbol("n,n", positive_definite=True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("log(det(2*pi*P))", "log(2*pi)*n + logdet(P)"),
        ("log((2*pi)^n*det(P))", "log(2*pi)*n + logdet(P)"),
        ("log(sqrt(det(2*pi*P)))", "log(2*pi)*n/2 + logdet(P)/2"),
        ("log(det(P/2))", "logdet(P) + n*log(1/2)"),
        ("log(det(2*A))", "n*log(2) + log(det(A))"),
        ("log(3*det(A))", "log(3) + log(det(A))"),
        ("log(abs(det(2*A)))", "logdet(A) + n*log(2)"),
        ("log(det(A'*A/n))", "n*log(1/n) + 2*logdet(A)"),
        ("log(c*exp(c))", "c + log(c)"),
        ("log(c*det(P))", "logdet(P) + log(c)"),
    ],
)
def test_taken_apart(text, wanted):
    symbols = {"P": DEFINITE, "A": "n,n", "c": ""}
    used = {name: shape for name, shape in symbols.items() if name in text.replace("exp", "")}
    e = pf.matrix(text, **{name: shape for name, shape in used.items() if f"{name}" in text})
    assert str(e) == wanted


@pytest.mark.parametrize("size", [0.01, 100.0])
def test_of_large_matrices(size):
    n = 200
    P = size * np.eye(n)
    for text, wanted in [
        ("log(det(2*pi*P))", n * np.log(2 * np.pi * size)),
        ("log(abs(det(2*P)))", n * np.log(2 * size)),
        ("log(det(P'*P/n))", n * np.log(size**2 / n)),
    ]:
        assert np.isclose(pf.matrix(text, P=DEFINITE)(P=P), wanted, rtol=1e-14)
    assert np.isclose(pf.matrix("log(det(2*A))", A="n,n")(A=P), n * np.log(2 * size), rtol=1e-14)
    assert np.isnan(pf.matrix("log(det(2*A))", A="n,n")(A=np.diag([-1.0, 1.0])))


def density(x, m, S):
    r = x - m
    return np.exp(-r @ np.linalg.solve(S, r) / 2) / np.sqrt(
        (2 * np.pi) ** x.size * np.linalg.det(S)
    )


def test_a_gaussian_density():
    e = pf.matrix(lambda x, m, S: np.log(density(x, m, S)), x="n", m="n", S=DEFINITE)
    assert str(e) == "-((x - m)'*inv(S)*(x - m) + logdet(S))/2 - log(2*pi)*n/2"
    assert str(e.gradient("S")) == "(inv(S)*(x - m)*(x - m)'*inv(S) - inv(S))/2"
    rng = np.random.default_rng(0)
    L = rng.standard_normal((4, 4))
    values = {"x": rng.standard_normal(4), "m": rng.standard_normal(4), "S": L @ L.T + np.eye(4)}
    assert np.isclose(
        e(**values), multivariate_normal(values["m"], values["S"]).logpdf(values["x"])
    )
    far = {**values, "x": values["x"] + 1e3}
    assert np.isclose(e(**far), multivariate_normal(values["m"], values["S"]).logpdf(far["x"]))
