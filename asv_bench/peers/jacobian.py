"""The Jacobian of A x, 100 inputs and 1 to 1000 outputs: what the automatic choice costs.

Theory: a pass forward and a pass back both cost one product with A, so forward mode, a pass for
each input, is cheaper from as many outputs as inputs on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from comparison import Comparison, check
from timing import interleaved, median

import pyframe as pf

INPUTS = 100
OUTPUTS = (1, 2, 5, 10, 20, 50, 80, 90, 95, 99, 100, 101, 105, 110, 125, 200, 500, 1000)
# Of the better of the two modes' time.
TARGET = 1 / 1.1


def jacobian(rounds: int) -> Iterator[Comparison]:
    """The automatic choice against the better of the two modes."""
    for outputs in OUTPUTS:
        numbers = np.random.default_rng(outputs)
        a, x = numbers.standard_normal((outputs, INPUTS)), numbers.standard_normal(INPUTS)
        run = {mode: _call(a, x, mode) for mode in ("forward", "reverse", "auto")}
        for mode, call in run.items():
            check(bool(np.allclose(call(), a, rtol=1e-12)), f"{mode} is not A")
        seconds = _medians({mode: run[mode] for mode in ("forward", "reverse")}, rounds)
        better = min(seconds, key=seconds.__getitem__)
        # By themselves: the slower mode leaves the caches full of what it read.
        last = _medians({"auto": run["auto"], better: run[better]}, rounds)
        forward, reverse = (f"{mode} {seconds[mode] * 1e6:.0f} us" for mode in seconds)
        yield Comparison(
            f"Jacobian of A x, {outputs} outputs",
            last["auto"],
            last[better],
            TARGET,
            f"{forward}, {reverse}",
        )


def _call(a: np.ndarray, x: np.ndarray, mode: str) -> Callable[[], np.ndarray]:
    made = pf.jacobian(lambda x: a @ x, mode=mode)
    return lambda: made(x)


def _medians(contestants: dict[str, Callable[[], np.ndarray]], rounds: int) -> dict[str, float]:
    return {mode: median(each) for mode, each in interleaved(contestants, rounds).items()}
