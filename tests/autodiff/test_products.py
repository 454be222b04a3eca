"""Products summed over axes: matmul and its kin, tensordot, kron, cross, and einsum of any kind."""

import itertools

import numpy as np
import pytest
from autodiff.scalarised import check, close, complex_gradient, one_number

import pyframe as pf
from pyframe.errors import ParameterError, PyframeError, ShapeError

rng = np.random.default_rng(20)


def some(*shape):
    return rng.uniform(-1.0, 1.0, shape)


MATMULS = (
    "3@3 23@3 3@34 23@34 13@31 11@11 523@34 23@534 "
    "523@534 123@534 6123@534 523@3 3@534 20@03 03@32 023@034 023@134"
)
"""Shapes, a digit an axis."""


@pytest.mark.parametrize("shapes", MATMULS.split(" "))
def test_matmul(shapes):
    m, n = ([int(length) for length in shape] for shape in shapes.split("@"))
    check(np.matmul, some(*m), some(*n))
    check(lambda a, b: a @ b, some(*m), some(*n), second=False)
    check(np.linalg.matmul, some(*m), some(*n), second=False, single=False)


CASES = {
    "dot-vectors": (np.dot, (4,), (4,)),
    "dot-matrix-vector": (np.dot, (3, 4), (4,)),
    "dot-vector-matrix": (np.dot, (4,), (4, 2)),
    "dot-matrices": (np.dot, (3, 4), (4, 2)),
    "dot-many-axes": (np.dot, (2, 3, 4), (5, 4, 2)),
    "dot-number": (np.dot, (), (3, 2)),
    "dot-of-nothing": (np.dot, (0,), (0,)),
    "method-dot": (lambda a, b: a.dot(b), (3, 4), (4, 2)),
    "inner-vectors": (np.inner, (4,), (4,)),
    "inner-many-axes": (np.inner, (2, 3, 4), (5, 4)),
    "inner-number": (np.inner, (2, 3), ()),
    "outer": (np.outer, (2, 3), (4,)),
    "outer-of-one": (np.outer, (1,), (1,)),
    "linalg-outer": (np.linalg.outer, (2,), (3,)),
    "tensordot-2": (np.tensordot, (3, 4, 5), (4, 5, 2)),
    "tensordot-0": (lambda a, b: np.tensordot(a, b, 0), (3, 2), (2, 4)),
    "tensordot-1": (lambda a, b: np.tensordot(a, b, 1), (3, 2), (2, 4)),
    "tensordot-pairs": (lambda a, b: np.tensordot(a, b, ([0, -1], [1, 0])), (3, 4, 5), (5, 3, 2)),
    "tensordot-one-pair": (lambda a, b: np.tensordot(a, b, (0, 1)), (3, 4), (2, 3)),
    "linalg-tensordot": (lambda a, b: np.linalg.tensordot(a, b, axes=1), (3, 2), (2, 4)),
    "kron-matrices": (np.kron, (2, 3), (3, 2)),
    "kron-vector-matrix": (np.kron, (3,), (2, 2)),
    "kron-three-axes": (np.kron, (2, 1, 3), (2, 2)),
    "kron-number": (np.kron, (), (2, 2)),
    "cross": (np.cross, (3,), (3,)),
    "cross-stack": (np.cross, (4, 3), (3,)),
    "cross-axes": (lambda a, b: np.cross(a, b, axisa=0, axisb=1, axisc=0), (3, 4), (4, 3)),
    "cross-axis": (lambda a, b: np.cross(a, b, axis=0), (3, 4), (3, 4)),
    "linalg-cross": (np.linalg.cross, (4, 3), (4, 3)),
    "matrix-transpose": (lambda a, b: np.matrix_transpose(a) @ b, (5, 3, 2), (3, 4)),
    "linalg-transpose": (lambda a, b: np.linalg.matrix_transpose(a) @ b, (3, 2), (3, 4)),
    "linalg-trace": (lambda a, b: np.linalg.trace(a, offset=1) * np.sum(b), (2, 3, 4), (2,)),
    "linalg-diagonal": (lambda a, b: np.linalg.diagonal(a, offset=-1) * b, (2, 4, 3), (3,)),
    "linalg-diagonal-outside": (lambda a, b: np.linalg.diagonal(a, offset=7) * b, (2, 4, 3), (0,)),
}


@pytest.mark.parametrize("name", CASES)
def test_products(name):
    f, m, n = CASES[name]
    check(f, some(*m), some(*n))


