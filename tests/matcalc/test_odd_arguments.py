"""Arguments of a wrong kind: each is refused by name, with what was seen and what is accepted."""

import numpy as np
import pytest
from odd import ODD, refusal

import pyframe as pf
from pyframe.errors import (
    DTypeError,
    FormulaError,
    ParameterError,
    ParameterOverflow,
    ParameterTypeError,
    PyframeError,
    ShapeError,
    SingularMatrixError,
    TooManyElements,
    UnsupportedOperation,
)

e = pf.matrix("logdet(X) + x'*X*x", X="n,n", x="n")
point = {"X": 2 * np.eye(2), "x": np.ones(2)}
h, hx = e.hessian("X"), e.hessian("x")
maps = {"array": h.structured(**point), "matrix": hx.structured(**point)}
compiled = e.compile("x")
LINE = pf.matrix("2*s", s="")
MANY = pf.matrix("sum(exp(x))", x="n").derivative(*["x"] * 65)

TAKE_ONE = {
    "matrix": pf.matrix,
    "shape": lambda odd: pf.matrix("x'*x", x=odd),
    "Symbol": pf.Symbol,
    "name": lambda odd: pf.Symbol("n", name=odd),
    "space": lambda odd: pf.Symbol("n,n", space=odd),
    "assumption": lambda odd: pf.Symbol("n,n", symmetric=odd),
    "value": lambda odd: e(**{**point, "x": odd}),
    "point": lambda odd: e(odd, X=np.eye(2)),
    "verify": lambda odd: e(**point, verify=odd),
    "size": lambda odd: e(**point, n=odd),
    "evaluate": e.evaluate,
    "evaluate a derivative": h.evaluate,
    "value of a derivative": lambda odd: h(**{**point, "X": odd}),
    "value of a program": lambda odd: compiled(**{**point, "X": odd}),
    "graph": lambda odd: compiled.graph(**{**point, "X": odd}),
    "gradient": e.gradient,
    "hessian": e.hessian,
    "jacobian": e.jacobian,
    "differential": e.differential,
    "derivative": e.derivative,
    "derivation": e.derivation,
    "layout": lambda odd: e.jacobian("x", layout=odd),
    "compile": e.compile,
    "order": lambda odd: e.compile("x", order=odd),
    "order of a derivation": lambda odd: e.derivation("x", order=odd),
    "check": e.check,
    "check of a derivative": h.check,
    "numpy": e.numpy,
    "function": e.function,
    "operand": lambda odd: e.function("exp", odd),
    "sum": lambda odd: e.gradient("x").sum(axis=odd),
    "mean": lambda odd: e.gradient("X").mean(axis=odd),
    "dot": e.dot,
    "ord": lambda odd: np.linalg.norm(e.gradient("x"), ord=odd),
    "ord of a matrix": lambda odd: np.linalg.norm(e.gradient("X"), ord=odd),
    "ord of a vector_norm": lambda odd: np.linalg.vector_norm(e.gradient("x"), ord=odd),
    "norm's axis": lambda odd: np.linalg.norm(e.gradient("x"), axis=odd),
    "power": lambda odd: np.linalg.matrix_power(e.gradient("X"), odd),
    "+": lambda odd: e + odd,
    "reflected -": lambda odd: odd - e,
    "*": lambda odd: e * odd,
    "/": lambda odd: e / odd,
    "**": lambda odd: e**odd,
    "@": lambda odd: e.gradient("x") @ odd,
    "<": lambda odd: e < odd,
    "[]": lambda odd: e[odd],
    "structured": lambda odd: hx.structured(**{**point, "X": odd}),
    "solve": lambda odd: maps["array"].solve(odd),
    "solve with a matrix": lambda odd: maps["matrix"].solve(odd),
    "newton_direction": lambda odd: maps["array"].newton_direction(odd),
    "@ of a map": lambda odd: maps["array"] @ odd,
    "@ of a matrix": lambda odd: maps["matrix"] @ odd,
}


