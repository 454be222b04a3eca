"""Linear algebra on stacks of matrices: systems, determinants and factorisations.

Where NumPy reads one triangle of a symmetric matrix (``eigh``, ``eigvalsh``, ``cholesky``) the
matrix must be symmetric, and the derivative is the symmetric one: that of the function of
(A + A^T)/2.
"""

from __future__ import annotations

import inspect
from math import prod
from operator import index
from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.einsum import chain
from pyframe.autodiff.coverage.sequences import joined
from pyframe.autodiff.dispatch import function, is_traced, unsupported
from pyframe.errors import ParameterError, ShapeError

_one = np.eye(1)
SlogdetResult: Any = type(np.linalg.slogdet(_one))
EighResult: Any = type(np.linalg.eigh(_one))
QRResult: Any = type(np.linalg.qr(_one))
SVDResult: Any = type(np.linalg.svd(_one))
NO_VALUE: Any = inspect.signature(np.linalg.pinv).parameters["rtol"].default
"""NumPy's mark of an argument that is not given."""


def floats(*given: Any) -> list[Any]:
    """Operands as traced arrays of one floating-point type."""
    arrays: list[Any] = [x if is_traced(x) else np.asarray(x) for x in given]
    home = next(x.recording for x in arrays if is_traced(x))
    kind = np.result_type(*(x.dtype for x in arrays))
    kind = kind if kind.kind == "f" else np.dtype(np.float64)
    arrays = [x if is_traced(x) else home.constant(x) for x in arrays]
    return [x if x.dtype == kind else x.astype(kind) for x in arrays]


def matrices(name: str, *given: Any) -> list[Any]:
    """Operands as traced stacks of matrices of floats."""
    arrays = floats(*given)
    for x in arrays:
        if len(x.shape) < 2:
            raise ShapeError(f"{name} takes matrices, got an array of shape {x.shape}")
    return arrays


def turned(x: Any) -> Any:
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


def as_stack(x: Any, stack: tuple[int, ...]) -> Any:
    """Matrices stretched to a stack of them."""
    return x if x.shape[:-2] == stack else np.broadcast_to(x, stack + x.shape[-2:])


# -- systems ---------------------------------------------------------------------------------


@function(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """X with A X = B; a B of one axis is a vector."""
    a, b = floats(a, b)
    (a,) = matrices("solve", a)
    vector = len(b.shape) == 1
    right = b[:, None] if vector else b
    (right,) = matrices("solve", right)
    stack = np.broadcast_shapes(a.shape[:-2], right.shape[:-2])
    lu = _core.factor("lu", as_stack(a, stack))
    made = _core.part("solve", lu, as_stack(right, stack))
    return made[..., 0] if vector else made


@function(np.linalg.inv)
def inv(a: Any) -> Any:
    """Inverses."""
    (a,) = matrices("inv", a)
    return _core.part("inverse", _core.factor("lu", a))


@function(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """X such that tensordot(A, X, X.ndim) = B."""
    rank, right = len(np.shape(a)), len(np.shape(b))
    if axes is not None:
        moved = of.several(axes, rank)
        a = np.transpose(a, [k for k in range(rank) if k not in moved] + moved)
    shape = np.shape(a)[right:]
    if prod(shape) != prod(np.shape(a)[:right]):
        raise ShapeError(f"tensorsolve takes a square array of equations, got shape {np.shape(a)}")
    count = prod(shape)
    return np.reshape(np.linalg.solve(np.reshape(a, (count, count)), np.ravel(b)), shape)


@function(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """The inverse of tensordot with A over `ind` axes."""
    if ind <= 0:
        raise ParameterError(f"tensorinv takes a positive number of axes, got ind={ind}")
    shape = np.shape(a)
    rows, columns = prod(shape[:ind]), prod(shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (rows, columns))), shape[ind:] + shape[:ind])


@function(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """Integer powers by squaring, of the inverse for negative ones."""
    n = index(n)
    if len(a.shape) < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"matrix_power takes square matrices, got an array of shape {a.shape}")
    if n == 0:
        return np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape).copy()
    square, made = (np.linalg.inv(a), None) if n < 0 else (a, None)
    n = abs(n)
    while n:
        n, odd = divmod(n, 2)
        if odd:
            made = square if made is None else made @ square
        if n:
            square = square @ square
    return made


