"""Random expressions of the language, well typed and safe in their domains.

``generate(seed)`` gives a text with declarations and values of its names. What a logarithm, a root
or a division takes is positive and what is inverted is invertible by construction: ``x.^2 + 1``,
``A'*A + eye(n)``, or names that are declared so. Names with assumptions take part, since the
normal form uses them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matcalc.cookbook import Symbol, symbol
from matcalc.drawing import draw
from matcalc.plain import names

SIZES = {"n": 3, "m": 2}

# Names by their type; the first ones are drawn more often.
DECLARED = {
    "": {"t": "", "alpha": "", "s": "positive"},
    "n": {"x": "n", "y": "n", "p": "n positive"},
    "m": {"b": "m", "z": "m"},
    "n,n": {
        "X": "n,n",
        "A": "n,n",
        "V": "n,n invertible",
        "P": "n,n positive_definite",
        "S": "n,n symmetric",
        "K": "n,n skew",
        "D": "n,n diagonal",
        "U": "n,n upper_triangular",
        "Q": "n,n orthogonal",
    },
    "m,n": {"C": "m,n", "G": "m,n"},
    "n,m": {"F": "n,m"},
    "m,m": {"M": "m,m", "R": "m,m positive_definite"},
}
TYPES = {name: symbol(text) for group in DECLARED.values() for name, text in group.items()}
INVERTIBLE = ("V", "P", "Q")
# Directions at an orthogonal matrix are those of a curved space: it stays constant.
CONSTANT = ("Q",)

SMOOTH = ("sin", "cos", "tanh", "sigmoid", "softplus", "exp", "sinh", "cosh")
KINKED = ("abs", "relu", "sign", "step")


@dataclass(frozen=True)
class Drawn:
    """A text with what it needs: declarations and values of its names, and one of them."""

    text: str
    symbols: dict[str, Symbol]
    values: dict[str, np.ndarray]
    variable: str

    def __str__(self):
        declared = ", ".join(f"{name}: {own}" for name, own in self.symbols.items())
        return f"{self.text} in {self.variable} with {declared}"


def generate(seed, depth=5, broad=False):
    """The expression of a seed: a scalar, or else a vector or a matrix; nothing in vain.

    Those that are `broad` are of all that the language has, and have two or three levels.
    """
    rng = np.random.default_rng(seed)
    while True:
        goal = rng.choice(["", "", "", "", "n", "m", "n,n", "m,n"])
        writer = BroadWriter(rng) if broad else Writer(rng)
        text = writer.write(str(goal), int(rng.integers(2, 4 if broad else depth + 1)))
        if broad and goal in ("n", "m") and rng.random() < 0.3:
            text = f"{wrapped(text)}'"  # a row
        used = [name for name in names(text) if name in TYPES]
        variables = [name for name in used if name not in CONSTANT]
        symbols = {name: TYPES[name] for name in used}
        sizes = {size for own in symbols.values() for size in own.sizes.split(",")}
        if variables and len(text) < 500 and sizes.issuperset(set(names(text)) - set(used)):
            values = {name: draw(own, rng, SIZES) for name, own in symbols.items()}
            return Drawn(text, symbols, values, str(rng.choice(variables)))


def wrapped(text):
    """In parentheses, unless it is a name, a number or a call."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth == 0 and character in "+-*/^' ":
            return f"({text})"
    return text