# NumPy conjugates the first operand of these, which no complex step survives.
CONJUGATES = {
    "vdot": (np.vdot, lambda a, b: np.dot(np.ravel(a), np.ravel(b)), (2, 3), (6,)),
    "vecdot": (np.vecdot, lambda a, b: np.sum(a * b, -1), (2, 3), (4, 1, 3)),
    "vecdot-axis": (
        lambda a, b: np.vecdot(a, b, axis=0),
        lambda a, b: np.sum(a * b, 0),
        (3, 2),
        (3, 2),
    ),
    "linalg-vecdot": (np.linalg.vecdot, lambda a, b: np.sum(a * b, -1), (2, 3), (3,)),
}


@pytest.mark.parametrize("name", CONJUGATES)
def test_products_that_conjugate(name):
    f, oracle, m, n = CONJUGATES[name]
    check(f, some(*m), some(*n), oracle=oracle)


@pytest.mark.skipif(not hasattr(np, "matvec"), reason="NumPy has no matvec yet")
def test_matvec_and_vecmat():
    check(np.matvec, some(5, 2, 3), some(3))
    check(np.matvec, some(2, 3), some(4, 1, 3))
    check(np.vecmat, some(3), some(5, 3, 2), oracle=lambda x, a: np.einsum("i,kij->kj", x, a))


@pytest.mark.parametrize(("m", "n"), [(2, 2), (2, 3), (3, 2)])
def test_cross_of_two_elements(m, n):
    with pytest.warns(DeprecationWarning, match="2-dimensional"):
        value = np.cross(np.arange(1.0, m + 1), np.arange(2.0, n + 2))
    with pytest.warns(DeprecationWarning, match="2-dimensional"):
        got, back = pf.vjp(np.cross, np.arange(1.0, m + 1), np.arange(2.0, n + 2))
    close(got, value, 1e-15, "value")
    a, b = np.arange(1.0, m + 1), np.arange(2.0, n + 2)
    third = [b[1], -b[0], 0.0][:m] if np.ndim(value) == 0 else None
    if third is not None:
        assert back(np.float64(1.0))[0].tolist() == third
    else:
        x, y = np.append(a, [0.0] * (3 - m)), np.append(b, [0.0] * (3 - n))
        seed = np.array([0.3, -0.7, 1.1])
        close(back(seed)[0], np.cross(y, seed)[:m], 1e-14, "left")
        close(back(seed)[1], np.cross(seed, x)[:n], 1e-14, "right")


def test_one_operand_may_be_plain():
    A, x = some(3, 4), some(4)
    assert np.array_equal(pf.grad(lambda x: np.sum(np.dot(A, x)))(x), A.sum(0))
    assert np.allclose(pf.grad(lambda x: np.sum(A @ x))(x), A.sum(0))
    assert np.allclose(pf.grad(lambda x: np.sum(np.einsum("ij,j", A.tolist(), x)))(x), A.sum(0))


def test_integers_and_truth_values_in_products():
    x = some(3)
    assert np.array_equal(pf.grad(lambda x: np.dot(np.arange(3), x))(x), [0.0, 1.0, 2.0])
    assert np.array_equal(pf.grad(lambda x: np.dot(np.array([True, False, True]), x))(x), [1, 0, 1])
    both = pf.jvp(lambda x: (x > 0) @ (x > -1), (x,), (x,))[0]
    assert both.dtype == bool
    assert both == (x > 0) @ (x > -1)