@function(np.linalg.multi_dot)
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """A product of matrices in the cheapest order; the first and last may be vectors."""
    of.no_options("np.linalg.multi_dot", out=out)
    arrays = list(arrays)
    if len(arrays) < 2:
        raise ShapeError(f"multi_dot takes two arrays or more, got {len(arrays)}")
    ranks = [len(np.shape(x)) for x in arrays]
    if any(rank != 2 for rank in ranks[1:-1]) or not {ranks[0], ranks[-1]} <= {1, 2}:
        raise ShapeError(
            f"multi_dot takes matrices between vectors or matrices, got arrays of {ranks} axes"
        )
    terms: list[tuple[int, ...]] = [(k, k + 1) for k in range(len(arrays))]
    kept: tuple[int, ...] = (0, len(arrays))
    if ranks[0] == 1:
        terms[0], kept = (1,), kept[1:]
    if ranks[-1] == 1:
        terms[-1], kept = terms[-1][:1], kept[:-1]
    return chain(arrays, terms, kept, "optimal" if len(arrays) < 7 else "greedy")


# -- determinants ----------------------------------------------------------------------------


@function(np.linalg.det)
def det(a: Any) -> Any:
    """Determinants; the derivative is made of cofactors, so A may be singular."""
    (a,) = matrices("det", a)
    return _core.part("det", _core.factor("lu", a))


