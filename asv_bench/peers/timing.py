"""Interleaved timing: in every round each contestant runs once, so all meet the same machine.

The order within a round is drawn anew, from a fixed seed: in a fixed order, or one that is only
turned round, the same contestant would always run where another one has left the caches.

A slow second of the machine then falls on all of them alike, and the median over the rounds
forgets it.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

Samples = dict[str, list[float]]


def pin() -> int:
    """Keep this process (and those it starts) on one core, the last it may use."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def interleaved(
    contestants: dict[str, Callable[[], object]], rounds: int, block: float = 1e-3
) -> Samples:
    """Seconds per call of each contestant, one number for each round.

    Parameters
    ----------
    contestants : dict of callables
        By name; each is called without arguments.
    rounds : int
        Numbers to collect for each.
    block : float
        Seconds that the calls between two readings of the clock take together, about.
    """
    calls = {name: _calls(run, block) for name, run in contestants.items()}
    samples: Samples = {name: [] for name in contestants}
    order, shuffled = list(contestants), random.Random(0)
    with _no_collector():
        for _ in range(rounds):
            # Each follows each as often: threads of the one before may still run.
            shuffled.shuffle(order)
            for name in order:
                run, repeats = contestants[name], range(calls[name])
                # Warm: what the one before has left in the caches is not its business.
                run()
                began = perf_counter()
                for _ in repeats:
                    run()
                samples[name].append((perf_counter() - began) / calls[name])
    return samples


def _calls(run: Callable[[], object], block: float) -> int:
    """How often to call `run` between two readings of the clock; warms it up too."""
    run()
    began = perf_counter()
    run()
    once = perf_counter() - began
    return max(1, round(block / max(once, 1e-7)))


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def median(samples: list[float]) -> float:
    """The median."""
    return statistics.median(samples)


def median_excess(total: list[float], part: list[float]) -> float:
    """The median over the rounds of what `total` took beyond `part` in the same round."""
    return statistics.median(t - p for t, p in zip(total, part, strict=True))
