"""Derivatives of spectral norms, extreme eigenvalues, matrix exponentials and Kronecker products.

Each is compared, up to the third order, with the values of the function itself on a circle.
"""

import numpy as np
import pytest
from matcalc.cookbook import symbol
from matcalc.directional import derivatives
from matcalc.drawing import draw, in_space
from matcalc.plain import COMPLEX, evaluate, names
from matcalc.test_numpy_source import agree, run

import pyframe as pf

SIZES = {"n": 3, "m": 4, "p": 2}


def case(text, declared, name):
    """An expression with its symbols, their values, and a direction for one of them."""
    own = {key: symbol(what.strip()) for key, _, what in (d.partition(":") for d in declared)}
    rng = np.random.default_rng(7)
    values = {key: draw(each, rng, SIZES) for key, each in own.items()}
    symbols = {
        key: pf.Symbol(each.sizes, **dict.fromkeys(each.properties, True))
        for key, each in own.items()
    }
    space = "symmetric" if "symmetric" in own[name].properties else "general"
    direction = in_space(space, rng.standard_normal(values[name].shape))
    return pf.matrix(text, **symbols), values, direction


CASES = [
    ("nuc(X)", ["X: m,n"], "X"),
    ("nuc(X)", ["X: p,n"], "X"),
    ("nuc(X)", ["X: n,n"], "X"),
    ("nuc(S)", ["S: n,n symmetric"], "S"),
    ("norms(X)", ["X: m,n"], "X"),
    ("norms(X)^2", ["X: p,n"], "X"),
    ("norms(x)*nuc(x')", ["x: n"], "x"),
    ("lmax(S)", ["S: n,n symmetric"], "S"),
    ("lmin(X + X')", ["X: n,n"], "X"),
    ("lmax(X'*X)*lmin(X'*X)", ["X: m,n"], "X"),
    ("sum(polar(X).^2 + polar(X))", ["X: m,n"], "X"),
    ("inner(A, rmax(S)) + inner(A, rmin(S))", ["A: n,n", "S: n,n symmetric"], "S"),
    ("tr(A*expm(X))", ["A: n,n", "X: n,n"], "X"),
    ("sum(expm(X)*A*expm(X))", ["A: n,n", "X: n,n"], "X"),
    ("sum(sin(kron(A, B)))", ["A: n,n", "B: m,p"], "A"),
    ("sum(sin(kron(A, B)))", ["A: n,n", "B: m,p"], "B"),
    ("sum(sin(kron(x, B)))", ["x: n", "B: m,p"], "x"),
    ("sum(exp(kron(A, A)))", ["A: n,n"], "A"),
    ("logdet(kron(A, A) + kron(P, P))", ["A: n,n symmetric", "P: n,n positive_definite"], "A"),
    ("tr(kron(A, B)*inv(kron(B, A)))", ["A: p,p", "B: n,n positive_definite"], "A"),
]


@pytest.mark.parametrize(("text", "declared", "name"), CASES)
def test_three_orders(text, declared, name):
    e, values, direction = case(text, declared, name)

    def f(x):
        return evaluate(text, {**values, name: x}, SIZES, COMPLEX)[0, 0]

    wanted = derivatives(f, values[name], direction, 3, accuracy=1e-7)
    for order in (1, 2, 3):
        found = np.asarray(e.derivative(*[name] * order)(**values))
        for _ in range(order):
            found = np.tensordot(found, direction, axes=direction.ndim)
        assert abs(found - wanted[order - 1]) <= 1e-7 * (1 + abs(wanted[order - 1])), order


@pytest.mark.parametrize(("text", "declared", "name"), CASES)
def test_what_is_printed(text, declared, name):
    """It is read again as the same formula, and as source has the same value."""
    e, values, direction = case(text, declared, name)
    form = e.gradient(name).differential(name)
    values[f"d{name}"] = direction
    given = {key: values[key] for key in form.symbols}
    found, plain = form(**given), evaluate(str(form), given, SIZES)
    assert agree(np.reshape(found, plain.shape), plain)
    again = pf.matrix(str(form), **{key: declared_again(form, key) for key in given})
    assert agree(again(**given), found)
    assert agree(run(form, {**SIZES, **values}), found), form.numpy()


