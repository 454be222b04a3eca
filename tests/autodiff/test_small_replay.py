"""Small compiled programs run on a table of numbers; their bits are those of the recording."""

import numpy as np
import pytest
from scipy import special

import pyframe as pf

RNG = np.random.default_rng(0)
INF, NAN = np.inf, np.nan


def matrix(*shape):
    return RNG.normal(size=shape)


A, B, V = matrix(10, 10), matrix(20, 10), matrix(10)
CUBE, LONG = matrix(2, 10, 3), matrix(3, 10, 100)
ROWS, SPACED = np.asfortranarray(matrix(20, 10)), matrix(40, 30)[::2, ::-3]
S = matrix(5, 5) + 4 * np.eye(5)


def square(x):
    return x[:9].reshape(3, 3) + 3 * np.eye(3)


def changed(x):
    y = x * 2.0
    y[1:4] = x[4:7] * x[:3]
    y[::-2] = 1.5
    return y


PRODUCTS = {
    "vector vector": lambda x: x @ V,
    "itself": lambda x: x @ x,
    "matrix vector": lambda x: np.sum(np.tanh(A @ x)),
    "vector matrix": lambda x: np.sum(np.tanh(x @ A)),
    "quadratic form": lambda x: x @ A @ x / 2 - np.sum(np.exp(-x)),
    "transposed": lambda x: np.sum((A.T @ x) ** 3),
    "tall": lambda x: np.sum((B @ x - 1) ** 2),
    "columns in order": lambda x: np.sum((ROWS @ x - 1) ** 2),
    "spaced": lambda x: np.sum((SPACED @ x) ** 2),
    "outer": lambda x: np.sum(np.outer(x, x + V) * A),
    "matrix matrix": lambda x: np.sum((x.reshape(2, 5) @ A[:5]) ** 2),
    "matrix by its transposed": lambda x: np.sum((x.reshape(2, 5) @ x.reshape(2, 5).T) ** 2),
    "transposed by matrix": lambda x: np.sum((x.reshape(2, 5).T @ x.reshape(2, 5)) ** 3),
    "reversed": lambda x: x[::-1] @ A @ x[::-1],
    "every other": lambda x: x[::2] @ S @ x[1::2],
    "one row": lambda x: np.sum(x[None, :] @ A),
    "stack": lambda x: np.sum((x.reshape(2, 1, 5) @ x.reshape(2, 5, 1)) ** 2),
    "three labels": lambda x: np.einsum("ijk,j,j->", CUBE, x, x),
    "all kept": lambda x: np.sum(np.einsum("ijk,j->kij", CUBE, x) ** 2),
    "axes": lambda x: np.sum(np.tensordot(x.reshape(2, 5), S, axes=(1, 0)) ** 2),
    "a hundred": lambda x: np.sum(np.sin(x @ LONG[0]) ** 2),
    "constants joined": lambda x: np.concatenate([x, V]) @ np.concatenate([V, x]),
    "layers": lambda x: V[:5] @ np.tanh(S @ np.tanh(A[:5] @ x + V[:5]) + V[5:]),
}
MOVES = {
    "neighbours": lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
    "rows and columns": lambda x: np.sum(x[:, None] * x[None, :] + np.exp(x)[:, None]),
    "gathered": lambda x: np.sum(x[[0, 0, 3, 9, -1]] * x[[1, 2, 2, 0, 5]]),
    "chosen": lambda x: np.sum(x[x > 0] ** 2),
    "changed in place": lambda x: np.sum(changed(x) ** 2),
    "joined": lambda x: np.sum(np.concatenate([x[5:], x, x[:5] * 2]) ** 3),
    "stacked": lambda x: np.sum(np.stack([x, x**2, np.ones(10)], axis=1) @ V[:3]),
    "running": lambda x: np.sum(np.cumsum(x) ** 2) + np.cumsum(x.reshape(2, 5), axis=0)[1, 2],
    "turned": lambda x: np.sum(x.reshape(2, 5).T * x.reshape(5, 2)),
    "broadcast": lambda x: np.sum(np.broadcast_to(x, (3, 10)) * V),
    "sorted": lambda x: np.sum(np.sort(x) * V),
    "padded": lambda x: np.sum(np.pad(x, 2) * np.pad(x**2, (0, 4))),
    "three": lambda x: np.sum((x[:3] * x[3:6] - x[6:9]) ** 2),
    "one": lambda x: np.sum(np.exp(x[:1]) * x),
    "none": lambda x: np.sum(x[:0] ** 2) + x[3],
}
REDUCTIONS = {
    "norm": np.linalg.norm,
    "logsumexp": special.logsumexp,
    "softmax": lambda x: np.sum(special.softmax(x) ** 2),
    "by hand": lambda x: np.max(x) + np.log(np.sum(np.exp(x - np.max(x)))),
    "rows": lambda x: np.sum(np.sum(x.reshape(2, 5), axis=0) ** 2),
    "columns": lambda x: np.sum(np.sum(x.reshape(2, 5), axis=1) ** 3),
    "both": lambda x: np.sum(x.reshape(2, 5), axis=(0, 1)) ** 2,
    "extremes": lambda x: np.max(x) * np.min(x) + np.sum(np.max(x.reshape(5, 2), axis=0)),
    "moments": lambda x: np.mean(x) + np.std(x) * np.var(x),
    "median": np.median,
    "product": np.prod,
}
ELEMENTS = {
    "branches": lambda x: np.sum(np.where(x > 0, x**2, np.abs(x))),
    "clipped": lambda x: np.sum(np.clip(x, -0.5, 0.5) * x),
    "logical": lambda x: np.sum(np.where((x > -0.5) & (x < 0.5), x, x * x)),
    "ties": lambda x: np.sum(np.maximum(x, x[::-1]) + np.minimum(x, 0.25)),
    "logistic": lambda x: np.mean(np.logaddexp(0, -x)),
    "both sides": lambda x: np.sum(np.logaddexp(x, x[::-1])),
    "powers": lambda x: np.sum(x**3 - 2 / x + np.abs(x) ** 1.5 + np.exp2(x)),
    "two": lambda x: np.sum(np.hypot(x, V) + np.arctan2(x, V) + np.copysign(x, V)),
    "ones": lambda x: np.sum((x * 1.0) / 1.0 * np.ones(10)),
    "constants": lambda x: np.sum(x * np.exp(V) + np.sqrt(np.abs(V))),
}
ALGEBRA = {
    "solve": lambda x: x[:5] @ np.linalg.solve(S, x[5:]),
    "solve for": lambda x: np.sum(np.linalg.solve(square(x), x[:3]) ** 2),
    "inverse": lambda x: np.sum(np.linalg.inv(square(x)) ** 2),
    "det": lambda x: np.linalg.det(square(x)),
    "slogdet": lambda x: np.linalg.slogdet(square(x))[1],
    "cholesky": lambda x: np.sum(np.linalg.cholesky(square(x) @ square(x).T + np.eye(3))),
    "eigenvalues": lambda x: np.sum(np.linalg.eigvalsh(square(x) + square(x).T) ** 3),
    "eigenvectors": lambda x: np.sum(np.linalg.eigh(square(x) + square(x).T)[1] ** 4),
    "singular values": lambda x: np.sum(np.linalg.svd(square(x), compute_uv=False)),
    "triangle": lambda x: np.sum(np.linalg.qr(square(x))[1] ** 2),
    "pseudo-inverse": lambda x: np.sum(np.linalg.pinv(x.reshape(2, 5)) ** 2),
    "power": lambda x: np.sum(np.linalg.matrix_power(square(x), 3)),
}
UFUNCS = """
    negative absolute sign square reciprocal sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos
    tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh floor ceil rint trunc sinc"""
