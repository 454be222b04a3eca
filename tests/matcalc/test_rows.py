"""Rows: matrices of one row, as variables and as values of functions, against their columns."""

import numpy as np
import pytest

import pyframe as pf

A = np.random.default_rng(0).standard_normal((3, 3))
R = np.array([[0.3, -1.0, 2.0]])
X = np.array([0.5, 1.0, -0.7])


@pytest.mark.parametrize(
    ("text", "of_column", "values"),
    [
        ("inner(r, r)", "inner(x, x)", {}),
        ("sum(exp(r))", "sum(exp(x))", {}),
        ("norm2(r*A)", "norm2(A'*x)", {"A": A}),
        ("logsumexp(A*r')", "logsumexp(A*x)", {"A": A}),
        ("tr(expm(r'*r/9))", "tr(expm(x*x'/9))", {}),
    ],
)
def test_hessians_in_a_row(text, of_column, values):
    """Those in the column, with axes of length one."""
    sizes = {"A": "n,n"} if values else {}
    in_row = pf.matrix(text, r="1,n", **sizes)
    h = in_row.hessian("r")
    wanted = pf.matrix(of_column, x="n", **sizes).hessian("x")(x=R[0], **values)
    found = h(r=R, **values)
    assert found.shape == (1, 3, 1, 3)
    np.testing.assert_allclose(found.reshape(3, 3), wanted, atol=1e-14)
    np.testing.assert_allclose(in_row.derivative("r", "r")(r=R, **values), found, atol=1e-14)
    assert h.check().error < 1e-10
    structured = h.structured(r=R, **values)
    np.testing.assert_allclose(structured.to_dense(), found, atol=1e-14)
    np.testing.assert_allclose(structured @ R, (wanted @ R[0])[None], atol=1e-13)
    if np.linalg.cond(wanted) < 1e8:
        np.testing.assert_allclose(structured.solve(R), np.linalg.solve(wanted, R[0])[None])
    value, gradient, hessian = in_row.compile("r", order=2)(r=R, **values)
    assert (np.shape(value), gradient.shape, hessian.shape) == ((), (1, 3), (1, 3, 1, 3))
    single = h(r=R.astype(np.float32), **{k: v.astype(np.float32) for k, v in values.items()})
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, found, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "name", "sizes"),
    [
        ("r + s", "r", {"r": "1,n", "s": ""}),
        ("r*A", "A", {"r": "1,n", "A": "n,n"}),
        ("r*A", "r", {"r": "1,n", "A": "n,n"}),
        ("exp(r).*r", "r", {"r": "1,n"}),
        ("r'*r", "r", {"r": "1,n"}),
        ("x'*sum(x)", "x", {"x": "n"}),
        ("x'*diag(x)", "x", {"x": "n"}),
        ("expm(r'*r/9)", "r", {"r": "1,n"}),
    ],
)
def test_derivatives_of_rows(text, name, sizes):
    values = {key: {"r": R, "s": 0.5, "A": A, "x": X}[key] for key in sizes}
    f = pf.matrix(text, **sizes)
    first, second = f.derivative(name), f.derivative(name, name)

    def at(x):
        return f(**{**values, name: x})

    slope = first(**values)
    direction = np.cos(np.arange(np.size(values[name]))).reshape(np.shape(values[name]))
    axes = np.ndim(values[name])
    ahead, behind = (at(values[name] + h * direction) for h in (1e-6, -1e-6))
    along = np.tensordot(slope, direction, axes)
    np.testing.assert_allclose(along, (ahead - behind) / 2e-6, rtol=1e-7, atol=1e-8)
    ahead, behind = (first(**{**values, name: values[name] + h * direction}) for h in (1e-6, -1e-6))
    along = np.tensordot(second(**values), direction, axes)
    np.testing.assert_allclose(along, (ahead - behind) / 2e-6, rtol=1e-6, atol=1e-7)
    assert first.check().error < 1e-10
    assert second.check().error < 1e-10


def test_rows_that_are_traced_or_float32():
    e = pf.matrix("sum(r.^2)", r="1,n")
    np.testing.assert_allclose(pf.grad(lambda r: e(r=r))(R), 2 * R)
    np.testing.assert_allclose(pf.jvp(lambda r: e(r=r), (R,), (R,))[1], 2 * np.sum(R * R))
    assert e(r=R.astype(np.float32)).dtype == np.float32


def test_newton_in_a_row():
    found = pf.minimize(pf.matrix("sum(exp(r) - 2*r)", r="1,n"), R, direction="newton")
    np.testing.assert_allclose(found.x, np.full((1, 3), np.log(2)), rtol=1e-5)


@pytest.mark.parametrize("space", ["symmetric", "diagonal", "upper-triangular", "toeplitz"])
def test_a_number_in_a_space(space):
    """It is every such matrix; the map used to call itself."""
    h = pf.matrix("s^2", s=pf.Symbol("", space=space)).hessian("s").structured(s=1.0)
    assert (float(h @ 2.0), float(h.to_dense())) == (4.0, 2.0)
    np.testing.assert_allclose(h.solve(1.0), 0.5)


def test_a_second_derivative_that_is_zero_is_certified():
    assert pf.matrix("A*x", A="n,n", x="n").derivative("x", "x").check().error == 0
