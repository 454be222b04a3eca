"""Cross-country mode: vertices between inputs and outputs are eliminated in a cheap order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyframe._checks import shown
from pyframe.autodiff.modes.base import Blocks, Mode, count, is_smooth, shape_of, sizes
from pyframe.autodiff.modes.forward import Forward
from pyframe.autodiff.modes.limits import MAX_BYTES, check_dense
from pyframe.autodiff.modes.reverse import Reverse
from pyframe.autodiff.record import Recorded
from pyframe.errors import OutOfMemory, ParameterError


@dataclass(frozen=True)
class CrossCountry(Mode):
    """Jacobians of small functions with fewer multiplications than either pure mode.

    The function is taken apart into scalars.  Eliminating a vertex multiplies each partial
    derivative into it with each one out of it, and adds the products to the edges around it;
    what is left in the end are the entries of the Jacobian.  Orders tried are the function's
    own, its reverse, lowest Markowitz degree and lowest relative Markowitz degree; the one with
    the fewest multiplications is taken.

    Parameters
    ----------
    max_values : int
        Functions of more scalar values are refused.

    References
    ----------
    Griewank and Reese 1991; Griewank and Walther, Evaluating Derivatives (2008), chapter 9;
    Naumann, Math. Program. 99 (2004) 399-421; lecture, section 3, figure 34.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> def f(x):
    ...     s = np.sum(x)
    ...     return np.stack([np.sin(s), np.cos(s), np.exp(s), s**2, s**3])
    >>> print(pf.jacobian(f, mode="cross-country").explain(np.array([0.1, 0.2, 0.3])))
    cross-country: 3 inputs, 5 outputs, 1 value between and 8 partial derivatives; multiplications:
      forward mode                                             24
      reverse mode                                             40
      elimination, forward order                               15
      elimination, reverse order                               15
      elimination, lowest Markowitz degree                     15
      elimination, lowest relative Markowitz degree            15
    chosen: forward order
    """

    name: ClassVar[str] = "cross-country"

    max_values: int = 20_000

    def _build(self) -> Any:
        if (
            not isinstance(self.max_values, int)
            or isinstance(self.max_values, bool)
            or self.max_values < 1
        ):
            raise ParameterError(f"max_values must be an int > 0, got {shown(self.max_values)}")
        return self

    def push(self, run: Recorded, directions: list[Any]) -> list[Any]:
        """One direction is forward mode's."""
        return Forward().push(run, directions)

    def pull(self, run: Recorded, adjoints: list[Any]) -> list[Any]:
        """One adjoint is reverse mode's."""
        return Reverse().pull(run, adjoints)

    def jacobian(self, run: Recorded) -> Blocks:
        """All entries by elimination.

        Raises
        ------
        OutOfMemory
            For functions of too many scalars.
        """
        check_dense(count(run.outputs), count(run.inputs), MAX_BYTES)
        smooth = [out for out in run.outputs if is_smooth(out)]
        try:
            matrix = run.recording.eliminate(run.inputs, smooth, self.max_values, run.nested)
        except OutOfMemory as error:
            raise OutOfMemory(f"mode='cross-country': {error}; {_ADVICE}") from None
        blocks: Blocks = []
        row = 0
        for out in run.outputs:
            if not is_smooth(out):
                blocks.append([np.zeros(shape_of(out) + x.shape, x.dtype) for x in run.inputs])
                continue
            rows = matrix[row : row + math.prod(out.shape)]
            row += math.prod(out.shape)
            blocks.append(_apart(rows, out, run.inputs))
        return blocks

    def explain(self, run: Recorded) -> str:
        """How many multiplications each way takes."""
        smooth = [out for out in run.outputs if is_smooth(out)]
        found = run.recording.elimination_counts(run.inputs, smooth, self.max_values)
        between = found["between"]
        table = [("forward mode", found["forward mode"]), ("reverse mode", found["reverse mode"])]
        table += [
            (f"elimination, {name}", "more" if number is None else number)
            for name, number in found["orders"]
        ]
        width = max(len(name) for name, _ in table) + 2
        lines = [f"  {name:{width}}{number:>12}" for name, number in table]
        head = (
            f"cross-country: {sizes(run)}, {between} value{'s' * (between != 1)} between and "
            f"{found['edges']} partial derivatives; multiplications:"
        )
        return "\n".join([head, *lines, f"chosen: {found['best']}"])


_ADVICE = (
    "raise max_values of pf.modes.CrossCountry, or use mode='auto', which does not take arrays "
    "apart"
)


def _apart(rows: Any, out: Any, inputs: list[Any]) -> list[Any]:
    """The blocks of some rows, in the dtypes that they have."""
    blocks: list[Any] = []
    column = 0
    for x in inputs:
        block = rows[:, column : column + math.prod(x.shape)]
        column += math.prod(x.shape)
        blocks.append(np.reshape(block, out.shape + x.shape).astype(out.dtype))
    return blocks
