"""The operators in all six uses, against implementations of their own on complex circles."""

from __future__ import annotations

from importlib import metadata

import numpy as np
import pytest
import scipy.linalg
from pyframe_matrixfunctions import lyapunov, sqrtm, sylvester
from pyframe_matrixfunctions.plugin import pyframe_primitives, pyframe_spaces
from pyframe_matrixfunctions.samples import contraction, right_half

import pyframe as pf
from pyframe.errors import RuleRefused
from pyframe.testing import check

rng = np.random.default_rng(7)
N, M = 4, 3
ROOT = right_half(rng, (N, N))
LEFT, RIGHT = right_half(rng, (N, N)), right_half(rng, (M, M))
GIVEN = rng.standard_normal((N, M))
STABLE, NOISE = contraction(rng, (N, N)), rng.standard_normal((N, N))


def plain_root(a):
    """By eigenvectors."""
    values, vectors = np.linalg.eig(a.astype(complex))
    return vectors @ np.diag(np.sqrt(values)) @ np.linalg.inv(vectors)


def plain_sylvester(a, b, c):
    """By Kronecker products."""
    n, m = c.shape
    whole = np.kron(a, np.eye(m)) + np.kron(np.eye(n), b.T)
    return np.linalg.solve(whole, c.ravel()).reshape(n, m)


def plain_lyapunov(a, q):
    n = len(a)
    return np.linalg.solve(np.eye(n * n) - np.kron(a, a), q.ravel()).reshape(n, n)


CASES = {
    # the same otherwise, shapes of the arguments and of the weight, their values
    sqrtm: (plain_root, {"A": "n,n"}, "n,n", [ROOT]),
    sylvester: (
        plain_sylvester,
        {"A": "n,n", "B": "m,m", "C": "n,m"},
        "n,m",
        [LEFT, RIGHT, GIVEN],
    ),
    lyapunov: (plain_lyapunov, {"A": "n,n", "Q": "n,n"}, "n,n", [STABLE, NOISE]),
}


class Case:
    """The function <W, y> + |y|^2 / 2 of one operator."""

    def __init__(self, operator, plain, shapes, weight, values):
        self.operator, self.plain, self.values = operator, plain, values
        self.shapes = {**shapes, "W": weight}
        self.names = list(shapes)
        self.weight = np.random.default_rng(3).standard_normal(np.shape(plain(*values)))

    def traced(self, *args):
        *given, weight = args
        y = self.operator(*given)
        return np.sum(weight * y) + np.sum(y * y) / 2

    def __call__(self, *args):
        y = self.plain(*args)
        return np.sum(self.weight * y) + np.sum(y * y) / 2

    def gradient(self, k, values=None):
        """On circles in the complex plane, element by element."""
        values = list(self.values if values is None else values)
        circle = 1e-2 * np.exp(2j * np.pi * np.arange(12) / 12)
        out = np.zeros(values[k].shape)
        for place in np.ndindex(out.shape):
            unit = np.zeros(out.shape)
            unit[place] = 1.0
            moved = [[*values[:k], values[k] + z * unit, *values[k + 1 :]] for z in circle]
            out[place] = np.mean(
                [self(*each) / z for each, z in zip(moved, circle, strict=True)]
            ).real
        return out

    def hessian_along(self, k, direction):
        """Differences of the gradient, extrapolated."""
        steps = []
        for h in (1e-2, 5e-3, 2.5e-3):
            ahead, behind = list(self.values), list(self.values)
            ahead[k], behind[k] = ahead[k] + h * direction, behind[k] - h * direction
            steps.append((self.gradient(k, ahead) - self.gradient(k, behind)) / (2 * h))
        a, b, c = steps
        return (64 * c - 20 * b + a) / 45

    @property
    def given(self):
        return dict(zip([*self.names, "W"], [*self.values, self.weight], strict=True))

    def formula(self):
        names = ", ".join(self.shapes)
        function = eval(f"lambda {names}: traced({names})", {"traced": self.traced})
        return pf.matrix(function, **self.shapes)


