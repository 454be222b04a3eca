"""FAULTS, groups D and H, as far as they are about formulas: one test for each row."""

import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import pyframe as pf
from pyframe import _core
from pyframe.errors import (
    DegenerateSpectrumError,
    DTypeError,
    FormulaError,
    IllConditionedWarning,
    InternalError,
    OutOfMemory,
    ParameterError,
    ParameterTypeError,
    PyframeError,
    ShapeError,
    SingularMatrixError,
    TapeLimitError,
    TooManyElements,
    UnsupportedOperation,
)

SINGULAR = np.ones((2, 2))
rng = np.random.default_rng(11)


@pytest.mark.parametrize("text", ["inv(X)", "inv(X)*b", "b'*inv(X)", "X^-2", "tr(inv(X))"])
def test_d1_singular_matrices(text):
    e = pf.matrix(text, X="n,n", **({"b": "n"} if "b" in text else {}))
    values = {"X": SINGULAR, "b": np.ones(2)}
    with pytest.raises(SingularMatrixError):
        e(**{name: values[name] for name in e.symbols})


def test_d1_solutions_are_nan_where_that_is_wanted():
    e = pf.matrix("inv(X)*b", X="n,n", b="n")
    with pf.singular(errors="nan"):
        assert np.all(np.isnan(e(X=SINGULAR, b=np.ones(2))))
        assert np.all(np.isnan(e.jacobian("b")(X=SINGULAR, b=np.ones(2))))


def test_d2_nearly_singular_matrices_have_values_and_a_warning():
    values = {"X": np.diag([1.0, 1e-15]), "b": np.ones(2)}
    e = pf.matrix("inv(X)*b", X="n,n", b="n")
    with pytest.warns(IllConditionedWarning, match=r"about 1\.0e15"):
        np.testing.assert_allclose(e(**values), [1, 1e15])
    with pytest.warns(IllConditionedWarning):
        np.testing.assert_allclose(e.jacobian("b")(**values), np.diag([1, 1e15]))


def test_d3_the_gradient_of_a_determinant_needs_no_inverse():
    e = pf.matrix("det(X)", X="n,n")
    rank_one = np.outer([1.0, 2, 3], [1.0, 1, 1])
    assert np.array_equal(e.gradient("X")(X=rank_one), np.zeros((3, 3)))
    low = np.diag([1.0, 2, 0])
    np.testing.assert_allclose(e.gradient("X")(X=low), np.diag([0.0, 0, 2]), atol=1e-15)


def test_d4_logdet_of_singular_and_negative_matrices():
    e = pf.matrix("logdet(X)", X="n,n")
    assert e(X=SINGULAR) == -np.inf
    assert e(X=np.diag([-2.0, 1.0])) == np.log(2)
    with pytest.raises(SingularMatrixError):
        e.gradient("X")(X=SINGULAR)


def test_d5_logdet_where_det_overflows():
    x = np.diag(np.full(400, 1e-3))
    np.testing.assert_allclose(pf.matrix("logdet(X)", X="n,n")(X=x), 400 * np.log(1e-3))


def test_d6_values_that_are_not_positive_definite():
    e = pf.matrix("logdet(X)", X=pf.Symbol("n,n", positive_definite=True))
    for value in (np.diag([1.0, -1e-17]), np.diag([1.0, 0.0]), np.array([[1, 0.5], [0.2, 1]])):
        with pytest.raises(ParameterError, match="X is declared"):
            e(X=value)
        with pytest.raises(ParameterError, match="X is declared"):
            e.gradient("X")(X=value)


def test_d7_full_and_symmetric_gradients():
    s = rng.standard_normal((3, 3))
    plain = pf.matrix("inner(S, X)", S="n,n", X="n,n").gradient("X")(S=s)
    space = pf.Symbol("n,n", space="symmetric")
    symmetric = pf.matrix("inner(S, X)", S="n,n", X=space).gradient("X")(S=s)
    assert np.array_equal(plain, s)
    np.testing.assert_allclose(symmetric, (s + s.T) / 2)


def test_d8_extreme_eigenvalues_and_norms_with_equal_values():
    e = pf.matrix("lmax(X)", X=pf.Symbol("n,n", symmetric=True))
    assert e(X=np.eye(3)) == 1
    assert np.trace(e.gradient("X")(X=np.diag([1.0, 2.0, 3.0]))) == 1
    try:
        gradient = e.gradient("X")(X=np.eye(3))
    except DegenerateSpectrumError:
        return
    assert np.isclose(np.trace(gradient), 1)


