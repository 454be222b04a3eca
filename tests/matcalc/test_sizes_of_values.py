"""Values far from 1: quotients are right as long as they, and what divides them, are numbers.

Each is homogeneous in what is scaled, so that its value at s times a point follows from that at the
point, which automatic differentiation checks.
"""

import numpy as np
import pytest
from matcalc.sources import source

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

    def is_a_number(self, dtype, s):
        """Whether the result is one, with all digits."""
        return abs(self.degree * np.log10(s)) < np.log10(np.finfo(dtype).max) - 3

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


QUOTIENTS = [
    case("(x/norm2(x))'*(y/norm2(y))", "", "xy", 0),
    case("(x/norm2(x))'*(y/norm2(y))", "", "x", 0),
    case("(x/norm2(x))'*(y/norm2(y))", "x", "xy", -1),
    case("(x/norm2(x))'*(y/norm2(y))", "x", "y", 0),
    case("(x/norm2(x))'*(y/norm2(y))", "xx", "x", -2),
    case("(x/norm2(x))'*(y/norm2(y))", "xx", "y", 0),
    case("(x/norm2(x))'*(y/norm2(y))", "xy", "y", -1),
    case("inner(X, Y)/(norm2(X)*norm2(Y))", "", "X", 0),
    case("inner(X, Y)/(norm2(X)*norm2(Y))", "X", "XY", -1),
    case("norm2(x)/norm1(x)", "x", "x", -1),
    case("norm2(x/norm1(x))", "", "x", 0),
    case("norm2(x/norm1(x))", "x", "x", -1),
    case("norm2(x)/norm2(y)", "x", "xy", -1),
    case("norm2(x)/norm2(y)", "y", "xy", -1),
    case("norm2(x)/norm2(y)", "xy", "x", 0),
    case("(norm1(x)/norm1(y))^2", "", "xy", 0),
    case("(norm1(x)/norm1(y))^2", "x", "xy", -1),
    case("(norm1(x)/norm1(y))^2", "y", "xy", -1),
]


@pytest.mark.parametrize(("dtype", "s"), FAR)
@pytest.mark.parametrize("case", QUOTIENTS, ids=repr)
def test_quotients_of_norms(case, dtype, s):
    if case.is_a_number(dtype, s):
        compared(case, dtype, s)


SQUARES = [
    case("x'*P*x/(x'*x)", "x", "x", -1),
    case("x'*P*x/(x'*x)", "xx", "x", -2),
    case("x'*P*x/(x'*x)", "Px", "x", -1),
    case("ln(x'*P*x)", "x", "x", -1),
    case("ln(x'*P*x)", "xx", "x", -2),
    case("ln(x'*P*x)", "PP", "x", 0),
    case("ln(norm2(x))", "xx", "x", -2),
    case("sqrt(x'*P*x)", "x", "x", 0),
    case("sqrt(x'*P*x)", "xx", "x", -1),
    case("x'*y/(x'*x)", "x", "xy", -1),
    case("x'*y/(x'*x)", "xx", "x", -3),
    case("x'*y/(x'*x)", "xy", "x", -2),
    case("1/(x'*x)", "x", "x", -3),
    case("1/(x'*x)", "xx", "x", -4),
    case("norm2(x)^3/norm2(y)^2", "", "xy", 1),
    case("norm2(x)^3/norm2(y)^2", "yy", "xy", -1),
    case("norm2(x)*(x'*y)/norm1(y)", "", "xy", 2),
    case("norm1(x)^3/norm2(x)", "", "x", 2),
    case("normp(x, 3)/norm2(x)", "xx", "x", -2),
]


@pytest.mark.parametrize(("dtype", "s"), NEAR)
@pytest.mark.parametrize("case", SQUARES, ids=repr)
def test_scalars_below_of_degree_two(case, dtype, s):
    if not case.is_a_number(dtype, s):
        return
    compared(case, dtype, s)
    if case.variables == "xx":
        compared(case, dtype, s, "structured")
        compared(case, dtype, s, "applied")


OF_NORMS = ["exp", "sin", "sqrt", "ln"]


@pytest.mark.parametrize("f", OF_NORMS)
@pytest.mark.parametrize(("name", "shape"), [("x", "n"), ("X", "m,n")])
def test_second_derivatives_of_functions_of_a_norm(f, name, shape):
    """Where the norm is 0 they are 0 (convention K4); beside it, those of the norm times f'."""
    hessian = pf.matrix(f"{f}(1 + norm2({name}))", **{name: shape}).hessian(name)
    value = np.array(KNOWN[name][1])
    slope = {"exp": np.e, "sin": np.cos(1.0), "sqrt": 0.5, "ln": 1.0}[f]
    wanted = slope * pf.matrix(f"norm2({name})", **{name: shape}).hessian(name)(value)
    if name == "x":
        assert not source(hessian)(x=0 * value).any()
    for found in (hessian, lambda x: hessian.structured(x).to_dense()):
        assert not found(0 * value).any()
        np.testing.assert_allclose(found(1e-170 * value) * 1e-170, wanted, rtol=1e-13, atol=1e-15)


CUBES = [case("norm2(x)^3", "xx", "x", 1), case("norm2(x)^3", "x", "x", 2)]


@pytest.mark.parametrize(("dtype", "s"), [*NEAR, (np.float64, 1e160), (np.float64, 1e-160)])
@pytest.mark.parametrize("case", CUBES, ids=repr)
def test_columns_times_rows_beside_scalars(case, dtype, s):
    if case.is_a_number(dtype, s):
        compared(case, dtype, s)


def test_a_quotient_of_long_vectors_in_single_precision():
    x, y = np.random.default_rng(0).normal(size=(2, 100_000)).astype(np.float32)
    x *= np.float32(1e7)
    found = pf.matrix("x'*y/(x'*x)", x="n", y="n").gradient("x")(x=x, y=y)
    x, y = x.astype(float), y.astype(float)
    wanted = y / (x @ x) - 2 * (x @ y) * x / (x @ x) ** 2
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.max(np.abs(wanted)))


@pytest.mark.parametrize("case", [*NORMS, *QUOTIENTS, *SQUARES, *CUBES], ids=repr)
def test_each_is_right_at_usual_sizes(case):
    assert case.formula.check().ok


@pytest.mark.parametrize("size", [1e-36, 1.0, 1e36])
def test_norms_of_powers(size):
    hessian, x = pf.matrix("norm2(x.^3)").hessian("x"), np.array([1.0, 2.0])
    found = hessian(x=x * size) / size
    assert np.allclose(found, hessian(x=x), rtol=1e-12)
    assert np.allclose(hessian.structured(x=x * size).to_dense() / size, found, rtol=1e-12)


def test_squares_below_an_array():
    x, large = np.array([1e150, 2e150]), 1e200
    for text, values in [
        ("x/s^2", {"s": large}),
        ("x/(s*t)", {"s": large, "t": large}),
        ("x*x'/(s^2*t)", {"s": large, "t": 1e150}),
    ]:
        e = pf.matrix(text, x="n", **dict.fromkeys(values, ""))
        exact = x / large / large if "x'" not in text else np.outer(x / large, x / large) / 1e150
        assert np.allclose(e(x=x, **values), exact, rtol=1e-14)
