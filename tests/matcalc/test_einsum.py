"""np.einsum of expressions: the formula has NumPy's value, or is refused."""

from functools import partial

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import ParameterError, UnsupportedOperation

SHAPES = {"A": "n,n", "B": "n,m", "C": "m,k", "x": "n", "z": "m", "s": ""}

FORMULAS = [
    ("ij,j->i", "Bz", "B*z"),
    ("ij,j", "Bz", "B*z"),
    ("ij,jk", "BC", "B*C"),
    ("ij,jk->ki", "BC", "C'*B'"),
    ("ij,i,j->", "Axx", "x'*A*x"),
    ("i,i", "xx", "x'*x"),
    ("i,j->ij", "xz", "x*z'"),
    ("ii", "A", "tr(A)"),
    ("ii->i", "A", "diagv(A)"),
    ("ij->ji", "B", "B'"),
    ("ij->i", "B", "B*ones(m)"),
    ("ij->", "B", "sum(B)"),
    ("ij,ij->", "BB", "norm2(B)^2"),
    ("ij,ji->", "AA", "tr(A^2)"),
    ("ij,i->ij", "Bx", "diag(x)*B"),
    ("ij,j,kj->ik", "BzB", "B*diag(z)*B'"),
    ("ij,ij,i->j", "BBx", "(B.^2)'*x"),
    (",i->i", "sx", "s*x"),
    ("i,j->", "xz", "ones(n)'*x*ones(m)'*z"),
    ("i,ij,jk->k", "xBC", "C'*B'*x"),
]


@pytest.mark.parametrize(("subscripts", "names", "formula"), FORMULAS)
def test_formulas(subscripts, names, formula):
    used = dict.fromkeys(names)
    e = pf.matrix(
        lambda **v: np.einsum(subscripts, *[v[name] for name in names]),
        **{name: SHAPES[name] for name in used},
    )
    assert e == pf.matrix(formula, **{name: SHAPES[name] for name in used})


def drawn(rng):
    """Subscripts at random, with symbols and values for the operands."""
    lengths = {"a": 2, "b": 3, "c": 4, "d": 5}
    labels = [
        "".join(rng.choice(list(lengths), rng.integers(3))) for _ in range(rng.integers(1, 5))
    ]
    output = rng.permutation(sorted(set("".join(labels))))[: rng.integers(3)]
    shapes = {f"x{k}": ",".join(f"n{a}" for a in own) for k, own in enumerate(labels)}
    values = {
        f"x{k}": rng.standard_normal([lengths[a] for a in own]) for k, own in enumerate(labels)
    }
    return f"{','.join(labels)}->{''.join(output)}", shapes, values


def test_random_contractions_have_numpys_values():
    rng, compared = np.random.default_rng(0), 0
    for _ in range(400):
        subscripts, shapes, values = drawn(rng)
        try:
            e = pf.matrix(partial(contracted, subscripts), **shapes)
        except UnsupportedOperation:
            # Three matrices share a label that is summed over.
            continue
        wanted = np.einsum(subscripts, *values.values())
        assert e(**values).shape == wanted.shape
        assert np.allclose(e(**values), wanted, rtol=1e-11, atol=1e-12), subscripts
        compared += 1
    assert compared > 300


def contracted(subscripts, /, **operands):
    return np.einsum(subscripts, *operands.values())


@pytest.mark.parametrize(
    ("function", "kind", "message"),
    [
        (lambda x: np.einsum("ij->i", x), ParameterError, "do not fit operands of 1 axes"),
        (lambda x: np.einsum("i->ij", x), ParameterError, "no valid text of subscripts"),
        (lambda x: np.einsum("i->ii", x), ParameterError, "no valid text of subscripts"),
        (lambda x: np.einsum("1->", x), ParameterError, "no valid text of subscripts"),
        (lambda x: np.einsum("...i->i", x), UnsupportedOperation, "no ellipsis"),
        (lambda x: np.einsum(x, [0], [0]), UnsupportedOperation, "lists of labels"),
        (lambda x: np.einsum("i,j,k->ijk", x, x, x), UnsupportedOperation, "two axes at most"),
        (lambda x: np.einsum("ij->", x[:, None]), UnsupportedOperation, r"shape \(n, 1\)"),
    ],
)
def test_what_is_refused(function, kind, message):
    with pytest.raises(kind, match=message):
        pf.matrix(function, x="n")
