"""
Which steps a criterion takes
=============================

The lecture's criteria on one phi, with the lines that they compare it with.
"""

from pyframe.draw import draw_acceptance

ax = draw_acceptance()
