"""The Matrix Cookbook's table: the library's derivatives against the textbook's, both against
values on circles, and how long the library's formulas are beside the textbook's.
"""

import numpy as np
import pytest
from matcalc.cookbook import TABLE
from matcalc.truth import point, textbook, truth


def distance(a, b):
    return np.max(np.abs(a - b)) / (1e-300 + np.max(np.abs(b)))


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_table_is_right(row):
    values, direction = point(row, 0)
    found, wanted = textbook(row, values, direction), truth(row, values, direction)
    assert found.shape == wanted.shape
    assert distance(found, wanted) < 1e-9
