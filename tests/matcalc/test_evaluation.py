"""Compiled evaluation against plain NumPy: random expressions, sharing, sizes, bad values."""

import itertools

import numpy as np
import pytest
from matcalc.plain import evaluate, names
from matcalc.random_expressions import SIZES, generate

import pyframe as pf
from pyframe.errors import DTypeError, FormulaError, ParameterError, ShapeError


def declared(own):
    """A symbol of the generator as one of pf."""
    space = None if own.space == "general" else own.space
    return pf.Symbol(own.sizes, space=space, **dict.fromkeys(own.properties, True))


@pytest.mark.parametrize("block", range(10))
def test_random_expressions_agree_with_plain_numpy(block):
    for seed in range(200 * block, 200 * block + 200):
        drawn = generate(seed)
        known = {size for own in drawn.symbols.values() for size in own.sizes.split(",")}
        if not {name for name in names(drawn.text) if name in SIZES} <= known:
            continue  # a size that no value has
        symbols = {name: declared(own) for name, own in drawn.symbols.items()}
        e = pf.matrix(drawn.text, **symbols)
        with np.errstate(all="ignore"):
            found, wanted = e(**drawn.values), evaluate(drawn.text, drawn.values, SIZES)
        wanted = wanted.reshape(found.shape)
        scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
        # Of infinity plain softmax is no number, and that of the library is one.
        assert np.allclose(found, wanted, rtol=1e-9, atol=1e-10 * scale) or (
            "softmax" in drawn.text and np.isnan(wanted).any() and not np.isnan(found).any()
        ), str(drawn)


