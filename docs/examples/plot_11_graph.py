"""
A computational graph
=====================

The lecture's :math:`L(w_1, w_2) = w_2 \\log w_1 + \\sqrt{w_2 \\log w_1}`, node by node: the
value, the tangents of forward mode along each argument, and the adjoint of reverse mode.
"""

# sphinx_gallery_thumbnail_path = '_build/graph.svg'
import numpy as np

import pyframe as pf


def L(w1, w2):
    return w2 * np.log(w1) + np.sqrt(w2 * np.log(w1))


pf.draw(L, 2.0, 3.0)
