"""Local partial derivatives of elementwise functions, with conventions K1 to K6 at kinks.

A rule is given a note-taker, the operands and the value, and returns a function per operand that
makes its partial, so that only what is asked for is computed. ``note(name, where)`` records that
some element sits on the kink of that name, ``note.at(name, distance)`` also one that is so near
that rounding decides; only elements whose adjoint is not zero count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.special as sp


@dataclass(frozen=True)
class Conventions:
    """What is a choice at kinks; the defaults are pyframe's.

    ``tie``: the share of the first operand of maximum and minimum when both are equal; None
    gives everything to an operand that is constant (K2) and a half to each of two traced (K3).
    ``loss``: what the slope of a function that saturates at one is off by when it is computed
    from the function's value, as 1 - y^2 is; and a mean that is subtracted, relatively.
    """

    abs_at_zero: float = 0.0
    tie: float | None = None
    clip_at_bound: float = 1.0
    loss: float = 0.0


def const(value):
    return lambda note, x, y: value


def zero_with_jumps(note, x, y):
    note.at("jump", np.abs(x - np.rint(x)), x)
    return np.zeros_like(x)


def _abs(note, x, y):
    note.at("K2 abs", np.abs(x))
    return np.where(x == 0, note.conventions.abs_at_zero, np.sign(x))


def _sinc(note, x, y):
    note("removable: sinc at 0", np.abs(x) < 1e-2)
    note("zero of sinc", (x != 0) & (x == np.rint(x)))
    series = -(np.pi**2) * x / 3 + np.pi**4 * x**3 / 30 - np.pi**6 * x**5 / 840
    return np.where(np.abs(x) < 1e-2, series, (np.cos(np.pi * x) - y) / np.where(x == 0, 1, x))


def _rint(note, x, y):
    note.at("jump", np.abs(np.abs(x - np.trunc(x)) - 0.5), x)
    return np.zeros_like(x)


def _sign(note, x, y):
    note.at("K2 sign", np.abs(x))
    return np.zeros_like(x)


LN2, LN10 = np.log(2.0), np.log(10.0)
UNARY = {
    np.sin: lambda note, x, y: np.cos(x),
    np.cos: lambda note, x, y: -np.sin(x),
    np.tan: lambda note, x, y: 1 + y * y,
    np.arcsin: lambda note, x, y: 1 / np.sqrt((1 - x) * (1 + x)),
    np.arccos: lambda note, x, y: -1 / np.sqrt((1 - x) * (1 + x)),
    np.arctan: lambda note, x, y: 1 / (1 + x * x),
    np.sinh: lambda note, x, y: np.cosh(x),
    np.cosh: lambda note, x, y: np.sinh(x),
    np.tanh: lambda note, x, y: 1 / np.cosh(x) ** 2 + note.conventions.loss,
    np.arcsinh: lambda note, x, y: 1 / np.hypot(1, x),
    np.arccosh: lambda note, x, y: 1 / np.sqrt((x - 1) * (x + 1)),
    np.arctanh: lambda note, x, y: 1 / ((1 - x) * (1 + x)),
    np.exp: lambda note, x, y: y,
    np.exp2: lambda note, x, y: y * LN2,
    np.expm1: lambda note, x, y: np.exp(x),
    np.log: lambda note, x, y: 1 / x,
    np.log2: lambda note, x, y: 1 / (x * LN2),
    np.log10: lambda note, x, y: 1 / (x * LN10),
    np.log1p: lambda note, x, y: 1 / (1 + x),
    np.sqrt: lambda note, x, y: 0.5 / y,
    np.cbrt: lambda note, x, y: 1 / (3 * y * y),
    np.square: lambda note, x, y: 2 * x,
    np.reciprocal: lambda note, x, y: -1 / (x * x),
    np.negative: const(-1.0),
    np.positive: const(1.0),
    np.absolute: _abs,
    np.fabs: _abs,
    np.sign: _sign,
    np.floor: zero_with_jumps,
    np.ceil: zero_with_jumps,
    np.trunc: zero_with_jumps,
    np.rint: _rint,
    np.deg2rad: const(np.pi / 180),
    np.radians: const(np.pi / 180),
    np.rad2deg: const(180 / np.pi),
    np.degrees: const(180 / np.pi),
    sp.erf: lambda note, x, y: 2 / np.sqrt(np.pi) * np.exp(-x * x),
    sp.erfc: lambda note, x, y: -2 / np.sqrt(np.pi) * np.exp(-x * x),
    sp.expit: lambda note, x, y: sp.expit(x) * sp.expit(-x) + note.conventions.loss,
    sp.gammaln: lambda note, x, y: sp.digamma(x),
    sp.digamma: lambda note, x, y: sp.polygamma(1, x),
    sp.ndtr: lambda note, x, y: np.exp(-x * x / 2) / np.sqrt(2 * np.pi),
    sp.logit: lambda note, x, y: 1 / (x * (1 - x)),
    sp.entr: lambda note, x, y: -np.log(x) - 1,
}
SINC = _sinc


def _selected(larger):
    """Maximum (larger) or minimum: all to the one selected, ties by convention."""

    def share(note, a, b, mine, constants):
        tie = a == b
        note.at("K3 tie", np.abs(a - b), a)
        note("K3 tie", tie)
        weight = note.conventions.tie
        if weight is None:
            weight = 0.0 if any(constants) else 0.5
        elif not mine:
            weight = 1 - weight
        won = (a > b if larger else a < b) | np.isnan(b)
        if not mine:
            won = (b > a if larger else b < a) | np.isnan(a)
        return np.where(tie, weight, np.where(won, 1.0, 0.0))

    return (
        lambda note, a, b, y, constants: share(note, a, b, True, constants),
        lambda note, a, b, y, constants: share(note, a, b, False, constants),
    )


def _power_base(note, a, b, y, constants):
    note("K5 power", (b == 0) & (a == 0))
    note("power at a base of zero", (a == 0) & (b < 2) & (b != 1) & (b != 0))
    return np.where(b == 0, 0.0, b * np.power(a, np.where(b == 0, 1.0, b - 1)))


def _power_exponent(note, a, b, y, constants):
    note("K5 power", a == 0)
    note("power of a negative base", a < 0)
    return np.where((a == 0) & (b > 0), 0.0, np.log(a) * y)


def _over(note, part, whole):
    note.at("K4 hypot", whole)
    return np.where(whole == 0, 0.0, part / np.where(whole == 0, 1.0, whole))


def _angle(note, part, a, b):
    """The part over a^2 + b^2, at the origin 0."""
    radius = np.hypot(a, b)
    note.at("arctan2 at the origin", radius)
    note("jump", (a == 0) & (b < 0))
    safe = np.where(radius == 0, 1.0, radius)
    return np.where(radius == 0, 0.0, part / safe / safe)


def _copysign(note, a, b, y, constants):
    note.at("K2 abs", np.abs(a))
    note.at("jump", np.abs(b))
    return np.where(a == 0, note.conventions.abs_at_zero, np.copysign(1.0, a) * np.copysign(1.0, b))


def _sign_part(note, a, b, y, constants):
    note.at("jump", np.abs(b))
    return np.zeros_like(y)


def _share(logistic):
    """Of logaddexp; two operands of -inf share nothing."""

    def partial(note, a, b, y, constants):
        note("logaddexp of infinities", np.isinf(a) & np.isinf(b))
        with np.errstate(all="ignore"):
            return np.where((a == b) & (a == -np.inf), 0.0, logistic(a - b))

    return partial


def _swapped(partial):
    return lambda note, a, b, y, constants: partial(note, b, a, y, constants)


def _quotient(rounding):
    def partial(note, a, b, y, constants):
        quotient = a / b
        note.at("jump", np.abs(quotient - np.rint(quotient)), quotient)
        return -rounding(quotient)

    return partial


def _one_with_jumps(note, a, b, y, constants):
    note.at("jump", np.abs(a / b - np.rint(a / b)), a / b)
    return np.ones_like(y)


def constant(value):
    return lambda note, a, b, y, constants: value


def _log_of_second(note, a, b, y, constants):
    note("K5 power", (a == 0) & (b == 0))
    return np.log(b)


_natural, _binary = _share(sp.expit), _share(lambda d: sp.expit(d * LN2))
_power = (_power_base, _power_exponent)
_modulo = (_one_with_jumps, _quotient(np.floor))
BINARY = {
    np.add: (constant(1.0), constant(1.0)),
    np.subtract: (constant(1.0), constant(-1.0)),
    np.multiply: (lambda note, a, b, y, c: b, lambda note, a, b, y, c: a),
    np.true_divide: (lambda note, a, b, y, c: 1 / b, lambda note, a, b, y, c: -a / b / b),
    np.power: _power,
    np.float_power: _power,
    np.maximum: _selected(larger=True),
    np.fmax: _selected(larger=True),
    np.minimum: _selected(larger=False),
    np.fmin: _selected(larger=False),
    np.hypot: (
        lambda note, a, b, y, c: _over(note, a, y),
        lambda note, a, b, y, c: _over(note, b, y),
    ),
    np.arctan2: (
        lambda note, a, b, y, c: _angle(note, b, a, b),
        lambda note, a, b, y, c: _angle(note, -a, a, b),
    ),
    np.logaddexp: (_natural, _swapped(_natural)),
    np.logaddexp2: (_binary, _swapped(_binary)),
    np.copysign: (_copysign, _sign_part),
    np.fmod: (_one_with_jumps, _quotient(np.trunc)),
    np.remainder: _modulo,
    sp.xlogy: (_log_of_second, lambda note, a, b, y, c: np.where(a == 0, 0.0, a / b)),
}
