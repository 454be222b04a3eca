"""Operators and NumPy functions of symbols give the expression that the text would."""

import pickle

import numpy as np
import pytest
import scipy.linalg
import scipy.special
from scipy.linalg import expm
from scipy.special import logsumexp

import pyframe as pf
from pyframe.errors import (
    ConcretizationError,
    FormulaError,
    ParameterError,
    ParameterTypeError,
    ReturnTypeError,
    ShapeError,
    UnsupportedOperation,
)

SHAPES = {"A": "m,n", "X": "n,n", "S": "n,n", "x": "n", "y": "m", "z": "n", "t": ""}

SAME = [
    (lambda x, S: x @ S @ x, "x'*S*x"),
    (lambda A, x: A @ x, "A*x"),
    (lambda A, y: y @ A, "A'*y"),
    (lambda x, z: x @ z, "x'*z"),
    (lambda x: x.T @ x, "x'*x"),
    (lambda A: A.T, "A'"),
    (lambda A, x: A * x, "A*diag(x)"),
    (lambda A, x: A + x, "A + ones(m)*x'"),
    (lambda x, t: t * x + 1, "t*x + 1"),
    (lambda x: x / 2 - x**2, "x/2 - x.^2"),
    (lambda x: 1 / x, "1./x"),
    (lambda x: 2**x, "2.^x"),
    (lambda x: -x, "-x"),
    (lambda x: np.exp(x) * np.log(abs(x)), "exp(x).*log(abs(x))"),
    (lambda x: np.sum(np.sqrt(x)), "sum(sqrt(x))"),
    (lambda A: np.sum(A, axis=0), "A'*ones(m)"),
    (lambda A: A.sum(axis=1), "A*ones(n)"),
    (lambda x: np.mean(x), "sum(x)/n"),
    (lambda X: np.trace(X @ X), "tr(X*X)"),
    (lambda X: np.linalg.inv(X), "inv(X)"),
    (lambda X, x: np.linalg.solve(X, x), "inv(X)*x"),
    (lambda X: np.linalg.det(X), "det(X)"),
    (lambda X: np.linalg.slogdet(X)[1], "logdet(X)"),
    (lambda X: np.linalg.slogdet(X).logabsdet, "logdet(X)"),
    (lambda X: np.linalg.matrix_power(X, 3), "X^3"),
    (lambda A: np.linalg.pinv(A), "pinv(A)"),
    (lambda A: np.linalg.norm(A), "norm2(A)"),
    (lambda A: np.linalg.norm(A, "nuc"), "nuc(A)"),
    (lambda A: np.linalg.norm(A, 2), "norms(A)"),
    (lambda x: np.linalg.norm(x, 1), "norm1(x)"),
    (lambda x: np.linalg.norm(x, 3), "normp(x, 3)"),
    (lambda x: np.linalg.norm(x, np.inf), "max(abs(x))"),
    (lambda x, z: np.dot(x, z), "x'*z"),
    (lambda x, z: np.outer(x, z), "x*z'"),
    (lambda x, z: np.inner(x, z), "x'*z"),
    (lambda X, S: np.vdot(X, S), "inner(X, S)"),
    (lambda x: np.diag(x), "diag(x)"),
    (lambda X: np.diag(X), "diagv(X)"),
    (lambda X: np.triu(X), "triu(X)"),
    (lambda A, X: np.kron(A, X), "kron(A, X)"),
    (lambda x: np.max(x) + x.min(), "max(x) + min(x)"),
    (lambda x: np.maximum(x, 0), "relu(x)"),
    (lambda x, z: np.minimum(x, z), "min(x, z)"),
    (lambda x: np.logaddexp(0, x), "softplus(x)"),
    (lambda x: np.log1p(np.exp(x)), "softplus(x)"),
    (lambda x: x.shape[0] * x, "n*x"),
    (lambda X: X + np.eye(X.shape[0]), "X + eye(n)"),
    (lambda X: np.identity(3 * X.shape[0]) + 0 * np.trace(X), "eye(3*n) + 0*tr(X)"),
    (lambda A: A @ np.ones(A.shape[1]), "A*ones(n)"),
    (lambda A: A + np.ones(A.shape), "A + ones(m,n)"),
    (lambda x: x.ravel() + x.flatten() + np.ravel(x), "3*x"),
    (lambda x: x.reshape(-1) + x.reshape(x.shape) + np.reshape(x, x.size), "3*x"),
    (lambda x, A: A @ x.reshape(1, -1).T + A @ x.reshape((1, x.size)).T, "2*A*x"),
    (lambda A: A.reshape(A.shape) + np.reshape(A, (-1, A.shape[1])), "2*A"),
    (lambda A: A.ravel() + A.reshape(-1) + A.reshape(A.shape[0] * A.shape[1]), "3*vec(A')"),
    (lambda A: A.ravel("F") + A.reshape(-1, order="F") + np.ravel(A, order="F"), "3*vec(A)"),
    (lambda A, x: A.copy() @ np.copy(x.conj()), "A*x"),
    (lambda x: x.clip(0).max(axis=0) + x.min(axis=-1), "max(relu(x)) + min(x)"),
    (lambda x: scipy.special.logsumexp(x), "logsumexp(x)"),
    (lambda A: scipy.special.logsumexp(A), "logsumexp(vec(A))"),
    (lambda x: scipy.special.softmax(x, axis=0), "softmax(x)"),
    (lambda x: scipy.special.log_softmax(x), "x - logsumexp(x)"),
    (lambda A: scipy.special.softmax(A, axis=1), "rowsoftmax(A)"),
    (lambda A: scipy.special.softmax(A, axis=0), "rowsoftmax(A')'"),
    (lambda A: scipy.special.log_softmax(A, axis=-1), "A - rowlogsumexp(A)*ones(n)'"),
    (lambda A: scipy.special.logsumexp(A, axis=0), "rowlogsumexp(A')"),
    (lambda A: A - logsumexp(A, axis=1, keepdims=True), "A - rowlogsumexp(A)*ones(n)'"),
    (lambda A: np.log(np.exp(A).sum(axis=1)), "rowlogsumexp(A)"),
    (lambda A: np.exp(A) / np.exp(A).sum(axis=1, keepdims=True), "rowsoftmax(A)"),
    (lambda A: np.exp(A - logsumexp(A, axis=1)[:, None]), "rowsoftmax(A)"),
    (lambda x: scipy.special.logsumexp(np.zeros(1)) * x, "0*x"),
    (lambda X: scipy.linalg.expm(scipy.linalg.inv(X)), "expm(inv(X))"),
    (lambda X, x: scipy.linalg.det(X) * scipy.linalg.solve(X, x), "det(X)*inv(X)*x"),
    (lambda A: scipy.linalg.pinv(A), "pinv(A)"),
    (lambda x: scipy.linalg.norm(x, check_finite=False), "norm2(x)"),
    (lambda X, x: scipy.linalg.solve(X, x, assume_a="pos", lower=True), "inv(X)*x"),
    (lambda x: scipy.special.log_expit(x), "-softplus(-x)"),
    (lambda x: logsumexp(x), "logsumexp(x)"),
    (lambda X: expm(X), "expm(X)"),
    (lambda A: A.transpose() + A.transpose(1, 0) + np.transpose(A, (1, 0)), "3*A'"),
    (lambda x: np.full(x.shape[0], 2.0) + np.full(x.shape, x.sum()), "2 + sum(x)*ones(n)"),
    (lambda A, x, y: np.sum(np.log(1 + np.exp(-y * (A @ x)))), "sum(softplus(-y.*(A*x)))"),
]


