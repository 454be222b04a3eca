"""Derivatives of a row of the table without any rule: from values on circles, entry by entry."""

from __future__ import annotations

import numpy as np
from matcalc.directional import derivatives
from matcalc.drawing import SIZES, directions, draw
from matcalc.plain import COMPLEX, column, evaluate


def point(row, seed):
    """Values for the names of a row, and a direction of its variable."""
    rng = np.random.default_rng(seed)
    values = {name: draw(symbol, rng) for name, symbol in row.symbols.items()}
    return values, rng.standard_normal(np.shape(values[row.variable]))


def textbook(row, values, direction):
    """What the table says."""
    return evaluate(row.textbook, {**values, f"d{row.variable}": direction}, SIZES)


def truth(row, values, direction):
    """What the textbook should say; with two axes."""
    name, x = row.variable, values[row.variable]
    space = row.symbols[name].space

    def f(x):
        return evaluate(row.function, {**values, name: x}, SIZES, COMPLEX)

    match row.kind:
        case "differential":
            return derivatives(f, x, direction)[0]
        case "gradient":
            each = [derivatives(f, x, along)[0].item() for along in directions(space, x)]
            gradient = column(np.reshape(each, np.shape(x)))
            if space == "symmetric-entries":
                # An entry off the diagonal stands in two places.
                gradient = 2 * gradient - np.diag(np.diag(gradient))
            return gradient
        case "jacobian" | "kronecker":
            units = np.eye(x.size).reshape(x.size, *np.shape(x), order="F")
            columns = [np.ravel(derivatives(f, x, along)[0], order="F") for along in units]
            return np.transpose(columns)
        case "hessian":
            return _hessian(f, x)
    raise ValueError(row.kind)


def _hessian(f, x):
    """By polarisation: of v' H v for pairs of units."""
    units = directions("general", x)

    def form(along):
        return derivatives(f, x, along, order=2)[1].item()

    return np.array([[(form(u + v) - form(u - v)) / 4 for v in units] for u in units])
