"""Derivations: the steps from a function to its derivative, each with the rules it follows by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyframe.errors import ParameterError
from pyframe.matcalc.certificate import Certificate
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.spaces import find


@dataclass(frozen=True)
class Step:
    """One line.

    Parameters
    ----------
    left : str
        What the line says something of: ``f``, ``df``, ``G``, ``dG``, ``J`` or ``H``.
    right : Expression
        What it is.
    rules : tuple of str
        By which rules it follows from the line before.
    along : Expression, optional
        The direction whose inner product with `right` the right side is.
    """

    left: str
    right: Expression
    rules: tuple[str, ...]
    along: Expression | None = None

    @property
    def text(self) -> str:
        """The right side."""
        return f"{self.right}" if self.along is None else f"inner({self.right}, {self.along})"

    def __str__(self) -> str:
        return f"{self.left} = {self.text}"

    def latex(self, equals: str = "=") -> str:
        """The equation as LaTeX."""
        right = self.right.latex()
        if self.along is not None:
            right = rf"\langle {right}, {self.along.latex()}\rangle"
        return f"{_LATEX[self.left]} {equals} {right}"


_LATEX = {
    "f": "f",
    "df": r"\mathrm{d}f",
    "G": r"\nabla f",
    "dG": r"\mathrm{d}\,\nabla f",
    "J": "J",
    "H": r"\nabla^2 f",
}


class Derivation:
    """The steps to a derivative; made by :meth:`Expression.derivation`.

    Parameters
    ----------
    steps : tuple of Step
        The lines.
    result : Expression or Derivative
        What they lead to.
    name : str
        The variable.

    Examples
    --------
    >>> import pyframe as pf
    >>> print(pf.matrix("logdet(X)").derivation("X"))  # doctest: +ELLIPSIS
    f  = logdet(X)
    df = d(logdet(X))
    df = inner(inv(X)', dX)  | d logdet(X) = <inv(X)', dX>
    G  = inv(X)'             | df = <G, dX> says what G is
    certified: relative error ... at 3 points (complex circle)
    """

    def __init__(self, steps: tuple[Step, ...], result: Any, name: str) -> None:
        self.steps = steps
        self.result = result
        self.name = name

    @cached_property
    def certificate(self) -> Certificate:
        """The result compared with differences of the function."""
        found: Certificate = self.result.check()
        return found

    def __str__(self) -> str:
        left = max(len(step.left) for step in self.steps)
        lines = [f"{step.left:<{left}} = {step.text}" for step in self.steps]
        short = [len(line) for line in lines if len(line) <= 60]
        width = max(short, default=0)
        for place, step in enumerate(self.steps):
            if step.rules:
                lines[place] = f"{lines[place]:<{width}}  | {'; '.join(step.rules)}"
        return "\n".join([*lines, str(self.certificate)])

    def latex(self) -> str:
        """The steps as LaTeX: an ``aligned`` environment."""
        rows: list[str] = []
        for step in self.steps:
            rules = f" && \\text{{{_escaped('; '.join(step.rules))}}}" if step.rules else ""
            rows.append(f"{step.latex('&=')}{rules}")
        body = " \\\\\n".join(rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def markdown(self) -> str:
        """The steps as Markdown: each an equation, with the rules it follows by."""
        lines = [f"**Derivative in {self.name}**", ""]
        for step in self.steps:
            lines += [f"$${step.latex()}$$", ""]
            if step.rules:
                lines += [f"by {'; '.join(f'`{rule}`' for rule in step.rules)}", ""]
        return "\n".join([*lines, f"*{self.certificate}*"])

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def __repr__(self) -> str:
        return f"<derivation of {self.result} in {len(self.steps)} steps>"


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "_": r"\_",
    "^": r"\^{}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "$": r"\$",
    "~": r"\~{}",
}


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)


def derivation(f: Expression, name: str, order: int) -> Derivation:
    """The steps to the first or second derivative of an expression."""
    if order not in (1, 2):
        raise ParameterError(f"order is 1 or 2, got {order!r:.80}")
    if order == 2 and f.ndim:
        raise ParameterError("a second derivation is that of a scalar function")
    letters = {"function": "f", "differential": "df", "gradient": "G", "jacobian": "J"}
    steps = _steps(f, name, letters)
    result = f.gradient(name) if not f.ndim else f.jacobian(name)
    if not f.ndim and name in f.spaces:
        rule = f"projected onto the space {find(f.spaces[name]).name}"
        steps.append(Step("G", result, (rule,)))
    if order == 2:
        letters = {"differential": "dG", "gradient": "H", "jacobian": "H"}
        steps += [step for step in _steps(result, name, letters) if step.left]
        result = f.hessian(name)
    return Derivation(tuple(steps), result, name)


def _steps(f: Expression, name: str, letters: dict[str, str]) -> list[Step]:
    steps: list[Step] = []
    for said, form, rules in f.formula.derivation(name, 1):
        collected = said == "collected"
        along = f.derived(f.formula.direction(name)) if collected else None
        left = letters.get("differential" if collected else said, "")
        step = Step(left, f.derived(form), tuple(rules), along)
        if not (steps and collected and str(steps[-1]) == str(step)):
            steps.append(step)
    return steps