FUNCTIONS = {
    "inv(X)*b": lambda X, b, **_: np.linalg.solve(X, b),
    "b'*inv(X)": lambda X, b, **_: np.linalg.solve(X.T, b)[None, :],
    "inv(X)'*b": lambda X, b, **_: np.linalg.solve(X.T, b),
    "inv(X)*A'": lambda X, A, **_: np.linalg.solve(X, A.T),
    "A*inv(X)": lambda X, A, **_: np.linalg.solve(X.T, A.T).T,
    "inv(X)*inv(Y)": lambda X, Y, **_: np.linalg.inv(X) @ np.linalg.inv(Y),
    "inv(X)*Y*inv(X)": lambda X, Y, **_: np.linalg.inv(X) @ Y @ np.linalg.inv(X),
    "X^3*b": lambda X, b, **_: np.linalg.matrix_power(X, 3) @ b,
    "X^12": lambda X, **_: np.linalg.matrix_power(X, 12),
    "X^-9": lambda X, **_: np.linalg.matrix_power(X, -9),
    "tr(inv(X)*Y)": lambda X, Y, **_: np.trace(np.linalg.solve(X, Y)),
    "tr(X*Y*X)": lambda X, Y, **_: np.trace(X @ Y @ X),
    "tr(inv(X))": lambda X, **_: np.trace(np.linalg.inv(X)),
    "sum(A*X)": lambda A, X, **_: np.sum(A @ X),
    "sum(X*Y)": lambda X, Y, **_: np.sum(X @ Y),
    "diagv(X*Y)": lambda X, Y, **_: np.diag(X @ Y),
    "diagv(inv(X)*Y)": lambda X, Y, **_: np.diag(np.linalg.solve(X, Y)),
    "diag(b)*X": lambda b, X, **_: b[:, None] * X,
    "X*diag(b)": lambda b, X, **_: X * b,
    "A*diag(b)*A'": lambda A, b, **_: (A * b) @ A.T,
    "X + 2*eye(n)": lambda X, **_: X + 2 * np.eye(len(X)),
    "diag(b) - X": lambda b, X, **_: np.diag(b) - X,
    "3*eye(n)": lambda X, **_: 3 * np.eye(len(X)),
    "A*ones(n)": lambda A, **_: A.sum(1),
    "ones(m)'*A": lambda A, **_: A.sum(0)[None, :],
    "ones(m,n)*b": lambda A, b, **_: np.full(len(A), b.sum()),
    "1 + A": lambda A, **_: 1 + A,
    "vec(A)": lambda A, **_: A.ravel(order="F"),
    "kron(X, A)": lambda X, A, **_: np.kron(X, A),
    "kron(b, b)": lambda b, **_: np.kron(b, b),
    "b*b'": lambda b, **_: np.outer(b, b),
    "det(X)": lambda X, **_: np.linalg.det(X),
    "logdet(X*Y)": lambda X, Y, **_: np.linalg.slogdet(X @ Y)[1],
    "pinv(A)": lambda A, **_: np.linalg.pinv(A),
    "pinv(b)": lambda b, **_: b[None, :] / (b @ b),
    "norm2(A)": lambda A, **_: np.linalg.norm(A),
    "normp(b, 3)": lambda b, **_: np.linalg.norm(b, 3),
    "nuc(A)": lambda A, **_: np.linalg.norm(A, "nuc"),
    "norms(A)": lambda A, **_: np.linalg.norm(A, 2),
    "lmax(X + X')": lambda X, **_: np.linalg.eigvalsh(X + X.T)[-1],
    "lmin(X + X')": lambda X, **_: np.linalg.eigvalsh(X + X.T)[0],
    "max(A)": lambda A, **_: A.max(),
    "min(b)": lambda b, **_: b.min(),
    "max(A, 0)": lambda A, **_: np.maximum(A, 0),
    "logsumexp(b)": lambda b, **_: np.log(np.sum(np.exp(b))),
    "softmax(b)": lambda b, **_: np.exp(b) / np.sum(np.exp(b)),
    "relu(A) + step(A)": lambda A, **_: np.maximum(A, 0) + (A > 0),
    "n*b": lambda b, **_: len(b) * b,
    "b'": lambda b, **_: b[None, :],
}
SHAPES = {"A": "m,n", "X": "n,n", "Y": "n,n", "b": "n"}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("text", FUNCTIONS)
def test_functions(text, n, dtype):
    rng = np.random.default_rng(len(text) + n)
    values = {
        "A": rng.standard_normal((4, n)),
        "X": rng.standard_normal((n, n)) + 3 * np.eye(n),
        "Y": rng.standard_normal((n, n)) + 3 * np.eye(n),
        "b": rng.standard_normal(n),
    }
    values = {name: value.astype(dtype) for name, value in values.items()}
    words = text.replace("(", " ").replace(")", " ").replace("'", " ")
    for sign in "*+-,^":
        words = words.replace(sign, " ")
    used = {name: SHAPES[name] for name in SHAPES if name in words.split()}
    e = pf.matrix(text, **used)
    given = {name: values[name] for name in used}
    if "eye(n)" in text or text.startswith("ones(m"):
        given |= {size: length for size, length in {"m": 4, "n": n}.items() if size in text}
        given = {
            name: value
            for name, value in given.items()
            if name in used or name in e.formula.size_names()
        }
    if not used and dtype == np.float32:
        pytest.skip("whole numbers alone are float64")
    found, wanted = e(**given), FUNCTIONS[text](**values)
    assert found.dtype == dtype and found.shape == np.shape(wanted)
    tolerance = 1e-9 if dtype == np.float64 else 3e-3
    scale = max(1.0, float(np.max(np.abs(wanted))))
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * scale)


def test_one_factorisation_and_no_inverse_that_is_applied():
    e = pf.matrix("b'*inv(X)*b + logdet(X)", X="n,n", b="n")
    text = str(e.compile("b", 2).graph(X=np.eye(3), b=np.ones(3)))
    assert text.count("= lu ") == 1
    text = str(pf.matrix("inv(X)*b", X="n,n", b="n").compile().graph(X=np.eye(3), b=np.ones(3)))
    assert "inverse" not in text and "solve" in text


def test_the_cheapest_order_of_a_chain():
    shapes = {"A": "a,b", "B": "b,c", "C": "c,d", "x": "d"}
    e = pf.matrix("A*B*C*x", **shapes)
    values = {
        "A": np.ones((2, 3)),
        "B": np.ones((3, 4)),
        "C": np.ones((4, 5)),
        "x": np.ones(5),
    }
    text = str(e.compile().graph(**values))
    assert ": f64[2,4]" not in text and ": f64[3,5]" not in text