@pytest.fixture(params=CASES, ids=lambda operator: operator.name)
def case(request):
    return Case(request.param, *CASES[request.param])


@pytest.fixture(autouse=True, scope="module")
def registered():
    here = {(known.kind, known.name) for known in pf.plugins()}
    given = [*pyframe_primitives(), *pyframe_spaces()]
    undo = [pf.register(record) for record in given if (record.kind, record.name) not in here]
    yield
    for each in undo:
        each.undo()


def close(got, wanted, tolerance=1e-11):
    return np.max(np.abs(got - wanted)) <= tolerance * max(1.0, np.max(np.abs(wanted)))


def test_values():
    assert close(sqrtm(ROOT) @ sqrtm(ROOT), ROOT)
    assert close(sqrtm(ROOT), plain_root(ROOT))
    x = sylvester(LEFT, RIGHT, GIVEN)
    assert close(LEFT @ x + x @ RIGHT, GIVEN)
    x = lyapunov(STABLE, NOISE)
    assert close(STABLE @ x @ STABLE.T + NOISE, x)
    assert close(x, scipy.linalg.solve_discrete_lyapunov(STABLE, NOISE))
    with pytest.raises(np.linalg.LinAlgError, match="no real square root"):
        sqrtm(-np.eye(2))


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto", "checkpointed", "cross-country"])
def test_forward_and_reverse(case, mode):
    for k in range(len(case.names)):
        found = pf.grad(case.traced, argnums=k, mode=mode)(*case.values, case.weight)
        assert close(found, case.gradient(k)), case.names[k]


def test_jacobians(case):
    k = len(case.names) - 1
    wanted = pf.jacobian(case.operator, argnums=k, mode="finite-difference")(*case.values)
    for mode in ("forward", "reverse", "cross-country"):
        found = pf.jacobian(case.operator, argnums=k, mode=mode)(*case.values)
        assert close(found, wanted, 1e-5), mode
    exact = pf.jacobian(case.operator, argnums=k, mode="reverse")(*case.values)
    assert close(found, exact)


def test_second_order(case):
    for k in range(len(case.names)):
        direction = np.random.default_rng(k).standard_normal(case.values[k].shape)
        hessian = pf.hessian(case.traced, argnums=k)(*case.values, case.weight)
        assert close(np.tensordot(hessian, direction), case.hessian_along(k, direction), 1e-8)


def test_differential_and_gradient(case):
    e = case.formula()
    for k, name in enumerate(case.names):
        wanted = case.gradient(k)
        direction = np.random.default_rng(k).standard_normal(wanted.shape)
        assert close(e.gradient(name)(**case.given), wanted), name
        found = e.differential(name)(**case.given, **{f"d{name}": direction})
        assert close(found, np.sum(wanted * direction)), name


def test_hessian(case):
    e = case.formula()
    for k, name in enumerate(case.names):
        direction = np.random.default_rng(k).standard_normal(case.values[k].shape)
        hessian = e.hessian(name)(**case.given)
        assert close(np.tensordot(hessian, direction), case.hessian_along(k, direction), 1e-8), name


def test_compiled(case):
    e = case.formula()
    compiled = pf.compile(case.traced)
    arguments = [*case.values, case.weight]
    assert close(compiled(*arguments), case(*case.values).real)
    for k, name in enumerate(case.names):
        value, gradient = e.compile(name)(**case.given)
        assert close(value, case(*case.values).real)
        assert close(gradient, case.gradient(k))


def test_of_a_vector(case):
    x = np.array([0.3, -0.2, 0.1, 0.25])

    def along(A, *others):
        *given, x = others
        return case.traced(A + np.outer(x, x), *given)

    names = ", ".join([*case.shapes, "x"])
    function = eval(f"lambda {names}: along({names})", {"along": along})
    e = pf.matrix(function, **case.shapes, x="n")
    arguments = [*case.values, case.weight, x]
    value, gradient = e.compile("x")(**case.given, x=x)
    hessian = e.hessian("x")(**case.given, x=x)
    moved = [case.values[0] + np.outer(x, x), *case.values[1:]]
    whole = case.gradient(0, moved)
    assert close(value, case(*moved).real)
    assert close(gradient, (whole + whole.T) @ x)
    assert close(hessian, pf.hessian(along, argnums=len(arguments) - 1)(*arguments))
    replayed = pf.compile(along).value_and_grad(*arguments, argnums=len(arguments) - 1)
    assert close(replayed[1], gradient)


