"""Rows of the table of primitives: functions of each element."""

from __future__ import annotations

import zlib

import numpy as np
import scipy.special as sp
from autodiff import mp_numpy
from autodiff.mp_numpy import mp
from autodiff.op_table import Entry

from pyframe import _core

MANY = 4
INF, NAN = np.inf, np.nan


def points(name, *domains):
    """A few points in a box, the same at each run."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return tuple(rng.uniform(low, high, MANY) for low, high in domains)


def _besseli(n):
    return lambda x: mp.besseli(n, x)


def _scaled(n):
    return lambda x: mp.exp(-abs(x)) * mp.besseli(n, x)


def _same(x):
    return x


# primitive: NumPy's or SciPy's function, fifty digits, domain, (point, slope) on kinks and edges
UNARY = {
    "copy": (np.copy, _same, (-2, 2), ()),
    "negative": (np.negative, lambda x: -x, (-2, 2), ()),
    "abs": (np.abs, abs, (-3, -0.1), ((0.0, 0.0), (-0.0, 0.0), (-INF, -1.0))),
    "sign": (np.sign, mp.sign, (-3, -0.1), ((0.0, 0.0),)),
    "square": (np.square, lambda x: x * x, (-2, 2), ((0.0, 0.0), (INF, INF))),
    "reciprocal": (np.reciprocal, lambda x: 1 / x, (0.2, 3), ((0.0, -INF), (INF, 0.0))),
    "sqrt": (np.sqrt, mp.sqrt, (0.2, 3), ((0.0, INF), (INF, 0.0))),
    "cbrt": (np.cbrt, mp_numpy.ONE["cbrt"], (-3, -0.2), ((0.0, INF),)),
    "exp": (np.exp, mp.exp, (-2, 2), ((-INF, 0.0), (INF, INF))),
    "exp2": (np.exp2, lambda x: mp.mpf(2) ** x, (-2, 2), ((-INF, 0.0),)),
    "expm1": (np.expm1, mp.expm1, (-1e-3, 1e-3), ((0.0, 1.0), (-INF, 0.0))),
    "log": (np.log, mp.log, (0.1, 3), ((0.0, INF), (INF, 0.0))),
    "log2": (np.log2, lambda x: mp.log(x, 2), (0.1, 3), ((0.0, INF),)),
    "log10": (np.log10, lambda x: mp.log(x, 10), (0.1, 3), ((0.0, INF),)),
    "log1p": (np.log1p, lambda x: mp.log(1 + x), (-0.5, 1), ((-1.0, INF), (0.0, 1.0))),
    "sin": (np.sin, mp.sin, (-3, 3), ((0.0, 1.0),)),
    "cos": (np.cos, mp.cos, (-3, 3), ((0.0, 0.0),)),
    "tan": (np.tan, mp.tan, (-1.2, 1.2), ((0.0, 1.0),)),
    "arcsin": (np.arcsin, mp.asin, (-0.9, 0.9), ((1.0, INF), (-1.0, INF))),
    "arccos": (np.arccos, mp.acos, (-0.9, 0.9), ((1.0, -INF), (-1.0, -INF))),
    "arctan": (np.arctan, mp.atan, (-3, 3), ((INF, 0.0),)),
    "sinh": (np.sinh, mp.sinh, (-3, 3), ((0.0, 1.0),)),
    "cosh": (np.cosh, mp.cosh, (-3, 3), ((0.0, 0.0),)),
    "tanh": (np.tanh, mp.tanh, (-2, 2), ((INF, 0.0), (0.0, 1.0))),
    "arcsinh": (np.arcsinh, mp.asinh, (-3, 3), ((0.0, 1.0), (1e300, 1e-300))),
    "arccosh": (np.arccosh, mp.acosh, (1.2, 4), ((1.0, INF),)),
    "arctanh": (np.arctanh, mp.atanh, (-0.8, 0.8), ((1.0, INF), (0.0, 1.0))),
    "floor": (np.floor, mp.floor, (1.1, 1.9), ((2.0, 0.0),)),
    "ceil": (np.ceil, mp.ceil, (1.1, 1.9), ((2.0, 0.0),)),
    "rint": (np.rint, mp.nint, (1.6, 2.4), ((2.5, 0.0),)),
    "trunc": (np.trunc, mp_numpy.ONE["trunc"], (-1.9, -1.1), ((0.0, 0.0),)),
    "erf": (sp.erf, mp.erf, (-2, 2), ((INF, 0.0),)),
    "erfc": (sp.erfc, mp.erfc, (-2, 3), ((INF, 0.0),)),
    "erfinv": (sp.erfinv, mp.erfinv, (-0.9, 0.9), ((1.0, INF),)),
    "erfcinv": (sp.erfcinv, lambda x: mp.erfinv(1 - x), (0.1, 1.9), ((0.0, -INF),)),
    "gamma": (sp.gamma, mp.gamma, (0.3, 4), ()),
    "gammaln": (sp.gammaln, lambda x: mp.log(abs(mp.gamma(x))), (0.3, 9), ()),
    "digamma": (sp.digamma, mp.digamma, (0.3, 9), ()),
    "expit": (sp.expit, lambda x: 1 / (1 + mp.exp(-x)), (-4, 4), ((-INF, 0.0), (0.0, 0.25))),
    "log_expit": (sp.log_expit, lambda x: -mp.log(1 + mp.exp(-x)), (-9, 9), ((0.0, 0.5),)),
    "logit": (sp.logit, lambda x: mp.log(x / (1 - x)), (0.1, 0.9), ((0.0, INF), (1.0, INF))),
    "softplus": (None, lambda x: mp.log(1 + mp.exp(x)), (-9, 9), ((-INF, 0.0), (INF, 1.0))),
    "ndtr": (sp.ndtr, mp.ncdf, (-3, 3), ((-INF, 0.0),)),
    "log_ndtr": (
        sp.log_ndtr,
        lambda x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2),
        (-30, 3),
        ((INF, 0.0),),
    ),
    "ndtri": (sp.ndtri, lambda x: mp.sqrt(2) * mp.erfinv(2 * x - 1), (0.1, 0.9), ((1.0, INF),)),
    "entr": (sp.entr, lambda x: -x * mp.log(x), (0.1, 3), ((0.0, INF),)),
    "i0": (sp.i0, _besseli(0), (-3, 3), ((0.0, 0.0),)),
    "i1": (sp.i1, _besseli(1), (-3, 3), ((0.0, 0.5),)),
    "i0e": (sp.i0e, _scaled(0), (0.3, 9), ((0.0, 0.0),)),
    "i1e": (sp.i1e, _scaled(1), (0.3, 9), ((0.0, 0.5),)),
    "j0": (sp.j0, lambda x: mp.besselj(0, x), (-9, 9), ((0.0, 0.0),)),
    "j1": (sp.j1, lambda x: mp.besselj(1, x), (-9, 9), ((0.0, 0.5),)),
}

# primitive: NumPy's or SciPy's function, fifty digits, two domains, (points, slopes)
BINARY = {
    "add": (np.add, lambda x, y: x + y, (-2, 2), (-2, 2), ()),
    "subtract": (np.subtract, lambda x, y: x - y, (-2, 2), (-2, 2), ()),
    "multiply": (np.multiply, lambda x, y: x * y, (-2, 2), (-2, 2), ((0, 0, 0, 0),)),
    "divide": (np.divide, lambda x, y: x / y, (-2, 2), (0.5, 2), ((1, 0, INF, -INF),)),
    "power": (
        np.power,
        lambda x, y: x**y,
        (0.3, 2),
        (-2, 3),
        ((0, 2, 0, 0), (-1, 2, -2, NAN), (0, 0, 0, -INF), (3, 0, 0, np.log(3))),
    ),
    "maximum": (np.maximum, max, (1, 2), (2.1, 3), ((2, 2, 0.5, 0.5), (0, -INF, 1, 0))),
    "minimum": (np.minimum, min, (1, 2), (2.1, 3), ((2, 2, 0.5, 0.5), (0, -INF, 0, 1))),
    "fmax": (np.fmax, max, (1, 2), (2.1, 3), ((2, 2, 0.5, 0.5), (1, NAN, 1, 0))),
    "fmin": (np.fmin, min, (1, 2), (2.1, 3), ((2, 2, 0.5, 0.5), (NAN, 1, 0, 1))),
    "arctan2": (np.arctan2, mp.atan2, (-2, 2), (0.3, 2), ((0, 0, 0, 0), (0, 1, 1, 0))),
    "hypot": (np.hypot, mp.hypot, (-2, 2), (0.3, 2), ((0, 0, 0, 0), (3e200, 4e200, 0.6, 0.8))),
    "logaddexp": (
        np.logaddexp,
        mp_numpy.TWO["logaddexp"],
        (-3, 3),
        (-3, 3),
        ((-INF, -INF, 0, 0), (-INF, 0, 0, 1), (1e4, 0, 1, 0)),
    ),
    "logaddexp2": (
        np.logaddexp2,
        mp_numpy.TWO["logaddexp2"],
        (-3, 3),
        (-3, 3),
        ((-INF, -INF, 0, 0), (-INF, 0, 0, 1)),
    ),
    "fmod": (np.fmod, mp_numpy.TWO["fmod"], (4.2, 5.8), (2.0, 2.05), ((4, 2, 1, -2),)),
    "remainder": (np.remainder, mp_numpy.TWO["remainder"], (4.2, 5.8), (2, 2.05), ((4, 2, 1, -2),)),
    "floor_divide": (
        np.floor_divide,
        lambda x, y: mp.floor(x / y),
        (4.2, 5.8),
        (2, 2.05),
        ((4, 2, 0, 0),),
    ),
    "copysign": (np.copysign, mp_numpy.TWO["copysign"], (1, 2), (-2, -1), ((0, 1, 0, 0),)),
    "heaviside": (
        np.heaviside,
        lambda x, _: mp.mpf(int(x > 0)),
        (1, 2),
        (-2, 2),
        ((0, 0.5, 0, 1),),
    ),
    "nextafter": (np.nextafter, lambda x, y: x, (1, 2), (3, 4), ()),
    "xlogy": (sp.xlogy, lambda x, y: x * mp.log(y), (0.2, 3), (0.2, 3), ((0, 2, np.log(2), 0),)),
    "xlog1py": (sp.xlog1py, lambda x, y: x * mp.log(1 + y), (0.2, 3), (-0.5, 3), ((0, 0, 0, 0),)),
    "beta": (sp.beta, mp.beta, (0.3, 3), (0.3, 3), ()),
    "betaln": (sp.betaln, lambda x, y: mp.log(mp.beta(x, y)), (0.3, 3), (0.3, 3), ()),
    "scale": (None, lambda x, y: x * y, (-2, 2), (-2, 2), ((0, INF, INF, 0),)),
    "strong": (None, lambda x, y: x * y, (-2, 2), (-2, 2), ((0, INF, INF, 0), (0, 0, 0, 0))),
}

ORDER = [
    ("polygamma", 1, lambda x: mp.polygamma(1, x), (0.5, 5), ()),
    ("polygamma", 3, lambda x: mp.polygamma(3, x), (0.5, 5), ()),
    ("sinc", 0, lambda x: mp.sinc(mp.pi * x), (-2.5, 2.5), ((0.0, 0.0),)),
    ("sinc", 1, lambda x: mp.diff(lambda t: mp.sinc(mp.pi * t), x), (0.4, 2.5), ()),
]

COMPARE = {
    "less": (np.less, lambda x, y: x < y),
    "less_equal": (np.less_equal, lambda x, y: x <= y),
    "greater": (np.greater, lambda x, y: x > y),
    "greater_equal": (np.greater_equal, lambda x, y: x >= y),
    "equal": (np.equal, lambda x, y: x == y),
    "not_equal": (np.not_equal, lambda x, y: x != y),
}
LOGICAL = {
    "logical_and": (np.logical_and, lambda a, b: a and b),
    "logical_or": (np.logical_or, lambda a, b: a or b),
    "logical_xor": (np.logical_xor, lambda a, b: a != b),
}
TEST = {
    "isnan": (np.isnan, mp.isnan),
    "isinf": (np.isinf, mp.isinf),
    "isfinite": (np.isfinite, mp.isfinite),
    "signbit": (np.signbit, lambda x: x < 0),
    "logical_not": (np.logical_not, lambda x: not x),
}


def numbers(truth, like):
    """Truth values as numbers of the kind of an array."""
    return _core.convert(truth, like.dtype.name)


def _unary(name, plain, exact, domain, kinks):
    return Entry(
        name,
        lambda x: _core.unary(name, x),
        plain or (lambda x: np.logaddexp(0, x)),
        points(name, domain),
        by="mpmath",
        exact=exact,
        singular=tuple(((x,), (slope,)) for x, slope in kinks),
        empty=(np.zeros((0,)),),
    )


def _binary(name, plain, exact, first, second, kinks):
    return Entry(
        name,
        lambda x, y: _core.binary(name, x, y),
        plain or np.multiply,
        points(name, first, second),
        by="mpmath",
        exact=exact,
        singular=tuple(((float(x), float(y)), (p, q)) for x, y, p, q in kinks),
        empty=(np.zeros((0,)), np.zeros((0,))),
    )


def _order(name, n, exact, domain, kinks):
    return Entry(
        name,
        lambda x: _core.order(name, n, x),
        lambda x: np.array([float(exact(mp.mpf(float(t)))) for t in np.ravel(x)]),
        points(f"{name}{n}", domain),
        by="mpmath",
        exact=exact,
        singular=tuple(((x,), (slope,)) for x, slope in kinks),
        empty=(np.zeros((0,)),),
        label=f"order{n}",
    )


def _compare(name, plain, exact):
    """What is compared is flat; the number beside it is not."""
    return Entry(
        name,
        lambda x, y: numbers(_core.compare(name, x, y), x) * x * y,
        lambda x, y: plain(x, y) * x * y,
        points(name, (-2, 2), (-2, 2)),
        by="mpmath",
        exact=lambda x, y: int(exact(x, y)) * x * y,
        empty=(np.zeros((0,)), np.zeros((0,))),
    )


def _logical(name, plain, exact):
    return Entry(
        name,
        lambda x, y: numbers(_core.logical(name, x > 0, y > 0), x) * x * y,
        lambda x, y: plain(x > 0, y > 0) * x * y,
        points(name, (-2, 2), (-2, 2)),
        by="mpmath",
        exact=lambda x, y: int(exact(x > 0, y > 0)) * x * y,
        empty=(np.zeros((0,)), np.zeros((0,))),
    )


def _test(name, plain, exact):
    return Entry(
        name,
        lambda x: numbers(_core.test(name, x), x) * x,
        lambda x: plain(x) * x,
        points(name, (-2, 2)),
        by="mpmath",
        exact=lambda x: int(exact(x)) * x,
        empty=(np.zeros((0,)),),
    )


SELECT = Entry(
    "select",
    lambda x, y: _core.select(x > y, x * y, y),
    lambda x, y: np.where(x > y, x * y, y),
    points("select", (-2, 2), (-2, 2)),
    by="mpmath",
    exact=lambda x, y: x * y if x > y else y,
    empty=(np.zeros((0,)), np.zeros((0,))),
)
CONVERT = Entry(
    "convert",
    lambda x: _core.convert(_core.convert(x, "float32"), x.dtype.name) * x,
    lambda x: x.astype(np.float32).astype(x.dtype) * x,
    (np.array([0.5, -1.25, 3.0, 0.0]),),
    by="mpmath",
    exact=lambda x: x * x,
    empty=(np.zeros((0,)),),
    rtol=1e-7,
)

ELEMENTWISE = [
    *(_unary(name, *row) for name, row in UNARY.items()),
    *(_binary(name, *row) for name, row in BINARY.items()),
    *(_order(*row) for row in ORDER),
    *(_compare(name, *row) for name, row in COMPARE.items()),
    *(_logical(name, *row) for name, row in LOGICAL.items()),
    *(_test(name, *row) for name, row in TEST.items()),
    SELECT,
    CONVERT,
]
