"""Rules of the reference for functions that neither move elements nor are linear."""

from __future__ import annotations

import numpy as np
from autodiff import composed
from autodiff import reference_rules as rules
from autodiff.reference_ad import Traced, by_affine, by_basis, raw, strong, summed


def where(tape, condition, a, b):
    x, y = raw(a), raw(b)
    value = np.where(condition, x, y)
    pulls = []
    if isinstance(a, Traced):
        pulls.append((a.node, lambda g: summed(np.where(condition, g, 0.0), x.shape)))
    if isinstance(b, Traced):
        pulls.append((b.node, lambda g: summed(np.where(condition, 0.0, g), y.shape)))
    return tape.new(value, pulls)


def clip(tape, x, low=None, high=None):
    def pull(g):
        v = x.value
        lowest = -np.inf if low is None else low
        highest = np.inf if high is None else high
        note = tape.noter(g)
        note.at("K6 clip", np.fmin(np.abs(v - lowest), np.abs(v - highest)))
        weight = np.where((v == lowest) | (v == highest), tape.conventions.clip_at_bound, 1.0)
        return strong(g, np.where((v < lowest) | (v > highest), 0.0, weight))

    return tape.new(np.clip(x.value, low, high), [(x.node, pull)])


def sinc(tape, x):
    value = np.sinc(x.value)
    return tape.new(
        value, [(x.node, lambda g: strong(g, rules.SINC(tape.noter(g), x.value, value)))]
    )


def _kept(x, axis):
    """The shape of a reduction that keeps its axes."""
    return np.sum(np.empty(x.shape), axis=axis, keepdims=True).shape


def extreme(function):
    def rule(tape, x, axis=None, keepdims=False):
        value = function(x.value, axis=axis, keepdims=keepdims)

        def pull(g):
            kept = _kept(x, axis)
            hit = x.value == np.reshape(value, kept)
            many = hit.sum(axis=axis, keepdims=True).reshape(kept)
            note = tape.noter(g.reshape(kept))
            note("K3 tie", many > 1)
            gap = np.where(hit, 1.0, np.abs(x.value - np.reshape(value, kept)))
            note.at("K3 tie", gap, x.value)
            return strong(g.reshape(kept), np.where(hit, 1 / many, 0.0))

        return tape.new(value, [(x.node, pull)])

    return rule


def product(function):
    def rule(tape, x, **options):
        def apply(v):
            return function(v, **options)

        if np.any(x.value == 0):
            tape.kinks.add("removable: zero in a product")
        return tape.new(apply(x.value), [(x.node, by_affine(apply, x.value))])

    return rule


def spread(function):
    """Variance and standard deviation; that of a constant has derivative 0 (K4)."""

    def rule(tape, x, axis=None, ddof=0, keepdims=False):
        value = function(x.value, axis=axis, ddof=ddof, keepdims=keepdims)

        def pull(g):
            kept = _kept(x, axis)
            v = x.value
            free = v.size / max(np.prod(kept, dtype=int), 1) - ddof
            mean = np.mean(v, axis=axis, keepdims=True) * (1 + tape.conventions.loss)
            slope = 2 * (v - mean) / free
            note = tape.noter(g.reshape(kept))
            if function is np.std:
                s = np.reshape(value, kept)
                over = {"axis": axis, "keepdims": True}
                equal = np.max(v, **over, initial=-np.inf) == np.min(v, **over, initial=np.inf)
                note("K4 std", equal)
                note.at("K4 std", s)
                slope = np.where(equal, 0.0, slope / (2 * np.where(equal, 1.0, s)))
            return strong(g.reshape(kept), slope)

        return tape.new(value, [(x.node, pull)])

    return rule


def sort(tape, x, axis=-1):
    order = np.argsort(x.value, axis=axis, kind="stable")
    ordered = np.take_along_axis(x.value, order, axis=axis)
    tape.noter(1.0).at("K3 sort", np.diff(ordered, axis=axis), np.max(np.abs(x.value), initial=0))
    numbers = np.arange(1, x.size + 1).reshape(x.shape)
    return x._gather(np.take_along_axis(numbers, order, axis=axis), [x])


def norm(tape, x, ord=None, axis=None, keepdims=False):  # noqa: A002 - NumPy's name
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        if x.size == 0:
            return tape.new(np.linalg.norm(x.value, np.inf, axis, keepdims))
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    value = np.linalg.norm(x.value, axis=axis, keepdims=keepdims)

    def pull(g):
        kept = _kept(x, axis)
        n = np.reshape(value, kept)
        tape.noter(g.reshape(kept)).at("K4 norm", n)
        return strong(g.reshape(kept), np.where(n == 0, 0.0, x.value / np.where(n == 0, 1.0, n)))

    return tape.new(value, [(x.node, pull)])


