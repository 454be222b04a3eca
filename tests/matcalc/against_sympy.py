"""The Cookbook's table through SymPy: which derivatives of matrix expressions it gets right.

    python tests/matcalc/against_sympy.py     # each row, then the counts

An answer is right when its value at a random point is the textbook's, or its transpose (SymPy
lays Jacobians out the other way); wrong when it has another value; refused when SymPy raises,
leaves a derivative standing, or gives what cannot be evaluated.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
import sympy as sp

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from matcalc.cookbook import TABLE
from matcalc.drawing import SIZES
from matcalc.plain import column, parse
from matcalc.truth import point, textbook

N = {name: sp.Symbol(name, integer=True, positive=True) for name in SIZES}


class NotInSymPyError(NotImplementedError):
    """It has no symbol for that."""


def names_of(row, sizes=N, suffix=""):
    """SymPy's symbols for the names of a row."""
    made = {}
    for name, declared in row.symbols.items():
        shape = [sizes[size] for size in declared.sizes.split(",") if size]
        if declared.space != "general":
            raise NotInSymPyError(f"the space {declared.space}")
        made[name] = (
            sp.MatrixSymbol(name + suffix, shape[0], shape[1] if len(shape) > 1 else 1)
            if shape
            else sp.Symbol(name + suffix, positive="positive" in declared.properties or None)
        )
    return made


def translated(text, names, sizes=N):
    """A text of the language as an expression of SymPy."""
    return _translated(parse(text), {**sizes, **names})


def number(x):
    """A 1 x 1 matrix as a scalar."""
    return sp.Trace(x) if getattr(x, "is_Matrix", False) else x


def _translated(tree, names):
    if tree.kind == "number":
        return sp.nsimplify(tree.text)
    if tree.kind == "name":
        return names[tree.text]
    parts = [_translated(part, names) for part in tree.parts]
    if tree.kind == "minus":
        return -parts[0]
    if tree.kind == "transpose":
        return parts[0].T
    if tree.kind == "call":
        if tree.text not in FUNCTIONS:
            raise NotInSymPyError(tree.text)
        return FUNCTIONS[tree.text](*parts)
    a, b = parts
    match tree.text:
        case "+" | "-":
            both = [getattr(x, "is_Matrix", False) for x in parts]
            a, b = (a, b) if all(both) else (number(a), number(b))
            return a + b if tree.text == "+" else a - b
        case "*":
            return a * b
        case ".*":
            return sp.hadamard_product(a, b)
        case "/":
            return a / number(b)
        case "^" if getattr(a, "is_Matrix", False) and not _is_one(a.shape):
            return a**b
        case _:
            return number(a) ** b


def _is_one(shape):
    return tuple(shape) == (1, 1)


def _elementwise(f, x):
    return (
        x.applyfunc(f) if getattr(x, "is_Matrix", False) and not _is_one(x.shape) else f(number(x))
    )


def _norm(x):
    return sp.sqrt(number(x.T * x) if getattr(x, "is_Matrix", False) else x**2)


def _total(x):
    return number(sp.OneMatrix(1, x.shape[0]) * x * sp.OneMatrix(x.shape[1], 1))


FUNCTIONS = {
    "tr": sp.Trace,
    "det": sp.Determinant,
    "logdet": lambda x: sp.log(sp.Determinant(x)),
    "inv": sp.Inverse,
    "inner": lambda a, b: sp.Trace(a.T * b),
    "kron": sp.KroneckerProduct,
    "eye": sp.Identity,
    "sum": _total,
    "norm2": _norm,
    **{
        name: partial(_elementwise, f)
        for name, f in [
            ("sin", sp.sin),
            ("cos", sp.cos),
            ("exp", sp.exp),
            ("log", sp.log),
            ("abs", sp.Abs),
        ]
    },
}


def derivative(row, names, function):
    """The derivative of a row as SymPy has it."""
    variable = names[row.variable]
    if row.kind == "differential":
        raise NotInSymPyError("differentials")
    found = function.diff(variable)
    if row.kind == "hessian":
        found = found.diff(variable)
    if found.has(sp.Derivative):
        raise NotInSymPyError("a derivative is left standing")
    return found


def evaluated(row, values):
    """The value of the derivative: of symbols with numbers as sizes, which SymPy prefers."""
    names = names_of(row, SIZES)
    found = derivative(row, names, translated(row.function, names, SIZES))
    given = [column(values[name]) if names[name].is_Matrix else values[name] for name in names]
    try:
        value = sp.lambdify(list(names.values()), found, "numpy")(*given)
    # What NumPy cannot be told is put in as numbers and worked out by SymPy.
    except Exception:  # noqa: BLE001
        numbers = {
            symbol: sp.ImmutableMatrix(x) if symbol.is_Matrix else sp.Float(x)
            for symbol, x in zip(names.values(), given, strict=True)
        }
        value = found.subs(numbers).doit()
        value = value.as_explicit() if hasattr(value, "as_explicit") else value
    return np.asarray(value, dtype=float)


def agrees(row, found, wanted):
    """Whether a value is the wanted one, in either layout."""
    if row.kind == "kronecker":
        # Axes of the variable, then those of the function.
        if found.ndim != 4:
            return False
        axes = (2, 3, 0, 1)
        found = np.reshape(np.transpose(found, axes), wanted.shape, order="F")
    found = found.reshape(wanted.shape) if found.size == wanted.size == 1 else np.squeeze(found)
    for turned in (wanted, wanted.T):
        other = np.squeeze(turned) if found.ndim < 2 or 1 in wanted.shape else turned
        if found.shape == other.shape and np.allclose(found, other, rtol=1e-8, atol=1e-10):
            return True
    return False


@dataclass(frozen=True)
class Outcome:
    """What came of a row: ``right``, ``wrong`` or ``refused``, and the seconds of a derivative."""

    verdict: str
    what: str
    seconds: float


def outcome(row):
    """One row through SymPy."""
    began = None
    try:
        names = names_of(row)
        function = translated(row.function, names)
        began = perf_counter()
        found = derivative(row, names, function)
        seconds = perf_counter() - began
        values, direction = point(row, 0)
        value = evaluated(row, values)
    # Whatever SymPy raises is its way to refuse.
    except Exception as error:  # noqa: BLE001
        return Outcome("refused", f"{type(error).__name__}: {error}"[:90], np.nan)
    same = agrees(row, value, textbook(row, values, direction))
    return Outcome("right" if same else "wrong", str(found), seconds)


def main():
    """Every row, then the counts."""
    counts, seconds = Counter(), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in TABLE:
            came = outcome(row)
            counts[came.verdict] += 1
            seconds.append(came.seconds)
            print(f"{came.verdict:8} {row}: {came.what}", flush=True)
    print(dict(counts), f"median {1e3 * np.nanmedian(seconds):.3g} ms")


if __name__ == "__main__":
    main()
