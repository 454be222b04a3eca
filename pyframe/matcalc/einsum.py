"""``np.einsum`` of expressions: summed labels are eliminated one by one.

What is left at each step is a graph: labels are its vertices, with a vector as the weight of each,
and matrices its edges.  A label between two matrices makes their product of them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pyframe._checks import shown
from pyframe.errors import ParameterError, UnsupportedOperation
from pyframe.matcalc.broadcasting import MOST_AXES

Pair = tuple[str, str]


def einsum(subscripts: str, *operands: Any) -> Any:
    """The formula of a contraction, of vectors and matrices to a scalar, a vector or a matrix."""
    inputs, output = _read(subscripts, operands)
    network = _Network(subscripts)
    for labels, operand in zip(inputs, operands, strict=True):
        if "1" in operand.sizes:
            raise UnsupportedOperation(
                f"np.einsum of an expression of shape ({', '.join(operand.sizes)}) is not known"
            )
        network.add(labels, operand.formula)
    summed = {label for labels in inputs for label in labels} - set(output)
    while summed:
        label = min(sorted(summed), key=network.degree)
        network.eliminate(label)
        summed.remove(label)
    return operands[0].shaped(network.result(output), len(output), *operands[1:])


def _read(subscripts: str, operands: tuple[Any, ...]) -> tuple[list[str], str]:
    """The labels of each operand, and those of the result."""
    text, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = text.split(",")
    if "." in subscripts:
        raise UnsupportedOperation("np.einsum of expressions takes no ellipsis")
    if len(inputs) != len(operands) or any(
        len(labels) != operand.ndim for labels, operand in zip(inputs, operands, strict=True)
    ):
        axes = ", ".join(str(operand.ndim) for operand in operands)
        raise ParameterError(
            f"np.einsum: the subscripts {shown(subscripts)} do not fit operands of {axes} axes"
        )
    counts = Counter("".join(inputs))
    if not arrow:
        output = "".join(sorted(label for label, count in counts.items() if count == 1))
    strange = [label for label in (*counts, *output) if not (label.isascii() and label.isalpha())]
    if strange or set(output) - set(counts) or len(set(output)) < len(output):
        raise ParameterError(f"np.einsum: {shown(subscripts)} is no valid text of subscripts")
    if len(output) > MOST_AXES:
        raise UnsupportedOperation(f"an expression has two axes at most, not {len(output)}")
    return inputs, output


class _Network:
    """Scalars, the weights of labels and matrices between pairs of labels."""

    def __init__(self, subscripts: str) -> None:
        self._subscripts = subscripts
        self._scalars: list[Any] = []
        self._weights: dict[str, Any] = {}
        self._matrices: dict[Pair, Any] = {}
        self._ones: dict[str, Any] = {}

    def add(self, labels: str, formula: Any) -> None:
        """One more factor, with a label for each axis."""
        for axis, label in enumerate(labels):
            self._ones.setdefault(label, formula.ones_along(axis))
        if len(labels) == 2 and labels[0] == labels[1]:
            labels, formula = labels[0], formula.apply("diagv")
        if not labels:
            self._scalars.append(formula)
        elif len(labels) == 1:
            own = self._weights.get(labels)
            self._weights[labels] = formula if own is None else own.hadamard(formula)
        else:
            pair, turned = (labels[0], labels[1]), (labels[1], labels[0])
            if turned in self._matrices:
                pair, formula = turned, formula.transpose()
            own = self._matrices.get(pair)
            self._matrices[pair] = formula if own is None else own.hadamard(formula)

    def eliminate(self, label: str) -> None:
        """Sum over a label."""
        edges = [pair for pair in self._matrices if label in pair]
        weight = self._weights.pop(label, None)
        towards = [
            (next(x for x in pair if x != label), self._taken(pair, label)) for pair in edges
        ]
        match towards:
            case []:
                self._scalars.append(self._weighted(weight, label).apply("sum"))
            case [(other, matrix)]:
                self.add(other, matrix.mul(self._weighted(weight, label)))
            case [(first, left), (second, right)]:
                if weight is not None:
                    left = left.mul(weight.apply("diag"))
                self.add(first + second, left.mul(right.transpose()))
            case _:
                raise UnsupportedOperation(
                    f"np.einsum of an expression: {label} of {shown(self._subscripts)} is summed "
                    f"over in {len(towards)} matrices, which no product of matrices is"
                )

    def _taken(self, pair: Pair, label: str) -> Any:
        """A matrix whose columns belong to a label, taken out."""
        matrix = self._matrices.pop(pair)
        return matrix if pair[1] == label else matrix.transpose()

    def _weighted(self, weight: Any, label: str) -> Any:
        return self._ones[label] if weight is None else weight

    def degree(self, label: str) -> int:
        """In how many matrices a label is."""
        return sum(label in pair for pair in self._matrices)

    def result(self, output: str) -> Any:
        """What is left, with the labels of the result."""
        factors = list(self._scalars)
        if len(output) == 1:
            factors.append(self._weights.get(output, self._ones[output]))
        elif output:
            factors.append(self._between(output[0], output[1]))
        product = factors[0]
        for factor in factors[1:]:
            product = product.mul(factor)
        return product

    def _between(self, row: str, column: str) -> Any:
        weights = [self._weights.get(label) for label in (row, column)]
        matrix = self._matrices.get((row, column))
        if matrix is None and (column, row) in self._matrices:
            matrix = self._matrices[column, row].transpose()
        if matrix is None:
            left, right = map(self._weighted, weights, (row, column))
            return left.mul(right.transpose())
        if weights[0] is not None:
            matrix = weights[0].apply("diag").mul(matrix)
        return matrix if weights[1] is None else matrix.mul(weights[1].apply("diag"))
