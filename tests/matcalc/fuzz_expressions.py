"""Many random expressions: what is derived from the formula, against the function itself.

    from matcalc.fuzz_expressions import run
    print(run(range(1000)).text())

``python -m matcalc.fuzz_expressions 0 100000`` does it in one process and tells of each thousand;
with ``broad`` behind it, expressions of all that the language has.

Of each expression are compared: its value with the plain evaluator's; what is printed, read
again, with itself; the first and second derivative with automatic differentiation of the plain
evaluator and with values on circles, where it is analytic. Of a name that is declared symmetric
(skew, diagonal, ...) only the part of a gradient in that space is asked for.
"""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field
from warnings import catch_warnings, simplefilter

import numpy as np
from matcalc.directional import NotAnalyticError, with_rounding
from matcalc.drawing import in_space
from matcalc.plain import COMPLEX, evaluate, names
from matcalc.random_expressions import CONSTANT, SIZES, TYPES, generate

import pyframe as pf
from pyframe.errors import (
    DegenerateSpectrumError,
    MissingRule,
    SingularMatrixError,
    UnsupportedOperation,
)

SPACES = {
    "symmetric": "symmetric",
    "positive_definite": "symmetric",
    "skew": "skew",
    "diagonal": "diagonal",
    "upper_triangular": "upper-triangular",
}
TOLERANCE = {0: 1e-9, 1: 1e-8, 2: 1e-7}


@dataclass
class Report:
    """How many comparisons ended how; refusals by their text; faults in full."""

    counts: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __add__(self, other):
        return Report(
            self.counts + other.counts, self.refused + other.refused, self.faults + other.faults
        )

    def text(self):
        lines = [f"{what}: {count}" for what, count in sorted(self.counts.items())]
        lines += [f"{count} refused: {why}" for why, count in self.refused.most_common()]
        return "\n".join(lines + self.faults)

    def summary(self):
        """In one line."""
        orders = [sum(self.counts[f"order {k}, {who}"] for who in ("AD", "circle")) for k in (1, 2)]
        return (
            f"{self.counts['expressions']} expressions, {orders[0]} first and {orders[1]} second "
            f"derivatives compared, {len(self.faults)} wrong, {sum(self.refused.values())} refused"
        )


def run(seeds, broad=False):
    """The expressions of these seeds."""
    report = Report()
    with catch_warnings():
        simplefilter("ignore")
        for seed in seeds:
            Case(seed, report, broad).check()
    return report


def main(first, last, broad=False, piece=1000):
    """From the first seed to the last, with what is found on the way and the whole at the end."""
    whole = Report()
    for start in range(first, last, piece):
        report = run(range(start, min(start + piece, last)), broad)
        whole += report
        told = [f"{count} refused: {why}" for why, count in report.refused.items()]
        print(f"to {start + piece}: {whole.summary()}", *told, *report.faults, sep="\n", flush=True)
    print(whole.text())


def declared(name):
    own = TYPES[name]
    return pf.Symbol(own.sizes, **dict.fromkeys(own.properties, True))


