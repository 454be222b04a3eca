"""The second source for every value: its grammar, and derivatives on circles."""

import numpy as np
import pytest
from matcalc.directional import NotAnalyticError, derivatives
from matcalc.plain import COMPLEX, evaluate, names, operations


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2^2", -4),
        ("2^-1", 0.5),
        ("2.*3", 6),
        ("1./4", 0.25),
        ("2.^3", 8),
        ("-1 - -1", 0),
        ("2*3 + 4/2/2", 7),
        ("2*-3", -6),
        ("1e-1*.5", 0.05),
        ("sum(x)", 3),
        ("x'*x", 5),
        ("(x*x')^2*x", [[25], [50]]),
        ("-x.^2", [[-1], [-4]]),
        ("x'.^2", [[1, 4]]),
        ("sum(eye(n)) + sum(ones(n, 3))", 8),
        ("inner(A, A') + tr(A^-1)", 10 + 4 / 3),
        ("unvec(vec(A), 2) - A", [[0, 0], [0, 0]]),
    ],
)
def test_values(text, value):
    found = evaluate(text, {"x": np.array([1.0, 2.0]), "A": np.array([[3.0, 0], [0, 1]])}, {"n": 2})
    assert np.allclose(found, value, rtol=1e-15)


def test_operations_are_counted():
    assert operations("-2*A'*W*(x - A*s)") == 6
    assert operations("inv(X)'") == 2
    assert operations("-X") == 1
    assert names("A*x + inner(A, B)") == ["A", "x", "B"]


@pytest.mark.parametrize("text", ["A*", "(x", "x)", "f(x,)", "x y", "@"])
def test_what_is_not_in_the_language(text):
    with pytest.raises((ValueError, IndexError)):
        evaluate(text, {"x": np.ones(2)})


def test_derivatives_on_circles():
    x = np.array([[0.5, -1.0], [2.0, 0.3]])
    direction = np.array([[1.0, 2.0], [0.0, -1.0]])
    first, second = derivatives(
        lambda x: evaluate("sum(exp(x).*x)", {"x": x}, functions=COMPLEX), x, direction, order=2
    )
    assert np.allclose(first, np.sum(np.exp(x) * (1 + x) * direction), rtol=1e-12)
    assert np.allclose(second, np.sum(np.exp(x) * (2 + x) * direction**2), rtol=1e-11)


def test_a_kink_is_noticed():
    with pytest.raises(NotAnalyticError):
        derivatives(
            lambda x: evaluate("exp(relu(x))", {"x": x}, functions=COMPLEX),
            np.zeros(()),
            np.ones(()),
        )
