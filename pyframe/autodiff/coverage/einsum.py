"""Einstein sums: any specification as a chain of contractions of two operands.

An axis is named by a label: the code of its letter, or for what ``...`` stands for a number from
`STACK` on, counted from the last axis.  The order in which more than two operands are
contracted is that of ``np.einsum_path``.
"""

from __future__ import annotations

import functools
from operator import index
from typing import Any

import numpy as np

from pyframe._checks import shown
from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.coverage.products import STACK, product, shape_of, stack_labels
from pyframe.autodiff.dispatch import function, is_traced
from pyframe.errors import ParameterError, ShapeError

Labels = tuple[int, ...]

DOTS = -1
"""Stands for ``...`` until the operand's axes are counted."""

LIMIT = 10_000
"""Characters of a specification."""


def _refused(text: str, place: int, why: str) -> ParameterError:
    return ParameterError(f"einsum: {why} at position {place} of {shown(text)}")


def _term(text: str, start: int, stop: int) -> Labels:
    """The labels of one operand in ``text[start:stop]``."""
    made: list[int] = []
    place = start
    while place < stop:
        letter = text[place]
        if letter.isascii() and letter.isalpha():
            made.append(ord(letter))
        elif text.startswith("...", place, stop) and DOTS not in made:
            made.append(DOTS)
            place += 2
        elif letter != " ":
            raise _refused(text, place, f"there is an unexpected {letter!r}")
        place += 1
    return tuple(made)


def _parsed(text: str) -> tuple[list[Labels], Labels | None]:
    """The labels of the operands and, when it is given, of the result."""
    if len(text) > LIMIT:
        raise ParameterError(
            f"einsum: a specification of {len(text)} characters is longer than {LIMIT}"
        )
    arrow = text.find("->")
    end = len(text) if arrow < 0 else arrow
    terms, start = [], 0
    while True:
        comma = text.find(",", start, end)
        stop = end if comma < 0 else comma
        terms.append(_term(text, start, stop))
        if comma < 0:
            break
        start = comma + 1
    return terms, None if arrow < 0 else _term(text, arrow + 2, len(text))


def _numbered(sublist: Any) -> Labels:
    """Labels given as numbers: 0 to 25 are A to Z, 26 to 51 are a to z."""
    made: list[int] = []
    for each in sublist:
        if each is ...:
            made.append(DOTS)
            continue
        number = index(each)
        if not 0 <= number < 52:
            raise ParameterError(f"einsum: a label must lie from 0 to 51, got {number}")
        made.append(65 + number if number < 26 else 71 + number)
    return tuple(made)