def test_single_precision(case):
    single = [x.astype(np.float32) for x in [*case.values, case.weight]]
    found = pf.grad(case.traced)(*single)
    assert found.dtype == np.float32
    assert close(found, case.gradient(0), 1e-3)


def test_what_is_shown():
    e = pf.matrix(lambda S, A: np.sum(S * sqrtm(A)), S="n,n", A="n,n")
    assert str(e) == "inner(S, sqrtm(A))"
    assert str(e.differential("A")) == "inner(S, sylvester(sqrtm(A), sqrtm(A), dA))"
    assert str(e.gradient("A")) == "sylvester(sqrtm(A)', sqrtm(A)', S)"


def test_in_text():
    e = pf.matrix("inner(S, sqrtm(A))", S="n,n")
    assert str(e.gradient("A")) == "sylvester(sqrtm(A)', sqrtm(A)', S)"
    e = pf.matrix("inner(W, sylvester(A, B, C))")
    assert str(e.gradient("C")) == "sylvester(A', B', W)"
    assert str(e.gradient("A")) == "-sylvester(A', B', W)*sylvester(A, B, C)'"
    e = pf.matrix("inner(W, lyapunov(A, Q))")
    assert str(e.gradient("Q")) == "lyapunov(A', W)"
    values = {"A": STABLE, "Q": NOISE, "W": ROOT}
    again = pf.matrix(str(e.gradient("A")))
    assert close(e.gradient("A")(**values), again(**values))


def test_certificates():
    A = pf.Symbol("n,n", positive_definite=True)
    e = pf.matrix(lambda S, A: np.sum(S * sqrtm(A)), S="n,n", A=A)
    assert e.gradient("A").check()
    assert e.gradient("S").check()


def test_traceless():
    X = pf.Symbol("n,n", space="traceless")
    e = pf.matrix("inner(A, X*X)", A="n,n", X=X)
    values = {"A": NOISE, "X": STABLE}
    whole = pf.matrix("inner(A, X*X)", A="n,n", X="n,n").gradient("X")(**values)
    found = e.gradient("X")(**values)
    assert np.isclose(np.trace(found), 0, atol=1e-14)
    assert close(found, whole - np.trace(whole) / N * np.eye(N))
    assert e.gradient("X").check()


@pytest.mark.parametrize("record", [*pyframe_primitives(), *pyframe_spaces()], ids=lambda r: r.name)
def test_conforms(record):
    check(record, strict=True)


def test_a_wrong_transpose_is_refused():
    options = {"linear": "C", "shape": lambda A, C: C, "shapes": ((3, 3), (3,))}
    wrong = pf.primitive("wrong-solve", **options)(lambda A, C: np.linalg.solve(A, C))
    with pytest.raises(
        RuleRefused, match=r"transpose of primitive 'wrong-solve' \(.*\) is refused"
    ):
        wrong.transpose(lambda A, V: wrong(A, V))
    square = pf.primitive("not-linear", **options)(lambda A, C: A @ (C * C))
    with pytest.raises(RuleRefused, match="not linear in 'C'"):
        square.transpose(lambda A, V: A.T @ V)


def test_is_known_by_its_names():
    # This wants the package installed: pip install --editable .
    if "pyframe-matrixfunctions" not in {d.name for d in metadata.distributions()}:
        pytest.skip("not installed")
    known = {(each.kind, each.name) for each in pf.plugins()}
    assert {("primitive", "sqrtm"), ("primitive", "sylvester"), ("space", "traceless")} <= known