@pytest.mark.parametrize("text", ["lmax(X)", "norms(X)"])
def test_d9_second_derivatives_divide_by_gaps(text):
    e = pf.matrix(text, X=pf.Symbol("n,n", symmetric=True))
    apart, equal = np.diag([3.0, 2.0, 1.0]), np.diag([3.0, 3.0, 1.0])
    assert np.all(np.isfinite(e.hessian("X")(X=apart)))
    with pytest.raises(DegenerateSpectrumError, match="gap in the spectrum"):
        e.hessian("X")(X=equal)


def test_d10_singular_values_that_are_zero_or_equal():
    e = pf.matrix("nuc(X)", X="n,n")
    np.testing.assert_allclose(e.gradient("X")(X=np.eye(3)), np.eye(3), atol=1e-15)
    assert np.all(np.isfinite(e.hessian("X")(X=np.eye(3))))
    with pytest.raises(DegenerateSpectrumError):
        e.hessian("X")(X=np.diag([1.0, 0, 0]))


@pytest.mark.parametrize("text", ["det(A)", "inv(A)", "logdet(A)", "expm(A)", "tr(A)", "lmax(A)"])
def test_d13_matrices_that_are_not_square(text):
    with pytest.raises(FormulaError, match=r"(?s)square.*\^"):
        pf.matrix(text, A="m,n")


