"""
A bracket that shrinks
======================

Golden section: one evaluation for each rung.
"""

import math

import pyframe as pf
from pyframe.draw import draw_bracket

result = pf.minimize_scalar(
    lambda x: -x * math.exp(-(x**2) / 16), (0, 6), method="golden", trace=True
)
ax = draw_bracket(result, minimizer=math.sqrt(8))
