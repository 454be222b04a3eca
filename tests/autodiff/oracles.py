"""What the gradient of a program is, by several independent ways.

==============  ====================================  ==============================================
oracle          covers                                does not apply
==============  ====================================  ==============================================
reference       every operation, K1 to K8             never
autograd        what autograd has rules for           assignment to items and ``lacks``
complex-step    what is analytic off its kinks        at kinks; arctan2, ``%``, moduli in methods
fifty-digits    elementwise, sums, products, dense    at kinks; outside the ordinary range
                linear algebra (central differences)
richardson      any                                   at kinks; outside the ordinary range
jax             what JAX has rules for                assignment to items
==============  ====================================  ==============================================

An answer carries an error bound of its own; ``conditioning`` measures how far rounding alone can
move the gradient, by running the reference with values disturbed after every statement.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from autodiff import complex_numpy, mp_numpy, reference_ad
from autodiff.libraries import library
from autodiff.programs.program import Program, quiet
from autodiff.reference_rules import Conventions

EPS = 2.0**-52
NOISE = 2.0**-38


class NotApplicable(Exception):
    """The oracle has no say on this program; the text says why."""


@dataclass(frozen=True)
class Answer:
    """A value and gradients; ``error`` bounds what the method itself adds, per element."""

    oracle: str
    value: float
    grads: tuple[np.ndarray, ...]
    error: tuple[np.ndarray, ...] | None = None
    kinks: frozenset[str] = frozenset()


def reference(program: Program, conventions: Conventions | None = None) -> Answer:
    """By reverse mode in plain Python; knows where the kinks are."""
    with quiet():
        f = program.function(np, reference_ad.SPECIAL)
        value, grads, kinks = reference_ad.value_and_grad(f, program.arguments(), conventions)
    return Answer("reference", value, tuple(grads), None, kinks)


def touched(program: Program) -> frozenset[str]:
    """The kinks that some value comes near, whatever its adjoint."""
    with quiet():
        f = program.function(np, reference_ad.SPECIAL)
        return frozenset(reference_ad.record(f, program.arguments()).touched)


def by_library(name):
    """The oracle that is another library."""

    def ask(program: Program) -> Answer:
        made = library(name)
        missing = program.ops & made.lacks
        if missing:
            raise NotApplicable(f"{name} has no {min(missing)}")
        with quiet():
            try:
                f = program.function(made.np, made.sp)
                value, grads = made.value_and_grad(f, program.arguments())
            except Exception as failed:  # noqa: BLE001 - other libraries have faults of their own
                raise NotApplicable(f"{name}: {failed!r}"[:120]) from None
        return Answer(name, value, tuple(np.asarray(g) for g in grads))

    return ask


def _ordinary(program, kinks):
    if kinks is None:
        kinks = reference(program).kinks
    kinks = {k for k in kinks if not k.startswith(("removable", "K1"))}
    if kinks:
        raise NotApplicable(f"on a kink: {min(kinks)}")
    if program.flags & {"nan", "inf", "huge"}:
        raise NotApplicable("outside the ordinary range")


def complex_step(program: Program, kinks=None, h=1e-100) -> Answer:
    """Im f(x + ih) / h, without cancellation but that of derivatives on the way."""
    missing = program.ops & complex_numpy.LACKS
    if missing:
        raise NotApplicable(f"{min(missing)} has no complex form")
    for text in complex_numpy.MODULUS:
        if re.search(rf"(?<!np\.){re.escape(text)}", program.source):
            raise NotApplicable(f"{text}) takes a modulus")
    _ordinary(program, kinks)
    largest = 0.0

    def note(value):
        nonlocal largest
        largest = max(largest, np.max(np.abs(np.imag(value)), initial=0.0) / h)
        return value

    f = program.function(complex_numpy.ComplexNumPy(), complex_numpy.SPECIAL, noise=note)
    grads = []
    inputs = [np.asarray(x, dtype=complex) for x in program.inputs]
    value = program.value()
    with quiet():
        for k, x in enumerate(inputs):
            out = np.zeros(x.shape)
            for i in np.ndindex(*x.shape):
                moved = x.copy()
                moved[i] += 1j * h
                arguments = [a.copy() for a in inputs]
                arguments[k] = moved
                try:
                    out[i] = np.imag(f(*(a if a.ndim else a[()] for a in arguments))) / h
                except (ArithmeticError, IndexError, TypeError, ValueError) as failed:
                    raise NotApplicable(f"complex step: {failed}") from None
            grads.append(out)
    errors = tuple(np.full(g.shape, h + 2 * EPS * largest) for g in grads)
    return Answer("complex-step", value, tuple(grads), errors)


def fifty_digits(program: Program, kinks=None) -> Answer:
    """Central differences with a step of 1e-17 in fifty digits: right to about 1e-30."""
    for text in mp_numpy.METHODS:
        if re.search(rf"(?<!np){re.escape(text)}", program.source):
            raise NotApplicable(f"{text}) of objects")
    _ordinary(program, kinks)
    f = program.function(mp_numpy.FiftyDigits(), mp_numpy.SPECIAL)
    h = mp_numpy.mp.mpf(10) ** -17
    inputs = [mp_numpy.lifted(x) for x in program.inputs]

    def at(k, i, step):
        arguments = [x.copy() if isinstance(x, np.ndarray) else x for x in inputs]
        if isinstance(arguments[k], np.ndarray):
            arguments[k][i] += step
        else:
            arguments[k] += step
        return f(*arguments)

    grads = []
    with quiet():
        try:
            value = float(f(*inputs))
            for k, x in enumerate(program.inputs):
                out = np.zeros(np.shape(x))
                for i in np.ndindex(*np.shape(x)):
                    out[i] = float((at(k, i, h) - at(k, i, -h)) / (2 * h))
                grads.append(out)
        except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError) as failed:
            raise NotApplicable(f"fifty digits: {failed}") from None
    largest = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    errors = tuple(np.full(g.shape, 1e-13 * largest + 1e-15) for g in grads)
    return Answer("fifty-digits", value, tuple(grads), errors)


def richardson(program: Program, kinks=None, h=2.0**-9, levels=4) -> Answer:
    """Central differences, extrapolated; the error is what the last two levels differ by."""
    _ordinary(program, kinks)
    _smooth_within(program, h)
    f = program.function()
    grads, errors = [], []
    with quiet():
        value = float(f(*program.arguments()))
        for k, x in enumerate(program.inputs):
            out, error = np.zeros(np.shape(x)), np.zeros(np.shape(x))
            for i in np.ndindex(*np.shape(x)):
                out[i], error[i] = _extrapolated(f, program, k, i, h, levels, value)
            grads.append(out)
            errors.append(error)
    return Answer("richardson", value, tuple(grads), tuple(errors))


def _smooth_within(program, h):
    """Refuse when the reference's gradient jumps within h along some axis."""
    here = reference(program)
    for k, x in enumerate(program.inputs):
        for i in np.ndindex(*np.shape(x)):
            for step in (h, -h):
                moved = list(program.arguments())
                if isinstance(x, np.ndarray):
                    moved[k][i] += step
                else:
                    moved[k] += step
                there = reference(program.at(moved))
                g, near = here.grads[k][i], there.grads[k][i]
                if not abs(g - near) <= 0.05 * (abs(g) + abs(near)) + 1e-3:
                    raise NotApplicable("the gradient turns within the step")


