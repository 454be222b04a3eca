"""Symbolic gradients and reverse mode, bit by bit.

Both follow the same rules, so where a formula's gradient and the reverse sweep over the formula
itself become the same program they give the same bits.  Where they are different programs, the
formula was rewritten, and each difference has its reason.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict

import numpy as np
from matcalc.cookbook import TABLE
from matcalc.programs import Table
from matcalc.random_expressions import generate
from matcalc.test_cookbook import declared
from matcalc.truth import point

import pyframe as pf
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.points import in_space
from pyframe.matcalc.programs import Programs

MANY = int(os.environ.get("PYFRAME_BITS", "300"))

SAME = "the same program"
FACTORS = "common factors taken out"
ALGEBRA = "another rule of linear algebra: solve for an inverse, a determinant times an inverse"
FUNCTIONS = "elementwise functions rewritten: quotients, powers, sigmoids"
TERMS = "like terms joined"
ORDER = "the order of factors"
ASSUMED = "an assumption: other gradients with the same part in the variable's space"

LINEAR_ALGEBRA = {
    *("lu", "inverse", "solve", "solve_transposed", "det", "log_abs_det", "cofactor"),
    "cofactor_frechet",
    *("expm", "expm_frechet", "pseudo_inverse", "eigh", "svd", "slice", "unslice"),
}
DIRECTIONS = {"symmetric", "skew", "diagonal", "upper_triangular"}
ROUNDING = 1e-12

ARRANGING = {"contract", "transpose", "reshape", "broadcast", "sum", "input", "constant"}


def general(expression):
    """The expression with its variables among all matrices."""
    return Expression(expression.formula, {}, expression.known)


def collected(e, name):
    """The gradient before common factors are taken out."""
    for said, form, _ in e.formula.derivation(name):
        if said == "collected":
            return form
    return e.formula.gradient(name)


def evaluated(table, formula, e, values):
    """The result of a formula's program in a table, and its value."""
    programs = Programs([formula], e.known)
    (result,) = table.read(str(programs.graph(values)), programs.names)
    return result, programs(values)[0]


def reverse(table, e, name, values):
    """The same of the reverse sweep over the program of an expression."""
    programs = Programs([e.formula], e.known)
    program, place = programs.graph(values), programs.names.index(name)
    _, result = table.read(program.gradient_text([place]), programs.names)
    given = [np.asarray(values[own], float) for own in programs.names]
    return result, program.value_and_grad(given, [place])[1]


def compared(e, name, values):
    """Why the two gradients are different programs, and how far apart they are."""
    table = Table()
    backward, wanted = reverse(table, e, name, values)
    forms = [collected(e, name), e.formula.gradient(name)]
    plain, final = (evaluated(table, form, e, values) for form in forms)
    for result, found in (plain, final):
        # What is computed alike has the same bits.
        if result == backward:
            np.testing.assert_array_equal(found, wanted, err_msg=str(e))
    apart, inside = distance(final[1], wanted), set(e.known[name].facts) & DIRECTIONS
    if apart > ROUNDING and inside:
        return ASSUMED, distance(in_space(inside, final[1]), in_space(inside, wanted))
    return reason(table, backward, plain[0], final[0]), apart


def distance(found, wanted):
    """The largest difference, relative unless all is small."""
    scale = max(np.max(np.abs(wanted), initial=0.0), 1e-3)
    return np.max(np.abs(found - wanted), initial=0.0) / scale


def reason(table, backward, plain, final):
    """What tells two programs apart, by the first kind of operation that does."""
    if final == backward:
        return SAME
    if plain == backward:
        return FACTORS
    ours, theirs = table.operations(final), table.operations(backward)
    unlike = {name for name in ours | theirs if ours[name] != theirs[name]}
    match unlike:
        case _ if unlike & LINEAR_ALGEBRA:
            return ALGEBRA
        case _ if unlike - ARRANGING - {"add", "multiply"}:
            return FUNCTIONS
        case _ if unlike & {"add", "multiply"}:
            return TERMS
    return ORDER


class Differences:
    """Counts by reason, and the largest difference of each."""

    def __init__(self):
        self.counts, self.equal, self.worst = Counter(), Counter(), defaultdict(float)

    def add(self, why, apart):
        self.counts[why] += 1
        self.equal[why] += apart == 0.0
        self.worst[why] = max(self.worst[why], apart)

    def __str__(self):
        lines = [
            f"  {many:4} {why}: {self.equal[why]} to the last bit, "
            f"largest relative difference {self.worst[why]:.1e}"
            for why, many in self.counts.most_common()
        ]
        return "\n".join([f"{self.counts.total()} gradients", *lines])


def test_the_cookbook(tell):
    found = Differences()
    for row in (row for row in TABLE if row.kind == "gradient"):
        symbols = {name: declared(symbol) for name, symbol in row.symbols.items()}
        e = general(pf.matrix(row.function, **symbols))
        found.add(*compared(e, row.variable, point(row, 0)[0]))
    tell(f"symbolic and reverse mode, Cookbook: {found}")
    assert found.worst[SAME] == 0.0
    assert max(found.worst.values()) <= ROUNDING
    assert found.counts[SAME] >= 40


def test_random_expressions(tell):
    found = Differences()
    for seed in range(MANY):
        drawn = generate(seed)
        symbols = {name: declared(symbol) for name, symbol in drawn.symbols.items()}
        e = general(pf.matrix(drawn.text, **symbols))
        if not e.ndim and drawn.variable in e.symbols:
            found.add(*compared(e, drawn.variable, drawn.values))
    tell(f"symbolic and reverse mode, random expressions: {found}")
    assert found.worst[SAME] == 0.0
    assert max(found.worst.values()) <= 1e-9
    assert found.counts[SAME] >= found.counts.total() // 5
