"""How large a dense Jacobian may be."""

from __future__ import annotations

from typing import Any

from pyframe._checks import shown
from pyframe.errors import OutOfMemory, ParameterError

MAX_BYTES = 1 << 32
"""What a dense Jacobian may take by default."""


def check_max_bytes(max_bytes: Any) -> None:
    """Refuse a limit that is none.

    Raises
    ------
    ParameterError
        Unless it is an integer above 0.
    """
    if not isinstance(max_bytes, int) or isinstance(max_bytes, bool) or max_bytes < 1:
        raise ParameterError(f"max_bytes must be an int > 0, got {shown(max_bytes)}")


def check_dense(outputs: int, inputs: int, max_bytes: int = MAX_BYTES) -> None:
    """Refuse a Jacobian that would fill more memory than it should, before it does.

    Raises
    ------
    OutOfMemory
        When its blocks together are larger.
    """
    needed = 8 * outputs * inputs
    if needed > max_bytes:
        raise OutOfMemory(
            f"a dense matrix of {outputs:,} outputs by {inputs:,} inputs would take "
            f'{needed / 1e9:,.1f} GB, the limit is {max_bytes / 1e9:,.1f} GB: use mode="sparse" '
            "if most entries are zero, products (pf.jvp, pf.vjp, pf.hvp) if the matrix itself is "
            "not needed, or a mode with a larger max_bytes such as pf.modes.Forward(max_bytes=...)"
        )
