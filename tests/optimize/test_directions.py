"""Every direction minimises, and is the one of its formula."""

import numpy as np
import pytest
from counting import rosenbrock, rosenbrock_gradient, rosenbrock_hessian
from reference import directions as reference

import pyframe as pf

optimize = pytest.importorskip("scipy.optimize")

FORMULAS = ["HZ", "PR+", "FR", "HS", "DY"]
CG = [pf.directions.ConjugateGradient(formula) for formula in FORMULAS]
QUASI = ["lbfgs", "bfgs", pf.directions.LBFGS(3)]
SLOW = ["gradient-descent", "momentum"]
NEWTON = ["newton", "newton-cg"]


def text(direction):
    return direction if isinstance(direction, str) else repr(direction)


def every(*groups):
    directions = [direction for group in groups for direction in group]
    return pytest.mark.parametrize("direction", directions, ids=text)


# ------------------------------------------------------------------------- minimising


def quadratic(n, condition, seed=0):
    """x'Ax/2 - b'x with eigenvalues from 1 to `condition`."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    A = Q * np.geomspace(1, condition, n) @ Q.T
    return (A + A.T) / 2, rng.normal(size=n)


@every(SLOW, CG, QUASI, NEWTON)
@pytest.mark.parametrize(("n", "condition"), [(1, 1.0), (2, 10.0), (10, 100.0)])
def test_quadratics(direction, n, condition):
    A, b = quadratic(n, condition)
    r = pf.minimize(
        lambda x: x @ A @ x / 2 - b @ x,
        np.ones(n),
        lambda x: A @ x - b,
        direction,
        hess=lambda x: A,
        gtol=1e-8,
        noise=1e-14,  # f is a difference of larger numbers
    )
    assert r.success
    assert np.abs(A @ r.x - b).max() <= 1e-8
    np.testing.assert_allclose(r.x, np.linalg.solve(A, b), atol=1e-7)
    if direction == "newton":
        assert r.nit == 1
    elif direction in NEWTON + CG and n > 1:
        assert r.nit <= 10 * n


@every(SLOW, CG, QUASI, NEWTON)
def test_rosenbrock(direction):
    r = pf.minimize(
        rosenbrock,
        [-1.2, 1.0],
        rosenbrock_gradient,
        direction,
        hess=rosenbrock_hessian,
        max_iterations=50_000,
    )
    assert r.success
    assert np.abs(rosenbrock_gradient(r.x)).max() <= 1e-5
    np.testing.assert_allclose(r.x, 1, atol=1e-3 if direction in SLOW else 1e-4)


PROBLEMS = [
    "beale", "box-3d", "boyd-exponentials", "brown-almost-linear", "brown-dennis", "broyden-banded",
    "chained-rosenbrock", "chebyquad", "cliff", "discrete-boundary-value", "extended-powell",
    "freudenstein-roth", "goldstein-price", "helical-valley", "hilbert", "himmelblau",
    "logistic-toy", "nesterov-chain", "trigonometric", "variably-dimensioned", "wood", "zakharov",
]  # fmt: skip
EASY = [
    "booth", "boyd-exponentials", "broyden-banded", "broyden-tridiagonal", "chebyquad",
    "himmelblau", "linear-full-rank", "logistic-toy", "matyas", "nesterov-chain",
    "quadratic-kappa-1e2", "styblinski-tang", "three-hump-camel", "trid", "zakharov",
]  # fmt: skip


def differences(grad):
    """The Hessian by central differences of the gradient."""

    def hess(x):
        steps = np.diag(1e-6 * np.maximum(1, abs(x)))
        H = np.array([(grad(x + h) - grad(x - h)) / (2 * h.sum()) for h in steps])
        return (H + H.T) / 2

    return hess


def solved(name, direction, gtol=1e-6, **options):
    """A run on a problem of the collection, its gradient looked at again."""
    p = pytest.importorskip("pyframe_problems").problem(name)
    r = pf.minimize(p.fun, p.x0, p.grad, direction, gtol=gtol, **options)
    assert r.success, r
    np.testing.assert_array_equal(r.jac, p.grad(r.x))
    assert np.abs(r.jac).max() <= gtol
    assert r.fun == p.fun(r.x)
    return p, r


@every(CG[:2], QUASI[:2], NEWTON)
@pytest.mark.parametrize("name", PROBLEMS)
def test_problems(direction, name):
    p = pytest.importorskip("pyframe_problems").problem(name)
    p, r = solved(name, direction, hess=differences(p.grad) if direction == "newton" else None)
    theirs = optimize.minimize(p.fun, p.x0, jac=p.grad, method="BFGS", options={"gtol": 1e-6})
    close = 1e-6 * max(1, abs(p.minimum))
    assert r.fun <= p.minimum + close
    assert r.fun <= theirs.fun + close


@every(SLOW, CG[2:])
@pytest.mark.parametrize("name", EASY)
def test_easy_problems(direction, name):
    p, r = solved(name, direction)
    assert r.fun <= p.minimum + 1e-6 * max(1, abs(p.minimum))


def test_lbfgs_takes_at_most_a_tenth_more_evaluations_than_scipys():
    ours = theirs = 0
    for name in PROBLEMS:
        p, r = solved(name, "lbfgs")
        options = {"gtol": 1e-6, "ftol": 0, "maxfun": 10_000, "maxiter": 10_000}
        q = optimize.minimize(p.fun, p.x0, jac=p.grad, method="L-BFGS-B", options=options)
        ours, theirs = ours + r.nfev, theirs + q.nfev
    print(f"{len(PROBLEMS)} problems: pyframe {ours}, SciPy {theirs} evaluations")
    assert ours <= 1.1 * theirs


# --------------------------------------------------------- the formulas, step by step

N = 6


def fun(x):
    """Smooth, strictly convex, coupled; minimum not at a round point."""
    return float(np.cosh(x - 0.3).sum() + (np.diff(x) ** 2).sum() + 0.1 * (x**4).sum())


def gradient(x):
    g = np.sinh(x - 0.3) + 0.4 * x**3
    g[:-1] -= 2 * np.diff(x)
    g[1:] += 2 * np.diff(x)
    return g


def taken(direction, **options):
    """Gradients, steps and directions of a run."""
    x0 = np.linspace(-1.5, 2.0, N)
    r = pf.minimize(fun, x0, gradient, direction, gtol=1e-9, trace=True, **options)
    assert r.success
    xs = [x0, *(state.x for state in r.trace)]
    ss = [b - a for a, b in zip(xs, xs[1:], strict=False)]
    ds = [s / state.step for s, state in zip(ss, r.trace, strict=True)]
    return [gradient(x) for x in xs], ss, ds


@pytest.mark.parametrize(
    ("direction", "oracle"),
    [
        ("gradient-descent", reference.gradient_descent),
        (pf.directions.Momentum(0.5), reference.momentum(0.5)),
        *((pf.directions.ConjugateGradient(f), reference.conjugate_gradient(f)) for f in FORMULAS),
        ("bfgs", reference.bfgs),
        ("lbfgs", reference.lbfgs(10)),
        (pf.directions.LBFGS(2), reference.lbfgs(2)),
        (pf.directions.LBFGS(1), reference.lbfgs(1)),
    ],
    ids=text,
)
def test_the_direction_is_that_of_the_formula(direction, oracle):
    gs, ss, ds = taken(direction)
    compared = 0
    for k, d in enumerate(ds):
        # A difference of iterates near the end knows few digits of the direction.
        if np.linalg.norm(ss[k]) > 1e-5:
            expected = oracle(gs[: k + 1], ss[:k], ds[:k])
            np.testing.assert_allclose(d, expected, atol=1e-8 * np.linalg.norm(d))
            compared += 1
    assert compared >= 4


def first_direction(H, g, direction, **options):
    """The direction at 0 on g'x + x'Hx/2."""
    r = pf.minimize(
        lambda x: g @ x + x @ H @ x / 2 + 1e3 * (x**4).sum(),
        np.zeros(len(g)),
        lambda x: g + H @ x + 4e3 * x**3,
        direction,
        initial_step=1e-3,
        max_iterations=1,
        trace=True,
        **options,
    )
    return r.trace[0].x / r.trace[0].step


def symmetric(rng, eigenvalues):
    Q = np.linalg.qr(rng.normal(size=(len(eigenvalues),) * 2))[0]
    H = Q * eigenvalues @ Q.T
    return (H + H.T) / 2


SPECTRA = {
    "positive": [1.0, 3.0, 10.0, 50.0],
    "indefinite": [-5.0, -0.1, 2.0, 7.0],
    "negative": [-4.0, -3.0, -2.0, -1.0],
    "one negative": [-1e-3, 1.0, 1.0, 1.0],
    "singular": [0.0, 1.0, 2.0, 3.0],
    "zero": [0.0, 0.0, 0.0, 0.0],
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", SPECTRA)
def test_modified_cholesky(name, seed):
    rng = np.random.default_rng(seed)
    H, g = symmetric(rng, SPECTRA[name]), rng.normal(size=4)
    d = first_direction(H, g, "newton", hess=lambda x: H)
    assert d @ g < 0
    # (H + E) d = -g with a diagonal E >= 0, none where H is safely positive definite.
    E = -(g + H @ d) / d
    assert E.min() >= -1e-8 * max(1, abs(E).max())
    if name == "positive":
        np.testing.assert_allclose(d, -np.linalg.solve(H, g), rtol=1e-7)
    elif name in ("indefinite", "negative"):
        assert np.linalg.eigvalsh(H + np.diag(E)).min() > 0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", SPECTRA)
@pytest.mark.parametrize("products", ["hessp", "hess", "differences"])
def test_truncated_newton(name, seed, products):
    rng = np.random.default_rng(seed)
    H, g = symmetric(rng, SPECTRA[name]), rng.normal(size=4)
    given = {"hessp": {"hessp": lambda x, v: H @ v}, "hess": {"hess": lambda x: H}}
    d = first_direction(H, g, "newton-cg", **given.get(products, {}))
    assert d @ g < 0
    if name not in ("singular", "zero"):  # where rounding decides what is negative
        rtol = 1e-7 if products != "differences" else 1e-4
        np.testing.assert_allclose(d, reference.truncated_newton(H, g), rtol=rtol)


@every(NEWTON)
def test_away_from_a_saddle(direction):
    """x^4/4 - x^2/2 + y^2/2 from next to its saddle at 0."""
    r = pf.minimize(
        lambda x: x[0] ** 4 / 4 - x[0] ** 2 / 2 + x[1] ** 2 / 2,
        [1e-3, 1.0],
        lambda x: np.array([x[0] ** 3 - x[0], x[1]]),
        direction,
        hess=lambda x: np.diag([3 * x[0] ** 2 - 1, 1.0]),
    )
    assert r.success
    np.testing.assert_allclose(r.x, [1, 0], atol=1e-5)


def test_a_gradient_that_grows_a_lot_keeps_its_ratio():
    """|g_last|^2 from g and y alone cancels when g is 1e9 times as long."""
    run = pf.minimize(
        lambda x: -x[0] - 1e10 * np.logaddexp(0, x[0] - 40),
        [0.0],
        lambda x: -1 - 1e10 * np.exp(-np.logaddexp(0, 40 - x)),
        pf.directions.ConjugateGradient("PR+"),
        "armijo",
        "bisection",
        45.0,
        max_iterations=2,
        trace=True,
    )
    x1, x2 = (state.x for state in run.trace)
    last, g = -1.0, run.trace[0].jac[0]
    expected = -g + max(0.0, g * (g - last) / last**2) * 1.0
    assert (x2 - x1)[0] / run.trace[1].step == pytest.approx(expected, rel=1e-6)
