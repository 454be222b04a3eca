"""Derivatives of high order along a direction, by Taylor series over the recorded graph.

>>> import numpy as np, pyframe_taylor
>>> pyframe_taylor.taylor(np.exp, 0.0, 1.0, 4)
array([1.        , 1.        , 0.5       , 0.16666667, 0.04166667])
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(__name__, submod_attrs={"mode": ["Taylor", "taylor"]})