def _extrapolated(f, program, k, i, h, levels, value):
    def at(step):
        arguments = list(program.arguments())
        if isinstance(arguments[k], np.ndarray):
            arguments[k][i] += step
        else:
            arguments[k] += step
        return float(f(*arguments))

    table = []
    largest = abs(value)
    for level in range(levels):
        step = h / 2**level
        above, below = at(step), at(-step)
        largest = max(largest, abs(above), abs(below))
        row = [(above - below) / (2 * step)]
        for j in range(level):
            row.append(row[j] + (row[j] - table[-1][j]) / (4.0 ** (j + 1) - 1))
        table.append(row)
    best = table[-1][-1]
    spread = max(abs(best - table[-1][-2]), abs(best - table[-2][-1]))
    return best, 10 * spread + 100 * EPS * largest / step


def rounding_decides(program: Program, answer: Answer, level=2.0**-43, repeats=4) -> bool:
    """Whether values disturbed by the level, each for itself, move the answer beyond measure.

    So it is where two equal numbers are compared that were computed in different ways.
    """
    for salt in range(repeats):
        rng = np.random.default_rng(salt)

        def noisy(v, rng=rng):
            kept = noise_of(v, 1.0, 0) == 1.0
            return v * np.where(kept, 1.0, 1.0 + level * rng.uniform(-1, 1, kept.shape))

        with quiet():
            f = program.function(np, reference_ad.SPECIAL, noise=noisy)
            try:
                value, grads, _ = reference_ad.value_and_grad(
                    f, program.arguments(), Conventions(loss=level * rng.uniform(-1, 1))
                )
            except np.linalg.LinAlgError:  # singular, once disturbed
                return True
        largest = max((np.max(np.abs(g), initial=0.0) for g in answer.grads), default=0.0)
        apart = [
            np.max(np.abs(g - h), initial=0.0) for g, h in zip(grads, answer.grads, strict=True)
        ]
        if max(apart) > 1e-6 * largest or abs(value - answer.value) > 1e-6 * abs(answer.value):
            return True
    return False


