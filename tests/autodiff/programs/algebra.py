"""Products of arrays and dense linear algebra; matrices are made safe by A A^T + I first."""

from __future__ import annotations

import numpy as np
from autodiff.programs.ops import op


def _matrix_pair(name, weight, text, fits, dims=(1, 3)):
    @op(name, weight)
    def propose(draft):
        x = draft.array(*dims)
        if x is None:
            return None
        y = draft.pick(lambda v: fits(np.shape(draft.values[x]), np.shape(v)))
        if y is None:
            return None
        return (draft.one(*text),), (x, y)


def chained(a, b):
    """Shapes that matmul takes."""
    return bool(b) and a[-1] == b[-2 if len(b) > 1 else 0] and max(len(a), len(b)) < 4


def last_equal(a, b):
    return bool(b) and a[-1] == b[-1] and len(a) + len(b) < 5


_matrix_pair("operator.matmul", 2.0, ("{0} @ {1}", "np.matmul({0}, {1})"), chained)
_matrix_pair("np.dot", 1.2, ("np.dot({0}, {1})", "{0}.dot({1})"), chained)
_matrix_pair("np.inner", 0.8, ("np.inner({0}, {1})",), last_equal)
_matrix_pair(
    "np.outer",
    0.8,
    ("np.outer({0}, {1})",),
    lambda a, b: np.prod(a, dtype=int) * np.prod(b, dtype=int) < 40,
)
_matrix_pair(
    "np.vdot",
    0.4,
    ("np.vdot({0}, {1})",),
    lambda a, b: np.prod(a, dtype=int) == np.prod(b, dtype=int),
    (1, 2),
)
_matrix_pair(
    "np.kron",
    0.5,
    ("np.kron({0}, {1})",),
    lambda a, b: len(a) == len(b) and np.prod(a) * np.prod(b) < 40,
    (1, 2),
)
_matrix_pair(
    "np.tensordot",
    0.8,
    (
        "np.tensordot({0}, {1}, axes=1)",
        "np.tensordot({0}, {1}, axes=([-1], [0]))",
        "np.tensordot({0}, {1}, 1)",
    ),
    lambda a, b: bool(b) and a[-1] == b[0] and len(a) + len(b) < 6,
)


@op("np.einsum", 1.2)
def _einsum(draft):
    x = draft.array()
    if x is None:
        return None
    shape = np.shape(draft.values[x])
    alone = {
        1: ["i->", "i->i"],
        2: ["ij->ji", "ij->i", "ij->", "ij->j", "ii->", "ii->i"],
        3: ["ijk->kij", "ijk->j", "ijk->"],
    }[len(shape)]
    if draft.chance(0.3):
        text = draft.one(*alone)
        if "ii" in text and shape[0] != shape[1]:
            return None  # NumPy reads what is not there when the first axis has length 0
        return (f"np.einsum({text!r}, {{0}})",), (x,)
    y = draft.pick(lambda v: np.ndim(v) and np.shape(v)[0] == shape[-1] and np.ndim(v) < 3)
    if y is None:
        return None
    a = "ijk"[: len(shape)]
    b = a[-1] + "z" * (np.ndim(draft.values[y]) - 1)
    letters = list(dict.fromkeys(a + b))
    keep = [c for c in letters if draft.chance(0.6)]
    draft.rng.shuffle(keep)
    return (f"np.einsum('{a},{b}->{''.join(keep)}', {{0}}, {{1}})",), (x, y)


@op("einsum.any", 1.0)
def _any_einsum(draft):
    """Any labels: repeated in one operand, shared by two or three, kept or summed."""
    x = draft.array()
    if x is None:
        return None
    operands = [x, *(draft.array(1, 3) for _ in range(draft.one(0, 1, 1, 2)))]
    lengths, terms = {}, []
    for name in operands:
        term = ""
        for n in np.shape(draft.values[name]):
            known = [
                c for c, m in lengths.items() if m == n and (c not in term or draft.chance(0.3))
            ]
            if known and n and draft.chance(0.7):
                term += draft.one(*known)
            else:
                term += "abcdefghi"[len(lengths)]
                lengths[term[-1]] = n
        terms.append(term)
    kept = [c for c in lengths if draft.chance(0.5)]
    draft.rng.shuffle(kept)
    if np.prod([float(n) for n in lengths.values()]) > 400:
        return None
    slots = ", ".join(f"{{{k}}}" for k in range(len(operands)))
    best = draft.one("", "", ", optimize=True")
    return (f"np.einsum('{','.join(terms)}->{''.join(kept)}', {slots}{best})",), tuple(operands)