def test_sizes_are_bound_and_must_agree():
    e = pf.matrix("A*x + b", A="m,n", x="n", b="m")
    good = {"A": np.ones((2, 3)), "x": np.ones(3), "b": np.ones(2)}
    assert e(**good).tolist() == [4, 4]
    with pytest.raises(ShapeError, match=r"the size n is 3 in A and 4 in x"):
        e(**{**good, "x": np.ones(4)})
    with pytest.raises(ShapeError, match=r"x has shape \(n,\), got .*\(3, 1\); a column is"):
        e(**{**good, "x": np.ones((3, 1))})
    with pytest.raises(ParameterError, match=r"no value is given for b of shape \(m,\)"):
        e(A=good["A"], x=good["x"])
    with pytest.raises(ParameterError, match=r"no symbol 'y' here; the symbols are A, x, b"):
        e(**good, y=1)
    fixed = pf.matrix("x'*x", x="3")
    with pytest.raises(ShapeError, match=r"x has shape \(3,\), got an array of shape \(4,\)"):
        fixed(x=np.ones(4))
    twice = pf.matrix("x'*x", x="2*n")
    assert twice(x=np.ones(4)) == 4
    with pytest.raises(ShapeError, match=r"x has shape \(2\*n,\), got \(3,\)"):
        twice(x=np.ones(3))


def test_scalars_integers_and_dtypes():
    e = pf.matrix("t*x", t="", x="n")
    assert e(t=2, x=[1, 2]).tolist() == [2, 4]
    single = np.ones(2, np.float32)
    assert e(t=2.0, x=single).dtype == np.float32
    assert e(t=np.float64(2), x=single).dtype == np.float64
    assert e(t=2, x=single.astype(np.float64)).dtype == np.float64
    with pytest.raises(DTypeError, match="x has dtype complex128"):
        e(t=1, x=np.ones(2, complex))
    with pytest.raises(DTypeError, match="x has dtype object"):
        e(t=1, x=np.array([None, 1]))


def test_empty_values():
    e = pf.matrix("x'*A*x + logdet(A)", A="n,n", x="n")
    assert e(A=np.zeros((0, 0)), x=np.zeros(0)) == 0
    assert e.gradient("x")(A=np.zeros((0, 0)), x=np.zeros(0)).shape == (0,)


DECLARED = {
    "symmetric": np.array([[1.0, 2], [3, 4]]),
    "skew": np.eye(2),
    "diagonal": np.ones((2, 2)),
    "upper_triangular": np.ones((2, 2)),
    "orthogonal": np.array([[1.0, 1], [0, 1]]),
    "positive_definite": np.diag([1.0, -1]),
    "positive": np.array([[1.0, 0], [1, 1]]),
    "invertible": np.ones((2, 2)),
}


@pytest.mark.parametrize("fact", DECLARED)
def test_values_that_contradict_what_is_declared(fact):
    e = pf.matrix("tr(X*S)", X=pf.Symbol("n,n", **{fact: True}), S="n,n")
    with pytest.raises(ParameterError, match=f"X is declared {fact.replace('_', ' ')}"):
        e(X=DECLARED[fact], S=np.eye(2))
    assert e(X=DECLARED[fact], S=np.eye(2), verify=False) == np.trace(DECLARED[fact])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_matrices_that_are_declared_invertible(dtype):
    X = pf.Symbol("n,n", invertible=True)
    e = pf.matrix("tr(X*pinv(X)*A)", X=X, A="n,n")
    for seed in range(30):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(2, 9))
        regular = draw.normal(size=(n, n)).astype(dtype)
        low = (regular[:, 1:] @ draw.normal(size=(n - 1, n))).astype(dtype)
        scales = (10.0 ** draw.uniform(-9, 9, size=n)).astype(dtype)
        A = np.eye(n, dtype=dtype)
        for scaled in (regular, regular * scales, (regular * scales).T):
            for _ in range(2):
                assert e(X=scaled, A=A) == n
        for singular in (low, low * (scales if dtype == np.float64 else 1), 0 * low):
            for _ in range(2):
                with pytest.raises(ParameterError, match="X is declared invertible"):
                    e(X=singular, A=A)
    assert e(X=np.zeros((0, 0)), A=np.zeros((0, 0))) == 0
    assert e(X=np.full((2, 2), np.nan), A=np.eye(2)) == 2
    with pytest.raises(np.linalg.LinAlgError):
        pf.matrix("inv(X)", X=X)(X=np.ones((2, 2)), verify=False)


NAN = np.nan


