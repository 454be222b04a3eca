"""Group D: values of linear algebra and their derivatives, a test for each row that has none in
``test_d_derivatives``; what is about formulas is in ``matcalc/test_faults``."""

import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from autodiff.scalarised import close, difference_gradient

import pyframe as pf
from pyframe.errors import (
    ConvergenceError,
    IllConditionedWarning,
    NotPositiveDefiniteError,
    OutOfMemory,
    ParameterError,
    PyframeError,
    ShapeError,
    SingularMatrixError,
    TooManyElements,
)

rng = np.random.default_rng(41)
SINGULAR = np.ones((2, 2))


def compiled(f, *arguments):
    return pf.compile(f)(*arguments)


def logdet(a):
    return np.linalg.slogdet(a)[1]


FUNCTIONS = {
    "det": np.linalg.det,
    "logdet": logdet,
    "inv": np.linalg.inv,
    "cholesky": np.linalg.cholesky,
    "eigvalsh": np.linalg.eigvalsh,
    "svdvals": np.linalg.svdvals,
    "pinv": np.linalg.pinv,
    "qr": lambda a: np.linalg.qr(a)[1],
}


@pytest.mark.parametrize(
    "f", [np.linalg.inv, lambda a: np.linalg.solve(a, np.ones(2))], ids=["inv", "solve"]
)
def test_d1_singular_matrices_name_their_pivot(f):
    for run in (compiled, lambda f, a: pf.grad(lambda a: np.sum(f(a)))(a)):
        with pytest.raises(SingularMatrixError, match="pivot 1") as caught:
            run(f, SINGULAR)
        assert isinstance(caught.value, np.linalg.LinAlgError)


@pytest.mark.parametrize("f", [np.linalg.inv, lambda a: np.linalg.solve(a, np.ones(2))])
def test_d1_solutions_are_nan_where_that_is_wanted(f):
    with pf.singular(errors="nan"):
        assert np.all(np.isnan(compiled(f, SINGULAR)))
        gradient = pf.grad(lambda a: np.sum(f(a)))(SINGULAR)
        with pytest.raises(SingularMatrixError), pf.singular():
            compiled(f, SINGULAR)
        assert np.all(np.isnan(compiled(f, SINGULAR)))
    assert np.all(np.isnan(gradient))
    with pytest.raises(SingularMatrixError):
        compiled(f, SINGULAR)
    with pytest.raises(ParameterError, match="errors must be one of raise, nan, got 'ignore'"):
        pf.singular(errors="ignore").__enter__()


def test_d1_and_d19_only_the_singular_member_of_a_stack_is_nan():
    stack = np.stack([2 * np.eye(2), SINGULAR, 4 * np.eye(2)])
    for dtype in (np.float64, np.float32):
        with pf.singular(errors="nan"):
            got = compiled(np.linalg.inv, stack.astype(dtype))
        assert got.dtype == dtype
        assert np.isnan(got[1]).all()
        assert np.array_equal(got[[0, 2]], [np.eye(2) / 2, np.eye(2) / 4])


def test_d1_it_holds_for_one_thread():
    with pf.singular(errors="nan"), ThreadPoolExecutor(1) as other:
        elsewhere = other.submit(compiled, np.linalg.inv, SINGULAR)
        assert isinstance(elsewhere.exception(), SingularMatrixError)


def test_d2_nearly_singular_matrices_have_values_and_a_warning():
    a, b = np.diag([1.0, 1e-15]), np.ones(2)
    with pytest.warns(IllConditionedWarning, match=r"its condition is about 1\.0e15"):
        np.testing.assert_allclose(compiled(np.linalg.solve, a, b), [1, 1e15])
    with pytest.warns(IllConditionedWarning):
        got = pf.grad(lambda b: np.sum(np.linalg.solve(a, b)))(b)
    np.testing.assert_allclose(got, [1, 1e15])
    with pytest.warns(IllConditionedWarning):
        compiled(np.linalg.inv, a)
    with pytest.warns(IllConditionedWarning):
        compiled(np.linalg.inv, np.diag([1.0, 1e-7]).astype(np.float32))
    hilbert = 1.0 / (np.arange(12)[:, None] + np.arange(12) + 1)
    with pytest.warns(IllConditionedWarning):
        compiled(np.linalg.inv, hilbert)


def test_d2_the_warning_may_be_an_error_or_silent():
    a = np.diag([1.0, 1e-15])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(IllConditionedWarning):
            compiled(np.linalg.inv, a)
        with pf.singular(warn=False):
            compiled(np.linalg.inv, a)
        # 1e12 leaves a few digits.
        compiled(np.linalg.inv, np.diag([1.0, 1e-12]))
        compiled(np.linalg.inv, np.diag([1.0, 1e-5]).astype(np.float32))