@function(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Signs and logarithms of the absolute values of determinants."""
    (a,) = matrices("slogdet", a)
    lu = _core.factor("lu", a)
    return SlogdetResult(_core.part("det_sign", lu), _core.part("log_abs_det", lu))


# -- symmetric matrices ----------------------------------------------------------------------


def symmetric(name: str, a: Any) -> Any:
    """A stack of symmetric matrices; others are refused."""
    (a,) = matrices(name, a)
    if a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"{name} takes square matrices, got an array of shape {a.shape}")
    tolerance = float(np.sqrt(np.finfo(a.dtype).eps))
    if a.size and np.any(np.abs(a - turned(a)) > tolerance * np.max(np.abs(a))):
        raise ParameterError(
            f"{name} reads one triangle of a symmetric matrix, and the matrix is not symmetric: "
            "its derivative would be wrong. Give (A + A.T)/2"
        )
    return a


@function(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """L with A = L L^T, or U with A = U^T U."""
    a = symmetric("cholesky", a)
    return (
        turned(_core.matrix_function("cholesky", turned(a)))
        if upper
        else _core.matrix_function("cholesky", a)
    )


def _eigh(name: str, a: Any, triangle: str) -> Any:
    triangle = triangle.upper()
    if triangle not in {"L", "U"}:
        raise ParameterError(f"UPLO must be 'L' or 'U', got {shown(triangle)}")
    a = symmetric(name, a)
    return _core.factor("eigh", turned(a) if triangle == "U" else a)


@function(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """Eigenvalues, ascending, and eigenvectors of symmetric matrices.

    Each vector's largest element is positive.
    """
    factor = _eigh("eigh", a, UPLO)
    return EighResult(_core.part("eigenvalues", factor), _core.part("eigenvectors", factor))


@function(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """Eigenvalues of symmetric matrices, ascending."""
    return _core.part("eigenvalues", _eigh("eigvalsh", a, UPLO))


# -- orthogonal factorisations ---------------------------------------------------------------


@function(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """A = Q R with orthonormal columns in Q and upper triangular R.

    The columns that complete a tall matrix's Q to a square have no derivative.
    """
    if mode not in {"reduced", "complete", "r"}:
        raise unsupported(np.linalg.qr, f"with mode={shown(mode)}")
    (a,) = matrices("qr", a)
    rows, columns = a.shape[-2:]
    # Of a wide matrix the leading square is factored.
    factor = _core.factor("qr", a[..., :rows] if rows < columns else a)
    q, r = _core.part("q", factor), _core.part("r", factor)
    if rows < columns:
        r = np.concatenate([r, turned(q) @ a[..., rows:]], axis=-1)
    if mode == "complete" and rows > columns:
        q = _core.part("q", _core.factor("qr_complete", a))
        r = np.concatenate(
            [r, np.zeros((*a.shape[:-2], rows - columns, columns), a.dtype)], axis=-2
        )
    return r if mode == "r" else QRResult(q, r)


def singular_values(a: Any) -> Any:
    """Singular values of a traced stack of matrices, descending."""
    return _core.part("singular_values", _core.factor("svd", a))


def _svd_of_symmetric(a: Any) -> tuple[Any, Any, Any]:
    """By eigenvalues: A = V diag(w) V^T = V diag(|w|) (V diag(sign(w)))^T."""
    factor = _core.factor("eigh", a)
    w, v = _core.part("eigenvalues", factor), _core.part("eigenvectors", factor)
    places = _core.argsort(-np.abs(w), len(w.shape) - 1)
    # The permutation as a matrix: column j has its one where the j-th largest stands.
    moves = np.equal(places[..., None, :], np.arange(a.shape[-1])[:, None]).astype(a.dtype)
    w, v = (w[..., None, :] @ moves)[..., 0, :], v @ moves
    return v, np.abs(w), turned(v * np.where(w < 0, -1.0, 1.0).astype(a.dtype)[..., None, :])


@function(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """A = U diag(s) V^T.

    The vectors that complete the longer of U and V to a square have no derivative.
    """
    (a,) = matrices("svd", a)
    if hermitian:
        u, s, vt = _svd_of_symmetric(symmetric("svd", a))
        return SVDResult(u, s, vt) if compute_uv else s
    factor = _core.factor("svd", a)
    s = _core.part("singular_values", factor)
    if not compute_uv:
        return s
    rows, columns = a.shape[-2:]
    both = _core.part("vectors", factor)
    u, vt = both[..., :rows, :], turned(both[..., rows:, :])
    if full_matrices and rows != columns:
        small, full = min(rows, columns), _core.factor("svd_full", a)
        if rows > columns:
            u = np.concatenate([u, _core.part("u", full)[..., small:]], axis=-1)
        else:
            vt = np.concatenate([vt, _core.part("vt", full)[..., small:, :]], axis=-2)
    return SVDResult(u, s, vt)


@function(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """Singular values, descending."""
    (x,) = matrices("svdvals", x)
    return singular_values(x)


# -- what depends on the rank ----------------------------------------------------------------


def _count(s: Any, tolerance: Any) -> Any:
    """How many singular values are not below a fraction of the largest; NaN is not."""
    if s.shape[-1] == 0:
        return np.zeros(s.shape[:-1], int)
    least = s[..., :1] * np.asarray(tolerance, s.dtype)[..., None]
    return np.sum(np.logical_not(s <= least), axis=-1)


def pseudo_inverse(a: Any, tolerance: Any) -> Any:
    """The pseudo-inverse, without singular values up to a fraction of the largest."""
    tolerance = np.broadcast_to(np.asarray(tolerance, a.dtype), a.shape[:-2])
    return _core.part("pseudo_inverse", _core.factor("svd", a), a.recording.constant(tolerance))


@function(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = NO_VALUE) -> Any:
    """Pseudo-inverses; the derivative is that along matrices of the same rank."""
    (a,) = matrices("pinv", symmetric("pinv", a) if hermitian else a)
    if rtol is NO_VALUE:
        rtol = 1e-15 if rcond is None else rcond
    elif rcond is not None:
        raise ParameterError("pinv takes rcond or rtol, not both")
    if rtol is None:
        rtol = max(a.shape[-2:]) * np.finfo(a.dtype).eps
    return pseudo_inverse(a, rtol)


@function(np.linalg.matrix_rank)
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """How many singular values are not negligible: a whole number, without derivative."""
    (a,) = floats(A)
    if len(a.shape) < 2:
        return np.any(a != 0).astype(int)
    if tol is not None:
        return np.sum(singular_values(a) > np.asarray(tol)[..., None], axis=-1)
    if rtol is None:
        rtol = max(a.shape[-2:]) * np.finfo(a.dtype).eps
    return _count(singular_values(a), rtol)


@function(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """X of least |A X - B|, the least such X; sums of squares, rank, singular values."""
    a, b = floats(a, b)
    if len(a.shape) != 2 or len(b.shape) not in {1, 2} or a.shape[0] != b.shape[0]:
        raise ShapeError(
            f"lstsq takes a matrix and right sides, got shapes {a.shape} and {b.shape}"
        )
    right = b[:, None] if len(b.shape) == 1 else b
    (rows, columns), eps = a.shape, np.finfo(a.dtype).eps
    s = singular_values(a)
    tolerance = max(rows, columns) * eps if rcond is None else eps if rcond == -1 else rcond
    rank = int(_count(s, tolerance))
    x = pseudo_inverse(a, tolerance) @ right
    if rank == columns and rows > columns:
        left = right - a @ x
        squares = np.sum(left * left, axis=0)
    else:
        squares = np.zeros(0, a.dtype)
    return (x[:, 0] if len(b.shape) == 1 else x), squares, rank, s


for _module, _names in (
    (np, ("dot", "vdot", "inner", "outer", "cross", "kron", "tensordot", "einsum")),
    (np.linalg, ("solve", "inv", "det", "slogdet", "cholesky", "norm", "vector_norm", "eigvalsh")),
):
    for _name in _names:
        intercept.replace_joining(_module, _name, joined)
