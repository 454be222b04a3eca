"""One Hessian as a linear action, in index notation and in Kronecker form."""

import inspect

import numpy as np
import pytest
from matcalc.fuzz_expressions import declared
from matcalc.random_expressions import generate

import pyframe as pf
from pyframe.errors import PyframeError, UnsupportedOperation

FORMS = [
    "logdet(X)",
    "inner(P, X) - logdet(X)",
    "tr(X'*P*X*Q)",
    "norm2(P*X*Q)^2",
    "norm2(X*X')^2",
    "tr(X*X*X)",
    "norm2(X'*X - eye(n))^2",
    "sum(exp(X))",
    "log(tr(X'*P*X) + 100)",
    "norm2(P.*(Q - X*Q'))^2/2",
    "tr(P*inv(X))",
    "b'*inv(X)*b",
    "sum(sigmoid(X*Q))",
    "inner(P, X)^2",
    "inner(P, X)",
    "logsumexp(vec(X))",
    "norm2(kron(X, P))^2",
    "det(X)",
    "sum(diagv(X).^3)",
    "sum(triu(X*P).^3)",
    "norm2(diag(X*b) + X*P)^2",
    "logdet(diag(diagv(X*X)) + X)",
]
RECTANGULAR = ["norm2(B*X*C)^2", "norm2(X*C*X)^2", "sum((X*C*X).*A)", "norm2(X'*B)^2", "tr(X*C)^3"]


def flat(whole, shape):
    """As a matrix with the elements in the order of vec."""
    rows, columns = (whole.shape[: len(shape)], whole.shape[len(shape) :])
    count = int(np.prod(shape))
    turned = whole.transpose([*reversed(range(len(rows))), *reversed(range(len(rows), whole.ndim))])
    assert rows == columns == tuple(shape)
    return turned.reshape(count, count)


@pytest.mark.parametrize("text", FORMS)
def test_kronecker_forms_of_square_variables(text):
    n = 3
    rng = np.random.default_rng(1)
    known = {"X": "n,n", "P": "n,n", "Q": "n,n", "b": "n"}
    e = pf.matrix(text, **{own: known[own] for own in known if own in text.replace("exp", "")})
    drawn = {"b": rng.normal(size=n)} | {
        own: rng.normal(size=(n, n)) + 3 * np.eye(n) for own in "XPQ"
    }
    _compare_kronecker(e, {own: drawn[own] for own in e.symbols}, known)


@pytest.mark.parametrize("text", RECTANGULAR)
def test_kronecker_forms_of_rectangular_variables(text):
    rng = np.random.default_rng(2)
    known = {"X": "m,n", "A": "m,n", "B": "m,m", "C": "n,m"}
    lengths = {"m": 2, "n": 3}
    e = pf.matrix(text, **{own: known[own] for own in known if own in text})
    drawn = {
        own: rng.normal(size=[lengths[size] for size in known[own].split(",")]) for own in known
    }
    _compare_kronecker(e, {own: drawn[own] for own in e.symbols}, known)


@pytest.mark.parametrize(
    "space", ["symmetric", "symmetric-entries", "diagonal", "upper-triangular", "skew"]
)
def test_kronecker_forms_in_spaces(space):
    X = np.diag([1.0, 2.0, 3.0])
    e = pf.matrix("inner(S, X) - logdet(X)", S="n,n", X=pf.Symbol("n,n", space=space))
    hessian = e.hessian("X")
    matrix = hessian.kronecker()(S=X, X=X, verify=False)
    wanted = flat(hessian(S=X, X=X, verify=False), X.shape)
    if space == "skew":
        # Its formulas hold where X' = -X.
        A = np.array([[0.0, 2.0, 1.0, 0.5], [0, 0, 3, 1], [0, 0, 0, 2], [0, 0, 0, 0]])
        A = A - A.T
        matrix = hessian.kronecker()(S=A, X=A)
        wanted = flat(hessian(S=A, X=A), A.shape)
    np.testing.assert_allclose(matrix, wanted, atol=1e-14)


def _compare_kronecker(e, values, known):
    hessian = e.hessian("X")
    matrix = hessian.kronecker()
    wanted = flat(hessian(**values), values["X"].shape)
    given = {own: values[own] for own in matrix.symbols}
    if given:
        scale = max(1.0, np.abs(wanted).max())
        np.testing.assert_allclose(matrix(**values), wanted, atol=1e-11 * scale)
        again = pf.matrix(str(matrix), **{own: known[own] for own in matrix.symbols})
        lengths = dict(zip(known["X"].split(","), values["X"].shape, strict=True))
        given |= {size: lengths[size] for size in again.formula.size_names() if size in lengths}
        np.testing.assert_allclose(again(**given), wanted, atol=1e-11 * scale)
        namespace = {}
        exec(matrix.numpy("f"), namespace)
        names = inspect.signature(namespace["f"]).parameters
        taken = {own: value for own, value in (lengths | values).items() if own in names}
        np.testing.assert_allclose(namespace["f"](**taken), wanted, atol=1e-11 * scale)
    assert matrix.latex()


