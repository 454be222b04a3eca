"""Choices whose other branch has no derivative: products of what is infinite there (K1)."""

from __future__ import annotations

import numpy as np
from autodiff.programs.ops import op

# Of a vector: Z has zeros in the place of its elements.
SINGULAR = (
    "(1.0 / np.outer(Z, X)) @ X",
    "X @ np.log(np.outer(Z, Z))",
    "np.dot(np.log(Z), X) * X",
    "np.dot(X, np.sqrt(Z)) / Z",
    "np.inner(1.0 / Z, np.sqrt(Z)) + X",
    "np.einsum('ij,j->i', np.log(np.outer(Z, X)), np.sqrt(Z))",
    "np.einsum('i,j,j->i', 1.0 / Z, X, X)",
    "np.outer(np.log(Z), X)[0]",
    "np.tensordot(np.outer(X, 1.0 / Z), np.sqrt(Z), 1)",
    "np.kron(np.sqrt(Z), X)[:SIZE]",
    "np.vdot(1.0 / Z, X) * X",
    "(np.outer(X, 1.0 / Z) @ np.outer(Z, X))[:, 0]",
    "np.sqrt(np.outer(Z, X) @ Z)",
    "X / np.linalg.norm(Z)",
)


@op("untaken.product", 1.5)
def _untaken(draft):
    x = draft.pick(lambda v: np.ndim(v) == 1 and np.size(v) > 0)
    if x is None:
        return None
    c = draft.pick(lambda v: np.ndim(v) == 0 or np.shape(v) == np.shape(draft.values[x]))
    zeros = draft.one("(0.0 * {0})", "({0} - {0})", "np.zeros_like({0})")
    product = draft.one(*SINGULAR).replace("SIZE", str(np.size(draft.values[x])))
    product = product.replace("X", "{0}").replace("Z", zeros)
    condition = f"{{1}} {draft.one('>', '<')} {draft.one('0.0', '1.0', '-1.0', '4.0', '-4.0')}"
    return (f"np.where({condition}, {product}, {draft.one('0.5 * {0}', '{0}', '{0} * {0}')})",), (
        x,
        c,
    )