@op("np.convolve", 0.5)
def _convolve(draft):
    x, y = (draft.pick(lambda v: np.ndim(v) == 1 and np.size(v) > 0) for _ in range(2))
    if x is None:
        return None
    return (draft.one("np.convolve({0}, {1})", "np.convolve({0}, {1}, 'same')"),), (x, y)


@op("np.cross", 0.4)
def _cross(draft):
    x, y = (draft.pick(lambda v: np.ndim(v) > 0 and np.shape(v)[-1] == 3) for _ in range(2))
    return None if x is None else (("np.cross({0}, {1})",), (x, y))


@op("np.trace", 0.8)
def _trace(draft):
    x = draft.array(2, 2)
    return None if x is None else ((draft.one("np.trace({0})", "np.trace({0}, 1)"),), (x,))


@op("np.diag", 0.8)
def _diag(draft):
    x = draft.array(1, 2)
    return None if x is None else ((draft.one("np.diag({0})", "np.diag({0}, 1)"),), (x,))


@op("np.diagonal", 0.4)
def _diagonal(draft):
    x = draft.array(2, 2)
    return None if x is None else (("np.diagonal({0})",), (x,))


def square(v):
    return np.ndim(v) == 2 and np.shape(v)[0] == np.shape(v)[1] > 0


def _safe(name, weight, *texts, right=False):
    @op(name, weight)
    def propose(draft):
        x = draft.array(2, 2)
        if x is None:
            return None
        n = np.shape(draft.values[x])[0]
        symmetric = f"({{0}} @ {{0}}.T + np.eye({n}))"
        general = f"({{0}} + {2 + n}.0 * np.eye({n}))" if square(draft.values[x]) else symmetric
        matrix = symmetric if name == "np.linalg.cholesky" else draft.one(symmetric, general)
        if draft.wild and square(draft.values[x]) and name == "np.linalg.det":
            matrix = "{0}"
        operands = (x,)
        if right:
            y = draft.pick(lambda v: np.ndim(v) in {1, 2} and np.shape(v)[0] == n)
            if y is None:
                return None
            operands = (x, y)
        return (draft.one(*texts).replace("MATRIX", matrix),), operands


_safe("np.linalg.inv", 1.0, "np.linalg.inv(MATRIX)")
_safe("np.linalg.det", 1.0, "np.linalg.det(MATRIX)")
_safe("np.linalg.slogdet", 1.0, "np.linalg.slogdet(MATRIX)[1]")
_safe("np.linalg.cholesky", 1.0, "np.linalg.cholesky(MATRIX)")
_safe("np.linalg.solve", 1.5, "np.linalg.solve(MATRIX, {1})", right=True)


def tame(v):
    """A matrix whose singular values LAPACK finds: of infinities it may look for them for ever."""
    return np.ndim(v) == 2 and np.size(v) > 0 and bool(np.all(np.abs(v) < 1e6))


@op("np.linalg.pinv", 0.6)
def _pinv(draft):
    """Of independent columns."""
    x = draft.pick(tame)
    if x is None:
        return None
    n = np.shape(draft.values[x])[1]
    return (f"np.linalg.pinv(np.concatenate([{{0}}, np.eye({n})], axis=0))",), (x,)


@op("np.linalg.eigvalsh", 0.5)
def _eigvalsh(draft):
    """Of a matrix whose eigenvalues lie apart, mostly."""
    x = draft.pick(tame)
    if x is None:
        return None
    apart = [float(4 * k) for k in range(np.shape(draft.values[x])[0])]
    return (f"np.linalg.eigvalsh({{0}} @ {{0}}.T + np.diag(np.array({apart})))",), (x,)


@op("np.linalg.matrix_power", 0.5)
def _matrix_power(draft):
    x = draft.pick(square)
    if x is None:
        return None
    return (f"np.linalg.matrix_power({{0}}, {draft.one(1, 2, 2, 3, 5)})",), (x,)
