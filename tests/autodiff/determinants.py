"""Derivatives of determinants in exact integers.

The k-th derivative in the elements (i_1, j_1) to (i_k, j_k) is the determinant of what is left
without those rows and columns, with the sign of the two arrangements of rows and columns.
"""

from itertools import permutations

import numpy as np


def determinant(rows):
    """By its first row."""
    if not rows:
        return 1
    minors = ([row[:j] + row[j + 1 :] for row in rows[1:]] for j in range(len(rows)))
    pairs = zip(rows[0], minors, strict=True)
    return sum((-1) ** j * x * determinant(m) for j, (x, m) in enumerate(pairs) if x)


def sign(order):
    places = range(len(order))
    return (-1) ** sum(order[i] > order[j] for i in places for j in places if i < j)


def derivative(matrix, order):
    """Of shape (n, n) as many times as the order, for a matrix of integers."""
    n = len(matrix)
    whole = [[int(x) for x in row] for row in matrix]
    result = np.zeros((n,) * (2 * order))
    for rows in permutations(range(n), order):
        rest = [k for k in range(n) if k not in rows]
        for columns in permutations(range(n), order):
            others = [k for k in range(n) if k not in columns]
            minor = determinant([[whole[i][j] for j in others] for i in rest])
            both = sign([*rows, *rest]) * sign([*columns, *others])
            pairs = zip(rows, columns, strict=True)
            result[tuple(k for pair in pairs for k in pair)] = both * minor
    return result


def of_rank(n, rank, rng, largest=3):
    """A matrix of small integers."""
    return rng.integers(-largest, largest + 1, (n, rank)) @ rng.integers(
        -largest, largest + 1, (rank, n)
    )
