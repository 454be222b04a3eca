"""What random expressions found: other values, other forms when read again, or no end."""

import numpy as np
import pytest
from matcalc.cookbook import symbol
from matcalc.drawing import draw
from matcalc.plain import evaluate

import pyframe as pf

SIZES = {"n": 3, "m": 2}


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        # A number times an orthogonal matrix is not orthogonal.
        ("norm2(t*Q)^2 + sum(Q)", "t:; Q: n,n orthogonal"),
        ("lmin((Q/(t^2 + 1))^-2 + ((Q/(t^2 + 1))^-2)')", "t:; Q: n,n orthogonal"),
        # A diagonal matrix that meets itself round a trace is squared.
        ("tr(diag(x)*(eye(n) + t*eye(n))*diag(x)/17)", "t:; x: n"),
        # The sign of a skew matrix goes round in odd powers.
        ("((K*x).^3)'*x", "x: n; K: n,n skew"),
        ("sum(kron(A, C))", "A: n,n; C: m,n"),
        ("log(abs(det(A)*det(B)))", "A: n,n; B: n,n"),
        ("-(x - y).*(x + y)", "x: n; y: n"),
        ("0.5/((t/5)^2 + 1)", "t:"),
        ("(A - B')' + t*A", "t:; A: n,n; B: n,n"),
        ("diagv(Q') + diagv(inv(Q))", "Q: n,n orthogonal"),
    ],
)
def test_values_and_reading_again(text, declared):
    names = {}
    for part in declared.split("; "):
        name, _, shape = part.partition(":")
        names[name] = symbol(shape.strip())
    symbols = {
        name: pf.Symbol(own.sizes, **dict.fromkeys(own.properties, True))
        for name, own in names.items()
    }
    rng = np.random.default_rng(0)
    values = {name: draw(own, rng, SIZES) for name, own in names.items()}
    expression = pf.matrix(text, **symbols)
    wanted = evaluate(text, values, SIZES)
    assert np.allclose(np.reshape(expression(**values), wanted.shape), wanted, rtol=1e-12)
    assert pf.matrix(str(expression), **symbols) == expression


def test_the_larger_of_equal_ones():
    f = pf.matrix("sum(max(max(x, y), x))", x="n", y="n")
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 0.0])
    assert np.array_equal(f.gradient("x")(x=x, y=y), [0, 1, 1])
