"""Random expressions: formulas of first and second derivatives against the function itself.

1,000 expressions, or as many as PYFRAME_FUZZ says; what is compared is in ``fuzz_expressions``.
What has no rule is refused, and counted by its text. ``pytest -s`` shows how far it is.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
from matcalc import fuzz_expressions
from matcalc.directional import NotAnalyticError
from matcalc.fuzz_expressions import Case, Report, declared

import pyframe as pf
from pyframe.errors import DegenerateSpectrumError

MANY = int(os.environ.get("PYFRAME_FUZZ", "1000"))
BATCHES = 4
PIECE = 250


def pieces(batch):
    """The seeds of a batch, in pieces."""
    seeds = range(batch * MANY // BATCHES, (batch + 1) * MANY // BATCHES)
    return [seeds[first : first + PIECE] for first in range(0, len(seeds), PIECE)]


def reports(batch, broad=False):
    """Of each piece; in other processes when there are many."""
    run = partial(fuzz_expressions.run, broad=broad)
    if MANY <= 5000:
        yield from map(run, pieces(batch))
        return
    # Small matrices are no work for several threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield from pool.map(run, pieces(batch))


def faultless(batch, tell, broad=False):
    """What was counted of a batch, in which nothing is wrong."""
    whole = Report()
    for report in reports(batch, broad):
        whole += report
        print(whole.summary(), *report.faults, sep="\n", flush=True)
    kind = "random expressions of the whole language" if broad else "random expressions"
    tell(f"{kind}, batch {batch}: {whole.summary()}")
    print(whole.text())
    assert not whole.faults, whole.text()
    return whole


@pytest.mark.fuzz
@pytest.mark.parametrize("batch", range(BATCHES))
def test_formulas_agree_with_automatic_differentiation_and_circles(batch, tell):
    whole = faultless(batch, tell)
    counts, many = whole.counts, whole.counts["expressions"]
    assert many > 0.98 * MANY // BATCHES
    assert counts["read again"] + counts["printed with sizes of no name"] == many
    assert counts["order 1, AD"] > 0.97 * many
    assert counts["order 1, circle"] > 0.95 * many
    assert counts["order 2, AD"] > 0.95 * many
    # One in a thousand is refused; among few there are more by chance.
    assert sum(whole.refused.values()) < 0.01 * many + 3


@pytest.mark.fuzz
@pytest.mark.parametrize("batch", range(BATCHES // 2))
def test_formulas_of_the_whole_language(batch, tell):
    whole = faultless(batch, tell, broad=True)
    counts, many = whole.counts, whole.counts["expressions"]
    assert many > 0.98 * MANY // BATCHES
    assert counts["order 1, circle"] > 0.95 * many
    assert counts["order 2, structured"] > 0.3 * many
    assert counts["order 2, Kronecker"] > 0.25 * many


def test_third_derivatives_on_circles():
    compared = 0
    for seed in range(300):
        case = Case(seed, Report())
        if np.ndim(case.f(case.x)):
            continue
        symbols = {name: declared(name) for name in case.drawn.symbols}
        try:
            found, wanted, rounding = case.order_3(pf.matrix(case.drawn.text, **symbols))
        except (NotAnalyticError, DegenerateSpectrumError):
            continue
        near = 1e-5 * max(abs(wanted), 1e-2) + rounding
        assert abs(found - wanted) <= near, case.drawn
        compared += 1
    assert compared > 120
