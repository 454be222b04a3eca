"""
The lecture's comparison
========================

The error of the best point against iterations: straight lines for dichotomy and golden
section, a cliff for interpolation.
"""

from pyframe.draw import draw_comparison

ax = draw_comparison()