class Case:
    """One expression, and what is compared."""

    def __init__(self, seed, report, broad=False):
        self.seed, self.report = seed, report
        self.drawn = generate(seed, broad=broad)
        self.text, self.name = self.drawn.text, self.drawn.variable
        self.x = self.drawn.values[self.name]
        kept = [SPACES[own] for own in TYPES[self.name].properties if own in SPACES]
        self.space = kept[0] if kept else "general"
        rng = np.random.default_rng(seed)
        self.direction = in_space(self.space, np.asarray(rng.standard_normal(self.x.shape)))
        self.values = self.drawn.values
        self.circled = {}

    def f(self, x, functions=None):
        """The function of the variable, plainly."""
        values = {**self.values, self.name: x}
        extra = {} if functions is None else {"functions": functions}
        found = evaluate(self.text, values, SIZES, **extra)
        return found[0, 0] if found.shape == (1, 1) else found

    def count(self, what):
        self.report.counts[what] += 1

    def fault(self, what, found=None, wanted=None):
        values = "" if found is None else f"\n    {found!r}\n    {wanted!r}"
        self.report.faults.append(f"# seed {self.seed}: {what}\n    {self.drawn}{values}")

    def check(self):
        value = self.f(self.x)
        if not np.all(np.isfinite(value)):
            return self.count("not finite")
        self.count("expressions")
        try:
            given = {name: declared(name) for name in self.drawn.symbols}
            expression = pf.matrix(self.text, **given)
            plainly = {"plain": lambda: self.f(self.x)}
            self.compare(0, expression, lambda e: e(**self.values), plainly)
            self.read_again(expression)
            self.order_1(expression, np.ndim(value) == 0)
            self.order_2(expression, np.ndim(value) == 0)
        # Whatever is raised is a fault of the library, and the next one wants its turn.
        except Exception:  # noqa: BLE001
            self.fault(traceback.format_exc(limit=-3))
        return None

    def read_again(self, expression):
        printed = str(expression)
        used = [name for name in names(printed) if name in TYPES]
        known = {size for name in used for size in TYPES[name].sizes.split(",")}
        if "where" in names(printed) or not known.issuperset(set(names(printed)) - set(used)):
            return self.count("printed with sizes of no name")
        again = pf.matrix(printed, **{name: declared(name) for name in used})
        if again == expression:
            return self.count("read again")
        return self.fault(f"{printed} is read as {again}")

    def order_1(self, expression, scalar):
        v = self.direction
        if scalar:
            self.compare(
                1,
                expression,
                lambda e: self.projected(self.shown(e.gradient(self.name))),
                {
                    "AD": lambda: self.projected(pf.grad(self.f)(self.x)),
                    "printed": lambda: self.projected(self.printed(expression.gradient(self.name))),
                },
            )
            self.compare(
                1,
                expression,
                lambda e: np.sum(e.gradient(self.name)(**self.values) * v),
                {"circle": lambda: self.on_circle(1)},
            )
            return
        self.compare(
            1,
            expression,
            lambda e: self.shown(e.differential(self.name), v),
            {
                "AD": lambda: pf.jvp(self.f, (self.x,), (v,))[1],
                "circle": lambda: self.on_circle(1),
                "printed": lambda: self.printed(expression.differential(self.name), v),
            },
        )

    def order_2(self, expression, scalar):
        v = self.direction
        if scalar:
            self.compare(
                2,
                expression,
                lambda e: self.projected(self.along(e.hessian(self.name))),
                {
                    "AD": lambda: self.projected(pf.hvp(self.f, (self.x,), (v,))),
                    "Kronecker": lambda: self.projected(self.by_kronecker(expression)),
                    "structured": lambda: self.projected(self.by_structure(expression)),
                }
                if self.x.ndim
                else {"AD": lambda: pf.hvp(self.f, (self.x,), (v,))},
            )
            self.compare(
                2,
                expression,
                lambda e: np.sum(self.along(e.hessian(self.name)) * v),
                {"circle": lambda: self.on_circle(2)},
            )
            return

        def tangent(x):
            return pf.jvp(self.f, (x,), (v,))[1]

        self.compare(
            2,
            expression,
            lambda e: self.along(e.derivative(self.name, self.name), 2),
            {
                "AD": lambda: pf.jvp(tangent, (self.x,), (v,))[1],
                "circle": lambda: self.on_circle(2),
            },
        )

    def order_3(self, expression):
        """Of a scalar: the value along the direction thrice, that on circles, its rounding."""
        derivative = expression.derivative(self.name, self.name, self.name)
        wanted, rounding = self.circles(3, accuracy=1e-7)
        return self.along(derivative, 3), wanted[2], rounding[2]

    def shown(self, derivative, direction=None):
        """The value of a derivative."""
        return derivative(**self.given(derivative, direction))

    def printed(self, derivative, direction=None):
        """The value of what is printed, read plainly."""
        if "where" in str(derivative):
            raise UnsupportedOperation("what is printed in parts is not read plainly")
        return evaluate(str(derivative), self.given(derivative, direction), SIZES)

    def given(self, derivative, direction):
        # The direction does not occur where the derivative is zero.
        along = {f"d{self.name}": direction} if f"d{self.name}" in derivative.symbols else {}
        return {**self.values, **along}

    def along(self, derivative, times=1):
        """The value of a derivative times the direction, once or twice."""
        array = np.asarray(derivative(**self.values))
        for _ in range(times):
            array = np.tensordot(array, self.direction, axes=self.x.ndim)
        return array

    def by_kronecker(self, expression):
        """The Hessian times the direction by its Kronecker form."""
        matrix = expression.hessian(self.name).kronecker()
        given = {name: self.values[name] for name in matrix.known if name in self.values}
        columns = matrix(**given) @ self.direction.ravel(order="F")
        return columns.reshape(self.x.shape, order="F")

    def by_structure(self, expression):
        """The Hessian times the direction, by what is known of its structure."""
        hessian = expression.hessian(self.name)
        return hessian.structured(**self.values) @ self.direction

    def projected(self, gradient):
        return in_space(self.space, np.asarray(gradient))

    def on_circle(self, order):
        """A derivative along the direction: of both orders at once."""
        place = self.x.tobytes()
        if place not in self.circled:
            self.circled[place] = self.circles(2, accuracy=1e-8)
        return self.circled[place][0][order - 1]

    def circle_rounding(self, order):
        """What the rounding of the values leaves undecided of it."""
        return self.circled[self.x.tobytes()][1][order - 1]

    def circles(self, order, accuracy):
        return with_rounding(lambda x: self.f(x, COMPLEX), self.x, self.direction, order, accuracy)

    def compare(self, order, expression, derive, sources):
        """A derivative of the library's with those of other sources."""
        try:
            found = derive(expression)
        except MissingRule as error:
            self.report.refused[f"order {order}: {error}"[:150]] += 1
            return
        except DegenerateSpectrumError:
            # Such as the singular values that are 0 of a matrix of low rank.
            self.report.refused[f"order {order}: equal values in a spectrum"] += 1
            return
        except SingularMatrixError:
            # The second derivative of a determinant that is 0 wherever it is taken.
            self.report.refused[f"order {order}: a singular matrix"] += 1
            return
        for who, ask in sources.items():
            label = f"order {order}, {who}"
            try:
                wanted = ask()
            except NotAnalyticError:
                self.count(f"{label}: not analytic")
                continue
            except (UnsupportedOperation, np.linalg.LinAlgError) as error:
                self.count(f"{label}: {type(error).__name__}")
                continue
            if not np.all(np.isfinite(wanted)):
                self.count(f"{label}: not finite")
            elif close(found, wanted, TOLERANCE[order], 1e-4 if who == "AD" else 1e-3):
                self.count(label)
            elif who == "circle" and spread(found, wanted) <= self.circle_rounding(order):
                self.count(f"{label}: rounding decides on circles")
            elif size := self.rounding_decides(derive, expression, ask, found, wanted):
                self.count(f"{label}: rounding decides, as changes of {size:g} do")
            else:
                self.fault(f"{label} differs", found, wanted)

    def rounding_decides(self, derive, expression, ask, found, wanted):
        """The relative change of the values that moves either one a tenth as far; or else nothing.

        A difference from 1 that is small has its rounding error until a change is larger than that.
        """
        rng = np.random.default_rng(self.seed)
        for size in (1e-13, 1e-13, 1e-12, 1e-11, 1e-10, 1e-8):
            self.values = {name: self.shaken(name, size, rng) for name in self.drawn.values}
            self.x = self.values[self.name]
            try:
                moved = max(spread(derive(expression), found), spread(ask(), wanted))
            except NotAnalyticError:
                continue
            except np.linalg.LinAlgError:
                # A matrix that is singular but for rounding.
                return size
            finally:
                self.x, self.values = self.drawn.values[self.name], self.drawn.values
            if spread(found, wanted) <= 10 * moved:
                return size
        return None

    def shaken(self, name, size, rng):
        """A value with other last digits, still with what is declared of it."""
        value, own = self.drawn.values[name], TYPES[name]
        if name in CONSTANT:
            return value
        spaces = [SPACES[each] for each in own.properties if each in SPACES]
        noise = size * rng.uniform(-1, 1, value.shape) * np.abs(value)
        return value + in_space(spaces[0] if spaces else "general", noise)


def spread(a, b):
    return np.max(np.abs(flat(a) - flat(b)), initial=0.0)


def flat(array):
    return np.ravel(np.asarray(array, dtype=float))


def close(a, b, tolerance, least=1e-6):
    """Whether all elements agree, relative to the largest one or to the least size that counts."""
    a, b = flat(a), flat(b)
    if a.shape != b.shape:
        return False
    scale = max(np.max(np.abs(a), initial=0.0), np.max(np.abs(b), initial=0.0), least)
    return bool(np.max(np.abs(a - b), initial=0.0) <= tolerance * scale)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["broad"])