def declared_again(form, name):
    own = form.known[name]
    return pf.Symbol(",".join(own.shape), **dict.fromkeys(own.facts, True))


@pytest.mark.parametrize(("text", "declared", "name"), CASES)
def test_certificates(text, declared, name):
    """Also of the operators that second derivatives are made of, along a direction."""
    e, _, _ = case(text, declared, name)
    assert e.gradient(name).check()
    assert e.hessian(name).check()
    form = e.gradient(name).differential(name)
    text = str(form).replace(f"d{name}", "E")
    known = {key.replace(f"d{name}", "E"): declared_again(form, key) for key in form.symbols}
    again = pf.matrix(text, **known)
    if name in again.symbols:
        assert again.jacobian(name).check()


@pytest.mark.parametrize("text", ["lmax(X)", "lmin(X*A)", "inner(A, pmax(X))", "sum(rmin(X))"])
def test_of_a_matrix_that_is_not_symmetric_the_symmetric_part_counts(text):
    known = {name: "n,n" for name in names(text) if name in "AX"}
    e = pf.matrix(text, **known)
    rng = np.random.default_rng(3)
    values = {name: rng.standard_normal((3, 3)) for name in known}
    plain = evaluate(text, values, SIZES)
    assert agree(e(**values), plain[0, 0])
    assert agree(run(e, values), plain[0, 0])
    assert e.check()
    assert e.hessian("X").check()


@pytest.mark.parametrize("text", ["lmax(X)", "lmin(X)", "norms(X)"])
def test_equal_values_of_a_spectrum_have_no_second_derivative(text):
    hessian = pf.matrix(text, X="n,n").hessian("X")
    apart = np.diag([1.0, 2.0, 4.0])
    assert np.all(np.isfinite(hessian(X=apart)))
    with pytest.raises(pf.errors.DegenerateSpectrumError):
        hessian(X=np.eye(3))


def test_a_matrix_of_low_rank_has_no_second_derivative_of_its_nuclear_norm():
    hessian = pf.matrix("nuc(X)", X="m,n").hessian("X")
    with pytest.raises(pf.errors.DegenerateSpectrumError):
        hessian(X=np.outer([1.0, 2.0, 3.0], [1.0, -1.0]))


def test_gaps_of_other_values_are_not_needed():
    """Two small eigenvalues may be equal where the largest one is looked at."""
    hessian = pf.matrix("lmax(X)", X="n,n").hessian("X")(X=np.diag([1.0, 1.0, 3.0]))
    e = np.zeros((3, 3))
    e[0, 2] = e[2, 0] = 1.0
    assert np.isclose(np.tensordot(np.tensordot(hessian, e), e), 2 / (3 - 1))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("nuc(x)", "norm2(x)"),
        ("polar(x)", "x/norm2(x)"),
        ("kronl(kron(A, B), B)", "inner(B, B)*A"),
        ("kronr(kron(A, B), A)", "inner(A, A)*B"),
        ("kronl(eye(n*m), B)", "tr(B)*eye(n)"),
        ("kronl(ones(n*m, n*m), B)", "sum(B)*ones(n, n)"),
        ("dexpm(A, eye(n), C)", "dexpm(A, C)"),
        ("dexpm(A, C, E)", "dexpm(A, E, C)"),
        ("tr(dexpm(A, C, E))", "inner(dexpm(A, C)', E)"),
        ("nuc(x*y')", "norm2(x)*norm2(y)"),
        ("norms(A*x*y'*B)", "norm2(A*x)*norm2(B'*y)"),
        ("norm2(x*x')", "norm2(x)^2"),
        ("sylv(A, t, x)", "inv(A + t*eye(n))*x"),
        ("sylv(A, A, C)'", "sylv(A', A', C')"),
        ("sylv(A, A', C)'", "sylv(A, A', C')"),
    ],
)
def test_normal_form(text, wanted):
    sizes = {"x": "n", "y": "m", "t": "", "A": "n,n", "B": "m,m", "C": "n,n", "E": "n,n"}
    known = [{key: sizes[key] for key in names(each) if key in sizes} for each in (text, wanted)]
    assert pf.matrix(text, **known[0]) == pf.matrix(wanted, **known[1])
