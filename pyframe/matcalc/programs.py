"""Compiled evaluations: one program for each tuple of sizes, a few of them kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.matcalc.assumptions import verify
from pyframe.matcalc.binding import Argument, Array, Bound, bind

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
    beside : sequence of Formula
        Others whose sizes may be given.
    """

    def __init__(
        self, formulas: Sequence[Any], known: Mapping[str, Argument], beside: Sequence[Any] = ()
    ) -> None:
        self.formulas = tuple(formulas)
        own = {argument.name: argument for f in formulas for argument in arguments(f)}
        self.needed = tuple(own.values())
        self.known = {**known, **own}
        self.names = tuple(own)
        self.free = frozenset(name for f in (*formulas, *beside) for name in f.size_names())
        self.checked = tuple(own for own in self.known.values() if own.is_checked)
        self._programs: OrderedDict[Any, Any] = OrderedDict()
        self._plans: dict[Any, tuple[Any, Bound]] = {}
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
        return self.evaluated(values, check)[1]

    def evaluated(self, values: Mapping[str, Any], check: bool = True) -> tuple[Bound, list[Array]]:
        """The same, with what the sizes turned out to be.

        What was worked out is kept for arrays of the same names, types and shapes.
        """
        key = _signature(values)
        plan = None if key is None else self._plans.get(key)
        if plan is not None:
            program, bound = plan
            if check:
                verify(self.checked, Bound(dict(values), bound.sizes, bound.single))
            return bound, [
                np.asarray(x) for x in program.run([values[name] for name in self.names])
            ]
        bound = self.bound(values, check)
        results = self.run(bound)
        # Another thread may have dropped the program meanwhile.
        program = self._programs.get(_key(bound))
        if key is not None and program is not None and self._is_plain(values, bound):
            with self._lock:
                if len(self._plans) >= KEPT:
                    self._plans.clear()
                self._plans[key] = program, Bound({}, bound.sizes, bound.single)
        return bound, results

    def _is_plain(self, values: Mapping[str, Any], bound: Bound) -> bool:
        """Whether the program takes the values as they are."""
        dtype = np.float32 if bound.single else np.float64
        return all(
            getattr(values[own.name], "dtype", np.float64) == dtype and "1" not in own.shape
            for own in (*self.needed, *(own for own in self.checked if own.name in values))
        )

    def bound(self, values: Mapping[str, Any], check: bool = True) -> Bound:
        """The values as arrays that fit."""
        bound = bind(values, self.needed, self.known, self.free)
        if check:
            verify(self.checked, bound)
        return bound

    def run(self, bound: Bound) -> list[Array]:
        """The values of the formulas for values that were looked at."""
        if not self.formulas:
            return []
        key = _key(bound)
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
        if not _core.is_traced(value):
            value = np.asarray(value, dtype, order="C")
        elif value.dtype != dtype:
            value = value.astype(dtype)
        # A row lies as an array of one axis, and a number as one of none.
        kept = [n for size, n in zip(argument.shape, value.shape, strict=False) if size != "1"]
        return value if value.ndim == len(kept) else value.reshape(kept)

    def _made(self, key: Any, bound: Bound) -> Any:
        program = self._planned(list(bound.sizes.items()), bound.single)
        with self._lock:
            self._programs[key] = program
            while len(self._programs) > KEPT:
                self._programs.popitem(last=False)
        return program

    def _planned(self, sizes: list[tuple[str, int]], single: bool) -> Any:
        first, *rest = self.formulas
        return first.program(rest, list(self.names), sizes, single)

    def graph(self, values: Mapping[str, Any]) -> Any:
        """The program that answers for these values; ``str()`` of it is its text."""
        bound = self.bound(values)
        return self._made(_key(bound), bound)


def _key(bound: Bound) -> Any:
    """What a program is made for."""
    return (bound.single, *sorted(bound.sizes.items()))


def _signature(values: Mapping[str, Any]) -> Any:
    """Names, types and shapes of plain arrays and floats; None when there is something else."""
    parts: list[Any] = []
    for name, value in values.items():
        kind = type(value)
        if kind is np.ndarray:
            parts.append((name, value.dtype, value.shape))
        elif kind is float:
            parts.append(name)
        else:
            return None
    return tuple(parts)


def arguments(formula: Any, whole: bool = False) -> list[Argument]:
    """The symbols of a formula, or all that were declared with it."""
    return [
        Argument(name, tuple(shape), tuple(facts), of)
        for name, shape, facts, of in formula.symbols(whole)
    ]
