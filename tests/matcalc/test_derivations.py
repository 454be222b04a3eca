"""Derivations of the Cookbook's functions and of random ones: each line is true in numbers.

A line that says what a differential is, without one that is left to be taken, is evaluated along
a random direction and compared with the differential itself; the second differential is compared
with the Hessian.
"""

from __future__ import annotations

import os
from collections import Counter

import numpy as np
import pytest
from matcalc.cookbook import TABLE
from matcalc.random_expressions import generate
from matcalc.test_cookbook import declared
from matcalc.truth import point

import pyframe as pf
from pyframe.errors import MissingRule, SingularMatrixError
from pyframe.matcalc.points import in_space

MANY = int(os.environ.get("PYFRAME_DERIVATIONS", "150"))


def cases():
    """Functions with their variables and values."""
    for row in TABLE:
        symbols = {name: declared(symbol) for name, symbol in row.symbols.items()}
        yield pf.matrix(row.function, **symbols), row.variable, point(row, 0)[0]
    for seed in range(MANY):
        drawn = generate(seed)
        symbols = {name: declared(symbol) for name, symbol in drawn.symbols.items()}
        e = pf.matrix(drawn.text, **symbols)
        if drawn.variable in e.symbols:
            yield e, drawn.variable, drawn.values


def valued(expression, values):
    return np.asarray(expression(**{name: values[name] for name in expression.known}))


def agree(found, wanted, said):
    scale = max(np.max(np.abs(wanted), initial=0.0), 1e-3)
    np.testing.assert_allclose(found / scale, wanted / scale, rtol=0, atol=1e-9, err_msg=said)


def directions(e, name, values):
    """Two directions in which the variable may move."""
    found = np.random.default_rng(1).standard_normal((2, *np.shape(values[name])))
    facts = set(e.known[name].facts)
    return [in_space(facts, own) if own.ndim == 2 else own for own in found]


def first_order(e, name, values, many):
    derivation = e.derivation(name)
    direction = np.random.default_rng(1).standard_normal(np.shape(values[name]))
    values = {**values, f"d{name}": direction}
    wanted = valued(e.differential(name), values)
    for place, step in enumerate(derivation.steps):
        assert step.rules or place <= 1, f"{step} follows by no rule"
        if step.left != "df":
            continue
        if step.along is not None:
            agree(np.sum(valued(step.right, values) * direction), wanted, str(derivation))
        elif step.has_value:
            agree(valued(step.right, values), wanted, str(derivation))
        else:
            continue
        many["lines"] += 1


def second_order(e, name, values, many):
    last = e.derivation(name, order=2).steps[-1]
    hessian = np.asarray(e.hessian(name)(**values))
    if last.left == "H":
        agree(valued(last.right, values), hessian, str(last))
    elif last.left == "d2f":
        first, second = directions(e, name, values)
        values = {**values, f"d{name}_1": first, f"d{name}_2": second}
        wanted = np.sum(np.tensordot(hessian, first, first.ndim) * second)
        agree(valued(last.right, values), wanted, str(last))
    many[last.left] += 1


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_line_is_true(tell):
    many = Counter()
    for e, name, values in cases():
        try:
            first_order(e, name, values, many)
            many["first"] += 1
            if not e.ndim:
                second_order(e, name, values, many)
        except (MissingRule, SingularMatrixError):
            many["refused"] += 1
    tell(
        f"derivations: {many['first']}, {many['lines']} lines true in numbers, none wrong; "
        f"{many['H']} Hessians, {many['d2f']} second differentials; {many['refused']} refused"
    )
    assert many["lines"] > 1.3 * many["first"]
    assert many["refused"] <= many["first"] // 50


def test_projections_are_said():
    @pf.space("trace-zero", summary="trace 0")
    def trace_zero(G, X):
        return G - np.trace(G) / X.shape[0] * np.eye(X.shape[0])

    derivation = pf.matrix("tr(A'*X)", X=pf.Symbol("n,n", space=trace_zero)).derivation("X")
    said = "projected onto the space trace-zero: G becomes G - tr(G)*eye(n)/n"
    assert str(derivation.steps[-1].rules[0]) == said
    assert str(derivation.steps[-1]) == "G = A - tr(A)*eye(n)/n"
    assert r"\text{projected onto the space trace-zero: } G \mapsto G - " in derivation.latex()
