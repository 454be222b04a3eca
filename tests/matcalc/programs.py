"""Programs read from their text, up to what changes no bit of a result.

Equal results of one table have equal numbers: multiplications by one are left out, the operands of
sums and products have one order, signs, powers of two and transposes stand in front.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

LINE = re.compile(r"%(\d+) = (\w+)((?: %\d+)*)(.*) : \w+\[?([\d,]*)\]?$")


class Result(NamedTuple):
    """A place in the table, a power of two with a sign in front, and whether it is transposed."""

    place: int
    factor: float = 1.0
    turned: bool = False

    def times(self, factor):
        return self._replace(factor=self.factor * factor)


class Table:
    """Results of programs, each once: an operation, what it is applied to, and the shape."""

    def __init__(self):
        self.known = {}
        self.entries = []

    def read(self, text, names):
        """The results that a program returns, whose inputs have these names."""
        seen, inputs = {}, iter(names)
        for line in text.strip().splitlines():
            if line.startswith("return"):
                return [seen[place] for place in re.findall(r"%(\d+)", line)]
            place, operation, operands, attribute, shape = LINE.match(line).groups()
            of = [seen[operand] for operand in re.findall(r"%(\d+)", operands)]
            if operation == "input":
                seen[place] = self.put("input", next(inputs), shape)
            else:
                own = self.result(operation.removeprefix("strong_"), of, attribute.strip(), shape)
                seen[place] = own
        raise ValueError(text)

    def put(self, *entry):
        """The result of an operation."""
        place = self.known.setdefault(entry, len(self.entries))
        if place == len(self.entries):
            self.entries.append(entry)
        return Result(place)

    def upright(self, own):
        """A result as an operand of an operation that takes no transposes."""
        rows, _, columns = self.entries[own.place][-1].partition(",")
        if not own.turned:
            return own
        return self.put("transpose", own.place, f"{columns},{rows}").times(own.factor)

    def is_one(self, own):
        """Whether it is nothing but ones."""
        return self.entries[own.place][:2] == ("constant", 1.0)

    def result(self, operation, of, attribute, shape):
        """One operation."""
        match operation, of:
            case "constant", _:
                return self.constant(attribute, shape)
            case "transpose", [own] if attribute == "axes=[1, 0]":
                return own._replace(turned=not own.turned)
            case "negative", [own]:
                return own.times(-1.0)
            case "square", [own]:
                return self.product(own, own, shape)
            case "multiply" | "scale", [a, b]:
                return self.product(a, b, shape)
            case "contract", [a, b]:
                return self.contraction(a, b, attribute, shape)
            case "add", [a, b]:
                return self.sum(a, b, shape)
            case "subtract", [a, b]:
                return self.sum(a, b.times(-1.0), shape)
            case "reshape" | "broadcast" | "sum", [own]:
                return self.moved(operation, self.upright(own), attribute, shape)
        plain = [tuple(self.upright(own)[:2]) for own in of]
        return self.put(operation, *plain, attribute, shape)

    def moved(self, operation, own, attribute, shape):
        """The same numbers in another shape, or their sum: what stands in front stays there."""
        entry = self.entries[own.place]
        if entry[0] == "constant" and operation != "sum":
            return self.put("constant", entry[1], shape).times(own.factor)
        if entry[0] == "reshape" == operation:
            own = Result(entry[1], own.factor)
            entry = self.entries[own.place]
        if entry[-1] == shape and operation != "sum":
            return own
        return self.put(operation, own.place, attribute, shape).times(own.factor)

    def constant(self, text, shape):
        """A number, its power of two in front."""
        number = float(text) if text != "..." else math.nan
        if number == 0.0 or not math.isfinite(number):
            return self.put("constant", text, shape)
        mantissa, exponent = math.frexp(abs(number))
        front = math.copysign(2.0 ** (exponent - 1), number)
        return self.put("constant", 2 * mantissa, shape).times(front)

    def product(self, a, b, shape):
        """An elementwise product."""
        for one, other in [(a, b), (b, a)]:
            if self.is_one(one) and self.entries[other.place][-1].count(",") == shape.count(","):
                return other.times(one.factor)
        a, b, turned = self.alike(a, b)
        places = sorted([a.place, b.place])
        shape = ",".join(reversed(shape.split(","))) if turned else shape
        return self.put("multiply", *places, shape)._replace(
            factor=a.factor * b.factor, turned=turned
        )

    def alike(self, a, b):
        """Two operands without transposes, and whether their result is transposed."""
        if a.turned and b.turned:
            return a._replace(turned=False), b._replace(turned=False), True
        return self.upright(a), self.upright(b), False

    def sum(self, a, b, shape):
        """A sum; what is in front of the first operand stands in front of it."""
        a, b, turned = self.alike(a, b)
        a, b = sorted([a, b])
        shape = ",".join(reversed(shape.split(","))) if turned else shape
        if a.place == b.place and a.factor == b.factor:
            return Result(a.place, 2 * a.factor, turned)
        own = self.put("add", a.place, b.place, b.factor / a.factor, shape)
        return own._replace(factor=a.factor, turned=turned)

    def contraction(self, a, b, labels, shape):
        """A product of matrices, in the orientation whose labels come first."""
        inside, out = labels.split("->")
        sides = inside.split(",")
        factor = a.factor * b.factor
        for one, other, own, rest in [(a, b, *sides), (b, a, *reversed(sides))]:
            if self.is_one(one) and not own and rest == out:
                return other.times(one.factor)
        if "" in sides or sides[0] == sides[1] == out:
            return self.product(a, b, shape)
        plain = [
            (own.place, labels[::-1] if own.turned else labels)
            for own, labels in zip([a, b], sides, strict=True)
        ]
        choices = []
        for first, second in [plain, plain[::-1]]:
            for turned in {False, len(out) == 2}:
                target = out[::-1] if turned else out
                letters = {}
                for letter in first[1] + second[1] + target:
                    letters.setdefault(letter, chr(ord("a") + len(letters)))
                named = ["".join(map(letters.get, own)) for own in (first[1], second[1], target)]
                choices.append((first[0], second[0], *named, turned))
        *entry, turned = min(choices)
        shape = ",".join(reversed(shape.split(","))) if turned else shape
        return self.put("contract", *entry, shape)._replace(factor=factor, turned=turned)

    def operations(self, own):
        """How often each operation stands in a result, what is used twice counted once."""
        waiting, seen = [own.place], set()
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting += self.operands(place)
        return Counter(self.entries[place][0] for place in seen)

    def operands(self, place):
        operation, *rest = self.entries[place]
        match operation:
            case "input" | "constant":
                return []
            case "add" | "multiply" | "contract":
                return rest[:2]
            case "transpose" | "sum" | "reshape" | "broadcast":
                return rest[:1]
        return [part[0] for part in rest if isinstance(part, tuple)]
