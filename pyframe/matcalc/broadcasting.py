"""NumPy's broadcasting of expressions.

A formula is a scalar, a vector (which is a column), a row or a matrix.  An array has axes besides,
of which some have the length one: a column with two axes is the formula of a vector, an array of
one element that of a scalar.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pyframe.errors import ShapeError, UnsupportedOperation

MOST_AXES = 2
"""No formula has more."""


class Table(NamedTuple):
    """An operand with two axes: a formula, its rows and its columns."""

    formula: Any
    rows: str
    columns: str

    def ones(self, axis: int) -> Any:
        """A vector of ones along an axis."""
        return self.formula.ones_along(axis)

    def stretched(self, other: Table) -> Any:
        """As many rows and columns as those of another."""
        formula = self.formula
        if (self.rows, self.columns) == ("1", "1"):
            return formula
        if self.rows == "1" != other.rows:
            formula = other.ones(0).mul(formula)
        if self.columns == "1" != other.columns:
            formula = formula.mul(other.ones(1).transpose())
        return formula


def _table(x: Any) -> Table:
    """An operand as NumPy stretches it: an array of one axis is a row."""
    sizes = x.sizes
    if len(sizes) == 2:
        return Table(x.formula, *sizes)
    return Table(x.formula.transpose(), "1", sizes[0]) if sizes else Table(x.formula, "1", "1")


def elementwise(operation: str, a: Any, b: Any) -> Any:
    """An operation of elements; axes of length one are stretched."""
    if a.ndim < 2 and b.ndim < 2:
        return a.shaped(getattr(a.formula, operation)(b.formula), max(a.ndim, b.ndim), b)
    left, right = _table(a), _table(b)
    if operation == "hadamard":
        return a.shaped(_times(left, right), 2, b)
    if operation == "divide" and right.stretched(left) is not right.formula:
        inverse = b.formula.number(1.0).divide(right.formula)
        return a.shaped(_times(left, right._replace(formula=inverse)), 2, b)
    combine = getattr(left.stretched(right), operation)
    return a.shaped(combine(right.stretched(left)), 2, b)


def _times(left: Table, right: Table) -> Any:
    """The product of elements: of a column and a row a product, beside a matrix diagonals."""
    by_rows = (left.columns == "1") != (right.columns == "1")
    by_columns = (left.rows == "1") != (right.rows == "1")
    column, whole = (left, right) if left.columns == "1" else (right, left)
    if by_rows and by_columns and column.rows != "1":
        return column.formula.mul(whole.formula)
    if by_rows and column.rows != "1":
        return column.formula.apply("diag").mul(whole.formula)
    row, whole = (left, right) if left.rows == "1" else (right, left)
    if by_columns and row.columns != "1":
        return whole.formula.mul(row.formula.transpose().apply("diag"))
    return left.formula.hadamard(right.formula)


def matmul(a: Any, b: Any) -> Any:
    """The matrix product: a vector at the left stands for a row.

    In the language a row at the right (``x.T``) makes a matrix of two vectors.
    """
    if not a.ndim or not b.ndim:
        raise UnsupportedOperation("@ takes vectors and matrices; a scalar multiplies with *")
    left, right = a.formula, b.formula
    if "1" in (a.sizes[-1], b.sizes[0]) and a.sizes[-1] != b.sizes[0]:
        if a.ndim == 1 and not (a.follows_numpy or b.follows_numpy):
            return a.like(left.mul(right), b)
        shapes = " and ".join(f"({', '.join(x.sizes)})" for x in (a, b))
        raise ShapeError(f"@ of arrays of shapes {shapes}")
    axes = a.ndim + b.ndim - 2
    if a.ndim == 1:
        product = left.inner(right) if b.ndim == 1 else right.transpose().mul(left)
        return a.shaped(product, axes, b)
    return a.shaped(left.mul(right), axes, b)


def rearranged(x: Any, sizes: tuple[str, ...]) -> Any:
    """The same elements with other axes of length one."""
    formula, own = x.formula, tuple(x.formula.shape())
    if own[:1] == ("1",):
        formula = formula.transpose()
    if len(sizes) == 2 and sizes[0] == "1" != sizes[1]:
        formula = formula.transpose()
    return x.shaped(formula, len(sizes))
