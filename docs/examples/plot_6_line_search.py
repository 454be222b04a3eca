"""
The trials of a line search
===========================

What was tried, in which order, and what the criterion said.
"""

import numpy as np

import pyframe as pf


def f(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def grad(x):
    u = x[1] - x[0] ** 2
    return np.array([-400 * x[0] * u - 2 * (1 - x[0]), 200 * u])


x = np.array([-1.2, 1.0])
d = -grad(x)
criterion = pf.criteria.StrongWolfe(c2=0.1)
result = pf.line_search(f, x, d, grad, criterion, "more-thuente", 1e-4, trace=True)
ax = pf.draw(result, phi=lambda alpha: f(x + alpha * d), start=(f(x), grad(x) @ d))