def test_d4_logdet_of_singular_and_negative_matrices():
    assert compiled(logdet, SINGULAR) == -np.inf
    with pytest.raises(SingularMatrixError):
        pf.grad(logdet)(SINGULAR)
    negative = np.diag([-2.0, 1.0])
    assert compiled(lambda a: np.linalg.slogdet(a)[0], negative) == -1
    np.testing.assert_allclose(pf.grad(logdet)(negative), np.diag([-0.5, 1]))


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_d5_logdet_where_det_overflows(scale):
    a = scale * (np.eye(400) + 0.01 * rng.standard_normal((400, 400)))
    np.testing.assert_allclose(compiled(logdet, a), logdet(a), rtol=1e-13)
    np.testing.assert_allclose(pf.grad(logdet)(a), np.linalg.inv(a).T, rtol=1e-9, atol=1e-9 / scale)


def test_d6_matrices_that_are_not_positive_definite():
    for a in (np.diag([1.0, -1e-17]), -np.eye(2), np.diag([1.0, 0.0])):
        minor = 1 if a[0, 0] < 0 else 2
        with pytest.raises(NotPositiveDefiniteError, match=f"minor of order {minor}"):
            pf.grad(lambda a: np.sum(np.linalg.cholesky(a)))(a)
    near = np.array([[1, 0.5], [0.5 + 1e-15, 1]])
    assert np.all(np.isfinite(pf.grad(lambda a: np.sum(np.linalg.cholesky(a)))(near)))


@pytest.mark.parametrize("name", ["eigh", "qr", "svd"])
def test_d11_signs_are_the_same_on_all_paths(name):
    f = {
        "eigh": lambda a: np.linalg.eigh(a + a.T)[1],
        "qr": lambda a: np.linalg.qr(a)[1],
        "svd": lambda a: np.linalg.svd(a)[0],
    }[name]
    a = rng.standard_normal((4, 4))
    first = compiled(f, a)
    recorded = pf.value_and_grad(lambda a: np.sum(f(a) ** 3), mode="reverse")(a)[0]
    assert np.array_equal(compiled(f, a.copy(order="F")), first)
    assert np.array_equal(compiled(f, np.ascontiguousarray(a)), first)
    assert recorded == pytest.approx(np.sum(first**3), rel=1e-13)


def test_d12_wide_and_rank_deficient_matrices_under_qr():
    f = lambda a: np.sum(np.linalg.qr(a)[1] ** 2 * np.arange(6.0).reshape(2, 3))  # noqa: E731
    a = rng.standard_normal((2, 3))
    close(pf.grad(f)(a), difference_gradient(f, [a])[0], 1e-9, "wide")
    with pytest.raises(SingularMatrixError):
        pf.grad(lambda a: np.sum(np.linalg.qr(a)[1]))(np.ones((3, 2)))