class Writer:
    """Writes expressions of a wanted type: ``""``, ``n``, ``m,n`` and so on."""

    def __init__(self, rng):
        self.rng = rng

    def pick(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def write(self, goal, depth):
        """An expression of a type, at most so deep."""
        if depth <= 0 or self.rng.random() < 0.08:
            return self.leaf(goal)
        if not goal:
            return wrapped(self.scalar(depth - 1))
        rows, _, columns = goal.partition(",")
        if columns:
            return wrapped(self.matrix(rows, columns, depth - 1))
        return wrapped(self.vector(rows, depth - 1))

    def leaf(self, goal):
        if not goal and self.rng.random() < 0.3:
            return self.pick("2", "3", "0.5", "1.5", "n", "4")
        known = list(DECLARED.get(goal, ()))
        if not known:
            rows, _, columns = goal.partition(",")
            return f"ones({rows}, {columns})"
        if goal == "n,n" and self.rng.random() < 0.1:
            return "eye(n)"
        if goal.count(",") and self.rng.random() < 0.05:
            return f"ones({goal})"
        if goal == "n" and self.rng.random() < 0.1:
            return "ones(n)"
        weights = 1.0 / np.arange(1, len(known) + 1)
        return str(self.rng.choice(known, p=weights / weights.sum()))

    def size(self):
        return self.pick("n", "n", "m")

    def scalar(self, depth):
        w, n = self.write, self.size()
        m = self.size()
        match self.rng.integers(28):
            case 0 | 1:
                return f"{w('', depth)} {self.pick('+', '-')} {w('', depth)}"
            case 2:
                return f"{w('', depth)}*{w('', depth)}"
            case 3:
                return f"{w('', depth)}/({w('', depth - 1)}^2 + 1)"
            case 4:
                return f"{w('', depth)}^{self.pick('2', '3')}"
            case 5:
                return f"{self.pick(*SMOOTH[:6])}({w('', depth)})"
            case 6:
                return f"{self.pick('log', 'sqrt')}({w('', depth)}^2 + 1)"
            case 7 | 8:
                return f"inner({w(n, depth)}, {w(n, depth)})"
            case 9 | 10:
                v = w(n, depth - 1)
                return f"{v}'*{w(f'{n},{m}', depth - 1)}*{w(m, depth - 1)}"
            case 11:
                v = w(n, depth - 1)
                return f"{v}'*{w(f'{n},{n}', depth - 1)}*{v}"
            case 12 | 13:
                return f"tr({w(f'{n},{n}', depth)})"
            case 14:
                return f"inner({w(f'{n},{m}', depth)}, {w(f'{n},{m}', depth)})"
            case 15:
                return f"sum({self.any(depth)})"
            case 16:
                return f"logdet({self.regular(n, depth)})"
            case 17:
                # Of a product through a shorter side the determinant is 0 but for rounding.
                return f"det({w(f'{n},{n}', depth)} + 2*eye({n}))"
            case 18:
                return f"log({self.definite('n', depth, 'det')})"
            case 19:
                return f"norm2({self.any(depth)}){self.pick('', '^2')}"
            case 20:
                # A sum, so that singular values are seldom 0, where a nuclear norm has a kink.
                x = f"{w(f'{n},{m}', depth)} + {self.leaf(f'{n},{m}')}"
                return f"{self.pick('norm1', 'nuc', 'norms')}({x})"
            case 21:
                return f"normp({w(n, depth)}, {self.pick('3', '1.5', '4')})"
            case 22:
                return f"{self.pick('lmax', 'lmin')}({self.symmetric(n, depth)})"
            case 23:
                return f"{self.pick('max', 'min')}({w(n, depth)})"
            case 24:
                return f"logsumexp({w(n, depth)})"
            case 25:
                return f"{self.pick('abs', 'relu')}({w('', depth)})"
            case 26:
                # Taken apart like this it loses its digits where the argument is large.
                return f"sum(log(1 + exp({w(n, min(depth, 1))})))"
            case _:
                v = w("n,m", depth - 1)
                return f"{self.pick('tr', 'sum')}(kron({w('n,n', depth - 1)}, {v}'*{v}))"

    def any(self, depth):
        return self.write(self.pick("n", "m", "n,n", "m,n"), depth)

    def vector(self, n, depth):
        w, m = self.write, self.size()
        match self.rng.integers(18):
            case 0 | 1 | 2:
                return f"{w(f'{n},{m}', depth)}*{w(m, depth)}"
            case 3 | 4:
                return f"{w(n, depth)} {self.pick('+', '-')} {w(n, depth)}"
            case 5:
                return f"{w('', depth)}*{w(n, depth)}"
            case 6:
                return f"{w(n, depth)}.*{w(n, depth)}"
            case 7:
                return f"{w(n, depth)}./({w(n, depth - 1)}.^2 + 1)"
            case 8:
                return f"{self.pick(*SMOOTH)}({w(n, depth)})"
            case 9:
                return f"{self.pick(*KINKED)}({w(n, depth)})"
            case 10:
                return f"diagv({w(f'{n},{n}', depth)})"
            case 11:
                return f"softmax({w(n, depth)})"
            case 12:
                return f"{w(f'{m},{n}', depth)}'*{w(m, depth)}"
            case 13:
                return f"inv({self.regular(n, depth)})*{w(n, depth)}"
            case 14:
                return f"{w(n, depth)}{self.pick('.^2', '.^3')}"
            case 15:
                return f"{self.pick('log', 'sqrt')}({w(n, depth)}.^2 + 1)"
            case 16:
                return f"({w(n, depth)} + {w('', depth)})/({w('', depth - 1)}^2 + 1)"
            case _:
                return f"{self.pick('max', 'min')}({w(n, depth)}, {w(n, depth)})"

    def matrix(self, n, m, depth):
        w, k = self.write, self.size()
        goal = f"{n},{m}"
        if n == m and self.rng.random() < 0.35:
            return self.square(n, depth)
        match self.rng.integers(13):
            case 0 | 1 | 2:
                return f"{w(f'{n},{k}', depth)}*{w(f'{k},{m}', depth)}"
            case 3 | 4:
                return f"{w(goal, depth)} {self.pick('+', '-')} {w(goal, depth)}"
            case 5:
                return f"{w('', depth)}*{w(goal, depth)}"
            case 6:
                return f"{w(goal, depth)}.*{w(goal, depth)}"
            case 7:
                return f"{w(n, depth)}*{w(m, depth)}'"
            case 8 | 9:
                return f"{w(f'{m},{n}', depth)}'"
            case 10:
                return f"{self.pick(*SMOOTH[:5], *KINKED[:2])}({w(goal, depth)})"
            case 11:
                return f"{self.pick('2', '1.5')}.^tanh({w(goal, depth)})"
            case _:
                return f"{w(goal, depth)}./({w('', depth - 1)}^2 + 1)"

    def square(self, n, depth):
        match self.rng.integers(8):
            case 0:
                return f"diag({self.write(n, depth)})"
            case 1 | 2:
                return f"inv({self.regular(n, depth)})"
            case 3:
                return f"{self.write(f'{n},{n}', depth)}^{self.pick('2', '3')}"
            case 4 if n == "n":
                return f"{self.pick(*INVERTIBLE)}^-{self.pick('1', '2')}"
            case 5:
                return f"expm({self.write(f'{n},{n}', depth)}/4)"
            case 6 if n == "m":
                return f"{self.pick('G', 'C')}*pinv({self.pick('C', 'G')})"
            case _:
                return f"{self.write(f'{n},{n}', depth)} + {self.write('', depth)}*eye({n})"

    def regular(self, n, depth):
        """An invertible matrix."""
        if n == "n" and self.rng.random() < 0.3:
            return self.pick(*INVERTIBLE)
        return self.definite(n, depth)

    def definite(self, n, depth, function=None):
        """A positive definite matrix, or a positive function of it."""
        x = self.write(f"{self.size()},{n}", depth - 1)
        text = f"{x}'*{x} + eye({n})"
        return f"{function}({text})" if function else text

    def symmetric(self, n, depth):
        x = self.write(f"{n},{n}", depth - 1)
        # Of a product through a shorter side some eigenvalues would be equal.
        other = "D" if n == "n" else "diag(z)"
        return self.pick(f"{x} + {x}'", f"{x}'*{x} + {other}", "S" if n == "n" else "R")


class BroadWriter(Writer):
    """Writes what the others leave out: Kronecker products, cofactors, powers of numbers, ..."""

    OFTEN = 0.4

    def scalar(self, depth):
        w, n, m = self.write, self.size(), self.size()
        if self.rng.random() > self.OFTEN:
            return super().scalar(depth)
        square = f"{n},{n}"
        match self.rng.integers(9):
            case 0:
                middle = f"kron({w(square, depth)}, {w(square, depth)})"
                return f"vec({w(square, depth)})'*{middle}*vec({w(square, depth)})"
            case 1:
                return f"{self.pick('2', '1.5')}^tanh({w('', depth)})"
            case 2:
                return f"({w('', depth - 1)}^2 + 1)^sin({w('', depth)})"
            case 3:
                return f"tr({w('n,n', depth)}*{self.pick('K', 'D', 'U', 'S', 'Q')})"
            case 4:
                return f"det({w('n,n', depth)})"
            case 5:
                return f"tr(kron({w(square, depth)}, {w(f'{m},{m}', depth)}))"
            case 6:
                return f"sum(kron({w(f'{n},{m}', depth)}, {w(f'{m},{m}', depth)}).^2)"
            case 7:
                return f"norm2(triu({w('n,n', depth)}) - toeplitz({w('n,n', depth)}))^2"
            case _:
                return f"ones({n})'*{w(f'{n},{m}', depth)}*ones({m})"

    def vector(self, n, depth):
        w, m = self.write, self.size()
        if self.rng.random() > self.OFTEN:
            return super().vector(n, depth)
        match self.rng.integers(8):
            case 7:
                return f"rowlogsumexp({w(f'{n},{m}', depth)})"
            case 0:
                return f"2.^tanh({w(n, depth)})"
            case 1:
                return f"({w('', depth - 1)}^2 + 1).^sin({w(n, depth)})"
            case 2:
                return f"ones({n}, {m})*{w(m, depth)}"
            case 3:
                return f"kron({w(m, depth)}', eye({n}))*vec({w(f'{n},{m}', depth)})"
            case 4:
                return f"kron(eye({n}), {w(m, depth)}')*vec({w(f'{m},{n}', depth)})"
            case 5:
                power = self.pick("2", "3", "9")
                return f"{w(f'{n},{n}', depth - 1)}^{power}*{w(n, depth)}/10"
            case _:
                other = w(f"{n},{n}", depth)
                return f"diagv({w(f'{n},{n}', depth)}*diag({w(n, depth)})*{other})"

    def matrix(self, n, m, depth):
        w, k, goal = self.write, self.size(), f"{n},{m}"
        if self.rng.random() > self.OFTEN:
            return super().matrix(n, m, depth)
        if n == m and self.rng.random() < 0.7:
            return self.square_of_all(n, depth)
        match self.rng.integers(6):
            case 5:
                return f"rowsoftmax({w(goal, depth)})"
            case 0:
                return f"exp({w(goal, depth)}).^tanh({w(goal, depth)})"
            case 1:
                return f"{self.pick('max', 'min')}({w(goal, depth)}, {w(goal, depth)})"
            case 2:
                sides = f"kron({w(f'{m},{k}', depth)}, {w(f'{n},{n}', depth)})"
                return f"unvec({sides}*vec({w(f'{n},{k}', depth)}), {n})"
            case 3:
                return f"{w(goal, depth)}.^2.*{w(goal, depth)}"
            case _:
                return f"{self.pick('2', '1.5')}.^tanh({w(goal, depth)})"

    def square_of_all(self, n, depth):
        w, k = self.write, self.size()
        goal, other = f"{n},{n}", f"{k},{k}"
        match self.rng.integers(13):
            case 0:
                return f"triu({w(goal, depth)})"
            case 1:
                return f"toeplitz({w(goal, depth)})"
            case 2:
                return f"unvec(commutation({n}, {n})*vec({w(goal, depth)}), {n})"
            case 3:
                return f"kronl(kron({w(goal, depth)}, {w(other, depth)}), {w(other, depth)})"
            case 4:
                sum_ = f"kron({w(other, depth)}, {w(goal, depth)}) + "
                sum_ += f"2*kron({w(other, depth)}, {w(goal, depth)})"
                return f"kronr({sum_}, {w(other, depth)})"
            case 5:
                sides = f"{self.definite(n, depth)}, {self.definite(n, depth)}"
                return f"sylv({sides}, {w(goal, depth)})"
            case 6:
                return f"dexpm({w(goal, depth)}/4, {w(goal, depth)})"
            case 7:
                return f"dcof({w(goal, depth)}, {w(goal, depth)})"
            case 8:
                return f"cof({w(goal, depth)})"
            case 9:
                return f"(ones({n}, {n}) + {w(goal, depth - 1)})^{self.pick('2', '3')}"
            case 10 if n == "n":
                return f"{self.pick('K', 'D', 'U', 'S', 'Q')}.^2"
            case 11:
                return f"diag({w(n, depth)})*{w(goal, depth)}*diag({w(n, depth)})"
            case _:
                return f"eye({n}) - {w(n, depth)}*{w(n, depth)}'"
