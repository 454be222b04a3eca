"""
Why golden section costs one evaluation
=======================================

The point that stays is where the next bracket wants it.
"""

from pyframe.draw import draw_golden_section

ax = draw_golden_section()
