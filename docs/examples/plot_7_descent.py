"""
A minimisation
==============

Value and gradient after each iteration of L-BFGS on Rosenbrock's function.
"""

import numpy as np

import pyframe as pf


def f(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def grad(x):
    u = x[1] - x[0] ** 2
    return np.array([-400 * x[0] * u - 2 * (1 - x[0]), 200 * u])


result = pf.minimize(f, [-1.2, 1.0], grad, trace=True)
ax = pf.draw(result, minimum=0.0)
