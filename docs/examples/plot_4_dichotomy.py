"""
Dichotomy, step by step
=======================

Ten evaluations, drawn from the trace alone.
"""

import math

import pyframe as pf
from pyframe.draw import draw_frames


def valley(x):
    return -x * math.exp(-(x**2) / 16)


result = pf.minimize_scalar(valley, (0, 6), method="dichotomy", trace=True)
figure = draw_frames(result, valley)
