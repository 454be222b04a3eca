"""Values far from 1: quotients are right as long as they, and what divides them, are numbers.

Each is homogeneous in what is scaled, so that its value at s times a point follows from that at the
point, which automatic differentiation checks.
"""

import numpy as np
import pytest

import pyframe as pf

SYMMETRIC = pf.Symbol("n,n", symmetric=True)
SKEW = pf.Symbol("n,n", skew=True)
KNOWN = {
    "x": ("n", [3.0, 4.0, -1.0]),
    "y": ("n", [1.0, 2.0, 0.5]),
    "A": ("m,n", [[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]]),
    "X": ("m,n", [[1.0, 2.0, -1.0], [0.5, -1.0, 3.0]]),
    "Y": ("m,n", [[0.5, 1.0, 2.0], [-1.0, 1.0, 1.0]]),
    "P": (SYMMETRIC, [[2.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 1.0]]),
    "K": (SKEW, [[0.0, 2.0, -1.0], [-2.0, 0.0, 3.0], [1.0, -3.0, 0.0]]),
}
# Where products of two are numbers, and farther.
NEAR = [(np.float32, 1e-15), (np.float32, 1e15)] + [
    (np.float64, s) for s in (1e-140, 1e-80, 1e80, 1e140)
]
FAR = [(np.float32, 1e-25), (np.float32, 1e25)] + [
    (np.float64, s) for s in (1e-200, 1e-104, 1e110, 1e170)
]
ROUNDING = {np.float32: 1e-5, np.float64: 1e-13}


class Case:
    """A value or a derivative, homogeneous of a degree in what is scaled."""

    def __init__(self, text, variables, scaled, degree, symbols):
        self.text, self.variables, self.scaled, self.degree = text, variables, scaled, degree
        e = pf.matrix(text, **{name: KNOWN[name][0] for name in symbols})
        self.function = e
        twice = len(variables) == 2 and variables[0] == variables[1]
        self.formula = e.hessian(variables[0]) if twice else e
        if variables and not twice:
            self.formula = e.derivative(*variables)

    def values(self, dtype, s=1.0):
        return {
            name: np.asarray(KNOWN[name][1], dtype) * dtype(s if name in self.scaled else 1.0)
            for name in self.function.symbols
        }

    def __repr__(self):
        return " ".join([self.text, *self.variables])


def case(text, variables, scaled, degree):
    symbols = [name for name in KNOWN if name in "".join(text.split("norm"))]
    return Case(text, variables, scaled, degree, symbols)


def whole(case, how, values):
    if how == "dense":
        return np.asarray(case.formula(**values))
    found = case.formula.structured(**values)
    if how == "structured":
        return found.to_dense()
    count = found.shape[0]
    columns = [found @ column for column in np.eye(count, dtype=found.to_dense().dtype)]
    return np.stack(columns, axis=-1).reshape(found.to_dense().shape)


def compared(case, dtype, s, how="dense"):
    at_one = whole(case, "dense", case.values(np.float64))
    with np.errstate(all="ignore"):
        found = whole(case, how, case.values(dtype, s))
    assert found.dtype == dtype
    found = found.astype(np.longdouble) * np.longdouble(dtype(s)) ** -case.degree
    size = np.max(np.abs(at_one))
    np.testing.assert_allclose(found, at_one, rtol=0, atol=ROUNDING[dtype] * size, err_msg=how)


NORMS = [
    case("norm2(A*x)", "xx", "x", -1),
    case("norm2(A*x)", "Ax", "x", 0),
    case("norm2(A*x)", "xA", "x", 0),
    case("norm2(A*x)", "AA", "x", 1),
    case("norm2(A*x)", "AA", "A", -1),
    case("norm2(x)", "xx", "x", -1),
    case("norm2(X)", "XX", "X", -1),
    case("norm2(X*K)", "XX", "X", -1),
    case("norm2(K)", "KK", "K", -1),
    case("norm2(A*Y')", "AA", "A", -1),
]


@pytest.mark.parametrize(("dtype", "s"), FAR)
@pytest.mark.parametrize("case", NORMS, ids=repr)
def test_second_derivatives_of_norms(case, dtype, s):
    compared(case, dtype, s)
    if case.variables[0] == case.variables[1]:
        compared(case, dtype, s, "structured")
        compared(case, dtype, s, "applied")


@pytest.mark.parametrize("case", [c for c in NORMS if c.variables[0] in c.scaled], ids=repr)
def test_second_derivatives_of_norms_at_0(case):
    for dtype in ROUNDING:
        values = case.values(dtype, 0.0)
        assert not case.formula(**values).any()
