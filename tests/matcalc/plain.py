"""The language read and evaluated in the plainest way: a second source for every value.

Nothing here comes from the library. Every value has two axes, a vector is a column and a scalar
1 x 1. Numbers are real (``REAL``, which can be traced for automatic differentiation) or complex
(``COMPLEX``): transposes conjugate nothing, so that analytic functions stay analytic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matcalc.plain_functions import COMPLEX, REAL, power

__all__ = ["COMPLEX", "REAL", "column", "evaluate", "names", "operations", "parse"]

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.(?![*/^])\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>\.[*/^]|[-+*/^'(),]))"
)


@dataclass(frozen=True)
class Tree:
    """What is done, and to what: ``number`` and ``name`` have their text, calls their name."""

    kind: str
    text: str
    parts: tuple[Tree, ...] = ()


@lru_cache(maxsize=4096)
def parse(text):
    """The tree of a text."""
    reader = _Reader(text)
    tree = reader.sum()
    if reader.peek() is not None:
        raise ValueError(f"{reader.peek()!r} is left over in {text!r}")
    return tree


class _Reader:
    def __init__(self, text):
        self.tokens, place, text = [], 0, text.rstrip()
        while place < len(text):
            found = TOKEN.match(text, place)
            if not found:
                raise ValueError(f"unexpected {text[place:]!r}")
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            place = found.end()
        self.place = 0

    def peek(self):
        return self.tokens[self.place][1] if self.place < len(self.tokens) else None

    def take(self, *signs):
        """The next token if it is one of these signs."""
        if self.place < len(self.tokens) and self.tokens[self.place] in {
            ("sign", s) for s in signs
        }:
            self.place += 1
            return self.tokens[self.place - 1][1]
        return None

    def expect(self, sign):
        if not self.take(sign):
            raise ValueError(f"expected {sign!r}, got {self.peek()!r}")

    def sum(self):
        tree = self.product()
        while sign := self.take("+", "-"):
            tree = Tree("binary", sign, (tree, self.product()))
        return tree

    def product(self):
        tree = self.signed()
        while sign := self.take("*", "/", ".*", "./"):
            tree = Tree("binary", sign, (tree, self.signed()))
        return tree

    def signed(self):
        if self.take("-"):
            return Tree("minus", "-", (self.signed(),))
        tree = self.postfix()
        if sign := self.take("^", ".^"):
            minus = self.take("-")
            exponent = self.postfix()
            exponent = Tree("minus", "-", (exponent,)) if minus else exponent
            tree = Tree("binary", sign, (tree, exponent))
        return tree

    def postfix(self):
        tree = self.atom()
        while self.take("'"):
            tree = Tree("transpose", "'", (tree,))
        return tree

    def atom(self):
        if self.take("("):
            tree = self.sum()
            self.expect(")")
            return tree
        kind, text = self.tokens[self.place]
        if kind == "sign":
            raise ValueError(f"unexpected {text!r}")
        self.place += 1
        if kind == "name" and self.take("("):
            parts = [self.sum()]
            while self.take(","):
                parts.append(self.sum())
            self.expect(")")
            return Tree("call", text, tuple(parts))
        return Tree(kind, text)


def operations(text):
    """How many operators and calls of functions there are in a text."""
    stack, count = [parse(text)], 0
    while stack:
        tree = stack.pop()
        # The sign of a number is part of it.
        signed_number = tree.kind == "minus" and tree.parts[0].kind == "number"
        count += tree.kind not in {"number", "name"} and not signed_number
        stack.extend(tree.parts)
    return count


def names(text):
    """The names in a text, in order of first appearance."""
    return list(dict.fromkeys(leaf.text for leaf in leaves(parse(text)) if leaf.kind == "name"))


def leaves(tree):
    """The numbers and names of a tree, from left to right."""
    return [tree] if not tree.parts else [leaf for part in tree.parts for leaf in leaves(part)]


def column(value):
    """A scalar as 1 x 1, a vector as a column, a matrix as it is."""
    return np.reshape(value, (-1, 1)) if np.ndim(value) < 2 else value


def evaluate(text, values, sizes=None, functions=REAL):
    """The value, with two axes.

    ``values`` has arrays of zero, one or two axes by name, and ``sizes`` the numbers that size
    names stand for.
    """
    known = {name: column(float(size)) for name, size in (sizes or {}).items()}
    known.update((name, column(value)) for name, value in values.items())
    return _value(parse(text), known, functions)


def _value(tree, known, functions):
    if tree.kind == "number":
        return column(float(tree.text))
    if tree.kind == "name":
        return known[tree.text]
    parts = [_value(part, known, functions) for part in tree.parts]
    if tree.kind == "minus":
        return -parts[0]
    if tree.kind == "transpose":
        return parts[0].T
    if tree.kind == "call":
        return functions[tree.text](*parts)
    a, b = parts
    constant = {t.kind for t in leaves(tree.parts[1])} == {"number"}
    match tree.text:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b if (1, 1) in {a.shape, b.shape} else a @ b
        case ".*":
            return a * b
        case "/" | "./":
            return a / b
        case "^" if a.shape != (1, 1):
            return _matrix_power(a, float(b[0, 0]))
        case _:
            return power(a, float(b[0, 0]) if constant else b)


def _matrix_power(a, exponent):
    base = np.linalg.inv(a) if exponent < 0 else a
    product = np.eye(a.shape[0])
    for _ in range(round(abs(exponent))):
        product = product @ base
    return product