REFUSED = {
    "matmul of a number": (lambda x: np.matmul(x, 2.0), "takes arrays with axes"),
    "matmul of other lengths": (lambda x: x @ np.ones(5), "3 is not 5"),
    "matmul of other stacks": (
        lambda x: np.ones((2, 3, 3)) @ np.reshape(x, (1, 3, 1)) @ np.ones((5, 1, 1)),
        "is not",
    ),
    "matmul of one and three": (lambda x: x[:, None] @ np.ones((3, 2)), "1 is not 3"),
    "vecdot of one and three": (lambda x: np.vecdot(x, np.ones(1)), "3 is not 1"),
    "matmul along axes": (lambda x: np.matmul(x, x, axes=[0, 0, 0]), "axes"),
    "dot into": (lambda x: np.dot(x, x, out=np.zeros(())), "out"),
    "linalg.outer of a matrix": (lambda x: np.linalg.outer(x[None], x), "takes vectors"),
    "tensordot over too many": (lambda x: np.tensordot(x, x, 2), "over 2 axes"),
    "tensordot twice": (lambda x: np.tensordot(x[None], x[None], ([0, 0], [0, 1])), "each once"),
    "cross of four": (lambda x: np.cross(np.append(np.ones(1), np.ones(3)), x), "2 or 3"),
    "transpose of a vector": (lambda x: np.matrix_transpose(x), "takes matrices"),
    "einsum into": (lambda x: np.einsum("i->", x, out=np.zeros(())), "out"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    f, text = REFUSED[name]
    with pytest.raises(PyframeError, match=text):
        pf.grad(lambda x: np.sum(f(x)))(np.arange(1.0, 4.0))


# -- einsum ----------------------------------------------------------------------------------

SPECS = """
ij,jk->ik 23 34; ij,jk 23 34; ba,cb 23 42; i,i 3 3; i,j 3 2; ij,ij-> 23 23; ii 33
ii->i 33; ij->ji 23; ij-> 23; ij->i 23; ijk->kij 234; iij->j 332; iji->ij 323; iii->i 333
iijj->ij 2233; ... 23; i...->... 23; ...ij,...jk->...ik 523 34; ...ij,...jk 523 534
i...,i...->... 312 342; ij...,jk...->ik... 235 345; ii,i-> 33 3; iij,jk->ik 332 24
ij,kl 23 42; i,i->i 3 3; bij,bjk->bik 423 432; ij,jk,kl->il 23 34 42; i,j,k->ijk 2 3 2
ij,ik,il->jkl 42 43 42; ij,jk,ki 23 34 42; a,b,c,d 2 2 2 2; ab,bc,cd,de->ae 23 32 24 42
i,ij,j-> 3 34 4; _i_j_,_j_k_->_i_k_ 23 34; iI,Ij->ij 23 32; ij,j->i 23 1; ij,jk->ik 21 34
i,i->i 1 4; i,i 1 4; ij,jk->k 23 34; ij,kl-> 23 42; , . .; ,i->i . 3; -> .; ...,... 32 2
ij,jk->ik 03 32; ij,jk->ik 20 03; i-> 0; ii->i 00; ij,jk->ik 11 11; i,i,i-> 4 1 4
ij,ij,ij->ij 23 13 21
"""
"""Specifications and shapes, a digit an axis; a point is a number, _ a space."""


@pytest.mark.parametrize("given", SPECS.strip().replace("\n", "; ").split("; "))
def test_einsum(given):
    spec, *shapes = given.split(" ")
    spec = spec.replace("_", " ")
    shapes = [[int(n) for n in shape.strip(".")] for shape in shapes]
    check(lambda *xs: np.einsum(spec, *xs), *(some(*shape) for shape in shapes), value_rtol=1e-12)


def random_einsum(seed):
    """A specification of one to four operands, with diagonals, sums, dots and ones to stretch."""
    draw = np.random.default_rng(seed)
    letters = draw.permutation(list("abcdefXYZ"))[: draw.integers(1, 6)]
    lengths = {letter: int(draw.integers(1, 4)) for letter in letters}
    dotted = draw.random() < 0.3
    dots = [int(draw.integers(1, 4)) for _ in range(draw.integers(0, 3))] if dotted else []
    terms, shapes = [], []
    for _ in range(draw.choice([1, 2, 2, 2, 3, 4])):
        own = [
            str(letter)
            for letter in draw.choice(letters, size=draw.integers(0, min(4, len(letters)) + 1))
        ]
        stretch = {letter for letter in own if own.count(letter) == 1 and draw.random() < 0.1}
        shape = [1 if letter in stretch else lengths[letter] for letter in own]
        term = "".join(own)
        if dotted and draw.random() < 0.8:
            place = int(draw.integers(0, len(own) + 1))
            count = int(draw.integers(0, len(dots) + 1))
            middle = [n if draw.random() < 0.8 else 1 for n in dots[len(dots) - count :]]
            term = f"{term[:place]}...{term[place:]}"
            shape[place:place] = middle
        terms.append(term)
        shapes.append(tuple(shape))
    spec = ",".join(terms)
    if draw.random() < 0.7:
        used = sorted({letter for term in terms for letter in term if letter != "."})
        kept = [letter for letter in draw.permutation(used) if draw.random() < 0.5] if used else []
        out = "".join(map(str, kept))
        if "..." in spec:
            place = int(draw.integers(0, len(out) + 1))
            out = f"{out[:place]}...{out[place:]}"
        spec = f"{spec}->{out}"
    return spec, shapes


def as_lists(spec, xs):
    """The same as operands with lists of labels; letters that sort alike."""
    code = {
        letter: k for k, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    }

    def numbers(term):
        before, dots, after = term.partition("...")
        return [*(code[c] for c in before), *([...] if dots else []), *(code[c] for c in after)]

    terms, arrow, out = spec.partition("->")
    pairs = zip(xs, map(numbers, terms.split(",")), strict=True)
    return [*itertools.chain.from_iterable(pairs), *([numbers(out)] if arrow else [])]


@pytest.mark.parametrize("block", range(20))
def test_random_specifications(block):
    for seed in range(25 * block, 25 * block + 25):
        spec, shapes = random_einsum(seed)
        xs = [some(*shape) for shape in shapes]
        try:
            np.einsum(spec, *xs)
        except ValueError:
            with pytest.raises(PyframeError):
                pf.jvp(lambda *xs, spec=spec: np.einsum(spec, *xs), tuple(xs), tuple(xs))
            continue
        options = [{}, {"optimize": True}, {"optimize": "optimal"}][seed % 3]
        if seed % 5:
            f = lambda *xs, spec=spec, options=options: np.einsum(spec, *xs, **options)  # noqa: E731
        else:
            f = lambda *xs, spec=spec: np.einsum(*as_lists(spec, xs))  # noqa: E731
        oracle = lambda *xs, spec=spec: np.einsum(spec, *xs)  # noqa: E731
        try:
            check(f, *xs, oracle=oracle, value_rtol=1e-12, second=seed % 4 == 0, single=False)
        except AssertionError as failed:
            raise AssertionError(f"{spec} {shapes}") from failed


def test_paths():
    xs = [some(2, 3), some(3, 4), some(4, 5), some(5, 2)]
    spec = "ab,bc,cd,de->ae"
    want = complex_gradient(one_number(lambda *xs: np.einsum(spec, *xs)), xs)
    path = np.einsum_path(spec, *xs, optimize="optimal")[0]
    for optimize in (False, True, "greedy", "optimal", path, ["einsum_path", (0, 1), (0, 1, 2)],
                     ["einsum_path", (0, 1, 2, 3)]):  # fmt: skip
        g = one_number(lambda *xs, how=optimize: np.einsum(spec, *xs, optimize=how))
        for got, wanted in zip(pf.grad(g, argnums=(0, 1, 2, 3))(*xs), want, strict=True):
            close(got, wanted, 1e-11, f"{optimize}")


def test_the_path_of_traced_operands():
    def f(a, b):
        path, text = np.einsum_path("ij,jk,kl->il", a, b, np.ones((4, 2)))
        assert "Complete contraction" in text
        return np.sum(np.einsum("ij,jk,kl->il", a, b, np.ones((4, 2)), optimize=path))

    a, b = some(2, 3), some(3, 4)
    close(pf.grad(f)(a, b), np.tile(2 * b.sum(1), (2, 1)), 1e-13, "gradient")


def test_einsum_without_a_sum_shows_its_operand():
    def f(x):
        y = x.copy()
        np.einsum("ii->i", y)[...] = 0.0
        return np.sum(y * y)

    x = some(3, 3)
    assert np.array_equal(pf.grad(f)(x), 2 * x * (1 - np.eye(3)))


def test_einsum_as_another_dtype():
    x = some(3)
    made = pf.jvp(lambda x: np.einsum("i,i", x, x, dtype=np.float32), (x,), (x,))[0]
    assert made.dtype == np.float32


BAD = {
    "i*j->": "position 1",
    "ij,jk->ii": "stands twice",
    "ij,jk->q": "stands in no operand",
    "ij": "1 operands are specified, 2",
    "ij,jk,kl": "3 operands",
    "i....,jk": "position",
    "ijk,jk": "has 2 axes",
    "i,jk": "has 2 axes",
    "i...j...,jk": "position",
    "ij,...->ij": "'...' stands for",
    "ij->kj,jk": "position",
    "i" * 20_000: "longer than",
}


@pytest.mark.parametrize("spec", BAD, ids=lambda spec: spec[:20])
def test_bad_specifications(spec):
    with pytest.raises((ParameterError, ShapeError), match=BAD[spec]):
        pf.grad(lambda a: np.sum(np.einsum(spec, a, np.ones((3, 3)))))(np.ones((3, 3)))


def test_diagonals_need_equal_lengths():
    with pytest.raises(ShapeError, match="2 and 3"):
        pf.grad(lambda a: np.einsum("ii", a))(np.ones((2, 3)))


def test_sixty_operands():
    xs = [some(2) for _ in range(30)]
    g = pf.grad(lambda x: np.einsum(",".join(["i"] * 30), x, *xs[1:]))(xs[0])
    close(g, np.prod(xs[1:], axis=0), 1e-12, "gradient")


def test_outer_products_keep_the_sign_of_zero():
    x, y = np.array([0.0, -0.0, 1.0]), np.array([-1.0, 2.0, 0.0])
    for f in (np.outer, np.linalg.outer, np.multiply.outer, np.kron):
        value = pf.jvp(f, (x, y), (x, y))[0]
        np.testing.assert_array_equal(np.signbit(value), np.signbit(f(x, y)))