OPERATORS = {"+", "reflected -", "*", "/", "**", "@"}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", TAKE_ONE)
def test_an_odd_object_is_taken_or_refused_on_purpose(name, odd):
    error = refusal(TAKE_ONE[name], ODD[odd])
    if name in OPERATORS and odd in {"instance", "masked"}:
        # The other operand has a say, and Python the last word.
        assert isinstance(error, TypeError)
        return
    assert error is None or isinstance(error, PyframeError)
    assert len(str(error)) < 2000


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: e.check(points=0), ParameterError, "points must be an int from 1 to 10000, got 0"),
        (lambda: e.check(points=-1), ParameterError, "points must be .*, got -1"),
        (lambda: e.check(points="a"), ParameterTypeError, "points must be .*, got 'a'"),
        (lambda: e.check(points=True), ParameterTypeError, "points must be .*, got True"),
        (lambda: h.check(points=1.5), ParameterTypeError, "points must be .*, got 1.5"),
        (lambda: pf.Symbol("n", name=5), ParameterTypeError, "name must be a text, got 5"),
        (lambda: pf.Symbol("n", name=""), ParameterError, "is no name"),
        (lambda: e.numpy(3), ParameterTypeError, "name must be a text, got 3"),
        (lambda: e.numpy("1x"), ParameterError, "must be the name of a function, got '1x'"),
        (lambda: e.numpy("lambda"), ParameterError, "must be the name of a function"),
        (lambda: e(**point, verify="no"), ParameterTypeError, "verify must be True or False"),
        (lambda: e(**point, n=-1), ParameterError, "the size n must be an int >= 0, got -1"),
        (lambda: e(**point, n=2**70), TooManyElements, "the size n is 1180591620717411303424"),
        (lambda: pf.matrix("eye(n)")(n=2**70), TooManyElements, "more than memory has"),
        (lambda: e.compile("x", order=np.ones(2)), ParameterTypeError, "order must be one of 1, 2"),
        (lambda: e.compile("x", order=3), ParameterError, "order must be one of 1, 2, got 3"),
        (lambda: e.compile(order=2), ParameterError, "say with respect to which symbol: X, x"),
        (lambda: e.compile(order=3), ParameterError, "order must be one of 1, 2, got 3"),
        (lambda: LINE(s=np.longdouble(1)), DTypeError, r"wanted: float64 or float32, as .astype"),
        (lambda: LINE(s=1j), DTypeError, "complex128; wanted: real numbers"),
        (lambda: LINE(s=np.array(2**70)), DTypeError, "dtype object; wanted: real numbers"),
        (lambda: LINE(s=10**400), ParameterOverflow, "s has a number beyond 1.8e308"),
        (lambda: MANY(x=np.ones(1)), UnsupportedOperation, "a derivative of 65 axes is no array"),
        (lambda: e.evaluate(None), ParameterTypeError, "values must be a mapping"),
        (lambda: e + 1j, ParameterTypeError, "meets 1j of type complex"),
        (lambda: [1] - e, ParameterTypeError, r"meets \[1\] of type list"),
        (lambda: maps["matrix"].solve(np.array([1j, 2])), DTypeError, "real array .* complex128"),
        (lambda: maps["array"] @ ["a"], DTypeError, "real array"),
        (lambda: maps["array"] @ [[1.0], [1.0, 2.0]], ShapeError, "one shape"),
        (lambda: pf.matrix("x'*x", x="n")(x=np.ones((3, 1))), ShapeError, r"reshape\(-1\)"),
        (lambda: pf.matrix("a*a'", a="1,n")(a=np.ones(3)), ShapeError, r"reshape\(1, -1\)"),
        (lambda: pf.Symbol(2**70), ParameterTypeError, r"a number below 2\*\*40"),
        (lambda: pf.Symbol("0"), FormulaError, "size"),
    ],
)  # fmt: skip
def test_what_a_refusal_says(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_whole_numbers_of_any_length_are_real_numbers():
    assert LINE(s=2**70) == 2.0**71
    assert np.array_equal(pf.matrix("2*x", x="n")(x=[2**70, -1]), [2.0**71, -2.0])


def test_order_2_in_the_only_symbol():
    value, gradient, hessian = pf.matrix("x'*x", x="n").compile(order=2)(x=np.ones(2))
    assert value == 2 and gradient.tolist() == [2, 2] and hessian.tolist() == [[2, 0], [0, 2]]


def test_as_many_points_as_are_asked_for():
    assert e.gradient("X").check(points=60).points == 60


def test_singular_maps_are_refused_by_one_class():
    x = pf.matrix("x'*A*x", A=pf.Symbol("n,n", symmetric=True), x="n").hessian("x")
    separate = pf.matrix("sum(x.^4)", x="n").hessian("x")
    for singular in (
        x.structured(A=np.zeros((2, 2)), x=np.ones(2)),
        x.structured(A=np.ones((2, 2)), x=np.ones(2)),
        separate.structured(x=np.array([0.0, 1.0])),
        pf.matrix("inner(C, X)", C="n,n", X="n,n").hessian("X").structured(X=np.eye(2)),
        pf.matrix("(a'*x)^2", a="n", x="n").hessian("x").structured(a=np.ones(3), x=np.ones(3)),
    ):
        with pytest.raises(SingularMatrixError, match="singular") as caught:
            singular.solve(np.ones(singular.shape[0]))
        assert isinstance(caught.value, np.linalg.LinAlgError)


def test_blocks_cannot_be_written_into():
    found = pf.matrix("sum(x.^4)", x="n").hessian("x").structured(x=np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="read-only"):
        found.blocks[...] = 7.0
    found.to_dense()[...] = 7.0
    assert found.solve([12.0, 48.0]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("space", [None, "symmetric"])
def test_a_map_applied_from_the_right(space):
    rng = np.random.default_rng(0)
    f = pf.matrix("sum((A*X*B).^3)", X=pf.Symbol("n,n", space=space), A="n,n", B="n,n")
    values = {name: rng.standard_normal((3, 3)) for name in "AXB"}
    if space:
        values["X"] += values["X"].T
    map_ = f.hessian("X").structured(**values)
    v = rng.standard_normal((3, 3))
    by_hand = np.tensordot(v, map_.to_dense(), 2)
    np.testing.assert_allclose(v @ map_, by_hand, atol=1e-12)
    np.testing.assert_allclose(np.matmul(map_, v), map_ @ v)
    np.testing.assert_allclose(v.ravel() @ map_, by_hand.ravel(), atol=1e-12)
    np.testing.assert_allclose(map_ + np.zeros(()), map_.to_matrix())