@pytest.mark.parametrize(("function", "text"), SAME)
def test_functions_of_numpy(function, text):
    names = function.__code__.co_varnames
    shapes = {name: SHAPES[name] for name in names}
    found = pf.matrix(function, **shapes)
    words = text
    for sign in "()*+-/.,'^":
        words = words.replace(sign, " ")
    wanted = pf.matrix(text, **{name: SHAPES[name] for name in names if name in words.split()})
    assert found == wanted, f"{found} is not {wanted}"


def test_symbols_with_operators():
    x, A = pf.Symbol("n", name="x"), pf.Symbol("n,n", name="A")
    assert x.T @ A @ x == pf.matrix("x'*A*x")
    assert x @ x.T == pf.matrix("x*x'")
    assert np.log(x @ A @ x).gradient(x) == pf.matrix("ln(x'*A*x)").gradient("x")
    assert repr(x) == "Symbol('n', name='x')"
    assert pf.Symbol("n,n", symmetric=True).assumptions == ("symmetric",)


def test_symbols_of_other_declarations_do_not_mix():
    with pytest.raises(ShapeError, match="two symbols x: one is n, one is m"):
        pf.Symbol("n", name="x") + pf.Symbol("m", name="x")
    with pytest.raises(ParameterError, match="two symbols X, of which other things"):
        pf.Symbol("n,n", name="X") + pf.Symbol("n,n", name="X", symmetric=True)


