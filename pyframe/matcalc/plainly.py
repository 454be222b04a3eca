"""Formulas evaluated in plain NumPy, one node after the other: slow, independent, also complex.

It shares nothing with the compiled evaluation, so the two check each other; analytic functions
are extended to complex arguments, with transposes that do not conjugate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

import numpy as np

from pyframe.autodiff.foreign.table import primitive
from pyframe.errors import UnsupportedOperation
from pyframe.matcalc.binding import length

Array = np.ndarray[Any, np.dtype[Any]]

_ALGEBRA = "number size symbol eye ones zeros sum product hadamard power transpose"
_PAIRS = "kron kronl kronr sylv"
_ELEMENTS = "exp log sin cos tan sinh cosh tanh expit softplus diag diagv triu toeplitz vec unvec"
_MORE = "exp2 expm1 log2 log10 log1p arcsin arccos arctan arcsinh arccosh arctanh log_expit logit"
_WHOLES = (
    "tr total det logdet cof dcof pinv expm dexpm norm2 logsumexp softmax rowlogsumexp rowsoftmax"
)
ANALYTIC = frozenset(f"{_ALGEBRA} {_PAIRS} {_ELEMENTS} {_MORE} {_WHOLES}".split())
"""Operations whose values here are analytic functions of their operands."""


def is_analytic(listing: list[Any]) -> bool:
    """Whether a formula can be followed off the real axis."""
    return all(node.operation in ANALYTIC for node in listing)


def evaluate(listing: list[Any], values: Mapping[str, Any], sizes: Mapping[str, int]) -> Array:
    """The value of the last node, a matrix: columns are n x 1, scalars 1 x 1.

    Parameters
    ----------
    listing : list
        ``Formula.listing()``.
    values : mapping
        A matrix for each symbol.
    sizes : mapping
        A number for each name of a size.
    """
    made: list[Array] = []

    for node in listing:
        x = [made[place] for place in node.operands]
        shape = length(node.shape[0], sizes), length(node.shape[1], sizes)
        made.append(_node(node, x, shape, values, sizes))
    return made[-1]


def _node(
    node: Any,
    x: list[Array],
    shape: tuple[int, int],
    values: Mapping[str, Any],
    sizes: Mapping[str, int],
) -> Array:
    operation = node.operation
    match operation:
        case "number":
            return np.full((1, 1), node.numbers[0])
        case "size":
            return np.full((1, 1), float(length(node.name, sizes)))
        case "symbol":
            return np.asarray(values[node.name]).reshape(shape)
        case "eye":
            return np.eye(shape[0])
        case "ones":
            return np.ones(shape)
        case "zeros":
            return np.zeros(shape)
        case "commutation":
            rows = length(node.name, sizes)
            order = np.arange(shape[0]).reshape(-1, rows).T.ravel()
            return np.eye(shape[0])[order]
        case "sum":
            return np.asarray(sum(c * term for c, term in zip(node.numbers, x, strict=True)))
        case "product":
            return _product(node, x, shape)
        case "hadamard":
            product = np.ones(shape)
            for factor, power in zip(x, node.numbers, strict=True):
                product = product * _power(factor, power)
            return product
        case "normp":
            p = node.numbers[0]
            return _scalar(np.sum(np.abs(x[0]) ** p) ** (1 / p))
        case "unvec":
            return x[0].reshape(shape, order="F")
        case "apply":
            return _applied(int(node.numbers[0]), x).reshape(shape)
        case _ if operation in _FUNCTIONS:
            return np.asarray(_FUNCTIONS[operation](*x))
        case _:
            raise UnsupportedOperation(f"{node.name or operation} has no plain evaluation")


def _applied(number: int, x: list[Array]) -> Array:
    """A primitive from outside, which is given vectors for columns."""
    operands = [each[:, 0] if each.shape[1] == 1 < len(each) else each for each in x]
    operands = [each[0, 0] if each.shape == (1, 1) else each for each in operands]
    return np.asarray(primitive(number).impl(*operands))


def _scalar(number: Any) -> Array:
    return np.reshape(np.asarray(number), (1, 1))


def _power(base: Array, power: float) -> Array:
    return base ** int(power) if float(power).is_integer() and power >= 0 else base**power


def _product(node: Any, x: list[Array], shape: tuple[int, int]) -> Array:
    number: Any = 1.0
    for factor, power in zip(x[: node.scalars], node.numbers[: node.scalars], strict=True):
        number = number * _power(factor, power)[0, 0]
    product = None
    for factor, power in zip(x[node.scalars :], node.numbers[node.scalars :], strict=True):
        own = factor if power == 1 else np.linalg.matrix_power(factor, int(power))
        product = own if product is None else product @ own
    return _scalar(number) if product is None else number * product.reshape(shape)


def _logdet(a: Array) -> Array:
    if not np.iscomplexobj(a):
        return _scalar(np.linalg.slogdet(a)[1])
    # The logarithm of |det| along the real axis, continued: no sign there.
    sign, log = np.linalg.slogdet(a)
    angle = np.angle(sign)
    return _scalar(log + 1j * (angle - np.pi * np.round(angle / np.pi)))


def _cofactor(a: Array) -> Array:
    n = len(a)
    minors = [
        [np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) * (-1.0) ** (i + j) for j in range(n)]
        for i in range(n)
    ]
    return np.array(minors)


def _dcof(a: Array, *along: Array) -> Array:
    """Sums of determinants in which each direction gives one row, and a unit vector another."""
    n = len(a)
    total = np.zeros((n, n), np.result_type(a, *along))
    for places in permutations(range(n), 1 + len(along)):
        rows = np.tile(a.astype(total.dtype), (n, 1, 1))
        for place, direction in zip(places[1:], along, strict=True):
            rows[:, place] = direction[place]
        rows[:, places[0]] = np.eye(n)
        total[places[0]] += np.linalg.det(rows)
    return total


def _pinv(a: Array) -> Array:
    if a.shape[0] >= a.shape[1]:
        return np.linalg.solve(a.T @ a, a.T)
    return np.linalg.solve(a @ a.T, a).T


def _expm(a: Array) -> Array:
    """By its series after halving."""
    size = float(np.linalg.norm(a, 1)) if a.size else 0.0
    if not size < 2.0**1000:
        return np.full_like(a, np.nan)
    halvings = max(0, int(np.ceil(np.log2(max(size, 1e-300)))) + 4)
    small = a / 2.0**halvings
    total = term = np.eye(len(a), dtype=a.dtype)
    for k in range(1, 20):
        term = term @ small / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def _dexpm(a: Array, *along: Array) -> Array:
    n = len(a)
    for t in along:
        beside = np.kron(np.eye(len(a) // n), t)
        a = np.block([[a, beside], [np.zeros_like(a), a]])
    return _expm(a)[:n, -n:]


def _sylv(a: Array, b: Array, c: Array) -> Array:
    """The elements of the solution, row by row, from one linear system."""
    n, m = c.shape
    system = np.kron(a, np.eye(m)) + np.kron(np.eye(n), b.T)
    return np.linalg.solve(system, c.reshape(-1, 1)).reshape(n, m)


def _kron_factor(labels: str) -> Callable[[Array, Array], Array]:
    """Blocks of a matrix paired with one factor of what could be a Kronecker product."""

    def factor(whole: Array, other: Array) -> Array:
        (n, m), (p, q) = whole.shape, other.shape
        of_other_first = labels.startswith("k")
        shape = (p, n // p, q, m // q) if of_other_first else (n // p, p, m // q, q)
        return np.asarray(np.einsum(labels, whole.reshape(shape), other))

    return factor


def _toeplitz(a: Array) -> Array:
    n, m = a.shape
    result = np.zeros_like(a)
    for k in range(1 - n, m):
        rows = np.arange(max(0, -k), min(n, m - k))
        result[rows, rows + k] = np.mean(np.diagonal(a, k))
    return result


def _logsumexp(x: Array) -> Array:
    top = np.max(np.real(x))
    return _scalar(top + np.log(np.sum(np.exp(x - top))))


def _softplus(x: Array) -> Array:
    positive = np.real(x) > 0
    return np.where(positive, x, 0) + np.log1p(np.exp(np.where(positive, -x, x)))


def _softmax(x: Array) -> Array:
    powers = np.exp(x - np.max(np.real(x)))
    return powers / np.sum(powers)


def _digamma(x: float) -> float:
    """By its recurrence, and the asymptotic series of Abramowitz and Stegun, 6.3.18."""
    if x <= 0:
        cotangent = math.pi / math.tan(math.pi * x) if x != math.floor(x) else math.nan
        return _digamma(1 - x) - cotangent
    moved = 0.0
    while x < 20:
        moved, x = moved - 1 / x, x + 1
    z = 1 / x**2
    series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z / 132))))
    return moved + math.log(x) - 0.5 / x - series


def _of_each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    return np.vectorize(function, otypes=[float])


def _by_rows(of: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda x: np.concatenate([of(row) for row in x[:, None, :]])


def _at(which: Callable[[Array], Any]) -> Callable[[Array], Array]:
    def shared(x: Array) -> Array:
        there = x == which(x)
        return there / np.sum(there)

    return shared


def _eigen(place: int) -> tuple[Callable[[Array], Array], ...]:
    def value(a: Array) -> Array:
        return _scalar(np.linalg.eigvalsh((a + a.T) / 2)[place])

    def projector(a: Array) -> Array:
        v = np.linalg.eigh((a + a.T) / 2)[1][:, place]
        return np.outer(v, v)

    def resolvent(a: Array) -> Array:
        values, vectors = np.linalg.eigh((a + a.T) / 2)
        gaps = values[place] - values
        gaps[place] = np.inf
        return (vectors / gaps) @ vectors.T

    return value, projector, resolvent


def _polar(a: Array) -> Array:
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return u @ vt


def _leading(a: Array) -> Array:
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return np.outer(u[:, 0], vt[0])


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "transpose": lambda x: x.T,
    "power": lambda x, y: x**y,
    "larger": np.maximum,
    "smaller": np.minimum,
    "kron": np.kron,
    "kronl": _kron_factor("ikjl,kl->ij"),
    "kronr": _kron_factor("kilj,kl->ij"),
    "sylv": _sylv,
    "exp": np.exp,
    "log": np.log,
    **{name: getattr(np, name) for name in _MORE.split() if hasattr(np, name)},
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "expit": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": _softplus,
    "abs": np.abs,
    "sign": np.sign,
    "relu": lambda x: np.maximum(x, 0),
    "step": lambda x: (x > 0).astype(float),
    "tr": lambda x: _scalar(np.trace(x)),
    "total": lambda x: _scalar(np.sum(x)),
    "det": lambda x: _scalar(np.linalg.det(x)),
    "logdet": _logdet,
    "cof": _cofactor,
    "dcof": _dcof,
    "pinv": _pinv,
    "expm": _expm,
    "dexpm": _dexpm,
    "diag": lambda x: np.diag(x[:, 0]),
    "diagv": lambda x: np.diagonal(x).reshape(-1, 1),
    "triu": np.triu,
    "toeplitz": _toeplitz,
    "vec": lambda x: x.reshape(-1, 1, order="F"),
    "norm1": lambda x: _scalar(np.sum(np.abs(x))),
    "norm2": lambda x: _scalar(np.sqrt(np.sum(x * x))),
    "nuc": lambda x: _scalar(np.sum(np.linalg.svd(x, compute_uv=False))),
    "norms": lambda x: _scalar(np.linalg.norm(x, 2)),
    "lmax": _eigen(-1)[0],
    "pmax": _eigen(-1)[1],
    "rmax": _eigen(-1)[2],
    "lmin": _eigen(0)[0],
    "pmin": _eigen(0)[1],
    "rmin": _eigen(0)[2],
    "polar": _polar,
    "leading": _leading,
    "max": lambda x: _scalar(np.max(x)),
    "min": lambda x: _scalar(np.min(x)),
    "atmax": _at(np.max),
    "atmin": _at(np.min),
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "rowlogsumexp": _by_rows(_logsumexp),
    "rowsoftmax": _by_rows(_softmax),
    "log_expit": lambda x: -_softplus(-x),
    "logit": lambda x: np.log(x / (1 - x)),
    "erf": _of_each(math.erf),
    "erfc": _of_each(math.erfc),
    "ndtr": lambda x: _of_each(math.erfc)(-x / math.sqrt(2)) / 2,
    "gamma": _of_each(math.gamma),
    "gammaln": _of_each(math.lgamma),
    "digamma": _of_each(_digamma),
}
