"""What marks an operand that stands for a formula, for those who do not load matrix calculus."""

from __future__ import annotations


class Symbolic:
    """Base of expressions with symbolic sizes."""

    __slots__ = ()
