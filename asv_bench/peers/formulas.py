"""Derivatives of matrix formulas: the Cookbook's table of the tests, derived here and by SymPy.

A formula is made anew for every reading of the clock, so that no cache knows its derivative;
what is timed is the derivative alone.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
from comparison import Comparison, check
from timing import median

import pyframe as pf

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from matcalc import against_sympy
from matcalc.cookbook import TABLE, Row
from matcalc.plain import evaluate
from matcalc.truth import SIZES, point, textbook

# SymPy takes tens of milliseconds for each.
ROUNDS = 5
TARGET = 200.0


def derivatives(rounds: int) -> Iterator[Comparison]:
    """Every row that SymPy answers, one here and one there in turn; then what both got right."""
    warnings.simplefilter("ignore")
    verdicts = {row: against_sympy.outcome(row).verdict for row in TABLE}
    answered = [row for row in TABLE if verdicts[row] != "refused"]
    for row in TABLE:
        check(_right(row), f"{row} is not the textbook's")
    ours: dict[Row, list[float]] = {row: [] for row in TABLE}
    theirs: dict[Row, list[float]] = {row: [] for row in answered}
    for turn in range(min(rounds, ROUNDS)):
        for row in TABLE:
            ours[row].append(_seconds(lambda row=row: _prepared(row)))
            if row in theirs:
                theirs[row].append(_seconds(lambda row=row, turn=turn: _sympy(row, turn)))
    of_all = median([median(each) for each in ours.values()])
    counts = Counter(verdicts.values())
    yield Comparison(
        f"derivative of a formula, {len(answered)} of {len(TABLE)}",
        median([median(ours[row]) for row in answered]),
        median([median(each) for each in theirs.values()]),
        TARGET,
        f"{of_all * 1e3:.3f} ms of all (0.3 allowed), slowest "
        f"{max(median(each) for each in ours.values()) * 1e3:.2f} ms; right {len(TABLE)}|"
        f"{counts['right']}, wrong 0|{counts['wrong']}, refused 0|{counts['refused']}",
    )


def _seconds(prepare: Callable[[], Callable[[], object]]) -> float:
    run = prepare()
    began = perf_counter()
    run()
    return perf_counter() - began


def _prepared(row: Row) -> Callable[[], object]:
    symbols = {
        name: pf.Symbol(
            own.sizes,
            space=None if own.space == "general" else own.space,
            **dict.fromkeys(own.properties, True),
        )
        for name, own in row.symbols.items()
    }
    function = pf.matrix(row.function, **symbols)
    asked = "jacobian" if row.kind == "kronecker" else row.kind
    derive = getattr(function, asked)
    return lambda: derive(row.variable)


def _sympy(row: Row, turn: int) -> Callable[[], object]:
    """With names that no cache has seen."""
    names = against_sympy.names_of(row, suffix=f"_{turn}")
    function = against_sympy.translated(row.function, names)
    return lambda: against_sympy.derivative(row, names, function)


def _right(row: Row) -> bool:
    values, direction = point(row, 0)
    found = _prepared(row)()
    wanted = textbook(row, values, direction)
    if row.kind == "kronecker":
        array = np.reshape(found(**values), wanted.shape, order="F")
    else:
        array = evaluate(str(found), {**values, f"d{row.variable}": direction}, SIZES)
    return bool(np.allclose(array, wanted, rtol=1e-10, atol=1e-10 * np.max(np.abs(wanted))))
