"""Derivatives of high order along a direction, by Taylor series over the recorded graph.

>>> import numpy as np, pyframe_taylor
>>> pyframe_taylor.taylor(np.exp, 0.0, 1.0, 4)
array([1.        , 1.        , 0.5       , 0.16666667, 0.04166667])
"""

from pyframe_taylor.mode import Taylor, taylor

__all__ = ["Taylor", "taylor"]