@pytest.mark.parametrize(
    ("fact", "holds", "contradicts"),
    [
        ("symmetric", [[1, NAN], [NAN, NAN]], [[1, NAN], [2, 1]]),
        ("skew", [[NAN, NAN], [NAN, 0]], [[0, NAN], [2, 0]]),
        ("diagonal", [[NAN, 0], [0, 1]], [[1, NAN], [0, 1]]),
        ("upper_triangular", [[NAN, NAN], [0, 1]], [[1, 1], [NAN, 1]]),
    ],
)
def test_values_that_are_not_numbers(fact, holds, contradicts):
    e = pf.matrix("tr(X)", X=pf.Symbol("n,n", **{fact: True}))
    e(X=holds)
    with pytest.raises(ParameterError, match=r"it is off by nan \("):
        e(X=contradicts)


def test_programs_are_few():
    e = pf.matrix("x'*x", x="n")
    for n in range(40):
        assert e(x=np.ones(n)) == n
    assert len(e._programs._programs) <= 16


def test_inputs_in_any_layout_give_the_same_bits():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((6, 4))
    e = pf.matrix("A*x", A="m,n", x="n")
    wide = rng.standard_normal(8)
    x = wide[::2]
    wanted = e(A=a, x=x.copy())
    big = a.astype(">f8")
    for form, own in itertools.product((a, np.asfortranarray(a), big), (x, x.copy())):
        assert e(A=form, x=own).tobytes() == wanted.tobytes()


def test_syntax_errors_mark_the_place():
    with pytest.raises(FormulaError) as error:
        pf.matrix("A*x + b", A="m,n", b="k")
    wanted = "the left side is m, the right side is k\n    A*x + b\n        ^"
    assert str(error.value) == wanted


@pytest.mark.parametrize("dtype", [int, np.int8, bool, ">f8", np.float16])
def test_values_of_other_dtypes_are_taken_again(dtype):
    e = pf.matrix("x'*A*x", A="n,n", x="n")
    A = np.eye(3, dtype=dtype)
    assert [float(e(A=A, x=np.ones(3))) for _ in range(3)] == [3.0] * 3


def test_calls_alike_are_answered_alike():
    e = pf.matrix("t*x + A'*x", A="n,n", x="n", t="")
    a, x = np.arange(4.0).reshape(2, 2), np.array([1.0, 2.0])
    first = e(A=a, x=x, t=2.0)
    for t in (2.0, 2, np.float64(2), np.array(2.0)):
        for own in (a, np.asfortranarray(a), a.tolist()):
            np.testing.assert_array_equal(e(A=own, x=x, t=t), first)
    assert e(A=a.astype(np.float32), x=x.astype(np.float32), t=2.0).dtype == np.float32
    assert e(A=a.astype(np.float32), x=x, t=2.0).dtype == np.float64
    with pytest.raises(ShapeError, match="the size n"):
        e(A=a, x=np.ones(3), t=2.0)
    identity = pf.matrix("inner(S, X)", S="n,n", X="n,n").gradient("X")
    for _ in range(2):
        found = identity(S=a)
        assert found.tolist() == a.tolist() and not np.shares_memory(found, a)


@pytest.mark.parametrize(
    ("declared", "good", "bad"),
    [
        ({"symmetric": True}, np.eye(2), [[1.0, 2.0], [0.0, 1.0]]),
        ({"invertible": True}, np.eye(2), np.ones((2, 2))),
        ({"positive_definite": True}, np.eye(2), -np.eye(2)),
        ({"upper_triangular": True}, np.eye(2), np.ones((2, 2))),
    ],
)
def test_values_are_checked_at_every_call(declared, good, bad):
    """Also where all is known of such a call from the one before, or that left it out."""
    e = pf.matrix("sum(A*B)", A=pf.Symbol("n,n", **declared), B="n,n")
    bad = np.array(bad)
    for _ in range(2):
        assert e(A=good, B=np.eye(2)) == 2
        e(A=bad, B=np.eye(2), verify=False)
        with pytest.raises(pf.errors.DomainError, match="A is declared"):
            e(A=bad, B=np.eye(2))
    f = pf.matrix("s*sum(x)", s=pf.Symbol("", positive=True))
    assert f(s=1.0, x=np.ones(2)) == 2
    with pytest.raises(pf.errors.DomainError, match="s is declared positive"):
        f(s=-1.0, x=np.ones(2))
