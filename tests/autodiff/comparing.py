"""Whether two answers agree, and if not, which convention says why.

A difference is explained only by name, and only when the reference met that kink with a nonzero
adjoint on this very input, or would have but that adjoints cancelled. The exceptions:

========================  =========================================================  ======
name                      what differs                                               for
========================  =========================================================  ======
K1 strong zero            0 times an infinite partial (others: NaN or the limit)     others
K2 abs, K2 sign           derivative 0 at 0 (JAX: 1 for abs)                         others
K3 tie, K3 sort           who gets the adjoint among equals                          others
K4 norm, hypot, std       0 at the singular point (others: NaN)                      others
K5 power                  x**0, 0**y (others: NaN)                                   others
K6 clip                   1 at the bound (autograd: 0, JAX: 0.5)                     others
arctan2 at the origin     0 (others: NaN)                                            others
logaddexp of infinities   0 (others: NaN)                                            others
near a kink               off a kink by less than 1e-12: rounding decides the side   all
zero of sinc              0 at whole numbers (NumPy: about 1e-17)                    all
rounding decides          a disturbance of 1e-13 moves the answer as far             all
far below the rest        an element below 1e-20 of the largest of the gradient      all
singular matrix           the second derivative of its determinant, or any that is   all
                          so far out of range, is refused by name
sign of a zero            which of two zeros ``maximum`` answers moves the value     all
singular                  an infinite partial: inf, -inf or NaN, as it is reached    all
nonfinite value           the gradient of a value that is NaN or infinite            all
out of range              a value or adjoint beyond 1e150 or, not 0, below 1e-150;   all
                          beyond 1e15 where matrices are factorised
========================  =========================================================  ======

pyframe is held to its own conventions at kinks: nothing but the last nine is explained for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from autodiff import reference_ad
from autodiff.oracles import (
    Answer,
    conditioning,
    kinks_when_disturbed,
    rounding_decides,
    zeros_decide,
)
from autodiff.programs.program import Program, quiet

RTOL, ATOL = 1e-10, 1e-13
ROUNDED = frozenset({"near a kink", "zero of sinc"})


@dataclass(frozen=True)
class Verdict:
    """``agrees``; or ``why``: the name of the exception, or what differs when there is none."""

    agrees: bool
    explained: bool
    why: str = ""

    @property
    def name(self):
        if self.agrees:
            return "agree"
        return f"explained: {self.why}" if self.explained else "disagree"


AGREE = Verdict(agrees=True, explained=False)


def differs(why):
    return Verdict(agrees=False, explained=False, why=why)


def explained(why):
    return Verdict(agrees=False, explained=True, why=why)


def unlike(got, want, tolerance):
    """The elements in which NaN, inf or the numbers differ."""
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    with np.errstate(all="ignore"):
        close = np.abs(got - want) <= tolerance
        return ~(close | (got == want) | (np.isnan(got) & np.isnan(want)))


def compare(
    program: Program,
    got: Answer,
    want: Answer,
    base: Answer | None = None,
    exceptions: frozenset[str] = frozenset(),
) -> Verdict:
    """Whether ``got`` is what ``want`` says; ``base`` is the reference's answer."""
    base = base or want
    if [np.shape(g) for g in got.grads] != [np.shape(x) for x in program.inputs]:
        return differs(f"shapes {[np.shape(g) for g in got.grads]}")
    disturbed = None
    if unlike(got.value, want.value, RTOL * abs(want.value) + ATOL):
        disturbed = conditioning(program, base)
        if unlike(got.value, want.value, RTOL * abs(want.value) + disturbed[0]):
            return _explain(program, base, f"value {got.value!r}, not {want.value!r}", [])
    if not np.isfinite(want.value):
        return AGREE if _same(got, want, None) is None else explained("nonfinite value")
    if _same(got, want, None) is None:
        return AGREE
    disturbed = disturbed or conditioning(program, base)
    where = _same(got, want, disturbed[1])
    if where is None:
        return AGREE
    k, i = where
    a, b = np.asarray(got.grads[k])[i], np.asarray(want.grads[k])[i]
    which = f"{program.parameters[k]}{list(i) if i else ''}"
    text = f"gradient in {which}: {got.oracle} {float(a)!r}, {want.oracle} {float(b)!r}"
    met = base.kinks & exceptions
    if met:
        return explained(min(met))
    verdict = _explain(program, base, text, [a, b])
    if verdict.explained:
        return verdict
    met = kinks_when_disturbed(program) & exceptions
    return explained(min(met)) if met else verdict


def _same(got, want, spread):
    """None, or the place of the first element that differs by more than is allowed."""
    for k, (g, w) in enumerate(zip(got.grads, want.grads, strict=True)):
        scale = np.max(np.abs(w[np.isfinite(w)]), initial=0.0) if w.size else 0.0
        tolerance = RTOL * np.abs(w) + ATOL * scale
        if spread is not None:
            tolerance = tolerance + spread[k]
        for answer in (got, want):
            if answer.error is not None:
                tolerance = tolerance + answer.error[k]
        bad = unlike(g, w, tolerance)
        if bad.any():
            return k, tuple(int(j) for j in np.argwhere(bad)[0])
    return None


def _explain(program, base, text, pair):
    met = base.kinks & ROUNDED
    if met:
        return explained(min(met))
    if "singular" in base.kinks and not np.all(np.isfinite(pair)):
        return explained("singular")
    if program.kind == "wild" and out_of_range(program):
        return explained("out of range")
    largest = max((np.max(np.abs(g), initial=0.0) for g in base.grads), default=0.0)
    if pair and np.max(np.abs(pair)) < 1e-20 * largest:
        return explained("far below the rest")
    if rounding_decides(program, base):
        return explained("rounding decides")
    if zeros_decide(program):
        return explained("sign of a zero")
    return differs(text)


def out_of_range(program: Program) -> bool:
    """Whether a value or an adjoint on the way is not finite, or is far from one.

    A matrix that is factorised is badly scaled long before.
    """
    most = 1e15 if any(op.startswith("np.linalg.") for op in program.ops) else 1e150
    with quiet():
        tape = reference_ad.record(program.function(np, reference_ad.SPECIAL), program.arguments())
    for node in tape.nodes:
        for x in (node.value, node.adjoint):
            if x is None:
                continue
            size = np.abs(x)
            if np.any(~np.isfinite(x) | (size > most) | ((size > 0) & (size < 1e-150))):
                return True
    return False
