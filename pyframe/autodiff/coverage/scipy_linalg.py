"""Functions of scipy.linalg: the exponential, triangular systems, and what NumPy has as well.

They are written in Python and do not ask their arguments, so their bodies are exchanged.
Arguments about memory and checks (``overwrite_a``, ``check_finite``) change nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe import _core
from pyframe._checks import shown
from pyframe.autodiff import intercept
from pyframe.autodiff.coverage import linalg as of
from pyframe.autodiff.coverage.norms import norm as any_norm
from pyframe.errors import ParameterError, ShapeError

MODULE = "scipy.linalg"


def expm(A: Any) -> Any:
    """The exponential of matrices."""
    (a,) = of.matrices("expm", A)
    return _core.matrix_function("expm", a)


def _is_transposed(trans: Any) -> bool:
    if trans in {0, "N"}:
        return False
    if trans in {1, 2, "T", "C"}:
        return True
    raise ParameterError(f"trans must be 0, 1, 2, 'N', 'T' or 'C', got {shown(trans)}")


def solve_triangular(
    a: Any,
    b: Any,
    trans: Any = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> Any:
    """X with A X = B or A^T X = B, of which one triangle of A is read."""
    a, b = of.floats(a, b)
    (a,) = of.matrices("solve_triangular", a)
    n = a.shape[-1]
    if unit_diagonal:
        a = a * (1.0 - np.eye(n, dtype=a.dtype)) + np.eye(n, dtype=a.dtype)
    vector = len(b.shape) == 1
    (right,) = of.matrices("solve_triangular", b[:, None] if vector else b)
    if a.shape[-2] != n or right.shape[-2] != n:
        raise ShapeError(f"solve_triangular: shapes {a.shape} and {b.shape} do not fit")
    stack = np.broadcast_shapes(a.shape[:-2], right.shape[:-2])
    a, right = of.as_stack(a if lower else of.turned(a), stack), of.as_stack(right, stack)
    made = _core.triangular_solve(a, right, transposed=_is_transposed(trans) == bool(lower))
    return made[..., 0] if vector else made


def cholesky(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> Any:
    """U with A = U^T U, or L with A = L L^T."""
    return of.cholesky(a, upper=not lower)


def cho_factor(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> Any:
    """A Cholesky factor, and whether it is the lower one."""
    return cholesky(a, lower), lower


def cho_solve(
    c_and_lower: Any, b: Any, overwrite_b: bool = False, check_finite: bool = True
) -> Any:
    """X with A X = B by the Cholesky factor of A."""
    c, lower = c_and_lower
    half = solve_triangular(c, b, trans=not lower, lower=lower)
    return solve_triangular(c, half, trans=lower, lower=lower)


def solve(
    a: Any,
    b: Any,
    lower: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    assume_a: str | None = None,
    transposed: bool = False,
) -> Any:
    """X with A X = B; what is assumed of A is not made use of, but for triangles."""
    if assume_a in {"lower triangular", "upper triangular"}:
        return solve_triangular(a, b, trans=transposed, lower=assume_a.startswith("lower"))
    if assume_a in {"sym", "symmetric", "pos", "positive definite", "her", "hermitian"}:
        a = of.symmetric("solve", a)
    elif assume_a not in {None, "gen", "general"}:
        raise ParameterError(
            f"scipy.linalg.solve of traced values takes no assume_a={shown(assume_a)}"
        )
    a, b = of.floats(a, b)
    return of.solve(of.turned(a) if transposed else a, b)


def inv(
    a: Any,
    overwrite_a: bool = False,
    check_finite: bool = True,
    *,
    assume_a: str | None = None,
    lower: bool = False,
) -> Any:
    """Inverses."""
    if assume_a not in {None, "gen", "general"}:
        raise ParameterError(
            f"scipy.linalg.inv of traced values takes no assume_a={shown(assume_a)}"
        )
    return of.inv(a)


def det(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """Determinants."""
    return of.det(a)


def norm(
    a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True
) -> Any:
    """Norms of vectors or matrices."""
    return any_norm(a, ord, axis, keepdims)


def block_diag(*arrs: Any) -> Any:
    """Matrices along the diagonal of one."""
    blocks = [x if np.ndim(x) else np.reshape(x, (1, 1)) for x in arrs]
    blocks = of.floats(
        *(x if np.ndim(x) > 1 else np.reshape(x, (1, np.shape(x)[0])) for x in blocks)
    )
    if any(len(x.shape) != 2 for x in blocks):
        raise ShapeError(f"block_diag takes matrices, got shapes {[x.shape for x in blocks]}")
    columns, before, rows = sum(x.shape[1] for x in blocks), 0, []
    for x in blocks:
        count, own = x.shape
        left, right = (np.zeros((count, n), x.dtype) for n in (before, columns - before - own))
        rows.append(np.concatenate([left, x, right], axis=1))
        before += own
    return np.concatenate(rows, axis=0)


INSTEAD = (
    expm,
    solve_triangular,
    cholesky,
    cho_factor,
    cho_solve,
    solve,
    inv,
    det,
    norm,
    block_diag,
)


def _adopt(module: Any) -> None:
    for instead in INSTEAD:
        intercept.replace_body(getattr(module, instead.__name__), instead)


intercept.when_imported(MODULE, _adopt)