SPECIALS = """
    expit logit log_expit erf erfc erfinv gammaln psi ndtr log_ndtr entr i0 i1 j0 j1"""
UNARY = {name: getattr(np, name) for name in UFUNCS.split()} | {
    name: getattr(special, name) for name in SPECIALS.split()
}
POINTS = {
    "usual": np.linspace(-0.9, 0.95, 10),
    "positive": np.linspace(0.1, 0.9, 10),
    "zeros": np.array([0.0, -0.0, 0.0, 1.0, -1.0, -0.0, 0.0, 2.0, -0.0, 0.0]),
    "ends": np.array([INF, -INF, NAN, -0.0, 5e-324, 1e308, -1e308, 1e-310, 709.9, -745.0]),
    "some": np.array([1.0, NAN, -3.0, 0.5, INF, 2.0, -0.0, 1e200, -1e-200, 4.0]),
}
PROGRAMS = PRODUCTS | MOVES | REDUCTIONS | ELEMENTS | ALGEBRA


def bits(x):
    """Of each number, one for all that are none."""
    x = np.asarray(x)
    whole = x.view(np.int64 if x.dtype == np.float64 else np.int32)
    return np.where(np.isnan(x), -1, whole)


def assert_same(found, wanted, *where):
    for a, b in zip(found, wanted, strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype, where
        np.testing.assert_array_equal(bits(a), bits(b), err_msg=str(where))


def recorded(f, x):
    return pf.value_and_grad(f)(x)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bits_are_those_of_the_recording(name, point):
    f, x = PROGRAMS[name], POINTS[point]
    compiled = pf.compile(f)
    try:
        with np.errstate(all="ignore"):
            wanted = recorded(f, x)
    except pf.errors.PyframeError as refusal:
        for _ in range(3):
            with pytest.raises(type(refusal)):
                compiled.value_and_grad(x)
        return
    for _ in range(3):
        assert_same(compiled.value_and_grad(x), wanted, name, point)
        assert_same([compiled(x)], wanted[:1], name, point)


@pytest.mark.parametrize("name", PROGRAMS)
def test_they_run_on_numbers(name):
    compiled = pf.compile(PROGRAMS[name])
    # What is sorted is read at places that are known when it runs.
    node_by_node = name in ("sorted", "median")
    assert compiled.graph(POINTS["usual"]).scalar is not node_by_node, compiled.explain()


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_values_are_numpys(name):
    f = PROGRAMS[name]
    for x in (POINTS["usual"], POINTS["positive"]):
        assert pf.compile(f)(x) == pytest.approx(f(x), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_elements_have_the_bits_of_the_recording(name):
    def f(x):
        return np.sum(UNARY[name](x) * 0.5)

    for point, x in POINTS.items():
        for length in (1, 2, 3, 4, 5, 10):
            for part in (x[:length], x[::-1][:length]):
                compiled = pf.compile(f)
                with np.errstate(all="ignore"):
                    wanted = recorded(f, part)
                for _ in range(2):
                    assert_same(compiled.value_and_grad(part), wanted, name, point, length)


@pytest.mark.parametrize(
    "n", [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 256, 257, 300]
)
def test_products_of_every_length(n):
    rng = np.random.default_rng(n)
    a, x = rng.normal(size=(3, n)), rng.normal(size=n)
    for order in "CF":
        held = np.array(a, order=order)
        for f in (lambda x: x @ x, lambda x, held=held: np.sum((held @ x) ** 2)):
            compiled = pf.compile(f)
            wanted = recorded(f, x)
            for _ in range(2):
                assert_same(compiled.value_and_grad(x), wanted, n)
            assert wanted[0] == pytest.approx(f(x), rel=1e-13)


def test_small_products_do_not_depend_on_the_layout():
    x = np.linspace(-1, 1, 10)
    for a in (matrix(20, 10), matrix(3, 10), matrix(10, 10)):
        wide = np.zeros((2 * a.shape[0], 3 * a.shape[1]))
        wide[::2, ::3] = a
        found = [
            recorded(lambda x, a=a: np.sum((a @ x) ** 2), x)
            for a in (a, np.asfortranarray(a), wide[::2, ::3], a[::-1, ::-1][::-1, ::-1])
        ]
        for other in found[1:]:
            assert_same(other, found[0])


SINGLE = ["quadratic form", "neighbours", "norm", "branches", "softmax", "solve", "layers"]


@pytest.mark.parametrize("name", SINGLE)
def test_single_precision(name):
    f = PROGRAMS[name]
    for point in ("usual", "positive", "some"):
        with np.errstate(over="ignore"):
            x = POINTS[point].astype(np.float32)
            wanted = recorded(f, x)
        compiled = pf.compile(f)
        for _ in range(3):
            assert_same(compiled.value_and_grad(x), wanted, name, point)
        assert np.asarray(wanted[1]).dtype == np.float32


def test_single_and_double_arguments_are_kept_apart():
    compiled = pf.compile(lambda x, y: np.sum(x * x) + y[0])
    x, y = np.arange(3.0), np.ones(2)
    for _ in range(3):
        for kind in (np.float32, np.float64):
            value, gradient = compiled.value_and_grad(x.astype(kind), y.astype(kind))
            assert value == 6
            assert gradient.dtype == kind
    assert compiled.recordings == 2


def test_a_matrix_that_turns_singular_is_refused_each_time():
    compiled = pf.compile(lambda x: np.sum(np.linalg.solve(x.reshape(2, 2), V[:2])))
    regular, singular = np.array([2.0, 1.0, 1.0, 3.0]), np.array([1.0, 2.0, 2.0, 4.0])
    wanted = recorded(compiled.function, regular)
    with pytest.raises(np.linalg.LinAlgError) as refusal:
        recorded(compiled.function, singular)
    for _ in range(3):
        assert_same(compiled.value_and_grad(regular), wanted)
        with pytest.raises(np.linalg.LinAlgError, match=str(refusal.value)[:20]):
            compiled.value_and_grad(singular)


def test_a_singular_constant_is_refused_each_time():
    held = np.array([[1.0, 2.0], [2.0, 4.0]])
    compiled = pf.compile(lambda x: np.sum(np.linalg.solve(held, x)) if x[0] > 0 else np.sum(x))
    for _ in range(3):
        with pytest.raises(np.linalg.LinAlgError):
            compiled.value_and_grad(np.ones(2))
        assert compiled(-np.ones(2)) == -2


def test_a_guard_between_kernels_goes_first():
    def f(x):
        m = square(x)
        return np.linalg.det(m) if np.linalg.det(m) > 0 else np.sum(np.linalg.inv(m.T))

    compiled = pf.compile(f)
    for _ in range(3):
        for x in (POINTS["usual"], -9 * POINTS["positive"][::-1]):
            assert_same(compiled.value_and_grad(x), recorded(f, x))
    assert compiled.recordings == 2


def test_arguments_of_the_call_are_neither_kept_nor_changed():
    compiled = pf.compile(PROGRAMS["quadratic form"])
    x = POINTS["usual"].copy()
    kept = compiled.value_and_grad(x)[1]
    before = kept.copy()
    compiled.value_and_grad(2 * x)
    np.testing.assert_array_equal(kept, before)
    np.testing.assert_array_equal(x, POINTS["usual"])
    assert kept.flags.writeable
    assert kept.flags.owndata


X, Y = POINTS["usual"], POINTS["positive"]
CALLS = {
    "a float": (lambda x: np.sin(x) * x, (1.5,)),
    "a float of NumPy": (lambda x: np.sin(x) * x, (np.float64(1.5),)),
    "an array without axes": (lambda x: np.sin(x) * x, (np.array(1.5),)),
    "two arrays": (lambda x, y: np.sum(x * y**2), (X, Y)),
    "an array and floats": (lambda x, a, b: np.sum(a * x**2) + b, (X, 2.0, np.float64(3.0))),
    "a whole number": (lambda x, n: np.sum(x**n) * n, (X, 3)),
    "a whole number first": (lambda n, x, y: n * x @ y, (2, X, Y)),
}


@pytest.mark.parametrize("call", CALLS)
def test_every_choice_of_arguments(call):
    f, arguments = CALLS[call]
    count = len(arguments)
    numbers = [n for n in range(count) if type(arguments[n]) is not int]
    choices = [*numbers, *(n - count for n in numbers), tuple(numbers), tuple(numbers[::-1])]
    for argnums in choices:
        compiled = pf.compile(f)
        value, gradients = pf.value_and_grad(f, argnums)(*arguments)
        wanted = gradients if isinstance(argnums, tuple) else (gradients,)
        for _ in range(3):
            found_value, found = compiled.value_and_grad(*arguments, argnums=argnums)
            assert type(found) is type(gradients)
            found = found if isinstance(argnums, tuple) else (found,)
            assert_same([found_value, *found], [value, *wanted], call, argnums)
            assert [np.shape(a) for a in found] == [np.shape(a) for a in wanted]
            assert_same([compiled(*arguments)], [value])
        assert compiled.recordings == 1


@pytest.mark.parametrize("bad", [2, -3, (0, 2), "x", 0.5, (0, None)])
def test_arguments_that_are_none_are_refused_each_time(bad):
    compiled = pf.compile(lambda x, y: np.sum(x * y))
    compiled.value_and_grad(X, Y)
    for _ in range(2):
        with pytest.raises((pf.errors.PyframeError, TypeError)):
            compiled.value_and_grad(X, Y, argnums=bad)


def test_whole_numbers_are_part_of_the_signature():
    compiled = pf.compile(lambda x, n: np.sum(x**n))
    for _ in range(2):
        for n in (2, 3, 2.0, True):
            assert compiled(X, n) == pytest.approx(np.sum(X**n))
            gradient = compiled.grad(X, n)
            np.testing.assert_allclose(gradient, n * X ** (n - 1.0))
    assert compiled.recordings == 4
    with pytest.raises(pf.errors.PyframeError):
        compiled.value_and_grad(X, 2, argnums=1)


def test_a_tuple_is_given_back_as_one():
    compiled = pf.compile(lambda x, y: (x * y, np.sum(x), x[0]))
    wanted = X * Y, np.sum(X), X[0]
    for _ in range(3):
        found = compiled(X, Y)
        assert type(found) is tuple
        for a, b in zip(found, wanted, strict=True):
            assert np.shape(a) == np.shape(b)
            np.testing.assert_allclose(a, b, rtol=1e-14)
    one, fixed = pf.compile(lambda x: (x * 2,)), pf.compile(lambda x: (x * 2, 3))
    for _ in range(3):
        assert len(one(X)) == 1
        assert fixed(X)[1] == 3