REFUSED = [
    (lambda x: x < 1, UnsupportedOperation, "no order"),
    (lambda x: np.sum((x == 2 * x) * x), UnsupportedOperation, "== and != of expressions"),
    (lambda x: np.sum((x != 2 * x) * x), UnsupportedOperation, "== and !="),
    (lambda x: x if np.sum(x) == 0 else -x, UnsupportedOperation, "== and !="),
    (lambda x: x if np.sum(x) != 0 else -x, UnsupportedOperation, "== and !="),
    (lambda x: x if x.shape[0] == 3 else -x, UnsupportedOperation, "values and sizes"),
    (lambda x: x if x.shape == (3,) else -x, UnsupportedOperation, "values and sizes"),
    (lambda x: x if x.size in (1, 2) else -x, UnsupportedOperation, "values and sizes"),
    (lambda x: x if pf.Symbol("n", name="y") == x else -x, UnsupportedOperation, "== and !="),
    (lambda x: x if x.sum() == x.sum() else -x, UnsupportedOperation, "== and !="),
    (lambda x: np.where(np.equal(x, 1), x, -x), UnsupportedOperation, "np.equal"),
    (lambda x: x.reshape(-1, -1), UnsupportedOperation, "np.reshape"),
    (lambda x: x.reshape(3), UnsupportedOperation, "np.reshape"),
    (lambda x: x.mean(dtype=float), UnsupportedOperation, "np.mean of an expression.*'dtype'"),
    (lambda x: x.max(initial=0), UnsupportedOperation, "np.max of an expression.*'initial'"),
    (lambda x: np.outer(x, x).trace(1), UnsupportedOperation, "np.trace of an expression"),
    (lambda x: np.outer(x, x).diagonal(1), UnsupportedOperation, "np.diagonal of an expression"),
    (lambda x: np.outer(x, x).transpose(0, 2), UnsupportedOperation, "np.transpose with the axes"),
    (lambda x: np.empty(x.shape[0]), UnsupportedOperation, "np.empty of a symbolic size"),
    (lambda x: x.cumprod(), AttributeError, r"\.cumprod of an expression is not known"),
    (lambda x: x.cumsum(), UnsupportedOperation, r"\.cumsum of an expression is not known"),
    (lambda x: x.nothing, UnsupportedOperation, r"\.nothing of an expression does not exist"),
    (lambda x: x // 2, UnsupportedOperation, "//, %, divmod"),
    (lambda x: 2 % x, UnsupportedOperation, "//, %, divmod"),
    (lambda x: divmod(x, x), UnsupportedOperation, "//, %, divmod"),
    (lambda x: ~x, UnsupportedOperation, "operations of bits"),
    (lambda x: x << 1, UnsupportedOperation, "operations of bits"),
    (lambda x: round(x), UnsupportedOperation, "round"),
    (lambda x: int(x), ConcretizationError, "no value"),
    (lambda x: range(x.shape[0]), ConcretizationError, "no value"),
    (lambda x: x.__setitem__(0, 1), UnsupportedOperation, "cannot be set"),
    (lambda x: scipy.special.logsumexp(x, b=x), UnsupportedOperation, "logsumexp .* 'b'"),
    (lambda x: scipy.special.softmax(x, axis=1), ParameterError, "softmax: axis 1 of an expr"),
    (lambda x: scipy.linalg.cholesky(x), ConcretizationError, "cannot be made an array"),
    (lambda x: scipy.linalg.inv(x, assume_a="diagonal"), UnsupportedOperation, "assume_a='diag"),
    (lambda x: scipy.special.expn(2, x), UnsupportedOperation, "scipy.special.expn of an"),
    (lambda x: 1.0 if x else 2.0, ConcretizationError, "neither true nor false"),
    (lambda x: len(x), ConcretizationError, "symbolic"),
    (lambda x: x[0], UnsupportedOperation, "elements"),
    (lambda x: sum(x), UnsupportedOperation, "elements"),
    (lambda x: float(x), ConcretizationError, "no value"),
    (lambda x: np.asarray(x), ConcretizationError, "cannot be made an array"),
    (lambda x: x + np.arange(3.0), UnsupportedOperation, "give it a name"),
    (lambda x: np.where(x, x, x), UnsupportedOperation, "np.where"),
    (lambda x: np.fft.fft(x), UnsupportedOperation, "fft"),
    (lambda x: np.sum(x, where=[True]), UnsupportedOperation, "where"),
    (lambda x: np.add.accumulate(x), UnsupportedOperation, "np.add.accumulate"),
    (lambda x: np.arctan2(x, x), UnsupportedOperation, "np.arctan2"),
    (lambda x: np.exp(x, dtype=float), UnsupportedOperation, "np.exp with dtype"),
    (lambda x: x + "a", ParameterTypeError, "meets 'a' of type str"),
    (lambda x: x @ 2, UnsupportedOperation, "a scalar multiplies with"),
    (lambda x: [x], ReturnTypeError, "an array is wanted"),
    (lambda x: np.sum(x, axis=1), ParameterError, "axis 1"),
    (lambda x: x * float("nan"), ParameterError, "cannot stand in an expression"),
]


@pytest.mark.parametrize(("function", "error", "text"), REFUSED)
def test_what_is_refused(function, error, text):
    with pytest.raises(error, match=text):
        pf.matrix(function, x="n")


def test_sizes_are_equal_where_they_are_for_all_values():
    def product(A, x):
        assert A.shape[1] == x.shape[0] and x.shape == (x.size,)
        assert {x: 1, A: 2}[x] == 1
        return A @ x

    assert pf.matrix(product, A="m,n", x="n") == pf.matrix("A*x", x="n")
    assert pf.matrix(lambda x: x if x.shape[0] == 3 else -x, x=3) == pf.matrix("x", x=3)


@pytest.mark.parametrize("name", ["tr", "expm", "cof", "pmax", "pmin", "rmax", "rmin"])
def test_functions_of_square_matrices_take_no_others(name):
    wide = pf.Symbol("m,n", name="W")
    with pytest.raises(ShapeError, match=f"{name} takes a square matrix, and this is m x n"):
        wide.function(name)


def test_parameters_of_functions():
    assert pf.matrix(lambda x, c=2.0: c * x, x="n") == pf.matrix("2*x", x="n")
    with pytest.raises(ParameterError, match="a parameter 'y' whose shape is not declared"):
        pf.matrix(lambda x, y: x + y, x="n")
    with pytest.raises(ParameterError, match="no parameter 'z'"):
        pf.matrix(lambda x: x, x="n", z="n")
    with pytest.raises(ParameterError, match="does not occur"):
        pf.matrix("x", x="n", z="n")
    with pytest.raises(TypeError, match="a text or a function"):
        pf.matrix(3)


def test_bad_symbols():
    with pytest.raises(FormulaError, match="rows and columns"):
        pf.Symbol("n,n,n")
    with pytest.raises(ShapeError, match="declared symmetric"):
        pf.Symbol("m,n", name="A", symmetric=True)
    with pytest.raises(ParameterError, match="cannot be declared 'wide'"):
        pf.Symbol("m,n", wide=True)
    with pytest.raises(ParameterError, match="is no name"):
        pf.Symbol("n", name="x y")
    with pytest.raises(ValueError, match="spaceship"):
        pf.Symbol("n,n", space="spaceship")
    with pytest.raises(TypeError, match="a shape is a text"):
        pf.Symbol(("n", 2.5))


def test_makers_are_numpys_own_again():
    before = np.eye, np.ones, np.zeros, np.identity
    with pytest.raises(UnsupportedOperation, match=r"np\.eye of a symbolic size"):
        pf.matrix(lambda x: np.eye(x.shape[0], k=1) @ x, x="n")
    assert (np.eye, np.ones, np.zeros, np.identity) == before
    values = np.array([0.5, -1.0])
    assert logsumexp(values) == np.log(np.exp(values).sum())
    recorded, derived = pf.grad(logsumexp), pf.matrix(logsumexp, a="n").gradient("a")
    assert np.allclose(recorded(values), derived(values), rtol=1e-15)
    e = pf.matrix("x'*x", x="n")
    assert not hasattr(e, "dtype") and not hasattr(e, "__array_interface__")


def test_symbols_pickle():
    own = pf.Symbol("n,n", name="X", space="symmetric", invertible=True)
    again = pickle.loads(pickle.dumps(own))
    assert again == own and again.space == "symmetric" and again.assumptions == own.assumptions


def test_numpys_makers_are_their_own_for_plain_sizes():
    e = pf.matrix(lambda x: np.eye(2, 3, 1).sum() * np.identity(n=2).sum() * x, x="n")
    assert e == pf.matrix("4*x", x="n")
    e = pf.matrix(lambda x: x * np.full(x.shape[0], 2.5), x="n")
    assert e == pf.matrix("5*x/2", x="n")
    for make in (lambda x: np.ones(x.shape[0], dtype=int) * x, lambda x: np.empty(x.shape) + x):
        with pytest.raises(UnsupportedOperation, match="of a symbolic size"):
            pf.matrix(make, x="n")


def test_makers_imported_by_name_are_refused_by_their_reason():
    from numpy import ones

    with pytest.raises(UnsupportedOperation, match="call it through its module"):
        pf.matrix(lambda x: ones(x.shape[0]) @ x, x="n")


def test_sizes_that_are_numbers():
    assert pf.matrix(lambda A: A + np.eye(A.shape[0]), A="3,3") == pf.matrix("A + eye(3)", A="3,3")
    assert pf.matrix(lambda A: A @ np.ones(3), A="3,3") == pf.matrix("A*ones(3)", A="3,3")
    with pytest.raises(UnsupportedOperation, match="give it a name"):
        pf.matrix(lambda A: A + np.arange(3.0), A="3,3")


def penalised(x, lam=0.5, mu=0.0):
    return np.sum((x - mu) ** 2) + lam * np.sum(x**2)


def by_place(x, lam=0.5, mu=0.0, /):
    return penalised(x, lam, mu)


def test_defaults_stay_where_they_are():
    assert pf.matrix(penalised, x="n", mu="") == pf.matrix("norm2(x - mu)^2 + x'*x/2", mu="")
    with pytest.raises(ParameterError, match="takes 'mu' by its place alone"):
        pf.matrix(by_place, x="n", mu="")
