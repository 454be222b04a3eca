"""What is simplified has the same value wherever the symbols' values are admitted."""

import numpy as np
import pytest

import pyframe as pf

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("shapes", [((3, 3), (4, 2)), ((2, 5), (2, 4)), ((3, 2), (3, 3))])
def test_kronecker_products_of_rectangular_triangles(shapes):
    A, B = (RNG.normal(size=shape) for shape in shapes)
    found = pf.matrix("triu(kron(triu(A),triu(B)))", A="m,n", B="p,q")(A=A, B=B)
    np.testing.assert_array_equal(found, np.triu(np.kron(np.triu(A), np.triu(B))))
    square = pf.matrix("triu(kron(triu(A),triu(B)))", A="m,n", B="p,p")
    assert str(square) == "kron(triu(A), triu(B))"


def test_rectangular_diagonals_are_not_symmetric():
    X, Y, v = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 2)), np.ones(2)
    D = np.triu(X) * np.triu(Y).T
    kind = {"X": "m,n", "Y": "n,m", "v": "m"}
    text = "(triu(X).*triu(Y)')'"
    e = pf.matrix(text, X="m,n", Y="n,m")
    np.testing.assert_array_equal(e(X=X, Y=Y), D.T)
    np.testing.assert_array_equal(pf.matrix(f"{text}*v", **kind)(X=X, Y=Y, v=v), D.T @ v)
    gradient = pf.matrix(f"sum({text}*v)", **kind).gradient("X")
    np.testing.assert_allclose(gradient(X=X, Y=Y, v=v), np.triu(np.triu(Y).T * v[:, None]))
