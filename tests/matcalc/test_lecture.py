"""The lecture, section 2: each rule, each kind of derivative and each example, step by step."""

from __future__ import annotations

import re

import numpy as np
import pytest

import pyframe as pf
from pyframe.cli import main

BOUND = 1e-12

SYMMETRIC = pf.Symbol("n,n", symmetric=True)
INVERTIBLE = pf.Symbol("n,n", invertible=True)
IN_SYMMETRIC = pf.Symbol("n,n", space="symmetric")

# What the lecture calls it, the function, its symbols, the variable; the line it is used at,
# and what is written there.
RULES = [
    ("constant", lambda X, A: A, {"X": "m,n", "A": "m,n"}, "X", "zeros(m, n)", "dA = 0"),
    ("multiple", "alpha*X", {"X": "m,n"}, "X", "alpha*dX", "d(alpha*X) = alpha*dX"),
    (
        "product with constants",
        "A*X*B",
        {"X": "m,n", "A": "k,m", "B": "n,p"},
        "X",
        "A*dX*B",
        "d(A*X*B) = A*dX*B",
    ),
    (
        "sum",
        "A*X + X*B",
        {"X": "n,n", "A": "n,n", "B": "n,n"},
        "X",
        "d(A*X) + d(X*B)",
        "d(X + Y) = dX + dY",
    ),
    ("transpose", "X'", {"X": "m,n"}, "X", "dX'", "d(X') = dX'"),
    (
        "product",
        "X*A*X",
        {"X": "m,n", "A": "n,m"},
        "X",
        "dX*A*X + X*A*dX",
        "d(X*Y) = dX*Y + X*dY",
    ),
    (
        "inner product",
        "inner(X, sin(X))",
        {"X": "m,n"},
        "X",
        "inner(sin(X), dX) + inner(X, d(sin(X)))",
        "d(inner(X, Y)) = inner(dX, Y) + inner(X, dY)",
    ),
    (
        "quotient",
        "X/tr(X)",
        {"X": "n,n"},
        "X",
        "(tr(X)*dX - d(tr(X))*X)/tr(X)^2",
        "d(X/s) = (s*dX - ds*X)/s^2",
    ),
    (
        "determinant of an invertible matrix",
        "det(X)",
        {"X": INVERTIBLE},
        "X",
        "det(X)*inner(inv(X)', dX)",
        "d(det(X)) = det(X)*inner(inv(X)', dX)",
    ),
    (
        "determinant",
        "det(X)",
        {"X": "n,n"},
        "X",
        "inner(cof(X), dX)",
        "d(det(X)) = inner(cof(X), dX)",
    ),
    (
        "logarithm of the determinant",
        "logdet(X)",
        {"X": "n,n"},
        "X",
        "inner(inv(X)', dX)",
        "d(logdet(X)) = inner(inv(X)', dX)",
    ),
    ("trace", "tr(X)", {"X": "n,n"}, "X", "tr(dX)", "d(tr(X)) = tr(dX)"),
    ("trace", "tr(X)", {"X": "n,n"}, "X", "inner(eye(n), dX)", "tr(dX) = inner(I, dX)"),
    (
        "chain",
        "exp(sin(x'*x))",
        {"x": "n"},
        "x",
        "exp(sin(x'*x))*cos(x'*x)*d(x'*x)",
        "chain rule; d(sin(s)) = cos(s)*ds",
    ),
    (
        "inverse",
        "inv(X)",
        {"X": "n,n"},
        "X",
        "-inv(X)*dX*inv(X)",
        "d(inv(X)) = -inv(X)*dX*inv(X)",
    ),
]

QUADRATIC = """
f  = x'*A*x - b'*x + c
df = d(x'*A*x - b'*x + c)
df = d(x'*A*x) - d(b'*x)        | d(X + Y) = dX + dY; dA = 0
df = dx'*A*x + x'*A*dx - b'*dx  | d(X*Y) = dX*Y + X*dY; d(A*X*B) = A*dX*B
df = inner(A*x + A'*x - b, dx)  | inner(A, B*dX*C) = inner(B'*A*C', dX)
df = inner((A + A')*x - b, dx)  | common factors
G  = (A + A')*x - b             | df = inner(G, dx) says what G is
dG = d((A + A')*x - b)
dG = d((A + A')*x)              | d(X + Y) = dX + dY; dA = 0
dG = (A + A')*dx                | d(A*X*B) = A*dX*B
H  = A + A'                     | dG = H*dx says what H is
"""

