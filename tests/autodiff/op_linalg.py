"""Rows of the table of primitives: systems, factorisations and functions of matrices.

What a factorisation leaves open, the signs of vectors, goes away in squares.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import scipy.linalg
from autodiff.complex_numpy import _cholesky as cholesky
from autodiff.op_table import Entry

import pyframe as pf
from pyframe import _core

rng = np.random.default_rng(8)
Matrix = partial(Entry, single=2e-3, rtol=1e-11)
Factored = partial(Entry, single=5e-3, rtol=1e-8, by="differences")
NONE, ONE = np.zeros((0, 2, 2)), np.array([[1.3]])
RIGHT, ONE_RIGHT = np.zeros((0, 2, 3)), np.array([[0.4]])


def some(*shape):
    return rng.uniform(-1.0, 1.0, shape)


def regular(n):
    return some(n, n) + 2.0 * np.eye(n)


def mT(a):
    return np.swapaxes(a, -1, -2)


def sym(a):
    return (a + mT(a)) / 2


def positive(n):
    a = some(n, n)
    return a @ a.T + np.eye(n)


def squared(a):
    return a * a


def of(factor, part):
    return lambda a, *right: _core.part(part, _core.factor(factor, a), *right)


def lower(a):
    return np.tril(a) + 2.0 * np.eye(a.shape[-1]).astype(a.dtype)


SYSTEMS = [
    Matrix(
        "solve",
        of("lu", "solve"),
        np.linalg.solve,
        (regular(3), some(3, 2)),
        empty=(NONE, RIGHT),
        one=(ONE, ONE_RIGHT),
    ),
    Matrix(
        "solve_transposed",
        of("lu", "solve_transposed"),
        lambda a, b: np.linalg.solve(mT(a), b),
        (regular(3), some(3, 2)),
        empty=(NONE, RIGHT),
        one=(ONE, ONE_RIGHT),
    ),
    Matrix("lu", np.linalg.solve, np.linalg.solve, (regular(2), some(2, 1)), label="solve"),
    Matrix("inverse", of("lu", "inverse"), np.linalg.inv, (regular(3),), empty=(NONE,), one=(ONE,)),
    Matrix("det", of("lu", "det"), np.linalg.det, (regular(3),), empty=(NONE,), one=(ONE,)),
    Matrix(
        "det_sign",
        lambda a: of("lu", "det_sign")(a) * np.sum(a, (-1, -2)),
        lambda a: np.sign(np.real(np.linalg.det(a))) * np.sum(a, (-1, -2)),
        (-regular(3),),
        empty=(NONE,),
        one=(-ONE,),
    ),
    Matrix(
        "log_abs_det",
        of("lu", "log_abs_det"),
        lambda a: np.log(np.linalg.det(a) ** 2) / 2,
        (regular(3),),
        empty=(NONE,),
        one=(ONE,),
    ),
    Matrix(
        "triangular_solve",
        lambda a, b: _core.triangular_solve(lower(a), b, False),
        lambda a, b: np.linalg.solve(lower(a), b),
        (some(3, 3), some(3, 2)),
        empty=(NONE, RIGHT),
        one=(ONE, ONE_RIGHT),
    ),
    Matrix(
        "triangular_solve_transposed",
        lambda a, b: _core.triangular_solve(lower(a), b, True),
        lambda a, b: np.linalg.solve(mT(lower(a)), b),
        (some(3, 3), some(3, 2)),
        empty=(NONE, RIGHT),
        one=(ONE, ONE_RIGHT),
    ),
    Matrix(
        "cofactor",
        np.linalg.det,
        np.linalg.det,
        (some(3, 3),),
        singular=(
            ((np.array([[1.0, 2.0], [2.0, 4.0]]),), ([[4.0, -2.0], [-2.0, 1.0]],)),
            ((np.zeros((3, 3)),), (np.zeros((3, 3)),)),
            ((np.array([[11.0, 7.0], [7.0, 1e32]]),), ([[1e32, -7.0], [-7.0, 11.0]],)),
        ),
        inside=True,
    ),
    Matrix(
        "cofactor_frechet",
        pf.grad(lambda a: np.sum(np.linalg.det(a))),
        lambda a: np.linalg.det(a)[..., None, None] * mT(np.linalg.inv(a)),
        (regular(4),),
        one=(ONE,),
        inside=True,
    ),
    Matrix(
        "cholesky",
        lambda a: np.linalg.cholesky(sym(a)),
        lambda a: cholesky(sym(a)),
        (positive(3),),
        one=(ONE,),
    ),
    Matrix(
        "expm",
        lambda a: _core.matrix_function("expm", a),
        scipy.linalg.expm,
        (some(3, 3),),
        empty=(NONE,),
        one=(ONE,),
    ),
    Matrix(
        "expm_frechet",
        lambda a: _core.matrix_function("expm", 3.0 * a),
        lambda a: scipy.linalg.expm(3.0 * a),
        (some(2, 2),),
        inside=True,
    ),
]


def qr(part, mode):
    return lambda a: squared(np.linalg.qr(a, mode)[part])


def eigh(part):
    return lambda a: squared(np.linalg.eigh(sym(a))[part])


def svd(part, full=False):
    return lambda a: squared(np.linalg.svd(a, full_matrices=full)[part])


def square_of(factor, part, symmetric=False):
    read = of(factor, part)
    return lambda a: squared(read(sym(a) if symmetric else a))


def _vectors(a):
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return squared(np.concatenate([u, mT(vt)], axis=-2))


def _pseudo_inverse(a):
    return np.linalg.inv(mT(a) @ a) @ mT(a)


TALL, SPREAD = some(4, 3), sym(some(3, 3)) + np.diag([1.0, 3.0, 6.0])
FACTORISATIONS = [
    Factored("q", square_of("qr", "q"), qr(0, "reduced"), (TALL,), one=(ONE,)),
    Factored("r", square_of("qr", "r"), qr(1, "reduced"), (TALL,), one=(ONE,)),
    Factored("qr", lambda a: np.linalg.qr(a)[1], lambda a: np.linalg.qr(a)[1], (regular(3),)),
    Factored("qr_complete", square_of("qr_complete", "q"), qr(0, "complete"), (regular(3),)),
    Factored(
        "eigenvalues",
        square_of("eigh", "eigenvalues", symmetric=True),
        eigh(0),
        (SPREAD,),
        one=(ONE,),
    ),
    Factored(
        "eigenvectors",
        square_of("eigh", "eigenvectors", symmetric=True),
        eigh(1),
        (SPREAD,),
        one=(ONE,),
    ),
    Factored("eigh", eigh(1), eigh(1), (SPREAD,)),
    Factored("symmetric_over_gaps", eigh(1), eigh(1), (SPREAD,), inside=True),
    Factored("skew_over_gaps", eigh(1), eigh(1), (SPREAD,), inside=True),
    Factored("u", square_of("svd", "u"), svd(0), (TALL,), one=(ONE,)),
    Factored("singular_values", square_of("svd", "singular_values"), svd(1), (TALL,), one=(ONE,)),
    Factored("vt", square_of("svd", "vt"), svd(2), (TALL,), one=(ONE,)),
    Factored("vectors", square_of("svd", "vectors"), _vectors, (TALL,), one=(ONE,)),
    Factored("svd", svd(0), svd(0), (TALL,)),
    Factored("svd_full", square_of("svd_full", "singular_values"), svd(1), (TALL,), once=True),
    Factored("skew_over_sums", svd(0), svd(0), (TALL,), inside=True),
    Factored("over_columns", svd(0), svd(0), (TALL,), inside=True),
    Matrix("pseudo_inverse", np.linalg.pinv, _pseudo_inverse, (TALL,), one=(ONE,)),
]

LINEAR_ALGEBRA = [*SYSTEMS, *FACTORISATIONS]