def kinks_when_disturbed(program: Program) -> frozenset[str]:
    """The kinks that are met when adjoints that add up to 0 do so but for rounding."""
    rng = np.random.default_rng(0)
    with quiet():
        return reference_ad.value_and_grad(
            program.function(np, reference_ad.SPECIAL),
            program.arguments(),
            wobble=lambda shape: 1.0 + NOISE * rng.uniform(-1, 1, size=shape),
        )[2]


def zeros_decide(program: Program) -> bool:
    """Whether the value hangs on which of two equal zeros ``maximum`` and its like answer.

    NumPy leaves it open: its loops for vectors and for single numbers differ, and processors do.
    """
    values = []
    for zero in (0.0, -0.0):
        with quiet():
            values.append(float(program.function(_Zeros(zero))(*program.arguments())))
    return not np.array_equal(*values, equal_nan=True)


class _Zeros:
    """``np`` in which the larger, the smaller and the clipped, where they are 0, have this sign."""

    CHOOSING = frozenset(
        {"maximum", "minimum", "fmax", "fmin", "clip", "max", "min", "amax", "amin", "sort"}
    )

    def __init__(self, zero):
        self._zero = zero

    def __getattr__(self, name):
        f = getattr(np, name)
        if name not in self.CHOOSING:
            return f

        def chosen(*operands, **options):
            y = f(*operands, **options)
            return np.where(y == 0, self._zero, y)[()]

        return chosen


def noise_of(value, level, salt):
    """Factors near one, equal for equal values; small multiples of 1/64 stay as they are.

    Kinks lie at such values and between equal ones, so the noise does not push off a kink.
    """
    v = np.asarray(reference_ad.raw(value))
    with np.errstate(all="ignore"):
        fraction, _ = np.frexp(np.where(np.isfinite(v), v, 0.0))
        wobble = np.sin(fraction * 1234567891.0 * (1 + salt))  # 1e9 would make it 0 for pi/2
        plain = ((v * 64 == np.rint(v * 64)) & (np.abs(v) < 1e4)) | ~np.isfinite(v)
    return np.where(plain, 1.0, 1.0 + level * wobble)


def conditioning(program: Program, answer: Answer, repeats=3) -> tuple[float, list[np.ndarray]]:
    """How far rounding can move the value and the gradient: the response to noise, scaled down."""
    value, spread = 0.0, [np.zeros(np.shape(g)) for g in answer.grads]
    for salt in range(repeats):
        rng = np.random.default_rng(salt)
        f = program.function(
            np, reference_ad.SPECIAL, noise=lambda v, salt=salt: v * noise_of(v, NOISE, salt)
        )
        with quiet(), suppress(np.linalg.LinAlgError):  # singular, once disturbed
            moved, grads, _ = reference_ad.value_and_grad(
                f,
                [x * noise_of(x, NOISE, salt) for x in program.arguments()],
                Conventions(loss=NOISE * rng.uniform(0.5, 1.0)),
                wobble=lambda shape, rng=rng: 1.0 + NOISE * rng.uniform(-1, 1, size=shape),
            )
            value = max(value, abs(moved - answer.value))
            spread = [
                np.fmax(s, np.abs(g - r))
                for s, g, r in zip(spread, grads, answer.grads, strict=True)
            ]
    factor = 64 * EPS / NOISE
    return factor * value, [factor * s for s in spread]


ORACLES = {
    "reference": reference,
    "autograd": by_library("autograd"),
    "complex-step": complex_step,
    "fifty-digits": fifty_digits,
    "richardson": richardson,
    "jax": by_library("jax"),
}
NEED_KINKS = {"complex-step", "fifty-digits", "richardson"}


def ask(name: str, program: Program, kinks=None) -> Answer:
    """The answer of the oracle; NotApplicable, with the reason, when it has none."""
    if name in NEED_KINKS:
        return ORACLES[name](program, kinks)
    return ORACLES[name](program)