@pytest.mark.parametrize("name", ["det", "inv", "cholesky", "eigvalsh"])
def test_d13_matrices_that_are_not_square(name):
    with pytest.raises(ShapeError, match="square"):
        pf.grad(lambda a: np.sum(FUNCTIONS[name](a)))(np.ones((2, 3)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_d14_empty_matrices(name):
    f, empty = FUNCTIONS[name], np.zeros((0, 0))
    value = compiled(f, empty)
    assert np.array_equal(value, 1.0 if name == "det" else f(empty))
    assert pf.grad(lambda a: np.sum(f(a)))(empty).shape == (0, 0)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("name", ["det", "logdet", "inv", "cholesky", "eigvalsh"])
def test_d15_small_matrices_as_the_general_path(n, name):
    f = FUNCTIONS[name]
    b = rng.standard_normal((n, n))
    a = b @ b.T + np.eye(n)
    large = np.eye(40)
    large[:n, :n] = a
    own, general = compiled(f, a), compiled(f, large)
    if name == "eigvalsh":
        general = np.sort(general)[np.searchsorted(np.sort(general), own - 1e-9)]
    elif np.ndim(own) == 2:
        general = general[:n, :n]
    np.testing.assert_allclose(own, general, rtol=16 * np.finfo(float).eps, atol=1e-15)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_d16_nan_and_infinity_end(name, bad):
    f, a = FUNCTIONS[name], np.full((4, 4), bad)
    started = time.monotonic()
    assert np.all(np.isnan(compiled(f, a)))
    assert np.all(np.isnan(pf.jvp(f, (a,), (a,))[1]))
    assert time.monotonic() - started < 5


def test_d17_an_iteration_that_does_not_converge_is_an_error_of_linear_algebra():
    assert issubclass(ConvergenceError, PyframeError)
    assert issubclass(ConvergenceError, np.linalg.LinAlgError)


@pytest.mark.parametrize("scale", [1e308, 1e-307])
def test_d18_large_and_small_entries(scale):
    a = np.array([[1.0, 0.25], [0.25, 0.5]])
    for name, power in {"svdvals": 1, "eigvalsh": 1, "qr": 1, "cholesky": 0.5}.items():
        got = compiled(FUNCTIONS[name], scale * a)
        np.testing.assert_allclose(got / scale**power, FUNCTIONS[name](a), rtol=1e-12, atol=1e-15)
    solved = compiled(lambda a: np.linalg.solve(a, a), scale * a)
    np.testing.assert_allclose(solved, np.eye(2), atol=1e-14)
    np.testing.assert_allclose(compiled(logdet, scale * a), logdet(a) + 2 * np.log(scale))
    gradient = pf.grad(lambda a: np.linalg.norm(a, "nuc"))(scale * a)
    np.testing.assert_allclose(gradient, np.eye(2), atol=1e-12)


def test_d19_the_other_members_of_a_stack_are_right():
    stack = np.stack([np.diag([2.0, 3]), SINGULAR, np.diag([-1.0, 1])])
    assert compiled(logdet, stack).tolist() == [np.log(6), -np.inf, 0]
    assert np.allclose(compiled(np.linalg.det, stack), [6, 0, -1], rtol=1e-15)


@pytest.mark.parametrize("k", [-9, -1, 0, 1, 2, 9])
@pytest.mark.parametrize("name", ["trace", "diagonal", "tril", "triu", "diag"])
def test_d20_offsets_on_matrices_that_are_not_square(k, name):
    f, a = getattr(np, name), np.arange(6.0).reshape(2, 3)
    assert np.array_equal(compiled(lambda a: f(a, k), a), f(a, k))
    place = pf.grad(lambda a: np.sum(f(a, k)))(a)
    close(np.sum(place * a), np.sum(f(a, k)), 1e-15, name)
    assert set(place.flat) <= {0.0, 1.0}


def test_d21_shapes_that_overflow():
    def often(a):
        for _ in range(6):
            a = np.kron(a, a)
        return np.sum(a)

    with pytest.raises((TooManyElements, OutOfMemory)):
        pf.grad(often)(np.ones(4000))
    with pytest.raises((TooManyElements, OutOfMemory)):
        pf.grad(lambda a: np.sum(np.outer(a, a)))(np.ones(2_000_000))


EINSUM = {
    "ij,jk->ii": (ParameterError, "'i' stands twice in the result"),
    "ij->ijj": (ParameterError, "'j' stands twice in the result"),
    "i?,j->i": (ParameterError, r"unexpected '\?' at position 1"),
    "ij,jk->ik,": (ParameterError, "unexpected ',' at position 9"),
    "->": (ShapeError, "operand 0 has 2 axes"),
    "a" * 1_000_000: (ParameterError, "1000000 characters is longer than 10000"),
}


@pytest.mark.parametrize("text", EINSUM, ids=lambda text: text[:12])
def test_d22_specifications_that_are_wrong(text):
    kind, message = EINSUM[text]
    count = text.split("->")[0].count(",") + 1
    with pytest.raises(kind, match=message) as caught:
        pf.grad(lambda a: np.sum(np.einsum(text, *[a] * count)))(np.ones((2, 2)))
    assert len(str(caught.value)) < 1000


def test_d22_sixty_operands():
    text = ",".join("i" for _ in range(60)) + "->"
    got = pf.grad(lambda a: np.einsum(text, *[a] * 60))(np.array([1.0, 0.5]))
    np.testing.assert_allclose(got, [60, 60 * 0.5**59], rtol=1e-14)


def test_d23_products_over_nothing():
    got = compiled(np.matmul, np.ones((2, 0)), np.ones((0, 3)))
    assert np.array_equal(got, np.zeros((2, 3)))
    assert pf.grad(lambda a: np.sum(a @ np.ones((0, 3))))(np.ones((2, 0))).shape == (2, 0)


def test_d24_what_was_in_memory_before_is_not_read():
    c = pf.compile(lambda a, b: a @ b)
    bad = np.full((40, 40), np.nan)
    assert np.all(np.isnan(c(bad, bad)))
    ones = np.ones((40, 40))
    assert np.array_equal(c(ones, ones), np.full((40, 40), 40.0))
    assert np.all(np.isnan(c(np.zeros((40, 40)), bad)))


@pytest.mark.parametrize("shape", [(200_000, 1, 1), (1, 200_000, 1), (1, 1, 200_000)])
def test_d25_one_long_side_needs_no_square_of_memory(shape):
    m, k, n = shape
    a, b = np.ones((m, k)), np.ones((k, n))
    before = psutil.Process().memory_info().rss
    got = compiled(np.matmul, a, b)
    pf.grad(lambda a: np.sum(a @ b))(a)
    assert got.shape == (m, n)
    assert np.all(got == k)
    assert psutil.Process().memory_info().rss - before < 200 << 20


def test_d28_differentials_at_singular_matrices():
    for f in (np.linalg.inv, logdet):
        with pytest.raises(SingularMatrixError):
            pf.jvp(f, (SINGULAR,), (SINGULAR,))
        with pytest.raises(SingularMatrixError):
            pf.hvp(lambda a, f=f: np.sum(f(a)), (SINGULAR,), (SINGULAR,))


def test_d30_sizes_that_do_not_conform():
    for f in (
        lambda a: np.sum(np.kron(a, a) @ a),
        lambda a: np.vdot(a, np.ones(5)),
        lambda a: np.sum(a.reshape(4)),
        lambda a: np.sum(np.linalg.solve(a @ a.T, np.ones(3))),
    ):
        with pytest.raises(ShapeError, match=r"fit|reshape"):
            pf.grad(f)(np.ones((2, 3)))
