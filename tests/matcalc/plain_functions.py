"""The functions of the language over real arrays (traced or not) and over complex ones.

Functions with a kink (abs, max, relu, norms by singular values) choose their side by the real
part, so that near a point off the kink they are analytic.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.linalg


def scalar(value):
    return np.reshape(value, (1, 1))


def integer(value):
    return round(float(value[0, 0]))


def power(a, b):
    return a**b


def kron(a, b):
    blocks = a[:, None, :, None] * b[None, :, None, :]
    return np.reshape(blocks, (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


def vec(x):
    return np.reshape(x.T, (-1, 1))


def unvec(v, rows):
    return np.reshape(v, (-1, integer(rows))).T


def diag(v):
    return v * np.eye(v.shape[0])


def diagv(x):
    return np.sum(x * np.eye(x.shape[0]), axis=1, keepdims=True)


def filled(number):
    """Of one size a column, of two a matrix."""
    return lambda rows, columns=None: np.full(
        (integer(rows), 1 if columns is None else integer(columns)), number
    )


def softmax(x):
    powers = np.exp(x)
    return powers / np.sum(powers)


def by_rows(function):
    return lambda x: np.concatenate([function(row) for row in x[:, None]])


def cof(x):
    """The matrix of cofactors, each the determinant of a minor."""
    n = x.shape[0]
    minors = [[np.delete(np.delete(x, i, 0), j, 1) for j in range(n)] for i in range(n)]
    return np.array(
        [[(-1) ** (i + j) * np.linalg.det(minors[i][j]) for j in range(n)] for i in range(n)]
    )


def dcof(x, *along):
    """The derivative of the cofactors along one matrix after another, by interpolation."""
    *others, e = along
    n = x.shape[0]

    def at(y):
        return dcof(y, *others) if others else cof(y)

    # A polynomial of degree n - 1 in the step: its slope from as many values.
    steps = np.arange(n) - (n - 1) / 2
    values = np.stack([at(x + h * e) for h in steps])
    powers = np.vander(steps, increasing=True)
    return np.tensordot(np.linalg.inv(powers)[min(1, n - 1)], values, 1) * (n > 1)


def dexpm(a, *along):
    """The derivative of the exponential at a along all others: a block of a larger exponential."""
    n = a.shape[0]
    for t in along:
        beside = np.kron(np.eye(a.shape[0] // n), t)
        a = np.block([[a, beside], [np.zeros(a.shape), a]])
    return scipy.linalg.expm(a)[:n, -n:]


def sylv(a, b, c):
    """The solution Y of a Y + Y b = c, as one linear system."""
    n, m = c.shape
    system = np.kron(a, np.eye(m)) + np.kron(np.eye(n), b.T)
    return np.reshape(np.linalg.solve(system, np.reshape(c, (-1, 1))), (n, m))


def kron_factor(labels):
    """What a factor of a Kronecker product is paired with in <kron(a, b), whole>."""

    def found(whole, other):
        a, b = (n // k for n, k in zip(whole.shape, other.shape, strict=True))
        c, d = other.shape
        shape = (a, c, b, d) if labels[0] == "i" else (c, a, d, b)
        return np.einsum(labels, np.reshape(whole, shape), other)

    return found


def polar(x):
    u, _, v = np.linalg.svd(x, full_matrices=False)
    return u @ v


def leading(x):
    u, _, v = np.linalg.svd(x, full_matrices=False)
    return np.outer(u[:, 0], v[0])


def projector(place):
    def found(x):
        v = np.linalg.eigh((x + x.T) / 2)[1][:, place]
        return np.outer(v, v)

    return found


def resolvent(place):
    """The pseudo-inverse of l I - x for one eigenvalue l, from the other eigenvectors."""

    def found(x):
        values, vectors = np.linalg.eigh((x + x.T) / 2)
        gaps = values[place] - np.delete(values, place)
        others = np.delete(vectors, place, axis=1)
        return others @ np.diag(1 / gaps) @ others.T

    return found


def shared(best):
    """One at the best elements, shared among equal ones."""

    def found(x):
        places = (x == best(x)) * 1.0
        return places / np.sum(places)

    return found


def commutation(rows, columns):
    """The matrix K with K vec(X) = vec(X') for an X of this shape."""
    rows, columns = integer(rows), integer(columns)
    places = np.arange(rows * columns).reshape(columns, rows).T.ravel()
    return np.eye(rows * columns)[places]


def toeplitz(x):
    """Every element of a diagonal replaced by the diagonal's mean."""
    n = x.shape[0]
    offset = np.subtract.outer(np.arange(n), np.arange(n))
    return sum(np.trace(x, -k) / (n - abs(k)) * (offset == k) for k in range(1 - n, n))


BOTH = {
    "inner": lambda a, b: scalar(np.sum(a * b)),
    "tr": lambda x: scalar(np.trace(x)),
    "det": lambda x: scalar(np.linalg.det(x)),
    "inv": np.linalg.inv,
    "sum": lambda x: scalar(np.sum(x)),
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "softmax": softmax,
    "rowsoftmax": by_rows(softmax),
    "rowlogsumexp": lambda x: np.log(np.sum(np.exp(x), axis=1, keepdims=True)),
    "logsumexp": lambda x: scalar(np.log(np.sum(np.exp(x)))),
    "diag": diag,
    "diagv": diagv,
    "vec": vec,
    "unvec": unvec,
    "kron": kron,
    "eye": lambda n: np.eye(integer(n)),
    "ones": filled(1.0),
    "zeros": filled(0.0),
    "expm": scipy.linalg.expm,
    "cof": cof,
    "dcof": dcof,
    "dexpm": dexpm,
    "sylv": sylv,
    "kronl": kron_factor("ikjl,kl->ij"),
    "kronr": kron_factor("kilj,kl->ij"),
    "triu": np.triu,
    "commutation": commutation,
    "toeplitz": toeplitz,
}

REAL = BOTH | {
    "softplus": lambda x: np.logaddexp(0, x),
    "logdet": lambda x: scalar(np.linalg.slogdet(x)[1]),
    "pinv": np.linalg.pinv,
    "norm1": lambda x: scalar(np.sum(np.abs(x))),
    "norm2": lambda x: scalar(np.sqrt(np.sum(x * x))),
    "normp": lambda x, p: scalar(np.sum(np.abs(x) ** float(p[0, 0])) ** (1 / float(p[0, 0]))),
    "nuc": lambda x: scalar(np.sum(np.linalg.svd(x, compute_uv=False))),
    "norms": lambda x: scalar(np.linalg.svd(x, compute_uv=False)[0]),
    "lmax": lambda x: scalar(np.linalg.eigvalsh((x + x.T) / 2)[-1]),
    "lmin": lambda x: scalar(np.linalg.eigvalsh((x + x.T) / 2)[0]),
    "max": lambda x, y=None: scalar(np.max(x)) if y is None else np.maximum(x, y),
    "min": lambda x, y=None: scalar(np.min(x)) if y is None else np.minimum(x, y),
    "relu": lambda x: np.maximum(x, 0.0),
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "abs": np.abs,
    "sign": np.sign,
    "polar": polar,
    "leading": leading,
    "pmax": projector(-1),
    "pmin": projector(0),
    "rmax": resolvent(-1),
    "rmin": resolvent(0),
    "atmax": shared(np.max),
    "atmin": shared(np.min),
}


def absolute(x):
    return x * np.sign(np.real(x))


def squares(x):
    """Squares of the singular values; where real ones are simple, analytic."""
    small = x @ x.T if x.shape[0] <= x.shape[1] else x.T @ x
    return np.linalg.eigvals(small)


def extreme(values, best):
    """The one whose real part is best."""
    flat = np.ravel(values)
    return scalar(flat[best(np.real(flat))])


def choice(a, b, sign):
    return np.where(sign * np.real(a) >= sign * np.real(b), a, b)


def pinv(x):
    """Of full rank, written so that it stays analytic."""
    if x.shape[0] >= x.shape[1]:
        return np.linalg.solve(x.T @ x, x.T)
    return np.linalg.solve(x @ x.T, x).T


def logdet(x):
    det = np.linalg.det(x)
    return scalar(np.log(det * np.sign(np.real(det))))


def expm(x):
    """The series of a part so small that it is short, squared again and again."""
    halvings = max(0, math.ceil(math.log2(np.max(np.abs(x), initial=1e-3) * x.shape[0])) + 1)
    small, term = x / 2.0**halvings, np.eye(x.shape[0])
    total = term
    for k in range(1, 20):
        term = term @ small / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def spectrum(x):
    """Eigenvalues of a symmetric matrix by their real parts, and vectors v with v' v = 1."""
    values, vectors = np.linalg.eig((x + x.T) / 2)
    order = np.argsort(np.real(values))
    vectors = vectors[:, order]
    return values[order], vectors / np.sqrt(np.sum(vectors * vectors, axis=0) + 0j)


def analytic_polar(x):
    """Of full rank: x times the root of the inverse of x' x."""
    if x.shape[0] < x.shape[1]:
        return analytic_polar(x.T).T
    values, vectors = spectrum(x.T @ x)
    return x @ (vectors / np.sqrt(values + 0j)) @ vectors.T


def analytic_resolvent(place):
    def found(x):
        values, vectors = spectrum(x)
        gaps = values[place] - np.delete(values, place)
        others = np.delete(vectors, place, axis=1)
        return (others / gaps) @ others.T

    return found


def normp(x, p):
    p = float(np.real(p[0, 0]))
    return scalar(np.sum(absolute(x) ** p) ** (1 / p))


COMPLEX = BOTH | {
    "expm": expm,
    "logdet": logdet,
    "pinv": pinv,
    "norm1": lambda x: scalar(np.sum(absolute(x))),
    "norm2": lambda x: scalar(np.sqrt(np.sum(x * x))),
    "normp": normp,
    "nuc": lambda x: scalar(np.sum(np.sqrt(squares(x) + 0j))),
    "norms": lambda x: scalar(np.sqrt(extreme(squares(x), np.argmax) + 0j)),
    "lmax": lambda x: extreme(np.linalg.eigvals((x + x.T) / 2), np.argmax),
    "lmin": lambda x: extreme(np.linalg.eigvals((x + x.T) / 2), np.argmin),
    "max": lambda x, y=None: extreme(x, np.argmax) if y is None else choice(x, y, 1),
    "min": lambda x, y=None: extreme(x, np.argmin) if y is None else choice(x, y, -1),
    "relu": lambda x: np.where(np.real(x) <= 0, 0, x),
    "step": lambda x: (np.real(x) > 0) * 1.0,
    "abs": absolute,
    "sign": lambda x: np.sign(np.real(x)) + 0j,
    "polar": analytic_polar,
    "rmax": analytic_resolvent(-1),
    "rmin": analytic_resolvent(0),
}