def test_d14_empty_matrices():
    empty = np.zeros((0, 0))
    assert pf.matrix("det(X)", X="n,n")(X=empty) == 1
    assert pf.matrix("logdet(X)", X="n,n")(X=empty) == 0
    assert pf.matrix("inv(X)", X="n,n")(X=empty).shape == (0, 0)
    assert pf.matrix("logdet(X)", X="n,n").gradient("X")(X=empty).shape == (0, 0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_d15_small_matrices(n):
    x = rng.standard_normal((n, n)) + 2 * np.eye(n)
    np.testing.assert_allclose(pf.matrix("inv(X)")(X=x), np.linalg.inv(x), rtol=1e-13)
    np.testing.assert_allclose(pf.matrix("det(X)")(X=x), np.linalg.det(x), rtol=1e-13)


def test_d16_nan_ends():
    x = np.full((4, 4), np.nan)
    for text in ("inv(X)", "det(X)", "nuc(X)", "lmax(X)", "pinv(X)", "expm(X)"):
        try:
            assert np.all(np.isnan(pf.matrix(text, X="n,n")(X=x)))
        except PyframeError:
            continue


def test_d18_norms_are_scaled():
    found = pf.matrix("norm2(x)", x="n")(x=np.array([3e200, 4e200]))
    np.testing.assert_allclose(found, 5e200, rtol=1e-15)


def test_d20_diagonals_of_matrices_that_are_not_square():
    for text in ("tr(A)", "diagv(A)"):
        with pytest.raises(FormulaError, match="square"):
            pf.matrix(text, A="m,n")
    for f in (lambda A: np.triu(A, 1), lambda A: np.diagonal(A, 1), lambda A: np.tril(A)):
        with pytest.raises(UnsupportedOperation):
            pf.matrix(f, A="n,n")


def test_d21_shapes_that_overflow():
    e = pf.matrix("kron(A, kron(A, kron(A, kron(A, A))))", A="n,n")
    with pytest.raises(TooManyElements):
        e(A=np.ones((6000, 6000)))


@pytest.mark.parametrize("text", ["ij,jk->ii", "i?,jk->i", "a" * 1_000_000, "ij,->ji", "ij->->"])
def test_d22_einsum_is_refused_by_its_name(text):
    with pytest.raises(ParameterError, match="einsum") as caught:
        pf.matrix(lambda A: np.einsum(text, *[A] * (text.count(",") + 1)), A="n,n")
    assert len(str(caught.value)) < 300


def test_d23_sums_over_nothing():
    found = pf.matrix("A*B", A="m,n", B="n,k")(A=np.ones((2, 0)), B=np.ones((0, 3)))
    assert np.array_equal(found, np.zeros((2, 3)))


def test_d24_what_was_in_memory_before_is_not_read():
    e = pf.matrix("A*B*A", A="n,n", B="n,n")
    bad, ones = np.full((30, 30), np.nan), np.ones((30, 30))
    assert np.all(np.isnan(e(A=bad, B=ones)))
    assert np.array_equal(e(A=ones, B=ones), np.full((30, 30), 900.0))
    assert np.all(np.isnan(e(A=bad, B=np.zeros((30, 30)))))


def test_d25_long_vectors_need_no_square_of_memory():
    e = pf.matrix("tr(x*y') + norm2(x*y') + sum(x*y'*y)", x="n", y="n")
    x = np.full(300_000, 1e-3)
    np.testing.assert_allclose(e(x=x, y=x), 0.3 + 0.3 + 90.0)
    assert e.gradient("x")(x=x, y=x).shape == x.shape


def test_d26_values_that_contradict_declarations():
    e = pf.matrix("x'*A*x", A=pf.Symbol("n,n", symmetric=True), x="n")
    near = np.eye(2) + np.array([[0, 1e-12], [0, 0]])
    assert e(A=near, x=np.ones(2)) == pytest.approx(2)
    with pytest.raises(ParameterError, match="A is declared symmetric, and its value is not"):
        e(A=np.array([[1.0, 2], [0, 1]]), x=np.ones(2))


def test_d27_printed_formulas_are_the_computed_ones():
    e = pf.matrix("sum(log(1 + exp(-y.*(A*x))))", A="m,n", x="n", y="m")
    values = {"A": rng.standard_normal((4, 3)), "x": np.ones(3), "y": np.ones(4)}
    for own in (e, e.gradient("x"), e.hessian("x")):
        again = pf.matrix(str(own), A="m,n", x="n", y="m")
        assert again == own
        np.testing.assert_allclose(again(**values), own(**values), rtol=1e-13)


def test_d28_differentials_at_singular_matrices():
    for text in ("inv(X)", "logdet(X)"):
        d = pf.matrix(text, X="n,n").differential("X")
        with pytest.raises(SingularMatrixError):
            d(X=SINGULAR, dX=np.eye(2))


def test_sizes_that_no_symbol_declares_are_read_back():
    x, s = pf.Symbol("n", name="x"), pf.Symbol("", name="s")
    a = pf.Symbol("n,n", name="A", invertible=True)
    for e in (
        np.mean(x).gradient("x"),
        x.shape[0] * s,
        np.linalg.slogdet(s * a)[1].gradient("s"),
        s**2 * (x @ x.T).size,
    ):
        assert not set(e.symbols) & {"x", "A"}
        assert pf.matrix(str(e), **dict.fromkeys(e.symbols, "")) == e
    assert str(x.shape[0]) == "n"
    assert str(x.shape[0] * x) == "n*x"


def test_a_differential_that_is_zero_takes_its_direction():
    e = pf.matrix("inner(S, X)", S="n,n", X="n,n").gradient("X").differential("X")
    assert not np.any(e(S=np.eye(2), X=np.eye(2), dX=np.ones((2, 2))))


def test_d29_layouts_have_names():
    e = pf.matrix("A*x", A="m,n", x="n")
    with pytest.raises(ParameterError, match=r"here m x n.*got 'mixed'"):
        e.jacobian("x", layout="mixed")


def test_d30_sizes_that_do_not_conform():
    with pytest.raises(FormulaError, match=r"the left side is m\*n"):
        pf.matrix("vec(A) + b", A="m,n", b="k")
    with pytest.raises(ShapeError, match="an inner product"):
        pf.matrix(lambda A, B: np.vdot(A, B), A="m,n", B="n,m")


TOO_LARGE = {
    "9^9^9^9": "two ways",
    "((9^9)^9)^9*s": "no finite number",
    "s^1e999999999": "too large for a double",
    "1e308*10*s": "no finite number",
    "9" * 100_000: "more than 400 characters",
    "((X^100)^100)^100": "more than 10000 factors",
    "X^(9^9)": "whole powers from -10000 to 10000",
    "s^s^s^s^s": "two ways",
    "x" * 10_000_000: "more than 100000",
    "(" * 1_000_000: "more than 100000",
    "(" * 50_000: "1000 levels",
    "x+" * 49_000 + "x": "more than 50000",
}


@pytest.mark.parametrize("text", TOO_LARGE, ids=lambda text: text[:20])
def test_h2_huge_numbers_and_texts(text):
    before = time.process_time()
    with pytest.raises(FormulaError, match=TOO_LARGE[text]):
        pf.matrix(text)
    assert time.process_time() - before < 1


def squared(x, times):
    for _ in range(times):
        x = x @ x
    return x


HUGE = {
    "a number that is no double": (lambda s, X: s ** (9**9**5), ParameterError, "at most 1.8e308"),
    "a product of numbers": (lambda s, X: s * 1e308 * 1e308, ParameterError, "infinite"),
    "a quotient by 0": (lambda s, X: s / 0, ParameterError, "infinite"),
    "a quotient by x - x": (lambda s, X: 1 / (s - s), ParameterError, "infinite"),
    "infinity": (lambda s, X: s + np.inf, ParameterError, "cannot stand"),
    "a power of a matrix": (
        lambda s, X: np.linalg.matrix_power(X, 9**9**2),
        TapeLimitError,
        "too high a power",
    ),
    "a power that is not whole": (
        lambda s, X: np.linalg.matrix_power(X, 0.5),
        ParameterTypeError,
        "whole powers",
    ),
    "a power of a power": (lambda s, X: squared(X, 64), TapeLimitError, "too high a power"),
    "a product written out": (
        lambda s, X: np.linalg.matrix_power(squared(X @ X.T, 12), 5_000),
        TapeLimitError,
        "more than 8000000 operands",
    ),
}


@pytest.mark.parametrize("name", HUGE)
def test_h2_huge_numbers_by_operators(name):
    build, kind, text = HUGE[name]
    with pytest.raises(kind, match=text):
        build(pf.Symbol("", name="s"), pf.Symbol("n,n", name="X"))


def test_h2_powers_are_read_back():
    x = pf.Symbol("n,n", name="X")
    for power in (2_000, -10_000):
        e = np.linalg.matrix_power(x, power)
        assert pf.matrix(str(e), X="n,n") == e
    assert pf.matrix("s^(9^9)", s="")(s=1.0) == 1.0


def test_g1_an_interrupt_ends_a_derivation_and_leaves_all_as_it_was():
    text = "sum(" + "inv(" * 150 + "X + eye(n)" + " + X)" * 150 + ")"
    e = pf.matrix(text, X="n,n")
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            e.derivation("X", 2)
        assert time.monotonic() - started < 2
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    again = pf.matrix(text, X="n,n")
    assert again == e
    assert str(again.gradient("X")) == str(e.gradient("X"))


def test_h14_names_are_escaped():
    e = pf.matrix("x_1_b'*x_1_b", x_1_b="n")
    assert "x_{" in e.latex()


def test_h15_notebooks_are_shown_no_markup():
    assert "<" not in pf.matrix("x'*x", x="n")._repr_latex_()


def test_h16_large_formulas_are_cut_into_parts():
    text = "x"
    for _ in range(14):
        text = f"tanh({text} + {text}.^2)"
        if len(text) > 40_000:
            break
    e = pf.matrix(text, x="n")
    assert len(str(e)) < 100_000


def test_h17_messages_are_short():
    with pytest.raises(PyframeError) as error:
        pf.matrix("x + " * 20_000 + "@", x="n")
    assert len(str(error.value)) < 1_000
    e = pf.matrix("x'*x", x="n")
    with pytest.raises(PyframeError) as error:
        e.gradient("y" * 1_000_000)
    assert len(str(error.value)) < 1_000


def test_two_threads_build_and_evaluate():
    x = pf.Symbol("n", name="x")
    y = pf.Symbol("n", name="y")
    wrong = []

    def work():
        for _ in range(100):
            both, other = x @ y + np.sum(x), y @ x + np.sum(x)
            if both != other or both(x=[1.0, 2], y=[3.0, 4]) != 14:
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_other_threads_run_while_a_formula_is_worked_on():
    text = "sum(" + "inv(" * 150 + "X + eye(n)" + " + X)" * 150 + ")"
    e = pf.matrix(text, X="n,n")
    own = pf.matrix("x'*x", x="n")
    done, counts = threading.Event(), {"same": 0, "other": 0, "python": 0}

    def work():
        try:
            e.hessian("X")
        except TapeLimitError:
            pass
        finally:
            done.set()

    def same():
        while not done.is_set():
            assert e.formula.shape() == []
            counts["same"] += 1

    def other():
        while not done.is_set():
            assert str(own.gradient("x")) == "2*x"
            counts["other"] += 1

    def python():
        while not done.wait(0.001):
            counts["python"] += 1

    threads = [threading.Thread(target=each) for each in (work, same, other, python)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert counts["other"] > 10
    assert counts["python"] > 10


def test_g3_a_signal_handler_cannot_use_the_formula_that_is_worked_on():
    e = pf.matrix("sum(" + "inv(" * 150 + "X + eye(n)" + " + X)" * 150 + ")", X="n,n")
    seen = []

    def handler(number, frame):
        seen.append(str(pf.matrix("x'*x", x="n").gradient("x")))
        e.gradient("X")

    before = signal.signal(signal.SIGALRM, handler)
    try:
        # Again and again: one that comes between two pieces of work may use it.
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
        with pytest.raises(ParameterError, match="a signal came while a formula was worked on"):
            e.derivation("X", 2)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert set(seen) == {"2*x"}


ENTRIES = {
    "Formula.parse": lambda: pf.matrix("x'*x", x="n"),
    "Formula.gradient": lambda: pf.matrix("x'*x", x="n").gradient("x"),
    "Formula.add": lambda: pf.matrix("x", x="n") + 1.0,
    "Formula.program": lambda: pf.matrix("x'*x", x="n")(x=np.ones(2)),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_g14_a_panic_becomes_an_exception(entry):
    before = ENTRIES[entry]()
    _core._inject_panic(entry)
    with pytest.raises(InternalError, match="failed inside pyframe"):
        ENTRIES[entry]()
    assert ENTRIES[entry]() == before


LIMIT = 1_000
"""How deep a text may nest."""

DEEP = {
    "inverses": "inv(" * (LIMIT // 2) + "X + eye(n)" + " + X)" * (LIMIT // 2),
    "powers": "(" * LIMIT + "X" + "*X + X)" * LIMIT,
    "products with a scalar": "(" * (LIMIT - 1) + "X" + "*tr(X) + X)" * (LIMIT - 1),
    "elementwise products": "(" * LIMIT + "X" + "'.*Y + X)" * LIMIT,
    "functions of elements": "tanh(Y*" * LIMIT + "X" + ")" * LIMIT,
    "larger ones": "max(" * LIMIT + "X" + ".*Y, X)" * LIMIT,
    "transposes": "(" * LIMIT + "X" + "'*Y + X)" * LIMIT,
}


def on_a_small_stack(work):
    found = []
    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.append(work()))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    (result,) = found
    return result


@pytest.mark.parametrize("name", DEEP)
def test_g18_formulas_at_the_limit_on_a_small_stack(name):
    text = DEEP[name]
    values = {"X": 0.01 * np.eye(2) + 0.001, "Y": np.array([[0.5, 0.1], [-0.2, 0.3]])}

    def work():
        e = pf.matrix(text, X="n,n", **({"Y": "n,n"} if "Y" in text else {}))
        shown = str(e), e.latex(), e.numpy(), str(e.T)
        given = {name: values[name] for name in e.symbols}
        f = np.sum(e)
        value, gradient = f.compile("X")(**given)
        try:
            second = f.gradient("X").differential("X")(**given, dX=np.eye(2))
        except TapeLimitError:
            # Products are written out: those of a second derivative may be too many.
            assert name in {"inverses", "powers"}
            second = 0.0
        shapes = {"X": "n,n", "Y": "n,n"}
        again = pf.matrix(shown[0], **{name: shapes[name] for name in e.symbols})
        return shown, again == e, value, gradient, second

    shown, same, value, gradient, second = on_a_small_stack(work)
    assert same
    assert all(shown)
    assert np.isfinite(value)
    assert np.all(np.isfinite(gradient))
    assert np.all(np.isfinite(second))


@pytest.mark.parametrize("opening", ["(", "-(", "inv(", "tanh(x+", "max(x, "])
def test_g18_what_nests_deeper_is_refused_with_its_place(opening):
    text = opening * 10_000 + "x" + ")" * 10_000

    def work():
        with pytest.raises(FormulaError, match=r"(?s)1000 levels.*\^") as caught:
            pf.matrix(text)
        return str(caught.value)

    assert len(on_a_small_stack(work)) < 200


def test_g18_operators_may_nest_deeper_than_a_text():
    def work():
        x, a = pf.Symbol("n", name="x"), pf.Symbol("n,n", name="A")
        y = x
        for _ in range(2 * LIMIT):
            y = a @ (y * x) + x
        turned = y.T
        moved = y.differential("x")
        values = {"x": np.full(2, 0.1), "A": np.eye(2)}
        return y(**values), turned(**values), moved(**values, dx=np.ones(2))

    value, turned, moved = on_a_small_stack(work)
    np.testing.assert_allclose(value, np.full(2, 0.1 / 0.9))
    np.testing.assert_allclose(turned, [value])
    np.testing.assert_allclose(moved, np.full(2, 1 / 0.81))


def test_declarations_hold_for_symbols_that_cancel():
    Q = pf.Symbol("n,n", orthogonal=True)
    with pytest.raises(ParameterError, match="Q is declared orthogonal"):
        pf.matrix("Q'*Q*x", Q=Q)(Q=2 * np.eye(2), x=np.ones(2))
    with pytest.raises(ParameterError, match="x is declared positive"):
        pf.matrix("sum(x)", x=pf.Symbol("n", positive=True)).gradient("x")(x=-np.ones(2))


def test_a_symmetric_matrix_may_have_infinities_where_they_stand_twice():
    e = pf.matrix("S*x", S=pf.Symbol("n,n", symmetric=True))
    assert e(S=np.array([[np.inf, 1.0], [1.0, 0.0]]), x=np.ones(2))[0] == np.inf
    with pytest.raises(ParameterError, match="declared symmetric"):
        e(S=np.array([[np.inf, 2.0], [0.0, 1.0]]), x=np.ones(2))


def test_masks_are_not_dropped():
    with pytest.raises(DTypeError, match="MaskedArray"):
        pf.matrix("x'*x", x="n")(x=np.ma.array([1.0, 2.0], mask=[0, 1]))


def test_threads_that_use_many_sizes_at_once():
    e = pf.matrix("A*x", A="m,n", x="n")
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def call(k):
        n = 1 + 7 * k % 40
        return e(A=np.ones((2, n)), x=np.ones(n))[0] == n

    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(call, range(4000)))
    finally:
        sys.setswitchinterval(before)


def test_numpy_functions_mean_what_they_mean_for_arrays():
    a = np.array([[1.0, 2.0], [3.0, 5.0]])
    same = [
        lambda A: np.add.reduce(A),
        lambda A: np.linalg.vector_norm(A, ord=2),
        lambda A: np.kron(A, A),
    ]
    for f in same:
        np.testing.assert_allclose(pf.matrix(f, A="n,n")(A=a), f(a))
    small, large = np.array([1e-20]), np.array([1000.0])
    for f, x in [(np.log1p, small), (np.expm1, small), (lambda x: np.logaddexp(x, x), large)]:
        np.testing.assert_allclose(pf.matrix(lambda x, f=f: f(x), x="n")(x=x), f(x), rtol=1e-15)
    for f in (lambda A: np.vecdot(A, A), lambda A: np.sum(A, axis=(0, 3))):
        with pytest.raises(PyframeError):
            pf.matrix(f, A="n,n")


def test_any_name_may_be_given():
    assert pf.matrix("self'*x", x="n", self="n")(self=np.ones(2), x=np.ones(2)) == 2.0


def test_sizes_that_only_the_form_has():
    f = pf.matrix("tr(expm(X))*sum(ones(k))", X="n,n")
    assert f.hessian("X")(X=np.eye(2), k=3).shape == (2, 2, 2, 2)


def test_room_that_is_not_there():
    with pytest.raises(OutOfMemory, match="20000, 20000, 20000"):
        pf.matrix("sum(exp(x))").derivative("x", "x", "x")(x=np.zeros(20_000))


def test_a_projector_that_raises_is_named():
    @pf.space("raising")
    def raising(G, X):
        return G / (1 // 0)

    with pytest.raises(pf.errors.PluginError, match="'raising' raised ZeroDivisionError"):
        pf.matrix("tr(X)", X=pf.Symbol("n,n", space=raising)).gradient("X")