def test_commutation_matrices():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 3))
    e = pf.matrix("commutation(m, n)*vec(X)", X="m,n")
    assert str(e) == "vec(X')"
    K = pf.matrix("commutation(m, n) + 0*vec(X)*vec(X)'", X="m,n")
    whole = K(X=X)
    np.testing.assert_array_equal(whole @ X.ravel(order="F"), X.ravel())
    assert str(pf.matrix("commutation(m, n)")) == "commutation(m, n)"
    assert str(pf.matrix("commutation(m, n)'")) == "commutation(n, m)"
    assert str(pf.matrix("inv(commutation(m, n))")) == "commutation(n, m)"
    assert str(pf.matrix("commutation(m, n)*commutation(n, m)")) == "eye(m*n)"
    assert str(pf.matrix("commutation(n, n)^2")) == "eye(n*n)"
    assert str(pf.matrix("commutation(1, n)")) == "eye(n)"
    assert pf.matrix("commutation(m, n)").latex() == "K_{m,n}"
    source = pf.matrix("commutation(m, n)*kron(A, B)", A="n,n", B="m,m").numpy("f")
    namespace = {}
    exec(source, namespace)
    A, B = rng.normal(size=(3, 3)), rng.normal(size=(2, 2))
    np.testing.assert_allclose(namespace["f"](A=A, B=B), whole @ np.kron(A, B))


def test_the_forms_of_one_hessian():
    h = pf.matrix("logdet(X)", X="n,n").hessian("X")
    assert str(h.form) == "-inv(X)'*dX'*inv(X)'"
    assert h.einsum() == "-1*(inv(X)')[il]*(inv(X)')[kj] -> ijkl"
    assert str(h.kronecker()) == "-kron(inv(X), inv(X)')*commutation(n, n)"
    assert h.kronecker().latex().endswith(r"K_{n,n}")
    h = pf.matrix("norm2(A*X*B)^2/2", A="k,m", X="m,n", B="n,p").hessian("X")
    assert str(h.kronecker()) == "kron(B*B', A'*A)"
    h = pf.matrix("x'*A*x", A="n,n", x="n").hessian("x")
    assert str(h) == str(h.kronecker()) == "A + A'" and str(h.form) == "(A + A')*dx"
    assert h.einsum() == "(A + A')[ij] -> ij"
    third = pf.matrix("logdet(X)", X="n,n").derivative("X", "X", "X")
    with pytest.raises(UnsupportedOperation, match="has no Kronecker form"):
        third.kronecker()


@pytest.mark.parametrize("batch", range(4))
def test_random_expressions_in_each_form(batch):
    counts = {"kronecker": 0, "refused": 0, "structured": 0}
    for seed in range(100 * batch, 100 * batch + 100):
        drawn = generate(seed)
        e = pf.matrix(drawn.text, **{own: declared(own) for own in drawn.symbols})
        if e.ndim:
            continue
        try:
            hessian = e.hessian(drawn.variable)
            whole = hessian(**drawn.values)
        except PyframeError:
            continue
        if not np.all(np.isfinite(whole)):
            continue
        shape = np.shape(drawn.values[drawn.variable])
        scale = max(1.0, np.abs(whole).max())
        try:
            matrix = hessian.kronecker().evaluate(drawn.values)
        except UnsupportedOperation:
            counts["refused"] += 1
        else:
            wanted = flat(whole, shape)
            np.testing.assert_allclose(matrix.reshape(wanted.shape), wanted, atol=1e-9 * scale)
            counts["kronecker"] += 1
        h = hessian.structured(**drawn.values)
        v = np.random.default_rng(seed).normal(size=shape)
        rows = whole.reshape(h.shape)
        np.testing.assert_allclose(np.ravel(h @ v), rows @ np.ravel(v), atol=1e-9 * scale)
        np.testing.assert_allclose(h.to_matrix(), rows, atol=1e-9 * scale)
        direction = h.newton_direction(v)
        assert direction is None or np.vdot(direction, v) < 0
        counts["structured"] += 1
    assert counts["structured"] > 30 and counts["kronecker"] > 8 * counts["refused"]


def test_einsum_has_all_digits_of_coefficients():
    h = pf.matrix("123456789*sum(X.^2)/2 + sum(X)^2/3", X="m,n").hessian("X")
    assert h.einsum() == "123456789 -> ijij\n0.6666666666666666*(ones(m, n))[ij] -> ijkl"
