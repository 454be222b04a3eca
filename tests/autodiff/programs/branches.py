"""Python control flow on traced scalars: if, while, for, with the conditions marked."""

from __future__ import annotations

import numpy as np
from autodiff.programs.ops import op


def condition(draft, slot="0"):
    """A comparison of the scalar with a number, or of two scalars."""
    sign = draft.one(">", "<", ">=", "<=")
    return f"<<{{{slot}}} {sign} {draft.one('0.0', '0.5', '1.0', '-0.5', '-1.0')}>>"


def step(draft, slot):
    """An expression that keeps shapes and tames sizes."""
    return draft.one(
        f"np.sin({{{slot}}})",
        f"np.tanh({{{slot}}}) + 1.5",
        f"{{{slot}}} * 0.5",
        f"{{{slot}}} * {{{slot}}} * 0.25",
        f"1.0 - {{{slot}}}",
        f"np.exp(-np.abs({{{slot}}}))",
        f"-{{{slot}}}",
    )


@op("branch.if", 3.0, branchy=True)
def _if(draft):
    s, x = draft.scalar(), draft.pick()
    if s is None:
        return None
    return (
        f"if {condition(draft)}:",
        f"    {{out}} = {step(draft, 1)}",
        "else:",
        f"    {{out}} = {step(draft, 1)}",
    ), (s, x)


@op("branch.elif", 1.0, branchy=True)
def _elif(draft):
    s, t, x = draft.scalar(), draft.scalar(), draft.pick()
    if s is None:
        return None
    return (
        f"if {condition(draft)}:",
        f"    {{out}} = {step(draft, 2)}",
        f"elif {condition(draft, '1')}:",
        f"    {{out}} = {step(draft, 2)}",
        "else:",
        "    {out} = {2}",
    ), (s, t, x)


@op("branch.compare", 1.0, branchy=True)
def _compare(draft):
    s, t, x = draft.scalar(), draft.scalar(), draft.pick()
    if s is None or s == t:
        return None
    return (
        "{out} = {2}",
        "if <<{0} > {1}>>:",
        f"    {{out}} = {{out}} * {draft.number()} + {{0}}",
    ), (s, t, x)


@op("branch.while", 1.5, branchy=True)
def _while(draft):
    s = draft.scalar()
    if s is None:
        return None
    return (
        "{out} = np.abs({0})",
        "turns_{out} = 0",
        f"while <<{{out}} > {draft.one('0.5', '1.0', '0.25')}>> and turns_{{out}} < 6:",
        f"    {{out}} = {{out}} * {draft.one('0.5', '0.7', '0.25')}",
        "    turns_{out} += 1",
    ), (s,)


@op("branch.for", 1.5, branchy=True)
def _for(draft):
    s, x = draft.scalar(), draft.array(1, 1)
    if s is None or x is None or np.size(draft.values[x]) == 0:
        return None
    n = np.size(draft.values[x])
    change = draft.one("np.sin({out} + {1}[i])", "{out} * 0.5 + {1}[i]", "np.tanh({out} * {1}[i])")
    body = [f"    {{out}} = {change}"]
    if draft.chance(0.4):
        body += [f"    if <<{{out}} > {draft.one('0.5', '1.0')}>>:", "        break"]
    return ("{out} = {0}", f"for i in range({n}):", *body), (s, x)


@op("branch.iterate", 0.7, branchy=True)
def _iterate(draft):
    x = draft.array(1, 2)
    if x is None or 0 in np.shape(draft.values[x]):
        return None
    return ("{out} = 0.0", "for t in {0}:", "    {out} = {out} * 0.5 + np.sin(t)"), (x,)


@op("branch.newton", 0.5, branchy=True)
def _newton(draft):
    """The square root of 1 + s^2 by Newton's iteration, stopped by a test."""
    s = draft.scalar()
    if s is None:
        return None
    return (
        "a_{out} = 1.0 + {0} * {0}",
        "{out} = a_{out}",
        "for _ in range(20):",
        "    if <<abs({out} * {out} - a_{out}) < 1e-6>>:",
        "        break",
        "    {out} = 0.5 * ({out} + a_{out} / {out})",
    ), (s,)
