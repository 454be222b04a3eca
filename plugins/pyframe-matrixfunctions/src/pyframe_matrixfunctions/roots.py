"""The square root of a matrix: Y Y = A gives Y dY + dY Y = dA."""

from __future__ import annotations

import numpy as np
import scipy.linalg

import pyframe as pf
from pyframe_matrixfunctions.equations import sylvester
from pyframe_matrixfunctions.samples import right_half

ROUNDING = 1e-6
"""An imaginary part that is no more than this, relative, comes from rounding."""


@pf.primitive(
    "sqrtm",
    shape=lambda A: A,
    shapes=((3, 3),),
    sample=right_half,
    proof="on-first-use",
    reference="Higham, Functions of Matrices, 6.1",
)
def sqrtm(A):
    """The principal square root of a matrix without eigenvalues on the negative real axis."""
    root = scipy.linalg.sqrtm(A)
    if np.iscomplexobj(root) and not np.iscomplexobj(A):
        if np.max(np.abs(root.imag), initial=0.0) > ROUNDING * np.max(np.abs(root), initial=0.0):
            raise np.linalg.LinAlgError("sqrtm of a matrix that has no real square root")
        root = root.real
    return root


sqrtm.rule(lambda y, A, dA: sylvester(y, y, dA))