LOGARITHM = """
f  = log(x'*A*x)
df = d(log(x'*A*x))
df = d(x'*A*x)/(x'*A*x)                       | chain rule; d(log(s)) = ds/s
df = (dx'*A*x + x'*A*dx)/(x'*A*x)             | d(X*Y) = dX*Y + X*dY
df = inner(A*x/(x'*A*x) + A'*x/(x'*A*x), dx)  | inner(A, B*dX*C) = inner(B'*A*C', dX)
df = inner((A + A')*x/(x'*A*x), dx)           | common factors
G  = (A + A')*x/(x'*A*x)                      | df = inner(G, dx) says what G is
"""

ITS_HESSIAN = """
dG = d((A + A')*x/(x'*A*x))
dG = ((x'*A*x)*d((A + A')*x) - d(x'*A*x)*(A + A')*x)/(x'*A*x)^2
dG = ((x'*A*x)*(A + A')*dx - (dx'*A*x + x'*A*dx)*(A + A')*x)/(x'*A*x)^2
dG = (A + A')*dx/(x'*A*x) - (dx'*A*x + x'*A*dx)*(A + A')*x/(x'*A*x)^2
H  = (A + A')/(x'*A*x) - (A + A')*x*x'*(A + A')/(x'*A*x)^2
"""

OF_SYMMETRIC_MATRIX = """
f  = log(x'*A*x)
df = d(log(x'*A*x))
df = d(x'*A*x)/(x'*A*x)         | chain rule; d(log(s)) = ds/s
df = 2*x'*A*dx/(x'*A*x)         | d(X*Y) = dX*Y + X*dY
df = inner(2*A*x/(x'*A*x), dx)  | inner(A, B*dX*C) = inner(B'*A*C', dX)
G  = 2*A*x/(x'*A*x)             | df = inner(G, dx) says what G is
"""

DETERMINANT = """
f   = inner(S, X) - logdet(X)
df  = d(inner(S, X) - logdet(X))
df  = d(inner(S, X)) - d(logdet(X))      | d(X + Y) = dX + dY
df  = inner(S, dX) - inner(inv(X)', dX)  | d(inner(A, X)) = inner(A, dX); \
d(logdet(X)) = inner(inv(X)', dX)
df  = inner(S - inv(X)', dX)             | inner(A, dX) + inner(B, dX) = inner(A + B, dX)
G   = S - inv(X)'                        | df = inner(G, dX) says what G is
dG  = d(S - inv(X)')
dG  = -d(inv(X)')                        | d(X + Y) = dX + dY; dA = 0
dG  = inv(X)'*dX'*inv(X)'                | d(inv(X)) = -inv(X)*dX*inv(X)
d2f = tr(inv(X)*dX_1*inv(X)*dX_2)        | d2f = inner(dG, dX_2), where dG is along dX_1
"""

AMONG_SYMMETRIC = """
f   = inner(S, X) - logdet(X)
df  = d(inner(S, X) - logdet(X))
df  = d(inner(S, X)) - d(logdet(X))     | d(X + Y) = dX + dY
df  = inner(S, dX) - inner(inv(X), dX)  | d(inner(A, X)) = inner(A, dX); \
d(logdet(X)) = inner(inv(X), dX)
df  = inner(S - inv(X), dX)             | inner(A, dX) + inner(B, dX) = inner(A + B, dX)
G   = S - inv(X)                        | df = inner(G, dX) says what G is
G   = (S + S')/2 - inv(X)               | projected onto the space symmetric: G becomes (G + G')/2
dG  = d((S + S')/2 - inv(X))
dG  = -d(inv(X))                        | d(X + Y) = dX + dY; dA = 0
dG  = inv(X)*dX*inv(X)                  | d(inv(X)) = -inv(X)*dX*inv(X)
d2f = tr(inv(X)*dX_1*inv(X)*dX_2)       | d2f = inner(dG, dX_2), where dG is along dX_1
"""

FIRST, SECOND, THIRD = "inner(x, A*x) - b'*x + c", "ln(inner(x, A*x))", "inner(S, X) - logdet(X)"
SQUARE = {"A": "n,n", "x": "n"}

EXAMPLES = [
    (FIRST, {**SQUARE, "b": "n", "c": ""}, "x", 2, QUADRATIC),
    (SECOND, SQUARE, "x", 1, LOGARITHM),
    (SECOND, SQUARE, "x", 2, ITS_HESSIAN),
    (SECOND, {**SQUARE, "A": SYMMETRIC}, "x", 1, OF_SYMMETRIC_MATRIX),
    (THIRD, {"S": "n,n", "X": "n,n"}, "X", 2, DETERMINANT),
    (THIRD, {"S": "n,n", "X": IN_SYMMETRIC}, "X", 2, AMONG_SYMMETRIC),
]

rng = np.random.default_rng(7)


def values(expression, **given):
    """Random values of its symbols, of differentials too."""
    sizes = {"m": 2, "n": 3, "k": 4, "p": 5}
    for name, own in expression.known.items():
        shape = [sizes[size] for size in own.shape]
        value = rng.standard_normal(shape) + (3 * np.eye(*shape) if len(shape) == 2 else 0.0)
        if {"symmetric", "positive_definite"} & set(own.facts):
            value = value + value.T
        given.setdefault(name, value)
    return given


