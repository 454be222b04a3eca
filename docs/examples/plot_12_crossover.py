"""
Forward or reverse
==================

The Jacobian of A x with 100 inputs: forward mode costs a pass for each input, reverse mode one
for each output, and the passes cost the same, so the lines should cross at 100 outputs.
``mode="auto"`` counts the operations of both before it runs one of them.
"""

from statistics import median
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np

import pyframe as pf

INPUTS, OUTPUTS = 100, (1, 3, 10, 20, 40, 70, 100, 140, 200, 400, 1000)
numbers = np.random.default_rng(0)


def seconds(call, x, rounds=15):
    times = []
    for _ in range(rounds):
        call(x)  # what the other modes left in the caches is not timed
        began = perf_counter()
        call(x)
        times.append(perf_counter() - began)
    return median(times)


times = {"forward": [], "reverse": [], "auto": []}
for m in OUTPUTS:
    a, x = numbers.standard_normal((m, INPUTS)), numbers.standard_normal(INPUTS)
    for mode, measured in times.items():
        measured.append(seconds(pf.jacobian(lambda x, a=a: a @ x, mode=mode), x) * 1e3)

fig, ax = plt.subplots()
for (mode, measured), style in zip(times.items(), ("o-", "s-", "k--"), strict=True):
    ax.loglog(OUTPUTS, measured, style, label=mode)
ax.axvline(INPUTS, color="0.7", zorder=0)
ax.annotate(
    "as many outputs as inputs",
    (INPUTS, ax.get_ylim()[1]),
    (-4, -4),
    textcoords="offset points",
    ha="right",
    va="top",
    rotation=90,
    color="0.5",
)
ax.set(xlabel="outputs m", ylabel="milliseconds", title="Jacobian of A x, 100 inputs")
ax.legend()
