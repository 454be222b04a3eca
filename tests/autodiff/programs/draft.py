"""A program in the making: the values so far and the choice of operands."""

from __future__ import annotations

import numpy as np
from autodiff.programs.program import SPECIAL, literal

SHAPES = [
    (),
    (1,),
    (2,),
    (3,),
    (3,),
    (5,),
    (1, 3),
    (2, 3),
    (3, 2),
    (3, 3),
    (2, 2),
    (3, 1),
    (2, 1),
    (1, 1),
    (2, 3, 2),
    (1, 3, 2),
    (2, 2, 3),
    (3, 1, 2),
]
EMPTY = [(0,), (0, 3), (2, 0), (3, 0, 2)]
NUMBERS = ["0.5", "2.0", "-1.5", "3.0", "0.1", "-0.3", "1.25", "-2.0", "0.7", "1.0"]


class Draft:
    """Names with their values; unused ones are chosen more often, so that few ends hang loose."""

    def __init__(self, rng, wild: bool):
        self.rng = rng
        self.wild = wild
        self.names: list[str] = []
        self.values: dict = {}
        self.used: set[str] = set()
        self.scope = {"np": np, "sp": SPECIAL, "_take": bool}

    def bind(self, name, value):
        self.names.append(name)
        self.values[name] = value
        self.scope[name] = value

    def one(self, *items):
        """One of the items."""
        return items[self.rng.integers(len(items))]

    def chance(self, p) -> bool:
        return self.rng.random() < p

    def pick(self, fits=None):
        """A name whose value fits; recent and unused ones first. None when there is none."""
        names = self.names if fits is None else [n for n in self.names if fits(self.values[n])]
        if not names:
            return None
        fresh = [n for n in names if n not in self.used]
        if fresh and self.chance(0.7):
            names = fresh
        elif len(names) > 6 and self.chance(0.6):
            names = names[-6:]
        return names[self.rng.integers(len(names))]

    def array(self, least=1, most=3):
        """An array of so many dimensions."""
        return self.pick(lambda v: least <= np.ndim(v) <= most)

    def scalar(self):
        return self.pick(lambda v: np.ndim(v) == 0)

    def number(self) -> str:
        return self.one(*NUMBERS)

    def constant(self, shape) -> str:
        """A literal array of small round numbers, which makes ties with corner inputs."""
        return literal(self.rng.integers(-6, 7, size=shape) / 4.0)

    def axis(self, name, negative=True) -> int:
        n = np.ndim(self.values[name])
        return int(self.rng.integers(-n if negative else 0, n))