def true_lines(derivation, function, name):
    """How many lines say what the differential of a function is, each in numbers."""
    differential = function.differential(name)
    given = values(differential)
    given.setdefault(f"d{name}", rng.standard_normal(np.shape(given[name])))
    wanted = differential(**{key: given[key] for key in differential.known})
    many = 0
    for step in derivation.steps:
        if step.left != "df" or re.search(r"\bd\(", str(step.right)):
            continue
        found = step.right(**{key: given[key] for key in step.right.known})
        if step.along is not None:
            found = np.sum(found * given[f"d{name}"])
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
        many += 1
    return many


def well_formed(latex):
    """Whether braces and environments close."""
    plain = latex.replace(r"\{", "").replace(r"\}", "")
    return plain.count("{") == plain.count("}") and latex.count(r"\left") == latex.count(r"\right")


@pytest.mark.parametrize("row", RULES, ids=lambda row: f"{row[0]}: {row[5]}")
def test_each_rule(row):
    _, function, symbols, name, line, rule = row
    e = pf.matrix(function, **symbols)
    derivation = e.derivation(name)
    (step,) = [step for step in derivation.steps if step.left == "df" and step.text == line]
    assert "; ".join(str(own) for own in step.rules) == rule
    assert all(own.latex in derivation.latex() for own in step.rules)
    assert derivation.certificate.ok
    assert derivation.certificate.error <= BOUND
    assert true_lines(derivation, e, name) >= 1
    assert well_formed(derivation.latex())


@pytest.mark.parametrize(("text", "symbols", "name", "order", "lines"), EXAMPLES)
def test_each_example(text, symbols, name, order, lines):
    e = pf.matrix(text, **symbols)
    derivation = e.derivation(name, order=order)
    *found, certified = str(derivation).splitlines()
    for line in lines.strip().splitlines():
        assert any(own.startswith(line) for own in found), line
    if lines is not ITS_HESSIAN:
        assert len(found) == len(lines.strip().splitlines())
    assert certified.startswith("certified")
    assert derivation.certificate.error <= BOUND
    assert e.gradient(name).check().error <= BOUND
    assert true_lines(derivation, e, name) >= 2
    assert well_formed(derivation.latex())
    for step in derivation.steps:
        assert step.latex() in derivation.markdown()


def test_latex_of_the_third_example():
    derivation = pf.matrix(THIRD, S="n,n", X="n,n").derivation("X", order=2)
    rows = derivation.latex().splitlines()
    assert rows[1] == r"f &= \langle S, X\rangle - \log\det X \\"
    start = r"\nabla f &= S - X^{-\top} && \mathrm{d}f = \langle \nabla f, \mathrm{d}X\rangle"
    assert rows[6].startswith(start)
    last = r"\operatorname{tr}(X^{-1} \, \mathrm{d}X_{1} \, X^{-1} \, \mathrm{d}X_{2})"
    assert rows[-2].startswith(rf"\mathrm{{d}}^2 f &= {last}")


def test_hessians():
    e = pf.matrix(FIRST, **EXAMPLES[0][1])
    assert str(e.hessian("x")) == "A + A'"
    e = pf.matrix(SECOND, **SQUARE)
    given = values(e)
    both, x = given["A"] + given["A"].T, given["x"]
    s = x @ given["A"] @ x
    given["A"] = given["A"] * np.sign(s)
    both, s = both * np.sign(s), abs(s)
    wanted = both / s - np.outer(both @ x, both @ x) / s**2
    np.testing.assert_allclose(e.hessian("x")(**given), wanted, rtol=1e-12, atol=1e-12)
    for symbols in (EXAMPLES[4][1], EXAMPLES[5][1]):
        e = pf.matrix(THIRD, **symbols)
        given = values(e)
        hessian, y = e.hessian("X"), np.linalg.inv(given["X"])
        first, second = rng.standard_normal((2, 3, 3))
        if symbols["X"] is IN_SYMMETRIC:
            first, second = first + first.T, second + second.T
        along = np.tensordot(np.tensordot(hessian(**given), first), second)
        np.testing.assert_allclose(along, np.trace(y @ first @ y @ second), rtol=1e-12)
        assert hessian.check().error <= BOUND
        form = e.derivation("X", order=2).steps[-1].right
        said = form(X=given["X"], dX_1=first, dX_2=second)
        np.testing.assert_allclose(said, along, rtol=1e-12)


OBJECTS = [
    ("t^3", {"t": ""}, "t", ()),
    ("x'*A*x", SQUARE, "x", (3,)),
    ("sin(A*x)", {"A": "m,n", "x": "n"}, "x", (2, 3)),
    ("tr(X'*A*X)", {"A": "m,m", "X": "m,n"}, "X", (2, 3)),
    ("t*x", {"t": "", "x": "n"}, "t", (3,)),
]


