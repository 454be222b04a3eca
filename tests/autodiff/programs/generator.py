"""From a seed to a program."""

from __future__ import annotations

import numpy as np
from autodiff.programs import (
    algebra,
    branches,
    elementwise,
    indexing,
    reductions,
    shaping,
    statistics,
    untaken,
)
from autodiff.programs.draft import EMPTY, SHAPES, Draft
from autodiff.programs.inputs import sample
from autodiff.programs.ops import OPS, Op
from autodiff.programs.program import Program, Statement, quiet

TABLES = (algebra, branches, elementwise, indexing, reductions, shaping, statistics, untaken)
LARGEST = 1e4  # of a value in a program that is not wild
BRANCHES = 5.0  # times the weight, when control flow is asked for
MOST = 40  # elements of one value


def length(rng) -> int:
    """How many nodes: mostly few, at times up to 200."""
    most = rng.choice([8, 15, 30, 80, 200], p=[0.5, 0.3, 0.13, 0.05, 0.02])
    return int(rng.integers(5, most + 1))


def generate(seed, nodes=None, branchy=False, kind=None, only=None) -> Program:
    """The program of this seed.

    ``nodes``: about how many operations, 5 to 200; ``branchy``: with Python control flow;
    ``kind``: of inputs, "plain", "corner" or "wild" (inf, nan, tiny and huge values, and the
    domains not minded), drawn when None; ``only``: names of the operations allowed.
    """
    rng = np.random.default_rng([seed, int(branchy)])
    nodes = length(rng) if nodes is None else nodes
    kind = kind or str(rng.choice(["plain", "corner", "wild"], p=[0.5, 0.45, 0.05]))
    draft = Draft(rng, kind == "wild")
    parameters = _parameters(draft, kind)
    table = [o for o in OPS.values() if (branchy or not o.branchy) and (not only or o.name in only)]
    weights = np.array([o.weight * (BRANCHES if o.branchy else 1.0) for o in table])
    drawn = iter(rng.choice(len(table), size=40 * nodes, p=weights / weights.sum()))
    statements, count = [], 0
    if branchy and not only:
        statements = _control(draft)
        count = len(statements)
    with quiet():
        while count < nodes:
            index = next(drawn, None)
            if index is None:
                break
            made = _statement(draft, table[index], f"v{len(statements)}")
            if made is not None:
                statements.append(made)
                count += made.nodes
    ends = [n for n in draft.names if n not in draft.used and n not in parameters]
    ends = ends or draft.names[-1:]
    weights = [1.0, *(float(w) for w in rng.choice([0.5, 2.0, -1.0, 0.7], size=len(ends) - 1))]
    inputs = tuple(draft.values[p] for p in parameters)
    flags = _flags(inputs, [draft.values[n] for n in draft.names])
    returns = tuple(zip(weights, ends, strict=True))
    return Program(tuple(parameters), inputs, tuple(statements), returns, seed, kind, flags)


def _control(draft):
    """A scalar and a branch on it, so that a branchy program has one."""
    x = draft.names[0]
    scalar = Op("np.mean", 1.0, lambda _: (("np.mean({0})",), (x,)))
    branch = OPS[draft.one("branch.if", "branch.while", "branch.compare", "branch.newton")]
    statements = []
    with quiet():
        for chosen in (scalar, branch):
            made = _statement(draft, chosen, f"v{len(statements)}")
            if made is not None:
                statements.append(made)
    return statements


def _parameters(draft, kind):
    """One to three arguments, of related shapes, bound in the draft."""
    rng = draft.rng
    names = []
    first = SHAPES[rng.integers(len(SHAPES))]
    if rng.random() < 0.04:
        first = EMPTY[rng.integers(len(EMPTY))]
    shapes = [first]
    related = (None, first, first, first[-1:], first[::-1])
    shapes.extend(
        draft.one(*related, SHAPES[rng.integers(len(SHAPES))])
        for _ in range(rng.choice([0, 1, 2], p=[0.35, 0.45, 0.2]))
    )
    if rng.random() < 0.08:
        shapes[0] = None
    for i, shape in enumerate(shapes):
        draft.bind(f"x{i}", sample(rng, shape, kind))
        names.append(f"x{i}")
    return names


def _statement(draft, chosen, name):
    """The proposal evaluated; None when it fails, is too large or leaves the ordinary range."""
    made = chosen.propose(draft)
    if made is None:
        return None
    lines, operands = made
    if any(o is None for o in operands):
        return None
    statement = Statement(name, tuple(lines), tuple(operands), _ops(chosen, lines))
    text = "\n".join(statement.written()).replace("<<", "(").replace(">>", ")")
    scope = dict(draft.scope)
    try:
        exec(compile(text, "<draft>", "exec"), scope)
    except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
        return None
    except np.linalg.LinAlgError:
        return None
    value = scope[name]
    if not isinstance(value, (float, np.ndarray)) or np.size(value) > MOST or np.ndim(value) > 3:
        return None
    array = np.asarray(value)
    if array.dtype != float:
        return None
    ordinary = array.size == 0 or bool(np.all(np.abs(array) <= LARGEST))
    if not ordinary and not draft.wild:
        return None
    draft.bind(name, value)
    draft.used.update(operands)
    return statement


INSIDE = {name: name + "(" for name, entry in OPS.items() if name.startswith(("np.", "sp."))}


def _ops(chosen, lines):
    """The operation itself and those that its text calls besides."""
    text = "\n".join(lines)
    return (chosen.name, *(n for n, call in INSIDE.items() if n != chosen.name and call in text))


def _flags(inputs, values):
    """What is unusual about the values on the way."""
    flags = set()
    for v in (*inputs, *values):
        a = np.asarray(v)
        if np.isnan(a).any():
            flags.add("nan")
        if np.isinf(a).any():
            flags.add("inf")
        if a.size == 0:
            flags.add("empty")
        if (np.abs(a[np.isfinite(a)]) > 1e100).any():
            flags.add("huge")
    return frozenset(flags)
