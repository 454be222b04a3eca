"""
Every criterion there is
========================

Any that the registry knows can be drawn, a plugin's as well.
"""

import pyframe as pf
from pyframe.draw import draw_acceptance

ax = draw_acceptance([known.record for known in pf.plugins("criterion")], upper=7.4)