@pytest.mark.parametrize(("text", "symbols", "name", "shape"), OBJECTS)
def test_each_kind_of_derivative(text, symbols, name, shape):
    e = pf.matrix(text, **symbols)
    found, given = e.derivative(name), values(e)
    assert found(**given).shape == shape
    assert found.check().error <= BOUND


def test_a_jacobian_is_m_by_n():
    e = pf.matrix("sin(A*x)", A="m,n", x="n")
    given = values(e)
    slopes = np.cos(given["A"] @ given["x"])
    jacobian = e.jacobian("x")(**given)
    for i in range(2):
        for j in range(3):
            np.testing.assert_allclose(jacobian[i, j], slopes[i] * given["A"][i, j], rtol=1e-14)
    f = pf.matrix("x'*A*x", **SQUARE)
    given = values(f)
    np.testing.assert_array_equal(f.jacobian("x")(**given), [f.gradient("x")(**given)])
    assert f.hessian("x") == f.gradient("x").jacobian("x").T
    # Of a vector's components the Hessians, one beneath the other.
    assert e.derivative("x", "x")(**values(e)).shape == (2, 3, 3)
    assert pf.matrix("logdet(X)").derivative("X", "X")(X=np.eye(3)).shape == (3, 3, 3, 3)


def test_the_determinant_of_a_singular_matrix():
    gradient = pf.matrix("det(X)").gradient("X")
    singular = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])
    minors = [
        [np.linalg.det(np.delete(np.delete(singular, i, 0), j, 1)) for j in range(3)]
        for i in range(3)
    ]
    signs = (-1.0) ** np.add.outer(range(3), range(3))
    np.testing.assert_allclose(gradient(X=singular), signs * minors, atol=1e-14)


def test_mixed_derivatives_are_equal():
    for text in ("x'*A*y", "exp(x'*y)*sin(y'*A*x)", "log(x'*x + (y'*A*x)^2 + 1)"):
        f = pf.matrix(text, A="n,n", x="n", y="n")
        given = values(f)
        one, other = f.derivative("x", "y"), f.derivative("y", "x")
        np.testing.assert_allclose(one(**given), other(**given).T, rtol=1e-12, atol=1e-13)
    # Peano's function has other mixed derivatives at 0 only, where they are not continuous.
    f = pf.matrix("x*y*(x^2 - y^2)/(x^2 + y^2)", x="", y="")
    np.testing.assert_allclose(
        f.derivative("x", "y")(x=0.3, y=-0.7), f.derivative("y", "x")(x=0.3, y=-0.7), rtol=1e-13
    )
    by_x, by_y = f.gradient("x"), f.gradient("y")
    for h in (1e-1, 1e-4, 1e-8):
        # Both are 0 at the origin, so these are difference quotients.
        np.testing.assert_allclose(by_x(x=0.0, y=h) / h, -1.0, rtol=1e-12)
        np.testing.assert_allclose(by_y(x=h, y=0.0) / h, 1.0, rtol=1e-12)


@pytest.mark.parametrize("style", ["text", "latex", "markdown"])
def test_derivations_on_the_command_line(style, capsys):
    steps = ["derive", THIRD, "--wrt", "X", "--order", "2", "--steps", "--format", style]
    assert main(steps) == 0
    derivation = pf.matrix(THIRD).derivation("X", order=2)
    wanted = {"text": str, "latex": type(derivation).latex, "markdown": type(derivation).markdown}
    assert capsys.readouterr().out.strip() == wanted[style](derivation).strip()


def test_a_derivation_in_numpy(capsys):
    steps = ["derive", THIRD, "--wrt", "X", "--order", "2", "--steps", "--format", "numpy"]
    assert main(steps) == 0
    functions = {}
    exec(capsys.readouterr().out, functions)
    e = pf.matrix(THIRD)
    given, (first, second) = values(e), rng.standard_normal((2, 3, 3))
    gradient, hessian = e.gradient("X")(**given), e.hessian("X")(**given)
    moved = np.tensordot(hessian, first)
    x = {"X": given["X"]}
    np.testing.assert_allclose(functions["f"](**given), e(**given), rtol=1e-12)
    np.testing.assert_allclose(functions["df"](**given, dX=first), np.vdot(gradient, first))
    np.testing.assert_allclose(functions["G"](**given), gradient, rtol=1e-12)
    np.testing.assert_allclose(functions["dG"](**x, dX=first), moved, rtol=1e-11)
    second_differential = functions["d2f"](**x, dX_1=first, dX_2=second)
    np.testing.assert_allclose(second_differential, np.vdot(moved, second), rtol=1e-11)
