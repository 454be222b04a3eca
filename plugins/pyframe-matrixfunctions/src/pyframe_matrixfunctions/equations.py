"""Solutions of linear matrix equations: Sylvester's, and Lyapunov's in discrete time.

With an equation L(A, X) = C, linear in X, comes L(A, dX) = dC - L(dA, X).
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

import pyframe as pf
from pyframe_matrixfunctions.samples import contraction, right_half


@pf.primitive(
    "sylvester",
    linear="C",
    shape=lambda A, B, C: C,
    shapes=((3, 3), (2, 2), (3, 2)),
    sample=lambda rng, A, B, C: (right_half(rng, A), right_half(rng, B), rng.standard_normal(C)),
    proof="on-first-use",
    reference="Golub and Van Loan, Matrix Computations, 7.6.3",
)
def sylvester(A, B, C):
    """The X with A X + X B = C; A and -B have no eigenvalue in common."""
    return scipy.linalg.solve_sylvester(A, B, C)


sylvester.transpose(lambda A, B, V: sylvester(A.T, B.T, V))
sylvester.rule(lambda y, A, B, C, dA, dB, dC: sylvester(A, B, dC - dA @ y - y @ dB))


@pf.primitive(
    "lyapunov",
    linear="Q",
    shape=lambda A, Q: Q,
    shapes=((3, 3), (3, 3)),
    sample=lambda rng, A, Q: (contraction(rng, A), rng.standard_normal(Q)),
    proof="on-first-use",
    reference="Kao and Hennequin 2020, arXiv:2011.11430",
)
def lyapunov(A, Q):
    """The X with X = A X A' + Q; the eigenvalues of A lie inside the unit circle."""
    n = len(A)
    if np.iscomplexobj(A):
        # SciPy conjugates.
        return np.linalg.solve(np.eye(n * n) - np.kron(A, A), np.ravel(Q)).reshape(n, n)
    return scipy.linalg.solve_discrete_lyapunov(A, Q)


lyapunov.transpose(lambda A, V: lyapunov(A.T, V))
lyapunov.rule(lambda y, A, Q, dA, dQ: lyapunov(A, dQ + dA @ y @ A.T + A @ y @ dA.T))
