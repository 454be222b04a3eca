"""The Matrix Cookbook's table: the library's derivatives against the textbook's, both against
values on circles, and how long the library's formulas are beside the textbook's.
"""

from functools import cache

import numpy as np
import pytest
from matcalc.cookbook import TABLE
from matcalc.drawing import SIZES
from matcalc.plain import evaluate, operations
from matcalc.truth import point, textbook, truth

import pyframe as pf

POINTS = 3


def distance(a, b):
    return np.max(np.abs(a - b)) / (1e-300 + np.max(np.abs(b)))


def declared(symbol):
    space = None if symbol.space == "general" else symbol.space
    return pf.Symbol(symbol.sizes, space=space, **dict.fromkeys(symbol.properties, True))


@cache
def derivative(row):
    """The library's answer to a row."""
    symbols = {name: declared(symbol) for name, symbol in row.symbols.items()}
    function = pf.matrix(row.function, **symbols)
    asked = "jacobian" if row.kind == "kronecker" else row.kind
    return getattr(function, asked)(row.variable)


def value(row, values, direction):
    """Its value, laid out as the table's."""
    found = derivative(row)
    given = {**values, f"d{row.variable}": direction} if row.kind == "differential" else values
    array = np.asarray(found(**given))
    wanted = textbook(row, values, direction).shape
    if row.kind == "kronecker":
        return array.reshape(wanted, order="F")
    return array.reshape(wanted)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_table_is_right(row):
    values, direction = point(row, 0)
    found, wanted = textbook(row, values, direction), truth(row, values, direction)
    assert found.shape == wanted.shape
    assert distance(found, wanted) < 1e-9


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_derivatives_are_the_textbook_s(row):
    for seed in range(POINTS):
        values, direction = point(row, seed)
        wanted = textbook(row, values, direction)
        assert distance(value(row, values, direction), wanted) < 1e-10
        if row.kind != "kronecker":
            # What is printed, by another reader and evaluator.
            printed = evaluate(
                str(derivative(row)), {**values, f"d{row.variable}": direction}, SIZES
            )
            assert distance(printed, wanted) < 1e-10


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_derivatives_are_those_of_values_on_circles(row):
    values, direction = point(row, 1)
    assert distance(value(row, values, direction), truth(row, values, direction)) < 1e-9


def test_formulas_are_as_short_as_the_textbook_s(tell):
    ratios = {}
    for row in TABLE:
        ours, theirs = operations(str(derivative(row))), operations(row.textbook)
        ratios[row] = (ours + 1) / (theirs + 1) if 0 in {ours, theirs} else ours / theirs
    each = np.array(list(ratios.values()))
    median, most, worst = np.quantile(each, [0.5, 0.9, 1.0])
    tell(
        f"Cookbook: {len(TABLE)} rows, none refused or wrong; operations beside the textbook's: "
        f"median {median:.3g}, 90 % {most:.3g}, worst {worst:.3g}"
    )
    longest = [f"{derivative(row)} beside {row.textbook}" for row in ratios if ratios[row] > 1.5]
    assert median <= 1.05
    assert most <= 1.5
    assert worst <= 3, "\n".join(longest)
