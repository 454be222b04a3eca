"""Sparse derivatives: the pattern is proved on the graph, few passes find all entries."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from pyframe._checks import shown
from pyframe.autodiff.modes.base import Blocks, Mode, is_smooth, shape_of
from pyframe.autodiff.modes.compressed import Plan, entries, matrix, plan
from pyframe.autodiff.modes.forward import Forward
from pyframe.autodiff.modes.reverse import Reverse
from pyframe.autodiff.record import Recorded
from pyframe.errors import (
    ParameterError,
    ParameterTypeError,
    PyframeError,
    ShapeError,
    UnsupportedOperation,
)

REMEMBERED = 16
"""How many plans a mode keeps."""


class ScipyMissingError(PyframeError, ImportError):
    """Sparse matrices were asked for and SciPy is not installed."""


@dataclass(frozen=True)
class Sparse(Mode):
    """Jacobians and Hessians as SciPy's sparse arrays.

    Which inputs each element depends on is worked out on the graph, so entries outside the
    pattern are proved to be zero.  Columns (or rows) that share no row (or column) are then
    computed by one pass: a tridiagonal Jacobian takes three, whatever its size.  Hessians get
    a star colouring of their symmetric pattern.  Patterns and colourings are kept for functions
    of the same structure, so later calls only pay for their passes.

    The function takes one array and returns one; an array of several axes stands for its
    elements in row-major order, so that the matrix has a row for each element of the result
    and a column for each of the argument.

    Parameters
    ----------
    pattern : sparse or dense matrix, optional
        The places that may be other than zero (stored entries, or those that are true), when
        they are known better than the graph tells.  Each result is checked by a product with
        a random vector: with probability one an entry outside the pattern is found, unless it
        is lost in rounding next to the others of its row.

    References
    ----------
    Curtis, Powell and Reid 1974; Gebremedhin, Manne and Pothen, SIAM Review 47 (2005) 629-705.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> pf.jacobian(lambda x: x[1:] * x[:-1], mode="sparse")(np.array([2.0, 3.0, 5.0])).toarray()
    array([[3., 2., 0.],
           [0., 5., 3.]])
    """

    name: ClassVar[str] = "sparse"

    pattern: Any = field(default=None, compare=False)

    def _build(self) -> Any:
        object.__setattr__(self, "_plans", OrderedDict())
        if self.pattern is not None:
            try:
                declared = _scipy_sparse().csr_array(self.pattern)
                declared.sum_duplicates()
            except (TypeError, ValueError) as error:
                raise ParameterTypeError(
                    "pattern must be a matrix whose nonzero elements are the places where a "
                    f"derivative may be, got {shown(self.pattern)}"
                ) from error
            object.__setattr__(self, "_declared", declared)
        return self

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """One direction is forward mode's."""
        return Forward().push(run, directions)

    def pull(self, run: Recorded, adjoints: list[Any]) -> list[Any]:
        """One adjoint is reverse mode's."""
        return Reverse().pull(run, adjoints)

    def jacobian(self, run: Recorded) -> Blocks:
        """A pass for each colour, taken apart.

        Raises
        ------
        UnsupportedOperation
            For several arrays, and inside another derivative.
        ParameterError
            When a declared pattern misses an entry.
        """
        scipy_sparse = _scipy_sparse()
        x, out = self._pair(run)
        if run.nested:
            raise UnsupportedOperation(
                "a sparse Jacobian cannot be differentiated: SciPy's arrays hold plain numbers; "
                "use it outermost, or another mode inside"
            )
        if not is_smooth(out):
            shape = (math.prod(shape_of(out)), math.prod(x.shape))
            return [[scipy_sparse.csr_array(shape, dtype=x.dtype)]]
        made = self._plan(run, x, out)
        found = matrix(scipy_sparse, entries(run, x, out, made), made)
        if self.pattern is not None:
            _probe(run, x, out, found)
        return [[found]]

    def explain(self, run: Recorded) -> str:
        """Entries, colours, and which passes."""
        x, out = self._pair(run)
        if not is_smooth(out):
            return "sparse: the result does not depend on the argument"
        made = self._plan(run, x, out)
        what = "reverse" if made.backwards else "forward"
        how = "star" if run.symmetric else "row" if made.backwards else "column"
        m, n = made.shape
        return (
            f"sparse: {m} x {n} with {len(made.indices)} entries; {made.passes} {what} "
            f"pass{'es' * (made.passes != 1)} by {how} colouring"
        )

    def _pair(self, run: Recorded) -> tuple[Any, Any]:
        """The one array that goes in and the one that comes out."""
        if len(run.inputs) != 1 or len(run.outputs) != 1:
            raise UnsupportedOperation(
                "mode='sparse' takes functions of one array that return one array, got "
                f"{len(run.inputs)} in and {len(run.outputs)} out: join them with "
                "np.concatenate, or use another mode"
            )
        return run.inputs[0], run.outputs[0]

    def _plan(self, run: Recorded, x: Any, out: Any) -> Plan:
        plans: OrderedDict[Any, Plan] = self._plans  # type: ignore[attr-defined]
        shape = (math.prod(out.shape), math.prod(x.shape))
        key: Any = (shape, run.symmetric)
        if self.pattern is None:
            key = (*key, run.recording.structure_key(x, out))
        known = plans.get(key)
        if known is None:
            starts, indices = self._pattern(run, x, out, shape)
            known = plans[key] = plan(starts, indices, shape, run.symmetric)
            while len(plans) > REMEMBERED:
                plans.popitem(last=False)
        return known

    def _pattern(self, run: Recorded, x: Any, out: Any, shape: tuple[int, int]) -> tuple[Any, Any]:
        if self.pattern is None:
            return run.recording.sparsity(x, out)
        declared = self._declared  # type: ignore[attr-defined]
        if declared.shape != shape:
            raise ShapeError(
                f"pattern has shape {declared.shape}, the matrix of {shape[0]} outputs by "
                f"{shape[1]} inputs has shape {shape}"
            )
        return declared.indptr.astype(np.int32), declared.indices.astype(np.int32)


def _scipy_sparse() -> ModuleType:
    try:
        from scipy import sparse  # noqa: PLC0415  (an optional package)
    except ImportError as error:
        raise ScipyMissingError("mode='sparse' needs SciPy: pip install scipy") from error
    return sparse


def _probe(run: Recorded, x: Any, out: Any, found: Any) -> None:
    """Refuse a matrix whose product with a random vector is not the derivative's."""
    v = np.random.default_rng().standard_normal(found.shape[1]).astype(x.dtype)
    pushed = run.recording.forward([x], [v.reshape(x.shape)], [out])[0]
    true = 0.0 if pushed is None else np.reshape(pushed.concrete, -1)
    scale = abs(found) @ np.abs(v) + np.abs(true)
    allowed = math.sqrt(float(np.finfo(found.dtype).eps)) * scale
    with np.errstate(invalid="ignore"):
        off = np.flatnonzero(np.abs(found @ v - true) > allowed)
    if len(off):
        raise ParameterError(
            f"the pattern given for mode='sparse' misses entries: a product with a random vector "
            f"is wrong in {len(off)} of {found.shape[0]} rows, the first of them row {off[0]}"
        )
