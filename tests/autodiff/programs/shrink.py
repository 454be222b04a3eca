"""A program that still disagrees, made as small as it gets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from autodiff.programs.program import Program, Statement, literal, quiet


def pruned(program: Program) -> Program:
    """Without the statements and arguments that nothing uses."""
    needed = {name for _, name in program.returns}
    kept = []
    for s in reversed(program.statements):
        if s.name in needed:
            kept.append(s)
            needed.update(s.operands)
    arguments = [
        (p, x) for p, x in zip(program.parameters, program.inputs, strict=True) if p in needed
    ]
    arguments = arguments or [(program.parameters[0], program.inputs[0])]
    names, inputs = zip(*arguments, strict=True)
    return replace(program, parameters=names, inputs=inputs, statements=tuple(kept[::-1]), _made={})


def values(program: Program) -> dict:
    """What every name holds."""
    seen = []

    def note(value):
        seen.append(value)
        return value

    arguments = program.arguments()
    with quiet():
        program.function(noise=note)(*arguments)
    names = (*program.parameters, *(s.name for s in program.statements))
    return dict(zip(names, (*arguments, *seen), strict=True))


def _renamed(program, old, new):
    """Every use of one name turned into another."""
    statements = tuple(
        replace(s, operands=tuple(new if o == old else o for o in s.operands))
        for s in program.statements
        if s.name != old
    )
    returns = tuple((w, new if n == old else n) for w, n in program.returns)
    return pruned(replace(program, statements=statements, returns=returns, _made={}))


def _smaller(program: Program):
    """Programs with one thing less, the boldest first."""
    if len(program.returns) > 1:
        for i in range(len(program.returns)):
            rest = program.returns[:i] + program.returns[i + 1 :]
            yield pruned(replace(program, returns=rest, _made={}))
    last = {name for _, name in program.returns}
    for s in reversed(program.statements):
        if s.name not in last:
            yield pruned(replace(program, returns=((1.0, s.name),), _made={}))
    held = values(program)
    for s in reversed(program.statements):
        for o in dict.fromkeys(s.operands):
            if np.shape(held[o]) == np.shape(held[s.name]) or not s.operands[1:]:
                yield _renamed(program, s.name, o)
        if s.operands:
            constant = Statement(s.name, (literal(held[s.name]),), (), ("constant",))
            yield pruned(
                replace(
                    program,
                    statements=tuple(constant if t is s else t for t in program.statements),
                    _made={},
                )
            )
    if any(w != 1.0 for w, _ in program.returns):
        yield replace(program, returns=tuple((1.0, n) for _, n in program.returns), _made={})
    for i, x in enumerate(program.inputs):
        for simpler in (np.round(x), np.round(x, 1)):
            if np.any(simpler != x):
                simple = simpler if isinstance(x, np.ndarray) else float(simpler)
                inputs = (*program.inputs[:i], simple, *program.inputs[i + 1 :])
                yield replace(program, inputs=inputs, _made={})


def shrink(program: Program, disagrees, most=2000) -> Program:
    """The smallest found for which ``disagrees(program)`` still holds; it never raises."""
    tries = 0

    def still(candidate):
        nonlocal tries
        tries += 1
        try:
            candidate.value()
            return bool(disagrees(candidate))
        except Exception:  # noqa: BLE001 - a candidate that does not run is no candidate
            return False

    smaller = True
    while smaller and tries < most:
        smaller = False
        for candidate in _smaller(program):
            if tries >= most:
                break
            if still(candidate):
                program, smaller = candidate, True
                break
    return program