def _arguments(given: tuple[Any, ...]) -> tuple[list[Any], list[Labels], Labels | None]:
    """Operands, their labels and those of the result, from either form of the arguments."""
    if not given:
        raise ParameterError("einsum takes a specification and operands, got nothing")
    if isinstance(given[0], str):
        terms, out = _parsed(given[0])
        operands = list(given[1:])
    else:
        pairs, last = given[: len(given) // 2 * 2], given[len(given) // 2 * 2 :]
        operands, terms = list(pairs[::2]), [_numbered(each) for each in pairs[1::2]]
        out = _numbered(last[0]) if last else None
    if len(operands) != len(terms):
        raise ParameterError(
            f"einsum: {len(terms)} operands are specified, {len(operands)} are given"
        )
    return operands, terms, out


def _spread(labels: Labels, rank: int, number: int) -> Labels:
    """Labels with ``...`` replaced by those of the axes that it stands for."""
    named = len(labels) - (DOTS in labels)
    if rank < named or (rank > named and DOTS not in labels):
        raise ShapeError(f"einsum: operand {number} has {rank} axes, its specification {named}")
    if DOTS not in labels:
        return labels
    place = labels.index(DOTS)
    return labels[:place] + tuple(stack_labels(rank - named)) + labels[place + 1 :]


def _result(terms: list[Labels], out: Labels | None) -> Labels:
    """The labels of the result; without a specification those that stand once, sorted."""
    every = [label for term in terms for label in term]
    dots = sorted({label for label in every if label >= STACK}, reverse=True)
    if out is None:
        return (
            *dots,
            *sorted(label for label in every if label < STACK and every.count(label) == 1),
        )
    if DOTS in out:
        place = out.index(DOTS)
        out = out[:place] + tuple(dots) + out[place + 1 :]
    elif dots:
        raise ParameterError("einsum: the result must have the axes that '...' stands for")
    for label in out:
        if out.count(label) > 1 or label not in every:
            why = "stands twice in the result" if out.count(label) > 1 else "stands in no operand"
            raise ParameterError(f"einsum: the label {chr(label)!r} {why}")
    return out


def _once(x: Any, labels: Labels, number: int) -> tuple[Any, Labels]:
    """An operand in which no label stands twice: of repeated ones the diagonal is taken."""
    while len(set(labels)) < len(labels):
        label = next(label for label in labels if labels.count(label) > 1)
        i = labels.index(label)
        j = labels.index(label, i + 1)
        shape = shape_of(x)
        n = shape[i]
        if shape[j] != n:
            raise ShapeError(
                f"einsum: axes of lengths {n} and {shape[j]} of operand {number} share a label"
            )
        rest = [k for k in range(len(shape)) if k not in (i, j)]
        square = np.reshape(np.transpose(x, [*rest, i, j]), [*(shape[k] for k in rest), n * n])
        x, labels = square[..., :: n + 1], (*(labels[k] for k in rest), label)
    return x, labels


def _alone(x: Any, labels: Labels, out: Labels) -> Any:
    """One operand: summed over what is not in the result, axes in its order."""
    summed = tuple(k for k, label in enumerate(labels) if label not in out)
    if summed:
        x = np.sum(x, axis=summed)
    kept = [label for label in labels if label in out]
    order = [kept.index(label) for label in out]
    return x if order == list(range(len(order))) else np.transpose(x, order)


@functools.lru_cache(maxsize=1024)
def _path(
    terms: tuple[Labels, ...], shapes: tuple[tuple[int, ...], ...], out: Labels, how: Any
) -> Any:
    """The order of contraction: which operands meet in each step."""
    every = sorted({label for term in terms for label in term})
    if len(every) > 52:
        raise ParameterError(f"einsum: {len(every)} different axes are more than 52")
    names = {label: k for k, label in enumerate(every)}
    given: list[Any] = []
    for term, shape in zip(terms, shapes, strict=True):
        given += [np.broadcast_to(np.float64(0), shape), [names[label] for label in term]]
    how = how if isinstance(how, str) else list(how)
    return np.einsum_path(*given, [names[label] for label in out], optimize=how)[0][1:]


def _order(optimize: Any) -> Any:
    """NumPy's option, such that it can be a key; what is said in NumPy's words stays."""
    if optimize is True or optimize is False or optimize is None:
        return "greedy"
    return optimize if isinstance(optimize, str) else tuple(optimize)


def chain(operands: list[Any], terms: list[Labels], out: Labels, how: Any = "greedy") -> Any:
    """Operands contracted to the labels of the result; no operand has a label twice."""
    if len(operands) == 1:
        return _alone(operands[0], terms[0], out)
    path: Any = [(0, 1)]
    if len(operands) > 2:
        path = _path(tuple(terms), tuple(shape_of(x) for x in operands), out, how)
    operands, terms = list(operands), list(terms)
    for step in path:
        chosen = [(operands.pop(k), terms.pop(k)) for k in sorted(step, reverse=True)][::-1]
        made, labels = chosen[0]
        for place, (x, own) in enumerate(chosen[1:], start=2):
            later = {label for _, term in chosen[place:] for label in term}.union(out, *terms)
            last = not terms and place == len(chosen)
            kept = (
                out
                if last
                else tuple(dict.fromkeys(each for each in labels + own if each in later))
            )
            made, labels = product(made, x, labels, own, kept), kept
        operands.append(made)
        terms.append(labels)
    return operands[0]


@function(np.einsum)
def einsum(*operands: Any, out: Any = None, optimize: Any = False, dtype: Any = None,
           order: str = "K", casting: str = "safe") -> Any:  # fmt: skip
    """Sums of products by labelled axes, as one string or as operands with lists of labels."""
    of.no_options("np.einsum", out=out)
    arrays, terms, wanted = _arguments(operands)
    arrays = [x if is_traced(x) else np.asarray(x) for x in arrays]
    if dtype is not None:
        arrays = [x.astype(dtype) for x in arrays]
    terms = [
        _spread(term, len(x.shape), k)
        for k, (x, term) in enumerate(zip(arrays, terms, strict=True))
    ]
    result = _result(terms, wanted)
    # One operand without a sum is looked at through views: what is assigned to one is seen in
    # the other.
    ready = [_once(x, term, k) for k, (x, term) in enumerate(zip(arrays, terms, strict=True))]
    return chain([x for x, _ in ready], [term for _, term in ready], result, _order(optimize))


@function(np.einsum_path)
def einsum_path(*operands: Any, **options: Any) -> Any:
    """The order of contraction, which depends on shapes alone."""
    return np.einsum_path(*(_shaped(x) for x in operands), **options)


def _shaped(x: Any) -> Any:
    return np.broadcast_to(np.float64(0), x.shape) if is_traced(x) else x