def einsum(tape, text, *operands, optimize=False):
    values = [raw(a) for a in operands]

    def linear(k):
        return lambda e: np.einsum(text, *values[:k], e, *values[k + 1 :])

    pulls = [
        (a.node, by_basis(tape, linear(k), a.shape))
        for k, a in enumerate(operands)
        if isinstance(a, Traced)
    ]
    return tape.new(np.einsum(text, *values, optimize=optimize), pulls)


def shaken(tape, x):
    """The matrix; when rounding is measured, each element off by a share of the largest."""
    v = raw(x)
    off = tape.conventions.loss * np.max(np.abs(v), initial=0.0)
    return v + off * np.cos(7.0 * np.arange(v.size)).reshape(v.shape)


def inv(tape, x):
    y = np.linalg.inv(shaken(tape, x))
    return tape.new(y, [(x.node, lambda g: -y.T @ g @ y.T)])


def pinv(tape, x):
    """Along matrices of one rank (Golub and Pereyra, 1973)."""
    a = shaken(tape, x)
    p = np.linalg.pinv(a)

    def pull(g):
        outside, beside = np.eye(len(a)) - a @ p, np.eye(len(p)) - p @ a
        return -p.T @ g @ p.T + outside @ g.T @ p @ p.T + p.T @ p @ g.T @ beside

    return tape.new(p, [(x.node, pull)])


def solve(tape, a, b):
    matrix, right = shaken(tape, a), raw(b)
    y = np.linalg.solve(matrix, right)
    pulls = []
    if isinstance(a, Traced):
        pulls.append(
            (
                a.node,
                lambda g: (
                    -np.multiply.outer(np.linalg.solve(matrix.T, g), y)
                    if y.ndim == 1
                    else -np.linalg.solve(matrix.T, g) @ y.T
                ),
            )
        )
    if isinstance(b, Traced):
        pulls.append((b.node, lambda g: np.linalg.solve(matrix.T, g)))
    return tape.new(y, pulls)


def det(tape, x):
    """The partials are cofactors: the determinant with a row replaced by a unit vector.

    Of large matrices that loses digits, and the inverse does not.
    """
    matrix = shaken(tape, x)

    def pull(g):
        if len(matrix) > 4 and np.linalg.cond(matrix) < 1e8:
            return strong(g, np.linalg.det(matrix) * np.linalg.inv(matrix).T)
        out = np.zeros(x.shape)
        for i, j in np.ndindex(*x.shape):
            replaced = matrix.copy()
            replaced[i] = 0.0
            replaced[i, j] = 1.0
            out[i, j] = np.linalg.det(replaced)
        return strong(g, out)

    return tape.new(np.linalg.det(matrix), [(x.node, pull)])


def slogdet(tape, x):
    matrix = shaken(tape, x)
    sign, value = np.linalg.slogdet(matrix)
    return sign, tape.new(value, [(x.node, lambda g: strong(g, np.linalg.inv(matrix).T))])


def cholesky(tape, x):
    """The gradient on symmetric matrices, symmetrised: L^{-T} sym(phi(L^T G)) L^{-1}."""
    factor = np.linalg.cholesky(shaken(tape, x))

    def pull(g):
        lower = np.tril(factor.T @ g)
        lower[np.diag_indices_from(lower)] *= 0.5
        inverse = np.linalg.inv(factor)
        s = inverse.T @ lower @ inverse
        return 0.5 * (s + s.T)

    return tape.new(factor, [(x.node, pull)])


def eigvalsh(tape, x):
    value, vectors = np.linalg.eigh(shaken(tape, x))

    def pull(g):
        tape.noter(1.0).at("equal eigenvalues", np.diff(value), np.max(np.abs(value)))
        return shaken(tape, (vectors * g) @ vectors.T)

    return tape.new(value, [(x.node, pull)])


def composed_of(f):
    """A function written in terms of others that have rules."""
    return lambda tape, *args, **options: f(*args, **options)


RULES = {
    np.where: where,
    np.clip: clip,
    np.sinc: sinc,
    np.max: extreme(np.max),
    np.amax: extreme(np.max),
    np.min: extreme(np.min),
    np.amin: extreme(np.min),
    np.prod: product(np.prod),
    np.cumprod: product(np.cumprod),
    np.var: spread(np.var),
    np.std: spread(np.std),
    np.sort: sort,
    np.linalg.norm: norm,
    np.einsum: einsum,
    np.linalg.inv: inv,
    np.linalg.solve: solve,
    np.linalg.det: det,
    np.linalg.slogdet: slogdet,
    np.linalg.cholesky: cholesky,
    np.linalg.eigvalsh: eigvalsh,
    np.linalg.pinv: pinv,
    np.linalg.matrix_power: composed_of(composed.matrix_power),
    np.median: composed_of(composed.median),
    np.quantile: composed_of(composed.quantile),
    np.percentile: composed_of(composed.percentile),
    np.ptp: composed_of(composed.ptp),
    np.average: composed_of(composed.average),
    np.cross: composed_of(composed.cross),
    np.select: composed_of(composed.select),
    np.zeros_like: lambda tape, x: np.zeros(x.shape),
}
