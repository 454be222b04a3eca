"""Compiled evaluations: one program for each tuple of sizes, a few of them kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.matcalc.binding import Argument, Array, Bound, bind, verify

KEPT = 16
"""How many programs are kept; the one used longest ago goes first."""


class Programs:
    """Several formulas of the same symbols, evaluated together: they share their work.

    Parameters
    ----------
    formulas : sequence of Formula
        What is evaluated.
    known : mapping
        All symbols that may be given, by name.
    """

    def __init__(self, formulas: Sequence[Any], known: Mapping[str, Argument]) -> None:
        self.formulas = tuple(formulas)
        own = {argument.name: argument for f in formulas for argument in arguments(f)}
        self.needed = tuple(own.values())
        self.known = {**known, **own}
        self.names = tuple(own)
        self.free = frozenset(name for f in formulas for name in f.size_names())
        self._programs: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, values: Mapping[str, Any], check: bool = True) -> list[Array]:
        """The values of the formulas.

        Parameters
        ----------
        values : mapping
            An array-like for each symbol.
        check : bool
            Whether what is declared of the symbols is looked at.
        """
        return self.run(self.bound(values, check))

    def bound(self, values: Mapping[str, Any], check: bool = True) -> Bound:
        """The values as arrays that fit."""
        bound = bind(values, self.needed, self.known, self.free)
        if check:
            verify(self.needed, bound)
        return bound

    def run(self, bound: Bound) -> list[Array]:
        """The values of the formulas for values that were looked at."""
        if not self.formulas:
            return []
        key = (bound.single, *sorted(bound.sizes.items()))
        program = self._programs.get(key)
        if program is None:
            program = self._made(key, bound)
        dtype = np.float32 if bound.single else np.float64
        given = [
            self._given(argument, bound.arrays[argument.name], dtype) for argument in self.needed
        ]
        if any(_core.is_traced(value) for value in given):
            traced: list[Array] = program.again(given)
            return traced
        return [np.asarray(result, dtype) for result in program.run(given)]

    @staticmethod
    def _given(argument: Argument, value: Any, dtype: Any) -> Any:
        if _core.is_traced(value):
            return value if value.dtype == dtype else value.astype(dtype)
        array = np.ascontiguousarray(value, dtype)
        return array if argument.shape else array.reshape(())

    def _made(self, key: Any, bound: Bound) -> Any:
        first, *rest = self.formulas
        sizes = list(bound.sizes.items())
        program = first.program(rest, list(self.names), sizes, bound.single)
        with self._lock:
            self._programs[key] = program
            while len(self._programs) > KEPT:
                self._programs.popitem(last=False)
        return program

    def graph(self, values: Mapping[str, Any]) -> Any:
        """The program that answers for these values; ``str()`` of it is its text."""
        bound = self.bound(values)
        return self._made((bound.single, *sorted(bound.sizes.items())), bound)


def arguments(formula: Any, whole: bool = False) -> list[Argument]:
    """The symbols of a formula, or all that were declared with it."""
    return [
        Argument(name, tuple(shape), tuple(facts), of)
        for name, shape, facts, of in formula.symbols(whole)
    ]
