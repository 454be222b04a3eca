"""The table of operations: a name, a weight, and a proposal.

A proposal is given the draft (a random generator and the values so far) and returns
``(lines, operands)`` or None when nothing fits. Whether the text evaluates, and to what shape, is
found by evaluating it; the table only makes proposals that mostly fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Op:
    """A branchy one is proposed only on request."""

    name: str
    weight: float
    propose: Callable
    branchy: bool = False


OPS: dict[str, Op] = {}


def op(name: str, weight: float = 1.0, branchy: bool = False):
    """Put the proposal in the table."""

    def put(propose):
        assert name not in OPS, name
        OPS[name] = Op(name, weight, propose, branchy)
        return propose

    return put
